//! A call that is being prepared.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use tcsms_api::{Action, Version, find_action};

use crate::answer::Answer;
use crate::config::{Core, Language};
use crate::error::{Error, ErrorKind};
use crate::exchange::Plan;
use crate::request::Parcel;
use crate::retry::RetryPolicy;
use crate::{Client, blocking, envelope, parameters};

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

/// What replaces the client's own settings in one call.
#[derive(Clone, Debug, Default)]
struct Options {
    total_timeout: Option<Duration>,
    retry: Option<RetryPolicy>,
    region: Option<String>,
    language: Option<Language>,
}

/// A request by name: any action, with its parameters as JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    version: String,
    action: String,
    parameters: String,
}

impl Named {
    pub(crate) fn new(version: String, action: String, parameters: String) -> Self {
        Self { version, action, parameters }
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
}

impl<R: Action> Call<Client, R> {
    /// Makes the call.
    ///
    /// For the actions that send, success means that the service took the request; each number has a result of its own
    /// in the answer, see [`FailedNumbers`](crate::FailedNumbers).
    ///
    /// # Errors
    ///
    /// Any [`ErrorKind`]; [`Error::delivery`] says whether the service may have acted.
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
    /// Any [`ErrorKind`]; [`Error::delivery`] says whether the service may have acted.
    pub async fn send(self) -> Result<Answer, Error> {
        let plan = named(self.client.core(), self.request, self.options)?;
        self.client.run(plan).await
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
    /// Any [`ErrorKind`]; [`Error::delivery`] says whether the service may have acted.
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
    /// Any [`ErrorKind`]; [`Error::delivery`] says whether the service may have acted.
    pub fn send(self) -> Result<Answer, Error> {
        let plan = named(self.client.core(), self.request, self.options)?;
        self.client.run(plan)
    }
}

fn typed<R: Action>(core: &Core, request: &R, options: Options) -> Result<Plan<R::Answer>, Error> {
    let body = serde_json::to_vec(request).map_err(|error| {
        Error::local(ErrorKind::InvalidRequest, "the request cannot be written as JSON").because(error)
    })?;
    let parcel = Parcel {
        action: Cow::Borrowed(R::INFO.name),
        version: Cow::Borrowed(R::INFO.version.as_str()),
        body: Bytes::from(body),
        region: options.region,
        language: options.language,
    };
    Ok(Plan {
        parcel,
        idempotent: R::INFO.idempotent,
        retry: options.retry.unwrap_or_else(|| core.settings.retry.clone()),
        total_timeout: options.total_timeout.unwrap_or(core.settings.total_timeout),
        decode: envelope::typed::<R::Answer>,
        quotable: true,
    })
}

fn named(core: &Core, request: Named, options: Options) -> Result<Plan<Answer>, Error> {
    parameters::check(&request.parameters)?;
    let known = Version::parse(&request.version).and_then(|version| find_action(version, &request.action));
    let parcel = Parcel {
        action: Cow::Owned(request.action),
        version: Cow::Owned(request.version),
        body: Bytes::from(request.parameters),
        region: options.region,
        language: options.language,
    };
    Ok(Plan {
        parcel,
        idempotent: known.is_some_and(|action| action.idempotent),
        retry: options.retry.unwrap_or_else(|| core.settings.retry.clone()),
        total_timeout: options.total_timeout.unwrap_or(core.settings.total_timeout),
        decode: envelope::raw,
        quotable: true,
    })
}
