//! Signatures, templates and packages: what the configuration says and what is added through the API.
//!
//! They are few and needed by every send, so all of them are kept in memory as well, and exchanged account by account
//! after the commit that changed them.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use rusqlite::{Connection, Row, params};

use crate::error::{Fault, StoreError, stored};
use crate::model::{
    Configured, ConfiguredAccount, PlannedReview, Review, ReviewState, Reviewed, Scope, Sign,
    SignApplication, Template, TemplateKind,
};
use crate::store::Store;
use crate::writer::Db;

/// The signatures and templates of one account, by id.
#[derive(Clone, Default)]
pub(crate) struct AccountCatalogue {
    pub(crate) signs: BTreeMap<u64, Arc<Sign>>,
    pub(crate) templates: BTreeMap<u64, Arc<Template>>,
}

/// The catalogues of all accounts, as of the last commit.
pub(crate) struct Catalogue {
    accounts: RwLock<HashMap<String, AccountCatalogue>>,
}

impl Catalogue {
    /// Reads everything.
    pub(crate) fn load(conn: &Connection) -> Result<Self, Fault> {
        let names: Vec<String> = conn
            .prepare("SELECT account FROM sign UNION SELECT account FROM template")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let mut accounts = HashMap::new();
        for name in names {
            let account = AccountCatalogue::load(conn, &name)?;
            accounts.insert(name, account);
        }
        Ok(Self { accounts: RwLock::new(accounts) })
    }

    /// Puts these in the place of those that the accounts had.
    pub(crate) fn publish(&self, changed: HashMap<String, AccountCatalogue>) {
        if !changed.is_empty() {
            self.accounts.write().unwrap_or_else(PoisonError::into_inner).extend(changed);
        }
    }

    /// Whether another account has something that `has` recognises.
    pub(crate) fn elsewhere(&self, account: &str, has: impl Fn(&AccountCatalogue) -> bool) -> bool {
        let accounts = self.accounts.read().unwrap_or_else(PoisonError::into_inner);
        accounts.iter().any(|(name, other)| name != account && has(other))
    }

    fn of<T>(&self, account: &str, look: impl FnOnce(&AccountCatalogue) -> T) -> Option<T> {
        self.accounts.read().unwrap_or_else(PoisonError::into_inner).get(account).map(look)
    }
}

impl AccountCatalogue {
    pub(crate) fn load(conn: &Connection, account: &str) -> Result<Self, Fault> {
        let signs = conn
            .prepare_cached(
                "SELECT id, name, scope, state, reply, planned_at, planned_state, planned_reply, created, kind,
                    document, purpose, remark, qualification
                 FROM sign WHERE account = ?1 AND NOT removed",
            )?
            .query_map([account], |row| {
                let id = row.get::<_, i64>(0)?.unsigned_abs();
                let sign = Sign {
                    account: account.to_owned(),
                    id,
                    name: row.get(1)?,
                    scope: code(row, 2, Scope::from_code)?,
                    review: reviewed(row, 3)?,
                    created: row.get(8)?,
                    application: SignApplication {
                        kind: row.get(9)?,
                        document: row.get(10)?,
                        purpose: row.get(11)?,
                        remark: row.get(12)?,
                        qualification: row.get::<_, Option<i64>>(13)?.map(i64::unsigned_abs),
                    },
                };
                Ok((id, Arc::new(sign)))
            })?
            .collect::<Result<_, _>>()?;
        let templates = conn
            .prepare_cached(
                "SELECT id, name, scope, state, reply, planned_at, planned_state, planned_reply, created, content,
                    kind, remark
                 FROM template WHERE account = ?1 AND NOT removed",
            )?
            .query_map([account], |row| {
                let id = row.get::<_, i64>(0)?.unsigned_abs();
                let template = Template {
                    account: account.to_owned(),
                    id,
                    name: row.get(1)?,
                    content: row.get(9)?,
                    kind: code(row, 10, TemplateKind::from_code)?,
                    scope: code(row, 2, Scope::from_code)?,
                    remark: row.get(11)?,
                    review: reviewed(row, 3)?,
                    created: row.get(8)?,
                };
                Ok((id, Arc::new(template)))
            })?
            .collect::<Result<_, _>>()?;
        Ok(Self { signs, templates })
    }
}

/// Reads a column that holds a number of the wire.
fn code<T>(row: &Row<'_>, column: usize, meaning: fn(i64) -> Option<T>) -> Result<T, rusqlite::Error> {
    let number = row.get(column)?;
    meaning(number).ok_or(rusqlite::Error::IntegralValueOutOfRange(column, number))
}

/// Reads the five columns of a review, the first of which is `column`.
fn reviewed(row: &Row<'_>, column: usize) -> Result<Reviewed, rusqlite::Error> {
    let planned_at: Option<i64> = row.get(column + 2)?;
    let planned = match planned_at {
        Some(at) => {
            let state = code(row, column + 3, ReviewState::from_code)?;
            Some(PlannedReview { at, review: Review { state, reply: row.get(column + 4)? } })
        }
        None => None,
    };
    let current = Review { state: code(row, column, ReviewState::from_code)?, reply: row.get(column + 1)? };
    Ok(Reviewed { current, planned })
}

impl Store {
    /// Makes the store hold what the configuration says: its signatures, templates and packages are written under
    /// their ids, and those of an earlier configuration that are missing now are removed. What was added through the
    /// API stays. Of a package, what was used of it stays used.
    ///
    /// `now` becomes the time of submission of what is new. Fails without a change when an id is taken by something
    /// added through the API, or too large.
    pub async fn apply_configuration(&self, configured: Configured, now: i64) -> Result<(), StoreError> {
        self.write(1, move |db| configure(db, &configured, now)).await
    }

