//! The bytes of a list as text, whichever program saved it.

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

/// The text without its byte order mark, and the name of the encoding where it is worth telling.
pub(crate) fn decode(bytes: &[u8]) -> Result<(String, Option<&'static str>), String> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err("it is an Excel workbook: save it as \"CSV UTF-8\"".to_owned());
    }
    let (encoding, told) = match Encoding::for_bom(bytes) {
        Some((encoding, _)) if encoding == UTF_16LE || encoding == UTF_16BE => (encoding, Some("UTF-16")),
        Some((encoding, _)) => (encoding, None),
        None if bytes.contains(&0) => {
            return Err(
                "it holds zero bytes, as UTF-16 without a byte order mark does: save it as \"CSV UTF-8\""
                    .to_owned(),
            );
        }
        None if std::str::from_utf8(bytes).is_ok() => (UTF_8, None),
        // What spreadsheets on a Chinese system write unless they are told otherwise.
        None => (GB18030, Some("GB18030")),
    };
    let (text, broken) = encoding.decode_with_bom_removal(bytes);
    if broken {
        return Err("it is neither UTF-8 nor GB18030 (GBK): save it as \"CSV UTF-8\"".to_owned());
    }
    Ok((text.into_owned(), told))
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn each_encoding_of_a_spreadsheet_is_read() {
        let utf16 = |text: &str| -> Vec<u8> {
            std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
        };
        let read = |bytes: &[u8]| decode(bytes).unwrap();
        assert_eq!(read("phone,1\n张三".as_bytes()), ("phone,1\n张三".to_owned(), None));
        assert_eq!(read("\u{feff}phone".as_bytes()), ("phone".to_owned(), None));
        assert_eq!(read(&utf16("phone\t张三😀")), ("phone\t张三😀".to_owned(), Some("UTF-16")));
        // 张三 in GBK.
        assert_eq!(read(b"\xd5\xc5\xc8\xfd"), ("张三".to_owned(), Some("GB18030")));
    }

    #[test]
    fn what_is_no_text_is_named() {
        for (bytes, part) in [
            (&b"PK\x03\x04rest"[..], "Excel workbook"),
            (b"\xd0\xcf\x11\xe0rest", "Excel workbook"),
            (b"p\0h\0o\0", "UTF-16 without"),
            (b"\xff\xff\xff", "neither UTF-8 nor GB18030"),
        ] {
            let fault = decode(bytes).unwrap_err();
            assert!(fault.contains(part), "{fault}");
        }
    }
}
