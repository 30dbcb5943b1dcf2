//! How many connections a client has at most: calls queue for one.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

use crate::error::{Delivery, Error, ErrorKind, Step, to_the_millisecond};

/// The right to some connections. They belong to the call, pauses between its attempts included, until this is dropped.
pub(crate) struct Permit(#[expect(dead_code, reason = "it is held, not looked at")] OwnedSemaphorePermit);

pub(crate) struct Limit {
    /// Those who wait are served in the order they came, and leave the queue when they are dropped.
    permits: Arc<Semaphore>,
    most: usize,
}

impl Limit {
    pub(crate) fn new(most: usize) -> Self {
        let most = most.min(Semaphore::MAX_PERMITS).min(u32::MAX as usize);
        Self { permits: Arc::new(Semaphore::new(most)), most }
    }

    /// The most connections.
    pub(crate) fn most(&self) -> usize {
        self.most
    }

    /// How many connections no call has a right to.
    pub(crate) fn spare(&self) -> usize {
        self.permits.available_permits()
    }

    /// Waits for the right to `count` connections on the current runtime, for at most `limit`.
    pub(crate) async fn wait(&self, count: u32, limit: Duration) -> Result<Permit, Error> {
        self.outcome(tokio::time::timeout(limit, self.acquire(count)).await.ok(), limit)
    }

    /// The same on the caller's thread, where no runtime is current.
    pub(crate) fn wait_here(&self, count: u32, limit: Duration) -> Result<Permit, Error> {
        let until = Instant::now().checked_add(limit);
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut acquired = pin!(self.acquire(count));
        let outcome = loop {
            if let Poll::Ready(outcome) = acquired.as_mut().poll(&mut Context::from_waker(&waker)) {
                break Some(outcome);
            }
            match until.map(|until| until.saturating_duration_since(Instant::now())) {
                Some(Duration::ZERO) => break None,
                Some(left) => thread::park_timeout(left),
                None => thread::park(),
            }
        };
        self.outcome(outcome, limit)
    }

    fn acquire(
        &self,
        count: u32,
    ) -> impl Future<Output = Result<OwnedSemaphorePermit, AcquireError>> + use<> {
        Arc::clone(&self.permits).acquire_many_owned(count)
    }

    fn outcome(
        &self,
        outcome: Option<Result<OwnedSemaphorePermit, AcquireError>>,
        limit: Duration,
    ) -> Result<Permit, Error> {
        match outcome {
            Some(Ok(permit)) => Ok(Permit(permit)),
            // Nobody closes the semaphore.
            Some(Err(_)) | None => Err(Error::new(
                ErrorKind::Timeout,
                Delivery::NotSent,
                format!(
                    "no connection was free within {:?}: other calls use all {} of max_connections; raise it, or make fewer calls at a time",
                    to_the_millisecond(limit),
                    self.most
                ),
            )
            .at(Step::Connect)),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn those_who_wait_are_served_in_turn_and_a_cancelled_one_takes_nothing() {
        let limit = Limit::new(1);
        let held = limit.wait(1, Duration::ZERO).await.unwrap();
        let long = Duration::from_secs(60);
        let (mut first, mut gone, mut last) =
            (Box::pin(limit.wait(1, long)), Box::pin(limit.wait(1, long)), Box::pin(limit.wait(1, long)));
        let mut context = Context::from_waker(Waker::noop());
        for waiting in [&mut first, &mut gone, &mut last] {
            assert!(waiting.as_mut().poll(&mut context).is_pending());
        }
        drop(gone);
        drop(held);
        assert!(last.as_mut().poll(&mut context).is_pending(), "the first is first");
        let Poll::Ready(Ok(held)) = first.as_mut().poll(&mut context) else { panic!("its turn") };
        drop(held);
        assert!(matches!(last.as_mut().poll(&mut context), Poll::Ready(Ok(_))));
        drop(last);
        assert_eq!(limit.spare(), 1);
    }

    #[tokio::test]
    async fn the_wait_ends_with_the_callers_limit() {
        let limit = Limit::new(2);
        let _held = limit.wait(2, Duration::ZERO).await.unwrap();
        let Err(error) = limit.wait(1, Duration::from_millis(30)).await else { panic!("none is free") };
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Timeout, Delivery::NotSent));
        assert!(error.message().contains("within 30ms") && error.message().contains("all 2"), "{error}");
    }

    #[test]
    fn a_thread_waits_too() {
        let limit = Arc::new(Limit::new(1));
        let held = limit.wait_here(1, Duration::ZERO).unwrap();
        assert!(limit.wait_here(1, Duration::from_millis(5)).is_err());
        let waiting = {
            let limit = Arc::clone(&limit);
            thread::spawn(move || limit.wait_here(1, Duration::from_secs(60)).is_ok())
        };
        drop(held);
        assert!(waiting.join().unwrap());
    }
}
