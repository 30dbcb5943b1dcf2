//! The crash suite: a service as a process of its own, under load, to which something bad happens, with three ledgers
//! beside it: what the client was told, what the carrier was given, and what the caller's own servers were pushed. At the
//! end they must agree, see `ledgers::agree`.
//!
//! Each file in `scenarios/` does one bad thing. `cargo test` does each once, always in the same way; `./x chaos` does
//! them again and again in ways that a seed decides.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod client;
mod disk;
mod ledgers;
mod process;
mod scenarios;
#[path = "../support/mod.rs"]
mod support;
mod target;
mod world;
