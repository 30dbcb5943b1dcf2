//! TC3-HMAC-SHA256, the signature that travels in the `Authorization` header.
//!
//! The client hashes a canonical form of the request (method, `/`, query, signed headers, hash of the body), names the
//! hash together with the time and the credential scope in a string to sign, and signs that with a key derived from the
//! secret key for one UTC day and one service.

use crate::date::UtcDate;
use crate::digest::{HmacSha256, hex, hex_str, hmac_sha256, mac_sha256, sha256_hex};
use hmac::Mac;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The name of the algorithm: the first word of the `Authorization` header.
pub const ALGORITHM: &str = "TC3-HMAC-SHA256";

/// The whole `Authorization` header of a request that is deliberately not signed, as the official SDKs send it.
pub const SKIP: &str = "SKIP";

/// What `X-TC-Content-SHA256` says, and what is hashed in place of the body, when the body is not signed.
pub const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// The last word of the credential scope and of the key derivation.
pub(crate) const TERMINATOR: &str = "tc3_request";

/// The key that signs the requests of one UTC day to one service. Derived from the secret key; wiped when dropped.
pub struct SigningKey {
    key: DerivedKey,
    date: UtcDate,
}

impl SigningKey {
    /// Derives the key for a day and a service (`sms`). Keeping it saves three HMACs a request; the owner has to notice
    /// the change of the UTC day.
    pub fn derive(secret_key: &str, date: UtcDate, service: &str) -> Self {
        Self { key: DerivedKeys::derive(secret_key, date, service).signing, date }
    }

    /// The day it signs for.
    pub fn date(&self) -> UtcDate {
        self.date
    }

    /// The key's bytes, for comparing with another implementation. As secret as the secret key, for a day.
    pub fn expose(&self) -> &[u8; 32] {
        self.key.expose()
    }
}

/// The signature, in hexadecimal digits, of a string to sign that somebody else put together, with whatever stands in the
/// date's place: what SDKs offer as a function of its own.
pub fn sign_text(secret_key: &str, date: &str, service: &str, text: &str) -> String {
    let keys =
        DerivedKeys::derive_from(&[b"TC3", secret_key.as_bytes()], Scope { date: date.as_bytes(), service });
    hex_str(&hex(&mac_sha256(&[keys.signing.expose()], text.as_bytes()))).to_owned()
}

/// A key made from the secret key by one or more HMACs. Wiped when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct DerivedKey([u8; 32]);

impl DerivedKey {
    /// The key's bytes, for comparing with another implementation. As secret as the secret key, for a day.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The three keys of the derivation.
pub struct DerivedKeys {
    /// HMAC of the date under `TC3` + secret key.
    pub date: DerivedKey,
    /// HMAC of the service under the date's key.
    pub service: DerivedKey,
    /// HMAC of `tc3_request` under the service's key: what signs.
    pub signing: DerivedKey,
}

impl DerivedKeys {
    /// Derives all three keys.
    pub fn derive(secret_key: &str, date: UtcDate, service: &str) -> Self {
        Self::derive_from(&[b"TC3", secret_key.as_bytes()], Scope { date: date.as_bytes(), service })
    }

    /// Derives from any starting key and any text in the date's place: a client may have got both wrong.
    pub(crate) fn derive_from(start: &[&[u8]], scope: Scope<'_>) -> Self {
        let date = DerivedKey(mac_sha256(start, scope.date));
        let service = DerivedKey(mac_sha256(&[&date.0], scope.service.as_bytes()));
        let signing = DerivedKey(mac_sha256(&[&service.0], TERMINATOR.as_bytes()));
        Self { date, service, signing }
    }
}

/// What is signed as the body.
#[derive(Clone, Copy, Debug)]
pub enum Payload<'a> {
    /// These bytes, exactly as they are sent: JSON, multipart or octet-stream; empty for GET.
    Body(&'a [u8]),
    /// Not the body but the word [`UNSIGNED_PAYLOAD`]; the request then has to say so in `X-TC-Content-SHA256`.
    Unsigned,
}

impl Payload<'_> {
    pub(crate) fn hash(&self) -> [u8; 64] {
        match self {
            Self::Body(bytes) => sha256_hex(bytes),
            Self::Unsigned => sha256_hex(UNSIGNED_PAYLOAD.as_bytes()),
        }
    }
}

