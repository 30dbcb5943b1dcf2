//! How many connections there are, when they are opened, and where to.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use support::{Act, Driver, OK, SECRET_KEY, Server, builder, eventually, header, send_sms};
use tcsms::{Delivery, ErrorKind, RetryPolicy, Step};
use tcsms_auth::raw::RawRequest;
use tcsms_auth::verify::{Claim, Policy};

#[test]
fn many_tasks_and_threads_share_the_connections_that_are_allowed() {
    let server = Server::of(&[Act::Answer(OK)]);
    let client = server.builder().max_connections(3).build().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let tasks: Vec<_> = (0..20)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move {
                    for _ in 0..10 {
                        client.request(send_sms()).send().await.unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    assert!(server.connections() <= 3, "{}", server.connections());

    let server = Server::of(&[Act::Answer(OK)]);
    let client = server.builder().max_connections(3).build_blocking().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..10 {
            scope.spawn(|| {
                for _ in 0..10 {
                    client.request(send_sms()).send().unwrap();
                }
            });
        }
    });
    assert_eq!(server.requests().len(), 100);
    assert!(server.connections() <= 3, "{}", server.connections());
}

#[test]
fn a_call_that_gets_no_connection_fails_in_its_own_time_and_was_not_sent() {
    let short = Duration::from_millis(100);
    let server = Server::of(&[Act::Hang]);
    let client = server.builder().max_connections(1).build().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let holder = {
        let client = client.clone();
        runtime.spawn(async move { client.request(send_sms()).send().await })
    };
    server.wait_received();
    let of_async = runtime.block_on(client.request(send_sms()).with_timeout(short).send()).unwrap_err();
    // What is cancelled frees its connection.
    holder.abort();
    server.wait_closed();
    let error = runtime.block_on(client.request(send_sms()).with_timeout(short).send()).unwrap_err();
    assert_eq!(error.delivery(), Delivery::MaybeSent, "it was sent: {error}");
    server.wait_received();

    let client =
        server.builder().max_connections(1).total_timeout(Duration::from_secs(5)).build_blocking().unwrap();
    let of_blocking = std::thread::scope(|scope| {
        scope.spawn(|| client.request(send_sms()).with_timeout(Duration::from_secs(2)).send());
        server.wait_received();
        client.request(send_sms()).with_timeout(short).send().unwrap_err()
    });
    for error in [of_async, of_blocking] {
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Timeout, Delivery::NotSent), "{error}");
        assert_eq!((error.step(), error.attempts()), (Some(Step::Connect), 0));
        assert!(
            error.message().contains("within 100ms") && error.message().contains("max_connections"),
            "{error}"
        );
    }
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn a_waiting_call_goes_on_when_a_connection_is_free_and_its_time_counts_from_the_start() {
    let server = Server::of(&[Act::Hang, Act::Answer(OK)]);
    let client = server.builder().max_connections(1).build_blocking().unwrap();
    std::thread::scope(|scope| {
        let first =
            scope.spawn(|| client.request(send_sms()).with_timeout(Duration::from_millis(300)).send());
        server.wait_received();
        client.request(send_sms()).with_timeout(Duration::from_secs(10)).send().unwrap();
        assert!(first.join().unwrap().unwrap_err().is_timeout());
    });
}

#[test]
fn connections_of_another_runtime_make_room() {
    let server = Server::of(&[Act::Answer(OK)]);
    let client = server.builder().max_connections(1).build().unwrap();
    for number in 1..=3 {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(client.request(send_sms()).send()).unwrap();
        assert_eq!(server.connections(), number);
        if number > 1 {
            server.wait_closed();
        }
        // The runtime goes first, as with any program that makes one for each piece of work.
        drop(runtime);
    }
}

#[test]
fn a_client_without_connections_is_refused() {
    let error = builder().max_connections(0).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.message().contains("max_connections"), "{error}");
}

