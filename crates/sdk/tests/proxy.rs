//! Calls through proxies: what the proxy is asked, and what is said when it does not do it.

#![cfg(any(feature = "tls-aws-lc", feature = "tls-ring"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use support::certified::{self, file};
use support::{Act, Driver, OK, Server, answer, builder, header};
use tcsms::{ClientBuilder, Delivery, ErrorKind, HttpMethod, SignMethod, Step};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;

const OPENED: &[u8] = b"HTTP/1.1 200 Connection established\r\n\r\n";
const NAME: &[u8] = b"sms.tencentcloudapi.com";

/// What the proxy reads before it writes something.
#[derive(Clone, Copy)]
enum Ask {
    /// A head of HTTP.
    Head,
    Bytes(usize),
}

/// A proxy that reads and answers by a script, and then carries bytes to `upstream`, or hangs up.
struct Fake {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<Vec<u8>>>>,
    _runtime: tokio::runtime::Runtime,
}

/// How many bytes SOCKS5 brings, and what is answered.
type Steps<'a> = &'a [(usize, &'a [u8])];

#[derive(Clone)]
struct Script {
    steps: Vec<(Ask, Vec<u8>)>,
    upstream: Option<SocketAddr>,
    /// Whether the proxy itself speaks TLS.
    tls: bool,
}

impl Fake {
    fn start(script: Script) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&heard);
        runtime.spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (script, log) = (script.clone(), Arc::clone(&log));
                tokio::spawn(async move {
                    if script.tls {
                        if let Ok(stream) = TlsAcceptor::from(certified::config()).accept(stream).await {
                            serve(stream, script, log).await;
                        }
                    } else {
                        serve(stream, script, log).await;
                    }
                });
            }
        });
        Self { address, heard, _runtime: runtime }
    }

    /// Answers CONNECT like this.
    fn http(answer: &[u8], upstream: Option<SocketAddr>) -> Self {
        Self::start(Script { steps: vec![(Ask::Head, answer.to_vec())], upstream, tls: false })
    }

    fn socks(steps: Steps<'_>, upstream: Option<SocketAddr>) -> Self {
        let steps = steps.iter().map(|(count, answer)| (Ask::Bytes(*count), answer.to_vec())).collect();
        Self::start(Script { steps, upstream, tls: false })
    }

    fn heard(&self) -> Vec<Vec<u8>> {
        self.heard.lock().unwrap().clone()
    }
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    script: Script,
    log: Arc<Mutex<Vec<Vec<u8>>>>,
) {
    for (ask, answer) in script.steps {
        let mut bytes = Vec::new();
        loop {
            match ask {
                Ask::Head if bytes.ends_with(b"\r\n\r\n") => break,
                Ask::Bytes(count) if bytes.len() == count => break,
                _ => match stream.read_u8().await {
                    Ok(byte) => bytes.push(byte),
                    Err(_) => return,
                },
            }
        }
        log.lock().unwrap().push(bytes);
        if stream.write_all(&answer).await.is_err() || stream.flush().await.is_err() {
            return;
        }
    }
    if let Some(upstream) = script.upstream {
        let mut upstream = tokio::net::TcpStream::connect(upstream).await.unwrap();
        let _ = tokio::io::copy_bidirectional(&mut stream, &mut upstream).await;
    } else {
        let _ = stream.shutdown().await;
        let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    }
}

/// A client of the real endpoint's name, which must never be reached from here.
fn through(url: String) -> impl Fn() -> ClientBuilder {
    move || builder().ca_file(file("ca.pem")).proxy(url.as_str())
}

