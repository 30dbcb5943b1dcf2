//! `tcsms send --list`: one message to every row of a list.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use csv::StringRecord;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use sha2::{Digest, Sha256};
use tcsms::{Client, Delivery, Error, ErrorKind, NumberResult, Outcome, OutcomeKind, Recipient};

use super::answer_json;
use super::send::message;
use crate::args::{ListArgs, Output, SendArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::printer::Printer;
use crate::recipients::{Fault, List, Row};
use crate::record::Record;
use crate::result_file::{self, Line, ResultFile};
use crate::settings;
use crate::template::{self, Message};

/// As many remarks about single rows are shown; the result file has them all.
const MOST_REMARKS: usize = 20;

/// What a run did, for programs.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    rows: u64,
    accepted: u64,
    refused: u64,
    not_sent: u64,
    unknown: u64,
    /// Left alone because of what an earlier run did.
    skipped: u64,
    /// Segments billed by this run.
    fee: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<String>,
}

pub(crate) fn run(
    args: &SendArgs,
    list_args: &ListArgs,
    path: &Path,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let list = List::read(path, list_args.column.as_deref())?;
    if list.values() > 0 && !args.param.is_empty() {
        return Err(Failure::usage(
            "the list has columns with values, and --param gives values too: leave one of them out",
        ));
    }
    let survey = Survey::of(&list, printer);
    let mut rows = list.rows().filter_map(|(_, row)| row.ok());
    let Some(first) = rows.next() else {
        return Err(Failure::usage(format!("{} has no row that can be sent", path.display())));
    };
    drop(rows);
    let count = if list.values() > 0 { list.values() } else { args.param.len() };
    let builder = settings::builder(&args.client)?;
    let content = if args.no_check {
        Err("it was not asked for".to_owned())
    } else {
        let client = builder.clone().build_blocking()?;
        template::look_up(&client, &args.template, template::is_mainland(&first.number))
    };
    match &content {
        Ok(content) => template::check_count(&args.template, content, count)?,
        Err(why) if list_args.preview => {
            return Err(Failure::usage(format!("there is no preview without the template's text: {why}")));
        }
        Err(why) => tracing::info!(why, "the template is not checked"),
    }
    if list_args.preview {
        return preview(args, &list, &survey, &content.unwrap_or_default(), printer);
    }
    if list_args.all_or_nothing && survey.refused > 0 {
        return Err(Failure::usage(format!("{} rows cannot be sent, so nothing is", survey.refused)));
    }
    Sending::prepare(args, list_args, path, &list, survey)?.run(args, &builder.build()?, printer)
}

/// What a list holds, looked at before anything is sent.
struct Survey {
    /// The rows that can be sent, in order.
    good: Vec<u64>,
    /// How many rows cannot.
    refused: usize,
}

impl Survey {
    fn of(list: &List, printer: &Printer) -> Self {
        let mut survey = Self { good: Vec::new(), refused: 0 };
        for note in list.notes() {
            printer.remark(&format!("note: {note}"));
        }
        let mut remarks = Remarks::of(printer);
        for (number, row) in list.rows() {
            match row {
                Ok(Row { repair, .. }) => {
                    survey.good.push(number);
                    if let Some(repair) = repair {
                        remarks.add(&format!("row {number}: {repair}"));
                    }
                }
                Err(fault) => {
                    remarks.add(&format!("row {number} is refused: {}", fault.reason));
                    survey.refused += 1;
                }
            }
        }
        remarks.end();
        survey
    }
}

/// Remarks about single rows, the first of which are shown.
struct Remarks<'a> {
    printer: &'a Printer,
    count: usize,
}

impl<'a> Remarks<'a> {
    fn of(printer: &'a Printer) -> Self {
        Self { printer, count: 0 }
    }

    fn add(&mut self, text: &str) {
        self.count += 1;
        if self.count <= MOST_REMARKS {
            self.printer.remark(text);
        }
    }

    fn end(self) {
        if self.count > MOST_REMARKS {
            self.printer.remark(&format!("… and {} more rows", self.count - MOST_REMARKS));
        }
    }
}

