//! Pushing delivery reports and replies to the caller's own servers.
//!
//! Each app has a lane for its reports and one for its replies, and each lane works for itself: a target that hangs or
//! fails delays nobody else. A push is tried until the target says that it has it, at most as often as configured, and
//! every attempt is recorded. What waits survives a restart; an attempt that a crash cuts off is made again.

mod body;
mod target;

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tcsms_store::{Lane, Push, PushEnd, PushKind, Store, StoreError};
use tokio::task::JoinSet;

pub(crate) use self::body::{Reply, reply};
use self::target::Attempt;
pub(crate) use self::target::Reach;
use crate::clock::{Clocks, sleep};
use crate::config::{self, Directory};
use crate::events::{Event, Events};
use crate::faults::Faults;
use crate::metrics::Metrics;
use crate::tls::ClientTls;

/// The pause after the store refused an operation.
const PAUSE: Duration = Duration::from_secs(1);

/// Everything that pushing needs.
#[derive(Clone)]
pub(crate) struct Callbacks {
    pub(crate) store: Store,
    pub(crate) clocks: Clocks,
    pub(crate) directory: Arc<Directory>,
    pub(crate) settings: config::Callbacks,
    /// Whether reports carry the sender's context.
    pub(crate) session_context: bool,
    pub(crate) reach: Reach,
    pub(crate) faults: Arc<Faults>,
    pub(crate) events: Events,
    pub(crate) metrics: Arc<Metrics>,
}

/// The lanes that somebody works on.
struct Lanes {
    tasks: JoinSet<()>,
    running: HashMap<tokio::task::Id, Lane>,
    /// No further attempt is to begin.
    ending: Arc<AtomicBool>,
    tls: Arc<ClientTls>,
}

impl Callbacks {
    /// Pushes until `stop` resolves or the store is closed. Attempts under way are recorded before this returns.
    pub(crate) async fn run(self, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        let mut queued = self.store.push_changes();
        let mut lanes = Lanes {
            tasks: JoinSet::new(),
            running: HashMap::new(),
            ending: Arc::default(),
            tls: Arc::new(ClientTls::new(self.settings.ca_file.clone())),
        };
        loop {
            // Both watched before the first look, so that nothing is missed.
            let mut changes = self.clocks.own().changes();
            queued.borrow_and_update();
            let wait = match self.start_lanes(&mut lanes).await {
                Ok(wait) => wait,
                Err(StoreError::Closed) => return,
                Err(error) => {
                    tracing::error!(%error, "reports cannot be pushed; trying again");
                    Some(PAUSE)
                }
            };
            tokio::select! {
                biased;
                () = &mut stop => break,
                Some(ended) = lanes.tasks.join_next_with_id() => {
                    let id = match ended {
                        Ok((id, ())) => id,
                        Err(error) => {
                            tracing::error!(%error, "pushing ended badly");
                            error.id()
                        }
                    };
                    lanes.running.remove(&id);
                }
                _ = queued.changed() => {}
                () = changes.changed() => {}
                () = sleep(wait) => {}
            }
        }
        lanes.ending.store(true, Ordering::Relaxed);
        while lanes.tasks.join_next().await.is_some() {}
    }

    /// Sets somebody to work on every lane that has something to do now, and says how long until another has.
    async fn start_lanes(&self, lanes: &mut Lanes) -> Result<Option<Duration>, StoreError> {
        let mut wait: Option<Duration> = None;
        for lane in self.store.lanes().await? {
            if lanes.running.values().any(|other| *other == lane) {
                continue;
            }
            let clock = self.clocks.numbered(lane.clock);
            let next = self.store.next_push(&lane).await?;
            let has_new = lane.kind == PushKind::Status && !self.store.push_items(&lane, 1).await?.is_empty();
            if has_new || next.is_some_and(|next| next <= clock.business_now_ms()) {
                let work = self.clone().work(lane.clone(), Arc::clone(&lanes.ending), Arc::clone(&lanes.tls));
                let id = lanes.tasks.spawn(work).id();
                lanes.running.insert(id, lane);
            } else {
                let until = next.and_then(|next| clock.real_time_until(next));
                wait = wait.into_iter().chain(until).min();
            }
        }
        Ok(wait)
    }

