//! What the client counts and times.

#![cfg(feature = "metrics")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshot};
use support::{Act, Driver, LIMITED, OK, Server};
use tcsms::RetryPolicy;

/// Each series, as `name{label=value,…}`, with its value; of a duration, how often it was measured.
fn series(snapshot: Snapshot) -> BTreeMap<String, f64> {
    let entries = snapshot.into_vec().into_iter().map(|(key, unit, _, value)| {
        assert!(unit.is_some(), "{key:?} is not described");
        let key = key.key();
        let mut labels: Vec<String> =
            key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        labels.sort();
        let value = match value {
            DebugValue::Counter(count) => count as f64,
            DebugValue::Gauge(value) => value.0,
            DebugValue::Histogram(values) => {
                assert!(values.iter().all(|seconds| (0.0..10.0).contains(&seconds.0)), "{values:?}");
                values.len() as f64
            }
        };
        (format!("{}{{{}}}", key.name(), labels.join(",")), value)
    });
    entries.collect()
}

fn measured(work: impl FnOnce()) -> BTreeMap<String, f64> {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    metrics::with_local_recorder(&recorder, work);
    series(snapshotter.snapshot())
}

#[test]
fn calls_attempts_failures_and_connections_are_counted() {
    const REFUSED: &str = r#"{"Response":{"Error":{"Code":"InternalError","Message":"oh"},"RequestId":"r"}}"#;
    const MADE_UP: &str =
        r#"{"Response":{"Error":{"Code":"Made.Up","Message":"13711112222"},"RequestId":"r"}}"#;
    for index in 0..2 {
        let server = Server::of(&[
            Act::Answer(LIMITED),
            Act::Answer(OK),
            Act::Answer(REFUSED),
            Act::Answer(MADE_UP),
            Act::Close,
        ]);
        let found = measured(|| {
            let retry = RetryPolicy::safe().with_pause(Duration::from_millis(1));
            let driver = &Driver::both(|| server.builder().retry(retry.clone()))[index];
            driver.send_sms().unwrap();
            for _ in 0..3 {
                driver.send_sms().unwrap_err();
            }
        });
        let method = "rpc.method=sms/SendSms";
        let server = "server.address=sms.tencentcloudapi.com,server.port=443";
        let http = |error: &str, status: &str| {
            format!(
                "http.client.request.duration{{{error}http.request.method=POST,{status}{method},{server},url.scheme=https}}"
            )
        };
        let failure = |kind: &str, code: &str, delivery: &str| {
            format!("tcsms.failures{{error.type={kind},{method}{code},tcsms.delivery={delivery}}}")
        };
        let status = "http.response.status_code=200,";
        let expected = [
            (http("", status), 1.0),
            (http("error.type=service,", status), 3.0),
            (http("error.type=network,", ""), 1.0),
            (format!("rpc.client.call.duration{{{method}}}"), 1.0),
            (format!("rpc.client.call.duration{{error.type=service,{method}}}"), 2.0),
            (format!("rpc.client.call.duration{{error.type=network,{method}}}"), 1.0),
            (format!("tcsms.calls{{{method}}}"), 1.0),
            (format!("tcsms.calls{{error.type=service,{method}}}"), 2.0),
            (format!("tcsms.calls{{error.type=network,{method}}}"), 1.0),
            (format!("tcsms.attempts{{{method}}}"), 5.0),
            (format!("tcsms.retries{{{method}}}"), 1.0),
            (failure("service", ",rpc.response.status_code=InternalError", "answered"), 1.0),
            (failure("service", ",rpc.response.status_code=other", "answered"), 1.0),
            (failure("network", "", "maybe_sent"), 1.0),
            (format!("tcsms.connections.opened{{{server}}}"), 1.0),
            (format!("tcsms.connections.reused{{{server}}}"), 4.0),
            (format!("tcsms.connections.in_use{{{server}}}"), 0.0),
        ];
        assert_eq!(found, BTreeMap::from(expected));
    }
}

#[test]
fn what_a_caller_makes_up_becomes_no_label() {
    let server = Server::of(&[Act::Answer(OK)]);
    let found = measured(|| {
        let client = server.builder().build_blocking().unwrap();
        client.call("2021-01-11", "SendSms", "{}").send().unwrap();
        client.call("2021-01-11", "MadeUp", "{}").send().unwrap();
        client.call("1999-01-01", "SendSms", "{}").send().unwrap();
    });
    assert_eq!(found["tcsms.calls{rpc.method=sms/SendSms}"], 1.0);
    assert_eq!(found["tcsms.calls{rpc.method=sms/other}"], 2.0);
}

#[test]
fn a_connection_of_a_call_that_was_dropped_is_in_use_no_more() {
    let server = Arc::new(Server::of(&[Act::Hang]));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let found = measured(|| {
        let client = server.builder().build().unwrap();
        runtime.block_on(async {
            let waiting = Arc::clone(&server);
            let received = tokio::task::spawn_blocking(move || waiting.wait_received());
            tokio::select! {
                _ = client.request(support::send_sms()).send() => panic!("nobody answers"),
                received = received => received.unwrap(),
            }
        });
    });
    let in_use = found.iter().find(|(name, _)| name.starts_with("tcsms.connections.in_use")).unwrap();
    assert_eq!(*in_use.1, 0.0);
    assert!(!found.keys().any(|name| name.starts_with("tcsms.calls")), "{found:?}");
}