#[test]
fn without_idle_time_every_call_opens_its_own_connection() {
    for index in 0..2 {
        let server = Server::of(&[Act::Answer(OK)]);
        let driver = &Driver::both(|| server.builder().idle_timeout(Duration::ZERO))[index];
        for number in 1..=3 {
            driver.send_sms().unwrap();
            server.wait_closed();
            assert_eq!(server.connections(), number);
        }
    }
}

#[test]
fn connections_opened_ahead_are_there_for_the_calls() {
    for index in 0..2 {
        let server = Server::of(&[Act::Answer(OK)]);
        let driver = &Driver::both(|| server.builder().max_connections(4))[index];
        driver.warm_up(3).unwrap();
        eventually("three connections", || server.connections() == 3);
        // Those that are there count.
        driver.warm_up(2).unwrap();
        driver.warm_up(4).unwrap();
        eventually("a fourth connection", || server.connections() == 4);
        for _ in 0..5 {
            driver.send_sms().unwrap();
        }
        assert_eq!(server.connections(), 4, "{}", driver.name());
        driver.warm_up(0).unwrap();

        let error = driver.warm_up(5).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().contains("max_connections"), "{error}");
    }
}

#[test]
fn what_keeps_connections_from_being_opened_ahead_is_told() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for driver in Driver::both(|| builder().connect_to(format!("http://{gone}"))) {
        let error = driver.warm_up(3).unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery(), error.step()),
            (ErrorKind::Connect, Delivery::NotSent, Some(Step::Connect)),
            "{error}"
        );
        assert!(error.message().contains(&gone.to_string()), "{error}");
    }
}

#[test]
fn an_ipv6_address_is_an_endpoint() {
    let server = Server::on(TcpListener::bind("[::1]:0").unwrap(), |_| Act::Answer(OK));
    for driver in Driver::both(|| builder().endpoint(format!("http://{}", server.address))) {
        driver.send_sms().unwrap();
        let request = server.requests().pop().unwrap();
        let host = format!("[::1]:{}", server.address.port());
        assert_eq!(header(&request, "host"), Some(host));
        RawRequest::parse(&request).unwrap().with(|request| {
            Claim::of(request).unwrap().check(SECRET_KEY, &Policy::default()).unwrap();
        });
    }
}

/// A port where nothing accepts: its queue is full, and the system ignores whoever comes.
fn silent(address: &str) -> (socket2::Socket, Vec<TcpStream>, std::net::SocketAddr) {
    let address: std::net::SocketAddr = address.parse().unwrap();
    let socket =
        socket2::Socket::new(socket2::Domain::for_address(address), socket2::Type::STREAM, None).unwrap();
    socket.bind(&address.into()).unwrap();
    socket.listen(0).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    let mut queue = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(50)) {
        queue.push(stream);
    }
    (socket, queue, address)
}

#[test]
fn nobody_who_accepts_ends_within_the_time_for_connecting() {
    let (_socket, _queue, address) = silent("127.0.0.1:0");
    let connect = || {
        builder()
            .connect_to(format!("http://{address}"))
            .connect_timeout(Duration::from_millis(200))
            .retry(RetryPolicy::never())
    };
    for driver in Driver::both(connect) {
        let started = Instant::now();
        let error = driver.send_sms().unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Timeout, Delivery::NotSent), "{error}");
        assert_eq!(error.step(), Some(Step::Connect));
        assert!(started.elapsed() < Duration::from_secs(2));
    }
}

#[test]
fn a_name_whose_first_address_does_not_listen_is_reached_at_once() {
    // `localhost` is ::1 as well as 127.0.0.1 on many machines, and only the latter listens.
    let server = Server::of(&[Act::Answer(OK)]);
    let endpoint = format!("http://localhost:{}", server.address.port());
    for driver in Driver::both(|| builder().endpoint(endpoint.as_str())) {
        let started = Instant::now();
        driver.send_sms().unwrap();
        assert!(started.elapsed() < Duration::from_millis(500), "{:?}", started.elapsed());
    }
}
