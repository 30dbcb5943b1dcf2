//! The result of each row as a table that a spreadsheet opens: with a byte order mark for its encoding, and numbers as
//! formulas that are text, because `+8613711112222` would become an amount.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord, Terminator, WriterBuilder};

use crate::failure::Failure;

const HEADER: [&str; 6] = ["row", "phone", "result", "serial", "fee", "reason"];

pub(crate) struct ResultFile {
    path: PathBuf,
    writer: csv::Writer<BufWriter<File>>,
}

/// What is written about a row.
pub(crate) struct Line<'a> {
    pub(crate) row: u64,
    pub(crate) phone: &'a str,
    pub(crate) result: &'a str,
    pub(crate) serial: &'a str,
    /// Segments that are billed.
    pub(crate) fee: u64,
    pub(crate) reason: &'a str,
}

impl ResultFile {
    pub(crate) fn create(path: &Path) -> Result<Self, Failure> {
        let fault = |error: &dyn std::fmt::Display| fault(path, error);
        let mut file = BufWriter::new(File::create(path).map_err(|error| fault(&error))?);
        file.write_all("\u{feff}".as_bytes()).map_err(|error| fault(&error))?;
        let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(file);
        writer.write_record(HEADER).map_err(|error| fault(&error))?;
        Ok(Self { path: path.to_owned(), writer })
    }

    pub(crate) fn write(&mut self, line: &Line<'_>) -> Result<(), Failure> {
        let phone = format!("=\"{}\"", line.phone.replace('"', "\"\""));
        let (row, fee) = (line.row.to_string(), line.fee.to_string());
        let fields = [&row, &phone, line.result, line.serial, &fee, &harmless(line.reason)];
        self.writer.write_record(fields).map_err(|error| fault(&self.path, &error))
    }

    /// Writes the line of an earlier run again.
    pub(crate) fn copy(&mut self, line: &StringRecord) -> Result<(), Failure> {
        self.writer.write_record(line).map_err(|error| fault(&self.path, &error))
    }

    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        self.writer.flush().map_err(|error| fault(&self.path, &error))
    }
}

/// The lines of an earlier run by their rows; nothing when there is no such file.
pub(crate) fn earlier(path: &Path) -> HashMap<u64, StringRecord> {
    let Ok(mut reader) = ReaderBuilder::new().flexible(true).from_path(path) else { return HashMap::new() };
    let records = reader.records().filter_map(Result::ok).filter(|record| record.len() == HEADER.len());
    records.filter_map(|record| Some((record[0].parse().ok()?, record))).collect()
}

/// A text that a spreadsheet does not take for a formula.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

fn fault(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::Output(format!("{}: {error}", path.display()))
}
