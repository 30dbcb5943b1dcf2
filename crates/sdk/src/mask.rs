//! Takes out of requests and answers what no log may show: secrets, phone numbers, and what messages say.
//!
//! It reads text and not data, because what has to be looked into is often broken: cut short, or no JSON at all. What a
//! value may hold is told by its name; where a name tells nothing, every longer run of digits goes.

use std::borrow::Cow;

use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue};

/// The most bytes of a body that are shown.
const LONGEST_BODY: usize = 8 << 10;
/// The most characters of one value that are shown.
const LONGEST_VALUE: usize = 256;
/// What stands in the place of a secret.
const HIDDEN: &str = "***";
/// The most digits in a row that are shown where nothing is known about them: fewer than a login code has.
const SHORTEST_CODE: usize = 4;
/// The most digits in a row that are shown of ids, times and amounts: as many as a Unix time has.
const LONGEST_NUMBER: usize = 10;
/// From this many digits on, the first two and the last two of a phone number are shown.
const SHORTEST_PHONE: usize = 7;

/// How the value of a name is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// Not at all: a secret, or what a message says.
    Hide,
    /// The ends of it: a secret id.
    Ends,
    /// The first two and the last two digits.
    Phone,
    /// As it is.
    Show,
    /// Without runs of more digits than ids, times and amounts have.
    Number,
    /// Without runs of digits that could be a code or a part of a phone number.
    Guess,
}

impl Rule {
    fn of(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
        let ends = |parts: &[&str]| parts.iter().any(|part| name.ends_with(part));
        match name.as_str() {
            "secretid" | "tmpsecretid" => Self::Ends,
            "requestid" | "serialno" | "x-tc-traceid" | "signaturemethod" => Self::Show,
            _ if has(&["secret", "token", "signature", "password", "credential", "authorization"]) => {
                Self::Hide
            }
            _ if has(&["cookie", "externalid", "templateparam", "replycontent", "image"]) => Self::Hide,
            _ if has(&["phone", "mobile", "subscriber"]) => Self::Phone,
            _ if ends(&["id", "count", "fee", "amount", "time", "timestamp", "date", "nonce"]) => {
                Self::Number
            }
            _ if ends(&["version", "length", "host", "limit", "offset"]) => Self::Number,
            _ => Self::Guess,
        }
    }

    /// The rule of a name that lies inside a value with this one. What is hidden is hidden with all it holds.
    fn inner(self, name: &str) -> Self {
        if self == Self::Hide { self } else { Self::of(name) }
    }

    fn apply(self, text: &str) -> String {
        let shown = match self {
            Self::Hide => HIDDEN.to_owned(),
            Self::Ends => ends(text),
            Self::Phone => phone(text),
            Self::Show => text.to_owned(),
            Self::Number => without_runs(text, LONGEST_NUMBER + 1, |_| false),
            Self::Guess => without_runs(text, SHORTEST_CODE, |sign| matches!(sign, ' ' | '-')),
        };
        match shown.char_indices().nth(LONGEST_VALUE) {
            Some((end, _)) => format!("{}… ({} bytes)", &shown[..end], text.len()),
            None => shown,
        }
    }
}

/// The first and the last four characters of what is long enough to stay unknown.
fn ends(text: &str) -> String {
    if text.len() < 16 || !text.is_ascii() {
        return HIDDEN.to_owned();
    }
    format!("{}{HIDDEN}{}", &text[..4], &text[text.len() - 4..])
}

/// A phone number of which the first two and the last two digits are left, or none when it is short.
fn phone(text: &str) -> String {
    let count = text.chars().filter(|sign| sign.is_numeric()).count();
    let mut place = 0;
    let sign_of = |sign: char| {
        if !sign.is_numeric() {
            return if " +-()".contains(sign) { sign } else { '*' };
        }
        place += 1;
        let is_end = place <= 2 || place + 2 > count;
        if count >= SHORTEST_PHONE && is_end { sign } else { '*' }
    };
    text.chars().map(sign_of).collect()
}

/// The text with every run of at least `shortest` digits masked. A single sign between two digits that `joins` them
/// does not end a run.
fn without_runs(text: &str, shortest: usize, joins: fn(char) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(char::is_numeric) {
        shown.push_str(&rest[..start]);
        rest = &rest[start..];
        let mut end = 0;
        let mut signs = rest.char_indices().peekable();
        while let Some((place, sign)) = signs.next() {
            let is_joint = joins(sign) && signs.peek().is_some_and(|(_, next)| next.is_numeric());
            if !sign.is_numeric() && !is_joint {
                break;
            }
            end = place + sign.len_utf8();
        }
        let run = &rest[..end];
        let is_long = run.chars().filter(|sign| sign.is_numeric()).count() >= shortest;
        shown.push_str(&if is_long { Cow::Owned(phone(run)) } else { Cow::Borrowed(run) });
        rest = &rest[end..];
    }
    shown.push_str(rest);
    shown
}

