#![doc = include_str!("../README.md")]

mod answer;
pub mod blocking;
mod breaker;
#[cfg(feature = "bridge")]
#[doc(hidden)]
pub mod bridging;
mod budget;
mod builder;
mod bulk;
mod call;
mod chain;
mod client;
mod config;
mod credential;
mod endpoint;
mod envelope;
mod environment;
mod error;
mod events;
mod exchange;
mod failover;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
#[rustfmt::skip]
mod generated;
mod headers;
mod interceptor;
mod keeper;
mod machine_role;
mod mask;
#[cfg(feature = "metrics")]
mod meters;
mod multipart;
mod own_transport;
mod pace;
mod parameters;
mod prepare;
mod profile;
mod provider;
mod proxy;
pub mod receive;
mod refresh;
mod request;
mod retry;
mod route;
mod send;
mod shape;
mod spans;
mod stream;
mod sts;
mod transport;
mod wire;

pub use answer::Answer;
pub use builder::ClientBuilder;
pub use bulk::{Bulk, NumberResult, Outcome, OutcomeKind, Recipient};
pub use call::{Call, Named};
pub use client::Client;
pub use config::{HttpMethod, Language, SignMethod, TlsVersion};
pub use credential::Credential;
pub use error::{Delivery, Error, ErrorKind, Step};
pub use events::Event;
pub use interceptor::{Attempt, AttemptOutcome, ExtraHeaders, Interceptor, Refusal, SignedRequest};
pub use machine_role::CvmRole;
pub use own_transport::{Carrying, Transport, TransportAnswer, TransportError, TransportRequest};
pub use provider::{CredentialProvider, CredentialSource, Fetch, FetchError, Issued};
pub use retry::RetryPolicy;
pub use send::FailedNumbers;
pub use stream::{EventStream, Streamed};
pub use sts::{AssumeRole, WebIdentity};
pub use tcsms_api::{Action, ErrorCode, v20190711, v20210111};

/// A client with the actions of version 2019-07-11, whose parameters have other names than those of 2021-01-11.
///
/// Made by `client.v20190711()`.
#[derive(Clone, Debug)]
pub struct V20190711<C>(pub(crate) C);
