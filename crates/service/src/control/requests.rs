//! The API calls that were received, with the explanation of a signature that failed.

use axum::extract::{RawQuery, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::extract::Named;
use super::query::Query;
use super::{Answer, Control, ControlError, Errors, answer};
use crate::gateway::request_log::{Entry, Explanation};

const LIMIT_DEFAULT: usize = 100;

/// What both answers say of a call.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RequestSummary<'a> {
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
    /// The faults on demand that struck it.
    faults: &'a [String],
}

/// The answer of `GET requests`.
#[derive(Serialize, ToSchema)]
pub(super) struct RequestList<'a> {
    requests: Vec<ListedRequest<'a>>,
}

#[derive(Serialize, ToSchema)]
struct ListedRequest<'a> {
    #[serde(flatten)]
    summary: RequestSummary<'a>,
    /// What a failed check found, in one sentence.
    explanation: Option<&'a str>,
}

/// The answer of `GET requests/{id}`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct WholeRequest<'a> {
    #[serde(flatten)]
    summary: RequestSummary<'a>,
    /// What a failed check found, in full.
    explanation: Option<&'a Explanation>,
    /// The request as it came, what is long cut.
    raw: String,
    body_bytes: usize,
}

impl<'a> From<&'a Entry> for RequestSummary<'a> {
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
            faults: &entry.faults,
        }
    }
}

/// The newest calls of the API, the newest last.
#[utoipa::path(get, path = "/_tcsms/v1/requests", tag = "requests",
    params(("account" = Option<String>, Query, description = "Only those signed by this account's keys"),
        ("action" = Option<String>, Query, description = "Only those of this action"),
        ("code" = Option<String>, Query, description = "Only those answered with this code; Ok is one"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 1000, description = "100 by default")),
    responses((status = 200, body = RequestList), Errors))]
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
    let requests = entries.iter().map(|entry| ListedRequest {
        summary: entry.as_ref().into(),
        explanation: entry.explanation.as_ref().map(|explanation| explanation.summary.as_str()),
    });
    answer(RequestList { requests: requests.collect() })
}

/// One call with its text on the wire, and the explanation of a check that failed.
#[utoipa::path(get, path = "/_tcsms/v1/requests/{id}", tag = "requests",
    params(("id" = String, Path, description = "The RequestId")),
    responses((status = 200, body = WholeRequest), Errors))]
pub(super) async fn one(State(control): State<Control>, Named(id): Named<String>) -> Answer {
    let entry = control.gateway.log().get(&id).ok_or_else(|| {
        ControlError::not_found(format!("no call with the RequestId {id} is remembered; the newest 1000 are"))
    })?;
    answer(WholeRequest {
        summary: entry.as_ref().into(),
        explanation: entry.explanation.as_ref(),
        raw: entry.raw(),
        body_bytes: entry.body_bytes,
    })
}
