//! The control API under `/_tcsms/v1/`: what tests, a console and operators see and set.
//!
//! Answers and errors are JSON; an error is `{"error":{"code","message"}}` with a fitting HTTP status. No answer
//! holds a secret, but the one to whoever has just made an account. Who may ask is decided in [`access`], before anything else.

pub(crate) mod access;
mod accounts;
mod callbacks;
mod clock;
mod events;
mod extract;
mod faults;
mod messages;
mod near;
mod openapi;
mod outcomes;
mod query;
mod requests;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use http::{Method, StatusCode, Uri, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tcsms_store::{Store, StoreError};
use tokio::sync::watch;

use self::query::Query;
use crate::accounts::Accounts;
use crate::clock::Clocks;
use crate::config::Directory;
use crate::events::Events;
use crate::faults::Faults;
use crate::gateway::Gateway;
use crate::metrics::Metrics;
use crate::service::Work;

/// Largest body of a control request, in bytes.
const BODY_MAX: usize = 64 * 1024;

/// What the control API works on.
#[derive(Clone)]
pub(crate) struct Control {
    pub(crate) store: Store,
    pub(crate) clocks: Clocks,
    pub(crate) directory: Arc<Directory>,
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) events: Events,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) work: Arc<Work>,
    /// True once the service is stopping: calls that wait then answer at once.
    pub(crate) stopping: watch::Receiver<bool>,
}

/// The routes of the control API with the health checks beside it.
pub(crate) fn router(control: Control) -> Router {
    let v1 = Router::new()
        .route("/messages", get(messages::list).delete(messages::delete))
        .route("/messages/{serial}", get(messages::one))
        .route("/requests", get(requests::list))
        .route("/requests/{id}", get(requests::one))
        .route("/clock", get(clock::get).put(clock::put))
        .route("/reports", post(outcomes::report))
        .route("/replies", post(outcomes::reply))
        .route("/signs/{id}/review", post(outcomes::sign))
        .route("/templates/{id}/review", post(outcomes::template))
        .route("/accounts", post(accounts::add))
        .route("/accounts/{id}", delete(accounts::remove))
        .route("/faults", get(faults::get).put(faults::put).delete(faults::delete))
        .route("/callbacks", get(callbacks::list))
        .route("/events", get(events::stream))
        .method_not_allowed_fallback(wrong_method);
    Router::new()
        .nest("/_tcsms/v1", v1)
        .route("/_tcsms/openapi.json", get(openapi::document))
        .route("/metrics", get(metrics))
        .route("/healthz", get(health))
        .route("/readyz", get(ready))
        .fallback(not_found)
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .with_state(control)
}

/// An error of the control API.
#[derive(Debug)]
pub(crate) struct ControlError {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl ControlError {
    fn bad(message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code: "BadRequest", message: message.into() }
    }

    fn not_found(message: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, code: "NotFound", message: message.into() }
    }
}

/// An error as it is answered.
#[derive(Serialize, utoipa::ToSchema)]
struct ErrorBody {
    error: ErrorMembers,
}

/// What an error says.
#[derive(Serialize, utoipa::ToSchema)]
struct ErrorMembers {
    /// A word for programs.
    code: &'static str,
    /// What happened, and what to do.
    message: String,
}

/// What any call may be answered with in place of its answer.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "it is only described; what is answered is a ControlError")]
enum Errors {
    /// The path, the query or the body says what cannot be; the message names it.
    #[response(status = 400)]
    BadRequest(ErrorBody),
    /// The token is missing or another one.
    #[response(status = 401)]
    Unauthorized(ErrorBody),
    /// The call comes for a page of another site, or asked for a host that is not this machine.
    #[response(status = 403)]
    Forbidden(ErrorBody),
    /// What the path, the query or the body names is not there.
    #[response(status = 404)]
    NotFound(ErrorBody),
    /// The body is too large.
    #[response(status = 413)]
    BodyTooLarge(ErrorBody),
    /// The database failed; the message says how.
    #[response(status = 500)]
    StoreFailed(ErrorBody),
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        let error = ErrorMembers { code: self.code, message: self.message };
        (self.status, axum::Json(ErrorBody { error })).into_response()
    }
}

impl From<StoreError> for ControlError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, code: "StoreFailed", message: error.to_string() }
    }
}

type Answer = Result<Response, ControlError>;

fn answer<T: Serialize>(value: T) -> Answer {
    Ok(axum::Json(value).into_response())
}

/// Reads the body of a request, an object.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ControlError> {
    // serde would take a list of the members' values too.
    if !body.trim_ascii_start().starts_with(b"{") {
        return Err(ControlError::bad("the body must be a JSON object"));
    }
    serde_json::from_slice(body)
        .map_err(|error| ControlError::bad(format!("the body cannot be read: {error}")))
}

