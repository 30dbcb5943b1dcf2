//! Plays the cases of `conformance/service/cases.json` through the whole service, without a socket.
//!
//! A case has steps that follow each other on one fresh service (after the steps of the cases named in `after`). A
//! step sets the clock (`clock`, seconds after the file's), waits for as many delivered messages as `delivered`
//! says, sends `request`, and compares the answer with `expect`. In an expected answer `<sid>` stands for a serial
//! number of the mainland form that was not met before, `<sid:NAME>` for one that is remembered, `<uuid>`, `<text>`
//! for a text that is not empty, `<number>`, and `<any>`.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{HashMap, HashSet};

use http::Request;
use http_body_util::BodyExt;
use serde::Deserialize;
use serde_json::Value;
use tcsms_auth::tc3::{Payload, Signing};
use tcsms_service::{Business, Clock, Config, Service, Setting};
use tcsms_store::{Location, MessageFilter, Status, Store};

const CASES: &str = include_str!("../../../conformance/service/cases.json");
const FIXTURE: &str = include_str!("../../../conformance/service/fixture.toml");

const HOST: &str = "sms.tencentcloudapi.com";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    clock: i64,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    what: String,
    #[serde(default)]
    after: Vec<String>,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    request: Call,
    expect: Value,
    #[serde(default)]
    clock: i64,
    #[serde(default)]
    delivered: usize,
    #[serde(default)]
    messages: Vec<Text>,
}

/// A message that the store must hold after the step.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    phone: String,
    text: String,
    code: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    /// Nothing is added to what the step says.
    #[serde(default)]
    bare: bool,
    #[serde(default = "post")]
    method: String,
    #[serde(default)]
    query: String,
    #[serde(default)]
    action: String,
    #[serde(default = "newest")]
    version: String,
    timestamp: Option<i64>,
    secret_id: Option<String>,
    /// Set over the common headers; null takes one away.
    #[serde(default)]
    headers: HashMap<String, Option<String>>,
    #[serde(default)]
    body: String,
    /// Made here when the case does not bring one.
    signature: Option<String>,
}

fn post() -> String {
    "POST".to_owned()
}

fn newest() -> String {
    "2021-01-11".to_owned()
}

impl Call {
    fn request(&self, config: &Config, clock: i64) -> Request<String> {
        let mut headers = HashMap::from([("Host".to_owned(), Some(HOST.to_owned()))]);
        if !self.bare {
            let timestamp = self.timestamp.unwrap_or(clock);
            for (name, value) in [
                ("Content-Type", "application/json".to_owned()),
                ("X-TC-Action", self.action.clone()),
                ("X-TC-Version", self.version.clone()),
                ("X-TC-Region", "ap-guangzhou".to_owned()),
                ("X-TC-Timestamp", timestamp.to_string()),
                ("Authorization", self.authorization(config, timestamp)),
            ] {
                headers.insert(name.to_owned(), Some(value));
            }
        }
        headers.extend(self.headers.clone());
        let mut request = Request::builder().method(self.method.as_str()).uri(match self.query.as_str() {
            "" => "/".to_owned(),
            query => format!("/?{query}"),
        });
        for (name, value) in headers {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        request.body(self.body.clone()).unwrap()
    }

    fn authorization(&self, config: &Config, timestamp: i64) -> String {
        let key = &config.accounts[0].keys[0];
        let secret_id = self.secret_id.as_deref().unwrap_or(&key.secret_id);
        let signing = Signing {
            method: &self.method,
            query: &self.query,
            host: HOST,
            payload: Payload::Body(self.body.as_bytes()),
            timestamp,
            secret_id,
            ..Signing::default()
        };
        let made = signing.authorization(&signing.key(key.secret_key.expose()));
        match &self.signature {
            Some(signature) => {
                let (head, _) = made.rsplit_once("Signature=").unwrap();
                format!("{head}Signature={signature}")
            }
            None => made,
        }
    }
}

/// A service with the fixture's configuration, and what the case has met so far.
struct Bench {
    service: Service,
    store: Store,
    clock: Clock,
    start: i64,
    serials: HashSet<String>,
    named: HashMap<String, String>,
}

impl Bench {
    async fn new(start: i64) -> Self {
        let store = Store::open(&Location::Memory).unwrap();
        let clock = Clock::frozen(start);
        let config = Config::from_toml(FIXTURE, "fixture.toml").unwrap();
        let service = Service::start(config, store.clone(), clock.clone()).await.unwrap();
        Self { service, store, clock, start, serials: HashSet::new(), named: HashMap::new() }
    }

