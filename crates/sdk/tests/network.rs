//! What the network can do to a call, with both drivers.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use support::{Act, Driver, LIMITED, OK, Server, answer, builder, send_sms};
use tcsms::{Delivery, Error, ErrorKind, RetryPolicy, Step};

fn told(error: &Error) -> (ErrorKind, Delivery, Option<Step>, u32) {
    (error.kind(), error.delivery(), error.step(), error.attempts())
}

#[test]
fn calls_share_one_connection() {
    for index in 0..2 {
        let server = Server::of(&[Act::Answer(OK)]);
        let driver = &Driver::both(|| server.builder())[index];
        for _ in 0..20 {
            assert_eq!(driver.send_sms().unwrap().request_id, "r-ok");
        }
        assert_eq!((server.requests().len(), server.connections()), (20, 1), "{}", driver.name());
    }
}

#[test]
fn a_connection_that_ended_between_two_calls_is_not_used() {
    for act in [Act::AnswerAndClose(OK), Act::AnswerAndReset(OK)] {
        for index in 0..2 {
            let server = Server::of(std::slice::from_ref(&act));
            let driver = &Driver::both(|| server.builder())[index];
            driver.send_sms().unwrap();
            server.release();
            server.wait_closed();
            driver.send_sms().unwrap();
            server.release();
            assert_eq!((server.requests().len(), server.connections()), (2, 2), "{}", driver.name());
        }
    }
}

#[test]
fn a_send_that_was_read_but_not_answered_is_not_repeated() {
    for (act, step) in [(Act::Close, Step::Wait), (Act::Reset, Step::Wait), (Act::Half, Step::Read)] {
        for index in 0..2 {
            // The first request makes the connection a reused one.
            let server = Server::of(&[Act::Answer(OK), act.clone(), Act::Answer(OK)]);
            let driver = &Driver::both(|| server.builder())[index];
            driver.send_sms().unwrap();
            let error = driver.send_sms().unwrap_err();
            assert_eq!(told(&error), (ErrorKind::Network, Delivery::MaybeSent, Some(step), 1), "{error}");
            assert_eq!(server.requests().len(), 2, "{}", driver.name());
            assert!(std::error::Error::source(&error).is_some());

            let server = Server::of(&[Act::Answer(OK), act.clone(), Act::Answer(OK)]);
            let driver = &Driver::both(|| server.builder())[index];
            driver.statistics().unwrap();
            driver.statistics().expect("a call that only reads is repeated");
            assert_eq!(server.requests().len(), 3);
        }
    }
}

#[test]
fn what_is_no_answer_of_the_api_is_told_as_such_and_not_repeated() {
    let page =
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>".to_vec();
    let login = b"HTTP/1.1 302 Found\r\nLocation: http://login/\r\nContent-Length: 0\r\n\r\n".to_vec();
    let bad = b"HTTP/1.1 414 URI Too Long\r\nContent-Length: 6\r\n\r\n<html>".to_vec();
    let empty = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec();
    let nothing = b"HTTP/1.1 204 No Content\r\n\r\n".to_vec();
    let noise = b"\x15\x03\x01\x00\x02\x02\x46 and more noise\r\n\r\n".to_vec();
    let odd = answer(r#"{"Response":{"RequestId":"r"}}"#);
    for (raw, part) in [
        (page.clone(), "<html>"),
        (page, "content type is `text/html`"),
        (login.clone(), "302"),
        (login, "it redirects to `http://login/`"),
        (bad, "414"),
        (empty, "empty"),
        (nothing, "204"),
        (noise, "no HTTP"),
        (odd, "SendStatusSet"),
    ] {
        for index in 0..2 {
            let server = Server::of(&[Act::Raw(raw.clone())]);
            let driver = &Driver::both(|| server.builder())[index];
            let error = driver.send_sms().unwrap_err();
            assert_eq!(
                (error.kind(), error.delivery()),
                (ErrorKind::InvalidAnswer, Delivery::MaybeSent),
                "{error}"
            );
            assert!(error.message().contains(part), "{error}");
            assert_eq!(server.requests().len(), 1);
        }
    }
}

#[test]
fn an_error_is_recognised_whatever_its_content_type() {
    let body = r#"{"Response":{"Error":{"Code":"InternalError","Message":"oh"},"RequestId":"r-1"}}"#;
    let raw = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=UTF-8\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let server = Server::of(&[Act::Raw(raw.into_bytes())]);
    for driver in Driver::both(|| server.builder()) {
        let error = driver.send_sms().unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Service, Delivery::Answered));
        assert_eq!(error.code().unwrap().as_str(), "InternalError");
        assert_eq!(error.request_id(), Some("r-1"));
    }
}

