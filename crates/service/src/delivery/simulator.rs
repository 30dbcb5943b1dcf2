//! The simulated carrier: the number decides what becomes of a message.
//!
//! The configuration's rules come first, then the special endings, and everything else arrives. A receipt that is due
//! when the message is handed over comes with the answer; one that is due later is remembered in the store, so that a
//! restart does not lose it. The delays of one message are the same however often it is handed over, so one that is
//! repeated after a crash has its receipts once.

use std::sync::Arc;
use std::time::Duration;

use tcsms_store::{Receipt, ReceiptFor, SimulatedReceipt, Store, StoreError};
use tokio::sync::Notify;

use super::carrier::{Arrived, Carrier, Doing, Outcome, ReceiptToken, Submission};
use super::endings::{Fate, fate};
use crate::clock::{Clocks, sleep};
use crate::config::{Delivery, Script, ScriptedFate};
use crate::faults::Faults;

/// So many receipts are given at a time.
const BATCH: usize = 500;
/// The pause after the store refused an operation.
const PAUSE: Duration = Duration::from_secs(1);

/// The carrier that exists only here.
pub(crate) struct Simulator {
    store: Store,
    clocks: Clocks,
    delivery: Delivery,
    faults: Arc<Faults>,
    /// Rung when receipts were remembered.
    planned: Notify,
}

impl Simulator {
    pub(crate) fn new(store: Store, clocks: Clocks, delivery: Delivery, faults: Arc<Faults>) -> Self {
        Self { store, clocks, delivery, faults, planned: Notify::new() }
    }

    /// What becomes of each of the messages.
    async fn scripts(&self, messages: &[Submission]) -> Result<Vec<Script>, StoreError> {
        let mut scripts: Vec<Script> = messages.iter().map(|message| self.script(&message.phone)).collect();
        if self.faults.touch_delivery() {
            for (script, message) in scripts.iter_mut().zip(messages) {
                // Only with faults it matters whose message it is.
                if let Some(recorded) = self.store.message_at(message.id).await?
                    && let Some(faulty) = self.faults.of_delivery(&recorded, message.attempt)
                {
                    *script = faulty;
                }
            }
        }
        Ok(scripts)
    }

    fn script(&self, phone: &str) -> Script {
        let fits =
            |rule: &&crate::config::DeliveryRule| rule.numbers.iter().any(|pattern| matches(pattern, phone));
        if let Some(rule) = self.delivery.rules.iter().find(fits) {
            return rule.script.clone();
        }
        let fate = match fate(phone) {
            Fate::Delivered => ScriptedFate::Delivered,
            Fate::Failed(word) => ScriptedFate::Failed(word.to_owned()),
            Fate::Silent => ScriptedFate::Silent,
        };
        Script { fate, ..Script::PLAIN }
    }

    /// Plays the script: what the carrier answers, and the receipts that come later.
    fn play(&self, message: &Submission, script: Script, later: &mut Vec<SimulatedReceipt>) -> Outcome {
        let is_lost = script.fate == ScriptedFate::MaybeSent;
        let (delivered, word) = match script.fate {
            ScriptedFate::Rejected(word) => return Outcome::Rejected { word },
            ScriptedFate::NotSent(attempts) if message.attempt <= attempts => {
                return Outcome::NotSent { reason: "the carrier cannot be reached".to_owned() };
            }
            ScriptedFate::Silent => return Outcome::Accepted { receipts: Vec::new() },
            ScriptedFate::Failed(word) => (false, word),
            ScriptedFate::Delivered | ScriptedFate::NotSent(_) | ScriptedFate::MaybeSent => {
                (true, "DELIVRD".to_owned())
            }
        };
        let more = script.delay.saturating_add(jitter(message.id, self.delivery.jitter));
        let due_ms = message.due_ms.saturating_add(i64::try_from(more.as_millis()).unwrap_or(i64::MAX));
        let receipt = Receipt { delivered, word, at: due_ms.div_euclid(1000) };
        if more.is_zero() && !is_lost {
            let copies = usize::try_from(script.copies).unwrap_or(1);
            return Outcome::Accepted { receipts: vec![receipt; copies] };
        }
        later.extend((0..script.copies).map(|copy| SimulatedReceipt {
            clock: message.clock,
            due_ms,
            row: message.id,
            copy,
            delivered: receipt.delivered,
            word: receipt.word.clone(),
        }));
        if is_lost {
            return Outcome::MaybeSent { reason: "the carrier did not answer in time".to_owned() };
        }
        Outcome::Accepted { receipts: Vec::new() }
    }

    async fn hand_over(&self, messages: &[Submission]) -> Result<Vec<Outcome>, StoreError> {
        let scripts = self.scripts(messages).await?;
        let mut later = Vec::new();
        let outcomes = messages
            .iter()
            .zip(scripts)
            .map(|(message, script)| self.play(message, script, &mut later))
            .collect();
        if !later.is_empty() {
            self.store.plan_receipts(later).await?;
            self.planned.notify_one();
        }
        Ok(outcomes)
    }

