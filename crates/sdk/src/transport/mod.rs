//! Carries a call's requests over HTTP/1.1: the driver of the state machine on a tokio runtime.
//!
//! A connection belongs to one call at a time and runs inside that call's own future. Nothing is spawned, so dropping a
//! call closes its connection, and a connection never waits for a runtime that nobody drives.

mod connect;
mod connection;
mod encoding;
mod first;
mod gate;
mod identity;
mod limit;
mod pool;
mod streaming;
pub(crate) mod tls;
mod tunnel;
mod verify;
pub(crate) mod warm_up;

use std::convert::Infallible;
use std::io;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, HOST};
use http::{HeaderValue, Request, Uri};
use tokio::runtime::Handle;
use tokio_rustls::rustls;
use tracing::{Instrument, Span};

use crate::config::Core;
use crate::error::{Delivery, Error, ErrorKind, Step, to_the_millisecond};
use crate::exchange::{Exchange, Failure, HttpAnswer, Next, Now, Origin, Plan};
use crate::own_transport;
use crate::route::Route;
use crate::spans;
use connection::{Begin, Connection, Fault, Received, Traffic};
pub(crate) use identity::Identity;
pub(crate) use limit::{Limit, Permit};
pub(crate) use pool::Pool;
pub(crate) use streaming::{Flow, stream};

/// The runtime that connections of the async client would belong to.
pub(crate) fn current_runtime() -> Result<Handle, Error> {
    Handle::try_current().map_err(|_| {
        let message =
            "the async client needs a tokio runtime: call it inside one, or use tcsms::blocking::Client";
        Error::local(ErrorKind::Config, message)
    })
}

/// Makes the call that began at `started` on the current runtime, with the connections of `pool`.
pub(crate) async fn run<T>(core: &Core, pool: &Pool, plan: Plan<T>, started: Instant) -> Result<T, Error> {
    match carry::<T, Infallible>(core, pool, plan, started).await? {
        End::Answer(answer) => Ok(answer),
        End::Begun { body, .. } => match body {},
    }
}

/// How a call ends well.
enum End<T, B> {
    Answer(T),
    /// With an answer whose body is still to come.
    Begun {
        connection: Box<Connection>,
        body: B,
        origin: Origin,
    },
}

async fn carry<T, B: Begin>(
    core: &Core,
    pool: &Pool,
    plan: Plan<T>,
    started: Instant,
) -> Result<End<T, B>, Error> {
    let runtime = current_runtime()?;
    let call = spans::call(core, &plan.parcel);
    let mut exchange = Exchange::new(core, plan, fastrand::Rng::new());
    let steps = async {
        loop {
            match exchange.next(now_since(started)) {
                Next::Send { route, request, limit } => {
                    let span = spans::attempt(route, request.method(), exchange.attempts());
                    let sending = attempt(core, route, pool, &runtime, request, limit, &span);
                    match sending.instrument(span.clone()).await {
                        Ok(Reply::Whole(answer)) => {
                            spans::note_answer(&call, &span, &answer);
                            exchange.answered(answer);
                        }
                        Ok(Reply::Begun { connection, head, body }) => {
                            spans::note_answer(&call, &span, &head);
                            let now = now_since(started);
                            break exchange.begun(&head, now).map(|origin| End::Begun {
                                connection,
                                body,
                                origin,
                            });
                        }
                        Err(failure) => {
                            spans::note_failure(&span, &failure);
                            exchange.failed(failure);
                        }
                    }
                }
                Next::Authorize { keeper, limit } => exchange.authorized(keeper.get(limit).await),
                Next::Wait(pause) => {
                    spans::note_pause(pause);
                    tokio::time::sleep(pause).await;
                }
                Next::Done(outcome) => break outcome.map(End::Answer),
            }
        }
    };
    let outcome = steps.instrument(call.clone()).await;
    spans::note_end(&call, exchange.attempts(), outcome.as_ref().err());
    outcome
}

/// Asks for a path of a service that is no API, once, on a connection of its own.
pub(crate) async fn get(core: &Core, path: &str, limit: Duration) -> Result<HttpAnswer, Failure> {
    let refused = |message: String| Failure {
        kind: ErrorKind::Config,
        step: Step::Write,
        delivery: Delivery::MaybeSent,
        message,
        source: None,
    };
    let runtime = Handle::try_current().map_err(|_| refused("there is no tokio runtime".to_owned()))?;
    let mut request = Request::new(Bytes::new());
    *request.uri_mut() = Uri::try_from(path).map_err(|_| refused(format!("{path} is no path")))?;
    request.headers_mut().insert(HOST, core.routes.primary.host.clone());
    let span = Span::none();
    let route = &core.routes.primary;
    match attempt::<Infallible>(core, route, &Pool::default(), &runtime, request, limit, &span).await? {
        Reply::Whole(answer) => Ok(answer),
        Reply::Begun { body, .. } => match body {},
    }
}

