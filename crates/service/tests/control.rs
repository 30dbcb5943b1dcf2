//! The control API: messages and waiting for them, the calls received, the clock, and who may ask.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::time::{Duration, Instant};

use http::Request;
use serde_json::{Value, json};
use support::{
    Call, NOW, answer, body, control, outcome, send_code, send_sms, service, v1_parameters, v1_request,
};
use tcsms_service::Service;

/// Far more than any test takes: what answers before it was released by something else.
const LONG: Duration = Duration::from_secs(60);

async fn get(service: &Service, path: &str) -> Value {
    let (status, body) = control(service, "GET", path, "").await;
    assert_eq!(status, 200, "{path}: {body}");
    body
}

async fn send(service: &Service, text: &str) -> Value {
    let response = Call::new("SendSms", text).send(service).await;
    assert_eq!(outcome(&response), "Ok");
    response
}

#[tokio::test]
async fn a_message_with_its_code() {
    let service = service("[delivery]\ndelay = \"1h\"").await;
    let sent = send(&service, &send_code("+8613700000001", "4370")).await;
    let list = get(&service, "/_tcsms/v1/messages?phone=13700000001&count=1").await;
    assert_eq!(list["matched"], true);
    let serial = sent["SendStatusSet"][0]["SerialNo"].as_str().unwrap();
    let expected = json!({
        "row": list["messages"][0]["row"], "serial": serial, "account": "test", "app": "1400787878",
        "phone": "+8613700000001", "text": "【腾讯云】您的验证码是4370", "params": ["4370"], "code": "4370",
        "template": "1110", "sign": "腾讯云", "status": "submitted", "report": null, "segments": 1, "fee": 1, "at": NOW,
    });
    assert_eq!(list["messages"], json!([expected]));
    let mut one = get(&service, &format!("/_tcsms/v1/messages/{serial}")).await;
    let more = one.as_object_mut().unwrap();
    assert_eq!(more.remove("requestId"), Some(sent["RequestId"].clone()));
    assert_eq!(more.remove("faults"), Some(json!([])));
    assert_eq!(
        more.remove("waiting"),
        Some(json!("it is handed to the carrier at 2026-11-25 12:00:00, Beijing time"))
    );
    assert_eq!(one, expected);
    let (status, error) = control(&service, "GET", "/_tcsms/v1/messages/none", "").await;
    assert_eq!((status, &error["error"]["code"]), (404, &json!("NotFound")));
    service.stop().await;
}

#[tokio::test]
async fn a_wait_is_released_by_a_send() {
    let service = service("").await;
    let started = Instant::now();
    let (list, ()) =
        tokio::join!(get(&service, "/_tcsms/v1/messages?phone=%2B8613700000001&count=2&wait=60s"), async {
            send(&service, &send_code("+8613700000002", "1")).await;
            send(&service, &send_code("+8613700000001", "2")).await;
            send(&service, &send_code("+8613700000001", "3")).await;
        });
    assert!(started.elapsed() < LONG);
    assert_eq!(list["matched"], true);
    let codes: Vec<_> = list["messages"].as_array().unwrap().iter().map(|message| &message["code"]).collect();
    assert_eq!(codes, ["2", "3"]);
    assert!(list.get("nearMisses").is_none());
    service.stop().await;
}

#[tokio::test]
async fn a_wait_for_a_report_is_released_by_delivery() {
    let service = service("[delivery]\ndelay = \"0s\"").await;
    let started = Instant::now();
    let (list, ()) = tokio::join!(get(&service, "/_tcsms/v1/messages?status=failed&wait=60s"), async {
        send(&service, &send_sms(&["+8613700009001"])).await;
    });
    assert!(started.elapsed() < LONG);
    assert_eq!((&list["matched"], &list["messages"][0]["report"]), (&json!(true), &json!("UNDELIV")));
    service.stop().await;
}

