//! TLS: who is trusted, and what is said when nobody is.

#![cfg(any(feature = "tls-aws-lc", feature = "tls-ring"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::Ordering;

use support::certified::{Manner, TLS_1_2, TLS_1_3, file, server, start};
use support::{Driver, builder, eventually};
use tcsms::{Delivery, ErrorKind, Step, TlsVersion};

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

/// What a failed handshake says of itself.
fn refused(driver: &Driver) -> String {
    let error = driver.send_sms().unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Tls, Delivery::NotSent), "{error}");
    assert_eq!((error.step(), error.attempts()), (Some(Step::Tls), 1), "{error}");
    error.message().to_owned()
}

fn assert_has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part} is not in: {text}");
    }
}

#[test]
fn a_server_nobody_vouches_for_gets_nothing_and_its_certificate_is_described() {
    for (certificate, parts) in [
        (
            "server.pem",
            &["`CN=tcsms test server`", "issued by `CN=tcsms test authority`", "no trusted authority"][..],
        ),
        ("self-signed.pem", &["issued by `CN=tcsms self-signed`", "signed by itself"]),
    ] {
        let server = start(&Manner { certificate, ..Manner::default() });
        for driver in Driver::both(|| builder().connect_to(format!("https://{}", server.address))) {
            let text = refused(&driver);
            assert_has(&text, parts);
            assert_has(&text, &["valid from 2026-11-25T", "to 2126-11-01T", "TCSMS_CA_FILE"]);
        }
        assert_eq!(server.read.load(Ordering::SeqCst), 0);
    }
}

#[test]
fn a_certificate_of_another_name_is_refused_with_the_names_it_has() {
    let address = server();
    let other = || {
        builder()
            .endpoint("https://sms.example.com")
            .connect_to(format!("https://{address}"))
            .ca_file(file("ca.pem"))
    };
    for driver in Driver::both(other) {
        let text = refused(&driver);
        assert_has(&text, &["not for sms.example.com but for", "sms.tencentcloudapi.com", "localhost"]);
    }
}

#[test]
fn an_expired_certificate_says_since_when_and_what_the_clock_says() {
    let server = start(&Manner { certificate: "expired.pem", ..Manner::default() });
    let connect = || builder().connect_to(format!("https://{}", server.address)).ca_file(file("ca.pem"));
    for driver in Driver::both(connect) {
        let text = refused(&driver);
        assert_has(&text, &["has expired", "to 2021-01-01T00:00:00Z", "this machine's clock, which says 2"]);
    }
}

#[test]
fn authorities_can_be_given_as_text_too() {
    let address = server();
    let pem = std::fs::read(file("ca.pem")).unwrap();
    let given = || builder().connect_to(format!("https://{address}")).ca_pem(pem.clone());
    for driver in Driver::both(given) {
        driver.send_sms().unwrap();
    }
    let error = builder().ca_pem("no certificate").build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_has(error.message(), &["CA certificates given as PEM", "holds no certificate"]);
}

/// The variables are those of the whole process: this test starts itself with them.
#[test]
fn the_systems_authorities_can_be_replaced_by_the_usual_variables() {
    const CHILD: &str = "TCSMS_TEST_EXPECTS";
    if let Ok(expected) = std::env::var(CHILD) {
        let address = server();
        for driver in Driver::both(|| builder().connect_to(format!("https://{address}"))) {
            match expected.as_str() {
                "trust" => drop(driver.send_sms().unwrap()),
                text => assert_has(&refused(&driver), &[text]),
            }
        }
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(file("ca.pem"), folder.path().join("one.pem")).unwrap();
    let other = file("self-signed.pem");
    for (name, value, expected) in [
        ("SSL_CERT_FILE", file("ca.pem"), "trust".to_owned()),
        ("SSL_CERT_DIR", folder.path().to_owned(), "trust".to_owned()),
        ("SSL_CERT_FILE", "/no/such.pem".into(), "cannot be read".to_owned()),
        ("SSL_CERT_FILE", other.clone(), format!("replaced by SSL_CERT_FILE={}", other.display())),
    ] {
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_systems_authorities_can_be_replaced_by_the_usual_variables"])
            .env_remove("SSL_CERT_FILE")
            .env_remove("SSL_CERT_DIR")
            .env(name, &value)
            .env(CHILD, &expected)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&child.stdout);
        assert!(child.status.success() && text.contains("1 passed"), "{name} {value:?}: {text}");
    }
}

