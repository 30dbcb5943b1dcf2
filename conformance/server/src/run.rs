//! Plays one case with a driver: a program that makes the case's calls with an SDK.
//!
//! The driver reads one line of JSON with the settings, then one line for each call, and writes one line with the
//! outcome of each ([`Outcome`]). When the client cannot be made, that is the outcome of the first call.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::case::{Case, Draft};
use crate::identity::{Identities, identities};
use crate::outcome::{self, Failure, Outcome};
use crate::places::Places;
use crate::script::{self, Record, Script};
use crate::settings::Settings;
use crate::stage::{Ports, Stage};

/// How a driver is started. Each case has a process of its own, because environments differ.
#[derive(Clone, Debug)]
pub struct Driver {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
}

/// What no SDK takes longer for: a driver that is silent for so long hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// The variables that SDKs read: none of them reaches a driver unless the case names it.
const PREFIXES: &[&str] = &["TENCENTCLOUD_", "TCSMS_", "TKE_"];
const NAMES: &[&str] = &[
    "ALL_PROXY",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "REQUEST_METHOD",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// What came of a case.
#[derive(Debug, Default)]
pub struct Played {
    /// What is wrong, a line each; nothing when the SDK passes.
    pub faults: Vec<String>,
    /// The outcomes of each call, as many as were made at once, in the order in which they were told.
    pub outcomes: Vec<Vec<Outcome>>,
    /// What each server heard, by name.
    pub records: BTreeMap<String, Record>,
}

impl Played {
    /// What any SDK must tell and send alike, for comparing one with another: a line of JSON for each call and for each
    /// server. An error is its kind, delivery, code and attempts; texts and places differ, as languages and ports do.
    pub fn lines(&self, case: &str) -> Vec<String> {
        let alike = |outcome: &Outcome| match outcome {
            Outcome::Answer(answer) => json!({"answer": answer}),
            Outcome::Error(Failure { kind, delivery, code, attempts, .. }) => {
                json!({"kind": kind, "delivery": delivery, "code": code, "attempts": attempts})
            }
        };
        let line = |(place, told): (usize, &Vec<Outcome>)| {
            let mut told: Vec<_> = told.iter().map(alike).collect();
            told.sort_by_key(ToString::to_string);
            json!({"case": case, "call": place + 1, "outcomes": told}).to_string()
        };
        let sent = |(server, record): (&String, &Record)| {
            let requests: Vec<_> = record.heard.iter().filter(|heard| heard.is_request).collect();
            json!({"case": case, "server": server, "requests": requests}).to_string()
        };
        self.outcomes.iter().enumerate().map(line).chain(self.records.iter().map(sent)).collect()
    }
}

/// Plays the case.
///
/// One case at a time, whoever calls: a driver that is being started has all connections of this process too for a
/// moment, and while it has them none of another case would end when its script ends it.
pub fn run(draft: &Draft, driver: &Driver) -> Played {
    static PLAYING: Mutex<()> = Mutex::new(());
    let _playing = PLAYING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut played = Played::default();
    if let Err(error) = play(draft, driver, &mut played) {
        played.faults.push(format!("the case cannot be played: {error}"));
    }
    played
}

type Trouble = Box<dyn std::error::Error>;

fn play(draft: &Draft, driver: &Driver, played: &mut Played) -> Result<(), Trouble> {
    let folder = tempfile::tempdir()?;
    let ports = Ports::bind(draft.servers().iter().map(|(name, script)| (name, script.ipv6)))?;
    let mut places = Places::default();
    ports.name(&mut places)?;
    furnish(&mut places, folder.path())?;
    let case = draft.filled(&places)?;
    for (name, content) in &case.files {
        std::fs::write(folder.path().join(name), &content.0)?;
    }
    let stage = ports.open(&case.servers)?;

    let mut worker = Worker::start(driver, &case, folder.path())?;
    let told = calls(&case, &mut worker, &stage, played);
    let noise = worker.end();
    played.records = stage.close()?;
    told?;
    let (faults, records) = (&mut played.faults, &played.records);
    if worker.is_stuck {
        faults.push(format!("the driver did not end within {PATIENCE:?} of the end of its input"));
    }
    let nothing = Record::default();
    for (name, wire) in &case.wire {
        let record = records.get(name).unwrap_or(&nothing);
        faults
            .extend(wire.faults(record, &case.settings).into_iter().map(|fault| format!("{name}: {fault}")));
    }
    if !faults.is_empty() {
        faults.push(format!("what the servers heard: {}", serde_json::to_string(records)?));
        if !noise.trim().is_empty() {
            faults.push(format!("the driver says: {}", noise.trim()));
        }
    }
    Ok(())
}

/// Makes the files of the certificates, and says what the placeholders of the case's folder stand for.
///
/// # Errors
///
/// When a file cannot be made.
pub fn furnish(places: &mut Places, folder: &Path) -> io::Result<()> {
    let Identities { ca, client, other_client, .. } = identities().map_err(io::Error::other)?;
    places.put("folder", folder.to_string_lossy());
    for (name, text) in [
        ("ca", ca),
        ("client", &client.certificate),
        ("client_key", &client.key),
        ("other_client", &other_client.certificate),
        ("other_client_key", &other_client.key),
    ] {
        let path = folder.join(format!("conformance-{name}.pem"));
        std::fs::write(&path, text)?;
        places.put(name, path.to_string_lossy());
        places.put(format!("{name}.text"), text);
    }
    Ok(())
}

/// Makes the calls one after the other.
fn calls(case: &Case, worker: &mut Worker, stage: &Stage, played: &mut Played) -> Result<(), Trouble> {
    let secrets = secrets(case);
    worker.tell(&serde_json::to_string(&case.settings)?)?;
    let calls = case.calls.iter().flat_map(|call| std::iter::repeat_n(call, call.times));
    for (place, call) in calls.enumerate() {
        let started = Instant::now();
        worker.tell(&serde_json::to_string(call)?)?;
        played.outcomes.push(Vec::new());
        for _ in 0..call.at_once {
            let line = worker.hear()?;
            let took = started.elapsed();
            let outcome: Outcome = serde_json::from_str(&line)
                .map_err(|error| format!("the driver wrote `{}`: {error}", line.trim()))?;
            let took = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            let found = outcome::faults(&call.expect, &outcome, took, &secrets);
            played.faults.extend(found.into_iter().map(|fault| format!("call {}: {fault}", place + 1)));
            if let Some(told) = played.outcomes.last_mut() {
                told.push(outcome);
            }
        }
        stage.call_is_over(place + 1);
    }
    Ok(())
}

/// What no error may show.
fn secrets(case: &Case) -> Vec<String> {
    let Settings { secret_key, token, client_certificate_pem, .. } = &case.settings;
    let signers =
        case.wire.values().flat_map(|wire| &wire.requests).filter_map(|request| request.signed_by.as_ref());
    let theirs = signers.flat_map(|signer| [Some(signer.secret_key.clone()), signer.token.clone()]);
    [secret_key.clone(), token.clone()]
        .into_iter()
        .chain(theirs)
        .flatten()
        .chain(client_certificate_pem.iter().flat_map(|pem| lines_of_key(&pem.key)))
        .chain(case.secrets.clone())
        .collect()
}

/// What a PEM text has between its first and its last line.
fn lines_of_key(pem: &str) -> impl Iterator<Item = String> {
    pem.lines().filter(|line| !line.is_empty() && !line.starts_with("-----")).map(str::to_owned)
}

/// The driver at work.
struct Worker {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<io::Result<String>>,
    noise: Option<std::thread::JoinHandle<String>>,
    /// Whether it had to be killed at the end.
    is_stuck: bool,
}

impl Worker {
    fn start(driver: &Driver, case: &Case, folder: &Path) -> Result<Self, Trouble> {
        let mut command = Command::new(&driver.program);
        command.args(&driver.arguments).current_dir(folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy().to_ascii_uppercase();
            if NAMES.contains(&text.as_str()) || PREFIXES.iter().any(|prefix| text.starts_with(prefix)) {
                command.env_remove(&name);
            }
        }
        // No file of this machine's user, and no question to a metadata service that may be a real one.
        command.env("HOME", folder).env("TCSMS_METADATA_CONNECT_TO", "off");
        for (name, value) in &case.environment {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let mut child = command
            .spawn()
            .map_err(|error| format!("the driver {} cannot be started: {error}", driver.program.display()))?;
        let (send, lines) = channel();
        let output = child.stdout.take().ok_or("the driver has no output")?;
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        let mut errors = child.stderr.take().ok_or("the driver has no standard error")?;
        let noise = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = errors.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        });
        Ok(Self { input: child.stdin.take(), child, lines, noise: Some(noise), is_stuck: false })
    }

    /// Writes one line. A driver that ended is found out by what it does not answer.
    fn tell(&mut self, line: &str) -> Result<(), Trouble> {
        if let Some(input) = &mut self.input {
            let _ = input.write_all(format!("{line}\n").as_bytes()).and_then(|()| input.flush());
        }
        Ok(())
    }

    fn hear(&mut self) -> Result<String, Trouble> {
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => Ok(line?),
            Err(RecvTimeoutError::Timeout) => Err(format!("the driver said nothing for {PATIENCE:?}").into()),
            Err(RecvTimeoutError::Disconnected) => {
                Err(format!("the driver ended before it told the outcome: {}", self.end().trim()).into())
            }
        }
    }

    /// Lets the driver end, and gives what it wrote on its standard error.
    fn end(&mut self) -> String {
        drop(self.input.take());
        if !matches!(self.lines.recv_timeout(PATIENCE), Err(RecvTimeoutError::Disconnected)) {
            self.is_stuck = true;
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
        self.noise.take().and_then(|thread| thread.join().ok()).unwrap_or_default()
    }
}

