//! Thousands of sends through every fault at once: what the server did and what the callers were told must agree.
//!
//! `TCSMS_FAULTS_SEED` and `TCSMS_FAULTS_SENDS` repeat a run or make a longer one.

#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod ledger;
mod server;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use ledger::Entry;
use server::{Fate, Server};
use tcsms::v20210111::{SendSmsRequest, SendSmsResponse};
use tcsms::{
    ClientBuilder, Credential, CredentialProvider, CredentialSource, Delivery, Error, Fetch, Issued,
    RetryPolicy,
};

const SECRET_KEY: &str = "SKEXAMPLE";
/// As many calls at the same time.
const CALLERS: u64 = 32;

/// Issues credentials with ever new tokens, each for a minute.
#[derive(Default)]
struct Tokens(AtomicU64);

impl CredentialProvider for Tokens {
    fn fetch(&self) -> Fetch<'_> {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            let credential = Credential::with_token("AKIDEXAMPLE", SECRET_KEY, format!("TOKEN{number}"))?;
            Ok(Issued::until(credential, SystemTime::now() + Duration::from_secs(60)))
        })
    }
}

struct Run {
    server: Server,
    sends: u64,
    seed: u64,
    tally: Tally,
    /// Taken after a third of the sends.
    early: Usage,
}

/// How many calls ended in which way.
#[derive(Debug, Default)]
struct Tally {
    accepted: AtomicU64,
    refused: AtomicU64,
    not_sent: AtomicU64,
    maybe_sent: AtomicU64,
}

#[derive(Clone, Copy, Debug)]
struct Usage {
    resident_pages: u64,
    descriptors: usize,
}

impl Usage {
    fn now() -> Self {
        let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
        let resident_pages = statm.split(' ').nth(1).unwrap().parse().unwrap();
        Self { resident_pages, descriptors: std::fs::read_dir("/proc/self/fd").unwrap().count() }
    }
}

fn number_of(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |text| text.parse().expect(variable))
}

fn builder() -> ClientBuilder {
    ClientBuilder::default()
        .credential(CredentialSource::provider(Tokens::default()))
        .region("ap-guangzhou")
        .attempt_timeout(Duration::from_millis(500))
        // The default policy with shorter pauses.
        .retry(RetryPolicy::safe().with_pause(Duration::from_millis(5)))
}

fn address(server: &Server) -> String {
    format!("http://{}", server.address)
}

fn request(message: u64) -> SendSmsRequest {
    SendSmsRequest::new()
        .phone_number_set(["+8613711112222"])
        .sms_sdk_app_id("1400787878")
        .sign_name("腾讯云")
        .template_id("449739")
        .session_context(message.to_string())
}

/// What the caller was told about a message must be what the server's ledger says.
fn compare(seed: u64, message: u64, entry: Entry, told: &Result<SendSmsResponse, Error>, tally: &Tally) {
    let agree = match told {
        Ok(answer) => {
            tally.accepted.fetch_add(1, Ordering::Relaxed);
            entry.sent == 1 && answer.send_status_set[0].session_context == message.to_string()
        }
        Err(error) => match error.delivery() {
            Delivery::NotSent => {
                tally.not_sent.fetch_add(1, Ordering::Relaxed);
                // Attempts before the last may have been seen, and were refused; the last was not seen.
                entry.sent == 0 && entry.seen < error.attempts()
            }
            Delivery::Answered => {
                tally.refused.fetch_add(1, Ordering::Relaxed);
                entry.sent == 0 && entry.seen >= 1
            }
            Delivery::MaybeSent => {
                tally.maybe_sent.fetch_add(1, Ordering::Relaxed);
                entry.sent <= 1
            }
            other => panic!("{other:?}"),
        },
    };
    assert!(agree, "seed {seed}, message {message}: the server has {entry:?}, the caller was told {told:?}");
}

impl Run {
    fn check(&self) {
        let late = Usage::now();
        let Self { seed, sends, tally, early, .. } = self;
        let context = format!("seed {seed}: {tally:?}, {early:?} then {late:?}");
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let all = [&tally.accepted, &tally.refused, &tally.not_sent, &tally.maybe_sent];
        assert_eq!(all.map(count).iter().sum::<u64>(), *sends, "{context}");
        // Four of five arrive and are told so, and every kind of fault came about.
        assert!(count(&tally.accepted) * 10 >= sends * 8, "{context}");
        let fates = self.server.fates();
        let missing: Vec<Fate> = Fate::all().filter(|fate| !fates.contains(fate)).collect();
        assert!(missing.is_empty(), "{missing:?} did not come about; {context}");

        // Both ends are in this process: two descriptors a connection, at most one connection a caller, and those that
        // the server has not seen the end of yet.
        assert!(late.descriptors <= early.descriptors + 2 * CALLERS as usize, "{context}");
        assert!(self.server.connections() < sends / 4, "connections are reused; {context}");
        let grown = late.resident_pages.saturating_sub(early.resident_pages) * 4096;
        assert!(grown < 16 << 20, "memory grew by {grown} bytes; {context}");
    }
}