    /// Plays a step; the answer is compared with what the case expects now.
    async fn play(&mut self, config: &Config, step: &Step) -> Result<(), String> {
        let now = self.start + step.clock;
        if self.clock.business_now() != now {
            self.clock.set(Setting { business: Business::Frozen(now * 1000), signatures: true });
        }
        self.wait_for_delivered(step.delivered).await;
        let answer = self.service.call(step.request.request(config, now)).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "application/json");
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let mut answer: Value = serde_json::from_slice(&body).unwrap();
        let Some(response) = answer["Response"].as_object_mut() else {
            return Err(format!("no Response: {answer}"));
        };
        let id = response.remove("RequestId").unwrap_or_default();
        if !is_uuid(id.as_str().unwrap_or_default()) {
            return Err(format!("RequestId {id}"));
        }
        let response = Value::Object(response.clone());
        self.compare("Response", &step.expect, &response).map_err(|what| format!("{what}\nin {response}"))?;
        for expected in &step.messages {
            let found = self.messages(Some(&expected.phone), None).await;
            let Some(last) = found.last() else { return Err(format!("no message to {}", expected.phone)) };
            if (last.text.as_str(), last.code.as_deref()) != (&*expected.text, Some(&*expected.code)) {
                return Err(format!("the message is {last:?}"));
            }
        }
        Ok(())
    }

    async fn messages(&self, phone: Option<&str>, status: Option<Status>) -> Vec<tcsms_store::Message> {
        let filter = MessageFilter {
            phone: phone.map(str::to_owned),
            status,
            limit: 1000,
            ..MessageFilter::default()
        };
        self.store.messages(filter).await.unwrap()
    }

    async fn wait_for_delivered(&self, count: usize) {
        let mut changes = self.store.changes();
        while self.messages(None, Some(Status::Delivered)).await.len() < count {
            changes.changed().await.unwrap();
        }
    }

    fn compare(&mut self, place: &str, expect: &Value, found: &Value) -> Result<(), String> {
        match (expect, found) {
            (Value::Object(expect), Value::Object(found)) => {
                let names =
                    |object: &serde_json::Map<String, Value>| object.keys().cloned().collect::<HashSet<_>>();
                if names(expect) != names(found) {
                    return Err(format!("{place} has other members"));
                }
                expect.iter().try_for_each(|(name, value)| {
                    self.compare(&format!("{place}.{name}"), value, &found[name])
                })
            }
            (Value::Array(expect), Value::Array(found)) if expect.len() == found.len() => expect
                .iter()
                .zip(found)
                .enumerate()
                .try_for_each(|(i, (expect, found))| self.compare(&format!("{place}.{i}"), expect, found)),
            (Value::String(pattern), _) if self.matches(pattern, found) => Ok(()),
            _ if expect == found => Ok(()),
            _ => Err(format!("{place} is {found}, not {expect}")),
        }
    }

    fn matches(&mut self, pattern: &str, found: &Value) -> bool {
        let text = found.as_str().unwrap_or_default();
        match pattern {
            "<any>" => true,
            "<number>" => found.is_u64(),
            "<text>" => !text.is_empty(),
            "<uuid>" => is_uuid(text) && self.serials.insert(text.to_owned()),
            "<sid>" => is_mainland_serial(text) && self.serials.insert(text.to_owned()),
            _ => match pattern.strip_prefix("<sid:") {
                None => pattern == text,
                Some(name) => match self.named.get(name) {
                    Some(known) => known == text,
                    None => {
                        self.named.insert(name.to_owned(), text.to_owned());
                        is_mainland_serial(text) && self.serials.insert(text.to_owned())
                    }
                },
            },
        }
    }
}

/// Lower case, hyphens in their places.
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(i, byte)| match i {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

/// Four digits, a colon, 27 or 28 digits.
fn is_mainland_serial(text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once(':').is_some_and(|(node, rest)| {
        node.len() == 4 && digits(node) && (27..=28).contains(&rest.len()) && digits(rest)
    })
}

#[tokio::test]
async fn golden_cases() {
    let file: File = serde_json::from_str(CASES).unwrap();
    let config = Config::from_toml(FIXTURE, "fixture.toml").unwrap();
    let by_id: HashMap<_, _> = file.cases.iter().map(|case| (case.id.as_str(), case)).collect();
    assert_eq!(by_id.len(), file.cases.len(), "two cases have one id");
    let mut failures = Vec::new();
    for case in &file.cases {
        let mut bench = Bench::new(file.clock).await;
        let before = case.after.iter().flat_map(|id| &by_id[id.as_str()].steps);
        for (step, at) in before.chain(&case.steps).zip(1..) {
            if let Err(what) = bench.play(&config, step).await {
                failures.push(format!("case {} ({}), step {at}: {what}", case.id, case.what));
                break;
            }
        }
        bench.service.stop().await;
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
