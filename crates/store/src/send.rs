//! Recording a batch: limits, packages, serial numbers, delivery work and counters in one transaction.

use std::sync::Arc;

use rusqlite::{Connection, params};

use crate::error::{Fault, StoreError, stored};
use crate::limiter::Attempt;
use crate::model::{Limit, NewMessage, Refusal, SendBatch, Sent};
use crate::opt_outs;
use crate::packages::Usable;
use crate::serial;
use crate::statistics::{Added, account_global_total};
use crate::store::Store;
use crate::writer::{AppRow, Db};

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

    /// Records several batches in one transaction, one after the other, each as [`Store::send`] does it: those that
    /// come first take from the packages first.
    pub async fn send_each(&self, batches: Vec<SendBatch>) -> Result<Vec<Vec<Sent>>, StoreError> {
        let weight = batches.iter().map(|batch| batch.messages.len()).sum();
        self.write(weight, move |db| batches.iter().map(|batch| record(db, batch)).collect()).await
    }
}

fn record(db: &mut Db, batch: &SendBatch) -> Result<Vec<Sent>, Fault> {
    if batch.messages.is_empty() {
        return Ok(Vec::new());
    }
    let template = stored("the template id", batch.template)?;
    let AppRow { id: app, clock } = db.app(&batch.account, &batch.app)?;
    let packages = Usable::load(&db.conn, &batch.account, batch.at)?;
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

    let spare_opted_out = batch.spare_opted_out && opt_outs::any(&db.conn, app)?;
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
        let attempt = Attempt::new(&message.phone, &message.text, message.mainland, &message.iso, batch.at);
        let limit = if too_poor {
            Some(Limit::Balance)
        } else if message.refusal.is_some() {
            None
        } else if spare_opted_out && opt_outs::has(&db.conn, app, &message.phone)? {
            Some(Limit::OptOut)
        } else {
            db.limiters.judge(app, &batch.limits, &message.phone, attempt, account_global)
        };
        let refusal = limit.map(batch.refusal_of).or_else(|| message.refusal.clone());
        let id = db.take_message_id();
        let serial = if refusal.is_some() && !batch.serial_when_refused {
            String::new()
        } else if message.mainland {
            serial::mainland(id, batch.at)
        } else {
            serial::global(id, batch.at)
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
                    .prepare_cached("INSERT INTO delivery (clock, due_ms, message) VALUES (?1, ?2, ?3)")?
                    .execute((clock, due_ms, id))?;
                db.announce_delivery(clock, due_ms);
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
