//! The rates that a client keeps by itself: when an attempt may start, without a clock or a sleep.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{Error, ErrorKind};

/// Hands out turns, evenly spaced. A turn that nobody took is lost: after a rest there is no burst.
#[derive(Debug)]
pub(crate) struct Pace {
    interval: Duration,
    /// When the next turn is; none was taken yet while `None`.
    next: Option<Instant>,
}

impl Pace {
    fn of(per_second: u32) -> Self {
        // Rounded up, so that no second has more than `per_second` turns. Never 0: the rate was checked.
        let nanos = 1_000_000_000_u64.div_ceil(u64::from(per_second.max(1)));
        Self { interval: Duration::from_nanos(nanos), next: None }
    }

    /// Takes the next turn and tells how long it is until then; takes none when that is `longest` or more, and tells
    /// as well.
    fn take(&mut self, now: Instant, longest: Duration) -> Result<Duration, Duration> {
        let turn = self.next.map_or(now, |next| next.max(now));
        let wait = turn - now;
        if !wait.is_zero() && wait >= longest {
            return Err(wait);
        }
        self.next = Some(turn + self.interval);
        Ok(wait)
    }
}

/// The rates of a client.
#[derive(Debug, Default)]
pub(crate) struct Paces {
    /// For the actions that have none of their own, together.
    general: Option<Mutex<Pace>>,
    /// By name of the action.
    own: Vec<(String, Mutex<Pace>)>,
}

/// A rate as the builder was told it: of an action, or of all others.
pub(crate) type Rate = (Option<String>, u32);

impl Paces {
    /// The last rate told for an action counts. `None` when no rate was told.
    pub(crate) fn of(rates: Vec<Rate>) -> Result<Option<Self>, Error> {
        let mut paces = None::<Self>;
        for (action, per_second) in rates {
            if per_second == 0 {
                let what =
                    action.map_or_else(|| "the call rate".to_owned(), |name| format!("the rate of {name}"));
                let message = format!("{what} cannot be 0 a second: nothing could ever be sent");
                return Err(Error::local(ErrorKind::Config, message));
            }
            let pace = Mutex::new(Pace::of(per_second));
            let paces = paces.get_or_insert_default();
            match action {
                None => paces.general = Some(pace),
                Some(action) => {
                    paces.own.retain(|(name, _)| *name != action);
                    paces.own.push((action, pace));
                }
            }
        }
        Ok(paces)
    }

    /// How long an attempt of this action has to wait for its turn, which it thereby takes. `Err`: it is `longest` or
    /// more, and none was taken.
    pub(crate) fn take(&self, action: &str, now: Instant, longest: Duration) -> Result<Duration, Duration> {
        let own = self.own.iter().find(|(name, _)| name == action).map(|(_, pace)| pace);
        match own.or(self.general.as_ref()) {
            Some(pace) => pace.lock().unwrap_or_else(PoisonError::into_inner).take(now, longest),
            None => Ok(Duration::ZERO),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    #[test]
    fn turns_are_evenly_spaced_and_a_rest_saves_none_up() {
        let start = Instant::now();
        let mut pace = Pace::of(10);
        let waits: Vec<_> = (0..4).map(|_| pace.take(start, LONG).unwrap().as_millis()).collect();
        assert_eq!(waits, [0, 100, 200, 300]);
        let later = start + Duration::from_secs(60);
        let waits: Vec<_> = (0..3).map(|_| pace.take(later, LONG).unwrap().as_millis()).collect();
        assert_eq!(waits, [0, 100, 200]);
    }

    #[test]
    fn a_turn_beyond_the_limit_is_not_taken() {
        let start = Instant::now();
        let mut pace = Pace::of(1);
        assert_eq!(pace.take(start, Duration::ZERO), Ok(Duration::ZERO), "nobody waits for it");
        let second = Duration::from_secs(1);
        assert_eq!(pace.take(start, second), Err(second));
        assert_eq!(pace.take(start, second), Err(second), "those who gave up left no trace");
        assert_eq!(pace.take(start, second * 2), Ok(second));
    }

    #[test]
    fn an_action_with_a_rate_of_its_own_is_not_held_up_by_the_others() {
        let rates = vec![(None, 1), (Some("SendSms".to_owned()), 9), (Some("SendSms".to_owned()), 2)];
        let paces = Paces::of(rates).unwrap().unwrap();
        let start = Instant::now();
        let wait = |action| paces.take(action, start, LONG).unwrap().as_millis();
        assert_eq!([wait("A"), wait("B"), wait("SendSms"), wait("SendSms")], [0, 1000, 0, 500]);
        let only = Paces::of(vec![(Some("SendSms".to_owned()), 1)]).unwrap().unwrap();
        for _ in 0..5 {
            assert_eq!(only.take("PullSmsSendStatus", start, LONG), Ok(Duration::ZERO));
        }
        assert!(Paces::of(Vec::new()).unwrap().is_none());
    }

    #[test]
    fn a_rate_of_nothing_is_refused_by_name() {
        let error = Paces::of(vec![(Some("SendSms".to_owned()), 0)]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().contains("SendSms"), "{error}");
    }

    proptest::proptest! {
        /// No second, wherever it begins, has more turns than the rate allows, and none is given away while calls wait.
        #[test]
        fn no_second_has_more_turns_than_the_rate(
            rate in 1_u32..5000,
            gaps in proptest::collection::vec(0_u64..400_000, 1..300),
        ) {
            let mut now = Instant::now();
            let mut pace = Pace::of(rate);
            let mut turns = Vec::new();
            for gap in gaps {
                now += Duration::from_micros(gap);
                let before = pace.next;
                let turn = now + pace.take(now, LONG).unwrap();
                proptest::prop_assert_eq!(turn, before.map_or(now, |next| next.max(now)));
                turns.push(turn);
            }
            for (place, turn) in turns.iter().enumerate() {
                let in_second = turns[place..].iter().take_while(|other| **other - *turn < Duration::from_secs(1));
                proptest::prop_assert!(in_second.count() <= rate as usize);
            }
        }
    }
}
