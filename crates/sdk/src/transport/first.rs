//! Several futures of which the first to be done counts.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

/// Waits for one of them, and takes it out. With none of them it waits for ever.
pub(super) async fn first<F: Future + Unpin>(running: &mut Vec<F>) -> F::Output {
    poll_fn(|cx| {
        for place in 0..running.len() {
            if let Poll::Ready(outcome) = Pin::new(&mut running[place]).poll(cx) {
                drop(running.swap_remove(place));
                return Poll::Ready(outcome);
            }
        }
        Poll::Pending
    })
    .await
}
