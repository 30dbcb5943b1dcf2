//! Polls a connection and the work that waits for it as one future, without waking the runtime for what passes between
//! the two.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

/// Nobody polls; a wake goes to the task outside.
const IDLE: u8 = 0;
/// The two are being polled.
const POLLING: u8 = 1;
/// They were woken while being polled, and are polled once more.
const AGAIN: u8 = 2;

/// The HTTP connection and the request on it hand messages to each other, and each message wakes the receiver. On a
/// runtime that is driven by the caller's thread every such wake is a system call, though both are polled together
/// anyway. The gate keeps those wakes inside.
pub(crate) struct Gate {
    shared: Arc<Shared>,
    waker: Waker,
}

struct Shared {
    state: AtomicU8,
    outside: Mutex<Option<Waker>>,
}

impl Gate {
    pub(crate) fn new() -> Self {
        let shared = Arc::new(Shared { state: AtomicU8::new(IDLE), outside: Mutex::new(None) });
        Self { waker: Waker::from(Arc::clone(&shared)), shared }
    }

    /// Polls both until the work is done. `None`: the connection ended and left the work waiting.
    pub(crate) async fn drive<C, W>(&self, connection: &mut C, work: W) -> Option<W::Output>
    where
        C: Future + Unpin,
        W: Future,
    {
        let mut work = std::pin::pin!(work);
        let mut ended = false;
        let outcome = poll_fn(|outside| {
            self.shared.set_outside(outside.waker());
            let mut inside = Context::from_waker(&self.waker);
            loop {
                self.shared.state.store(POLLING, Ordering::SeqCst);
                ended = ended || Pin::new(&mut *connection).poll(&mut inside).is_ready();
                let done = work.as_mut().poll(&mut inside);
                let quiet = self
                    .shared
                    .state
                    .compare_exchange(POLLING, IDLE, Ordering::SeqCst, Ordering::SeqCst)
                    .is_ok();
                match done {
                    Poll::Ready(output) => return Poll::Ready(Some(output)),
                    Poll::Pending if !quiet => {}
                    Poll::Pending if ended => return Poll::Ready(None),
                    Poll::Pending => return Poll::Pending,
                }
            }
        })
        .await;
        self.rest();
        outcome
    }

    /// Lets the connection do what it can do at once, between two calls.
    pub(crate) fn settle<C: Future + Unpin>(&self, connection: &mut C) -> Poll<C::Output> {
        Pin::new(connection).poll(&mut Context::from_waker(&self.waker))
    }

    /// Forgets the task that waited; a later wake of the idle connection concerns nobody.
    fn rest(&self) {
        self.shared.state.store(IDLE, Ordering::SeqCst);
        *self.shared.outside.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Shared {
    fn set_outside(&self, waker: &Waker) {
        let mut outside = self.outside.lock().unwrap_or_else(PoisonError::into_inner);
        match outside.as_mut() {
            Some(known) => known.clone_from(waker),
            None => *outside = Some(waker.clone()),
        }
    }
}

impl Wake for Shared {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let seen = self.state.compare_exchange(POLLING, AGAIN, Ordering::SeqCst, Ordering::SeqCst);
        if seen == Err(IDLE) {
            let outside = self.outside.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if let Some(outside) = outside {
                outside.wake();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;
    use tokio::sync::{mpsc, oneshot};

    struct CountedWake(AtomicUsize);

    impl Wake for CountedWake {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn messages_between_the_two_need_one_poll_and_no_wake_outside() {
        let (ask, mut asked) = mpsc::unbounded_channel::<oneshot::Sender<u32>>();
        let mut connection = Box::pin(async move {
            let mut number = 0;
            while let Some(answer) = asked.recv().await {
                number += 1;
                let _ = answer.send(number);
            }
        });
        let work = async {
            let mut last = 0;
            for _ in 0..10 {
                let (answer, answered) = oneshot::channel();
                ask.send(answer).unwrap();
                last = answered.await.unwrap();
            }
            last
        };
        let gate = Gate::new();
        let wakes = Arc::new(CountedWake(AtomicUsize::new(0)));
        let waker = Waker::from(Arc::clone(&wakes));
        let mut driven = Box::pin(gate.drive(&mut connection, work));
        assert_eq!(driven.as_mut().poll(&mut Context::from_waker(&waker)), Poll::Ready(Some(10)));
        assert_eq!(wakes.0.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn a_wake_from_elsewhere_reaches_the_task() {
        let (send, receive) = oneshot::channel::<u32>();
        let mut connection = Box::pin(std::future::pending::<()>());
        let gate = Gate::new();
        let wakes = Arc::new(CountedWake(AtomicUsize::new(0)));
        let waker = Waker::from(Arc::clone(&wakes));
        let mut driven = Box::pin(gate.drive(&mut connection, receive));
        assert!(driven.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        std::thread::spawn(move || send.send(3).unwrap()).join().unwrap();
        assert_eq!(wakes.0.load(Ordering::SeqCst), 1);
        assert_eq!(driven.as_mut().poll(&mut Context::from_waker(&waker)), Poll::Ready(Some(Ok(3))));
    }

    #[test]
    fn work_that_its_connection_left_is_given_up() {
        let mut connection = Box::pin(std::future::ready(()));
        let gate = Gate::new();
        let mut driven = Box::pin(gate.drive(&mut connection, std::future::pending::<u32>()));
        assert_eq!(driven.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(None));
    }
}