#[test]
fn an_https_endpoint_is_reached_by_connect_and_the_proxy_sees_no_more() {
    for (login, expected) in [
        ("", ""),
        ("user:p%40ss@", "Proxy-Authorization: Basic dXNlcjpwQHNz\r\n"),
        ("user@", "Proxy-Authorization: Basic dXNlcjo=\r\n"),
    ] {
        let fake = Fake::http(OPENED, Some(certified::server()));
        for driver in Driver::both(through(format!("http://{login}{}", fake.address))) {
            for _ in 0..3 {
                assert_eq!(driver.send_sms().unwrap().request_id, "r-ok");
            }
        }
        let asked = format!(
            "CONNECT sms.tencentcloudapi.com:443 HTTP/1.1\r\nHost: sms.tencentcloudapi.com:443\r\n{expected}\r\n"
        );
        assert_eq!(fake.heard(), [asked.as_bytes(), asked.as_bytes()], "one connection for each client");
    }
}

#[test]
fn a_proxy_may_speak_tls_itself() {
    let script =
        Script { steps: vec![(Ask::Head, OPENED.to_vec())], upstream: Some(certified::server()), tls: true };
    let fake = Fake::start(script);
    for driver in Driver::both(through(format!("https://u:p@{}", fake.address))) {
        for _ in 0..2 {
            assert_eq!(driver.send_sms().unwrap().request_id, "r-ok");
        }
    }
    assert_eq!(fake.heard().len(), 2);
    // The authority counts for the endpoint behind a proxy as it does without one.
    let plain = Fake::http(OPENED, Some(certified::server()));
    let client = builder().proxy(format!("http://{}", plain.address)).build_blocking().unwrap();
    let error = client.request(support::send_sms()).send().unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::Tls, Some(Step::Tls)), "{error}");
    assert!(error.message().contains(&format!("through the proxy {}", plain.address)), "{error}");
    // Nobody vouches for it where its authority is not given.
    for driver in Driver::both(|| builder().proxy(format!("https://{}", fake.address))) {
        let error = driver.send_sms().unwrap_err();
        assert_eq!((error.kind(), error.step()), (ErrorKind::Tls, Some(Step::Proxy)), "{error}");
        assert_eq!((error.delivery(), error.attempts()), (Delivery::NotSent, 1));
    }
}

#[test]
fn https_to_a_proxy_without_tls_is_told_as_such() {
    let refuses = Fake::start(Script {
        // What a plain proxy thinks of the first bytes of TLS.
        steps: vec![(Ask::Bytes(5), b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec())],
        upstream: None,
        tls: false,
    });
    let hangs_up = Fake::start(Script { steps: vec![], upstream: None, tls: false });
    for (fake, kind, part) in [
        (&refuses, ErrorKind::Tls, "the proxy does not speak TLS: try it with http://"),
        (&hangs_up, ErrorKind::Network, "if the proxy does not speak TLS, try it with http://"),
    ] {
        for driver in Driver::both(through(format!("https://user:PASSWORD@{}", fake.address))) {
            let error = driver.send_sms().unwrap_err();
            assert_eq!((error.kind(), error.step()), (kind, Some(Step::Proxy)), "{error}");
            assert_eq!(error.delivery(), Delivery::NotSent);
            assert!(error.message().contains(part), "{error}");
            assert!(!format!("{error} {error:?}").contains("PASSWORD"));
        }
    }
}

