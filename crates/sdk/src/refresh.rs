//! Who fetches a credential that expires, and who goes on without waiting: decisions only, without a clock, a lock or a
//! socket. [`Keeper`](crate::keeper::Keeper) acts on them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::error::Error;

/// A credential is fetched anew this long before it expires, or a fifth of its life before, whichever is less.
const LONGEST_MARGIN: Duration = Duration::from_secs(300);
/// It counts as expired this long before it does, or a twentieth of its life, because a request takes time to arrive.
const LONGEST_TRAVEL: Duration = Duration::from_secs(15);
/// How long the others trust a leader that says nothing: its call may be one that nobody drives any more.
const LONGEST_LEAD: Duration = Duration::from_secs(20);

/// The time of a decision, on both clocks.
#[derive(Clone, Copy)]
pub(crate) struct Moment {
    /// Since 1970, as expiry times are given.
    pub(crate) unix: Duration,
    /// On a clock that does not jump, for leads.
    pub(crate) steady: Instant,
}

/// What a caller does to get a credential.
#[derive(Debug, PartialEq)]
pub(crate) enum Turn<C> {
    Use(C),
    /// Fetch, and tell the outcome with this ticket. If that fails, `old` is still good.
    Lead {
        ticket: u64,
        old: Option<C>,
    },
    /// Another caller fetches. Ask again when it is done, or at `until`.
    Wait {
        ticket: u64,
        until: Instant,
    },
}

/// The credential held, and who is fetching the next.
pub(crate) struct Refresh<C> {
    held: Option<Held<C>>,
    lead: Option<Lead>,
    last_ticket: u64,
    /// After a failure while the old credential was good: nobody tries again before.
    quiet_until: Option<Instant>,
    /// For those who waited for this ticket, and for nobody after them.
    failure: Option<(u64, Arc<Error>)>,
}

struct Held<C> {
    value: C,
    times: Option<Times>,
}

/// All since 1970.
#[derive(Clone, Copy)]
struct Times {
    refresh: Duration,
    unusable: Duration,
    expires: Duration,
}

struct Lead {
    ticket: u64,
    until: Instant,
}

impl<C> Default for Refresh<C> {
    fn default() -> Self {
        Self { held: None, lead: None, last_ticket: 0, quiet_until: None, failure: None }
    }
}

impl Times {
    fn of(expires: Duration, now: Duration) -> Self {
        let life = expires.saturating_sub(now);
        Self {
            refresh: expires.saturating_sub(LONGEST_MARGIN.min(life / 5)),
            unusable: expires.saturating_sub(LONGEST_TRAVEL.min(life / 20)),
            expires,
        }
    }
}

impl<C: Clone> Refresh<C> {
    pub(crate) fn ask(&mut self, now: Moment) -> Turn<C> {
        let usable =
            self.held.as_ref().filter(|held| held.times.is_none_or(|times| now.unix < times.unusable));
        let led = self.lead.as_ref().filter(|lead| now.steady < lead.until);
        let old = match (usable, led) {
            (Some(held), led) => {
                let is_young = held.times.is_none_or(|times| now.unix < times.refresh);
                let is_quiet = self.quiet_until.is_some_and(|until| now.steady < until);
                if is_young || is_quiet || led.is_some() {
                    return Turn::Use(held.value.clone());
                }
                Some(held.value.clone())
            }
            (None, Some(lead)) => return Turn::Wait { ticket: lead.ticket, until: lead.until },
            (None, None) => None,
        };
        self.last_ticket += 1;
        self.lead = Some(Lead { ticket: self.last_ticket, until: now.steady + LONGEST_LEAD });
        Turn::Lead { ticket: self.last_ticket, old }
    }

    /// A leader has fetched; `expires` is since 1970, `None` for a credential that lasts.
    pub(crate) fn fetched(&mut self, ticket: u64, value: C, expires: Option<Duration>, now: Moment) {
        let is_late = !self.end_lead(ticket);
        let is_older = self.held.as_ref().is_some_and(|held| match (held.times, expires) {
            (Some(times), Some(expires)) => expires < times.expires,
            (times, expires) => times.is_none() && expires.is_some(),
        });
        // One that was overtaken must not put an older credential in the place of a newer.
        if is_late && is_older {
            return;
        }
        self.held = Some(Held { value, times: expires.map(|expires| Times::of(expires, now.unix)) });
        self.quiet_until = None;
        self.failure = None;
    }

    /// What is held is of no use any more, if it is the one that is `refused`.
    pub(crate) fn forget(&mut self, refused: impl FnOnce(&C) -> bool) {
        if self.held.as_ref().is_some_and(|held| refused(&held.value)) {
            self.held = None;
            self.quiet_until = None;
        }
    }