#[test]
fn time_limits_end_a_call_whatever_the_server_does() {
    for (act, step) in [(Act::Hang, Step::Wait), (Act::Stall, Step::Read), (Act::Drip, Step::Read)] {
        for index in 0..2 {
            let server = Server::of(std::slice::from_ref(&act));
            let driver =
                &Driver::both(|| server.builder().attempt_timeout(Duration::from_millis(200)))[index];
            let started = Instant::now();
            let error = driver.send_sms().unwrap_err();
            let took = started.elapsed();
            assert_eq!(told(&error), (ErrorKind::Timeout, Delivery::MaybeSent, Some(step), 1), "{error}");
            assert!(took >= Duration::from_millis(200) && took < Duration::from_secs(2), "{took:?}");
            assert!(error.message().contains("200ms"), "{error}");
        }
    }
}

#[test]
fn the_limit_of_one_call_replaces_the_clients() {
    let server = Server::of(&[Act::Hang]);
    let client = server.builder().build_blocking().unwrap();
    let error = client.send_sms().with_timeout(Duration::from_millis(100)).send().unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert!(error.message().contains("within 100ms"), "the limit as it was set: {error}");
    assert_eq!(error.delivery(), Delivery::MaybeSent);
}

#[test]
fn a_refused_connection_is_tried_three_times_and_nothing_was_sent() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for driver in Driver::both(|| builder().connect_to(format!("http://{gone}"))) {
        let error = driver.send_sms().unwrap_err();
        assert_eq!(told(&error), (ErrorKind::Connect, Delivery::NotSent, Some(Step::Connect), 3), "{error}");
        assert!(error.to_string().contains("nothing was sent in 3 attempts"), "{error}");
        let once = RetryPolicy::never();
        let error = match &driver {
            Driver::Async(runtime, client) => runtime.block_on(client.send_sms().with_retry(once).send()),
            Driver::Blocking(client) => client.send_sms().with_retry(once).send(),
        }
        .unwrap_err();
        assert_eq!(error.attempts(), 1);
    }
}

#[test]
fn a_name_without_an_address_is_told_as_such() {
    // The names below `invalid` are reserved: no resolver knows them.
    for driver in
        Driver::both(|| builder().endpoint("https://sms.invalid").no_proxy().retry(RetryPolicy::never()))
    {
        let error = driver.send_sms().unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Resolve, Delivery::NotSent), "{error}");
        assert!(error.message().contains("sms.invalid"), "{error}");
    }
}

#[test]
fn a_rate_limit_is_waited_out_on_the_same_connection() {
    for index in 0..2 {
        let server = Server::of(&[Act::Answer(LIMITED), Act::Answer(LIMITED), Act::Answer(OK)]);
        let driver = &Driver::both(|| server.builder())[index];
        let started = Instant::now();
        driver.send_sms().unwrap();
        // 100 ms and 200 ms, less a quarter each.
        assert!(started.elapsed() >= Duration::from_millis(225), "{:?}", started.elapsed());
        assert_eq!((server.requests().len(), server.connections()), (3, 1), "{}", driver.name());
    }
}

#[test]
fn a_rate_limit_that_does_not_end_is_the_services_answer() {
    let server = Server::of(&[Act::Answer(LIMITED)]);
    let driver =
        &Driver::both(|| server.builder().retry(RetryPolicy::safe().with_pause(Duration::from_millis(1))))[1];
    let error = driver.send_sms().unwrap_err();
    assert!(error.is_rate_limit());
    assert_eq!(told(&error), (ErrorKind::Service, Delivery::Answered, None, 3));
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn an_answer_larger_than_the_limit_is_not_read() {
    let long = format!("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{}", "x".repeat(5000)).into_bytes();
    let chunked = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        "320\r\n".to_owned() + &"x".repeat(0x320) + "\r\n" + "320\r\n" + &"x".repeat(0x320) + "\r\n0\r\n\r\n"
    )
    .into_bytes();
    for raw in [long, chunked] {
        let server = Server::of(&[Act::Raw(raw)]);
        for driver in Driver::both(|| server.builder().max_answer_bytes(1000)) {
            let error = driver.send_sms().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidAnswer);
            assert!(error.message().contains("larger than 1000 bytes"), "{error}");
        }
    }
}

