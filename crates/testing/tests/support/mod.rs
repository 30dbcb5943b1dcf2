//! The service for these tests.

use std::path::PathBuf;

use tcsms_testing::{LocalService, ServiceBuilder};

/// The program of this repository, which lies beside the tests. A user's tests have one on `PATH`.
pub(crate) fn program() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let program = tests.parent().unwrap().parent().unwrap().join("tcsms");
    assert!(program.exists(), "build {} first: cargo build -p tcsms-cli", program.display());
    program
}

/// A service of that program.
pub(crate) fn builder() -> ServiceBuilder {
    LocalService::builder().program(program())
}
