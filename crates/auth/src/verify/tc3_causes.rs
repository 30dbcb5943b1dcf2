//! Why a TC3 signature does not hold: the known mistakes, made on purpose one at a time.

use super::check::{hosts, payload, signed_headers};
use super::claim::Tc3;
use super::mismatch::{Finding, Mismatch, Texts};
use super::{Cause, respell};
use crate::date::UtcDate;
use crate::digest::{hex, hex_str, mac_sha256, same, sha256_hex};
use crate::form::{self, Escaping, Plus};
use crate::request::Request;
use crate::tc3::{self, DerivedKey, DerivedKeys, Payload, Scope, TERMINATOR};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// A larger body is not written anew: 24 spellings of 10 MB would let bad requests keep a server busy.
const LARGEST_RESPELLED: usize = 32 * 1024;
/// With a longer query or more signed headers nothing is tried, for the same reason. Clients sign two or three headers.
const LARGEST_QUERY: usize = 32 * 1024;
const MOST_SIGNED_HEADERS: usize = 16;

/// The texts this request leads to, with the host as it was sent and without the fault that it shows.
pub(super) fn texts(request: &Request<'_>, claim: &Tc3<'_>, fault: Option<&Cause>) -> Texts {
    let host = hosts(request).next().unwrap_or_default();
    texts_of(&Canonical::of(request, claim, host, payload(request).hash()), claim, fault)
}

fn texts_of(canonical: &Canonical, claim: &Tc3<'_>, fault: Option<&Cause>) -> Texts {
    let mut timestamp = claim.timestamp.to_owned();
    let mut scope = scope(claim);
    match fault {
        Some(Cause::TimestampUnit { seconds, .. }) => timestamp = seconds.to_string(),
        Some(Cause::LocalDate { utc, .. } | Cause::OtherDate { utc, .. }) => scope.date = utc.as_bytes(),
        Some(Cause::ServiceLabel { expected, .. }) => scope.service = expected,
        _ => {}
    }
    let canonical = canonical.text();
    let string_to_sign = tc3::string_to_sign(timestamp.as_bytes(), scope, &sha256_hex(canonical.as_bytes()));
    Texts { canonical_request: Some(canonical), string_to_sign }
}

pub(super) fn mismatch(
    request: &Request<'_>,
    claim: &Tc3<'_>,
    secret_key: &str,
    fault: Option<Cause>,
) -> Mismatch {
    let payload_hash = payload(request).hash();
    let canonical = |host| Canonical::of(request, claim, host, payload_hash);
    let texts = texts_of(&canonical(hosts(request).next().unwrap_or_default()), claim, fault.as_ref());
    let finding = if request.query.len() > LARGEST_QUERY
        || claim.signed_headers.split(';').count() > MOST_SIGNED_HEADERS
    {
        None
    } else {
        let key = DerivedKeys::derive_from(&[b"TC3", secret_key.as_bytes()], scope(claim)).signing;
        hosts(request).find_map(|host| {
            Trial { request, claim, secret_key, canonical: canonical(host), key: &key }.find()
        })
    };
    let likely = has_border(secret_key).then_some(Cause::KeyBlanks);
    Mismatch::new(texts, claim.signature, fault, finding.unwrap_or(Finding::Nothing { likely }))
}

fn scope<'a>(claim: &Tc3<'a>) -> Scope<'a> {
    Scope { date: claim.date.as_bytes(), service: claim.service }
}

/// The parts of a canonical request as texts, to be changed one by one.
#[derive(Clone)]
struct Canonical {
    method: String,
    path: String,
    query: String,
    /// One line a header, each with its line break.
    headers: String,
    signed: String,
    payload_hash: [u8; 64],
}

impl Canonical {
    fn of(request: &Request<'_>, claim: &Tc3<'_>, host: &str, payload_hash: [u8; 64]) -> Self {
        // Taken apart from the one place that knows the form. The query and the header names have no line breaks,
        // because a request line and a header cannot hold any.
        let mut bytes = Vec::new();
        tc3::write_canonical(
            &mut |piece| bytes.extend_from_slice(piece),
            "",
            "",
            signed_headers(request, claim, host),
            &payload_hash,
        );
        let text = String::from_utf8_lossy(&bytes);
        // Without method and query the text begins "\n/\n\n" and then come the headers.
        let rest = text.get(4..).unwrap_or_default();
        let (rest, _) = rest.rsplit_once('\n').unwrap_or_default();
        let (headers, signed) = rest.rsplit_once('\n').unwrap_or_default();
        Self {
            method: request.method.to_owned(),
            path: "/".to_owned(),
            query: request.query.to_owned(),
            headers: headers.to_owned(),
            signed: signed.to_owned(),
            payload_hash,
        }
    }

