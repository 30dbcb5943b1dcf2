//! What a driver tells of a call, and whether that is what its caller must see.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What became of a call, as a driver tells it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The content of `Response`.
    Answer(Value),
    /// Why there is none.
    Error(Failure),
}

/// An error in plain words and names.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Failure {
    /// One of `config`, `credential`, `invalid_request`, `resolve`, `connect`, `proxy`, `tls`, `timeout`, `network`,
    /// `invalid_answer`, `service`.
    pub kind: String,
    /// The service's code.
    pub code: Option<String>,
    /// The id of the request.
    pub request_id: Option<String>,
    /// `not_sent`, `maybe_sent` or `answered`.
    pub delivery: String,
    /// How many attempts were made.
    pub attempts: u32,
    /// The step of the last attempt: `resolve`, `connect`, `proxy`, `tls`, `write`, `wait` or `read`.
    pub step: Option<String>,
    /// Host and port of the endpoint that the last attempt was for.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// The text for people.
    pub message: String,
    /// Every other text that the error gives away: for debugging, of its cause, as JSON.
    #[serde(default)]
    pub shown: Vec<String>,
}

/// What the caller must see.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// Members that the answer must have; null for one that it must not have.
    pub answer: Option<Value>,
    /// The error.
    pub error: Option<ExpectedError>,
    /// The call takes at least so long.
    pub at_least_ms: Option<u64>,
    /// The call takes at most so long.
    pub at_most_ms: Option<u64>,
}

/// An error that must be seen. What is absent is not looked at.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedError {
    /// As [`Failure::kind`].
    pub kind: String,
    /// As [`Failure::delivery`].
    pub delivery: String,
    /// As [`Failure::code`].
    pub code: Option<String>,
    /// As [`Failure::request_id`]; `none` for an error without one.
    #[serde(rename = "requestId")]
    pub request_id: Option<String>,
    /// As [`Failure::attempts`].
    pub attempts: Option<u32>,
    /// As [`Failure::step`]; `none` for an error without one.
    pub step: Option<String>,
    /// As [`Failure::endpoint`]; `none` for an error without one.
    pub endpoint: Option<String>,
    /// Parts of the message.
    #[serde(default)]
    pub message: Vec<String>,
    /// What the message must not contain.
    #[serde(default)]
    pub message_not: Vec<String>,
}

/// What is wrong with the outcome of a call that took `took_ms`; empty when it is as expected.
pub fn faults(expected: &Expected, outcome: &Outcome, took_ms: u64, secrets: &[String]) -> Vec<String> {
    let mut faults = Vec::new();
    match (&expected.answer, &expected.error, outcome) {
        (Some(wanted), None, Outcome::Answer(found)) => {
            if let Some(difference) = difference("answer", wanted, found) {
                faults.push(difference);
            }
        }
        (None, Some(wanted), Outcome::Error(found)) => compare(wanted, found, &mut faults),
        (Some(_), None, Outcome::Error(found)) => {
            faults.push(format!("expected an answer, got the error {}", as_json(found)));
        }
        (None, Some(wanted), Outcome::Answer(found)) => {
            faults.push(format!("expected an error of kind {}, got the answer {found}", wanted.kind));
        }
        _ => faults.push("the case expects neither an answer nor an error, or both".to_owned()),
    }
    if let Outcome::Error(found) = outcome {
        let texts = found.shown.iter().chain([&found.message]);
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            if texts.clone().any(|text| text.contains(secret.as_str())) {
                faults.push(format!("the error shows the secret {secret}: {}", as_json(found)));
            }
        }
    }
    if expected.at_least_ms.is_some_and(|least| took_ms < least) {
        faults.push(format!(
            "expected at least {} ms, got {took_ms} ms",
            expected.at_least_ms.unwrap_or_default()
        ));
    }
    if expected.at_most_ms.is_some_and(|most| took_ms > most) {
        faults.push(format!(
            "expected at most {} ms, got {took_ms} ms",
            expected.at_most_ms.unwrap_or_default()
        ));
    }
    faults
}

fn as_json(failure: &Failure) -> String {
    serde_json::to_string(failure).unwrap_or_default()
}