    /// The account's template with this id. Ask its [`Reviewed::at`] whether it is in force.
    pub async fn template(&self, account: &str, id: u64) -> Result<Option<Arc<Template>>, StoreError> {
        Ok(self.catalogue().of(account, |account| account.templates.get(&id).cloned()).flatten())
    }

    /// All templates of the account by ascending id.
    pub async fn templates(&self, account: &str) -> Result<Vec<Arc<Template>>, StoreError> {
        Ok(self
            .catalogue()
            .of(account, |account| account.templates.values().cloned().collect())
            .unwrap_or_default())
    }

    /// The account's signature with this text, for mainland numbers or for the others. Of several with the same text,
    /// the one that is in force at the time `now` is found before the others.
    pub async fn sign(
        &self,
        account: &str,
        name: &str,
        mainland: bool,
        now: i64,
    ) -> Result<Option<Arc<Sign>>, StoreError> {
        let found = self.catalogue().of(account, |account| {
            let mut fitting =
                account.signs.values().filter(|sign| sign.name == name && sign.scope.covers(mainland));
            let in_force = fitting.clone().find(|sign| sign.review.at(now).state == ReviewState::Approved);
            in_force.or_else(|| fitting.next()).cloned()
        });
        Ok(found.flatten())
    }

    /// All signatures of the account by ascending id.
    pub async fn signs(&self, account: &str) -> Result<Vec<Arc<Sign>>, StoreError> {
        Ok(self
            .catalogue()
            .of(account, |account| account.signs.values().cloned().collect())
            .unwrap_or_default())
    }
}

fn configure(db: &mut Db, configured: &Configured, now: i64) -> Result<(), Fault> {
    let conn = &db.conn;
    conn.execute("UPDATE sign SET removed = 1 WHERE configured", [])?;
    conn.execute("UPDATE template SET removed = 1 WHERE configured", [])?;
    conn.execute("UPDATE package SET removed = 1", [])?;
    for account in &configured.accounts {
        configure_account(conn, account, now)?;
    }
    // Also those accounts that are gone from the configuration and have lost what they had.
    let Catalogue { accounts } = Catalogue::load(conn)?;
    for (name, account) in accounts.into_inner().unwrap_or_else(PoisonError::into_inner) {
        db.announce_catalogue(name, account);
    }
    Ok(())
}

pub(crate) fn configure_account(
    conn: &Connection,
    account: &ConfiguredAccount,
    now: i64,
) -> Result<(), Fault> {
    let taken = |what, id| StoreError::IdTaken { what, id, account: account.id.clone() };
    for sign in &account.signs {
        let written = conn
            .prepare_cached(
                "INSERT INTO sign (account, id, name, scope, state, reply, created, qualification, configured, removed)
                 VALUES (?1, ?2, ?3, ?4, ?5, '', ?6, ?7, 1, 0)
                 ON CONFLICT (account, id) DO UPDATE SET
                    name = excluded.name, scope = excluded.scope, state = excluded.state, reply = '',
                    planned_at = NULL, qualification = excluded.qualification, removed = 0
                 WHERE configured",
            )?
            .execute(params![
                account.id,
                stored("the signature id", sign.id)?,
                sign.name,
                sign.scope.code(),
                sign.state.code(),
                now,
                sign.qualification.map(|id| stored("the qualification id", id)).transpose()?
            ])?;
        if written == 0 {
            return Err(taken("signature", sign.id).into());
        }
    }
    for template in &account.templates {
        let written = conn
            .prepare_cached(
                "INSERT INTO template
                    (account, id, name, content, kind, scope, remark, state, reply, created, configured, removed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, '', ?7, '', ?8, 1, 0)
                 ON CONFLICT (account, id) DO UPDATE SET
                    name = excluded.name, content = excluded.content, kind = excluded.kind, scope = excluded.scope,
                    state = excluded.state, reply = '', planned_at = NULL, removed = 0
                 WHERE configured",
            )?
            .execute(params![
                account.id,
                stored("the template id", template.id)?,
                template.name,
                template.content,
                template.kind.code(),
                template.scope.code(),
                template.state.code(),
                now
            ])?;
        if written == 0 {
            return Err(taken("template", template.id).into());
        }
    }
    for package in &account.packages {
        conn.prepare_cached(
            "INSERT INTO package (account, id, amount, used, gift, created, effective, expires, removed)
             VALUES (?1, ?2, ?3, 0, ?4, coalesce(?5, ?8), ?6, ?7, 0)
             ON CONFLICT (account, id) DO UPDATE SET
                amount = excluded.amount, gift = excluded.gift,
                created = coalesce(?5, nullif(created, 0), ?8),
                effective = excluded.effective, expires = excluded.expires, removed = 0",
        )?
        .execute(params![
            account.id,
            stored("the package id", package.id)?,
            stored("the amount of a package,", package.amount)?,
            package.gift,
            package.created,
            package.effective,
            package.expires,
            now
        ])?;
    }
    Ok(())
}

/// Makes the account's catalogue known after the commit.
pub(crate) fn publish_account(db: &mut Db, account: &str) -> Result<(), Fault> {
    let catalogue = AccountCatalogue::load(&db.conn, account)?;
    db.announce_catalogue(account.to_owned(), catalogue);
    Ok(())
}