/// The text on one line.
fn one_line(text: &str) -> String {
    text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect()
}

/// A body of this kind (the header `Content-Type`), shortened. Of kinds that are not understood, only the size.
pub(crate) fn body(headers: &HeaderMap, bytes: &[u8]) -> String {
    let kind =
        headers.get(CONTENT_TYPE).map(|kind| String::from_utf8_lossy(kind.as_bytes()).to_ascii_lowercase());
    let kind = kind.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST_BODY)]);
    // What was cut through could look like something shorter.
    let is_cut = bytes.len() > LONGEST_BODY;
    let edge =
        |text: &str| text.rfind(['"', ',', '&', '{', '[', ' ', '\n', '>']).map_or(0, |place| place + 1);
    let text = if is_cut { &text[..edge(&text)] } else { &*text };
    let looks_like_json = text.trim_start().starts_with(['{', '[']);
    let shown = if kind.contains("json") || looks_like_json {
        json(text)
    } else if kind.starts_with("application/x-www-form-urlencoded") {
        form(text)
    } else if kind.is_empty() || kind.starts_with("text/") {
        one_line(&Rule::Guess.apply(text))
    } else {
        return hidden_body(bytes.len());
    };
    if is_cut { format!("{shown}… ({} bytes)", bytes.len()) } else { shown }
}

/// What is said of a body that is not shown.
pub(crate) fn hidden_body(size: usize) -> String {
    format!("({size} bytes, not shown)")
}

/// JSON, whole or broken, on one line.
pub(crate) fn json(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    // The rule for what lies in each open object or list.
    let mut open = vec![Rule::Guess];
    // The rule for the value of the name that was just read.
    let mut named: Option<Rule> = None;
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        let around = open.last().copied().unwrap_or(Rule::Guess);
        let size = match sign {
            '"' => {
                let (content, size) = string(rest);
                let (value, quote) = if rest[size..].trim_start().starts_with(':') {
                    named = Some(around.inner(&content));
                    (Rule::Guess.apply(&content), true)
                } else {
                    (named.take().unwrap_or(around).apply(&content), size > 1 && rest[..size].ends_with('"'))
                };
                // JSON leaves some control characters as they are, DEL and those from U+0080 on.
                let written = one_line(&serde_json::to_string(&value).unwrap_or_default());
                shown.push_str(if quote { &written } else { written.strip_suffix('"').unwrap_or(&written) });
                size
            }
            '{' | '[' => {
                let rule = named.take().unwrap_or(around);
                // The members of an object have names of their own.
                open.push(if sign == '{' && rule != Rule::Hide { Rule::Guess } else { rule });
                shown.push(sign);
                1
            }
            '}' | ']' => {
                if open.len() > 1 {
                    open.pop();
                }
                named = None;
                shown.push(sign);
                1
            }
            ',' => {
                named = None;
                shown.push(sign);
                1
            }
            ':' => {
                shown.push(sign);
                1
            }
            sign if sign.is_whitespace() => {
                shown.push(' ');
                sign.len_utf8()
            }
            _ => {
                let size = rest.find(['"', '{', '}', '[', ']', ',', ':', '\n']).unwrap_or(rest.len());
                shown.push_str(&one_line(&named.take().unwrap_or(around).apply(&rest[..size])));
                size
            }
        };
        rest = &rest[size..];
    }
    shown
}

/// The content of the string that the text begins with, and how many bytes it takes up. Whatever is no escape stands for
/// itself, and the end of the text ends the string.
fn string(text: &str) -> (String, usize) {
    let mut content = String::new();
    let mut signs = text.char_indices().skip(1);
    while let Some((place, sign)) = signs.next() {
        match sign {
            '"' => return (content, place + 1),
            '\\' => match signs.next() {
                Some((place, 'u')) => {
                    let code =
                        text.get(place + 1..place + 5).and_then(|code| u32::from_str_radix(code, 16).ok());
                    match code {
                        Some(code) => {
                            // Halves of a pair stand for no sign of their own.
                            content.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                            signs.nth(3);
                        }
                        None => content.push_str("\\u"),
                    }
                }
                Some((_, escaped)) => content.push(match escaped {
                    'n' | 'r' | 't' | 'b' | 'f' => ' ',
                    other => other,
                }),
                None => content.push('\\'),
            },
            other => content.push(other),
        }
    }
    (content, text.len())
}

