//! What a handler takes out of a request, with errors in the control API's own form: axum's would be plain text.

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use bytes::Bytes;
use http::StatusCode;
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::ControlError;

/// What the path names.
pub(super) struct Named<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Named<T> {
    type Rejection = ControlError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ControlError> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(name)) => Ok(Self(name)),
            Err(error) => Err(ControlError::bad(format!("{}: {}", parts.uri.path(), error.body_text()))),
        }
    }
}

/// The whole body.
pub(super) struct Content(pub(super) Bytes);

impl<S: Send + Sync> FromRequest<S> for Content {
    type Rejection = ControlError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ControlError> {
        Bytes::from_request(request, state).await.map(Self).map_err(|error| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => ControlError {
                status: StatusCode::PAYLOAD_TOO_LARGE,
                code: "BodyTooLarge",
                message: format!("a body may have {} bytes here", super::BODY_MAX),
            },
            _ => ControlError::bad(format!("the body cannot be read: {}", error.body_text())),
        })
    }
}
