//! What a call raises, before the package makes the SDK's own exception of it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3::create_exception;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;

use crate::decode;

create_exception!(_native, Failure, PyException, "A failed call: its status, and the error as a dictionary.");

/// The failure of a call.
pub(crate) fn failed(py: Python<'_>, status: i32, bytes: &[u8]) -> PyErr {
    match decode::whole(py, bytes, None) {
        Ok(error) => Failure::new_err((status, error)),
        Err(error) => error,
    }
}

/// Runs what must not panic into Python.
pub(crate) fn guarded<T>(work: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|cause| {
        let text = cause.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or("no more is known");
        let message = format!("a fault in this library: {text}; please report it");
        Err(Python::attach(|py| {
            let error = pyo3::types::PyDict::new(py);
            let told =
                [("kind", "panic"), ("delivery", "maybe_sent"), ("message", &message), ("text", &message)];
            for (name, value) in told {
                if let Err(error) = error.set_item(name, value) {
                    return error;
                }
            }
            Failure::new_err((-1, error.unbind()))
        }))
    })
}
