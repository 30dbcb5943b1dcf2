//! Counters by hour of sending.
//!
//! Hours and days are those of Beijing. Its offset is eight whole hours, so an hour is the same there and in UTC.

use std::collections::HashMap;

use rusqlite::{Connection, Row};

use crate::error::{Fault, StoreError};
use crate::model::{Receipt, SendCounts};
use crate::store::Store;
use crate::writer::find_app;

/// Seconds of an hour.
pub(crate) const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
/// Beijing is so far ahead of UTC.
const BEIJING: i64 = 8 * HOUR;

/// The number of the hour, counted from 1970.
pub(crate) fn hour_of(at: i64) -> i64 {
    at.div_euclid(HOUR)
}

/// The number of the calendar day in Beijing.
pub(crate) fn beijing_day(at: i64) -> i64 {
    at.saturating_add(BEIJING).div_euclid(DAY)
}

/// The first second of the calendar day in Beijing.
pub(crate) fn beijing_day_start(at: i64) -> i64 {
    beijing_day(at).saturating_mul(DAY).saturating_sub(BEIJING)
}

/// What the transaction under way adds to the counters; written once at its end.
#[derive(Default)]
pub(crate) struct Hours {
    added: HashMap<(i64, i64), Added>,
    /// Receipts by app, hour of sending, word, and whether they say that the message was delivered.
    receipts: HashMap<(i64, i64, String, bool), i64>,
}

/// What is added to one hour of one app.
#[derive(Clone, Copy)]
pub(crate) struct Added {
    pub(crate) requests: i64,
    pub(crate) successes: i64,
    pub(crate) mainland_successes: i64,
    pub(crate) fee: i64,
    pub(crate) first_message: i64,
    pub(crate) last_message: i64,
}

impl Hours {
    /// Counts messages that the app sent at `at`.
    pub(crate) fn add(&mut self, app: i64, at: i64, more: Added) {
        self.added
            .entry((app, hour_of(at)))
            .and_modify(|sum| {
                sum.requests += more.requests;
                sum.successes += more.successes;
                sum.mainland_successes += more.mainland_successes;
                sum.fee += more.fee;
                sum.first_message = sum.first_message.min(more.first_message);
                sum.last_message = sum.last_message.max(more.last_message);
            })
            .or_insert(more);
    }

    /// Counts the receipt of a message that the app sent at `sent_at`.
    pub(crate) fn add_receipt(&mut self, app: i64, sent_at: i64, receipt: &Receipt) {
        *self
            .receipts
            .entry((app, hour_of(sent_at), receipt.word.clone(), receipt.delivered))
            .or_default() += 1;
    }

    /// Counts a receipt no more: another has taken its place.
    pub(crate) fn take_receipt_back(&mut self, app: i64, sent_at: i64, receipt: &Receipt) {
        *self
            .receipts
            .entry((app, hour_of(sent_at), receipt.word.clone(), receipt.delivered))
            .or_default() -= 1;
    }

    /// Writes what was added.
    pub(crate) fn flush(&mut self, conn: &Connection) -> Result<(), Fault> {
        for ((app, hour, word, delivered), count) in self.receipts.drain() {
            conn.prepare_cached(
                "INSERT INTO outcome (app, hour, word, delivered, count) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (app, hour, word, delivered) DO UPDATE SET count = count + excluded.count",
            )?
            .execute((app, hour, word, delivered, count))?;
        }
        if self.added.is_empty() {
            return Ok(());
        }
        let mut statement = conn.prepare_cached(
            "INSERT INTO hour (app, hour, requests, successes, mainland_successes, fee, first_message, last_message)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (app, hour) DO UPDATE SET
                requests = requests + excluded.requests,
                successes = successes + excluded.successes,
                mainland_successes = mainland_successes + excluded.mainland_successes,
                fee = fee + excluded.fee,
                first_message = min(first_message, excluded.first_message),
                last_message = max(last_message, excluded.last_message)",
        )?;
        for ((app, hour), sum) in self.added.drain() {
            let Added { requests, successes, mainland_successes, fee, first_message, last_message } = sum;
            statement.execute((
                app,
                hour,
                requests,
                successes,
                mainland_successes,
                fee,
                first_message,
                last_message,
            ))?;
        }
        Ok(())
    }

    /// Forgets what was added: it has not happened.
    pub(crate) fn clear(&mut self) {
        self.added.clear();
        self.receipts.clear();
    }
}

/// Accepted messages of a day.
pub(crate) struct DayTotals {
    pub(crate) mainland: u64,
    pub(crate) global: u64,
}

/// What the app has sent on the Beijing day of `now`.
pub(crate) fn day_totals(conn: &Connection, app: i64, now: i64) -> Result<DayTotals, Fault> {
    let first = hour_of(beijing_day_start(now));
    let totals = conn
        .prepare_cached(
            "SELECT coalesce(sum(mainland_successes), 0), coalesce(sum(successes - mainland_successes), 0)
             FROM hour WHERE app = ?1 AND hour BETWEEN ?2 AND ?3",
        )?
        .query_row((app, first, first + 23), |row| {
            Ok(DayTotals { mainland: unsigned(row, 0)?, global: unsigned(row, 1)? })
        })?;
    Ok(totals)
}

