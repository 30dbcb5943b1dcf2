//! The client: sends, each message to a number of its own, never twice, and writes down what it was told.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::support::{Call, wire};
use crate::world::APPS;

/// How many send at a time.
const CLIENTS: usize = 4;

/// What the answer to a send said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// The message is accepted.
    Ok,
    /// The code of an API error.
    Error(String),
    /// No answer came: nobody knows.
    Nothing,
}

/// Sends, and remembers what it was told.
#[derive(Default)]
pub(crate) struct Client {
    next: AtomicUsize,
    told: watch::Sender<Ledger>,
}

/// What was told so far.
#[derive(Clone, Default)]
pub(crate) struct Ledger {
    /// The number of each accepted message, by its serial number.
    pub(crate) accepted: BTreeMap<String, String>,
    /// The numbers of messages that an error said are not sent.
    pub(crate) refused: BTreeSet<String>,
    /// The numbers of messages of which nobody knows.
    pub(crate) unanswered: BTreeSet<String>,
}

impl Client {
    /// What it was told until now.
    pub(crate) fn ledger(&self) -> Ledger {
        self.told.borrow().clone()
    }

    /// Waits until so many messages more are accepted.
    pub(crate) async fn accepted_more(&self, count: usize) {
        let goal = self.told.borrow().accepted.len() + count;
        self.told.subscribe().wait_for(|told| told.accepted.len() >= goal).await.unwrap();
    }

    /// Sends one message, of each app in turn.
    pub(crate) async fn send(&self, address: SocketAddr) -> Told {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let phone = format!("+86137{number:08}");
        self.told.send_modify(|told| _ = told.unanswered.insert(phone.clone()));
        let body = serde_json::json!({
            "PhoneNumberSet": [phone], "SmsSdkAppId": APPS[number % APPS.len()], "TemplateId": "449739",
            "SignName": "腾讯云",
        });
        let Some(answer) = ask(address, "SendSms", &body).await else { return Told::Nothing };
        let error = &answer["Error"]["Code"];
        self.told.send_modify(|told| {
            told.unanswered.remove(&phone);
            if error.is_null() {
                let status = &answer["SendStatusSet"][0];
                assert_eq!((&status["Code"], &status["PhoneNumber"]), (&"Ok".into(), &phone.as_str().into()));
                let serial = status["SerialNo"].as_str().unwrap().to_owned();
                assert!(told.accepted.insert(serial, phone.clone()).is_none(), "a serial number came twice");
            } else {
                told.refused.insert(phone.clone());
            }
        });
        error.as_str().map_or(Told::Ok, |code| Told::Error(code.to_owned()))
    }

    /// Sends so many messages, some at a time; each of those who send stops when it is told something else than `Ok`.
    pub(crate) async fn load(self: &Arc<Self>, address: SocketAddr, messages: usize) {
        let mut clients = JoinSet::new();
        for _ in 0..CLIENTS {
            let client = Arc::clone(self);
            clients.spawn(async move {
                for _ in 0..messages.div_ceil(CLIENTS) {
                    if client.send(address).await != Told::Ok {
                        break;
                    }
                }
            });
        }
        while let Some(ended) = clients.join_next().await {
            ended.unwrap();
        }
    }

    /// Sends messages of which each must be accepted.
    pub(crate) async fn load_well(self: &Arc<Self>, address: SocketAddr, messages: usize) {
        let before = self.told.borrow().accepted.len();
        self.load(address, messages).await;
        let accepted = self.told.borrow().accepted.len() - before;
        assert!(accepted >= messages, "{accepted} of {messages} were accepted");
    }
}

/// What stands in `Response`; nothing when no whole answer came.
pub(crate) async fn ask(address: SocketAddr, action: &str, body: &Value) -> Option<Value> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let call = Call::new(action, &body.to_string()).at(i64::try_from(now).unwrap());
    let (status, text) = wire::ask(address, &wire::bytes(&call)).await.ok()?;
    assert_eq!(status, 200, "{text}");
    let mut answer: Value = serde_json::from_str(&text).unwrap();
    Some(answer["Response"].take())
}
