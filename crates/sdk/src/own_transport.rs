//! A transport of the caller's own, in place of this crate's sockets.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request};

use crate::endpoint::Address;
use crate::error::{BoxError, Delivery, ErrorKind, Step, to_the_millisecond};
use crate::exchange::{Failure, HttpAnswer};
use crate::route::Route;

/// A request being carried.
pub type Carrying<'a> = Pin<Box<dyn Future<Output = Result<TransportAnswer, TransportError>> + Send + 'a>>;

/// Carries signed requests to the service and brings the answers back, in place of this crate's own connections: an
/// HTTP client that the program has already, or a fake that answers in tests. Given to a client by
/// [`ClientBuilder::transport`](crate::ClientBuilder::transport).
///
/// Everything else stays as it is: each attempt is signed anew, failures are tried again by the client's policy, time
/// limits end a call, answers are read the same way. An implementation must carry each request once and unchanged: it
/// must not repeat it, follow redirects, or touch the headers that are there; it may add headers such as
/// `Content-Length` and `Accept-Encoding`, and must undo a compression that it asked for.
///
/// A fake for tests:
///
/// ```
/// use std::sync::Mutex;
/// use tcsms::{Carrying, Client, Credential, Transport, TransportAnswer, TransportRequest};
///
/// /// Takes every message, and remembers what it was asked.
/// #[derive(Default)]
/// struct Fake {
///     asked: Mutex<Vec<String>>,
/// }
///
/// impl Transport for Fake {
///     fn carry(&self, request: TransportRequest) -> Carrying<'_> {
///         self.asked.lock().unwrap().push(String::from_utf8_lossy(request.body()).into_owned());
///         let body = r#"{"Response":{"SendStatusSet":[{"PhoneNumber":"+8613711112222","Code":"Ok"}],"RequestId":"r"}}"#;
///         Box::pin(async move { Ok(TransportAnswer::new(200, body)) })
///     }
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let fake = std::sync::Arc::new(Fake::default());
/// let client = Client::builder()
///     .credential(Credential::new("id", "key")?)
///     .region("ap-guangzhou")
///     .transport(fake.clone())
///     .build_blocking()?;
/// let answer = client
///     .send_sms()
///     .phone_number_set(["+8613711112222"])
///     .sms_sdk_app_id("1400787878")
///     .template_id("449739")
///     .send()?;
/// assert_eq!(answer.send_status_set[0].code, "Ok");
/// assert!(fake.asked.lock().unwrap()[0].contains("+8613711112222"));
/// # Ok(())
/// # }
/// ```
pub trait Transport: Send + Sync {
    /// Carries one request.
    ///
    /// The future runs inside the call: with the async client on the caller's runtime, with the blocking client on the
    /// caller's thread. It is dropped when the call's time is over or the call itself is dropped; the request then
    /// counts as maybe sent.
    fn carry(&self, request: TransportRequest) -> Carrying<'_>;
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn carry(&self, request: TransportRequest) -> Carrying<'_> {
        (**self).carry(request)
    }
}

/// A signed request. Its `Debug` text shows method and host only: the rest holds the signature and phone numbers.
pub struct TransportRequest {
    request: Request<Bytes>,
    url: String,
    limit: Duration,
}

impl TransportRequest {
    pub(crate) fn of(route: &Route, request: Request<Bytes>, limit: Duration) -> Self {
        let url = url(route, request.uri());
        Self { request, url, limit }
    }

    /// `POST` or `GET`.
    pub fn method(&self) -> &str {
        self.request.method().as_str()
    }

    /// The whole URL. Where another address was put in the endpoint's place
    /// ([`connect_to`](crate::ClientBuilder::connect_to)) it names that one; the header `host` stays the endpoint's.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Name, in lower case, and value of each header. `host` is among them and is signed: it must be sent as it is.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        // Each value was made of a text.
        self.request
            .headers()
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), std::str::from_utf8(value.as_bytes()).ok()?)))
    }

    /// The body; empty with `GET`.
    pub fn body(&self) -> &[u8] {
        self.request.body()
    }

    /// How long this attempt may take from now on. The client itself ends it then.
    pub fn time_limit(&self) -> Duration {
        self.limit
    }
}

impl fmt::Debug for TransportRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.request.headers().get(http::header::HOST);
        f.debug_struct("TransportRequest")
            .field("method", &self.method())
            .field("host", &host)
            .finish_non_exhaustive()
    }
}