fn preview(
    args: &SendArgs,
    list: &List,
    survey: &Survey,
    content: &str,
    printer: &Printer,
) -> Result<Exit, Failure> {
    #[derive(Default, Serialize)]
    struct Preview {
        rows: usize,
        refused: usize,
        segments: u64,
        first: String,
    }
    let mut told = Preview { rows: survey.good.len(), refused: survey.refused, ..Preview::default() };
    let sign = args.sign.as_deref().unwrap_or_default();
    let mut remarks = Remarks::of(printer);
    for (number, row) in list.rows() {
        let Ok(row) = row else { continue };
        let values = if list.values() > 0 { &row.values } else { &args.param };
        let message = Message::of(sign, content, values, template::is_mainland(&row.number));
        told.segments += u64::from(message.segments);
        if told.first.is_empty() {
            told.first = message.text;
        }
        if let Some(remark) = message.remark {
            remarks.add(&format!("row {number}: {remark}"));
        }
    }
    remarks.end();
    if printer.output() == Output::Json {
        printer.json(&answer_json(&told)?)?;
    } else {
        printer.text(&format!(
            "{} rows would be sent, {} refused; {} segments in all. The first text is:\n{}\n",
            told.rows, told.refused, told.segments, told.first
        ))?;
    }
    Ok(Exit::Done)
}

struct Sending<'a> {
    list: &'a List,
    survey: Survey,
    record: Mutex<Record>,
    earlier: HashMap<u64, StringRecord>,
    result_path: PathBuf,
    rate: u32,
    concurrency: usize,
    unknown_again: bool,
}

impl<'a> Sending<'a> {
    fn prepare(
        args: &SendArgs,
        list_args: &ListArgs,
        path: &Path,
        list: &'a List,
        survey: Survey,
    ) -> Result<Self, Failure> {
        let beside = |ending: &str| {
            let mut name = path.file_name().unwrap_or_default().to_owned();
            name.push(ending);
            path.with_file_name(name)
        };
        let result_path = list_args.result.clone().unwrap_or_else(|| beside(".result.csv"));
        let record_path = beside(".record");
        let identity = identity(args, list);
        let record = if list_args.resume {
            Record::resume(&record_path, &identity)?
        } else {
            Record::begin(&record_path, &identity)?
        };
        let earlier = if list_args.resume { result_file::earlier(&result_path) } else { HashMap::new() };
        Ok(Self {
            list,
            survey,
            record: Mutex::new(record),
            earlier,
            result_path,
            rate: list_args.rate,
            concurrency: list_args.concurrency,
            unknown_again: list_args.unknown_again,
        })
    }

