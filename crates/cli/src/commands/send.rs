//! `tcsms send`: one text to one or several numbers; lists have a file of their own.

use comfy_table::Cell;
use tcsms::v20210111::SendSmsRequest;
use tcsms::{Call, FailedNumbers};

use super::{answer_json, send_list};
use crate::args::{Output, SendArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::printer::{Printer, outcome};
use crate::settings;
use crate::template;

pub(crate) fn run(args: &SendArgs, printer: &Printer) -> Result<Exit, Failure> {
    if let Some(list) = &args.list {
        return send_list::run(args, &args.list_options, list, printer);
    }
    let client = settings::client(&args.client)?;
    if !args.no_check
        && let Some(first) = args.to.first()
        && let Ok(content) = template::look_up(&client, &args.template, template::is_mainland(first))
    {
        template::check_count(&args.template, &content, args.param.len())?;
    }
    let answer = message(client.send_sms(), args).phone_number_set(args.to.iter()).send()?;

    let failed: Vec<&str> = answer.failed().iter().map(|status| status.phone_number.as_str()).collect();
    if printer.output() == Output::Json {
        printer.json(&answer_json(&answer)?)?;
    } else {
        let rows = answer.send_status_set.iter().map(|status| {
            let good = status.code == "Ok";
            vec![
                Cell::new(&status.phone_number),
                outcome(&status.code, good),
                Cell::new(status.fee),
                Cell::new(if good { &status.serial_no } else { &status.message }),
            ]
        });
        printer.table(&["NUMBER", "RESULT", "FEE", "SERIAL OR REASON"], rows.collect())?;
        if !failed.is_empty() {
            let all = answer.send_status_set.len();
            printer.remark(&format!("{} of {all} numbers failed: {}", failed.len(), failed.join(", ")));
        }
    }
    Ok(if failed.is_empty() { Exit::Done } else { Exit::NumberFailed })
}

/// What is the same for every number of a send.
pub(super) fn message<C>(call: Call<C, SendSmsRequest>, args: &SendArgs) -> Call<C, SendSmsRequest> {
    let call =
        call.sms_sdk_app_id(&args.app).template_id(&args.template).template_param_set(args.param.iter());
    let call = match &args.sign {
        Some(sign) => call.sign_name(sign),
        None => call,
    };
    match &args.session {
        Some(session) => call.session_context(session),
        None => call,
    }
}
