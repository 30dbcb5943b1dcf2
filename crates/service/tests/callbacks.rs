//! Pushing reports and replies to the caller's servers.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::receiver::{Answer, OK, Receiver};
use support::{Call, NOW, control, outcome, send_sms};
use tcsms_service::{Clock, Config, Service};
use tcsms_store::{Location, Store};

/// A service whose apps push to these addresses; the app of index `n` is `140000000n`.
async fn start(urls: &[String], more: &str, clock: &Clock, location: &Location) -> Service {
    let mut text = format!(
        "[[account]]\nid = \"test\"\nreply_url = \"{}\"\n[[account.key]]\nsecret_id = \"AKIDEXAMPLE\"\n\
         secret_key = \"SKEXAMPLE\"\n[[account.sign]]\nid = 1\nname = \"腾讯云\"\n[[account.template]]\nid = \"449739\"\n\
         content = \"欢迎使用本服务。\"\n",
        urls[0]
    );
    for (index, url) in urls.iter().enumerate() {
        text += &format!("[[account.app]]\nsdk_app_id = \"140000000{index}\"\nstatus_url = \"{url}\"\n");
    }
    text += "[limits]\nprofile = \"off\"\n[delivery]\ndelay = \"0s\"\n";
    let config = Config::from_toml(&format!("{text}{more}"), "test.toml").unwrap();
    Service::start(config, Store::open(location).unwrap(), clock.clone()).await.unwrap()
}

async fn memory(urls: &[String], more: &str) -> (Service, Clock) {
    let clock = Clock::frozen(NOW);
    (start(urls, more, &clock, &Location::Memory).await, clock)
}

async fn send(service: &Service, app: usize, phones: &[&str]) {
    let body = send_sms(phones).replace("1400787878", &format!("140000000{app}"));
    assert_eq!(outcome(&Call::new("SendSms", &body).send(service).await), "Ok");
}

/// The attempts once there are so many.
async fn attempts(service: &Service, count: usize) -> Vec<Value> {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let (_, list) = control(service, "GET", "/_tcsms/v1/callbacks", "").await;
        let list = list["attempts"].as_array().unwrap().clone();
        if list.len() >= count {
            return list;
        }
        assert!(Instant::now() < deadline, "only {list:?}");
        tokio::task::yield_now().await;
    }
}

fn seconds_after(clock: &Clock, seconds: i64) {
    clock.set(tcsms_service::Setting {
        business: tcsms_service::Business::Frozen((NOW + seconds) * 1000),
        signatures: false,
    });
}

