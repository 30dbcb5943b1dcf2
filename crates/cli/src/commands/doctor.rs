//! `tcsms doctor`: whether calls work from here, and if not, what keeps them.

use serde::Serialize;

use crate::args::{DoctorArgs, Output};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::printer::{Printer, outcome};
use crate::settings;
use comfy_table::Cell;
use tcsms::ErrorKind;

#[derive(Serialize)]
struct Finding {
    what: &'static str,
    good: bool,
    told: String,
}

pub(crate) fn run(args: &DoctorArgs, printer: &Printer) -> Result<Exit, Failure> {
    let mut findings = Vec::new();
    let failure = examine(args, &mut findings).err();
    if printer.output() == Output::Json {
        printer.json(&super::answer_json(&findings)?)?;
    } else {
        let rows = findings.iter().map(|finding| {
            let word = if finding.good { "ok" } else { "failed" };
            vec![Cell::new(finding.what), outcome(word, finding.good), Cell::new(&finding.told)]
        });
        printer.table(&["WHAT", "RESULT", "FOUND"], rows.collect())?;
    }
    Ok(failure.map_or(Exit::Done, |failure| failure.exit()))
}

/// Looks at one thing after the other, until one fails.
fn examine(args: &DoctorArgs, findings: &mut Vec<Finding>) -> Result<(), Failure> {
    let mut note = |what, good, told: String| findings.push(Finding { what, good, told });
    let client = match settings::client(&args.client) {
        Ok(client) => client,
        Err(failure) => {
            note("settings", false, failure.to_string());
            return Err(failure);
        }
    };
    note("settings", true, format!("{client:?}"));
    // Reads only, and every account may make it.
    let call = client.describe_sms_sign_list().international(0).limit(1).offset(0);
    let Err(error) = call.send() else {
        note("call", true, "the service took the key, the signature and the time of a call".to_owned());
        return Ok(());
    };
    let is_about_access = error
        .code()
        .is_none_or(|code| code.as_str().starts_with("AuthFailure") || code.as_str() == "MissingParameter");
    // Whatever else is refused was refused after key, signature and time were right.
    if error.kind() == ErrorKind::Service && !is_about_access {
        note(
            "call",
            true,
            format!("the service took the key, the signature and the time of a call; it says: {error}"),
        );
        return Ok(());
    }
    note("call", false, error.to_string());
    Err(error.into())
}
