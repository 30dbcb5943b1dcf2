//! Pushing reports and replies to the caller's own servers: what waits, what is under way, and every attempt.
//!
//! A lane is what one app has to push of one kind. Reports wait in its queue until a push takes some of them; from then
//! on the push holds the text that every attempt sends. An attempt that is under way carries the number of the start of
//! the service that makes it; one of an earlier start is made again.

use rusqlite::{Connection, Row};

use crate::delivery::{REPORT_COLUMNS, read_report};
use crate::error::{Fault, StoreError, at_most};
use crate::store::Store;
use crate::work::{Lane, Push, PushAttempt, PushEnd, PushItem, PushKind};
use crate::writer::Db;

/// How many attempts are remembered.
const ATTEMPTS_MAX: i64 = 10_000;

impl Store {
    /// From here on reports are queued for pushing for exactly these apps (account and SdkAppId). What is queued for
    /// others is dropped.
    pub async fn push_reports_of(&self, apps: Vec<(String, String)>) -> Result<(), StoreError> {
        self.write(1, move |db| {
            db.conn.execute("UPDATE app SET pushed = 0", [])?;
            for (account, app) in &apps {
                let row = db.app(account, app)?;
                db.conn.execute("UPDATE app SET pushed = 1 WHERE id = ?1", [row.id])?;
            }
            db.conn
                .execute("DELETE FROM push_item WHERE app IN (SELECT id FROM app WHERE NOT pushed)", [])?;
            Ok(())
        })
        .await
    }

