//! Sends to many numbers against a scripted server, with both drivers.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use support::{Act, Server};
use tcsms::v20210111::SendSmsRequest;
use tcsms::{Delivery, ErrorKind, NumberResult, Outcome, OutcomeKind};

const REFUSED: &str = r#"{"Response":{"Error":{"Code":"UnauthorizedOperation.SmsSdkAppIdVerifyFail","Message":"no"},"RequestId":"r"}}"#;

/// An answer that accepts these many numbers.
fn accepted(count: usize) -> Act {
    let status = r#"{"SerialNo":"1:2","PhoneNumber":"","Fee":1,"SessionContext":"","Code":"Ok","Message":"send success","IsoCode":"CN"}"#;
    let statuses = vec![status; count].join(",");
    let body = format!(r#"{{"Response":{{"SendStatusSet":[{statuses}],"RequestId":"r"}}}}"#);
    Act::Answer(String::leak(body))
}

fn numbers(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("+86137{number:08}")).collect()
}

fn template() -> SendSmsRequest {
    SendSmsRequest::new().sms_sdk_app_id("1400787878").sign_name("腾讯云").template_id("449739")
}

/// The numbers of a request that the server read.
fn carried(request: &[u8]) -> Vec<String> {
    let text = String::from_utf8(request.to_vec()).unwrap();
    let body = text.split_once("\r\n\r\n").unwrap().1;
    serde_json::from_str::<SendSmsRequest>(body).unwrap().phone_number_set.unwrap()
}

/// What a test wants of a bulk, besides the numbers.
#[derive(Clone, Copy, Default)]
struct Wish<'a> {
    record: Option<&'a HashMap<String, OutcomeKind>>,
    unknown_again: bool,
}

/// Sends one request at a time, with the async client and with the blocking one.
fn with_both(server: impl Fn() -> Server, wish: Wish<'_>, check: impl Fn(Vec<NumberResult>, &Server)) {
    let record = |_: usize, number: &str| wish.record.and_then(|record| record.get(number)).copied();

    let its = server();
    let client = its.builder().build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let results = runtime.block_on(async {
        let mut bulk = client.request(template()).bulk(numbers(450)).with_concurrency(1).with_rate(1_000);
        bulk = bulk.with_record(record);
        if wish.unknown_again {
            bulk = bulk.send_unknown_again();
        }
        let mut results = Vec::new();
        while let Some(result) = bulk.next().await {
            results.push(result);
        }
        results
    });
    check(results, &its);

    let its = server();
    let client = its.builder().build_blocking().unwrap();
    let mut bulk = client.request(template()).bulk(numbers(450)).with_rate(1_000).with_record(record);
    if wish.unknown_again {
        bulk = bulk.send_unknown_again();
    }
    check(bulk.collect(), &its);
}

#[test]
fn every_number_is_carried_once_and_told_in_order() {
    let server = || Server::of(&[accepted(200), accepted(200), accepted(50)]);
    with_both(server, Wish::default(), |results, server| {
        let told: Vec<_> = results.iter().map(|result| result.number.clone()).collect();
        assert_eq!(told, numbers(450));
        assert!(results.iter().all(|result| result.outcome.kind() == OutcomeKind::Accepted));
        assert!(results.iter().enumerate().all(|(place, result)| result.index == place));
        let requests = server.requests();
        let sent: Vec<_> = requests.iter().map(|request| carried(request)).collect();
        assert_eq!(sent.iter().map(Vec::len).collect::<Vec<_>>(), [200, 200, 50]);
        assert_eq!(sent.concat(), numbers(450));
        let body = String::from_utf8(requests[2].clone()).unwrap();
        assert!(body.contains(r#""TemplateId":"449739""#) && body.contains("腾讯云"));
    });
}

#[test]
fn after_a_broken_connection_only_what_is_certain_is_sent_again() {
    let first = || Server::of(&[accepted(200), Act::Close, Act::Answer(REFUSED)]);
    with_both(first, Wish::default(), |results, server| {
        assert_eq!(server.requests().len(), 3, "nothing is repeated");
        let kinds: Vec<_> = results.iter().map(|result| result.outcome.kind()).collect();
        assert!(kinds[..200].iter().all(|kind| *kind == OutcomeKind::Accepted));
        assert!(kinds[200..400].iter().all(|kind| *kind == OutcomeKind::Unknown));
        assert!(kinds[400..].iter().all(|kind| *kind == OutcomeKind::Refused));
        let Outcome::Failed { error } = &results[399].outcome else { panic!("{:?}", results[399]) };
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Network, Delivery::MaybeSent));

        let record = results.into_iter().map(|result| (result.number, result.outcome.kind())).collect();
        let wish = Wish { record: Some(&record), ..Wish::default() };
        with_both(
            || Server::of(&[accepted(50)]),
            wish,
            |results, server| {
                assert_eq!(server.requests().len(), 1);
                assert_eq!(carried(&server.requests()[0]), numbers(450)[400..]);
                assert_eq!(results.len(), 450);
                let Outcome::Skipped { earlier } = results[200].outcome else { panic!("{:?}", results[200]) };
                assert_eq!(earlier, OutcomeKind::Unknown);
                assert_eq!(results[449].outcome.kind(), OutcomeKind::Accepted);
            },
        );
        let wish = Wish { unknown_again: true, ..wish };
        with_both(
            || Server::of(&[accepted(200), accepted(50)]),
            wish,
            |results, server| {
                assert_eq!(server.requests().len(), 2);
                assert_eq!(carried(&server.requests()[0]), numbers(450)[200..400]);
                assert!(results.iter().all(|result| result.outcome.kind() == OutcomeKind::Accepted));
            },
        );
    });
}

