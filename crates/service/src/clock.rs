//! The service's two times, both settable, so that a test can move or stop them.
//!
//! *Business time* decides limits, reviews, delivery and statistics. *Signature time* decides whether a request's
//! timestamp is fresh; it stays real unless a test says otherwise, so that clients with a right clock go on working
//! while business time is moved.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

/// The service's clock. Clones share one setting.
#[derive(Clone, Debug)]
pub struct Clock {
    setting: Arc<RwLock<Setting>>,
    /// Counts the times that this clock, or a sibling, was set.
    changes: Arc<watch::Sender<u64>>,
}

/// How the clock is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// What business time is.
    pub business: Business,
    /// Whether signature time follows business time instead of real time.
    pub signatures: bool,
}

/// What business time is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Business {
    /// Real time and this many milliseconds, which may be negative.
    Offset(i64),
    /// Stands still at this Unix time in milliseconds.
    Frozen(i64),
}

impl Setting {
    /// Real time.
    pub const REAL: Self = Self { business: Business::Offset(0), signatures: false };
}

impl Default for Clock {
    fn default() -> Self {
        Self::new(Setting::REAL)
    }
}

impl Clock {
    /// A clock with this setting.
    #[must_use]
    pub fn new(setting: Setting) -> Self {
        Self { setting: Arc::new(RwLock::new(setting)), changes: Arc::new(watch::Sender::new(0)) }
    }

    /// A clock on which both times stand still at this Unix second.
    #[must_use]
    pub fn frozen(at: i64) -> Self {
        Self::new(Setting { business: Business::Frozen(at.saturating_mul(1000)), signatures: true })
    }

    /// Another clock, set as this one is now. Who watches either sees the changes of both.
    #[must_use]
    pub fn sibling(&self) -> Self {
        Self { setting: Arc::new(RwLock::new(self.setting())), changes: Arc::clone(&self.changes) }
    }

    /// Business time, Unix seconds.
    #[must_use]
    pub fn business_now(&self) -> i64 {
        self.business_now_ms().div_euclid(1000)
    }

    /// Business time, Unix milliseconds.
    #[must_use]
    pub fn business_now_ms(&self) -> i64 {
        business(self.setting().business)
    }

    /// Signature time, Unix seconds.
    #[must_use]
    pub fn signature_now(&self) -> i64 {
        let setting = self.setting();
        let now = if setting.signatures { business(setting.business) } else { real_ms() };
        now.div_euclid(1000)
    }

    /// How the clock is set now.
    #[must_use]
    pub fn setting(&self) -> Setting {
        *self.setting.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the clock and wakes everybody who waits for a change.
    pub fn set(&self, setting: Setting) {
        *self.setting.write().unwrap_or_else(PoisonError::into_inner) = setting;
        self.changes.send_modify(|count| *count += 1);
    }

    /// How much real time passes until business time reaches this Unix millisecond; zero when it has, and `None`
    /// when business time stands still before it.
    #[must_use]
    pub fn real_time_until(&self, business_ms: i64) -> Option<Duration> {
        let setting = self.setting().business;
        let missing = business_ms.saturating_sub(business(setting));
        match u64::try_from(missing) {
            Err(_) | Ok(0) => Some(Duration::ZERO),
            Ok(_) if matches!(setting, Business::Frozen(_)) => None,
            Ok(missing) => Some(Duration::from_millis(missing)),
        }
    }

    /// Tells of every time that the clock is set from now on. Make it before reading the time that the wait is
    /// computed from: then no change is missed.
    #[must_use]
    pub fn changes(&self) -> Changes {
        Changes { changes: self.changes.subscribe() }
    }
}

/// Tells when the clock was set; see [`Clock::changes`].
#[derive(Debug)]
pub struct Changes {
    changes: watch::Receiver<u64>,
}

impl Changes {
    /// Returns when the clock was set since the last call (or since this value was made). Never returns once
    /// every [`Clock`] is gone.
    pub async fn changed(&mut self) {
        if self.changes.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// The clocks of the service: its own, and those of accounts that have one for themselves. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Clocks {
    own: Clock,
    others: Arc<RwLock<HashMap<String, (i64, Clock)>>>,
}

impl Clocks {
    /// The number of the service's own clock in the store.
    pub(crate) const OWN: i64 = 0;

