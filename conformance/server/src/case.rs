//! A case as it is written, and the reader that refuses what it does not know.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::outcome::Expected;
use crate::places::{FURNITURE, LONGEST, Places};
use crate::script::{self, Content, Script};
use crate::settings::{Retry, Settings};
use crate::stage::has_ipv6;
use crate::unique::Unique;
use crate::wire::Wire;

/// A case with its placeholders still in it.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The case as JSON, with what its file says for all cases.
    text: Value,
    case: Case,
}

/// A case that can be played.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Its name: words with hyphens, unique among all cases.
    pub id: String,
    /// The reason for it, in one line.
    pub why: String,
    /// The client.
    #[serde(default)]
    pub settings: Settings,
    /// The environment variables that the client sees; null takes one away.
    #[serde(default)]
    pub environment: BTreeMap<String, Option<String>>,
    /// Files that are made in a folder of the case's own.
    #[serde(default)]
    pub files: BTreeMap<String, Content>,
    /// The servers by name.
    #[serde(default)]
    pub servers: BTreeMap<String, Script>,
    /// The calls, made one after the other by one client.
    pub calls: Vec<Call>,
    /// What each server must have heard.
    #[serde(default)]
    pub wire: BTreeMap<String, Wire>,
    /// Texts that nothing the caller sees may contain, beside the settings' own secrets.
    #[serde(default)]
    pub secrets: Vec<String>,
}

/// One call, and what the caller must see.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The name of the action.
    pub action: String,
    /// The API version.
    #[serde(default = "current_version")]
    pub version: String,
    /// Whether the call is made by name with its parameters as JSON text, in place of a type for this action.
    #[serde(default)]
    pub by_name: bool,
    /// The parameters.
    pub parameters: Option<Value>,
    /// The parameters as text, for a call by name.
    pub parameters_text: Option<String>,
    /// In place of the client's.
    pub region: Option<String>,
    /// In place of the client's.
    pub language: Option<String>,
    /// In place of the client's.
    pub sign_method: Option<String>,
    /// In place of the client's.
    pub http_method: Option<String>,
    /// In place of the client's.
    pub unsigned_payload: Option<bool>,
    /// Whether the call goes without a signature.
    #[serde(default)]
    pub skip_sign: bool,
    /// Headers beside the client's, by name.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The caller's own id of the call.
    pub trace_id: Option<String>,
    /// What a repetition is recognised by.
    pub idempotency_key: Option<String>,
    /// Whether carrying out a call by name twice does no harm.
    pub idempotent: Option<bool>,
    /// Binary parts of a call by name, which then travels as `multipart/form-data`.
    #[serde(default)]
    pub parts: BTreeMap<String, Content>,
    /// The body of a call by name, which then travels as `application/octet-stream`.
    pub octets: Option<Content>,
    /// Whether a call by name takes server-sent events; its answer then has them as `Events`.
    #[serde(default)]
    pub stream: bool,
    /// In place of the client's total limit.
    pub timeout_ms: Option<u64>,
    /// In place of the client's.
    pub retry: Option<Retry>,
    /// How often the call is made.
    #[serde(default = "once", skip_serializing)]
    pub times: usize,
    /// How often the call is made at the same time.
    #[serde(default = "once")]
    pub at_once: usize,
    /// What the caller must see.
    #[serde(skip_serializing)]
    pub expect: Expected,
}

fn current_version() -> String {
    "2021-01-11".to_owned()
}

fn once() -> usize {
    1
}

/// Why a file of cases cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaseError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The text is not JSON, or not of this format.
    #[error("{place}: {message}")]
    Text {
        /// The file, or the case in it.
        place: String,
        /// What is wrong.
        message: String,
    },
}

impl CaseError {
    fn text(place: impl Into<String>, message: impl ToString) -> Self {
        Self::Text { place: place.into(), message: message.to_string() }
    }
}

/// A file of cases.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// What its cases are about.
    #[serde(rename = "about")]
    _about: String,
    /// Settings of all its cases.
    #[serde(default)]
    settings: Map<String, Value>,
    /// Answers that its steps refer to by name.
    #[serde(default)]
    answers: Map<String, Value>,
    /// Parameters that its calls and its wire refer to by name.
    #[serde(default)]
    parameters: Map<String, Value>,
    cases: Vec<Value>,
}

