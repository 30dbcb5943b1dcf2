//! The two ways to sign, which the documented SDK offers as functions.

use napi::bindgen_prelude::{Buffer, Either};
use napi::{Error, Result};
use napi_derive::napi;
use tcsms_auth::tc3::{Payload, Signing};
use tcsms_auth::v1::{self, Algorithm};

/// The base64 of the HMAC of a text: `method` is `HmacSHA1` or `HmacSHA256`.
#[napi(catch_unwind)]
pub fn sign(secret_key: String, text: String, method: String) -> Result<String> {
    let algorithm = Algorithm::named(Some(&method));
    if algorithm.as_str() != method {
        let text = "signMethod invalid, signMethod only support (HmacSHA1, HmacSHA256)";
        return Err(Error::from_reason(text));
    }
    Ok(v1::sign(algorithm, &secret_key, &text))
}

/// What is signed by TC3-HMAC-SHA256.
#[napi(object)]
pub struct ToSign {
    /// `GET` or `POST`.
    pub method: String,
    /// The query as it is sent, without its question mark.
    pub query: String,
    /// The header Content-Type.
    pub content_type: String,
    /// The header Host.
    pub host: String,
    /// The product.
    pub service: String,
    /// Unix time in seconds.
    pub timestamp: i64,
    /// The id of the key.
    pub secret_id: String,
}

/// The header Authorization of a request.
#[napi(catch_unwind)]
pub fn sign_tc3(to_sign: ToSign, secret_key: String, body: Either<String, Buffer>) -> String {
    let body = match &body {
        Either::A(text) => text.as_bytes(),
        Either::B(bytes) => bytes,
    };
    let signing = Signing {
        method: &to_sign.method,
        query: &to_sign.query,
        content_type: &to_sign.content_type,
        host: &to_sign.host,
        payload: Payload::Body(body),
        service: &to_sign.service,
        timestamp: to_sign.timestamp,
        secret_id: &to_sign.secret_id,
        ..Signing::default()
    };
    signing.authorization(&signing.key(&secret_key))
}
