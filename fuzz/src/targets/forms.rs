//! Forms and query strings: writing and reading undo each other, and a second reader agrees.

use tcsms_auth::form::{decode_pairs, encode, encode_pairs};

pub(crate) fn run(data: &[u8]) {
    let read = decode_pairs(data).ok();
    assert_eq!(read, read_slowly(data));
    if let Some(pairs) = read {
        lead_back(&pairs);
    }
    let text = String::from_utf8_lossy(data);
    let mut pieces = text.split('\n').map(str::to_owned);
    let mut pairs = Vec::new();
    while let Some(name) = pieces.next() {
        pairs.push((name, pieces.next().unwrap_or_default()));
    }
    lead_back(&pairs);
}

fn lead_back(pairs: &[(String, String)]) {
    let written = encode_pairs(pairs);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~%=&".contains(&byte);
    assert!(written.bytes().all(plain), "{written}");
    assert_eq!(decode_pairs(written.as_bytes()).as_deref(), Ok(pairs), "{written}");
    for (name, value) in pairs {
        assert_eq!(encode_pairs(&[(name, value)]), format!("{}={}", encode(name), encode(value)));
    }
}

/// Each `%XX` is replaced where it stands, from the last to the first.
fn read_slowly(data: &[u8]) -> Option<Vec<(String, String)>> {
    let plain = |text: &[u8]| {
        let mut bytes: Vec<u8> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
        for at in (0..bytes.len()).rev() {
            // A percent sign that an escape stands for was replaced before and is followed by what it was followed by.
            if text.get(at) == Some(&b'%') {
                let digits = std::str::from_utf8(text.get(at + 1..at + 3)?).ok()?;
                if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                    return None;
                }
                bytes.splice(at..at + 3, [u8::from_str_radix(digits, 16).ok()?]);
            }
        }
        String::from_utf8(bytes).ok()
    };
    data.split(|byte| *byte == b'&')
        .filter(|piece| !piece.is_empty())
        .map(|piece| {
            let mut halves = piece.splitn(2, |byte| *byte == b'=');
            Some((plain(halves.next()?)?, plain(halves.next().unwrap_or_default())?))
        })
        .collect()
}
