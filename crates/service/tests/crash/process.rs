//! The service under test as a process: the example `crashing`, whose carrier keeps a ledger.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A service that listens. Killed with the value.
pub(crate) struct Running {
    child: Child,
    pub(crate) address: SocketAddr,
}

/// A service that ended before it listened.
#[derive(Debug)]
pub(crate) struct NotStarted {
    /// Its exit code; none when it was killed.
    pub(crate) code: Option<i32>,
    /// What it wrote to standard error.
    pub(crate) words: String,
}

/// Where a service keeps its things.
pub(crate) struct Place {
    /// Its configuration, its carrier's ledger and what it writes to standard error.
    pub(crate) folder: PathBuf,
    pub(crate) database: PathBuf,
}

impl Place {
    /// Everything that services wrote to standard error here.
    pub(crate) fn words(&self) -> String {
        std::fs::read_to_string(self.folder.join("words")).unwrap_or_default()
    }
}

impl Running {
    /// Starts a service that kills itself when it comes to the point for the `after`th time.
    pub(crate) async fn start(place: &Place, point: &str, after: u32) -> Result<Self, NotStarted> {
        let before = place.words().len();
        let mut child = command(place, point, after).spawn().unwrap();
        // On a thread of its own: what the service calls back lives on this one.
        let output = child.stdout.take().unwrap();
        let line = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            BufReader::new(output).read_line(&mut line).unwrap();
            line
        });
        let line = line.await.unwrap();
        if let Ok(address) = line.trim().parse() {
            return Ok(Self { child, address });
        }
        let code = child.wait().unwrap().code();
        Err(NotStarted { code, words: place.words()[before..].to_owned() })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.id());
        let done = Command::new("sh").args(["-c", &kill]).status().unwrap();
        assert!(done.success(), "SIG{name} was not sent");
    }

    /// Waits until it has killed itself.
    pub(crate) async fn ends(&mut self, what: &str) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < deadline, "it never came to {what}");
            tokio::task::yield_now().await;
        }
    }

    /// The memory that it has in use, in KiB.
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("Linux tells it");
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Child::kill sends SIGKILL.
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn command(place: &Place, point: &str, after: u32) -> Command {
    let program = examples().join("crashing");
    assert!(
        program.exists(),
        "build {} first: cargo build --workspace --example crashing",
        program.display()
    );
    let words = OpenOptions::new().create(true).append(true).open(place.folder.join("words")).unwrap();
    let mut command = Command::new("sh");
    // A limit on the size of files, see `disk`, makes writes fail instead of ending the process.
    command.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"]).arg(program);
    command
        .arg(&place.database)
        .args(["ledger", "config.toml"].map(|name| place.folder.join(name)))
        .args([point, &after.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(words);
    command
}

fn examples() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    tests.parent().and_then(Path::parent).unwrap().join("examples")
}
