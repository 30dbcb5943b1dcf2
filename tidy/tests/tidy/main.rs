//! The repository's own rules, each with the reason why it is one.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod dependencies;
mod documents;
mod generated;
mod interfaces;
mod licences;
mod parity;
mod rules;
mod sources;
mod texts;
