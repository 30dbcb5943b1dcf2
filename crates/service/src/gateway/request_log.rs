//! The calls received lately, for the control API: who asked for what, how it ended, and why a signature failed.
//!
//! A bounded ring in memory. A request is kept as the text that came over the wire, without its session token; the
//! secret key never comes over the wire. What is long is cut.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use http::request::Parts;
use serde::Serialize;
use tcsms_auth::verify::Mismatch;

use super::wire::Common;
use crate::config::Account;

/// How many calls are kept.
const CALLS_MAX: usize = 1000;

/// How much of a request's head, of its body and of each explaining text is kept, in bytes.
const TEXT_MAX: usize = 16 * 1024;

/// How much of a name, an id or a message is kept, in bytes.
const NAME_MAX: usize = 400;

/// The ring.
#[derive(Default)]
pub(crate) struct RequestLog {
    ring: Mutex<VecDeque<Arc<Entry>>>,
}

impl RequestLog {
    pub(crate) fn push(&self, entry: Entry) {
        let entry = Arc::new(entry);
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        // Dropped after the lock is released.
        let _oldest = if ring.len() >= CALLS_MAX { ring.pop_front() } else { None };
        ring.push_back(entry);
    }

    /// The newest `limit` calls that `wanted` picks, the newest last.
    pub(crate) fn list(&self, limit: usize, wanted: impl Fn(&Entry) -> bool) -> Vec<Arc<Entry>> {
        let ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        let mut list: Vec<_> = ring.iter().rev().filter(|entry| wanted(entry)).take(limit).cloned().collect();
        list.reverse();
        list
    }

    pub(crate) fn get(&self, id: &str) -> Option<Arc<Entry>> {
        let ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        ring.iter().rev().find(|entry| entry.id == id).cloned()
    }
}

/// One call.
pub(crate) struct Entry {
    /// The RequestId of its answer.
    pub(crate) id: String,
    /// Business time of its arrival, Unix milliseconds.
    pub(crate) at_ms: i64,
    /// Whose key signed it, once that is known.
    pub(crate) account: Option<Arc<Account>>,
    pub(crate) method: String,
    pub(crate) path: String,
    /// The algorithm of the signature.
    pub(crate) scheme: &'static str,
    pub(crate) secret_id: String,
    pub(crate) action: String,
    pub(crate) version: String,
    pub(crate) region: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) client: Option<String>,
    /// The error's code and text; none when the action answered.
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) explanation: Option<Explanation>,
    pub(crate) duration_us: u64,
    /// The faults on demand that struck the call.
    pub(crate) faults: Vec<String>,
    /// Request line, headers and the beginning of the body, as on the wire.
    raw: Vec<u8>,
    /// The length of the whole body.
    pub(crate) body_bytes: usize,
}

/// Why a request was refused before its action, in more words than the API's answer has.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Explanation {
    /// The finding as one text.
    pub(crate) summary: String,
    /// The part of the request that differs from what was signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<String>,
    /// Known causes that fit, the surest first.
    hints: Vec<String>,
    /// What should have been signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    canonical_request: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    string_to_sign: Option<String>,
}

impl Explanation {
    pub(crate) fn sentence(summary: String) -> Self {
        Self { summary, part: None, hints: Vec::new(), canonical_request: None, string_to_sign: None }
    }

    /// Of a signature that does not hold; the session token, which may be signed too, is hidden.
    pub(crate) fn of(mismatch: &Mismatch, token: Option<&str>) -> Self {
        let shown = |text: &str| match token {
            Some(token) => cut(&text.replace(token, HIDDEN), TEXT_MAX),
            None => cut(text, TEXT_MAX),
        };
        Self {
            summary: shown(&mismatch.to_string()),
            part: Some(mismatch.part.to_string()),
            hints: mismatch.hints.iter().map(|hint| shown(&hint.to_string())).collect(),
            canonical_request: mismatch.texts.canonical_request.as_deref().map(shown),
            string_to_sign: Some(shown(&mismatch.texts.string_to_sign)),
        }
    }
}

const HIDDEN: &str = "[hidden]";

/// The beginning of a text that may be as long as a request.
fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let end = (0..=most).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    format!("{}…", text.get(..end).unwrap_or_default())
}

impl Entry {
    pub(crate) fn new(id: &str, at_ms: i64) -> Self {
        Self {
            id: id.to_owned(),
            at_ms,
            account: None,
            method: String::new(),
            path: String::new(),
            scheme: "",
            secret_id: String::new(),
            action: String::new(),
            version: String::new(),
            region: None,
            language: None,
            client: None,
            code: None,
            message: None,
            explanation: None,
            duration_us: 0,
            faults: Vec::new(),
            raw: Vec::new(),
            body_bytes: 0,
        }
    }

    /// Notes what the request says about itself.
    pub(crate) fn note(&mut self, scheme: &'static str, secret_id: &str, common: &Common<'_>) {
        self.scheme = scheme;
        self.secret_id = cut(secret_id, NAME_MAX);
        self.action = cut(common.action, NAME_MAX);
        self.version = cut(common.version, NAME_MAX);
        self.region = common.region.map(|region| cut(region, NAME_MAX));
        self.language = common.language.map(|language| cut(language, NAME_MAX));
        self.client = common.client.map(|client| cut(client, NAME_MAX));
    }

