//! Answers that are odd: read where their meaning is certain, named where it is not.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::time::Duration;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use support::{Act, Driver, OK, Server, answer, builder, header, send_sms};
use tcsms::{Delivery, Error, ErrorKind, RetryPolicy, Step};

fn told(error: &Error) -> (ErrorKind, Delivery, Option<Step>) {
    (error.kind(), error.delivery(), error.step())
}

/// An answer with this head, the length included, and body.
fn raw(head: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\n{head}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// What every client says of an answer that never is one.
fn refusals(bytes: Vec<u8>) -> Vec<Error> {
    let server = Server::of(&[Act::Raw(bytes)]);
    Driver::both(|| server.builder()).iter().map(|driver| driver.send_sms().unwrap_err()).collect()
}

#[test]
fn answers_of_unusual_but_certain_form_are_read() {
    let chunked = [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n".to_vec(),
        format!("{:x};note=1\r\n{OK}\r\n0\r\nX-Sum: 1\r\n\r\n", OK.len()).into_bytes(),
    ]
    .concat();
    let interim =
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n";
    for (what, bytes) in [
        ("trailers", chunked),
        ("HTTP/1.0 to its end", [b"HTTP/1.0 200 OK\r\n\r\n", OK.as_bytes()].concat()),
        ("HTTP/1.1 to its end", [b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", OK.as_bytes()].concat()),
        ("interim answers", [&interim[..], &answer(OK)].concat()),
        ("another content type", raw("Content-Type: text/html\r\n", OK.as_bytes())),
        ("no content type", raw("", OK.as_bytes())),
        (
            "no reason",
            [b"HTTP/1.1 200\r\nContent-Length: 1000\r\n\r\n", OK.as_bytes(), &[b' '; 1000]].concat()
                [..40 + 1000]
                .to_vec(),
        ),
    ] {
        let server = Server::of(&[Act::Raw(bytes)]);
        for driver in Driver::both(|| server.builder()) {
            let answer = driver.send_sms().unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(answer.request_id, "r-ok", "{what}");
        }
    }
}

#[test]
fn answers_that_are_none_are_named_and_not_repeated() {
    let headers: String = (0..200).map(|number| format!("X-{number}: x\r\n")).collect();
    let large = format!("X: {}\r\n", "x".repeat(1 << 20));
    let moved = |status: u16| {
        format!("HTTP/1.1 {status} Moved\r\nLocation: https://elsewhere/\r\nContent-Length: 0\r\n\r\n")
            .into_bytes()
    };
    let interim = b"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(60_000);
    let short = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{OK}", OK.len() - 9).into_bytes();
    let twice = raw("Content-Length: 3\r\n", OK.as_bytes());
    let early = format!("HTTP/1.1 200 OK\r\n\r\n{}", &OK[..40]).into_bytes();
    let page =
        b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 14\r\n\r\n<h1>nginx</h1>";
    let switch = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n".to_vec();
    let next = b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec();
    for (what, bytes, part) in [
        ("too many headers", raw(&headers, OK.as_bytes()), "head is too large"),
        ("a large header", raw(&large, OK.as_bytes()), "head is too large"),
        ("301", moved(301), "redirects to `https://elsewhere/`"),
        ("307", moved(307), "HTTP status 307"),
        ("308", moved(308), "HTTP status 308"),
        ("endless interim answers", interim, "interim answers"),
        ("a length that is too short", short, "not an answer of the API"),
        ("two lengths", twice, "no HTTP"),
        ("an early end", early, "not an answer of the API"),
        ("a gateway's page", page.to_vec(), "HTTP status 502, its content type is `text/html`"),
        ("another protocol", switch, "101"),
        ("another version", next, "no HTTP"),
    ] {
        for error in refusals(bytes.clone()) {
            assert_eq!(
                told(&error),
                (ErrorKind::InvalidAnswer, Delivery::MaybeSent, Some(Step::Read)),
                "{what}: {error}"
            );
            assert!(error.message().contains(part), "{what}: {error}");
            assert_eq!(error.attempts(), 1, "{what}");
        }
    }
}

#[test]
fn an_answer_that_ends_too_early_is_a_broken_connection() {
    let long = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{OK}", OK.len() + 1).into_bytes();
    let chunk = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{OK}\r\n", OK.len());
    for bytes in [long, chunk.into_bytes(), b"HTTP/1.1 20".to_vec(), b"HTTP/1.1 200 OK\r\nContent-".to_vec()]
    {
        for error in refusals(bytes.clone()) {
            assert_eq!(told(&error), (ErrorKind::Network, Delivery::MaybeSent, Some(Step::Read)), "{error}");
        }
    }
}

#[test]
fn what_follows_an_answer_is_never_taken_for_the_next_one() {
    let first = answer(&OK.replace("r-ok", "r-first"));
    let stray = answer(&OK.replace("r-ok", "r-stray"));
    for (what, after) in
        [("a second answer", stray), ("noise", b"garbage\r\n".to_vec()), ("a line", b"\r\n".to_vec())]
    {
        for index in 0..2 {
            let server = Server::of(&[Act::RawAndKeep([&first[..], &after].concat()), Act::Answer(OK)]);
            let driver = &Driver::both(|| server.builder())[index];
            assert_eq!(driver.send_sms().unwrap().request_id, "r-first", "{what}");
            for _ in 0..2 {
                assert_eq!(driver.send_sms().unwrap().request_id, "r-ok", "{what}, {}", driver.name());
            }
            assert_eq!(server.connections(), 2, "{what}, {}", driver.name());
        }
    }
}

/// A server that answers, or says something, before it has read the request.
fn hasty(words: Vec<u8>, reads: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut some = vec![0; reads];
            if stream.read_exact(&mut some).is_err() {
                continue;
            }
            let _ = stream.write_all(&words);
            let _ = stream.shutdown(Shutdown::Write);
            // Nothing more is read until the client ends: it can neither finish writing nor wait for that.
            std::thread::spawn(move || {
                let mut byte = [0; 1];
                while stream.peek(&mut byte).is_ok_and(|count| count > 0)
                    && stream.take_error().is_ok_and(|error| error.is_none())
                {
                    if stream.read(&mut [0; 65_536]).is_err() {
                        break;
                    }
                }
            });
        }
    });
    format!("http://{address}")
}