#[tokio::test]
async fn near_misses_say_what_differs() {
    let service = service("[delivery]\ndelay = \"1h\"").await;
    send(&service, &send_code("+8613700000002", "4370")).await;
    let list = get(&service, "/_tcsms/v1/messages?phone=13700000001&q=4370&wait=0s").await;
    assert_eq!((&list["matched"], &list["messages"]), (&json!(false), &json!([])));
    assert_eq!(list["nearMisses"].as_array().unwrap().len(), 1);
    assert_eq!(list["nearMisses"][0]["text"], "【腾讯云】您的验证码是4370");
    assert_eq!(
        list["nearMisses"][0]["differs"],
        json!([{ "member": "phone", "wanted": "+8613700000001", "found": "+8613700000002" }])
    );
    // Messages that match wholly do not hide the others.
    for _ in 0..4 {
        send(&service, &send_code("+8613700000001", "4370")).await;
    }
    let list = get(&service, "/_tcsms/v1/messages?phone=13700000001&q=4370&count=5").await;
    assert_eq!(list["messages"].as_array().unwrap().len(), 4);
    assert_eq!(list["nearMisses"].as_array().unwrap().len(), 1);
    let list = get(&service, "/_tcsms/v1/messages?phone=13700000002&status=delivered&q=9999").await;
    assert_eq!(list["nearMisses"], json!([]), "two conditions fail: that is not near");
    let list = get(&service, "/_tcsms/v1/messages?phone=13700000002&q=9999").await;
    assert_eq!(list["nearMisses"][0]["differs"][0]["member"], "q");
    service.stop().await;
}