#[test]
fn a_server_that_wants_a_client_certificate_gets_it_or_is_told_as_such() {
    for versions in [TLS_1_2, TLS_1_3] {
        let server = start(&Manner { asks: true, versions, ..Manner::default() });
        let plain = || builder().connect_to(format!("https://{}", server.address)).ca_file(file("ca.pem"));
        for driver in Driver::both(plain) {
            assert_has(&refused(&driver), &["wants a client certificate", "client_certificate_files"]);
        }
        // A certificate that nobody there knows.
        let wrong = || plain().client_certificate_files(file("self-signed.pem"), file("server-key.pem"));
        for driver in Driver::both(wrong) {
            assert_has(&refused(&driver), &["refused the client certificate"]);
        }
        assert_eq!(server.read.load(Ordering::SeqCst), 0);

        let files = || plain().client_certificate_files(file("client.pem"), file("client-key.pem"));
        let [certificate, key] =
            ["client.pem", "client-key.pem"].map(|name| std::fs::read(file(name)).unwrap());
        let texts = || plain().client_certificate_pem(certificate.clone(), key.clone());
        for driver in Driver::both(files).into_iter().chain(Driver::both(texts)) {
            driver.send_sms().unwrap();
            driver.send_sms().unwrap();
        }
        assert_eq!(server.read.load(Ordering::SeqCst), 8);
    }
}

#[test]
fn a_client_certificate_that_cannot_be_used_is_named_without_its_key() {
    let key = std::fs::read_to_string(file("client-key.pem")).unwrap();
    let inner = key.lines().nth(1).unwrap().to_owned();
    let certificate = std::fs::read(file("client.pem")).unwrap();
    let broken = key.replace("-----BEGIN", "----BEGIN");
    let cut = key.replace(&inner, &inner[..20]);
    for (builder, part) in [
        (builder().client_certificate_files("/no/such.pem", file("client-key.pem")), "/no/such.pem"),
        (builder().client_certificate_files(file("client.pem"), "/no/key.pem"), "client key /no/key.pem"),
        (builder().client_certificate_files(file("client.pem"), file("server-key.pem")), "does not belong"),
        (builder().client_certificate_files(file("client.pem"), file("client.pem")), "no private key"),
        (builder().client_certificate_pem("x", key.clone()), "holds no certificate"),
        (builder().client_certificate_pem(certificate.clone(), broken), "no private key"),
        (builder().client_certificate_pem(certificate.clone(), cut), "client key given as PEM"),
    ] {
        let debug = format!("{builder:?}");
        let error = builder.build_blocking().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{error}");
        assert!(error.message().contains(part), "{part}: {error}");
        for text in [debug, format!("{error} {error:?}")] {
            assert!(!text.contains(&inner[..16]), "{text}");
        }
    }
}

#[test]
fn the_oldest_version_of_tls_can_be_raised() {
    let old = start(&Manner { versions: TLS_1_2, ..Manner::default() });
    let connect = || builder().connect_to(format!("https://{}", old.address)).ca_file(file("ca.pem"));
    for driver in Driver::both(connect) {
        driver.send_sms().unwrap();
    }
    for driver in Driver::both(|| connect().min_tls_version(TlsVersion::V1_3)) {
        assert_has(&refused(&driver), &["min_tls_version"]);
    }
    let new = start(&Manner { versions: TLS_1_3, ..Manner::default() });
    let connect = || builder().connect_to(format!("https://{}", new.address)).ca_file(file("ca.pem"));
    for driver in Driver::both(|| connect().min_tls_version(TlsVersion::V1_3)) {
        driver.send_sms().unwrap();
    }
}

#[test]
fn verification_is_off_only_where_it_is_said_out_loud() {
    for certificate in ["server.pem", "expired.pem", "self-signed.pem"] {
        let server = start(&Manner { certificate, ..Manner::default() });
        let connect = |accept| {
            builder()
                .endpoint("https://sms.example.com")
                .connect_to(format!("https://{}", server.address))
                .danger_accept_invalid_certificates(accept)
        };
        for driver in Driver::both(|| connect(true)) {
            driver.send_sms().unwrap();
        }
        for driver in Driver::both(|| connect(false)) {
            refused(&driver);
        }
    }
}

#[test]
fn a_connection_opened_ahead_is_used_and_one_that_was_closed_meanwhile_is_not() {
    for versions in [TLS_1_2, TLS_1_3] {
        for closes_first in [false, true] {
            for index in 0..2 {
                let server = start(&Manner { versions, closes_first, ..Manner::default() });
                let connect =
                    || builder().connect_to(format!("https://{}", server.address)).ca_file(file("ca.pem"));
                let driver = &Driver::both(connect)[index];
                driver.warm_up(1).unwrap();
                assert_eq!(server.read.load(Ordering::SeqCst), 0);
                if closes_first {
                    eventually("it closes", || server.ended.load(Ordering::SeqCst) == 1);
                }
                for _ in 0..2 {
                    driver.send_sms().unwrap();
                }
                let connections = if closes_first { 2 } else { 1 };
                assert_eq!(server.accepted.load(Ordering::SeqCst), connections, "{}", driver.name());
            }
        }
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
