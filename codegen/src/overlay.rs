//! The overlay: what we add to the facts. The files and their meaning are described in `api/README.md`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::texts::{Text, Translated};

/// `api/overlay/shared.toml`, or the file of one version, which wins over it.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Overlay {
    /// Texts of members by name, wherever their structure has none of its own.
    pub(crate) members: BTreeMap<String, Text>,
    pub(crate) actions: BTreeMap<String, Action>,
    pub(crate) structures: BTreeMap<String, Structure>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Action {
    pub(crate) doc: Option<Text>,
    pub(crate) idempotent: Option<bool>,
    pub(crate) rate_per_second: Option<u32>,
    /// Codes that the facts do not list for the action.
    pub(crate) errors: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Structure {
    pub(crate) doc: Option<Text>,
    pub(crate) members: BTreeMap<String, Text>,
}

impl Translated for Overlay {
    fn texts(&mut self) -> Vec<(String, &mut Text)> {
        let mut texts = Vec::new();
        for (name, text) in &mut self.members {
            texts.push((format!("members.{name}"), text));
        }
        for (name, action) in &mut self.actions {
            texts.extend(action.doc.as_mut().map(|text| (format!("actions.{name}.doc"), text)));
        }
        for (name, structure) in &mut self.structures {
            texts.extend(structure.doc.as_mut().map(|text| (format!("structures.{name}.doc"), text)));
            for (member, text) in &mut structure.members {
                texts.push((format!("structures.{name}.members.{member}"), text));
            }
        }
        texts
    }
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
    pub(crate) doc: Text,
    /// What to do about it.
    pub(crate) remedy: Text,
    /// Whether the same request may succeed later.
    #[serde(default)]
    pub(crate) retryable: bool,
    /// Whether it is a code of the gateway that the facts do not list.
    #[serde(default)]
    pub(crate) gateway: bool,
}

impl Translated for Errors {
    fn texts(&mut self) -> Vec<(String, &mut Text)> {
        let mut texts = Vec::new();
        for (name, code) in &mut self.codes {
            texts.push((format!("codes.{name}.doc"), &mut code.doc));
            texts.push((format!("codes.{name}.remedy"), &mut code.remedy));
        }
        texts
    }
}
