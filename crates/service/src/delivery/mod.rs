//! What happens to a message after it was accepted: it is due at its time, a carrier takes it, and the receipt goes to
//! the queues of its app.

pub mod carrier;
mod endings;
mod simulator;
mod worker;

pub use endings::{ENDINGS, Ending, Fate, fate};
pub(crate) use simulator::{Simulator, matches};
pub(crate) use worker::{Worker, receive};
