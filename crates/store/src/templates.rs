//! Templates: added, changed, reviewed, removed.

use rusqlite::params;

use crate::catalogue::AccountCatalogue;
use crate::entries::{Changed, Removed, Table, publish};
use crate::error::{Fault, StoreError, stored};
use crate::model::{PlannedReview, Review, ReviewState, Scope, TemplateKind};
use crate::store::Store;
use crate::writer::Db;

/// A template that is added or changed through the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTemplate {
    /// The account that it belongs to.
    pub account: String,
    /// Its title.
    pub name: String,
    /// The text with `{1}`, `{2}`…
    pub content: String,
    /// What it is for.
    pub kind: TemplateKind,
    /// Where it may be used.
    pub scope: Scope,
    /// The applicant's remark.
    pub remark: String,
    /// When it is submitted.
    pub created: i64,
    /// What the review will decide, and when; `None` leaves it waiting until somebody decides.
    pub planned: Option<PlannedReview>,
}

/// What became of a template that was to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It has this id.
    Id(u64),
    /// The account holds as many as it may; nothing was added.
    TooMany,
}

impl Store {
    /// Adds a template in the state "under review" and gives it the lowest id above all that the account ever had.
    /// `max` is how many the account may hold, this one included.
    pub async fn add_template(&self, template: NewTemplate, max: usize) -> Result<Added, StoreError> {
        self.write(1, move |db| add(db, &template, max)).await
    }

    /// Puts these contents in the place of those of the template with this id, unless it is approved, and puts it
    /// under review again.
    pub async fn modify_template(&self, id: u64, template: NewTemplate) -> Result<Changed, StoreError> {
        self.write(1, move |db| modify(db, id, &template)).await
    }

    /// Removes the template, whatever its state.
    pub async fn remove_template(&self, account: &str, id: u64) -> Result<Removed, StoreError> {
        let account = account.to_owned();
        self.write(1, move |db| Table::Template.remove(db, &account, id)).await
    }

    /// Writes what a reviewer decided about the template, in whatever state it is. False: the account has none with
    /// this id.
    pub async fn review_template(&self, account: &str, id: u64, review: Review) -> Result<bool, StoreError> {
        let account = account.to_owned();
        self.write(1, move |db| Table::Template.decide(db, &account, id, &review)).await
    }
}

fn add(db: &mut Db, template: &NewTemplate, max: usize) -> Result<Added, Fault> {
    let Some(id) = Table::Template.next_id(&db.conn, &template.account, max)? else {
        return Ok(Added::TooMany);
    };
    db.conn
        .prepare_cached(
            "INSERT INTO template (account, id, name, content, kind, scope, remark, state, reply, created, configured,
                removed)
             VALUES (?1, ?2, '', '', 0, 0, '', 0, '', 0, 0, 0)",
        )?
        .execute((&template.account, id))?;
    write(db, id.unsigned_abs(), template)?;
    Ok(Added::Id(id.unsigned_abs()))
}

fn modify(db: &mut Db, id: u64, template: &NewTemplate) -> Result<Changed, Fault> {
    let catalogue = AccountCatalogue::load(&db.conn, &template.account)?;
    let Some(old) = catalogue.templates.get(&id) else { return Ok(Changed::Unknown) };
    if old.scope != template.scope && old.scope != Scope::Both {
        return Ok(Changed::OtherScope);
    }
    if matches!(old.review.at(template.created).state, ReviewState::Approved | ReviewState::Pending) {
        return Ok(Changed::Approved);
    }
    let scope = old.scope;
    write(db, id, &NewTemplate { scope, ..template.clone() })?;
    Ok(Changed::Done)
}

/// Fills the row of this id and puts it under review.
fn write(db: &mut Db, id: u64, template: &NewTemplate) -> Result<(), Fault> {
    db.conn
        .prepare_cached(
            "UPDATE template SET name = ?3, content = ?4, kind = ?5, scope = ?6, remark = ?7
             WHERE account = ?1 AND id = ?2",
        )?
        .execute(params![
            template.account,
            stored("the template id", id)?,
            template.name,
            template.content,
            template.kind.code(),
            template.scope.code(),
            template.remark
        ])?;
    let NewTemplate { account, created, planned, .. } = template;
    Table::Template.submit_again(&db.conn, account, id, *created, planned.clone())?;
    publish(db, account)
}
