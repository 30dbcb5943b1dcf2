//! Which failed attempts are made again, and when.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::RETRY_AFTER;

use crate::error::{Delivery, Error, ErrorKind};

/// Which failed calls are tried again, how often, and after which pauses.
///
/// There are four, each with a name for settings (our choice of what they repeat):
///
/// | | [`never`](Self::never) | [`safe`](Self::safe) | [`idempotent`](Self::idempotent) | [`any`](Self::any) |
/// |---|---|---|---|---|
/// | not sent | no | yes | yes | yes |
/// | refused by a rate limit (`RequestLimitExceeded…`) | no | yes | yes | yes |
/// | may have been sent: the connection broke, a time limit passed, no answer of the API came | no | idempotent actions | idempotent actions | **every action** |
/// | refused, and the same may succeed later ([`ErrorCode::is_retryable`](crate::ErrorCode::is_retryable): `InternalError`, …) | no | no | idempotent actions | **every action** |
/// | any other refusal, `LimitExceeded.…` included | no | no | no | no |
///
/// An action is idempotent when a second call changes nothing: the `Describe…` and statistics actions; sending,
/// deleting and `Pull…` are not. What was not sent and would fail the same way again (settings, credential, proxy, TLS)
/// is not repeated, but with [backup endpoints](crate::ClientBuilder::backup_endpoint) another may get it.
///
/// The default, `safe`, never sends an SMS twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts: u32,
    pause: Duration,
    longest_pause: Duration,
    /// In percent.
    jitter: u32,
    repeats: Repeats,
}

/// What is repeated besides what was not sent and what a rate limit refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Repeats {
    MaybeSentIfIdempotent,
    FailedIfIdempotent,
    Failed,
}

impl RetryPolicy {
    /// One attempt, whatever happens, and at one endpoint.
    pub fn never() -> Self {
        Self { attempts: 1, ..Self::safe() }
    }

    /// Repeats what was not sent and what a rate limit refused; what may have been sent is repeated only for actions
    /// that may be carried out twice without harm. Three attempts in all.
    pub fn safe() -> Self {
        Self {
            attempts: 3,
            pause: Duration::from_millis(100),
            longest_pause: Duration::from_secs(20),
            jitter: 25,
            repeats: Repeats::MaybeSentIfIdempotent,
        }
    }

    /// As [`safe`](Self::safe), and for the same harmless actions also repeats after a refusal that may pass by itself,
    /// such as `InternalError`.
    pub fn idempotent() -> Self {
        Self { repeats: Repeats::FailedIfIdempotent, ..Self::safe() }
    }

    /// As [`idempotent`](Self::idempotent), but treats every action like that: repeats also sends that may have
    /// arrived. **A person may get the same SMS twice, and it is paid twice**; right for a message that must arrive at
    /// least once.
    pub fn any() -> Self {
        Self { repeats: Repeats::Failed, ..Self::safe() }
    }

    /// The policy of this name: `never`, `safe`, `idempotent` or `any`; `None` for any other text.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "never" => Some(Self::never()),
            "safe" => Some(Self::safe()),
            "idempotent" => Some(Self::idempotent()),
            "any" => Some(Self::any()),
            _ => None,
        }
    }

    /// Sets how many attempts are made in all, at every endpoint together; 3 by default, 0 counts as 1.
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// Sets the first pause, 100 ms by default. It doubles with each further attempt.
    ///
    /// When an answer has a `Retry-After` that asks for a longer pause than is due, that one is made; a call whose time
    /// limit would pass meanwhile ends at once.
    pub fn with_pause(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// Sets the longest pause, 20 s by default.
    pub fn with_longest_pause(mut self, pause: Duration) -> Self {
        self.longest_pause = pause;
        self
    }

    /// Sets by how much each pause is moved at random, either way, so that many clients do not come back together: a
    /// part of the pause in percent, 25 by default, 100 at most.
    pub fn with_jitter(mut self, percent: u32) -> Self {
        self.jitter = percent.min(100);
        self
    }

    /// Whether another attempt may follow the last of so many.
    pub(crate) fn has_attempt_after(&self, attempts: u32) -> bool {
        attempts < self.attempts
    }

    /// Whether an attempt that failed like this may be made again in the same way.
    pub(crate) fn repeats(&self, error: &Error, idempotent: bool) -> bool {
        match error.delivery() {
            // These fail the same way the next time.
            Delivery::NotSent => !matches!(
                error.kind(),
                ErrorKind::Config
                    | ErrorKind::Credential
                    | ErrorKind::InvalidRequest
                    | ErrorKind::Proxy
                    | ErrorKind::Tls
            ),
            Delivery::MaybeSent => idempotent || self.repeats == Repeats::Failed,
            Delivery::Answered => {
                let passes = match self.repeats {
                    Repeats::MaybeSentIfIdempotent => false,
                    Repeats::FailedIfIdempotent => idempotent,
                    Repeats::Failed => true,
                };
                error.is_rate_limit() || passes && error.code().is_some_and(|code| code.is_retryable())
            }
        }
    }

    /// The pause after attempt number `attempts` (from 1). `random` is uniform in [0, 1).
    pub(crate) fn pause_after(&self, attempts: u32, random: f64) -> Duration {
        let jitter = f64::from(self.jitter) / 100.0;
        let doubled = self.pause.saturating_mul(1 << (attempts.saturating_sub(1)).min(16));
        // Kept below the longest so far that chance cannot exceed it, and still spreads those who have come to it.
        let middle = doubled.min(self.longest_pause.div_f64(1.0 + jitter));
        let moved = middle.as_secs_f64() * (1.0 - jitter + random * 2.0 * jitter);
        Duration::try_from_secs_f64(moved).unwrap_or(self.longest_pause)
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::safe()
    }
}

