//! Requests read from bytes: written again they are the same, and the body is what the headers say.

use tcsms_auth::raw::{RawError, RawRequest};

/// The parts of a request.
#[derive(Debug, PartialEq)]
struct Parts {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

pub(crate) fn run(data: &[u8]) {
    if let Ok(request) = RawRequest::parse(data) {
        let parts = parts(&request);
        let used = data.len() - request.left_over;
        if framed(&parts, "transfer-encoding").is_none() {
            assert!(data[..used].ends_with(&parts.body), "the body is the end of what was read");
            if let Some(length) = framed(&parts, "content-length") {
                let digits = length.trim_ascii();
                assert!(digits.iter().all(u8::is_ascii_digit), "{:?}", length.escape_ascii().to_string());
                assert_eq!(std::str::from_utf8(digits).unwrap_or_default().parse(), Ok(parts.body.len()));
            }
        }
        leads_back(&parts);
    }
    in_chunks(data);
}

fn parts(request: &RawRequest) -> Parts {
    request.with(|request| Parts {
        method: request.method.to_owned(),
        path: request.path.to_owned(),
        query: request.query.to_owned(),
        headers: request
            .headers
            .iter()
            .map(|header| (header.name.to_owned(), header.value.to_vec()))
            .collect(),
        body: request.body.to_vec(),
    })
}

fn framed<'a>(parts: &'a Parts, name: &str) -> Option<&'a [u8]> {
    parts
        .headers
        .iter()
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_slice())
}

/// The request written with a plain body is read as itself.
fn leads_back(parts: &Parts) {
    let framing =
        |name: &str| ["content-length", "transfer-encoding"].iter().any(|own| name.eq_ignore_ascii_case(own));
    let mark = if parts.query.is_empty() { "" } else { "?" };
    let mut bytes = format!("{} {}{mark}{} HTTP/1.1\r\n", parts.method, parts.path, parts.query).into_bytes();
    let kept = parts.headers.iter().filter(|(name, _)| !framing(name));
    for (name, value) in kept.clone() {
        bytes.extend([name.as_bytes(), b": ", value.as_slice(), b"\r\n"].concat());
    }
    let length = parts.body.len().to_string();
    bytes.extend(format!("Content-Length: {length}\r\n\r\n").as_bytes());
    bytes.extend(&parts.body);
    bytes.extend(b"\r\n");
    // The one header more may be one too many.
    if parts.headers.len() > 120 || parts.path.is_empty() {
        return;
    }
    let again = RawRequest::parse(&bytes).unwrap_or_else(|error| panic!("{}: {error}", bytes.escape_ascii()));
    assert_eq!(again.left_over, 2);
    let mut headers: Vec<_> = kept.cloned().collect();
    headers.push(("Content-Length".to_owned(), length.into_bytes()));
    let expected = Parts {
        method: parts.method.clone(),
        path: parts.path.clone(),
        query: parts.query.clone(),
        headers,
        body: parts.body.clone(),
    };
    assert_eq!(self::parts(&again), expected);
}

/// Any bytes sent as a body of chunks come out whole, and what is cut short says so.
fn in_chunks(data: &[u8]) {
    let mut bytes = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    let head = bytes.len();
    let size = 1 + usize::from(data.first().copied().unwrap_or_default());
    for chunk in data.chunks(size) {
        bytes.extend(format!("{:x};a=b\r\n", chunk.len()).as_bytes());
        bytes.extend(chunk);
        bytes.extend(b"\r\n");
    }
    bytes.extend(b"0\r\n\r\n");
    let whole = bytes.len();
    bytes.extend(b"rest");
    let request =
        RawRequest::parse(&bytes).unwrap_or_else(|error| panic!("{}: {error}", bytes.escape_ascii()));
    assert_eq!((parts(&request).body.as_slice(), request.left_over), (data, 4));
    let cut = data.iter().fold(0, |sum: usize, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)))
        % (whole - head);
    let outcome = RawRequest::parse(&bytes[..head + cut]);
    assert!(matches!(outcome, Err(RawError::BodyCutShort { .. })), "{cut}: {outcome:?}");
    // A chunk that is longer or shorter than its length says.
    if !data.is_empty() {
        let end = head + format!("{:x};a=b\r\n", size.min(data.len())).len() + size.min(data.len());
        bytes.splice(end..end, *b"x");
        assert_eq!(RawRequest::parse(&bytes).err(), Some(RawError::BadChunk));
    }
}
