//! Near misses: messages that match all but one of the conditions of a search, and what differs.

use serde::Serialize;
use tcsms_store::{Message, MessageFilter, Store, StoreError};

/// How many near misses are shown for each condition.
const SHOWN_MAX: usize = 3;

/// How many messages are looked at for them: those that match wholly are among these and are no misses.
const LOOKED_AT: usize = 100;

/// A message that does not match.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct NearMiss {
    serial: String,
    phone: String,
    text: String,
    differs: Vec<Difference>,
}

/// A condition that it fails.
#[derive(Serialize, utoipa::ToSchema)]
struct Difference {
    member: &'static str,
    wanted: String,
    found: String,
}

/// Looks for messages that match when one condition is dropped, the newest first for each condition.
pub(super) async fn near(store: &Store, filter: &MessageFilter) -> Result<Vec<NearMiss>, StoreError> {
    let mut rows = Vec::new();
    let mut misses = Vec::new();
    for relaxed in relaxed(filter) {
        let shown_before = misses.len();
        for message in store.messages(relaxed).await?.into_iter().rev() {
            let differs = differences(filter, &message);
            if differs.is_empty() || rows.contains(&message.row) {
                continue;
            }
            rows.push(message.row);
            misses.push(NearMiss {
                serial: message.serial,
                phone: message.phone,
                text: message.text,
                differs,
            });
            if misses.len() - shown_before == SHOWN_MAX {
                break;
            }
        }
    }
    Ok(misses)
}

/// The filter without each of its conditions in turn.
fn relaxed(filter: &MessageFilter) -> Vec<MessageFilter> {
    // The cursor `after` stays: what came before it is not asked about.
    let base = MessageFilter { limit: LOOKED_AT, ..filter.clone() };
    let mut list = Vec::new();
    if filter.account.is_some() {
        list.push(MessageFilter { account: None, ..base.clone() });
    }
    if filter.app.is_some() {
        list.push(MessageFilter { app: None, ..base.clone() });
    }
    if filter.phone.is_some() {
        list.push(MessageFilter { phone: None, ..base.clone() });
    }
    if filter.status.is_some() {
        list.push(MessageFilter { status: None, ..base.clone() });
    }
    if filter.q.is_some() {
        list.push(MessageFilter { q: None, ..base });
    }
    list
}

fn differences(filter: &MessageFilter, message: &Message) -> Vec<Difference> {
    let mut differs = Vec::new();
    let mut compare = |member, wanted: Option<&str>, found: &str| {
        if let Some(wanted) = wanted.filter(|wanted| *wanted != found) {
            differs.push(Difference { member, wanted: wanted.to_owned(), found: found.to_owned() });
        }
    };
    compare("account", filter.account.as_deref(), &message.account);
    compare("app", filter.app.as_deref(), &message.app);
    compare("phone", filter.phone.as_deref(), &message.phone);
    compare("status", filter.status.map(|status| status.as_str()), message.status().as_str());
    if let Some(q) = &filter.q {
        let q_lower = q.to_ascii_lowercase();
        let holds = |text: &str| text.to_ascii_lowercase().contains(&q_lower);
        if ![&message.text, &message.phone, &message.serial].into_iter().any(|text| holds(text)) {
            differs.push(Difference { member: "q", wanted: q.clone(), found: message.text.clone() });
        }
    }
    differs
}
