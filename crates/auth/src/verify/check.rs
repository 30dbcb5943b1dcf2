//! The two decisions: is the time right, and does the signature hold.

use super::claim::{Claim, Form, Tc3, V1};
use super::mismatch::{Mismatch, Texts};
use super::{Cause, tc3_causes, v1_causes};
use crate::date::UtcDate;
use crate::digest::{hex, same};
use crate::request::Request;
use crate::tc3::{self, DerivedKeys, Payload, Scope, UNSIGNED_PAYLOAD};
use crate::v1;
use sha2::{Digest, Sha256};
use std::fmt;

/// Which service a signature must be made for.
#[derive(Clone, Copy, Debug)]
pub struct Policy<'a> {
    /// The label in the credential scope: `sms`.
    pub service: &'a str,
    /// The domain of the real service. For a `Host` outside it any label is accepted, because five of the official SDKs
    /// take the first label of whatever host they are pointed at, `127` for `127.0.0.1` (observed).
    pub domain: &'a str,
}

impl Default for Policy<'_> {
    fn default() -> Self {
        Self { service: "sms", domain: "tencentcloudapi.com" }
    }
}

/// The time in a request is too far from the server's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expired {
    /// The request's time, as it says it.
    pub timestamp: i64,
    /// The server's, in Unix seconds.
    pub now: i64,
    /// The number is not seconds but a smaller unit, of which this is the name.
    pub unit: Option<&'static str>,
}

impl Expired {
    /// How many seconds the client's clock is ahead of the server's; negative when behind.
    pub fn skew(&self) -> i64 {
        self.timestamp.saturating_sub(self.now)
    }
}

impl fmt::Display for Expired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { timestamp, now, unit } = self;
        match unit {
            Some(unit) => write!(
                f,
                "the timestamp {timestamp} is in {unit}; send Unix time in whole seconds ({now} on this server)"
            ),
            None => write!(
                f,
                "the request's time {timestamp} is {} s {} this server's {now}; set the client's clock by NTP (the time zone has no part in it)",
                self.skew().unsigned_abs(),
                if self.skew() < 0 { "behind" } else { "ahead of" }
            ),
        }
    }
}

impl std::error::Error for Expired {}

/// The name of the unit and the seconds, when a number can only be a time in a smaller unit than seconds. 12 digits of
/// seconds would be in the year 5138 or later.
pub(super) fn smaller_unit(timestamp: i64) -> Option<(&'static str, i64)> {
    // The largest digit count that each unit can have today, and how many of it make a second.
    const UNITS: [(&str, u32, i64); 3] =
        [("milliseconds", 14, 1_000), ("microseconds", 17, 1_000_000), ("nanoseconds", 19, 1_000_000_000)];
    let digits = timestamp.checked_ilog10()? + 1;
    if digits < 12 {
        return None;
    }
    let (unit, _, per_second) = UNITS.into_iter().find(|(_, most, _)| digits <= *most)?;
    Some((unit, timestamp / per_second))
}

