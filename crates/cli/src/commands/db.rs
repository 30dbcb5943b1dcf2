//! `tcsms db`: looking after the database of a service that is not running.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::Path;

use serde::Serialize;
use tcsms_store::StoreError;

use crate::args::{DbCommand, Output};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::printer::Printer;

/// What `check` found.
#[derive(Serialize)]
struct Checked {
    sound: bool,
    findings: Vec<String>,
}

/// How many rows were carried.
#[derive(Serialize)]
struct Carried {
    rows: u64,
}

pub(crate) fn run(command: &DbCommand, printer: &Printer) -> Result<Exit, Failure> {
    match command {
        DbCommand::Check { database } => check(database, printer),
        DbCommand::Export { database, to } => export(database, to, printer),
        DbCommand::Import { database, from } => import(database, from, printer),
    }
}

fn check(database: &Path, printer: &Printer) -> Result<Exit, Failure> {
    let findings = tcsms_store::check(database).map_err(failure)?;
    let exit = if findings.is_empty() { Exit::Done } else { Exit::Refused };
    match printer.output() {
        Output::Json => {
            let sound = findings.is_empty();
            printer.json(&super::answer_json(&Checked { sound, findings })?)?;
        }
        Output::Table if findings.is_empty() => printer.text("the database is sound\n")?,
        Output::Table => printer.text(&format!("{}\n", findings.join("\n")))?,
    }
    Ok(exit)
}

fn export(database: &Path, to: &Path, printer: &Printer) -> Result<Exit, Failure> {
    if to == Path::new("-") {
        // Rows are the answer here, so how many there are is only a remark.
        let rows =
            tcsms_store::export(database, &mut BufWriter::new(io::stdout().lock())).map_err(failure)?;
        printer.remark(&format!("{rows} rows"));
        return Ok(Exit::Done);
    }
    let file = File::create_new(to).map_err(|error| named(to, "write", &error))?;
    let mut out = BufWriter::new(file);
    let rows = tcsms_store::export(database, &mut out).map_err(failure)?;
    out.flush().map_err(|error| named(to, "write", &error))?;
    told(rows, printer)
}

fn import(database: &Path, from: &Path, printer: &Printer) -> Result<Exit, Failure> {
    let rows = if from == Path::new("-") {
        tcsms_store::import(database, &mut io::stdin().lock())
    } else {
        let file = File::open(from).map_err(|error| named(from, "read", &error))?;
        tcsms_store::import(database, &mut BufReader::new(file))
    };
    told(rows.map_err(failure)?, printer)
}

fn told(rows: u64, printer: &Printer) -> Result<Exit, Failure> {
    match printer.output() {
        Output::Json => printer.json(&super::answer_json(&Carried { rows })?)?,
        Output::Table => printer.text(&format!("{rows} rows\n"))?,
    }
    Ok(Exit::Done)
}

fn failure(error: StoreError) -> Failure {
    Failure::usage(error.to_string())
}

fn named(path: &Path, what: &str, error: &io::Error) -> Failure {
    Failure::usage(format!("cannot {what} {}: {error}", path.display()))
}