fn compare(wanted: &ExpectedError, found: &Failure, faults: &mut Vec<String>) {
    let mut differs = |what: &str, wanted: &str, found: &str| {
        if wanted != found {
            faults.push(format!("error {what}: expected {wanted}, got {found}"));
        }
    };
    let told = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
    differs("kind", &wanted.kind, &found.kind);
    differs("delivery", &wanted.delivery, &found.delivery);
    for (what, wanted, found) in [
        ("code", &wanted.code, &found.code),
        ("requestId", &wanted.request_id, &found.request_id),
        ("step", &wanted.step, &found.step),
        ("endpoint", &wanted.endpoint, &found.endpoint),
    ] {
        if let Some(wanted) = wanted {
            differs(what, wanted, &told(found));
        }
    }
    if let Some(wanted) = wanted.attempts {
        differs("attempts", &wanted.to_string(), &found.attempts.to_string());
    }
    // A code is the service's word, and nobody else's.
    let by_service = found.kind == "service";
    if by_service != found.code.is_some() || found.delivery == "answered" && !by_service {
        faults.push(format!(
            "kind {}, code {} and delivery {} do not go together",
            found.kind,
            told(&found.code),
            found.delivery
        ));
    }
    for part in &wanted.message {
        if !found.message.contains(part) {
            faults.push(format!("error message: expected a text with `{part}`, got `{}`", found.message));
        }
    }
    for part in &wanted.message_not {
        if found.message.contains(part) {
            faults.push(format!("error message: expected a text without `{part}`, got `{}`", found.message));
        }
    }
    if !faults.is_empty() {
        faults.push(format!("the error: {}", as_json(found)));
    }
}

/// Where `found` lacks what `wanted` has: members of objects (null for one that must be absent), lists element by
/// element, anything else as it is.
fn difference(path: &str, wanted: &Value, found: &Value) -> Option<String> {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(members)) => wanted.iter().find_map(|(name, value)| {
            let path = format!("{path}.{name}");
            match (value, members.get(name)) {
                (Value::Null, None | Some(Value::Null)) => None,
                (Value::Null, Some(found)) => Some(format!("{path}: expected it absent, got {found}")),
                (_, None) => Some(format!("{path}: expected {value}, got nothing")),
                (_, Some(found)) => difference(&path, value, found),
            }
        }),
        (Value::Array(wanted), Value::Array(values)) if wanted.len() == values.len() => wanted
            .iter()
            .zip(values)
            .enumerate()
            .find_map(|(place, (wanted, found))| difference(&format!("{path}[{place}]"), wanted, found)),
        _ if wanted == found => None,
        _ => Some(format!("{path}: expected {wanted}, got {found}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn judged(expected: Value, outcome: Value) -> Vec<String> {
        let expected: Expected = serde_json::from_value(expected).unwrap();
        let outcome: Outcome = serde_json::from_value(outcome).unwrap();
        faults(&expected, &outcome, 100, &["SECRET".to_owned()])
    }

    fn error() -> Value {
        json!({"kind": "service", "code": "InternalError", "requestId": "r", "delivery": "answered", "attempts": 1,
            "step": null, "message": "oh no", "shown": []})
    }

    #[test]
    fn members_that_are_not_named_are_free() {
        let answer = json!({"answer": {"A": [{"B": 1, "C": 2}], "RequestId": "r"}});
        assert_eq!(judged(json!({"answer": {"A": [{"B": 1}], "D": null}}), answer.clone()), [""; 0]);
        for wrong in [json!({"A": []}), json!({"A": [{"B": 2}]}), json!({"RequestId": null}), json!({"X": 1})]
        {
            assert_eq!(judged(json!({"answer": wrong}), answer.clone()).len(), 1, "{wrong}");
        }
        assert_eq!(judged(json!({"error": {"kind": "tls", "delivery": "not_sent"}}), answer).len(), 1);
    }

    #[test]
    fn every_part_of_an_error_counts() {
        let wanted = json!({"kind": "service", "delivery": "answered", "code": "InternalError", "requestId": "r",
            "attempts": 1, "step": "none", "message": ["oh"], "message_not": ["yes"]});
        assert_eq!(judged(json!({"error": wanted}), json!({"error": error()})), [""; 0]);
        for (name, value) in [
            ("kind", json!("network")),
            ("delivery", json!("maybe_sent")),
            ("code", json!("X")),
            ("code", json!(null)),
            ("requestId", json!(null)),
            ("attempts", json!(2)),
            ("step", json!("read")),
            ("message", json!("yes")),
            ("shown", json!(["a SECRET b"])),
        ] {
            let mut found = error();
            found[name] = value;
            assert!(!judged(json!({"error": wanted}), json!({"error": found})).is_empty(), "{name}");
        }
        assert_eq!(judged(json!({"error": wanted, "at_least_ms": 101}), json!({"error": error()})).len(), 1);
        assert_eq!(judged(json!({"error": wanted, "at_most_ms": 99}), json!({"error": error()})).len(), 1);
    }
}