/// Has the callers share the messages of a run.
struct Messages(AtomicU64);

impl Messages {
    fn next(&self, below: u64) -> Option<u64> {
        let message = self.0.fetch_add(1, Ordering::Relaxed);
        (message < below).then_some(message)
    }
}

/// The runs count descriptors and memory of this process, so they take turns.
static TURN: Mutex<()> = Mutex::new(());

#[test]
fn what_blocking_callers_are_told_agrees_with_the_servers_ledger() {
    let _turn = TURN.lock();
    let (seed, sends) = (number_of("TCSMS_FAULTS_SEED", 20_261_125), number_of("TCSMS_FAULTS_SENDS", 10_000));
    let server = Server::start(seed, SECRET_KEY);
    let client = builder().connect_to(address(&server)).build_blocking().unwrap();
    let (messages, tally) = (Messages(AtomicU64::new(0)), Tally::default());
    let early = std::sync::OnceLock::new();
    std::thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                while let Some(message) = messages.next(sends) {
                    let told = client.request(request(message)).send();
                    compare(seed, message, server.ledger().of(message), &told, &tally);
                    if message == sends / 3 {
                        let _ = early.set(Usage::now());
                    }
                }
            });
        }
    });
    Run { server, sends, seed, tally, early: *early.get().unwrap() }.check();
}

#[test]
fn what_async_callers_are_told_agrees_with_the_servers_ledger() {
    let _turn = TURN.lock();
    let (seed, sends) = (number_of("TCSMS_FAULTS_SEED", 20_261_126), number_of("TCSMS_FAULTS_SENDS", 10_000));
    let server = Arc::new(Server::start(seed, SECRET_KEY));
    let client = builder().connect_to(address(&server)).build().unwrap();
    let messages = Arc::new(Messages(AtomicU64::new(0)));
    let (tally, early) = (Arc::new(Tally::default()), Arc::new(std::sync::OnceLock::new()));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let mut callers = tokio::task::JoinSet::new();
        for _ in 0..CALLERS {
            let (client, messages, server) = (client.clone(), Arc::clone(&messages), Arc::clone(&server));
            let (tally, early) = (Arc::clone(&tally), Arc::clone(&early));
            callers.spawn(async move {
                while let Some(message) = messages.next(sends) {
                    let told = client.request(request(message)).send().await;
                    compare(seed, message, server.ledger().of(message), &told, &tally);
                    if message == sends / 3 {
                        let _ = early.set(Usage::now());
                    }
                }
            });
        }
        while let Some(caller) = callers.join_next().await {
            caller.unwrap();
        }
    });
    let early = *early.get().unwrap();
    let server = Arc::into_inner(server).unwrap();
    Run { server, sends, seed, tally: Arc::into_inner(tally).unwrap(), early }.check();
}

#[test]
fn a_message_is_sent_once_when_calls_move_between_two_endpoints() {
    let _turn = TURN.lock();
    let (seed, sends) = (number_of("TCSMS_FAULTS_SEED", 20_261_127), number_of("TCSMS_FAULTS_SENDS", 10_000));
    let primary = Server::start(seed, SECRET_KEY);
    let backup = Server::beside(seed + 1, SECRET_KEY, Arc::clone(primary.ledger()));
    let client = builder()
        .endpoint(address(&primary))
        .backup_endpoint(address(&backup))
        .breaker(2, Duration::from_secs(1), Duration::from_millis(50))
        .build_blocking()
        .unwrap();
    let (messages, tally) = (Messages(AtomicU64::new(0)), Tally::default());
    std::thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                while let Some(message) = messages.next(sends) {
                    let told = client.request(request(message)).send();
                    compare(seed, message, primary.ledger().of(message), &told, &tally);
                }
            });
        }
    });
    assert!(tally.accepted.into_inner() * 10 >= sends * 8, "seed {seed}");
    assert!(primary.connections() > 0 && backup.connections() > 0, "both were used");
}
