//! The program as its users run it: real processes, real sockets on this machine, nothing in between.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod calls;
mod doctor;
mod documents;
mod durability;
mod explain;
mod failures;
mod lists;
mod operations;
mod segments;
mod serve;
mod support;
mod usage;
