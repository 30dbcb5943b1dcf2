//! The API calls that were received, with the explanation of a signature that failed.

use axum::extract::{Path, RawQuery, State};
use serde::Serialize;

use super::query::Query;
use super::{Answer, Control, ControlError, answer};
use crate::gateway::request_log::{Entry, Explanation};

const LIMIT_DEFAULT: usize = 100;

/// What both answers say of a call.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary<'a> {
    /// The RequestId.
    id: &'a str,
    /// Business time, Unix seconds.
    at: i64,
    account: Option<&'a str>,
    method: &'a str,
    path: &'a str,
    scheme: &'a str,
    secret_id: &'a str,
    action: &'a str,
    version: &'a str,
    region: Option<&'a str>,
    language: Option<&'a str>,
    client: Option<&'a str>,
    /// `Ok` or the error's code.
    code: &'a str,
    message: Option<&'a str>,
    duration_us: u64,
}

/// The answer of `GET requests`.
#[derive(Serialize)]
struct List<'a> {
    requests: Vec<Listed<'a>>,
}

#[derive(Serialize)]
struct Listed<'a> {
    #[serde(flatten)]
    summary: Summary<'a>,
    /// What a failed check found, in one sentence.
    explanation: Option<&'a str>,
}

/// The answer of `GET requests/{id}`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Whole<'a> {
    #[serde(flatten)]
    summary: Summary<'a>,
    /// What a failed check found, in full.
    explanation: Option<&'a Explanation>,
    /// The request as it came, what is long cut.
    raw: String,
    body_bytes: usize,
}

impl<'a> From<&'a Entry> for Summary<'a> {
    fn from(entry: &'a Entry) -> Self {
        Self {
            id: &entry.id,
            at: entry.at_ms.div_euclid(1000),
            account: entry.account.as_ref().map(|account| account.id.as_str()),
            method: &entry.method,
            path: &entry.path,
            scheme: entry.scheme,
            secret_id: &entry.secret_id,
            action: &entry.action,
            version: &entry.version,
            region: entry.region.as_deref(),
            language: entry.language.as_deref(),
            client: entry.client.as_deref(),
            code: entry.code.as_deref().unwrap_or("Ok"),
            message: entry.message.as_deref(),
            duration_us: entry.duration_us,
        }
    }
}

/// `GET requests?account=&action=&code=&limit=`: the newest calls, the newest last.
pub(super) async fn list(State(control): State<Control>, RawQuery(query): RawQuery) -> Answer {
    let mut query = Query::parse(query.as_deref())?;
    let (account, action, code) = (query.text("account"), query.text("action"), query.text("code"));
    let limit = query.number("limit", 1, 1000)?.and_then(|limit| usize::try_from(limit).ok());
    query.finish()?;
    let entries = control.gateway.log().list(limit.unwrap_or(LIMIT_DEFAULT), |entry| {
        let fits =
            |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|wanted| wanted == found);
        fits(&account, entry.account.as_ref().map_or("", |account| account.id.as_str()))
            && fits(&action, &entry.action)
            && fits(&code, entry.code.as_deref().unwrap_or("Ok"))
    });
    let requests = entries.iter().map(|entry| Listed {
        summary: entry.as_ref().into(),
        explanation: entry.explanation.as_ref().map(|explanation| explanation.summary.as_str()),
    });
    answer(List { requests: requests.collect() })
}

/// `GET requests/{id}`: one call with its text on the wire.
pub(super) async fn one(State(control): State<Control>, Path(id): Path<String>) -> Answer {
    let entry = control.gateway.log().get(&id).ok_or_else(|| {
        ControlError::not_found(format!("no call with the RequestId {id} is remembered; the newest 1000 are"))
    })?;
    answer(Whole {
        summary: entry.as_ref().into(),
        explanation: entry.explanation.as_ref(),
        raw: entry.raw(),
        body_bytes: entry.body_bytes,
    })
}
