//! What an interceptor sees and does, with both clients.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use support::{Act, Driver, LIMITED, OK, SECRET_ID, Server, header};
use tcsms::{
    Attempt, AttemptOutcome, ClientBuilder, Delivery, ErrorKind, ExtraHeaders, Interceptor, Refusal,
    RetryPolicy, SignedRequest,
};

/// A failure inside the service, which may have acted.
const INTERNAL: &str =
    r#"{"Response":{"Error":{"Code":"InternalError","Message":"oh"},"RequestId":"r-internal"}}"#;

/// Writes down what it sees, and fails where it is told to.
#[derive(Default)]
struct Witness {
    seen: Mutex<Vec<String>>,
    texts: Mutex<Vec<String>>,
    fails_in: &'static str,
    panics: bool,
}

impl Witness {
    fn note(&self, hook: &str, what: String, text: String) -> Result<(), Refusal> {
        self.seen.lock().unwrap().push(format!("{hook}: {what}"));
        self.texts.lock().unwrap().push(text);
        if self.fails_in == hook {
            assert!(!self.panics, "as told");
            return Err("as told".into());
        }
        Ok(())
    }

    fn seen(&self) -> Vec<String> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

impl Interceptor for Witness {
    fn before_sign(&self, attempt: &Attempt<'_>, headers: &mut ExtraHeaders) -> Result<(), Refusal> {
        assert!(String::from_utf8_lossy(attempt.parameters()).contains("13711112222"));
        headers.set("X-Attempt", &attempt.number().to_string())?;
        let what = format!("{} {} {}", attempt.action(), attempt.version(), attempt.number());
        self.note("before_sign", what, format!("{attempt:?}"))
    }

    fn after_sign(&self, attempt: &Attempt<'_>, request: &SignedRequest<'_>) -> Result<(), Refusal> {
        let authorization = String::from_utf8_lossy(request.header("Authorization").unwrap()).into_owned();
        assert!(authorization.contains(SECRET_ID) && authorization.contains("Signature="));
        assert!(request.headers().any(|(name, _)| name == "x-attempt"));
        assert_eq!((request.body(), request.target().as_str()), (attempt.parameters(), "/"));
        self.note("after_sign", request.method().to_owned(), format!("{request:?}"))
    }

    fn after_answer(&self, attempt: &Attempt<'_>, outcome: &AttemptOutcome<'_>) -> Result<(), Refusal> {
        assert!(outcome.duration() > Duration::ZERO && attempt.endpoint() == "sms.tencentcloudapi.com");
        let kind = outcome.header("content-type").map(String::from_utf8_lossy).unwrap_or_default();
        let error = outcome.error().map_or("none", |error| error.kind().as_str());
        let what = format!("{:?} {kind} {error} {}", outcome.status(), outcome.body().map_or(0, <[u8]>::len));
        assert_eq!(outcome.headers().count() > 0, outcome.status().is_some());
        self.note("after_answer", what, format!("{outcome:?}"))
    }
}

fn builder(server: &Server) -> ClientBuilder {
    server.builder().retry(RetryPolicy::safe().with_pause(Duration::from_millis(1)))
}

#[test]
fn every_attempt_is_shown_before_signing_as_it_goes_out_and_as_it_ends() {
    let server = Server::of(&[Act::Answer(LIMITED), Act::Answer(OK), Act::Close]);
    let witness = Arc::new(Witness::default());
    let [first, _] = Driver::both(|| builder(&server).interceptor(Arc::clone(&witness)));
    let limited = format!("after_answer: Some(200) application/json service {}", LIMITED.len());
    let answered = format!("after_answer: Some(200) application/json none {}", OK.len());
    first.send_sms().unwrap();
    assert_eq!(
        witness.seen(),
        [
            "before_sign: SendSms 2021-01-11 1",
            "after_sign: POST",
            &limited,
            "before_sign: SendSms 2021-01-11 2",
            "after_sign: POST",
            &answered
        ]
    );
    assert_eq!(header(&server.requests()[1], "X-Attempt").as_deref(), Some("2"));

    // The last act repeats.
    for driver in Driver::both(|| builder(&server).interceptor(Arc::clone(&witness))) {
        driver.send_sms().unwrap_err();
        let seen = witness.seen();
        assert_eq!(seen[2], "after_answer: None  network 0", "{}: {seen:?}", driver.name());
        assert_eq!(seen.len(), 3);
    }
    for text in witness.texts.lock().unwrap().iter() {
        assert!(!text.contains("3711112222") && !text.contains(SECRET_ID), "{text}");
    }
}

#[test]
fn a_hook_that_fails_ends_the_call_and_says_how_far_it_had_come() {
    for (fails_in, act, delivery, requests) in [
        ("before_sign", Act::Answer(OK), Delivery::NotSent, 0),
        ("after_sign", Act::Answer(OK), Delivery::NotSent, 0),
        ("after_answer", Act::Answer(OK), Delivery::MaybeSent, 1),
        ("after_answer", Act::Answer(LIMITED), Delivery::Answered, 1),
        ("after_answer", Act::Answer(INTERNAL), Delivery::MaybeSent, 1),
        ("after_answer", Act::Close, Delivery::MaybeSent, 1),
    ] {
        for panics in [false, true] {
            for index in 0..2 {
                let server = Server::of(std::slice::from_ref(&act));
                let witness = Arc::new(Witness { fails_in, panics, ..Witness::default() });
                let driver = &Driver::both(|| builder(&server).interceptor(Arc::clone(&witness)))[index];
                let error = driver.send_sms().unwrap_err();
                let what = format!("{} {fails_in} {panics}: {error}", driver.name());
                assert_eq!((error.kind(), error.delivery()), (ErrorKind::Interceptor, delivery), "{what}");
                assert_eq!(server.requests().len(), requests, "{what}");
                assert_eq!(error.attempts() as usize, requests, "{what}");
                assert!(error.message().contains("Witness") && error.message().contains(fails_in), "{what}");
                let reason = if panics { "panicked" } else { "as told" };
                assert!(error.message().contains(reason), "{what}");
                assert_eq!(std::error::Error::source(&error).is_some(), !panics, "{what}");
                let answered = matches!(act, Act::Answer(_)) && requests == 1;
                assert_eq!(
                    (error.http_status().is_some(), error.request_id().is_some()),
                    (answered, answered)
                );
            }
        }
    }
}

#[test]
fn a_failure_before_an_attempt_remembers_that_an_earlier_one_may_have_arrived() {
    struct Second;
    impl Interceptor for Second {
        fn before_sign(&self, attempt: &Attempt<'_>, _: &mut ExtraHeaders) -> Result<(), Refusal> {
            if attempt.number() == 2 { Err("enough".into()) } else { Ok(()) }
        }
    }
    let server = Server::of(&[Act::Close]);
    for driver in Driver::both(|| builder(&server).interceptor(Second)) {
        let error = driver.statistics().unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Interceptor, Delivery::MaybeSent));
        assert_eq!(error.attempts(), 1);
    }
}

