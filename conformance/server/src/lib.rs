//! Plays the conformance cases of `conformance/cases/`: what a client of this API must put on the wire and must tell
//! its caller, whatever the other side does. The format is described in `conformance/README.md`.
//!
//! A case is data. This crate reads it ([`case`]), plays its servers byte for byte ([`stage`]), has a driver make its
//! calls ([`run`]) and judges what the driver told ([`outcome`]) and what the servers heard ([`wire`]). A driver is a
//! small program in the language of an SDK. This crate must never depend on an SDK itself.

pub mod case;
mod connection;
mod identity;
mod multipart;
pub mod outcome;
pub mod places;
pub mod run;
pub mod script;
pub mod settings;
pub mod stage;
mod unique;
pub mod wire;
