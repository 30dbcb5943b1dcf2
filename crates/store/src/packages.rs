//! Prepaid packages: what they hold, and how they are used up.

use rusqlite::Connection;

use crate::error::{Fault, StoreError};
use crate::store::Store;

/// A prepaid package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Package {
    /// Its id, unique within the account.
    pub id: u64,
    /// Segments in it.
    pub amount: u64,
    /// Segments used of it.
    pub used: u64,
    /// Whether it was given, not bought.
    pub gift: bool,
    /// When it was made.
    pub created: i64,
    /// From when it may be used; `None`: always.
    pub effective: Option<i64>,
    /// From when it may not be used any more; `None`: never.
    pub expires: Option<i64>,
}

impl Store {
    /// All packages of the account, the oldest first, used up and expired ones included.
    pub async fn packages(&self, account: &str) -> Result<Vec<Package>, StoreError> {
        let account = account.to_owned();
        self.read(move |conn| {
            let mut statement = conn.prepare_cached(
                "SELECT id, amount, used, gift, created, effective, expires
                 FROM package WHERE account = ?1 AND NOT removed ORDER BY created, id",
            )?;
            let packages = statement.query_map([&account], |row| {
                Ok(Package {
                    id: row.get::<_, i64>(0)?.unsigned_abs(),
                    amount: row.get::<_, i64>(1)?.unsigned_abs(),
                    used: row.get::<_, i64>(2)?.unsigned_abs(),
                    gift: row.get(3)?,
                    created: row.get(4)?,
                    effective: row.get(5)?,
                    expires: row.get(6)?,
                })
            })?;
            Ok(packages.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// The segments that the account's packages hold at the time `now`; `None` when it has no packages and may send
    /// without bound.
    pub async fn balance(&self, account: &str, now: i64) -> Result<Option<u64>, StoreError> {
        let account = account.to_owned();
        self.read(move |conn| Ok(Usable::load(conn, &account, now)?.map(|packages| packages.left()))).await
    }
}

/// The packages of an account that are in force, in the order in which they are used up.
pub(crate) struct Usable {
    /// The id and the segments left.
    packages: Vec<(i64, u64)>,
}

impl Usable {
    /// `None` when the account has no packages at all, which means: no bound. When all of them have expired or are
    /// not yet in force, nothing is left.
    pub(crate) fn load(conn: &Connection, account: &str, now: i64) -> Result<Option<Self>, Fault> {
        let mut statement = conn.prepare_cached(
            "SELECT id, max(amount - used, 0), coalesce(effective <= ?2, 1) AND coalesce(?2 < expires, 1)
             FROM package WHERE account = ?1 AND NOT removed ORDER BY expires IS NULL, expires, id",
        )?;
        let mut rows = statement.query((account, now))?;
        let (mut any, mut packages) = (false, Vec::new());
        while let Some(row) = rows.next()? {
            any = true;
            if row.get(2)? {
                packages.push((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()));
            }
        }
        Ok(any.then_some(Self { packages }))
    }

    pub(crate) fn left(&self) -> u64 {
        self.packages.iter().map(|(_, left)| left).fold(0, |sum, left| sum.saturating_add(*left))
    }

    pub(crate) fn charge(self, conn: &Connection, account: &str, mut segments: u64) -> Result<(), Fault> {
        for (id, left) in self.packages {
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