pub(crate) fn now_since(started: Instant) -> Now {
    let steady = Instant::now();
    Now { unix: unix_time(), steady, elapsed: steady - started }
}

fn unix_time() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// How far an attempt has come. Outlives the attempt's future, so that a time limit can tell what it cut off.
#[derive(Default)]
struct Progress {
    /// The step while there is no connection yet.
    connecting: Option<Step>,
    /// What went over the connection in this attempt.
    traffic: Option<Traffic>,
}

impl Progress {
    fn step(&self) -> Step {
        match &self.traffic {
            None => self.connecting.unwrap_or(Step::Resolve),
            Some(traffic) if traffic.read() > 0 => Step::Read,
            Some(traffic) if traffic.written() > 0 => Step::Wait,
            Some(_) => Step::Write,
        }
    }

    fn delivery(&self) -> Delivery {
        match &self.traffic {
            Some(traffic) if traffic.written() > 0 => Delivery::MaybeSent,
            _ => Delivery::NotSent,
        }
    }

    fn failure(&self, kind: ErrorKind, message: String) -> Failure {
        Failure { kind, step: self.step(), delivery: self.delivery(), message, source: None }
    }

    fn of_fault(&self, fault: Fault) -> Failure {
        let what = match self.step() {
            Step::Read => "the connection broke while the answer was read",
            Step::Wait => "the connection broke before an answer came",
            _ => "the connection broke before the request was written",
        };
        match fault {
            Fault::Closed => self.failure(ErrorKind::Network, what.to_owned()),
            Fault::TooLarge(limit) => self.failure(
                ErrorKind::InvalidAnswer,
                format!("not an answer of the API: it is larger than {limit} bytes"),
            ),
            Fault::Prelude => self.failure(
                ErrorKind::InvalidAnswer,
                "not an answer of the API: nothing but interim answers (status 1xx) came".to_owned(),
            ),
            Fault::Encoding { status, what } => {
                let status =
                    if status == 200 { String::new() } else { format!("HTTP status {status}, and ") };
                self.failure(ErrorKind::InvalidAnswer, format!("not an answer of the API: {status}{what}"))
            }
            Fault::Http(error) if error.is_parse() || is_misframed(&error) => {
                let message =
                    format!("not an answer of the API: what came back is no HTTP that can be read ({error})");
                Failure { source: Some(Box::new(error)), ..self.failure(ErrorKind::InvalidAnswer, message) }
            }
            Fault::Http(error) => {
                let reason = root_cause(&error);
                Failure {
                    source: Some(Box::new(error)),
                    ..self.failure(ErrorKind::Network, format!("{what}: {reason}"))
                }
            }
        }
    }
}

/// Whether the body of an answer was not framed as HTTP frames it. The library tells this by the kind of an I/O error,
/// as TLS tells its own faults.
fn is_misframed(error: &hyper::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(cause) = cause.downcast_ref::<io::Error>() {
            let by_tls = cause.get_ref().is_some_and(|inner| inner.is::<rustls::Error>());
            return !by_tls
                && matches!(cause.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput);
        }
        source = cause.source();
    }
    false
}

/// The innermost reason: what the operating system or the protocol said.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// The alert with which the server ended TLS, if that is what broke the connection.
fn alert(fault: &Fault) -> Option<rustls::AlertDescription> {
    let Fault::Http(error) = fault else { return None };
    let io = std::error::Error::source(error)?.downcast_ref::<std::io::Error>()?;
    match io.get_ref()?.downcast_ref::<rustls::Error>()? {
        rustls::Error::AlertReceived(alert) => Some(*alert),
        _ => None,
    }
}

/// What came of an attempt.
enum Reply<B> {
    Whole(HttpAnswer),
    /// The connection is in the middle of an answer.
    Begun {
        connection: Box<Connection>,
        /// The answer without its body.
        head: HttpAnswer,
        body: B,
    },
}

