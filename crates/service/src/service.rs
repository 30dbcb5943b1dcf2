//! The service as a whole: its parts put together, started and stopped.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::response::IntoResponse;
use bytes::Bytes;
use http::{Request, Response};
use hyper::body::Body as HttpBody;
use tcsms_store::{Configured, ConfiguredAccount, Store, StoreError};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;
use tower::ServiceExt;

use crate::actions::Actions;
use crate::clock::Clock;
use crate::config::{Config, Directory};
use crate::control::access::Door;
use crate::control::{self, Control};
use crate::delivery;
use crate::gateway::Gateway;

/// A running service. Clones are the same one.
///
/// [`Service::start`] brings it up, [`Service::serve`] lets callers in over HTTP until it is told to stop; a test may
/// use [`Service::call`] instead and end with [`Service::stop`].
#[derive(Clone)]
pub struct Service {
    gateway: Arc<Gateway>,
    control: Router,
    store: Store,
    worker: Arc<Worker>,
    /// True once the service is stopping.
    stopping: watch::Sender<bool>,
}

/// The delivery worker. It ends when it is told to, or when the service is dropped.
struct Worker {
    stop: watch::Sender<bool>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Service {
    /// Writes the configured signatures, templates and packages to the store and starts delivery on the current
    /// tokio runtime.
    ///
    /// # Errors
    /// The store cannot be written, or holds something else under a configured id.
    pub async fn start(config: Config, store: Store, clock: Clock) -> Result<Self, StoreError> {
        let config = Arc::new(config);
        store.apply_configuration(configured(&config), clock.business_now()).await?;
        let directory = Arc::new(Directory::new(&config.accounts));
        let actions = Actions::new(Arc::clone(&config), Arc::clone(&directory), store.clone());
        let gateway = Arc::new(Gateway::new(config, Arc::clone(&directory), actions, clock.clone()));
        let worker = Arc::new(Worker::start(store.clone(), clock.clone()));
        let stopping = watch::Sender::new(false);
        let control = control::router(Control {
            store: store.clone(),
            clock,
            directory,
            gateway: Arc::clone(&gateway),
            stopping: stopping.subscribe(),
        });
        Ok(Self { gateway, control, store, worker, stopping })
    }

    /// Answers one request as the port on a loopback address does, without a socket: of the API, or of the control
    /// API by its path.
    pub async fn call<B>(&self, request: Request<B>) -> Response<Body>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: std::error::Error + Send + Sync + 'static,
    {
        self.answer(&Door::Loopback, request).await
    }

    /// Answers one request that came through this door.
    pub(crate) async fn answer<B>(&self, door: &Door, request: Request<B>) -> Response<Body>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: std::error::Error + Send + Sync + 'static,
    {
        let path = request.uri().path();
        let is_health = matches!(path, "/healthz" | "/readyz");
        let is_control =
            path.strip_prefix("/_tcsms").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if !is_health && !is_control && !matches!(door, Door::Control(_)) {
            return self.gateway.answer(request).await;
        }
        // A probe of an operator's machinery knows no token and learns nothing.
        if !is_health && let Err(error) = control::access::check(door, request.headers()) {
            return error.into_response();
        }
        match self.control.clone().oneshot(request.map(Body::new)).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    /// Lets calls that wait for something answer.
    pub(crate) fn announce_stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Stops delivery after the step that is under way and closes the store. Calls that come later fail.
    pub async fn stop(&self) {
        self.announce_stop();
        self.worker.stop().await;
        self.store.close().await;
    }
}

impl Worker {
    fn start(store: Store, clock: Clock) -> Self {
        let stop = watch::Sender::new(false);
        let mut stopped = stop.subscribe();
        let shutdown = async move { told(&mut stopped).await };
        let task = tokio::spawn(delivery::run(store, clock, shutdown));
        Self { stop, task: Mutex::new(Some(task)) }
    }

    /// Returns when the step under way is recorded.
    async fn stop(&self) {
        self.stop.send_replace(true);
        if let Some(task) = self.task.lock().await.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "delivery ended badly");
        }
    }
}

/// Returns once the value is true, or nobody is left who could make it true.
pub(crate) async fn told(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// What the store has to know of the configuration.
pub(crate) fn configured(config: &Config) -> Configured {
    let accounts = config.accounts.iter().map(|account| ConfiguredAccount {
        id: account.id.clone(),
        signs: account.signs.clone(),
        templates: account.templates.clone(),
        packages: account.packages.clone(),
    });
    Configured { accounts: accounts.collect() }
}
