//! What ill-meaning callers and callback targets send, and what they get for it.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::net::SocketAddr;
use std::time::Duration;

use http::Request;
use serde_json::{Value, json};
use support::running::{Running, TOKEN};
use support::{Call, body, control, send_sms, service, wire};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

/// What comes back for these bytes until the connection ends, which it must.
async fn told(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // Whoever is refused need not have been read to the end.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// That the service goes on.
async fn assert_alive(running: &Running) {
    let (status, answer) =
        wire::ask(running.api, &wire::bytes(&Call::new("SendSms", &send_sms(&["+8613700000001"]))))
            .await
            .unwrap();
    assert!(status == 200 && answer.contains("\"Ok\""), "{status} {answer}");
}

#[tokio::test]
async fn floods_of_headers_are_refused() {
    let running = Running::start(service("").await).await;
    let many = "X: y\r\n".repeat(10_000);
    let long = format!("X: {}\r\n", "y".repeat(200_000));
    let long_name = format!("{}: y\r\n", "X".repeat(100_000));
    for headers in [many, long, long_name] {
        let answer =
            told(running.api, format!("POST / HTTP/1.1\r\nHost: a\r\n{headers}\r\n").as_bytes()).await;
        let status = answer.get(9..12);
        assert!(matches!(status, Some("431" | "400")), "{answer}");
    }
    let target = format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(200_000));
    let answer = told(running.api, target.as_bytes()).await;
    assert!(matches!(answer.get(9..12), Some("414" | "431")), "{answer}");
    assert_alive(&running).await;
    running.stop().await;
}

#[tokio::test]
async fn where_one_request_ends_is_never_in_doubt() {
    let running = Running::start(service("").await).await;
    for framing in [
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: 5, 6\r\n",
        "Content-Length: 99999999999999999999999\r\n",
        "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding : chunked\r\n",
        "X: y\r\n folded: chunked\r\n",
    ] {
        let hidden = "GET /_tcsms/v1/messages HTTP/1.1\r\nHost: localhost\r\n\r\n";
        let request = format!("POST / HTTP/1.1\r\nHost: a\r\n{framing}\r\nabcde{hidden}");
        let answer = told(running.api, request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{framing:?}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{framing:?}: {answer}");
    }
    // Of both, the chunks count, and the connection ends: what follows is nobody's request.
    let both = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\
        GET /_tcsms/v1/messages HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let answer = told(running.api, both.as_bytes()).await;
    assert!(!answer.contains("\"messages\""), "{answer}");
    assert_alive(&running).await;
    running.stop().await;
}

#[tokio::test]
async fn chunks_that_are_none_end_the_call() {
    let running = Running::start(service("").await).await;
    for chunks in ["zz\r\nabc\r\n0\r\n\r\n", "ffffffffffffffffff\r\nabc", "3\r\nabcd\r\n0\r\n\r\n"] {
        let request = format!("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");
        let answer = told(running.api, request.as_bytes()).await;
        assert!(!answer.contains("\"SendStatusSet\""), "{chunks:?}: {answer}");
    }
    assert_alive(&running).await;
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_body_that_drips_is_given_up() {
    let running = Running::start(service("").await).await;
    let mut stream = TcpStream::connect(running.api).await.unwrap();
    let head =
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let started = Instant::now();
    let (mut read, mut write) = stream.into_split();
    let dripping = tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(5)).await;
            if write.write_all(b" ").await.is_err() {
                return;
            }
        }
    });
    let mut rest = Vec::new();
    let _ = read.read_to_end(&mut rest).await;
    let after = started.elapsed();
    assert!(after < Duration::from_secs(130), "{after:?}");
    dripping.abort();
    running.stop().await;
}

#[tokio::test]
async fn the_control_api_is_at_its_own_paths_only() {
    let running = Running::start(service("").await).await;
    let ask = async |address, target: &str, more: &str| {
        let request = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{more}\r\n");
        told(address, request.as_bytes()).await
    };
    for target in [
        "//_tcsms/v1/messages",
        "/x/../_tcsms/v1/messages",
        "/%5Ftcsms/v1/messages",
        "/_tcsms/v1/../v1/messages",
        "/_tcsms/v1/messages/",
        "/_tcsms/v1/messages/../messages",
        "/_tcsms/v1/%2e%2e/v1/messages",
        "/_TCSMS/v1/messages",
        "/_tcsms\\v1\\messages",
    ] {
        let answer = ask(running.api, target, "").await;
        assert!(!answer.contains("\"messages\""), "{target}: {answer}");
        // The port with the token is no way around it.
        let answer = ask(running.control, target, "").await;
        assert!(
            answer.starts_with("HTTP/1.1 401") || answer.starts_with("HTTP/1.1 400"),
            "{target}: {answer}"
        );
    }
    let token = format!("Authorization: Bearer {TOKEN}\r\n");
    assert!(ask(running.control, "/_tcsms/v1/messages", &token).await.contains("\"messages\""));
    for wrong in ["Bearer", "Bearer ", "Basic b3BlbiBzZXNhbWU=", "bearer open sesame", "Bearer open sesame "]
    {
        let header = format!("Authorization: {}x\r\n", wrong);
        let answer = ask(running.control, "/_tcsms/v1/messages", &header).await;
        assert!(answer.starts_with("HTTP/1.1 401"), "{wrong}: {answer}");
    }
    running.stop().await;
}

