//! The native module of the package: calls by the core, whose outcomes come to the event loop in batches.
//!
//! It is private to the package: `tencentcloud/common/core.js` is its only user, and nothing in it is kept from one
//! version to the next. Each thread of Node that loads it has objects of its own; the core's background thread is one for
//! the process. Nothing here waits on a thread of Node's.

mod client;
mod exchange;
mod inbox;
mod integers;
mod logging;
mod signing;
mod stream;

use std::time::Duration;

use napi_derive::napi;

/// A panic is told by its outcome; the host's standard error is not ours.
#[napi_derive::module_init]
fn init() {
    std::panic::set_hook(Box::new(|_| {}));
}

/// The version of the core, which that of the package must equal.
#[napi]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// Ends the background thread, waiting so many milliseconds for it; afterwards every call is refused. False when it has
/// not ended in that time.
#[napi(catch_unwind)]
pub fn shut_down(wait_ms: u32) -> bool {
    tcsms_bridge::shut_down(Duration::from_millis(u64::from(wait_ms)))
}
