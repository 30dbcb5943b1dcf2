//! The API definition: the facts, completed by the overlay, with every contradiction between the two reported.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::overlay::{Errors, Overlay};

/// The versions, oldest first. Their facts and overlays are named after them.
const VERSIONS: &[&str] = &["2019-07-11", "2021-01-11"];

/// Everything that is generated from.
#[derive(Debug)]
pub struct Definition {
    /// The versions, oldest first.
    pub versions: Vec<Version>,
    /// The error codes of all versions and of the gateway, sorted.
    pub codes: Vec<Code>,
}

/// One version of the API.
#[derive(Debug)]
pub struct Version {
    /// Such as `2021-01-11`.
    pub date: String,
    /// The actions, sorted by name.
    pub actions: Vec<Action>,
    /// The structures, sorted by name.
    pub structures: Vec<Structure>,
    /// The published error codes of this version, sorted.
    pub codes: Vec<String>,
}

/// One action.
#[derive(Debug)]
pub struct Action {
    /// Such as `SendSms`.
    pub name: String,
    /// The name of the request structure.
    pub input: String,
    /// The name of the answer structure.
    pub output: String,
    /// Documented codes, sorted.
    pub errors: Vec<String>,
    /// Whether repeating changes nothing.
    pub idempotent: bool,
    /// Calls allowed in a second.
    pub rate_per_second: u32,
    /// What it does.
    pub doc: String,
}

/// Where a structure stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// In a request, at the top or below.
    Request,
    /// An answer.
    Answer,
    /// Within an answer.
    WithinAnswer,
}

/// One structure.
#[derive(Debug)]
pub struct Structure {
    /// Such as `SendStatus`.
    pub name: String,
    /// Where it stands.
    pub side: Side,
    /// What it is.
    pub doc: String,
    /// Its members in definition order.
    pub members: Vec<Member>,
}

/// One member of a structure.
#[derive(Debug)]
pub struct Member {
    /// The name on the wire.
    pub name: String,
    /// The kind of the value or of the list's elements.
    pub kind: Kind,
    /// Whether it is a list.
    pub list: bool,
    /// Whether a request must have it.
    pub required: bool,
    /// What it means.
    pub doc: String,
}

/// The kind of a value.
#[derive(Debug)]
pub enum Kind {
    /// Text.
    String,
    /// 64 bits without sign.
    Unsigned,
    /// 64 bits with sign.
    Integer,
    /// The structure of that name.
    Object(String),
}

/// One error code.
#[derive(Debug)]
pub struct Code {
    /// Such as `MissingParameter`.
    pub text: String,
    /// What it means and what to do.
    pub doc: String,
    /// Whether the same request may succeed later.
    pub retryable: bool,
}

impl Definition {
    /// Reads the folder `api/`.
    ///
    /// # Errors
    /// Files that cannot be read, and every place where facts and overlay do not fit, one in each line.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let mut facts = Vec::new();
        let mut overlays = Vec::new();
        for version in VERSIONS {
            facts.push(read_json(&folder.join(format!("facts/{version}.json")))?);
            overlays.push(read_toml(&folder.join(format!("overlay/{version}.toml")))?);
        }
        let shared = read_toml(&folder.join("overlay/shared.toml"))?;
        let errors = read_toml(&folder.join("overlay/errors.toml"))?;
        Self::merge(&facts, &overlays, &shared, &errors)
    }

    fn merge(
        facts: &[Facts],
        overlays: &[Overlay],
        shared: &Overlay,
        errors: &Errors,
    ) -> Result<Self, String> {
        let mut problems = Vec::new();
        let mut versions = Vec::new();
        for (facts, own) in facts.iter().zip(overlays) {
            let mut merge = Merge { facts, own, shared, problems: &mut problems };
            versions.push(merge.version());
            check_names(&facts.version, own, std::slice::from_ref(facts), &mut problems);
        }
        check_names("shared", shared, facts, &mut problems);
        let codes = merge_codes(facts, errors, &mut problems);
        let known: BTreeSet<&str> = codes.iter().map(|code| code.text.as_str()).collect();
        for version in &versions {
            for action in &version.actions {
                for code in action.errors.iter().filter(|code| !known.contains(code.as_str())) {
                    problems.push(format!("{} {}: unknown error code `{code}`", version.date, action.name));
                }
            }
        }
        if problems.is_empty() { Ok(Self { versions, codes }) } else { Err(problems.join("\n")) }
    }
}

