//! Whether an endpoint that failed is tried: a circuit breaker without a clock, a lock or a socket.
//! [`Routes`](crate::failover::Routes) acts on it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// As long as it matters to any program; longer times could not be added to an instant.
const FOREVER: Duration = Duration::from_secs(365 * 24 * 3600);

/// When a breaker opens, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// This many failures, with no success between them,
    pub(crate) failures: u32,
    /// within this time open it,
    pub(crate) window: Duration,
    /// for this long.
    pub(crate) pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { failures: 5, window: Duration::from_secs(60), pause: Duration::from_secs(60) }
    }
}

/// Leave to make an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pass {
    /// One of many.
    Ordinary,
    /// The only one: its outcome decides. Whoever holds it reports an outcome or gives it back.
    Probe(u64),
}

#[derive(Debug)]
pub(crate) struct Breaker {
    limits: Limits,
    state: State,
    last_ticket: u64,
}

#[derive(Debug)]
enum State {
    /// Everybody passes. Holds when the failures since the last success were, oldest first.
    Closed(VecDeque<Instant>),
    /// Nobody passes before this.
    Open(Instant),
    /// One passes: the ticket of the probe that is under way, and when it has ended at the latest.
    HalfOpen(Option<(u64, Instant)>),
}

impl Breaker {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, state: State::Closed(VecDeque::new()), last_ticket: 0 }
    }

    /// Whether [`admit`](Self::admit) would let an attempt through.
    pub(crate) fn would_admit(&self, now: Instant) -> bool {
        match &self.state {
            State::Closed(_) => true,
            State::Open(until) => now >= *until,
            State::HalfOpen(probe) => probe.is_none_or(|(_, ended)| now >= ended),
        }
    }

    /// Lets an attempt through that takes at most `limit`, or not.
    pub(crate) fn admit(&mut self, now: Instant, limit: Duration) -> Option<Pass> {
        if let State::Closed(_) = self.state {
            return Some(Pass::Ordinary);
        }
        if !self.would_admit(now) {
            return None;
        }
        self.last_ticket += 1;
        // A probe whose call nobody drives any more is not waited for beyond its own limit.
        self.state = State::HalfOpen(Some((self.last_ticket, now + limit.min(FOREVER))));
        Some(Pass::Probe(self.last_ticket))
    }

    /// The endpoint answered as it should, to whichever attempt.
    pub(crate) fn succeeded(&mut self) {
        match &mut self.state {
            State::Closed(failures) => failures.clear(),
            _ => self.state = State::Closed(VecDeque::new()),
        }
    }

    /// An attempt failed that had this pass; `None` for one that was made although there was none.
    pub(crate) fn failed(&mut self, pass: Option<Pass>, now: Instant) {
        match &mut self.state {
            State::Closed(failures) => {
                failures.push_back(now);
                let window = self.limits.window;
                while failures.front().is_some_and(|first| now.saturating_duration_since(*first) > window) {
                    failures.pop_front();
                }
                if failures.len() >= self.limits.failures as usize {
                    self.open(now);
                }
            }
            State::HalfOpen(Some((ticket, _))) if pass == Some(Pass::Probe(*ticket)) => {
                self.open(now);
            }
            // What began before it opened, or went past it, says nothing new.
            State::Open(_) | State::HalfOpen(_) => {}
        }
    }

    fn open(&mut self, now: Instant) {
        self.state = State::Open(now + self.limits.pause.min(FOREVER));
    }

    /// The attempt with this pass ended without an outcome; another may probe at once.
    pub(crate) fn abandoned(&mut self, pass: Pass) {
        if let State::HalfOpen(probe @ Some(_)) = &mut self.state
            && probe.is_some_and(|(ticket, _)| pass == Pass::Probe(ticket))
        {
            *probe = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(10);

    fn limits() -> Limits {
        Limits { failures: 3, window: Duration::from_secs(60), pause: Duration::from_secs(30) }
    }

    fn after(start: Instant, seconds: u64) -> Instant {
        start + Duration::from_secs(seconds)
    }

    /// A breaker that opened at `start`.
    fn open(start: Instant) -> Breaker {
        let mut breaker = Breaker::new(limits());
        for _ in 0..3 {
            breaker.failed(Some(Pass::Ordinary), start);
        }
        breaker
    }

    #[test]
    fn it_opens_at_the_last_of_so_many_failures_in_the_window() {
        let start = Instant::now();
        // Seconds of the failures, then whether an attempt passes after the last.
        for (failures, passes) in [
            (&[0, 1][..], true),
            (&[0, 1, 2], false),
            (&[0, 30, 60], false),
            (&[0, 30, 61], true),
            (&[0, 30, 61, 62], false),
        ] {
            let mut breaker = Breaker::new(limits());
            for second in failures {
                assert_eq!(breaker.admit(after(start, *second), LIMIT), Some(Pass::Ordinary));
                breaker.failed(Some(Pass::Ordinary), after(start, *second));
            }
            let last = after(start, *failures.last().unwrap());
            assert_eq!(breaker.admit(last, LIMIT).is_some(), passes, "{failures:?}");
        }
    }

    #[test]
    fn a_success_between_failures_begins_the_count_anew() {
        let start = Instant::now();
        let mut breaker = Breaker::new(limits());
        for _ in 0..10 {
            breaker.failed(Some(Pass::Ordinary), start);
            breaker.failed(Some(Pass::Ordinary), start);
            breaker.succeeded();
        }
        assert!(breaker.would_admit(start));
    }

    #[test]
    fn after_the_pause_one_probe_decides() {
        let start = Instant::now();
        let mut breaker = open(start);
        assert_eq!(breaker.admit(after(start, 29), LIMIT), None);
        let probe = breaker.admit(after(start, 30), LIMIT);
        assert_eq!(probe, Some(Pass::Probe(1)));
        assert_eq!(breaker.admit(after(start, 31), LIMIT), None, "while the probe is under way");
        breaker.failed(probe, after(start, 32));
        assert_eq!(breaker.admit(after(start, 61), LIMIT), None, "its failure opens for another pause");
        assert_eq!(breaker.admit(after(start, 62), LIMIT), Some(Pass::Probe(2)));
        breaker.succeeded();
        assert_eq!(breaker.admit(after(start, 62), LIMIT), Some(Pass::Ordinary));
        breaker.failed(Some(Pass::Ordinary), after(start, 63));
        assert!(breaker.would_admit(after(start, 63)), "what came before it opened is forgotten");
    }

    #[test]
    fn a_probe_that_is_given_back_or_forgotten_lets_another_through() {
        let start = Instant::now();
        let mut breaker = open(start);
        let first = breaker.admit(after(start, 30), LIMIT).unwrap();
        breaker.abandoned(first);
        assert_eq!(breaker.admit(after(start, 31), LIMIT), Some(Pass::Probe(2)));
        // Given back already: the second is not its to end.
        breaker.abandoned(first);
        assert_eq!(breaker.admit(after(start, 40), LIMIT), None);
        assert_eq!(breaker.admit(after(start, 41), LIMIT), Some(Pass::Probe(3)), "its limit has passed");
        breaker.failed(Some(Pass::Probe(2)), after(start, 42));
        assert_eq!(breaker.admit(after(start, 43), LIMIT), None, "the third decides");
    }

    #[test]
    fn attempts_that_began_before_it_opened_do_not_prolong_the_pause_but_may_end_it() {
        let start = Instant::now();
        let mut breaker = open(start);
        breaker.failed(Some(Pass::Ordinary), after(start, 20));
        breaker.failed(None, after(start, 25));
        assert!(breaker.would_admit(after(start, 30)));
        let mut breaker = open(start);
        breaker.succeeded();
        assert_eq!(breaker.admit(after(start, 1), LIMIT), Some(Pass::Ordinary));
    }

    proptest::proptest! {
        /// Whatever happens in whatever order, at most one probe is under way, and an endpoint that is left alone for
        /// long enough is tried again.
        #[test]
        fn at_most_one_probe_is_under_way(steps in proptest::collection::vec((0_u8..5, 0_u64..20), 1..200)) {
            let mut now = Instant::now();
            let mut breaker = Breaker::new(limits());
            // The attempts under way, with when each has ended at the latest.
            let mut under_way: Vec<(Pass, Instant)> = Vec::new();
            for (step, seconds) in steps {
                now += Duration::from_secs(seconds);
                // The driver ends every attempt at its limit.
                while let Some(place) = under_way.iter().position(|(_, ended)| now >= *ended) {
                    let (pass, ended) = under_way.remove(place);
                    breaker.failed(Some(pass), ended);
                }
                match step {
                    0 | 1 => {
                        if let Some(pass) = breaker.admit(now, LIMIT) {
                            under_way.push((pass, now + LIMIT));
                        }
                    }
                    2 => breaker.failed(under_way.pop().map(|(pass, _)| pass), now),
                    3 => {
                        if under_way.pop().is_some() {
                            breaker.succeeded();
                        }
                    }
                    _ => {
                        if let Some((pass, _)) = under_way.pop() {
                            breaker.abandoned(pass);
                        }
                    }
                }
                let half_open = matches!(breaker.state, State::HalfOpen(_));
                let current = under_way.iter().filter(|(pass, _)| *pass == Pass::Probe(breaker.last_ticket));
                let probes = under_way.iter().filter(|(pass, _)| *pass != Pass::Ordinary);
                // After a late success of an older attempt, a probe may outlive the state that it belonged to.
                proptest::prop_assert!(!half_open || current.count() <= 1);
                proptest::prop_assert!(!half_open || probes.count() <= 1);
            }
            now += limits().pause + LIMIT;
            proptest::prop_assert!(breaker.would_admit(now));
        }
    }
}
