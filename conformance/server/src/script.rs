//! What a scripted server does, as data.

use std::collections::BTreeMap;
use std::io::{self, Read};

use flate2::Compression;
use flate2::bufread::{DeflateEncoder, GzEncoder, ZlibEncoder};
use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One server. It is bound to a free port of 127.0.0.1, or of `[::1]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Script {
    /// Bound to `[::1]`.
    pub ipv6: bool,
    /// Nobody listens on the port: connections are refused.
    pub closed: bool,
    /// What is done on each connection, in the order they are accepted.
    pub connections: Vec<Vec<Step>>,
    /// The last script is for all further connections too. Without it one more connection than there are scripts is a
    /// fault.
    pub repeat: bool,
}

/// One thing that is done on a connection. After the last step the server waits for the client to close, and whatever
/// else arrives is a fault.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Reads one HTTP request whole.
    Request,
    /// Reads so many bytes.
    Read(usize),
    /// Reads one TLS record, such as the one that begins a handshake.
    TlsRecord,
    /// Writes an HTTP answer.
    Answer(Box<Answer>),
    /// Writes bytes as they are.
    Write(Content),
    /// Speaks TLS from here on, as the server.
    Tls(Tls),
    /// Writes an unencrypted fatal TLS alert of this number.
    TlsAlert(u8),
    /// Ends the writing half, TLS included.
    CloseWrite,
    /// Closes. With bytes unread the operating system makes a reset of it.
    Close,
    /// Resets.
    Reset,
    /// Waits for the client to close, as is done after the last step anyway.
    WaitClose,
    /// Reads until the client closes, and forgets what comes.
    Ignore,
    /// Waits until the driver has told the outcome of this call, counted from 1.
    AfterCall(usize),
    /// Waits until so many requests were read, on whatever connections.
    AfterRequests(usize),
    /// Does these steps again and again while requests come. One of them reads.
    Forever(Vec<Step>),
}

/// An HTTP answer, right unless it is told otherwise.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The status.
    #[serde(default = "ok")]
    pub status: u16,
    /// Headers beside `Content-Type: application/json` and the length; null takes one of these away.
    #[serde(default)]
    pub headers: BTreeMap<String, Option<String>>,
    /// The body as JSON.
    pub json: Option<Value>,
    /// The body as text.
    pub text: Option<String>,
    /// The body as hexadecimal bytes.
    pub hex: Option<String>,
    /// Compresses the body and says so in `Content-Encoding`.
    pub encoding: Option<Encoding>,
    /// Sends the body chunked, in pieces of so many bytes.
    pub chunked: Option<usize>,
    /// The body ends after so many bytes; the length in the head stays that of the whole.
    pub cut: Option<usize>,
    /// The whole answer is written in pieces of so many bytes.
    pub pieces: Option<usize>,
    /// The pause after each piece.
    #[serde(default)]
    pub pause_ms: u64,
}

/// How the body of an answer is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// `gzip`.
    Gzip,
    /// `deflate` as the standard has it, with the wrapping of zlib.
    Deflate,
    /// `deflate` as some servers have it, without.
    BareDeflate,
}

impl Encoding {
    /// Its name in a header.
    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate | Self::BareDeflate => "deflate",
        }
    }

    fn compressed(self, body: &[u8]) -> io::Result<Vec<u8>> {
        let (mut bytes, level) = (Vec::new(), Compression::default());
        match self {
            Self::Gzip => GzEncoder::new(body, level).read_to_end(&mut bytes)?,
            Self::Deflate => ZlibEncoder::new(body, level).read_to_end(&mut bytes)?,
            Self::BareDeflate => DeflateEncoder::new(body, level).read_to_end(&mut bytes)?,
        };
        Ok(bytes)
    }
}

fn ok() -> u16 {
    200
}

/// How TLS is spoken.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tls {
    /// Who vouches for the server, and for which name.
    pub certificate: Certificate,
    /// The only version that the server speaks.
    pub version: Option<Version>,
    /// The client must show a certificate of the same authority.
    pub wants_client_certificate: bool,
}

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Version {
    /// 1.2
    #[serde(rename = "1.2")]
    V1_2,
    /// 1.3
    #[serde(rename = "1.3")]
    V1_3,
}

/// The certificates that a server can show. The authority of the first four is in the file `{ca}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certificate {
    /// For `sms.tencentcloudapi.com`, `sts.tencentcloudapi.com`, `localhost`, 127.0.0.1 and ::1.
    #[default]
    Trusted,
    /// As the first, but not valid any more.
    Expired,
    /// As the first, but not valid yet.
    Future,
    /// For `other.example`.
    OtherName,
    /// Signed by itself.
    SelfSigned,
}

