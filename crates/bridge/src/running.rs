//! The calls under way that can be broken off, by their ids.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

/// The calls of one client.
#[derive(Clone, Default)]
pub(crate) struct Running(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// By id and turn: several calls may have one id, and each leaves the list on its own.
    calls: Mutex<BTreeMap<(u64, u64), CancellationToken>>,
    turn: AtomicU64,
}

/// A call's place in the list, which it leaves when this is dropped.
pub(crate) struct Entry {
    running: Running,
    pub(crate) id: u64,
    turn: u64,
    pub(crate) cancelled: CancellationToken,
}

/// Ids given out by this library; those that callers choose for calls they wait for are smaller.
const OWN: u64 = 1 << 63;

impl Running {
    /// Enters a call under the id that its caller gave it, or under a new one.
    pub(crate) fn enter(&self, id: Option<u64>) -> Entry {
        let turn = self.0.turn.fetch_add(1, Ordering::Relaxed);
        let id = id.unwrap_or(OWN | turn);
        let cancelled = CancellationToken::new();
        self.calls().insert((id, turn), cancelled.clone());
        Entry { running: self.clone(), id, turn, cancelled }
    }

    /// Tells the calls of an id to end; false when there is none.
    pub(crate) fn cancel(&self, id: u64) -> bool {
        let found: Vec<_> =
            self.calls().range((id, 0)..=(id, u64::MAX)).map(|(_, call)| call.clone()).collect();
        // Outside the lock: it wakes who waits.
        found.iter().for_each(CancellationToken::cancel);
        !found.is_empty()
    }

    fn calls(&self) -> std::sync::MutexGuard<'_, BTreeMap<(u64, u64), CancellationToken>> {
        self.0.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let left = self.running.calls().remove(&(self.id, self.turn));
        drop(left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_of_one_id_end_together_and_leave_one_by_one() {
        let running = Running::default();
        let [first, second, other] = [Some(7), Some(7), Some(8)].map(|id| running.enter(id));
        drop(first);
        assert!(running.cancel(7));
        assert!(second.cancelled.is_cancelled() && !other.cancelled.is_cancelled());
        drop(second);
        assert!(!running.cancel(7));
        assert!(running.cancel(8));
    }

    #[test]
    fn new_ids_differ_and_are_none_a_caller_chooses() {
        let running = Running::default();
        let [one, two] = [None, None].map(|id| running.enter(id));
        assert!(one.id != two.id && one.id >= OWN && two.id >= OWN);
    }
}
