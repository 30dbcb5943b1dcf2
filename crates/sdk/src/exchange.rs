//! One call as a state machine: signing, classification, retry and decoding, without a socket, a clock or a sleep.
//!
//! A driver asks for the [`next`](Exchange::next) step, does it, and reports what happened with
//! [`authorized`](Exchange::authorized), [`answered`](Exchange::answered) or [`failed`](Exchange::failed). Time and
//! randomness are given to it.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use tcsms_api::ErrorCode;
#[cfg(feature = "bridge")]
use tcsms_api::Structure;

use crate::config::Core;
use crate::credential::Credential;
use crate::envelope::{self, Content};
use crate::error::{BoxError, Delivery, Error, ErrorKind, Step, to_the_millisecond};
use crate::failover::Passage;
use crate::interceptor::Attempt;
use crate::keeper::Keeper;
use crate::mask;
use crate::provider::Credentials;
use crate::request::{self, Parcel};
use crate::retry::{self, RetryPolicy};
use crate::route::Route;
use crate::wire;

const X_TC_TRACEID: HeaderName = HeaderName::from_static("x-tc-traceid");

/// The most characters of a foreign text that an error shows.
const LONGEST_EXCERPT: usize = 80;

/// What a call is made with, besides the client's settings.
pub(crate) struct Plan<T> {
    pub(crate) parcel: Parcel,
    /// Whether carrying it out twice is harmless.
    pub(crate) idempotent: bool,
    pub(crate) retry: RetryPolicy,
    pub(crate) total_timeout: Duration,
    pub(crate) decode: Decode<T>,
    /// Whether an error may show the beginning of the body: not when that is a secret.
    pub(crate) quotable: bool,
}

/// How the body of an answer is read.
#[derive(Clone, Copy)]
pub(crate) enum Decode<T> {
    By(fn(&[u8]) -> Content<T>),
    /// As a text of this shape.
    #[cfg(feature = "bridge")]
    Shaped(fn(&[u8], Option<&'static Structure>) -> Content<T>, &'static Structure),
}

impl<T> Decode<T> {
    fn read(&self, body: &[u8]) -> Content<T> {
        match self {
            Self::By(decode) => decode(body),
            #[cfg(feature = "bridge")]
            Self::Shaped(decode, shape) => decode(body, Some(shape)),
        }
    }
}

/// The time of a step.
#[derive(Clone, Copy)]
pub(crate) struct Now {
    /// Unix time in seconds, for the signature.
    pub(crate) unix: i64,
    /// On a clock that does not jump.
    pub(crate) steady: Instant,
    /// Since the call began, on that clock.
    pub(crate) elapsed: Duration,
}

/// What the driver has to do.
#[expect(clippy::large_enum_variant, reason = "it is taken apart at once, and most steps are requests")]
pub(crate) enum Next<'a, T> {
    /// Get the credential of the next attempt from `keeper`, within `limit`.
    Authorize { keeper: &'a Keeper, limit: Duration },
    /// Send this on `route`, and give up after `limit`.
    Send { route: &'a Route, request: Request<Bytes>, limit: Duration },
    /// Let this much time pass.
    Wait(Duration),
    /// The call is over.
    Done(Result<T, Error>),
}

/// An HTTP answer that arrived whole.
pub(crate) struct HttpAnswer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Why no HTTP answer arrived.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) kind: ErrorKind,
    pub(crate) step: Step,
    pub(crate) delivery: Delivery,
    pub(crate) message: String,
    pub(crate) source: Option<BoxError>,
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let Failure { kind, step, delivery, message, source } = failure;
        let error = Error::new(kind, delivery, message).at(step);
        match source {
            Some(source) => error.because(source),
            None => error,
        }
    }
}

/// What an error in an answer that is given out as it comes says of the call.
pub(crate) struct Origin {
    attempts: u32,
    endpoint: Option<String>,
    trace_id: Option<String>,
}

impl Origin {
    pub(crate) fn of(&self, error: Error) -> Error {
        let error = error.after(self.attempts).with_trace_id(self.trace_id.clone());
        match &self.endpoint {
            Some(endpoint) => error.to(endpoint),
            None => error,
        }
    }
}