/// Reads a file of cases. Unknown members, members that stand twice, unknown placeholders and names of answers are
/// errors, so that a slip does not make a check vanish.
///
/// # Errors
///
/// [`CaseError::Text`] naming the case and what is wrong with it.
pub fn read(bytes: &[u8]) -> Result<Vec<Draft>, CaseError> {
    serde_json::from_slice::<Unique>(bytes).map_err(|error| CaseError::text("the file", error))?;
    let file: File = serde_json::from_slice(bytes).map_err(|error| CaseError::text("the file", error))?;
    let mut drafts: Vec<Draft> = Vec::with_capacity(file.cases.len());
    for text in &file.cases {
        let draft = Draft::of(text.clone(), &file)?;
        if drafts.iter().any(|other| other.id() == draft.id()) {
            return Err(CaseError::text(draft.id(), "another case has the same id"));
        }
        drafts.push(draft);
    }
    Ok(drafts)
}

/// Reads a file, or every `.json` file of a folder in the order of their names. The result has the name of each file.
///
/// # Errors
///
/// [`CaseError`]; also when two files have a case of the same id, or there is none at all.
pub fn read_all(place: &Path) -> Result<Vec<(String, Draft)>, CaseError> {
    let fault = |path: &Path| {
        let path = path.to_owned();
        move |source| CaseError::File { path, source }
    };
    let mut paths = Vec::new();
    if place.is_file() {
        paths.push(place.to_owned());
    } else {
        for entry in std::fs::read_dir(place).map_err(fault(place))? {
            let path = entry.map_err(fault(place))?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                paths.push(path);
            }
        }
        paths.sort();
    }
    let mut found: Vec<(String, Draft)> = Vec::new();
    for path in paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let drafts = read(&std::fs::read(&path).map_err(fault(&path))?)
            .map_err(|error| CaseError::text(path.display().to_string(), error))?;
        for draft in drafts {
            if found.iter().any(|(_, other)| other.id() == draft.id()) {
                return Err(CaseError::text(draft.id(), "a case of another file has the same id"));
            }
            found.push((name.clone(), draft));
        }
    }
    if found.is_empty() {
        return Err(CaseError::text(place.display().to_string(), "there are no cases"));
    }
    Ok(found)
}

impl Draft {
    fn of(mut text: Value, file: &File) -> Result<Self, CaseError> {
        let id = text.get("id").and_then(Value::as_str).unwrap_or("a case without an id").to_owned();
        let fault = |message: String| CaseError::text(&id, message);
        let Some(members) = text.as_object_mut() else { return Err(fault("a case is an object".to_owned())) };

        let mut merged = file.settings.clone();
        match members.remove("settings") {
            Some(Value::Object(own)) => merged.extend(own),
            None => {}
            Some(_) => return Err(fault("settings is an object".to_owned())),
        }
        merged.retain(|_, value| !value.is_null());
        members.insert("settings".to_owned(), Value::Object(merged));
        for (part, member, named) in [
            ("servers", "answer", &file.answers),
            ("calls", "parameters", &file.parameters),
            ("wire", "json", &file.parameters),
        ] {
            if let Some(part) = members.get_mut(part) {
                put_named(part, member, named).map_err(fault)?;
            }
        }

        let draft_places = stand_ins(&text);
        if let Some(name) = draft_places.unknown(&text) {
            return Err(fault(format!("nothing is called {{{name}}}")));
        }
        if Places::repeated(&text) > LONGEST {
            return Err(fault(format!("all texts that are repeated make {LONGEST} bytes at most")));
        }
        let case = filled(text.clone(), &draft_places)?;
        check(&case).map_err(fault)?;
        Ok(Self { text, case })
    }

    /// The case's name.
    pub fn id(&self) -> &str {
        &self.case.id
    }

    /// The case's servers, whose scripts still have placeholders in them.
    pub fn servers(&self) -> &BTreeMap<String, Script> {
        &self.case.servers
    }

    /// Whether the case can be played here: some need the address `::1`.
    pub fn is_playable(&self) -> bool {
        !self.servers().values().any(|server| server.ipv6) || has_ipv6()
    }