/// One attempt within its time limit.
async fn attempt<B: Begin>(
    core: &Core,
    route: &Route,
    pool: &Pool,
    runtime: &Handle,
    request: Request<Bytes>,
    limit: Duration,
    span: &Span,
) -> Result<Reply<B>, Failure> {
    if let Some(transport) = &core.own_transport {
        return own_transport::attempt(&**transport, route, request, limit, core.settings.max_answer_bytes)
            .await
            .map(Reply::Whole);
    }
    let mut progress = Progress::default();
    let talk = converse(core, route, pool, runtime, request, &mut progress, span);
    match tokio::time::timeout(limit, talk).await {
        Ok(outcome) => outcome,
        Err(_) => {
            let what = match progress.step() {
                Step::Read => "the answer was not complete",
                Step::Wait => "no answer came",
                Step::Write => "the request was not written",
                Step::Resolve => "the host name was not resolved",
                Step::Connect | Step::Proxy | Step::Tls => "no connection was made",
            };
            Err(progress
                .failure(ErrorKind::Timeout, format!("{what} within {:?}", to_the_millisecond(limit))))
        }
    }
}

async fn converse<B: Begin>(
    core: &Core,
    route: &Route,
    pool: &Pool,
    runtime: &Handle,
    mut request: Request<Bytes>,
    progress: &mut Progress,
    span: &Span,
) -> Result<Reply<B>, Failure> {
    if core.settings.compression && B::IS_WHOLE {
        request.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static(encoding::ACCEPTED));
    }
    let mut connection = connection(core, route, pool, runtime, progress).await?;
    let is_fresh = connection.is_fresh();
    spans::note_connection(span, is_fresh, || connection.peer());
    #[cfg(feature = "metrics")]
    let _in_use = crate::meters::InUse::of(route, is_fresh);
    progress.traffic = Some(connection.start_counting());
    match connection.exchange(request, core.settings.max_answer_bytes).await {
        Ok(Received::Begun(head, body)) => Ok(Reply::Begun { connection, head, body }),
        Ok(Received::Whole(answer)) => {
            if let Some(proxy) = route.forwarder().filter(|_| answer.status == 407) {
                let advice = tunnel::login_advice(proxy.login.as_ref());
                return Err(Failure {
                    kind: ErrorKind::Proxy,
                    step: Step::Proxy,
                    delivery: Delivery::NotSent,
                    message: format!("the proxy {} did not pass the request on: {advice}", proxy.address),
                    source: None,
                });
            }
            if connection.is_reusable() {
                let now = Instant::now();
                pool.give(connection, runtime.id(), route.number, now, core.settings.idle_timeout);
            }
            Ok(Reply::Whole(answer))
        }
        Err(fault) => match alert(&fault).filter(|alert| is_fresh && tls::wants_identity(*alert)) {
            // In TLS 1.3 the client may write before the server has looked at its certificate. A server that then
            // refuses the handshake has read nothing else.
            Some(alert) => Err(Failure {
                kind: ErrorKind::Tls,
                step: Step::Tls,
                delivery: Delivery::NotSent,
                message: format!(
                    "TLS with {} failed: the server ended it with {alert:?}{}",
                    route.address,
                    core.tls.identity_advice()
                ),
                source: None,
            }),
            None => Err(progress.of_fault(fault)),
        },
    }
}

/// A connection that waited and is still open, as far as can be seen without sending; or else a new one.
async fn connection(
    core: &Core,
    route: &Route,
    pool: &Pool,
    runtime: &Handle,
    progress: &mut Progress,
) -> Result<Box<Connection>, Failure> {
    let longest_idle = core.settings.idle_timeout;
    while let Some(mut waited) = pool.take(runtime.id(), route.number, Instant::now(), longest_idle) {
        if waited.is_usable().await {
            return Ok(waited);
        }
    }
    if let Some(limit) = &core.limit {
        pool.make_room(limit);
    }
    open(core, route, progress).await
}

async fn open(core: &Core, route: &Route, progress: &mut Progress) -> Result<Box<Connection>, Failure> {
    let limit = core.settings.connect_timeout;
    match tokio::time::timeout(limit, connect::open(core, route, &mut progress.connecting)).await {
        Ok(outcome) => outcome.map(Box::new),
        Err(_) => {
            let address = &route.address;
            let proxy = match (&route.proxy, progress.step()) {
                (None, _) => String::new(),
                (Some(proxy), Step::Proxy) if proxy.address.tls => format!(
                    ": the proxy {} did not open the way; if it does not speak TLS, write it with http://",
                    proxy.address
                ),
                (Some(proxy), Step::Proxy) => format!(": the proxy {} did not open the way", proxy.address),
                (Some(proxy), _) => format!(" through the proxy {}", proxy.address),
            };
            let message = format!("no connection to {address} within {limit:?}{proxy}");
            Err(progress.failure(ErrorKind::Timeout, message))
        }
    }
}
