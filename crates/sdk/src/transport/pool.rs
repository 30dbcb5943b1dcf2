//! The connections that wait for the next call.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Id;

use super::connection::Connection;

/// How long a connection may wait. The service closes idle connections after about 60 s; half of that leaves no room
/// for meeting it in the act.
const LONGEST_IDLE: Duration = Duration::from_secs(30);

/// A stack: the connection used last is used next, so that after a peak the surplus grows old and goes.
#[derive(Default)]
pub(crate) struct Pool(Mutex<Vec<Idle>>);

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
    /// A connection of this runtime and route that is still open, as far as can be seen without sending.
    pub(crate) fn take(&self, runtime: Id, route: usize, now: Instant) -> Option<Box<Connection>> {
        loop {
            let idle = {
                let mut stack = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                let place = stack.iter().rposition(|idle| idle.runtime == runtime && idle.route == route)?;
                stack.remove(place)
            };
            let young = now.saturating_duration_since(idle.since) < LONGEST_IDLE;
            if young && idle.connection.is_quiet() {
                return Some(idle.connection);
            }
        }
    }

    /// Keeps a connection for the next call, and lets go of one that waited too long.
    pub(crate) fn give(&self, connection: Box<Connection>, runtime: Id, route: usize, now: Instant) {
        let idle = Idle { connection, runtime, route, since: now };
        let mut stack = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest_is_stale =
            stack.first().is_some_and(|oldest| now.saturating_duration_since(oldest.since) >= LONGEST_IDLE);
        let stale = oldest_is_stale.then(|| stack.remove(0));
        stack.push(idle);
        drop(stack);
        // Closed outside the lock.
        drop(stale);
    }
}
