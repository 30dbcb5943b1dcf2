//! From "accepted" to "reported": the work of the carriers, their receipts, and the queues they are pulled from.
//!
//! A piece of work stays in the table until its end is recorded, in the same transaction as the receipt. Whoever takes
//! it writes the number of its start of the service beside it first. The file is locked, so work that carries another
//! number was taken by a start that has ended without recording what came of it: it is handed out again, marked as
//! interrupted, and only one that takes it now can record its end.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::error::{Fault, StoreError, at_most};
use crate::model::{Receipt, Report};
use crate::store::Store;
use crate::work::{
    DeliveryEnd, DeliveryId, DeliveryOutcome, Due, Phase, Progress, ReceiptFor, ReportSource, Waiting,
};
use crate::writer::{Db, find_app};

impl Store {
    /// Takes at most `limit` messages into work that are due at `now_ms` by this clock (milliseconds of its business
    /// time), the longest due first.
    ///
    /// They are not handed out again until [`Store::finish_deliveries`] is told what became of them, or the process
    /// ends without having said it.
    pub async fn claim_due(&self, clock: i64, now_ms: i64, limit: usize) -> Result<Vec<Due>, StoreError> {
        self.write(limit, move |db| claim(db, clock, now_ms, limit)).await
    }

    /// When the next message is due by this clock, in milliseconds of its business time; `None` when none waits.
    /// Messages that are taken into work do not count.
    ///
    /// [`Store::earlier_delivery`] tells when this has changed since [`Store::watch_deliveries`].
    pub async fn next_due(&self, clock: i64) -> Result<Option<i64>, StoreError> {
        let epoch = self.epoch();
        self.read(move |conn| {
            Ok(conn
                .prepare_cached(
                    "SELECT due_ms FROM delivery WHERE clock = ?1 AND epoch <> ?2 ORDER BY due_ms LIMIT 1",
                )?
                .query_row((clock, epoch), |row| row.get(0))
                .optional()?)
        })
        .await
    }

    /// From here on, what is queued is announced to [`Store::earlier_delivery`]. To be called before asking what is
    /// due, so that nothing is missed between the question and the wait.
    pub fn watch_deliveries(&self) {
        self.news().earliest_due.send_if_modified(|earliest| {
            *earliest = i64::MAX;
            false
        });
    }

    /// Waits until a message is queued that is due before `next`, the answer of [`Store::next_due`] for the clock 0; a
    /// message of another clock always counts as earlier.
    pub async fn earlier_delivery(&self, next: Option<i64>) {
        let next = next.unwrap_or(i64::MAX);
        // The sender lives as long as the store, so waiting cannot fail.
        let _ = self.news().earliest_due.subscribe().wait_for(|earliest| *earliest < next).await;
    }

    /// Records what the carrier did and takes the messages out of work. Receipts go to the queues of their app in the
    /// order given.
    ///
    /// Returns for each outcome whether it was news: one whose work is done already, was taken by another start, or is
    /// gone, is ignored.
    pub async fn finish_deliveries(&self, outcomes: Vec<DeliveryOutcome>) -> Result<Vec<bool>, StoreError> {
        self.write(outcomes.len(), move |db| {
            outcomes.iter().map(|outcome| finish(db, outcome)).collect::<Result<Vec<_>, _>>()
        })
        .await
    }

    /// Records receipts that came later than the carrier's answer, or that a person sets. They go to the queues of
    /// their app in the order given; the last one says what became of the message, but a carrier's never replaces a
    /// person's.
    ///
    /// Returns for each whether it was recorded: one of a message that is gone is not, nor one that a person's bars.
    pub async fn record_receipts(
        &self,
        receipts: Vec<ReceiptFor>,
        source: ReportSource,
    ) -> Result<Vec<bool>, StoreError> {
        self.write(receipts.len(), move |db| {
            receipts
                .iter()
                .map(|ReceiptFor { row, receipt }| record(db, *row, receipt, source))
                .collect::<Result<Vec<_>, _>>()
        })
        .await
    }

    /// What the message waits for; `None` when it does not exist, was refused, or has its receipt.
    pub async fn waiting(&self, row: i64) -> Result<Option<Waiting>, StoreError> {
        let epoch = self.epoch();
        self.read(move |conn| waiting(conn, row, epoch)).await
    }

    /// Takes at most `limit` reports out of the app's pull queue, oldest first. Each report is handed out once, even
    /// to callers that pull at the same time.
    pub async fn pull_reports(
        &self,
        account: &str,
        app: &str,
        limit: usize,
    ) -> Result<Vec<Report>, StoreError> {
        let (account, app) = (account.to_owned(), app.to_owned());
        self.write(limit, move |db| match find_app(&db.conn, &account, &app)? {
            Some(app) => pull(&db.conn, app, limit),
            None => Ok(Vec::new()),
        })
        .await
    }
}