/// Bytes: a text, or `{"hex": "…"}`, which is also how they are told to a driver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content(pub Vec<u8>);

impl Serialize for Content {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([("hex", hex(&self.0))])
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Hex {
            hex: String,
        }
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self(text.into_bytes())),
            other => {
                let Hex { hex } = serde_json::from_value(other).map_err(de::Error::custom)?;
                unhex(&hex).map(Self).map_err(de::Error::custom)
            }
        }
    }
}

/// The bytes of hexadecimal digits; blanks between them are skipped.
///
/// # Errors
///
/// What is wrong with the text.
pub fn unhex(text: &str) -> Result<Vec<u8>, String> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|sign| !sign.is_whitespace())
        .map(|sign| {
            sign.to_digit(16)
                .map(|digit| digit as u8)
                .ok_or_else(|| format!("{sign:?} is no hexadecimal digit"))
        })
        .collect::<Result<_, _>>()?;
    if !digits.len().is_multiple_of(2) {
        return Err("the number of hexadecimal digits is odd".to_owned());
    }
    Ok(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// The longest pause, in milliseconds: nobody waits so long for a piece.
const LONGEST_PAUSE: u64 = 10_000;

impl Answer {
    fn check(&self) -> Result<(), String> {
        if self.pause_ms > LONGEST_PAUSE {
            return Err(format!("a pause has {LONGEST_PAUSE} ms at most"));
        }
        self.bytes().map(drop)
    }

    /// The bytes of the answer.
    ///
    /// # Errors
    ///
    /// When the body is given in two ways, or cannot be compressed.
    pub fn bytes(&self) -> Result<Vec<u8>, String> {
        let body = match (&self.json, &self.text, &self.hex) {
            (None, None, None) => Vec::new(),
            (Some(json), None, None) => json.to_string().into_bytes(),
            (None, Some(text), None) => text.clone().into_bytes(),
            (None, None, Some(hex)) => unhex(hex)?,
            _ => return Err("the body of an answer is one of json, text and hex".to_owned()),
        };
        let mut headers = vec![("Content-Type", Some("application/json".to_owned()))];
        let body = match self.encoding {
            None => body,
            Some(encoding) => {
                headers.push(("Content-Encoding", Some(encoding.name().to_owned())));
                encoding.compressed(&body).map_err(|error| error.to_string())?
            }
        };
        match self.chunked {
            Some(_) => headers.push(("Transfer-Encoding", Some("chunked".to_owned()))),
            None => headers.push(("Content-Length", Some(body.len().to_string()))),
        }
        for (name, value) in &self.headers {
            match headers.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
                Some(header) => header.1.clone_from(value),
                None => headers.push((name, value.clone())),
            }
        }
        let mut bytes = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status)).into_bytes();
        for (name, value) in headers {
            if let Some(value) = value {
                bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
            }
        }
        bytes.extend_from_slice(b"\r\n");
        let sent = &body[..self.cut.unwrap_or(body.len()).min(body.len())];
        match self.chunked {
            None => bytes.extend_from_slice(sent),
            Some(size) => {
                for chunk in sent.chunks(size.max(1)) {
                    bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
                    bytes.extend_from_slice(chunk);
                    bytes.extend_from_slice(b"\r\n");
                }
                if self.cut.is_none() {
                    bytes.extend_from_slice(b"0\r\n\r\n");
                }
            }
        }
        Ok(bytes)
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        407 => "Proxy Authentication Required",
        413 => "Content Too Large",
        414 => "URI Too Long",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Status",
    }
}

/// The number of every [`Step::AfterCall`] in these steps.
pub(crate) fn calls_awaited(steps: &[Step]) -> Vec<usize> {
    steps
        .iter()
        .flat_map(|step| match step {
            Step::AfterCall(call) => vec![*call],
            Step::Forever(steps) => calls_awaited(steps),
            _ => Vec::new(),
        })
        .collect()
}

/// What the types of steps cannot say.
pub(crate) fn check(steps: &[Step]) -> Result<(), String> {
    steps.iter().try_for_each(|step| match step {
        Step::Answer(answer) => answer.check(),
        Step::Forever(steps) if !steps.iter().any(ends) => {
            Err("forever has a step that reads, or it would never end".to_owned())
        }
        Step::Forever(steps) => check(steps),
        _ => Ok(()),
    })
}