/// Form parameters, or a query string, decoded, on one line.
pub(crate) fn form(text: &str) -> String {
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decoded(name), decoded(value));
        let mut parts = name.split('.').filter(|part| !part.bytes().all(|byte| byte.is_ascii_digit()));
        let rule = parts.try_fold(Rule::Guess, |rule, part| {
            let inner = rule.inner(part);
            if inner == Rule::Hide { Err(inner) } else { Ok(inner) }
        });
        let rule = rule.unwrap_or_else(|hidden| hidden);
        one_line(&format!("{}={}", Rule::Guess.apply(&name), rule.apply(&value)))
    };
    text.split('&').map(pair).collect::<Vec<_>>().join("&")
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digit = |place: usize| after.get(place).and_then(|byte| char::from(*byte).to_digit(16));
        let (byte, size) = match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => ((high * 16 + low) as u8, 3),
            (b'+', ..) => (b' ', 1),
            (other, ..) => (*other, 1),
        };
        bytes.push(byte);
        rest = &rest[size..];
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The target of a request: path and query.
pub(crate) fn target(text: &str) -> String {
    match text.split_once('?') {
        Some((path, query)) => format!("{path}?{}", form(query)),
        None => text.to_owned(),
    }
}

/// All headers on one line.
pub(crate) fn headers(headers: &HeaderMap) -> String {
    let pairs = headers.iter().map(|(name, value)| format!("{name}: {}", header(name, value)));
    pairs.collect::<Vec<_>>().join("; ")
}

fn header(name: &HeaderName, value: &HeaderValue) -> String {
    let text = String::from_utf8_lossy(value.as_bytes());
    if name == http::header::AUTHORIZATION {
        return authorization(&text);
    }
    if value.is_sensitive() {
        return HIDDEN.to_owned();
    }
    let text = if name == LOCATION { location(&text) } else { text };
    one_line(&Rule::of(name.as_str()).apply(&text))
}

/// Where an answer redirects to, without the query: a server often repeats that of the request.
pub(crate) fn location(text: &str) -> Cow<'_, str> {
    match text.split_once('?') {
        Some((before, _)) => Cow::Owned(format!("{before}?{HIDDEN}")),
        None => Cow::Borrowed(text),
    }
}

