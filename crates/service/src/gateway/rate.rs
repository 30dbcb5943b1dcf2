//! The published rate of each action: so many calls a second for one key in one region.
//!
//! Documented: the server's time of arrival counts, and of each second the first N calls pass. A second begins with
//! the first call after the last second has ended (our choice), on the machine's own clock, which no test moves.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tcsms_api::ActionInfo;
use tokio::time::Instant;

/// Windows kept before the ended ones are dropped; a guard against callers that invent regions.
const WINDOWS_MAX: usize = 10_000;

const WINDOW: Duration = Duration::from_secs(1);

/// Counts calls; one for the whole service.
#[derive(Default)]
pub(crate) struct Rates {
    /// By hash of action, key and region: nothing is allocated for a call, and two that met in one window would only
    /// share it.
    windows: Mutex<HashMap<u64, Window>>,
}

struct Window {
    began: Instant,
    calls: u32,
}

impl Rates {
    /// Counts a call that arrives now. False: it is one more than the action allows in a second.
    pub(crate) fn admit(&self, action: &'static ActionInfo, secret_id: &str, region: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        (action.version, action.name, secret_id, region).hash(&mut hasher);
        let now = Instant::now();
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= WINDOWS_MAX {
            windows.retain(|_, window| now - window.began < WINDOW);
        }
        let window = windows.entry(hasher.finish()).or_insert(Window { began: now, calls: 0 });
        if now - window.began >= WINDOW {
            *window = Window { began: now, calls: 0 };
        }
        let admitted = window.calls < action.rate_per_second;
        window.calls += u32::from(admitted);
        admitted
    }
}

#[cfg(test)]
mod tests {
    use tcsms_api::{Version, find_action};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn n_calls_pass_in_each_second() {
        let rates = Rates::default();
        let action = find_action(Version::V20210111, "AddSmsTemplate").unwrap();
        assert_eq!(action.rate_per_second, 2);
        let call = |key: &str, region: &str| rates.admit(action, key, region);
        assert!(call("a", "r"));
        tokio::time::advance(Duration::from_millis(999)).await;
        assert!(call("a", "r"));
        assert!(!call("a", "r"));
        assert!(call("b", "r"), "another key");
        assert!(call("a", "s"), "another region");
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(call("a", "r"));
        assert!(call("a", "r"));
        assert!(!call("a", "r"));
    }

    #[tokio::test(start_paused = true)]
    async fn invented_regions_do_not_fill_the_memory() {
        let rates = Rates::default();
        let action = find_action(Version::V20210111, "SendSms").unwrap();
        for region in 0..2 * WINDOWS_MAX {
            if region == WINDOWS_MAX {
                tokio::time::advance(WINDOW).await;
            }
            assert!(rates.admit(action, "a", &region.to_string()));
        }
        assert!(rates.windows.lock().unwrap().len() <= WINDOWS_MAX);
    }
}
