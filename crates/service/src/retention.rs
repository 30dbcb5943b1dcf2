//! Letting go of old messages in small steps, so that no call waits long behind them.

use std::pin::pin;
use std::time::Duration;

use tcsms_store::{Store, StoreError};

use crate::clock::{Clocks, Setting};
use crate::config::Retention;

/// How often it is looked whether something is too old.
const EVERY: Duration = Duration::from_secs(60);
/// So many messages go in one transaction.
const STEP: usize = 500;
/// The pause between two steps, in which others write.
const PAUSE: Duration = Duration::from_millis(20);

/// Removes what is too old or too much, until `stop` resolves or the store is closed.
pub(crate) async fn run(store: Store, clocks: Clocks, keep: Retention, stop: impl Future<Output = ()>) {
    let mut stop = pin!(stop);
    loop {
        // A clock that a test has moved makes nothing old.
        let clock = clocks.own();
        let now = (clock.setting() == Setting::REAL).then(|| clock.business_now());
        let pause = match store.trim(wanted(keep, now), STEP).await {
            Ok(removed) if removed == STEP => PAUSE,
            Ok(_) => EVERY,
            Err(StoreError::Closed) => return,
            Err(error) => {
                tracing::error!(%error, "old messages could not be removed");
                EVERY
            }
        };
        tokio::select! {
            biased;
            () = &mut stop => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

fn wanted(keep: Retention, now: Option<i64>) -> tcsms_store::Retention {
    let age = i64::try_from(keep.age.as_secs()).unwrap_or(i64::MAX);
    tcsms_store::Retention {
        before: now.filter(|_| age > 0).map(|now| now.saturating_sub(age)),
        keep: (keep.messages > 0).then_some(keep.messages),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_keeps_everything() {
        let keep =
            |seconds, messages| wanted(Retention { age: Duration::from_secs(seconds), messages }, Some(1000));
        assert_eq!(keep(0, 0), tcsms_store::Retention { before: None, keep: None });
        assert_eq!(keep(300, 7), tcsms_store::Retention { before: Some(700), keep: Some(7) });
    }
}
