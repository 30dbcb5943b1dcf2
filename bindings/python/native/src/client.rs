//! A client of the core, and the calls it makes.

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use tcsms_bridge::{Outcome, Streamed};

use crate::decode::{self, Shape};
use crate::encode;
use crate::failure::{failed, guarded};
use crate::inbox::Inbox;
use crate::logging::in_call;
use crate::stream::Stream;

/// A client of the core. Its calls may be made by many threads at once.
#[pyclass(frozen, module = "tencentcloud.common._native")]
pub(crate) struct Client(tcsms_bridge::Client);

/// The body of a call: bytes as they are, everything else as JSON.
fn body(value: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    match value.cast::<PyBytes>() {
        Ok(bytes) => Ok(bytes.as_bytes().to_vec()),
        Err(_) => encode::text(value),
    }
}

#[pymethods]
impl Client {
    /// A client with settings in JSON.
    #[new]
    fn new(py: Python<'_>, settings: &[u8]) -> PyResult<Self> {
        guarded(|| match py.detach(|| in_call(|| tcsms_bridge::Client::new(settings))) {
            Ok(client) => Ok(Self(client)),
            Err(failure) => Err(failed(py, failure.status, &failure.bytes)),
        })
    }

    /// Makes a call on this thread. Gives the answer's bytes, or with `decoded` its value, of the class of `shape` when
    /// one is given. Signals are looked at while it waits; a handler that raises ends the call.
    #[pyo3(signature = (meta, parameters, timeout_ms = 0, decoded = false, shape = None))]
    fn call(
        &self,
        py: Python<'_>,
        meta: &[u8],
        parameters: &Bound<'_, PyAny>,
        timeout_ms: u32,
        decoded: bool,
        shape: Option<&Bound<'_, Shape>>,
    ) -> PyResult<Py<PyAny>> {
        guarded(|| {
            let body = body(parameters)?;
            let mut raised = None;
            let Outcome { status, bytes } = py.detach(|| {
                in_call(|| {
                    self.0.call_watched(meta, &body, timeout_ms, &mut || {
                        raised = Python::attach(|py| py.check_signals()).err();
                        raised.is_some()
                    })
                })
            });
            if let Some(raised) = raised {
                return Err(raised);
            }
            match (status, decoded) {
                (0, true) => decode::whole(py, &bytes, shape.map(Bound::get)),
                (0, false) => Ok(PyBytes::new(py, &bytes).into_any().unbind()),
                _ => Err(failed(py, status, &bytes)),
            }
        })
    }

    /// Has a call made in the background; its outcome comes into `inbox` under `tag`. Gives the id for `cancel`.
    fn submit(
        &self,
        py: Python<'_>,
        meta: &[u8],
        parameters: &Bound<'_, PyAny>,
        timeout_ms: u32,
        inbox: &Inbox,
        tag: u64,
    ) -> PyResult<u64> {
        guarded(|| {
            let (body, inbox) = (body(parameters)?, inbox.inner());
            let begun =
                py.detach(|| self.0.submit(meta, &body, timeout_ms, move |outcome| inbox.put(tag, outcome)));
            begun.map_err(|failure| failed(py, failure.status, &failure.bytes))
        })
    }

    /// Tells a call to end. False when it is over already.
    fn cancel(&self, py: Python<'_>, id: u64) -> bool {
        py.detach(|| self.0.cancel(id))
    }

    /// The credential that a call would be signed with now, fetched when that is due: a dictionary of `secret_id`,
    /// `secret_key` and `token`.
    fn credential(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        guarded(|| match py.detach(|| in_call(|| self.0.credential(0))) {
            Ok(told) => decode::whole(py, &told, None),
            Err(failure) => Err(failed(py, failure.status, &failure.bytes)),
        })
    }

    /// Opens connections ahead of the first calls; those that cannot be opened are left to the calls.
    fn warm_up(&self, py: Python<'_>, connections: usize) -> PyResult<()> {
        guarded(|| {
            // What is wrong is the same for the first call, which tells it.
            let _ = py.detach(|| in_call(|| self.0.warm_up(connections)));
            Ok(())
        })
    }

    /// Begins a call that answers with events: a stream, or the bytes of the answer that came in their place.
    fn stream(&self, py: Python<'_>, meta: &[u8], parameters: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        guarded(|| {
            let body = body(parameters)?;
            match py.detach(|| in_call(|| self.0.stream(meta, &body))) {
                Ok(Streamed::Events(events)) => Ok(Py::new(py, Stream::of(events))?.into_any()),
                Ok(Streamed::Answer(answer)) => Ok(PyBytes::new(py, &answer).into_any().unbind()),
                Err(failure) => Err(failed(py, failure.status, &failure.bytes)),
            }
        })
    }
}