/// Everything a TC3 signature depends on, except the key.
///
/// Nothing is checked here: a line break in a header's value or in the secret id makes a request that no server
/// accepts, and the caller's HTTP library refuses it.
#[derive(Clone, Copy, Debug)]
pub struct Signing<'a> {
    /// `POST` or `GET`.
    pub method: &'a str,
    /// The query string exactly as it will stand on the wire, without `?`; empty for POST.
    pub query: &'a str,
    /// The `Content-Type` header exactly as it will be sent. For GET `application/x-www-form-urlencoded`.
    pub content_type: &'a str,
    /// The `Host` header exactly as it will be sent, with its port if it has one.
    pub host: &'a str,
    /// More headers to sign (`x-tc-action` in the service's newer samples), in any order. `content-type` and `host` are
    /// always signed and not repeated here.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body.
    pub payload: Payload<'a>,
    /// The service's label in the credential scope: `sms`.
    pub service: &'a str,
    /// The `X-TC-Timestamp` header: Unix time in seconds. The service accepts 300 s of difference from its own clock.
    pub timestamp: i64,
    /// The id of the secret key.
    pub secret_id: &'a str,
}

impl Default for Signing<'_> {
    /// A POST of an empty JSON body to service `sms`, at time 0, without host and secret id.
    fn default() -> Self {
        Self {
            method: "POST",
            query: "",
            content_type: "application/json",
            host: "",
            headers: &[],
            payload: Payload::Body(b""),
            service: "sms",
            timestamp: 0,
            secret_id: "",
        }
    }
}

impl<'a> Signing<'a> {
    /// The UTC day of the timestamp, which stands in the credential scope.
    pub fn date(&self) -> UtcDate {
        UtcDate::of(self.timestamp)
    }

    /// The key that signs this request: of its day and its service.
    pub fn key(&self, secret_key: &str) -> SigningKey {
        SigningKey::derive(secret_key, self.date(), self.service)
    }

    /// The value of the `Authorization` header. The key must be of this request's day and service, as
    /// [`key`](Self::key) gives it; with another one the signature does not hold.
    ///
    /// Allocates the answer, and a list when more than the two usual headers are signed.
    pub fn authorization(&self, key: &SigningKey) -> String {
        let headers = self.signed_headers();
        let mut canonical = Sha256::new();
        self.write_canonical(&headers, &self.payload.hash(), &mut |piece| canonical.update(piece));
        let hash = hex(&canonical.finalize().into());
        // Not the day of the timestamp: should they differ, the scope says openly which day was signed for.
        let date = key.date;
        let scope = Scope { date: date.as_bytes(), service: self.service };
        let signature = sign(key.expose(), Decimal::of(self.timestamp).as_bytes(), scope, &hash);
        self.authorization_text(&headers, date, &signature)
    }

    /// The same computation with every intermediate value kept.
    pub fn trace(&self, secret_key: &str) -> Trace {
        let headers = self.signed_headers();
        let payload_hash = self.payload.hash();
        let mut canonical = Vec::new();
        self.write_canonical(&headers, &payload_hash, &mut |piece| canonical.extend_from_slice(piece));
        let canonical_hash = sha256_hex(&canonical);
        let date = self.date();
        let keys = DerivedKeys::derive(secret_key, date, self.service);
        let scope = Scope { date: date.as_bytes(), service: self.service };
        let timestamp = Decimal::of(self.timestamp);
        let signature = sign(&keys.signing.0, timestamp.as_bytes(), scope, &canonical_hash);
        Trace {
            payload_hash: hex_str(&payload_hash).to_owned(),
            canonical_request: text(&canonical),
            canonical_request_hash: hex_str(&canonical_hash).to_owned(),
            credential_scope: format!("{date}/{}/{TERMINATOR}", self.service),
            string_to_sign: string_to_sign(timestamp.as_bytes(), scope, &canonical_hash),
            keys,
            signature: hex_str(&signature).to_owned(),
            authorization: self.authorization_text(&headers, date, &signature),
        }
    }

