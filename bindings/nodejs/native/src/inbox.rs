//! What has come for the event loop of one thread of Node's.

use std::cell::Cell;
use std::sync::{Arc, Mutex, PoisonError};

use napi::bindgen_prelude::{Either, FnArgs, Function};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Result, Status};
use napi_derive::napi;
use tcsms_bridge::Outcome;

use crate::integers;

/// Tag, status and text of each outcome, one behind the other.
type Batch = Vec<Either<f64, String>>;
type Told = FnArgs<(Batch,)>;
type Bell = ThreadsafeFunction<(), (), Told, Status, false, true>;

/// The outcomes that one thread of Node's has yet to take. Those that come while it is busy arrive together, so that many
/// calls at once wake it seldom.
#[napi]
pub struct Inbox {
    waiting: Arc<Waiting>,
    bell: Arc<Bell>,
    /// How many outcomes are still to come. While there are some, the event loop goes on.
    expected: Cell<u32>,
}

#[derive(Default)]
struct Waiting(Mutex<Vec<(f64, i32, String)>>);

impl Waiting {
    fn take(&self) -> Batch {
        let taken = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let mut batch = Vec::with_capacity(taken.len() * 3);
        for (tag, status, text) in taken {
            batch.extend([Either::A(tag), Either::A(f64::from(status)), Either::B(text)]);
        }
        batch
    }
}

/// Puts outcomes into an inbox, from any thread.
#[derive(Clone)]
pub(crate) struct Slot {
    waiting: Arc<Waiting>,
    bell: Arc<Bell>,
    tag: f64,
}

impl Slot {
    /// Large integers come marked, see [`integers::marked`].
    pub(crate) fn put(&self, Outcome { status, bytes }: Outcome) {
        let text = String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        let text = integers::marked(&text).unwrap_or(text);
        let is_first = {
            let mut waiting = self.waiting.0.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.push((self.tag, status, text));
            waiting.len() == 1
        };
        if is_first {
            // Closing: the thread has ended, and nobody waits any more.
            let _ = self.bell.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }
}

#[napi]
impl Inbox {
    /// `taken` gets a list with tag, status and text of each outcome, one behind the other.
    #[napi(constructor, catch_unwind)]
    pub fn new(taken: Function<'_, Told, ()>) -> Result<Self> {
        let waiting = Arc::<Waiting>::default();
        let source = Arc::clone(&waiting);
        let bell = taken
            .build_threadsafe_function::<()>()
            .weak::<true>()
            .build_callback(move |_| Ok(FnArgs::from((source.take(),))))?;
        Ok(Self { waiting, bell: Arc::new(bell), expected: Cell::new(0) })
    }

    /// Says that so many of the outcomes that were expected have come.
    #[napi(catch_unwind)]
    pub fn came(&self, env: Env, count: u32) -> Result<()> {
        let left = self.expected.get().saturating_sub(count);
        self.expected.set(left);
        if left == 0 { self.hold(env, false) } else { Ok(()) }
    }
}

impl Inbox {
    /// Where the outcomes of one tag go; one is expected from now on.
    pub(crate) fn expect(&self, env: Env, tag: f64) -> Result<Slot> {
        self.expect_more(env)?;
        Ok(Slot { waiting: Arc::clone(&self.waiting), bell: Arc::clone(&self.bell), tag })
    }

    /// One more outcome is expected from now on.
    pub(crate) fn expect_more(&self, env: Env) -> Result<()> {
        if self.expected.replace(self.expected.get() + 1) == 0 { self.hold(env, true) } else { Ok(()) }
    }

    /// Whether the event loop goes on because of this inbox.
    #[allow(unsafe_code)]
    fn hold(&self, env: Env, hold: bool) -> Result<()> {
        let bell = &self.bell;
        if bell.aborted() {
            return Ok(());
        }
        // SAFETY: the function is alive while `bell` is, and this is the thread of `env`.
        let status = unsafe {
            if hold {
                napi::sys::napi_ref_threadsafe_function(env.raw(), bell.raw())
            } else {
                napi::sys::napi_unref_threadsafe_function(env.raw(), bell.raw())
            }
        };
        match status {
            napi::sys::Status::napi_ok => Ok(()),
            other => Err(napi::Error::new(Status::from(other), "the event loop cannot be held")),
        }
    }
}
