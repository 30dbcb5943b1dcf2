//! The attempts to push reports and replies.

use axum::extract::{RawQuery, State};
use serde::Serialize;
use tcsms_store::PushAttempt;
use utoipa::ToSchema;

use super::query::Query;
use super::{Answer, Control, Errors, answer};
use crate::callbacks::kind_word;

const LIMIT_DEFAULT: usize = 100;

/// The attempts, the newest last.
#[derive(Serialize, ToSchema)]
pub(super) struct Attempts {
    attempts: Vec<ShownAttempt>,
}

/// One attempt to push.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ShownAttempt {
    /// `status` or `reply`.
    kind: &'static str,
    account: String,
    app: String,
    /// The attempts of one push share this number.
    push: i64,
    /// Which attempt it was, from 1.
    attempt: u32,
    /// How many reports or replies it held.
    items: u32,
    /// When it ended, business time, Unix seconds.
    at: i64,
    url: String,
    /// `OK`, or what went wrong.
    outcome: String,
    http_status: Option<u16>,
    duration_ms: i64,
    /// When the next attempt is due, business time, Unix seconds; `null` after the last one.
    next_at: Option<i64>,
}

impl From<PushAttempt> for ShownAttempt {
    fn from(attempt: PushAttempt) -> Self {
        Self {
            kind: kind_word(attempt.kind),
            account: attempt.account,
            app: attempt.app,
            push: attempt.push,
            attempt: attempt.attempt,
            items: attempt.items,
            at: attempt.end.at,
            url: attempt.end.url,
            outcome: attempt.end.outcome,
            http_status: attempt.end.http_status,
            duration_ms: attempt.end.duration_ms,
            next_at: attempt.next_ms.map(|next_ms| next_ms.div_euclid(1000)),
        }
    }
}

/// The newest attempts to push reports and replies; the last ten thousand are kept.
#[utoipa::path(get, path = "/_tcsms/v1/callbacks", tag = "callbacks",
    params(("account" = Option<String>, Query, description = "Only this account's"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 1000, description = "100 by default")),
    responses((status = 200, body = Attempts), Errors))]
pub(super) async fn list(State(control): State<Control>, RawQuery(query): RawQuery) -> Answer {
    let mut query = Query::parse(query.as_deref())?;
    let account = query.text("account");
    let limit = query.number("limit", 1, 1000)?.and_then(|limit| usize::try_from(limit).ok());
    query.finish()?;
    let attempts = control.store.push_attempts(account.as_deref(), limit.unwrap_or(LIMIT_DEFAULT)).await?;
    answer(Attempts { attempts: attempts.into_iter().map(ShownAttempt::from).collect() })
}