#[test]
fn a_long_answer_in_pieces_is_put_together() {
    let numbers: Vec<String> =
        (0..3000).map(|n| format!(r#"{{"PhoneNumber":"+86137{n:08}","Code":"Ok"}}"#)).collect();
    let body = format!(r#"{{"Response":{{"SendStatusSet":[{}],"RequestId":"r"}}}}"#, numbers.join(","));
    let mut chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for piece in body.as_bytes().chunks(5000) {
        chunked.extend(format!("{:x}\r\n", piece.len()).into_bytes());
        chunked.extend(piece);
        chunked.extend(b"\r\n");
    }
    chunked.extend(b"0\r\n\r\n");
    for raw in [answer(&body), chunked] {
        let server = Server::of(&[Act::Raw(raw)]);
        for driver in Driver::both(|| server.builder()) {
            let answer = driver.send_sms().unwrap();
            assert_eq!(answer.send_status_set.len(), 3000);
            assert_eq!(answer.send_status_set[2999].phone_number, "+8613700002999");
        }
    }
}

#[test]
fn threads_of_one_blocking_client_open_no_more_connections_than_they_are() {
    let server = Server::of(&[Act::Answer(OK)]);
    let client = server.builder().build_blocking().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..25 {
                    client.request(send_sms()).send().unwrap();
                }
            });
        }
    });
    assert_eq!(server.requests().len(), 200);
    assert!(server.connections() <= 8, "{}", server.connections());
}

#[test]
fn tasks_of_one_async_client_open_no_more_connections_than_they_are() {
    let server = Server::of(&[Act::Answer(OK)]);
    let client = server.builder().build().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let tasks: Vec<_> = (0..16)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move {
                    for _ in 0..25 {
                        client.request(send_sms()).send().await.unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    assert_eq!(server.requests().len(), 400);
    assert!(server.connections() <= 16, "{}", server.connections());
}

#[test]
fn two_runtimes_share_a_client_but_no_connection() {
    let server = Server::of(&[Act::Answer(OK)]);
    let client = server.builder().attempt_timeout(Duration::from_secs(5)).build().unwrap();
    let runtimes: Vec<_> =
        (0..2).map(|_| tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()).collect();
    for round in 0..3 {
        for runtime in &runtimes {
            let outcome = runtime.block_on(client.request(send_sms()).send());
            assert!(outcome.is_ok(), "round {round}: {outcome:?}");
        }
    }
    assert_eq!(server.connections(), 2);
    // And the client outlives a runtime whose connections it holds.
    drop(runtimes);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(client.request(send_sms()).send()).unwrap();
}

#[test]
fn a_dropped_call_closes_its_connection() {
    let server = Arc::new(Server::of(&[Act::Hang]));
    let client = server.builder().build().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let call = runtime.spawn(async move { client.request(send_sms()).send().await });
    server.wait_received();
    call.abort();
    server.wait_closed();
    assert!(runtime.block_on(call).unwrap_err().is_cancelled());
}

#[test]
fn a_blocking_call_inside_a_runtime_is_an_error_and_not_a_panic() {
    let server = Server::of(&[Act::Answer(OK)]);
    let client = server.builder().build_blocking().unwrap();
    client.request(send_sms()).send().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async move {
        let error = client.request(send_sms()).send().unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Config, Delivery::NotSent));
        assert!(error.message().contains("async runtime"), "{error}");
        // Its runtimes are dropped here, inside another one.
        drop(client);
    });
}

#[test]
fn an_async_call_outside_a_runtime_is_an_error_and_not_a_panic() {
    let server = Server::of(&[Act::Answer(OK)]);
    let client = server.builder().build().unwrap();
    let call = std::pin::pin!(client.request(send_sms()).send());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = call.poll(&mut context) else { panic!("an error at once") };
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.message().contains("tokio runtime"), "{error}");
}

#[test]
fn a_call_by_name_gives_the_answer_to_the_byte() {
    let body = r#"{"Response":{"Id":9007199254740993,"RequestId":"r-1", "Text":"\u4e2d"}}"#;
    let server = Server::of(&[Act::Answer(body)]);
    let client = server.builder().build_blocking().unwrap();
    let answer = client.call("2021-01-11", "Anything", r#"{"Id":9007199254740993}"#).send().unwrap();
    assert_eq!(answer.json(), r#"{"Id":9007199254740993,"RequestId":"r-1", "Text":"\u4e2d"}"#);
    assert_eq!(answer.request_id(), "r-1");
    let request = String::from_utf8(server.requests().remove(0)).unwrap();
    assert!(request.ends_with(r#"{"Id":9007199254740993}"#), "{request}");
    assert!(request.contains("x-tc-action: Anything\r\n"), "{request}");

    let error = client.call("2021-01-11", "SendSms", "[1]").send().unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::InvalidRequest, Delivery::NotSent));
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_call_by_name_knows_which_actions_may_be_repeated() {
    for (action, requests) in
        [("SendStatusStatistics", 2), ("SendSms", 1), ("PullSmsSendStatus", 1), ("Unknown", 1)]
    {
        let server = Server::of(&[Act::Close, Act::Answer(OK)]);
        let client = server.builder().build_blocking().unwrap();
        let outcome = client.call("2021-01-11", action, "{}").send();
        assert_eq!(outcome.is_ok(), requests == 2, "{action}");
        assert_eq!(server.requests().len(), requests, "{action}");
    }
}
