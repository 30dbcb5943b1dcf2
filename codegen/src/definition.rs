//! The API definition: the facts, completed by the overlay, with every contradiction between the two reported.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::overlay::{Errors, Overlay};
use crate::texts::{Text, Translated, translate};

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
    pub text: Text,
    /// The same in both languages, with the limits, as the SDKs' documentation says it.
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
    pub text: Text,
    /// The same in both languages, as the SDKs' documentation says it.
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
    pub text: Text,
    /// The same in both languages, and whether it must be given, as the SDKs' documentation says it.
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
    pub name: String,
    /// What happened.
    pub text: Text,
    /// What to do about it.
    pub remedy: Text,
    /// What happened, in both languages, and what to do, as the SDKs' documentation says it.
    pub doc: String,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    /// Whether the gateway answers it, to any action.
    pub gateway: bool,
}

impl Definition {
    /// Reads the folder `api/`.
    ///
    /// # Errors
    /// Files that cannot be read, and every place where facts and overlay do not fit, one in each line.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let mut problems = Vec::new();
        let mut facts = Vec::new();
        let mut overlays = Vec::new();
        for version in VERSIONS {
            facts.push(read_json(&folder.join(format!("facts/{version}.json")))?);
            overlays.push(read_overlay(folder, version, &mut problems)?);
        }
        let shared = read_overlay(folder, "shared", &mut problems)?;
        let errors = read_overlay(folder, "errors", &mut problems)?;
        Self::merge(&facts, &overlays, &shared, &errors, problems)
    }

    fn merge(
        facts: &[Facts],
        overlays: &[Overlay],
        shared: &Overlay,
        errors: &Errors,
        mut problems: Vec<String>,
    ) -> Result<Self, String> {
        let mut versions = Vec::new();
        for (facts, own) in facts.iter().zip(overlays) {
            let mut merge = Merge { facts, own, shared, problems: &mut problems };
            versions.push(merge.version());
            check_names(&facts.version, own, std::slice::from_ref(facts), &mut problems);
        }
        check_names("shared", shared, facts, &mut problems);
        let codes = merge_codes(facts, errors, &mut problems);
        let known: BTreeSet<&str> = codes.iter().map(|code| code.name.as_str()).collect();
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
        let mut texts: BTreeMap<&str, Text> = BTreeMap::new();
        for action in &actions {
            let (name, Text { english, chinese }) = (&action.name, &action.text);
            texts.insert(
                &action.input,
                Text {
                    english: format!("The request of `{name}`.\n\n{english}"),
                    chinese: format!("`{name}` 的请求。\n\n{chinese}"),
                },
            );
            texts.insert(
                &action.output,
                Text {
                    english: format!("The answer to `{name}`."), chinese: format!("`{name}` 的应答。")
                },
            );
        }
        let mut structures = Vec::new();
        for (name, members) in &facts.structures {
            let Some(side) = sides.get(name.as_str()) else {
                self.problem(format!("structure `{name}` is used by no action"));
                continue;
            };
            let text = match texts.remove(name.as_str()) {
                Some(text) => text,
                None => self.structure_text(name),
            };
            let members: Vec<Member> =
                members.iter().filter_map(|member| self.member(name, *side, member)).collect();
            if members.len() >= 64 {
                self.problem(format!(
                    "structure `{name}` has {} members; readers count up to 63",
                    members.len()
                ));
            }
            let doc = text.both();
            structures.push(Structure { name: name.clone(), side: *side, text, doc, members });
        }
        let codes = facts.error_codes.iter().collect::<BTreeSet<_>>().into_iter().cloned().collect();
        Version { date: facts.version.clone(), actions, structures, codes }
    }

    fn action(&mut self, name: &str, facts: &ActionFacts) -> Action {
        let own = self.own.actions.get(name);
        let shared = self.shared.actions.get(name);
        let layers = || own.into_iter().chain(shared);
        let text = layers().find_map(|layer| layer.doc.clone());
        let idempotent = layers().find_map(|layer| layer.idempotent);
        let rate_per_second = layers().find_map(|layer| layer.rate_per_second);
        for (absent, what) in [
            (text.is_none(), "doc"),
            (idempotent.is_none(), "idempotent"),
            (rate_per_second.is_none(), "rate_per_second"),
        ] {
            if absent {
                self.problem(format!("the overlay lacks `{what}` of the action `{name}`"));
            }
        }
        let added = layers().flat_map(|layer| &layer.errors);
        let errors: BTreeSet<&String> = facts.errors.iter().chain(added).collect();
        let (text, idempotent, rate_per_second) =
            (text.unwrap_or_default(), idempotent.unwrap_or_default(), rate_per_second.unwrap_or_default());
        Action {
            name: name.to_owned(),
            input: facts.input.clone(),
            output: facts.output.clone(),
            errors: errors.into_iter().cloned().collect(),
            idempotent,
            rate_per_second,
            doc: with_limits(&text, idempotent, rate_per_second).both(),
            text,
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

    fn structure_text(&mut self, name: &str) -> Text {
        let layers = [self.own, self.shared];
        let text = layers.iter().find_map(|layer| layer.structures.get(name)?.doc.clone());
        text.unwrap_or_else(|| {
            self.problem(format!("the overlay lacks `doc` of the structure `{name}`"));
            Text::default()
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
        let text = layers
            .iter()
            .find_map(|layer| layer.structures.get(owner)?.members.get(name))
            .or_else(|| layers.iter().find_map(|layer| layer.members.get(name)));
        let Some(text) = text else {
            self.problem(format!("the overlay has no text for `{owner}.{name}`"));
            return None;
        };
        let (must, chinese_must) =
            if side == Side::Request && facts.required { (" Required.", "必填。") } else { ("", "") };
        Some(Member {
            name: name.clone(),
            kind,
            list: facts.form == "list",
            required: facts.required,
            doc: format!("{}{must}\n\n{}{chinese_must}", text.english, text.chinese),
            text: text.clone(),
        })
    }

    fn problem(&mut self, text: String) {
        self.problems.push(format!("{}: {text}", self.facts.version));
    }
}

/// `text` with what must be known before calling often or again.
fn with_limits(text: &Text, idempotent: bool, rate_per_second: u32) -> Text {
    let (again, chinese_again) = if idempotent {
        ("Idempotent: repeating it changes nothing.", "幂等：重复调用不会产生任何变化。")
    } else {
        (
            "Not idempotent: repeat it only when it certainly was not carried out.",
            "非幂等：只有确定它没有执行时才可重试。",
        )
    };
    Text {
        english: format!(
            "{}\n\nLimit for one key in one region: {rate_per_second} a second. {again}",
            text.english
        ),
        chinese: format!(
            "{}\n\n同一密钥在同一地域每秒最多调用 {rate_per_second} 次。{chinese_again}",
            text.chinese
        ),
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
    for (name, code) in &errors.codes {
        if code.gateway == listed.contains(name.as_str()) {
            problems.push(format!(
                "overlay errors: `gateway` of `{name}` must be true exactly if no facts list it"
            ));
        }
        codes.push(Code {
            name: name.clone(),
            doc: format!("{}\n\n{}\n\n{}", code.doc.english, code.remedy.english, code.doc.chinese),
            text: code.doc.clone(),
            remedy: code.remedy.clone(),
            retryable: code.retryable,
            // The codes in one word are common to all services, also where the facts list them for an action.
            gateway: code.gateway || !name.contains('.'),
        });
    }
    codes
}

/// A file of the overlay with its Chinese texts.
fn read_overlay<T: DeserializeOwned + Translated>(
    folder: &Path,
    name: &str,
    problems: &mut Vec<String>,
) -> Result<T, String> {
    let mut overlay = read_toml(&folder.join(format!("overlay/{name}.toml")))?;
    let chinese = read_toml(&folder.join(format!("overlay/zh/{name}.toml")))?;
    translate(name, &mut overlay, &chinese, problems);
    Ok(overlay)
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
