//! Faults that clients of this API are known for, and what this one does instead.
//!
//! Each test is named after the right behaviour, and says which fault it answers: of the official SDKs as they were read
//! and run, or of programs in the field. What is not here concerns one language's own surface.

#![cfg(any(feature = "tls-aws-lc", feature = "tls-ring"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../support/mod.rs"]
mod support;

mod answers;
mod connections;
mod credentials;
mod repeating;
mod signing;
