//! Knows when the process is a fork of the one that made something.
//!
//! What a runtime holds is shared with the parent (its epoll set, its sockets), and its threads are not there in the child.
//! So whatever was made in another generation must be neither used nor dropped.

use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};

static GENERATION: AtomicU64 = AtomicU64::new(0);
static WATCH: Once = Once::new();

/// The number of the present generation: it changes in a forked child.
pub(crate) fn generation() -> u64 {
    // A `Once` that another thread held at the fork would hang the child; after the first call nobody holds it any more.
    WATCH.call_once(watch);
    GENERATION.load(Ordering::Relaxed)
}

#[cfg(unix)]
#[allow(unsafe_code)]
fn watch() {
    extern "C" fn in_child() {
        GENERATION.fetch_add(1, Ordering::Relaxed);
    }
    // SAFETY: the handler only adds to an atomic number, which is allowed in a forked child. If there is no memory to
    // register it, forks go unnoticed, as without it.
    unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
}

#[cfg(not(unix))]
fn watch() {}
