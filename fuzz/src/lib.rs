//! Fuzz targets: functions that are given any bytes and panic when the product does something wrong with them.
//!
//! Each target holds the product against something else: a second way of reading the same bytes, the way back, or a
//! rule that always holds. Not to panic is the least of it. `./x fuzz` runs them with libFuzzer, which looks for inputs
//! that reach new code; `cargo test` runs them over their seeds and a fixed number of changed seeds.
//!
//! To add a target: a file in `src/targets/` with `pub(crate) fn run(data: &[u8])`, its name in
//! `src/targets.rs`, and a few seeds in `corpus/NAME/`.
//!
//! This package must never be a dependency of another one.

#![allow(clippy::expect_used, clippy::panic, reason = "a target says what is wrong by a panic")]

mod fields;
mod service;
#[cfg(test)]
mod short;
mod targets;

pub use targets::{TARGETS, Target};