#[test]
fn an_answer_before_the_request_was_written_whole_ends_the_call() {
    let refusal =
        b"HTTP/1.1 413 Payload Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".to_vec();
    let address = hasty(refusal, 1000);
    let text = "x".repeat(8 << 20);
    for driver in Driver::both(|| builder().connect_to(&address).attempt_timeout(Duration::from_secs(20))) {
        let error = driver.send(send_sms().session_context(&text)).unwrap_err();
        assert_eq!(
            told(&error),
            (ErrorKind::InvalidAnswer, Delivery::MaybeSent, Some(Step::Read)),
            "{error}"
        );
        assert!(error.message().contains("413"), "{error}");
    }
}

#[test]
fn a_server_of_another_protocol_that_speaks_first_is_never_believed() {
    let address = hasty(b"220 mail.example ESMTP\r\n".to_vec(), 0);
    for driver in Driver::both(|| builder().connect_to(&address).retry(RetryPolicy::never())) {
        let error = driver.send_sms().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidAnswer | ErrorKind::Network), "{error}");
        assert!(error.step().is_some());
    }
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn compressed_answers_are_read_whether_asked_for_or_not() {
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
    zlib.write_all(OK.as_bytes()).unwrap();
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
    deflate.write_all(OK.as_bytes()).unwrap();
    for (encoding, body) in [
        ("gzip", gzip(OK)),
        ("deflate", zlib.finish().unwrap()),
        ("deflate", deflate.finish().unwrap()),
        ("identity", OK.as_bytes().to_vec()),
    ] {
        let bytes = raw(&format!("Content-Encoding: {encoding}\r\n"), &body);
        for ask in [false, true] {
            let server = Server::of(&[Act::RawAndKeep(bytes.clone())]);
            for driver in Driver::both(|| server.builder().compression(ask)) {
                for _ in 0..2 {
                    assert_eq!(driver.send_sms().unwrap().request_id, "r-ok", "{encoding}");
                }
                let asked = header(&server.requests()[0], "accept-encoding");
                assert_eq!(asked.as_deref(), ask.then_some("gzip, deflate"));
            }
            assert_eq!(server.connections(), 2, "they are kept");
        }
    }
}

#[test]
fn a_compression_that_cannot_be_undone_is_named() {
    let bomb = gzip(&" ".repeat(64 << 20));
    assert!(bomb.len() < 100_000);
    for (head, body, part) in [
        ("Content-Encoding: br\r\n", OK.as_bytes().to_vec(), "content encoding `br`"),
        ("Content-Encoding: gzip\r\n", OK.as_bytes().to_vec(), "its body is not"),
        ("Content-Encoding: gzip\r\n", bomb, "larger than 100000 bytes"),
    ] {
        let server = Server::of(&[Act::Raw(raw(head, &body))]);
        for driver in Driver::both(|| server.builder().max_answer_bytes(100_000)) {
            let error = driver.send_sms().unwrap_err();
            assert_eq!(
                told(&error),
                (ErrorKind::InvalidAnswer, Delivery::MaybeSent, Some(Step::Read)),
                "{error}"
            );
            assert!(error.message().contains(part), "{error}");
        }
    }
    let page = b"HTTP/1.1 503 Busy\r\nContent-Encoding: zstd\r\nContent-Length: 4\r\n\r\nxxxx".to_vec();
    for error in refusals(page) {
        assert!(error.message().contains("503") && error.message().contains("zstd"), "{error}");
    }
}