impl Claim<'_> {
    /// Holds the claimed time against the server's clock. A difference of exactly `max_skew_seconds` passes (our
    /// choice); the service documents 300.
    ///
    /// # Errors
    /// [`Expired`] with the difference, or with the unit when the number is not in seconds.
    pub fn check_time(&self, now: i64, max_skew_seconds: u64) -> Result<(), Expired> {
        let timestamp = self.timestamp();
        if timestamp.abs_diff(now) <= max_skew_seconds {
            return Ok(());
        }
        Err(Expired { timestamp, now, unit: smaller_unit(timestamp).map(|(unit, _)| unit) })
    }

    /// Checks the signature with the secret key of [`secret_id`](Self::secret_id), in constant time, with no regard to
    /// the clock.
    ///
    /// Accepted is what the official SDKs are observed to send: any set of signed headers that contains `content-type`
    /// and `host`; the host with or without its port; any query order and escaping; a body replaced by
    /// [`UNSIGNED_PAYLOAD`] when the request says so. The path has no part in the signature. The scope's day must be
    /// the UTC day of the timestamp.
    ///
    /// # Errors
    /// [`Mismatch`] with the part that differs and the known causes. The search for them costs several times a good
    /// check; what is above 32 KiB is left out of it, so that bad requests stay cheap enough to refuse.
    pub fn check(&self, secret_key: &str, policy: &Policy<'_>) -> Result<(), Box<Mismatch>> {
        match &self.form {
            Form::Tc3(claim) => self.check_tc3(claim, secret_key, policy),
            Form::V1(claim) => self.check_v1(claim, secret_key),
        }
    }

    /// The texts that are signed, as this request leads to them. For a request that holds they are what its client
    /// signed, except that a host without its port may stand in place of the one with it.
    pub fn texts(&self) -> Texts {
        match &self.form {
            Form::Tc3(claim) => tc3_causes::texts(&self.request, claim, None),
            Form::V1(claim) => v1_causes::texts(&self.request, claim),
        }
    }

    fn check_tc3(&self, claim: &Tc3<'_>, secret_key: &str, policy: &Policy<'_>) -> Result<(), Box<Mismatch>> {
        let fault = visible_fault(&self.request, claim, self.timestamp, policy);
        if fault.is_none() && tc3_holds(&self.request, claim, secret_key) {
            return Ok(());
        }
        Err(Box::new(tc3_causes::mismatch(&self.request, claim, secret_key, fault)))
    }

    fn check_v1(&self, claim: &V1, secret_key: &str) -> Result<(), Box<Mismatch>> {
        let signature = claim.get(v1::SIGNATURE).unwrap_or_default();
        for host in hosts(&self.request) {
            let text = v1::string_to_sign(self.request.method, host, "/", &claim.parameters);
            if same(v1::sign(claim.algorithm, secret_key, &text).as_bytes(), signature.as_bytes()) {
                return Ok(());
            }
        }
        Err(Box::new(v1_causes::mismatch(&self.request, claim, secret_key)))
    }
}

/// What is wrong with a TC3 claim whatever the key.
fn visible_fault(
    request: &Request<'_>,
    claim: &Tc3<'_>,
    timestamp: i64,
    policy: &Policy<'_>,
) -> Option<Cause> {
    if let Some((unit, seconds)) = smaller_unit(timestamp) {
        return Some(Cause::TimestampUnit { unit, timestamp, seconds });
    }
    let listed = |name: &str| claim.signed_headers.split(';').any(|listed| listed.eq_ignore_ascii_case(name));
    for name in ["content-type", "host"] {
        if !listed(name) {
            return Some(Cause::HeaderNotSigned { name: name.to_owned() });
        }
    }
    if let Some(name) = claim.signed_headers.split(';').find(|name| request.header(name).is_none()) {
        return Some(Cause::SignedHeaderAbsent { name: name.to_owned() });
    }
    let day = UtcDate::of(timestamp);
    if claim.date != day.as_str() {
        let scope = claim.date.to_owned();
        let local = UtcDate::of(timestamp.saturating_add(crate::date::BEIJING));
        return Some(if claim.date == local.as_str() {
            Cause::LocalDate { scope, utc: day }
        } else {
            Cause::OtherDate { scope, utc: day }
        });
    }
    let host = host_text(request);
    if claim.service != policy.service && is_under(without_port(host).unwrap_or(host), policy.domain) {
        return Some(Cause::ServiceLabel {
            signed: claim.service.to_owned(),
            expected: policy.service.to_owned(),
        });
    }
    None
}

