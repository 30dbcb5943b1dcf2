//! The calls under way that can be broken off, by their ids.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

/// The calls of one client.
#[derive(Clone, Default)]
pub(crate) struct Running(Arc<Inner>);

#[derive(Default)]
struct Inner {
    calls: Mutex<HashMap<u64, CancellationToken>>,
    last: AtomicU64,
}

/// A call's place in the list, which it leaves when this is dropped.
pub(crate) struct Entry {
    running: Running,
    pub(crate) id: u64,
    pub(crate) cancelled: CancellationToken,
}

/// Ids given out by this library; those that callers choose for calls they wait for are smaller.
const OWN: u64 = 1 << 63;

impl Running {
    /// Enters a call under an id of its caller's.
    pub(crate) fn enter(&self, id: u64) -> Entry {
        let cancelled = CancellationToken::new();
        self.calls().insert(id, cancelled.clone());
        Entry { running: self.clone(), id, cancelled }
    }

    /// Enters a call under a new id.
    pub(crate) fn enter_new(&self) -> Entry {
        self.enter(OWN | self.0.last.fetch_add(1, Ordering::Relaxed))
    }

    /// Tells a call to end; false when there is none of this id.
    pub(crate) fn cancel(&self, id: u64) -> bool {
        let found = self.calls().get(&id).cloned();
        found.is_some_and(|call| {
            // Outside the lock: it wakes who waits.
            call.cancel();
            true
        })
    }

    fn calls(&self) -> std::sync::MutexGuard<'_, HashMap<u64, CancellationToken>> {
        self.0.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let left = self.running.calls().remove(&self.id);
        drop(left);
    }
}
