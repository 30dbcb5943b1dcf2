//! The service's two times, both settable, so that a test can move or stop them.
//!
//! *Business time* decides limits, reviews, delivery and statistics. *Signature time* decides whether a request's
//! timestamp is fresh; it stays real unless a test says otherwise, so that clients with a right clock go on working
//! while business time is moved.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

/// The service's clock. Clones share one setting.
#[derive(Clone, Debug)]
pub struct Clock {
    setting: Arc<watch::Sender<Setting>>,
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
        Self { setting: Arc::new(watch::Sender::new(setting)) }
    }

    /// A clock on which both times stand still at this Unix second.
    #[must_use]
    pub fn frozen(at: i64) -> Self {
        Self::new(Setting { business: Business::Frozen(at.saturating_mul(1000)), signatures: true })
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
        *self.setting.borrow()
    }

    /// Sets the clock and wakes everybody who waits for a change.
    pub fn set(&self, setting: Setting) {
        self.setting.send_replace(setting);
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
        Changes { setting: self.setting.subscribe() }
    }
}

/// Tells when the clock was set; see [`Clock::changes`].
#[derive(Debug)]
pub struct Changes {
    setting: watch::Receiver<Setting>,
}

impl Changes {
    /// Returns when the clock was set since the last call (or since this value was made). Never returns once
    /// every [`Clock`] is gone.
    pub async fn changed(&mut self) {
        if self.setting.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
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
    async fn a_change_between_watching_and_waiting_is_not_missed() {
        let clock = Clock::default();
        let mut changes = clock.changes();
        clock.clone().set(Setting { business: Business::Offset(1), signatures: false });
        changes.changed().await;
    }
}
