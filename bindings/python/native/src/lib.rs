//! The native module `tencentcloud.common._native`: calls by the core, and JSON to and from Python's objects.
//!
//! It is private to the package: `tencentcloud/common/_core.py` is its only user, and nothing in it is kept from one
//! version to the next. Python's lock is given back around everything that waits. A panic never becomes Python's
//! `PanicException`, which `except Exception` does not catch: it becomes a `Failure`.

mod client;
mod decode;
mod encode;
mod failure;
mod inbox;
mod logging;
mod signing;
mod stream;

use pyo3::prelude::*;

#[pymodule]
mod _native {
    #[pymodule_export]
    use crate::client::Client;
    #[pymodule_export]
    use crate::decode::{Shape, decode};
    #[pymodule_export]
    use crate::encode::{encode, set_model};
    #[pymodule_export]
    use crate::failure::Failure;
    #[pymodule_export]
    use crate::inbox::Inbox;
    #[pymodule_export]
    use crate::logging::{set_log, take_log};
    #[pymodule_export]
    use crate::signing::{sign, sign_tc3};
    #[pymodule_export]
    use crate::stream::Stream;

    use super::*;

    /// The version of the core, which that of the package must equal.
    #[pyfunction]
    fn version() -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    /// Ends the background thread; afterwards every call is refused.
    #[pyfunction]
    fn shut_down(py: Python<'_>, wait_ms: u64) -> bool {
        py.detach(|| tcsms_bridge::shut_down(std::time::Duration::from_millis(wait_ms)))
    }

    #[pymodule_init]
    fn init(_module: &Bound<'_, PyModule>) -> PyResult<()> {
        // A panic is told by its outcome; the host's standard error is not ours.
        std::panic::set_hook(Box::new(|_| {}));
        Ok(())
    }
}