    fn run(&self, args: &SendArgs, client: &Client, printer: &Printer) -> Result<Exit, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::usage(format!("no runtime can be started: {error}")))?;
        let call = message(client.send_sms(), args);
        let good = self.list.rows().filter_map(|(_, row)| row.ok());
        let bulk = if self.list.values() > 0 {
            call.bulk_each(good.map(|row| Recipient::new(row.number, row.values)))
        } else {
            call.bulk(good.map(|row| row.number))
        };
        let stopped = AtomicBool::new(false);
        let mut bulk = bulk
            .with_rate(self.rate)
            .with_concurrency(self.concurrency)
            .with_record(|index, _| self.record().earlier(self.row_of(index)))
            .before_sending(|entries| {
                if stopped.load(Ordering::Relaxed) {
                    return Err("an earlier request failed in a way that every other would".into());
                }
                let mut record = self.record();
                for (index, _) in entries {
                    record
                        .note(self.row_of(*index), OutcomeKind::Unknown)
                        .map_err(|failure| failure.to_string())?;
                }
                Ok(record.sync()?)
            });
        if self.unknown_again {
            bulk = bulk.send_unknown_again();
        }

        let progress = progress(self.survey.good.len());
        let mut file = ResultFile::create(&self.result_path)?;
        let mut summary =
            Summary { result: Some(self.result_path.display().to_string()), ..Summary::default() };
        let mut stop: Option<Arc<Error>> = None;
        for (number, row) in self.list.rows() {
            summary.rows += 1;
            let row = match row {
                Ok(row) => row,
                Err(Fault { cell, reason }) => {
                    summary.refused += 1;
                    let (phone, reason) = (cell.as_str(), reason.as_str());
                    file.write(&Line { row: number, phone, result: "refused", serial: "", fee: 0, reason })?;
                    continue;
                }
            };
            let Some(result) = runtime.block_on(bulk.next()) else { break };
            progress.inc(1);
            if let Outcome::Failed { error } = &result.outcome
                && stop.is_none()
                && concerns_all(error)
            {
                stopped.store(true, Ordering::Relaxed);
                stop = Some(Arc::clone(error));
            }
            self.settle(number, &row, &result, &mut summary, &mut file)?;
        }
        progress.finish_and_clear();
        drop(bulk);
        self.record().sync().map_err(|error| Failure::Output(error.to_string()))?;
        file.finish()?;
        tell(&summary, stop.as_deref(), printer)?;
        Ok(exit(&summary, stop.as_deref()))
    }

    fn settle(
        &self,
        number: u64,
        row: &Row,
        result: &NumberResult,
        summary: &mut Summary,
        file: &mut ResultFile,
    ) -> Result<(), Failure> {
        if let Outcome::Skipped { earlier } = &result.outcome {
            summary.skipped += 1;
            if let Some(line) = self.earlier.get(&number) {
                return file.copy(line);
            }
            let reason = "an earlier run did this; its serial is not known any more";
            let line = Line {
                row: number,
                phone: &row.number,
                result: earlier.as_str(),
                serial: "",
                fee: 0,
                reason,
            };
            return file.write(&line);
        }
        let kind = result.outcome.kind();
        self.record().note(number, kind)?;
        match kind {
            OutcomeKind::Accepted => summary.accepted += 1,
            OutcomeKind::Refused => summary.refused += 1,
            OutcomeKind::NotSent => summary.not_sent += 1,
            _ => summary.unknown += 1,
        }
        let mut reason = String::new();
        let (mut serial, mut fee) = ("", 0);
        match &result.outcome {
            Outcome::Accepted { serial_no, fee: segments } => (serial, fee) = (serial_no, *segments),
            Outcome::Refused { code, message } => reason = format!("{code}: {message}"),
            Outcome::Failed { error } => reason = error.to_string(),
            _ => {}
        }
        summary.fee += fee;
        let reason = reason.as_str();
        file.write(&Line { row: number, phone: &row.number, result: kind.as_str(), serial, fee, reason })
    }

    fn row_of(&self, index: usize) -> u64 {
        self.survey.good.get(index).copied().unwrap_or_default()
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What must be the same when work is resumed.
fn identity(args: &SendArgs, list: &List) -> String {
    let digest = Sha256::digest(list.text().as_bytes());
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let SendArgs { app, template, sign, param, .. } = args;
    format!("list {digest} app {app:?} template {template:?} sign {sign:?} values {param:?}")
}

/// Whether every other request would fail the same way.
fn concerns_all(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Service => !error.is_rate_limit(),
        _ => error.delivery() == Delivery::NotSent,
    }
}

fn exit(summary: &Summary, stop: Option<&Error>) -> Exit {
    if summary.unknown > 0 {
        return Exit::Network;
    }
    match stop.map(Error::kind) {
        Some(ErrorKind::Service) => Exit::Refused,
        Some(ErrorKind::Config | ErrorKind::Credential | ErrorKind::InvalidRequest) => Exit::Usage,
        Some(_) => Exit::Network,
        None if summary.refused + summary.not_sent > 0 => Exit::NumberFailed,
        None => Exit::Done,
    }
}

fn tell(summary: &Summary, stop: Option<&Error>, printer: &Printer) -> Result<(), Failure> {
    if let Some(error) = stop {
        printer.remark(&format!("stopped: {error}; mend that, then go on with --resume"));
    }
    if printer.output() == Output::Json {
        return printer.json(&answer_json(summary)?);
    }
    let Summary { rows, accepted, refused, not_sent, unknown, skipped, fee, result } = summary;
    let mut text = format!("{rows} rows: {accepted} accepted ({fee} segments)");
    for (count, word) in [
        (refused, "refused"),
        (not_sent, "not sent"),
        (unknown, "perhaps sent"),
        (skipped, "left alone since an earlier run"),
    ] {
        if *count > 0 {
            text.push_str(&format!(", {count} {word}"));
        }
    }
    if let Some(path) = result {
        text.push_str(&format!("; each row's result is in {path}"));
    }
    printer.text(&format!("{text}\n"))
}

/// A bar on a terminal, nothing elsewhere.
fn progress(rows: usize) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(rows as u64), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} rows, {eta} left") {
        bar.set_style(style);
    }
    bar
}
