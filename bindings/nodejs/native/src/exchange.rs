//! A call whose requests the package carries by Node's own HTTP client.

use napi::Result;
use napi::bindgen_prelude::{Buffer, Either};
use napi_derive::napi;

use crate::client::thrown;
use crate::integers;

/// A call, one step at a time.
#[napi]
pub struct Exchange(tcsms_bridge::Exchange);

impl Exchange {
    pub(crate) fn of(exchange: tcsms_bridge::Exchange) -> Self {
        Self(exchange)
    }
}

#[napi]
impl Exchange {
    /// The next step: its JSON, and what belongs to it: bytes to be sent, or a text where the call is over.
    #[napi(catch_unwind)]
    pub fn next(&mut self) -> Vec<Either<String, Buffer>> {
        let step = self.0.next();
        let end = step.iter().position(|byte| *byte == b'\n').unwrap_or(step.len());
        let (head, rest) = (&step[..end], step.get(end + 1..).unwrap_or_default());
        let rest = if head.starts_with(br#"{"done""#) {
            let text = String::from_utf8_lossy(rest).into_owned();
            Either::A(integers::marked(&text).unwrap_or(text))
        } else {
            Either::B(rest.into())
        };
        vec![Either::A(String::from_utf8_lossy(head).into_owned()), rest]
    }

    /// Reports an answer; its headers are a JSON list of pairs.
    #[napi(catch_unwind)]
    pub fn answer(&mut self, http_status: i32, headers: String, body: Buffer) -> Result<()> {
        self.0.answer(http_status, headers.as_bytes(), &body).map_err(thrown)
    }

    /// Reports that no answer came.
    #[napi(catch_unwind)]
    pub fn failed(&mut self, step: i32, maybe_sent: bool, text: String) -> Result<()> {
        self.0.failed(step, maybe_sent, &text).map_err(thrown)
    }
}
