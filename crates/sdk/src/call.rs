//! A call that is being prepared.

use std::time::Duration;

use bytes::Bytes;
use tcsms_api::Action;

use crate::answer::Answer;
use crate::config::{HttpMethod, Language, SignMethod};
use crate::credential::Credential;
use crate::error::Error;
use crate::prepare::{Options, Rare, named, typed};
use crate::retry::RetryPolicy;
use crate::stream::{EventStream, Streamed};
use crate::{Client, blocking, headers};

const X_TC_TRACE_ID: &str = "X-TC-TraceId";
const X_IDEMPOTENCY_KEY: &str = "X-Idempotency-Key";

/// A call that is being prepared: the parameters of the action `R`, and how this one call is made. `C` is the client
/// that will make it.
///
/// The methods named like the action's parameters set those; methods that begin with `with_` set what concerns the call
/// itself. Nothing happens before `send`.
#[derive(Clone, Debug)]
#[must_use = "a call does nothing before it is sent"]
pub struct Call<C, R> {
    client: C,
    request: R,
    options: Options,
}

/// A request by name: any action, with its parameters as JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub(crate) version: String,
    pub(crate) action: String,
    pub(crate) parameters: String,
    /// Whether the caller says that carrying it out twice does no harm.
    pub(crate) idempotent: Option<bool>,
    /// The parts of a multipart body beside the parameters.
    pub(crate) parts: Vec<(String, Bytes)>,
    /// The body in place of the parameters.
    pub(crate) octets: Option<Bytes>,
    /// Whether the answer has to fit the model of the action.
    #[cfg(feature = "bridge")]
    pub(crate) typed: bool,
}

impl Named {
    pub(crate) fn new(version: String, action: String, parameters: String) -> Self {
        Self {
            version,
            action,
            parameters,
            idempotent: None,
            parts: Vec::new(),
            octets: None,
            #[cfg(feature = "bridge")]
            typed: false,
        }
    }
}

impl<C, R> Call<C, R> {
    pub(crate) fn new(client: C, request: R) -> Self {
        Self { client, request, options: Options::default() }
    }

    pub(crate) fn map(self, change: impl FnOnce(R) -> R) -> Self {
        Self { request: change(self.request), ..self }
    }

    /// The request as it is so far.
    pub fn as_request(&self) -> &R {
        &self.request
    }

    /// Sets how long this call may take with all its attempts, in place of the client's total limit.
    pub fn with_timeout(mut self, limit: Duration) -> Self {
        self.options.total_timeout = Some(limit);
        self
    }

    /// Sets when this call is tried again, in place of the client's policy.
    pub fn with_retry(mut self, policy: RetryPolicy) -> Self {
        self.options.retry = Some(policy);
        self
    }

    /// Sets the region of this call, in place of the client's.
    pub fn with_region(mut self, region: impl Into<String>) -> Self {
        self.options.region = Some(region.into());
        self
    }

    /// Sets the language of the messages in this call's answer, in place of the client's.
    pub fn with_language(mut self, language: Language) -> Self {
        self.options.language = Some(language);
        self
    }

    /// Sets how this call is signed, in place of the client's way.
    pub fn with_sign_method(mut self, method: SignMethod) -> Self {
        self.rare().sign_method = Some(method);
        self
    }

    /// Sets the HTTP method of this call, in place of the client's.
    pub fn with_http_method(mut self, method: HttpMethod) -> Self {
        self.rare().http_method = Some(method);
        self
    }

    /// Sets whether the body of this call is left out of the signature, in place of the client's setting, see
    /// [`ClientBuilder::unsigned_payload`](crate::ClientBuilder::unsigned_payload).
    pub fn with_unsigned_payload(mut self, unsigned: bool) -> Self {
        self.rare().unsigned_payload = Some(unsigned);
        self
    }

    /// Signs this call with this credential in place of the client's own, for a program that calls for several accounts.
    /// The client's is then not asked for.
    pub fn with_credential(mut self, credential: Credential) -> Self {
        self.rare().credential = Some(credential);
        self
    }

    /// Sends this call without a signature and without a credential, as `Authorization: SKIP` in the form of
    /// TC3-HMAC-SHA256, whatever the client's way to sign. For the few actions that take it; the service refuses it for
    /// all others.
    pub fn with_skip_sign(mut self) -> Self {
        self.rare().skip_sign = true;
        self
    }

    /// Gives this call an id of the caller's, under which the service traces it (`X-TC-TraceId`). Each attempt carries
    /// the same; an error has it as [`Error::trace_id`].
    pub fn with_trace_id(self, id: impl Into<String>) -> Self {
        self.with_header(X_TC_TRACE_ID, id)
    }

    /// Gives this call a key by which a service may recognise its repetition (`X-Idempotency-Key`). Each attempt carries
    /// the same. No SMS action is documented to look at it, so it does not change what is tried again. The requests of
    /// [`bulk`](Call::bulk) add `-` and the place of their first number, so that none looks like another's repetition.
    pub fn with_idempotency_key(self, key: impl Into<String>) -> Self {
        self.with_header(X_IDEMPOTENCY_KEY, key)
    }

