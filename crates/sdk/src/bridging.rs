//! A door to what the SDKs of other languages need beyond the interface. It is there only with the feature `bridge`, and
//! nothing in it is kept from one version to the next.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::answer::Answer;
use crate::blocking;
use crate::builder::ClientBuilder;
use crate::call::{Call, Named};
use crate::chain;
use crate::client::Client;
use crate::config::Core;
use crate::credential::{self, Credential, Search};
use crate::environment::Environment;
use crate::error::{Delivery, Error, ErrorKind, Step};
use crate::events::Event;
use crate::exchange::{Exchange, Failure, HttpAnswer, Next};
use crate::keeper::Keeper;
use crate::own_transport::TransportRequest;
use crate::prepare;
use crate::provider::{CredentialSource, Credentials};
use crate::stream::Streamed;
use crate::transport::now_since;

/// The clients of one set of settings: both kinds, and what they share.
#[derive(Clone, Debug)]
pub struct Clients {
    /// The async one.
    pub with_runtime: Client,
    /// The blocking one.
    pub blocking: blocking::Client,
    core: Arc<Core>,
}

/// Makes both clients of the builder's settings.
///
/// # Errors
///
/// As [`ClientBuilder::build`].
pub fn clients(builder: ClientBuilder) -> Result<Clients, Error> {
    let core = Arc::new(builder.core(&Environment::of_process())?);
    Ok(Clients {
        with_runtime: Client::new(Arc::clone(&core)),
        blocking: blocking::Client::new(Arc::clone(&core)),
        core,
    })
}

/// Replaces the name `SDK_TCSMS_RUST_…` by that of the SDK that stands on this one.
pub fn named(builder: ClientBuilder, sdk: impl Into<String>) -> ClientBuilder {
    builder.sdk_name(sdk.into())
}

/// No credential of the client's own: each call brings one, or is refused.
pub fn credential_of_each_call() -> CredentialSource {
    CredentialSource::each_call()
}

/// The credential of a section of the credentials file, `default` when none is named; the environment's is not looked at.
///
/// # Errors
///
/// That of the file, or that there is none.
pub fn credential_of_profile(profile: Option<&str>) -> Result<CredentialSource, Error> {
    match credential::search_files(&Environment::of_process(), profile)? {
        Search::Found(section) => Ok(chain::source_of(section)),
        Search::Nowhere(answers) => Err(credential::nowhere(&answers)),
    }
}

/// The credentials of these clients, fetched as they fetch theirs, for a client whose requests somebody else carries.
pub fn credentials_of(clients: &Clients) -> CredentialSource {
    match &clients.core.settings.credentials {
        Credentials::Fixed(credential) => credential.clone().into(),
        Credentials::Kept(keeper) => CredentialSource::kept(Arc::clone(keeper)),
        Credentials::Nobody | Credentials::EachCall => CredentialSource::each_call(),
    }
}

/// Has the answer held against the model of the action, as that of a typed call is. Of an action that this crate does not
/// know nothing is asked.
pub fn typed<C>(mut call: Call<C, Named>) -> Call<C, Named> {
    call.request_mut().typed = true;
    call
}

/// The credential that a call would be signed with now, fetched where that is due.
///
/// # Errors
///
/// As those of a call that has none. Must not be called where a tokio runtime is current.
pub fn present_credential(clients: &Clients, limit: Option<Duration>) -> Result<PresentCredential, Error> {
    let credential = match &clients.core.settings.credentials {
        Credentials::Fixed(credential) => credential.clone(),
        Credentials::Kept(keeper) => {
            let limit = limit.unwrap_or(clients.core.settings.total_timeout);
            block_on(keeper.get(limit))??
        }
        Credentials::Nobody | Credentials::EachCall => {
            return Err(Error::local(ErrorKind::Credential, "the client has no credential of its own"));
        }
    };
    Ok(PresentCredential(credential))
}

/// A credential whose parts can be read.
pub struct PresentCredential(Credential);

impl PresentCredential {
    /// Id, key and session token.
    pub fn parts(&self) -> (&str, &str, Option<&str>) {
        (self.0.secret_id(), self.0.secret_key(), self.0.token())
    }
}

/// Runs this on a runtime of the caller's thread.
fn block_on<F: Future>(work: F) -> Result<F::Output, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
        let message = format!("no credential can be fetched: {error}");
        Error::local(ErrorKind::Credential, message).because(error)
    })?;
    Ok(runtime.block_on(work))
}