    fn text(&self) -> String {
        let Self { method, path, query, headers, signed, payload_hash } = self;
        [method, path, query, headers, signed, hex_str(payload_hash)].join("\n")
    }

    /// The same with another value of one header.
    fn with_header(&self, name: &str, value: &str) -> Self {
        let prefix = format!("{name}:");
        let headers = self
            .headers
            .split_inclusive('\n')
            .map(
                |line| if line.starts_with(&prefix) { format!("{prefix}{value}\n") } else { line.to_owned() },
            )
            .collect();
        Self { headers, ..self.clone() }
    }

    fn with_payload(&self, payload: Payload<'_>) -> Self {
        Self { payload_hash: payload.hash(), ..self.clone() }
    }

    fn with_query(&self, query: String) -> Self {
        Self { query, ..self.clone() }
    }
}

/// One request, and what it should have been signed with.
struct Trial<'a> {
    request: &'a Request<'a>,
    claim: &'a Tc3<'a>,
    secret_key: &'a str,
    canonical: Canonical,
    key: &'a DerivedKey,
}

impl Trial<'_> {
    fn find(&self) -> Option<Finding> {
        if self.gives(self.key.expose(), &self.canonical) {
            return Some(Finding::Fits);
        }
        self.spelling()
            .or_else(|| self.first(self.payloads()))
            .or_else(|| self.first(self.queries()))
            .or_else(|| self.first(self.headers()))
            .or_else(|| self.first(self.lines()))
            .or_else(|| self.keys())
            .or_else(|| self.times())
            .map(Finding::Cause)
    }

    fn signature(&self, key: &[u8], timestamp: &[u8], canonical: &Canonical) -> [u8; 64] {
        tc3::sign(key, timestamp, scope(self.claim), &sha256_hex(canonical.text().as_bytes()))
    }

    fn gives(&self, key: &[u8], canonical: &Canonical) -> bool {
        same(
            &self.signature(key, self.claim.timestamp.as_bytes(), canonical),
            self.claim.signature.as_bytes(),
        )
    }

    fn first(&self, variants: Vec<(Cause, Canonical)>) -> Option<Cause> {
        variants
            .into_iter()
            .find(|(_, canonical)| self.gives(self.key.expose(), canonical))
            .map(|(cause, _)| cause)
    }

    /// The right signature in other letters.
    fn spelling(&self) -> Option<Cause> {
        let expected = self.signature(self.key.expose(), self.claim.timestamp.as_bytes(), &self.canonical);
        let claimed = self.claim.signature;
        let is = if same(&expected, claimed.to_ascii_lowercase().as_bytes()) {
            "upper-case hexadecimal digits"
        } else if [bytes_of_hex(&expected).as_slice(), &expected]
            .iter()
            .any(|bytes| same(STANDARD.encode(bytes).as_bytes(), claimed.as_bytes()))
        {
            "base64"
        } else {
            return None;
        };
        Some(Cause::Spelling { is, expected: "64 lower-case hexadecimal digits" })
    }

    fn payloads(&self) -> Vec<(Cause, Canonical)> {
        let body = self.request.body;
        let mut variants = Vec::new();
        let mut push =
            |cause, payload: Payload<'_>| variants.push((cause, self.canonical.with_payload(payload)));
        match payload(self.request) {
            Payload::Unsigned => push(Cause::UnsignedPayload { announced: true }, Payload::Body(body)),
            Payload::Body(_) => push(Cause::UnsignedPayload { announced: false }, Payload::Unsigned),
        }
        push(Cause::BodyNotSigned, Payload::Body(b""));
        if body.len() > LARGEST_RESPELLED {
            return variants;
        }
        for end in [&b"\n"[..], b"\r\n"] {
            push(
                Cause::BodyRespelled { signed: "with a line break at its end" },
                Payload::Body(&[body, end].concat()),
            );
        }
        push(
            Cause::BodyRespelled { signed: "without the blanks around it" },
            Payload::Body(body.trim_ascii()),
        );
        push(Cause::BodyRespelled { signed: "an empty object" }, Payload::Body(b"{}"));
        for respelled in respell::spellings(body) {
            push(Cause::BodyRespelled { signed: respelled.how }, Payload::Body(&respelled.body));
        }
        variants
    }

    fn queries(&self) -> Vec<(Cause, Canonical)> {
        let query = self.request.query;
        if query.is_empty() {
            return Vec::new();
        }
        let mut variants = vec![(Cause::QueryNotSigned, self.canonical.with_query(String::new()))];
        let mut pieces: Vec<&str> = query.split('&').collect();
        // By name and not by the whole piece, in which `=` would stand after a digit of a longer name.
        pieces.sort_by_key(|piece| piece.split('=').next());
        variants.push((Cause::QueryOrder, self.canonical.with_query(pieces.join("&"))));
        let Ok(mut pairs) = form::read_pairs(query.as_bytes(), Plus::IsBlank) else { return variants };
        for _ in 0..2 {
            for signed in query_spellings(&pairs) {
                let canonical = self.canonical.with_query(signed.clone());
                variants.push((Cause::QueryEscaping { signed }, canonical));
            }
            // The second time round in order.
            pairs.sort();
        }
        variants
    }

    fn headers(&self) -> Vec<(Cause, Canonical)> {
        const CONTENT_TYPES: [&str; 7] = [
            "application/json",
            "application/json; charset=utf-8",
            "application/json;charset=utf-8",
            "application/x-www-form-urlencoded",
            "application/x-www-form-urlencoded; charset=utf-8",
            "application/x-www-form-urlencoded;charset=utf-8",
            "",
        ];
        let mut variants = Vec::new();
        for name in self.claim.signed_headers.split(';') {
            let Some(value) = self.request.header(name).and_then(|value| str::from_utf8(value).ok()) else {
                continue;
            };
            let canonical = self.canonical.with_header(&name.to_ascii_lowercase(), value);
            variants.push((Cause::HeaderCase { name: name.to_owned() }, canonical));
        }
        let sent = self.request.header("content-type").unwrap_or_default();
        for signed in CONTENT_TYPES {
            let cause = Cause::ContentType {
                signed: signed.to_owned(),
                sent: String::from_utf8_lossy(sent).into_owned(),
            };
            variants.push((cause, self.canonical.with_header("content-type", signed)));
        }
        for signed in other_hosts(self.request) {
            let canonical = self.canonical.with_header("host", &signed);
            variants.push((Cause::OtherHost { signed }, canonical));
        }
        variants
    }

    fn lines(&self) -> Vec<(Cause, Canonical)> {
        let base = &self.canonical;
        let mut variants = vec![(
            Cause::NoLineAfterHeaders,
            Canonical { headers: base.headers.trim_end_matches('\n').to_owned(), ..base.clone() },
        )];
        for signed in other_methods(self.request) {
            let canonical = Canonical { method: signed.clone(), ..base.clone() };
            variants.push((Cause::OtherMethod { signed }, canonical));
        }
        for signed in other_paths(self.request) {
            let canonical = Canonical { path: signed.clone(), ..base.clone() };
            variants.push((Cause::OtherPath { signed }, canonical));
        }
        variants
    }

    fn keys(&self) -> Option<Cause> {
        let scope = scope(self.claim);
        let gives = |start: &[&[u8]], scope: Scope<'_>| {
            self.gives(DerivedKeys::derive_from(start, scope).signing.expose(), &self.canonical)
        };
        let secret = self.secret_key.as_bytes();
        if bordered(self.secret_key, |pieces| {
            let start: Vec<&[u8]> = [&[&b"TC3"[..]], pieces].concat();
            gives(&start, scope)
        }) {
            return Some(Cause::KeyBlanks);
        }
        if gives(&[secret], scope) {
            return Some(Cause::KeyWithoutPrefix);
        }
        if gives(&[b"TC3", self.claim.secret_id.as_bytes()], scope) {
            return Some(Cause::SecretIdAsKey);
        }
        if self.gives(&*key_by_way_of_hex(secret, scope), &self.canonical) {
            return Some(Cause::KeyAsHex);
        }
        let first_label = hosts(self.request).next().and_then(|host| host.split(['.', ':']).next());
        for service in first_label.into_iter().chain(["sms", "cvm", "sts", "tc3_request", ""]) {
            if service != self.claim.service && gives(&[b"TC3", secret], Scope { service, ..scope }) {
                return Some(Cause::ServiceLabel {
                    signed: service.to_owned(),
                    expected: self.claim.service.to_owned(),
                });
            }
        }
        let timestamp: i64 = self.claim.timestamp.parse().ok()?;
        // The day in Beijing, the days beside it, and the date without its hyphens.
        let days = [crate::date::BEIJING, 86_400, -86_400]
            .map(|offset| UtcDate::of(timestamp.saturating_add(offset)).to_string());
        for signed in days.into_iter().chain([self.claim.date.replace('-', "")]) {
            if gives(&[b"TC3", secret], Scope { date: signed.as_bytes(), ..scope }) {
                return Some(Cause::KeyOfOtherDate { signed });
            }
        }
        None
    }

    fn times(&self) -> Option<Cause> {
        let sent: i64 = self.claim.timestamp.parse().ok()?;
        let near = (-5..=5).filter(|offset| *offset != 0).map(|offset| sent.saturating_add(offset));
        let signed = near.chain([sent / 1_000, sent.saturating_mul(1_000)]).find(|signed| {
            let signature = self.signature(self.key.expose(), signed.to_string().as_bytes(), &self.canonical);
            same(&signature, self.claim.signature.as_bytes())
        })?;
        Some(Cause::OtherTimestamp { signed })
    }
}