/// `api/facts/VERSION.json`.
#[derive(Deserialize)]
struct Facts {
    version: String,
    actions: BTreeMap<String, ActionFacts>,
    structures: BTreeMap<String, Vec<MemberFacts>>,
    error_codes: Vec<String>,
}

#[derive(Deserialize)]
struct ActionFacts {
    input: String,
    output: String,
    errors: Vec<String>,
}

#[derive(Deserialize)]
struct MemberFacts {
    name: String,
    #[serde(rename = "type")]
    form: String,
    member: String,
    #[serde(default)]
    required: bool,
}

/// The work on one version.
struct Merge<'a> {
    facts: &'a Facts,
    own: &'a Overlay,
    shared: &'a Overlay,
    problems: &'a mut Vec<String>,
}

impl<'a> Merge<'a> {
    fn version(&mut self) -> Version {
        let facts = self.facts;
        let actions: Vec<Action> =
            facts.actions.iter().map(|(name, action)| self.action(name, action)).collect();
        let mut sides = BTreeMap::new();
        for action in &actions {
            self.assign(&action.input, Side::Request, Side::Request, &mut sides);
            self.assign(&action.output, Side::Answer, Side::WithinAnswer, &mut sides);
        }
        let mut docs: BTreeMap<&str, String> = BTreeMap::new();
        for action in &actions {
            let name = &action.name;
            docs.insert(&action.input, format!("The request of `{name}`.\n\n{}", action.doc));
            docs.insert(&action.output, format!("The answer to `{name}`."));
        }
        let mut structures = Vec::new();
        for (name, members) in &facts.structures {
            let Some(side) = sides.get(name.as_str()) else {
                self.problem(format!("structure `{name}` is used by no action"));
                continue;
            };
            let doc = match docs.remove(name.as_str()) {
                Some(doc) => doc,
                None => self.structure_doc(name),
            };
            let members: Vec<Member> =
                members.iter().filter_map(|member| self.member(name, *side, member)).collect();
            if members.len() >= 64 {
                self.problem(format!(
                    "structure `{name}` has {} members; readers count up to 63",
                    members.len()
                ));
            }
            structures.push(Structure { name: name.clone(), side: *side, doc, members });
        }
        let codes = facts.error_codes.iter().collect::<BTreeSet<_>>().into_iter().cloned().collect();
        Version { date: facts.version.clone(), actions, structures, codes }
    }

    fn action(&mut self, name: &str, facts: &ActionFacts) -> Action {
        let own = self.own.actions.get(name);
        let shared = self.shared.actions.get(name);
        let layers = || own.into_iter().chain(shared);
        let doc = layers().find_map(|layer| layer.doc.clone());
        let idempotent = layers().find_map(|layer| layer.idempotent);
        let rate_per_second = layers().find_map(|layer| layer.rate_per_second);
        for (absent, what) in [
            (doc.is_none(), "doc"),
            (idempotent.is_none(), "idempotent"),
            (rate_per_second.is_none(), "rate_per_second"),
        ] {
            if absent {
                self.problem(format!("the overlay lacks `{what}` of the action `{name}`"));
            }
        }
        let added = layers().flat_map(|layer| &layer.errors);
        let errors: BTreeSet<&String> = facts.errors.iter().chain(added).collect();
        Action {
            name: name.to_owned(),
            input: facts.input.clone(),
            output: facts.output.clone(),
            errors: errors.into_iter().cloned().collect(),
            idempotent: idempotent.unwrap_or_default(),
            rate_per_second: rate_per_second.unwrap_or_default(),
            doc: doc.unwrap_or_default(),
        }
    }

    /// Notes that `name` is used on `side`, and what it holds on `below`.
    fn assign(&mut self, name: &str, side: Side, below: Side, sides: &mut BTreeMap<&'a str, Side>) {
        let Some((name, members)) = self.facts.structures.get_key_value(name) else {
            self.problem(format!("structure `{name}` is used but not defined"));
            return;
        };
        match sides.insert(name, side) {
            Some(before) if before != side => {
                self.problem(format!("structure `{name}` is used in requests and answers, or at two levels"));
            }
            Some(_) => {}
            None => {
                for member in members {
                    if self.facts.structures.contains_key(&member.member) {
                        self.assign(&member.member, below, below, sides);
                    }
                }
            }
        }
    }

