//! A service whose carrier is a file, and that kills itself as hard as can be at a named point. The crash tests start
//! it again and again on one database and compare what everybody has written down.
//!
//! `crashing DATABASE LEDGER CONFIG POINT AFTER`: at the point, the `AFTER`th time. It prints its address when callers
//! may come; when it cannot start, it says why on standard error and ends with 2.
//!
//! The points of the carrier are in the carrier itself. Those inside the product are events of its log, found by their
//! names, which no other program listens to.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stderr, clippy::print_stdout)]

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use tcsms_service::delivery::carrier::{Arrived, Carrier, Doing, Outcome, ReceiptToken, Submission};
use tcsms_service::{Clock, Config, Service, listen};
use tcsms_store::{Location, Receipt, ReceiptFor, Store};
use tokio::sync::Notify;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Counts down to the end. As a listener to the log, it hears of nothing but its point.
struct Point {
    name: String,
    left: AtomicU32,
}

impl Point {
    /// Ends the process when this is the point and its time has come.
    fn reach(&self, name: &str) {
        if self.name == name && self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            let kill = format!("kill -9 {}", std::process::id());
            Command::new("sh").args(["-c", &kill]).status().expect("a shell is there");
            loop {
                std::thread::park();
            }
        }
    }
}

impl Subscriber for Point {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && metadata.name() == self.name
    }

    fn event(&self, event: &Event<'_>) {
        self.reach(event.metadata().name());
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Writes `S ID PHONE` for every message that it takes and `C ID` for every receipt that was confirmed. It does not
/// recognise a message that it is given twice.
struct Ledger {
    point: Arc<Point>,
    file: Mutex<File>,
    /// Messages whose receipt was not confirmed so far.
    open: Mutex<BTreeSet<i64>>,
    more: Notify,
}

impl Ledger {
    fn open(path: &Path, point: Arc<Point>) -> Self {
        let mut open = BTreeSet::new();
        for line in std::fs::read_to_string(path).unwrap_or_default().lines() {
            let mut words = line.split(' ');
            let (kind, id) = (words.next(), words.next().and_then(|id| id.parse().ok()).expect("an id"));
            match kind {
                Some("S") => open.insert(id),
                _ => open.remove(&id),
            };
        }
        let file = OpenOptions::new().create(true).append(true).open(path).expect("the ledger opens");
        Self { point, file: Mutex::new(file), open: Mutex::new(open), more: Notify::new() }
    }

    /// Every line has 32 bytes: a write that is cut off by the end ends at the border of a page, so of a line.
    fn write(&self, lines: impl Iterator<Item = String>) {
        let lines: String = lines.map(|line| format!("{line:<31}\n")).collect();
        self.file
            .lock()
            .expect("nobody panicked")
            .write_all(lines.as_bytes())
            .expect("the ledger is written");
    }
}

impl Carrier for Ledger {
    fn submit<'a>(&'a self, messages: &'a [Submission]) -> Doing<'a, Vec<Outcome>> {
        Box::pin(async move {
            self.point.reach("claimed");
            self.write(messages.iter().map(|one| format!("S {} {}", one.id, one.phone)));
            self.point.reach("submitted");
            self.open.lock().expect("nobody panicked").extend(messages.iter().map(|one| one.id));
            self.more.notify_one();
            vec![Outcome::Accepted { receipts: Vec::new() }; messages.len()]
        })
    }

    fn receipts(&self) -> Doing<'_, Vec<Arrived>> {
        Box::pin(async move {
            loop {
                let open: Vec<i64> =
                    self.open.lock().expect("nobody panicked").iter().copied().take(50).collect();
                if !open.is_empty() {
                    self.point.reach("receipt-given");
                    return open.into_iter().map(arrived).collect();
                }
                self.more.notified().await;
            }
        })
    }

    fn confirm(&self, receipts: Vec<Arrived>) -> Doing<'_, ()> {
        Box::pin(async move {
            self.point.reach("receipt-recorded");
            let ids: Vec<i64> = receipts.iter().map(|one| one.receipt.row).collect();
            self.write(ids.iter().map(|id| format!("C {id}")));
            self.open.lock().expect("nobody panicked").retain(|id| !ids.contains(id));
        })
    }

    fn knows_repeats(&self) -> bool {
        false
    }
}

fn arrived(id: i64) -> Arrived {
    let receipt = Receipt { delivered: true, word: "DELIVRD".to_owned(), at: 1_795_575_600 };
    let token = ReceiptToken { clock: 0, due_ms: 0, copy: 0 };
    Arrived { receipt: ReceiptFor { row: id, receipt }, token }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, database, ledger, config, point, after] = arguments.as_slice() else {
        panic!("usage: crashing DATABASE LEDGER CONFIG POINT AFTER");
    };
    let left = AtomicU32::new(after.parse().expect("a count"));
    let point = Arc::new(Point { name: point.clone(), left });
    tracing::subscriber::set_global_default(Arc::clone(&point)).expect("nobody else listens");
    let text = std::fs::read_to_string(config).expect("the configuration is there");
    let config = Config::from_toml(&text, config).expect("it is right");
    let carrier = Arc::new(Ledger::open(Path::new(ledger), point));
    let started = match Store::open(&Location::File(database.into())) {
        Ok(store) => Service::start_with_carrier(config, store, Clock::default(), carrier).await,
        Err(error) => Err(error),
    };
    let service = match started {
        Ok(service) => service,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    let listener = listen("127.0.0.1:0".parse().expect("an address")).await.expect("a port is free");
    println!("{}", listener.local_addr().expect("it has an address"));
    service.serve(listener, None, std::future::pending()).await;
    ExitCode::SUCCESS
}
