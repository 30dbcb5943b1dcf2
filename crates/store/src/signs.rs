//! Signatures: added, changed, reviewed, removed. Within one account a name is used once for the mainland and once for
//! other countries, refused ones aside.

use rusqlite::params;

use crate::catalogue::AccountCatalogue;
use crate::entries::{Changed, Removed, Table, publish};
use crate::error::{Fault, StoreError, stored};
use crate::model::{PlannedReview, Review, ReviewState, Scope, SignApplication};
use crate::store::Store;
use crate::writer::Db;

/// A signature that is added or changed through the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSign {
    /// The account that it belongs to.
    pub account: String,
    /// The text without brackets.
    pub name: String,
    /// Where it may be used.
    pub scope: Scope,
    /// What the applicant says about it.
    pub application: SignApplication,
    /// When it is submitted.
    pub created: i64,
    /// What the review will decide, and when; `None` leaves it waiting until somebody decides.
    pub planned: Option<PlannedReview>,
}

/// What became of a signature that was to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignAdded {
    /// It has this id.
    Id(u64),
    /// The account holds as many as it may; nothing was added.
    TooMany,
    /// The account has a signature of this name already, in this state; nothing was added.
    Taken(ReviewState),
}

impl Store {
    /// Adds a signature in the state "under review" and gives it the lowest id above all that the account ever had.
    /// `max` is how many the account may hold, this one included.
    pub async fn add_sign(&self, sign: NewSign, max: usize) -> Result<SignAdded, StoreError> {
        self.write(1, move |db| add(db, &sign, max)).await
    }

    /// Puts these contents in the place of those of the signature with this id, unless it is approved, and puts it
    /// under review again.
    pub async fn modify_sign(&self, id: u64, sign: NewSign) -> Result<Changed, StoreError> {
        self.write(1, move |db| modify(db, id, &sign)).await
    }

    /// Removes the signature, whatever its state. Its name may be used again.
    pub async fn remove_sign(&self, account: &str, id: u64) -> Result<Removed, StoreError> {
        let account = account.to_owned();
        self.write(1, move |db| Table::Sign.remove(db, &account, id)).await
    }

    /// Writes what a reviewer decided about the signature, in whatever state it is. False: the account has none with
    /// this id.
    pub async fn review_sign(&self, account: &str, id: u64, review: Review) -> Result<bool, StoreError> {
        let account = account.to_owned();
        self.write(1, move |db| Table::Sign.decide(db, &account, id, &review)).await
    }
}

/// The state of another signature that has the name of `sign`.
fn taken(catalogue: &AccountCatalogue, sign: &NewSign, own: Option<u64>) -> Option<ReviewState> {
    let namesakes = catalogue
        .signs
        .values()
        .filter(|other| other.name == sign.name && other.scope == sign.scope && Some(other.id) != own);
    let states = namesakes.map(|other| other.review.at(sign.created).state);
    // Of several, the one that comes first to the mind of the applicant.
    states.filter(|state| *state != ReviewState::Refused).min_by_key(|state| *state == ReviewState::Reviewing)
}

fn add(db: &mut Db, sign: &NewSign, max: usize) -> Result<SignAdded, Fault> {
    let catalogue = AccountCatalogue::load(&db.conn, &sign.account)?;
    if let Some(state) = taken(&catalogue, sign, None) {
        return Ok(SignAdded::Taken(state));
    }
    let Some(id) = Table::Sign.next_id(&db.conn, &sign.account, max)? else {
        return Ok(SignAdded::TooMany);
    };
    db.conn
        .prepare_cached(
            "INSERT INTO sign (account, id, name, scope, state, reply, created, configured, removed)
             VALUES (?1, ?2, '', 0, 0, '', 0, 0, 0)",
        )?
        .execute((&sign.account, id))?;
    write(db, id.unsigned_abs(), sign)?;
    Ok(SignAdded::Id(id.unsigned_abs()))
}

fn modify(db: &mut Db, id: u64, sign: &NewSign) -> Result<Changed, Fault> {
    let catalogue = AccountCatalogue::load(&db.conn, &sign.account)?;
    let Some(old) = catalogue.signs.get(&id) else { return Ok(Changed::Unknown) };
    if old.scope != sign.scope {
        return Ok(Changed::OtherScope);
    }
    if matches!(old.review.at(sign.created).state, ReviewState::Approved | ReviewState::Pending) {
        return Ok(Changed::Approved);
    }
    if let Some(state) = taken(&catalogue, sign, Some(id)) {
        return Ok(Changed::Taken(state));
    }
    write(db, id, sign)?;
    Ok(Changed::Done)
}

/// Fills the row of this id and puts it under review.
fn write(db: &mut Db, id: u64, sign: &NewSign) -> Result<(), Fault> {
    let SignApplication { kind, document, purpose, remark, qualification } = &sign.application;
    db.conn
        .prepare_cached(
            "UPDATE sign SET name = ?3, scope = ?4, kind = ?5, document = ?6, purpose = ?7, remark = ?8,
                qualification = ?9
             WHERE account = ?1 AND id = ?2",
        )?
        .execute(params![
            sign.account,
            stored("the signature id", id)?,
            sign.name,
            sign.scope.code(),
            kind,
            document,
            purpose,
            remark,
            qualification.map(|id| stored("the qualification id", id)).transpose()?
        ])?;
    Table::Sign.submit_again(&db.conn, &sign.account, id, sign.created, sign.planned.clone())?;
    publish(db, &sign.account)
}