    /// The same case for an SDK that signs in a way of its own: signatures are not looked at.
    #[must_use]
    pub fn with_any_signature(mut self) -> Self {
        let servers = self.text.get_mut("wire").and_then(Value::as_object_mut);
        let requests = servers
            .into_iter()
            .flat_map(Map::values_mut)
            .filter_map(|wire| wire.get_mut("requests")?.as_array_mut())
            .flatten();
        for request in requests.filter_map(Value::as_object_mut) {
            request.insert("signature".to_owned(), "any".into());
        }
        self
    }

    /// The case with its placeholders replaced.
    ///
    /// # Errors
    ///
    /// When what they stand for makes no case of it.
    pub fn filled(&self, places: &Places) -> Result<Case, CaseError> {
        filled(self.text.clone(), places)
    }
}

/// How often one call may be made, or one request be expected.
pub(crate) const MOST_TIMES: usize = 1000;

/// How often one call may be made at the same time.
const MOST_AT_ONCE: usize = 20;

fn filled(mut text: Value, places: &Places) -> Result<Case, CaseError> {
    let id = text.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    places.fill_all(&mut text);
    let case: Case = serde_json::from_value(text).map_err(|error| CaseError::text(&id, error))?;
    Ok(case)
}

/// Something for every placeholder of a case, before there are servers.
fn stand_ins(text: &Value) -> Places {
    let mut places = Places::brief();
    for name in text.get("servers").and_then(Value::as_object).into_iter().flat_map(Map::keys) {
        places.put(name, "127.0.0.1:1");
        places.put(format!("{name}.port"), "1");
    }
    FURNITURE.iter().for_each(|name| places.put(*name, "x"));
    places
}

/// Puts what the file has by a name where a member is that name.
fn put_named(value: &mut Value, member: &str, named: &Map<String, Value>) -> Result<(), String> {
    match value {
        Value::Array(values) => values.iter_mut().try_for_each(|value| put_named(value, member, named)),
        Value::Object(members) => members.iter_mut().try_for_each(|(name, value)| match value {
            Value::String(text) if name == member => {
                let meant = named.get(text).ok_or_else(|| format!("{member}: nothing is called {text}"))?;
                *value = meant.clone();
                Ok(())
            }
            _ => put_named(value, member, named),
        }),
        _ => Ok(()),
    }
}

