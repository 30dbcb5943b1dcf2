//! What a caller's own code may see and do in every attempt of a call.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Request};

use crate::error::{Delivery, Error, ErrorKind};
use crate::exchange::HttpAnswer;
use crate::headers;
use crate::mask;
use crate::request::Parcel;

/// Why an [`Interceptor`] stops a call. Its text becomes part of the call's error: it must not hold a secret.
pub type Refusal = Box<dyn std::error::Error + Send + Sync>;

/// Sees every attempt of a client's calls: before the request is signed, as it goes out, and what came of it.
///
/// Any number of them is added with [`ClientBuilder::interceptor`](crate::ClientBuilder::interceptor); each hook is
/// called in the order in which they were added. A hook runs on the thread that makes the call, in async code too, so it
/// must not block. The requests by which a client gets its credentials are not shown.
///
/// A hook that returns an error, or panics, ends the call with [`ErrorKind::Interceptor`]; no further hook is called, and
/// nothing is tried again. [`Error::delivery`] then says how far it had come: before the request left, `NotSent`; after an
/// answer that was a success, `MaybeSent`, because the service has acted; after a failure, what that was.
///
/// ```
/// use tcsms::{Attempt, AttemptOutcome, ExtraHeaders, Interceptor, Refusal};
///
/// struct Watch;
///
/// impl Interceptor for Watch {
///     fn before_sign(&self, attempt: &Attempt<'_>, headers: &mut ExtraHeaders) -> Result<(), Refusal> {
///         if attempt.action() == "DeleteSmsSign" {
///             return Err("signatures are not deleted from this program".into());
///         }
///         headers.set("X-Deployment", "blue")?;
///         Ok(())
///     }
///
///     fn after_answer(&self, attempt: &Attempt<'_>, outcome: &AttemptOutcome<'_>) -> Result<(), Refusal> {
///         println!("{} {}: {:?} after {:?}", attempt.action(), attempt.number(), outcome.status(), outcome.duration());
///         Ok(())
///     }
/// }
///
/// let client = tcsms::Client::builder()
///     .credential(tcsms::Credential::new("AKIDEXAMPLE", "SKEXAMPLE")?)
///     .interceptor(Watch)
///     .build()?;
/// # Ok::<(), tcsms::Error>(())
/// ```
pub trait Interceptor: Send + Sync {
    /// Before the request of an attempt is made and signed. Headers may be added, which the signature does not cover.
    ///
    /// # Errors
    ///
    /// Stops the call.
    fn before_sign(&self, attempt: &Attempt<'_>, headers: &mut ExtraHeaders) -> Result<(), Refusal> {
        let _ = (attempt, headers);
        Ok(())
    }

    /// The request as it goes out.
    ///
    /// # Errors
    ///
    /// Stops the call; the request is not sent.
    fn after_sign(&self, attempt: &Attempt<'_>, request: &SignedRequest<'_>) -> Result<(), Refusal> {
        let _ = (attempt, request);
        Ok(())
    }

    /// What came of the attempt: an answer or a failure.
    ///
    /// # Errors
    ///
    /// Ends the call, even where it had succeeded.
    fn after_answer(&self, attempt: &Attempt<'_>, outcome: &AttemptOutcome<'_>) -> Result<(), Refusal> {
        let _ = (attempt, outcome);
        Ok(())
    }
}

impl<I: Interceptor + ?Sized> Interceptor for Arc<I> {
    fn before_sign(&self, attempt: &Attempt<'_>, headers: &mut ExtraHeaders) -> Result<(), Refusal> {
        (**self).before_sign(attempt, headers)
    }

    fn after_sign(&self, attempt: &Attempt<'_>, request: &SignedRequest<'_>) -> Result<(), Refusal> {
        (**self).after_sign(attempt, request)
    }

    fn after_answer(&self, attempt: &Attempt<'_>, outcome: &AttemptOutcome<'_>) -> Result<(), Refusal> {
        (**self).after_answer(attempt, outcome)
    }
}

/// One attempt of a call. Its `Debug` text is masked.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    pub(crate) parcel: &'a Parcel,
    pub(crate) endpoint: &'a str,
    pub(crate) number: u32,
}

