//! What people decide: what became of a message, what a phone's owner answers, and what a review says.

use axum::extract::{RawQuery, State};
use serde::{Deserialize, Serialize};
use tcsms_store::{MessageFilter, Receipt, ReceiptFor, ReportSource, Review, ReviewState, StoreError};
use utoipa::ToSchema;

use super::extract::{Content, Named};
use super::messages::canonical;
use super::query::Query;
use super::{Answer, Control, ControlError, Errors, answer, read};
use crate::actions::{self, IncomingReply};
use crate::callbacks::{self, Reply};
use crate::events::Event;

/// The most reports that are set at once for one message.
const COPIES_MAX: usize = 10;

/// What became of a message.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewReport {
    /// The message's serial number.
    serial: String,
    /// `delivered` or `failed`.
    #[schema(pattern = "^(delivered|failed)$")]
    status: String,
    /// The carrier's code word; by default `DELIVRD` or `UNDELIV`.
    #[schema(min_length = 1, max_length = 64)]
    word: Option<String>,
    /// When, Unix seconds; by default now, in business time.
    at: Option<i64>,
    /// How many reports of it there are; by default 1.
    #[schema(minimum = 1, maximum = 10)]
    copies: Option<usize>,
}

/// The answer to a report.
#[derive(Serialize, ToSchema)]
pub(super) struct Reported {
    /// How many reports were recorded.
    recorded: usize,
}

/// Sets what became of a message. The carrier's own receipts do not change it any more.
#[utoipa::path(post, path = "/_tcsms/v1/reports", tag = "messages", request_body = NewReport,
    responses((status = 200, body = Reported), Errors))]
pub(super) async fn report(State(control): State<Control>, Content(body): Content) -> Answer {
    let wanted: NewReport = read(&body)?;
    let delivered = match wanted.status.as_str() {
        "delivered" => true,
        "failed" => false,
        other => {
            return Err(ControlError::bad(format!("status {other:?}: it must be delivered or failed")));
        }
    };
    let copies = wanted.copies.unwrap_or(1);
    if !(1..=COPIES_MAX).contains(&copies) {
        return Err(ControlError::bad(format!("copies {copies}: it must be 1 to {COPIES_MAX}")));
    }
    let word = wanted.word.unwrap_or_else(|| if delivered { "DELIVRD" } else { "UNDELIV" }.to_owned());
    if word.is_empty() || word.chars().count() > 64 {
        return Err(ControlError::bad("word: it must have 1 to 64 characters"));
    }
    let missing = || ControlError::not_found(format!("no message has the serial number {}", wanted.serial));
    let message = control.store.message(&wanted.serial).await?.ok_or_else(missing)?;
    let now = control.clocks.of(&message.account).business_now();
    let receipt = Receipt { delivered, word, at: wanted.at.unwrap_or(now) };
    let receipts = vec![ReceiptFor { row: message.row, receipt }; copies];
    let recorded = control.store.record_receipts(receipts, ReportSource::Person).await?;
    control.events.publish(Event::Receipt(message.row));
    answer(Reported { recorded: recorded.into_iter().filter(|one| *one).count() })
}

/// A person's answer to a message.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewReply {
    /// Who answers; any form that a send accepts.
    phone: String,
    /// What they write.
    #[schema(min_length = 1, max_length = 500)]
    text: String,
    /// Whose message is answered; by default that of the newest message to this number.
    account: Option<String>,
    /// The app whose message is answered; by default that of the newest message to this number.
    app: Option<String>,
}

/// The answer to a reply.
#[derive(Serialize, ToSchema)]
pub(super) struct Replied {
    account: String,
    /// The app whose message was answered.
    app: String,
    /// Whether it is pushed to an address of the account.
    pushed: bool,
}

/// A person's answer arrives: it can be pulled, is pushed where the account wants that, and opts out when it says so.
#[utoipa::path(post, path = "/_tcsms/v1/replies", tag = "messages", request_body = NewReply,
    responses((status = 200, body = Replied), Errors))]
pub(super) async fn reply(State(control): State<Control>, Content(body): Content) -> Answer {
    let NewReply { phone, text, account, app } = read(&body)?;
    if text.is_empty() || text.chars().count() > 500 {
        return Err(ControlError::bad("text: it must have 1 to 500 characters"));
    }
    let phone = canonical(phone);
    let nobody = || {
        ControlError::not_found(format!(
            "no message of the last 72 hours was accepted for {phone}, so nobody there can answer one"
        ))
    };
    let account = match account {
        Some(account) => account,
        None => newest_sender(&control, &phone, app.clone()).await?.ok_or_else(nobody)?,
    };
    let at = control.clocks.of(&account).business_now();
    let incoming = IncomingReply { account: account.clone(), app, phone: phone.clone(), text, at };
    let reply = actions::receive_reply(&control.store, incoming).await?.ok_or_else(nobody)?;
    let pushed = queue(&control, &account, &reply).await?;
    let data = serde_json::json!({ "phone": reply.phone, "app": reply.app, "text": reply.text });
    control.events.publish(Event::Other { kind: "reply", account: Some(account.clone()), data });
    answer(Replied { account, app: reply.app, pushed })
}

