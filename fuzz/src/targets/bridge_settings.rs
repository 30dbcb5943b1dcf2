//! Whatever is given as settings makes a client or an error that can be read, and a secret key never gets into the error.

use serde_json::Value;
use tcsms_bridge::{Client, Failure, status};

/// The secret key of the seeds.
const SECRET: &str = "SKEXAMPLE";

pub(crate) fn run(data: &[u8]) {
    let Err(failure) = Client::new(data) else { return };
    let told = readable(&failure);
    // A text that is a secret key, and nothing else beside, must not come back.
    let settings = serde_json::from_slice::<Value>(data).unwrap_or_default();
    let is_secret =
        settings["secret_key"] == SECRET && String::from_utf8_lossy(data).matches(SECRET).count() == 1;
    assert!(!is_secret || !told.contains(SECRET), "{told}");
}

/// The text of an error of the bridge, which is JSON with all its members, and no fault of the library.
pub(crate) fn readable(failure: &Failure) -> &str {
    let text = std::str::from_utf8(&failure.bytes).unwrap_or_else(|error| panic!("{error}"));
    let error: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_ne!(failure.status, status::PANIC, "{text}");
    assert!(failure.status != status::OK, "{text}");
    for member in ["message", "text", "kind", "delivery"] {
        assert!(error[member].as_str().is_some_and(|text| !text.is_empty() || member == "message"), "{text}");
    }
    text
}
