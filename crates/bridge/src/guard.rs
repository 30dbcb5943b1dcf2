//! Keeps a panic inside the library.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use crate::failure::Failure;

/// Does the work; a panic in it becomes a [`Failure`] with what it said.
///
/// # Errors
///
/// The work's own, and that of a panic.
pub fn guarded<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    // What the work has touched is either given up with it or guarded by a lock that ignores poison.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(Failure::panic(&said(&*panic))))
}

/// The same for work that waits.
pub(crate) async fn guarded_future<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let mut work = pin!(work);
    std::future::poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))) {
        Ok(polled) => polled,
        Err(panic) => Poll::Ready(Err(Failure::panic(&said(&*panic)))),
    })
    .await
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without a word".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::status;

    #[test]
    fn a_panic_becomes_a_failure_with_its_words() {
        let failure = guarded::<()>(|| panic!("at {}", 7)).unwrap_err();
        assert_eq!(failure.status, status::PANIC);
        assert!(String::from_utf8(failure.bytes).unwrap().contains("at 7"));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let failure = runtime.block_on(guarded_future::<()>(async { panic!("later") })).unwrap_err();
        assert_eq!(failure.status, status::PANIC);
    }
}