    pub(crate) fn new(own: Clock) -> Self {
        Self { own, others: Arc::default() }
    }

    /// The service's own clock.
    pub(crate) fn own(&self) -> &Clock {
        &self.own
    }

    /// The clock of this account.
    pub(crate) fn of(&self, account: &str) -> Clock {
        let others = self.others.read().unwrap_or_else(PoisonError::into_inner);
        others.get(account).map_or_else(|| self.own.clone(), |(_, clock)| clock.clone())
    }

    /// Every clock with its number.
    pub(crate) fn all(&self) -> Vec<(i64, Clock)> {
        let others = self.others.read().unwrap_or_else(PoisonError::into_inner);
        std::iter::once((Self::OWN, self.own.clone())).chain(others.values().cloned()).collect()
    }

    /// The clock with this number; the service's own when there is none.
    pub(crate) fn numbered(&self, number: i64) -> Clock {
        self.all()
            .into_iter()
            .find(|(other, _)| *other == number)
            .map_or_else(|| self.own.clone(), |(_, clock)| clock)
    }

    /// Gives the account a clock of its own, which stands as the service's does.
    pub(crate) fn add(&self, account: &str, number: i64) {
        let clock = self.own.sibling();
        self.others
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(account.to_owned(), (number, clock));
        self.ring();
    }

    pub(crate) fn remove(&self, account: &str) {
        self.others.write().unwrap_or_else(PoisonError::into_inner).remove(account);
    }

    /// Wakes whoever waits for a time of one of the clocks.
    fn ring(&self) {
        self.own.changes.send_modify(|count| *count += 1);
    }
}

/// Sleeps so long; without a time, for ever.
pub(crate) async fn sleep(wait: Option<Duration>) {
    match wait {
        Some(wait) => tokio::time::sleep(wait).await,
        None => std::future::pending().await,
    }
}

fn business(business: Business) -> i64 {
    match business {
        Business::Offset(offset) => real_ms().saturating_add(offset),
        Business::Frozen(at) => at,
    }
}

fn real_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    #[test]
    fn an_offset_moves_business_time_only() {
        let clock = Clock::new(Setting { business: Business::Offset(24 * HOUR), signatures: false });
        let ahead = clock.business_now() - clock.signature_now();
        assert!((86_399..=86_401).contains(&ahead), "{ahead}");
    }

    #[test]
    fn signatures_follow_when_asked() {
        let clock = Clock::frozen(1_795_575_600);
        assert_eq!((clock.business_now(), clock.signature_now()), (1_795_575_600, 1_795_575_600));
        clock.set(Setting { business: Business::Frozen(1_000_999), signatures: false });
        assert_eq!((clock.business_now(), clock.business_now_ms()), (1000, 1_000_999));
        assert!(clock.signature_now() > 1_700_000_000);
    }

    #[test]
    fn the_wait_is_known_only_while_time_moves() {
        let clock = Clock::frozen(100);
        assert_eq!(clock.real_time_until(99_000), Some(Duration::ZERO));
        assert_eq!(clock.real_time_until(100_000), Some(Duration::ZERO));
        assert_eq!(clock.real_time_until(100_001), None);
        clock.set(Setting::REAL);
        let wait = clock.real_time_until(clock.business_now_ms() + HOUR).unwrap();
        assert!(wait > Duration::from_secs(3590) && wait <= Duration::from_secs(3600), "{wait:?}");
    }

    #[tokio::test]
    async fn an_account_may_have_a_clock_of_its_own() {
        let clocks = Clocks::new(Clock::frozen(100));
        let mut changes = clocks.own().changes();
        clocks.add("run", 7);
        changes.changed().await;
        clocks.of("run").set(Setting { business: Business::Frozen(200_000), signatures: false });
        changes.changed().await;
        let now = |clock: Clock| clock.business_now();
        assert_eq!((now(clocks.of("run")), now(clocks.of("dev")), now(clocks.numbered(7))), (200, 100, 200));
        assert_eq!(clocks.all().len(), 2);
        clocks.remove("run");
        assert_eq!(now(clocks.of("run")), 100);
    }

    #[tokio::test]
    async fn a_change_between_watching_and_waiting_is_not_missed() {
        let clock = Clock::default();
        let mut changes = clock.changes();
        clock.clone().set(Setting { business: Business::Offset(1), signatures: false });
        changes.changed().await;
    }
}
