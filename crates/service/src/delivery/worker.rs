//! The task that hands messages to the simulator when they are due and records what it says.
//!
//! It has no rhythm of its own: it sleeps until the next message is due, and wakes early when one is queued that is
//! due sooner, or when the clock is set.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tcsms_store::{DeliveryOutcome, Due, Receipt, Store, StoreError};

use super::simulator::{Fate, fate};
use crate::clock::Clock;

/// So many messages are worked off in one transaction.
const BATCH: usize = 500;
/// The pause after the store refused an operation, for example because the disk is full.
const PAUSE: Duration = Duration::from_secs(1);

/// Delivers until `shutdown` resolves or the store is closed. A batch under way is recorded before this returns; what
/// is not due yet waits in the store for the next start.
pub async fn run(store: Store, clock: Clock, shutdown: impl Future<Output = ()>) {
    let mut shutdown = pin!(shutdown);
    loop {
        // Watched before the time is read, so that no change is missed.
        let mut changes = clock.changes();
        let next = match deliver(&store, clock.business_now_ms()).await {
            Ok(next) => next,
            Err(StoreError::Closed) => return,
            Err(error) => {
                tracing::error!(%error, "messages cannot be delivered; trying again");
                tokio::select! {
                    () = &mut shutdown => return,
                    () = tokio::time::sleep(PAUSE) => continue,
                }
            }
        };
        let due = async {
            match next.and_then(|next| clock.real_time_until(next)) {
                Some(wait) => tokio::time::sleep(wait).await,
                // Nothing waits, or the clock stands still.
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = &mut shutdown => return,
            () = due => {}
            () = store.earlier_delivery(next) => {}
            () = changes.changed() => {}
        }
    }
}

/// Works off one batch of what is due at `now_ms` and says when the next message is due, which may be already.
async fn deliver(store: &Store, now_ms: i64) -> Result<Option<i64>, StoreError> {
    let due = store.due(now_ms, BATCH).await?;
    if !due.is_empty() {
        store.finish_deliveries(due.iter().map(outcome).collect()).await?;
    }
    store.next_due().await
}

/// What the simulator says of a message. It arrives, or fails, at the moment when it is due, however late the worker
/// comes to it.
fn outcome(due: &Due) -> DeliveryOutcome {
    let receipt =
        |delivered, word: &str| Receipt { delivered, word: word.to_owned(), at: due.due_ms.div_euclid(1000) };
    let receipt = match fate(&due.phone) {
        Fate::Delivered => Some(receipt(true, "DELIVRD")),
        Fate::Failed(word) => Some(receipt(false, word)),
        Fate::Silent => None,
    };
    DeliveryOutcome { id: due.id, receipt }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tcsms_store::{Limits, Location, MessageFilter, NewMessage, Refusal, SendBatch, Status};
    use tokio::sync::oneshot;

    use super::*;
    use crate::clock::{Business, Setting};

    const NOW: i64 = 1_795_575_600;

    async fn send(store: &Store, messages: &[(&str, i64)]) {
        let messages = messages.iter().map(|(phone, due_ms)| NewMessage {
            phone: (*phone).to_owned(),
            country_code: "86".to_owned(),
            iso: "CN".to_owned(),
            mainland: true,
            text: "【xxx】1".into(),
            params: Arc::new([]),
            code: None,
            segments: 1,
            refusal: None,
            due_ms: Some(*due_ms),
        });
        let batch = SendBatch {
            account: "dev".to_owned(),
            app: "1400787878".to_owned(),
            template: 1,
            sign: "xxx".to_owned(),
            extend_code: String::new(),
            sender_id: String::new(),
            session_context: String::new(),
            at: NOW,
            request_id: String::new(),
            limits: Arc::new(Limits::default()),
            spare_opted_out: false,
            serial_when_refused: false,
            refusal_of: |_| Refusal { code: String::new(), message: String::new() },
            messages: messages.collect(),
        };
        store.send(batch).await.unwrap();
    }

    /// Waits until so many messages have the status, or a while has passed; returns all messages.
    async fn wait_for(store: &Store, status: Status, count: usize) -> Vec<tcsms_store::Message> {
        let mut changes = store.changes();
        loop {
            let messages = store.messages(MessageFilter { limit: 100, ..Default::default() }).await.unwrap();
            if messages.iter().filter(|message| message.status() == status).count() >= count {
                return messages;
            }
            tokio::time::timeout(Duration::from_secs(20), changes.changed())
                .await
                .expect("a change")
                .unwrap();
        }
    }

    struct Running {
        store: Store,
        clock: Clock,
        stop: oneshot::Sender<()>,
        task: tokio::task::JoinHandle<()>,
    }

    fn start() -> Running {
        let store = Store::open(&Location::Memory).unwrap();
        let clock = Clock::frozen(NOW);
        let (stop, stopped) = oneshot::channel();
        let shutdown = async { stopped.await.unwrap_or_default() };
        let task = tokio::spawn(run(store.clone(), clock.clone(), shutdown));
        Running { store, clock, stop, task }
    }

    fn freeze(clock: &Clock, at: i64) {
        clock.set(Setting { business: Business::Frozen(at * 1000), signatures: false });
    }

    #[tokio::test]
    async fn what_is_due_is_reported_with_the_word_of_its_number() {
        let Running { store, stop, task, .. } = start();
        let at = NOW * 1000;
        send(&store, &[("+8613700009099", at), ("+8613700009001", at), ("+8613700000001", at)]).await;
        let messages = wait_for(&store, Status::Delivered, 1).await;
        let receipts: Vec<Option<Receipt>> = messages.into_iter().map(|message| message.receipt).collect();
        let receipt = |delivered, word: &str| Some(Receipt { delivered, word: word.to_owned(), at: NOW });
        assert_eq!(receipts, [None, receipt(false, "UNDELIV"), receipt(true, "DELIVRD")]);
        // The silent one is done with, too.
        assert_eq!(store.next_due().await.unwrap(), None);
        stop.send(()).unwrap();
        task.await.unwrap();
    }

    #[tokio::test]
    async fn setting_the_clock_wakes_the_worker() {
        let Running { store, clock, stop, task } = start();
        send(&store, &[("+8613700000001", (NOW + 86_400) * 1000)]).await;
        assert_eq!(store.next_due().await.unwrap(), Some((NOW + 86_400) * 1000));
        freeze(&clock, NOW + 86_399);
        send(&store, &[("+8613700000002", NOW * 1000)]).await;
        let messages = wait_for(&store, Status::Delivered, 1).await;
        assert_eq!(messages[0].status(), Status::Submitted, "not due for another second");
        freeze(&clock, NOW + 86_400);
        let messages = wait_for(&store, Status::Delivered, 2).await;
        assert_eq!(messages[0].receipt.as_ref().unwrap().at, NOW + 86_400);
        stop.send(()).unwrap();
        task.await.unwrap();
    }

    #[tokio::test]
    async fn work_that_is_due_sooner_does_not_wait_for_what_is_due_later() {
        let Running { store, stop, task, .. } = start();
        for round in 0..50 {
            send(&store, &[("+8613700000001", (NOW + 9000) * 1000), ("+8613700000002", NOW * 1000 - round)])
                .await;
        }
        let messages = wait_for(&store, Status::Delivered, 50).await;
        assert_eq!(messages.len(), 100);
        stop.send(()).unwrap();
        task.await.unwrap();
    }

    #[tokio::test]
    async fn a_running_clock_delivers_by_itself() {
        let Running { store, clock, stop, task } = start();
        clock.set(Setting::REAL);
        send(&store, &[("+8613700000001", clock.business_now_ms() + 30)]).await;
        wait_for(&store, Status::Delivered, 1).await;
        stop.send(()).unwrap();
        task.await.unwrap();
    }

    #[tokio::test]
    async fn a_closed_store_ends_the_worker() {
        let Running { store, clock, task, stop } = start();
        store.close().await;
        clock.set(Setting::REAL);
        task.await.unwrap();
        drop(stop);
    }
}