    fn structure_doc(&mut self, name: &str) -> String {
        let layers = [self.own, self.shared];
        let doc = layers.iter().find_map(|layer| layer.structures.get(name)?.doc.clone());
        doc.unwrap_or_else(|| {
            self.problem(format!("the overlay lacks `doc` of the structure `{name}`"));
            String::new()
        })
    }

    fn member(&mut self, owner: &str, side: Side, facts: &MemberFacts) -> Option<Member> {
        let name = &facts.name;
        let kind = kind(&facts.member);
        let expected = match (&kind, facts.form.as_str()) {
            (Some(Kind::Object(inner)), "list" | "object") => self.facts.structures.contains_key(inner),
            (Some(Kind::String), "list" | "string") => true,
            (Some(Kind::Unsigned | Kind::Integer), "list" | "int") => true,
            _ => false,
        };
        let (true, Some(kind)) = (expected, kind) else {
            let (form, member) = (&facts.form, &facts.member);
            self.problem(format!(
                "`{owner}.{name}` is a `{form}` of `{member}`, which the generator does not know"
            ));
            return None;
        };
        let layers = [self.own, self.shared];
        let doc = layers
            .iter()
            .find_map(|layer| layer.structures.get(owner)?.members.get(name))
            .or_else(|| layers.iter().find_map(|layer| layer.members.get(name)));
        let Some(doc) = doc else {
            self.problem(format!("the overlay has no text for `{owner}.{name}`"));
            return None;
        };
        let must = if side == Side::Request && facts.required { " Required." } else { "" };
        Some(Member {
            name: name.clone(),
            kind,
            list: facts.form == "list",
            required: facts.required,
            doc: format!("{}{must}", doc.trim()),
        })
    }

    fn problem(&mut self, text: String) {
        self.problems.push(format!("{}: {text}", self.facts.version));
    }
}

/// The kind of the facts' word; none for a scalar that no reader has been written for.
fn kind(word: &str) -> Option<Kind> {
    match word {
        "string" => Some(Kind::String),
        "uint64" => Some(Kind::Unsigned),
        "int64" => Some(Kind::Integer),
        name if name.starts_with(char::is_uppercase) => Some(Kind::Object(name.to_owned())),
        _ => None,
    }
}

/// Reports what an overlay names and none of `facts` has.
fn check_names(file: &str, overlay: &Overlay, facts: &[Facts], problems: &mut Vec<String>) {
    let mut report = |what: String| problems.push(format!("overlay {file}: there is no {what} in the facts"));
    for name in overlay.actions.keys() {
        if !facts.iter().any(|facts| facts.actions.contains_key(name)) {
            report(format!("action `{name}`"));
        }
    }
    for (name, structure) in &overlay.structures {
        let found: Vec<_> = facts.iter().filter_map(|facts| facts.structures.get(name)).collect();
        if found.is_empty() {
            report(format!("structure `{name}`"));
        }
        for member in structure.members.keys() {
            if !found.is_empty()
                && !found.iter().any(|members| members.iter().any(|known| known.name == *member))
            {
                report(format!("member `{name}.{member}`"));
            }
        }
    }
    for member in overlay.members.keys() {
        let mut known = facts.iter().flat_map(|facts| facts.structures.values().flatten());
        if !known.any(|known| known.name == *member) {
            report(format!("member `{member}`"));
        }
    }
}

fn merge_codes(facts: &[Facts], errors: &Errors, problems: &mut Vec<String>) -> Vec<Code> {
    let listed: BTreeSet<&str> =
        facts.iter().flat_map(|facts| &facts.error_codes).map(String::as_str).collect();
    for code in listed.iter().filter(|code| !errors.codes.contains_key(**code)) {
        problems.push(format!("overlay errors: no text for the code `{code}`"));
    }
    let mut codes = Vec::new();
    for (text, code) in &errors.codes {
        if code.gateway == listed.contains(text.as_str()) {
            problems.push(format!(
                "overlay errors: `gateway` of `{text}` must be true exactly if no facts list it"
            ));
        }
        codes.push(Code {
            text: text.clone(),
            doc: format!("{}\n\n{}", code.doc, code.remedy),
            retryable: code.retryable,
        });
    }
    codes
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, String> {
    serde_json::from_str(&read_text(path)?).map_err(|error| format!("{}: {error}", path.display()))
}

fn read_toml<T: DeserializeOwned>(path: &Path) -> Result<T, String> {
    toml::from_str(&read_text(path)?).map_err(|error| format!("{}: {error}", path.display()))
}

fn read_text(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}