/// As `send` of the call; but `None`, with the call broken off, as soon as `stop` is over.
pub fn send_until(
    call: Call<blocking::Client, Named>,
    stop: impl Future<Output = ()>,
) -> Option<Result<Answer, Error>> {
    let (client, request, options) = call.into_parts();
    match prepare::named(client.core(), request, options) {
        Ok(plan) => client.run_until(plan, stop),
        Err(error) => Some(Err(error)),
    }
}

/// As `stream` of the call; but `None`, with the call broken off, as soon as `stop` is over.
pub fn stream_until(
    call: Call<blocking::Client, Named>,
    stop: impl Future<Output = ()>,
) -> Option<Result<Streamed<blocking::EventStream>, Error>> {
    let (client, request, options) = call.into_parts();
    match prepare::named(client.core(), request, options) {
        Ok(plan) => client.stream_until(plan, stop).ok(),
        Err(error) => Some(Err(error)),
    }
}

/// The next event of the stream, its end or its error; `None` when nothing comes within `wait`.
pub fn next_within(
    stream: &mut blocking::EventStream,
    wait: Duration,
) -> Option<Option<Result<Event, Error>>> {
    stream.next_within(wait)
}

/// A call whose requests somebody else carries, one step at a time.
pub struct Steps<'a> {
    exchange: Exchange<'a, Answer>,
    most_bytes: usize,
    started: Instant,
}

/// What has to be done next.
#[expect(clippy::large_enum_variant, reason = "it is taken apart at once, and most steps are requests")]
pub enum Todo<'a> {
    /// Have the credential fetched, by [`Steps::fetch`].
    Authorize(Fetching<'a>),
    /// Carry this request, within this time, and say what came of it.
    Send(TransportRequest),
    /// Let this much time pass.
    Wait(Duration),
    /// Nothing: the call is over.
    Done(Result<Answer, Error>),
}

/// A credential that has to be fetched.
pub struct Fetching<'a> {
    keeper: &'a Keeper,
    limit: Duration,
}

impl Clients {
    /// Prepares a call whose requests somebody else carries. `call` is one of the blocking client's.
    ///
    /// # Errors
    ///
    /// That of a call that cannot be made as it is.
    pub fn steps(&self, call: Call<blocking::Client, Named>) -> Result<Steps<'_>, Error> {
        let (_, request, options) = call.into_parts();
        let plan = prepare::named(&self.core, request, options)?;
        Ok(Steps {
            exchange: Exchange::new(&self.core, plan, fastrand::Rng::new()),
            most_bytes: self.core.settings.max_answer_bytes,
            started: Instant::now(),
        })
    }
}

impl<'a> Steps<'a> {
    /// The next step. What was asked for before and not answered counts as abandoned.
    pub fn advance(&mut self) -> Todo<'a> {
        match self.exchange.next(now_since(self.started)) {
            Next::Authorize { keeper, limit } => Todo::Authorize(Fetching { keeper, limit }),
            Next::Send { route, request, limit } => Todo::Send(TransportRequest::of(route, request, limit)),
            Next::Wait(pause) => Todo::Wait(pause),
            Next::Done(outcome) => Todo::Done(outcome),
        }
    }

    /// How many attempts were made so far.
    pub fn attempts(&self) -> u32 {
        self.exchange.attempts()
    }

    /// Fetches a credential on a runtime of the caller's thread. Must not be called where a runtime is current.
    pub fn fetch(&mut self, fetching: Fetching<'_>) {
        let outcome = block_on(fetching.keeper.get(fetching.limit));
        self.exchange.authorized(outcome.and_then(|fetched| fetched));
    }

    /// Reports an answer, whatever its status.
    pub fn answered(&mut self, status: u16, headers: &[(String, String)], body: Vec<u8>) {
        if body.len() > self.most_bytes {
            let most = self.most_bytes;
            let message = format!("not an answer of the API: it is larger than {most} bytes");
            return self.exchange.failed(Failure {
                kind: ErrorKind::InvalidAnswer,
                step: Step::Read,
                delivery: Delivery::MaybeSent,
                message,
                source: None,
            });
        }
        let mut map = HeaderMap::with_capacity(headers.len());
        for (name, value) in headers {
            // What is no header cannot be one that somebody looks for.
            if let (Ok(name), Ok(value)) =
                (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value.as_bytes()))
            {
                map.append(name, value);
            }
        }
        self.exchange.answered(HttpAnswer { status, headers: map, body: Bytes::from(body) });
    }

    /// Reports that no answer came.
    pub fn failed(&mut self, error: crate::TransportError) {
        self.exchange.failed(error.into_failure());
    }
}

impl fmt::Debug for Steps<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Steps").field("attempts", &self.exchange.attempts()).finish_non_exhaustive()
    }
}
