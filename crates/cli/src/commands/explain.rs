//! `tcsms explain`: whether the signature of a recorded request holds, and if not, why.

use std::io::Read;

use serde::Serialize;
use tcsms_auth::explain::{Explanation, Verdict, explain_raw};

use crate::args::{ExplainArgs, Output};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::printer::Printer;
use crate::settings;

/// The explanation for programs; what is not known is absent.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    holds: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    signer: Option<Signer>,
    /// Why the request could not be checked at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    /// The part that differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    differs: Option<String>,
    hints: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    canonical_request: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    string_to_sign: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Signer {
    scheme: String,
    secret_id: String,
    timestamp: i64,
    action: String,
    version: String,
}

pub(crate) fn run(args: &ExplainArgs, printer: &Printer) -> Result<Exit, Failure> {
    let key =
        args.secret_key.clone().or_else(|| settings::variable(settings::SECRET_KEY)).ok_or_else(|| {
            Failure::usage(format!(
                "no secret key to check with: set {}, or give --secret-key",
                settings::SECRET_KEY
            ))
        })?;
    let bytes = read(&args.request)?;
    let explanation = explain_raw(&bytes, &key)
        .map_err(|error| Failure::usage(format!("{} is no HTTP request: {error}", args.request)))?;
    let holds = explanation.holds();
    match printer.output() {
        Output::Table => printer.text(&explanation.to_string())?,
        Output::Json => printer.json(&super::answer_json(&Told::of(explanation))?)?,
    }
    Ok(if holds { Exit::Done } else { Exit::Refused })
}

fn read(source: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = match source {
        "-" => std::io::stdin().read_to_end(&mut bytes),
        path => std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)),
    };
    read.map_err(|error| Failure::usage(format!("cannot read {source}: {error}")))?;
    Ok(bytes)
}

impl Told {
    fn of(explanation: Explanation) -> Told {
        let mut told = Told {
            holds: explanation.holds(),
            hints: explanation.hints().map(ToString::to_string).collect(),
            signer: explanation.signer.map(|signer| Signer {
                scheme: signer.scheme.to_string(),
                secret_id: signer.secret_id,
                timestamp: signer.timestamp,
                action: signer.action,
                version: signer.version,
            }),
            problem: None,
            differs: None,
            canonical_request: None,
            string_to_sign: None,
        };
        let texts = match explanation.verdict {
            Verdict::Holds(texts) => Some(texts),
            Verdict::Mismatch(mismatch) => {
                told.differs = Some(mismatch.part.to_string());
                Some(mismatch.texts)
            }
            Verdict::Unreadable(error) => {
                told.problem = Some(error.to_string());
                None
            }
            Verdict::Expired(error) => {
                told.problem = Some(error.to_string());
                None
            }
            other => {
                told.problem = Some(format!("{other:?}"));
                None
            }
        };
        if let Some(texts) = texts {
            told.canonical_request = texts.canonical_request;
            told.string_to_sign = Some(texts.string_to_sign);
        }
        told
    }
}
