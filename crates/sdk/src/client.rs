//! The async client.

use std::fmt;
use std::sync::Arc;

use tcsms_api::Action;

use crate::V20190711;
use crate::builder::ClientBuilder;
use crate::call::{Call, Named};
use crate::config::Core;
use crate::error::Error;
use crate::exchange::Plan;
use crate::transport::{self, Pool};

/// Calls the service from async code on a tokio runtime.
///
/// Cheap to clone; all clones share their connections. Make one and keep it: a client made for every call opens a
/// connection for every call. It may be used from several runtimes, each has its own connections.
///
/// A call that is dropped before it is done closes its connection; whether the service acts on it is then open.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    core: Core,
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

    pub(crate) fn new(core: Core) -> Self {
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

    /// The same client with the actions of version 2019-07-11.
    pub fn v20190711(&self) -> V20190711<Self> {
        V20190711(self.clone())
    }

    pub(crate) fn core(&self) -> &Core {
        &self.0.core
    }

    pub(crate) async fn run<T>(&self, plan: Plan<T>) -> Result<T, Error> {
        transport::run(&self.0.core, &self.0.pool, plan).await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.core.fmt(f)
    }
}