/// The account that was the last to send to this number.
async fn newest_sender(
    control: &Control,
    phone: &str,
    app: Option<String>,
) -> Result<Option<String>, StoreError> {
    let filter = MessageFilter { app, phone: Some(phone.to_owned()), limit: 20, ..MessageFilter::default() };
    let sent =
        control.store.messages(filter).await?.into_iter().rev().find(|message| message.refusal.is_none());
    Ok(sent.map(|message| message.account))
}

/// Queues the push, when the account wants it.
async fn queue(control: &Control, account: &str, reply: &tcsms_store::Reply) -> Result<bool, ControlError> {
    let known = control.directory.account(account);
    let wants_push = known.is_some_and(|known| known.reply_url.is_some());
    if wants_push {
        let body = callbacks::reply(&Reply {
            extend: &reply.extend_code,
            mobile: reply.subscriber(),
            nationcode: &reply.country_code,
            sign: &reply.sign,
            text: &reply.text,
            time: reply.at,
        });
        let due_ms = reply.at.saturating_mul(1000);
        control.store.queue_reply_push(account, &reply.app, due_ms, body).await?;
    }
    Ok(wants_push)
}

/// What a review says.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewReview {
    /// `approved`, `rejected`, `reviewing`, or `pending`: approved, but not yet in force.
    #[schema(pattern = "^(approved|rejected|reviewing|pending)$")]
    status: String,
    /// The reviewer's words.
    #[serde(default)]
    reply: String,
}

/// The answer to a review.
#[derive(Serialize, ToSchema)]
pub(super) struct Reviewed {
    account: String,
    id: u64,
    status: String,
    reply: String,
}

/// Decides about a signature.
#[utoipa::path(post, path = "/_tcsms/v1/signs/{id}/review", tag = "reviews", request_body = NewReview,
    params(("id" = u64, Path, description = "The signature's id"),
        ("account" = Option<String>, Query, description = "Whose; needed when several accounts have one with this id")),
    responses((status = 200, body = Reviewed), Errors))]
pub(super) async fn sign(
    State(control): State<Control>,
    Named(id): Named<u64>,
    RawQuery(query): RawQuery,
    Content(body): Content,
) -> Answer {
    decide(&control, What::Sign, id, query.as_deref(), &body).await
}

/// Decides about a template.
#[utoipa::path(post, path = "/_tcsms/v1/templates/{id}/review", tag = "reviews", request_body = NewReview,
    params(("id" = u64, Path, description = "The template's id"),
        ("account" = Option<String>, Query, description = "Whose; needed when several accounts have one with this id")),
    responses((status = 200, body = Reviewed), Errors))]
pub(super) async fn template(
    State(control): State<Control>,
    Named(id): Named<u64>,
    RawQuery(query): RawQuery,
    Content(body): Content,
) -> Answer {
    decide(&control, What::Template, id, query.as_deref(), &body).await
}

#[derive(Clone, Copy)]
enum What {
    Sign,
    Template,
}

async fn decide(control: &Control, what: What, id: u64, query: Option<&str>, body: &[u8]) -> Answer {
    let mut query = Query::parse(query)?;
    let account = query.text("account");
    query.finish()?;
    let NewReview { status, reply } = read(body)?;
    let state = match status.as_str() {
        "approved" => ReviewState::Approved,
        "rejected" => ReviewState::Refused,
        "reviewing" => ReviewState::Reviewing,
        "pending" => ReviewState::Pending,
        other => {
            return Err(ControlError::bad(format!(
                "status {other:?}: it must be approved, rejected, reviewing or pending"
            )));
        }
    };
    let name = match what {
        What::Sign => "signature",
        What::Template => "template",
    };
    let mut owners = Vec::new();
    for candidate in control.directory.accounts() {
        let fits = account.as_ref().is_none_or(|wanted| *wanted == candidate.id);
        let has_it = match what {
            _ if !fits => false,
            What::Sign => control.store.signs(&candidate.id).await?.iter().any(|sign| sign.id == id),
            What::Template => control.store.template(&candidate.id, id).await?.is_some(),
        };
        if has_it {
            owners.push(candidate.id.clone());
        }
    }
    let owner = match owners.as_slice() {
        [] => return Err(ControlError::not_found(format!("there is no {name} {id}"))),
        [owner] => owner.clone(),
        several => {
            return Err(ControlError::bad(format!(
                "the accounts {} each have a {name} {id}; choose one with account=",
                several.join(", ")
            )));
        }
    };
    let review = Review { state, reply: reply.clone() };
    match what {
        What::Sign => control.store.review_sign(&owner, id, review).await?,
        What::Template => control.store.review_template(&owner, id, review).await?,
    };
    let data = serde_json::json!({ "what": name, "id": id, "status": status });
    control.events.publish(Event::Other { kind: "review", account: Some(owner.clone()), data });
    answer(Reviewed { account: owner, id, status, reply })
}
