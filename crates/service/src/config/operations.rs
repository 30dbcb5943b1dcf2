//! The parts of the configuration that say how the service works, not what it allows: delivery, callbacks, retention.

use std::time::Duration;

use super::table::{ConfigError, Table};

/// The simulator's delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// How long a message takes to its report, in business time. Default 1 s.
    pub delay: Duration,
    /// A random time up to this long comes on top. Default none.
    pub jitter: Duration,
    /// What becomes of messages to certain numbers; the first rule that fits decides, before the special endings.
    pub rules: Vec<DeliveryRule>,
}

/// What becomes of messages to certain numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryRule {
    /// Patterns of numbers in E.164 form; `*` stands for any digits.
    pub numbers: Vec<String>,
    /// What happens.
    pub script: Script,
}

/// How the simulated carrier treats a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// What it says and does.
    pub fate: ScriptedFate,
    /// How much later than others its receipt comes, in business time.
    pub delay: Duration,
    /// How many receipts come, all alike.
    pub copies: u32,
}

/// What the simulated carrier says and does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScriptedFate {
    /// Takes the message and reports `SUCCESS`, `DELIVRD`.
    Delivered,
    /// Takes the message and reports `FAIL` with this code word.
    Failed(String),
    /// Takes the message and never reports.
    Silent,
    /// Refuses the message at once, with this code word.
    Rejected(String),
    /// Cannot be reached for so many attempts, then delivers.
    NotSent(u32),
    /// Does not answer whether it has the message, then reports as delivered.
    MaybeSent,
}

impl Script {
    /// Everything goes well.
    pub const PLAIN: Self = Self { fate: ScriptedFate::Delivered, delay: Duration::ZERO, copies: 1 };
}

/// Pushing reports and replies to the caller's own servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callbacks {
    /// How long one attempt may take. Default 5 s, our choice.
    pub timeout: Duration,
    /// How long after a failed attempt the next one comes, in business time; documented are two more attempts, the
    /// times are our choice: 5 s and 30 s.
    pub retries: Vec<Duration>,
    /// Whether addresses of private networks and of this machine may be called. Default: while the service itself
    /// listens on a loopback address.
    pub allow_private: Option<bool>,
    /// A file of certificates (PEM) that are trusted beside those of the system.
    pub ca_file: Option<String>,
}

/// How much of the past is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Messages older than this are removed. Default 30 days; zero keeps them all.
    pub age: Duration,
    /// About so many messages are kept. Default 1 000 000; zero keeps them all.
    pub messages: u64,
}

impl Default for Delivery {
    fn default() -> Self {
        Self { delay: Duration::from_secs(1), jitter: Duration::ZERO, rules: Vec::new() }
    }
}

impl Default for Callbacks {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(5),
            retries: vec![Duration::from_secs(5), Duration::from_secs(30)],
            allow_private: None,
            ca_file: None,
        }
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self { age: Duration::from_secs(30 * 24 * 3600), messages: 1_000_000 }
    }
}

/// The most copies of a receipt.
const COPIES_MAX: u64 = 10;

pub(super) fn delivery(root: &mut Table<'_, '_>) -> Result<Delivery, ConfigError> {
    let default = Delivery::default();
    let Some(mut table) = root.table("delivery")? else { return Ok(default) };
    let delay = table.duration("delay", default.delay)?;
    let jitter = table.duration("jitter", default.jitter)?;
    let mut rules = Vec::new();
    for rule in table.tables("rule")? {
        rules.push(delivery_rule(rule)?);
    }
    table.finish()?;
    Ok(Delivery { delay, jitter, rules })
}

fn delivery_rule(mut table: Table<'_, '_>) -> Result<DeliveryRule, ConfigError> {
    let numbers = table.strings("numbers")?;
    if numbers.is_empty() {
        return Err(table.missing("numbers"));
    }
    let fits = |byte: u8| byte.is_ascii_digit() || byte == b'+' || byte == b'*';
    if let Some(wrong) =
        numbers.iter().find(|number| number.value.is_empty() || !number.value.bytes().all(fits))
    {
        let message =
            format!("`{}` is no pattern of numbers; write digits, + and *, as in \"*7777\"", wrong.value);
        return Err(table.error(wrong.at, message));
    }
    let outcomes = [
        ("delivered", Outcome::Delivered),
        ("failed", Outcome::Failed),
        ("silent", Outcome::Silent),
        ("rejected", Outcome::Rejected),
        ("not_sent", Outcome::NotSent),
        ("maybe_sent", Outcome::MaybeSent),
    ];
    let outcome = table.choice("outcome", &outcomes, Outcome::Delivered)?;
    let word = table.string("word")?.map(|word| word.value);
    let attempts = table.integer("attempts", 1..=100)?.map_or(1, |count| count.value);
    let script = Script {
        fate: outcome.fate(word, u32::try_from(attempts).unwrap_or(1)),
        delay: table.duration("delay", Duration::ZERO)?,
        copies: table
            .integer("copies", 1..=COPIES_MAX)?
            .and_then(|copies| u32::try_from(copies.value).ok())
            .unwrap_or(1),
    };
    table.finish()?;
    let numbers = numbers.into_iter().map(|number| number.value).collect();
    Ok(DeliveryRule { numbers, script })
}

/// The words for what a carrier does, in the configuration and in faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    Delivered,
    Failed,
    Silent,
    Rejected,
    NotSent,
    MaybeSent,
}

impl Outcome {
    pub(crate) fn fate(self, word: Option<String>, attempts: u32) -> ScriptedFate {
        let word = |default: &str| word.unwrap_or_else(|| default.to_owned());
        match self {
            Self::Delivered => ScriptedFate::Delivered,
            Self::Failed => ScriptedFate::Failed(word("UNDELIV")),
            Self::Silent => ScriptedFate::Silent,
            Self::Rejected => ScriptedFate::Rejected(word("REJECTD")),
            Self::NotSent => ScriptedFate::NotSent(attempts),
            Self::MaybeSent => ScriptedFate::MaybeSent,
        }
    }
}

pub(super) fn callbacks(root: &mut Table<'_, '_>) -> Result<Callbacks, ConfigError> {
    let default = Callbacks::default();
    let Some(mut table) = root.table("callbacks")? else { return Ok(default) };
    let timeout = table.duration("timeout", default.timeout)?;
    if timeout.is_zero() {
        return Err(table.error(table.at, "`timeout` is zero; an attempt needs time, as in \"5s\""));
    }
    let retries = table.durations("retries", default.retries)?;
    let allow_private = table.optional_boolean("allow_private")?;
    let ca_file = table.string("ca_file")?.map(|file| file.value);
    table.finish()?;
    Ok(Callbacks { timeout, retries, allow_private, ca_file })
}

pub(super) fn retention(root: &mut Table<'_, '_>) -> Result<Retention, ConfigError> {
    let default = Retention::default();
    let Some(mut table) = root.table("retention")? else { return Ok(default) };
    let age = table.duration("age", default.age)?;
    let messages = table.integer("messages", 0..=i64::MAX as u64)?;
    table.finish()?;
    Ok(Retention { age, messages: messages.map_or(default.messages, |count| count.value) })
}