#[tokio::test]
async fn a_page_of_another_site_can_change_nothing() {
    let service = service("").await;
    // What a browser lets a foreign page send without asking first: forms and plain text, by GET and POST.
    for (method, path, kind) in [
        ("GET", "messages", "text/plain"),
        ("POST", "accounts", "application/x-www-form-urlencoded"),
        ("POST", "replies", "text/plain"),
        ("POST", "reports", "multipart/form-data; boundary=x"),
        ("POST", "signs/1/review", "text/plain"),
        ("PUT", "clock", "application/json"),
        ("DELETE", "messages", "text/plain"),
        ("GET", "events", "text/event-stream"),
    ] {
        for (name, value) in [
            ("origin", "http://evil.example"),
            ("origin", "null"),
            ("origin", "http://localhost.evil.example"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let request = Request::builder()
                .method(method)
                .uri(format!("/_tcsms/v1/{path}"))
                .header("host", "localhost:9180")
                .header("content-type", kind)
                .header(name, value)
                .body("{}".to_owned())
                .unwrap();
            let response = service.call(request).await;
            assert_eq!(response.status(), 403, "{method} {path} {name}: {value}");
            assert_eq!(body(response).await["error"]["code"], "CrossSite");
        }
        // A name that somebody points at 127.0.0.1.
        for host in ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:9180", "2130706433"] {
            let request = Request::builder()
                .method(method)
                .uri(format!("/_tcsms/v1/{path}"))
                .header("host", host)
                .body(String::new())
                .unwrap();
            let response = service.call(request).await;
            assert_eq!(response.status(), 403, "{method} {path} {host}");
            assert_eq!(body(response).await["error"]["code"], "ForbiddenHost");
        }
    }
    service.stop().await;
}

/// A callback target that answers with these bytes, and then with more of the same for ever when it is to.
async fn target(answer: String, endless: bool) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let answer = answer.clone();
            tokio::spawn(async move {
                let mut head = [0; 4096];
                let _ = stream.read(&mut head).await;
                let _ = stream.write_all(answer.as_bytes()).await;
                while endless && stream.write_all(&[b' '; 4096]).await.is_ok() {}
            });
        }
    });
    address
}

/// What the first attempt to push to this URL came to.
async fn pushed(url: &str, more: &str) -> String {
    let service =
        service(&format!("[delivery]\ndelay = \"0s\"\n[callbacks]\ntimeout = \"2s\"\n{more}")).await;
    let account = json!({"statusUrl": url, "limits": "off"}).to_string();
    let (status, made) = control(&service, "POST", "/_tcsms/v1/accounts", &account).await;
    assert_eq!(status, 200, "{made}");
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    let (id, key) = (text("secretId").leak(), text("secretKey").leak());
    let send = send_sms(&["+8613700000001"]).replace("1400787878", &text("sdkAppId"));
    let sent = Call { secret_id: id, secret_key: key, ..Call::new("SendSms", &send) }.send(&service).await;
    assert_eq!(sent["SendStatusSet"][0]["Code"], "Ok", "{sent}");
    let deadline = std::time::Instant::now() + Duration::from_secs(60);
    loop {
        let (_, list) = control(&service, "GET", "/_tcsms/v1/callbacks", "").await;
        if let Some(Value::String(outcome)) = list["attempts"][0].get("outcome") {
            let outcome = outcome.clone();
            service.stop().await;
            return outcome;
        }
        assert!(std::time::Instant::now() < deadline, "no attempt");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_callback_is_no_way_into_the_network() {
    let barred = "allow_private = false\n";
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "0x7f.1"] {
        let outcome = pushed(&format!("http://{host}:{port}/"), barred).await;
        let refused =
            outcome.contains("an address of a private network") || outcome.contains("cannot be found");
        assert!(refused, "{host}: {outcome}");
    }
    let none = tokio::time::timeout(Duration::ZERO, listener.accept()).await;
    assert!(none.is_err(), "somebody called");

    // Where private addresses are allowed, an answer still leads nowhere else.
    let elsewhere =
        format!("HTTP/1.1 307 x\r\nLocation: http://127.0.0.1:{port}/\r\nContent-Length: 0\r\n\r\n");
    let target = target(elsewhere, false).await;
    assert_eq!(pushed(&format!("http://{target}/"), "").await, "HTTP status 307");
    assert!(tokio::time::timeout(Duration::ZERO, listener.accept()).await.is_err(), "it went there");
}

#[tokio::test]
async fn what_a_callback_target_sends_is_bounded() {
    let endless_body = target("HTTP/1.1 200 OK\r\n\r\n".to_owned(), true).await;
    let outcome = pushed(&format!("http://{endless_body}/"), "").await;
    assert!(outcome.contains("length limit exceeded") || outcome.contains("too long"), "{outcome}");
    let endless_head = target("HTTP/1.1 200 OK\r\nX: ".to_owned(), true).await;
    let outcome = pushed(&format!("http://{endless_head}/"), "").await;
    assert!(!outcome.is_empty() && outcome != "ok", "{outcome}");
    let no_http = target("SSH-2.0-OpenSSH_9\r\n".to_owned(), false).await;
    let outcome = pushed(&format!("http://{no_http}/"), "").await;
    assert!(!outcome.is_empty() && outcome != "ok", "{outcome}");
}

#[tokio::test]
async fn only_web_addresses_can_be_called_back() {
    let service = service("").await;
    for url in [
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:25/x",
        "//example.com",
        "example.com",
        "",
    ] {
        let account = json!({"statusUrl": url}).to_string();
        let (status, told) = control(&service, "POST", "/_tcsms/v1/accounts", &account).await;
        assert_eq!(status, 400, "{url}: {told}");
        assert!(told["error"]["message"].as_str().unwrap().contains("http"), "{told}");
    }
    service.stop().await;
}
