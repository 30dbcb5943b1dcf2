//! Counts and times what a client does, for whichever recorder the program has installed in the crate `metrics`.
//!
//! The values of every label come from a bounded set: what the service or the caller could make up is folded to `other`.

use std::borrow::Cow;
use std::time::Duration;

use http::Method;
use metrics::{Label, SharedString, Unit};
use tcsms_api::{ErrorCode, Version, find_action};

use crate::config::Core;
use crate::error::Error;
use crate::request::Parcel;
use crate::route::Route;

const CALL_DURATION: &str = "rpc.client.call.duration";
const ATTEMPT_DURATION: &str = "http.client.request.duration";
const CALLS: &str = "tcsms.calls";
const ATTEMPTS: &str = "tcsms.attempts";
const RETRIES: &str = "tcsms.retries";
const FAILURES: &str = "tcsms.failures";
const OPENED: &str = "tcsms.connections.opened";
const REUSED: &str = "tcsms.connections.reused";
const IN_USE: &str = "tcsms.connections.in_use";

/// What a name is folded to that is not known beforehand.
const OTHER: &str = "other";

/// Tells the recorder what each name means, when a client is built.
pub(crate) fn describe() {
    metrics::describe_histogram!(
        CALL_DURATION,
        Unit::Seconds,
        "How long a call took, with all its attempts."
    );
    metrics::describe_histogram!(ATTEMPT_DURATION, Unit::Seconds, "How long an attempt took.");
    metrics::describe_counter!(CALLS, Unit::Count, "Calls that ended.");
    metrics::describe_counter!(ATTEMPTS, Unit::Count, "Requests that were made.");
    metrics::describe_counter!(RETRIES, Unit::Count, "Requests that repeat an earlier one of their call.");
    metrics::describe_counter!(FAILURES, Unit::Count, "Calls that failed.");
    metrics::describe_counter!(OPENED, Unit::Count, "Connections that were opened.");
    metrics::describe_counter!(REUSED, Unit::Count, "Requests that went over an earlier connection.");
    metrics::describe_gauge!(IN_USE, Unit::Count, "Connections that carry a request now.");
}

/// `sms/SendSms`; the name is folded when the caller made it up.
fn method(core: &Core, parcel: &Parcel) -> Label {
    let action = match &parcel.action {
        // Written in this crate.
        Cow::Borrowed(action) => action,
        Cow::Owned(action) => Version::parse(&parcel.version)
            .and_then(|version| find_action(version, action))
            .map_or(OTHER, |action| action.name),
    };
    Label::new("rpc.method", format!("{}/{action}", core.settings.service))
}

fn server(route: &Route) -> Vec<Label> {
    vec![
        Label::new("server.address", route.endpoint.host.clone()),
        Label::new("server.port", route.endpoint.address.port.to_string()),
    ]
}

/// A request goes out, the one of this number in its call.
pub(crate) fn attempt(core: &Core, parcel: &Parcel, number: u32) {
    let labels = vec![method(core, parcel)];
    if number > 1 {
        metrics::counter!(RETRIES, labels.clone()).increment(1);
    }
    metrics::counter!(ATTEMPTS, labels).increment(1);
}

/// What came of a request.
pub(crate) fn answered(
    core: &Core,
    parcel: &Parcel,
    route: &Route,
    http_method: &Method,
    status: Option<u16>,
    error: Option<&Error>,
    duration: Duration,
) {
    let mut labels = server(route);
    labels.push(method(core, parcel));
    // GET and POST are all there is.
    labels.push(Label::new("http.request.method", http_method.as_str().to_owned()));
    labels.push(Label::new("url.scheme", if route.endpoint.address.tls { "https" } else { "http" }));
    if let Some(status) = status {
        let status =
            if (100..600).contains(&status) { status.to_string().into() } else { SharedString::from(OTHER) };
        labels.push(Label::new("http.response.status_code", status));
    }
    if let Some(error) = error {
        labels.push(Label::new("error.type", error.kind().as_str()));
    }
    metrics::histogram!(ATTEMPT_DURATION, labels).record(duration);
}

/// A call ended.
pub(crate) fn ended(core: &Core, parcel: &Parcel, error: Option<&Error>, duration: Duration) {
    let mut labels = vec![method(core, parcel)];
    if let Some(error) = error {
        labels.push(Label::new("error.type", error.kind().as_str()));
        let mut labels = labels.clone();
        labels.push(Label::new("tcsms.delivery", error.delivery().as_str()));
        if let Some(code) = error.code() {
            let known = ErrorCode::known().iter().find(|known| *known == code);
            let code = known.map_or(SharedString::from(OTHER), |known| known.as_str().to_owned().into());
            labels.push(Label::new("rpc.response.status_code", code));
        }
        metrics::counter!(FAILURES, labels).increment(1);
    }
    metrics::counter!(CALLS, labels.clone()).increment(1);
    metrics::histogram!(CALL_DURATION, labels).record(duration);
}

/// A connection is taken for a request; it is in use until this is dropped.
pub(crate) struct InUse(metrics::Gauge);

impl InUse {
    pub(crate) fn of(route: &Route, is_new: bool) -> Self {
        let labels = server(route);
        metrics::counter!(if is_new { OPENED } else { REUSED }, labels.clone()).increment(1);
        let gauge = metrics::gauge!(IN_USE, labels);
        gauge.increment(1.0);
        Self(gauge)
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}
