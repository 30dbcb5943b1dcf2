//! The spans of a call and of its attempts, with the attribute names of OpenTelemetry where it has one.
//!
//! The address of a request (`url.full`) is not among them: with GET it holds the parameters. Nothing here costs
//! anything, a look at one number apart, while nobody listens.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use http::Method;
use tracing::{Span, field};

use crate::config::Core;
use crate::envelope;
use crate::error::Error;
use crate::exchange::{Failure, HttpAnswer};
use crate::request::Parcel;
use crate::route::Route;

/// `sms/SendSms`: a method's full name.
struct FullName<'a>(&'a Core, &'a Parcel);

impl fmt::Display for FullName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.0.settings.service, self.1.action)
    }
}

/// The span of a call.
pub(crate) fn call(core: &Core, parcel: &Parcel) -> Span {
    tracing::debug_span!(
        "tcsms.call",
        otel.kind = "client",
        otel.name = %FullName(core, parcel),
        otel.status_code = field::Empty,
        rpc.system.name = "tencentcloud",
        rpc.method = %FullName(core, parcel),
        rpc.response.status_code = field::Empty,
        error.type = field::Empty,
        tcsms.action = &*parcel.action,
        tcsms.version = &*parcel.version,
        tcsms.region = parcel.region.as_deref().or(core.settings.region.as_deref()),
        tcsms.attempts = field::Empty,
        tcsms.delivery = field::Empty,
        tcsms.step = field::Empty,
        tcsms.request_id = field::Empty,
    )
}

/// Notes how a call ended.
pub(crate) fn note_end(span: &Span, attempts: u32, error: Option<&Error>) {
    span.record("tcsms.attempts", attempts);
    let Some(error) = error else { return };
    span.record("otel.status_code", "ERROR");
    span.record("tcsms.delivery", error.delivery().as_str());
    if let Some(step) = error.step() {
        span.record("tcsms.step", step.as_str());
    }
    match error.code() {
        Some(code) => {
            span.record("rpc.response.status_code", code.as_str());
            span.record("error.type", code.as_str());
        }
        None => {
            span.record("error.type", error.kind().as_str());
        }
    }
}

/// The span of one attempt.
pub(crate) fn attempt(route: &Route, method: &Method, number: u32) -> Span {
    let span = tracing::debug_span!(
        "tcsms.attempt",
        otel.kind = "client",
        otel.name = method.as_str(),
        otel.status_code = field::Empty,
        http.request.method = method.as_str(),
        http.request.resend_count = field::Empty,
        http.response.status_code = field::Empty,
        url.scheme = if route.endpoint.address.tls { "https" } else { "http" },
        server.address = &*route.endpoint.host,
        server.port = route.endpoint.address.port,
        network.peer.address = field::Empty,
        network.peer.port = field::Empty,
        error.type = field::Empty,
        tcsms.attempt = number,
        tcsms.connection = field::Empty,
        tcsms.delivery = field::Empty,
        tcsms.step = field::Empty,
        tcsms.request_id = field::Empty,
    );
    if number > 1 {
        span.record("http.request.resend_count", number - 1);
    }
    span
}

/// Notes the connection of an attempt.
pub(crate) fn note_connection(span: &Span, is_new: bool, peer: impl FnOnce() -> Option<SocketAddr>) {
    if span.is_disabled() {
        return;
    }
    span.record("tcsms.connection", if is_new { "new" } else { "reused" });
    if let Some(peer) = peer() {
        span.record("network.peer.address", field::display(peer.ip()));
        span.record("network.peer.port", peer.port());
    }
}

/// Notes what an attempt of `call` was answered.
pub(crate) fn note_answer(call: &Span, span: &Span, answer: &HttpAnswer) {
    if call.is_disabled() && span.is_disabled() {
        return;
    }
    span.record("http.response.status_code", answer.status);
    if answer.status >= 400 {
        span.record("otel.status_code", "ERROR");
        span.record("error.type", field::display(answer.status));
    }
    if let Some(id) = envelope::request_id(&answer.body) {
        span.record("tcsms.request_id", &*id);
        call.record("tcsms.request_id", &*id);
    }
}

/// Notes why an attempt got no answer.
pub(crate) fn note_failure(span: &Span, failure: &Failure) {
    span.record("otel.status_code", "ERROR");
    span.record("error.type", failure.kind.as_str());
    span.record("tcsms.step", failure.step.as_str());
    span.record("tcsms.delivery", failure.delivery.as_str());
}

/// Tells of the pause before another attempt.
pub(crate) fn note_pause(pause: Duration) {
    tracing::debug!(pause = ?pause, "a pause before the next attempt");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::Credential;
    use crate::environment::Environment;
    use crate::error::{Delivery, ErrorKind, Step};

    #[test]
    fn nothing_is_allocated_while_nobody_listens() {
        let builder = crate::ClientBuilder::default().credential(Credential::new("id", "key").unwrap());
        let core = builder.region("ap-guangzhou").core(&Environment::of_pairs(&[])).unwrap();
        let parcel = crate::exchange::tests::parcel("SendSms");
        let answer = crate::exchange::tests::http(500, crate::exchange::tests::OK);
        let failure = Failure {
            kind: ErrorKind::Network,
            step: Step::Wait,
            delivery: Delivery::MaybeSent,
            message: String::new(),
            source: None,
        };
        let error = Error::local(ErrorKind::Connect, "x").at(Step::Connect);
        let request = http::Request::new(bytes::Bytes::new());
        let work = || {
            let whole = call(&core, &parcel);
            let span = attempt(&core.routes.primary, &Method::POST, 2);
            note_connection(&span, true, || unreachable!());
            note_answer(&whole, &span, &answer);
            note_failure(&span, &failure);
            note_pause(Duration::from_secs(1));
            note_end(&whole, 2, Some(&error));
            crate::wire::request(1, &request, true);
            crate::wire::outcome(1, Some(&answer), None, Duration::ZERO, true);
        };
        // The first time, each place makes itself known.
        work();
        let counted = allocation_counter::measure(work);
        assert_eq!(counted.count_total, 0, "{counted:?}");
    }
}
