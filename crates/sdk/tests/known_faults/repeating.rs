//! What is sent again, and when.

use std::collections::HashSet;
use std::time::Duration;

use tcsms::{ClientBuilder, Delivery, ErrorKind, RetryPolicy, SignMethod};

use crate::support::{Act, Driver, LIMITED, OK, Server, builder, header, send_sms};

/// Python: a rate limit and then a success made three requests, two of them accepted, and ended in the old error.
#[test]
fn a_retry_that_succeeds_ends_the_call() {
    let server = Server::of(&[Act::Answer(LIMITED), Act::Answer(OK)]);
    for (index, driver) in Driver::both(|| server.builder()).iter().enumerate() {
        driver.send_sms().unwrap();
        // The second driver finds the server at its last act, which repeats.
        assert_eq!(server.requests().len(), 2 + index, "{}", driver.name());
    }
}

/// Go retried the exact code `RequestLimitExceeded` alone.
#[test]
fn every_form_of_the_rate_limit_is_waited_out() {
    for code in [
        "RequestLimitExceeded",
        "RequestLimitExceeded.UinLimitExceeded",
        "RequestLimitExceeded.GlobalRegionUinLimitExceeded",
        "RequestLimitExceeded.IPLimitExceeded",
    ] {
        let refusal =
            format!(r#"{{"Response":{{"Error":{{"Code":"{code}","Message":"slow"}},"RequestId":"r"}}}}"#);
        let server = Server::of(&[Act::Text(refusal), Act::Answer(OK)]);
        let quick = RetryPolicy::safe().with_pause(Duration::from_millis(1));
        let client = server.builder().retry(quick).build_blocking().unwrap();
        client.request(send_sms()).send().unwrap();
        assert_eq!(server.requests().len(), 2, "{code}");
    }
}

/// A frequency limit of the business is no rate limit of the API: asking again changes nothing.
#[test]
fn a_limit_of_the_business_is_not_waited_out() {
    let refusal = r#"{"Response":{"Error":{"Code":"LimitExceeded.PhoneNumberDailyLimit","Message":"enough"},"RequestId":"r"}}"#;
    let server = Server::of(&[Act::Answer(refusal)]);
    for (index, driver) in Driver::both(|| server.builder()).iter().enumerate() {
        assert_eq!(driver.send_sms().unwrap_err().delivery(), Delivery::Answered);
        assert_eq!(server.requests().len(), 1 + index);
    }
}

/// Go repeated a request with the timestamp, nonce and signature of the first attempt, which are too old after a wait.
#[test]
fn every_attempt_is_signed_anew() {
    let server = Server::of(&[Act::Answer(LIMITED), Act::Answer(LIMITED), Act::Answer(OK)]);
    let client = server.builder().sign_method(SignMethod::HmacSha256).build_blocking().unwrap();
    client.request(send_sms()).send().unwrap();
    let bodies: HashSet<Vec<u8>> =
        server.requests().iter().map(|request| request[request.len() - 60..].to_vec()).collect();
    assert_eq!(bodies.len(), 3, "three different signatures");
}

/// Go on a connection that the server closed meanwhile: a send ended in `EOF`, and whether to repeat it was left to the
/// caller without a hint.
#[test]
fn a_connection_that_the_server_closed_while_it_was_idle_costs_no_send() {
    for index in 0..2 {
        let server = Server::of(&[Act::AnswerAndClose(OK)]);
        let driver = &Driver::both(|| server.builder())[index];
        for _ in 0..3 {
            driver.send_sms().unwrap();
            server.wait_closed();
        }
        assert_eq!((server.requests().len(), server.connections()), (3, 3), "{}", driver.name());
    }
}

/// Java and a Rust crate repeated whatever failed, sends that may have arrived included.
#[test]
fn a_send_that_may_have_arrived_is_not_repeated() {
    for act in [Act::Close, Act::Reset, Act::Half] {
        let server = Server::of(&[act]);
        for (index, driver) in Driver::both(|| server.builder()).iter().enumerate() {
            let error = driver.send_sms().unwrap_err();
            assert_eq!((error.delivery(), error.attempts()), (Delivery::MaybeSent, 1), "{error}");
            assert_eq!(server.requests().len(), 1 + index);
        }
    }
}

/// Python slept once more after the last attempt.
#[test]
fn there_is_no_pause_after_the_last_attempt() {
    let server = Server::of(&[Act::Answer(LIMITED)]);
    let slow = RetryPolicy::safe().with_attempts(1).with_pause(Duration::from_secs(3600));
    for driver in Driver::both(|| server.builder().retry(slow.clone())) {
        assert!(driver.send_sms().unwrap_err().is_rate_limit());
    }
}

/// Node's and Python's user headers, and Go's request object, kept what an earlier call had put in.
#[test]
fn a_request_can_be_sent_twice_and_is_the_same_each_time() {
    let server = Server::of(&[Act::Answer(OK)]);
    let client = server.builder().build_blocking().unwrap();
    let call = client.send_sms().phone_number_set(["+8613711112222"]);
    call.clone().send().unwrap();
    call.send().unwrap();
    let seen = server.requests();
    let body = |request: &[u8]| String::from_utf8_lossy(request).split("\r\n\r\n").nth(1).unwrap().to_owned();
    assert_eq!(body(&seen[0]), body(&seen[1]));
    assert_eq!(header(&seen[0], "content-length"), header(&seen[1], "content-length"));
}

/// A client of these two endpoints, in this order.
fn with_backup(primary: impl Into<String>, backup: &Server) -> ClientBuilder {
    builder().endpoint(primary).backup_endpoint(format!("http://{}", backup.address))
}

fn at(server: &Server) -> String {
    format!("http://{}", server.address)
}

/// Go's breaker counted successes as failures, and the sixth good call went to another region.
#[test]
fn successes_do_not_open_the_breaker() {
    let (primary, backup) = (Server::of(&[Act::Answer(OK)]), Server::of(&[Act::Answer(OK)]));
    for driver in Driver::both(|| with_backup(at(&primary), &backup)) {
        (0..20).for_each(|_| drop(driver.send_sms().unwrap()));
    }
    assert_eq!((primary.requests().len(), backup.requests().len()), (40, 0));
}

/// PHP counted the service's own refusals as failures of the endpoint.
#[test]
fn refusals_do_not_open_the_breaker() {
    let refusal = r#"{"Response":{"Error":{"Code":"FailedOperation.SignatureIncorrectOrUnapproved","Message":"no"},"RequestId":"r"}}"#;
    let (primary, backup) = (Server::of(&[Act::Answer(refusal)]), Server::of(&[Act::Answer(OK)]));
    for driver in Driver::both(|| with_backup(at(&primary), &backup)) {
        (0..20).for_each(|_| drop(driver.send_sms().unwrap_err()));
    }
    assert_eq!((primary.requests().len(), backup.requests().len()), (40, 0));
}

/// Java's breaker opened and the next call went to the same host; Python's never saw an `InternalError`.
#[test]
fn an_endpoint_that_keeps_failing_is_left_for_the_backup() {
    let broken = r#"{"Response":{"Error":{"Code":"InternalError","Message":"oh"},"RequestId":"r"}}"#;
    for act in [Act::Answer(broken), Act::Close] {
        let (primary, backup) = (Server::of(&[act]), Server::of(&[Act::Answer(OK)]));
        for driver in Driver::both(|| with_backup(at(&primary), &backup)) {
            // Five sends that may have been carried out are not moved; then the breaker is open.
            (0..5).for_each(|_| drop(driver.send_sms().unwrap_err()));
            (0..5).for_each(|_| drop(driver.send_sms().unwrap()));
        }
        assert_eq!((primary.requests().len(), backup.requests().len()), (10, 10));
        let host = header(&backup.requests()[0], "host").unwrap();
        assert_eq!(host, backup.address.to_string(), "signed for the host that gets it");
    }
}

/// Python returned nothing on a network error when a breaker was on, and its async form failed before sending.
#[test]
fn a_network_error_is_told_with_a_breaker_as_without() {
    // Ports that nobody listens on any more.
    let gone = [(); 2].map(|()| std::net::TcpListener::bind("127.0.0.1:0").unwrap());
    let gone = gone.map(|listener| format!("http://{}", listener.local_addr().unwrap()));
    for driver in Driver::both(|| {
        builder()
            .endpoint(gone[0].as_str())
            .backup_endpoint(gone[1].as_str())
            .retry(RetryPolicy::safe().with_pause(Duration::from_millis(1)))
    }) {
        let error = driver.send_sms().unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Connect, Delivery::NotSent));
        assert!(error.to_string().contains("nothing was sent in 3 attempts"), "{error}");
    }
}