    /// A leader's source failed.
    pub(crate) fn failed(&mut self, ticket: u64, error: Arc<Error>, now: Moment) {
        if !self.end_lead(ticket) {
            return;
        }
        self.failure = Some((ticket, error));
        let margin = self
            .held
            .as_ref()
            .and_then(|held| held.times)
            .map(|times| times.expires.saturating_sub(times.refresh));
        // Only keeps off those who have a good credential; without one everybody may try.
        self.quiet_until = margin.map(|margin| now.steady + margin / 30);
    }

    /// A leader went away without an outcome; whoever asks next leads. Nothing happens after an outcome.
    pub(crate) fn abandoned(&mut self, ticket: u64) {
        self.end_lead(ticket);
    }

    /// How the fetch of this ticket failed, if it did and was the last to.
    pub(crate) fn failure_of(&self, ticket: u64) -> Option<Arc<Error>> {
        self.failure.as_ref().filter(|(failed, _)| *failed == ticket).map(|(_, error)| Arc::clone(error))
    }

    /// False when somebody else leads by now.
    fn end_lead(&mut self, ticket: u64) -> bool {
        let is_current = self.lead.as_ref().is_some_and(|lead| lead.ticket == ticket);
        if is_current {
            self.lead = None;
        }
        is_current
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    /// Moments in milliseconds after a beginning.
    struct Clock(Instant);

    impl Clock {
        fn at(&self, millis: u64) -> Moment {
            let passed = Duration::from_millis(millis);
            Moment { unix: Duration::from_secs(1_800_000_000) + passed, steady: self.0 + passed }
        }
        fn expires(&self, millis: u64) -> Option<Duration> {
            Some(self.at(millis).unix)
        }
    }

    fn error() -> Arc<Error> {
        Arc::new(Error::local(ErrorKind::Credential, "down"))
    }

    fn lead(ticket: u64, old: Option<&'static str>) -> Turn<&'static str> {
        Turn::Lead { ticket, old }
    }

    /// Holds `a` from 0 ms to the expiry.
    fn holding(clock: &Clock, expires: u64) -> Refresh<&'static str> {
        let mut refresh = Refresh::default();
        assert_eq!(refresh.ask(clock.at(0)), lead(1, None));
        refresh.fetched(1, "a", clock.expires(expires), clock.at(0));
        refresh
    }

    #[test]
    fn what_the_first_caller_gets_at_each_age() {
        let clock = Clock(Instant::now());
        // Life, age, both in ms; then whether it is used, fetched ahead, or fetched with nothing in hand.
        for (life, age, expected) in [
            (5_000, 0, Turn::Use("a")),
            (5_000, 3_999, Turn::Use("a")),
            (5_000, 4_000, lead(2, Some("a"))),
            (5_000, 4_749, lead(2, Some("a"))),
            (5_000, 4_750, lead(2, None)),
            (5_000, 9_000, lead(2, None)),
            (7_200_000, 6_899_999, Turn::Use("a")),
            (7_200_000, 6_900_000, lead(2, Some("a"))),
            (7_200_000, 7_184_999, lead(2, Some("a"))),
            (7_200_000, 7_185_000, lead(2, None)),
        ] {
            let mut refresh = holding(&clock, life);
            assert_eq!(refresh.ask(clock.at(age)), expected, "life {life}, age {age}");
        }
    }

    #[test]
    fn what_lasts_is_never_fetched_again() {
        let clock = Clock(Instant::now());
        let mut refresh = Refresh::default();
        refresh.ask(clock.at(0));
        refresh.fetched(1, "a", None, clock.at(0));
        assert_eq!(refresh.ask(clock.at(1 << 40)), Turn::Use("a"));
    }

    #[test]
    fn one_leads_and_the_others_use_the_old_one_until_it_expires() {
        let clock = Clock(Instant::now());
        let mut refresh = holding(&clock, 5_000);
        assert_eq!(refresh.ask(clock.at(4_100)), lead(2, Some("a")));
        assert_eq!(refresh.ask(clock.at(4_100)), Turn::Use("a"));
        assert_eq!(refresh.ask(clock.at(4_749)), Turn::Use("a"));
        let Turn::Wait { ticket: 2, until } = refresh.ask(clock.at(4_750)) else { panic!("it waits") };
        assert_eq!(until, clock.at(4_100 + 20_000).steady);
        refresh.fetched(2, "b", clock.expires(9_800), clock.at(4_800));
        assert_eq!(refresh.ask(clock.at(4_801)), Turn::Use("b"));
    }

    #[test]
    fn a_leader_that_gives_up_hands_over() {
        let clock = Clock(Instant::now());
        let mut refresh = Refresh::<&str>::default();
        assert_eq!(refresh.ask(clock.at(0)), lead(1, None));
        assert!(matches!(refresh.ask(clock.at(1)), Turn::Wait { ticket: 1, .. }));
        refresh.abandoned(1);
        assert!(refresh.failure_of(1).is_none(), "those who wait try themselves");
        assert_eq!(refresh.ask(clock.at(2)), lead(2, None));
        // Too late: the lead is another's.
        refresh.abandoned(1);
        assert!(matches!(refresh.ask(clock.at(3)), Turn::Wait { ticket: 2, .. }));
    }

    #[test]
    fn a_leader_that_nobody_drives_is_overtaken() {
        let clock = Clock(Instant::now());
        let mut refresh = Refresh::<&str>::default();
        refresh.ask(clock.at(0));
        assert!(matches!(refresh.ask(clock.at(19_999)), Turn::Wait { ticket: 1, .. }));
        assert_eq!(refresh.ask(clock.at(20_000)), lead(2, None));
        refresh.fetched(2, "new", clock.expires(200_000), clock.at(20_100));
        // The first comes back at last, with less.
        refresh.fetched(1, "old", clock.expires(100_000), clock.at(20_200));
        assert_eq!(refresh.ask(clock.at(20_300)), Turn::Use("new"));
        refresh.fetched(1, "newest", clock.expires(300_000), clock.at(20_400));
        assert_eq!(refresh.ask(clock.at(20_500)), Turn::Use("newest"));
        refresh.failed(1, error(), clock.at(20_600));
        assert!(refresh.failure_of(1).is_none());
    }

    #[test]
    fn a_failure_is_for_those_who_waited_and_for_nobody_after_them() {
        let clock = Clock(Instant::now());
        let mut refresh = Refresh::<&str>::default();
        refresh.ask(clock.at(0));
        refresh.failed(1, error(), clock.at(10));
        assert_eq!(refresh.failure_of(1).unwrap().message(), "down");
        assert_eq!(refresh.ask(clock.at(10)), lead(2, None));
        assert!(refresh.failure_of(2).is_none());
        refresh.fetched(2, "a", None, clock.at(20));
        assert!(refresh.failure_of(1).is_none());
    }

    #[test]
    fn after_a_failure_ahead_of_expiry_the_old_one_is_used_for_a_while() {
        let clock = Clock(Instant::now());
        let mut refresh = holding(&clock, 7_200_000);
        assert_eq!(refresh.ask(clock.at(6_900_000)), lead(2, Some("a")));
        refresh.failed(2, error(), clock.at(6_900_000));
        assert_eq!(refresh.ask(clock.at(6_909_999)), Turn::Use("a"));
        assert_eq!(refresh.ask(clock.at(6_910_000)), lead(3, Some("a")));
        refresh.failed(3, error(), clock.at(7_184_000));
        // Expired: no pause keeps anybody from trying.
        assert_eq!(refresh.ask(clock.at(7_185_000)), lead(4, None));
    }

    #[test]
    fn only_the_very_one_that_was_refused_is_forgotten() {
        let clock = Clock(Instant::now());
        let mut refresh = holding(&clock, 7_200_000);
        refresh.forget(|held| *held == "b");
        assert_eq!(refresh.ask(clock.at(1)), Turn::Use("a"));
        refresh.forget(|held| *held == "a");
        assert_eq!(refresh.ask(clock.at(2)), lead(2, None));
        // Others that were refused with it do not start over.
        refresh.forget(|held| *held == "a");
        assert!(matches!(refresh.ask(clock.at(3)), Turn::Wait { ticket: 2, .. }));
        refresh.fetched(2, "b", clock.expires(100), clock.at(4));
        refresh.forget(|held| *held == "a");
        assert_eq!(refresh.ask(clock.at(5)), Turn::Use("b"));
    }

    /// A minute of many callers with keys that live five seconds, each fetch taking 300 ms: nobody gets a key that has
    /// expired, nobody waits but for the first, and there is one fetch a period.
    #[test]
    fn short_lived_keys_are_fetched_once_a_period_however_many_ask() {
        let clock = Clock(Instant::now());
        let mut refresh = Refresh::<u64>::default();
        let (mut fetches, mut under_way) = (0, None);
        for millis in (0..60_000).step_by(10) {
            let now = clock.at(millis);
            if let Some((ticket, _)) = under_way.take_if(|(_, done)| *done <= millis) {
                // The key is when it expires.
                refresh.fetched(ticket, millis + 5_000, clock.expires(millis + 5_000), now);
            }
            for _ in 0..16 {
                match refresh.ask(now) {
                    Turn::Use(expires) | Turn::Lead { old: Some(expires), .. } if expires <= millis => {
                        panic!("a key of {expires} at {millis}")
                    }
                    Turn::Use(_) => {}
                    Turn::Lead { ticket, .. } => {
                        fetches += 1;
                        assert_eq!(under_way.replace((ticket, millis + 300)), None, "two at once");
                    }
                    Turn::Wait { .. } => assert!(millis < 300, "somebody waits at {millis}"),
                }
            }
        }
        // The first at 0, received at 300 ms; then one every 4.3 s: a fifth of 5 s ahead, and 300 ms to come.
        assert_eq!(fetches, 1 + (60_000 - 300) / 4_300);
    }
}
