//! The overlay: what we add to the facts. The files and their meaning are described in `api/README.md`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// `api/overlay/shared.toml`, or the file of one version, which wins over it.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Overlay {
    /// Texts of members by name, wherever their structure has none of its own.
    pub(crate) members: BTreeMap<String, String>,
    pub(crate) actions: BTreeMap<String, Action>,
    pub(crate) structures: BTreeMap<String, Structure>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Action {
    pub(crate) doc: Option<String>,
    pub(crate) idempotent: Option<bool>,
    pub(crate) rate_per_second: Option<u32>,
    /// Codes that the facts do not list for the action.
    pub(crate) errors: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Structure {
    pub(crate) doc: Option<String>,
    pub(crate) members: BTreeMap<String, String>,
}

/// `api/overlay/errors.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Errors {
    pub(crate) codes: BTreeMap<String, Code>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Code {
    /// What happened.
    pub(crate) doc: String,
    /// What to do about it.
    pub(crate) remedy: String,
    /// Whether the same request may succeed later.
    #[serde(default)]
    pub(crate) retryable: bool,
    /// Whether it is a code of the gateway that the facts do not list.
    #[serde(default)]
    pub(crate) gateway: bool,
}
