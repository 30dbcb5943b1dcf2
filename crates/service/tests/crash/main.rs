//! A service that is killed again and again at named points, under load, with three ledgers beside it: what the client
//! was told, what the carrier was given, and what the caller's own server was pushed. At the end they must agree.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../support/mod.rs"]
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use support::receiver::{OK, Receiver};
use support::{Call, send_sms, wire};

/// Where it dies, and at which time it comes there.
const POINTS: &[(&str, u32)] = &[
    ("claimed", 2),
    ("submitted", 2),
    ("receipt-given", 2),
    ("receipt-recorded", 2),
    ("submitted", 1),
    ("claimed", 1),
    ("receipt-recorded", 1),
];

/// How many clients send at a time.
const CLIENTS: usize = 4;

/// The service as a process, killed with the value.
struct Running {
    child: Child,
    address: SocketAddr,
}

impl Running {
    fn start(folder: &Path, point: &str, after: u32) -> Self {
        let tests = std::env::current_exe().unwrap();
        let program = tests.parent().unwrap().parent().unwrap().join("examples/crashing");
        assert!(
            program.exists(),
            "build {} first: cargo build -p tcsms-service --examples",
            program.display()
        );
        let mut child = Command::new(program)
            .args(["sms.db", "ledger", "config.toml"].map(|name| folder.join(name)))
            .args([point, &after.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().parse().unwrap_or_else(|_| panic!("it did not start: {line:?}"));
        Self { child, address }
    }

    fn is_dead(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn configure(folder: &Path, url: &str) {
    let text = support::ACCOUNT.replace(
        "sdk_app_id = \"1400787878\"",
        &format!("sdk_app_id = \"1400787878\"\nstatus_url = \"{url}\""),
    );
    let more = "api_rate = false\n[delivery]\ndelay = \"0s\"\n[callbacks]\nretries = [\"10ms\", \"10ms\"]\n";
    std::fs::write(folder.join("config.toml"), format!("{text}{more}")).unwrap();
}

/// Sends to one number; the serial number when the service acknowledged it.
async fn send(address: SocketAddr, number: usize) -> Option<String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let body = send_sms(&[&format!("+86137{number:08}")]);
    let call = Call::new("SendSms", &body).at(i64::try_from(now).unwrap());
    let (_, text) = wire::ask(address, &wire::bytes(&call)).await.ok()?;
    let answer: Value = serde_json::from_str(&text).unwrap();
    let status = &answer["Response"]["SendStatusSet"][0];
    assert_eq!(status["Code"], "Ok", "{text}");
    Some(status["SerialNo"].as_str().unwrap().to_owned())
}

/// Sends until the service is gone, or has taken `most`; returns what it acknowledged.
async fn load(address: SocketAddr, first: usize, most: usize) -> Vec<String> {
    let clients = (0..CLIENTS).map(|client| {
        tokio::spawn(async move {
            let mut acknowledged = Vec::new();
            for round in 0..most / CLIENTS {
                match send(address, first + round * CLIENTS + client).await {
                    Some(serial) => acknowledged.push(serial),
                    None => break,
                }
            }
            acknowledged
        })
    });
    let mut all = Vec::new();
    for client in clients.collect::<Vec<_>>() {
        all.extend(client.await.unwrap());
    }
    all
}

/// How often the carrier was given each message.
fn carrier_copies(folder: &Path) -> BTreeMap<i64, usize> {
    let mut copies = BTreeMap::new();
    for line in std::fs::read_to_string(folder.join("ledger")).unwrap().lines() {
        if let Some(rest) = line.strip_prefix("S ") {
            *copies.entry(rest.split(' ').next().unwrap().parse().unwrap()).or_default() += 1;
        }
    }
    copies
}

async fn control(address: SocketAddr, path: &str) -> Value {
    let request = format!("GET /_tcsms/v1/{path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let (status, text) = wire::ask(address, request.as_bytes()).await.unwrap();
    assert_eq!(status, 200, "{path}: {text}");
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn killed_at_every_point_nothing_is_lost_and_nothing_is_sent_twice() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut receiver = Receiver::start(&[OK]).await;
    configure(folder, &receiver.url());

    let mut acknowledged = BTreeSet::new();
    for (round, (point, after)) in POINTS.iter().enumerate() {
        let mut running = Running::start(folder, point, *after);
        acknowledged.extend(load(running.address, round * 10_000, 10_000).await);
        let deadline = Instant::now() + Duration::from_secs(60);
        while !running.is_dead() {
            assert!(Instant::now() < deadline, "it never came to {point}");
            tokio::task::yield_now().await;
        }
    }
    let crashes = POINTS.len();
    let running = Running::start(folder, "never", 0);
    acknowledged.extend(load(running.address, crashes * 10_000, 40).await);

    // Everything comes to rest: a message is delivered, or nobody knows whether the carrier has it, which is said.
    let deadline = Instant::now() + Duration::from_secs(120);
    let mut messages: Vec<Value> = Vec::new();
    let mut held = BTreeSet::new();
    loop {
        messages.clear();
        held.clear();
        loop {
            let after = messages.last().map_or(0, |message| message["row"].as_i64().unwrap());
            let page = control(running.address, &format!("messages?after={after}&limit=1000")).await;
            let page = page["messages"].as_array().unwrap().clone();
            if page.is_empty() {
                break;
            }
            messages.extend(page);
        }
        for message in messages.iter().filter(|message| message["status"] != "delivered") {
            let serial = message["serial"].as_str().unwrap();
            let one = control(running.address, &format!("messages/{serial}")).await;
            if one["waiting"].as_str().is_some_and(|waiting| waiting.starts_with("the carrier may have it")) {
                held.insert(message["row"].as_i64().unwrap());
            }
        }
        let delivered = messages.iter().filter(|message| message["status"] == "delivered").count();
        // One that the carrier has will have its receipt.
        let copies = carrier_copies(folder);
        if delivered + held.len() == messages.len() && !held.iter().any(|row| copies.contains_key(row)) {
            break;
        }
        assert!(Instant::now() < deadline, "{delivered} and {} of {}", held.len(), messages.len());
        tokio::task::yield_now().await;
    }

    let stored: BTreeSet<String> =
        messages.iter().map(|message| message["serial"].as_str().unwrap().to_owned()).collect();
    let lost: Vec<_> = acknowledged.difference(&stored).collect();
    assert!(lost.is_empty(), "acknowledged and gone: {lost:?}");
    assert!(acknowledged.len() >= 40 + crashes, "there was load: {}", acknowledged.len());

    let copies = carrier_copies(folder);
    let twice: Vec<_> = copies.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "given to the carrier twice: {twice:?}");
    for message in &messages {
        let row = message["row"].as_i64().unwrap();
        assert_eq!(
            copies.contains_key(&row),
            !held.contains(&row),
            "what is held is exactly what it has not: {message}"
        );
    }
    assert!(!held.is_empty(), "a crash between claim and carrier leaves what nobody knows");

    // Every report was pushed, and more than once only where a crash cut an attempt off.
    let expected: BTreeSet<String> = messages
        .iter()
        .filter(|message| message["status"] == "delivered")
        .map(|message| message["serial"].as_str().unwrap().to_owned())
        .collect();
    let mut pushed: BTreeMap<String, usize> = BTreeMap::new();
    while pushed.len() < expected.len() {
        for report in receiver.next().await.as_array().unwrap() {
            *pushed.entry(report["sid"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    assert_eq!(pushed.keys().cloned().collect::<BTreeSet<_>>(), expected);
    let most = pushed.values().max().unwrap();
    assert!(*most <= 1 + crashes, "{most} times");

    drop(running);
    assert_eq!(tcsms_store::check(&folder.join("sms.db")).unwrap(), [""; 0]);
}
