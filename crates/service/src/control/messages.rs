//! The messages that were sent, and waiting for them.

use std::time::Duration;

use axum::extract::{RawQuery, State};
use serde::Serialize;
use tcsms_store::{Message, MessageFilter, Phase, Progress, Status, Waiting};
use tokio::time::Instant;
use utoipa::ToSchema;

use super::extract::Named;
use super::near::{NearMiss, near};
use super::query::Query;
use super::{Answer, Control, ControlError, Errors, account_of_query, answer};
use crate::rules::{numbers, time};
use crate::service::told;

const LIMIT_DEFAULT: usize = 100;
const LIMIT_MAX: usize = 1000;

/// A message as the control API shows it.
#[derive(Serialize, ToSchema)]
pub(super) struct ShownMessage {
    /// The cursor for `after`.
    row: i64,
    serial: String,
    account: String,
    app: String,
    phone: String,
    text: String,
    params: Vec<String>,
    /// The login code found in the text.
    code: Option<String>,
    template: String,
    sign: String,
    /// `refused`, `submitted`, `delivered` or `failed`.
    status: &'static str,
    /// The carrier's code word, or the code of the refusal.
    report: Option<String>,
    segments: u32,
    fee: u32,
    /// Business time, Unix seconds.
    at: i64,
}

impl From<Message> for ShownMessage {
    fn from(message: Message) -> Self {
        let (status, fee) = (message.status().as_str(), message.fee());
        let report =
            message.refusal.map(|refusal| refusal.code).or(message.receipt.map(|receipt| receipt.word));
        Self {
            row: message.row,
            serial: message.serial,
            account: message.account,
            app: message.app,
            phone: message.phone,
            text: message.text,
            params: message.params,
            code: message.code,
            template: message.template.to_string(),
            sign: message.sign,
            status,
            report,
            segments: message.segments,
            fee,
            at: message.at,
        }
    }
}

/// One message, with what is only looked up for one.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct WholeMessage {
    #[serde(flatten)]
    message: ShownMessage,
    /// The RequestId of the call that sent it.
    request_id: String,
    /// What it waits for, while it waits.
    waiting: Option<String>,
    /// The faults on demand that struck it or its call.
    faults: Vec<String>,
}

/// The answer of `GET messages`.
#[derive(Serialize, ToSchema)]
pub(super) struct MessageList {
    messages: Vec<ShownMessage>,
    /// Whether as many messages match as were asked for.
    matched: bool,
    /// When they do not: messages that almost match, and what differs.
    #[serde(rename = "nearMisses", skip_serializing_if = "Option::is_none")]
    near_misses: Option<Vec<NearMiss>>,
}

/// The answer of `DELETE messages`.
#[derive(Serialize, ToSchema)]
pub(super) struct Deleted {
    deleted: u64,
}

/// The messages that match, the newest last. With `wait`, answers as soon as `count` of them match.
///
/// `GET messages?account=&app=&phone=&status=&q=&after=&limit=&count=&wait=`: the messages that match, the newest
/// last. With `wait`, answers as soon as `count` (default 1) match.
#[utoipa::path(get, path = "/_tcsms/v1/messages", tag = "messages",
    params(
        ("account" = Option<String>, Query, description = "Only this account's"),
        ("app" = Option<String>, Query, description = "Only this app's"),
        ("phone" = Option<String>, Query, description = "Only those to this number, in any form that a send accepts"),
        ("status" = Option<String>, Query, pattern = "^(refused|submitted|delivered|failed)?$",
            description = "Only those that stand so"),
        ("q" = Option<String>, Query, description = "Only those whose text, number or serial number contains this"),
        ("after" = Option<i64>, Query, minimum = 0,
            description = "Only those after this row; then the oldest come first"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 1000, description = "100 by default"),
        ("count" = Option<u32>, Query, minimum = 1, maximum = 1000,
            description = "How many must match, at most `limit`; 1 by default"),
        ("wait" = Option<String>, Query, description = "How long to wait for them: 5s, at most 300s"),
    ),
    responses((status = 200, body = MessageList), Errors))]