    /// Adds a header to this call, in place of one of the same name that the client or an earlier use of this method
    /// adds. It is not part of the signature.
    ///
    /// What the protocol or the signature sets (`Host`, `Content-Type`, `Authorization`, `X-TC-Action` and so on) is
    /// refused when the call is made, as [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest), with what to use in its place.
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        headers::set(&mut self.rare().headers, name.into(), value.into());
        self
    }

    /// The call as that of one request of several, whose first number stands at this place.
    pub(crate) fn with_key_of(mut self, place: usize) -> Self {
        let headers = self.options.rare.iter_mut().flat_map(|rare| &mut rare.headers);
        for (_, key) in headers.filter(|(name, _)| name.eq_ignore_ascii_case(X_IDEMPOTENCY_KEY)) {
            key.push_str(&format!("-{place}"));
        }
        self
    }

    /// The request itself, to be changed.
    #[cfg(feature = "bridge")]
    pub(crate) fn request_mut(&mut self) -> &mut R {
        &mut self.request
    }

    /// The call taken apart: who makes it, what, and how.
    #[cfg(feature = "bridge")]
    pub(crate) fn into_parts(self) -> (C, R, Options) {
        (self.client, self.request, self.options)
    }

    fn rare(&mut self) -> &mut Rare {
        self.options.rare.get_or_insert_default()
    }
}

impl<C> Call<C, Named> {
    /// Says whether carrying this call out twice does no harm; a call that may have arrived is then tried again by the
    /// default policy. Without it the actions of SMS are known, and every other one counts as not to be carried out
    /// twice.
    pub fn with_idempotent(mut self, idempotent: bool) -> Self {
        self.request.idempotent = Some(idempotent);
        self
    }

    /// Adds bytes as a part of this name; the call then travels as `multipart/form-data`, by POST and signed with
    /// TC3-HMAC-SHA256 whatever the client's settings, because there is no other form (documented).
    ///
    /// The parameters become parts too: a text as it is, a list or a structure as JSON; null is left out. No SMS action
    /// is known to take this form.
    pub fn with_part(mut self, name: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        self.request.parts.push((name.into(), Bytes::from(content.into())));
        self
    }

    /// Sends these bytes as the body, as `application/octet-stream`, by POST and signed with TC3-HMAC-SHA256 whatever
    /// the client's settings, because there is no other form (documented).
    ///
    /// Each parameter becomes a header of the service's: with `cls` the member `TopicId` is `X-CLS-TopicId`; null is
    /// left out, a list or a structure refused. Further headers are added by [`with_header`](Self::with_header). No SMS
    /// action is known to take this form.
    pub fn with_octet_stream(mut self, content: impl Into<Vec<u8>>) -> Self {
        self.request.octets = Some(Bytes::from(content.into()));
        self
    }
}

impl<R: Action> Call<Client, R> {
    /// Makes the call.
    ///
    /// For the actions that send, success means that the service took the request; each number has a result of its own
    /// in the answer, see [`FailedNumbers`](crate::FailedNumbers).
    ///
    /// # Errors
    ///
    /// Any [`ErrorKind`](crate::ErrorKind); [`Error::delivery`] says whether the service may have acted.
    pub async fn send(self) -> Result<R::Answer, Error> {
        let plan = typed(self.client.core(), &self.request, self.options)?;
        self.client.run(plan).await
    }
}

impl Call<Client, Named> {
    /// Makes the call.
    ///
    /// # Errors
    ///
    /// Any [`ErrorKind`](crate::ErrorKind); [`Error::delivery`] says whether the service may have acted.
    pub async fn send(self) -> Result<Answer, Error> {
        let plan = named(self.client.core(), self.request, self.options)?;
        self.client.run(plan).await
    }

    /// Makes the call of an action that answers with server-sent events.
    ///
    /// Comes back when the answer begins; up to there the call's limits and retries count, from there those of the
    /// [`EventStream`]. An action that answers with JSON instead gives its answer.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send); the service's refusal among them, which comes as JSON. [`ErrorKind::Config`](crate::ErrorKind::Config)
    /// for a client with a [`Transport`](crate::Transport) of its own.
    pub async fn stream(self) -> Result<Streamed<EventStream>, Error> {
        let plan = named(self.client.core(), self.request, self.options)?;
        self.client.stream(plan).await
    }
}

impl<R: Action> Call<blocking::Client, R> {
    /// Makes the call and waits for the answer.
    ///
    /// For the actions that send, success means that the service took the request; each number has a result of its own
    /// in the answer, see [`FailedNumbers`](crate::FailedNumbers).
    ///
    /// # Errors
    ///
    /// Any [`ErrorKind`](crate::ErrorKind); [`Error::delivery`] says whether the service may have acted.
    pub fn send(self) -> Result<R::Answer, Error> {
        let plan = typed(self.client.core(), &self.request, self.options)?;
        self.client.run(plan)
    }
}

impl Call<blocking::Client, Named> {
    /// Makes the call and waits for the answer.
    ///
    /// # Errors
    ///
    /// Any [`ErrorKind`](crate::ErrorKind); [`Error::delivery`] says whether the service may have acted.
    pub fn send(self) -> Result<Answer, Error> {
        let plan = named(self.client.core(), self.request, self.options)?;
        self.client.run(plan)
    }

    /// Makes the call of an action that answers with server-sent events, and waits until the answer begins.
    ///
    /// Up to there the call's limits and retries count, from there those of the [`blocking::EventStream`]. An action that
    /// answers with JSON instead gives its answer.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send); the service's refusal among them, which comes as JSON.
    pub fn stream(self) -> Result<Streamed<blocking::EventStream>, Error> {
        let plan = named(self.client.core(), self.request, self.options)?;
        self.client.stream(plan)
    }
}
