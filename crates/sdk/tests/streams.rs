//! Server-sent events by both clients.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::time::Duration;

use support::{Act, Driver, LIMITED, OK, Server, answer, builder};
use tcsms::{ClientBuilder, Delivery, Error, ErrorKind, Event, EventStream, Step, Streamed, blocking};

const HEAD: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n";
const END: &str = "0\r\n\r\n";

fn chunk(text: &str) -> String {
    format!("{:x}\r\n{text}\r\n", text.len())
}

/// An answer of these pieces; `END` is no piece.
fn streaming(pieces: &[&str]) -> Vec<u8> {
    let chunks: String = pieces.iter().map(|piece| chunk(piece)).collect();
    format!("{HEAD}{chunks}").into_bytes()
}

/// The events of either client.
enum Events<'a> {
    Async(&'a tokio::runtime::Runtime, EventStream),
    Blocking(blocking::EventStream),
}

impl Events<'_> {
    fn next(&mut self) -> Option<Result<Event, Error>> {
        match self {
            Self::Async(runtime, events) => runtime.block_on(events.next()),
            Self::Blocking(events) => events.next(),
        }
    }

    fn limited(self, idle: Duration, total: Option<Duration>) -> Self {
        match self {
            Self::Async(runtime, mut events) => {
                events = events.with_idle_limit(idle);
                if let Some(total) = total {
                    events = events.with_total_limit(total);
                }
                Self::Async(runtime, events)
            }
            Self::Blocking(mut events) => {
                events = events.with_idle_limit(idle);
                if let Some(total) = total {
                    events = events.with_total_limit(total);
                }
                Self::Blocking(events)
            }
        }
    }
}

fn open(driver: &Driver) -> Result<Streamed<Events<'_>>, Error> {
    Ok(match driver {
        Driver::Async(runtime, client) => {
            match runtime
                .block_on(client.call("2023-09-01", "Chat", "{}").with_trace_id("trace-1").stream())?
            {
                Streamed::Events(events) => Streamed::Events(Events::Async(runtime, events)),
                Streamed::Answer(answer) => Streamed::Answer(answer),
            }
        }
        Driver::Blocking(client) => {
            match client.call("2023-09-01", "Chat", "{}").with_trace_id("trace-1").stream()? {
                Streamed::Events(events) => Streamed::Events(Events::Blocking(events)),
                Streamed::Answer(answer) => Streamed::Answer(answer),
            }
        }
    })
}

fn events(driver: &Driver) -> Events<'_> {
    match open(driver).unwrap() {
        Streamed::Events(events) => events,
        Streamed::Answer(answer) => panic!("no stream: {answer:?}"),
    }
}

/// Both clients in turn, each with a server of its own.
fn with_both(act: &Act, change: impl Fn(ClientBuilder) -> ClientBuilder, test: impl Fn(&Server, &Driver)) {
    for number in 0..2 {
        let server = Server::of(&[act.clone(), Act::Answer(OK)]);
        let driver = Driver::both(|| change(server.builder())).into_iter().nth(number).unwrap();
        test(&server, &driver);
    }
}

fn same(builder: ClientBuilder) -> ClientBuilder {
    builder
}

#[test]
fn events_come_one_by_one_and_the_end_of_the_body_is_the_end() {
    let raw = streaming(&[
        "id: 1\ndata: {\"Delta\":\"中",
        "\"}\n\n: alive\n\n",
        "event: done\ndata: a\ndata: b\n\n",
    ]);
    with_both(&Act::Raw([&raw, END.as_bytes()].concat()), same, |server, driver| {
        let mut events = events(driver);
        let first = events.next().unwrap().unwrap();
        assert_eq!((first.id.as_deref(), first.data.as_str()), (Some("1"), "{\"Delta\":\"中\"}"));
        let second = events.next().unwrap().unwrap();
        assert_eq!((second.event.as_deref(), second.data.as_str()), (Some("done"), "a\nb"));
        assert!(events.next().is_none() && events.next().is_none());
        drop(events);
        // And the client goes on.
        driver.send_sms().unwrap();
        assert_eq!(server.requests().len(), 2);
    });
}

#[test]
fn an_event_is_given_while_the_stream_goes_on_and_dropping_it_closes_the_connection() {
    with_both(&Act::RawAndKeep(streaming(&["data: 1\n\n"])), same, |server, driver| {
        let mut events = events(driver);
        assert_eq!(events.next().unwrap().unwrap().data, "1");
        // Its connection is not in the pool meanwhile.
        driver.send_sms().unwrap();
        assert_eq!(server.connections(), 2);
        drop(events);
        server.wait_closed();
        driver.send_sms().unwrap();
        assert_eq!(server.connections(), 2);
    });
}

#[test]
fn a_stream_that_breaks_says_so_and_is_over() {
    let unfinished_chunk = format!("{}5\r\nda", String::from_utf8(streaming(&["data: 1\n\n"])).unwrap());
    let unfinished_event = [streaming(&["data: 1\n\n", "data: 2\n"]), END.into()].concat();
    for (raw, reason) in [
        (streaming(&["data: 1\n\n"]), "broke"),
        (unfinished_chunk.into_bytes(), "broke"),
        (unfinished_event, "within an event"),
    ] {
        with_both(&Act::Raw(raw), same, |_, driver| {
            let mut events = events(driver);
            assert_eq!(events.next().unwrap().unwrap().data, "1");
            let error = events.next().unwrap().unwrap_err();
            assert_eq!(
                (error.kind(), error.delivery(), error.step(), error.attempts()),
                (ErrorKind::Network, Delivery::MaybeSent, Some(Step::Read), 1)
            );
            assert_eq!(
                (error.trace_id(), error.endpoint()),
                (Some("trace-1"), Some("sms.tencentcloudapi.com"))
            );
            assert!(error.message().contains(reason), "{error}");
            assert!(events.next().is_none());
        });
    }
}

