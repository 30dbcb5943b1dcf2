//! What was sent to one number: its reports, its records, and whether a code was typed back.
//!
//! Messages have no index by number, because every send would pay for it. The hourly counters say between which
//! messages those of a span stand, and these are read through.

use crate::delivery::{REPORT_COLUMNS, read_report};
use crate::error::{StoreError, at_most};
use crate::messages::{SELECT, read_message};
use crate::model::{Message, Report};
use crate::serial;
use crate::statistics::messages_between;
use crate::store::Store;
use crate::writer::find_app;

/// A part of what was sent to one number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Records {
    /// How many messages the span has, refused ones included, counted up to the bound that was given.
    pub total: u64,
    /// The part that was asked for, the newest first.
    pub messages: Vec<Message>,
}

impl Store {
    /// The reports on what the app sent to this number from `begin` to `end` (times of sending): the first `limit` of
    /// them, the newest last. The pull queue is neither asked nor changed.
    pub async fn reports_of(
        &self,
        account: &str,
        app: &str,
        phone: &str,
        (begin, end): (i64, i64),
        limit: usize,
    ) -> Result<Vec<Report>, StoreError> {
        let (account, app, phone) = (account.to_owned(), app.to_owned(), phone.to_owned());
        self.read(move |conn| {
            let Some(app) = find_app(conn, &account, &app)? else { return Ok(Vec::new()) };
            let Some((first, last)) = messages_between(conn, app, begin, end)? else { return Ok(Vec::new()) };
            let mut statement = conn.prepare_cached(&format!(
                "SELECT message.id, {REPORT_COLUMNS}
                 FROM message CROSS JOIN receipt ON receipt.message = message.id
                 WHERE message.id BETWEEN ?1 AND ?2 AND app = ?3 AND phone = ?4 AND message.at BETWEEN ?5 AND ?6
                 ORDER BY message.at, message.id LIMIT ?7"
            ))?;
            let rows = statement
                .query_map((first, last, app, &phone, begin, end, at_most(limit)), read_report)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// What the app sent to this number from `begin` to `end` (times of sending), refused messages included.
    ///
    /// Of the newest `most` messages, `offset` are passed over and at most `limit` answered.
    pub async fn records_of(
        &self,
        account: &str,
        app: &str,
        phone: &str,
        (begin, end): (i64, i64),
        (most, offset, limit): (usize, usize, usize),
    ) -> Result<Records, StoreError> {
        let (account, app, phone) = (account.to_owned(), app.to_owned(), phone.to_owned());
        self.read(move |conn| {
            let Some(app) = find_app(conn, &account, &app)? else { return Ok(Records::default()) };
            let Some((first, last)) = messages_between(conn, app, begin, end)? else {
                return Ok(Records::default());
            };
            let found: Vec<i64> = conn
                .prepare_cached(
                    "SELECT id FROM message
                     WHERE id BETWEEN ?1 AND ?2 AND app = ?3 AND phone = ?4 AND at BETWEEN ?5 AND ?6
                     ORDER BY at DESC, id DESC LIMIT ?7",
                )?
                .query_map((first, last, app, &phone, begin, end, at_most(most)), |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            let mut one = conn.prepare_cached(&format!("{SELECT} WHERE message.id = ?1"))?;
            let messages = found
                .iter()
                .skip(offset)
                .take(limit)
                .map(|id| one.query_row([id], read_message))
                .collect::<Result<_, _>>()?;
            Ok(Records { total: found.len() as u64, messages })
        })
        .await
    }

    /// Notes that the code of this message was typed back at `at`; the first time counts. False: the app has sent no
    /// message with this serial number, and nothing was noted.
    pub async fn report_conversion(
        &self,
        account: &str,
        app: &str,
        serial: &str,
        at: i64,
    ) -> Result<bool, StoreError> {
        let Some(id) = serial::id_in(serial) else { return Ok(false) };
        let (account, app, serial) = (account.to_owned(), app.to_owned(), serial.to_owned());
        self.write(1, move |db| {
            let Some(app) = find_app(&db.conn, &account, &app)? else { return Ok(false) };
            let sent = db
                .conn
                .prepare_cached("SELECT 1 FROM message WHERE id = ?1 AND app = ?2 AND serial = ?3")?
                .exists((id, app, &serial))?;
            if sent {
                db.conn
                    .prepare_cached("INSERT OR IGNORE INTO conversion (message, at) VALUES (?1, ?2)")?
                    .execute((id, at))?;
            }
            Ok(sent)
        })
        .await
    }

    /// When the code of the message with this serial number was typed back; `None` when nobody said so.
    pub async fn conversion(&self, serial: &str) -> Result<Option<i64>, StoreError> {
        let Some(id) = serial::id_in(serial) else { return Ok(None) };
        let serial = serial.to_owned();
        self.read(move |conn| {
            let mut statement = conn.prepare_cached(
                "SELECT conversion.at FROM conversion JOIN message ON message.id = conversion.message
                 WHERE message.id = ?1 AND serial = ?2",
            )?;
            let mut rows = statement.query((id, &serial))?;
            Ok(match rows.next()? {
                Some(row) => Some(row.get(0)?),
                None => None,
            })
        })
        .await
    }
}
