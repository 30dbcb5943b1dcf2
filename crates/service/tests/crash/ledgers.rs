//! The verdict that all scenarios end with: what the client was told, what the carrier was given, what the targets were
//! pushed and what the service itself says must be the same story.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::ask;
use crate::process::Running;
use crate::support::wire;
use crate::world::{APPS, World};

/// How long everything may take to come to rest.
const REST: Duration = Duration::from_secs(60);

/// What a scenario has counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    /// Messages that the client was told are accepted.
    pub(crate) accepted: usize,
    /// Messages of which the client was told that they are not sent.
    pub(crate) refused: usize,
    /// How often the service was killed.
    pub(crate) kills: usize,
    /// Messages of which the service says that nobody knows whether the carrier has them.
    pub(crate) ambiguous: usize,
    /// Reports that the targets took.
    pub(crate) callbacks: usize,
    /// Those of them that they had already.
    pub(crate) duplicates: usize,
}

impl Counts {
    pub(crate) fn add(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.kills += other.kills;
        self.ambiguous += other.ambiguous;
        self.callbacks += other.callbacks;
        self.duplicates += other.duplicates;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { accepted, refused, kills, ambiguous, callbacks, duplicates } = self;
        write!(
            formatter,
            "{accepted} accepted, {refused} refused, {kills} kills, {ambiguous} ambiguous, {callbacks} callbacks, \
             {duplicates} of them duplicates"
        )
    }
}

/// A message as the service tells of it.
struct Message {
    row: i64,
    serial: String,
    app: String,
    phone: String,
    delivered: bool,
}

/// Waits until everything has come to rest, then compares. `repeats` says how often an attempt to record something may
/// have been cut off, after which a report comes once more.
pub(crate) async fn agree(world: &World, running: Running, repeats: usize) -> Counts {
    let told = world.client.ledger();
    let held = settle(world, running.address).await;
    let messages = messages(running.address, "").await;
    let serials: BTreeMap<&str, &Message> = messages.iter().map(|one| (one.serial.as_str(), one)).collect();
    assert_eq!(serials.len(), messages.len(), "a serial number belongs to one message");

    // What was accepted exists, once; what was refused does not.
    for (serial, phone) in &told.accepted {
        let message =
            serials.get(serial.as_str()).unwrap_or_else(|| panic!("{serial} was accepted and is gone"));
        assert_eq!(&message.phone, phone, "{serial}");
    }
    let mut unseen: BTreeSet<&String> = told.accepted.values().chain(&told.unanswered).collect();
    for Message { serial, phone, .. } in &messages {
        assert!(
            !told.refused.contains(phone),
            "{serial} was refused with an error, and is there all the same"
        );
        assert!(unseen.remove(phone), "{serial} is there twice, or nobody sent it");
    }

    // Nothing reached the carrier twice, and of what is not delivered nobody can know it.
    let copies = copies(&world.place.folder);
    let twice: Vec<_> = copies.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "given to the carrier twice: {twice:?}");
    for Message { row, serial, delivered, .. } in &messages {
        assert_eq!(*delivered, copies.contains_key(row), "{serial}: delivered is what the carrier has");
        assert_eq!(
            *delivered,
            !held.contains(row),
            "{serial}: what is not delivered is said to be ambiguous"
        );
    }

    // Every report was pushed to its app, and every report can be pulled; more than once only after a cut.
    let (mut callbacks, mut duplicates) = (0, 0);
    for (app, target) in APPS.iter().zip(&world.targets) {
        let delivered: BTreeSet<&str> = messages
            .iter()
            .filter(|message| message.delivered && message.app == *app)
            .map(|message| message.serial.as_str())
            .collect();
        tokio::time::timeout(REST, target.has_taken(delivered.len())).await.unwrap_or_else(|_| {
            panic!("{} of {} reports of {app} were pushed", target.taken().len(), delivered.len())
        });
        for (way, reports) in [("pushed", target.taken()), ("pulled", pull(running.address, app).await)] {
            let ours: BTreeSet<&str> = reports.keys().map(String::as_str).collect();
            assert_eq!(ours, delivered, "{way} reports of {app}");
            let most = reports.values().max().copied().unwrap_or_default();
            assert!(most <= 1 + repeats, "a report was {way} {most} times, after {repeats} cuts");
        }
        let taken: usize = target.taken().values().sum();
        callbacks += taken;
        duplicates += taken - delivered.len();
    }

    drop(running);
    assert_eq!(tcsms_store::check(&world.place.database).unwrap(), [""; 0]);
    let words = world.place.words();
    assert!(!words.contains("panicked"), "{words}");
    let (accepted, refused) = (told.accepted.len(), told.refused.len());
    Counts { accepted, refused, kills: 0, ambiguous: held.len(), callbacks, duplicates }
}