/// The same pairs in the escapes of the URL libraries of the official SDKs' languages, and without any.
fn query_spellings(pairs: &[(String, String)]) -> Vec<String> {
    const KEPT: [&[u8]; 6] = [b"~", b"", b"*", b"*!()", b"~*!()", b"~*!()'"];
    let mut spellings = vec![joined(pairs, |out, text| out.push_str(text))];
    for kept in KEPT {
        for blank_is_plus in [false, true] {
            let escaping = Escaping { kept, blank_is_plus };
            spellings.push(joined(pairs, |out, text| form::encode_into(out, text, escaping)));
        }
    }
    spellings
}

fn joined(pairs: &[(String, String)], write: impl Fn(&mut String, &str)) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        write(&mut text, name);
        text.push('=');
        write(&mut text, value);
    }
    text
}

/// The hosts a client may have signed in place of the one it sent.
pub(super) fn other_hosts(request: &Request<'_>) -> Vec<String> {
    let mut others = vec!["sms.tencentcloudapi.com".to_owned(), String::new()];
    if let Some(host) = hosts(request).last() {
        others.extend([":443", ":80"].map(|port| format!("{host}{port}")));
        others.extend(["https://", "http://"].map(|scheme| format!("{scheme}{host}")));
    }
    others
}

pub(super) fn other_methods(request: &Request<'_>) -> Vec<String> {
    let mut others = vec!["POST".to_owned(), "GET".to_owned(), request.method.to_ascii_lowercase()];
    others.retain(|method| method != request.method);
    others
}

