//! What people answered: recorded once, pulled once, and found again by number.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::error::{Fault, StoreError, at_most};
use crate::model::subscriber;
use crate::opt_outs;
use crate::statistics::messages_since;
use crate::store::Store;
use crate::writer::{Db, find_app};

/// A reply that arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReply {
    /// The account whose message is answered.
    pub account: String,
    /// The SdkAppId whose message is answered; `None`: whichever of the account wrote last.
    pub app: Option<String>,
    /// The number that answers, in E.164 form.
    pub phone: String,
    /// What it says.
    pub text: String,
    /// When it arrives.
    pub at: i64,
    /// A message sent before this time can no longer be answered.
    pub answerable_since: i64,
    /// Whether the text asks for no more messages.
    pub opts_out: bool,
}

/// A recorded reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The SdkAppId whose message is answered.
    pub app: String,
    /// The number that answered, in E.164 form.
    pub phone: String,
    /// The country code without `+`.
    pub country_code: String,
    /// The signature of the message that is answered, without brackets.
    pub sign: String,
    /// The extension number of the message that is answered.
    pub extend_code: String,
    /// What it says.
    pub text: String,
    /// When it arrived.
    pub at: i64,
}

impl Reply {
    /// The number without `+` and country code.
    pub fn subscriber(&self) -> &str {
        subscriber(&self.phone, &self.country_code)
    }
}

impl Store {
    /// Records a reply to the newest message that the number has from the account, puts it into the pull queue of
    /// that message's app, and, when it opts out, the number on the app's list. `None`: there is no message that it
    /// could answer, and nothing was recorded.
    pub async fn receive_reply(&self, reply: NewReply) -> Result<Option<Reply>, StoreError> {
        self.write(1, move |db| receive(db, &reply)).await
    }

    /// Takes at most `limit` replies out of the app's pull queue, the oldest first. Each is handed out once.
    pub async fn pull_replies(
        &self,
        account: &str,
        app: &str,
        limit: usize,
    ) -> Result<Vec<Reply>, StoreError> {
        let (account, app) = (account.to_owned(), app.to_owned());
        self.write(limit, move |db| match find_app(&db.conn, &account, &app)? {
            Some(app) => pull(&db.conn, app, limit),
            None => Ok(Vec::new()),
        })
        .await
    }

    /// The replies of one number to the app that arrived from `begin` to `end`: the first `limit` of them, the newest
    /// last. They stay where they are.
    pub async fn replies_of(
        &self,
        account: &str,
        app: &str,
        phone: &str,
        (begin, end): (i64, i64),
        limit: usize,
    ) -> Result<Vec<Reply>, StoreError> {
        let (account, app, phone) = (account.to_owned(), app.to_owned(), phone.to_owned());
        self.read(move |conn| {
            let Some(app) = find_app(conn, &account, &app)? else { return Ok(Vec::new()) };
            let mut statement = conn.prepare_cached(&format!(
                "{SELECT} WHERE reply.app = ?1 AND phone = ?2 AND at BETWEEN ?3 AND ?4 ORDER BY at, reply.id LIMIT ?5"
            ))?;
            let rows = statement.query_map((app, &phone, begin, end, at_most(limit)), read)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }
}

const SELECT: &str = "SELECT app.name, phone, country_code, sign, extend_code, text, at, reply.id
    FROM reply JOIN app ON app.id = reply.app";

fn read(row: &Row<'_>) -> Result<Reply, rusqlite::Error> {
    Ok(Reply {
        app: row.get(0)?,
        phone: row.get(1)?,
        country_code: row.get(2)?,
        sign: row.get(3)?,
        extend_code: row.get(4)?,
        text: row.get(5)?,
        at: row.get(6)?,
    })
}

/// The message that a reply answers.
struct Answered {
    id: i64,
    app: i64,
    app_name: String,
    country_code: String,
    sign: String,
    extend_code: String,
}

fn receive(db: &mut Db, reply: &NewReply) -> Result<Option<Reply>, Fault> {
    // The messages of the transaction under way are found by the hours that they are counted in.
    db.hours.flush(&db.conn)?;
    let Some(message) = answered(&db.conn, reply)? else { return Ok(None) };
    let recorded = Reply {
        app: message.app_name,
        phone: reply.phone.clone(),
        country_code: message.country_code,
        sign: message.sign,
        extend_code: message.extend_code,
        text: reply.text.clone(),
        at: reply.at,
    };
    db.conn
        .prepare_cached(
            "INSERT INTO reply (app, at, phone, country_code, sign, extend_code, text, waiting)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1)",
        )?
        .execute((
            message.app,
            recorded.at,
            &recorded.phone,
            &recorded.country_code,
            &recorded.sign,
            &recorded.extend_code,
            &recorded.text,
        ))?;
    if reply.opts_out {
        opt_outs::add(&db.conn, message.app, &reply.phone, reply.at)?;
    }
    Ok(Some(recorded))
}

/// The newest message that was accepted for the number.
fn answered(conn: &Connection, reply: &NewReply) -> Result<Option<Answered>, Fault> {
    let apps: Vec<(i64, String)> = conn
        .prepare_cached("SELECT id, name FROM app WHERE account = ?1 AND (?2 IS NULL OR name = ?2)")?
        .query_map((&reply.account, &reply.app), |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let mut newest: Option<Answered> = None;
    for (app, app_name) in apps {
        let Some((first, last)) = messages_since(conn, app, reply.answerable_since)? else { continue };
        let found = conn
            .prepare_cached(
                "SELECT id, country_code, sign, extend_code FROM message
                 WHERE id BETWEEN ?1 AND ?2 AND app = ?3 AND phone = ?4 AND at BETWEEN ?5 AND ?6
                    AND refusal_code IS NULL
                 ORDER BY id DESC LIMIT 1",
            )?
            .query_row((first, last, app, &reply.phone, reply.answerable_since, reply.at), |row| {
                Ok(Answered {
                    id: row.get(0)?,
                    app,
                    app_name,
                    country_code: row.get(1)?,
                    sign: row.get(2)?,
                    extend_code: row.get(3)?,
                })
            })
            .optional()?;
        newest = [newest, found].into_iter().flatten().max_by_key(|message| message.id);
    }
    Ok(newest)
}

fn pull(conn: &Connection, app: i64, limit: usize) -> Result<Vec<Reply>, Fault> {
    let mut last = None;
    let mut replies = Vec::new();
    let mut statement = conn
        .prepare_cached(&format!("{SELECT} WHERE reply.app = ?1 AND waiting ORDER BY reply.id LIMIT ?2"))?;
    let mut rows = statement.query((app, at_most(limit)))?;
    while let Some(row) = rows.next()? {
        last = Some(row.get::<_, i64>(7)?);
        replies.push(read(row)?);
    }
    drop(rows);
    conn.prepare_cached("UPDATE reply SET waiting = 0 WHERE app = ?1 AND waiting AND id <= ?2")?
        .execute((app, last))?;
    Ok(replies)
}
