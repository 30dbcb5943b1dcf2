//! Calls of the API, in both forms, well signed or not signed at all: every answer is one of the API, and an error has a
//! code that is published.

use http::{HeaderValue, Request};
use serde_json::Value;
use tcsms_api::ErrorCode;
use tcsms_auth::form;
use tcsms_auth::tc3::{Payload, Signing};
use tcsms_auth::v1::{self, Algorithm};

use crate::fields::Fields;
use crate::service::{NOW, SECRET, ask};

const HOST: &str = "sms.tencentcloudapi.com";

pub(crate) fn run(data: &[u8]) {
    let mut fields = Fields::of(data);
    let way = fields.bytes();
    let request = match way {
        b"json" => tc3("POST", fields),
        b"query" => tc3("GET", fields),
        b"form" => v1("POST", fields),
        b"get" => v1("GET", fields),
        _ => raw(fields),
    };
    let Some(request) = request else { return };
    let (status, kind, body) = ask(request);
    let shown = String::from_utf8_lossy(&body);
    assert_eq!((status, kind.as_str()), (200, "application/json"), "{shown}");
    let answer: Value = serde_json::from_slice(&body).unwrap_or_else(|error| panic!("{error}: {shown}"));
    let response = &answer["Response"];
    assert_eq!(response["RequestId"].as_str().map(str::len), Some(36), "{shown}");
    if let Some(error) = response.get("Error") {
        let code = error["Code"].as_str().unwrap_or_default();
        assert!(ErrorCode::known().iter().any(|known| known.as_str() == code), "{shown}");
        assert!(!code.starts_with("InternalError"), "{shown}");
        assert!(error["Message"].as_str().is_some_and(|message| !message.is_empty()), "{shown}");
        assert!(!shown.contains(SECRET.1), "{shown}");
    }
}

/// A request whose header values are any text; nothing when a header cannot carry one.
fn request(method: &str, uri: String, headers: &[(&str, &str)], body: Vec<u8>) -> Option<Request<Vec<u8>>> {
    let mut request = Request::builder().method(method).uri(uri).header("host", HOST);
    for (name, value) in headers {
        request = request.header(*name, HeaderValue::from_str(value).ok()?);
    }
    request.body(body).ok()
}

/// Action, version and content type on a line each; then the body, or the query.
fn tc3(method: &str, mut fields: Fields<'_>) -> Option<Request<Vec<u8>>> {
    let (action, version, content_type) = (fields.text(), fields.text(), fields.text());
    let rest = fields.rest();
    let query = if method == "GET" { form::encode_pairs(&pairs(rest)) } else { String::new() };
    let body = if method == "GET" { Vec::new() } else { rest.to_vec() };
    let signing = Signing {
        method,
        query: &query,
        content_type: &content_type,
        host: HOST,
        payload: Payload::Body(&body),
        timestamp: NOW,
        secret_id: SECRET.0,
        ..Signing::default()
    };
    let authorization = signing.authorization(&signing.key(SECRET.1));
    let now = NOW.to_string();
    let headers = [
        ("authorization", &*authorization),
        ("content-type", &*content_type),
        ("x-tc-action", &*action),
        ("x-tc-version", &*version),
        ("x-tc-region", "ap-guangzhou"),
        ("x-tc-timestamp", &*now),
    ];
    request(method, uri(&query), &headers, body)
}

/// Action and version on a line each; then the parameters, a name and a value on a line each.
fn v1(method: &str, mut fields: Fields<'_>) -> Option<Request<Vec<u8>>> {
    let (action, version) = (fields.text(), fields.text());
    let now = NOW.to_string();
    let mut parameters: Vec<(String, String)> = [
        ("Action", &*action),
        ("Version", &*version),
        ("Region", "ap-guangzhou"),
        ("Timestamp", &*now),
        ("Nonce", "1"),
        ("SecretId", SECRET.0),
        ("SignatureMethod", "HmacSHA256"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    parameters.extend(pairs(fields.rest()));
    let text = v1::string_to_sign(method, HOST, "/", &parameters);
    parameters
        .push(("Signature".to_owned(), v1::sign(Algorithm::named(Some("HmacSHA256")), SECRET.1, &text)));
    let form = form::encode_pairs(&parameters);
    match method {
        "GET" => request(method, uri(&form), &[], Vec::new()),
        _ => {
            let kind = ("content-type", "application/x-www-form-urlencoded");
            request(method, "/".to_owned(), &[kind], form.into_bytes())
        }
    }
}

/// Method and target on a line each, then headers up to an empty line, then the body.
fn raw(mut fields: Fields<'_>) -> Option<Request<Vec<u8>>> {
    let (method, target) = (fields.text(), fields.text());
    if target.contains("_tcsms")
        || ["/metrics", "/healthz", "/readyz"].iter().any(|path| target.starts_with(path))
    {
        return None;
    }
    let mut headers = Vec::new();
    loop {
        let line = fields.text().into_owned();
        let Some((name, value)) = line.split_once(": ") else { break };
        headers.push((name.to_owned(), value.to_owned()));
    }
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (&**name, &**value)).collect();
    request(&method, target.into_owned(), &headers, fields.rest().to_vec())
}

fn pairs(data: &[u8]) -> Vec<(String, String)> {
    let mut fields = Fields::of(data);
    let mut pairs = Vec::new();
    loop {
        let (name, value) = (fields.text().into_owned(), fields.text().into_owned());
        if name.is_empty() {
            return pairs;
        }
        pairs.push((name, value));
    }
}

fn uri(query: &str) -> String {
    if query.is_empty() { "/".to_owned() } else { format!("/?{query}") }
}
