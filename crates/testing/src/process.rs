//! The service as a process of the test's own.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde::Deserialize;
use tempfile::TempDir;

use crate::error::Error;

/// How long it may take to finish what is under way before it is killed.
const DRAIN: Duration = Duration::from_secs(10);

/// How many of the last lines that it wrote are told when it does not start.
const LINES: usize = 20;

/// The line that says that callers may come.
#[derive(Debug, Deserialize)]
pub(crate) struct Ready {
    pub(crate) api: String,
    pub(crate) control: Option<String>,
}

/// A running service, ended with the value.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    /// The service ends when this does, also when this process is killed.
    input: Option<ChildStdin>,
    /// Tells when its standard output has ended, as it does with the process.
    ended: Mutex<Receiver<()>>,
    /// Holds the configuration.
    _folder: TempDir,
}

impl Process {
    pub(crate) fn start(
        program: &Path,
        config: &str,
        arguments: &[OsString],
        limit: Duration,
    ) -> Result<(Self, Ready), Error> {
        let not_started = |reason: String| Error::NotStarted { program: program.to_owned(), reason };
        let folder = tempfile::tempdir().map_err(|error| not_started(error.to_string()))?;
        let file = folder.path().join("service.toml");
        std::fs::write(&file, config).map_err(|error| not_started(error.to_string()))?;
        let mut child = Command::new(program)
            .args(["serve", "--listen", "127.0.0.1:0", "--stop-with-stdin", "--config"])
            .arg(file)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| not_started(error.to_string()))?;

        let last_lines = child.stderr.take().map(|errors| thread::spawn(move || last_lines(errors)));
        let (line, first_line) = channel();
        let (end, ended) = channel();
        if let Some(output) = child.stdout.take() {
            thread::spawn(move || {
                read_output(output, |first| drop(line.send(first)));
                let _ = end.send(());
            });
        }
        let mut process =
            Self { input: child.stdin.take(), child, ended: Mutex::new(ended), _folder: folder };

        let reason = match first_line.recv_timeout(limit) {
            Ok(line) => match serde_json::from_str(&line) {
                Ok(ready) => return Ok((process, ready)),
                Err(_) if line.is_empty() => "it ended".to_owned(),
                Err(_) => format!("it said {line:?}"),
            },
            Err(RecvTimeoutError::Timeout) => format!("it was not ready within {} s", limit.as_secs_f64()),
            Err(RecvTimeoutError::Disconnected) => "it ended".to_owned(),
        };
        process.end(Duration::ZERO);
        let lines = last_lines.and_then(|reading| reading.join().ok()).unwrap_or_default();
        Err(not_started(format!("{reason}; {lines}")))
    }

    /// Ends it: asks, waits for so long, kills.
    fn end(&mut self, limit: Duration) {
        self.input = None;
        let ended = self.ended.get_mut().unwrap_or_else(PoisonError::into_inner);
        if ended.recv_timeout(limit).is_err() {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end(DRAIN);
    }
}

/// Hands on the first line, and reads until the end.
fn read_output(output: ChildStdout, first: impl FnOnce(String)) {
    let mut output = BufReader::new(output);
    let mut line = String::new();
    let _ = output.read_line(&mut line);
    first(line);
    let _ = std::io::copy(&mut output, &mut std::io::sink());
}

/// Reads what it writes, so that it never has to wait, and keeps the end of it.
fn last_lines(errors: impl Read) -> String {
    let mut lines = VecDeque::with_capacity(LINES);
    for line in BufReader::new(errors).lines().map_while(Result::ok) {
        if lines.len() == LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }
    Vec::from(lines).join("\n")
}

/// Where the program is when nobody names it.
pub(crate) fn find_program() -> Result<PathBuf, Error> {
    if let Some(named) = std::env::var_os("TCSMS_PROGRAM").filter(|named| !named.is_empty()) {
        return Ok(named.into());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join("tcsms"))
        .find(|program| program.is_file())
        .ok_or(Error::NoProgram)
}
