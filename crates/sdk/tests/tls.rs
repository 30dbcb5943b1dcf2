//! TLS: who is trusted, and what is said when nobody is.

#![cfg(any(feature = "tls-aws-lc", feature = "tls-ring"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::io::{Read, Write};
use std::net::TcpListener;

use support::certified::{file, server};
use support::{Driver, builder};
use tcsms::{Delivery, ErrorKind, Step};

#[test]
fn a_server_of_the_given_authority_is_trusted_under_the_endpoints_name() {
    let address = server();
    for driver in Driver::both(|| builder().connect_to(format!("https://{address}")).ca_file(file("ca.pem")))
    {
        for _ in 0..3 {
            assert_eq!(driver.send_sms().unwrap().request_id, "r-ok");
        }
    }
}

#[test]
fn a_server_nobody_vouches_for_gets_nothing() {
    let address = server();
    for driver in Driver::both(|| builder().connect_to(format!("https://{address}"))) {
        let error = driver.send_sms().unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Tls, Delivery::NotSent), "{error}");
        assert_eq!((error.step(), error.attempts()), (Some(Step::Tls), 1));
        assert!(error.message().contains("TCSMS_CA_FILE"), "{error}");
    }
}

#[test]
fn a_certificate_of_another_name_is_refused() {
    let address = server();
    let other = || {
        builder()
            .endpoint("https://sms.example.com")
            .connect_to(format!("https://{address}"))
            .ca_file(file("ca.pem"))
    };
    for driver in Driver::both(other) {
        let error = driver.send_sms().unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Tls, Delivery::NotSent), "{error}");
        assert!(error.message().contains("sms.example.com"), "{error}");
    }
}

#[test]
fn a_server_without_tls_is_told_as_such() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        }
    });
    for driver in Driver::both(|| builder().connect_to(format!("https://{address}"))) {
        let error = driver.send_sms().unwrap_err();
        assert_eq!((error.kind(), error.step()), (ErrorKind::Tls, Some(Step::Tls)), "{error}");
        assert_eq!((error.delivery(), error.attempts()), (Delivery::NotSent, 1));
        assert!(error.message().contains("does not seem to speak TLS"), "{error}");
    }
}
