//! Which of a client's routes an attempt takes: the first whose breaker lets it pass.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::breaker::{Breaker, Limits, Pass};
use crate::route::Route;

/// A client's routes, in the order in which they are preferred.
pub(crate) struct Routes {
    pub(crate) primary: Route,
    /// `None` without backups: then there is nothing to choose, and nothing is kept of what happened.
    backups: Option<Backups>,
}

struct Backups {
    routes: Vec<Route>,
    /// The primary's first.
    breakers: Mutex<Vec<Breaker>>,
}

impl Routes {
    pub(crate) fn single(primary: Route) -> Self {
        Self { primary, backups: None }
    }

    /// The backups are numbered from 1.
    pub(crate) fn of(primary: Route, routes: Vec<Route>, limits: Limits) -> Self {
        if routes.is_empty() {
            return Self::single(primary);
        }
        let breakers = (0..=routes.len()).map(|_| Breaker::new(limits)).collect();
        Self { primary, backups: Some(Backups { routes, breakers: Mutex::new(breakers) }) }
    }

    pub(crate) fn has_backups(&self) -> bool {
        self.backups.is_some()
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Route> {
        std::iter::once(&self.primary).chain(self.backups.iter().flat_map(|backups| &backups.routes))
    }

    /// The route of an attempt that takes at most `limit`: the first after `left` that may be tried, where the call
    /// just failed on `left`; else the first of all. When none may be tried it is the primary all the same: a breaker
    /// never makes a call fail.
    pub(crate) fn choose(&self, left: Option<usize>, now: Instant, limit: Duration) -> Passage<'_> {
        let Some(backups) = &self.backups else {
            return Passage { routes: self, route: &self.primary, pass: None };
        };
        let mut breakers = backups.breakers();
        let after = left.map_or(0, |left| left + 1);
        for number in (after..breakers.len()).chain(0..after) {
            if let Some(pass) = breakers.get_mut(number).and_then(|breaker| breaker.admit(now, limit))
                && let Some(route) = self.all().nth(number)
            {
                return Passage { routes: self, route, pass: Some(pass) };
            }
        }
        Passage { routes: self, route: &self.primary, pass: None }
    }

    /// Whether a call that failed on the route `left` finds another after it.
    pub(crate) fn goes_on_after(&self, left: usize, now: Instant) -> bool {
        self.backups
            .as_ref()
            .is_some_and(|backups| backups.breakers().iter().skip(left + 1).any(|next| next.would_admit(now)))
    }

    fn tell(&self, route: &Route, news: impl FnOnce(&mut Breaker)) {
        if let Some(backups) = &self.backups
            && let Some(breaker) = backups.breakers().get_mut(route.number)
        {
            news(breaker);
        }
    }
}

impl fmt::Debug for Routes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.all()).finish()
    }
}

impl Backups {
    fn breakers(&self) -> MutexGuard<'_, Vec<Breaker>> {
        self.breakers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An attempt's leave to take a route. It is told the outcome; one that is dropped without gives its leave back.
pub(crate) struct Passage<'a> {
    routes: &'a Routes,
    pub(crate) route: &'a Route,
    pass: Option<Pass>,
}

impl Passage<'_> {
    /// The endpoint did its part.
    pub(crate) fn succeeded(mut self) {
        self.pass = None;
        self.routes.tell(self.route, Breaker::succeeded);
    }

    /// The endpoint, or the way to it, failed.
    pub(crate) fn failed(mut self, now: Instant) {
        let pass = self.pass.take();
        self.routes.tell(self.route, |breaker| breaker.failed(pass, now));
    }
}

impl Drop for Passage<'_> {
    fn drop(&mut self) {
        if let Some(pass @ Pass::Probe(_)) = self.pass {
            self.routes.tell(self.route, |breaker| breaker.abandoned(pass));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::Endpoint;

    const LIMIT: Duration = Duration::from_secs(10);
    const LIMITS: Limits =
        Limits { failures: 2, window: Duration::from_secs(60), pause: Duration::from_secs(30) };

    fn route(number: usize) -> Route {
        let endpoint = Endpoint::parse(&format!("{number}.example")).unwrap();
        let address = endpoint.address.clone();
        Route::of(number, endpoint, address, None).unwrap()
    }

    fn routes(backups: usize) -> Routes {
        Routes::of(route(0), (1..=backups).map(route).collect(), LIMITS)
    }

    fn number(routes: &Routes, left: Option<usize>, now: Instant) -> usize {
        routes.choose(left, now, LIMIT).route.number
    }

    /// Makes the breaker of this route open.
    fn break_route(routes: &Routes, number: usize, now: Instant) {
        let left = number.checked_sub(1);
        for _ in 0..2 {
            let passage = routes.choose(left, now, LIMIT);
            assert_eq!(passage.route.number, number);
            passage.failed(now);
        }
    }

    #[test]
    fn the_first_route_that_may_be_tried_is_taken() {
        let (routes, now) = (routes(2), Instant::now());
        assert_eq!(number(&routes, None, now), 0);
        assert_eq!(number(&routes, Some(0), now), 1);
        assert_eq!(number(&routes, Some(1), now), 2);
        assert_eq!(number(&routes, Some(2), now), 0, "after the last the first again");
        break_route(&routes, 0, now);
        assert_eq!(number(&routes, None, now), 1);
        assert_eq!(number(&routes, Some(2), now), 1);
        break_route(&routes, 1, now);
        assert_eq!(number(&routes, None, now), 2);
        assert!(routes.goes_on_after(0, now) && !routes.goes_on_after(2, now));
    }

    #[test]
    fn when_none_may_be_tried_it_is_the_primary() {
        let (routes, now) = (routes(1), Instant::now());
        break_route(&routes, 0, now);
        break_route(&routes, 1, now);
        assert!(!routes.goes_on_after(0, now));
        for left in [None, Some(0), Some(1)] {
            assert_eq!(number(&routes, left, now), 0);
        }
        // What went past the breakers may find that the primary is well again.
        routes.choose(None, now, LIMIT).succeeded();
        assert_eq!(number(&routes, Some(1), now), 0);
        assert!(!routes.goes_on_after(0, now));
    }

    #[test]
    fn one_attempt_looks_whether_the_primary_is_back() {
        let (routes, start) = (routes(1), Instant::now());
        break_route(&routes, 0, start);
        let now = start + LIMITS.pause;
        let probe = routes.choose(None, now, LIMIT);
        assert_eq!(probe.route.number, 0);
        assert_eq!(number(&routes, None, now), 1, "the others do not wait for it");
        drop(probe);
        let probe = routes.choose(None, now, LIMIT);
        assert_eq!(probe.route.number, 0, "a dropped call leaves it to the next");
        probe.succeeded();
        assert_eq!(number(&routes, None, now), 0);
        assert_eq!(number(&routes, None, now), 0);
    }

    #[test]
    fn a_single_route_is_always_taken() {
        let (routes, now) = (routes(0), Instant::now());
        for _ in 0..20 {
            routes.choose(Some(0), now, LIMIT).failed(now);
        }
        assert_eq!(number(&routes, None, now), 0);
        assert!(!routes.goes_on_after(0, now) && !routes.has_backups());
    }
}
