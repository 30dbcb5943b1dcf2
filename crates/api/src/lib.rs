//! The Tencent Cloud SMS API as Rust types: requests and answers of both versions, the table of actions, and the
//! error codes.
//!
//! Everything that the API's definition says is generated from it (`api/` in the repository); this crate adds how
//! the types are read and written as JSON. A client builds requests and reads answers, a service the other way
//! round; both use the same types.
//!
//! ```
//! use tcsms_api::v20210111::{SendSmsRequest, SendSmsResponse};
//!
//! let request = SendSmsRequest::new().phone_number_set(["+8613711112222"]).template_id("1110").sender_id("");
//! assert_eq!(
//!     serde_json::to_string(&request)?,
//!     r#"{"PhoneNumberSet":["+8613711112222"],"TemplateId":"1110","SenderId":""}"#
//! );
//!
//! let answer: SendSmsResponse =
//!     serde_json::from_str(r#"{"SendStatusSet":[{"Code":"Ok","Fee":1}],"Quota":{"Left":9},"RequestId":"a"}"#)?;
//! assert_eq!(answer.send_status_set[0].fee, 1);
//! assert_eq!(answer.extra.get("Quota"), Some(r#"{"Left":9}"#));
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! What holds for every type:
//!
//! - A member of a request that is not set is not written; `""` and `[]` are written. A member that the action does
//!   not have is an error when a request is read.
//! - A scalar that an answer lacks reads as `""` or 0; a list or structure that its top level lacks is an error.
//!   Members that are not known are kept in `extra`.
//! - `null` counts as absent. Numbers are exact; one with a fraction, or out of range, is an error. When a name
//!   comes twice, the last value other than `null` counts.
//!
//! This crate must never do I/O, read a clock, know HTTP or check rules of the service: it is the vocabulary that
//! all other parts share. It supports JSON through `serde_json` only.

mod action;
mod error_code;
mod extra;
#[rustfmt::skip]
mod generated;
mod model;
mod version;

pub use action::{Action, ActionInfo, Answer, Kind, Member, Structure, find_action};
pub use error_code::ErrorCode;
pub use extra::Extra;
pub use generated::{ACTIONS, v20190711, v20210111};
pub use version::Version;
