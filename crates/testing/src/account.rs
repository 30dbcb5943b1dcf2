use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tcsms::{ClientBuilder, Credential};

use crate::control::{Control, Query};
use crate::error::Error;
use crate::fault::Fault;
use crate::message::{Message, NoticedCall, Wanted};
use crate::service::LocalService;

/// What an account for one test shall be like. Everything has a default.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewAccount {
    /// The configured account whose signatures, templates and packages it gets; by default the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub like: Option<String>,
    /// The profile of its limits: `off`, which is the default here, `default` or `strict`; `None` has those of the
    /// account that it is like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<String>,
    /// How long it lives, in real time: `10m` by default, at most `24h`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl: Option<String>,
    /// Where its delivery reports are pushed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_url: Option<String>,
    /// Where its replies are pushed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_url: Option<String>,
}

impl Default for NewAccount {
    fn default() -> Self {
        Self { like: None, limits: Some("off".to_owned()), ttl: None, status_url: None, reply_url: None }
    }
}

/// A template of an account.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct Template {
    /// Its id.
    pub id: String,
    /// Its text, `{1}` for the first variable.
    pub content: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    id: String,
    secret_id: String,
    secret_key: String,
    sdk_app_id: String,
    signs: Vec<String>,
    templates: Vec<Template>,
}

/// An account of one test: nobody else sees its messages, meets its faults, or moves its clock. What is cloned is the same
/// account; it is removed with the last clone.
#[derive(Clone)]
pub struct Account(Arc<Inner>);

struct Inner {
    service: LocalService,
    control: Control,
    made: Made,
    credential: Credential,
    closed: AtomicBool,
}

impl Account {
    pub(crate) fn make(service: LocalService, control: Control, new: &NewAccount) -> Result<Self, Error> {
        let made: Made = control.post("accounts", &Vec::new(), new)?;
        let credential =
            Credential::new(&*made.secret_id, &*made.secret_key).map_err(|error| Error::NoAnswer {
                url: control.url().to_owned(),
                reason: format!("it made a key that is none: {error}"),
            })?;
        Ok(Self(Arc::new(Inner { service, control, made, credential, closed: AtomicBool::new(false) })))
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.0.made.id
    }

    /// The id of its key.
    pub fn secret_id(&self) -> &str {
        &self.0.made.secret_id
    }

    /// Its key. It is worth nothing outside this service.
    pub fn secret_key(&self) -> &str {
        &self.0.made.secret_key
    }

    /// The `SdkAppId` of its app.
    pub fn sdk_app_id(&self) -> &str {
        &self.0.made.sdk_app_id
    }

    /// The texts of its approved signatures.
    pub fn signs(&self) -> &[String] {
        &self.0.made.signs
    }

    /// Its templates.
    pub fn templates(&self) -> &[Template] {
        &self.0.made.templates
    }

    /// A client with its key, to its service: `build()` or `build_blocking()` makes it, and whatever is set before wins.
    pub fn client(&self) -> ClientBuilder {
        tcsms::Client::builder()
            .credential(self.0.credential.clone())
            .region("ap-guangzhou")
            .connect_to(self.0.service.api())
            .allow_plain_http(true)
    }

    /// The messages that there are now, at most a hundred, oldest first.
    ///
    /// # Errors
    ///
    /// [`Error::NoAnswer`] and [`Error::Refused`], as of all calls here.
    pub fn messages(&self, wanted: &Wanted) -> Result<Vec<Message>, Error> {
        let told: Listed = self.0.control.get("messages", &self.query_with(wanted.query()))?;
        Ok(told.messages)
    }

    /// One message, with all that is known of it.
    ///
    /// # Errors
    ///
    /// As [`messages`](Self::messages).
    pub fn message(&self, serial: &str) -> Result<Message, Error> {
        self.0.control.get(&format!("messages/{serial}"), &self.query())
    }

    /// Waits for a message, and hands it on as soon as it is there; it may have come before. A millisecond is the least
    /// that is waited, 300 seconds the most.
    ///
    /// # Errors
    ///
    /// [`Error::NotArrived`] when it did not come in time, with the messages that nearly fit; as
    /// [`messages`](Self::messages).
    pub fn wait_for_message(&self, wanted: &Wanted, limit: Duration) -> Result<Message, Error> {
        let mut messages = self.wait_for_messages(wanted, 1, limit)?;
        Ok(messages.swap_remove(0))
    }

    /// Waits until there are at least so many messages, and hands all on.
    ///
    /// # Errors
    ///
    /// As [`wait_for_message`](Self::wait_for_message).
    pub fn wait_for_messages(
        &self,
        wanted: &Wanted,
        count: usize,
        limit: Duration,
    ) -> Result<Vec<Message>, Error> {
        let (count, wait) = (count.to_string(), format!("{}ms", limit.as_millis()));
        let query =
            self.query_with(wanted.query().chain([("count", count.as_str()), ("wait", wait.as_str())]));
        let told: Listed = self.0.control.get_within("messages", &query, limit)?;
        if told.matched && !told.messages.is_empty() {
            return Ok(told.messages);
        }
        let mut text = format!(
            "{} of {count} messages ({wanted}) within {} s",
            told.messages.len(),
            limit.as_secs_f64()
        );
        for near in told.near_misses.unwrap_or_default() {
            text.push_str(&format!("\n  near: {:?} to {}", near.text, near.phone));
            for part in near.differs {
                text.push_str(&format!(", {} is {:?}, not {:?}", part.member, part.found, part.wanted));
            }
        }
        Err(Error::NotArrived(text))
    }

