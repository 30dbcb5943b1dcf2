//! What the client tells about its calls, and what it keeps to itself.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use support::{Act, Driver, LIMITED, OK, SECRET_KEY, Server};
use tcsms::{Credential, RetryPolicy};
use tracing_subscriber::fmt::format::FmtSpan;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Everything that is logged meanwhile, at every level.
fn logged(work: impl FnOnce()) -> String {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_span_events(FmtSpan::CLOSE)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, work);
    let bytes = log.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn calls_and_attempts_are_told_without_secrets_and_numbers() {
    let text = logged(|| {
        for index in 0..2 {
            let server = Server::of(&[Act::Answer(LIMITED), Act::Answer(OK), Act::Close]);
            let credential = Credential::with_token("AKIDEXAMPLE", SECRET_KEY, "TOKENTOKEN").unwrap();
            let builder = || {
                server
                    .builder()
                    .credential(credential.clone())
                    .retry(RetryPolicy::safe().with_pause(Duration::from_millis(1)))
            };
            let driver = &Driver::both(builder)[index];
            driver.send_sms().unwrap();
            driver.send_sms().unwrap_err();
        }
    });
    let lines =
        |parts: &[&str]| text.lines().filter(|line| parts.iter().all(|part| line.contains(part))).count();
    assert_eq!(lines(&["close", r#"action="SendSms""#, "attempts=2", r#"outcome="ok""#]), 2, "{text}");
    assert_eq!(lines(&["close", "attempts=1", r#"outcome="network""#]), 2, "{text}");
    assert_eq!(lines(&["tcsms.attempt", "close", "number=2", "outcome=200"]), 2, "{text}");
    assert_eq!(lines(&["tcsms.attempt", "close", r#"step="wait""#, r#"delivery="maybe_sent""#]), 2, "{text}");
    for hidden in [SECRET_KEY, "TOKENTOKEN", "13711112222", "Signature="] {
        assert!(!text.contains(hidden), "{hidden} is in: {text}");
    }
}

#[test]
fn the_password_of_a_proxy_is_in_no_log() {
    // `user:PROXYPASSWORD` in the form of the header.
    const ENCODED: &str = "dXNlcjpQUk9YWVBBU1NXT1JE";
    let text = logged(|| {
        let passes_on = Server::of(&[Act::Answer(OK)]);
        let refuses = Server::of(&[Act::Raw(b"HTTP/1.1 407 No\r\n\r\n".to_vec())]);
        for (endpoint, proxy) in [("http://sms.example", &passes_on), ("https://sms.example", &refuses)] {
            let url = format!("http://user:PROXYPASSWORD@{}", proxy.address);
            let builder = || support::builder().endpoint(endpoint).allow_plain_http(true).proxy(&url);
            for driver in Driver::both(builder) {
                let _ = driver.send_sms();
            }
            assert!(String::from_utf8_lossy(&proxy.requests()[0]).contains(ENCODED));
        }
    });
    assert_eq!(text.matches("outcome=200").count(), 2, "{text}");
    assert_eq!(text.matches(r#"step="proxy""#).count(), 2, "{text}");
    for hidden in ["PROXYPASSWORD", ENCODED] {
        assert!(!text.contains(hidden), "{hidden} is in: {text}");
    }
}