#[test]
fn a_refusal_of_connect_says_why_and_that_nothing_was_sent() {
    use ErrorKind::{Connect, Network, Proxy};
    let endless = [b"HTTP/1.1 200 OK\r\nX: ".to_vec(), vec![b'x'; 20_000]].concat();
    let table: [(&[u8], ErrorKind, u32, &str); 11] = [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 3\r\n\r\nno!", Proxy, 1, "407"),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", Proxy, 1, "403"),
        (b"HTTP/1.0 501 Not Implemented\r\n\r\n", Proxy, 1, "501"),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n<html>", Connect, 3, "502"),
        (b"HTTP/1.1 504 Gateway Timeout\r\n\r\n", Connect, 3, "504"),
        (b"SSH-2.0-OpenSSH_9.9\r\n", Proxy, 1, "does not speak HTTP"),
        (b"\x15\x03\x01\x00\x02\x02\x46", Proxy, 1, "https://"),
        (b"HTTP/1.1 abc\r\n\r\n", Proxy, 1, "no status"),
        (b"HTTP/1.1 200 OK\r\n\r\nmore", Proxy, 1, "more than its answer"),
        (&endless, Proxy, 1, "longer than"),
        (b"HTTP/1.1 200 O", Network, 3, "closed the connection"),
    ];
    for (raw, kind, attempts, part) in table {
        for login in ["", "user:PASSWORD@"] {
            let fake = Fake::http(raw, None);
            let builder = through(format!("http://{login}{}", fake.address));
            let driver = &Driver::both(|| {
                builder().retry(tcsms::RetryPolicy::safe().with_pause(Duration::from_millis(1)))
            })[attempts as usize % 2];
            let error = driver.send_sms().unwrap_err();
            let text = format!("{error} {error:?}");
            assert_eq!((error.kind(), error.step()), (kind, Some(Step::Proxy)), "{text}");
            assert_eq!((error.delivery(), error.attempts()), (Delivery::NotSent, attempts), "{text}");
            assert!(text.contains(part) && text.contains(&fake.address.to_string()), "{text}");
            assert!(!text.contains("PASSWORD"), "{text}");
        }
    }
}

#[test]
fn the_advice_about_a_login_depends_on_whether_there_was_one() {
    let fake = Fake::http(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", None);
    for (login, part) in
        [("", "wants a user and a password"), ("user:x@", "refused the user or the password")]
    {
        let url = format!("http://{login}{}", fake.address);
        let error = through(url)().build_blocking().unwrap().request(support::send_sms()).send().unwrap_err();
        assert!(error.message().contains(part), "{error}");
    }
}

#[test]
fn a_plain_endpoint_is_named_whole_in_the_request_line() {
    for (method, sign) in [
        (HttpMethod::Post, SignMethod::Tc3HmacSha256),
        (HttpMethod::Get, SignMethod::Tc3HmacSha256),
        (HttpMethod::Get, SignMethod::HmacSha256),
        (HttpMethod::Post, SignMethod::HmacSha1),
    ] {
        let server = Server::of(&[Act::Answer(OK)]);
        // Without a scheme it is an HTTP proxy.
        let url = format!("user:p%40ss@{}", server.address);
        let builder = || {
            builder()
                .endpoint("http://sms.tencentcloudapi.com")
                .allow_plain_http(true)
                .http_method(method)
                .sign_method(sign)
                .proxy(&url)
        };
        let drivers = Driver::both(builder);
        for driver in &drivers {
            driver.send_sms().unwrap();
            driver.send_sms().unwrap();
        }
        assert_eq!((server.requests().len(), server.connections()), (4, 2));
        for request in server.requests() {
            let text = String::from_utf8_lossy(&request).into_owned();
            let start = match method {
                HttpMethod::Get => "GET http://sms.tencentcloudapi.com/?",
                _ => "POST http://sms.tencentcloudapi.com/ HTTP/1.1\r\n",
            };
            assert!(text.starts_with(start), "{text}");
            assert_eq!(text.to_ascii_lowercase().matches("\r\nhost:").count(), 1);
            assert_eq!(header(&request, "host").unwrap(), "sms.tencentcloudapi.com");
            assert_eq!(header(&request, "proxy-authorization").unwrap(), "Basic dXNlcjpwQHNz");
        }
    }
}

#[test]
fn what_a_proxy_says_in_place_of_the_service_is_told_apart() {
    let page =
        |status: &str| Act::Raw(format!("HTTP/1.1 {status}\r\nContent-Length: 6\r\n\r\n<html>").into_bytes());
    for (status, expected) in [
        ("407 No", (ErrorKind::Proxy, Some(Step::Proxy), Delivery::NotSent, 1)),
        // It may have passed the request on before it gave up.
        ("502 No", (ErrorKind::InvalidAnswer, Some(Step::Read), Delivery::MaybeSent, 1)),
    ] {
        let server = Server::of(&[page(status)]);
        let url = format!("http://user:PASSWORD@{}", server.address);
        for driver in
            Driver::both(|| builder().endpoint("http://sms.example").allow_plain_http(true).proxy(&url))
        {
            let error = driver.send_sms().unwrap_err();
            assert_eq!((error.kind(), error.step(), error.delivery(), error.attempts()), expected, "{error}");
            assert!(!format!("{error} {error:?}").contains("PASSWORD"));
        }
    }
    // Without a proxy this status is nobody's word.
    let server = Server::of(&[page("407 No")]);
    let error = server.builder().build_blocking().unwrap().request(support::send_sms()).send().unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::InvalidAnswer, Delivery::MaybeSent));
}

