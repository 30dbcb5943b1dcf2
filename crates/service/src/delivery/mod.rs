//! What happens to a message after it was accepted: it is due at its time, the simulator plays the carrier, and the
//! receipt goes to the pull queue.

mod simulator;
mod worker;

pub use simulator::{ENDINGS, Ending, Fate, fate};
pub use worker::run;
