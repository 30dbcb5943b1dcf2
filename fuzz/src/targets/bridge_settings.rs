//! Whatever is given as settings makes a client or an error that can be read, and a secret key never gets into the error.

use serde_json::Value;
use tcsms_bridge::{Client, Failure, status};

/// Stands for a secret in the seeds.
const SECRET: &str = "SKEXAMPLE";

pub(crate) fn run(data: &[u8]) {
    match Client::new(data) {
        Ok(client) => drop(client),
        Err(failure) => readable(&failure),
    }
}

/// An error of the bridge is JSON with all its members, and not a fault of the library.
pub(crate) fn readable(failure: &Failure) {
    let text = std::str::from_utf8(&failure.bytes).unwrap_or_else(|error| panic!("{error}"));
    let error: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_ne!(failure.status, status::PANIC, "{text}");
    assert!(failure.status != status::OK, "{text}");
    for member in ["message", "text", "kind", "delivery"] {
        assert!(error[member].as_str().is_some_and(|text| !text.is_empty() || member == "message"), "{text}");
    }
    assert!(!text.contains(SECRET), "{text}");
}
