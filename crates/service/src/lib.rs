//! The local SMS service: an HTTP server that answers the Tencent Cloud SMS API as the real service is documented and
//! observed to answer, with real signature checks, real rules and simulated delivery.
//!
//! A call takes this way: [`gateway`] (size, wire form, time, key, signature, version, action, region, rate,
//! parameters) → [`actions`] (one file for each group of actions) → [`rules`] (pure functions) and one transaction of
//! `tcsms-store` → the envelope. The answer to a send leaves only after the store says that it is durable.
//! [`delivery`] hands messages to the carrier in the background, which is simulated unless the program brings its own,
//! and reports and replies are pushed to the caller's servers; the control API serves tests and operators.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! use tcsms_service::{Clock, Config, Service};
//! use tcsms_store::{Location, Store};
//!
//! let store = Store::open(&Location::Memory)?;
//! let service = Service::start(Config::development(), store, Clock::default()).await?;
//! // A test may call it without a socket; `serve` listens on one.
//! let request = http::Request::get("/").body(String::new()).unwrap();
//! let answer = service.call(request).await;
//! assert_eq!(answer.status(), 200);
//! service.stop().await;
//! # Ok::<(), tcsms_store::StoreError>(()) }).unwrap();
//! ```
//!
//! What this crate must never do: print, exit or panic; depend on the SDK (a fault of the client must not hide in
//! shared code); put a secret into an answer, a log, an error or the database; answer an acknowledged send before it
//! is durable; reach out to anything but the callers that connect to it and the addresses that they want to be called
//! back at.

mod accounts;
pub mod actions;
mod callbacks;
mod clock;
pub mod config;
mod control;
pub mod delivery;
mod duration;
mod events;
mod faults;
pub mod gateway;
mod metrics;
mod patience;
mod retention;
pub mod rules;
mod server;
mod service;
mod tls;

pub use clock::{Business, Changes, Clock, Setting};
pub use config::{Config, ConfigError, Directory};
pub use server::{ApiDoor, ControlDoor, ListenError, listen};
pub use service::Service;
pub use tls::{ServerTls, TlsError};
