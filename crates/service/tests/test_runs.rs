//! Accounts for one test run each, what people decide, and the event stream.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use http::Request;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use support::{Call, NOW, control, outcome, send_code, send_sms, service};
use tcsms_service::Service;

async fn ask(service: &Service, method: &str, path: &str, body: &str) -> Value {
    let (status, answer) = control(service, method, &format!("/_tcsms/v1/{path}"), body).await;
    assert_eq!(status, 200, "{path}: {answer}");
    answer
}

/// A send with the key and the app of an account that was made.
async fn send(service: &Service, account: &Value, phone: &str) -> Value {
    let leak = |name: &str| -> &'static str { account[name].as_str().unwrap().to_owned().leak() };
    let body = send_sms(&[phone]).replace("1400787878", leak("sdkAppId"));
    let call =
        Call { secret_id: leak("secretId"), secret_key: leak("secretKey"), ..Call::new("SendSms", &body) };
    call.send(service).await
}

#[tokio::test]
async fn each_account_has_its_own_data_faults_and_clock() {
    let service = service("[delivery]\ndelay = \"100s\"").await;
    let first = ask(&service, "POST", "accounts", "").await;
    let second = ask(&service, "POST", "accounts", r#"{"ttl":"5m","like":"test","limits":"strict"}"#).await;
    assert_ne!(first["secretId"], second["secretId"]);
    assert_eq!((&first["signs"][0], &first["ttl"]), (&json!("腾讯云"), &json!("10m")));
    let (one, two) = (first["id"].as_str().unwrap(), second["id"].as_str().unwrap());
    for account in [&first, &second] {
        let sent = send(&service, account, "+8613700000001").await;
        assert_eq!(sent["SendStatusSet"][0]["Code"], "Ok");
    }
    let again = send(&service, &second, "+8613700000001").await;
    assert_eq!(again["SendStatusSet"][0]["Code"], "LimitExceeded.PhoneNumberThirtySecondLimit");
    let list = ask(&service, "GET", &format!("messages?account={one}"), "").await;
    assert_eq!(list["messages"].as_array().unwrap().len(), 1);
    // The clock of one moves on its own, and with it its deliveries.
    let moved = format!(r#"{{"now":{},"signatures":true}}"#, NOW + 200);
    ask(&service, "PUT", &format!("clock?account={one}"), &moved).await;
    let delivered = ask(&service, "GET", "messages?status=delivered&wait=60s", "").await;
    assert_eq!(delivered["messages"][0]["account"], one);
    assert_eq!(ask(&service, "GET", &format!("clock?account={two}"), "").await["now"], NOW);
    assert_eq!(ask(&service, "GET", "clock", "").await["now"], NOW);
    assert_eq!(
        ask(&service, "GET", &format!("messages?account={two}&status=delivered"), "").await["messages"],
        json!([])
    );
    let faults = r#"{"faults":[{"do":{"error":{"code":"InternalError"}}}]}"#;
    ask(&service, "PUT", &format!("faults?account={one}"), faults).await;
    assert!(outcome(&send(&service, &first, "+8613700000002").await).starts_with("InternalError"));
    assert_eq!(outcome(&send(&service, &second, "+8613700000002").await), "Ok");

    ask(&service, "DELETE", &format!("accounts/{one}"), "").await;
    assert!(
        outcome(&send(&service, &first, "+8613700000003").await).starts_with("AuthFailure.SecretIdNotFound")
    );
    let (status, _) = control(&service, "DELETE", "/_tcsms/v1/accounts/test", "").await;
    assert_eq!(status, 404, "a configured account stays");
    for bad in [r#"{"ttl":"25h"}"#, r#"{"limits":"none"}"#, r#"{"statusUrl":"ftp://x"}"#, r#"{"x":1}"#] {
        assert_eq!(control(&service, "POST", "/_tcsms/v1/accounts", bad).await.0, 400, "{bad}");
    }
    assert_eq!(control(&service, "POST", "/_tcsms/v1/accounts", r#"{"like":"nobody"}"#).await.0, 404);
    service.stop().await;
}

#[tokio::test(start_paused = true)]
async fn an_account_goes_by_itself() {
    let service = service("").await;
    let account = ask(&service, "POST", "accounts", r#"{"ttl":"1s"}"#).await;
    assert_eq!(outcome(&send(&service, &account, "+8613700000001").await), "Ok");
    while outcome(&send(&service, &account, "+8613700000002").await) == "Ok" {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    while !ask(&service, "GET", "messages", "").await["messages"].as_array().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    service.stop().await;
}

#[tokio::test]
async fn a_person_says_what_became_of_a_message() {
    let service = service("[delivery]\ndelay = \"0s\"").await;
    let sent = Call::new("SendSms", &send_code("+8613700009099", "1")).send(&service).await;
    let serial = sent["SendStatusSet"][0]["SerialNo"].as_str().unwrap();
    let report =
        json!({ "serial": serial, "status": "failed", "word": "MX:0012", "copies": 2, "at": NOW + 7 });
    assert_eq!(ask(&service, "POST", "reports", &report.to_string()).await, json!({ "recorded": 2 }));
    let message = ask(&service, "GET", &format!("messages/{serial}"), "").await;
    assert_eq!((&message["status"], &message["report"]), (&json!("failed"), &json!("MX:0012")));
    let pull =
        Call::new("PullSmsSendStatus", r#"{"SmsSdkAppId":"1400787878","Limit":10}"#).send(&service).await;
    let set = pull["PullSmsSendStatusSet"].as_array().unwrap();
    assert_eq!((set.len(), &set[0]["UserReceiveTime"]), (2, &json!(NOW + 7)));
    for (bad, expected) in [
        (json!({ "serial": "none", "status": "failed" }), 404),
        (json!({ "serial": serial, "status": "lost" }), 400),
        (json!({ "serial": serial, "status": "failed", "copies": 0 }), 400),
        (json!({ "serial": serial }), 400),
    ] {
        let (status, _) = control(&service, "POST", "/_tcsms/v1/reports", &bad.to_string()).await;
        assert_eq!(status, expected, "{bad}");
    }
    service.stop().await;
}

#[tokio::test]
async fn reviews_take_effect_at_once() {
    let service = service("").await;
    let send = async || {
        let sent = Call::new("SendSms", &send_sms(&["+8613700000001"])).send(&service).await;
        sent["SendStatusSet"][0]["Code"].as_str().unwrap().to_owned()
    };
    let reject = r#"{"status":"rejected","reply":"no"}"#;
    let answer = ask(&service, "POST", "templates/449739/review", reject).await;
    assert_eq!(answer, json!({ "account": "test", "id": 449_739, "status": "rejected", "reply": "no" }));
    assert_eq!(send().await, "FailedOperation.TemplateUnapprovedOrNotExist");
    ask(&service, "POST", "templates/449739/review?account=test", r#"{"status":"approved"}"#).await;
    assert_eq!(send().await, "Ok");
    ask(&service, "POST", "signs/1/review", r#"{"status":"pending"}"#).await;
    assert_eq!(send().await, "FailedOperation.SignatureIncorrectOrUnapproved");
    // Several accounts have one with this id.
    ask(&service, "POST", "accounts", "").await;
    let (status, error) =
        control(&service, "POST", "/_tcsms/v1/signs/1/review", r#"{"status":"approved"}"#).await;
    assert_eq!(status, 400);
    assert!(error["error"]["message"].as_str().unwrap().contains("account="), "{error}");
    assert_eq!(control(&service, "POST", "/_tcsms/v1/signs/9/review", reject).await.0, 404);
    assert_eq!(
        control(&service, "POST", "/_tcsms/v1/signs/1/review?account=test", r#"{"status":"x"}"#).await.0,
        400
    );
    service.stop().await;
}

/// Reads the stream until an event of this kind has come, and returns its data.
async fn event(body: &mut axum::body::Body, kind: &str) -> Value {
    let mut text = String::new();
    loop {
        let frame =
            tokio::time::timeout(std::time::Duration::from_secs(60), body.frame()).await.expect("an event");
        text += std::str::from_utf8(frame.unwrap().unwrap().data_ref().unwrap()).unwrap();
        let found = text.split("\n\n").find(|event| event.starts_with(&format!("event: {kind}\n")));
        if let Some(found) = found {
            let data = found.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
            return serde_json::from_str(data).unwrap();
        }
    }
}

#[tokio::test]
async fn what_happens_is_told_as_it_happens() {
    let service = service("[delivery]\ndelay = \"0s\"").await;
    let request = |last: Option<i64>| {
        let request = Request::get("/_tcsms/v1/events?account=test").header("host", "localhost");
        let request = match last {
            Some(row) => request.header("last-event-id", row),
            None => request,
        };
        request.body(String::new()).unwrap()
    };
    let response = service.call(request(None)).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut body = response.into_body();
    assert_eq!(
        outcome(&Call::new("SendSms", &send_code("+8613700000001", "4370")).send(&service).await),
        "Ok"
    );
    let message = event(&mut body, "message").await;
    assert_eq!((&message["phone"], &message["code"]), (&json!("+8613700000001"), &json!("4370")));
    assert_eq!(event(&mut body, "receipt").await["status"], "delivered");
    ask(&service, "POST", "replies", r#"{"phone":"13700000001","text":"hello"}"#).await;
    assert_eq!(event(&mut body, "reply").await["reply"]["text"], "hello");
    // Who comes back misses nothing.
    let mut again = service.call(request(Some(0))).await.into_body();
    assert_eq!(event(&mut again, "message").await["serial"], message["serial"]);
    drop(again);
    service.stop().await;
    while let Some(frame) = body.frame().await {
        frame.unwrap();
    }
}
