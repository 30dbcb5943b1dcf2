//! What a server must have heard, checked on the bytes as they came.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Deserialize;
use serde_json::Value;
use tcsms_auth::raw::RawRequest;
use tcsms_auth::tc3::SKIP;
use tcsms_auth::verify::{Claim, Policy};
use tcsms_auth::{Header, Request, form};

use crate::case::MOST_TIMES;
use crate::multipart;
use crate::script::{Content, Heard, Record, hex, unhex};
use crate::settings::Settings;

/// What one server must have heard.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wire {
    /// How many connections were opened.
    pub connections: Option<usize>,
    /// What was read on them, in the order of arrival: as many as are named here.
    pub requests: Vec<Expected>,
    /// Parameters whose values differ from request to request.
    #[serde(default)]
    pub distinct: Vec<String>,
}

/// What one request, or one piece of bytes, must be. What is absent is not looked at, except the signature.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expected {
    /// The same request so many times.
    pub times: Option<usize>,
    /// The connection it came on, counted from 1.
    pub connection: Option<usize>,
    /// The method.
    pub method: Option<String>,
    /// The target of the request line, before its query.
    pub target: Option<String>,
    /// Headers: a text is the whole value, true any value, `{"ends_with": "…"}` one that ends so, null none at all. Each
    /// may stand once only.
    pub headers: BTreeMap<String, Value>,
    /// The body as JSON, compared by meaning.
    pub json: Option<Value>,
    /// The body as it is.
    pub text: Option<String>,
    /// The body as bytes.
    pub octets: Option<Content>,
    /// Parameters of the query, or of the body of a POST without JSON; null for one that must be absent.
    pub form: BTreeMap<String, Option<String>>,
    /// The parts of a body of `multipart/form-data`, neither more nor less.
    pub parts: BTreeMap<String, Content>,
    /// What was read, in hexadecimal, for what is no HTTP.
    pub hex: Option<String>,
    /// The beginning of what was read, in hexadecimal.
    pub hex_start: Option<String>,
    /// Whether it is signed; `valid` when absent. Not for bytes.
    pub signature: Signature,
    /// The host that is signed, when it is not that of the request.
    pub signed_host: Option<String>,
    /// The key pair it is signed by, when not that of the settings.
    pub signed_by: Option<SignedBy>,
}

/// Whether a request is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signature {
    /// The signature holds for the bytes that came, and was made just now.
    #[default]
    Valid,
    /// There is none.
    Absent,
    /// It says that it goes without.
    Skip,
    /// It is not looked at.
    Any,
}

/// Who signs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedBy {
    /// The id of the key pair.
    pub secret_id: String,
    /// Its key.
    pub secret_key: String,
    /// The token that travels with it; none must when this is absent.
    pub token: Option<String>,
    /// The service in the scope of a TC3 signature.
    #[serde(default = "sms")]
    pub service: String,
}

fn sms() -> String {
    "sms".to_owned()
}

impl Wire {
    /// What the types cannot say.
    pub(crate) fn check(&self) -> Result<(), String> {
        for request in &self.requests {
            if request.times.is_some_and(|times| times > MOST_TIMES) {
                return Err(format!("wire: a request comes {MOST_TIMES} times at most"));
            }
            let hex = [&request.hex, &request.hex_start];
            hex.into_iter().flatten().try_for_each(|digits| unhex(digits).map(drop))?;
            let bodies = [
                request.json.is_some(),
                request.text.is_some(),
                request.octets.is_some(),
                !request.form.is_empty(),
                !request.parts.is_empty(),
                request.hex.is_some(),
                request.hex_start.is_some(),
            ];
            if bodies.iter().filter(|given| **given).count() > 1 {
                return Err(
                    "wire: what is read is one of json, text, octets, form, parts, hex and hex_start"
                        .to_owned(),
                );
            }
            if request.headers.values().any(|value| {
                !(value.is_string() || value.is_null() || *value == Value::Bool(true) || end(value).is_some())
            }) {
                return Err("wire: a header is a text, true, ends_with or null".to_owned());
            }
        }
        Ok(())
    }