    /// Every lane in which something waits or is under way.
    pub async fn lanes(&self) -> Result<Vec<Lane>, StoreError> {
        self.read(|conn| {
            let mut statement = conn.prepare_cached(
                "SELECT 0, id, account, name, clock FROM app
                 WHERE EXISTS (SELECT 1 FROM push_item WHERE push_item.app = app.id)
                    OR EXISTS (SELECT 1 FROM push WHERE kind = 0 AND push.app = app.id)
                 UNION ALL SELECT 1, id, account, name, clock FROM app
                 WHERE EXISTS (SELECT 1 FROM push WHERE kind = 1 AND push.app = app.id)",
            )?;
            let rows = statement.query_map([], |row| {
                Ok(Lane {
                    kind: kind(row, 0)?,
                    app_row: row.get(1)?,
                    account: row.get(2)?,
                    app: row.get(3)?,
                    clock: row.get(4)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// The oldest `limit` reports that wait in the lane.
    pub async fn push_items(&self, lane: &Lane, limit: usize) -> Result<Vec<PushItem>, StoreError> {
        let app = lane.app_row;
        self.read(move |conn| {
            let mut statement = conn.prepare_cached(&format!(
                "SELECT place, {REPORT_COLUMNS}
                 FROM push_item JOIN message ON message.id = push_item.message
                    JOIN receipt ON receipt.message = push_item.message
                 WHERE push_item.app = ?1 ORDER BY place LIMIT ?2"
            ))?;
            let rows = statement.query_map((app, at_most(limit)), |row| {
                Ok(PushItem { report: read_report(row)?, place: row.get(0)? })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Makes one push of the reports up to `last_place` and takes it into work at once: its first attempt is under way.
    pub async fn begin_push(
        &self,
        lane: &Lane,
        last_place: i64,
        items: usize,
        body: String,
    ) -> Result<Push, StoreError> {
        let app = lane.app_row;
        self.write(items, move |db| {
            db.conn
                .prepare_cached("DELETE FROM push_item WHERE app = ?1 AND place <= ?2")?
                .execute((app, last_place))?;
            let push =
                NewPush { kind: PushKind::Status, app, epoch: db.epoch, attempt: 1, items, body: &body };
            let (id, due_ms) = (db.take_place(), 0);
            push.insert(&db.conn, id, due_ms)?;
            Ok(Push {
                kind: PushKind::Status,
                app_row: app,
                id,
                due_ms,
                attempt: 1,
                items,
                body: body.clone(),
            })
        })
        .await
    }

    /// Queues the push of a person's reply, due at `due_ms` (milliseconds of business time). The app is made when it has
    /// not sent anything yet.
    pub async fn queue_reply_push(
        &self,
        account: &str,
        app: &str,
        due_ms: i64,
        body: String,
    ) -> Result<(), StoreError> {
        let (account, app) = (account.to_owned(), app.to_owned());
        self.write(1, move |db| {
            let app = db.app(&account, &app)?.id;
            let push = NewPush { kind: PushKind::Reply, app, epoch: 0, attempt: 0, items: 1, body: &body };
            let id = db.take_place();
            push.insert(&db.conn, id, due_ms)?;
            db.announce_push();
            Ok(())
        })
        .await
    }

    /// Takes the longest due push of the lane into work, if one is due at `now_ms`: its next attempt is under way.
    pub async fn claim_push(&self, lane: &Lane, now_ms: i64) -> Result<Option<Push>, StoreError> {
        let (kind, app) = (lane.kind, lane.app_row);
        self.write(1, move |db| {
            let found = db
                .conn
                .prepare_cached(
                    "UPDATE push SET epoch = ?4, attempt = attempt + 1 WHERE (kind, app, due_ms, id) IN
                        (SELECT kind, app, due_ms, id FROM push
                         WHERE kind = ?1 AND app = ?2 AND due_ms <= ?3 AND epoch <> ?4 ORDER BY due_ms, id LIMIT 1)
                     RETURNING id, due_ms, attempt, items, body",
                )?
                .query_map((kind.code(), app, now_ms, db.epoch), |row| {
                    Ok(Push {
                        kind,
                        app_row: app,
                        id: row.get(0)?,
                        due_ms: row.get(1)?,
                        attempt: row.get(2)?,
                        items: row.get::<_, u32>(3)? as usize,
                        body: row.get(4)?,
                    })
                })?
                .collect::<Result<Vec<_>, _>>()?;
            Ok(found.into_iter().next())
        })
        .await
    }

    /// When the next push of the lane is due that is not under way, in milliseconds of business time.
    pub async fn next_push(&self, lane: &Lane) -> Result<Option<i64>, StoreError> {
        let (kind, app, epoch) = (lane.kind, lane.app_row, self.epoch());
        self.read(move |conn| {
            let mut statement = conn.prepare_cached(
                "SELECT due_ms FROM push WHERE kind = ?1 AND app = ?2 AND epoch <> ?3 ORDER BY due_ms LIMIT 1",
            )?;
            let due = statement.query_map((kind.code(), app, epoch), |row| row.get(0))?.next().transpose()?;
            Ok(due)
        })
        .await
    }

    /// Records how an attempt ended. `next_ms` says when the next one is due; without it the push is done, well or not.
    pub async fn finish_push(
        &self,
        push: Push,
        end: PushEnd,
        next_ms: Option<i64>,
    ) -> Result<(), StoreError> {
        self.write(2, move |db| finish(db, &push, &end, next_ms)).await
    }

    /// The newest `limit` attempts of the account, or of all accounts; the newest stands last.
    pub async fn push_attempts(
        &self,
        account: Option<&str>,
        limit: usize,
    ) -> Result<Vec<PushAttempt>, StoreError> {
        let account = account.map(str::to_owned);
        self.read(move |conn| {
            let mut statement = conn.prepare_cached(
                "SELECT kind, account, name, push, attempt, items, at, url, outcome, http_status, duration_ms, next_ms
                 FROM push_attempt JOIN app ON app.id = push_attempt.app
                 WHERE ?1 IS NULL OR account = ?1 ORDER BY push_attempt.id DESC LIMIT ?2",
            )?;
            let rows = statement.query_map((&account, at_most(limit)), read_attempt)?;
            let mut attempts = rows.collect::<Result<Vec<_>, _>>()?;
            attempts.reverse();
            Ok(attempts)
        })
        .await
    }

    /// Waits until a push or a report to push is queued after this was called for the first time, or after the last
    /// change that the receiver has seen.
    pub fn push_changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.news().pushes.subscribe()
    }
}

struct NewPush<'a> {
    kind: PushKind,
    app: i64,
    epoch: i64,
    attempt: u32,
    items: usize,
    body: &'a str,
}

impl NewPush<'_> {
    fn insert(&self, conn: &Connection, id: i64, due_ms: i64) -> Result<(), Fault> {
        conn.prepare_cached(
            "INSERT INTO push (kind, app, due_ms, id, epoch, attempt, items, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute((
            self.kind.code(),
            self.app,
            due_ms,
            id,
            self.epoch,
            self.attempt,
            at_most(self.items),
            self.body,
        ))?;
        Ok(())
    }
}

fn finish(db: &mut Db, push: &Push, end: &PushEnd, next_ms: Option<i64>) -> Result<(), Fault> {
    let removed = db
        .conn
        .prepare_cached(
            "DELETE FROM push WHERE kind = ?1 AND app = ?2 AND due_ms = ?3 AND id = ?4 AND epoch = ?5 AND attempt = ?6",
        )?
        .execute((push.kind.code(), push.app_row, push.due_ms, push.id, db.epoch, push.attempt))?;
    // The account, or its messages, were removed meanwhile.
    if removed == 0 {
        return Ok(());
    }
    if let Some(due_ms) = next_ms {
        let again = NewPush {
            kind: push.kind,
            app: push.app_row,
            epoch: 0,
            attempt: push.attempt,
            items: push.items,
            body: &push.body,
        };
        again.insert(&db.conn, push.id, due_ms)?;
        db.announce_push();
    }
    let attempt = db
        .conn
        .prepare_cached(
            "INSERT INTO push_attempt
                (push, kind, app, at, attempt, items, url, outcome, http_status, duration_ms, next_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .insert((
            push.id,
            push.kind.code(),
            push.app_row,
            end.at,
            push.attempt,
            at_most(push.items),
            &end.url,
            &end.outcome,
            end.http_status,
            end.duration_ms,
            next_ms,
        ))?;
    db.conn.prepare_cached("DELETE FROM push_attempt WHERE id <= ?1")?.execute([attempt - ATTEMPTS_MAX])?;
    db.announce_messages();
    Ok(())
}

fn kind(row: &Row<'_>, column: usize) -> Result<PushKind, rusqlite::Error> {
    let code = row.get(column)?;
    PushKind::from_code(code).ok_or(rusqlite::Error::IntegralValueOutOfRange(column, code))
}

fn read_attempt(row: &Row<'_>) -> Result<PushAttempt, rusqlite::Error> {
    Ok(PushAttempt {
        kind: kind(row, 0)?,
        account: row.get(1)?,
        app: row.get(2)?,
        push: row.get(3)?,
        attempt: row.get(4)?,
        items: row.get(5)?,
        end: PushEnd {
            at: row.get(6)?,
            url: row.get(7)?,
            outcome: row.get(8)?,
            http_status: row.get(9)?,
            duration_ms: row.get(10)?,
        },
        next_ms: row.get(11)?,
    })
}
