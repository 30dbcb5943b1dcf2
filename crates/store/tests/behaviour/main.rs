//! What the store promises, seen from outside.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod callbacks;
mod catalogue;
mod grouping;
mod limits;
mod messages;
mod numbers;
mod opening;
mod packages;
mod replies;
mod reports;
mod sending;
mod signs;
mod statistics;
mod support;
mod upkeep;
mod work;