    /// What is wrong with the record of one server; empty when it is as expected.
    pub fn faults(&self, record: &Record, settings: &Settings) -> Vec<String> {
        let mut faults = record.faults.clone();
        if let Some(wanted) = self.connections.filter(|wanted| *wanted != record.connections) {
            faults.push(format!("connections: expected {wanted}, got {}", record.connections));
        }
        let wanted: Vec<&Expected> = self
            .requests
            .iter()
            .flat_map(|request| std::iter::repeat_n(request, request.times.unwrap_or(1)))
            .collect();
        if wanted.len() != record.heard.len() {
            faults.push(format!("requests: expected {}, got {}", wanted.len(), record.heard.len()));
        }
        for (place, (wanted, heard)) in wanted.iter().zip(&record.heard).enumerate() {
            let found = match (&wanted.hex, &wanted.hex_start) {
                (Some(digits), _) => bytes_fault(digits, &heard.bytes).into_iter().collect(),
                (None, Some(digits)) => {
                    let start = heard.bytes.get(..unhex(digits).unwrap_or_default().len());
                    bytes_fault(digits, start.unwrap_or(&heard.bytes)).into_iter().collect()
                }
                (None, None) => wanted.request_faults(heard, settings),
            };
            faults.extend(found.into_iter().map(|fault| format!("request {}: {fault}", place + 1)));
        }
        faults.extend(self.distinct.iter().filter_map(|name| distinct_fault(name, record)));
        faults
    }
}

fn bytes_fault(wanted: &str, found: &[u8]) -> Option<String> {
    let wanted = unhex(wanted).unwrap_or_default();
    (wanted != found).then(|| format!("expected the bytes {}, got {}", hex(&wanted), hex(found)))
}

fn distinct_fault(name: &str, record: &Record) -> Option<String> {
    let mut seen = Vec::new();
    for heard in &record.heard {
        let value = RawRequest::parse(&heard.bytes).ok()?.with(|request| {
            let pairs = parameters(request).ok()?;
            pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
        });
        let Some(value) = value else { return Some(format!("a request has no parameter {name}")) };
        if seen.contains(&value) {
            return Some(format!("two requests have the same {name} {value}"));
        }
        seen.push(value);
    }
    None
}

/// The parameters of the wire forms that are not JSON.
fn parameters(request: &Request<'_>) -> Result<Vec<(String, String)>, String> {
    let text = if request.method == "GET" { request.query.as_bytes() } else { request.body };
    form::decode_pairs(text).map_err(|error| format!("the parameters cannot be read: {error}"))
}

impl Expected {
    fn request_faults(&self, heard: &Heard, settings: &Settings) -> Vec<String> {
        if !heard.is_request {
            return vec!["expected a request, got bytes that were read by number".to_owned()];
        }
        let raw = match RawRequest::parse(&heard.bytes) {
            Ok(raw) => raw,
            Err(error) => return vec![error.to_string()],
        };
        let mut faults = Vec::new();
        if raw.left_over > 0 {
            faults.push(format!("{} bytes follow the body", raw.left_over));
        }
        if let Some(wanted) = self.connection.filter(|wanted| *wanted != heard.connection) {
            faults.push(format!("expected it on connection {wanted}, got {}", heard.connection));
        }
        // The parsed request has lost the form of its target.
        let line =
            String::from_utf8_lossy(heard.bytes.split(|byte| *byte == b'\r').next().unwrap_or_default());
        let target =
            line.split(' ').nth(1).unwrap_or_default().split('?').next().unwrap_or_default().to_owned();
        if let Some(wanted) = self.target.as_ref().filter(|wanted| **wanted != target) {
            faults.push(format!("target: expected {wanted}, got {target}"));
        }
        raw.with(|request| {
            if let Some(wanted) = self.method.as_ref().filter(|wanted| *wanted != request.method) {
                faults.push(format!("method: expected {wanted}, got {}", request.method));
            }
            faults
                .extend(self.headers.iter().filter_map(|(name, wanted)| header_fault(name, wanted, request)));
            faults.extend(self.body_fault(request));
            faults.extend(self.signature_fault(request, settings));
        });
        faults
    }

