//! The connections that wait for the next call.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Id;

use super::connection::Connection;
use super::limit::Limit;

/// A stack: the connection used last is used next, so that after a peak the surplus grows old and goes.
#[derive(Default)]
pub(crate) struct Pool {
    stack: Mutex<Vec<Idle>>,
    serves_one: bool,
}

struct Idle {
    /// Boxed: it is large, and is handed over twice in every call.
    connection: Box<Connection>,
    /// A socket belongs to the runtime it was made on; any other would wait for it in vain.
    runtime: Id,
    /// The number of the route it leads along.
    route: usize,
    since: Instant,
}

impl Pool {
    /// For calls that come one after another.
    pub(crate) fn for_one() -> Self {
        Self { serves_one: true, ..Self::default() }
    }

    /// A connection of this runtime and route that waited for less than `longest_idle`.
    pub(crate) fn take(
        &self,
        runtime: Id,
        route: usize,
        now: Instant,
        longest_idle: Duration,
    ) -> Option<Box<Connection>> {
        loop {
            let idle = {
                let mut stack = self.stack();
                let place = stack.iter().rposition(|idle| idle.runtime == runtime && idle.route == route)?;
                stack.remove(place)
            };
            if now.saturating_duration_since(idle.since) < longest_idle {
                return Some(idle.connection);
            }
        }
    }

    /// Before another connection is opened: closes the oldest, so that what waits and what is used stay within `limit`.
    pub(crate) fn make_room(&self, limit: &Limit) {
        let keep = if self.serves_one { 0 } else { limit.spare() };
        let mut stack = self.stack();
        let surplus = stack.len().saturating_sub(keep);
        let closed: Vec<Idle> = stack.drain(..surplus).collect();
        drop(stack);
        // Closed outside the lock.
        drop(closed);
    }

    fn stack(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.stack.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a connection for the next call, and lets go of one that waited too long.
    pub(crate) fn give(
        &self,
        connection: Box<Connection>,
        runtime: Id,
        route: usize,
        now: Instant,
        longest_idle: Duration,
    ) {
        if longest_idle.is_zero() {
            return;
        }
        let idle = Idle { connection, runtime, route, since: now };
        let mut stack = self.stack();
        let oldest_is_stale =
            stack.first().is_some_and(|oldest| now.saturating_duration_since(oldest.since) >= longest_idle);
        let stale = oldest_is_stale.then(|| stack.remove(0));
        stack.push(idle);
        drop(stack);
        // Closed outside the lock.
        drop(stale);
    }
}
