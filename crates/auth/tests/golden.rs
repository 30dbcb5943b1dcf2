//! Signatures that others made: the published vectors, the requests of the official SDKs as captured on the wire, and
//! the signed cases of the service's behaviour.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::Value;
use std::path::PathBuf;
use tcsms_auth::raw::RawRequest;
use tcsms_auth::tc3::{Payload, Signing};
use tcsms_auth::verify::{Claim, Policy};
use tcsms_auth::{Header, Request, explain, form, v1};

fn conformance(path: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../conformance")).join(path)
}

fn json(path: &str) -> Value {
    serde_json::from_slice(&std::fs::read(conformance(path)).unwrap()).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn pairs(value: &Value) -> Vec<(&str, &str)> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap()))
        .collect()
}

#[test]
fn every_step_of_the_tc3_vectors() {
    let vectors = json("signing/vectors.json");
    let vectors = vectors["tc3"].as_array().unwrap();
    assert_eq!(vectors.len(), 5);
    for vector in vectors {
        let text = |name: &str| vector[name].as_str().unwrap();
        let name = text("name");
        let headers = pairs(&vector["headers"]);
        let signing = Signing {
            method: text("method"),
            query: text("query"),
            content_type: text("content_type"),
            host: text("host"),
            headers: &headers,
            payload: Payload::Body(text("payload").as_bytes()),
            service: text("service"),
            timestamp: vector["timestamp"].as_i64().unwrap(),
            secret_id: text("secret_id"),
        };
        let trace = signing.trace(text("secret_key"));
        for (step, value) in [
            ("payload_hash", &*trace.payload_hash),
            ("canonical_request", &trace.canonical_request),
            ("canonical_request_hash", &trace.canonical_request_hash),
            ("credential_scope", &trace.credential_scope),
            ("string_to_sign", &trace.string_to_sign),
            ("date_key", &hex(trace.keys.date.expose())),
            ("service_key", &hex(trace.keys.service.expose())),
            ("signing_key", &hex(trace.keys.signing.expose())),
            ("signature", &trace.signature),
        ] {
            assert_eq!(value, text(step), "{step} of {name}");
        }
        let fast = signing.authorization(&signing.key(text("secret_key")));
        assert_eq!(fast, trace.authorization, "{name}");
        assert!(fast.ends_with(&format!(", Signature={}", text("signature"))), "{name}");
    }
}

#[test]
fn every_step_of_the_v1_vectors() {
    let vectors = json("signing/vectors.json");
    let vectors = vectors["v1"].as_array().unwrap();
    assert_eq!(vectors.len(), 6);
    for vector in vectors {
        let text = |name: &str| vector[name].as_str().unwrap();
        let string =
            v1::string_to_sign(text("method"), text("host"), text("path"), &pairs(&vector["parameters"]));
        assert_eq!(string, text("string_to_sign"), "{}", text("name"));
        let algorithm = v1::Algorithm::named(Some(text("algorithm")));
        assert_eq!(algorithm.as_str(), text("algorithm"));
        assert_eq!(v1::sign(algorithm, text("secret_key"), &string), text("signature"), "{}", text("name"));
    }
}

#[test]
fn the_captures_that_hold_and_only_those() {
    let expected = json("wire/expected.json");
    let requests = expected["requests"].as_object().unwrap();
    assert_eq!(requests.len(), 31);
    let key = expected["secret_key"].as_str().unwrap();
    let mut held = 0;
    for (file, expected_of_file) in requests {
        let bytes = std::fs::read(conformance("wire").join(file)).unwrap();
        let explanation = explain::explain_raw(&bytes, key).unwrap();
        let signer = explanation.signer.as_ref().unwrap();
        assert_eq!(signer.secret_id, expected["secret_id"].as_str().unwrap());
        assert_eq!(signer.timestamp, expected_of_file["timestamp"].as_i64().unwrap(), "{file}");
        assert_eq!(signer.scheme.as_str(), expected_of_file["scheme"].as_str().unwrap(), "{file}");
        assert_eq!(
            explanation.holds(),
            expected_of_file["holds"].as_bool().unwrap(),
            "{file}\n{explanation}"
        );
        held += usize::from(explanation.holds());
        // The cause is found by reproducing the signature, so a wrong key must not find it.
        let causes: Vec<_> =
            explanation.hints().filter(|hint| hint.proved).map(|hint| format!("{:?}", hint.cause)).collect();
        match expected_of_file["cause"].as_str() {
            Some(cause) => {
                assert!(causes.len() == 1 && causes[0].starts_with(cause), "{file}\n{explanation}")
            }
            None => assert!(causes.is_empty(), "{file}\n{explanation}"),
        }
        let other = explain::explain_raw(&bytes, "another key").unwrap();
        assert!(!other.holds() && other.hints().all(|hint| !hint.proved), "{file}\n{other}");
    }
    assert_eq!(held, 27);
}

