//! A person's answer arrives: from the control API now, from a carrier one day.

use tcsms_store::{NewReply, Reply, Store, StoreError};

use crate::rules::{numbers, opt_out};

/// An answer as it arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncomingReply {
    /// The account whose message is answered.
    pub account: String,
    /// The SdkAppId whose message is answered; `None`: whichever of the account wrote last to the number.
    pub app: Option<String>,
    /// The number that answers, in any form that a send takes.
    pub phone: String,
    /// What it says.
    pub text: String,
    /// When it arrives, in Unix seconds of business time.
    pub at: i64,
}

/// Records the answer, durably, and returns it as it will be pulled; `None` when the number has no message of the last
/// 72 hours that it could answer. One that asks for no more messages puts the number on the app's opt-out list.
///
/// # Errors
/// The store could not be written; nothing was recorded.
pub async fn receive_reply(store: &Store, reply: IncomingReply) -> Result<Option<Reply>, StoreError> {
    let opts_out = opt_out::asks(&reply.text);
    let IncomingReply { account, app, phone, text, at } = reply;
    // Messages record the canonical form.
    let phone = numbers::parse(&phone).map_or(phone, |number| number.e164);
    let answerable_since = at.saturating_sub(opt_out::ANSWERABLE);
    store.receive_reply(NewReply { account, app, phone, text, at, answerable_since, opts_out }).await
}
