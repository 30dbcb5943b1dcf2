//! The SDK for other languages: settings and calls come as JSON, answers and errors go as JSON.
//!
//! A [`Client`] makes calls on the caller's thread ([`Client::call`]) or on one thread of this crate's
//! ([`Client::submit`]); a [`Queue`] collects the outcomes of the latter for hosts that cannot be called from another
//! thread; an [`Exchange`] has the host's own HTTP client carry the requests; a [`Stream`] gives server-sent events as
//! they arrive. What a call may say is listed in [`settings`] and [`meta`].
//!
//! A process may fork at any time: the child's first call forgets what it inherited and begins anew. A panic never
//! leaves this crate: it becomes an outcome. Nothing here prints, and no callback is called while a lock is held.

mod background;
mod client;
mod exchange;
mod failure;
mod fork;
mod guard;
mod log;
pub mod meta;
mod queue;
mod running;
pub mod settings;
mod shared;
mod stream;

pub use background::shut_down;
pub use client::{Client, Outcome};
pub use exchange::Exchange;
pub use failure::{Failure, status};
pub use guard::guarded;
pub use log::{Sink, set_log};
pub use queue::{Queue, Ready};
pub use stream::{Next, Stream, Streamed};
