//! `tcsms pull status`: delivery reports.

use comfy_table::Cell;

use super::answer_json;
use crate::args::{Output, PullArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::printer::{Printer, beijing_time, outcome};
use crate::settings;

pub(crate) fn status(args: &PullArgs, printer: &Printer) -> Result<Exit, Failure> {
    let client = settings::client(&args.client)?;
    let answer = client.pull_sms_send_status().sms_sdk_app_id(&args.app).limit(args.limit).send()?;
    if printer.output() == Output::Json {
        printer.json(&answer_json(&answer)?)?;
    } else if answer.pull_sms_send_status_set.is_empty() {
        printer.text("no reports are waiting\n")?;
    } else {
        let rows = answer.pull_sms_send_status_set.iter().map(|report| {
            vec![
                Cell::new(beijing_time(report.user_receive_time)),
                Cell::new(&report.phone_number),
                outcome(&report.report_status, report.report_status == "SUCCESS"),
                Cell::new(&report.description),
                Cell::new(&report.serial_no),
                Cell::new(&report.session_context),
            ]
        });
        printer.table(&["RECEIVED", "NUMBER", "RESULT", "WORD", "SERIAL", "SESSION"], rows.collect())?;
    }
    Ok(Exit::Done)
}