#[tokio::test]
async fn reports_are_pushed_in_the_documented_form_and_can_still_be_pulled() {
    let mut receiver = Receiver::start(&[OK]).await;
    let (service, _) = memory(&[receiver.url()], "").await;
    send(&service, 0, &["+8613700000001"]).await;
    let (headers, push) = receiver.next_with_headers().await;
    assert_eq!(headers["content-type"], "application/json");
    let report = &push[0];
    assert_eq!(
        (&report["nationcode"], &report["mobile"], &report["report_status"], &report["errmsg"]),
        (&json!("86"), &json!("13700000001"), &json!("SUCCESS"), &json!("DELIVRD"))
    );
    assert_eq!(report["user_receive_time"], "2026-11-25 11:00:00");
    let list = attempts(&service, 1).await;
    assert_eq!(
        (&list[0]["outcome"], &list[0]["httpStatus"], &list[0]["items"]),
        (&json!("OK"), &json!(200), &json!(1))
    );
    let pull =
        Call::new("PullSmsSendStatus", r#"{"SmsSdkAppId":"1400000000","Limit":10}"#).send(&service).await;
    assert_eq!(pull["PullSmsSendStatusSet"][0]["SerialNo"], report["sid"]);
    service.stop().await;
    assert!(receiver.is_empty());
}

#[tokio::test]
async fn a_push_holds_a_hundred_reports_at_most() {
    let mut receiver = Receiver::start(&[OK]).await;
    let (service, _) = memory(&[receiver.url()], "").await;
    let phones: Vec<String> = (0..150).map(|number| format!("+8613700000{number:03}")).collect();
    send(&service, 0, &phones.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let mut seen = 0;
    while seen < 150 {
        let count = receiver.next().await.as_array().unwrap().len();
        assert!((1..=100).contains(&count), "{count}");
        seen += count;
    }
    assert_eq!(seen, 150);
    service.stop().await;
}

#[tokio::test]
async fn a_failed_push_is_made_twice_more_at_its_times() {
    for answer in [Answer::Text(500, "{}"), Answer::Text(200, r#"{"result":1}"#), Answer::Text(200, "OK")] {
        let mut receiver = Receiver::start(&[answer]).await;
        let (service, clock) = memory(&[receiver.url()], "").await;
        send(&service, 0, &["+8613700000001"]).await;
        let first = receiver.next().await;
        let list = attempts(&service, 1).await;
        assert_eq!(list[0]["nextAt"], NOW + 5, "{answer:?}");
        assert_ne!(list[0]["outcome"], "OK");
        seconds_after(&clock, 5);
        assert_eq!(receiver.next().await, first, "the same text again");
        let list = attempts(&service, 2).await;
        assert_eq!(list[1]["nextAt"], NOW + 35);
        seconds_after(&clock, 35);
        receiver.next().await;
        let list = attempts(&service, 3).await;
        assert_eq!((&list[2]["nextAt"], &list[2]["attempt"]), (&Value::Null, &json!(3)));
        seconds_after(&clock, 3600);
        service.stop().await;
        assert!(receiver.is_empty(), "three attempts are all");
    }
}

#[tokio::test]
async fn a_target_that_hangs_delays_nobody_else_and_is_given_up() {
    let mut hanging = Receiver::start(&[Answer::Hang]).await;
    let mut other = Receiver::start(&[OK]).await;
    let (service, _) = memory(&[hanging.url(), other.url()], "[callbacks]\ntimeout = \"200ms\"\n").await;
    send(&service, 0, &["+8613700000001"]).await;
    hanging.next().await;
    send(&service, 1, &["+8613700000002"]).await;
    assert_eq!(other.next().await[0]["mobile"], "13700000002");
    let list = attempts(&service, 2).await;
    let hung = list.iter().find(|attempt| attempt["app"] == "1400000000").unwrap();
    assert_eq!(hung["outcome"], "no answer within 200 ms");
    service.stop().await;
}

#[tokio::test]
async fn nobody_there_is_a_failure_that_is_told() {
    let gone = Receiver::start(&[OK]).await.address.port();
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert_ne!(gone, closed.port());
    let (service, _) = memory(&[format!("http://{closed}/")], "").await;
    send(&service, 0, &["+8613700000001"]).await;
    let list = attempts(&service, 1).await;
    let told = list[0]["outcome"].as_str().unwrap();
    assert!(told.starts_with(&format!("cannot connect to {closed}")), "{told}");
    service.stop().await;
}

#[tokio::test]
async fn private_addresses_can_be_barred() {
    let mut receiver = Receiver::start(&[OK]).await;
    let (service, _) = memory(&[receiver.url()], "[callbacks]\nallow_private = false\n").await;
    send(&service, 0, &["+8613700000001"]).await;
    let list = attempts(&service, 1).await;
    assert_eq!(
        list[0]["outcome"],
        "127.0.0.1 is an address of a private network; allow such with allow_private = true in [callbacks]"
    );
    service.stop().await;
    assert!(receiver.is_empty());
}

#[tokio::test]
async fn replies_are_pushed_one_by_one() {
    let mut receiver = Receiver::start(&[OK]).await;
    let (service, _) = memory(&[receiver.url()], "").await;
    let reply = r#"{"phone":"13700000001","text":"R"}"#;
    let (status, _) = control(&service, "POST", "/_tcsms/v1/replies", reply).await;
    assert_eq!(status, 404, "nobody wrote to this phone");
    send(&service, 0, &["+8613700000001"]).await;
    assert!(receiver.next().await.is_array());
    let (status, answer) = control(&service, "POST", "/_tcsms/v1/replies", reply).await;
    assert_eq!((status, &answer["pushed"], &answer["app"]), (200, &json!(true), &json!("1400000000")));
    let expected = json!({
        "extend": "", "mobile": "13700000001", "nationcode": "86", "sign": "腾讯云", "text": "R", "time": NOW,
    });
    assert_eq!(receiver.next().await, expected);
    let list = attempts(&service, 2).await;
    assert_eq!(list[1]["kind"], "reply");
    service.stop().await;
}

#[tokio::test]
async fn what_was_not_pushed_is_pushed_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::File(folder.path().join("sms.db"));
    let mut receiver = Receiver::start(&[Answer::Text(503, ""), OK]).await;
    let clock = Clock::frozen(NOW);
    let service = start(&[receiver.url()], "", &clock, &location).await;
    send(&service, 0, &["+8613700000001"]).await;
    let first = receiver.next().await;
    attempts(&service, 1).await;
    service.stop().await;
    seconds_after(&clock, 60);
    let service = start(&[receiver.url()], "", &clock, &location).await;
    assert_eq!(receiver.next().await, first);
    assert_eq!(attempts(&service, 2).await[1]["outcome"], "OK");
    service.stop().await;
}

#[tokio::test]
async fn faults_drop_delay_and_double_pushes() {
    let mut receiver = Receiver::start(&[OK]).await;
    let (service, clock) = memory(&[receiver.url()], "").await;
    let faults =
        r#"{"faults":[{"times":1,"do":{"callback":{"drop":true}}},{"do":{"callback":{"copies":2}}}]}"#;
    assert_eq!(control(&service, "PUT", "/_tcsms/v1/faults", faults).await.0, 200);
    send(&service, 0, &["+8613700000001"]).await;
    assert_eq!(attempts(&service, 1).await[0]["outcome"], "dropped on demand");
    assert!(receiver.is_empty());
    seconds_after(&clock, 5);
    assert_eq!(receiver.next().await, receiver.next().await);
    service.stop().await;
}

#[tokio::test]
async fn reloaded_accounts_push_elsewhere() {
    let (mut before, mut after) = (Receiver::start(&[OK]).await, Receiver::start(&[OK]).await);
    let (service, _) = memory(&[before.url()], "").await;
    send(&service, 0, &["+8613700000001"]).await;
    before.next().await;
    let text = format!(
        "[[account]]\nid = \"test\"\n[[account.key]]\nsecret_id = \"AKIDEXAMPLE\"\nsecret_key = \"SKEXAMPLE\"\n\
         [[account.sign]]\nid = 1\nname = \"腾讯云\"\n[[account.template]]\nid = \"449739\"\ncontent = \"欢迎使用本服务。\"\n\
         [[account.app]]\nsdk_app_id = \"1400000000\"\nstatus_url = \"{}\"\n[account.app.limits]\nper_number_1d = 1\n",
        after.url()
    );
    service.reload(&Config::from_toml(&text, "test.toml").unwrap()).await.unwrap();
    send(&service, 0, &["+8613700000002"]).await;
    assert_eq!(after.next().await[0]["mobile"], "13700000002");
    let body = send_sms(&["+8613700000002"]).replace("1400787878", "1400000000");
    let again = Call::new("SendSms", &body).send(&service).await;
    assert_ne!(again["SendStatusSet"][0]["Code"], "Ok", "the new limits hold");
    service.stop().await;
    assert!(before.is_empty());
}