/// What was signed for, without the key's id and the signature.
fn authorization(text: &str) -> String {
    let Some(rest) = text.strip_prefix("TC3-HMAC-SHA256 ") else {
        return if text == tcsms_auth::tc3::SKIP { text.to_owned() } else { HIDDEN.to_owned() };
    };
    let part = |part: &str| match part.split_once('=') {
        Some(("Credential", scope)) => match scope.split_once('/') {
            Some((id, scope)) => format!("Credential={}/{scope}", ends(id)),
            None => format!("Credential={HIDDEN}"),
        },
        Some(("SignedHeaders", names)) => format!("SignedHeaders={names}"),
        Some((name, _)) => format!("{name}={HIDDEN}"),
        None => HIDDEN.to_owned(),
    };
    format!("TC3-HMAC-SHA256 {}", rest.split(", ").map(part).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of_type(kind: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))])
    }

    #[test]
    fn a_send_and_its_answer_show_all_but_numbers_and_what_was_said() {
        let sent = r#"{"PhoneNumberSet":["+8613711112222","13711112222"],"SmsSdkAppId":"1400787878","SignName":"腾讯云","TemplateParamSet":["123456","五分"]}"#;
        assert_eq!(
            json(sent),
            r#"{"PhoneNumberSet":["+86*********22","13*******22"],"SmsSdkAppId":"1400787878","SignName":"腾讯云","TemplateParamSet":["***","***"]}"#
        );
        let answer = r#"{"Response":{"SendStatusSet":[{"SerialNo":"5000:1045710669157053657849499619","PhoneNumber":"+8613711112222","Fee":1,
            "Code":"Ok","Message":"to 137 1111 2222: 123456"}],"RequestId":"a0aabda6-cf91-4f3e-a81f-9198114a2279","At":1800000000}}"#;
        let shown = json(answer);
        for part in
            ["5000:1045710669157053657849499619", "+86*********22", r#""Fee":1,"#, "a81f-9198114a2279"]
        {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        assert!(shown.contains(r#""Message":"to 13* **** **22: ******""#), "{shown}");
        assert!(shown.contains(r#""At":18******00"#) && !shown.contains('\n'), "{shown}");
    }

    #[test]
    fn a_credential_is_hidden_with_all_it_holds() {
        let text = r#"{"Response":{"Credentials":{"Token":"T","TmpSecretId":"AKIDAKIDAKIDAKID","More":[{"a":1}]},"ExpiredTime":1800000000}}"#;
        let shown = json(text);
        assert_eq!(
            shown,
            r#"{"Response":{"Credentials":{"Token":"***","TmpSecretId":"***","More":[{"a":***}]},"ExpiredTime":1800000000}}"#
        );
    }

    #[test]
    fn the_older_form_hides_its_signature_and_shows_its_settings() {
        let text = "Action=SendSms&PhoneNumberSet.0=%2B8613711112222&TemplateParamSet.0=123456&Timestamp=1800000000&Nonce=77\
            &SecretId=AKIDz8krbsJ5yKBZQpn7&SignatureMethod=HmacSHA1&Token=T0&Signature=abc%3D&Set.0.PhoneNumber=13711112222";
        assert_eq!(
            body(&of_type("application/x-www-form-urlencoded"), text.as_bytes()),
            "Action=SendSms&PhoneNumberSet.0=+86*********22&TemplateParamSet.0=***&Timestamp=1800000000&Nonce=77\
            &SecretId=AKID***Qpn7&SignatureMethod=HmacSHA1&Token=***&Signature=***&Set.0.PhoneNumber=13*******22"
        );
        assert_eq!(target("/?SecretId=a&x=1"), "/?SecretId=***&x=1");
    }

    #[test]
    fn headers_show_what_was_signed_for_and_no_secret() {
        let shown = |name: &'static str, value: &'static str| {
            header(&HeaderName::from_static(name), &HeaderValue::from_static(value))
        };
        assert_eq!(
            shown(
                "authorization",
                "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn7/2026-11-25/sms/tc3_request, SignedHeaders=content-type;host, Signature=0123abc"
            ),
            "TC3-HMAC-SHA256 Credential=AKID***Qpn7/2026-11-25/sms/tc3_request, SignedHeaders=content-type;host, Signature=***"
        );
        assert_eq!(shown("authorization", "SKIP"), "SKIP");
        for (name, value) in [
            ("authorization", "Bearer abc"),
            ("authorization", "TC3-HMAC-SHA256 abc"),
            ("x-tc-token", "abc"),
            ("proxy-authorization", "Basic abc"),
            ("set-cookie", "a=abc"),
            ("location", "https://login.example/?q=abc"),
        ] {
            assert!(!shown(name, value).contains("abc"), "{name}: {}", shown(name, value));
        }
        assert_eq!(shown("x-tc-timestamp", "1800000000"), "1800000000");
        assert_eq!(shown("x-tc-version", "2021-01-11"), "2021-01-11");
        assert_eq!(shown("x-own", "13711112222"), "13*******22");
        let mut sensitive = HeaderValue::from_static("abc");
        sensitive.set_sensitive(true);
        assert_eq!(header(&HeaderName::from_static("x-own"), &sensitive), HIDDEN);
    }

    #[test]
    fn what_is_not_understood_is_not_shown() {
        assert_eq!(body(&of_type("multipart/form-data; boundary=x"), b"--x 123456"), "(10 bytes, not shown)");
        assert_eq!(body(&of_type("text/html"), b"<p>\n13711112222</p>"), "<p> 13*******22</p>");
        assert_eq!(body(&HeaderMap::new(), b"\xff13711112222"), "\u{fffd}13*******22");
    }

    #[test]
    fn nothing_shown_can_steer_a_terminal() {
        let escapes = "\u{7f}\u{85}\u{9b}2J\u{1b}[2J\r\n";
        let written = serde_json::to_string(escapes).unwrap();
        for shown in [
            json(&format!("{{\"Message\":{written},{written}:1}}{escapes}")),
            form(&format!("a={escapes}&{escapes}=b")),
            body(&HeaderMap::new(), escapes.as_bytes()),
            header(&HeaderName::from_static("x-own"), &HeaderValue::from_bytes(b"a\tb\xc2\x9b2J").unwrap()),
        ] {
            assert!(!shown.contains(char::is_control), "{shown:?}");
        }
    }

    #[test]
    fn the_length_is_bounded_and_the_cut_shows_nothing_more() {
        let long = format!(r#"{{"Image":"{}","A":"{}"}}"#, "x".repeat(100_000), "y".repeat(1000));
        let shown = body(&of_type("application/json"), long.as_bytes());
        assert!(shown.len() < 100 && shown.ends_with(&format!("… ({} bytes)", long.len())), "{shown}");
        let long = format!(r#"{{"A":"{}"}}"#, "页".repeat(1000));
        assert!(json(&long).chars().count() < 300);
        for before in LONGEST_BODY - 30..LONGEST_BODY {
            let text = format!("{}&M=13711112222&N={}", "x".repeat(before), "y".repeat(100));
            let shown = body(&of_type("application/x-www-form-urlencoded"), text.as_bytes());
            assert!(!shown.contains("137"), "{shown}");
        }
    }

    /// Whether four digits of the number that follow each other are in the text.
    fn leaks(text: &str, number: &str) -> bool {
        let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
        digits.windows(SHORTEST_CODE).any(|window| text.contains(&window.iter().collect::<String>()))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn no_phone_number_survives_in_json_whole_cut_or_broken(
            number in r"\+?[1-9][0-9]{3}[ -]?[0-9]{3,4}[ -]?[0-9]{2,5}",
            name in prop::sample::select(vec!["PhoneNumberSet", "PhoneNumber", "Message", "SessionContext", "Other", "a b"]),
            before in "[a-z\"\\\\{}:, 中]{0,6}",
            after in "[a-z\"\\\\{}:, 中]{0,6}",
            shape in 0..4_usize,
            escaped in any::<bool>(),
            cut in 0.0..=1.0_f64,
            wound in prop::option::of((0.0..1.0_f64, prop::sample::select(vec!['"', '{', '}', '[', ']', ':', ',', '\\', '\n', 'é']))),
        ) {
            let value = if shape == 3 { number.clone() } else { format!("{before}{number}{after}") };
            let mut quoted = serde_json::to_string(&value).unwrap();
            if escaped {
                quoted = quoted.chars().map(|sign| if sign.is_ascii_digit() { format!("\\u{:04x}", sign as u32) } else { sign.to_string() }).collect();
            }
            let mut text = match shape {
                0 => format!(r#"{{"{name}":{quoted}}}"#),
                1 => format!(r#"{{"Response":{{"{name}":["a",{quoted},{{"x":{quoted}}}]}}}}"#),
                2 => format!(r#"{{{quoted}:1}}"#),
                _ => format!(r#"{{"{name}":{number}}}"#),
            };
            prop_assert!(!leaks(&json(&text), &number), "{text} → {}", json(&text));
            let edge = |text: &str, share: f64| {
                let places: Vec<usize> = text.char_indices().map(|(place, _)| place).collect();
                places[((places.len() - 1) as f64 * share) as usize]
            };
            if let Some((place, sign)) = wound {
                text.insert(edge(&text, place), sign);
            }
            let cut = edge(&text, cut);
            text.truncate(cut);
            prop_assert!(!leaks(&json(&text), &number), "{text} → {}", json(&text));
        }

        #[test]
        fn no_phone_number_survives_in_a_form_or_a_text(
            number in r"\+?[1-9][0-9]{6,14}",
            name in prop::sample::select(vec!["PhoneNumberSet.0", "SendStatusSet.0.PhoneNumber", "Message", "x.y"]),
            encoded in any::<bool>(),
            more in "[a-z%&=.]{0,8}",
        ) {
            let value = if encoded { number.bytes().map(|byte| format!("%{byte:02X}")).collect() } else { number.clone() };
            for text in [format!("{name}={value}{more}"), format!("{more}&{name}={value}"), format!("{value}={more}")] {
                prop_assert!(!leaks(&form(&text), &number), "{text} → {}", form(&text));
            }
            let text = format!("{more}{number}{more}");
            let shown = body(&HeaderMap::new(), text.as_bytes());
            prop_assert!(!leaks(&shown, &number), "{text} → {shown}");
        }

        #[test]
        fn what_a_message_says_survives_nowhere_however_short_the_rest_is(
            secret in "[A-Z0-9]{4,8}",
            name in prop::sample::select(vec!["TemplateParamSet", "TemplateParams", "Token", "Credentials"]),
            cut in 0.0..=1.0_f64,
        ) {
            let whole = format!(r#"{{"a":1,"{name}":["{secret}",{{"b":"{secret}"}},{secret}]}}"#);
            let start = whole.find(&secret).unwrap();
            let text = &whole[..start + ((whole.len() - start) as f64 * cut) as usize];
            prop_assert!(!json(text).contains(&secret), "{}", json(text));
        }

        /// Nothing that comes over the wire makes it panic.
        #[test]
        fn any_text_can_be_masked(text in ".*", bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = (json(&text), form(&text), target(&text), authorization(&text));
            let _ = (body(&of_type("application/json"), &bytes), body(&HeaderMap::new(), &bytes));
        }
    }
}