    pub(crate) fn explain(&mut self, explanation: Explanation) {
        self.explanation = Some(explanation);
    }

    /// Notes how the call ended.
    pub(crate) fn finish(
        &mut self,
        parts: &Parts,
        body: &Bytes,
        code: Option<String>,
        message: Option<String>,
        started: Instant,
    ) {
        self.method = cut(parts.method.as_str(), NAME_MAX);
        self.path = cut(parts.uri.path(), NAME_MAX);
        self.raw = raw(parts, body);
        self.body_bytes = body.len();
        self.code = code;
        self.message = message.map(|message| cut(&message, NAME_MAX));
        self.duration_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    }

    /// The request as text; what is not UTF-8 is replaced.
    pub(crate) fn raw(&self) -> String {
        String::from_utf8_lossy(&self.raw).into_owned()
    }
}

fn raw(parts: &Parts, body: &Bytes) -> Vec<u8> {
    let kept = body.get(..TEXT_MAX).unwrap_or(body);
    let mut raw = Vec::with_capacity(1024 + kept.len());
    raw.extend_from_slice(parts.method.as_str().as_bytes());
    raw.push(b' ');
    raw.extend_from_slice(parts.uri.path().as_bytes());
    if let Some(query) = parts.uri.query() {
        raw.push(b'?');
        push_pairs(&mut raw, query.as_bytes());
    }
    raw.extend_from_slice(b" HTTP/1.1\r\n");
    for (name, value) in &parts.headers {
        raw.extend_from_slice(name.as_str().as_bytes());
        raw.extend_from_slice(b": ");
        raw.extend_from_slice(if name == "x-tc-token" && !value.is_empty() {
            HIDDEN.as_bytes()
        } else {
            value.as_bytes()
        });
        raw.extend_from_slice(b"\r\n");
    }
    raw.truncate(TEXT_MAX);
    raw.extend_from_slice(b"\r\n");
    if kept.starts_with(b"{") {
        raw.extend_from_slice(kept);
    } else {
        push_pairs(&mut raw, kept);
    }
    raw
}

/// Copies a form or query with the value of `Token` hidden.
fn push_pairs(raw: &mut Vec<u8>, pairs: &[u8]) {
    for (place, pair) in pairs.split(|byte| *byte == b'&').enumerate() {
        if place > 0 {
            raw.push(b'&');
        }
        match pair.strip_prefix(b"Token=") {
            Some(token) if !token.is_empty() => {
                raw.extend_from_slice(b"Token=");
                raw.extend_from_slice(HIDDEN.as_bytes());
            }
            _ => raw.extend_from_slice(pair),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: usize) -> Entry {
        Entry::new(&id.to_string(), 0)
    }

    #[test]
    fn the_ring_keeps_the_newest() {
        let log = RequestLog::default();
        for id in 0..CALLS_MAX + 5 {
            log.push(entry(id));
        }
        assert!(log.get("4").is_none());
        assert!(log.get("5").is_some());
        let ids: Vec<_> = log.list(2, |_| true).iter().map(|entry| entry.id.clone()).collect();
        assert_eq!(ids, [(CALLS_MAX + 3).to_string(), (CALLS_MAX + 4).to_string()]);
        let ids: Vec<_> =
            log.list(2, |entry| entry.id.len() < 3).iter().map(|entry| entry.id.clone()).collect();
        assert_eq!(ids, ["98", "99"]);
    }

    #[test]
    fn the_token_is_hidden_wherever_it_is_sent() {
        let request = http::Request::post("/p?a=1&Token=abc")
            .header("X-TC-Token", "abc")
            .header("X-TC-Action", "SendSms")
            .body(())
            .unwrap();
        let (parts, ()) = request.into_parts();
        let raw = raw(&parts, &Bytes::from_static(b"Token=abc&x=2&Token="));
        let text = String::from_utf8(raw).unwrap();
        assert_eq!(
            text,
            "POST /p?a=1&Token=[hidden] HTTP/1.1\r\nx-tc-token: [hidden]\r\nx-tc-action: SendSms\r\n\r\n\
             Token=[hidden]&x=2&Token="
        );
    }

    #[test]
    fn what_is_long_is_cut() {
        let (mut parts, ()) = http::Request::post("/").body(()).unwrap().into_parts();
        let body = Bytes::from(vec![b'x'; TEXT_MAX + 1]);
        assert_eq!(raw(&parts, &body).len(), "POST / HTTP/1.1\r\n\r\n".len() + TEXT_MAX);
        parts.headers.insert("x-long", "x".repeat(2 * TEXT_MAX).parse().unwrap());
        assert_eq!(raw(&parts, &body).len(), 2 * TEXT_MAX + "\r\n".len());
        assert_eq!(cut("一二三", 5), "一…");
        assert_eq!(cut("一二三", 9), "一二三");
    }
}