    /// Works on one lane until nothing is due in it.
    async fn work(self, lane: Lane, ending: Arc<AtomicBool>, tls: Arc<ClientTls>) {
        while !ending.load(Ordering::Relaxed) {
            match self.step(&lane, &tls).await {
                Ok(true) => {}
                Ok(false) | Err(StoreError::Closed) => return,
                Err(error) => {
                    tracing::error!(%error, app = lane.app, "a push could not be recorded; trying again");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// Makes one attempt; false when there is none to make.
    async fn step(&self, lane: &Lane, tls: &ClientTls) -> Result<bool, StoreError> {
        let clock = self.clocks.numbered(lane.clock);
        let push = match self.store.claim_push(lane, clock.business_now_ms()).await? {
            Some(push) => push,
            None if lane.kind == PushKind::Reply => return Ok(false),
            None => {
                let items = self.store.push_items(lane, body::REPORTS_MAX).await?;
                let Some(last) = items.last() else { return Ok(false) };
                let text = body::status(items.iter().map(|item| &item.report), self.session_context);
                self.store.begin_push(lane, last.place, items.len(), text).await?
            }
        };
        let url = self.url(lane);
        let started = Instant::now();
        let attempt = match &url {
            None => Attempt::failed("no address is configured any more"),
            Some(url) => self.attempt(lane, url, &push, tls).await,
        };
        tracing::trace!(name: "answered", push = push.id, "an attempt to push ended, which is not recorded yet");
        let duration_ms = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
        let now_ms = clock.business_now_ms();
        let ok = attempt.fault.is_none();
        let place = usize::try_from(push.attempt).unwrap_or(usize::MAX).saturating_sub(1);
        let pause = self.settings.retries.get(place).filter(|_| !ok && url.is_some());
        let next_ms =
            pause.map(|pause| now_ms.saturating_add(i64::try_from(pause.as_millis()).unwrap_or(i64::MAX)));
        let end = PushEnd {
            at: now_ms.div_euclid(1000),
            url: url.unwrap_or_default(),
            outcome: attempt.fault.unwrap_or_else(|| "OK".to_owned()),
            http_status: attempt.http_status,
            duration_ms,
        };
        self.tell(lane, &push, &end, ok);
        // The target has been called: that must not be forgotten, however long the store refuses it.
        while let Err(error) = self.store.finish_push(push.clone(), end.clone(), next_ms).await {
            if matches!(error, StoreError::Closed) {
                return Err(error);
            }
            tracing::error!(%error, "an attempt to push cannot be recorded; trying again");
            tokio::time::sleep(PAUSE).await;
        }
        Ok(true)
    }

    async fn attempt(&self, lane: &Lane, url: &str, push: &Push, tls: &ClientTls) -> Attempt {
        let Some((delay, copies)) = self.faults.of_callback(&lane.account, &lane.app) else {
            return Attempt::failed("dropped on demand");
        };
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        let mut last = Attempt::failed("not sent");
        for _ in 0..copies {
            let post = target::post(url, push.body.clone(), &self.reach, tls);
            last = tokio::time::timeout(self.settings.timeout, post).await.unwrap_or_else(|_| {
                Attempt::failed(format!("no answer within {} ms", self.settings.timeout.as_millis()))
            });
        }
        last
    }

    /// Where the lane's pushes go, by the accounts as they are now.
    fn url(&self, lane: &Lane) -> Option<String> {
        let account = self.directory.account(&lane.account)?;
        match lane.kind {
            PushKind::Reply => account.reply_url.clone(),
            PushKind::Status => account
                .apps
                .iter()
                .find(|app| app.sdk_app_id == lane.app)
                .and_then(|app| app.status_url.clone()),
        }
    }

    fn tell(&self, lane: &Lane, push: &Push, end: &PushEnd, ok: bool) {
        let kind = kind_word(push.kind);
        self.metrics.pushed(kind, ok);
        if !ok {
            tracing::warn!(
                account = lane.account,
                app = lane.app,
                kind,
                attempt = push.attempt,
                fault = end.outcome,
                "a push failed"
            );
        }
        let data = serde_json::json!({
            "kind": kind, "app": lane.app, "items": push.items, "attempt": push.attempt, "outcome": end.outcome,
        });
        self.events.publish(Event::Other { kind: "callback", account: Some(lane.account.clone()), data });
    }
}

/// The word for what is pushed.
pub(crate) fn kind_word(kind: PushKind) -> &'static str {
    match kind {
        PushKind::Status => "status",
        PushKind::Reply => "reply",
    }
}