#[test]
fn a_request_that_failed_inside_the_service_is_not_sent_again() {
    let failed = r#"{"Response":{"Error":{"Code":"InternalError.Timeout","Message":"oh"},"RequestId":"r"}}"#;
    let server = || Server::of(&[accepted(200), Act::Answer(failed), Act::Answer(REFUSED)]);
    with_both(server, Wish::default(), |results, server| {
        assert_eq!(server.requests().len(), 3);
        let Outcome::Failed { error } = &results[200].outcome else { panic!("{:?}", results[200]) };
        assert_eq!((error.delivery(), error.attempts()), (Delivery::Answered, 1));
        assert!(results[200..400].iter().all(|result| result.outcome.kind() == OutcomeKind::Unknown));
        let record = results.into_iter().map(|result| (result.number, result.outcome.kind())).collect();
        let wish = Wish { record: Some(&record), ..Wish::default() };
        with_both(
            || Server::of(&[accepted(50)]),
            wish,
            |_, server| assert_eq!(carried(&server.requests()[0]), numbers(450)[400..]),
        );
    });
}

#[test]
fn an_answer_with_too_few_results_leaves_all_its_numbers_unknown() {
    with_both(
        || Server::of(&[accepted(199)]),
        Wish::default(),
        |results, server| {
            assert_eq!(server.requests().len(), 3);
            assert!(results.iter().all(|result| result.outcome.kind() == OutcomeKind::Unknown));
            let Outcome::Failed { error } = &results[0].outcome else { panic!("{:?}", results[0]) };
            assert!(error.message().contains("199 results for 200 numbers"), "{error}");
        },
    );
}

