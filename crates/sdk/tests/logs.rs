//! What the client tells about its calls, and what it keeps to itself.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use support::{Act, Driver, LIMITED, OK, SECRET_KEY, Server};
use tcsms::{AssumeRole, Credential, HttpMethod, RetryPolicy, SignMethod};
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
    let call = |parts: &[&str]| lines(&[&["close", "rpc.method=sms/SendSms", "tcsms.call{"], parts].concat());
    assert_eq!(call(&["tcsms.attempts=2", r#"tcsms.request_id="r-ok""#]), 2, "{text}");
    assert_eq!(
        call(&["tcsms.attempts=1", r#"error.type="network""#, r#"otel.status_code="ERROR""#]),
        2,
        "{text}"
    );
    let attempt =
        |parts: &[&str]| lines(&[&["close", "tcsms.attempt{", r#"otel.kind="client""#], parts].concat());
    let first = [r#"tcsms.request_id="r-limit""#, "tcsms.attempt=1", r#"tcsms.connection="new""#];
    assert_eq!(attempt(&first), 2, "{text}");
    let second =
        ["http.request.resend_count=1", "http.response.status_code=200", r#"tcsms.connection="reused""#];
    assert_eq!(attempt(&second), 2, "{text}");
    let place =
        [r#"server.address="sms.tencentcloudapi.com""#, "server.port=443", "network.peer.address=127.0.0.1"];
    assert_eq!(attempt(&place), 6, "{text}");
    assert_eq!(attempt(&[r#"tcsms.step="wait""#, r#"tcsms.delivery="maybe_sent""#]), 2, "{text}");
    assert_eq!(lines(&["a pause before the next attempt", "pause="]), 2, "{text}");
    for hidden in [SECRET_KEY, "TOKENTOKEN", "3711112222", "AKIDEXAMPLE"] {
        assert!(!text.contains(hidden), "{hidden} is in: {text}");
    }
    // A signature is 64 hexadecimal digits.
    let hex = text.split(|sign: char| !sign.is_ascii_hexdigit()).map(str::len).max();
    assert!(hex < Some(32), "{text}");
}

#[test]
fn a_refusal_is_told_with_its_code() {
    let text = logged(|| {
        let server = Server::of(&[Act::Answer(LIMITED)]);
        for driver in Driver::both(|| server.builder().retry(RetryPolicy::never())) {
            driver.send_sms().unwrap_err();
        }
    });
    let told = r#"rpc.response.status_code="RequestLimitExceeded" error.type="RequestLimitExceeded""#;
    let lines = text.lines().filter(|line| line.contains("close") && line.contains("tcsms.call{"));
    assert_eq!(
        lines.filter(|line| !line.contains("tcsms.attempt{") && line.contains(told)).count(),
        2,
        "{text}"
    );
}

#[test]
fn the_wire_is_told_in_full_and_masked() {
    const TEXT: &str = "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nSet-Cookie: COOKIESECRET\r\nContent-Length: 18\r\n\r\n<p>13711112222</p>";
    for (sign, method) in [
        (SignMethod::Tc3HmacSha256, HttpMethod::Post),
        (SignMethod::Tc3HmacSha256, HttpMethod::Get),
        (SignMethod::HmacSha256, HttpMethod::Post),
        (SignMethod::HmacSha1, HttpMethod::Get),
    ] {
        let text = logged(|| {
            for index in 0..2 {
                let server = Server::of(&[Act::Answer(OK), Act::Raw(TEXT.as_bytes().to_vec()), Act::Close]);
                let credential =
                    Credential::with_token("AKIDz8krbsJ5yKBZQpn7", SECRET_KEY, "TOKENTOKEN").unwrap();
                let builder =
                    || server.builder().credential(credential.clone()).sign_method(sign).http_method(method);
                let driver = &Driver::both(builder)[index];
                let message = || support::send_sms().template_param_set(["654321"]).session_context("a\nb");
                driver.send(message()).unwrap();
                driver.send(message()).unwrap_err();
                driver.send(message()).unwrap_err();
            }
        });
        let lines = |parts: &[&str]| {
            let wire = text.lines().filter(|line| line.contains("tcsms::wire"));
            wire.filter(|line| parts.iter().all(|part| line.contains(part))).count()
        };
        let what = format!("{sign:?} {method:?}: {text}");
        assert_eq!(
            lines(&["request", "SendSms", "+86*********22", "腾讯云", "1400787878", "449739"]),
            6,
            "{what}"
        );
        assert_eq!(lines(&["AKID***Qpn7"]), 6, "{what}");
        assert_eq!(
            lines(&["answer", "status=200", r#""Message":"send success""#, "r-ok", "duration="]),
            2,
            "{what}"
        );
        assert_eq!(lines(&["answer", "status=502", "<p>13*******22</p>"]), 2, "{what}");
        assert_eq!(lines(&["no answer", r#"kind="network""#, r#"step="wait""#]), 2, "{what}");
        for hidden in [SECRET_KEY, "TOKENTOKEN", "3711112222", "654321", "z8krbs", "COOKIESECRET"] {
            assert!(!text.contains(hidden), "{hidden} is in: {what}");
        }
        let hex = text.split(|sign: char| !sign.is_ascii_hexdigit()).map(str::len).max();
        assert!(hex < Some(32), "{what}");
    }
}

#[test]
fn requests_for_credentials_are_told_without_what_they_hold() {
    const ISSUED: &str = r#"{"Response":{"Credentials":{"TmpSecretId":"TMPIDTMPIDTMPIDTMP","TmpSecretKey":"TMPKEY","Token":"TMPTOKEN"},"ExpiredTime":4000000000,"RequestId":"r-sts"}}"#;
    let text = logged(|| {
        for index in 0..2 {
            let sts = Server::of(&[Act::Answer(ISSUED)]);
            let server = Server::of(&[Act::Answer(OK)]);
            let role = || {
                let key = Credential::new("AKIDEXAMPLE", SECRET_KEY).unwrap();
                AssumeRole::new("ROLEARN").signed_by(key).connect_to(format!("http://{}", sts.address))
            };
            Driver::both(|| server.builder().credential(role()))[index].send_sms().unwrap();
        }
    });
    let wire = text.lines().filter(|line| line.contains("tcsms::wire"));
    assert_eq!(wire.filter(|line| line.contains("bytes, not shown)")).count(), 4, "{text}");
    assert!(text.contains("rpc.method=sts/AssumeRole"), "{text}");
    for hidden in ["TMPID", "TMPKEY", "TMPTOKEN", "ROLEARN", SECRET_KEY] {
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
    let attempts = |part: &str| {
        let closed = text.lines().filter(|line| line.contains("close") && line.contains("tcsms.attempt{"));
        closed.filter(|line| line.contains(part)).count()
    };
    assert_eq!(attempts("http.response.status_code=200"), 2, "{text}");
    assert_eq!(attempts(r#"tcsms.step="proxy""#), 2, "{text}");
    for hidden in ["PROXYPASSWORD", ENCODED] {
        assert!(!text.contains(hidden), "{hidden} is in: {text}");
    }
}

#[cfg(any(feature = "tls-aws-lc", feature = "tls-ring"))]
#[test]
fn accepting_any_certificate_is_warned_of_when_built_and_when_used() {
    let text = logged(|| {
        let address = support::certified::server();
        let builder = || {
            support::builder()
                .connect_to(format!("https://{address}"))
                .idle_timeout(Duration::ZERO)
                .danger_accept_invalid_certificates(true)
        };
        for driver in Driver::both(builder) {
            for _ in 0..2 {
                driver.send_sms().unwrap();
            }
        }
    });
    let warnings =
        |part: &str| text.lines().filter(|line| line.contains("WARN") && line.contains(part)).count();
    assert_eq!(warnings("danger_accept_invalid_certificates is set"), 2, "{text}");
    assert_eq!(warnings("connecting without looking at the certificate"), 2, "once a client: {text}");
}
