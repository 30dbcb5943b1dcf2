//! What signatures and templates have in common: ids that are never given out twice, a review, and removal.

use rusqlite::{Connection, params};

use crate::catalogue::AccountCatalogue;
use crate::error::{Fault, StoreError, stored};
use crate::model::{PlannedReview, Review, ReviewState, Reviewed};
use crate::writer::Db;

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It is made, and what was changed is under review again.
    Done,
    /// The account has nothing with this id.
    Unknown,
    /// It may be used elsewhere than the change says.
    OtherScope,
    /// It is approved, and what is approved cannot be changed.
    Approved,
    /// Another signature of the account has this name and is in this state.
    Taken(ReviewState),
}

/// What became of a removal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// It is gone. Messages that used it stay as they are.
    Done,
    /// Nobody has anything with this id.
    Unknown,
    /// Only another account has something with this id.
    Foreign,
}

/// One of the two tables.
#[derive(Clone, Copy)]
pub(crate) enum Table {
    Sign,
    Template,
}

impl Table {
    fn name(self) -> &'static str {
        match self {
            Self::Sign => "sign",
            Self::Template => "template",
        }
    }

    fn holds(self, catalogue: &AccountCatalogue, id: u64) -> bool {
        match self {
            Self::Sign => catalogue.signs.contains_key(&id),
            Self::Template => catalogue.templates.contains_key(&id),
        }
    }

    /// The lowest id above all that the account ever had; `None` when it holds `max` entries already.
    pub(crate) fn next_id(self, conn: &Connection, account: &str, max: usize) -> Result<Option<i64>, Fault> {
        let (highest, held): (i64, i64) = conn
            .prepare_cached(&format!(
                "SELECT coalesce(max(id), 0), count(*) FILTER (WHERE NOT removed) FROM {} WHERE account = ?1",
                self.name()
            ))?
            .query_row([account], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if held.unsigned_abs() >= max as u64 {
            return Ok(None);
        }
        let too_large =
            StoreError::TooLarge { what: "the next id", value: highest.unsigned_abs().saturating_add(1) };
        Ok(Some(highest.checked_add(1).ok_or(too_large)?))
    }

    /// Puts the entry under review again, from `at` on.
    pub(crate) fn submit_again(
        self,
        conn: &Connection,
        account: &str,
        id: u64,
        at: i64,
        planned: Option<PlannedReview>,
    ) -> Result<(), Fault> {
        let review = Reviewed { planned, ..Reviewed::settled(ReviewState::Reviewing) };
        self.write_review(conn, account, id, &review)?;
        conn.prepare_cached(&format!(
            "UPDATE {} SET created = ?3 WHERE account = ?1 AND id = ?2",
            self.name()
        ))?
        .execute(params![account, stored("the id", id)?, at])?;
        Ok(())
    }

    fn write_review(self, conn: &Connection, account: &str, id: u64, review: &Reviewed) -> Result<(), Fault> {
        let planned = review.planned.as_ref();
        conn.prepare_cached(&format!(
            "UPDATE {} SET state = ?3, reply = ?4, planned_at = ?5, planned_state = ?6, planned_reply = ?7
             WHERE account = ?1 AND id = ?2",
            self.name()
        ))?
        .execute(params![
            account,
            stored("the id", id)?,
            review.current.state.code(),
            review.current.reply,
            planned.map(|planned| planned.at),
            planned.map(|planned| planned.review.state.code()),
            planned.map(|planned| planned.review.reply.as_str())
        ])?;
        Ok(())
    }

    /// Writes what a reviewer decided; what was planned is dropped. False: the account has nothing with this id.
    pub(crate) fn decide(self, db: &mut Db, account: &str, id: u64, review: &Review) -> Result<bool, Fault> {
        if !self.holds(&AccountCatalogue::load(&db.conn, account)?, id) {
            return Ok(false);
        }
        let decided = Reviewed { current: review.clone(), planned: None };
        self.write_review(&db.conn, account, id, &decided)?;
        publish(db, account)?;
        Ok(true)
    }

    pub(crate) fn remove(self, db: &mut Db, account: &str, id: u64) -> Result<Removed, Fault> {
        if !self.holds(&AccountCatalogue::load(&db.conn, account)?, id) {
            let elsewhere = db.news.catalogue.elsewhere(account, |other| self.holds(other, id));
            return Ok(if elsewhere { Removed::Foreign } else { Removed::Unknown });
        }
        db.conn
            .prepare_cached(&format!(
                "UPDATE {} SET removed = 1 WHERE account = ?1 AND id = ?2",
                self.name()
            ))?
            .execute(params![account, stored("the id", id)?])?;
        publish(db, account)?;
        Ok(Removed::Done)
    }
}

/// After the commit, everybody sees what the account holds now.
pub(crate) fn publish(db: &mut Db, account: &str) -> Result<(), Fault> {
    let catalogue = AccountCatalogue::load(&db.conn, account)?;
    db.announce_catalogue(account.to_owned(), catalogue);
    Ok(())
}
