//! An acknowledged message survives: the death of the process, and a loss of power at any moment.
//!
//! The program under test is the example `acknowledge`, which writes a line of serial numbers for every batch that
//! the store has acknowledged. For the loss of power it runs under strace; from the recorded calls the tests compute
//! what a disk would hold that has lost whatever was not synchronised, or parts of it, and open the store on that.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod disk;
mod trace;

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use disk::{Disk, Loss};
use tcsms_store::{Location, MessageFilter, Store};
use trace::Event;

/// The name of the database file in every test's folder.
const FILE: &str = "sms.db";

/// How much `acknowledge` is to do.
#[derive(Clone, Copy)]
struct Load {
    tasks: usize,
    rounds: usize,
    numbers: usize,
}

fn acknowledge(file: &Path, load: Load) -> (PathBuf, Vec<String>) {
    let tests = std::env::current_exe().unwrap();
    let program = tests.parent().unwrap().parent().unwrap().join("examples/acknowledge");
    assert!(program.exists(), "build {} first: cargo build -p tcsms-store --examples", program.display());
    let arguments = [load.tasks, load.rounds, load.numbers].map(|count| count.to_string());
    (program, [vec![file.to_str().unwrap().to_owned()], arguments.to_vec()].concat())
}

/// The system calls of a whole run.
fn record(load: Load) -> Vec<Event> {
    let folder = tempfile::tempdir().unwrap();
    let (program, arguments) = acknowledge(&folder.path().join(FILE), load);
    let log = folder.path().join("strace.log");
    let output = Command::new("strace")
        .args(["-f", "-xx", "-s", "1000000", "-e", trace::CALLS, "-o"])
        .arg(&log)
        .arg(program)
        .args(arguments)
        .output()
        .expect("strace is installed (./x setup does that)");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let events = trace::parse(&std::fs::read_to_string(log).unwrap(), folder.path());
    let acknowledged = events.iter().filter(|event| matches!(event, Event::Acknowledge(_))).count();
    assert_eq!(acknowledged, load.tasks * load.rounds, "every batch is acknowledged once");
    events
}

/// The serial numbers of everything that the store in this folder holds. The file must be sound.
fn stored(folder: &Path) -> HashSet<String> {
    let file = folder.join(FILE);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let serials = runtime.block_on(async {
        let store = Store::open(&Location::File(file.clone())).expect("the store opens after the crash");
        let filter = MessageFilter { limit: usize::MAX, ..MessageFilter::default() };
        let messages = store.messages(filter).await.unwrap();
        store.close().await;
        messages.into_iter().map(|message| message.serial).collect()
    });
    let connection = rusqlite::Connection::open(file).unwrap();
    let verdict: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
    serials
}

/// The acknowledged serial numbers that a power loss would take, `loss` saying what becomes of the unsynchronised.
fn missing(disk: &Disk, loss: Loss, acknowledged: &HashSet<String>) -> usize {
    let folder = tempfile::tempdir().unwrap();
    disk.write_to(folder.path(), loss);
    acknowledged.difference(&stored(folder.path())).count()
}

#[test]
fn the_log_is_synchronised_before_the_acknowledgement_leaves() {
    let mut disk = Disk::default();
    let (mut acknowledged, mut written, mut synchronised) = (0, 0, 0);
    for event in record(Load { tasks: 1, rounds: 8, numbers: 3 }) {
        match &event {
            Event::Write { path, .. } if path.ends_with("-wal") => written += 1,
            Event::Sync { path } if path.ends_with("-wal") => synchronised += 1,
            Event::Acknowledge(_) => {
                assert!(written > 0 && synchronised > 0, "the batch was written and synchronised");
                assert_eq!(disk.unsynchronised(), 0, "nothing of it is left to be synchronised");
                acknowledged += 1;
                (written, synchronised) = (0, 0);
            }
            _ => {}
        }
        disk.apply(&event);
    }
    assert_eq!(acknowledged, 8);
}

#[test]
fn a_loss_of_power_takes_no_acknowledged_message() {
    // More than SQLite keeps in the log (1000 pages), so that the log is folded into the file on the way.
    let events = record(Load { tasks: 4, rounds: 12, numbers: 25 });
    let mut disk = Disk::default();
    let mut acknowledged = HashSet::new();
    let mut folded = 0;
    let mut seed = 1;
    for (index, event) in events.iter().enumerate() {
        disk.apply(event);
        match event {
            Event::Acknowledge(line) => acknowledged.extend(line.split_whitespace().map(str::to_owned)),
            Event::Write { path, .. } if path == FILE && !acknowledged.is_empty() => folded += 1,
            _ => {}
        }
        // At every acknowledgement, and at moments between: in the middle of commits and of folding the log.
        let is_acknowledgement = matches!(event, Event::Acknowledge(_));
        if acknowledged.is_empty() || !(is_acknowledgement || index.is_multiple_of(61)) {
            continue;
        }
        seed += 1;
        for loss in [Loss::Everything, Loss::Parts { seed }] {
            assert_eq!(missing(&disk, loss, &acknowledged), 0, "after call {index}, losing {loss:?}");
        }
    }
    assert_eq!(acknowledged.len(), 4 * 12 * 25);
    assert!(folded > 0, "the run was long enough for the log to be folded into the file");
}

/// The tests above can fail: on a disk that ignores synchronisation, acknowledged messages are lost.
#[test]
fn on_a_disk_that_does_not_synchronise_messages_are_lost() {
    let mut disk = Disk::default();
    let mut acknowledged = HashSet::new();
    for event in record(Load { tasks: 1, rounds: 2, numbers: 1 }) {
        if let Event::Acknowledge(line) = &event {
            acknowledged.insert(line.clone());
        }
        if !matches!(event, Event::Sync { .. }) {
            disk.apply(&event);
        }
    }
    assert_eq!(missing(&disk, Loss::Everything, &acknowledged), 2);
    assert_eq!(missing(&disk, Loss::Nothing, &acknowledged), 0);
}

/// Kills the program as hard as it can be, even when the test fails before.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        // Child::kill sends SIGKILL.
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
fn kill_9_right_after_an_acknowledgement_loses_nothing() {
    for lines in [1, 2, 7, 40] {
        let folder = tempfile::tempdir().unwrap();
        let (program, arguments) =
            acknowledge(&folder.path().join(FILE), Load { tasks: 4, rounds: 100_000, numbers: 3 });
        let mut child = Command::new(program).args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        let child = Killed(child);
        let mut acknowledged: Vec<String> = output.by_ref().take(lines).map(Result::unwrap).collect();
        drop(child);
        // What was still in the pipe was acknowledged as well. Its lines are shorter than what is written at once.
        acknowledged.extend(output.map(Result::unwrap));
        assert!(acknowledged.len() >= lines);
        let acknowledged =
            acknowledged.iter().flat_map(|line| line.split_whitespace()).map(str::to_owned).collect();
        let lost: Vec<String> = HashSet::difference(&acknowledged, &stored(folder.path())).cloned().collect();
        assert!(lost.is_empty(), "after {lines} lines: {lost:?}");
    }
}
