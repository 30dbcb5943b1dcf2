//! The service's rules as pure functions: no store (only its plain types), no clock, no configuration, no I/O.
//!
//! Each file has one subject. What a rule needs to know (the time, a limit, a list of words) is an argument.
//! Where the service's documentation leaves a case open, the file says which way we chose.

pub mod codes;
pub mod content;
pub mod countries;
pub mod numbers;
pub mod opt_out;
pub mod receipts;
pub mod refusals;
pub mod segments;
pub mod signs;
pub mod templates;
pub mod time;
