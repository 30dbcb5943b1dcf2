//! Accounts that are made for a test run: they have a clock of their own and take all that they had with them.

use rusqlite::{Connection, params_from_iter};

use crate::catalogue::publish_account;
use crate::error::{Fault, StoreError};
use crate::model::ConfiguredAccount;
use crate::store::Store;
use crate::writer::Db;

impl Store {
    /// Adds an account with its signatures, templates and packages, whose apps' work is due by this clock. It is gone
    /// when the store is opened again.
    pub async fn add_temporary_account(
        &self,
        account: ConfiguredAccount,
        apps: Vec<String>,
        clock: i64,
        now: i64,
    ) -> Result<(), StoreError> {
        self.write(1, move |db| {
            db.conn
                .execute("INSERT OR IGNORE INTO temporary_account (account) VALUES (?1)", [&account.id])?;
            crate::catalogue::configure_account(&db.conn, &account, now)?;
            for app in &apps {
                let row = db.app(&account.id, app)?;
                db.conn.execute("UPDATE app SET clock = ?2 WHERE id = ?1", (row.id, clock))?;
            }
            db.forget_apps(&account.id);
            publish_account(db, &account.id)
        })
        .await
    }

    /// Removes the account with everything that belongs to it.
    pub async fn remove_account(&self, account: &str) -> Result<(), StoreError> {
        let account = account.to_owned();
        self.write(100, move |db| remove(db, &account)).await
    }

    /// Removes the temporary accounts that an earlier start has left.
    pub async fn remove_temporary_accounts(&self) -> Result<(), StoreError> {
        self.write(100, |db| {
            let accounts: Vec<String> = db
                .conn
                .prepare("SELECT account FROM temporary_account")?
                .query_map([], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            accounts.iter().try_for_each(|account| remove(db, account))
        })
        .await
    }
}

fn remove(db: &mut Db, account: &str) -> Result<(), Fault> {
    // What the transaction under way has counted belongs to messages that go as well.
    db.hours.flush(&db.conn)?;
    db.conn.execute("UPDATE message_floor SET floor = ?1", [db.next_message_id()])?;
    let apps: Vec<i64> = db
        .conn
        .prepare("SELECT id FROM app WHERE account = ?1")?
        .query_map([account], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for app in &apps {
        db.limiters.forget(*app);
    }
    remove_rows(&db.conn, account, &apps)?;
    db.forget_apps(account);
    db.announce_messages();
    publish_account(db, account)
}

/// Every table says by the names of its columns whose its rows are: those that hang on messages go first, then those
/// of the apps, then those of the account.
fn remove_rows(conn: &Connection, account: &str, apps: &[i64]) -> Result<(), Fault> {
    let marks = vec!["?"; apps.len()].join(", ");
    let of_message = format!("message IN (SELECT id FROM message WHERE app IN ({marks}))");
    for table in tables_with(conn, "message")? {
        conn.execute(&format!("DELETE FROM {table} WHERE {of_message}"), params_from_iter(apps))?;
    }
    for table in tables_with(conn, "app")? {
        conn.execute(&format!("DELETE FROM {table} WHERE app IN ({marks})"), params_from_iter(apps))?;
    }
    for table in tables_with(conn, "account")? {
        conn.execute(&format!("DELETE FROM {table} WHERE account = ?1"), [account])?;
    }
    Ok(())
}

/// The names of the tables that have this column.
fn tables_with(conn: &Connection, column: &str) -> Result<Vec<String>, Fault> {
    let mut statement = conn.prepare(
        "SELECT sqlite_schema.name FROM sqlite_schema, pragma_table_info(sqlite_schema.name) AS columns
         WHERE sqlite_schema.type = 'table' AND columns.name = ?1",
    )?;
    let names = statement.query_map([column], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}
