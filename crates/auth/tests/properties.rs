//! What is signed verifies, any changed byte does not, and no bytes make the readers fail.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use tcsms_auth::raw::RawRequest;
use tcsms_auth::tc3::{Payload, Signing};
use tcsms_auth::v1::{self, Algorithm};
use tcsms_auth::verify::{Claim, Policy};
use tcsms_auth::{explain, form};

/// A request as bytes, with the places where a change must break the signature.
struct Signed {
    bytes: Vec<u8>,
    guarded: Vec<std::ops::Range<usize>>,
}

fn holds(bytes: &[u8], key: &str) -> bool {
    let Ok(raw) = RawRequest::parse(bytes) else { return false };
    raw.with(|request| Claim::of(request).is_ok_and(|claim| claim.check(key, &Policy::default()).is_ok()))
}

/// The place of so many bytes behind a text that stands in the request once.
fn after(bytes: &[u8], text: &str, length: usize) -> std::ops::Range<usize> {
    let start = bytes.windows(text.len()).rposition(|window| window == text.as_bytes()).unwrap() + text.len();
    start..start + length
}

fn signed_tc3(key: &str, id: &str, timestamp: i64, body: &[u8], query: &str, get: bool) -> Signed {
    let signing = Signing {
        method: if get { "GET" } else { "POST" },
        query: if get { query } else { "" },
        content_type: if get { "application/x-www-form-urlencoded" } else { "application/json" },
        host: "sms.tencentcloudapi.com",
        headers: &[("x-tc-action", "SendSms")],
        payload: Payload::Body(if get { b"" } else { body }),
        timestamp,
        secret_id: id,
        ..Signing::default()
    };
    let body = if get { b"" } else { body };
    let authorization = signing.authorization(&signing.key(key));
    let target = if get { format!("/?{query}") } else { "/".to_owned() };
    let head = format!(
        "{} {target} HTTP/1.1\r\nHost: sms.tencentcloudapi.com\r\nContent-Type: {}\r\nX-TC-Action: SendSms\r\n\
         X-TC-Version: 2021-01-11\r\nX-TC-Timestamp: {timestamp}\r\nAuthorization: {authorization}\r\n\
         Content-Length: {}\r\n\r\n",
        signing.method,
        signing.content_type,
        body.len()
    );
    let mut bytes = head.into_bytes();
    let mut guarded = vec![
        bytes.len()..bytes.len() + body.len(),
        after(&bytes, "X-TC-Timestamp: ", timestamp.to_string().len()),
        after(&bytes, "Content-Type: ", signing.content_type.len()),
        after(&bytes, "X-TC-Action: ", "SendSms".len()),
        after(&bytes, ", Signature=", 64),
    ];
    if get && !query.is_empty() {
        guarded.push(6..6 + query.len());
    }
    bytes.extend_from_slice(body);
    Signed { bytes, guarded }
}

fn signed_v1(key: &str, algorithm: Algorithm, timestamp: i64, values: &[(String, String)]) -> Signed {
    let mut parameters: Vec<(String, String)> = [
        ("Action", "SendSms"),
        ("Version", "2021-01-11"),
        ("Nonce", "1"),
        ("SecretId", "id"),
        ("SignatureMethod", algorithm.as_str()),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    parameters.push(("Timestamp".to_owned(), timestamp.to_string()));
    parameters.extend(values.iter().cloned());
    let text = v1::string_to_sign("POST", "127.0.0.1", "/", &parameters);
    parameters.push(("Signature".to_owned(), v1::sign(algorithm, key, &text)));
    let body = form::encode_pairs(&parameters);
    let head = format!("POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {}\r\n\r\n", body.len());
    let start = head.len();
    let bytes = [head.as_bytes(), body.as_bytes()].concat();
    let parameters = start..bytes.len();
    Signed { bytes, guarded: vec![parameters] }
}

proptest! {
    #[test]
    fn a_tc3_signature_holds_until_a_byte_changes(
        key in "[ -~]{1,80}",
        id in "[A-Za-z0-9<> /]{0,39}[A-Za-z0-9]",
        // Up to the year 2286, where the number gets another digit.
        timestamp in 0_i64..10_000_000_000,
        body: Vec<u8>,
        query in "[A-Za-z0-9.=&%+~*!()'-]{0,60}",
        get: bool,
        place: prop::sample::Index,
        // Any change but that of case, which signed header values do not have.
        flip in (1_u8..=255).prop_filter("case", |flip| *flip != 0x20),
    ) {
        let signed = signed_tc3(&key, &id, timestamp, &body, &query, get);
        prop_assert!(holds(&signed.bytes, &key));
        let changed_key = format!("{key}x");
        prop_assert!(!holds(&signed.bytes, &changed_key));
        let places: Vec<usize> = signed.guarded.iter().cloned().flatten().collect();
        let at = places[place.index(places.len())];
        let mut changed = signed.bytes.clone();
        changed[at] ^= flip;
        prop_assert!(!holds(&changed, &key), "byte {at} of {}", String::from_utf8_lossy(&signed.bytes));
    }

    #[test]
    fn a_v1_signature_holds_until_a_byte_changes(
        key in "[ -~]{0,80}",
        sha256: bool,
        timestamp in 0_i64..10_000_000_000,
        values in prop::collection::vec(("[A-Z][a-z.0-9]{0,9}", any::<String>()), 0..5),
        place: prop::sample::Index,
        flip in 1_u8..=255,
    ) {
        let reserved = ["Action", "Version", "Nonce", "SecretId", "Timestamp", "Signature", "Token"];
        let values: Vec<_> =
            values.into_iter().filter(|(name, _)| !reserved.contains(&name.as_str())).collect();
        let algorithm = if sha256 { Algorithm::HmacSha256 } else { Algorithm::HmacSha1 };
        let signed = signed_v1(&key, algorithm, timestamp, &values);
        prop_assert!(holds(&signed.bytes, &key));
        let changed_key = format!("x{key}");
        prop_assert!(!holds(&signed.bytes, &changed_key));
        let places = signed.guarded[0].clone();
        let at = places.start + place.index(places.len());
        let mut changed = signed.bytes.clone();
        changed[at] ^= flip;
        // Another spelling of the same parameters is no change: `%2b` for `%2B`, `+` for an escaped blank.
        let body = |bytes: &[u8]| form::decode_pairs(&bytes[places.clone()]).ok();
        prop_assume!(body(&changed) != body(&signed.bytes));
        prop_assert!(!holds(&changed, &key), "byte {at} of {}", String::from_utf8_lossy(&signed.bytes));
    }

    #[test]
    fn any_bytes_are_explained_or_refused(bytes: Vec<u8>, key: String) {
        let _ = explain::explain_raw(&bytes, &key).map(|explanation| explanation.to_string());
    }

    #[test]
    fn a_damaged_request_is_explained_or_refused(
        place: prop::sample::Index,
        insert: Vec<u8>,
        cut in 0_usize..40,
        form: bool,
    ) {
        let mut bytes = if form {
            signed_v1("key", Algorithm::HmacSha256, 1, &[("A.0".to_owned(), "云 +".to_owned())]).bytes
        } else {
            signed_tc3("key", "id", 1, r#"{"a":"\u4e91\ud83d"}"#.as_bytes(), "", false).bytes
        };
        let at = place.index(bytes.len());
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, insert);
        let _ = explain::explain_raw(&bytes, "key").map(|explanation| explanation.to_string());
    }
}