/// Servers without a case: for tests in other languages that judge for themselves.
pub struct Loose {
    stage: Stage,
    /// Placeholders of the servers and the folder.
    pub places: Places,
    /// Holds the authority's file until the end.
    _folder: tempfile::TempDir,
}

impl Loose {
    /// Starts servers of these scripts, in whose texts placeholders may stand.
    ///
    /// # Errors
    ///
    /// What is wrong with the scripts, or with this machine.
    pub fn start(scripts: &serde_json::Value) -> Result<Self, Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let servers = scripts.as_object().ok_or("servers is an object")?;
        let ports = Ports::bind(servers.iter().map(|(name, script)| (name, script["ipv6"] == true)))?;
        let mut places = Places::default();
        ports.name(&mut places)?;
        furnish(&mut places, folder.path())?;
        let mut scripts = scripts.clone();
        places.fill_all(&mut scripts);
        let scripts: BTreeMap<String, Script> = serde_json::from_value(scripts)?;
        let mut steps = scripts.values().flat_map(|script| &script.connections);
        steps.try_for_each(|steps| script::check(steps))?;
        Ok(Self { stage: ports.open(&scripts)?, places, _folder: folder })
    }

    /// As [`Stage::call_is_over`].
    pub fn call_is_over(&self, call: usize) {
        self.stage.call_is_over(call);
    }

    /// As [`Stage::close`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn close(self) -> io::Result<BTreeMap<String, Record>> {
        self.stage.close()
    }
}
