//! Which failed attempts are made again, and when.

use std::time::Duration;

use crate::error::{Delivery, Error, ErrorKind};

/// Which failed calls are tried again.
///
/// The default, [`safe`](Self::safe), never sends an SMS twice: it repeats what was not sent and what the service
/// refused by a rate limit; what may have been sent only for actions that change nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts: u32,
    pause: Duration,
    maybe_sent: MaybeSent,
}

/// For which actions an attempt that may have been carried out is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MaybeSent {
    Idempotent,
    Every,
}

impl RetryPolicy {
    /// One attempt, whatever happens.
    pub fn never() -> Self {
        Self { attempts: 1, ..Self::safe() }
    }

    /// Three attempts in all. Repeats what was not sent and what a rate limit refused; what may have been sent is
    /// repeated only for actions that may be carried out twice without harm (the `Describe*` and statistics actions).
    pub fn safe() -> Self {
        Self { attempts: 3, pause: Duration::from_millis(100), maybe_sent: MaybeSent::Idempotent }
    }

    /// As [`safe`](Self::safe), but repeats also sends that may have arrived. **A person may get the same SMS twice,
    /// and it is paid twice**; right for a message that must arrive at least once.
    pub fn any() -> Self {
        Self { maybe_sent: MaybeSent::Every, ..Self::safe() }
    }

    /// Sets how many attempts are made in all; 0 counts as 1.
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// Sets the first pause, 100 ms by default. It doubles with each further attempt, and every pause is moved at
    /// random by up to a quarter so that many clients do not come back together.
    pub fn with_pause(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// Whether another attempt may follow this failure, the last of `attempts`.
    pub(crate) fn allows(&self, error: &Error, idempotent: bool, attempts: u32) -> bool {
        if attempts >= self.attempts {
            return false;
        }
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
            Delivery::MaybeSent => idempotent || self.maybe_sent == MaybeSent::Every,
            Delivery::Answered => error.is_rate_limit(),
        }
    }

    /// The pause after attempt number `attempts` (from 1). `random` is uniform in [0, 1).
    pub(crate) fn pause_after(&self, attempts: u32, random: f64) -> Duration {
        let doubled = self.pause.saturating_mul(1 << (attempts.saturating_sub(1)).min(16));
        // At most a quarter either way, so that each pause is longer than the one before.
        doubled.mul_f64(0.75 + random * 0.5)
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::safe()
    }
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
    fn what_may_have_been_sent_is_repeated_only_where_it_is_harmless_or_wanted() {
        let lost = failure(ErrorKind::Network, Delivery::MaybeSent);
        assert!(!RetryPolicy::safe().allows(&lost, false, 1));
        assert!(RetryPolicy::safe().allows(&lost, true, 1));
        assert!(RetryPolicy::any().allows(&lost, false, 1));
        assert!(!RetryPolicy::never().allows(&lost, true, 1));
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
                RetryPolicy::safe().allows(&failure(kind, Delivery::NotSent), false, 1),
                again,
                "{kind}"
            );
        }
    }

    #[test]
    fn of_refusals_only_rate_limits_are_repeated() {
        let policy = RetryPolicy::safe();
        assert!(policy.allows(&refusal("RequestLimitExceeded"), false, 1));
        assert!(policy.allows(&refusal("RequestLimitExceeded.UinLimitExceeded"), false, 2));
        assert!(!policy.allows(&refusal("RequestLimitExceeded"), false, 3));
        assert!(!policy.allows(&refusal("InternalError"), true, 1));
        assert!(!policy.allows(&refusal("LimitExceeded.PhoneNumberDailyLimit"), true, 1));
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
        // The exponent is bounded, so that a caller's hundred attempts do not overflow.
        assert!(policy.pause_after(100, 0.5) < Duration::from_secs(24 * 3600));
    }
}
