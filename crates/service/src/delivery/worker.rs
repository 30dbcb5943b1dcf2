//! The tasks that hand messages to the carrier when they are due, and record its answers and receipts.
//!
//! They have no rhythm of their own: they sleep until the next message is due, and wake early when one is queued that is
//! due sooner, or when a clock is set.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tcsms_store::{DeliveryEnd, DeliveryOutcome, Due, Receipt, ReportSource, Store, StoreError};

use super::carrier::{Arrived, Carrier, Outcome, Submission};
use crate::clock::{Clock, Clocks, sleep};
use crate::events::{Event, Events};
use crate::metrics::Metrics;

/// So many messages are handed over together.
const BATCH: usize = 2000;
/// The pause after the store refused an operation, for example because the disk is full.
const PAUSE: Duration = Duration::from_secs(1);

/// A carrier that has not taken the message after so many attempts is not asked again (our choice).
const ATTEMPTS_MAX: u32 = 10;
/// The time until the second attempt; it doubles with each.
const RETRY_FIRST_MS: i64 = 1000;
const RETRY_MOST_MS: i64 = 60_000;
/// How long a receipt is waited for when nobody knows whether the carrier has the message: as long as carriers try to
/// reach a phone.
const HOLD_MS: i64 = 72 * 3600 * 1000;

/// Hands messages over.
pub(crate) struct Worker {
    pub(crate) store: Store,
    pub(crate) clocks: Clocks,
    pub(crate) carrier: Arc<dyn Carrier>,
    pub(crate) events: Events,
    pub(crate) metrics: Arc<Metrics>,
}

impl Worker {
    /// Delivers until `shutdown` resolves or the store is closed. A batch under way is recorded before this returns;
    /// what is not due yet waits in the store for the next start.
    pub(crate) async fn run(self, shutdown: impl Future<Output = ()>) {
        let mut shutdown = pin!(shutdown);
        loop {
            // Watched before the times are read, so that no change is missed.
            let mut changes = self.clocks.own().changes();
            self.store.watch_deliveries();
            let Wait { own, wait } = match self.deliver().await {
                Ok(wait) => wait,
                Err(StoreError::Closed) => return,
                Err(error) => {
                    tracing::error!(%error, "messages cannot be delivered; trying again");
                    tokio::select! {
                        () = &mut shutdown => return,
                        () = tokio::time::sleep(PAUSE) => continue,
                    }
                }
            };
            tokio::select! {
                biased;
                () = &mut shutdown => return,
                () = sleep(wait) => {}
                () = self.store.earlier_delivery(own) => {}
                () = changes.changed() => {}
            }
        }
    }

    /// Works off one batch of every clock that has work due.
    async fn deliver(&self) -> Result<Wait, StoreError> {
        let mut own = None;
        let mut wait = None;
        for (number, clock) in self.clocks.all() {
            let mut next = self.store.next_due(number).await?;
            if next.is_some_and(|next| next <= clock.business_now_ms()) {
                self.batch(number, &clock).await?;
                next = self.store.next_due(number).await?;
            }
            let until = next.and_then(|next| clock.real_time_until(next));
            wait = wait.into_iter().chain(until).min();
            if number == Clocks::OWN {
                own = next;
            }
        }
        Ok(Wait { own, wait })
    }

