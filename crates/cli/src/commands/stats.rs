//! `tcsms stats`: what was sent between two hours.

use comfy_table::Cell;

use super::answer_json;
use crate::args::{Output, StatsArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::printer::Printer;
use crate::settings;

pub(crate) fn run(args: &StatsArgs, printer: &Printer) -> Result<Exit, Failure> {
    let client = settings::client(&args.client)?;
    // The answer is one row, so there is nothing to page through; the API wants both all the same.
    let answer = client
        .send_status_statistics()
        .sms_sdk_app_id(&args.app)
        .begin_time(&args.begin)
        .end_time(&args.end)
        .limit(0)
        .offset(0)
        .send()?;
    if printer.output() == Output::Json {
        printer.json(&answer_json(&answer)?)?;
    } else {
        let counts = &answer.send_status_statistics;
        let row = vec![
            Cell::new(counts.request_count),
            Cell::new(counts.request_success_count),
            Cell::new(counts.fee_count),
        ];
        printer.table(&["REQUESTED", "ACCEPTED", "BILLED SEGMENTS"], vec![row])?;
    }
    Ok(Exit::Done)
}
