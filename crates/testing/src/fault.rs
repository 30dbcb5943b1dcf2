use std::time::Duration;

use serde::Serialize;

/// A fault on demand: what it strikes, when, how often, and what it does. Faults are tried in their order.
#[derive(Clone, Debug, Serialize)]
#[must_use]
pub struct Fault {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    r#match: Fits,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    nth: Vec<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    probability: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<u64>,
    r#do: Effect,
}

#[derive(Clone, Debug, Default, Serialize)]
struct Fits {
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
enum Effect {
    Error { code: String },
    Latency(String),
    Reset { after: bool },
    Partial { bytes: u64 },
    Receipt(Receipt),
    Callback(CallbackFault),
}

/// What the carrier says of a message.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Receipt {
    /// `delivered`, `failed`, `silent` (never a report), `rejected` (refused at once), `not_sent` (cannot be reached for
    /// `attempts` attempts) or `maybe_sent` (does not answer; the report comes all the same).
    pub outcome: &'static str,
    /// The code word of a failure or refusal, `MX:0003` say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub word: Option<String>,
    /// How much later it comes: `1h`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<String>,
    /// How often it comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copies: Option<u32>,
    /// How many attempts fail, for `not_sent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
}

/// What becomes of a push.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CallbackFault {
    /// It is not sent, and counts as failed.
    pub drop: bool,
    /// How much later it comes, in real time: `5s`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<String>,
    /// How often it is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copies: Option<u32>,
}

impl Fault {
    fn doing(effect: Effect) -> Self {
        Self {
            id: None,
            r#match: Fits::default(),
            nth: Vec::new(),
            probability: None,
            times: None,
            r#do: effect,
        }
    }

    /// The call is answered with this error, and nothing is done.
    pub fn error(code: impl Into<String>) -> Self {
        Self::doing(Effect::Error { code: code.into() })
    }

    /// The call takes so much longer.
    pub fn latency(more: Duration) -> Self {
        Self::doing(Effect::Latency(format!("{}ms", more.as_millis())))
    }

    /// The connection is broken off before anything is done.
    pub fn reset() -> Self {
        Self::doing(Effect::Reset { after: false })
    }

    /// The action is done, and the connection is broken off in place of the answer.
    pub fn reset_after() -> Self {
        Self::doing(Effect::Reset { after: true })
    }

    /// The action is done, and the connection is broken off after so many bytes of the answer's body.
    pub fn partial(bytes: u64) -> Self {
        Self::doing(Effect::Partial { bytes })
    }

    /// The carrier treats the message so.
    pub fn receipt(receipt: Receipt) -> Self {
        Self::doing(Effect::Receipt(receipt))
    }

    /// Pushes of reports and replies are treated so.
    pub fn callback(fault: CallbackFault) -> Self {
        Self::doing(Effect::Callback(fault))
    }

    /// Its name in [`Message::faults`](crate::Message::faults) and [`NoticedCall::faults`](crate::NoticedCall::faults); by default its place, from 1.
    pub fn named(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Only calls of this action.
    pub fn on(mut self, action: impl Into<String>) -> Self {
        self.r#match.action = Some(action.into());
        self
    }

    /// Only this number, in E.164 form, `*` for any digits; of a call, one of its numbers.
    pub fn phone(mut self, pattern: impl Into<String>) -> Self {
        self.r#match.phone = Some(pattern.into());
        self
    }

    /// Only this app.
    pub fn app(mut self, sdk_app_id: impl Into<String>) -> Self {
        self.r#match.app = Some(sdk_app_id.into());
        self
    }

    /// Only this template.
    pub fn template(mut self, id: impl Into<String>) -> Self {
        self.r#match.template = Some(id.into());
        self
    }

    /// At most so often.
    pub fn times(mut self, most: u64) -> Self {
        self.times = Some(most);
        self
    }

    /// Only at these counts of what fits, from 1.
    pub fn nth(mut self, counts: impl IntoIterator<Item = u64>) -> Self {
        self.nth.extend(counts);
        self
    }

    /// With this probability, 0 to 1, repeatable by the seed of [`Account::set_faults_seeded`](crate::Account::set_faults_seeded).
    pub fn probability(mut self, probability: f64) -> Self {
        self.probability = Some(probability);
        self
    }
}