    async fn batch(&self, number: i64, clock: &Clock) -> Result<(), StoreError> {
        let now_ms = clock.business_now_ms();
        let due = self.store.claim_due(number, now_ms, BATCH).await?;
        let mut outcomes = Vec::with_capacity(due.len());
        let (mut submissions, mut submitted) = (Vec::new(), Vec::new());
        for one in &due {
            match self.without_submission(one, now_ms) {
                Some(end) => outcomes.push(DeliveryOutcome { id: one.id, end }),
                None => {
                    submissions.push(submission(one));
                    submitted.push(one);
                }
            }
        }
        if !submissions.is_empty() {
            for Submission { id, attempt, phone, .. } in &submissions {
                tracing::debug!(message = id, attempt, phone = %Masked(phone), "handed to the carrier");
            }
            let mut answers = self.carrier.submit(&submissions).await.into_iter();
            for one in submitted {
                let unanswered =
                    || Outcome::MaybeSent { reason: "the carrier's answer is missing".to_owned() };
                let end = self.end(one, answers.next().unwrap_or_else(unanswered), now_ms);
                outcomes.push(DeliveryOutcome { id: one.id, end });
            }
        }
        let reported: Vec<i64> = outcomes
            .iter()
            .filter(|one| matches!(&one.end, DeliveryEnd::Receipts(receipts) if !receipts.is_empty()))
            .map(|one| one.id.row())
            .collect();
        // The carrier has been asked: what it said must not be lost, however long the store refuses it.
        let news = loop {
            match self.store.finish_deliveries(outcomes.clone()).await {
                Ok(news) => break news,
                Err(StoreError::Closed) => return Err(StoreError::Closed),
                Err(error) => {
                    tracing::error!(%error, "answers of the carrier cannot be recorded; trying again");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        };
        let recorded = outcomes.iter().zip(news).filter(|(_, new)| *new);
        self.metrics.reported(
            recorded
                .flat_map(|(outcome, _)| match &outcome.end {
                    DeliveryEnd::Receipts(receipts) => receipts.as_slice(),
                    _ => &[],
                })
                .map(|receipt| receipt.delivered),
        );
        self.events.publish_all(reported.into_iter().map(Event::Receipt));
        Ok(())
    }

    /// How the work ends when the message must not be handed over.
    fn without_submission(&self, due: &Due, now_ms: i64) -> Option<DeliveryEnd> {
        if due.held {
            self.metrics.delivered("unknown");
            return Some(given_up("UNKNOWN", now_ms));
        }
        if !due.interrupted {
            return None;
        }
        self.metrics.interrupted();
        if self.carrier.knows_repeats() {
            return None;
        }
        let reason =
            "the service ended while the carrier was asked; a receipt will show whether it has the message";
        Some(DeliveryEnd::Held { until_ms: now_ms.saturating_add(HOLD_MS), reason: reason.to_owned() })
    }

    /// What an answer of the carrier means.
    fn end(&self, due: &Due, outcome: Outcome, now_ms: i64) -> DeliveryEnd {
        match outcome {
            Outcome::Accepted { receipts } => {
                self.metrics.delivered("accepted");
                DeliveryEnd::Receipts(receipts)
            }
            Outcome::Rejected { word } => {
                self.metrics.delivered("rejected");
                given_up(&word, now_ms)
            }
            Outcome::NotSent { .. } if due.attempt >= ATTEMPTS_MAX => {
                self.metrics.delivered("given_up");
                // The documented word for a carrier that cannot be reached.
                given_up("COMFAIL", now_ms)
            }
            Outcome::NotSent { reason } => {
                self.metrics.delivered("not_sent");
                let pause = RETRY_FIRST_MS << due.attempt.saturating_sub(1).min(16);
                DeliveryEnd::Later { due_ms: now_ms.saturating_add(pause.min(RETRY_MOST_MS)), reason }
            }
            Outcome::MaybeSent { reason } => {
                self.metrics.delivered("maybe_sent");
                DeliveryEnd::Held { until_ms: now_ms.saturating_add(HOLD_MS), reason }
            }
        }
    }
}

/// A number for the log: enough to tell numbers apart, not enough to call one.
struct Masked<'a>(&'a str);

impl fmt::Display for Masked<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden_from = self.0.len().saturating_sub(8).min(6);
        match (self.0.get(..hidden_from), self.0.len().checked_sub(4).and_then(|last| self.0.get(last..))) {
            (Some(first), Some(last)) if self.0.len() > 8 => write!(formatter, "{first}****{last}"),
            _ => formatter.write_str("****"),
        }
    }
}

/// When there is something to do again.
struct Wait {
    /// The next due time by the service's own clock.
    own: Option<i64>,
    /// How long until the first of all clocks; `None` when nothing waits or the clocks stand still.
    wait: Option<Duration>,
}

fn submission(due: &Due) -> Submission {
    Submission {
        id: due.id.row(),
        clock: due.id.clock(),
        due_ms: due.due_ms,
        attempt: due.attempt,
        phone: due.phone.clone(),
        text: due.text.clone(),
        segments: due.segments,
    }
}

fn given_up(word: &str, now_ms: i64) -> DeliveryEnd {
    DeliveryEnd::Receipts(vec![Receipt {
        delivered: false,
        word: word.to_owned(),
        at: now_ms.div_euclid(1000),
    }])
}