pub(super) fn other_paths(request: &Request<'_>) -> Vec<String> {
    let mut others = vec![String::new(), "/?".to_owned(), request.path.to_owned()];
    others.retain(|path| path != "/");
    others
}

/// Tries the key without the blanks and quotes around it, and with each border that files and shells leave.
pub(super) fn bordered(secret_key: &str, mut holds: impl FnMut(&[&[u8]]) -> bool) -> bool {
    const BORDERS: [(&str, &str); 10] = [
        ("", "\n"),
        ("", "\r\n"),
        ("", "\r"),
        ("", " "),
        (" ", ""),
        (" ", " "),
        ("", "\t"),
        ("\"", "\""),
        ("'", "'"),
        ("\u{feff}", ""),
    ];
    let bare = without_border(secret_key);
    (bare.len() != secret_key.len() && holds(&[bare.as_bytes()]))
        || BORDERS
            .iter()
            .any(|(before, after)| holds(&[before.as_bytes(), bare.as_bytes(), after.as_bytes()]))
}

pub(super) fn has_border(secret_key: &str) -> bool {
    without_border(secret_key).len() != secret_key.len()
}

fn without_border(secret_key: &str) -> &str {
    secret_key
        .trim_matches(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | '\u{feff}'))
}

fn key_by_way_of_hex(secret_key: &[u8], scope: Scope<'_>) -> Zeroizing<[u8; 64]> {
    let date = Zeroizing::new(hex(&mac_sha256(&[b"TC3", secret_key], scope.date)));
    let service = Zeroizing::new(hex(&mac_sha256(&[&*date], scope.service.as_bytes())));
    Zeroizing::new(hex(&mac_sha256(&[&*service], TERMINATOR.as_bytes())))
}

fn bytes_of_hex(digits: &[u8; 64]) -> Vec<u8> {
    let value = |digit: u8| char::from(digit).to_digit(16).unwrap_or_default() as u8;
    digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | value(*digit))).collect()
}
