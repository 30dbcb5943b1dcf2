//! Letting go of the past, a little at a time, so that nobody waits long behind it.

use rusqlite::Connection;

use crate::error::{Fault, StoreError, at_most};
use crate::store::Store;

/// What of the past is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// Messages that arrived before this time are removed.
    pub before: Option<i64>,
    /// About so many messages are kept, the newest.
    pub keep: Option<u64>,
}

impl Store {
    /// Removes at most `step` of the oldest messages that are not to be kept, with their receipts, reports and pushes
    /// that still wait. The hourly counters stay. Returns how many there were: as long as it is `step`, there may be
    /// more.
    pub async fn trim(&self, retention: Retention, step: usize) -> Result<usize, StoreError> {
        self.write(step, move |db| {
            let removed = trim(&db.conn, retention, step)?;
            if removed > 0 {
                db.conn.execute("UPDATE message_floor SET floor = ?1", [db.next_message_id()])?;
                db.announce_messages();
            }
            Ok(removed)
        })
        .await
    }
}

fn trim(conn: &Connection, retention: Retention, step: usize) -> Result<usize, Fault> {
    let newest: i64 =
        conn.prepare_cached("SELECT coalesce(max(id), 0) FROM message")?.query_row([], |row| row.get(0))?;
    // Ids are given out one after the other, so the distance from the newest is about the count.
    let keep = retention.keep.map(|keep| i64::try_from(keep).unwrap_or(i64::MAX));
    let last_surplus = keep.map_or(0, |keep| newest.saturating_sub(keep));
    let mut old = Vec::new();
    {
        let mut statement = conn.prepare_cached("SELECT id, at FROM message ORDER BY id LIMIT ?1")?;
        let mut rows = statement.query([at_most(step)])?;
        while let Some(row) = rows.next()? {
            let (id, at): (i64, i64) = (row.get(0)?, row.get(1)?);
            if id > last_surplus && retention.before.is_none_or(|before| at >= before) {
                break;
            }
            old.push(id);
        }
    }
    let Some(last) = old.last() else { return Ok(0) };
    // Work that is still queued for them is dropped when its time comes, because the message is not there.
    for table in ["receipt", "progress"] {
        conn.prepare_cached(&format!("DELETE FROM {table} WHERE message <= ?1"))?.execute([last])?;
    }
    for table in ["report", "push_item"] {
        // Reports stand in the order of their receipts, about that of the messages: only the front is looked at.
        conn.prepare_cached(&format!(
            "DELETE FROM {table} WHERE message <= ?1 AND (app, place) IN
                (SELECT app.id, front.place FROM app JOIN {table} AS front ON front.app = app.id
                 AND front.place <= (SELECT min(place) FROM {table} AS first WHERE first.app = app.id) + ?2)"
        ))?
        .execute((last, at_most(step.saturating_mul(4))))?;
    }
    Ok(conn.prepare_cached("DELETE FROM message WHERE id <= ?1")?.execute([last])?)
}
