//! Undoes the compression of an answer: gzip and deflate, whether they were asked for or not.

use std::io::{ErrorKind, Read};

use bytes::Bytes;
use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::HeaderMap;
use http::header::CONTENT_ENCODING;

/// What a client that wants compressed answers asks for.
pub(super) const ACCEPTED: &str = "gzip, deflate";

/// Why a body cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It exceeds this many bytes.
    TooLarge(usize),
    /// Neither gzip nor deflate, or not what it says it is.
    Unreadable(String),
}

/// The body as its sender meant it, of at most `limit` bytes.
pub(super) fn decoded(headers: &HeaderMap, body: Bytes, limit: usize) -> Result<Bytes, Fault> {
    // Nearly always there is nothing to do.
    if !headers.contains_key(CONTENT_ENCODING) || body.is_empty() {
        return Ok(body);
    }
    let mut names = Vec::new();
    for value in headers.get_all(CONTENT_ENCODING) {
        let list = String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase();
        names.extend(list.split(',').map(|name| name.trim().to_owned()));
    }
    names.retain(|name| !name.is_empty() && name != "identity");
    let outcome = match names.as_slice() {
        [] => return Ok(body),
        [name] if name == "gzip" || name == "x-gzip" => read(MultiGzDecoder::new(&*body), limit),
        [name] if name == "deflate" => inflated(&body, limit),
        _ => {
            let names: String = names.join(", ").chars().filter(|sign| !sign.is_control()).take(80).collect();
            let text = format!("its content encoding `{names}` is none of gzip, deflate and identity");
            return Err(Fault::Unreadable(text));
        }
    };
    match outcome {
        Ok(Some(decoded)) => Ok(Bytes::from(decoded)),
        Ok(None) => Err(Fault::TooLarge(limit)),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Err(Fault::Unreadable(format!("its {} body is cut short", names[0])))
        }
        Err(error) => {
            Err(Fault::Unreadable(format!("its content encoding is {}, its body is not: {error}", names[0])))
        }
    }
}

/// `deflate` means zlib's wrapping by the standard, and none by some servers.
fn inflated(body: &[u8], limit: usize) -> std::io::Result<Option<Vec<u8>>> {
    let is_zlib = matches!(body, [first, second, ..]
        if first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)).is_multiple_of(31));
    if is_zlib && let Ok(decoded) = read(ZlibDecoder::new(body), limit) {
        return Ok(decoded);
    }
    read(DeflateDecoder::new(body), limit)
}

/// Reads all of it; `None` when there is more than `limit`.
fn read(decoder: impl Read, limit: usize) -> std::io::Result<Option<Vec<u8>>> {
    let mut decoded = Vec::new();
    decoder.take(limit as u64 + 1).read_to_end(&mut decoded)?;
    Ok((decoded.len() <= limit).then_some(decoded))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use http::HeaderValue;
    use std::io::Write;

    const TEXT: &[u8] = b"{\"Response\":{\"RequestId\":\"r\"}}";

    fn decode(encoding: &str, body: Vec<u8>, limit: usize) -> Result<Bytes, Fault> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_ENCODING, HeaderValue::from_str(encoding).unwrap());
        decoded(&headers, Bytes::from(body), limit)
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(text: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn raw(text: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn every_spelling_of_the_known_encodings_is_read() {
        for (encoding, body) in [
            ("gzip", gzip(TEXT)),
            ("GZip", gzip(TEXT)),
            ("x-gzip", gzip(TEXT)),
            ("identity, gzip", gzip(TEXT)),
            ("deflate", zlib(TEXT)),
            ("deflate", raw(TEXT)),
            ("identity", TEXT.to_vec()),
            ("", TEXT.to_vec()),
            ("gzip", [gzip(&TEXT[..9]), gzip(&TEXT[9..])].concat()),
        ] {
            assert_eq!(decode(encoding, body, 1000).unwrap(), TEXT, "{encoding}");
        }
        assert!(decode("gzip", Vec::new(), 1000).unwrap().is_empty(), "the answer to a redirect, say");
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        for (encoding, body, part) in [
            ("br", gzip(TEXT), "`br` is none of"),
            ("gzip, gzip", gzip(&gzip(TEXT)), "`gzip, gzip` is none of"),
            ("gzip", TEXT.to_vec(), "its body is not"),
            ("deflate", vec![0xff; 20], "its body is not"),
            ("gzip", gzip(TEXT)[..20].to_vec(), "cut short"),
            (
                "gzip",
                {
                    let mut body = gzip(TEXT);
                    let at = body.len() - 6;
                    body[at] ^= 1;
                    body
                },
                "its body is not",
            ),
        ] {
            match decode(encoding, body, 1000) {
                Err(Fault::Unreadable(text)) => assert!(text.contains(part), "{encoding}: {text}"),
                other => panic!("{encoding}: {other:?}"),
            }
        }
    }

    #[test]
    fn the_limit_counts_the_decoded_bytes_and_ends_the_work() {
        let million = vec![b'x'; 1 << 20];
        for (encoding, body) in
            [("gzip", gzip(&million)), ("deflate", zlib(&million)), ("deflate", raw(&million))]
        {
            assert!(body.len() < 5000);
            assert_eq!(decode(encoding, body.clone(), 1 << 20).unwrap().len(), 1 << 20);
            assert_eq!(decode(encoding, body, (1 << 20) - 1), Err(Fault::TooLarge((1 << 20) - 1)));
        }
        // What follows the limit is not even looked at.
        let broken = [&gzip(&million)[..], b"noise"].concat();
        assert_eq!(decode("gzip", broken, 1000), Err(Fault::TooLarge(1000)));
    }
}