#[test]
fn an_explicit_proxy_counts_for_this_machine_and_for_a_replaced_address() {
    let server = Server::of(&[Act::Answer(OK)]);
    let url = format!("http://{}", server.address);
    for driver in Driver::both(|| builder().endpoint("http://127.0.0.1:9").proxy(&url)) {
        driver.send_sms().unwrap();
    }
    assert!(server.requests()[0].starts_with(b"POST http://127.0.0.1:9/ HTTP/1.1\r\n"));

    // A request that is passed on would arrive under the replaced address's name: the signature would not hold.
    let behind = Server::of(&[Act::Answer(OK)]);
    let fake = Fake::http(OPENED, Some(behind.address));
    for driver in Driver::both(|| behind.builder().proxy(format!("http://{}", fake.address))) {
        driver.send_sms().unwrap();
    }
    let asked = format!("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n\r\n", behind.address);
    assert_eq!(fake.heard()[0], asked.as_bytes());
    let request = &behind.requests()[0];
    assert!(request.starts_with(b"POST / HTTP/1.1\r\n"));
    assert_eq!(header(request, "host").unwrap(), "sms.tencentcloudapi.com");
}

#[test]
fn the_proxy_of_one_client_is_not_that_of_another() {
    let server = Server::of(&[Act::Answer(OK)]);
    let nowhere = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for driver in Driver::both(|| server.builder().proxy(format!("http://{nowhere}")).no_proxy()) {
        driver.send_sms().unwrap();
    }
    let error = builder().proxy("ftp://u:PASSWORD@h").build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let text = format!("{error} {error:?} {:?}", builder().proxy("http://u:PASSWORD@h"));
    assert!(!text.contains("PASSWORD"), "{text}");
    // Plain http does not leave this machine by way of a proxy elsewhere either.
    let error = builder().endpoint("http://127.0.0.1:9").proxy("http://10.0.0.1:3128").build().unwrap_err();
    assert!(error.message().contains("TCSMS_CONNECT_TO_PLAIN"), "{error}");
}

/// The request to SOCKS5 for the endpoint, by its name.
fn socks_request() -> Vec<u8> {
    [b"\x05\x01\x00\x03", &[NAME.len() as u8][..], NAME, &443_u16.to_be_bytes()].concat()
}

const SOCKS_OPENED: &[u8] = b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00";

#[test]
fn socks5_gets_the_name_of_the_endpoint() {
    let request = socks_request();
    let kinds_of_reply: [&[u8]; 3] = [
        SOCKS_OPENED,
        b"\x05\x00\x00\x03\x04host\x00\x01",
        b"\x05\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x01",
    ];
    for reply in kinds_of_reply {
        let steps: Steps<'_> = &[(3, b"\x05\x00"), (request.len(), reply)];
        let fake = Fake::socks(steps, Some(certified::server()));
        for driver in Driver::both(through(format!("socks5://{}", fake.address))) {
            assert_eq!(driver.send_sms().unwrap().request_id, "r-ok");
            assert_eq!(driver.send_sms().unwrap().request_id, "r-ok");
        }
        let once = [b"\x05\x01\x00".to_vec(), request.clone()];
        assert_eq!(fake.heard(), [&once[..], &once].concat());
    }
}

