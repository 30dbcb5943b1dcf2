//! Takes the API's answer out of its wrapping: `{"Response": {…}}`.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use tcsms_api::Structure;

use crate::answer::Answer;
use crate::shape::{self, Members};

/// What a body turned out to be.
#[derive(Debug, PartialEq)]
pub(crate) enum Content<T> {
    Answer(T),
    Refusal {
        code: String,
        message: String,
        request_id: Option<String>,
    },
    /// Not an answer of the API; the text says what is wrong with it.
    Invalid(String),
}

const NOT_UTF_8: &str = "it is not UTF-8";

/// What the value of `Response` must be.
const INNER: &str = "an object as `Response`";

/// Reads the answer of a known action, in one pass over the text.
pub(crate) fn typed<T: DeserializeOwned>(body: &[u8]) -> Content<T> {
    let mut refused = false;
    // Checked once for the whole: serde_json would check each of a long answer's many short strings by itself.
    let Ok(text) = std::str::from_utf8(body) else {
        return Content::Invalid(NOT_UTF_8.to_owned());
    };
    let mut json = serde_json::Deserializer::from_str(text);
    let outcome = Envelope { refused: &mut refused, answer: PhantomData }
        .deserialize(&mut json)
        .and_then(|answer| json.end().map(|()| answer));
    match outcome {
        Ok(Some(answer)) => Content::Answer(answer),
        Ok(None) => Content::Invalid("it has no member `Response`".to_owned()),
        // A refusal may stand behind the member that could not be read.
        Err(error) => match raw(body) {
            Content::Refusal { code, message, request_id } => Content::Refusal { code, message, request_id },
            Content::Invalid(fault) if refused => Content::Invalid(fault),
            _ => Content::Invalid(error.to_string()),
        },
    }
}

/// Reads the answer of any action as JSON text.
pub(crate) fn raw(body: &[u8]) -> Content<Answer> {
    shaped(body, None)
}

/// Reads an answer as JSON text, which must have the shape if there is one.
pub(crate) fn shaped(body: &[u8], shape: Option<&'static Structure>) -> Content<Answer> {
    #[derive(Deserialize)]
    struct Whole<'a> {
        #[serde(rename = "Response", borrow)]
        response: &'a RawValue,
    }
    let Ok(text) = std::str::from_utf8(body) else {
        return Content::Invalid(NOT_UTF_8.to_owned());
    };
    let whole: Whole<'_> = match serde_json::from_str(text) {
        Ok(whole) => whole,
        Err(error) => return Content::Invalid(error.to_string()),
    };
    let text = whole.response.get();
    match head(text, shape) {
        Ok(Head { error: Some(Reason { code, message }), request_id }) => {
            Content::Refusal { code, message, request_id }
        }
        Ok(head) => Content::Answer(Answer::new(text.to_owned(), head.request_id.unwrap_or_default())),
        // A refusal may stand behind the member that does not fit.
        Err(error) => match shape.map(|_| head(text, None)) {
            Some(Ok(Head { error: Some(Reason { code, message }), request_id })) => {
                Content::Refusal { code, message, request_id }
            }
            _ => Content::Invalid(error.to_string()),
        },
    }
}

fn head(text: &str, shape: Option<&'static Structure>) -> serde_json::Result<Head> {
    let mut json = serde_json::Deserializer::from_str(text);
    json.deserialize_map(HeadVisitor { shape })
}

/// The request id of an answer or a refusal, if it has one.
pub(crate) fn request_id(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Whole {
        #[serde(rename = "Response")]
        response: Head,
    }
    serde_json::from_slice::<Whole>(body).ok()?.response.request_id
}

/// What any inner object may hold. Like in the types of the answers, `null` counts as absent, and of several members of
/// one name the last counts.
#[derive(Default)]
struct Head {
    error: Option<Reason>,
    request_id: Option<String>,
}

#[derive(Deserialize)]
struct Reason {
    #[serde(rename = "Code")]
    code: String,
    #[serde(rename = "Message", default)]
    message: String,
}

impl<'de> Deserialize<'de> for Head {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(HeadVisitor { shape: None })
    }
}

struct HeadVisitor {
    /// What an answer must look like.
    shape: Option<&'static Structure>,
}

impl<'de> Visitor<'de> for HeadVisitor {
    type Value = Head;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(INNER)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Head, A::Error> {
        let mut head = Head::default();
        let mut members = self.shape.map(Members::of);
        let mut given = 0_u64;
        while let Some(key) = map.next_key_seed(Key)? {
            match &*key {
                "Error" => head.error = map.next_value::<Option<Reason>>()?.or(head.error),
                "RequestId" => head.request_id = map.next_value::<Option<String>>()?.or(head.request_id),
                name => match members.as_mut().and_then(|members| members.find(name)) {
                    Some((place, member)) => {
                        given |= u64::from(map.next_value_seed(shape::Value(member))?) << place;
                    }
                    None => {
                        map.next_value::<IgnoredAny>()?;
                    }
                },
            }
        }
        let lack = self.shape.filter(|_| head.error.is_none()).and_then(|shape| shape::lack(shape, given));
        match lack {
            None => Ok(head),
            Some(lack) => Err(de::Error::custom(lack)),
        }
    }
}