fn tc3_holds(request: &Request<'_>, claim: &Tc3<'_>, secret_key: &str) -> bool {
    let scope = Scope { date: claim.date.as_bytes(), service: claim.service };
    // The scope's day is the day of the timestamp: that was checked before.
    let key = DerivedKeys::derive_from(&[b"TC3", secret_key.as_bytes()], scope).signing;
    let payload_hash = payload(request).hash();
    hosts(request).any(|host| {
        let mut canonical = Sha256::new();
        tc3::write_canonical(
            &mut |piece| canonical.update(piece),
            request.method,
            request.query,
            signed_headers(request, claim, host),
            &payload_hash,
        );
        let hash = hex(&canonical.finalize().into());
        same(&tc3::sign(key.expose(), claim.timestamp.as_bytes(), scope, &hash), claim.signature.as_bytes())
    })
}

/// The signed headers in the order the request lists them, with `host` as the host's value.
pub(super) fn signed_headers<'a>(
    request: &'a Request<'_>,
    claim: &'a Tc3<'_>,
    host: &'a str,
) -> impl Iterator<Item = (&'a str, &'a [u8])> + Clone {
    claim.signed_headers.split(';').map(move |name| {
        let value = if name.eq_ignore_ascii_case("host") {
            host.as_bytes()
        } else {
            request.header(name).unwrap_or_default()
        };
        (name, value)
    })
}

/// What the request says its payload is.
pub(super) fn payload<'a>(request: &Request<'a>) -> Payload<'a> {
    match request.header("x-tc-content-sha256") {
        Some(value) if value == UNSIGNED_PAYLOAD.as_bytes() => Payload::Unsigned,
        _ => Payload::Body(request.body),
    }
}

/// The hosts a signature may be made with: as sent, then without the port, which an official SDK leaves out.
pub(super) fn hosts<'a>(request: &Request<'a>) -> impl Iterator<Item = &'a str> + use<'a> {
    let host = host_text(request);
    [Some(host), without_port(host)].into_iter().flatten()
}

/// The `Host` header; empty when absent or no text, which no client can have signed.
fn host_text<'a>(request: &Request<'a>) -> &'a str {
    request.header("host").and_then(|value| str::from_utf8(value).ok()).unwrap_or_default()
}

fn without_port(host: &str) -> Option<&str> {
    let (name, port) = host.rsplit_once(':')?;
    (!port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())).then_some(name)
}

fn is_under(host: &str, domain: &str) -> bool {
    let host = host.to_ascii_lowercase();
    host.strip_suffix(&domain.to_ascii_lowercase()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_ports() {
        for (host, bare) in [
            ("sms.tencentcloudapi.com", None),
            ("127.0.0.1:9180", Some("127.0.0.1")),
            ("[::1]:9180", Some("[::1]")),
            ("[::1]", None),
            ("host:", None),
        ] {
            assert_eq!(without_port(host), bare, "{host}");
        }
        assert!(is_under("sms.TencentCloudApi.com", "tencentcloudapi.com"));
        assert!(is_under("tencentcloudapi.com", "tencentcloudapi.com"));
        assert!(!is_under("eviltencentcloudapi.com", "tencentcloudapi.com"));
        assert!(!is_under("127.0.0.1", "tencentcloudapi.com"));
    }

    #[test]
    fn units_by_the_number_of_digits() {
        assert_eq!(smaller_unit(1_795_575_600), None);
        assert_eq!(smaller_unit(1_795_575_600_123), Some(("milliseconds", 1_795_575_600)));
        assert_eq!(smaller_unit(1_795_575_600_123_456), Some(("microseconds", 1_795_575_600)));
        assert_eq!(smaller_unit(1_795_575_600_123_456_789), Some(("nanoseconds", 1_795_575_600)));
    }

    #[test]
    fn an_expired_request_says_how_far_and_which_way() {
        let expired = |timestamp, unit| Expired { timestamp, now: 1_000, unit }.to_string();
        assert!(expired(699, None).contains("is 301 s behind this server's 1000"));
        assert!(expired(1_301, None).contains("is 301 s ahead of this server's 1000"));
        let milliseconds = expired(1_795_575_600_000, Some("milliseconds"));
        assert!(milliseconds.contains("is in milliseconds") && !milliseconds.contains("ahead"));
    }
}