/// What came back, whatever its status.
#[derive(Clone, Debug)]
pub struct TransportAnswer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl TransportAnswer {
    /// An answer with this HTTP status and body, the latter without any compression.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    /// Adds a header. None is needed; `content-type` and `location` are shown in errors about an answer that is none
    /// of the API.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    fn into_http(self) -> HttpAnswer {
        let mut headers = HeaderMap::with_capacity(self.headers.len());
        for (name, value) in self.headers {
            // What is no header cannot be one that somebody looks for.
            if let (Ok(name), Ok(value)) =
                (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value.as_bytes()))
            {
                headers.append(name, value);
            }
        }
        HttpAnswer { status: self.status, headers, body: Bytes::from(self.body) }
    }
}

/// Why no answer came back, and whether the service may have seen the request.
///
/// The text becomes part of the call's error: it must not hold a secret or a phone number.
#[derive(Debug)]
pub struct TransportError {
    text: String,
    maybe_sent: bool,
    step: Step,
    is_timeout: bool,
    source: Option<BoxError>,
}

impl TransportError {
    /// No byte of the request left: the client may try again. Counts as failed while connecting, see
    /// [`at`](Self::at).
    pub fn not_sent(text: impl Into<String>) -> Self {
        Self { text: text.into(), maybe_sent: false, step: Step::Connect, is_timeout: false, source: None }
    }

    /// The request left, or may have. When in doubt this is the one: the client then does not repeat what would send
    /// an SMS twice. Counts as failed while waiting for the answer, see [`at`](Self::at).
    pub fn maybe_sent(text: impl Into<String>) -> Self {
        Self { maybe_sent: true, step: Step::Wait, ..Self::not_sent(text) }
    }

    /// Sets where it failed. [`Step::Tls`] and [`Step::Proxy`] count as failing again the same way.
    #[must_use]
    pub fn at(mut self, step: Step) -> Self {
        self.step = step;
        self
    }

    /// Says that a time limit of the transport's own passed.
    #[must_use]
    pub fn timed_out(mut self) -> Self {
        self.is_timeout = true;
        self
    }

    /// Keeps the error that was the reason, as [`source`](std::error::Error::source) of the call's error.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    pub(crate) fn into_failure(self) -> Failure {
        let kind = match self.step {
            _ if self.is_timeout => ErrorKind::Timeout,
            Step::Resolve => ErrorKind::Resolve,
            Step::Connect => ErrorKind::Connect,
            Step::Proxy => ErrorKind::Proxy,
            Step::Tls => ErrorKind::Tls,
            Step::Write | Step::Wait | Step::Read => ErrorKind::Network,
        };
        let delivery = if self.maybe_sent { Delivery::MaybeSent } else { Delivery::NotSent };
        Failure { kind, step: self.step, delivery, message: self.text, source: self.source }
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// One attempt by the caller's transport within its time limit.
pub(crate) async fn attempt(
    transport: &dyn Transport,
    route: &Route,
    request: Request<Bytes>,
    limit: Duration,
    most_bytes: usize,
) -> Result<HttpAnswer, Failure> {
    let late = |message| Failure {
        kind: ErrorKind::Timeout,
        step: Step::Wait,
        delivery: Delivery::MaybeSent,
        message,
        source: None,
    };
    let carrying = transport.carry(TransportRequest::of(route, request, limit));
    let answer = match tokio::time::timeout(limit, carrying).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => return Err(error.into_failure()),
        Err(_) => {
            let limit = to_the_millisecond(limit);
            return Err(late(format!("the client's own transport brought no answer within {limit:?}")));
        }
    };
    if answer.body.len() > most_bytes {
        return Err(Failure {
            kind: ErrorKind::InvalidAnswer,
            step: Step::Read,
            ..late(format!("not an answer of the API: it is larger than {most_bytes} bytes"))
        });
    }
    Ok(answer.into_http())
}

fn url(route: &Route, target: &http::Uri) -> String {
    let Address { tls, .. } = route.address;
    let scheme = if tls { "https" } else { "http" };
    let target = target.path_and_query().map_or("/", |target| target.as_str());
    if route.address == route.endpoint.address {
        format!("{scheme}://{}{target}", route.endpoint.authority)
    } else {
        format!("{scheme}://{}{target}", route.address)
    }
}
