//! Proxies, TLS, time limits, connections.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use tcsms::{Delivery, ErrorKind, Step};

use crate::support::certified::{self, file};
use crate::support::{Act, Driver, OK, Server, builder, header};

/// PHP opened a connection for every call even with keep-alive switched on; clients made per call piled up sockets.
#[test]
fn calls_of_one_client_share_a_connection() {
    for index in 0..2 {
        let server = Server::of(&[Act::Answer(OK)]);
        let driver = &Driver::both(|| server.builder())[index];
        for _ in 0..10 {
            driver.send_sms().unwrap();
        }
        assert_eq!(server.connections(), 1, "{}", driver.name());
    }
}

/// The proxy password of the C++ SDK was `127.0.0.1:81user:pass`.
#[test]
fn a_proxy_gets_the_user_and_the_password_and_nothing_else() {
    let proxy = Server::of(&[Act::Answer(OK)]);
    let url = format!("http://user:pass@{}", proxy.address);
    for driver in
        Driver::both(|| builder().endpoint("http://sms.localhost").proxy(url.as_str()).allow_plain_http(true))
    {
        driver.send_sms().unwrap();
        let request = proxy.requests().pop().unwrap();
        assert_eq!(header(&request, "proxy-authorization").as_deref(), Some("Basic dXNlcjpwYXNz"));
    }
}

/// The header `Host` was the proxy's address, and the service did not know the version.
#[test]
fn the_host_is_the_endpoints_whatever_the_proxy_is() {
    let proxy = Server::of(&[Act::Answer(OK)]);
    for driver in Driver::both(|| {
        builder().endpoint("http://sms.localhost").proxy(proxy.address.to_string()).allow_plain_http(true)
    }) {
        driver.send_sms().unwrap();
        let request = proxy.requests().pop().unwrap();
        assert!(request.starts_with(b"POST http://sms.localhost/ HTTP/1.1\r\n"));
        assert_eq!(header(&request, "host").as_deref(), Some("sms.localhost"));
    }
}

/// Java's limits for reading and writing are infinite unless set, C#'s end with the headers, and a limit for each read
/// lets a slow server go on for minutes. Here a limit is for the whole attempt.
#[test]
fn a_time_limit_ends_a_call_that_hangs_stalls_or_drips() {
    let limit = Duration::from_millis(300);
    for act in [Act::Hang, Act::Stall, Act::Drip] {
        let server = Server::of(&[act]);
        for driver in Driver::both(|| server.builder().attempt_timeout(limit)) {
            let started = Instant::now();
            let error = driver.send_sms().unwrap_err();
            assert_eq!(
                (error.kind(), error.delivery()),
                (ErrorKind::Timeout, Delivery::MaybeSent),
                "{error}"
            );
            let took = started.elapsed();
            assert!(took >= limit && took < limit * 10, "{took:?}");
        }
    }
}

/// Users switched verification off because no certificate of their own could be given, and the message did not say what
/// was missing.
#[test]
fn an_own_authority_can_be_given_and_is_asked_for_by_name() {
    let address = certified::server();
    let connect = format!("https://{address}");
    for driver in Driver::both(|| builder().connect_to(connect.as_str())) {
        let error = driver.send_sms().unwrap_err();
        assert_eq!((error.kind(), error.step()), (ErrorKind::Tls, Some(Step::Tls)));
        assert_eq!(error.delivery(), Delivery::NotSent);
        assert!(error.message().contains("TCSMS_CA_FILE"), "{error}");
    }
    for driver in Driver::both(|| builder().connect_to(connect.as_str()).ca_file(file("ca.pem"))) {
        driver.send_sms().unwrap();
    }
}

/// A name whose IPv6 address does not answer, where only the IPv4 address listens.
#[test]
fn a_dead_first_address_costs_no_call() {
    let server = Server::of(&[Act::Answer(OK)]);
    let endpoint = format!("http://localhost:{}", server.address.port());
    for driver in Driver::both(|| builder().endpoint(endpoint.as_str())) {
        driver.send_sms().unwrap();
    }
}

/// An IPv6 literal in the endpoint.
#[test]
fn an_ipv6_endpoint_has_its_brackets_in_host_and_signature() {
    let Ok(listener) = TcpListener::bind("[::1]:0") else { return };
    let server = Server::on(listener, |_| Act::Answer(OK));
    let endpoint = format!("http://{}", server.address);
    for driver in Driver::both(|| builder().endpoint(endpoint.as_str())) {
        driver.send_sms().unwrap();
        let request = server.requests().pop().unwrap();
        assert_eq!(header(&request, "host").unwrap(), format!("[::1]:{}", server.address.port()));
    }
}

/// Clients made for every temporary key piled up threads and sockets.
#[test]
fn clients_that_are_dropped_leave_nothing_behind() {
    let usage = || {
        let count = |folder: &str| std::fs::read_dir(folder).unwrap().count();
        (count("/proc/self/fd"), count("/proc/self/task"))
    };
    let server = Server::of(&[Act::Answer(OK)]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let one_of_each = || {
        server.builder().build_blocking().unwrap().send_sms().send().unwrap();
        runtime.block_on(server.builder().build().unwrap().send_sms().send()).unwrap();
        // The server's thread has ended when it says so.
        server.wait_closed();
        server.wait_closed();
    };
    (0..10).for_each(|_| one_of_each());
    let (descriptors, threads) = usage();
    (0..500).for_each(|_| one_of_each());
    let (descriptors_after, threads_after) = usage();
    // Other tests of this program open and close theirs meanwhile.
    assert!(descriptors_after < descriptors + 100, "{descriptors} descriptors became {descriptors_after}");
    assert!(threads_after < threads + 100, "{threads} threads became {threads_after}");
}
