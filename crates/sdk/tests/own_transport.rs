//! Calls over a transport of the caller's own.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use support::{Driver, LIMITED, OK, SECRET_KEY, builder, header};
use tcsms::{
    AssumeRole, Carrying, Credential, Delivery, ErrorKind, HttpMethod, RetryPolicy, SignMethod, Step,
    TlsVersion, Transport, TransportAnswer, TransportError, TransportRequest,
};
use tcsms_auth::raw::RawRequest;
use tcsms_auth::verify::{Claim, Policy};

type Outcome = Box<dyn Fn(usize) -> Result<TransportAnswer, TransportError> + Send + Sync>;

/// Answers by a script, and writes each request down as it would be on the wire.
struct Fake {
    script: Outcome,
    asked: Mutex<Vec<(String, Vec<u8>)>>,
}

impl Fake {
    fn of(
        script: impl Fn(usize) -> Result<TransportAnswer, TransportError> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self { script: Box::new(script), asked: Mutex::default() })
    }

    fn asked(&self) -> Vec<(String, Vec<u8>)> {
        self.asked.lock().unwrap().clone()
    }
}

impl Transport for Fake {
    fn carry(&self, request: TransportRequest) -> Carrying<'_> {
        let target = &request.url()[request.url().find("://").unwrap() + 3..];
        let target = &target[target.find('/').unwrap()..];
        let mut text = format!("{} {target} HTTP/1.1\r\n", request.method());
        for (name, value) in request.headers() {
            text += &format!("{name}: {value}\r\n");
        }
        text += "\r\n";
        assert!(request.time_limit() <= Duration::from_secs(60) && !request.time_limit().is_zero());
        let bytes = [text.as_bytes(), request.body()].concat();
        let number = {
            let mut asked = self.asked.lock().unwrap();
            asked.push((request.url().to_owned(), bytes));
            asked.len() - 1
        };
        Box::pin(async move {
            // A real one waits somewhere.
            tokio::task::yield_now().await;
            (self.script)(number)
        })
    }
}

fn ok() -> Result<TransportAnswer, TransportError> {
    Ok(TransportAnswer::new(200, OK).header("content-type", "application/json"))
}

#[test]
fn it_gets_signed_requests_and_its_answers_are_read() {
    for sign in [SignMethod::Tc3HmacSha256, SignMethod::HmacSha256] {
        for method in [HttpMethod::Post, HttpMethod::Get] {
            let fake = Fake::of(|_| ok());
            let make = || builder().transport(Arc::clone(&fake)).sign_method(sign).http_method(method);
            for driver in Driver::both(make) {
                assert_eq!(driver.send_sms().unwrap().request_id, "r-ok");
                let (url, request) = fake.asked().pop().unwrap();
                assert!(url.starts_with("https://sms.tencentcloudapi.com/"), "{url}");
                assert_eq!(url.contains('?'), method == HttpMethod::Get);
                assert_eq!(header(&request, "host").as_deref(), Some("sms.tencentcloudapi.com"));
                RawRequest::parse(&request).unwrap().with(|request| {
                    Claim::of(request).unwrap().check(SECRET_KEY, &Policy::default()).unwrap();
                });
            }
        }
    }
}

#[test]
fn another_address_is_in_the_url_and_not_in_the_host() {
    let fake = Fake::of(|_| ok());
    let make = || builder().transport(Arc::clone(&fake)).connect_to("http://[::1]:9180");
    for driver in Driver::both(make) {
        driver.send_sms().unwrap();
        let (url, request) = fake.asked().pop().unwrap();
        assert_eq!(url, "http://[::1]:9180/");
        assert_eq!(header(&request, "host").as_deref(), Some("sms.tencentcloudapi.com"));
    }
}

#[test]
fn its_failures_are_tried_again_by_the_same_rules() {
    let not_sent = || TransportError::not_sent("the line is dead");
    let maybe = || TransportError::maybe_sent("the line went dead").because(std::io::Error::other("cut"));
    type Made = Box<dyn Fn() -> TransportError + Send + Sync>;
    let table: [(Made, bool, usize, ErrorKind, Delivery, Step); 6] = [
        (Box::new(not_sent), false, 3, ErrorKind::Connect, Delivery::NotSent, Step::Connect),
        (Box::new(move || not_sent().at(Step::Tls)), false, 1, ErrorKind::Tls, Delivery::NotSent, Step::Tls),
        (
            Box::new(move || not_sent().timed_out()),
            false,
            3,
            ErrorKind::Timeout,
            Delivery::NotSent,
            Step::Connect,
        ),
        (Box::new(maybe), false, 1, ErrorKind::Network, Delivery::MaybeSent, Step::Wait),
        (Box::new(maybe), true, 3, ErrorKind::Network, Delivery::MaybeSent, Step::Wait),
        (
            Box::new(move || maybe().at(Step::Read)),
            false,
            1,
            ErrorKind::Network,
            Delivery::MaybeSent,
            Step::Read,
        ),
    ];
    for (made, reads, attempts, kind, delivery, step) in table {
        let fake = Fake::of(move |_| Err(made()));
        let quick = RetryPolicy::safe().with_pause(Duration::from_millis(1));
        for driver in Driver::both(|| builder().transport(Arc::clone(&fake)).retry(quick.clone())) {
            let before = fake.asked().len();
            let error = if reads { driver.statistics().unwrap_err() } else { driver.send_sms().unwrap_err() };
            assert_eq!(
                (error.kind(), error.delivery(), error.step()),
                (kind, delivery, Some(step)),
                "{error}"
            );
            assert_eq!(fake.asked().len() - before, attempts);
            assert!(error.message().contains("the line"), "{error}");
            assert_eq!(std::error::Error::source(&error).is_some(), delivery == Delivery::MaybeSent);
        }
    }
    let fake = Fake::of(|number| if number % 2 == 0 { Ok(TransportAnswer::new(200, LIMITED)) } else { ok() });
    for driver in Driver::both(|| builder().transport(Arc::clone(&fake))) {
        driver.send_sms().unwrap();
    }
    assert_eq!(fake.asked().len(), 4);
}

