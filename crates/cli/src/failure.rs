//! A run that failed: what is told, and how the program ends.

use std::fmt;

use serde::Serialize;
use tcsms::{Delivery, Error, ErrorKind};

use crate::exit::Exit;

/// Why a command failed. Its `Display` is one sentence for a person.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line, a file or the environment is wrong; nothing was sent.
    Usage(String),
    /// The SDK could not make the call, or the service refused it.
    Call(Error),
    /// What was asked for was done, but the answer cannot be written.
    Output(String),
}

/// The JSON form, a contract with scripts.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    /// The service's error code; absent when the service did not answer.
    code: Option<&'a str>,
    /// What happened, to which value, and what to do.
    message: &'a str,
    request_id: Option<&'a str>,
    /// The SDK's kind of error, `usage` or `output`.
    kind: &'a str,
    /// Whether the service may have acted: `not_sent`, `maybe_sent`, `answered`.
    delivery: &'a str,
    attempts: u32,
}

impl Failure {
    /// The command line, a file or the environment is wrong; nothing was sent.
    pub(crate) fn usage(message: impl Into<String>) -> Failure {
        Failure::Usage(message.into())
    }

    pub(crate) fn exit(&self) -> Exit {
        match self {
            Failure::Usage(_) => Exit::Usage,
            // Not the code of wrong usage, after which a script may just try again.
            Failure::Output(_) => Exit::Network,
            Failure::Call(error) => match error.kind() {
                ErrorKind::Config | ErrorKind::Credential | ErrorKind::InvalidRequest => Exit::Usage,
                ErrorKind::Service => Exit::Refused,
                _ => Exit::Network,
            },
        }
    }

    /// The failure as one line of JSON.
    pub(crate) fn json(&self) -> String {
        let sentence = self.to_string();
        let here = |kind, delivery: Delivery| Told {
            code: None,
            message: &sentence,
            request_id: None,
            kind,
            delivery: delivery.as_str(),
            attempts: 0,
        };
        let told = match self {
            Failure::Usage(_) => here("usage", Delivery::NotSent),
            Failure::Output(_) => here("output", Delivery::Answered),
            Failure::Call(error) => Told {
                code: error.code().map(|code| code.as_str()),
                // The service's own words stay as they came; ours come with their advice.
                message: if error.code().is_some() { error.message() } else { &sentence },
                request_id: error.request_id(),
                kind: error.kind().as_str(),
                delivery: error.delivery().as_str(),
                attempts: error.attempts(),
            },
        };
        serde_json::to_string(&told).unwrap_or_else(|_| sentence.clone())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Usage(message) => f.write_str(message),
            Failure::Output(reason) => write!(f, "done, but the answer cannot be written: {reason}"),
            Failure::Call(error) => error.fmt(f),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Call(error)
    }
}
