//! Why a call or a client came to nothing: a status, and the error as JSON.

use serde::Serialize;
use tcsms::{Delivery, Error, ErrorKind};

/// The numbers by which an outcome says what it is; they are those of the C interface.
pub mod status {
    /// The bytes are the answer.
    pub const OK: i32 = 0;
    /// The service answered with an error.
    pub const SERVICE: i32 = 1;
    /// A fault in this library.
    pub const PANIC: i32 = -1;
    /// The way to the service failed, or what came back is no answer of the API.
    pub const IO: i32 = -2;
    /// The settings or the call cannot be used.
    pub const BAD_ARGUMENT: i32 = -3;
    /// A time limit passed.
    pub const TIMEOUT: i32 = -4;
    /// The caller broke the call off.
    pub const CANCELLED: i32 = -5;
    /// The library was shut down.
    pub const SHUT_DOWN: i32 = -6;
    /// The client could not be made anew after a fork.
    pub const FORK_STALE: i32 = -7;
}

/// An error as a status and JSON:
/// `{"code","message","text","requestId","kind","delivery","retryable","attempts","step","endpoint","traceId","httpStatus"}`.
///
/// `message` is the service's own or ours, `text` the whole line for a person. What does not apply is null.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// One of [`status`], never 0.
    pub status: i32,
    /// The JSON text.
    pub bytes: Vec<u8>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    code: Option<&'a str>,
    message: &'a str,
    text: &'a str,
    request_id: Option<&'a str>,
    kind: &'a str,
    delivery: &'a str,
    retryable: bool,
    attempts: u32,
    step: Option<&'a str>,
    endpoint: Option<&'a str>,
    trace_id: Option<&'a str>,
    http_status: Option<u16>,
}

impl Failure {
    /// What the caller gave cannot be used; nothing was sent.
    pub(crate) fn bad_argument(kind: ErrorKind, message: &str) -> Self {
        Self::local(status::BAD_ARGUMENT, kind.as_str(), Delivery::NotSent, message)
    }

    /// Something that is needed was not given.
    pub fn missing(what: &str) -> Self {
        Self::bad_argument(ErrorKind::InvalidRequest, &format!("there is no {what}: a pointer is null"))
    }

    /// The caller broke the call off; whether the service acts on it is open once it had begun.
    pub(crate) fn cancelled(delivery: Delivery) -> Self {
        let text = match delivery {
            Delivery::NotSent => "the call was cancelled before it began; nothing was sent",
            _ => {
                "the call was cancelled; the request may have reached the service: look before sending it again"
            }
        };
        Self::local(status::CANCELLED, "cancelled", delivery, text)
    }

    pub(crate) fn shut_down(delivery: Delivery) -> Self {
        let text = match delivery {
            Delivery::NotSent => "the library was shut down; nothing was sent",
            _ => {
                "the library was shut down during the call; the request may have reached the service: look before sending it again"
            }
        };
        Self::local(status::SHUT_DOWN, "shut_down", delivery, text)
    }

    pub(crate) fn panic(what: &str) -> Self {
        let text = format!("a fault in the library: {what}; please report it");
        Self::local(status::PANIC, "panic", Delivery::MaybeSent, &text)
    }

    fn local(status: i32, kind: &str, delivery: Delivery, text: &str) -> Self {
        Self::written(
            status,
            &Told {
                code: None,
                message: text,
                text,
                request_id: None,
                kind,
                delivery: delivery.as_str(),
                retryable: false,
                attempts: 0,
                step: None,
                endpoint: None,
                trace_id: None,
                http_status: None,
            },
        )
    }

    fn written(status: i32, told: &Told<'_>) -> Self {
        // Texts and numbers: there is nothing that could not be written.
        Self { status, bytes: serde_json::to_vec(told).unwrap_or_default() }
    }

    /// The same failure under another status.
    pub(crate) fn with_status(self, status: i32) -> Self {
        Self { status, ..self }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let status = match error.kind() {
            ErrorKind::Service => status::SERVICE,
            ErrorKind::Timeout => status::TIMEOUT,
            ErrorKind::Config | ErrorKind::Credential | ErrorKind::InvalidRequest => status::BAD_ARGUMENT,
            _ => status::IO,
        };
        // A refusal tells by its code, any other failure by whether repeating it can do harm.
        let retryable = match error.code() {
            Some(code) => code.is_retryable(),
            None => status != self::status::BAD_ARGUMENT && error.delivery() == Delivery::NotSent,
        };
        Self::written(
            status,
            &Told {
                code: error.code().map(tcsms::ErrorCode::as_str),
                message: error.message(),
                text: &error.to_string(),
                request_id: error.request_id(),
                kind: error.kind().as_str(),
                delivery: error.delivery().as_str(),
                retryable,
                attempts: error.attempts(),
                step: error.step().map(tcsms::Step::as_str),
                endpoint: error.endpoint(),
                trace_id: error.trace_id(),
                http_status: error.http_status(),
            },
        )
    }
}