/// How long the answer with these headers asks to be left in peace: seconds or a date, as HTTP has it. `unix` is the
/// present time.
pub(crate) fn retry_after(headers: &HeaderMap, unix: i64) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok().map(Duration::from_secs);
    }
    let until = httpdate::parse_http_date(text).ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(until.saturating_sub(Duration::from_secs(u64::try_from(unix).ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tcsms_api::ErrorCode;

    fn failure(kind: ErrorKind, delivery: Delivery) -> Error {
        Error::new(kind, delivery, "x")
    }

    fn refusal(code: &str) -> Error {
        Error::service(ErrorCode::from(code), String::new(), None)
    }

    #[test]
    fn the_table_of_policies_holds() {
        let cases = [
            failure(ErrorKind::Connect, Delivery::NotSent),
            refusal("RequestLimitExceeded"),
            refusal("RequestLimitExceeded.UinLimitExceeded"),
            refusal("RequestLimitExceeded.Tomorrow"),
            failure(ErrorKind::Network, Delivery::MaybeSent),
            failure(ErrorKind::InvalidAnswer, Delivery::MaybeSent),
            refusal("InternalError"),
            refusal("InternalError.Timeout"),
            refusal("InternalError.SigVerificationFail"),
            refusal("LimitExceeded.PhoneNumberDailyLimit"),
            refusal("AuthFailure.SignatureFailure"),
        ];
        // For each case whether a send is repeated, then whether a harmless action is.
        for (name, sends, harmless) in [
            ("safe", "yyyynnnnnnn", "yyyyyynnnnn"),
            ("idempotent", "yyyynnnnnnn", "yyyyyyyynnn"),
            ("any", "yyyyyyyynnn", "yyyyyyyynnn"),
        ] {
            let policy = RetryPolicy::parse(name).unwrap();
            for (idempotent, expected) in [(false, sends), (true, harmless)] {
                let told: String = cases
                    .iter()
                    .map(|error| if policy.repeats(error, idempotent) { 'y' } else { 'n' })
                    .collect();
                assert_eq!(told, expected, "{name}, idempotent: {idempotent}");
            }
            assert!(policy.has_attempt_after(2) && !policy.has_attempt_after(3));
        }
        assert!(!RetryPolicy::parse("never").unwrap().has_attempt_after(1));
        assert_eq!(RetryPolicy::parse("Safe"), None);
        assert_eq!(RetryPolicy::parse("safe"), Some(RetryPolicy::default()));
    }

    #[test]
    fn what_was_not_sent_is_repeated_unless_it_would_fail_again() {
        for (kind, again) in [
            (ErrorKind::Resolve, true),
            (ErrorKind::Connect, true),
            (ErrorKind::Timeout, true),
            (ErrorKind::Network, true),
            (ErrorKind::Proxy, false),
            (ErrorKind::Tls, false),
            (ErrorKind::Config, false),
            (ErrorKind::Credential, false),
            (ErrorKind::InvalidRequest, false),
        ] {
            assert_eq!(
                RetryPolicy::safe().repeats(&failure(kind, Delivery::NotSent), false),
                again,
                "{kind}"
            );
        }
    }

    #[test]
    fn pauses_grow_whatever_the_dice_say() {
        let policy = RetryPolicy::safe().with_attempts(8);
        for attempt in 1..8 {
            let longest = policy.pause_after(attempt, 0.999_999);
            let next_shortest = policy.pause_after(attempt + 1, 0.0);
            assert!(longest < next_shortest, "attempt {attempt}: {longest:?} {next_shortest:?}");
        }
        assert_eq!(policy.pause_after(1, 0.5), Duration::from_millis(100));
    }

    #[test]
    fn pauses_are_as_they_were_set() {
        let policy = RetryPolicy::safe().with_pause(Duration::from_secs(1)).with_jitter(0);
        let policy = policy.with_longest_pause(Duration::from_secs(3));
        let pauses: Vec<_> = (1..5).map(|attempt| policy.pause_after(attempt, 0.9).as_secs()).collect();
        assert_eq!(pauses, [1, 2, 3, 3]);
        let policy = policy.with_jitter(1000);
        let pauses = [0.0, 0.5, 0.999_999].map(|random| policy.pause_after(100, random).as_millis());
        assert_eq!(pauses, [0, 1500, 2999], "never above the longest, and spread below it");
        let none = RetryPolicy::safe().with_longest_pause(Duration::ZERO);
        assert_eq!(none.pause_after(3, 0.9), Duration::ZERO);
        let huge = RetryPolicy::safe().with_pause(Duration::MAX).with_longest_pause(Duration::MAX);
        assert!(huge.pause_after(100, 0.999) > Duration::from_secs(1 << 40));
    }

    #[test]
    fn the_pause_that_an_answer_asks_for_is_read_in_both_forms() {
        let now = 1_800_000_000;
        for (text, expected) in [
            ("0", Some(0)),
            ("120", Some(120)),
            // 30 s after `now`.
            ("Fri, 15 Jan 2027 08:00:30 GMT", Some(30)),
            ("Thu, 14 Jan 2027 08:00:00 GMT", Some(0)),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
            ("99999999999999999999999", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().unwrap());
            assert_eq!(retry_after(&headers, now), expected.map(Duration::from_secs), "{text}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }
}
