//! What the store promises, seen from outside.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod catalogue;
mod grouping;
mod limits;
mod messages;
mod opening;
mod reports;
mod sending;
mod support;
