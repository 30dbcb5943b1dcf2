//! The data of the local SMS service, as whole domain operations on SQLite.
//!
//! A caller says what happened ("this batch of messages arrived", "the carrier answered these") and the store does
//! all that belongs to it in one transaction. An operation that changes something returns after its transaction is
//! committed and, for a file, after the log that holds it is synchronised with the disk: what was acknowledged
//! survives a crash of the process and a loss of power.
//!
//! # How it works
//!
//! One thread writes ([`Store`] queues operations for it). It takes every operation that is waiting, runs them in
//! one transaction, commits once, and then answers them all, so that the cost of a synchronisation is shared. When
//! one of them fails, the transaction is rolled back and each is run alone: a bad operation does not harm its
//! neighbours. Reads of a file go over connections of their own and never wait for the writer.
//!
//! The tables on the way of a message are only appended to and emptied from the front; none has an index in another
//! order. So the cost of a send does not grow with what is stored. A serial number contains the number of its row,
//! the hourly counters remember which rows belong to the hour, and the frequency limits are counted in memory and
//! counted again from those rows when needed.
//!
//! # What this crate must never do
//!
//! Read a clock (time is an argument), make random choices, hold a secret key, know a rule of the API (codes and
//! texts of refusals are arguments), answer before the commit, write from a second connection, or block the async
//! runtime.

mod accounts;
mod callbacks;
mod catalogue;
mod delivery;
mod entries;
mod error;
mod limiter;
mod messages;
mod model;
mod opt_outs;
mod packages;
mod readers;
mod records;
mod replies;
mod retention;
mod schema;
mod send;
mod serial;
mod signs;
mod simulated;
mod statistics;
mod store;
mod templates;
mod transfer;
mod work;
mod writer;

pub use entries::{Changed, Removed};
pub use error::StoreError;
pub use model::*;
pub use opt_outs::OptOut;
pub use packages::Package;
pub use records::Records;
pub use replies::{NewReply, Reply};
pub use retention::Retention;
pub use signs::{NewSign, SignAdded};
pub use statistics::{ReceiptCount, ReceiptCounts};
pub use store::{Location, Store};
pub use templates::{Added, NewTemplate};
pub use transfer::{check, export, import};
pub use work::*;