#[test]
fn the_rate_is_kept() {
    let server = || Server::of(&[accepted(200), accepted(200), accepted(50)]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (its, started) = (server(), Instant::now());
    let client = its.builder().build().unwrap();
    runtime.block_on(async {
        let mut bulk = client.request(template()).bulk(numbers(450)).with_rate(40);
        while bulk.next().await.is_some() {}
    });
    assert!(started.elapsed() >= Duration::from_millis(50), "{:?}", started.elapsed());
    let (its, started) = (server(), Instant::now());
    let client = its.builder().build_blocking().unwrap();
    assert_eq!(client.request(template()).bulk(numbers(450)).with_rate(40).count(), 450);
    assert!(started.elapsed() >= Duration::from_millis(50), "{:?}", started.elapsed());
}

#[tokio::test]
async fn as_many_requests_as_were_asked_for_are_under_way_together() {
    let (present, changed) = (Mutex::new(0), Condvar::new());
    let meeting = Arc::new((present, changed));
    let at_server = Arc::clone(&meeting);
    let server = Server::start(move |_| {
        let mut present = at_server.0.lock().unwrap();
        *present += 1;
        at_server.1.notify_all();
        let (present, wait) =
            at_server.1.wait_timeout_while(present, Duration::from_secs(10), |present| *present < 3).unwrap();
        drop(present);
        if wait.timed_out() { Act::Close } else { accepted(200) }
    });
    let client = server.builder().build().unwrap();
    let mut bulk = client.request(template()).bulk(numbers(600)).with_concurrency(3).with_rate(1_000);
    let mut told = 0;
    while let Some(result) = bulk.next().await {
        assert_eq!((result.index, result.outcome.kind()), (told, OutcomeKind::Accepted));
        told += 1;
    }
    assert_eq!((told, server.connections()), (600, 3));
}

#[tokio::test]
async fn a_pull_that_is_given_up_loses_nothing() {
    let (release, released) = std::sync::mpsc::channel();
    let released = Mutex::new(released);
    let server = Server::start(move |_| {
        released.lock().unwrap().recv_timeout(Duration::from_secs(10)).unwrap();
        accepted(200)
    });
    let client = server.builder().build().unwrap();
    let mut bulk = client.request(template()).bulk(numbers(200));
    for _ in 0..3 {
        let mut pull = Box::pin(bulk.next());
        assert!(pull.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    release.send(()).unwrap();
    let mut told = 0;
    while let Some(result) = bulk.next().await {
        assert_eq!(result.outcome.kind(), OutcomeKind::Accepted);
        told += 1;
    }
    assert_eq!((told, server.requests().len()), (200, 1));
}

#[tokio::test]
async fn what_is_under_way_was_written_down_before() {
    let journal = Mutex::new(HashMap::new());
    let server = Server::of(&[Act::Hang]);
    let client = server.builder().build().unwrap();
    let mut bulk = client.request(template()).bulk(numbers(200)).before_sending(|entries| {
        let entries = entries.iter().map(|(_, number)| ((*number).to_owned(), OutcomeKind::Unknown));
        journal.lock().unwrap().extend(entries);
        Ok(())
    });
    let mut pull = Box::pin(bulk.next());
    while server.requests().is_empty() {
        assert!(pull.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        tokio::task::yield_now().await;
    }
    drop(pull);
    // The process ends here, before any result.
    drop(bulk);
    let journal = journal.into_inner().unwrap();
    assert_eq!(journal.len(), 200);

    let mut bulk =
        client.request(template()).bulk(numbers(200)).with_record(|_, number| journal.get(number).copied());
    while let Some(result) = bulk.next().await {
        assert!(matches!(result.outcome, Outcome::Skipped { earlier: OutcomeKind::Unknown }));
    }
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn numbers_of_the_call_come_first_and_borrowed_ones_will_do() {
    let server = Server::of(&[accepted(3)]);
    let client = server.builder().build().unwrap();
    let more = ["+8613700000001", "+8613700000002"];
    let template = template().phone_number_set(["+8613700000000"]);
    let mut bulk = client.request(template).bulk(more.iter().copied());
    while let Some(result) = bulk.next().await {
        assert_eq!(result.outcome.kind(), OutcomeKind::Accepted);
    }
    assert_eq!(carried(&server.requests()[0]), ["+8613700000000", "+8613700000001", "+8613700000002"]);
}

#[test]
fn without_a_runtime_every_number_says_so() {
    let client = support::builder().build().unwrap();
    let mut bulk = client.request(template()).bulk(numbers(2));
    for _ in 0..2 {
        let mut pull = Box::pin(bulk.next());
        let Poll::Ready(Some(result)) = pull.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
            panic!()
        };
        let Outcome::Failed { error } = result.outcome else { panic!("{result:?}") };
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Config, Delivery::NotSent));
    }
}

#[test]
fn what_was_under_way_on_a_runtime_that_ended_is_unknown() {
    let server = Server::of(&[Act::Hang, accepted(50)]);
    let client = server.builder().build().unwrap();
    let mut bulk = client.request(template()).bulk(numbers(250)).with_concurrency(1);
    let first = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    first.block_on(async {
        let mut pull = Box::pin(bulk.next());
        assert!(pull.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    });
    server.wait_received();
    drop(first);
    let second = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut kinds = Vec::new();
    while let Some(result) = second.block_on(bulk.next()) {
        kinds.push(result.outcome.kind());
    }
    assert_eq!(kinds[..200], [OutcomeKind::Unknown; 200]);
    assert_eq!(kinds[200..], [OutcomeKind::Accepted; 50]);
}

#[test]
fn the_async_form_can_be_moved_between_threads() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let client = support::builder().build().unwrap();
    let mut bulk = is_send(client.request(template()).bulk(numbers(1)));
    drop(is_send(bulk.next()));
}