    /// The receipts that are due by any clock; when there are none, how long until one is.
    async fn due(&self) -> Result<Result<Vec<Arrived>, Option<Duration>>, StoreError> {
        let mut wait = None;
        for (number, clock) in self.clocks.all() {
            let Some(next) = self.store.next_planned(number).await? else { continue };
            let now_ms = clock.business_now_ms();
            if next <= now_ms {
                let due = self.store.planned_receipts(number, now_ms, BATCH).await?;
                return Ok(Ok(due.into_iter().map(arrived).collect()));
            }
            wait = wait.into_iter().chain(clock.real_time_until(next)).min();
        }
        Ok(Err(wait))
    }

    async fn wait_for_receipts(&self) -> Vec<Arrived> {
        loop {
            // Watched before the times are read, so that no change is missed.
            let mut changes = self.clocks.own().changes();
            let wait = match self.due().await {
                Ok(Ok(arrived)) => return arrived,
                Ok(Err(wait)) => wait,
                // Whoever waits for the receipts ends with the service.
                Err(StoreError::Closed) => return std::future::pending().await,
                Err(error) => {
                    tracing::error!(%error, "the simulator cannot read its receipts; trying again");
                    Some(PAUSE)
                }
            };
            tokio::select! {
                () = sleep(wait) => {}
                () = self.planned.notified() => {}
                () = changes.changed() => {}
            }
        }
    }
}

impl Carrier for Simulator {
    fn submit<'a>(&'a self, messages: &'a [Submission]) -> Doing<'a, Vec<Outcome>> {
        Box::pin(async move {
            match self.hand_over(messages).await {
                Ok(outcomes) => outcomes,
                Err(error) => {
                    let reason = error.to_string();
                    messages.iter().map(|_| Outcome::NotSent { reason: reason.clone() }).collect()
                }
            }
        })
    }

    fn receipts(&self) -> Doing<'_, Vec<Arrived>> {
        Box::pin(self.wait_for_receipts())
    }

    fn confirm(&self, receipts: Vec<Arrived>) -> Doing<'_, ()> {
        Box::pin(async move {
            let planned = receipts.into_iter().map(|Arrived { receipt, token }| SimulatedReceipt {
                clock: token.clock,
                due_ms: token.due_ms,
                row: receipt.row,
                copy: token.copy,
                delivered: receipt.receipt.delivered,
                word: receipt.receipt.word,
            });
            if let Err(error) = self.store.forget_planned(planned.collect()).await {
                tracing::error!(%error, "the simulator cannot forget receipts; they will come again");
            }
        })
    }

    fn knows_repeats(&self) -> bool {
        true
    }
}

fn arrived(planned: SimulatedReceipt) -> Arrived {
    let SimulatedReceipt { clock, due_ms, row, copy, delivered, word } = planned;
    let receipt = Receipt { delivered, word, at: due_ms.div_euclid(1000) };
    Arrived { receipt: ReceiptFor { row, receipt }, token: ReceiptToken { clock, due_ms, copy } }
}

/// Whether the number has the form of the pattern, in which `*` stands for any digits.
pub(crate) fn matches(pattern: &str, number: &str) -> bool {
    let Some((before, rest)) = pattern.split_once('*') else { return pattern == number };
    let Some(number) = number.strip_prefix(before) else { return false };
    // The first star takes as little as lets the rest fit.
    (0..=number.len()).any(|skipped| number.get(skipped..).is_some_and(|tail| matches(rest, tail)))
}

/// A time between nothing and `most` that belongs to this message.
fn jitter(message: i64, most: Duration) -> Duration {
    let most = u64::try_from(most.as_millis()).unwrap_or(u64::MAX);
    match most {
        0 => Duration::ZERO,
        _ => Duration::from_millis(fastrand::Rng::with_seed(message.unsigned_abs()).u64(0..=most)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_numbers() {
        for (pattern, number, expected) in [
            ("+8613700000001", "+8613700000001", true),
            ("+8613700000001", "+86137000000012", false),
            ("*7777", "+8613700007777", true),
            ("*7777", "+8613700007778", false),
            ("+86*", "+8613700007778", true),
            ("+86*", "+85261234567", false),
            ("+86137*7778", "+8613700007778", true),
            ("*137*78", "+8613700007778", true),
            ("*", "", true),
            ("**1", "1", true),
        ] {
            assert_eq!(matches(pattern, number), expected, "{pattern} {number}");
        }
    }

    #[test]
    fn jitter_belongs_to_the_message_and_stays_below_the_most() {
        assert_eq!(jitter(1, Duration::ZERO), Duration::ZERO);
        let most = Duration::from_millis(50);
        let all: Vec<Duration> = (0..100).map(|message| jitter(message, most)).collect();
        assert!(all.iter().all(|jitter| *jitter <= most));
        assert!(all.iter().min() < all.iter().max());
        assert_eq!(jitter(5, most), all[5]);
    }
}
