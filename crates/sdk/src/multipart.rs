//! Writes parameters and binary parts as a body of `multipart/form-data`.

use std::fmt::Write;

use bytes::Bytes;

use crate::error::{Error, ErrorKind};
use crate::parameters::{self, Value};

/// The body, and the content type that says where its parts end.
///
/// The members of the JSON object come first, in their order: a text as it is, a number or a truth value by its
/// letters, a list or a structure as JSON; null has no form and is left out. Then come the binary parts, each under its
/// name as its file's name, as documented clients do.
pub(crate) fn body(json: &[u8], parts: &[(String, Bytes)]) -> Result<(String, Bytes), Error> {
    // 128 random bits occur in no content by chance, so the contents need not be searched for it.
    let boundary = format!("{:032x}", fastrand::u128(..));
    let mut body =
        Vec::with_capacity(json.len() + parts.iter().map(|(_, part)| part.len() + 256).sum::<usize>());
    let members = parameters::members(json)?;
    for (number, (name, _)) in parts.iter().enumerate() {
        let others = parts[..number].iter().map(|(other, _)| other);
        if members.iter().map(|(other, _)| other).chain(others).any(|other| other == name) {
            let message = format!("the part `{name}` is given twice, or is a parameter as well");
            return Err(Error::local(ErrorKind::InvalidRequest, message));
        }
    }
    for (name, value) in &members {
        let (kind, content) = match value {
            Value::Null => continue,
            Value::Text(text) => ("", text.as_str()),
            Value::Plain(text) => ("", *text),
            Value::Nested(json) => ("Content-Type: application/json\r\n", *json),
        };
        open(&mut body, &boundary, name, "", kind);
        body.extend_from_slice(content.as_bytes());
        body.extend_from_slice(b"\r\n");
    }
    for (name, content) in parts {
        let file_name = format!("; filename=\"{}\"", quoted(name));
        open(&mut body, &boundary, name, &file_name, "Content-Type: application/octet-stream\r\n");
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Ok((format!("multipart/form-data; boundary={boundary}"), Bytes::from(body)))
}

fn open(body: &mut Vec<u8>, boundary: &str, name: &str, file_name: &str, kind: &str) {
    let name = quoted(name);
    let head =
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"{file_name}\r\n{kind}\r\n");
    body.extend_from_slice(head.as_bytes());
}

/// A name inside quotes. What would end the quotes or the line is escaped, as the HTML standard has it.
fn quoted(name: &str) -> String {
    let mut quoted = String::with_capacity(name.len());
    for sign in name.chars() {
        match sign {
            '"' | '\r' | '\n' => _ = write!(quoted, "%{:02X}", u32::from(sign)),
            _ => quoted.push(sign),
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_and_parts_are_written_in_order() {
        let json =
            r#"{"Text":"中\n\"x\"","Number":1.50,"Yes":true,"None":null,"Empty":"","List":[1, {"a":"b"}]}"#;
        let parts = [("Im\"a\r\nge".to_owned(), Bytes::from_static(b"\x00\xff\r\n--"))];
        let (content_type, body) = super::body(json.as_bytes(), &parts).unwrap();
        let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
        assert_eq!(boundary.len(), 32);
        let mut expected = Vec::new();
        for (head, content) in [
            ("name=\"Text\"\r\n\r\n", "中\n\"x\"".as_bytes()),
            ("name=\"Number\"\r\n\r\n", b"1.50"),
            ("name=\"Yes\"\r\n\r\n", b"true"),
            ("name=\"Empty\"\r\n\r\n", b""),
            ("name=\"List\"\r\nContent-Type: application/json\r\n\r\n", br#"[1, {"a":"b"}]"#),
            (
                "name=\"Im%22a%0D%0Age\"; filename=\"Im%22a%0D%0Age\"\r\nContent-Type: application/octet-stream\r\n\r\n",
                b"\x00\xff\r\n--",
            ),
        ] {
            expected.extend(format!("--{boundary}\r\nContent-Disposition: form-data; {head}").into_bytes());
            expected.extend(content);
            expected.extend(b"\r\n");
        }
        expected.extend(format!("--{boundary}--\r\n").into_bytes());
        assert_eq!(String::from_utf8_lossy(&body), String::from_utf8_lossy(&expected));
        assert_ne!(super::body(b"{}", &parts).unwrap().0, content_type, "each body has its own boundary");
    }

    #[test]
    fn a_name_is_there_once() {
        let part = |name: &str| (name.to_owned(), Bytes::new());
        for (json, parts) in [("{}", [part("A"), part("A")]), (r#"{"B":1}"#, [part("A"), part("B")])] {
            let error = body(json.as_bytes(), &parts).unwrap_err();
            assert!(error.message().contains("twice"), "{error}");
        }
    }
}
