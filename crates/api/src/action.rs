use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Version;
use crate::generated::ACTIONS;
use crate::model::Model;

/// A request of the API: what is sent, what comes back, and what is known about the action.
///
/// Every generated request type has it; other types cannot.
pub trait Action: Model + Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// What the service answers when it does not refuse.
    type Answer: Answer;
    /// The action's entry in [`ACTIONS`].
    const INFO: &'static ActionInfo;
}

/// An answer of the API: the content of `Response` when the service did not refuse.
///
/// Every generated answer type has it; other types cannot.
pub trait Answer: Model + Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// The id under which the service logged the call; empty when the answer had none.
    fn request_id(&self) -> &str;
}

/// What is known about one action of one version.
#[derive(Debug)]
#[non_exhaustive]
pub struct ActionInfo {
    /// The name, as in `X-TC-Action`.
    pub name: &'static str,
    /// The version it belongs to.
    pub version: Version,
    /// Whether a second call with the same request changes nothing. Our choice: only what merely reads is marked;
    /// sending, deleting and everything named `Pull…` is not.
    pub idempotent: bool,
    /// The documented number of calls in a second, for one key in one region.
    pub rate_per_second: u32,
    /// The parameters.
    pub input: &'static Structure,
    /// The answer.
    pub output: &'static Structure,
    /// The codes documented for the action, sorted. Besides these, any action may meet the gateway's codes.
    pub errors: &'static [&'static str],
    /// What it does, in one or more sentences.
    pub doc: &'static str,
}

/// A structure of the API as data: for checks and conversions that do not know the type.
#[derive(Debug)]
#[non_exhaustive]
pub struct Structure {
    /// The name in the API, such as `SendSmsRequest`.
    pub name: &'static str,
    /// The members in definition order, which is also the order they are written in.
    pub members: &'static [Member],
}

impl Structure {
    /// The member of that name; letter case counts.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&'static Member> {
        self.members.iter().find(|member| member.name == name)
    }
}

/// One member of a [`Structure`].
#[derive(Debug)]
#[non_exhaustive]
pub struct Member {
    /// The name on the wire.
    pub name: &'static str,
    /// The kind of the value, or of each element when it is a list.
    pub kind: Kind,
    /// Whether the value is a list.
    pub list: bool,
    /// Whether the documentation calls it required. Says nothing about the members of an answer.
    pub required: bool,
}

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Text.
    String,
    /// A whole number of 0 to 2⁶⁴−1.
    Unsigned,
    /// A whole number of −2⁶³ to 2⁶³−1.
    Integer,
    /// A structure.
    Object(&'static Structure),
}

/// The action of that version and name; letter case counts, as it does for the service.
#[must_use]
pub fn find_action(version: Version, name: &str) -> Option<&'static ActionInfo> {
    let place = ACTIONS.binary_search_by(|action| (action.version, action.name).cmp(&(version, name)));
    place.ok().map(|place| ACTIONS[place])
}
