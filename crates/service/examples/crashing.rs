//! A service whose carrier is a file, and that kills itself as hard as can be at a named point. The crash tests start
//! it again and again on one database and compare what everybody has written down.
//!
//! `crashing DATABASE LEDGER CONFIG POINT AFTER`: at the point, the `AFTER`th time. It prints its address when callers
//! may come.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use tcsms_service::delivery::carrier::{Arrived, Carrier, Doing, Outcome, ReceiptToken, Submission};
use tcsms_service::{Clock, Config, Service, listen};
use tcsms_store::{Location, Receipt, ReceiptFor, Store};
use tokio::sync::Notify;

/// Counts down to the end.
struct Point {
    name: String,
    left: AtomicU32,
}

impl Point {
    /// Ends the process when this is the point and its time has come.
    fn reach(&self, name: &str) {
        if self.name == name && self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            Command::new("kill")
                .args(["-9", &std::process::id().to_string()])
                .status()
                .expect("kill is there");
            loop {
                std::thread::park();
            }
        }
    }
}

/// Writes `S ID PHONE` for every message that it takes and `C ID` for every receipt that was confirmed. It does not
/// recognise a message that it is given twice.
struct Ledger {
    point: Point,
    file: Mutex<File>,
    /// Messages whose receipt was not confirmed so far.
    open: Mutex<BTreeSet<i64>>,
    more: Notify,
}

impl Ledger {
    fn open(path: &Path, point: Point) -> Self {
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

    fn write(&self, lines: &str) {
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
            let lines: String = messages.iter().map(|one| format!("S {} {}\n", one.id, one.phone)).collect();
            self.write(&lines);
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
            self.write(&ids.iter().map(|id| format!("C {id}\n")).collect::<String>());
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
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, database, ledger, config, point, after] = arguments.as_slice() else {
        panic!("usage: crashing DATABASE LEDGER CONFIG POINT AFTER");
    };
    let text = std::fs::read_to_string(config).expect("the configuration is there");
    let config = Config::from_toml(&text, config).expect("it is right");
    let store = Store::open(&Location::File(database.into())).expect("the database opens");
    let point = Point { name: point.clone(), left: AtomicU32::new(after.parse().expect("a count")) };
    let carrier = Arc::new(Ledger::open(Path::new(ledger), point));
    let service =
        Service::start_with_carrier(config, store, Clock::default(), carrier).await.expect("it starts");
    let listener = listen("127.0.0.1:0".parse().expect("an address")).await.expect("a port is free");
    println!("{}", listener.local_addr().expect("it has an address"));
    service.serve(listener, None, std::future::pending()).await;
}