/// What the types cannot say.
fn check(case: &Case) -> Result<(), String> {
    let is_word = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '-';
    if case.id.is_empty() || !case.id.chars().all(is_word) {
        return Err("an id is words of small letters and digits with hyphens between them".to_owned());
    }
    if case.why.is_empty() || case.why.contains('\n') {
        return Err("why is one line".to_owned());
    }
    if case.calls.is_empty() {
        return Err("there is no call".to_owned());
    }
    for call in &case.calls {
        if call.times > MOST_TIMES {
            return Err(format!("a call is made {MOST_TIMES} times at most"));
        }
        if !(1..=MOST_AT_ONCE).contains(&call.at_once) {
            return Err(format!("a call is made once at a time, or up to {MOST_AT_ONCE} times"));
        }
        if call.parameters.is_some() == call.parameters_text.is_some()
            || (call.parameters_text.is_some() && !call.by_name)
        {
            return Err("a call has parameters, or by_name and parameters_text".to_owned());
        }
        let of_names_only =
            call.idempotent.is_some() || !call.parts.is_empty() || call.octets.is_some() || call.stream;
        if of_names_only && !call.by_name {
            return Err("idempotent, parts, octets and stream are for calls by_name".to_owned());
        }
        if call.expect.answer.is_some() == call.expect.error.is_some() {
            return Err("a call expects an answer or an error".to_owned());
        }
    }
    if let Some(name) = case.wire.keys().find(|name| !case.servers.contains_key(*name)) {
        return Err(format!("wire: no server is called {name}"));
    }
    for (name, server) in &case.servers {
        if FURNITURE.contains(&name.as_str()) {
            return Err(format!("no server can be called {name}: that is a placeholder of its own"));
        }
        if server.closed {
            continue;
        }
        if !case.wire.contains_key(name) {
            return Err(format!("wire: what must the server {name} have heard?"));
        }
        if server.repeat && server.connections.is_empty() {
            return Err(format!("the server {name} has no script to repeat"));
        }
        server.connections.iter().try_for_each(|steps| script::check(steps))?;
    }
    case.wire.values().try_for_each(Wire::check)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of one case with this in it, in place of the same text of a good one.
    fn changed(from: &str, to: &str) -> Result<Vec<Draft>, CaseError> {
        const GOOD: &str = r#"{
            "about": "tests", "settings": {"region": "a", "connect_to": "http://{server}"},
            "answers": {"good": {"json": {"Response": {}}}},
            "cases": [{
                "id": "one", "why": "to see", "settings": {"region": null, "language": "en-US"},
                "servers": {"server": {"connections": [["request", {"answer": "good"}]]}},
                "calls": [{"action": "SendSms", "parameters": {"A": "{server.port}"}, "times": 2, "expect": {"answer": {}}}],
                "wire": {"server": {"requests": [{"headers": {"host": "x"}}]}}
            }]
        }"#;
        assert!(GOOD.contains(from), "{from}");
        read(GOOD.replacen(from, to, 1).as_bytes())
    }

    #[test]
    fn a_case_has_what_its_file_says_for_all() {
        let draft = changed("tests", "tests").unwrap().remove(0);
        let mut places = stand_ins(&draft.text);
        places.put("server", "127.0.0.1:77");
        let case = draft.filled(&places).unwrap();
        assert_eq!(case.settings.region, None);
        assert_eq!(case.settings.language.as_deref(), Some("en-US"));
        assert_eq!(case.settings.connect_to.as_deref(), Some("http://127.0.0.1:77"));
        assert_eq!(case.calls[0].times, 2);
        assert_eq!(case.calls[0].parameters, Some(serde_json::json!({"A": "1"})));
        assert!(
            matches!(&case.servers["server"].connections[0][1], script::Step::Answer(answer) if answer.json.is_some())
        );
    }

    #[test]
    fn slips_are_refused() {
        for (from, to, part) in [
            ("\"about\"", "\"abut\"", "abut"),
            ("\"language\"", "\"langage\"", "langage"),
            ("\"connections\"", "\"connection\"", "connection"),
            ("\"request\"", "\"requests\"", "requests"),
            ("\"good\"}", "\"god\"}", "nothing is called god"),
            ("\"times\"", "\"time\"", "time"),
            ("{\"answer\": {}}", "{\"answr\": {}}", "answr"),
            ("{\"answer\": {}}", "{}", "answer"),
            ("\"headers\"", "\"header\"", "header"),
            ("{server.port}", "{sever.port}", "sever.port"),
            ("\"id\": \"one\",", "\"id\": \"one\", \"id\": \"two\",", "twice"),
            ("\"host\": \"x\"", "\"host\": \"x\", \"host\": \"y\"", "twice"),
            ("\"one\"", "\"One\"", "id"),
            ("\"wire\": {\"server\"", "\"wire\": {\"serve\"", "no server is called serve"),
            ("\"parameters\"", "\"parameters_text\"", "expected a string"),
            ("\"times\": 2", "\"times\": 100000000000", "1000 times"),
            ("\"headers\"", "\"times\": 100000000000, \"headers\"", "1000 times"),
            ("\"x\"", "1", "a header is"),
            ("\"x\"", "{\"end\": \"x\"}", "a header is"),
            ("\"times\": 2", "\"at_once\": 0", "at a time"),
            ("\"times\": 2", "\"stream\": true", "by_name"),
            ("\"times\": 2", "\"at_once\": 21", "at a time"),
            (
                "{\"server\": {\"conn",
                "{\"ca\": {\"closed\": true}, \"server\": {\"conn",
                "no server can be called ca",
            ),
            ("\"request\", {", "{\"forever\": []}, {", "reads"),
            ("to see", "{x*40000000}{x*40000000}", "67108864 bytes at most"),
        ] {
            let error = changed(from, to).map(drop).expect_err(to).to_string();
            assert!(error.contains(part), "{to}: {error}");
        }
        for bytes in [&b""[..], b"[]", b"{\"about\":\"x\",\"cases\":[1]}", b"\xff", &[b'['; 100_000]] {
            assert!(read(bytes).is_err());
        }
    }
}
