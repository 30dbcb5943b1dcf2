//! The answer of a call whose types are not known here.

/// The answer to a call made by the action's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    json: String,
    request_id: String,
}

impl Answer {
    pub(crate) fn new(json: String, request_id: String) -> Self {
        Self { json, request_id }
    }

    /// The `Response` object as the service wrote it, to the byte: no number is rounded, no member is lost.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// Takes the JSON text out.
    pub fn into_json(self) -> String {
        self.json
    }

    /// The id by which Tencent's support finds the request; empty when the service sent none.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }
}
