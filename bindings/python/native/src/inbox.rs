//! Outcomes of calls that an event loop waits for.

use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use tcsms_bridge::Outcome;

/// What one event loop has yet to take. Calls put their outcomes in from the background thread, which never needs
/// Python's lock for that; the loop watches the descriptor, which is readable while something waits.
#[pyclass(frozen, module = "tencentcloud.common._native")]
pub(crate) struct Inbox(Arc<Inner>);

pub(crate) struct Inner {
    waiting: Mutex<Vec<(u64, Outcome)>>,
    read: UnixStream,
    write: UnixStream,
}

impl Inner {
    pub(crate) fn put(&self, tag: u64, outcome: Outcome) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.push((tag, outcome));
        if waiting.len() == 1 {
            // One byte at a time is in the pipe, so it is never full.
            let _ = (&self.write).write(&[1]);
        }
    }
}

impl Inbox {
    pub(crate) fn inner(&self) -> Arc<Inner> {
        Arc::clone(&self.0)
    }
}

#[pymethods]
impl Inbox {
    #[new]
    fn new() -> PyResult<Self> {
        let pair = UnixStream::pair().and_then(|(read, write)| {
            read.set_nonblocking(true)?;
            write.set_nonblocking(true)?;
            Ok((read, write))
        });
        let (read, write) = pair.map_err(|error| PyOSError::new_err(error.to_string()))?;
        Ok(Self(Arc::new(Inner { waiting: Mutex::new(Vec::new()), read, write })))
    }

    /// The descriptor to watch.
    fn fileno(&self) -> i32 {
        self.0.read.as_raw_fd()
    }

    /// All that has come: a list of tag, status, and the bytes of the answer or error.
    fn take<'py>(&self, py: Python<'py>) -> Vec<(u64, i32, Bound<'py, PyBytes>)> {
        let taken = {
            let mut waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = (&self.0.read).read(&mut [0; 8]);
            std::mem::take(&mut *waiting)
        };
        let told =
            taken.into_iter().map(|(tag, Outcome { status, bytes })| (tag, status, PyBytes::new(py, &bytes)));
        told.collect()
    }
}
