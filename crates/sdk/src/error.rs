//! What a failed call says about itself.

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use tcsms_api::ErrorCode;

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A limit as people set it, for messages: what is left of a total limit is some nanoseconds short of it.
pub(crate) fn to_the_millisecond(limit: Duration) -> Duration {
    Duration::from_millis(u64::try_from(limit.as_micros().div_ceil(1000)).unwrap_or(u64::MAX))
}

/// Whether the service may have acted on a call that failed.
///
/// An SMS that was sent cannot be taken back, so this is the first thing to look at before a send is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Delivery {
    /// The service cannot have seen the request: no byte of it left this machine, or the proxy refused it (status 407)
    /// instead of passing it on, or the server refused the client certificate and with it all that followed. Repeating
    /// it is safe.
    NotSent,
    /// The request, or part of it, left, and no answer of the API came back. It may have been carried out: look
    /// (`PullSmsSendStatus`, the console) before repeating a send.
    MaybeSent,
    /// The service answered, with an error. It did not carry the request out; only after `InternalError…` and
    /// `ServiceUnavailable` that is not certain, see [`ErrorCode::is_retryable`].
    Answered,
}

impl Delivery {
    /// The name in logs and in the JSON of the command line: `not_sent`, `maybe_sent`, `answered`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::MaybeSent => "maybe_sent",
            Self::Answered => "answered",
        }
    }
}

impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The part of an attempt in which it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Step {
    /// Looking up the addresses of the host, or of the proxy.
    Resolve,
    /// Opening the TCP connection, to the proxy if there is one.
    Connect,
    /// Having the proxy open the way to the service, TLS with the proxy included.
    Proxy,
    /// The TLS handshake, certificates included.
    Tls,
    /// Writing the request; nothing of it was taken by the connection yet.
    Write,
    /// Waiting for the first byte of the answer.
    Wait,
    /// Reading the answer.
    Read,
}

impl Step {
    /// The name in logs: `resolve`, `connect`, `proxy`, `tls`, `write`, `wait`, `read`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Proxy => "proxy",
            Self::Tls => "tls",
            Self::Write => "write",
            Self::Wait => "wait",
            Self::Read => "read",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What kind of failure an [`Error`] is. Each kind says what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A setting of the client cannot be used: an endpoint, a file of certificates, a blocking call inside an async
    /// runtime. Correct the setting that the message names; nothing was sent.
    Config,
    /// No usable credential: absent, empty, padded with blanks, a file without the wanted profile, or a source (metadata
    /// service, STS, an own provider) that gave none. The message names every place that was tried; nothing was sent to
    /// the SMS service. (When the network failed on the way to a source, the kind is that of the failure, the message
    /// says whose it was, and nothing was sent either.)
    Credential,
    /// The request itself cannot be sent: not a JSON object, a header value with a line break, larger than the
    /// documented limit. Correct the request; nothing was sent.
    InvalidRequest,
    /// The host name has no address. Check the endpoint's spelling and the machine's DNS; nothing was sent.
    Resolve,
    /// No connection. Check that the address is reachable from here, or from the proxy (firewall, port); nothing was
    /// sent.
    Connect,
    /// The proxy refused to pass the request on, or is no proxy of the kind its URL says. Correct its URL, user or
    /// password; nothing reached the service.
    Proxy,
    /// The server's certificate was refused, or it refused ours, or it does not speak TLS. The message says what to do;
    /// where no trusted authority issued the certificate, give the authority's own as CA file rather than switching
    /// verification off. Nothing was sent.
    Tls,
    /// A time limit passed: see [`Error::step`] for what took so long and [`Error::delivery`] for whether the request
    /// may have arrived. Raise the limit, or look for the cause on the network.
    Timeout,
    /// The connection broke. See [`Error::delivery`] before repeating the call.
    Network,
    /// Something answered, but not the API: a status other than 200, no JSON, an answer without its members. Usually a
    /// proxy, a login page, or a wrong endpoint. The request may have been carried out.
    InvalidAnswer,
    /// An [`Interceptor`](crate::Interceptor) of the client ended the call, or panicked; the message names it.
    Interceptor,
    /// The service refused the request: see [`Error::code`].
    Service,
}

impl ErrorKind {
    /// The name in logs and in the JSON of the command line, such as `invalid_answer`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Credential => "credential",
            Self::InvalidRequest => "invalid_request",
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Proxy => "proxy",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Network => "network",
            Self::InvalidAnswer => "invalid_answer",
            Self::Interceptor => "interceptor",
            Self::Service => "service",
        }
    }

    /// Whether it is the way to a service that failed, and not what stands at its ends.
    pub(crate) fn is_of_network(self) -> bool {
        matches!(
            self,
            Self::Resolve | Self::Connect | Self::Proxy | Self::Tls | Self::Timeout | Self::Network
        )
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a call failed, and whether the service may have acted on it.
///
/// Its text is one line for a person; programs use the accessors. It never holds a secret.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    delivery: Delivery,
    message: String,
    hint: Option<String>,
    code: Option<ErrorCode>,
    request_id: Option<String>,
    step: Option<Step>,
    attempts: u32,
    endpoint: Option<String>,
    duration: Option<Duration>,
    http_status: Option<u16>,
    trace_id: Option<String>,
    source: Option<BoxError>,
}

