//! The readings of an answer, as a type, as JSON text and as JSON text of the type's shape, agree, and none takes a
//! refusal for an answer.

use std::fmt::Debug;

use serde_json::Value;
use tcsms::fuzzing::{Content, raw_answer, shaped_answer, typed_answer};
use tcsms_api::{Action, v20190711, v20210111};

pub(crate) fn run(data: &[u8]) {
    let raw = raw_answer(data);
    against_json(&raw, data);
    against_raw::<v20210111::SendSmsRequest>(&raw, data);
    against_raw::<v20210111::AddSmsTemplateRequest>(&raw, data);
    against_raw::<v20190711::PullSmsSendStatusRequest>(&raw, data);
}

/// Holds the reading as a type against that as JSON text.
fn against_raw<R: Action<Answer: PartialEq + Debug>>(raw: &Content<String>, data: &[u8]) {
    let typed = typed_answer::<R>(data);
    against_json(&typed, data);
    match (&typed, shaped_answer::<R>(data)) {
        (Content::Answer { .. }, Content::Answer { .. }) => {}
        (Content::Invalid(_), Content::Invalid(_)) => {}
        (Content::Refusal { code, .. }, Content::Refusal { code: same, .. }) => assert_eq!(*code, same),
        (typed, shaped) => panic!("{typed:?} and {shaped:?}"),
    }
    match (typed, raw) {
        (Content::Answer { request_id, answer }, Content::Answer { request_id: raw_id, answer: json }) => {
            assert_eq!(request_id, *raw_id);
            let again: R::Answer =
                serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"));
            // What is no refusal because it is null is no member of the answer either, but one of the text.
            let null_error =
                serde_json::from_str::<Value>(json).is_ok_and(|value| value.get("Error").is_some());
            assert!(null_error || answer == again, "{answer:?} and {again:?}");
        }
        (
            Content::Refusal { code, message, request_id },
            Content::Refusal { code: raw_code, message: raw_message, request_id: raw_id },
        ) => assert_eq!((code, message, request_id), (raw_code.clone(), raw_message.clone(), raw_id.clone())),
        // What is an object of the API need not be the answer to this action.
        (Content::Invalid(_), Content::Answer { .. } | Content::Invalid(_)) => {}
        (typed, raw) => panic!("{typed:?} and {raw:?}"),
    }
}

/// Holds a reading against a general reader of JSON, of which the last of several members of one name counts.
fn against_json<T: Debug>(content: &Content<T>, data: &[u8]) {
    let Ok(whole) = serde_json::from_slice::<Value>(data) else {
        return;
    };
    let response = &whole["Response"];
    let id = response["RequestId"].as_str();
    let refused = !response["Error"].is_null();
    match content {
        Content::Answer { request_id, .. } => {
            assert!(!refused, "a refusal became {content:?}");
            assert!(id.is_none_or(|id| id == request_id), "{id:?} became {request_id:?}");
        }
        Content::Refusal { code, request_id, .. } => {
            assert!(id.is_none() || id == request_id.as_deref(), "{id:?} became {request_id:?}");
            let found = response["Error"]["Code"].as_str();
            assert!(!refused || found == Some(code), "{found:?} became {code:?}");
        }
        // Members of one name that say different things are nothing to rely on, and neither is an odd error.
        Content::Invalid(fault) => assert!(!fault.is_empty()),
    }
}
