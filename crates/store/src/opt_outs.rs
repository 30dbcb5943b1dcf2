//! Numbers whose owners want nothing from an app any more, login codes excepted.

use rusqlite::Connection;

use crate::error::{Fault, StoreError};
use crate::store::Store;
use crate::writer::find_app;

/// A number that opted out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptOut {
    /// The SdkAppId.
    pub app: String,
    /// The number in E.164 form.
    pub phone: String,
    /// When its owner said so.
    pub at: i64,
}

impl Store {
    /// The numbers that opted out of the account's apps, by app and number.
    pub async fn opt_outs(&self, account: &str) -> Result<Vec<OptOut>, StoreError> {
        let account = account.to_owned();
        self.read(move |conn| {
            let mut statement = conn.prepare_cached(
                "SELECT name, phone, at FROM opt_out JOIN app ON app.id = opt_out.app
                 WHERE account = ?1 ORDER BY name, phone",
            )?;
            let rows = statement.query_map([&account], |row| {
                Ok(OptOut { app: row.get(0)?, phone: row.get(1)?, at: row.get(2)? })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Takes the number off the app's list. False: it was not on it.
    pub async fn remove_opt_out(&self, account: &str, app: &str, phone: &str) -> Result<bool, StoreError> {
        let (account, app, phone) = (account.to_owned(), app.to_owned(), phone.to_owned());
        self.write(1, move |db| {
            let Some(app) = find_app(&db.conn, &account, &app)? else { return Ok(false) };
            let removed = db
                .conn
                .prepare_cached("DELETE FROM opt_out WHERE app = ?1 AND phone = ?2")?
                .execute((app, &phone))?;
            Ok(removed > 0)
        })
        .await
    }
}

/// Puts the number on the app's list, where it may stand already.
pub(crate) fn add(conn: &Connection, app: i64, phone: &str, at: i64) -> Result<(), Fault> {
    conn.prepare_cached("INSERT OR IGNORE INTO opt_out (app, phone, at) VALUES (?1, ?2, ?3)")?
        .execute((app, phone, at))?;
    Ok(())
}

/// Whether any number opted out of the app: mostly none did, and then none has to be looked up.
pub(crate) fn any(conn: &Connection, app: i64) -> Result<bool, Fault> {
    Ok(conn.prepare_cached("SELECT 1 FROM opt_out WHERE app = ?1 LIMIT 1")?.exists([app])?)
}

/// Whether this number opted out of the app.
pub(crate) fn has(conn: &Connection, app: i64, phone: &str) -> Result<bool, Fault> {
    Ok(conn.prepare_cached("SELECT 1 FROM opt_out WHERE app = ?1 AND phone = ?2")?.exists((app, phone))?)
}
