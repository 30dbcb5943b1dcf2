//! Numbers for what Java holds.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{OnceLock, PoisonError, RwLock};

/// What was given out, by its number. A number is never used twice, so an old one finds nothing.
pub(crate) struct Handles<T> {
    last: AtomicI64,
    held: OnceLock<RwLock<HashMap<i64, T>>>,
}

impl<T: Clone> Handles<T> {
    pub(crate) const fn new() -> Self {
        Self { last: AtomicI64::new(0), held: OnceLock::new() }
    }

    fn held(&self) -> &RwLock<HashMap<i64, T>> {
        self.held.get_or_init(RwLock::default)
    }

    /// A number for it, never 0.
    pub(crate) fn add(&self, what: T) -> i64 {
        let handle = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        self.held().write().unwrap_or_else(PoisonError::into_inner).insert(handle, what);
        handle
    }

    pub(crate) fn get(&self, handle: i64) -> Option<T> {
        self.held().read().unwrap_or_else(PoisonError::into_inner).get(&handle).cloned()
    }

    /// Forgets it. Who is using it keeps it as long.
    pub(crate) fn remove(&self, handle: i64) {
        let removed = self.held().write().unwrap_or_else(PoisonError::into_inner).remove(&handle);
        // Its connections are closed after the lock is given back.
        drop(removed);
    }
}
