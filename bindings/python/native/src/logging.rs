//! The core's log lines on their way to Python's `logging`.

use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;

/// How many lines wait for Python at most; the oldest go first.
const MOST: usize = 10_000;

/// Lines of the background thread. It must never wait for Python's lock, so Python takes them when it comes by.
static WAITING: Mutex<VecDeque<(i32, String)>> = Mutex::new(VecDeque::new());

thread_local! {
    /// Whether this thread is Python's, in a call that gave back the lock.
    static IN_CALL: Cell<bool> = const { Cell::new(false) };
}

/// Runs a call that has given back Python's lock; lines that it writes go to Python at once.
pub(crate) fn in_call<T>(work: impl FnOnce() -> T) -> T {
    IN_CALL.set(true);
    let done = work();
    IN_CALL.set(false);
    done
}

/// Has every line up to this level (1 errors … 5 everything, 0 none) told to `sink(level, text)`, or be kept for
/// `take_log` when it comes from the background thread.
#[pyfunction]
pub(crate) fn set_log(py: Python<'_>, sink: Py<PyAny>, level: i32) {
    let sink = Arc::new(sink);
    let tell = move |level: i32, text: &str| {
        if IN_CALL.get() {
            IN_CALL.set(false);
            Python::attach(|py| {
                if let Err(error) = sink.call1(py, (level, text)) {
                    error.write_unraisable(py, None);
                }
            });
            IN_CALL.set(true);
        } else {
            let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
            if waiting.len() == MOST {
                waiting.pop_front();
            }
            waiting.push_back((level, text.to_owned()));
        }
    };
    py.detach(|| tcsms_bridge::set_log(Some(Box::new(tell)), level));
}

/// The lines that the background thread has left: level and text.
#[pyfunction]
pub(crate) fn take_log() -> Vec<(i32, String)> {
    WAITING.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect()
}