/// The global messages that all apps of the account have sent on the Beijing day of `now`.
pub(crate) fn account_global_total(conn: &Connection, account: &str, now: i64) -> Result<u64, Fault> {
    let first = hour_of(beijing_day_start(now));
    let total = conn
        .prepare_cached(
            "SELECT coalesce(sum(successes - mainland_successes), 0)
             FROM app JOIN hour ON hour.app = app.id WHERE account = ?1 AND hour BETWEEN ?2 AND ?3",
        )?
        .query_row((account, first, first + 23), |row| unsigned(row, 0))?;
    Ok(total)
}

/// Whether anything was sent on the Beijing day of `now`, refused messages included.
pub(crate) fn sent_on_day(conn: &Connection, app: i64, now: i64) -> Result<bool, Fault> {
    let first = hour_of(beijing_day_start(now));
    Ok(conn
        .prepare_cached("SELECT 1 FROM hour WHERE app = ?1 AND hour BETWEEN ?2 AND ?3 LIMIT 1")?
        .exists((app, first, first + 23))?)
}

/// The first and last id between which all messages stand that the app sent at `from` or later.
pub(crate) fn messages_since(conn: &Connection, app: i64, from: i64) -> Result<Option<(i64, i64)>, Fault> {
    messages_between(conn, app, from, i64::MAX)
}

/// The first and last id between which all messages stand that the app sent from `from` to `to`.
pub(crate) fn messages_between(
    conn: &Connection,
    app: i64,
    from: i64,
    to: i64,
) -> Result<Option<(i64, i64)>, Fault> {
    let range: (Option<i64>, Option<i64>) = conn
        .prepare_cached(
            "SELECT min(first_message), max(last_message) FROM hour WHERE app = ?1 AND hour BETWEEN ?2 AND ?3",
        )?
        .query_row((app, hour_of(from), hour_of(to)), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(range.0.zip(range.1))
}

/// How many receipts say the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptCount {
    /// The code word, for example `DELIVRD`.
    pub word: String,
    /// Whether they say that the phone has the message.
    pub delivered: bool,
    /// So many.
    pub count: u64,
}

/// What an app sent over a span of hours, and what has been reported of it so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceiptCounts {
    /// Numbers that were accepted.
    pub successes: u64,
    /// The receipts of messages that were sent in these hours, by word. Their sum is at most `successes`.
    pub receipts: Vec<ReceiptCount>,
}

fn unsigned(row: &Row<'_>, column: usize) -> Result<u64, rusqlite::Error> {
    row.get::<_, i64>(column).map(i64::unsigned_abs)
}

impl Store {
    /// The counters of the app over the hours in which `begin` and `end` lie, both included.
    ///
    /// A message counts in the hour in which its request arrived. `begin` after `end` counts nothing.
    pub async fn statistics(
        &self,
        account: &str,
        app: &str,
        begin: i64,
        end: i64,
    ) -> Result<SendCounts, StoreError> {
        let (account, app) = (account.to_owned(), app.to_owned());
        self.read(move |conn| match find_app(conn, &account, &app)? {
            Some(app) => send_counts(conn, app, begin, end),
            None => Ok(SendCounts::default()),
        })
        .await
    }

    /// What was accepted in the hours in which `begin` and `end` lie, both included, and the receipts of these
    /// messages. A receipt counts in the hour in which its message was sent, whenever it came.
    pub async fn receipt_statistics(
        &self,
        account: &str,
        app: &str,
        begin: i64,
        end: i64,
    ) -> Result<ReceiptCounts, StoreError> {
        let (account, app) = (account.to_owned(), app.to_owned());
        self.read(move |conn| {
            let Some(app) = find_app(conn, &account, &app)? else { return Ok(ReceiptCounts::default()) };
            let receipts = conn
                .prepare_cached(
                    "SELECT word, delivered, sum(count) FROM outcome WHERE app = ?1 AND hour BETWEEN ?2 AND ?3
                     GROUP BY word, delivered",
                )?
                .query_map((app, hour_of(begin), hour_of(end)), |row| {
                    Ok(ReceiptCount { word: row.get(0)?, delivered: row.get(1)?, count: unsigned(row, 2)? })
                })?
                .collect::<Result<_, _>>()?;
            Ok(ReceiptCounts { successes: send_counts(conn, app, begin, end)?.successes, receipts })
        })
        .await
    }
}

fn send_counts(conn: &Connection, app: i64, begin: i64, end: i64) -> Result<SendCounts, Fault> {
    let sums = conn
        .prepare_cached(
            "SELECT coalesce(sum(requests), 0), coalesce(sum(successes), 0), coalesce(sum(fee), 0)
             FROM hour WHERE app = ?1 AND hour BETWEEN ?2 AND ?3",
        )?
        .query_row((app, hour_of(begin), hour_of(end)), |row| {
            Ok(SendCounts {
                requests: unsigned(row, 0)?,
                successes: unsigned(row, 1)?,
                fee: unsigned(row, 2)?,
            })
        })?;
    Ok(sums)
}
