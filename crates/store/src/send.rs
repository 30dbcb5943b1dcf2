//! Recording a batch: limits, packages, serial numbers, delivery work and counters in one transaction.

use std::sync::Arc;

use rusqlite::{Connection, params};

use crate::error::{Fault, StoreError, stored};
use crate::limiter::Attempt;
use crate::model::{Limit, NewMessage, Refusal, SendBatch, Sent};
use crate::serial;
use crate::statistics::{Added, account_global_total};
use crate::store::Store;
use crate::writer::Db;

impl Store {
    /// Records the batch and says of every message whether it was accepted.
    ///
    /// Accepted messages have a serial number, are charged to the account's packages, count in the frequency limits
    /// and wait for delivery. Refused ones are recorded and counted as requests, nothing else. When the packages hold
    /// fewer segments than the messages without a refusal need, every message of the batch is refused by
    /// [`Limit::Balance`]. A batch without messages changes nothing.
    pub async fn send(&self, batch: SendBatch) -> Result<Vec<Sent>, StoreError> {
        let weight = batch.messages.len();
        self.write(weight, move |db| record(db, &batch)).await
    }

    /// The segments that the account's packages hold at the time `now`; `None` when it has no packages and may send
    /// without bound.
    pub async fn balance(&self, account: &str, now: i64) -> Result<Option<u64>, StoreError> {
        let account = account.to_owned();
        self.read(move |conn| Ok(Packages::load(conn, &account, now)?.map(|packages| packages.left()))).await
    }
}

fn record(db: &mut Db, batch: &SendBatch) -> Result<Vec<Sent>, Fault> {
    if batch.messages.is_empty() {
        return Ok(Vec::new());
    }
    let template = stored("the template id", batch.template)?;
    let app = db.app(&batch.account, &batch.app)?;
    let packages = Packages::load(&db.conn, &batch.account, batch.at)?;
    let needed: u64 = batch
        .messages
        .iter()
        .filter(|message| message.refusal.is_none())
        .map(|one| u64::from(one.segments))
        .sum();
    let too_poor = packages.as_ref().is_some_and(|packages| packages.left() < needed);

    db.limiters.prepare(&db.conn, &mut db.hours, app, &batch.limits, batch.at)?;
    let mut account_global = if batch.limits.account_global_per_day > 0 {
        db.hours.flush(&db.conn)?;
        account_global_total(&db.conn, &batch.account, batch.at)?
    } else {
        0
    };

    let first_message = db.next_message_id();
    let mut params = SharedParams::default();
    let mut sent = Vec::with_capacity(batch.messages.len());
    let mut added = Added {
        requests: 0,
        successes: 0,
        mainland_successes: 0,
        fee: 0,
        first_message,
        last_message: first_message + batch.messages.len() as i64 - 1,
    };
    for message in &batch.messages {
        let attempt = Attempt::new(&message.phone, &message.text, message.mainland, batch.at);
        let limit = if too_poor {
            Some(Limit::Balance)
        } else if message.refusal.is_some() {
            None
        } else {
            db.limiters.judge(app, &batch.limits, &message.phone, attempt, account_global)
        };
        let refusal = limit.map(batch.refusal_of).or_else(|| message.refusal.clone());
        let id = db.take_message_id();
        let serial = match (&refusal, message.mainland) {
            (Some(_), _) => String::new(),
            (None, true) => serial::mainland(id, batch.at),
            (None, false) => serial::global(id, batch.at),
        };
        insert(
            &db.conn,
            Row { id, app, template, serial: &serial, refusal: refusal.as_ref() },
            batch,
            message,
            &mut params,
        )?;
        added.requests += 1;
        if refusal.is_none() {
            added.successes += 1;
            added.fee += i64::from(message.segments);
            if message.mainland {
                added.mainland_successes += 1;
            } else {
                account_global += 1;
            }
            db.limiters.accept(app, attempt);
            if let Some(due_ms) = message.due_ms {
                db.conn
                    .prepare_cached("INSERT INTO delivery (due_ms, message) VALUES (?1, ?2)")?
                    .execute((due_ms, id))?;
                db.announce_delivery(due_ms);
            }
        }
        sent.push(Sent { serial, refusal, limit });
    }
    if let Some(packages) = packages {
        packages.charge(&db.conn, &batch.account, added.fee.unsigned_abs())?;
    }
    db.hours.add(app, batch.at, added);
    db.announce_messages();
    Ok(sent)
}

/// What the store adds to a message.
struct Row<'a> {
    id: i64,
    app: i64,
    template: i64,
    serial: &'a str,
    refusal: Option<&'a Refusal>,
}

fn insert(
    conn: &Connection,
    row: Row<'_>,
    batch: &SendBatch,
    message: &NewMessage,
    shared: &mut SharedParams,
) -> Result<(), Fault> {
    conn.prepare_cached(
        "INSERT INTO message (id, app, at, serial, request_id, phone, country_code, iso, mainland, text, params, code,
            template, sign, extend_code, sender_id, session_context, segments, refusal_code, refusal_message)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
    )?
    .execute(params![
        row.id,
        row.app,
        batch.at,
        row.serial,
        batch.request_id,
        message.phone,
        message.country_code,
        message.iso,
        message.mainland,
        message.text,
        shared.json(&message.params),
        message.code,
        row.template,
        batch.sign,
        batch.extend_code,
        batch.sender_id,
        batch.session_context,
        message.segments,
        row.refusal.map(|refusal| &refusal.code),
        row.refusal.map(|refusal| &refusal.message),
    ])?;
    Ok(())
}

/// The values as JSON, written once for all messages that share them.
#[derive(Default)]
struct SharedParams {
    last: Option<(Arc<[String]>, String)>,
}

impl SharedParams {
    fn json(&mut self, params: &Arc<[String]>) -> &str {
        let same = self.last.as_ref().is_some_and(|(last, _)| Arc::ptr_eq(last, params));
        if !same {
            let json = serde_json::Value::from(params.to_vec()).to_string();
            self.last = Some((Arc::clone(params), json));
        }
        self.last.as_ref().map_or("[]", |(_, json)| json)
    }
}

/// The packages of an account that are in force, in the order in which they are used up.
struct Packages {
    /// The id and the segments left.
    usable: Vec<(i64, u64)>,
}

impl Packages {
    /// `None` when the account has no packages at all, which means: no bound. When all of them have expired or are
    /// not yet in force, nothing is left.
    fn load(conn: &Connection, account: &str, now: i64) -> Result<Option<Self>, Fault> {
        let mut statement = conn.prepare_cached(
            "SELECT id, max(amount - used, 0), coalesce(effective <= ?2, 1) AND coalesce(?2 < expires, 1)
             FROM package WHERE account = ?1 AND NOT removed ORDER BY expires IS NULL, expires, id",
        )?;
        let mut rows = statement.query((account, now))?;
        let (mut any, mut usable) = (false, Vec::new());
        while let Some(row) = rows.next()? {
            any = true;
            if row.get(2)? {
                usable.push((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()));
            }
        }
        Ok(any.then_some(Self { usable }))
    }

    fn left(&self) -> u64 {
        self.usable.iter().map(|(_, left)| left).fold(0, |sum, left| sum.saturating_add(*left))
    }

    fn charge(self, conn: &Connection, account: &str, mut segments: u64) -> Result<(), Fault> {
        for (id, left) in self.usable {
            let part = segments.min(left);
            if part > 0 {
                conn.prepare_cached("UPDATE package SET used = used + ?3 WHERE account = ?1 AND id = ?2")?
                    .execute((account, id, part as i64))?;
                segments -= part;
            }
        }
        Ok(())
    }
}