impl<'a> Attempt<'a> {
    /// The action, such as `SendSms`.
    pub fn action(&self) -> &'a str {
        &self.parcel.action
    }

    /// The version of the API, such as `2021-01-11`.
    pub fn version(&self) -> &'a str {
        &self.parcel.version
    }

    /// The endpoint of this attempt, with its port where one was given.
    pub fn endpoint(&self) -> &'a str {
        self.endpoint
    }

    /// Which attempt of the call this is, counted from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The parameters of the call, a JSON object, in whichever form they travel; of a call that was given parts or a body of
    /// bytes, that body. With phone numbers and all.
    pub fn parameters(&self) -> &'a [u8] {
        &self.parcel.body
    }
}

impl fmt::Debug for Attempt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.parcel.extras.as_ref().and_then(|extras| extras.content_type.clone());
        let headers: HeaderMap = kind.into_iter().map(|kind| (CONTENT_TYPE, kind)).collect();
        f.debug_struct("Attempt")
            .field("action", &self.action())
            .field("version", &self.version())
            .field("endpoint", &self.endpoint)
            .field("number", &self.number)
            .field("parameters", &mask::body(&headers, self.parameters()))
            .finish()
    }
}

/// Headers that an [`Interceptor`] adds to a request. Its `Debug` text is masked.
#[derive(Default)]
pub struct ExtraHeaders(HeaderMap);

impl ExtraHeaders {
    /// Adds a header, or replaces one that was added before.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`] for a name that is none or that the client sets itself (`Host`, `Authorization`,
    /// `Content-Type`, `X-TC-Action` and the like), and for a value with a line break or another control character.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let (name, value) =
            headers::checked(name, value).map_err(|fault| Error::local(ErrorKind::InvalidRequest, fault))?;
        self.0.insert(name, value);
        Ok(())
    }
}

impl fmt::Debug for ExtraHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ExtraHeaders").field(&mask::headers(&self.0)).finish()
    }
}

/// A request as it goes out. All of it can be read, the signature included; its `Debug` text is masked.
pub struct SignedRequest<'a>(&'a Request<Bytes>);

impl<'a> SignedRequest<'a> {
    /// The HTTP method, `POST` or `GET`.
    pub fn method(&self) -> &'a str {
        self.0.method().as_str()
    }

    /// What the request line asks for: path and query, with the whole address in front for a proxy that passes it on.
    pub fn target(&self) -> String {
        self.0.uri().to_string()
    }

    /// The value of a header, if it is there.
    pub fn header(&self, name: &str) -> Option<&'a [u8]> {
        self.0.headers().get(name).map(HeaderValue::as_bytes)
    }

    /// All headers that the client sets, their names in lower case. Those of the body's length come with the sending.
    pub fn headers(&self) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        self.0.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes()))
    }

    /// The body.
    pub fn body(&self) -> &'a [u8] {
        self.0.body()
    }
}

impl fmt::Debug for SignedRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedRequest")
            .field("method", &self.method())
            .field("target", &mask::target(&self.target()))
            .field("headers", &mask::headers(self.0.headers()))
            .field("body", &mask::body(self.0.headers(), self.body()))
            .finish()
    }
}

/// What came of an attempt: an HTTP answer, or the failure to get one. Its `Debug` text is masked.
pub struct AttemptOutcome<'a> {
    answer: Option<&'a HttpAnswer>,
    error: Option<&'a Error>,
    duration: Duration,
}

impl<'a> AttemptOutcome<'a> {
    /// The HTTP status; `None` when no answer came.
    pub fn status(&self) -> Option<u16> {
        self.answer.map(|answer| answer.status)
    }

    /// The value of a header of the answer, the first if there are several.
    pub fn header(&self, name: &str) -> Option<&'a [u8]> {
        self.answer?.headers.get(name).map(HeaderValue::as_bytes)
    }

    /// All headers of the answer, their names in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        let headers = self.answer.map(|answer| &answer.headers);
        headers.into_iter().flatten().map(|(name, value)| (name.as_str(), value.as_bytes()))
    }

    /// The body of the answer; `None` when no answer came.
    pub fn body(&self) -> Option<&'a [u8]> {
        self.answer.map(|answer| &*answer.body)
    }

    /// Why the attempt failed: no answer, none of the API, or a refusal by the service. `None` after a success. It
    /// speaks of this attempt alone; whether another follows is not yet decided.
    pub fn error(&self) -> Option<&'a Error> {
        self.error
    }

    /// How long the attempt took, from the signature to the answer's last byte or the failure; where the answer is a
    /// stream of events, to its beginning.
    pub fn duration(&self) -> Duration {
        self.duration
    }
}