#[test]
fn interceptors_are_called_in_their_order_and_the_later_header_counts() {
    struct Sets(&'static str, Arc<Mutex<String>>);
    impl Interceptor for Sets {
        fn before_sign(&self, _: &Attempt<'_>, headers: &mut ExtraHeaders) -> Result<(), Refusal> {
            self.1.lock().unwrap().push_str(self.0);
            Ok(headers.set("X-Who", self.0)?)
        }
        fn after_answer(&self, _: &Attempt<'_>, _: &AttemptOutcome<'_>) -> Result<(), Refusal> {
            self.1.lock().unwrap().push_str(self.0);
            Ok(())
        }
    }
    let server = Server::of(&[Act::Answer(OK)]);
    let order = Arc::new(Mutex::new(String::new()));
    let sets = |name| Sets(name, Arc::clone(&order));
    for driver in Driver::both(|| builder(&server).interceptor(sets("a")).interceptor(sets("b"))) {
        driver.send_sms().unwrap();
    }
    assert_eq!(*order.lock().unwrap(), "abababab");
    assert_eq!(header(&server.requests()[0], "X-Who").as_deref(), Some("b"));
}

#[test]
fn a_header_that_is_the_clients_own_is_refused_with_its_name() {
    struct Forger;
    impl Interceptor for Forger {
        fn before_sign(&self, _: &Attempt<'_>, headers: &mut ExtraHeaders) -> Result<(), Refusal> {
            Ok(headers.set("Host", "elsewhere.example")?)
        }
    }
    let server = Server::of(&[Act::Answer(OK)]);
    for driver in Driver::both(|| builder(&server).interceptor(Forger)) {
        let error = driver.send_sms().unwrap_err();
        assert!(error.message().contains("`host`") && error.message().contains("Forger"), "{error}");
    }
    assert!(server.requests().is_empty());
}

#[test]
fn an_error_tells_an_operator_where_and_how_long() {
    struct Traced;
    impl Interceptor for Traced {
        fn before_sign(&self, attempt: &Attempt<'_>, headers: &mut ExtraHeaders) -> Result<(), Refusal> {
            Ok(headers.set("X-TC-TraceId", &format!("trace-{}", attempt.number()))?)
        }
    }
    let server = Server::of(&[Act::Answer(LIMITED)]);
    for driver in Driver::both(|| builder(&server).endpoint("sms.example:8443").interceptor(Traced)) {
        let error = driver.send_sms().unwrap_err();
        assert_eq!(error.endpoint(), Some("sms.example:8443"));
        assert_eq!(error.http_status(), Some(200));
        assert_eq!(error.trace_id(), Some("trace-3"));
        // Two pauses lie between the three attempts.
        assert!(error.duration().unwrap() > Duration::from_millis(1), "{error:?}");
        assert!(!error.to_string().contains('\n'));
    }
    let gone = Server::of(&[Act::Raw(b"HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n".to_vec())]);
    for driver in Driver::both(|| builder(&gone)) {
        let error = driver.send_sms().unwrap_err();
        assert_eq!((error.http_status(), error.trace_id()), (Some(502), None));
    }
}
