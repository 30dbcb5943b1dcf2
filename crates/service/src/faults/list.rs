//! The rules as they are written: what they match, when they strike, and what they do.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};

use crate::config::{Outcome, Script};
use crate::delivery::matches;
use crate::duration;

/// The most receipts or pushes that one becomes.
const COPIES_MAX: u32 = 10;
/// The longest that a call is delayed.
const LATENCY_MAX: Duration = Duration::from_secs(300);
/// The largest count, and the largest seed: what readers of JSON agree on.
const COUNT_MAX: u64 = i64::MAX as u64;

/// A list of rules as it is set and shown.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FaultList {
    /// Makes the probabilities repeatable.
    #[serde(default)]
    pub(crate) seed: u64,
    /// The rules; they are tried in this order.
    pub(crate) faults: Vec<FaultRule>,
}

/// One rule.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FaultRule {
    /// Its name in the logs of what it hit; by default its place, from 1.
    #[serde(default)]
    pub(super) id: String,
    /// What it fits; absent members fit everything.
    #[serde(default, rename = "match")]
    pub(super) fits: Fits,
    /// Strikes only at these counts of what fits, from 1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) nth: Vec<u64>,
    /// Strikes with this probability, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) probability: Option<f64>,
    /// Strikes at most so often.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) times: Option<u64>,
    /// What it does.
    #[serde(rename = "do")]
    pub(super) effect: Effect,
    /// How often something fitted. In a list that is set it means nothing, so that a list that was shown can be set again.
    #[serde(default, deserialize_with = "count_anew")]
    #[schema(read_only)]
    pub(super) seen: u64,
    /// How often it struck; in a list that is set as `seen`.
    #[serde(default, deserialize_with = "count_anew")]
    #[schema(read_only)]
    pub(super) hits: u64,
}

/// What a rule fits.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fits {
    /// The action's name; only calls have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    action: Option<String>,
    /// The SdkAppId.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    app: Option<String>,
    /// A number in E.164 form, `*` for any digits; of a call, one of its numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    /// The template's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    template: Option<String>,
}

/// What a rule does.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Effect {
    /// The call is answered with this error, and nothing is done.
    Error {
        /// The error's code.
        code: String,
        /// Its text.
        #[serde(default)]
        message: String,
    },
    /// The call takes so much longer: `2s`.
    Latency(String),
    /// The connection is broken off without an answer.
    Reset {
        /// After the action was done, not before.
        #[serde(default)]
        after: bool,
    },
    /// The action is done, and the connection is broken off after so many bytes of the answer's body.
    Partial {
        /// The bytes that still come.
        bytes: usize,
    },
    /// The carrier treats the message so.
    Receipt {
        /// What it says and does.
        outcome: Outcome,
        /// The code word of a failure or refusal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        word: Option<String>,
        /// How much later the receipt comes: `1h`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        delay: Option<String>,
        /// How many receipts come.
        #[serde(default = "once")]
        copies: u32,
        /// For `not_sent`: how many attempts fail.
        #[serde(default = "once")]
        attempts: u32,
    },
    /// The push is treated so.
    Callback {
        /// How much later it comes, in real time: `5s`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        delay: Option<String>,
        /// How often it is sent.
        #[serde(default = "once")]
        copies: u32,
        /// It is not sent, and counts as failed.
        #[serde(default)]
        drop: bool,
    },
}

fn once() -> u32 {
    1
}

fn count_anew<'de, D: Deserializer<'de>>(given: D) -> Result<u64, D::Error> {
    u64::deserialize(given).map(|_| 0)
}

/// What a rule is held against.
pub(super) struct Target<'a> {
    pub(super) action: Option<&'a str>,
    pub(super) app: &'a str,
    pub(super) phones: &'a [&'a str],
    pub(super) template: &'a str,
}

impl Fits {
    /// Whether it is what the rule means.
    pub(super) fn fit(&self, target: &Target<'_>) -> bool {
        let same =
            |wanted: &Option<String>, found: &str| wanted.as_ref().is_none_or(|wanted| wanted == found);
        self.action.as_deref().is_none_or(|wanted| target.action == Some(wanted))
            && same(&self.app, target.app)
            && same(&self.template, target.template)
            && self
                .phone
                .as_ref()
                .is_none_or(|pattern| target.phones.iter().any(|phone| matches(pattern, phone)))
    }
}

impl FaultRule {
    /// Whether its effect is one for calls, when the target is one, or for what happens after them.
    pub(super) fn would_act(&self, target: &Target<'_>) -> bool {
        match self.effect {
            Effect::Receipt { .. } => target.action.is_none() && !target.phones.is_empty(),
            Effect::Callback { .. } => target.action.is_none() && target.phones.is_empty(),
            _ => target.action.is_some(),
        }
    }

    /// Counts something that fits, and says whether the rule strikes it.
    pub(super) fn strikes(&mut self, random: &mut fastrand::Rng) -> bool {
        self.seen += 1;
        // Drawn for everything that fits, so that the sequence does not depend on the other conditions.
        let lucky = self.probability.is_none_or(|probability| random.f64() < probability);
        let strikes = lucky
            && (self.nth.is_empty() || self.nth.contains(&self.seen))
            && self.times.is_none_or(|times| self.hits < times);
        self.hits += u64::from(strikes);
        strikes
    }
}

/// How the carrier treats a message, when that is what the effect is about.
pub(super) fn script_of(effect: &Effect) -> Option<Script> {
    let Effect::Receipt { outcome, word, delay, copies, attempts } = effect else { return None };
    Some(Script {
        fate: outcome.fate(word.clone(), *attempts),
        delay: delay.as_deref().and_then(duration::parse).unwrap_or_default(),
        copies: *copies,
    })
}

/// What is wrong with a seed.
pub(super) fn check_seed(seed: u64) -> Result<(), String> {
    if seed > COUNT_MAX { Err(format!("seed {seed} is more than {COUNT_MAX}")) } else { Ok(()) }
}

/// What is wrong with a rule.
pub(super) fn check(rule: &FaultRule) -> Result<(), String> {
    if let Some(probability) = rule.probability
        && !(0.0..=1.0).contains(&probability)
    {
        return Err(format!("probability {probability} is not between 0 and 1"));
    }
    if rule.nth.contains(&0) {
        return Err("nth counts from 1".to_owned());
    }
    if let Some(count) = rule.nth.iter().chain(&rule.times).find(|count| **count > COUNT_MAX) {
        return Err(format!("{count} is more than {COUNT_MAX}"));
    }
    let time = |text: &String, most: Duration| match duration::parse(text) {
        Some(time) if time <= most => Ok(()),
        _ => Err(format!("{text:?} must be {}, at most {}s", duration::FORM, most.as_secs())),
    };
    let copies = |copies: u32| match copies {
        1..=COPIES_MAX => Ok(()),
        _ => Err(format!("copies {copies} must be 1 to {COPIES_MAX}")),
    };
    match &rule.effect {
        Effect::Error { code, .. } if code.is_empty() => Err("the error has no code".to_owned()),
        Effect::Latency(text) => time(text, LATENCY_MAX),
        Effect::Receipt { delay, copies: count, .. } => {
            copies(*count)?;
            delay.as_ref().map_or(Ok(()), |text| time(text, Duration::from_secs(365 * 24 * 3600)))
        }
        Effect::Callback { delay, copies: count, .. } => {
            copies(*count)?;
            delay.as_ref().map_or(Ok(()), |text| time(text, LATENCY_MAX))
        }
        Effect::Error { .. } | Effect::Reset { .. } | Effect::Partial { .. } => Ok(()),
    }
}
