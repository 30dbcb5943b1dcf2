//! Headers that a caller adds to requests: which may be, and what they may hold.

use http::{HeaderName, HeaderValue};

/// Headers that the protocol, the connection or the signature sets, and what to use in their place.
///
/// A second way to set one could only contradict the first, or the signature.
const OWN: [(&str, &str); 19] = [
    ("authorization", "the signature is made by the client; with_skip_sign sends none"),
    ("host", "use the setting `endpoint` or `api_gateway`"),
    ("content-type", "it follows from the form of the request"),
    ("content-length", "it follows from the body"),
    ("transfer-encoding", "it follows from the body"),
    ("content-encoding", "the body is signed as it is sent"),
    ("accept-encoding", "the client asks for what it can read"),
    ("connection", "connections are the client's"),
    ("keep-alive", "connections are the client's"),
    ("upgrade", "connections are the client's"),
    ("proxy-authorization", "use the setting `proxy`"),
    ("x-tc-action", "it is the action of the call"),
    ("x-tc-version", "it is the version of the call"),
    ("x-tc-timestamp", "it is the time of the signature"),
    ("x-tc-region", "use the setting `region` or with_region"),
    ("x-tc-language", "use the setting `language` or with_language"),
    ("x-tc-token", "it is part of the credential"),
    ("x-tc-requestclient", "use the setting `request_client`"),
    ("x-tc-content-sha256", "use the setting `unsigned_payload` or with_unsigned_payload"),
];

/// Checks a header that a caller adds.
///
/// # Errors
///
/// What is wrong with it, without its value: that may be a secret.
pub(crate) fn checked(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), String> {
    let name = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| format!("{name:?} is no name of a header: letters, digits and - may stand in one"))?;
    if let Some((_, remedy)) = OWN.iter().find(|(own, _)| *own == name.as_str()) {
        return Err(format!("the header `{name}` is not for the caller to set: {remedy}"));
    }
    Ok((name.clone(), self::value(&format!("header `{name}`"), value)?))
}

/// The value of a header, UTF-8 as it is.
pub(crate) fn value(what: &str, value: &str) -> Result<HeaderValue, String> {
    HeaderValue::from_bytes(value.as_bytes())
        .map_err(|_| format!("the {what} holds a control character, which no header may have"))
}

/// Adds a header, in place of one of the same name.
pub(crate) fn set(headers: &mut Vec<(String, String)>, name: String, value: String) {
    match headers.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(&name)) {
        Some(header) => *header = (name, value),
        None => headers.push((name, value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_client_sets_itself_is_refused_by_name_in_any_case() {
        for (own, remedy) in OWN {
            for name in [own.to_owned(), own.to_uppercase()] {
                let fault = checked(&name, "SECRET").unwrap_err();
                assert!(
                    fault.contains(own) && fault.contains(remedy) && !fault.contains("SECRET"),
                    "{fault}"
                );
            }
        }
        assert!(checked("X-TC-Other", "x").is_ok());
    }

    #[test]
    fn what_no_header_may_hold_is_refused_and_text_is_kept_as_it_is() {
        for name in ["", "a b", "a:", "中", "a\r\nb"] {
            assert!(checked(name, "x").unwrap_err().contains("no name"), "{name:?}");
        }
        for value in ["a\r\nHost: b", "a\0", "\u{7f}"] {
            let fault = checked("X-A", value).unwrap_err();
            assert!(fault.contains("`x-a`") && fault.contains("control character"), "{fault}");
        }
        let (name, value) = checked("X-CLS-TopicId", "中 \"~+\t😀").unwrap();
        assert_eq!((name.as_str(), value.as_bytes()), ("x-cls-topicid", "中 \"~+\t😀".as_bytes()));
        assert!(checked("X-A", "").is_ok());
    }

    #[test]
    fn a_name_is_there_once() {
        let mut headers = Vec::new();
        for (name, value) in [("X-A", "1"), ("X-B", "2"), ("x-a", "3")] {
            set(&mut headers, name.to_owned(), value.to_owned());
        }
        assert_eq!(headers, [("x-a".to_owned(), "3".to_owned()), ("X-B".to_owned(), "2".to_owned())]);
    }
}
