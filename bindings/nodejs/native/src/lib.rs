//! The native module of the package: calls by the core, whose outcomes come to the event loop in batches.
//!
//! It is private to the package: `tencentcloud/common/core.js` is its only user, and nothing in it is kept from one
//! version to the next. Each thread of Node that loads it has objects of its own; the core's background thread is one for
//! the process. Nothing here waits on a thread of Node's.
//!
//! Node's interface is called in `node` and `bell` only.

mod bell;
mod calls;
mod inbox;
mod integers;
mod node;
mod signing;
mod stream;

use node::{Arguments, Env, Function, Thrown, Value};

/// What the module exports.
static FUNCTIONS: &[(&str, Function)] = &[
    ("version", |env, _| env.text(env!("CARGO_PKG_VERSION"))),
    ("inbox", inbox::make),
    ("came", inbox::came),
    ("setLog", inbox::set_log),
    ("client", calls::client),
    ("submit", calls::submit),
    ("cancel", calls::cancel),
    ("credential", calls::credential),
    ("stream", calls::stream),
    ("want", stream::want),
    ("close", stream::close),
    ("exchange", calls::exchange),
    ("next", calls::next),
    ("answer", calls::answer),
    ("failed", calls::failed),
    ("sign", signing::sign),
    ("signTc3", signing::sign_tc3),
    ("shutDown", shut_down),
];

/// Ends the background thread, waiting so many milliseconds for it; afterwards every call is refused. False when it has
/// not ended in that time.
fn shut_down(env: Env, arguments: &Arguments) -> Result<Value, Thrown> {
    let wait = std::time::Duration::from_millis(env.number(arguments.at(0))? as u64);
    env.truth(tcsms_bridge::shut_down(wait))
}