    /// Forgets its messages.
    ///
    /// # Errors
    ///
    /// As [`messages`](Self::messages).
    pub fn clear(&self) -> Result<(), Error> {
        self.0.control.delete("messages", &self.query())
    }

    /// Sets its faults in place of those there were.
    ///
    /// # Errors
    ///
    /// As [`messages`](Self::messages).
    pub fn set_faults(&self, faults: &[Fault]) -> Result<(), Error> {
        self.set_faults_seeded(0, faults)
    }

    /// Sets its faults, with the seed that makes their probabilities repeatable.
    ///
    /// # Errors
    ///
    /// As [`messages`](Self::messages).
    pub fn set_faults_seeded(&self, seed: u64, faults: &[Fault]) -> Result<(), Error> {
        let body = json!({"seed": seed, "faults": faults});
        self.0.control.put("faults", &self.query(), &body).map(|_: Value| ())
    }

    /// Takes its faults away.
    ///
    /// # Errors
    ///
    /// As [`messages`](Self::messages).
    pub fn clear_faults(&self) -> Result<(), Error> {
        self.0.control.delete("faults", &self.query())
    }

    /// Moves its clock so far from real time: `24h`, `-5m`. Limits, reports, statistics follow; signatures do not.
    ///
    /// # Errors
    ///
    /// As [`messages`](Self::messages).
    pub fn move_clock(&self, offset: &str) -> Result<(), Error> {
        self.set_clock_to(&json!({"offset": offset}))
    }

    /// Stops its clock at this Unix second.
    ///
    /// # Errors
    ///
    /// As [`messages`](Self::messages).
    pub fn stop_clock(&self, unix_seconds: i64) -> Result<(), Error> {
        self.set_clock_to(&json!({"now": unix_seconds}))
    }

    /// Gives it real time again.
    ///
    /// # Errors
    ///
    /// As [`messages`](Self::messages).
    pub fn reset_clock(&self) -> Result<(), Error> {
        self.set_clock_to(&json!({}))
    }

    fn set_clock_to(&self, setting: &Value) -> Result<(), Error> {
        self.0.control.put("clock", &self.query(), setting).map(|_: Value| ())
    }

    /// A person answers the newest message to this number.
    ///
    /// # Errors
    ///
    /// As [`messages`](Self::messages).
    pub fn reply(&self, phone: &str, text: &str) -> Result<(), Error> {
        let body = json!({"account": self.id(), "phone": phone, "text": text});
        self.0.control.post("replies", &self.query(), &body).map(|_: Value| ())
    }

    /// Says what became of a message: `delivered` or `failed`, with the carrier's code word where it matters.
    ///
    /// # Errors
    ///
    /// As [`messages`](Self::messages).
    pub fn report(&self, serial: &str, status: &str, word: Option<&str>) -> Result<(), Error> {
        let body = json!({"serial": serial, "status": status, "word": word});
        self.0.control.post("reports", &self.query(), &body).map(|_: Value| ())
    }

    /// Decides about a signature: `approved`, `rejected`, `reviewing` or `pending`, with the reviewer's words.
    ///
    /// # Errors
    ///
    /// As [`messages`](Self::messages).
    pub fn review_sign(&self, id: u64, status: &str, reply: &str) -> Result<(), Error> {
        self.review(&format!("signs/{id}"), status, reply)
    }

    /// Decides about a template, as [`review_sign`](Self::review_sign).
    ///
    /// # Errors
    ///
    /// As [`messages`](Self::messages).
    pub fn review_template(&self, id: u64, status: &str, reply: &str) -> Result<(), Error> {
        self.review(&format!("templates/{id}"), status, reply)
    }

    fn review(&self, what: &str, status: &str, reply: &str) -> Result<(), Error> {
        let body = json!({"status": status, "reply": reply});
        self.0.control.post(&format!("{what}/review"), &self.query(), &body).map(|_: Value| ())
    }

    /// The calls that its keys signed, at most a hundred, newest last.
    ///
    /// # Errors
    ///
    /// As [`messages`](Self::messages).
    pub fn calls(&self) -> Result<Vec<NoticedCall>, Error> {
        #[derive(Deserialize)]
        struct Told {
            requests: Vec<NoticedCall>,
        }
        let told: Told = self.0.control.get("requests", &self.query())?;
        Ok(told.requests)
    }

    /// Removes it before its last clone goes. Twice is fine.
    ///
    /// # Errors
    ///
    /// As [`messages`](Self::messages).
    pub fn close(&self) -> Result<(), Error> {
        self.0.close()
    }

    fn query(&self) -> Query<'_> {
        self.query_with([])
    }

    fn query_with<'a>(&'a self, more: impl IntoIterator<Item = (&'static str, &'a str)>) -> Query<'a> {
        std::iter::once(("account", self.id())).chain(more).collect()
    }
}

impl Inner {
    fn close(&self) -> Result<(), Error> {
        if self.closed.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        self.control.delete(&format!("accounts/{}", self.made.id), &Vec::new())
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // One that went by itself, or with its service, is gone too.
        let _ = self.close();
    }
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("id", &self.0.made.id).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    messages: Vec<Message>,
    matched: bool,
    near_misses: Option<Vec<NearMiss>>,
}

#[derive(Deserialize)]
struct NearMiss {
    phone: String,
    text: String,
    differs: Vec<Difference>,
}

#[derive(Deserialize)]
struct Difference {
    member: String,
    wanted: String,
    found: String,
}
