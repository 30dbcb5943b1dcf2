//! From "accepted" to "reported": the work of the carriers, their receipts, and the queues they are pulled from.
//!
//! A piece of work stays in the table until its outcome is recorded, in the same transaction. So a crash between the
//! carrier's answer and the record repeats that one step, and an outcome that arrives twice, or after the message was
//! removed, changes nothing.

use rusqlite::{Connection, Row};

use crate::error::{Fault, StoreError, at_most};
use crate::model::{DeliveryId, DeliveryOutcome, Due, Receipt, Report};
use crate::store::Store;
use crate::writer::{Db, find_app};

impl Store {
    /// At most `limit` messages that are due at `now_ms` (milliseconds of business time), the longest due first.
    ///
    /// They stay due until [`Store::finish_deliveries`] is told what became of them. One worker may ask at a time.
    pub async fn due(&self, now_ms: i64, limit: usize) -> Result<Vec<Due>, StoreError> {
        self.read(move |conn| {
            let mut statement = conn.prepare_cached(
                "SELECT due_ms, message, phone FROM delivery JOIN message ON message.id = delivery.message
                 WHERE due_ms <= ?1 ORDER BY due_ms, message LIMIT ?2",
            )?;
            let rows = statement.query_map((now_ms, at_most(limit)), |row| {
                let id = DeliveryId { due_ms: row.get(0)?, row: row.get(1)? };
                Ok(Due { id, due_ms: id.due_ms, phone: row.get(2)? })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// When the next message is due, in milliseconds of business time; `None` when none waits.
    ///
    /// [`Store::earlier_delivery`] tells when this has changed since.
    pub async fn next_due(&self) -> Result<Option<i64>, StoreError> {
        // Before the question, so that what is queued from here on is either found or announced.
        self.news().earliest_due.send_if_modified(|earliest| {
            *earliest = i64::MAX;
            false
        });
        self.read(|conn| {
            Ok(conn.prepare_cached("SELECT min(due_ms) FROM delivery")?.query_row([], |row| row.get(0))?)
        })
        .await
    }

    /// Waits until a message is queued that is due before `next`, the answer of [`Store::next_due`].
    pub async fn earlier_delivery(&self, next: Option<i64>) {
        let next = next.unwrap_or(i64::MAX);
        // The sender lives as long as the store, so waiting cannot fail.
        let _ = self.news().earliest_due.subscribe().wait_for(|earliest| *earliest < next).await;
    }

    /// Records what the carrier did and takes the messages off the list of what is due. Receipts go to the pull queue
    /// of their app in the order given.
    ///
    /// Returns how many of the outcomes were news: one whose work is done already, or gone, is ignored.
    pub async fn finish_deliveries(&self, outcomes: Vec<DeliveryOutcome>) -> Result<usize, StoreError> {
        self.write(outcomes.len(), move |db| finish(db, &outcomes)).await
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

fn finish(db: &mut Db, outcomes: &[DeliveryOutcome]) -> Result<usize, Fault> {
    let mut news = 0;
    for DeliveryOutcome { id, receipt } in outcomes {
        let was_open = db
            .conn
            .prepare_cached("DELETE FROM delivery WHERE due_ms = ?1 AND message = ?2")?
            .execute((id.due_ms, id.row))?
            > 0;
        if !was_open {
            continue;
        }
        news += 1;
        if let Some(receipt) = receipt {
            let Receipt { delivered, word, at } = receipt;
            let (app, sent_at): (i64, i64) = db
                .conn
                .prepare_cached("SELECT app, at FROM message WHERE id = ?1")?
                .query_row([id.row], |row| Ok((row.get(0)?, row.get(1)?)))?;
            db.hours.add_receipt(app, sent_at, receipt);
            db.conn
                .prepare_cached("INSERT INTO receipt (message, delivered, word, at) VALUES (?1, ?2, ?3, ?4)")?
                .execute((id.row, delivered, word, at))?;
            let place = db.take_report_place();
            db.conn
                .prepare_cached("INSERT INTO report (app, place, message) VALUES (?1, ?2, ?3)")?
                .execute((app, place, id.row))?;
            db.announce_messages();
        }
    }
    Ok(news)
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
