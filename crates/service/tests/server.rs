//! The service on sockets: connections, time limits, both ports, and stopping.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::net::SocketAddr;
use std::time::Duration;

use support::running::Running;
use support::{Call, HOST, NOW, send_sms, service, service_at};
use tcsms_service::{Clock, ListenError, listen};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

async fn read_answer(stream: &mut TcpStream) -> (u16, String) {
    support::wire::read_answer(stream).await.unwrap()
}

async fn ask(address: SocketAddr, request: &str) -> (u16, String) {
    support::wire::ask(address, request.as_bytes()).await.unwrap()
}

/// A signed send as it goes over the wire.
fn wire(phone: &str) -> Vec<u8> {
    support::wire::bytes(&Call::new("SendSms", &send_sms(&[phone])))
}

#[tokio::test]
async fn one_connection_carries_many_calls() {
    let running = Running::start(service("").await).await;
    let mut stream = TcpStream::connect(running.api).await.unwrap();
    for phone in ["+8613700000001", "+8613700000002"] {
        stream.write_all(&wire(phone)).await.unwrap();
        let (status, answer) = read_answer(&mut stream).await;
        assert_eq!(status, 200);
        assert!(answer.contains(r#""Code":"Ok""#) && answer.contains(phone), "{answer}");
    }
    // Two at once are answered in order.
    stream.write_all(&[wire("+8613700000003"), wire("+8613700000004")].concat()).await.unwrap();
    let mut both = String::new();
    while both.matches("RequestId").count() < 2 {
        let mut piece = [0; 4096];
        let read = stream.read(&mut piece).await.unwrap();
        assert_ne!(read, 0);
        both.push_str(&String::from_utf8_lossy(&piece[..read]));
    }
    assert!(both.find("13700000003").unwrap() < both.find("13700000004").unwrap());
    drop(stream);
    running.stop().await;
}

#[tokio::test]
async fn a_refused_body_is_answered_although_it_is_still_sent() {
    let running = Running::start(service("").await).await;
    let mut stream = TcpStream::connect(running.api).await.unwrap();
    let length = 12 * 1024 * 1024;
    let head = format!(
        "POST / HTTP/1.1\r\nHost: {HOST}\r\nX-TC-Action: SendSms\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&vec![b' '; length]).await.unwrap();
    let (status, answer) = read_answer(&mut stream).await;
    assert_eq!(status, 200);
    assert!(answer.contains("RequestSizeLimitExceeded"), "{answer}");
    drop(stream);

    // One that waits for the go-ahead does not get it.
    let head = head.replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n");
    let (status, answer) = ask(running.api, &head).await;
    assert_eq!(status, 200);
    assert!(answer.contains("RequestSizeLimitExceeded"), "{answer}");
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_slow_head_and_an_idle_connection_are_closed() {
    let running = Running::start(service("").await).await;
    for begin in [&b"POST / HTTP/1.1\r\nHost: a\r\nX-Slow:"[..], b""] {
        let mut stream = TcpStream::connect(running.api).await.unwrap();
        let started = Instant::now();
        stream.write_all(begin).await.unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        let after = started.elapsed();
        assert!((Duration::from_secs(59)..Duration::from_secs(62)).contains(&after), "{after:?}");
    }
    running.stop().await;
}

#[tokio::test]
async fn what_is_no_http_is_refused() {
    let running = Running::start(service("").await).await;
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"hello\r\n\r\n",
        b"GET / HTTP/1.1\r\nBad Header: x\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(running.api).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        assert!(rest.starts_with(b"HTTP/1.1 400"), "{}", String::from_utf8_lossy(&rest));
    }
    running.stop().await;
}

#[tokio::test]
async fn the_control_port_asks_for_the_token_and_has_no_api() {
    let running = Running::start(service("").await).await;
    let get = |path: &str, more: &str| format!("GET {path} HTTP/1.1\r\nHost: tcsms.internal\r\n{more}\r\n");
    let messages = "/_tcsms/v1/messages";
    assert_eq!(ask(running.control, &get(messages, "")).await.0, 401);
    assert_eq!(ask(running.control, &get(messages, "Authorization: Bearer open sesamE\r\n")).await.0, 401);
    assert_eq!(ask(running.control, &get(messages, "Authorization: Bearer open sesame\r\n")).await.0, 200);
    assert_eq!(ask(running.control, &get("/healthz", "")).await.0, 200);
    let (status, answer) = ask(running.control, &get("/", "Authorization: Bearer open sesame\r\n")).await;
    assert_eq!(status, 404);
    assert!(answer.contains("NotFound"), "{answer}");
    // The API's port is on a loopback address here, so the control API is there too.
    assert_eq!(ask(running.api, &format!("GET {messages} HTTP/1.1\r\nHost: localhost\r\n\r\n")).await.0, 200);
    running.stop().await;
}

#[tokio::test]
async fn stopping_finishes_the_calls_under_way() {
    let service = service_at(&Clock::frozen(NOW), "").await;
    let running = Running::start(service.clone()).await;
    let started = Instant::now();
    let mut idle = TcpStream::connect(running.api).await.unwrap();
    idle.write_all(&wire("+8613700000001")).await.unwrap();
    read_answer(&mut idle).await;
    // A call whose body is not complete yet, and one that waits for a message.
    let (head, tail) = (wire("+8613700000002"), wire("+8613700000002"));
    let (head, tail) = (&head[..head.len() - 5], &tail[tail.len() - 5..]);
    let mut sending = TcpStream::connect(running.api).await.unwrap();
    sending.write_all(head).await.unwrap();
    let mut waiting = TcpStream::connect(running.api).await.unwrap();
    let request = "GET /_tcsms/v1/messages?phone=13700000009&wait=60s HTTP/1.1\r\nHost: localhost\r\n\r\n";
    waiting.write_all(request.as_bytes()).await.unwrap();
    // All three are known to the service once it has answered a later connection.
    ask(running.api, &format!("GET /healthz HTTP/1.1\r\nHost: {HOST}\r\n\r\n")).await;

    running.stop.send(()).unwrap();
    assert!(read_answer(&mut waiting).await.1.contains(r#""matched":false"#));
    let mut rest = Vec::new();
    idle.read_to_end(&mut rest).await.unwrap();
    assert!(rest.is_empty(), "an idle connection is closed without a word");
    assert!(TcpStream::connect(running.api).await.is_err(), "no new connections");
    sending.write_all(tail).await.unwrap();
    let (_, answer) = read_answer(&mut sending).await;
    assert!(answer.contains(r#""Code":"Ok""#), "{answer}");
    running.task.await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(10), "nobody had to be broken off");
    let late = Call::new("SendSms", &send_sms(&["+8613700000003"])).send(&service).await;
    assert_eq!(late["Error"]["Code"], "InternalError.OtherError", "the store is closed");
}

#[tokio::test]
async fn a_busy_port_is_named() {
    let first = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = first.local_addr().unwrap();
    let error = listen(address).await.unwrap_err();
    assert!(matches!(error, ListenError::Busy(busy) if busy == address));
    assert_eq!(
        error.to_string(),
        format!(
            "cannot listen on {address}: another program uses the port; stop that one, or choose another port (0 picks a \
             free one)"
        )
    );
}