pub(super) async fn list(State(mut control): State<Control>, RawQuery(query): RawQuery) -> Answer {
    let Wanted { filter, count, wait } = wanted(query.as_deref())?;
    // Watched before the first look, so that a message that arrives in between is noticed.
    let mut changes = control.store.changes();
    let deadline = Instant::now() + wait.unwrap_or(Duration::ZERO);
    loop {
        changes.borrow_and_update();
        let found = control.store.messages(filter.clone()).await?;
        let matched = found.len() >= count;
        let news = async {
            // Without a sender there is no more news.
            if changes.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        let again = !matched
            && wait.is_some()
            && tokio::select! {
                () = news => true,
                () = tokio::time::sleep_until(deadline) => false,
                () = told(&mut control.stopping) => false,
            };
        if !again {
            let near_misses = if matched { None } else { Some(near(&control.store, &filter).await?) };
            let messages = found.into_iter().map(ShownMessage::from).collect();
            return answer(MessageList { messages, matched, near_misses });
        }
    }
}

/// One message.
#[utoipa::path(get, path = "/_tcsms/v1/messages/{serial}", tag = "messages",
    params(("serial" = String, Path, description = "The serial number")),
    responses((status = 200, body = WholeMessage), Errors))]
pub(super) async fn one(State(control): State<Control>, Named(serial): Named<String>) -> Answer {
    let message = control.store.message(&serial).await?;
    let message = message
        .ok_or_else(|| ControlError::not_found(format!("no message has the serial number {serial}")))?;
    let waiting = control.store.waiting(message.row).await?;
    answer(WholeMessage {
        request_id: message.request_id.clone(),
        waiting: waiting.map(|waiting| sentence(&waiting)),
        faults: control.faults.hits(&message.request_id, message.row),
        message: message.into(),
    })
}

/// What a message waits for, in words.
fn sentence(waiting: &Waiting) -> String {
    let at = |ms: i64| time::format_second(ms.div_euclid(1000));
    match waiting {
        Waiting::Queued { due_ms } => format!("it is handed to the carrier at {}, Beijing time", at(*due_ms)),
        Waiting::UnderWay => "the carrier is being asked".to_owned(),
        Waiting::NotQueued => "nothing: it was not queued for delivery".to_owned(),
        Waiting::Noted(Progress { phase, attempts, reason, next_ms }) => match phase {
            Phase::WithCarrier => "the carrier has it and has not reported".to_owned(),
            Phase::Retrying => {
                let next = next_ms.map(at).unwrap_or_default();
                format!("attempt {attempts} failed: {reason}; the next is at {next}, Beijing time")
            }
            Phase::Held => {
                let until = next_ms.map(at).unwrap_or_default();
                format!(
                    "the carrier may have it: {reason}; it is not sent again, and a receipt is waited for until \
                     {until}, Beijing time"
                )
            }
        },
    }
}

/// Forgets the messages.
#[utoipa::path(delete, path = "/_tcsms/v1/messages", tag = "messages",
    params(("account" = Option<String>, Query, description = "Only this account's; without it, all")),
    responses((status = 200, body = Deleted), Errors))]
pub(super) async fn delete(State(control): State<Control>, RawQuery(query): RawQuery) -> Answer {
    let account = account_of_query(&control, query.as_deref())?;
    let deleted = control.store.delete_messages(account.as_deref()).await?;
    answer(Deleted { deleted })
}

struct Wanted {
    filter: MessageFilter,
    count: usize,
    wait: Option<Duration>,
}

fn wanted(query: Option<&str>) -> Result<Wanted, ControlError> {
    let mut query = Query::parse(query)?;
    let status = match query.text("status") {
        None => None,
        Some(word) => Some(Status::parse(&word).ok_or_else(|| {
            let words = Status::ALL.map(Status::as_str).join(", ");
            ControlError::bad(format!("status={word}: it must be one of {words}"))
        })?),
    };
    let size = |number: Option<i64>, default| {
        number.and_then(|number| usize::try_from(number).ok()).unwrap_or(default)
    };
    let most = i64::try_from(LIMIT_MAX).unwrap_or(i64::MAX);
    let count = size(query.number("count", 1, most)?, 1);
    let filter = MessageFilter {
        account: query.text("account"),
        app: query.text("app"),
        phone: query.text("phone").map(canonical),
        status,
        q: query.text("q"),
        after: query.number("after", 0, i64::MAX)?,
        limit: size(query.number("limit", 1, most)?, LIMIT_DEFAULT.max(count)),
    };
    let wait = query.wait("wait")?;
    query.finish()?;
    if count > filter.limit {
        return Err(ControlError::bad(format!(
            "count={count} is more than limit={}; raise the limit",
            filter.limit
        )));
    }
    Ok(Wanted { filter, count, wait })
}

/// The number as it is recorded. A `+` that was not escaped arrives as a blank.
pub(super) fn canonical(phone: String) -> String {
    let text = match phone.strip_prefix(' ') {
        Some(digits) => format!("+{digits}"),
        None => phone,
    };
    numbers::parse(&text).map_or(text, |number| number.e164)
}