/// Records receipts that come later than the carrier's answer, until `shutdown` resolves or the store is closed.
pub(crate) async fn receive(
    store: Store,
    carrier: Arc<dyn Carrier>,
    events: Events,
    metrics: Arc<Metrics>,
    shutdown: impl Future<Output = ()>,
) {
    let mut shutdown = pin!(shutdown);
    loop {
        let arrived: Vec<Arrived> = tokio::select! {
            biased;
            () = &mut shutdown => return,
            arrived = carrier.receipts() => arrived,
        };
        let receipts = arrived.iter().map(|one| one.receipt.clone()).collect();
        match store.record_receipts(receipts, ReportSource::Carrier).await {
            Ok(recorded) => {
                let recorded = arrived.iter().zip(recorded).filter(|(_, recorded)| *recorded);
                metrics.reported(recorded.map(|(one, _)| one.receipt.receipt.delivered));
                events.publish_all(arrived.iter().map(|one| Event::Receipt(one.receipt.row)));
                carrier.confirm(arrived).await;
            }
            Err(StoreError::Closed) => return,
            Err(error) => {
                tracing::error!(%error, "receipts cannot be recorded; trying again");
                tokio::select! {
                    () = &mut shutdown => return,
                    () = tokio::time::sleep(PAUSE) => {}
                }
            }
        }
    }
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

    fn carrier(store: &Store, clocks: &Clocks) -> Arc<dyn Carrier> {
        let delivery = crate::config::Delivery::default();
        Arc::new(super::super::Simulator::new(store.clone(), clocks.clone(), delivery, Arc::default()))
    }

    fn worker(store: &Store, clocks: &Clocks, carrier: Arc<dyn Carrier>) -> Worker {
        Worker {
            store: store.clone(),
            clocks: clocks.clone(),
            carrier,
            events: Events::default(),
            metrics: Arc::default(),
        }
    }

    fn start() -> Running {
        let store = Store::open(&Location::Memory).unwrap();
        let clock = Clock::frozen(NOW);
        let (stop, stopped) = oneshot::channel();
        let shutdown = async { stopped.await.unwrap_or_default() };
        let task = {
            let clocks = Clocks::new(clock.clone());
            let carrier = carrier(&store, &clocks);
            tokio::spawn(worker(&store, &clocks, carrier).run(shutdown))
        };
        Running { store, clock, stop, task }
    }

    fn freeze(clock: &Clock, at: i64) {
        clock.set(Setting { business: Business::Frozen(at * 1000), signatures: false });
    }

    #[test]
    fn numbers_are_masked() {
        for (number, expected) in [
            ("+8613700000001", "+86137****0001"),
            ("+85261234567", "+852****4567"),
            ("+86137000", "+****7000"),
            ("12345678", "****"),
            ("", "****"),
            ("一二三", "****"),
        ] {
            assert_eq!(Masked(number).to_string(), expected);
        }
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
        assert_eq!(store.next_due(0).await.unwrap(), None);
        assert!(matches!(
            store.waiting(1).await.unwrap(),
            Some(tcsms_store::Waiting::Noted(noted)) if noted.phase == tcsms_store::Phase::WithCarrier
        ));
        stop.send(()).unwrap();
        task.await.unwrap();
    }

    #[tokio::test]
    async fn setting_the_clock_wakes_the_worker() {
        let Running { store, clock, stop, task } = start();
        send(&store, &[("+8613700000001", (NOW + 86_400) * 1000)]).await;
        assert_eq!(store.next_due(0).await.unwrap(), Some((NOW + 86_400) * 1000));
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

    /// A carrier that gives the same answer to everything and knows no repeats.
    struct Fixed {
        answer: Outcome,
        asked: std::sync::Mutex<Vec<(i64, u32)>>,
    }

    impl Carrier for Fixed {
        fn submit<'a>(
            &'a self,
            messages: &'a [Submission],
        ) -> super::super::carrier::Doing<'a, Vec<Outcome>> {
            let asked = messages.iter().map(|message| (message.id, message.attempt));
            self.asked.lock().unwrap().extend(asked);
            Box::pin(async move { vec![self.answer.clone(); messages.len()] })
        }

        fn receipts(&self) -> super::super::carrier::Doing<'_, Vec<Arrived>> {
            Box::pin(std::future::pending())
        }

        fn confirm(&self, _: Vec<Arrived>) -> super::super::carrier::Doing<'_, ()> {
            Box::pin(async {})
        }

        fn knows_repeats(&self) -> bool {
            false
        }
    }

    /// Works off what is due at each of these seconds after [`NOW`], with a carrier that answers so.
    async fn play(answer: Outcome, seconds: &[i64]) -> (Store, Vec<(i64, u32)>) {
        let store = Store::open(&Location::Memory).unwrap();
        let clocks = Clocks::new(Clock::frozen(NOW));
        let carrier = Arc::new(Fixed { answer, asked: std::sync::Mutex::default() });
        let worker = worker(&store, &clocks, Arc::clone(&carrier) as Arc<dyn Carrier>);
        send(&store, &[("+8613700000001", NOW * 1000)]).await;
        for second in seconds {
            freeze(clocks.own(), NOW + second);
            worker.deliver().await.unwrap();
        }
        let asked = carrier.asked.lock().unwrap().clone();
        (store, asked)
    }

    #[tokio::test]
    async fn what_was_certainly_not_sent_is_tried_again_ever_later_and_then_given_up() {
        let not_sent = Outcome::NotSent { reason: "no connection".to_owned() };
        let (store, asked) = play(not_sent.clone(), &[0, 0, 1, 2, 3]).await;
        assert_eq!(asked, [(1, 1), (1, 2), (1, 3)], "after one second and after two more");
        assert_eq!(store.next_due(0).await.unwrap(), Some((NOW + 3 + 4) * 1000));
        let hours: Vec<i64> = (0..20).map(|hour| hour * 3600).collect();
        let (store, asked) = play(not_sent, &hours).await;
        assert_eq!(asked.len(), 10);
        let messages = store.messages(MessageFilter { limit: 1, ..Default::default() }).await.unwrap();
        assert_eq!(messages[0].receipt.as_ref().unwrap().word, "COMFAIL");
    }

    #[tokio::test]
    async fn what_may_have_been_sent_is_never_sent_again_and_given_up_after_three_days() {
        let maybe = Outcome::MaybeSent { reason: "no answer".to_owned() };
        let (store, asked) = play(maybe.clone(), &[0, 3600, 71 * 3600]).await;
        assert_eq!(asked, [(1, 1)]);
        assert_eq!(store.next_due(0).await.unwrap(), Some((NOW + 72 * 3600) * 1000));
        let (store, asked) = play(maybe, &[0, 72 * 3600]).await;
        assert_eq!(asked, [(1, 1)]);
        let messages = store.messages(MessageFilter { limit: 1, ..Default::default() }).await.unwrap();
        assert_eq!(messages[0].receipt.as_ref().unwrap().word, "UNKNOWN");
    }

    #[tokio::test]
    async fn a_refusal_is_the_last_word() {
        let (store, asked) = play(Outcome::Rejected { word: "REJECTD".to_owned() }, &[0, 1]).await;
        assert_eq!(asked, [(1, 1)]);
        let messages = store.messages(MessageFilter { limit: 1, ..Default::default() }).await.unwrap();
        assert_eq!(messages[0].status(), Status::Failed);
    }

    #[tokio::test]
    async fn what_was_cut_off_is_handed_over_again_only_to_a_carrier_that_knows_repeats() {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::File(folder.path().join("sms.db"));
        let store = Store::open(&location).unwrap();
        send(&store, &[("+8613700000001", NOW * 1000)]).await;
        store.claim_due(0, NOW * 1000, 10).await.unwrap();
        store.close().await;

        let store = Store::open(&location).unwrap();
        let clocks = Clocks::new(Clock::frozen(NOW));
        let accepted = Outcome::Accepted { receipts: Vec::new() };
        let forgetful = Arc::new(Fixed { answer: accepted, asked: std::sync::Mutex::default() });
        worker(&store, &clocks, Arc::clone(&forgetful) as Arc<dyn Carrier>).deliver().await.unwrap();
        assert!(forgetful.asked.lock().unwrap().is_empty(), "the phone may have it");
        assert!(matches!(
            store.waiting(1).await.unwrap(),
            Some(tcsms_store::Waiting::Noted(noted)) if noted.phase == tcsms_store::Phase::Held
        ));
        store.close().await;

        let store = Store::open(&location).unwrap();
        send(&store, &[("+8613700000002", NOW * 1000)]).await;
        store.claim_due(0, NOW * 1000, 10).await.unwrap();
        store.close().await;
        let store = Store::open(&location).unwrap();
        worker(&store, &clocks, carrier(&store, &clocks)).deliver().await.unwrap();
        let messages = wait_for(&store, Status::Delivered, 1).await;
        assert_eq!(messages[1].status(), Status::Delivered);
        store.close().await;
    }
}
