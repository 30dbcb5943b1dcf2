//! Reading one HTTP/1.1 request from bytes: a file, a terminal, a capture.

use crate::request::{Header, Request};
use std::fmt;

/// Real requests carry about 15 headers.
const MAX_HEADERS: usize = 128;

/// A request read from bytes, owning its parts.
#[derive(Clone)]
pub struct RawRequest {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    /// Bytes that followed the body, such as the line end an editor adds. They are no part of the request.
    pub left_over: usize,
}

impl RawRequest {
    /// Reads the first request in `bytes`. Lines may end in LF alone, as editors leave them. The body is what
    /// `Content-Length` counts or what the chunks of a chunked transfer hold; with neither, it is everything that
    /// follows the headers (our choice, for requests written by hand).
    ///
    /// # Errors
    /// [`RawError`] when the bytes are no request or end before it does.
    pub fn parse(bytes: &[u8]) -> Result<Self, RawError> {
        let mut slots = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut head = httparse::Request::new(&mut slots);
        let body_start = match head.parse(bytes) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) => return Err(RawError::HeadCutShort),
            Err(error) => return Err(RawError::NotARequest(error.to_string())),
        };
        let (path, query) = split_target(head.path.unwrap_or("/"));
        let headers: Vec<_> =
            head.headers.iter().map(|header| (header.name.to_owned(), header.value.to_vec())).collect();
        let mut request = Self {
            method: head.method.unwrap_or_default().to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            body: Vec::new(),
            left_over: 0,
        };
        let rest = bytes.get(body_start..).unwrap_or_default();
        let (body, used) = request.read_body(rest)?;
        request.body = body;
        request.left_over = rest.len() - used;
        Ok(request)
    }

    /// Lends the request to a function that reads it.
    pub fn with<T>(&self, read: impl FnOnce(&Request<'_>) -> T) -> T {
        let headers: Vec<_> = self.headers.iter().map(|(name, value)| Header { name, value }).collect();
        read(&Request {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &headers,
            body: &self.body,
        })
    }

    /// The body, and how many of the bytes after the head belong to it.
    fn read_body(&self, rest: &[u8]) -> Result<(Vec<u8>, usize), RawError> {
        if self.is_chunked() {
            return read_chunks(rest);
        }
        let Some(text) = self.header("content-length") else { return Ok((rest.to_vec(), rest.len())) };
        let length: usize = str::from_utf8(text)
            .ok()
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| RawError::BadLength(String::from_utf8_lossy(text).into_owned()))?;
        match rest.get(..length) {
            Some(body) => Ok((body.to_vec(), length)),
            None => Err(RawError::BodyCutShort { expected: length, found: rest.len() }),
        }
    }

    /// Whether the last of the transfer codings is the one of chunks, which alone says where the body ends.
    fn is_chunked(&self) -> bool {
        let named = |header: &&(String, Vec<u8>)| header.0.eq_ignore_ascii_case("transfer-encoding");
        self.headers.iter().rfind(named).is_some_and(|(_, codings)| {
            let last = codings.rsplit(|byte| *byte == b',').next().unwrap_or_default();
            last.trim_ascii().eq_ignore_ascii_case(b"chunked")
        })
    }

    fn header(&self, name: &str) -> Option<&[u8]> {
        let (_, value) = self.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name))?;
        Some(value.trim_ascii())
    }
}

impl fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with(|request| request.fmt(f))
    }
}

/// Why bytes cannot be read as a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RawError {
    /// The request line or a header is not HTTP/1.1; the text says what is wrong.
    NotARequest(String),
    /// The bytes end inside the headers.
    HeadCutShort,
    /// `Content-Length` is not a number.
    BadLength(String),
    /// A chunk of a chunked body has no readable length, or none that a line end follows.
    BadChunk,
    /// The bytes end inside the body.
    BodyCutShort {
        /// How many bytes the body should have had, as far as known.
        expected: usize,
        /// How many there are.
        found: usize,
    },
}

impl fmt::Display for RawError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotARequest(what) => write!(
                f,
                "this is not an HTTP/1.1 request ({what}); it must begin with a line like `POST / HTTP/1.1`, then the headers, an empty line and the body"
            ),
            Self::HeadCutShort => f.write_str("the request ends inside its headers; an empty line must follow them"),
            Self::BadLength(value) => {
                write!(f, "the header Content-Length is `{value}`, which is not a number of bytes; correct or remove it")
            }
            Self::BadChunk => f.write_str(
                "the body is said to be chunked but has a chunk without a readable length, or with a wrong one; write the body plainly and remove Transfer-Encoding",
            ),
            Self::BodyCutShort { expected, found } => write!(
                f,
                "the body has {found} bytes but should have {expected}; the capture is cut short, or Content-Length is wrong"
            ),
        }
    }
}

impl std::error::Error for RawError {}

/// Path and query of a request target. A target sent to a proxy names the host too, which is dropped.
fn split_target(target: &str) -> (&str, &str) {
    let target = match target.split_once("://") {
        Some((scheme, rest)) if !scheme.contains(['/', '?']) => {
            rest.find(['/', '?']).and_then(|start| rest.get(start..)).unwrap_or("/")
        }
        _ => target,
    };
    target.split_once('?').unwrap_or((target, ""))
}

