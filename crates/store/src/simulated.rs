//! The simulated carrier's memory: the receipts that it is going to give, so that a restart does not lose them.

use rusqlite::OptionalExtension;

use crate::error::{StoreError, at_most};
use crate::store::Store;
use crate::work::SimulatedReceipt;

impl Store {
    /// Remembers receipts. One that is remembered already, because its message was handed over twice, is not remembered
    /// again.
    pub async fn plan_receipts(&self, receipts: Vec<SimulatedReceipt>) -> Result<(), StoreError> {
        self.write(receipts.len(), move |db| {
            let mut statement = db.conn.prepare_cached(
                "INSERT OR IGNORE INTO simulated (clock, due_ms, message, copy, delivered, word)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?;
            for one in &receipts {
                statement.execute((one.clock, one.due_ms, one.row, one.copy, one.delivered, &one.word))?;
            }
            Ok(())
        })
        .await
    }

    /// At most `limit` receipts that are due at `now_ms` by this clock, the longest due first. They stay until
    /// [`Store::forget_planned`].
    pub async fn planned_receipts(
        &self,
        clock: i64,
        now_ms: i64,
        limit: usize,
    ) -> Result<Vec<SimulatedReceipt>, StoreError> {
        self.read(move |conn| {
            let mut statement = conn.prepare_cached(
                "SELECT due_ms, message, copy, delivered, word FROM simulated
                 WHERE clock = ?1 AND due_ms <= ?2 ORDER BY due_ms, message, copy LIMIT ?3",
            )?;
            let rows = statement.query_map((clock, now_ms, at_most(limit)), |row| {
                Ok(SimulatedReceipt {
                    clock,
                    due_ms: row.get(0)?,
                    row: row.get(1)?,
                    copy: row.get(2)?,
                    delivered: row.get(3)?,
                    word: row.get(4)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// When the next receipt is due by this clock, in milliseconds of its business time.
    pub async fn next_planned(&self, clock: i64) -> Result<Option<i64>, StoreError> {
        self.read(move |conn| {
            Ok(conn
                .prepare_cached("SELECT due_ms FROM simulated WHERE clock = ?1 ORDER BY due_ms LIMIT 1")?
                .query_row([clock], |row| row.get(0))
                .optional()?)
        })
        .await
    }

    /// Forgets receipts: they were given.
    pub async fn forget_planned(&self, receipts: Vec<SimulatedReceipt>) -> Result<(), StoreError> {
        self.write(receipts.len(), move |db| {
            let mut statement = db.conn.prepare_cached(
                "DELETE FROM simulated WHERE clock = ?1 AND due_ms = ?2 AND message = ?3 AND copy = ?4",
            )?;
            for one in &receipts {
                statement.execute((one.clock, one.due_ms, one.row, one.copy))?;
            }
            Ok(())
        })
        .await
    }
}