#[test]
fn socks5_gets_user_and_password_when_it_wants_them() {
    let request = socks_request();
    let wants: Steps<'_> = &[(4, b"\x05\x02"), (12, b"\x01\x00"), (request.len(), SOCKS_OPENED)];
    let fake = Fake::socks(wants, Some(certified::server()));
    let builder = through(format!("socks5h://user:p%40%3Ass@{}", fake.address));
    builder().build_blocking().unwrap().request(support::send_sms()).send().unwrap();
    let login = b"\x01\x04user\x05p@:ss".to_vec();
    assert_eq!(fake.heard(), [b"\x05\x02\x00\x02".to_vec(), login, request.clone()]);

    let does_not: Steps<'_> = &[(4, b"\x05\x00"), (request.len(), SOCKS_OPENED)];
    let fake = Fake::socks(does_not, Some(certified::server()));
    let builder = through(format!("socks5://user:p@{}", fake.address));
    builder().build_blocking().unwrap().request(support::send_sms()).send().unwrap();
    assert_eq!(fake.heard().len(), 2);
}

#[test]
fn socks5_carries_plain_http_and_addresses_too() {
    for listen in ["127.0.0.1:0", "[::1]:0"] {
        let Ok(probe) = std::net::TcpListener::bind(listen) else { continue };
        let server = Server::of(&[Act::Answer(OK)]);
        let named = probe.local_addr().unwrap();
        let address: &[u8] = if named.is_ipv4() {
            &[1, 127, 0, 0, 1]
        } else {
            &[4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
        };
        let request = [b"\x05\x01\x00", address, &named.port().to_be_bytes()].concat();
        let steps: Steps<'_> = &[(3, b"\x05\x00"), (request.len(), SOCKS_OPENED)];
        let fake = Fake::socks(steps, Some(server.address));
        let builder =
            builder().endpoint(format!("http://{named}")).proxy(format!("socks5://{}", fake.address));
        builder.build_blocking().unwrap().request(support::send_sms()).send().unwrap();
        assert_eq!(fake.heard()[1], request);
        assert!(server.requests()[0].starts_with(b"POST / HTTP/1.1\r\n"));
        assert_eq!(header(&server.requests()[0], "proxy-authorization"), None);
    }
}

#[test]
fn a_refusal_of_socks5_says_why_and_that_nothing_was_sent() {
    use ErrorKind::{Connect, Network, Proxy};
    let length = socks_request().len();
    let table: [(&str, Steps<'_>, ErrorKind, &str); 12] = [
        ("", &[(3, b"\x05\xff")], Proxy, "wants a user and a password"),
        ("u:PASSWORD@", &[(4, b"\x05\xff")], Proxy, "neither"),
        ("u:PASSWORD@", &[(4, b"\x05\x02"), (12, b"\x01\x01")], Proxy, "refused the user or the password"),
        ("", &[(3, b"\x05\x02")], Proxy, "does not speak SOCKS5"),
        ("", &[(3, b"HTTP/1.1 400 Bad Request\r\n\r\n")], Proxy, "http://"),
        ("", &[(3, b"")], Network, "broke"),
        ("", &[(3, b"\x05\x00"), (length, b"\x05\x00\x00")], Network, "broke"),
        ("", &[(3, b"\x05\x00"), (length, b"\x05\x01\x00\x01\0\0\0\0\0\0")], Connect, "general failure"),
        ("", &[(3, b"\x05\x00"), (length, b"\x05\x02\x00\x01\0\0\0\0\0\0")], Proxy, "rules"),
        ("", &[(3, b"\x05\x00"), (length, b"\x05\x04\x00\x01\0\0\0\0\0\0")], Connect, "host unreachable"),
        ("", &[(3, b"\x05\x00"), (length, b"\x05\x05\x00\x01\0\0\0\0\0\0")], Connect, "refused"),
        ("", &[(3, b"\x05\x00"), (length, b"\x05\x07\x00\x01\0\0\0\0\0\0")], Proxy, "reply 7"),
    ];
    for (login, steps, kind, part) in table {
        let fake = Fake::socks(steps, None);
        let builder = through(format!("socks5://{login}{}", fake.address));
        for driver in Driver::both(|| builder().retry(tcsms::RetryPolicy::never())) {
            let error = driver.send_sms().unwrap_err();
            let text = format!("{error} {error:?}");
            assert_eq!((error.kind(), error.step()), (kind, Some(Step::Proxy)), "{text}");
            assert_eq!(error.delivery(), Delivery::NotSent, "{text}");
            assert!(text.contains(part) && text.contains(&fake.address.to_string()), "{text}");
            assert!(!text.contains("PASSWORD"), "{text}");
        }
    }
}

#[test]
fn a_proxy_that_is_not_there_is_named() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let once = tcsms::RetryPolicy::never;
    for driver in Driver::both(|| builder().retry(once()).proxy(format!("http://u:PASSWORD@{gone}"))) {
        let error = driver.send_sms().unwrap_err();
        assert_eq!((error.kind(), error.step()), (ErrorKind::Connect, Some(Step::Connect)), "{error}");
        assert!(error.message().contains(&format!("the proxy {gone}")), "{error}");
        assert!(!format!("{error} {error:?}").contains("PASSWORD"));
    }
    for driver in Driver::both(|| builder().retry(once()).proxy("http://proxy.invalid:3128")) {
        let error = driver.send_sms().unwrap_err();
        assert_eq!((error.kind(), error.step()), (ErrorKind::Resolve, Some(Step::Resolve)), "{error}");
        assert!(error.message().contains("proxy.invalid"), "{error}");
    }
}

#[test]
fn a_proxy_that_says_nothing_is_given_up_in_time() {
    let fake = Server::of(&[Act::Hang]);
    for (scheme, part) in [("http", "did not open the way"), ("https", "http://"), ("socks5", "did not open")]
    {
        let builder = through(format!("{scheme}://{}", fake.address));
        let limit = Duration::from_millis(200);
        for driver in Driver::both(|| builder().connect_timeout(limit).retry(tcsms::RetryPolicy::never())) {
            let error = driver.send_sms().unwrap_err();
            assert_eq!((error.kind(), error.step()), (ErrorKind::Timeout, Some(Step::Proxy)), "{error}");
            assert_eq!(error.delivery(), Delivery::NotSent);
            assert!(error.message().contains(part), "{error}");
        }
    }
}

#[test]
fn a_break_behind_the_proxy_is_judged_like_any_other() {
    // The proxy passes the request on, then nothing comes: it may have arrived.
    let behind = Server::of(&[Act::Close]);
    let fake = Fake::http(OPENED, Some(behind.address));
    for driver in Driver::both(|| behind.builder().proxy(format!("http://{}", fake.address))) {
        let error = driver.send_sms().unwrap_err();
        assert_eq!((error.step(), error.delivery()), (Some(Step::Wait), Delivery::MaybeSent), "{error}");
        assert_eq!(error.attempts(), 1);
    }
    let half = answer(OK);
    let behind = Server::of(&[Act::Raw(half[..half.len() - 9].to_vec())]);
    let fake = Fake::http(OPENED, Some(behind.address));
    let builder = behind.builder().proxy(format!("http://{}", fake.address));
    let error = builder.build_blocking().unwrap().request(support::send_sms()).send().unwrap_err();
    assert_eq!((error.step(), error.delivery()), (Some(Step::Read), Delivery::MaybeSent), "{error}");
}
