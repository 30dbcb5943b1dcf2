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

#[test]
fn calls_and_attempts_are_told_without_secrets_and_numbers() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_span_events(FmtSpan::CLOSE)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, || {
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
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
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
