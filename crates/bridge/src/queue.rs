//! Outcomes that wait to be fetched, for hosts that cannot be called from another thread.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::client::{Client, Outcome};
use crate::failure::Failure;

/// Collects the outcomes of calls. Cheap to clone; calls under way keep it.
#[derive(Clone)]
pub struct Queue(Arc<Inner>);

struct Inner {
    ready: Mutex<VecDeque<Ready>>,
    came: Condvar,
    /// Readable while something waits.
    signal: Signal,
}

/// The outcome of a call, with the number it was submitted under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready {
    /// Chosen by the host.
    pub tag: u64,
    /// What came of the call.
    pub outcome: Outcome,
}

impl Queue {
    /// An empty queue.
    ///
    /// # Errors
    ///
    /// When the operating system has no descriptor left for it.
    pub fn new() -> io::Result<Self> {
        let signal = Signal::new()?;
        Ok(Self(Arc::new(Inner { ready: Mutex::default(), came: Condvar::new(), signal })))
    }

    /// Has `client` make a call, whose outcome comes here under `tag`, see [`Client::submit`].
    ///
    /// # Errors
    ///
    /// As [`Client::submit`].
    pub fn submit(
        &self,
        client: &Client,
        tag: u64,
        meta: &[u8],
        body: &[u8],
        timeout_ms: u32,
    ) -> Result<u64, Failure> {
        let queue = self.clone();
        client.submit(meta, body, timeout_ms, move |outcome| queue.put(Ready { tag, outcome }))
    }

    fn put(&self, ready: Ready) {
        let mut waiting = self.ready();
        waiting.push_back(ready);
        if waiting.len() == 1 {
            self.0.signal.raise();
        }
        drop(waiting);
        self.0.came.notify_one();
    }

    /// The outcome that came first, waited for at most this long.
    pub fn next(&self, wait: Duration) -> Option<Ready> {
        let until = Instant::now().checked_add(wait);
        let mut waiting = self.ready();
        loop {
            if let Some(ready) = waiting.pop_front() {
                if waiting.is_empty() {
                    self.0.signal.lower();
                }
                return Some(ready);
            }
            let left = until.map_or(Duration::MAX, |until| until.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return None;
            }
            (waiting, _) = self.0.came.wait_timeout(waiting, left).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// A descriptor that is readable while an outcome waits, for `select` and its like; -1 where there is none. It is the
    /// queue's: it must be neither read nor closed.
    pub fn descriptor(&self) -> i32 {
        self.0.signal.descriptor()
    }

    fn ready(&self) -> MutexGuard<'_, VecDeque<Ready>> {
        self.0.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(target_os = "linux")]
struct Signal(std::os::fd::OwnedFd);

#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
impl Signal {
    fn new() -> io::Result<Self> {
        use std::os::fd::FromRawFd;
        // SAFETY: a plain system call.
        let fd = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: it was opened just above, and nobody else has it.
        Ok(Self(unsafe { std::os::fd::OwnedFd::from_raw_fd(fd) }))
    }

    fn raise(&self) {
        let one = 1u64.to_ne_bytes();
        // SAFETY: eight bytes of our own. It cannot fail: the count is at most one.
        unsafe { libc::write(self.descriptor(), one.as_ptr().cast(), one.len()) };
    }

    fn lower(&self) {
        let mut count = [0u8; 8];
        // SAFETY: as above; where the count is 0 already it says so without waiting.
        unsafe { libc::read(self.descriptor(), count.as_mut_ptr().cast(), count.len()) };
    }

    fn descriptor(&self) -> i32 {
        use std::os::fd::AsRawFd;
        self.0.as_raw_fd()
    }
}

#[cfg(not(target_os = "linux"))]
struct Signal;

#[cfg(not(target_os = "linux"))]
impl Signal {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    fn raise(&self) {}

    fn lower(&self) {}

    fn descriptor(&self) -> i32 {
        -1
    }
}