#[test]
fn the_signed_cases_of_the_service() {
    let file = json("signing/service-cases.json");
    let text = |name: &str| file[name].as_str().unwrap();
    let cases = file["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 23);
    for case in cases {
        let of_case = |name: &str| case[name].as_str().unwrap();
        let timestamp = case["timestamp"].as_i64().unwrap();
        let authorization = format!(
            "TC3-HMAC-SHA256 Credential={}/2026-11-25/sms/tc3_request, SignedHeaders=content-type;host, Signature={}",
            of_case("secret_id"),
            of_case("signature")
        );
        let timestamp_text = timestamp.to_string();
        let mut headers = vec![("Host", text("host")), ("Content-Type", of_case("content_type"))];
        if of_case("transport") != "v1-post" {
            headers.extend([
                ("X-TC-Action", of_case("action")),
                ("X-TC-Version", text("version")),
                ("X-TC-Region", text("region")),
                ("X-TC-Timestamp", &timestamp_text),
                ("Authorization", &authorization),
            ]);
        }
        let headers: Vec<_> =
            headers.iter().map(|(name, value)| Header { name, value: value.as_bytes() }).collect();
        let request = Request {
            method: if of_case("transport") == "tc3-get" { "GET" } else { "POST" },
            path: "/",
            query: of_case("query"),
            headers: &headers,
            body: of_case("body").as_bytes(),
        };
        let id = of_case("id");
        let claim = Claim::of(&request).unwrap();
        assert_eq!(claim.action(), of_case("action"), "{id}");
        assert_eq!(claim.version(), text("version"), "{id}");
        assert_eq!(claim.region(), Some(text("region")), "{id}");
        assert_eq!(claim.secret_id(), of_case("secret_id"), "{id}");
        assert_eq!(claim.timestamp(), timestamp, "{id}");
        assert_eq!(claim.token(), None);
        let checked = claim.check(text("secret_key"), &Policy::default());
        assert_eq!(checked.is_ok(), case["signature_holds"].as_bool().unwrap(), "{id}: {checked:?}");
        if id == "1" {
            let canonical = claim.texts().canonical_request.unwrap();
            assert!(canonical.ends_with(file["first_case"]["payload_hash"].as_str().unwrap()));
            let hash = file["first_case"]["canonical_request_hash"].as_str().unwrap();
            assert!(claim.texts().string_to_sign.ends_with(hash));
        }
        if id == "18" {
            let now = file["clock"].as_i64().unwrap();
            assert_eq!(claim.check_time(now, 300).unwrap_err().skew(), -301);
            assert_eq!(claim.check_time(now - 1, 300), Ok(()));
            assert_eq!(claim.check_time(timestamp - 300, 300), Ok(()));
            assert_eq!(claim.check_time(timestamp - 301, 300).unwrap_err().skew(), 301);
        }
        if id == "10a" {
            assert_eq!(claim.parameters().unwrap(), form::decode_pairs(request.body).unwrap());
            let text = &claim.texts().string_to_sign;
            assert!(
                text.starts_with("POSTsms.tencentcloudapi.com/?Action=PullSmsSendStatus&Limit=5&"),
                "{text}"
            );
        }
    }
}

#[test]
fn requests_from_the_field_are_explained() {
    let file = json("explain/explain.json");
    let requests = file["requests"].as_object().unwrap();
    assert_eq!(requests.len(), 4);
    for (name, expected) in requests {
        let bytes = std::fs::read(conformance("explain").join(name)).unwrap();
        let explanation = explain::explain_raw(&bytes, file["secret_key"].as_str().unwrap()).unwrap();
        let text = explanation.to_string();
        assert_eq!(explanation.holds(), expected["holds"].as_bool().unwrap(), "{name}\n{text}");
        if let explain::Verdict::Mismatch(mismatch) = &explanation.verdict {
            assert_eq!(format!("{:?}", mismatch.part), expected["part"].as_str().unwrap(), "{name}");
        }
        let hint = explanation.hints().next().unwrap();
        assert!(hint.proved, "{name}\n{text}");
        assert!(
            format!("{:?}", hint.cause).starts_with(expected["cause"].as_str().unwrap()),
            "{name}\n{text}"
        );
        for words in expected["says"].as_array().unwrap() {
            assert!(hint.to_string().contains(words.as_str().unwrap()), "{name}\n{text}");
        }
        for words in expected["says_not"].as_array().into_iter().flatten() {
            assert!(!text.contains(words.as_str().unwrap()), "{name}\n{text}");
        }
        assert_eq!(explanation.hints().count(), 1, "{name}\n{text}");
        assert!(!text.contains("SKEXAMPLE"), "{name}\n{text}");
    }
}

#[test]
fn a_raw_capture_can_be_lent_to_the_verifier() {
    let bytes = std::fs::read(conformance("wire/cs/003.raw")).unwrap();
    let raw = RawRequest::parse(&bytes).unwrap();
    raw.with(|request| {
        assert_eq!((request.method, request.path, request.query), ("POST", "/", ""));
        Claim::of(request).unwrap().check("SKEXAMPLE", &Policy::default()).unwrap();
    });
}
