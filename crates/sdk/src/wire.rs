//! Tells the log what goes over the wire, masked, to whoever listens to `tcsms::wire` at level trace.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request};
use tracing::Level;

use crate::error::Error;
use crate::exchange::HttpAnswer;
use crate::mask;

const TARGET: &str = "tcsms::wire";

fn nobody_listens() -> bool {
    !tracing::enabled!(target: TARGET, Level::TRACE)
}

/// Tells of a request. One that is not `quotable` holds or asks for a secret: of its parameters only the size is told.
pub(crate) fn request(number: u32, request: &Request<Bytes>, quotable: bool) {
    if nobody_listens() {
        return;
    }
    let target = request.uri().to_string();
    let target = if quotable { mask::target(&target) } else { path_of(&target) };
    tracing::trace!(
        target: TARGET,
        number,
        method = %request.method(),
        target = %target,
        headers = %mask::headers(request.headers()),
        body = %body(request.headers(), request.body(), quotable),
        "request"
    );
}

/// Tells what came of the request.
pub(crate) fn outcome(
    number: u32,
    answer: Option<&HttpAnswer>,
    error: Option<&Error>,
    duration: Duration,
    quotable: bool,
) {
    if nobody_listens() {
        return;
    }
    match (answer, error) {
        (Some(answer), _) => tracing::trace!(
            target: TARGET,
            number,
            ?duration,
            status = answer.status,
            headers = %mask::headers(&answer.headers),
            body = %body(&answer.headers, &answer.body, quotable),
            "answer"
        ),
        (None, Some(error)) => tracing::trace!(
            target: TARGET,
            number,
            ?duration,
            kind = error.kind().as_str(),
            step = error.step().map(|step| step.as_str()),
            delivery = error.delivery().as_str(),
            reason = error.message(),
            "no answer"
        ),
        (None, None) => {}
    }
}

fn body(headers: &HeaderMap, body: &Bytes, quotable: bool) -> String {
    if quotable { mask::body(headers, body) } else { mask::hidden_body(body.len()) }
}

fn path_of(target: &str) -> String {
    target.split('?').next().unwrap_or_default().to_owned()
}
