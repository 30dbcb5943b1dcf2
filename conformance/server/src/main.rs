//! The conformance program: `run` plays all cases with a driver, `serve` plays scripts for tests in other languages.

use std::fs::File;
use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use serde::Deserialize;
use serde_json::{Value, json};
use tcsms_conformance_server::case::read_all;
use tcsms_conformance_server::run::{Driver, Loose, run};

const USAGE: &str = "\
usage:
  tcsms-conformance-server run [--outcomes FILE] [--any-signature] [--without WORD] CASES DRIVER [ARGUMENT...]
                                   plays every case of the file or folder CASES with the program DRIVER; FILE is
                                   written anew with what it told of each call and sent to each server, a line of JSON
                                   each; with --any-signature nobody looks at how requests are signed; cases with
                                   WORD in their id are left out
  tcsms-conformance-server serve   plays scripts that come on standard input, a line each
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["run", options @ ..] => Run::of(options).map(|run| run.all()),
        ["serve"] => Some(serve()),
        _ => None,
    };
    let Some(outcome) = outcome else {
        let _ = io::stderr().write_all(USAGE.as_bytes());
        return ExitCode::from(2);
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            let _ = writeln!(io::stderr(), "tcsms-conformance-server: {error}");
            ExitCode::from(2)
        }
    }
}

type Failure = Box<dyn std::error::Error>;

/// The arguments of `run`.
struct Run {
    outcomes: Option<PathBuf>,
    any_signature: bool,
    without: Option<String>,
    cases: PathBuf,
    driver: Driver,
}

impl Run {
    fn of(mut arguments: &[&str]) -> Option<Self> {
        let (mut outcomes, mut any_signature, mut without) = (None, false, None);
        loop {
            match arguments {
                ["--outcomes", file, rest @ ..] => (outcomes, arguments) = (Some(file.into()), rest),
                ["--any-signature", rest @ ..] => (any_signature, arguments) = (true, rest),
                ["--without", word, rest @ ..] => {
                    (without, arguments) = (Some((*word).to_owned()), rest);
                }
                [cases, driver, rest @ ..] if !cases.starts_with("--") => {
                    let arguments = rest.iter().map(|text| (*text).to_owned()).collect();
                    let driver = Driver { program: driver.into(), arguments };
                    return Some(Self { outcomes, any_signature, without, cases: cases.into(), driver });
                }
                _ => return None,
            }
        }
    }

    /// Plays all cases; true when all passed.
    fn all(&self) -> Result<bool, Failure> {
        let mut out = io::stdout();
        let mut told = self.outcomes.as_ref().map(File::create).transpose()?;
        let (mut passed, mut failed) = (0, 0);
        for (file, draft) in read_all(&self.cases)? {
            if let Some(word) = self.without.as_ref().filter(|word| draft.id().contains(*word)) {
                writeln!(out, "{file}/{} left out: it has the word {word}", draft.id())?;
                continue;
            }
            if !draft.is_playable() {
                writeln!(out, "{file}/{} left out: this machine has no address ::1", draft.id())?;
                continue;
            }
            let draft = if self.any_signature { draft.with_any_signature() } else { draft };
            let played = run(&draft, &self.driver);
            if let Some(told) = &mut told {
                for line in played.lines(&format!("{file}/{}", draft.id())) {
                    writeln!(told, "{line}")?;
                }
            }
            let faults = played.faults;
            if faults.is_empty() {
                passed += 1;
                continue;
            }
            failed += 1;
            writeln!(out, "{file}/{} failed:", draft.id())?;
            for fault in faults {
                writeln!(out, "  {fault}")?;
            }
        }
        writeln!(out, "{passed} passed, {failed} failed")?;
        Ok(failed == 0)
    }
}

/// One line of `serve`.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Order {
    /// Starts these servers; those before are ended.
    Servers(Value),
    /// The outcome of this call is known.
    CallIsOver(usize),
    /// Ends the servers and gives their record.
    Record,
}

fn serve() -> Result<bool, Failure> {
    let mut playing: Option<Loose> = None;
    for line in io::stdin().lock().lines() {
        let line = line?;
        let answer = match obey(&line, &mut playing) {
            Ok(answer) => answer,
            Err(error) => json!({"error": error.to_string()}),
        };
        writeln!(io::stdout(), "{answer}")?;
    }
    Ok(true)
}

fn obey(line: &str, playing: &mut Option<Loose>) -> Result<Value, Failure> {
    match serde_json::from_str(line)? {
        Order::Servers(scripts) => {
            let started = Loose::start(&scripts)?;
            let name = |name: &str| started.places.fill(&format!("{{{name}}}"));
            let servers: serde_json::Map<String, Value> = scripts
                .as_object()
                .into_iter()
                .flat_map(|scripts| scripts.keys())
                .map(|key| (key.clone(), name(key).into()))
                .collect();
            let answer = json!({"servers": servers, "ca": name("ca"), "folder": name("folder")});
            *playing = Some(started);
            Ok(answer)
        }
        Order::CallIsOver(call) => {
            playing.as_ref().ok_or("no servers were started")?.call_is_over(call);
            Ok(json!({"call_is_over": call}))
        }
        Order::Record => {
            let records = playing.take().ok_or("no servers were started")?.close()?;
            Ok(json!({"record": records}))
        }
    }
}