impl fmt::Debug for AttemptOutcome<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttemptOutcome")
            .field("status", &self.status())
            .field("headers", &self.answer.map(|answer| mask::headers(&answer.headers)))
            .field("body", &self.answer.map(|answer| mask::body(&answer.headers, &answer.body)))
            .field("error", &self.error)
            .field("duration", &self.duration)
            .finish()
    }
}

/// A client's interceptors, in their order.
#[derive(Clone, Default)]
pub(crate) struct Interceptors(Vec<Entry>);

#[derive(Clone)]
struct Entry {
    /// The name of its type, for errors.
    name: &'static str,
    interceptor: Arc<dyn Interceptor>,
}

impl Interceptors {
    pub(crate) fn add<I: Interceptor + 'static>(&mut self, interceptor: I) {
        self.0.push(Entry { name: std::any::type_name::<I>(), interceptor: Arc::new(interceptor) });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The headers that they add to the attempt.
    pub(crate) fn before_sign(&self, attempt: Attempt<'_>) -> Result<HeaderMap, Error> {
        let mut headers = ExtraHeaders::default();
        self.ask("before_sign", Delivery::NotSent, |one| one.before_sign(&attempt, &mut headers))?;
        Ok(headers.0)
    }

    pub(crate) fn after_sign(&self, attempt: Attempt<'_>, request: &Request<Bytes>) -> Result<(), Error> {
        self.ask("after_sign", Delivery::NotSent, |one| one.after_sign(&attempt, &SignedRequest(request)))
    }

    pub(crate) fn after_answer(
        &self,
        attempt: Attempt<'_>,
        answer: Option<&HttpAnswer>,
        error: Option<&Error>,
        duration: Duration,
    ) -> Result<(), Error> {
        let outcome = AttemptOutcome { answer, error, duration };
        // After a success the service has acted, and the caller will not see its answer; after a failure inside it, it may
        // have.
        let delivery = match error {
            Some(error) if !error.is_internal() => error.delivery(),
            _ => Delivery::MaybeSent,
        };
        self.ask("after_answer", delivery, |one| one.after_answer(&attempt, &outcome))
    }

    fn ask(
        &self,
        hook: &str,
        delivery: Delivery,
        mut call: impl FnMut(&dyn Interceptor) -> Result<(), Refusal>,
    ) -> Result<(), Error> {
        for Entry { name, interceptor } in &self.0 {
            let stopped = |what: String| Error::new(ErrorKind::Interceptor, delivery, what);
            // Nothing of ours is half changed when a hook panics: it only reads, or adds whole headers.
            match catch_unwind(AssertUnwindSafe(|| call(&**interceptor))) {
                Ok(Ok(())) => {}
                Ok(Err(refusal)) => {
                    let what = match refusal.downcast_ref::<Error>() {
                        Some(error) => error.message().to_owned(),
                        None => refusal.to_string(),
                    };
                    return Err(stopped(format!("the interceptor {name} ended the call in {hook}: {what}"))
                        .because(refusal));
                }
                Err(_) => return Err(stopped(format!("the interceptor {name} panicked in {hook}"))),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_the_client_and_what_is_no_header_are_refused_without_their_value() {
        let mut headers = ExtraHeaders::default();
        for name in ["Host", "AUTHORIZATION", "x-tc-token", "", "a b", "中"] {
            let error = headers.set(name, "SECRET").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRequest);
            assert!(!error.to_string().contains("SECRET"), "{error}");
        }
        assert!(headers.set("X-A", "a\r\nHost: SECRET").unwrap_err().message().contains("`x-a`"));
        headers.set("X-A", "first").unwrap();
        headers.set("x-a", "13711112222").unwrap();
        assert_eq!(headers.0.len(), 1);
        assert_eq!(format!("{headers:?}"), r#"ExtraHeaders("x-a: 13*******22")"#);
    }
}
