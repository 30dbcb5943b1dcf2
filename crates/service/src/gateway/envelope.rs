//! The outermost form of every API answer: HTTP status 200 and `{"Response":{…,"RequestId":"…"}}`.
//!
//! Clients depend on three details: status 200 for errors too, `Content-Type` exactly `application/json`, and a
//! RequestId in every answer.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use hyper::body::Frame;
use serde::Serialize;
use tcsms_api::ErrorCode;

use super::errors::{ApiError, Language};

/// The id of one request: a random UUID in lower case, 36 characters.
pub(crate) fn request_id() -> String {
    // It names a request and keeps nothing secret, so a fast generator is enough.
    uuid::Builder::from_random_bytes(fastrand::u128(..).to_ne_bytes()).into_uuid().to_string()
}

/// An answer of an action; `answer` is the JSON object that stands in `Response`, RequestId included.
pub(crate) fn success(answer: &[u8]) -> Bytes {
    const BEFORE: &[u8] = b"{\"Response\":";
    let mut text = Vec::with_capacity(BEFORE.len() + answer.len() + 1);
    text.extend_from_slice(BEFORE);
    text.extend_from_slice(answer);
    text.push(b'}');
    text.into()
}

/// An error; no member of the action is present.
pub(crate) fn failure(error: &ApiError, language: Language, request_id: &str) -> Bytes {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Outer<'a> {
        response: Inner<'a>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Inner<'a> {
        error: Failure<'a>,
        request_id: &'a str,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Failure<'a> {
        code: &'a ErrorCode,
        message: &'a str,
    }
    let error = Failure { code: &error.code, message: error.text(language) };
    // Texts always serialise; the fallback only spares this path an error of its own.
    serde_json::to_vec(&Outer { response: Inner { error, request_id } }).unwrap_or_default().into()
}

/// The HTTP response that carries an answer.
pub(crate) fn response(text: Bytes) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// An answer whose head announces the whole body, and whose body ends after so many bytes.
pub(crate) fn partial(text: Bytes, bytes: usize) -> Response<Body> {
    let length = text.len();
    let mut response = response(Bytes::new());
    *response.body_mut() = Body::new(Partial { rest: Some(text.slice(..bytes.min(length))), waited: false });
    response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    response
}

/// A body that breaks off after what it has.
struct Partial {
    rest: Option<Bytes>,
    /// What came before has had its chance to leave.
    waited: bool,
}

impl hyper::body::Body for Partial {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        if let Some(bytes) = self.rest.take() {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        if !std::mem::replace(&mut self.waited, true) {
            // A connection writes what it has when there is no more for the moment, and drops it on an error.
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(std::io::Error::other("broken off on demand"))))
    }
}

/// What the edge in front of the service was recorded to answer to a GET that is too long: not an API answer.
pub(crate) fn uri_too_long() -> Response<Body> {
    const PAGE: &str = "<html>\r\n<head><title>414 Request-URI Too Large</title></head>\r\n<body>\r\n\
                        <center><h1>414 Request-URI Too Large</h1></center>\r\n</body>\r\n</html>\r\n";
    let mut response = Response::new(Body::from(PAGE));
    *response.status_mut() = StatusCode::URI_TOO_LONG;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_lower_case_uuids_and_differ() {
        let id = request_id();
        assert_eq!(id.len(), 36);
        assert_eq!(uuid::Uuid::parse_str(&id).unwrap().to_string(), id);
        assert_ne!(id, request_id());
    }

    #[test]
    fn both_forms() {
        assert_eq!(&success(br#"{"A":1,"RequestId":"r"}"#)[..], br#"{"Response":{"A":1,"RequestId":"r"}}"#);
        assert_eq!(
            &failure(&ApiError::new("InternalError", "a \"b\""), Language::English, "r")[..],
            br#"{"Response":{"Error":{"Code":"InternalError","Message":"a \"b\""},"RequestId":"r"}}"#
        );
    }
}
