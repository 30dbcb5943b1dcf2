//! The async client.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use tcsms_api::Action;

use crate::V20190711;
use crate::answer::Answer;
use crate::builder::ClientBuilder;
use crate::call::{Call, Named};
use crate::config::Core;
use crate::error::Error;
use crate::exchange::Plan;
use crate::stream::{EventStream, Streamed};
use crate::transport::{self, Pool, warm_up};

/// Calls the service from async code on a tokio runtime.
///
/// Cheap to clone; all clones share their connections. Make one and keep it: a client made for every call opens a
/// connection for every call. It may be used from several runtimes, each has its own connections.
///
/// A call that is dropped before it is done closes its connection; whether the service acts on it is then open.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    core: Arc<Core>,
    pool: Pool,
}

impl Client {
    /// Collects the settings of a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client whose settings all come from the environment and the credentials file, see [`ClientBuilder`].
    ///
    /// # Errors
    ///
    /// As [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().build()
    }

    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self(Arc::new(Inner { core, pool: Pool::default() }))
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

    /// Opens connections ahead of the first calls, TLS included, until `connections` of them wait on this runtime. A
    /// connection that no call needs is closed after [`idle_timeout`](ClientBuilder::idle_timeout).
    ///
    /// # Errors
    ///
    /// That of the first connection that could not be opened; those that could stay. [`ErrorKind::Config`] for more
    /// than [`max_connections`](ClientBuilder::max_connections), and for a client with a transport of its own.
    ///
    /// [`ErrorKind::Config`]: crate::ErrorKind::Config
    pub async fn warm_up(&self, connections: usize) -> Result<(), Error> {
        let core = &self.0.core;
        let count = warm_up::check(core, connections)?;
        let runtime = transport::current_runtime()?;
        let _permit = match &core.limit {
            Some(limit) => Some(limit.wait(count, core.settings.total_timeout).await?),
            None => None,
        };
        warm_up::open(core, &self.0.pool, &runtime, connections).await
    }

    /// The same client with the actions of version 2019-07-11.
    pub fn v20190711(&self) -> V20190711<Self> {
        V20190711(self.clone())
    }

    pub(crate) fn core(&self) -> &Core {
        &self.0.core
    }

    pub(crate) async fn run<T>(&self, plan: Plan<T>) -> Result<T, Error> {
        let Some(limit) = &self.0.core.limit else {
            return transport::run(&self.0.core, &self.0.pool, plan, Instant::now()).await;
        };
        transport::current_runtime()?;
        let started = Instant::now();
        let _permit = limit.wait(1, plan.total_timeout).await?;
        transport::run(&self.0.core, &self.0.pool, plan, started).await
    }

    pub(crate) async fn stream(&self, plan: Plan<Answer>) -> Result<Streamed<EventStream>, Error> {
        transport::current_runtime()?;
        let started = Instant::now();
        let permit = match &self.0.core.limit {
            Some(limit) => Some(limit.wait(1, plan.total_timeout).await?),
            None => None,
        };
        EventStream::open(&self.0.core, &self.0.pool, plan, started, permit).await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.core.fmt(f)
    }
}