    fn body_fault(&self, request: &Request<'_>) -> Option<String> {
        if let Some(wanted) = &self.text {
            let found = String::from_utf8_lossy(request.body);
            return (*wanted != found).then(|| format!("body: expected {wanted}, got {found}"));
        }
        if let Some(Content(wanted)) = &self.octets {
            return (wanted != request.body).then(|| {
                format!("body: expected {}, got {}", wanted.escape_ascii(), request.body.escape_ascii())
            });
        }
        if let Some(wanted) = &self.json {
            let found: Value = match serde_json::from_slice(request.body) {
                Ok(found) => found,
                Err(error) => return Some(format!("body: not JSON ({error})")),
            };
            return (*wanted != found).then(|| format!("body: expected {wanted}, got {found}"));
        }
        if !self.parts.is_empty() {
            return parts_fault(&self.parts, request);
        }
        if self.form.is_empty() {
            return None;
        }
        let pairs = match parameters(request) {
            Ok(pairs) => pairs,
            Err(fault) => return Some(fault),
        };
        self.form.iter().find_map(|(name, wanted)| {
            let found: Vec<&String> =
                pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value).collect();
            match (wanted, found.as_slice()) {
                (None, []) => None,
                (Some(wanted), [found]) if wanted == *found => None,
                (wanted, found) => Some(format!("parameter {name}: expected {wanted:?}, got {found:?}")),
            }
        })
    }

    /// Looks at the signature as whoever passes the request on to the host that is signed for.
    fn signature_fault(&self, request: &Request<'_>, settings: &Settings) -> Option<String> {
        let Some(host) = &self.signed_host else { return self.fault_of_signature(request, settings) };
        let as_passed_on = |header: &Header<'_>| match header.name.eq_ignore_ascii_case("host") {
            true => host.as_bytes().to_vec(),
            false => header.value.to_vec(),
        };
        let values: Vec<Vec<u8>> = request.headers.iter().map(as_passed_on).collect();
        let headers: Vec<Header<'_>> = request
            .headers
            .iter()
            .zip(&values)
            .map(|(header, value)| Header { name: header.name, value: value.as_slice() })
            .collect();
        self.fault_of_signature(&Request { headers: &headers, ..*request }, settings)
    }

    fn fault_of_signature(&self, request: &Request<'_>, settings: &Settings) -> Option<String> {
        let authorization = request.header("authorization");
        let claim = Claim::of(request);
        match self.signature {
            Signature::Any => None,
            Signature::Skip if authorization == Some(SKIP.as_bytes()) => None,
            Signature::Skip => Some(format!("expected the authorization {SKIP}, got another or none")),
            Signature::Absent => {
                let signed = authorization.is_some() || claim.is_ok();
                signed.then(|| "expected no signature, got one".to_owned())
            }
            Signature::Valid => match (claim, self.signer(settings)) {
                (Ok(claim), Some(signer)) => invalid(&claim, &signer),
                (Ok(_), None) => Some("the case does not say who signs".to_owned()),
                (Err(error), _) => Some(format!("expected a valid signature: {error}")),
            },
        }
    }

    fn signer(&self, settings: &Settings) -> Option<SignedBy> {
        match &self.signed_by {
            Some(signer) => Some(signer.clone()),
            None => Some(SignedBy {
                secret_id: settings.secret_id.clone()?,
                secret_key: settings.secret_key.clone()?,
                token: settings.token.clone(),
                service: settings.service.clone().unwrap_or_else(sms),
            }),
        }
    }
}

fn invalid(claim: &Claim<'_>, signer: &SignedBy) -> Option<String> {
    // The time of a request may be a moment old when it is judged, never minutes.
    const MOST_SECONDS: u64 = 60;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let policy = Policy { service: &signer.service, ..Policy::default() };
    if claim.secret_id() != signer.secret_id {
        return Some(format!("signed by: expected {}, got {}", signer.secret_id, claim.secret_id()));
    }
    if claim.token() != signer.token.as_deref() {
        return Some(format!("token: expected {:?}, got {:?}", signer.token, claim.token()));
    }
    if let Err(error) = claim.check_time(i64::try_from(now).unwrap_or(i64::MAX), MOST_SECONDS) {
        return Some(error.to_string());
    }
    claim
        .check(&signer.secret_key, &policy)
        .err()
        .map(|mismatch| format!("the signature does not hold: {mismatch}"))
}

