//! The service as a whole: its parts put together, started, changed while it runs, and stopped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::Body;
use axum::response::IntoResponse;
use bytes::Bytes;
use http::{Request, Response};
use hyper::body::Body as HttpBody;
use tcsms_store::{Configured, ConfiguredAccount, Store, StoreError};
use tokio::sync::{Mutex, watch};
use tokio::task::{JoinError, JoinSet};
use tower::ServiceExt;

use crate::accounts::Accounts;
use crate::actions::Actions;
use crate::callbacks::{Callbacks, Reach};
use crate::clock::{Clock, Clocks};
use crate::config::{Config, Directory};
use crate::control::access::Door;
use crate::control::{self, Control};
use crate::delivery::carrier::Carrier;
use crate::delivery::{self, Simulator};
use crate::events::Events;
use crate::faults::Faults;
use crate::gateway::Gateway;
use crate::metrics::Metrics;
use crate::retention;

/// A running service. Clones are the same one.
///
/// [`Service::start`] brings it up, [`Service::serve`] lets callers in over HTTP until it is told to stop; a test may
/// use [`Service::call`] instead and end with [`Service::stop`].
#[derive(Clone)]
pub struct Service {
    gateway: Arc<Gateway>,
    control: Router,
    store: Store,
    accounts: Arc<Accounts>,
    reach: Reach,
    metrics: Arc<Metrics>,
    work: Arc<Work>,
    /// True once the service is stopping.
    stopping: watch::Sender<bool>,
}

/// The tasks in the background. They end when they are told to, or when the service is dropped.
pub(crate) struct Work {
    stop: watch::Sender<bool>,
    tasks: Mutex<JoinSet<()>>,
    /// A task ended without being told to.
    broken: AtomicBool,
}

/// Resolves when a task in the background must end.
type Stop = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

impl Service {
    /// Writes the configured signatures, templates and packages to the store and starts delivery by the simulated
    /// carrier on the current tokio runtime.
    ///
    /// # Errors
    /// The store cannot be written, or holds something else under a configured id.
    pub async fn start(config: Config, store: Store, clock: Clock) -> Result<Self, StoreError> {
        Self::start_with(config, store, clock, None).await
    }

    /// Like [`Service::start`], with a carrier of the caller's.
    ///
    /// # Errors
    /// As [`Service::start`].
    pub async fn start_with_carrier(
        config: Config,
        store: Store,
        clock: Clock,
        carrier: Arc<dyn Carrier>,
    ) -> Result<Self, StoreError> {
        Self::start_with(config, store, clock, Some(carrier)).await
    }

    async fn start_with(
        config: Config,
        store: Store,
        clock: Clock,
        carrier: Option<Arc<dyn Carrier>>,
    ) -> Result<Self, StoreError> {
        let config = Arc::new(config);
        let clocks = Clocks::new(clock);
        let directory = Arc::new(Directory::new(&config.accounts));
        let (events, faults, metrics) =
            (Events::default(), Arc::<Faults>::default(), Arc::<Metrics>::default());
        let accounts = Arc::new(Accounts::new(
            Arc::clone(&directory),
            store.clone(),
            clocks.clone(),
            Arc::clone(&faults),
            &config,
        ));
        accounts.begin(&config).await?;
        let reach = Reach::new(config.callbacks.allow_private);

        let carrier = carrier.unwrap_or_else(|| {
            let simulator =
                Simulator::new(store.clone(), clocks.clone(), config.delivery.clone(), Arc::clone(&faults));
            Arc::new(simulator)
        });
        let work = Work::new();
        let worker = delivery::Worker {
            store: store.clone(),
            clocks: clocks.clone(),
            carrier: Arc::clone(&carrier),
            events: events.clone(),
            metrics: Arc::clone(&metrics),
        };
        work.run(|stop| worker.run(stop)).await;
        work.run(|stop| {
            delivery::receive(store.clone(), carrier, events.clone(), Arc::clone(&metrics), stop)
        })
        .await;
        let callbacks = Callbacks {
            store: store.clone(),
            clocks: clocks.clone(),
            directory: Arc::clone(&directory),
            settings: config.callbacks.clone(),
            session_context: config.rules.session_context_in_reports,
            reach: reach.clone(),
            faults: Arc::clone(&faults),
            events: events.clone(),
            metrics: Arc::clone(&metrics),
        };
        work.run(|stop| callbacks.run(stop)).await;
        let keep = config.retention;
        work.run(|stop| retention::run(store.clone(), clocks.clone(), keep, stop)).await;
        let expiring = Arc::clone(&accounts);
        work.run(|stop| async move { expiring.expire(stop).await }).await;

        let actions = Actions::new(Arc::clone(&config), Arc::clone(&directory), store.clone());
        let gateway = Arc::new(Gateway::new(
            config,
            Arc::clone(&directory),
            actions,
            clocks.clone(),
            Arc::clone(&faults),
            Arc::clone(&metrics),
        ));
        let stopping = watch::Sender::new(false);
        let work = Arc::new(work);
        let control = control::router(Control {
            store: store.clone(),
            clocks,
            directory,
            accounts: Arc::clone(&accounts),
            gateway: Arc::clone(&gateway),
            faults,
            events,
            metrics: Arc::clone(&metrics),
            work: Arc::clone(&work),
            stopping: stopping.subscribe(),
        });
        Ok(Self { gateway, control, store, accounts, reach, metrics, work, stopping })
    }

