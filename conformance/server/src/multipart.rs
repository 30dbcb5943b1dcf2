//! Reads a body of `multipart/form-data` as strictly as it is written by the standard.

/// The parts of a body in their order: name and content.
pub(crate) fn parts(content_type: &[u8], body: &[u8]) -> Result<Vec<(String, Vec<u8>)>, String> {
    let kind = String::from_utf8_lossy(content_type);
    let boundary = kind
        .strip_prefix("multipart/form-data; boundary=")
        .filter(|boundary| !boundary.is_empty() && boundary.len() <= 70 && !boundary.contains(';'))
        .ok_or_else(|| format!("the content type {kind} is not multipart/form-data with a boundary"))?;
    let delimiter = format!("\r\n--{boundary}");
    // The first delimiter has no line before it.
    let mut rest = body
        .strip_prefix(delimiter.trim_start().as_bytes())
        .ok_or_else(|| format!("the body does not begin with --{boundary}"))?;
    let mut parts = Vec::new();
    while rest != b"--\r\n" {
        let part = rest.strip_prefix(b"\r\n").ok_or("a delimiter is not followed by a line end")?;
        let head = find(part, b"\r\n\r\n").ok_or("a part has no empty line behind its headers")?;
        let (head, content) = (&part[..head], &part[head + 4..]);
        let end = find(content, delimiter.as_bytes()).ok_or("a part has no delimiter behind it")?;
        parts.push((name(&String::from_utf8_lossy(head))?, content[..end].to_vec()));
        rest = &content[end + delimiter.len()..];
    }
    Ok(parts)
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

/// The name of a part, as it stands between the quotes.
fn name(head: &str) -> Result<String, String> {
    let told = head.lines().find_map(|line| line.strip_prefix("Content-Disposition: form-data; name=\""));
    let name = told.and_then(|rest| rest.split_once('"')).map(|(name, _)| name.to_owned());
    name.ok_or_else(|| format!("a part has no name: {head}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: &[u8] = b"multipart/form-data; boundary=bb";

    #[test]
    fn parts_are_read_to_the_byte() {
        let body = b"--bb\r\nContent-Disposition: form-data; name=\"A\"\r\n\r\n\r\n--b\r\n\r\n--bb\r\nContent-Disposition: form-data; name=\"B\"; filename=\"B\"\r\nContent-Type: x/y\r\n\r\n\xff\x00\r\n--bb--\r\n";
        let expected =
            vec![("A".to_owned(), b"\r\n--b\r\n".to_vec()), ("B".to_owned(), b"\xff\x00".to_vec())];
        assert_eq!(parts(KIND, body), Ok(expected));
        assert_eq!(parts(KIND, b"--bb--\r\n"), Ok(Vec::new()));
    }

    #[test]
    fn what_a_service_could_not_read_is_refused() {
        for (kind, body) in [
            (&b"multipart/form-data"[..], &b"--bb--\r\n"[..]),
            (b"multipart/form-data; boundary=", b"--bb--\r\n"),
            (b"multipart/form-data; boundary=bb; charset=utf-8", b"--bb--\r\n"),
            (KIND, b""),
            (KIND, b"\r\n--bb--\r\n"),
            (KIND, b"--bb--"),
            (KIND, b"--bb\r\n\r\nx\r\n--bb--\r\n"),
            (KIND, b"--bb\r\nContent-Disposition: form-data; name=\"A\"\r\n\r\nx--bb--\r\n"),
            (KIND, b"--bb\r\nContent-Disposition: form-data; name=\"A\"\r\nx\r\n--bb--\r\n"),
        ] {
            assert!(parts(kind, body).is_err(), "{}", body.escape_ascii());
        }
    }
}