/// Reads a body that has objects inside it, which are to be objects too.
fn read_nested<T: DeserializeOwned + Serialize>(body: &[u8]) -> Result<T, ControlError> {
    let value: T = read(body)?;
    let unreadable =
        |error: serde_json::Error| ControlError::bad(format!("the body cannot be read: {error}"));
    let given: Value = serde_json::from_slice(body).map_err(unreadable)?;
    let meant = serde_json::to_value(&value).map_err(unreadable)?;
    match list_for_object(&given, &meant) {
        None => Ok(value),
        Some(place) => Err(ControlError::bad(format!("{place} must be a JSON object, not a list"))),
    }
}

/// Where a list stands that was read as the members of an object.
fn list_for_object(given: &Value, meant: &Value) -> Option<String> {
    match (given, meant) {
        (Value::Array(_), Value::Object(_)) => Some(String::new()),
        (Value::Array(given), Value::Array(meant)) => {
            (0..).zip(given.iter().zip(meant)).find_map(|(at, (given, meant))| {
                list_for_object(given, meant).map(|rest| format!("{at}.{rest}"))
            })
        }
        (Value::Object(given), Value::Object(meant)) => given.iter().find_map(|(name, given)| {
            let rest = list_for_object(given, meant.get(name)?)?;
            Some(format!("{name}.{rest}"))
        }),
        _ => None,
    }
    .map(|place| place.trim_end_matches('.').to_owned())
}

/// The account that a query chooses, if it chooses one; it must exist.
fn account_of_query(control: &Control, query: Option<&str>) -> Result<Option<String>, ControlError> {
    let mut query = Query::parse(query)?;
    let account = query.text("account");
    query.finish()?;
    if let Some(id) = account.as_deref().filter(|id| control.directory.account(id).is_none()) {
        return Err(ControlError::not_found(format!("there is no account {id}")));
    }
    Ok(account)
}

/// The answer of a health check.
#[derive(Serialize, utoipa::ToSchema)]
struct Health {
    status: &'static str,
}

/// The process is there and answers.
#[utoipa::path(get, path = "/healthz", tag = "operations", responses((status = 200, body = Health)))]
async fn health() -> Answer {
    answer(Health { status: "ok" })
}

/// The service can serve: it is not stopping, its database takes writes, and nothing of its work has ended.
#[utoipa::path(get, path = "/readyz", tag = "operations",
    responses((status = 200, body = Health), (status = 503, body = ErrorBody)))]
async fn ready(State(control): State<Control>) -> Answer {
    let unavailable =
        |code, message: String| Err(ControlError { status: StatusCode::SERVICE_UNAVAILABLE, code, message });
    if *control.stopping.borrow() {
        return unavailable("Stopping", "the service is stopping".to_owned());
    }
    if let Err(error) = control.store.probe().await {
        return unavailable("StoreFailed", error.to_string());
    }
    if !control.work.is_whole().await {
        return unavailable(
            "WorkEnded",
            "work in the background has ended; see the log, and start again".to_owned(),
        );
    }
    answer(Health { status: "ready" })
}

/// Counters in the text form of Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "operations",
    responses((status = 200, content_type = "application/openmetrics-text", body = String)))]
async fn metrics(State(control): State<Control>) -> Response {
    let text = control.metrics.text(control.store.writer_counts());
    ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text)
        .into_response()
}

async fn not_found(uri: Uri) -> ControlError {
    ControlError::not_found(format!(
        "there is nothing at {}; /_tcsms/openapi.json says what the control API has",
        uri.path()
    ))
}

async fn wrong_method(method: Method, uri: Uri) -> ControlError {
    ControlError {
        status: StatusCode::METHOD_NOT_ALLOWED,
        code: "MethodNotAllowed",
        message: format!("{} cannot be asked with {method}", uri.path()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::FaultList;

    #[test]
    fn a_body_is_an_object() {
        assert!(read::<clock::NewClockSetting>(b" {\"offset\":\"1h\"}").is_ok());
        for body in [&b""[..], b"null", b"[]", b"[\"1h\",null]", b"{\"offset\":1}", b"{"] {
            assert!(read::<clock::NewClockSetting>(body).is_err(), "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn so_is_every_object_inside_it() {
        let rule = r#"{"id":"a","match":{},"nth":[1],"do":{"error":{"code":"x"}}}"#;
        assert!(read_nested::<FaultList>(format!("{{\"faults\":[{rule}]}}").as_bytes()).is_ok());
        for (body, place) in [
            (rule.replace("{}", "[null,null,null,null]"), "faults.0.match"),
            (rule.replace(r#"{"code":"x"}"#, r#"["x",""]"#), "faults.0.do.error"),
            (r#"["a",{},[],null,null,{"latency":"1s"},0,0]"#.to_owned(), "faults.0"),
        ] {
            let error = read_nested::<FaultList>(format!("{{\"faults\":[{body}]}}").as_bytes()).unwrap_err();
            assert_eq!(error.message, format!("{place} must be a JSON object, not a list"));
        }
    }
}
