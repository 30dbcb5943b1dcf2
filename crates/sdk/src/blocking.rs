//! The same client for code without async.
//!
//! ```no_run
//! let client = tcsms::blocking::Client::from_env()?;
//! let answer = client
//!     .send_status_statistics()
//!     .sms_sdk_app_id("1400787878")
//!     .begin_time("2026112500")
//!     .end_time("2026112523")
//!     .limit(0)
//!     .offset(0)
//!     .send()?;
//! assert!(!answer.request_id.is_empty());
//! # Ok::<(), tcsms::Error>(())
//! ```

use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tcsms_api::Action;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::V20190711;
use crate::answer::Answer;
use crate::builder::ClientBuilder;
use crate::call::{Call, Named};
use crate::config::Core;
use crate::error::{Delivery, Error, ErrorKind, Step};
use crate::events::Event;
use crate::exchange::Plan;
use crate::stream::{self, Streamed};
use crate::transport::{self, Permit, Pool, warm_up};

/// Units that no call needed for this long are let go, unless their connections may wait longer.
const LONGEST_IDLE: Duration = Duration::from_secs(60);

/// Calls the service and waits for the answer on the caller's own thread. It starts no thread, except for looking up
/// host names.
///
/// Cheap to clone and usable from many threads at once; it opens as many connections as there are calls at the same
/// time, and keeps them for the next calls.
///
/// It must not be used where a tokio runtime is current, `spawn_blocking` included: there a call is an
/// [`ErrorKind::Config`] error. Use [`tcsms::Client`](crate::Client) in async code.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    core: Arc<Core>,
    /// The unit used last is used next.
    units: Mutex<Vec<Unit>>,
}

/// A runtime with the connections made on it. They stay together, because a connection is only served while its own
/// runtime is driven; one call at a time uses both.
struct Unit {
    runtime: Runtime,
    pool: Pool,
    used: Instant,
}

