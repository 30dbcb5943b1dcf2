//! Holds a credential that expires, and has it fetched by the calls that need it.
//!
//! Nothing is spawned: a fetch runs inside the call that leads, on that call's own driver, and ends with it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::Notify;
use tokio::time::timeout;

use crate::credential::Credential;
use crate::error::{Delivery, Error, ErrorKind, to_the_millisecond};
use crate::provider::{CredentialProvider, FetchError, Issued};
use crate::refresh::{Moment, Refresh, Turn};

/// How long a call fetches ahead of expiry, at most, before it goes on with the old credential.
const LONGEST_AHEAD: Duration = Duration::from_secs(5);

pub(crate) struct Keeper {
    provider: Arc<dyn CredentialProvider>,
    refresh: Mutex<Refresh<Credential>>,
    /// Tells those who wait that a lead has ended.
    ended: Notify,
}

impl Keeper {
    pub(crate) fn new(provider: Arc<dyn CredentialProvider>) -> Self {
        Self { provider, refresh: Mutex::default(), ended: Notify::new() }
    }

    /// A credential that is good for a request now. Needs a current tokio runtime.
    pub(crate) async fn get(&self, limit: Duration) -> Result<Credential, Error> {
        let started = Instant::now();
        loop {
            // Made before asking: from now on no end is missed.
            let ended = self.ended.notified();
            let turn = self.refresh().ask(now());
            let left = limit.saturating_sub(started.elapsed());
            match turn {
                Turn::Use(credential) => return Ok(credential),
                Turn::Lead { ticket, old } => return self.lead(ticket, old, left).await,
                Turn::Wait { ticket, until } => {
                    let patience = left.min(until.saturating_duration_since(Instant::now()));
                    let is_ended = timeout(patience, ended).await.is_ok();
                    if let Some(error) = self.refresh().failure_of(ticket) {
                        return Err(copy_of(&error));
                    }
                    if !is_ended && started.elapsed() >= limit {
                        return Err(too_slow(limit, "another call was fetching one"));
                    }
                }
            }
        }
    }

    async fn lead(&self, ticket: u64, old: Option<Credential>, left: Duration) -> Result<Credential, Error> {
        // Hands over when this future is dropped, or gives up.
        let _lead = Lead { keeper: self, ticket };
        let limit = if old.is_some() { LONGEST_AHEAD.min(left / 2) } else { left };
        let error = match timeout(limit, self.provider.fetch()).await {
            Err(_) => too_slow(limit, "its source did not answer"),
            Ok(outcome) => {
                let now = now();
                match outcome.map_err(refusal).and_then(|issued| good(issued, now)) {
                    Ok(Issued { credential, expires }) => {
                        self.refresh().fetched(ticket, credential.clone(), expires, now);
                        return Ok(credential);
                    }
                    Err(error) => {
                        let error = Arc::new(error);
                        self.refresh().failed(ticket, Arc::clone(&error), now);
                        copy_of(&error)
                    }
                }
            }
        };
        match old {
            Some(old) => {
                let reason = error.message();
                tracing::warn!(
                    reason,
                    "the credential was not refreshed; the old one is used while it is valid"
                );
                Ok(old)
            }
            None => Err(error),
        }
    }

    /// Gives up this very credential, because the service does not know it (any more); the next to ask has one fetched.
    pub(crate) fn forget(&self, refused: &Credential) {
        self.refresh().forget(|held| held.is_same(refused));
    }

    fn refresh(&self) -> MutexGuard<'_, Refresh<Credential>> {
        self.refresh.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Lead<'a> {
    keeper: &'a Keeper,
    ticket: u64,
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        self.keeper.refresh().abandoned(self.ticket);
        self.keeper.ended.notify_waiters();
    }
}

fn now() -> Moment {
    let unix = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Moment { unix, steady: Instant::now() }
}

fn good(issued: Issued, now: Moment) -> Result<Issued, Error> {
    if issued.expires.is_some_and(|expires| expires <= now.unix) {
        let message = "the credential has expired already when it was issued: is this machine's clock right?";
        return Err(Error::local(ErrorKind::Credential, message));
    }
    Ok(issued)
}

/// The source's error as that of a call: whatever became of the source's own request, the call was not sent.
fn refusal(error: FetchError) -> Error {
    match error.downcast_ref::<Error>() {
        Some(own) => Error::of_source(own.kind(), own.told()),
        None => Error::local(ErrorKind::Credential, format!("the credential provider failed: {error}")),
    }
    .because(error)
}

/// One failure is told to several calls.
fn copy_of(error: &Arc<Error>) -> Error {
    Error::local(error.kind(), error.message()).because(Arc::clone(error))
}

fn too_slow(limit: Duration, why: &str) -> Error {
    let limit = to_the_millisecond(limit);
    Error::new(ErrorKind::Timeout, Delivery::NotSent, format!("no credential within {limit:?}: {why}"))
}