/// Waits until every message has its receipt, or is said to be held because nobody knows whether the carrier has it.
/// Returns the rows of the latter.
async fn settle(world: &World, address: SocketAddr) -> BTreeSet<i64> {
    let deadline = Instant::now() + REST;
    loop {
        let mut held = BTreeSet::new();
        let mut waiting = Vec::new();
        for message in messages(address, "status=submitted&").await {
            let one = control(address, &format!("messages/{}", message.serial)).await;
            match one["waiting"].as_str() {
                Some(text) if text.starts_with("the carrier may have it") => _ = held.insert(message.row),
                text => waiting.push(format!("{}: {text:?}", message.serial)),
            }
        }
        // One that the carrier has will have its receipt.
        let copies = copies(&world.place.folder);
        if waiting.is_empty() && !held.iter().any(|row| copies.contains_key(row)) {
            return held;
        }
        assert!(Instant::now() < deadline, "{} wait, {} are held: {waiting:?}", waiting.len(), held.len());
        tokio::task::yield_now().await;
    }
}

/// How often the carrier was given each message, by its row.
fn copies(folder: &Path) -> BTreeMap<i64, usize> {
    let mut copies = BTreeMap::new();
    for line in std::fs::read_to_string(folder.join("ledger")).unwrap_or_default().lines() {
        if let Some(rest) = line.strip_prefix("S ") {
            *copies.entry(rest.split(' ').next().unwrap().parse().unwrap()).or_default() += 1;
        }
    }
    copies
}

/// All messages that match.
async fn messages(address: SocketAddr, filter: &str) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    loop {
        let after = messages.last().map_or(0, |message| message.row);
        let page = control(address, &format!("messages?{filter}after={after}&limit=1000")).await;
        let page = page["messages"].as_array().unwrap();
        if page.is_empty() {
            return messages;
        }
        messages.extend(page.iter().map(|message| {
            let text = |name: &str| message[name].as_str().unwrap().to_owned();
            Message {
                row: message["row"].as_i64().unwrap(),
                serial: text("serial"),
                app: text("app"),
                phone: text("phone"),
                delivered: message["status"] == "delivered",
            }
        }));
    }
}

/// Pulls every report of the app; how often each came, by its serial number.
async fn pull(address: SocketAddr, app: &str) -> BTreeMap<String, usize> {
    let mut reports = BTreeMap::new();
    loop {
        let body = json!({"SmsSdkAppId": app, "Limit": 100});
        let answer = ask(address, "PullSmsSendStatus", &body).await.expect("an answer");
        let page = answer["PullSmsSendStatusSet"].as_array().unwrap_or_else(|| panic!("{answer}"));
        if page.is_empty() {
            return reports;
        }
        for report in page {
            *reports.entry(report["SerialNo"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
}

async fn control(address: SocketAddr, path: &str) -> Value {
    let request = format!("GET /_tcsms/v1/{path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let (status, text) = wire::ask(address, request.as_bytes()).await.unwrap();
    assert_eq!(status, 200, "{path}: {text}");
    serde_json::from_str(&text).unwrap()
}
