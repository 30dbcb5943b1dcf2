//! Faults on demand, as a client meets them.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::net::SocketAddr;

use serde_json::{Value, json};
use support::{Call, NOW, control, outcome, send_code, send_sms, service};
use tcsms_service::{Service, listen};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

async fn set(service: &Service, faults: &Value) {
    let (status, answer) =
        control(service, "PUT", "/_tcsms/v1/faults", &json!({ "faults": faults }).to_string()).await;
    assert_eq!(status, 200, "{answer}");
}

async fn messages(service: &Service, query: &str) -> Value {
    control(service, "GET", &format!("/_tcsms/v1/messages?{query}"), "").await.1
}

#[tokio::test]
async fn a_call_is_answered_with_the_error_and_nothing_is_done() {
    let service = service("").await;
    set(
        &service,
        &json!([{ "id": "busy", "match": { "action": "SendSms", "phone": "*0001" }, "times": 1,
        "do": { "error": { "code": "InternalError.Timeout", "message": "try again" } } }]),
    )
    .await;
    let other = Call::new("SendSms", &send_sms(&["+8613700000002"])).send(&service).await;
    assert_eq!(outcome(&other), "Ok");
    let call = Call::new("SendSms", &send_sms(&["+8613700000001"]));
    let failed = call.send(&service).await;
    assert_eq!(outcome(&failed), "InternalError.Timeout: try again");
    assert_eq!(outcome(&call.send(&service).await), "Ok", "once is enough");
    assert_eq!(messages(&service, "phone=13700000001").await["messages"].as_array().unwrap().len(), 1);
    let id = failed["RequestId"].as_str().unwrap();
    let (_, request) = control(&service, "GET", &format!("/_tcsms/v1/requests/{id}"), "").await;
    assert_eq!(request["faults"], json!(["busy"]));
    let (_, list) = control(&service, "GET", "/_tcsms/v1/faults", "").await;
    assert_eq!((&list["faults"][0]["seen"], &list["faults"][0]["hits"]), (&json!(2), &json!(1)));
    let (_, list) = control(&service, "DELETE", "/_tcsms/v1/faults", "").await;
    assert_eq!(list["faults"], json!([]));
    let (status, error) =
        control(&service, "PUT", "/_tcsms/v1/faults", r#"{"faults":[{"do":{"latency":"x"}}]}"#).await;
    assert_eq!(status, 400);
    assert!(error["error"]["message"].as_str().unwrap().starts_with("fault 1: "), "{error}");
    service.stop().await;
}

/// The service on a socket.
async fn served(service: &Service) -> (SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let listener = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let task =
        tokio::spawn(service.clone().serve(listener, None, async { stopped.await.unwrap_or_default() }));
    (address, stop, task)
}

/// What comes back for a signed send, and how it ended.
async fn raw(address: SocketAddr, phone: &str) -> (String, std::io::Result<usize>) {
    let bytes = support::wire::bytes(&Call::new("SendSms", &send_sms(&[phone])));
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&bytes).await.unwrap();
    let mut came = Vec::new();
    let ended = stream.read_to_end(&mut came).await;
    (String::from_utf8(came).unwrap(), ended)
}