fn claim(db: &mut Db, clock: i64, now_ms: i64, limit: usize) -> Result<Vec<Due>, Fault> {
    let mut due = Vec::new();
    let mut gone = Vec::new();
    {
        let mut statement = db.conn.prepare_cached(
            "SELECT due_ms, delivery.message, epoch, attempt, held, phone, text, segments,
                held AND EXISTS (SELECT 1 FROM receipt WHERE receipt.message = delivery.message)
             FROM delivery LEFT JOIN message ON message.id = delivery.message
             WHERE clock = ?1 AND due_ms <= ?2 AND epoch <> ?3 ORDER BY due_ms, delivery.message LIMIT ?4",
        )?;
        let mut rows = statement.query((clock, now_ms, db.epoch, at_most(limit)))?;
        while let Some(row) = rows.next()? {
            let id = DeliveryId { clock, due_ms: row.get(0)?, row: row.get(1)? };
            // The message was removed, or the receipt that a held one waited for has come.
            let (Some(phone), false) = (row.get(5)?, row.get(8)?) else {
                gone.push(id);
                continue;
            };
            let held: bool = row.get(4)?;
            due.push(Due {
                id,
                due_ms: id.due_ms,
                interrupted: row.get::<_, i64>(2)? != 0 && !held,
                attempt: row.get::<_, u32>(3)? + 1,
                held,
                phone,
                text: row.get(6)?,
                segments: row.get(7)?,
            });
        }
    }
    for id in gone {
        remove(&db.conn, id)?;
    }
    let mut statement = db.conn.prepare_cached(
        "UPDATE delivery SET epoch = ?4, attempt = attempt + 1 WHERE clock = ?1 AND due_ms = ?2 AND message = ?3",
    )?;
    for Due { id, .. } in &due {
        statement.execute((id.clock, id.due_ms, id.row, db.epoch))?;
    }
    Ok(due)
}

fn remove(conn: &Connection, id: DeliveryId) -> Result<(), Fault> {
    conn.prepare_cached("DELETE FROM delivery WHERE clock = ?1 AND due_ms = ?2 AND message = ?3")?
        .execute((id.clock, id.due_ms, id.row))?;
    Ok(())
}

fn finish(db: &mut Db, outcome: &DeliveryOutcome) -> Result<bool, Fault> {
    let DeliveryOutcome { id, end } = outcome;
    let attempt: Option<i64> = db
        .conn
        .prepare_cached(
            "DELETE FROM delivery WHERE clock = ?1 AND due_ms = ?2 AND message = ?3 AND epoch = ?4 RETURNING attempt",
        )?
        .query_row((id.clock, id.due_ms, id.row, db.epoch), |row| row.get(0))
        .optional()?;
    let Some(attempt) = attempt else { return Ok(false) };
    match end {
        DeliveryEnd::Receipts(receipts) => {
            for receipt in receipts {
                record(db, id.row, receipt, ReportSource::Carrier)?;
            }
            // The plain way leaves no trace but the receipt.
            if receipts.is_empty() || attempt > 1 {
                note(&db.conn, id.row, Phase::WithCarrier, attempt, "", None)?;
            }
        }
        DeliveryEnd::Later { due_ms, reason } => {
            queue_again(db, *id, *due_ms, attempt, false)?;
            note(&db.conn, id.row, Phase::Retrying, attempt, reason, Some(*due_ms))?;
        }
        DeliveryEnd::Held { until_ms, reason } => {
            queue_again(db, *id, *until_ms, attempt, true)?;
            note(&db.conn, id.row, Phase::Held, attempt, reason, Some(*until_ms))?;
        }
    }
    Ok(true)
}

fn queue_again(db: &mut Db, id: DeliveryId, due_ms: i64, attempt: i64, held: bool) -> Result<(), Fault> {
    db.conn
        .prepare_cached(
            "INSERT INTO delivery (clock, due_ms, message, epoch, attempt, held) VALUES (?1, ?2, ?3, 0, ?4, ?5)",
        )?
        .execute((id.clock, due_ms, id.row, attempt, held))?;
    db.announce_delivery(id.clock, due_ms);
    Ok(())
}