/// Whether steps that are done again and again come to an end at this one, at the latest when the client is gone.
fn ends(step: &Step) -> bool {
    match step {
        Step::Request | Step::TlsRecord | Step::Close | Step::Reset => true,
        Step::Read(count) => *count > 0,
        Step::Forever(steps) => steps.iter().any(ends),
        _ => false,
    }
}

/// What a server heard.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Record {
    /// How many connections were accepted.
    pub connections: usize,
    /// What the steps read, in the order in which it was complete.
    pub heard: Vec<Heard>,
    /// What should not have happened, whatever the case is about.
    pub faults: Vec<String>,
    /// Why TLS was not agreed on, by connection. Often that is what a case wants.
    pub tls_failures: Vec<(usize, String)>,
}

/// What one step read.
#[derive(Clone, Debug, Serialize)]
pub struct Heard {
    /// The connection, counted from 1.
    pub connection: usize,
    /// Whether it is an HTTP request, read whole; otherwise it was read by number of bytes.
    pub is_request: bool,
    /// The bytes.
    #[serde(serialize_with = "shown")]
    pub bytes: Vec<u8>,
}

/// Bytes for people: as text when they are, otherwise as `{"hex": "…"}`.
fn shown<S: serde::Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    match std::str::from_utf8(bytes) {
        Ok(text) => serializer.serialize_str(text),
        Err(_) => serializer.collect_map([("hex", hex(bytes))]),
    }
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer_bytes(json: &str) -> Vec<u8> {
        serde_json::from_str::<Answer>(json).unwrap().bytes().unwrap()
    }

    fn answer(json: &str) -> String {
        String::from_utf8(answer_bytes(json)).unwrap()
    }

    #[test]
    fn an_answer_is_right_unless_it_is_told_otherwise() {
        assert_eq!(
            answer(r#"{"json":{"a":1}}"#),
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}"
        );
        assert_eq!(
            answer(r#"{"status":204,"headers":{"content-type":null,"content-length":null,"X":"y"}}"#),
            "HTTP/1.1 204 No Content\r\nX: y\r\n\r\n"
        );
        assert!(
            answer(r#"{"text":"abcd","cut":1,"headers":{"Content-Length":"9"}}"#).ends_with(": 9\r\n\r\na")
        );
        assert!(answer(r#"{"text":"abc","chunked":2}"#).ends_with("\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"));
        assert!(answer(r#"{"text":"abc","chunked":2,"cut":3}"#).ends_with("1\r\nc\r\n"));
        let compressed =
            answer_bytes(r#"{"text":"{x}","encoding":"gzip","headers":{"Content-Encoding":"br"}}"#);
        let end = compressed.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap() + 4;
        assert!(String::from_utf8_lossy(&compressed[..end]).contains("Content-Encoding: br\r\n"));
        let mut text = String::new();
        flate2::bufread::GzDecoder::new(&compressed[end..]).read_to_string(&mut text).unwrap();
        assert_eq!(text, "{x}");
        let both: Answer = serde_json::from_str(r#"{"text":"a","hex":"00"}"#).unwrap();
        assert!(both.bytes().is_err());
    }

    #[test]
    fn steps_are_words_or_single_members() {
        let steps: Vec<Step> = serde_json::from_str(
            r#"["request",{"write":{"hex":"05 00"}},{"tls":{}},{"forever":[{"after_call":2}]}]"#,
        )
        .unwrap();
        assert_eq!(calls_awaited(&steps), [2]);
        for (wrong, part) in [
            (r#"[{"forever":[]}]"#, "reads"),
            (r#"[{"forever":[{"answer":{}}]}]"#, "reads"),
            (r#"[{"forever":["ignore"]}]"#, "reads"),
            (r#"[{"forever":[{"read":0},{"forever":["wait_close"]}]}]"#, "reads"),
            (r#"[{"forever":["request",{"forever":[{"write":"x"}]}]}]"#, "reads"),
            (r#"[{"answer":{"pause_ms":10001}}]"#, "pause"),
            (r#"[{"forever":["request",{"answer":{"hex":"0"}}]}]"#, "odd"),
        ] {
            let steps: Vec<Step> = serde_json::from_str(wrong).unwrap();
            assert!(check(&steps).unwrap_err().contains(part), "{wrong}");
        }
        for wrong in [r#""requests""#, r#"{"tls":{"certificat":"expired"}}"#, r#"{"write":{"hex":"0"}}"#] {
            assert!(serde_json::from_str::<Step>(wrong).is_err(), "{wrong}");
        }
    }
}
