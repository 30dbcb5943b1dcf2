//! Checking a signature that somebody else made, in the order in which the service is documented to check.
//!
//! [`Claim::of`] reads what the request says about itself; [`Claim::check_time`] holds it against the server's clock;
//! then the server looks up the secret key of [`Claim::secret_id`], and [`Claim::check`] decides.

mod cause;
mod check;
mod claim;
mod mismatch;
mod respell;
mod tc3_causes;
mod v1_causes;

pub use cause::{Cause, Hint, Part};
pub use check::{Expired, Policy};
pub use claim::{Claim, ClaimError, Scheme};
pub use mismatch::{Mismatch, Texts};
