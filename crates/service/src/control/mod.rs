//! The control API under `/_tcsms/v1/`: what tests, a console and operators see and set.
//!
//! Answers and errors are JSON; an error is `{"error":{"code","message"}}` with a fitting HTTP status. No answer
//! holds a secret. Who may ask is decided in [`access`], before anything else.

pub(crate) mod access;
mod clock;
mod messages;
mod near;
mod query;
mod requests;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{Method, StatusCode, Uri};
use serde::Serialize;
use tcsms_store::{Store, StoreError};
use tokio::sync::watch;

use crate::clock::Clock;
use crate::config::Directory;
use crate::gateway::Gateway;

/// Largest body of a control request, in bytes.
const BODY_MAX: usize = 64 * 1024;

/// What the control API works on.
#[derive(Clone)]
pub(crate) struct Control {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) directory: Arc<Directory>,
    pub(crate) gateway: Arc<Gateway>,
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
        .method_not_allowed_fallback(wrong_method);
    Router::new()
        .nest("/_tcsms/v1", v1)
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

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Outer {
            error: Inner,
        }
        #[derive(Serialize)]
        struct Inner {
            code: &'static str,
            message: String,
        }
        let error = Inner { code: self.code, message: self.message };
        (self.status, axum::Json(Outer { error })).into_response()
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

/// The answer of a health check.
#[derive(Serialize)]
struct Status {
    status: &'static str,
}

/// The process is there and answers.
async fn health() -> Answer {
    answer(Status { status: "ok" })
}

/// The service can serve: its store answers and it is not stopping.
async fn ready(State(control): State<Control>) -> Answer {
    if *control.stopping.borrow() {
        return Err(ControlError {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code: "Stopping",
            message: "the service is stopping".to_owned(),
        });
    }
    control.store.newest_row().await?;
    answer(Status { status: "ready" })
}

async fn not_found(uri: Uri) -> ControlError {
    ControlError::not_found(format!(
        "there is nothing at {}; the control API has messages, messages/{{serial}}, requests, requests/{{id}} and clock \
         under /_tcsms/v1/",
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