#[test]
fn what_is_no_answer_is_named_as_with_sockets() {
    for (answer, part) in [
        (
            TransportAnswer::new(502, "<html>").header("Content-Type", "text/html"),
            "content type is `text/html`",
        ),
        (
            TransportAnswer::new(302, "").header("Location", "https://x/").header("a b", "\n"),
            "redirects to `https://x/`",
        ),
        (TransportAnswer::new(200, "x".repeat(2000)), "larger than 1000 bytes"),
    ] {
        let fake = Fake::of(move |_| Ok(answer.clone()));
        for driver in Driver::both(|| builder().transport(Arc::clone(&fake)).max_answer_bytes(1000)) {
            let error = driver.send_sms().unwrap_err();
            assert_eq!(
                (error.kind(), error.delivery(), error.step()),
                (ErrorKind::InvalidAnswer, Delivery::MaybeSent, Some(Step::Read)),
                "{error}"
            );
            assert!(error.message().contains(part), "{error}");
        }
    }
}

/// Never answers.
struct Dead;

impl Transport for Dead {
    fn carry(&self, _request: TransportRequest) -> Carrying<'_> {
        Box::pin(std::future::pending())
    }
}

#[test]
fn the_clients_time_limit_ends_it() {
    for driver in Driver::both(|| builder().transport(Dead).attempt_timeout(Duration::from_millis(50))) {
        let error = driver.send_sms().unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Timeout, Delivery::MaybeSent), "{error}");
        assert!(error.message().contains("50ms"), "{error}");
    }
}

#[test]
fn it_carries_the_requests_to_sts_too() {
    const ISSUED: &str = r#"{"Response":{"Credentials":{"TmpSecretId":"TMPID","TmpSecretKey":"TMPKEY","Token":"TOKEN"},"ExpiredTime":4000000000,"RequestId":"r"}}"#;
    let fake = Fake::of(|number| if number == 0 { Ok(TransportAnswer::new(200, ISSUED)) } else { ok() });
    let role = AssumeRole::new("qcs::cam::uin/1:roleName/r").signed_by(Credential::new("id", "key").unwrap());
    let client = builder().credential(role).transport(Arc::clone(&fake)).build_blocking().unwrap();
    client.request(support::send_sms()).send().unwrap();
    let asked = fake.asked();
    assert_eq!(asked[0].0, "https://sts.tencentcloudapi.com/");
    assert_eq!(header(&asked[1].1, "x-tc-token").as_deref(), Some("TOKEN"));
}

#[test]
fn settings_of_connections_do_not_go_with_it() {
    let second = Duration::from_secs(1);
    for (name, builder) in [
        ("proxy", builder().proxy("http://127.0.0.1:1")),
        ("proxy", builder().no_proxy()),
        ("ca_file", builder().ca_file("/no/such.pem")),
        ("ca_pem", builder().ca_pem("x")),
        ("client_certificate", builder().client_certificate_pem("x", "y")),
        ("min_tls_version", builder().min_tls_version(TlsVersion::V1_3)),
        ("danger_accept_invalid_certificates", builder().danger_accept_invalid_certificates(true)),
        ("connect_timeout", builder().connect_timeout(second)),
        ("idle_timeout", builder().idle_timeout(second)),
        ("max_connections", builder().max_connections(1)),
        ("compression", builder().compression(true)),
    ] {
        let error = builder.transport(Dead).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().contains(name), "{name}: {error}");
    }
    for driver in Driver::both(|| builder().transport(Dead)) {
        assert_eq!(driver.warm_up(1).unwrap_err().kind(), ErrorKind::Config);
    }
}

#[test]
fn a_request_in_a_log_shows_neither_signature_nor_number() {
    let seen = Arc::new(Mutex::new(String::new()));
    struct Shows(Arc<Mutex<String>>);
    impl Transport for Shows {
        fn carry(&self, request: TransportRequest) -> Carrying<'_> {
            *self.0.lock().unwrap() += &format!("{request:?}");
            Box::pin(async { ok() })
        }
    }
    for method in [HttpMethod::Post, HttpMethod::Get] {
        let client =
            builder().http_method(method).transport(Shows(Arc::clone(&seen))).build_blocking().unwrap();
        client.request(support::send_sms()).send().unwrap();
    }
    let seen = seen.lock().unwrap();
    assert!(seen.contains("sms.tencentcloudapi.com"), "{seen}");
    for hidden in ["13711112222", "Signature"] {
        assert!(!seen.contains(hidden), "{seen}");
    }
}
