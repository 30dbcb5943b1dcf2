//! The one thread that carries calls whose callers do not wait.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tcsms::{Delivery, ErrorKind};
use tokio::runtime::{Builder, Handle};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::failure::Failure;
use crate::fork::generation;

/// A thread with its runtime.
pub(crate) struct Background {
    generation: u64,
    handle: Handle,
    /// Told when everything has to end.
    pub(crate) stop: CancellationToken,
    /// The calls that have an outcome to deliver.
    calls: TaskTracker,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// The present one, or null before the first call. What was published is never freed, so that a call may hold it; there
/// is one in a process, and one more in each forked child.
static PRESENT: AtomicPtr<Background> = AtomicPtr::new(std::ptr::null_mut());
static IS_SHUT_DOWN: AtomicBool = AtomicBool::new(false);
/// How often the end of the thread is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// Fails once the library was shut down.
pub(crate) fn check_open() -> Result<(), Failure> {
    if IS_SHUT_DOWN.load(Ordering::Acquire) { Err(Failure::shut_down(Delivery::NotSent)) } else { Ok(()) }
}

#[allow(unsafe_code)]
fn published(pointer: *mut Background) -> Option<&'static Background> {
    // SAFETY: null, or a box that was leaked.
    unsafe { pointer.as_ref() }
}

/// The thread for these calls; the first one starts it.
pub(crate) fn present() -> Result<&'static Background, Failure> {
    check_open()?;
    let generation = generation();
    loop {
        let pointer = PRESENT.load(Ordering::Acquire);
        if let Some(found) = published(pointer).filter(|found| found.generation == generation) {
            return Ok(found);
        }
        let started = Background::start(generation).map_err(|error| {
            let message = format!("the thread for calls that nobody waits for cannot be started: {error}");
            Failure::bad_argument(ErrorKind::Config, &message)
        })?;
        let new = Box::leak(Box::new(started));
        match PRESENT.compare_exchange(pointer, new, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => return Ok(new),
            // Another thread was faster, and its runtime counts; this one ends.
            Err(_) => new.stop.cancel(),
        }
    }
}

impl Background {
    fn start(generation: u64) -> io::Result<Self> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(4)
            .thread_keep_alive(Duration::from_secs(1))
            .thread_name("tcsms-resolver")
            .build()?;
        let (stop, calls) = (CancellationToken::new(), TaskTracker::new());
        let handle = runtime.handle().clone();
        let (stopped, open_calls) = (stop.clone(), calls.clone());
        let thread = std::thread::Builder::new().name("tcsms".to_owned()).spawn(move || {
            runtime.block_on(async {
                stopped.cancelled().await;
                open_calls.close();
                open_calls.wait().await;
            });
            runtime.shutdown_background();
        })?;
        Ok(Self { generation, handle, stop, calls, thread: Mutex::new(Some(thread)) })
    }

    /// Has the thread do this.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.calls.spawn_on(work, &self.handle);
    }
}

/// Ends the thread: calls under way end at once, with an outcome that says so, and every later call is refused. Waits at
/// most this long for the thread to end; false when it has not.
///
/// For hosts that cannot end while a thread lives that has called them, and before the library is unloaded.
pub fn shut_down(wait: Duration) -> bool {
    IS_SHUT_DOWN.store(true, Ordering::Release);
    let pointer = PRESENT.load(Ordering::Acquire);
    let Some(present) = published(pointer).filter(|found| found.generation == generation()) else {
        return true;
    };
    present.stop.cancel();
    let Some(thread) = present.thread.lock().unwrap_or_else(PoisonError::into_inner).take() else {
        return true;
    };
    // A callback that shuts the library down runs on the thread itself, which cannot wait for its own end.
    let is_itself = thread.thread().id() == std::thread::current().id();
    let until = Instant::now() + wait;
    while !thread.is_finished() {
        if is_itself || Instant::now() >= until {
            return false;
        }
        std::thread::sleep(LOOK_EVERY);
    }
    thread.join().is_ok()
}