pub(crate) struct Exchange<'a, T> {
    core: &'a Core,
    plan: Plan<T>,
    random: fastrand::Rng,
    attempts: u32,
    /// When the request under way was signed.
    signed_at: i64,
    /// With what, if it was issued by a provider.
    signed_with: Option<Credential>,
    /// The leave of the attempt under way to take its route.
    passage: Option<Passage<'a>>,
    /// The request under way, or the last one.
    sent: Option<Sent<'a>>,
    /// The time of the present step, since the call began.
    elapsed: Duration,
    /// The number of the route that the last attempt failed on.
    left: Option<usize>,
    /// Whether the last attempt was a repeat that the budget paid for.
    paid: bool,
    /// Whether a credential was given up for another.
    renewed: bool,
    /// Why the attempt before this one failed.
    earlier: Option<Error>,
    /// Whether an attempt before this one may have reached the service.
    maybe_sent: bool,
    /// Whether one failed inside the service, which may have acted.
    maybe_done: bool,
    state: State,
}

/// A request that was handed to the driver.
struct Sent<'a> {
    route: &'a Route,
    #[cfg(feature = "metrics")]
    method: http::Method,
    /// When, since the call began.
    at: Duration,
    trace_id: Option<HeaderValue>,
}

impl Sent<'_> {
    fn trace_id(&self) -> Option<String> {
        self.trace_id.as_ref().map(|id| String::from_utf8_lossy(id.as_bytes()).into_owned())
    }
}

enum State {
    /// Another attempt is to be made.
    Ready,
    /// And its turn has come.
    Due,
    Authorized(Result<Credential, Error>),
    UnderWay,
    Answered(HttpAnswer),
    Failed(Failure),
}

impl<'a, T> Exchange<'a, T> {
    pub(crate) fn new(core: &'a Core, plan: Plan<T>, random: fastrand::Rng) -> Self {
        Self {
            core,
            plan,
            random,
            attempts: 0,
            signed_at: 0,
            signed_with: None,
            passage: None,
            sent: None,
            elapsed: Duration::ZERO,
            left: None,
            paid: false,
            renewed: false,
            earlier: None,
            maybe_sent: false,
            maybe_done: false,
            state: State::Ready,
        }
    }

