use std::fmt;

use serde::Deserialize;

/// A message, as the phone and the service's books have it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Message {
    /// Its serial number, as `SendSms` answered it.
    pub serial: String,
    /// The account that sent it.
    pub account: String,
    /// The `SdkAppId` it was sent with.
    pub app: String,
    /// The number it went to, in E.164 form.
    pub phone: String,
    /// What the phone shows, signature included.
    pub text: String,
    /// The values of the template's variables.
    pub params: Vec<String>,
    /// The login code found in the text.
    pub code: Option<String>,
    /// The template's id.
    pub template: String,
    /// The signature's text.
    pub sign: String,
    /// `refused`, `submitted`, `delivered` or `failed`.
    pub status: String,
    /// The carrier's code word, or the code of the refusal.
    pub report: Option<String>,
    /// How many segments it has.
    pub segments: u32,
    /// How many segments are charged.
    pub fee: u32,
    /// When it was sent: business time, Unix seconds.
    pub at: i64,
    /// The RequestId of the call that sent it. Only [`Account::message`](crate::Account::message) tells it.
    #[serde(default)]
    pub request_id: String,
    /// The faults that struck it or its call. Only [`Account::message`](crate::Account::message) tells them.
    #[serde(default)]
    pub faults: Vec<String>,
    /// What it waits for, while it waits. Only [`Account::message`](crate::Account::message) tells it.
    pub waiting: Option<String>,
}

/// A call that the service received.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NoticedCall {
    /// The RequestId it was answered with.
    pub id: String,
    /// The action it named.
    pub action: String,
    /// The version it named.
    pub version: String,
    /// `Ok`, or the code of the error it was answered with.
    pub code: String,
    /// The text of that error.
    pub message: Option<String>,
    /// Why its signature does not hold, in one sentence.
    pub explanation: Option<String>,
    /// The faults that struck it.
    pub faults: Vec<String>,
}

/// Which messages are meant: all conditions must hold, and without any it is every message of the account.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Wanted {
    phone: Option<String>,
    status: Option<String>,
    text: Option<String>,
}

impl Wanted {
    /// Every message.
    pub fn any() -> Self {
        Self::default()
    }

    /// Those to this number, in any form that a send accepts.
    pub fn to(phone: impl Into<String>) -> Self {
        Self { phone: Some(phone.into()), ..Self::default() }
    }

    /// Those of this status: `refused`, `submitted`, `delivered` or `failed`.
    pub fn status(mut self, status: impl Into<String>) -> Self {
        self.status = Some(status.into());
        self
    }

    /// Those whose text contains this.
    pub fn containing(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// As the control API is asked for them.
    pub(crate) fn query(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [("phone", &self.phone), ("status", &self.status), ("q", &self.text)]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_deref()?)))
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for (name, value) in self.query() {
            write!(f, "{separator}{name} {value:?}")?;
            separator = ", ";
        }
        if separator.is_empty() { f.write_str("any") } else { Ok(()) }
    }
}
