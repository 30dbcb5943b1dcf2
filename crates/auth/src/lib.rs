//! Signatures of Tencent Cloud API 3.0 requests: made, checked, and explained when they do not hold.
//!
//! - [`tc3`] signs with TC3-HMAC-SHA256, [`v1`] with the older HmacSHA256 and HmacSHA1. Both give every intermediate
//!   value of the computation, so that a failing signature can be compared step by step.
//! - [`verify`] reads what a request claims about itself and checks it against a secret key. A good request costs the
//!   hashing it takes to sign it; only a bad one pays for the search for the cause.
//! - [`explain`](mod@explain) turns that into an answer for a person: who signed, when, which part differs, why, and what to do.
//! - [`form`] is the percent-encoding both sides of the wire use, [`raw`] reads a request from a file.
//!
//! ```
//! use tcsms_auth::tc3::{Payload, Signing};
//!
//! let signing = Signing {
//!     host: "sms.tencentcloudapi.com",
//!     secret_id: "AKIDEXAMPLE",
//!     timestamp: 1_795_575_600,
//!     payload: Payload::Body(b"{}"),
//!     ..Signing::default()
//! };
//! let header = signing.authorization(&signing.key("SKEXAMPLE"));
//! assert!(header.starts_with("TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2026-11-25/sms/tc3_request, "));
//! ```
//!
//! # What it must never do
//!
//! It does no input or output, reads no clock and draws no random number: time and nonce are arguments. It knows no HTTP
//! library. No secret key and nothing derived from one may appear in an error, a `Debug` text or an explanation, and
//! both are wiped from memory when dropped. Signatures are compared in constant time.

mod date;
mod digest;
pub mod explain;
pub mod form;
pub mod raw;
mod request;
pub mod tc3;
pub mod v1;
pub mod verify;

pub use date::UtcDate;
pub use explain::{Explanation, explain};
pub use request::{Header, Request};