#[tokio::test]
async fn lists_can_be_narrowed_and_continued() {
    let service = service("").await;
    let phones = ["+8613700000001", "+8613700000002", "12345", "+8613700000003"];
    send(&service, &send_sms(&phones)).await;
    let rows = |list: &Value| {
        list["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|message| message["phone"].clone())
            .collect::<Vec<_>>()
    };
    let all = get(&service, "/_tcsms/v1/messages").await;
    assert_eq!(rows(&all), phones);
    assert_eq!(rows(&get(&service, "/_tcsms/v1/messages?limit=2").await), ["12345", "+8613700000003"]);
    let after = all["messages"][0]["row"].as_i64().unwrap();
    let next = get(&service, &format!("/_tcsms/v1/messages?after={after}&limit=2")).await;
    assert_eq!(rows(&next), ["+8613700000002", "12345"]);
    let refused = get(&service, "/_tcsms/v1/messages?status=refused").await;
    assert_eq!(refused["messages"][0]["report"], "InvalidParameterValue.IncorrectPhoneNumber");
    assert_eq!((&refused["messages"][0]["fee"], rows(&refused).len()), (&json!(0), 1));
    assert_eq!(rows(&get(&service, "/_tcsms/v1/messages?account=nobody").await).len(), 0);
    assert_eq!(rows(&get(&service, "/_tcsms/v1/messages?account=test&app=1400787878").await).len(), 4);
    // A + that was not escaped is a blank on the wire.
    assert_eq!(rows(&get(&service, "/_tcsms/v1/messages?phone=+8613700000002").await), ["+8613700000002"]);

    let (status, deleted) = control(&service, "DELETE", "/_tcsms/v1/messages?account=test", "").await;
    assert_eq!((status, deleted), (200, json!({ "deleted": 4 })));
    assert_eq!(rows(&get(&service, "/_tcsms/v1/messages").await).len(), 0);
    let (status, _) = control(&service, "DELETE", "/_tcsms/v1/messages?account=nobody", "").await;
    assert_eq!(status, 404);
    service.stop().await;
}

#[tokio::test]
async fn bad_queries_are_explained() {
    let service = service("").await;
    for (query, expected) in [
        (
            "messages?fone=1",
            "unknown parameter fone; known are status, count, account, app, phone, q, after, limit, wait",
        ),
        ("messages?count=0", "count=0: it must be a whole number of 1 to 1000"),
        ("messages?limit=x", "limit=x: it must be a whole number of 1 to 1000"),
        ("messages?limit=2&count=3", "count=3 is more than limit=2; raise the limit"),
        ("messages?status=lost", "status=lost: it must be one of refused, submitted, delivered, failed"),
        (
            "messages?wait=5",
            "wait=5: it must be a whole number and one of the units ms, s, m, h and d, such as \"500ms\", \"1s\" or \
             \"24h\", at most 300s",
        ),
        (
            "messages?wait=1h",
            "wait=1h: it must be a whole number and one of the units ms, s, m, h and d, such as \"500ms\", \"1s\" or \
             \"24h\", at most 300s",
        ),
        ("requests?limit=0", "limit=0: it must be a whole number of 1 to 1000"),
    ] {
        let (status, error) = control(&service, "GET", &format!("/_tcsms/v1/{query}"), "").await;
        assert_eq!((status, error["error"]["message"].as_str().unwrap()), (400, expected));
        assert_eq!(error["error"]["code"], "BadRequest");
    }
    let (status, error) = control(&service, "GET", "/_tcsms/v1/messages?q=%zz", "").await;
    assert_eq!((status, &error["error"]["code"]), (400, &json!("BadRequest")));
    service.stop().await;
}

#[tokio::test]
async fn a_failed_signature_is_explained() {
    let service = service("").await;
    let day =
        Call { secret_key: "SKEXAMPLE ", ..Call::new("PullSmsSendStatus", "{}") }.header("x-tc-token", "");
    let response = day.header("x-tc-requestclient", "SDK_TEST_1").send(&service).await;
    assert!(outcome(&response).starts_with("AuthFailure.SignatureFailure: "));
    let id = response["RequestId"].as_str().unwrap();

    let list = get(&service, "/_tcsms/v1/requests").await;
    let call = &list["requests"][0];
    for (member, expected) in [
        ("id", id),
        ("account", "test"),
        ("method", "POST"),
        ("path", "/"),
        ("scheme", "TC3-HMAC-SHA256"),
        ("secretId", "AKIDEXAMPLE"),
        ("action", "PullSmsSendStatus"),
        ("version", "2021-01-11"),
        ("region", "ap-guangzhou"),
        ("client", "SDK_TEST_1"),
        ("code", "AuthFailure.SignatureFailure"),
    ] {
        assert_eq!(call[member], expected, "{member}");
    }
    assert!(call["explanation"].as_str().unwrap().contains("the signature does not hold"));

    let whole = get(&service, &format!("/_tcsms/v1/requests/{id}")).await;
    assert_eq!(whole["explanation"]["part"], "the secret key");
    assert!(whole["explanation"]["hints"][0].as_str().unwrap().contains("blank"), "{whole}");
    assert!(whole["explanation"]["canonicalRequest"].as_str().unwrap().starts_with("POST\n/\n\n"));
    assert!(
        whole["explanation"]["stringToSign"].as_str().unwrap().starts_with("TC3-HMAC-SHA256\n1795575600\n")
    );
    let raw = whole["raw"].as_str().unwrap();
    assert!(raw.starts_with("POST / HTTP/1.1\r\n") && raw.ends_with("\r\n\r\n{}"), "{raw}");
    assert_eq!(whole["bodyBytes"], 2);
    service.stop().await;
}

#[tokio::test]
async fn calls_are_listed_and_filtered() {
    let service = service("").await;
    assert_eq!(get(&service, "/_tcsms/v1/requests").await, json!({ "requests": [] }));
    send(&service, &send_sms(&["+8613700000001"])).await;
    let bare = Request::get("/").body(String::new()).unwrap();
    answer(&service, bare).await;
    let list = get(&service, "/_tcsms/v1/requests").await;
    let codes: Vec<_> = list["requests"].as_array().unwrap().iter().map(|call| &call["code"]).collect();
    assert_eq!(codes, ["Ok", "MissingParameter"]);
    for (query, count) in [
        ("action=SendSms", 1),
        ("code=Ok", 1),
        ("code=InternalError", 0),
        ("account=test", 1),
        ("limit=1", 1),
    ] {
        let list = get(&service, &format!("/_tcsms/v1/requests?{query}")).await;
        assert_eq!(list["requests"].as_array().unwrap().len(), count, "{query}");
    }
    let (status, _) = control(&service, "GET", "/_tcsms/v1/requests/none", "").await;
    assert_eq!(status, 404);
    service.stop().await;
}

#[tokio::test]
async fn no_secret_in_any_answer() {
    let service = service("").await;
    let temporary =
        Call { secret_id: "AKIDTEMPORARY", secret_key: "wrong", ..Call::new("PullSmsSendStatus", "{}") };
    temporary.header("x-tc-token", "a token/+=").send(&service).await;
    let mut parameters = v1_parameters("PullSmsSendStatus", &[("Token", "a token/+=")]);
    parameters
        .iter_mut()
        .filter(|(name, _)| name == "SecretId")
        .for_each(|(_, id)| *id = "AKIDTEMPORARY".to_owned());
    for method in ["GET", "POST"] {
        let response = answer(&service, v1_request(method, parameters.clone())).await;
        assert!(outcome(&response).starts_with("AuthFailure.SignatureFailure: "));
    }
    let list = get(&service, "/_tcsms/v1/requests").await;
    let calls = list["requests"].as_array().unwrap();
    assert_eq!(calls.len(), 3);
    for call in calls {
        let whole =
            get(&service, &format!("/_tcsms/v1/requests/{}", call["id"].as_str().unwrap())).await.to_string();
        for secret in ["SKEXAMPLE", "SKTEMPORARY", "a token", "a%20token", "a+token", "token/+="] {
            assert!(!whole.contains(secret), "{secret} in {whole}");
        }
        assert!(whole.contains("[hidden]"));
    }
    service.stop().await;
}

#[tokio::test]
async fn the_clock_moves_business_time_and_stops_both() {
    let service = service("[delivery]\ndelay = \"1h\"").await;
    let clock = get(&service, "/_tcsms/v1/clock").await;
    assert_eq!(clock, json!({ "now": NOW, "signaturesNow": NOW, "frozen": true, "signatures": true }));
    send(&service, &send_sms(&["+8613700000001"])).await;

    let put = async |body: &str| control(&service, "PUT", "/_tcsms/v1/clock", body).await;
    let (status, clock) = put(&format!(r#"{{"now":{},"signatures":true}}"#, NOW + 3600)).await;
    assert_eq!((status, &clock["now"]), (200, &json!(NOW + 3600)));
    let list = get(&service, "/_tcsms/v1/messages?status=delivered&wait=60s").await;
    assert_eq!(list["matched"], true, "the clock made the delivery due");
    let expired = Call::new("SendSms", "{}").send(&service).await;
    assert!(outcome(&expired).starts_with("AuthFailure.SignatureExpire: "));

    let (_, clock) = put(r#"{"offset":"24h"}"#).await;
    assert_eq!(
        (&clock["offset"], &clock["frozen"], &clock["signatures"]),
        (&json!("1d"), &json!(false), &json!(false))
    );
    let ahead = clock["now"].as_i64().unwrap() - clock["signaturesNow"].as_i64().unwrap();
    assert!((86_399..=86_401).contains(&ahead), "{ahead}");
    let (_, clock) = put(r#"{"offset":"-601s","signatures":true}"#).await;
    assert_eq!((&clock["offset"], &clock["signatures"]), (&json!("-601s"), &json!(true)));
    let (_, clock) = put("{}").await;
    assert_eq!(clock["offset"], "0s");

    for bad in [
        "",
        "[]",
        r#"{"offset":1}"#,
        r#"{"offset":"soon"}"#,
        r#"{"now":1,"offset":"1s"}"#,
        r#"{"now":-1}"#,
        r#"{"now":99999999999}"#,
        r#"{"offzet":"1s"}"#,
    ] {
        let (status, error) = put(bad).await;
        assert_eq!((status, &error["error"]["code"]), (400, &json!("BadRequest")), "{bad}");
    }
    service.stop().await;
}

#[tokio::test]
async fn health() {
    let service = service("").await;
    assert_eq!(get(&service, "/healthz").await, json!({ "status": "ok" }));
    assert_eq!(get(&service, "/readyz").await, json!({ "status": "ready" }));
    service.stop().await;
    let (status, _) = control(&service, "GET", "/healthz", "").await;
    assert_eq!(status, 200);
    let (status, _) = control(&service, "GET", "/readyz", "").await;
    assert_eq!(status, 503);
}

#[tokio::test]
async fn what_is_not_there_is_said() {
    let service = service("").await;
    for path in ["/_tcsms", "/_tcsms/", "/_tcsms/v1", "/_tcsms/v1/nothing", "/_tcsms/v2/messages"] {
        let (status, error) = control(&service, "GET", path, "").await;
        assert_eq!((status, &error["error"]["code"]), (404, &json!("NotFound")), "{path}");
        assert!(error["error"]["message"].as_str().unwrap().contains(path), "{error}");
    }
    let (status, error) = control(&service, "POST", "/_tcsms/v1/messages", "").await;
    assert_eq!((status, &error["error"]["code"]), (405, &json!("MethodNotAllowed")));
    // A path that only begins alike is the API's, whose path has no meaning.
    let (status, answer) = control(&service, "GET", "/_tcsmsx", "").await;
    assert_eq!((status, &answer["Response"]["Error"]["Code"]), (200, &json!("MissingParameter")));
    service.stop().await;
}

#[tokio::test]
async fn other_sites_and_other_names_are_refused() {
    let service = service("").await;
    for (name, value, code) in [
        ("host", "evil.example", "ForbiddenHost"),
        ("origin", "http://evil.example", "CrossSite"),
        ("sec-fetch-site", "cross-site", "CrossSite"),
    ] {
        let mut request =
            Request::get("/_tcsms/v1/messages").header("host", "localhost").body(String::new()).unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
        let response = service.call(request).await;
        assert_eq!(response.status(), 403);
        assert_eq!(body(response).await["error"]["code"], code);
    }
    service.stop().await;
}

#[tokio::test]
async fn a_large_body_is_refused() {
    let service = service("").await;
    let (status, told) = control(&service, "PUT", "/_tcsms/v1/clock", &" ".repeat(64 * 1024 + 1)).await;
    assert_eq!((status, &told["error"]["code"]), (413, &json!("BodyTooLarge")));
    service.stop().await;
}

#[tokio::test]
async fn a_path_that_names_nothing_is_explained() {
    let service = service("").await;
    for path in ["signs/x1/review", "templates/-1/review", "signs/99999999999999999999/review"] {
        let (status, told) = control(&service, "POST", &format!("/_tcsms/v1/{path}"), "{}").await;
        assert_eq!((status, &told["error"]["code"]), (400, &json!("BadRequest")), "{path}");
        let message = told["error"]["message"].as_str().unwrap();
        assert!(message.contains(path), "{message}");
    }
    // Not text, and out of the folder: nothing but names that nobody has.
    for (path, expected) in
        [("messages/%ff", 400), ("messages/..%2f..%2fetc%2fpasswd", 404), ("requests/%2e%2e", 404)]
    {
        let (status, told) = control(&service, "GET", &format!("/_tcsms/v1/{path}"), "").await;
        assert_eq!(status, expected, "{path}: {told}");
    }
    service.stop().await;
}