impl Client {
    /// Collects the settings of a client; its `build_blocking` makes one of this kind.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client whose settings all come from the environment and the credentials file, see [`ClientBuilder`].
    ///
    /// # Errors
    ///
    /// As [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().build_blocking()
    }

    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self(Arc::new(Inner { core, units: Mutex::default() }))
    }

    /// Prepares the call of a request that was made elsewhere, of either version.
    pub fn request<R: Action>(&self, request: R) -> Call<Self, R> {
        Call::new(self.clone(), request)
    }

    /// Prepares a call by name: any action of any version, with its parameters as a JSON object.
    ///
    /// An action that this crate does not know counts as one that must not be carried out twice.
    pub fn call(
        &self,
        version: impl Into<String>,
        action: impl Into<String>,
        parameters: impl Into<String>,
    ) -> Call<Self, Named> {
        Call::new(self.clone(), Named::new(version.into(), action.into(), parameters.into()))
    }

    /// The same client with the actions of version 2019-07-11.
    pub fn v20190711(&self) -> V20190711<Self> {
        V20190711(self.clone())
    }

    pub(crate) fn core(&self) -> &Core {
        &self.0.core
    }

    /// Opens connections ahead of the first calls, TLS included, one after another, until `connections` of them wait.
    /// A connection that no call needs is closed after [`idle_timeout`](ClientBuilder::idle_timeout).
    ///
    /// # Errors
    ///
    /// That of the first connection that could not be opened, after which no other is tried; those before it stay.
    /// [`ErrorKind::Config`] for more than [`max_connections`](ClientBuilder::max_connections), for a client with a
    /// transport of its own, and inside an async runtime.
    pub fn warm_up(&self, connections: usize) -> Result<(), Error> {
        let core = &self.0.core;
        let count = warm_up::check(core, connections)?;
        outside_of_runtimes()?;
        let _permit = match &core.limit {
            Some(limit) => Some(limit.wait_here(count, core.settings.total_timeout)?),
            None => None,
        };
        // All are held until the last is open: a unit that was given back would be taken again.
        let mut units = Vec::with_capacity(connections);
        let outcome = (0..connections).try_for_each(|_| {
            let unit = self.unit()?;
            let opening = async { warm_up::open(core, &unit.pool, &transport::current_runtime()?, 1).await };
            let outcome = unit.runtime.block_on(opening);
            units.push(unit);
            outcome
        });
        units.into_iter().for_each(|unit| self.give_back(unit));
        outcome
    }

    pub(crate) fn run<T>(&self, plan: Plan<T>) -> Result<T, Error> {
        let started = Instant::now();
        let (_permit, unit) = self.admitted(&plan)?;
        let outcome = unit.runtime.block_on(transport::run(&self.0.core, &unit.pool, plan, started));
        self.give_back(unit);
        outcome
    }

    /// As [`run`](Self::run), but comes back with `None` as soon as `stop` is over, with the call broken off.
    #[cfg(feature = "bridge")]
    pub(crate) fn run_until<T>(
        &self,
        plan: Plan<T>,
        stop: impl Future<Output = ()>,
    ) -> Option<Result<T, Error>> {
        let started = Instant::now();
        let (_permit, unit) = match self.admitted(&plan) {
            Ok(admitted) => admitted,
            Err(error) => return Some(Err(error)),
        };
        let call = transport::run(&self.0.core, &unit.pool, plan, started);
        let outcome = unit.runtime.block_on(async {
            tokio::select! {
                biased;
                outcome = call => Some(outcome),
                () = stop => None,
            }
        });
        self.give_back(unit);
        outcome
    }

    pub(crate) fn stream(&self, plan: Plan<Answer>) -> Result<Streamed<EventStream>, Error> {
        match self.stream_until(plan, std::future::pending::<Infallible>()) {
            Ok(outcome) => outcome,
            Err(never) => match never {},
        }
    }

    /// As [`stream`](Self::stream), but comes back with an error of its own as soon as `stop` is over, with the call broken
    /// off. A stream that has begun is not stopped.
    pub(crate) fn stream_until<S>(
        &self,
        plan: Plan<Answer>,
        stop: impl Future<Output = S>,
    ) -> Result<Result<Streamed<EventStream>, Error>, S> {
        let started = Instant::now();
        let (permit, unit) = match self.admitted(&plan) {
            Ok(admitted) => admitted,
            Err(error) => return Ok(Err(error)),
        };
        let opening = stream::EventStream::open(&self.0.core, &unit.pool, plan, started, permit);
        let outcome = unit.runtime.block_on(async {
            tokio::select! {
                biased;
                outcome = opening => Ok(outcome),
                stopped = stop => Err(stopped),
            }
        });
        let without_events = match outcome {
            Ok(Ok(Streamed::Events(stream))) => {
                return Ok(Ok(Streamed::Events(EventStream { driven: Some(Driven { stream, unit }) })));
            }
            Ok(Ok(Streamed::Answer(answer))) => Ok(Ok(Streamed::Answer(answer))),
            Ok(Err(error)) => Ok(Err(error)),
            Err(stopped) => Err(stopped),
        };
        self.give_back(unit);
        without_events
    }

    /// What a call needs before it begins: a place among the calls where their number is limited, and a unit.
    fn admitted<T>(&self, plan: &Plan<T>) -> Result<(Option<Permit>, Unit), Error> {
        outside_of_runtimes()?;
        let limit = self.0.core.limit.as_ref();
        let permit = limit.map(|limit| limit.wait_here(1, plan.total_timeout)).transpose()?;
        Ok((permit, self.unit()?))
    }

    fn unit(&self) -> Result<Unit, Error> {
        let waiting = self.units().pop();
        waiting.map_or_else(Unit::new, Ok)
    }

    fn give_back(&self, mut unit: Unit) {
        let now = Instant::now();
        unit.used = now;
        let longest_idle = self.0.core.settings.idle_timeout.max(LONGEST_IDLE);
        let mut units = self.units();
        let oldest_is_stale =
            units.first().is_some_and(|oldest| now.duration_since(oldest.used) >= longest_idle);
        let stale = oldest_is_stale.then(|| units.remove(0));
        units.push(unit);
        drop(units);
        if let Some(stale) = stale {
            stale.close();
        }
    }

    fn units(&self) -> std::sync::MutexGuard<'_, Vec<Unit>> {
        self.0.units.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn outside_of_runtimes() -> Result<(), Error> {
    if Handle::try_current().is_err() {
        return Ok(());
    }
    let message = "the blocking client was called inside an async runtime: use tcsms::Client there, or a thread of its own";
    Err(Error::local(ErrorKind::Config, message))
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.core.fmt(f)
    }
}