fn parts_fault(wanted: &BTreeMap<String, Content>, request: &Request<'_>) -> Option<String> {
    let found = match multipart::parts(request.header("content-type").unwrap_or_default(), request.body) {
        Ok(found) => found,
        Err(fault) => return Some(format!("body: {fault}")),
    };
    if found.len() != wanted.len() {
        return Some(format!("parts: expected {}, got {}", wanted.len(), found.len()));
    }
    found.iter().find_map(|(name, content)| match wanted.get(name) {
        Some(wanted) if wanted.0 == *content => None,
        Some(wanted) => {
            Some(format!("part {name}: expected {}, got {}", wanted.0.escape_ascii(), content.escape_ascii()))
        }
        None => Some(format!("a part is called {name}")),
    })
}

/// How a header must end.
fn end(wanted: &Value) -> Option<&str> {
    let members = wanted.as_object().filter(|members| members.len() == 1)?;
    members.get("ends_with")?.as_str()
}

fn header_fault(name: &str, wanted: &Value, request: &Request<'_>) -> Option<String> {
    let found: Vec<String> = request
        .headers
        .iter()
        .filter(|header| header.name.eq_ignore_ascii_case(name))
        .map(|header| String::from_utf8_lossy(header.value.trim_ascii()).into_owned())
        .collect();
    let holds = match (wanted, found.as_slice()) {
        (Value::Null, []) | (Value::Bool(true), [_]) => true,
        (Value::String(wanted), [found]) => wanted == found,
        (Value::Object(_), [found]) => end(wanted).is_some_and(|end| found.ends_with(end)),
        _ => false,
    };
    (!holds).then(|| format!("header {name}: expected {wanted}, got {found:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use tcsms_auth::tc3::{Payload, Signing};

    const BODY: &str = r#"{"A":["1"]}"#;

    /// A request as it would come from a right client, changed by `change` after it was signed.
    fn heard(change: fn(String) -> String) -> Record {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let signing = Signing {
            method: "POST",
            content_type: "application/json",
            host: "h",
            payload: Payload::Body(BODY.as_bytes()),
            service: "sms",
            timestamp: i64::try_from(now).unwrap(),
            secret_id: "id",
            ..Signing::default()
        };
        let authorization = signing.authorization(&signing.key("key"));
        let text = format!(
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nX-TC-Action: A\r\nX-TC-Version: 2021-01-11\r\nX-TC-Timestamp: {now}\r\nAuthorization: {authorization}\r\nContent-Length: {}\r\n\r\n{BODY}",
            BODY.len()
        );
        let bytes = change(text).into_bytes();
        Record {
            connections: 1,
            heard: vec![Heard { connection: 1, is_request: true, bytes }],
            ..Record::default()
        }
    }

    fn judged(wire: Value, record: &Record) -> String {
        let settings: Settings =
            serde_json::from_value(json!({"secret_id": "id", "secret_key": "key"})).unwrap();
        let wire: Wire = serde_json::from_value(wire).unwrap();
        wire.check().unwrap();
        wire.faults(record, &settings).join("; ")
    }

    #[test]
    fn a_right_request_passes_every_check() {
        let record = heard(|text| text);
        let wire = json!({"connections": 1, "requests": [{
            "connection": 1, "method": "POST", "target": "/", "json": {"A": ["1"]},
            "headers": {"host": "h", "x-tc-action": true, "x-tc-token": null}
        }]});
        assert_eq!(judged(wire, &record), "");
        assert_eq!(judged(json!({"requests": [{"text": BODY, "signed_host": "h"}]}), &record), "");
        assert_eq!(judged(json!({"requests": [{"octets": {"hex": hex(BODY.as_bytes())}}]}), &record), "");
        let ends = json!({"requests": [{"headers": {"content-type": {"ends_with": "/json"}}}]});
        assert_eq!(judged(ends, &record), "");
        assert_eq!(judged(json!({"requests": [{"hex_start": "504f5354"}]}), &record), "");
    }

    #[test]
    fn each_check_can_fail() {
        for (wanted, part) in [
            (json!({"connections": 2, "requests": [{}]}), "connections: expected 2, got 1"),
            (json!({"requests": []}), "requests: expected 0, got 1"),
            (json!({"requests": [{"times": 2}]}), "requests: expected 2, got 1"),
            (json!({"requests": [{"connection": 2}]}), "connection 2"),
            (json!({"requests": [{"method": "GET"}]}), "method"),
            (json!({"requests": [{"target": "/x"}]}), "target"),
            (json!({"requests": [{"json": {"A": ["2"]}}]}), "body"),
            (json!({"requests": [{"json": {}}]}), "body"),
            (json!({"requests": [{"text": ""}]}), "body"),
            (json!({"requests": [{"form": {"A": "1"}}]}), "parameter"),
            (json!({"requests": [{"hex": "00"}]}), "bytes"),
            (json!({"requests": [{"octets": "x"}]}), "body"),
            (json!({"requests": [{"parts": {"A": "1"}}]}), "multipart"),
            (json!({"requests": [{"signed_host": "other"}]}), "does not hold"),
            (json!({"requests": [{"headers": {"host": {"ends_with": "x"}}}]}), "header host"),
            (json!({"requests": [{"headers": {"host": "other"}}]}), "header host"),
            (json!({"requests": [{"headers": {"host": null}}]}), "header host"),
            (json!({"requests": [{"headers": {"x-tc-token": true}}]}), "header x-tc-token"),
            (json!({"requests": [{"signature": "absent"}]}), "expected no signature"),
            (json!({"requests": [{"signature": "skip"}]}), "SKIP"),
            (json!({"requests": [{"signed_by": {"secret_id": "other", "secret_key": "key"}}]}), "signed by"),
            (
                json!({"requests": [{"signed_by": {"secret_id": "id", "secret_key": "other"}}]}),
                "does not hold",
            ),
            (
                json!({"requests": [{"signed_by": {"secret_id": "id", "secret_key": "key", "token": "t"}}]}),
                "token",
            ),
            (json!({"requests": [{}], "distinct": ["Nonce"]}), "Nonce"),
        ] {
            let faults = judged(wanted.clone(), &heard(|text| text));
            assert!(faults.contains(part), "{wanted}: {faults}");
        }
    }

    #[test]
    fn every_part_counts() {
        let text = "POST / HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n\
            Content-Disposition: form-data; name=\"A\"\r\n\r\nx\r\n--b--\r\n";
        let record = Record { connections: 1, ..heard(|text| text) };
        let record =
            Record { heard: vec![Heard { bytes: text.into(), ..record.heard[0].clone() }], ..record };
        for (parts, fault) in [
            (json!({"A": "x"}), ""),
            (json!({"A": {"hex": "79"}}), "request 1: part A: expected y, got x"),
            (json!({"B": "x"}), "request 1: a part is called A"),
            (json!({"A": "x", "B": "x"}), "request 1: parts: expected 2, got 1"),
        ] {
            let wire = json!({"requests": [{"parts": parts, "signature": "absent"}]});
            assert_eq!(judged(wire, &record), fault);
        }
    }

    #[test]
    fn what_was_changed_after_signing_is_found() {
        type Change = fn(String) -> String;
        let changes: [(Change, &str); 4] = [
            (|text| text.replace("[\"1\"]", "[\"2\"]"), "does not hold"),
            (
                |text| text.replace("Content-Type: application/json", "Content-Type: application/jsonx"),
                "does not hold",
            ),
            (|text| text.replace("X-TC-Timestamp: 1", "X-TC-Timestamp: 2"), "the request's time"),
            (|text| text.replace("Host: h", "Host: h\r\nHost: h"), "header host"),
        ];
        for (change, part) in changes {
            let faults = judged(json!({"requests": [{"headers": {"host": "h"}}]}), &heard(change));
            assert!(faults.contains(part), "{faults}");
        }
        let mut record = heard(|text| text);
        record.faults.push("connection 1: more came".to_owned());
        assert_eq!(judged(json!({"requests": [{}]}), &record), "connection 1: more came");
    }
}