fn read_chunks(bytes: &[u8]) -> Result<(Vec<u8>, usize), RawError> {
    let mut body = Vec::new();
    let mut at = 0;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let cut_short = RawError::BodyCutShort { expected: body.len() + 1, found: body.len() };
        let (start, length) = match httparse::parse_chunk_size(rest) {
            Ok(httparse::Status::Complete(size)) => size,
            Ok(httparse::Status::Partial) => return Err(cut_short),
            Err(_) => return Err(RawError::BadChunk),
        };
        if length == 0 {
            // Trailers, if any, end in an empty line; nothing in them is signed.
            let end = rest.windows(4).position(|window| window == b"\r\n\r\n").ok_or(cut_short)?;
            return Ok((body, at + end + 4));
        }
        let length = usize::try_from(length).map_err(|_| RawError::BadChunk)?;
        let end = start.checked_add(length).ok_or(RawError::BadChunk)?;
        let chunk = rest.get(start..end).ok_or_else(|| cut_short.clone())?;
        match rest.get(end..) {
            Some([b'\r', b'\n', ..]) => {}
            Some([] | [b'\r']) => return Err(cut_short),
            _ => return Err(RawError::BadChunk),
        }
        body.extend_from_slice(chunk);
        at += end + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body_of(bytes: &[u8]) -> Result<(Vec<u8>, usize), RawError> {
        RawRequest::parse(bytes).map(|request| (request.body.clone(), request.left_over))
    }

    #[test]
    fn reads_the_parts() {
        let raw = RawRequest::parse(b"GET /p?a=%20&b HTTP/1.1\r\nHost:  h:1 \r\nX: y\r\n\r\n").unwrap();
        raw.with(|request| {
            assert_eq!((request.method, request.path, request.query), ("GET", "/p", "a=%20&b"));
            assert_eq!(request.header("HOST"), Some(&b"h:1"[..]));
            assert_eq!(request.header("none"), None);
            assert_eq!(request.body, b"");
        });
    }

    #[test]
    fn the_body_is_what_the_headers_count() {
        assert_eq!(body_of(b"POST / HTTP/1.1\nContent-Length: 2\n\n{}\n"), Ok((b"{}".to_vec(), 1)));
        assert_eq!(body_of(b"POST / HTTP/1.1\r\n\r\n{}\n"), Ok((b"{}\n".to_vec(), 0)));
        let chunked =
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x=y\r\nd\r\n0\r\n\r\nrest";
        assert_eq!(body_of(chunked), Ok((b"abcd".to_vec(), 4)));
        let trailers =
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0;x=y\r\nA: b\r\n\r\nrest";
        assert_eq!(body_of(trailers), Ok((b"a".to_vec(), 4)));
    }

    #[test]
    fn only_the_last_transfer_coding_makes_chunks() {
        let body = |headers: &str| {
            body_of(format!("POST / HTTP/1.1\r\n{headers}\r\n1\r\na\r\n0\r\n\r\n").as_bytes())
        };
        for headers in [
            "Transfer-Encoding: chunked\r\n",
            "transfer-encoding:  gzip ,\tChunked \r\n",
            "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
            "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        ] {
            assert_eq!(body(headers), Ok((b"a".to_vec(), 0)), "{headers}");
        }
        for headers in [
            "Transfer-Encoding: xchunked\r\n",
            "Transfer-Encoding: chunked, gzip\r\n",
            "Transfer-Encoding: \r\n",
        ] {
            assert_eq!(body(headers), Ok((b"1\r\na\r\n0\r\n\r\n".to_vec(), 0)), "{headers}");
        }
    }

    #[test]
    fn targets_of_all_forms() {
        for (target, parts) in [
            ("/", ("/", "")),
            ("/?", ("/", "")),
            ("/?a=http://x/", ("/", "a=http://x/")),
            ("http://sms.tencentcloudapi.com/?a=1", ("/", "a=1")),
            ("http://sms.tencentcloudapi.com", ("/", "")),
        ] {
            assert_eq!(split_target(target), parts, "{target}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        assert!(matches!(body_of(b"{\"json\":1}\r\n\r\n"), Err(RawError::NotARequest(_))));
        assert_eq!(body_of(b"POST / HTTP/1.1\r\nHost: h\r\n"), Err(RawError::HeadCutShort));
        assert_eq!(
            body_of(b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n{}"),
            Err(RawError::BodyCutShort { expected: 3, found: 2 })
        );
        assert_eq!(
            body_of(b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n{}"),
            Err(RawError::BadLength("-1".to_owned()))
        );
        // The library's own reading of numbers takes a sign, HTTP does not.
        assert_eq!(
            body_of(b"POST / HTTP/1.1\r\nContent-Length: +2\r\n\r\n{}"),
            Err(RawError::BadLength("+2".to_owned()))
        );
        let chunked = |body: &str| {
            body_of(format!("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{body}").as_bytes())
        };
        assert_eq!(chunked("zz\r\n"), Err(RawError::BadChunk));
        for (body, found) in [
            ("", 0),
            ("5\r\nab", 0),
            ("2\r\nab", 0),
            ("2\r\nab\r", 0),
            ("2\r\nab\r\n", 2),
            ("2\r\nab\r\n0\r\n", 2),
        ] {
            assert_eq!(chunked(body), Err(RawError::BodyCutShort { expected: found + 1, found }), "{body}");
        }
        for body in [
            "2\r\nabXX0\r\n\r\n",
            "2\r\nabX",
            "2\r\nab\n0\r\n\r\n",
            "1\r\nab\r\n0\r\n\r\n",
            "ffffffffffffffff\r\n",
        ] {
            assert_eq!(chunked(body), Err(RawError::BadChunk), "{body}");
        }
    }
}
