//! Looking at what was recorded, and clearing it away.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};

use crate::error::{Fault, StoreError, at_most};
use crate::model::{Message, MessageFilter, Receipt, Refusal, Status};
use crate::serial;
use crate::store::Store;
use crate::writer::Db;

/// The columns that [`read_message`] reads.
pub(crate) const SELECT: &str =
    "SELECT message.id, serial, account, app.name, message.at, request_id, phone, country_code, iso,
        mainland, text, params, code, template, sign, extend_code, sender_id, session_context, segments,
        refusal_code, refusal_message, delivered, word, receipt.at
    FROM message JOIN app ON app.id = message.app LEFT JOIN receipt ON receipt.message = message.id";

impl Store {
    /// The messages that pass the filter; the newest stands last.
    pub async fn messages(&self, filter: MessageFilter) -> Result<Vec<Message>, StoreError> {
        self.read(move |conn| list(conn, &filter)).await
    }

    /// The message with this serial number, or `None` when no message has it. A serial number leads straight to its
    /// row, however many messages there are.
    pub async fn message(&self, serial: &str) -> Result<Option<Message>, StoreError> {
        let Some(id) = serial::id_in(serial) else { return Ok(None) };
        Ok(self.message_at(id).await?.filter(|message| message.serial == serial))
    }

    /// The message with this [`Message::row`].
    pub async fn message_at(&self, row: i64) -> Result<Option<Message>, StoreError> {
        self.read(move |conn| {
            Ok(conn
                .prepare_cached(&format!("{SELECT} WHERE message.id = ?1"))?
                .query_row([row], read_message)
                .optional()?)
        })
        .await
    }

    /// The [`Message::row`] of the newest message, 0 when there is none: a place to start listening from.
    pub async fn newest_row(&self) -> Result<i64, StoreError> {
        self.read(|conn| {
            Ok(conn
                .prepare_cached("SELECT coalesce(max(id), 0) FROM message")?
                .query_row([], |row| row.get(0))?)
        })
        .await
    }

    /// Removes the messages of the account, or of all accounts, with their receipts, reports, replies, opt-outs,
    /// delivery work and counters, as if they had never been sent; only what they cost stays charged. Returns how many
    /// there were.
    pub async fn delete_messages(&self, account: Option<&str>) -> Result<u64, StoreError> {
        let account = account.map(str::to_owned);
        self.write(1, move |db| delete(db, account.as_deref())).await
    }
}

fn list(conn: &Connection, filter: &MessageFilter) -> Result<Vec<Message>, Fault> {
    let mut conditions = Vec::new();
    let mut values: Vec<Value> = Vec::new();
    let mut narrow = |condition: &str, value: Value| {
        values.push(value);
        conditions.push(condition.replace('?', &format!("?{}", values.len())));
    };
    if let Some(account) = &filter.account {
        narrow("message.app IN (SELECT id FROM app WHERE account = ?)", account.clone().into());
    }
    if let Some(app) = &filter.app {
        narrow("message.app IN (SELECT id FROM app WHERE name = ?)", app.clone().into());
    }
    if let Some(phone) = &filter.phone {
        narrow("phone = ?", phone.clone().into());
    }
    if let Some(q) = &filter.q {
        let pattern = format!("%{}%", q.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
        narrow(
            "(text LIKE ? ESCAPE '\\' OR phone LIKE ? ESCAPE '\\' OR serial LIKE ? ESCAPE '\\')",
            pattern.into(),
        );
    }
    if let Some(after) = filter.after {
        narrow("message.id > ?", after.into());
    }
    conditions.extend(filter.status.map(|status| {
        match status {
            Status::Refused => "refusal_code IS NOT NULL",
            Status::Submitted => "refusal_code IS NULL AND receipt.message IS NULL",
            Status::Delivered => "delivered = 1",
            Status::Failed => "delivered = 0",
        }
        .to_owned()
    }));
    let condition = if conditions.is_empty() { "1".to_owned() } else { conditions.join(" AND ") };
    let order = if filter.after.is_some() { "ASC" } else { "DESC" };
    let query =
        format!("{SELECT} WHERE {condition} ORDER BY message.id {order} LIMIT {}", at_most(filter.limit));
    let mut statement = conn.prepare(&query)?;
    let rows = statement.query_map(params_from_iter(values), read_message)?;
    let mut messages = rows.collect::<Result<Vec<_>, _>>()?;
    if filter.after.is_none() {
        messages.reverse();
    }
    Ok(messages)
}

pub(crate) fn read_message(row: &Row<'_>) -> Result<Message, rusqlite::Error> {
    let params: String = row.get(11)?;
    let refusal_code: Option<String> = row.get(19)?;
    let delivered: Option<bool> = row.get(21)?;
    Ok(Message {
        row: row.get(0)?,
        serial: row.get(1)?,
        account: row.get(2)?,
        app: row.get(3)?,
        at: row.get(4)?,
        request_id: row.get(5)?,
        phone: row.get(6)?,
        country_code: row.get(7)?,
        iso: row.get(8)?,
        mainland: row.get(9)?,
        text: row.get(10)?,
        params: serde_json::from_str(&params).map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(11, rusqlite::types::Type::Text, Box::new(error))
        })?,
        code: row.get(12)?,
        template: row.get::<_, i64>(13)?.unsigned_abs(),
        sign: row.get(14)?,
        extend_code: row.get(15)?,
        sender_id: row.get(16)?,
        session_context: row.get(17)?,
        segments: row.get(18)?,
        refusal: match refusal_code {
            Some(code) => Some(Refusal { code, message: row.get(20)? }),
            None => None,
        },
        receipt: match delivered {
            Some(delivered) => Some(Receipt { delivered, word: row.get(22)?, at: row.get(23)? }),
            None => None,
        },
    })
}

fn delete(db: &mut Db, account: Option<&str>) -> Result<u64, Fault> {
    // What the transaction under way has counted belongs to messages that go as well.
    db.hours.flush(&db.conn)?;
    db.conn.execute("UPDATE message_floor SET floor = ?1", [db.next_message_id()])?;
    let apps: Vec<i64> = db
        .conn
        .prepare("SELECT id FROM app WHERE ?1 IS NULL OR account = ?1")?
        .query_map([account], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut removed = 0;
    for app in apps {
        let conn = &db.conn;
        for table in ["report", "hour", "outcome", "reply", "opt_out", "push_item"] {
            conn.execute(&format!("DELETE FROM {table} WHERE app = ?1"), [app])?;
        }
        for table in ["delivery", "receipt", "conversion", "progress", "simulated"] {
            let of_app = "message IN (SELECT id FROM message WHERE app = ?1)";
            conn.execute(&format!("DELETE FROM {table} WHERE {of_app}"), [app])?;
        }
        removed += conn.execute("DELETE FROM message WHERE app = ?1", [app])? as u64;
        db.limiters.forget(app);
    }
    db.announce_messages();
    Ok(removed)
}