fn note(
    conn: &Connection,
    row: i64,
    phase: Phase,
    attempts: i64,
    reason: &str,
    next_ms: Option<i64>,
) -> Result<(), Fault> {
    conn.prepare_cached(
        "INSERT OR REPLACE INTO progress (message, phase, attempts, reason, next_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((row, phase.code(), attempts, reason, next_ms))?;
    Ok(())
}

/// Records one receipt and queues its report.
fn record(db: &mut Db, row: i64, receipt: &Receipt, source: ReportSource) -> Result<bool, Fault> {
    let owner: Option<(i64, i64, bool)> = db
        .conn
        .prepare_cached(
            "SELECT app, message.at, pushed FROM message JOIN app ON app.id = message.app
             WHERE message.id = ?1 AND refusal_code IS NULL",
        )?
        .query_row([row], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((app, sent_at, pushed)) = owner else { return Ok(false) };
    let by_hand = source == ReportSource::Person;
    let is_first = db
        .conn
        .prepare_cached(
            "INSERT INTO receipt (message, delivered, word, at, by_hand) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (message) DO NOTHING",
        )?
        .execute((row, receipt.delivered, &receipt.word, receipt.at, by_hand))?
        > 0;
    if !is_first {
        let (before, was_by_hand) = db
            .conn
            .prepare_cached("SELECT delivered, word, at, by_hand FROM receipt WHERE message = ?1")?
            .query_row([row], |row| {
                let before = Receipt { delivered: row.get(0)?, word: row.get(1)?, at: row.get(2)? };
                Ok((before, row.get::<_, bool>(3)?))
            })?;
        if was_by_hand && !by_hand {
            return Ok(false);
        }
        db.conn
            .prepare_cached(
                "UPDATE receipt SET delivered = ?2, word = ?3, at = ?4, by_hand = ?5 WHERE message = ?1",
            )?
            .execute((row, receipt.delivered, &receipt.word, receipt.at, by_hand))?;
        // A message counts once, by the last word on it.
        db.hours.take_receipt_back(app, sent_at, &before);
    }
    db.hours.add_receipt(app, sent_at, receipt);
    let place = db.take_place();
    db.conn
        .prepare_cached("INSERT INTO report (app, place, message) VALUES (?1, ?2, ?3)")?
        .execute((app, place, row))?;
    if pushed {
        db.conn
            .prepare_cached("INSERT INTO push_item (app, place, message) VALUES (?1, ?2, ?3)")?
            .execute((app, place, row))?;
        db.announce_push();
    }
    db.announce_messages();
    Ok(true)
}

fn waiting(conn: &Connection, row: i64, epoch: i64) -> Result<Option<Waiting>, Fault> {
    let message: Option<(i64, i64)> = conn
        .prepare_cached(
            "SELECT clock, message.at FROM message JOIN app ON app.id = message.app
             WHERE message.id = ?1 AND refusal_code IS NULL AND NOT EXISTS
                (SELECT 1 FROM receipt WHERE receipt.message = message.id)",
        )?
        .query_row([row], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((clock, at)) = message else { return Ok(None) };
    let noted = conn
        .prepare_cached("SELECT phase, attempts, reason, next_ms FROM progress WHERE message = ?1")?
        .query_row([row], |row| {
            let code = row.get(0)?;
            let phase = Phase::from_code(code).ok_or(rusqlite::Error::IntegralValueOutOfRange(0, code))?;
            Ok(Progress { phase, attempts: row.get(1)?, reason: row.get(2)?, next_ms: row.get(3)? })
        })
        .optional()?;
    if let Some(noted) = noted {
        return Ok(Some(Waiting::Noted(noted)));
    }
    // Its work is among what became due after the message arrived.
    let queued: Option<(i64, i64)> = conn
        .prepare_cached(
            "SELECT due_ms, epoch FROM delivery WHERE clock = ?1 AND due_ms >= ?2 AND message = ?3 LIMIT 1",
        )?
        .query_row((clock, at.saturating_mul(1000), row), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(Some(match queued {
        Some((_, taken_by)) if taken_by == epoch => Waiting::UnderWay,
        Some((due_ms, _)) => Waiting::Queued { due_ms },
        None => Waiting::NotQueued,
    }))
}

/// The columns that [`read_report`] reads, from the second on.
pub(crate) const REPORT_COLUMNS: &str =
    "serial, phone, country_code, session_context, message.at, delivered, word, receipt.at";

pub(crate) fn read_report(row: &Row<'_>) -> Result<Report, rusqlite::Error> {
    Ok(Report {
        serial: row.get(1)?,
        phone: row.get(2)?,
        country_code: row.get(3)?,
        session_context: row.get(4)?,
        sent_at: row.get(5)?,
        receipt: Receipt { delivered: row.get(6)?, word: row.get(7)?, at: row.get(8)? },
    })
}

fn pull(conn: &Connection, app: i64, limit: usize) -> Result<Vec<Report>, Fault> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT place, {REPORT_COLUMNS}
         FROM report JOIN message ON message.id = report.message JOIN receipt ON receipt.message = report.message
         WHERE report.app = ?1 ORDER BY place LIMIT ?2"
    ))?;
    let mut last_place = None;
    let mut reports = Vec::new();
    let mut rows = statement.query((app, at_most(limit)))?;
    while let Some(row) = rows.next()? {
        last_place = Some(row.get::<_, i64>(0)?);
        reports.push(read_report(row)?);
    }
    drop(rows);
    if let Some(last_place) = last_place {
        conn.prepare_cached("DELETE FROM report WHERE app = ?1 AND place <= ?2")?
            .execute((app, last_place))?;
    }
    Ok(reports)
}