    /// The signed headers by ascending name, each name once.
    fn signed_headers(&self) -> SignedHeaders<'a> {
        let usual = [("content-type", self.content_type), ("host", self.host)];
        if self.headers.is_empty() {
            return SignedHeaders::Usual(usual);
        }
        let mut all: Vec<_> = usual.into_iter().chain(self.headers.iter().copied()).collect();
        all.sort_by_cached_key(|(name, _)| name.to_ascii_lowercase());
        all.dedup_by(|later, first| later.0.eq_ignore_ascii_case(first.0));
        SignedHeaders::More(all)
    }

    fn write_canonical(
        &self,
        headers: &SignedHeaders<'_>,
        payload_hash: &[u8; 64],
        sink: &mut impl FnMut(&[u8]),
    ) {
        let headers = headers.as_slice().iter().map(|(name, value)| (*name, value.as_bytes()));
        write_canonical(sink, self.method, self.query, headers, payload_hash);
    }

    fn authorization_text(&self, headers: &SignedHeaders<'_>, date: UtcDate, signature: &[u8; 64]) -> String {
        // The fixed words take 84 characters, the day 10, the signature 64; the rest is room for more signed headers.
        let mut text = String::with_capacity(192 + self.secret_id.len() + self.service.len());
        text.push_str("TC3-HMAC-SHA256 Credential=");
        text.push_str(self.secret_id);
        for word in [date.as_str(), self.service, TERMINATOR] {
            text.push('/');
            text.push_str(word);
        }
        let mut separator = ", SignedHeaders=";
        for (name, _) in headers.as_slice() {
            text.push_str(separator);
            let start = text.len();
            text.push_str(name);
            if let Some(name) = text.get_mut(start..) {
                name.make_ascii_lowercase();
            }
            separator = ";";
        }
        text.push_str(", Signature=");
        text.push_str(hex_str(signature));
        text
    }
}

/// Names and values of the signed headers, in order.
enum SignedHeaders<'a> {
    Usual([(&'static str, &'a str); 2]),
    More(Vec<(&'a str, &'a str)>),
}

impl<'a> SignedHeaders<'a> {
    fn as_slice(&self) -> &[(&'a str, &'a str)] {
        match self {
            Self::Usual(headers) => headers,
            Self::More(headers) => headers,
        }
    }
}

/// Every value on the way to a signature, for comparing with another implementation step by step. It has no `Debug`,
/// because it carries keys; the texts may be shown.
pub struct Trace {
    /// SHA-256 of the payload, hexadecimal.
    pub payload_hash: String,
    /// The canonical form of the request.
    pub canonical_request: String,
    /// SHA-256 of the canonical form, hexadecimal.
    pub canonical_request_hash: String,
    /// `<UTC day>/<service>/tc3_request`.
    pub credential_scope: String,
    /// What the signing key signs.
    pub string_to_sign: String,
    /// The derived keys.
    pub keys: DerivedKeys,
    /// The signature: 64 lower-case hexadecimal digits.
    pub signature: String,
    /// The whole `Authorization` header.
    pub authorization: String,
}

/// The changing part of the credential scope.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) date: &'a [u8],
    pub(crate) service: &'a str,
}

/// Writes the canonical request piece by piece: into a hash where speed counts, into a text where people read it.
///
/// The path is always `/`. Header names and values are written in lower case, values without blanks around them, in the
/// order given. The query stands as it is on the wire: the official SDKs differ in order and escaping.
pub(crate) fn write_canonical<'h>(
    sink: &mut impl FnMut(&[u8]),
    method: &str,
    query: &str,
    headers: impl Iterator<Item = (&'h str, &'h [u8])> + Clone,
    payload_hash: &[u8; 64],
) {
    sink(method.as_bytes());
    sink(b"\n/\n");
    sink(query.as_bytes());
    for (name, value) in headers.clone() {
        sink(b"\n");
        write_lower(sink, name.as_bytes());
        sink(b":");
        write_lower(sink, value.trim_ascii());
    }
    // Each header's line ends in a line break, and one more joins the parts: the form has an empty line here.
    let mut separator: &[u8] = b"\n\n";
    for (name, _) in headers {
        sink(separator);
        write_lower(sink, name.as_bytes());
        separator = b";";
    }
    sink(b"\n");
    sink(payload_hash);
}

