//! The messages that were sent, and waiting for them.

use std::time::Duration;

use axum::extract::{Path, RawQuery, State};
use serde::Serialize;
use tcsms_store::{Message, MessageFilter, Status};
use tokio::time::Instant;

use super::near::{Near, near};
use super::query::Query;
use super::{Answer, Control, ControlError, answer};
use crate::rules::numbers;
use crate::service::told;

const LIMIT_DEFAULT: usize = 100;
const LIMIT_MAX: usize = 1000;

/// A message as the control API shows it.
#[derive(Serialize)]
struct Shown {
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

impl From<Message> for Shown {
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

/// The answer of `GET messages`.
#[derive(Serialize)]
struct Listed {
    messages: Vec<Shown>,
    /// Whether as many messages match as were asked for.
    matched: bool,
    /// When they do not: messages that almost match, and what differs.
    #[serde(rename = "nearMisses", skip_serializing_if = "Option::is_none")]
    near_misses: Option<Vec<Near>>,
}

/// The answer of `DELETE messages`.
#[derive(Serialize)]
struct Deleted {
    deleted: u64,
}

/// `GET messages?account=&app=&phone=&status=&q=&after=&limit=&count=&wait=`: the messages that match, the newest
/// last. With `wait`, answers as soon as `count` (default 1) match.
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
            let messages = found.into_iter().map(Shown::from).collect();
            return answer(Listed { messages, matched, near_misses });
        }
    }
}

/// `GET messages/{serial}`.
pub(super) async fn one(State(control): State<Control>, Path(serial): Path<String>) -> Answer {
    match control.store.message(&serial).await? {
        Some(message) => answer(Shown::from(message)),
        None => Err(ControlError::not_found(format!("no message has the serial number {serial}"))),
    }
}

/// `DELETE messages?account=`: forgets the messages.
pub(super) async fn delete(State(control): State<Control>, RawQuery(query): RawQuery) -> Answer {
    let mut query = Query::parse(query.as_deref())?;
    let account = query.text("account");
    query.finish()?;
    if let Some(id) = account.as_deref().filter(|id| control.directory.account(id).is_none()) {
        return Err(ControlError::not_found(format!("there is no account {id}")));
    }
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
fn canonical(phone: String) -> String {
    let text = match phone.strip_prefix(' ') {
        Some(digits) => format!("+{digits}"),
        None => phone,
    };
    numbers::parse(&text).map_or(text, |number| number.e164)
}
