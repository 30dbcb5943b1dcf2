#![doc = include_str!("../README.md")]

mod account;
mod control;
mod error;
mod fault;
mod message;
mod process;
mod service;

pub use account::{Account, NewAccount, Template};
pub use error::Error;
pub use fault::{CallbackFault, Fault, Receipt};
pub use message::{Message, NoticedCall, Wanted};
pub use service::{LocalService, ServiceBuilder};