#[tokio::test]
async fn connections_are_broken_off_before_and_after_the_action_and_in_the_answer() {
    let service = service("").await;
    let (address, stop, task) = served(&service).await;
    set(
        &service,
        &json!([
            { "match": { "phone": "*0001" }, "do": { "reset": {} } },
            { "match": { "phone": "*0002" }, "do": { "reset": { "after": true } } },
            { "match": { "phone": "*0003" }, "do": { "partial": { "bytes": 9 } } },
        ]),
    )
    .await;
    for phone in ["+8613700000001", "+8613700000002"] {
        let (text, ended) = raw(address, phone).await;
        assert_eq!(text, "");
        assert_eq!(ended.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset, "{phone}");
    }
    let (text, _) = raw(address, "+8613700000003").await;
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert_eq!(body, "{\"Respons");
    let sent = |list: &Value| list["messages"].as_array().unwrap().len();
    assert_eq!(sent(&messages(&service, "phone=13700000001").await), 0);
    assert_eq!(sent(&messages(&service, "phone=13700000002").await), 1);
    assert_eq!(sent(&messages(&service, "phone=13700000003").await), 1);
    stop.send(()).unwrap();
    task.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_call_takes_longer() {
    let service = service("").await;
    set(&service, &json!([{ "do": { "latency": "90s" } }])).await;
    let started = tokio::time::Instant::now();
    let answer = Call::new("SendSms", &send_sms(&["+8613700000001"])).send(&service).await;
    assert_eq!(outcome(&answer), "Ok");
    assert!(started.elapsed().as_secs() >= 90);
    service.stop().await;
}

#[tokio::test]
async fn the_carrier_does_as_it_is_told_and_the_message_says_so() {
    let service = service("[delivery]\ndelay = \"0s\"").await;
    set(&service, &json!([
        { "id": "fail", "match": { "phone": "*0001" }, "do": { "receipt": { "outcome": "failed", "word": "MX:0003" } } },
        { "id": "twice", "match": { "phone": "*0002" }, "do": { "receipt": { "outcome": "delivered", "copies": 2 } } },
        { "id": "never", "match": { "phone": "*0003" }, "do": { "receipt": { "outcome": "silent" } } },
        { "id": "late", "match": { "phone": "*0004" }, "do": { "receipt": { "outcome": "delivered", "delay": "1h" } } },
        { "id": "lost", "match": { "phone": "*0005" }, "do": { "receipt": { "outcome": "maybe_sent", "delay": "2h" } } },
        { "id": "away", "match": { "phone": "*0006" }, "do": { "receipt": { "outcome": "not_sent", "attempts": 1 } } },
    ]))
    .await;
    let mut serials = Vec::new();
    for last in 1..=6 {
        let sent =
            Call::new("SendSms", &send_code(&format!("+861370000000{last}"), "1")).send(&service).await;
        serials.push(sent["SendStatusSet"][0]["SerialNo"].as_str().unwrap().to_owned());
    }
    let failed = messages(&service, "status=failed&wait=60s").await;
    assert_eq!(failed["messages"][0]["report"], "MX:0003");
    let one =
        async |serial: &str| control(&service, "GET", &format!("/_tcsms/v1/messages/{serial}"), "").await.1;
    assert_eq!(one(&serials[0]).await["faults"], json!(["fail"]));
    messages(&service, "status=delivered&wait=60s").await;
    // All six were handed over when the last one has been.
    while !one(&serials[5]).await["waiting"].as_str().unwrap().starts_with("attempt 1") {
        tokio::task::yield_now().await;
    }
    for (serial, expected) in [
        (&serials[2], "the carrier has it and has not reported"),
        (&serials[3], "the carrier has it and has not reported"),
        (
            &serials[4],
            "the carrier may have it: the carrier did not answer in time; it is not sent again, and a receipt is \
            waited for until 2026-11-28 11:00:00, Beijing time",
        ),
        (
            &serials[5],
            "attempt 1 failed: the carrier cannot be reached; the next is at 2026-11-25 11:00:01, Beijing time",
        ),
    ] {
        assert_eq!(one(serial).await["waiting"], expected);
    }
    let at = async |seconds: i64| {
        let body = format!(r#"{{"now":{},"signatures":false}}"#, NOW + seconds);
        control(&service, "PUT", "/_tcsms/v1/clock", &body).await;
    };
    at(1).await;
    assert_eq!(
        messages(&service, "status=delivered&count=2&wait=60s").await["matched"],
        true,
        "the second attempt"
    );
    at(3600).await;
    assert_eq!(
        messages(&service, "status=delivered&count=3&wait=60s").await["matched"],
        true,
        "the late one"
    );
    at(7200).await;
    assert_eq!(
        messages(&service, "status=delivered&count=4&wait=60s").await["matched"],
        true,
        "the lost one"
    );
    assert_eq!(one(&serials[4]).await["waiting"], Value::Null);
    service.stop().await;
}

#[tokio::test]
async fn the_documented_faults_are_accepted() {
    let service = service("").await;
    let document = include_str!("../../../docs/service.md");
    let (_, rest) = document.split_once("```json\n{\"seed\"").unwrap();
    let faults = format!("{{\"seed\"{}", rest.split("```").next().unwrap());
    let (status, answer) = control(&service, "PUT", "/_tcsms/v1/faults", &faults).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["faults"].as_array().unwrap().len(), 6);
    service.stop().await;
}
