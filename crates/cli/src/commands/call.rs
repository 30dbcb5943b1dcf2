//! `tcsms call`: any action, JSON in and JSON out.

use serde::Deserialize;

use crate::args::CallArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::json;
use crate::printer::Printer;
use crate::settings;

/// The part of a sending action's answer that tells which numbers failed.
#[derive(Default, Deserialize)]
struct Sent {
    #[serde(default, rename = "SendStatusSet", alias = "SendMultiStatusSet")]
    statuses: Vec<Status>,
}

#[derive(Deserialize)]
struct Status {
    #[serde(default, rename = "Code")]
    code: String,
}

pub(crate) fn run(args: &CallArgs, printer: &Printer) -> Result<Exit, Failure> {
    let parameters = json::read_object(&args.json)?;
    let client = settings::client_of(&args.service, &args.client)?;
    let answer = client.call(&args.version, &args.action, parameters).send()?;
    printer.json(answer.json())?;
    Ok(if all_sent(answer.json()) { Exit::Done } else { Exit::NumberFailed })
}

/// False when the answer names a number that was not taken. Answers of other actions name none.
fn all_sent(answer: &str) -> bool {
    let sent: Sent = serde_json::from_str(answer).unwrap_or_default();
    sent.statuses.iter().all(|status| status.code == "Ok")
}

#[cfg(test)]
mod tests {
    use super::all_sent;

    #[test]
    fn only_ok_is_ok() {
        assert!(all_sent(r#"{"SendStatusSet":[{"Code":"Ok"},{"Code":"Ok"}],"RequestId":"r"}"#));
        assert!(!all_sent(r#"{"SendStatusSet":[{"Code":"Ok"},{"Code":"LimitExceeded.X"}]}"#));
        assert!(!all_sent(r#"{"SendMultiStatusSet":[{"Code":"ok"}]}"#));
        assert!(!all_sent(r#"{"SendStatusSet":[{}]}"#));
        assert!(all_sent(r#"{"PhoneNumberInfoSet":[{"Code":"FailedOperation.PhoneNumberParseFail"}]}"#));
    }
}