/// Server-sent events, as they arrive: an iterator that waits for each on the caller's thread. Made by
/// `client.call(…).stream()`.
///
/// As [`tcsms::EventStream`](crate::EventStream) in everything else: it ends with `None` only where the service ended
/// the answer, any other end is an error, and dropping it closes its connection.
pub struct EventStream {
    /// Until the stream has ended.
    driven: Option<Driven>,
}

/// A stream with the unit that its connection is served by. The unit has no other connection, so it ends with it.
struct Driven {
    stream: stream::EventStream,
    unit: Unit,
}

impl EventStream {
    /// Sets how long the service may send nothing, as
    /// [`tcsms::EventStream::with_idle_limit`](crate::EventStream::with_idle_limit).
    #[must_use]
    pub fn with_idle_limit(self, limit: Duration) -> Self {
        self.map(|stream| stream.with_idle_limit(limit))
    }

    /// Sets how long the stream may take from its beginning on, as
    /// [`tcsms::EventStream::with_total_limit`](crate::EventStream::with_total_limit).
    #[must_use]
    pub fn with_total_limit(self, limit: Duration) -> Self {
        self.map(|stream| stream.with_total_limit(limit))
    }

    fn map(mut self, change: impl FnOnce(stream::EventStream) -> stream::EventStream) -> Self {
        self.driven =
            self.driven.take().map(|Driven { stream, unit }| Driven { stream: change(stream), unit });
        self
    }

    /// The next event, or `None` when there is none within `wait`; what comes later is not lost.
    #[cfg(feature = "bridge")]
    pub(crate) fn next_within(&mut self, wait: Duration) -> Option<Option<Result<Event, Error>>> {
        let Some(Driven { stream, unit }) = self.driven.as_mut() else { return Some(None) };
        let next = match outside_of_runtimes() {
            Ok(()) => {
                unit.runtime.block_on(async { tokio::time::timeout(wait, stream.next()).await.ok() })?
            }
            Err(error) => Some(Err(error)),
        };
        if !matches!(next, Some(Ok(_))) {
            self.end();
        }
        Some(next)
    }

    fn end(&mut self) {
        if let Some(Driven { stream, unit }) = self.driven.take() {
            drop(stream);
            unit.close();
        }
    }
}

impl Iterator for EventStream {
    type Item = Result<Event, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let Driven { stream, unit } = self.driven.as_mut()?;
        let next = match outside_of_runtimes() {
            Ok(()) => unit.runtime.block_on(stream.next()),
            Err(error) => Some(Err(error)),
        };
        if !matches!(next, Some(Ok(_))) {
            self.end();
        }
        next
    }
}

impl std::iter::FusedIterator for EventStream {}

impl Drop for EventStream {
    fn drop(&mut self) {
        self.end();
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream")
            .field("stream", &self.driven.as_ref().map(|driven| &driven.stream))
            .finish_non_exhaustive()
    }
}

impl Unit {
    fn new() -> Result<Self, Error> {
        let runtime = Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .max_blocking_threads(1)
            .thread_keep_alive(Duration::from_secs(1))
            .thread_name("tcsms-resolver")
            .build();
        match runtime {
            Ok(runtime) => Ok(Self { runtime, pool: Pool::for_one(), used: Instant::now() }),
            Err(error) => Err(Error::new(
                ErrorKind::Network,
                Delivery::NotSent,
                format!("no connection can be prepared: {error}; is the limit of open files reached?"),
            )
            .at(Step::Connect)
            .because(error)),
        }
    }

    fn close(self) {
        drop(self.pool);
        // The runtime's own drop waits for its threads, which is not allowed where another runtime is current.
        self.runtime.shutdown_background();
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let units = std::mem::take(self.units.get_mut().unwrap_or_else(PoisonError::into_inner));
        for unit in units {
            unit.close();
        }
    }
}
