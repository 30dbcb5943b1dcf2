//! The accounts that the service knows: those of the configuration, which can be read again while it runs, and those
//! that are made for one test run and go by themselves.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tcsms_store::{Limits, Store, StoreError};
use tokio::sync::{Mutex, Notify};
use tokio::time::Instant;
use zeroize::Zeroizing;

use crate::clock::{Clocks, sleep};
use crate::config::{Account, App, Config, Directory, Key, Secret};
use crate::faults::Faults;
use crate::service::{configured, configured_account};

/// The most accounts for test runs at a time.
const TEMPORARY_MAX: usize = 1000;

/// The accounts of one service.
pub(crate) struct Accounts {
    directory: Arc<Directory>,
    store: Store,
    clocks: Clocks,
    faults: Arc<Faults>,
    state: Mutex<State>,
    /// Rung when an account was made that may be the next to go.
    added: Notify,
}

struct State {
    configured: Vec<Arc<Account>>,
    temporary: HashMap<String, Temporary>,
    /// The number of the last clock that was given out.
    last_clock: i64,
}

struct Temporary {
    account: Arc<Account>,
    expires: Instant,
}

/// What an account for a test run is to be like.
pub(crate) struct Wanted {
    /// The account whose signatures, templates and packages it gets.
    pub(crate) like: Option<String>,
    /// The limits of its app; absent means those of the account that it is like.
    pub(crate) limits: Option<Limits>,
    pub(crate) status_url: Option<String>,
    pub(crate) reply_url: Option<String>,
    /// How long it lives, in real time.
    pub(crate) ttl: Duration,
}

/// Why an account was not made.
pub(crate) enum Refused {
    /// There is no account to be like.
    Unknown(String),
    TooMany,
    Store(StoreError),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Accounts {
    pub(crate) fn new(
        directory: Arc<Directory>,
        store: Store,
        clocks: Clocks,
        faults: Arc<Faults>,
        config: &Config,
    ) -> Self {
        let configured = config.accounts.clone();
        let state = State { configured, temporary: HashMap::new(), last_clock: Clocks::OWN };
        Self { directory, store, clocks, faults, state: Mutex::new(state), added: Notify::new() }
    }

    /// Removes what an earlier start has left, and writes the configuration to the store.
    pub(crate) async fn begin(&self, config: &Config) -> Result<(), StoreError> {
        self.store.remove_temporary_accounts().await?;
        self.configure(config).await
    }

    /// Puts the accounts of this configuration in the place of the present ones.
    pub(crate) async fn configure(&self, config: &Config) -> Result<(), StoreError> {
        let mut state = self.state.lock().await;
        let mut known = configured(config);
        // What is not named is removed, and accounts for test runs stay.
        known.accounts.extend(state.temporary.values().map(|one| configured_account(&one.account)));
        self.store.apply_configuration(known, self.clocks.own().business_now()).await?;
        state.configured.clone_from(&config.accounts);
        self.publish(&state).await
    }

    /// Makes an account for a test run, with a key and an app of its own, on a clock of its own.
    pub(crate) async fn add(&self, wanted: Wanted) -> Result<Arc<Account>, Refused> {
        let mut state = self.state.lock().await;
        if state.temporary.len() >= TEMPORARY_MAX {
            return Err(Refused::TooMany);
        }
        let model = match &wanted.like {
            Some(id) => state.configured.iter().find(|account| account.id == *id),
            None => state.configured.first(),
        };
        let model = model.ok_or_else(|| Refused::Unknown(wanted.like.clone().unwrap_or_default()))?;
        let limits = match (wanted.limits, model.apps.first()) {
            (Some(limits), _) => Arc::new(limits),
            (None, Some(app)) => Arc::clone(&app.limits),
            (None, None) => Arc::new(crate::config::default_limits()),
        };
        let app = App {
            sdk_app_id: self.free_app_id(),
            status_url: wanted.status_url,
            enabled: true,
            countries: model.apps.first().map(|app| app.countries.clone()).unwrap_or_default(),
            limits,
        };
        let account = Arc::new(Account {
            id: format!("run-{}", uuid::Uuid::new_v4().simple()),
            reply_url: wanted.reply_url,
            keys: vec![new_key()],
            apps: vec![app],
            ..Account::clone(model)
        });
        state.last_clock += 1;
        let clock = state.last_clock;
        let apps = account.apps.iter().map(|app| app.sdk_app_id.clone()).collect();
        let now = self.clocks.own().business_now();
        self.store.add_temporary_account(configured_account(&account), apps, clock, now).await?;
        self.clocks.add(&account.id, clock);
        let expires = Instant::now() + wanted.ttl;
        state.temporary.insert(account.id.clone(), Temporary { account: Arc::clone(&account), expires });
        self.publish(&state).await?;
        self.added.notify_one();
        Ok(account)
    }

    /// Removes an account for a test run with everything that belongs to it; false when there is none.
    pub(crate) async fn remove(&self, id: &str) -> Result<bool, StoreError> {
        let mut state = self.state.lock().await;
        if !state.temporary.contains_key(id) {
            return Ok(false);
        }
        state.temporary.remove(id);
        self.publish(&state).await?;
        self.clocks.remove(id);
        self.faults.clear(Some(id));
        self.store.remove_account(id).await?;
        Ok(true)
    }

    /// Removes accounts whose time is over, until `stop` resolves.
    pub(crate) async fn expire(&self, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        loop {
            let next = self.state.lock().await.temporary.values().map(|one| one.expires).min();
            let wait = next.map(|next| next.saturating_duration_since(Instant::now()));
            tokio::select! {
                biased;
                () = &mut stop => return,
                () = self.added.notified() => continue,
                () = sleep(wait) => {}
            }
            let now = Instant::now();
            let over: Vec<String> = {
                let state = self.state.lock().await;
                let over = state.temporary.iter().filter(|(_, one)| one.expires <= now);
                over.map(|(id, _)| id.clone()).collect()
            };
            for id in over {
                match self.remove(&id).await {
                    Ok(_) => tracing::info!(account = id, "an account for a test run has expired"),
                    Err(StoreError::Closed) => return,
                    Err(error) => {
                        tracing::error!(account = id, %error, "an expired account could not be removed")
                    }
                }
            }
        }
    }

    /// Makes the accounts known to those who answer calls and push reports.
    async fn publish(&self, state: &State) -> Result<(), StoreError> {
        let temporary = state.temporary.values().map(|one| Arc::clone(&one.account));
        self.directory.replace(state.configured.iter().cloned().chain(temporary));
        let pushed = self.directory.accounts().into_iter().flat_map(|account| {
            let apps = account.apps.iter().filter(|app| app.status_url.is_some());
            apps.map(|app| (account.id.clone(), app.sdk_app_id.clone())).collect::<Vec<_>>()
        });
        self.store.push_reports_of(pushed.collect()).await
    }

    /// An SdkAppId that nobody has.
    fn free_app_id(&self) -> String {
        loop {
            let id = format!("14{:08}", fastrand::u32(0..100_000_000));
            if self.directory.app(&id).is_none() {
                return id;
            }
        }
    }
}

fn new_key() -> Key {
    let random = || uuid::Uuid::new_v4().simple().to_string();
    let secret = Zeroizing::new(random());
    Key {
        secret_id: format!("AKID{}", random()),
        secret_key: Secret::new(secret.to_string()),
        token: None,
        sub_account: false,
    }
}