fn write_lower(sink: &mut impl FnMut(&[u8]), text: &[u8]) {
    // All bytes are looked at, which is faster for short texts than to stop at the first.
    if !text.iter().fold(false, |found, byte| found | byte.is_ascii_uppercase()) {
        return sink(text);
    }
    let mut buffer = [0; 64];
    for piece in text.chunks(buffer.len()) {
        let Some(lower) = buffer.get_mut(..piece.len()) else { return };
        lower.copy_from_slice(piece);
        lower.make_ascii_lowercase();
        sink(lower);
    }
}

/// The signature of a canonical request that hashes to `canonical_hash`.
#[inline(always)]
pub(crate) fn sign(key: &[u8], timestamp: &[u8], scope: Scope<'_>, canonical_hash: &[u8; 64]) -> [u8; 64] {
    let mut mac: HmacSha256 = hmac_sha256(&[key]);
    write_string_to_sign(&mut |piece| mac.update(piece), timestamp, scope, canonical_hash);
    hex(&mac.finalize().into_bytes().into())
}

pub(crate) fn string_to_sign(timestamp: &[u8], scope: Scope<'_>, canonical_hash: &[u8; 64]) -> String {
    let mut bytes = Vec::new();
    write_string_to_sign(&mut |piece| bytes.extend_from_slice(piece), timestamp, scope, canonical_hash);
    text(&bytes)
}

fn write_string_to_sign(
    sink: &mut impl FnMut(&[u8]),
    timestamp: &[u8],
    scope: Scope<'_>,
    canonical_hash: &[u8; 64],
) {
    sink(b"TC3-HMAC-SHA256\n");
    sink(timestamp);
    sink(b"\n");
    sink(scope.date);
    sink(b"/");
    sink(scope.service.as_bytes());
    sink(b"/tc3_request\n");
    sink(canonical_hash);
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A number in decimal digits, without an allocation.
pub(crate) struct Decimal {
    // The longest `i64` has 20 characters.
    digits: [u8; 20],
    start: usize,
}

impl Decimal {
    pub(crate) fn of(value: i64) -> Self {
        let mut digits = [0; 20];
        let mut start = digits.len();
        let mut rest = value.unsigned_abs();
        let mut push = |byte| {
            start = start.saturating_sub(1);
            digits[start] = byte;
        };
        loop {
            push(b'0' + (rest % 10) as u8);
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if value < 0 {
            push(b'-');
        }
        Self { digits, start }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.digits.get(self.start..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_of_all_sizes() {
        for value in [0, 7, -7, 1_795_575_600, i64::MAX, i64::MIN] {
            assert_eq!(Decimal::of(value).as_bytes(), value.to_string().as_bytes());
        }
    }

    #[test]
    fn headers_are_signed_by_ascending_name_once_each() {
        let signing = Signing {
            host: "sms.tencentcloudapi.com",
            headers: &[("X-TC-Action", "SendSms"), ("accept", "*/*"), ("Host", "other"), ("date", "x")],
            ..Signing::default()
        };
        let headers = signing.signed_headers();
        let names: Vec<_> = headers.as_slice().iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["accept", "content-type", "date", "host", "X-TC-Action"]);
        let trace = signing.trace("k");
        assert!(trace.authorization.contains("SignedHeaders=accept;content-type;date;host;x-tc-action,"));
        assert!(trace.canonical_request.contains("\nhost:sms.tencentcloudapi.com\nx-tc-action:sendsms\n\n"));
    }

    #[test]
    fn long_header_values_are_lowered_whole() {
        let mut written = Vec::new();
        let value = "A1é".repeat(50);
        write_lower(&mut |piece| written.extend_from_slice(piece), value.as_bytes());
        assert_eq!(String::from_utf8(written).unwrap(), value.to_ascii_lowercase());
    }

    #[test]
    fn the_fast_way_and_the_traced_way_agree() {
        let signing = Signing {
            method: "GET",
            query: "Limit=5",
            content_type: "application/x-www-form-urlencoded",
            host: "127.0.0.1:9180",
            headers: &[("x-tc-action", "PullSmsSendStatus")],
            payload: Payload::Unsigned,
            timestamp: 1_795_575_600,
            secret_id: "id",
            ..Signing::default()
        };
        let trace = signing.trace("key");
        assert_eq!(signing.authorization(&signing.key("key")), trace.authorization);
        assert_eq!(signing.key("key").expose(), trace.keys.signing.expose());
    }
}
