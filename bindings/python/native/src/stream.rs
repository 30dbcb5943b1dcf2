//! Server-sent events on their way to Python.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tcsms_bridge::Next;

use crate::decode;
use crate::failure::{failed, guarded};
use crate::logging::in_call;

/// How long one wait lasts before signals, and closing by another thread, are looked at.
const GLANCE: Duration = Duration::from_millis(50);

/// Events under way.
#[pyclass(frozen, module = "tencentcloud.common._native")]
pub(crate) struct Stream {
    events: Mutex<Option<tcsms_bridge::Stream>>,
    closed: AtomicBool,
}

impl Stream {
    pub(crate) fn of(events: tcsms_bridge::Stream) -> Self {
        Self { events: Mutex::new(Some(events)), closed: AtomicBool::new(false) }
    }
}

#[pymethods]
impl Stream {
    /// The next event as a dictionary, or None at the end. Waits as long as it takes, and gives back Python's lock.
    fn next(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        guarded(|| {
            loop {
                let next = py.detach(|| {
                    let Ok(mut events) = self.events.try_lock() else { return None };
                    if self.closed.load(Ordering::Acquire) {
                        *events = None;
                    }
                    let next = match events.as_mut() {
                        Some(events) => in_call(|| events.next(Some(GLANCE))),
                        None => Next::End,
                    };
                    if matches!(next, Next::End | Next::Failed(_)) {
                        *events = None;
                    }
                    Some(next)
                });
                match next {
                    None => {
                        return Err(PyRuntimeError::new_err(
                            "another thread is already waiting for the next event",
                        ));
                    }
                    Some(Next::Nothing) => py.check_signals()?,
                    Some(Next::Event(event)) => return decode::whole(py, &event, None).map(Some),
                    Some(Next::End) => return Ok(None),
                    Some(Next::Failed(failure)) => return Err(failed(py, failure.status, &failure.bytes)),
                }
            }
        })
    }

    /// Closes the connection; whoever waits for an event gets the end.
    fn close(&self, py: Python<'_>) {
        self.closed.store(true, Ordering::Release);
        py.detach(|| {
            if let Ok(mut events) = self.events.try_lock() {
                *events = None;
            }
        });
    }
}
