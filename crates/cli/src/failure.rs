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

/// A failure on this side in the JSON form of [`Error::to_json`].
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Own<'a> {
    code: Option<&'a str>,
    message: &'a str,
    request_id: Option<&'a str>,
    /// `usage` or `output`.
    kind: &'a str,
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

    /// The failure as one line of JSON, a contract with scripts.
    pub(crate) fn json(&self) -> String {
        let (kind, delivery) = match self {
            Failure::Call(error) => return error.to_json(),
            Failure::Usage(_) => ("usage", Delivery::NotSent),
            Failure::Output(_) => ("output", Delivery::Answered),
        };
        let message = self.to_string();
        let own = Own {
            code: None,
            message: &message,
            request_id: None,
            kind,
            delivery: delivery.as_str(),
            attempts: 0,
        };
        serde_json::to_string(&own).unwrap_or_else(|_| message.clone())
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