    /// The number of attempts so far.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The next step, at the time `now`.
    pub(crate) fn next(&mut self, now: Now) -> Next<'a, T> {
        self.elapsed = now.elapsed;
        let next = self.step(now);
        #[cfg(feature = "metrics")]
        match &next {
            Next::Send { .. } => crate::meters::attempt(self.core, &self.plan.parcel, self.attempts),
            Next::Done(outcome) => {
                crate::meters::ended(self.core, &self.plan.parcel, outcome.as_ref().err(), now.elapsed);
            }
            Next::Authorize { .. } | Next::Wait(_) => {}
        }
        next
    }

    fn step(&mut self, now: Now) -> Next<'a, T> {
        match std::mem::replace(&mut self.state, State::Ready) {
            State::Ready => match self.turn(now) {
                Ok(Duration::ZERO) => self.authorize(now),
                Ok(wait) => {
                    self.state = State::Due;
                    Next::Wait(wait)
                }
                Err(error) => Next::Done(Err(self.finished(error))),
            },
            State::Due => self.authorize(now),
            State::Authorized(Ok(credential)) => {
                let next = self.send(now, Some(&credential));
                self.signed_with = Some(credential);
                next
            }
            State::Authorized(Err(error)) => Next::Done(Err(self.finished(error))),
            // The driver dropped a request without a word; what became of it is not known.
            State::UnderWay => Next::Done(Err(self.finished(Error::new(
                ErrorKind::Network,
                Delivery::MaybeSent,
                "the request was abandoned",
            )))),
            State::Answered(answer) => {
                let outcome = self.read(&answer);
                self.note(outcome.as_ref().err(), now);
                match (self.show(Some(&answer), outcome.as_ref().err()), outcome) {
                    (Err(stopped), _) => Next::Done(Err(self.finished(stopped))),
                    (Ok(()), Ok(answer)) => Next::Done(Ok(answer)),
                    (Ok(()), Err(error)) => {
                        self.again_or_over(error, retry::retry_after(&answer.headers, now.unix), now)
                    }
                }
            }
            State::Failed(failure) => {
                let error = Error::from(failure);
                self.note(Some(&error), now);
                match self.show(None, Some(&error)) {
                    Err(stopped) => Next::Done(Err(self.finished(stopped))),
                    Ok(()) => self.again_or_over(error, None, now),
                }
            }
        }
    }

    /// Reports the credential that was asked for, or why there is none.
    pub(crate) fn authorized(&mut self, outcome: Result<Credential, Error>) {
        self.state = State::Authorized(outcome);
    }

    /// Reports that an HTTP answer came.
    pub(crate) fn answered(&mut self, answer: HttpAnswer) {
        self.state = State::Answered(answer);
    }

    /// Reports that an answer came, of which `head` is all but the body, that is given out as it comes: the call is over.
    ///
    /// # Errors
    ///
    /// That of an interceptor.
    pub(crate) fn begun(&mut self, head: &HttpAnswer, now: Now) -> Result<Origin, Error> {
        self.elapsed = now.elapsed;
        self.note(None, now);
        let shown = self.show(Some(head), None).map_err(|stopped| self.finished(stopped));
        #[cfg(feature = "metrics")]
        crate::meters::ended(self.core, &self.plan.parcel, shown.as_ref().err(), now.elapsed);
        shown?;
        Ok(Origin {
            attempts: self.attempts,
            endpoint: self.sent.as_ref().map(|sent| sent.route.endpoint.authority.clone()),
            trace_id: self.sent.as_ref().and_then(Sent::trace_id),
        })
    }

    /// Reports that none came.
    pub(crate) fn failed(&mut self, failure: Failure) {
        self.state = State::Failed(failure);
    }

    /// How long the attempt has to wait for its turn, by the rates that the client keeps.
    fn turn(&mut self, now: Now) -> Result<Duration, Error> {
        let Some(paces) = &self.core.paces else { return Ok(Duration::ZERO) };
        let action = &*self.plan.parcel.action;
        let left = self.time_left(now);
        paces.take(action, now.steady, left).map_err(|wait| {
            let (wait, left) = (to_the_millisecond(wait), to_the_millisecond(left));
            let why = format!(
                "the call rate set for this client makes {action} wait {wait:?} for its turn, and the call has {left:?} left: raise its time limit, or call less often"
            );
            match self.earlier.take() {
                Some(error) => error.hinting(Some(format!("not repeated, because {why}"))),
                None => Error::new(ErrorKind::Timeout, Delivery::NotSent, why),
            }
        })
    }

    fn authorize(&mut self, now: Now) -> Next<'a, T> {
        if self.plan.parcel.skips_sign() {
            return self.send(now, None);
        }
        if let Some(credential) = self.plan.parcel.own_credential().cloned() {
            return self.send(now, Some(&credential));
        }
        match &self.core.settings.credentials {
            Credentials::Fixed(credential) => self.send(now, Some(credential)),
            Credentials::Nobody => self.send(now, None),
            #[cfg(feature = "bridge")]
            Credentials::EachCall => {
                let message = "the call brings no credential, and the client has none of its own";
                Next::Done(Err(self.finished(Error::local(ErrorKind::Credential, message))))
            }
            // Asked for before every attempt: the one of the last may have expired meanwhile.
            Credentials::Kept(keeper) => Next::Authorize { keeper, limit: self.time_left(now) },
        }
    }

    fn send(&mut self, now: Now, credential: Option<&Credential>) -> Next<'a, T> {
        self.signed_at = now.unix;
        let nonce = self.random.u32(1..=i32::MAX as u32);
        let core = self.core;
        let limit = self.time_left(now).min(core.settings.attempt_timeout);
        let passage = core.routes.choose(self.left.take(), now.steady, limit);
        let route = passage.route;
        match self.signed(route, credential, now.unix, nonce) {
            Ok(request) => {
                self.attempts += 1;
                self.passage = Some(passage);
                self.state = State::UnderWay;
                self.sent = Some(Sent {
                    route,
                    #[cfg(feature = "metrics")]
                    method: request.method().clone(),
                    at: now.elapsed,
                    trace_id: request.headers().get(X_TC_TRACEID).cloned(),
                });
                Next::Send { route, request, limit }
            }
            Err(error) => Next::Done(Err(self.finished(error))),
        }
    }

    fn time_left(&self, now: Now) -> Duration {
        self.plan.total_timeout.saturating_sub(now.elapsed)
    }

    /// Lets the route and the budget know how the attempt ended.
    fn note(&mut self, error: Option<&Error>, now: Now) {
        // A refusal is the service at work; a gateway's page or a failure inside it is not.
        let works = error.is_none_or(|error| error.kind() == ErrorKind::Service && !error.is_internal());
        if let Some(passage) = self.passage.take() {
            if works {
                passage.succeeded();
            } else {
                self.left = Some(passage.route.number);
                passage.failed(now.steady);
            }
        }
        if let Some(budget) = &self.core.budget
            && works
            && !error.is_some_and(Error::is_rate_limit)
        {
            budget.succeeded(self.paid);
        }
    }

    /// The request of the next attempt, as the interceptors let it pass.
    fn signed(
        &self,
        route: &Route,
        credential: Option<&Credential>,
        timestamp: i64,
        nonce: u32,
    ) -> Result<Request<Bytes>, Error> {
        let Plan { parcel, quotable, .. } = &self.plan;
        let settings = &self.core.settings;
        let build = || request::build(settings, route, parcel, credential, timestamp, nonce);
        let number = self.attempts + 1;
        let request = if settings.interceptors.is_empty() {
            build()?
        } else {
            let attempt = Attempt { parcel, endpoint: &route.endpoint.authority, number };
            let headers = settings.interceptors.before_sign(attempt)?;
            let mut request = build()?;
            request.headers_mut().extend(headers);
            settings.interceptors.after_sign(attempt, &request)?;
            request
        };
        wire::request(number, &request, *quotable);
        Ok(request)
    }

    /// Shows what came of the request under way to all who watch. An error is that of an interceptor, and ends the call.
    fn show(&self, answer: Option<&HttpAnswer>, error: Option<&Error>) -> Result<(), Error> {
        let Some(sent) = &self.sent else { return Ok(()) };
        let Plan { parcel, quotable, .. } = &self.plan;
        let duration = self.elapsed.saturating_sub(sent.at);
        wire::outcome(self.attempts, answer, error, duration, *quotable);
        #[cfg(feature = "metrics")]
        {
            let status = answer.map(|answer| answer.status);
            crate::meters::answered(self.core, parcel, sent.route, &sent.method, status, error, duration);
        }
        let interceptors = &self.core.settings.interceptors;
        if interceptors.is_empty() {
            return Ok(());
        }
        let attempt = Attempt { parcel, endpoint: &sent.route.endpoint.authority, number: self.attempts };
        interceptors.after_answer(attempt, answer, error, duration).map_err(|stopped| match answer {
            Some(answer) => {
                stopped.answered_with(answer.status).with_request_id(envelope::request_id(&answer.body))
            }
            None => stopped,
        })
    }

    fn read(&self, answer: &HttpAnswer) -> Result<T, Error> {
        let invalid = |message: String| {
            Error::new(
                ErrorKind::InvalidAnswer,
                Delivery::MaybeSent,
                format!("not an answer of the API: {message}"),
            )
            .at(Step::Read)
            .answered_with(answer.status)
        };
        if answer.status != 200 {
            return Err(invalid(format!("HTTP status {}{}", answer.status, self.clues(", ", answer))));
        }
        match self.plan.decode.read(&answer.body) {
            Content::Answer(answer) => Ok(answer),
            Content::Invalid(fault) => Err(invalid(format!("{fault}{}", self.clues("; ", answer)))),
            Content::Refusal { code, message, request_id } => {
                let code = ErrorCode::from(code);
                let hint = clock_hint(&code, &message, self.signed_at);
                Err(Error::service(code, message, request_id).hinting(hint).answered_with(answer.status))
            }
        }
    }

    /// What an answer that is none tells of where it comes from.
    fn clues(&self, separator: &str, answer: &HttpAnswer) -> String {
        if !self.plan.quotable {
            return String::new();
        }
        let header = |name: HeaderName| {
            answer.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let target = header(LOCATION).filter(|_| (300..400).contains(&answer.status));
        let target =
            target.map(|target| format!("it redirects to `{}`, ", one_line(&mask::location(&target))));
        let kind = header(CONTENT_TYPE).filter(|kind| !kind.starts_with("application/json"));
        let kind = kind.map(|kind| format!("its content type is `{}`, ", one_line(&kind)));
        let body = excerpt(&answer.body);
        format!("{separator}{}{}{body}", target.unwrap_or_default(), kind.unwrap_or_default())
    }

    /// What follows an attempt that failed. `asked` is the pause that the answer asks for.
    fn again_or_over(&mut self, error: Error, asked: Option<Duration>, now: Now) -> Next<'a, T> {
        let renewed = self.renew(&error);
        let policy = &self.plan.retry;
        // Nothing of it was sent, so it loads nobody twice, and another endpoint needs no rest.
        let moves = error.delivery() == Delivery::NotSent
            && self.left.is_some_and(|left| self.core.routes.goes_on_after(left, now.steady));
        let at_once = renewed || moves;
        if !policy.has_attempt_after(self.attempts)
            || !(at_once || policy.repeats(&error, self.plan.idempotent))
        {
            return Next::Done(Err(self.finished(error)));
        }
        let pause = if at_once {
            Duration::ZERO
        } else {
            let own = policy.pause_after(self.attempts, self.random.f64());
            own.max(asked.unwrap_or_default())
        };
        let left = self.time_left(now);
        if pause >= left {
            let asked = asked.filter(|asked| *asked >= left);
            let hint =
                asked.map(|asked| format!("it asks to be called again after {asked:?} at the earliest"));
            return Next::Done(Err(self.finished(error.hinting(hint))));
        }
        if !at_once && self.core.budget.as_ref().is_some_and(|budget| !budget.take()) {
            let hint = "not repeated, because many calls of this client fail and its retry budget is used up";
            return Next::Done(Err(self.finished(error.hinting(Some(hint.to_owned())))));
        }
        self.paid = !at_once;
        self.maybe_sent |= error.delivery() == Delivery::MaybeSent;
        self.maybe_done |= error.is_internal();
        self.earlier = Some(error);
        if at_once { self.step(now) } else { Next::Wait(pause) }
    }

    /// Gives up the credential of the last attempt, if it was issued by a provider and the service does not know it.
    /// True when the call tries again with another, which it does once.
    fn renew(&mut self, error: &Error) -> bool {
        let unknown = matches!(
            error.code(),
            Some(
                ErrorCode::AuthFailureTokenFailure
                    | ErrorCode::AuthFailureSecretIdNotFound
                    | ErrorCode::AuthFailureInvalidSecretId
            )
        );
        let refused = self.signed_with.take().filter(|_| unknown && !self.renewed);
        let (Some(refused), Credentials::Kept(keeper)) = (refused, &self.core.settings.credentials) else {
            return false;
        };
        keeper.forget(&refused);
        self.renewed = true;
        true
    }

    /// The error as the caller gets it. It speaks of all attempts.
    fn finished(&self, mut error: Error) -> Error {
        // An answer that tells of a failure inside speaks for those before it as well.
        let maybe_done = self.maybe_done && !error.is_internal();
        if (self.maybe_sent || maybe_done) && error.delivery() != Delivery::MaybeSent {
            error.set_delivery(Delivery::MaybeSent);
        }
        if let Some(sent) = &self.sent {
            let endpoint = &sent.route.endpoint.authority;
            let hint =
                self.core.routes.has_backups().then(|| format!("the last endpoint tried is {endpoint}"));
            error = error.hinting(hint).to(endpoint).with_trace_id(sent.trace_id());
        }
        error.after(self.attempts).within(self.elapsed)
    }
}

