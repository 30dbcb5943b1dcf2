//! How many repeats a client may make while calls fail, so that many clients do not multiply the load of a service in
//! trouble.

use std::sync::atomic::{AtomicU32, Ordering};

/// Tokens are counted in tenths.
const REPEAT: u32 = 10;
const SUCCESS: u32 = 1;

/// A bucket of tokens, full at first. A repeat takes a token; success gives some back.
#[derive(Debug)]
pub(crate) struct Budget {
    full: u32,
    left: AtomicU32,
}

impl Budget {
    /// A budget of so many repeats.
    pub(crate) fn of(repeats: u32) -> Self {
        let full = repeats.saturating_mul(REPEAT);
        Self { full, left: AtomicU32::new(full) }
    }

    /// Takes what a repeat costs; false when too little is left.
    pub(crate) fn take(&self) -> bool {
        let less = |left: u32| left.checked_sub(REPEAT);
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
    }

    /// A call succeeded: at its first attempt, or by a repeat, whose token then comes back whole.
    pub(crate) fn succeeded(&self, by_repeat: bool) {
        let more = if by_repeat { REPEAT } else { SUCCESS };
        // Nothing is written while it is full, which is the ordinary case.
        let refilled = |left: u32| (left < self.full).then(|| left.saturating_add(more).min(self.full));
        let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, refilled);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repeats(budget: &Budget) -> u32 {
        (0..1000).take_while(|_| budget.take()).count() as u32
    }

    #[test]
    fn repeats_end_when_nothing_succeeds() {
        assert_eq!(repeats(&Budget::of(7)), 7);
        assert_eq!(repeats(&Budget::of(0)), 0);
    }

    #[test]
    fn ten_successes_allow_one_more_repeat() {
        let budget = Budget::of(3);
        assert_eq!(repeats(&budget), 3);
        for _ in 0..9 {
            budget.succeeded(false);
        }
        assert!(!budget.take());
        budget.succeeded(false);
        assert_eq!(repeats(&budget), 1);
    }

    #[test]
    fn a_repeat_that_helped_costs_nothing() {
        let budget = Budget::of(1);
        for _ in 0..100 {
            assert!(budget.take());
            budget.succeeded(true);
        }
    }

    #[test]
    fn it_never_holds_more_than_at_first() {
        let budget = Budget::of(2);
        for _ in 0..100 {
            budget.succeeded(false);
            budget.succeeded(true);
        }
        assert_eq!(repeats(&budget), 2);
        let largest = Budget::of(u32::MAX);
        largest.succeeded(true);
        assert!(largest.take());
    }
}
