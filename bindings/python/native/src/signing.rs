//! The two ways to sign a text, which the documented SDK offers as functions.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use tcsms_auth::v1::{self, Algorithm};

/// The base64 of the HMAC of a text: `method` is `HmacSHA1` or `HmacSHA256`.
#[pyfunction]
pub(crate) fn sign(secret_key: &str, text: &str, method: &str) -> PyResult<String> {
    let algorithm = Algorithm::named(Some(method));
    if algorithm.as_str() != method {
        return Err(PyValueError::new_err("signMethod only support (HmacSHA1, HmacSHA256)"));
    }
    Ok(v1::sign(algorithm, secret_key, text))
}

/// The hexadecimal TC3 signature of a string to sign.
#[pyfunction]
pub(crate) fn sign_tc3(secret_key: &str, date: &str, service: &str, text: &str) -> String {
    tcsms_auth::tc3::sign_text(secret_key, date, service, text)
}
