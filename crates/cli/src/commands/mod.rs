//! One file a command: what it asks the service or the libraries, and how it says what came back.

pub(crate) mod call;
pub(crate) mod completions;
pub(crate) mod db;
pub(crate) mod doctor;
pub(crate) mod explain;
pub(crate) mod pull;
pub(crate) mod segments;
pub(crate) mod send;
pub(crate) mod send_list;
pub(crate) mod serve;
pub(crate) mod stats;
pub(crate) mod template;

use crate::failure::Failure;

/// The JSON text of an answer; a typed one keeps the members that its type does not know.
fn answer_json(answer: &impl serde::Serialize) -> Result<String, Failure> {
    serde_json::to_string(answer).map_err(|error| Failure::Output(error.to_string()))
}