#[test]
fn a_silent_stream_ends_at_its_own_limits_and_not_at_those_of_the_call() {
    let short = Duration::from_millis(50);
    let of_call = |builder: ClientBuilder| builder.attempt_timeout(short).total_timeout(short);
    for (total, reason) in
        [(None, "nothing for 80ms"), (Some(Duration::from_millis(70)), "not end within 70ms")]
    {
        let act = Act::RawAndKeep(streaming(&["data: 1\n\n"]));
        let limits = |builder: ClientBuilder| {
            if total.is_none() { of_call(builder).attempt_timeout(Duration::from_secs(5)) } else { builder }
        };
        with_both(&act, limits, |_, driver| {
            let mut events = events(driver).limited(Duration::from_millis(80), total);
            assert_eq!(events.next().unwrap().unwrap().data, "1");
            let error = events.next().unwrap().unwrap_err();
            assert_eq!((error.kind(), error.delivery()), (ErrorKind::Timeout, Delivery::MaybeSent));
            assert!(error.message().contains(reason), "{error}");
            assert!(events.next().is_none());
        });
    }
}

#[test]
fn an_event_that_is_too_large_ends_the_stream() {
    let act = Act::RawAndKeep(streaming(&[&format!("data: {}\n\n", "x".repeat(200))]));
    with_both(
        &act,
        |builder| builder.max_answer_bytes(100),
        |server, driver| {
            let error = events(driver).next().unwrap().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidAnswer);
            assert!(error.message().contains("larger than 100 bytes"), "{error}");
            server.wait_closed();
        },
    );
}

#[test]
fn json_in_place_of_a_stream_is_the_answer_or_the_error_that_it_says() {
    with_both(&Act::Answer(r#"{"Response":{"Text":"x","RequestId":"r"}}"#), same, |server, driver| {
        let Streamed::Answer(answer) = open(driver).unwrap() else { panic!("a stream") };
        assert_eq!(answer.json(), r#"{"Text":"x","RequestId":"r"}"#);
        // Its connection is free for the next call.
        driver.send_sms().unwrap();
        assert_eq!(server.connections(), 1);
    });
    with_both(&Act::Raw(answer(LIMITED)), same, |server, driver| {
        // A rate limit is tried again, as for any call.
        assert!(matches!(open(driver), Ok(Streamed::Answer(_))));
        assert_eq!(server.requests().len(), 2);
    });
    let refusal = r#"{"Response":{"Error":{"Code":"AuthFailure","Message":"no"},"RequestId":"r"}}"#;
    with_both(&Act::Raw(answer(refusal)), same, |_, driver| {
        let Err(error) = open(driver) else { panic!("no error") };
        assert_eq!((error.code().unwrap().as_str(), error.request_id()), ("AuthFailure", Some("r")));
    });
}

#[test]
fn a_stream_with_another_status_is_no_stream() {
    let raw = String::from_utf8(streaming(&["data: 1\n\n"])).unwrap().replace("200 OK", "502 Bad") + END;
    with_both(&Act::Raw(raw.into_bytes()), same, |_, driver| {
        let Err(error) = open(driver) else { panic!("no error") };
        assert_eq!(error.kind(), ErrorKind::InvalidAnswer);
        assert!(error.message().contains("502"), "{error}");
    });
}

#[test]
fn a_blocking_stream_inside_a_runtime_is_an_error_and_not_a_panic() {
    let server = Server::of(&[Act::RawAndKeep(streaming(&["data: 1\n\n"]))]);
    let client = server.builder().build_blocking().unwrap();
    let Streamed::Events(mut events) = client.call("2023-09-01", "Chat", "{}").stream().unwrap() else {
        panic!()
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async move {
        let error = events.next().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(events.next().is_none());
    });
    server.wait_closed();
}

#[test]
fn a_stream_and_its_opening_can_go_to_another_thread() {
    fn sendable<T: Send>(_: T) {}
    let client = builder().build().unwrap();
    sendable(client.call("2023-09-01", "Chat", "{}").stream());
    fn is_send<T: Send>() {}
    is_send::<EventStream>();
    is_send::<blocking::EventStream>();
}

#[test]
fn a_stream_is_one_of_the_clients_connections_and_comes_uncompressed() {
    let few = |builder: ClientBuilder| {
        builder.max_connections(1).compression(true).total_timeout(Duration::from_millis(100))
    };
    with_both(&Act::RawAndKeep(streaming(&["data: 1\n\n"])), few, |server, driver| {
        let mut events = events(driver);
        let error = driver.send_sms().unwrap_err();
        assert!(error.is_timeout() && error.message().contains("max_connections"), "{error}");
        assert_eq!(events.next().unwrap().unwrap().data, "1");
        drop(events);
        driver.send_sms().unwrap();
        let asks = |request: &Vec<u8>| support::header(request, "accept-encoding").is_some();
        assert_eq!(server.requests().iter().map(asks).collect::<Vec<_>>(), [false, true]);
    });
}

#[test]
fn no_stream_comes_over_a_transport_of_ones_own() {
    struct Nothing;
    impl tcsms::Transport for Nothing {
        fn carry(&self, _: tcsms::TransportRequest) -> tcsms::Carrying<'_> {
            panic!("nothing is to be carried")
        }
    }
    for driver in Driver::both(|| builder().transport(Nothing)) {
        let Err(error) = open(&driver) else { panic!("no error") };
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Config, Delivery::NotSent));
        assert!(error.message().contains("transport"), "{error}");
    }
}