/// The JSON form of an error, a contract with scripts and other languages.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    code: Option<&'a str>,
    message: &'a str,
    request_id: Option<&'a str>,
    kind: &'a str,
    delivery: &'a str,
    attempts: u32,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, delivery: Delivery, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            delivery,
            message: message.into(),
            hint: None,
            code: None,
            request_id: None,
            step: None,
            attempts: 0,
            endpoint: None,
            duration: None,
            http_status: None,
            trace_id: None,
            source: None,
        }))
    }

    /// A failure before anything could be sent.
    pub(crate) fn local(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self::new(kind, Delivery::NotSent, message)
    }

    /// A source of credentials failed like this: a network that failed is told as what it is.
    pub(crate) fn of_source(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self::local(if kind.is_of_network() { kind } else { ErrorKind::Credential }, message)
    }

    /// The service's refusal.
    pub(crate) fn service(code: ErrorCode, message: String, request_id: Option<String>) -> Self {
        let mut error = Self::new(ErrorKind::Service, Delivery::Answered, message);
        error.0.code = Some(code);
        error.0.request_id = request_id;
        error
    }

    pub(crate) fn at(mut self, step: Step) -> Self {
        self.0.step = Some(step);
        self
    }

    pub(crate) fn because(mut self, source: impl Into<BoxError>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn after(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// Notes the HTTP answer that it was read from.
    pub(crate) fn answered_with(mut self, http_status: u16) -> Self {
        self.0.http_status = Some(http_status);
        self
    }

    pub(crate) fn with_request_id(mut self, request_id: Option<String>) -> Self {
        self.0.request_id = request_id;
        self
    }

    pub(crate) fn with_trace_id(mut self, trace_id: Option<String>) -> Self {
        self.0.trace_id = trace_id;
        self
    }

    /// Notes how long the call took.
    pub(crate) fn within(mut self, duration: Duration) -> Self {
        self.0.duration = Some(duration);
        self
    }

    /// Says this besides what was said before.
    pub(crate) fn hinting(mut self, hint: Option<String>) -> Self {
        self.0.hint = match (self.0.hint.take(), hint) {
            (Some(before), Some(hint)) => Some(format!("{before}; {hint}")),
            (before, hint) => before.or(hint),
        };
        self
    }

    pub(crate) fn to(mut self, endpoint: &str) -> Self {
        self.0.endpoint = Some(endpoint.to_owned());
        self
    }

    /// What kind of failure this is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the service may have acted on the request. With several attempts it speaks of all of them: an earlier
    /// one that may have arrived is not forgotten.
    pub fn delivery(&self) -> Delivery {
        self.0.delivery
    }

    /// The service's error code; `None` unless [`kind`](Self::kind) is [`ErrorKind::Service`].
    pub fn code(&self) -> Option<&ErrorCode> {
        self.0.code.as_ref()
    }

    /// The service's message, or ours for a failure on this side, without the additions of the `Display` text.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The id by which Tencent's support finds the request; `None` when the service did not answer, or sent none.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Where in the attempt it failed; `None` for failures before the first attempt and for answers.
    pub fn step(&self) -> Option<Step> {
        self.0.step
    }

    /// How many times the request was tried; 0 when it failed before the first attempt.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The endpoint that the last attempt went to, as its `Host` header says; `None` when it failed before the first
    /// attempt. With [backup endpoints](crate::ClientBuilder::backup_endpoint) the attempts of a call may go to several.
    pub fn endpoint(&self) -> Option<&str> {
        self.0.endpoint.as_deref()
    }

    /// How long the call took until it failed, with all its attempts and the pauses between them; `None` when it failed
    /// before it began.
    pub fn duration(&self) -> Option<Duration> {
        self.0.duration
    }

    /// The HTTP status of the answer that was an error; `None` when no answer came. A refusal by the service has status
    /// 200, as documented.
    pub fn http_status(&self) -> Option<u16> {
        self.0.http_status
    }

    /// The trace id (`X-TC-TraceId`) that the last attempt carried, see [`with_trace_id`](crate::Call::with_trace_id);
    /// `None` when it carried none.
    pub fn trace_id(&self) -> Option<&str> {
        self.0.trace_id.as_deref()
    }

    /// The error as one JSON object, as the command line prints it:
    /// `{"code","message","requestId","kind","delivery","attempts"}`.
    ///
    /// `code` and `requestId` are null where [`code`](Self::code) and [`request_id`](Self::request_id) are `None`. With a
    /// code, `message` is the service's own; otherwise it is the `Display` text.
    pub fn to_json(&self) -> String {
        let sentence;
        let message = match self.code() {
            Some(_) => self.message(),
            None => {
                sentence = self.to_string();
                &sentence
            }
        };
        let told = Told {
            code: self.code().map(ErrorCode::as_str),
            message,
            request_id: self.request_id(),
            kind: self.kind().as_str(),
            delivery: self.delivery().as_str(),
            attempts: self.attempts(),
        };
        // Texts and a number: there is nothing that could not be written.
        serde_json::to_string(&told).unwrap_or_default()
    }

    /// What happened, without the advice that is about a call of one's own.
    pub(crate) fn told(&self) -> String {
        let code = self.0.code.as_ref().map(|code| format!("{code}: ")).unwrap_or_default();
        let id = self.0.request_id.as_deref().filter(|id| !id.is_empty());
        let id = id.map(|id| format!(" (request id {id})")).unwrap_or_default();
        let hint = self.0.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
        format!("{code}{}{id}{hint}", self.0.message)
    }

    /// True when the service refused by a rate limit: call less often, or again a little later.
    pub fn is_rate_limit(&self) -> bool {
        self.0.code.as_ref().is_some_and(ErrorCode::is_rate_limit)
    }

    /// True when the service failed rather than refused, so that part of it may have acted.
    pub(crate) fn is_internal(&self) -> bool {
        let code = self.0.code.as_ref().map(ErrorCode::as_str).unwrap_or_default();
        let (family, _) = code.split_once('.').unwrap_or((code, ""));
        family == "InternalError" || family == "ServiceUnavailable"
    }

    /// True when a time limit passed.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    pub(crate) fn set_delivery(&mut self, delivery: Delivery) {
        self.0.delivery = delivery;
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.write_str(&self.told())?;
        match inner.delivery {
            Delivery::NotSent if inner.attempts > 1 => {
                write!(f, "; nothing was sent in {} attempts", inner.attempts)
            }
            Delivery::NotSent => f.write_str("; nothing was sent"),
            Delivery::MaybeSent => {
                f.write_str("; the request may have reached the service: look before sending it again")
            }
            Delivery::Answered if inner.attempts > 1 => write!(f, "; refused {} times", inner.attempts),
            Delivery::Answered => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("code", &inner.code)
            .field("message", &inner.message)
            .field("request_id", &inner.request_id)
            .field("delivery", &inner.delivery)
            .field("step", &inner.step)
            .field("attempts", &inner.attempts)
            .field("endpoint", &inner.endpoint)
            .field("duration", &inner.duration)
            .field("http_status", &inner.http_status)
            .field("trace_id", &inner.trace_id)
            .field("source", &inner.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_reads_as_one_line() {
        let error = Error::service(
            ErrorCode::from("RequestLimitExceeded"),
            "Too fast.".to_owned(),
            Some("r-1".to_owned()),
        )
        .after(3);
        assert_eq!(error.to_string(), "RequestLimitExceeded: Too fast. (request id r-1); refused 3 times");
        assert!(error.is_rate_limit());
        assert_eq!(error.delivery(), Delivery::Answered);
    }

    #[test]
    fn the_json_form_has_the_services_own_words_or_ours_with_their_advice() {
        let refused = Error::service(ErrorCode::from("A.B"), "no \"x\"\n".to_owned(), None).after(1);
        assert_eq!(
            refused.to_json(),
            r#"{"code":"A.B","message":"no \"x\"\n","requestId":null,"kind":"service","delivery":"answered","attempts":1}"#
        );
        let local = Error::local(ErrorKind::Connect, "cannot connect").with_request_id(Some("r".to_owned()));
        assert_eq!(
            local.to_json(),
            r#"{"code":null,"message":"cannot connect (request id r); nothing was sent","requestId":"r","kind":"connect","delivery":"not_sent","attempts":0}"#
        );
    }

    #[test]
    fn the_text_says_whether_anything_was_sent() {
        let refused = Error::local(ErrorKind::Connect, "cannot connect to a:1").at(Step::Connect);
        assert_eq!(refused.to_string(), "cannot connect to a:1; nothing was sent");
        assert_eq!(refused.after(3).to_string(), "cannot connect to a:1; nothing was sent in 3 attempts");
        let hinted = Error::local(ErrorKind::Connect, "a").hinting(None).hinting(Some("b".to_owned()));
        assert_eq!(hinted.hinting(Some("c".to_owned())).to_string(), "a; b; c; nothing was sent");
        let lost = Error::new(ErrorKind::Network, Delivery::MaybeSent, "the connection broke");
        assert!(lost.to_string().contains("may have reached the service"));
    }

    #[test]
    fn the_family_of_the_code_tells_a_failure_from_a_refusal() {
        for (code, internal) in [
            ("InternalError", true),
            ("InternalError.New", true),
            ("ServiceUnavailable", true),
            ("InternalErrors", false),
            ("FailedOperation.OtherError", false),
            ("RequestLimitExceeded", false),
        ] {
            let error = Error::service(ErrorCode::from(code), String::new(), None);
            assert_eq!(error.is_internal(), internal, "{code}");
        }
        assert!(!Error::local(ErrorKind::Connect, "InternalError").is_internal());
    }
}
