//! Whatever is given as a call, and as its answer, comes to an outcome that can be read, and a request that is to be carried
//! is signed.

use std::sync::LazyLock;

use serde_json::Value;
use tcsms_bridge::{Client, Exchange, Failure, status};

use super::bridge_settings::readable;

static CLIENT: LazyLock<Client> = LazyLock::new(|| {
    let config =
        br#"{"secret_id":"id","secret_key":"SKEXAMPLE","region":"ap-guangzhou","foreign_transport":true,
        "retry":{"policy":"never"}}"#;
    Client::new(config).unwrap_or_else(|failure| panic!("{failure:?}"))
});

/// The description, the body, the headers of the answer and the answer stand behind each other, a zero byte between them.
pub(crate) fn run(data: &[u8]) {
    let mut parts = data.splitn(4, |byte| *byte == 0);
    let mut part = || parts.next().unwrap_or_default();
    let (meta, body, headers, answer) = (part(), part(), part(), part());
    let mut exchange = match CLIENT.exchange(meta, body) {
        Ok(exchange) => exchange,
        Err(failure) => {
            readable(&failure);
            return;
        }
    };
    let (head, _) = step(&mut exchange);
    if let Some(request) = head.get("send") {
        let headers = request["headers"].as_array().unwrap_or_else(|| panic!("{head}"));
        let is_authorized = headers.iter().any(|header| header[0] == "authorization");
        let content_type = headers.iter().find(|header| header[0] == "content-type");
        // The older signatures stand among the parameters.
        let is_form = content_type.is_some_and(|header| header[1] == "application/x-www-form-urlencoded");
        assert!(is_authorized || is_form, "{head}");
    }
    if exchange.answer(200, headers, answer).is_err()
        && exchange.failed(0, false, "the host's own words").is_err()
    {
        return;
    }
    let (head, rest) = step(&mut exchange);
    let outcome = head["done"].as_i64().unwrap_or_else(|| panic!("it does not end: {head}"));
    let outcome = i32::try_from(outcome).unwrap_or_else(|error| panic!("{error}"));
    if outcome == status::OK {
        assert!(serde_json::from_slice::<Value>(&rest).is_ok(), "{rest:?}");
    } else {
        readable(&Failure { status: outcome, bytes: rest });
    }
}

fn step(exchange: &mut Exchange) -> (Value, Vec<u8>) {
    let bytes = exchange.next();
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or_else(|| panic!("{bytes:?}"));
    let head = serde_json::from_slice(&bytes[..end]).unwrap_or_else(|error| panic!("{bytes:?}: {error}"));
    (head, bytes[end + 1..].to_vec())
}