/// The beginning of a body that is no answer, fit for one line.
fn excerpt(body: &[u8]) -> String {
    if body.is_empty() {
        return "the body is empty".to_owned();
    }
    let start = &body[..body.len().min(LONGEST_EXCERPT * 4)];
    format!("the body begins `{}`", one_line(&String::from_utf8_lossy(start)))
}

/// The beginning of a foreign text without its line breaks.
fn one_line(text: &str) -> String {
    let signs = text.chars().map(|sign| if sign.is_control() { ' ' } else { sign });
    signs.take(LONGEST_EXCERPT).collect::<String>().trim().to_owned()
}

/// For an expired signature, how far this machine's clock is off. The service's message ends in its own time.
fn clock_hint(code: &ErrorCode, message: &str, signed_at: i64) -> Option<String> {
    if code.as_str() != "AuthFailure.SignatureExpire" {
        return None;
    }
    let (_, rest) = message.split_once("server time ")?;
    let digits = rest.split(|sign: char| !sign.is_ascii_digit()).next()?;
    let behind = digits.parse::<i64>().ok()?.checked_sub(signed_at)?;
    let direction = if behind < 0 { "ahead of" } else { "behind" };
    Some(format!(
        "this machine's clock is {} s {direction} the service's; the time zone plays no part",
        behind.unsigned_abs()
    ))
}

#[cfg(test)]
pub(crate) mod tests;