    /// Puts the accounts of this configuration, with their limits and callback addresses, in the place of the present
    /// ones. Calls that have begun end with the old ones. Everything else of the configuration takes a restart.
    ///
    /// # Errors
    /// The store cannot be written, or holds something else under a configured id; then nothing changes.
    pub async fn reload(&self, config: &Config) -> Result<(), StoreError> {
        self.accounts.configure(config).await
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
        let is_control = path == "/metrics"
            || path.strip_prefix("/_tcsms").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
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

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Says whether the API is reachable from this machine only: then callbacks may go to private addresses unless the
    /// configuration says otherwise.
    pub(crate) fn listens_on_loopback(&self, loopback: bool) {
        self.reach.listens_on_loopback(loopback);
    }

    /// Lets calls that wait for something answer.
    pub(crate) fn announce_stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Stops the work in the background after the step that is under way and closes the store. Calls that come later
    /// fail.
    pub async fn stop(&self) {
        self.announce_stop();
        self.work.stop().await;
        self.store.close().await;
    }
}

impl Work {
    fn new() -> Self {
        Self {
            stop: watch::Sender::new(false),
            tasks: Mutex::new(JoinSet::new()),
            broken: AtomicBool::new(false),
        }
    }

    /// Starts a task, which is given what resolves when it must end.
    async fn run<F>(&self, task: impl FnOnce(Stop) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut stopped = self.stop.subscribe();
        let stop: Stop = Box::pin(async move { told(&mut stopped).await });
        self.tasks.lock().await.spawn(task(stop));
    }

    /// Whether every task is still there. One that ended without being told to leaves its work undone.
    pub(crate) async fn is_whole(&self) -> bool {
        while let Some(ended) = self.tasks.lock().await.try_join_next() {
            log(ended);
            self.broken.store(true, Ordering::Relaxed);
        }
        !self.broken.load(Ordering::Relaxed)
    }

    /// Returns when the steps under way are recorded.
    async fn stop(&self) {
        self.stop.send_replace(true);
        let mut tasks = self.tasks.lock().await;
        while let Some(ended) = tasks.join_next().await {
            log(ended);
        }
    }
}

fn log(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "work in the background ended badly");
    }
}

/// Returns once the value is true, or nobody is left who could make it true.
pub(crate) async fn told(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// What the store has to know of the configuration.
pub(crate) fn configured(config: &Config) -> Configured {
    Configured { accounts: config.accounts.iter().map(|account| configured_account(account)).collect() }
}

/// What the store has to know of an account.
pub(crate) fn configured_account(account: &crate::config::Account) -> ConfiguredAccount {
    ConfiguredAccount {
        id: account.id.clone(),
        signs: account.signs.clone(),
        templates: account.templates.clone(),
        packages: account.packages.clone(),
    }
}