/// Reads the outer object. Its value is `None` when there is no `Response`.
struct Envelope<'r, T> {
    refused: &'r mut bool,
    answer: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Envelope<'_, T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Envelope<'_, T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with the member `Response`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut answer = None;
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if key == "Response" {
                if answer.is_some() {
                    return Err(de::Error::duplicate_field("Response"));
                }
                answer = Some(map.next_value_seed(Response { refused: self.refused, answer: PhantomData })?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(answer)
    }
}

/// Reads the inner object as a `T`, and stops when it meets a member `Error`.
struct Response<'r, T> {
    refused: &'r mut bool,
    answer: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Response<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Response<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(INNER)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(de::value::MapAccessDeserializer::new(Watched { map, refused: self.refused }))
    }
}

/// The members of the inner object on their way to `T`.
struct Watched<'r, A> {
    map: A,
    refused: &'r mut bool,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Watched<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        let key = loop {
            match self.map.next_key_seed(Key)? {
                Some(key) if key == "Error" => {
                    // Null is the same as no such member, here as everywhere.
                    if self.map.next_value::<Option<IgnoredAny>>()?.is_some() {
                        *self.refused = true;
                        return Err(de::Error::custom("the service refused"));
                    }
                }
                Some(key) => break key,
                None => return Ok(None),
            }
        };
        match key {
            Cow::Borrowed(key) => seed.deserialize(de::value::BorrowedStrDeserializer::new(key)).map(Some),
            Cow::Owned(key) => seed.deserialize(de::value::StringDeserializer::new(key)).map(Some),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

/// Reads a member's name without copying it, unless it is written with escapes.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_borrowed_str<E: de::Error>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tcsms_api::v20210111::SendSmsResponse;

    const ANSWER: &str = r#"{"Response":{"SendStatusSet":[{"SerialNo":"1:2","PhoneNumber":"+8613711112222","Fee":1,
        "SessionContext":"","Code":"Ok","Message":"send success","IsoCode":"CN","New":[1.50]}],"RequestId":"r-1","Later":{"a":9007199254740993}}}"#;
    const REFUSAL: &str = r#"{"Response":{"Error":{"Code":"A.B","Message":"no"},"RequestId":"r-2"}}"#;

    fn invalid(body: &str) -> (String, String) {
        let text = |content| match content {
            Content::Invalid(text) => text,
            other => panic!("{other:?}"),
        };
        let of_typed = match typed::<SendSmsResponse>(body.as_bytes()) {
            Content::Invalid(text) => text,
            other => panic!("{other:?}"),
        };
        (of_typed, text(raw(body.as_bytes())))
    }

    #[test]
    fn an_answer_is_read_with_its_unknown_members() {
        let Content::Answer(answer) = typed::<SendSmsResponse>(ANSWER.as_bytes()) else { panic!() };
        assert_eq!(answer.request_id, "r-1");
        assert_eq!(answer.send_status_set[0].phone_number, "+8613711112222");
        assert_eq!(answer.extra.get("Later"), Some(r#"{"a":9007199254740993}"#));
        assert_eq!(answer.send_status_set[0].extra.get("New"), Some("[1.50]"));

        let Content::Answer(answer) = raw(ANSWER.as_bytes()) else { panic!() };
        assert_eq!(answer.request_id(), "r-1");
        assert!(
            answer.json().starts_with(r#"{"SendStatusSet":[{"#)
                && answer.json().ends_with("9007199254740993}}")
        );
    }

    #[test]
    fn the_request_id_is_found_in_answers_and_refusals() {
        assert_eq!(request_id(ANSWER.as_bytes()).as_deref(), Some("r-1"));
        assert_eq!(request_id(REFUSAL.as_bytes()).as_deref(), Some("r-2"));
        assert_eq!(request_id(br#"{"RequestId":"x"}"#), None);
        assert_eq!(request_id(b"<html>"), None);
    }

    #[test]
    fn a_refusal_is_recognised_wherever_it_stands() {
        let expected = |id: &str| Content::Refusal {
            code: "A.B".to_owned(),
            message: "no".to_owned(),
            request_id: Some(id.to_owned()),
        };
        let late = r#"{"Response":{"RequestId":"r-3","SendStatusSet":[],"\u0045rror":{"Code":"A.B","Message":"no"}},"x":1}"#;
        for (body, id) in [(REFUSAL, "r-2"), (late, "r-3")] {
            assert_eq!(typed::<SendSmsResponse>(body.as_bytes()), expected(id));
            assert_eq!(raw(body.as_bytes()), {
                let Content::Refusal { code, message, request_id } = expected(id) else { panic!() };
                Content::<SendSmsResponse>::Refusal { code, message, request_id }.cast()
            });
        }
    }

    #[test]
    fn a_refusal_behind_a_member_that_cannot_be_read_is_still_one() {
        let body = br#"{"Response":{"SendStatusSet":5,"Error":{"Code":"A.B"},"RequestId":"r"}}"#;
        for content in [typed::<SendSmsResponse>(body), raw(body).cast()] {
            let Content::Refusal { code, message, request_id } = content else { panic!("{content:?}") };
            assert_eq!((&*code, &*message, request_id.as_deref()), ("A.B", "", Some("r")));
        }
    }

    #[test]
    fn null_is_absent_and_the_last_of_a_name_counts_in_both_readings() {
        for (body, id) in [
            (r#"{"Response":{"SendStatusSet":[],"Error":null,"RequestId":"r"}}"#, "r"),
            (r#"{"Response":{"RequestId":"q","SendStatusSet":[],"RequestId":"r","RequestId":null}}"#, "r"),
            (r#"{"Response":{"SendStatusSet":[],"RequestId":null}}"#, ""),
        ] {
            let Content::Answer(answer) = typed::<SendSmsResponse>(body.as_bytes()) else { panic!("{body}") };
            assert_eq!(answer.request_id, id);
            assert!(answer.extra.get("Error").is_none());
            let Content::Answer(answer) = raw(body.as_bytes()) else { panic!("{body}") };
            assert_eq!(answer.request_id(), id);
        }
        let body = br#"{"Response":{"Error":{"Code":"A"},"Error":{"Code":"B"},"Error":null}}"#;
        for content in [typed::<SendSmsResponse>(body), raw(body).cast()] {
            assert!(matches!(content, Content::Refusal { code, .. } if code == "B"));
        }
    }

    impl<T> Content<T> {
        /// The same content as one of another action; only for what is no answer.
        fn cast<U>(self) -> Content<U> {
            match self {
                Self::Answer(_) => panic!("an answer keeps its type"),
                Self::Refusal { code, message, request_id } => Content::Refusal { code, message, request_id },
                Self::Invalid(text) => Content::Invalid(text),
            }
        }
    }

    #[test]
    fn what_is_no_answer_says_what_is_wrong() {
        for (body, of_typed, of_raw) in [
            ("", "EOF", "EOF"),
            ("<html>", "expected value", "expected value"),
            ("[]", "an object with the member `Response`", "invalid"),
            ("{}", "no member `Response`", "missing field `Response`"),
            (r#"{"Response":null}"#, "an object as `Response`", "an object as `Response`"),
            (r#"{"Response":[]}"#, "an object as `Response`", "an object as `Response`"),
            (
                r#"{"Response":{"Error":{"Code":"A"}},"Response":{"SendStatusSet":[]}}"#,
                "duplicate",
                "duplicate",
            ),
            (
                r#"{"Response":{"SendStatusSet":[]},"Response":{"SendStatusSet":[]}}"#,
                "duplicate",
                "duplicate",
            ),
            (r#"{"Response":{"Error":{}}}"#, "Code", "Code"),
            (r#"{"Response":{"Error":"x"}}"#, "invalid type", "invalid type"),
        ] {
            let (found_typed, found_raw) = invalid(body);
            assert!(found_typed.contains(of_typed), "{body}: {found_typed}");
            assert!(found_raw.contains(of_raw), "{body}: {found_raw}");
        }
        let cut = &ANSWER[..ANSWER.len() - 10];
        let (of_typed, of_raw) = invalid(cut);
        assert!(of_typed.contains("EOF") && of_raw.contains("EOF"));
        let twice = format!("{ANSWER}{ANSWER}");
        let (of_typed, of_raw) = invalid(&twice);
        assert!(of_typed.contains("trailing") && of_raw.contains("trailing"));
        let bytes = b"{\"Response\":{\"SendStatusSet\":[]},\"x\":\"\xff\"}";
        for content in [typed::<SendSmsResponse>(bytes), raw(bytes).cast()] {
            assert_eq!(content, Content::Invalid(NOT_UTF_8.to_owned()));
        }
        let Content::Invalid(missing) = typed::<SendSmsResponse>(br#"{"Response":{"RequestId":"r"}}"#) else {
            panic!()
        };
        assert!(missing.contains("SendStatusSet"), "{missing}");
    }
}
