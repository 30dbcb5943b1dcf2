//! Several endpoints, and the rates that a client keeps, with both drivers.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::net::TcpListener;
use std::time::{Duration, Instant};

use support::{Act, Driver, LIMITED, OK, SECRET_ID, SECRET_KEY, Server, builder, header, send_sms};
use tcsms::{Delivery, ErrorKind};
use tcsms_auth::raw::RawRequest;
use tcsms_auth::verify::{Claim, Policy};

const MINUTE: Duration = Duration::from_secs(60);

fn at(server: &Server) -> String {
    format!("http://{}", server.address)
}

/// An endpoint where nobody listens.
fn nobody() -> String {
    format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap())
}

fn host(request: &[u8]) -> String {
    header(request, "host").unwrap()
}

#[test]
fn an_endpoint_that_cannot_be_reached_is_replaced_by_the_next_signed_for_itself() {
    for index in 0..2 {
        let backup = Server::of(&[Act::Answer(OK)]);
        let (first, second) = (nobody(), nobody());
        let driver = &Driver::both(|| {
            builder().endpoint(&first).backup_endpoint(&second).backup_endpoint(at(&backup))
        })[index];
        for _ in 0..3 {
            driver.send_sms().unwrap();
        }
        assert_eq!((backup.requests().len(), backup.connections()), (3, 1), "{}", driver.name());
        for request in backup.requests() {
            assert_eq!(host(&request), backup.address.to_string());
            RawRequest::parse(&request).unwrap().with(|request| {
                let claim = Claim::of(request).unwrap();
                assert_eq!(claim.secret_id(), SECRET_ID);
                claim.check(SECRET_KEY, &Policy::default()).unwrap();
            });
        }
    }
}

#[test]
fn a_send_that_was_cut_off_is_not_made_at_the_next_endpoint_and_a_reading_call_is() {
    for index in 0..2 {
        let (main, backup) = (Server::of(&[Act::Close]), Server::of(&[Act::Answer(OK)]));
        let driver = &Driver::both(|| builder().endpoint(at(&main)).backup_endpoint(at(&backup)))[index];
        let error = driver.send_sms().unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Network, Delivery::MaybeSent));
        assert_eq!(error.endpoint(), Some(main.address.to_string().as_str()));
        assert!(error.to_string().contains("the last endpoint tried is 127.0.0.1"), "{error}");
        assert_eq!((main.requests().len(), backup.requests().len()), (1, 0), "{}", driver.name());
        driver.statistics().unwrap();
        assert_eq!((main.requests().len(), backup.requests().len()), (2, 1), "{}", driver.name());
    }
}

#[test]
fn the_clones_of_a_client_share_what_they_found_out() {
    let (main, backup) = (Server::of(&[Act::Close]), Server::of(&[Act::Answer(OK)]));
    let client = builder()
        .endpoint(at(&main))
        .backup_endpoint(at(&backup))
        .breaker(2, MINUTE, MINUTE)
        .build_blocking()
        .unwrap();
    for _ in 0..2 {
        client.clone().request(send_sms()).send().unwrap_err();
    }
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| client.clone().request(send_sms()).send().unwrap());
        }
    });
    assert_eq!((main.requests().len(), backup.requests().len()), (2, 8));
}

#[test]
fn an_endpoint_that_is_well_again_is_used_again() {
    for index in 0..2 {
        let main = Server::of(&[Act::Close, Act::Answer(OK)]);
        let backup = Server::of(&[Act::Answer(OK)]);
        let driver = &Driver::both(|| {
            let pause = Duration::from_millis(50);
            builder().endpoint(at(&main)).backup_endpoint(at(&backup)).breaker(1, MINUTE, pause)
        })[index];
        driver.send_sms().unwrap_err();
        driver.send_sms().unwrap();
        // The event waited for is the probe.
        while main.requests().len() < 2 {
            driver.send_sms().unwrap();
        }
        let elsewhere = backup.requests().len();
        for _ in 0..3 {
            driver.send_sms().unwrap();
        }
        assert_eq!((main.requests().len(), backup.requests().len()), (5, elsewhere), "{}", driver.name());
    }
}

#[test]
fn a_replaced_address_is_that_of_every_endpoint() {
    for index in 0..2 {
        let server = Server::of(&[Act::Close, Act::Answer(OK)]);
        let driver =
            &Driver::both(|| server.builder().endpoint("a.example").backup_endpoint("b.example"))[index];
        driver.statistics().unwrap();
        let hosts: Vec<_> = server.requests().iter().map(|request| host(request)).collect();
        assert_eq!(hosts, ["a.example", "b.example"], "{}", driver.name());
    }
}

#[test]
fn the_rate_of_a_client_is_kept_by_its_calls_and_their_repeats() {
    for index in 0..2 {
        let server = Server::of(&[Act::Answer(OK), Act::Answer(LIMITED), Act::Answer(OK)]);
        let driver = &Driver::both(|| server.builder().call_rate(5))[index];
        let started = Instant::now();
        driver.send_sms().unwrap();
        driver.send_sms().unwrap();
        assert_eq!(server.requests().len(), 3, "{}", driver.name());
        assert!(started.elapsed() >= Duration::from_millis(400), "{:?}", started.elapsed());
    }
}

#[test]
fn a_call_whose_turn_comes_too_late_sends_nothing() {
    for index in 0..2 {
        let server = Server::of(&[Act::Answer(OK)]);
        let driver = &Driver::both(|| {
            server.builder().action_rate("SendSms", 1).total_timeout(Duration::from_millis(900))
        })[index];
        driver.send_sms().unwrap();
        let error = driver.send_sms().unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery(), error.attempts()),
            (ErrorKind::Timeout, Delivery::NotSent, 0)
        );
        assert!(error.message().contains("call rate"), "{error}");
        driver.statistics().unwrap();
        assert_eq!(server.requests().len(), 2, "{}", driver.name());
    }
}

#[test]
fn a_pause_that_is_asked_for_and_does_not_fit_ends_the_call() {
    let raw = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nRetry-After: 3600\r\nContent-Length: {}\r\n\r\n{LIMITED}",
        LIMITED.len()
    );
    let server = Server::of(&[Act::Raw(raw.into_bytes())]);
    for driver in Driver::both(|| server.builder()) {
        let error = driver.send_sms().unwrap_err();
        assert_eq!((error.attempts(), error.is_rate_limit()), (1, true));
        assert!(error.to_string().contains("after 3600s at the earliest"), "{error}");
    }
    assert_eq!(server.requests().len(), 2);
}
