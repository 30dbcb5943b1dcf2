use serde_json::{Value, json};
use tcsms_api::Version::{V20190711, V20210111};

use super::*;

const STATUS: &str = "PullSmsSendStatusByPhoneNumber";
const REPLY: &str = "PullSmsReplyStatusByPhoneNumber";
const RECORDS: &str = "DescribeSendRecordList";
const DAY: i64 = 24 * 3600;

fn question(members: Value) -> Value {
    let request = json!({"BeginTime": NOW - 100, "Offset": 0, "Limit": 100, "PhoneNumber": "+8613700000001",
        "SmsSdkAppId": "1400006666"});
    over(request, members)
}

/// The same with the names of 2019-07-11.
fn older(mut request: Value) -> Value {
    let members = request.as_object_mut().unwrap();
    for (newer, older) in
        [("BeginTime", "SendDateTime"), ("EndTime", "EndDateTime"), ("SmsSdkAppId", "SmsSdkAppid")]
    {
        if let Some(value) = members.remove(newer) {
            members.insert(older.to_owned(), value);
        }
    }
    request
}

#[tokio::test]
async fn reports_of_a_number_are_answered_in_the_form_of_each_version() {
    let bench = Bench::with("[rules]\npull_open = false").ready().await;
    let set = bench
        .send(json!({"PhoneNumberSet": ["13700000001", "13700000002"], "SessionContext": "order-77"}))
        .await;
    let answer = bench.call(STATUS, question(json!({}))).await.unwrap();
    assert_eq!(answer["PullSmsSendStatusSet"], json!([]), "nothing is reported yet");
    bench.deliver().await;
    let expected = json!([{"UserReceiveTime": NOW + 1, "CountryCode": "86", "SubscriberNumber": "13700000001",
        "PhoneNumber": "+8613700000001", "SerialNo": set[0]["SerialNo"], "ReportStatus": "SUCCESS",
        "Description": "DELIVRD", "SessionContext": "order-77"}]);
    for _ in 0..2 {
        let answer = bench.call(STATUS, question(json!({"PhoneNumber": "13700000001"}))).await.unwrap();
        assert_eq!(answer["PullSmsSendStatusSet"], expected, "reading takes nothing away");
    }
    let request = older(question(json!({"PhoneNumber": "+8613700000002"})));
    let answer = bench.call_version(V20190711, STATUS, &request).await.unwrap();
    assert_eq!(
        answer["PullSmsSendStatusSet"],
        json!([{"UserReceiveTime": "2026-11-25 11:00:01", "UserReceiveUnixTime": NOW + 1, "NationCode": "86",
            "PurePhoneNumber": "+8613700000002", "PhoneNumber": "13700000002", "SerialNo": set[1]["SerialNo"],
            "ReportStatus": "FAIL", "Description": "UNDELIV"}])
    );
    let later = question(json!({"BeginTime": NOW, "EndTime": NOW}));
    assert_eq!(bench.call(STATUS, later).await.unwrap()["PullSmsSendStatusSet"], expected);
    let before = question(json!({"EndTime": NOW - 1}));
    assert_eq!(bench.call(STATUS, before).await.unwrap()["PullSmsSendStatusSet"], json!([]));
}

#[tokio::test]
async fn replies_are_pulled_once_and_answered_by_number_in_the_form_of_each_version() {
    let mut bench = Bench::with("[rules]\nextend_code = true").ready().await;
    bench.send(json!({"ExtendCode": "07"})).await;
    bench.now += 10;
    bench.reply("+8613700000001", "好的").await;
    let newer = json!([{"ExtendCode": "07", "CountryCode": "86", "PhoneNumber": "+8613700000001",
        "SignName": "青柠科技", "ReplyContent": "好的", "ReplyTime": NOW + 10, "SubscriberNumber": "13700000001"}]);
    let earlier = json!([{"ExtendCode": "07", "NationCode": "86", "PhoneNumber": "+8613700000001",
        "Sign": "青柠科技", "ReplyContent": "好的", "ReplyTime": "2026-11-25 11:00:10", "ReplyUnixTime": NOW + 10}]);

    let answer = bench.call(REPLY, question(json!({}))).await.unwrap();
    assert_eq!(answer["PullSmsReplyStatusSet"], newer);
    let answer = bench.call_version(V20190711, REPLY, &older(question(json!({})))).await.unwrap();
    assert_eq!(answer["PullSmsReplyStatusSet"], earlier);
    let by_reply_time = question(json!({"EndTime": NOW + 9}));
    assert_eq!(bench.call(REPLY, by_reply_time).await.unwrap()["PullSmsReplyStatusSet"], json!([]));

    let pull = json!({"SmsSdkAppId": "1400006666", "Limit": 100});
    let answer = bench.call("PullSmsReplyStatus", pull.clone()).await.unwrap();
    assert_eq!(answer["PullSmsReplyStatusSet"], newer);
    let answer = bench.call("PullSmsReplyStatus", pull.clone()).await.unwrap();
    assert_eq!(answer["PullSmsReplyStatusSet"], json!([]));
    bench.reply("+8613700000001", "好的").await;
    let answer = bench.call_version(V20190711, "PullSmsReplyStatus", &older(pull)).await.unwrap();
    assert_eq!(answer["PullSmsReplyStatusSet"], earlier);
}

#[tokio::test]
async fn a_span_reaches_seven_days_back_and_a_minute_ahead() {
    const BEGIN: &str = "InvalidParameterValue.BeginTimeVerifyFail";
    const END: &str = "InvalidParameterValue.EndTimeVerifyFail";
    let bench = Bench::new().await;
    for (members, code) in [
        (json!({"BeginTime": NOW - 7 * DAY - 1}), BEGIN),
        (json!({"BeginTime": NOW + 1}), BEGIN),
        (json!({"EndTime": NOW + 61}), END),
        (json!({"EndTime": NOW - 101}), "InvalidParameterValue.InvalidStartTime"),
        (json!({"PhoneNumber": "12345"}), "InvalidParameterValue.IncorrectPhoneNumber"),
        (json!({"Limit": 0}), "InvalidParameter"),
        (json!({"Limit": 101}), "InvalidParameter"),
        (json!({"Offset": 1}), "InvalidParameter"),
        (json!({"SmsSdkAppId": "1"}), "InvalidParameterValue.SdkAppIdNotExist"),
        (json!({"SmsSdkAppId": "1400000002"}), "UnauthorizedOperation.SmsSdkAppIdVerifyFail"),
    ] {
        let request = question(members);
        for action in [STATUS, REPLY] {
            assert_eq!(bench.refusal(V20210111, action, &request).await, code, "{request}");
            assert_eq!(bench.refusal(V20190711, action, &older(request.clone())).await, code, "{request}");
        }
    }
    for members in [json!({"BeginTime": NOW - 7 * DAY}), json!({"EndTime": NOW + 60})] {
        for action in [STATUS, REPLY] {
            bench.call(action, question(members.clone())).await.unwrap();
        }
    }
}

#[tokio::test]
async fn records_say_what_became_of_each_message_with_its_values_covered() {
    let mut bench = Bench::new().await;
    let phone = |last: u8| format!("+861370000000{last}");
    let record = async |bench: &Bench, last: u8| {
        let request = json!({"PhoneNumber": phone(last), "SmsSdkAppId": "1400006666", "BeginTime": NOW - 10});
        let mut answer = bench.call(RECORDS, request).await.unwrap();
        assert_eq!(answer["TotalCount"], 1);
        answer["SendRecordSet"][0].take()
    };
    let sent = bench.send(json!({"PhoneNumberSet": [phone(1), phone(2), phone(3)]})).await;
    let text = "【青柠科技】您的验证码为4****0，5分钟内有效。";
    let expected = |place: usize, status: u64, word: &str, received: i64| {
        json!({"PhoneNumber": phone(place as u8 + 1), "SerialNo": sent[place]["SerialNo"], "SendStatus": status,
            "RequestCode": "Ok", "StatusCode": word, "IsoCode": "CN", "Content": text, "SendTime": NOW,
            "UserReceiveTime": received})
    };
    assert_eq!(record(&bench, 3).await, expected(2, 3, "", 0));
    bench.deliver().await;
    bench.now += 1;
    assert_eq!(record(&bench, 1).await, expected(0, 2, "DELIVRD", NOW + 1));
    assert_eq!(record(&bench, 2).await, expected(1, 4, "UNDELIV", 0));
    bench.send(json!({"PhoneNumberSet": [phone(4)], "TemplateId": "99"})).await;
    let refused = record(&bench, 4).await;
    assert_eq!((&refused["SendStatus"], &refused["Content"]), (&json!(1), &json!("")));
    assert_eq!(refused["RequestCode"], "FailedOperation.TemplateUnapprovedOrNotExist");
}

#[tokio::test]
async fn records_are_the_newest_first_of_seventy_two_hours() {
    let mut bench = Bench::new().await;
    for _ in 0..3 {
        bench.send(json!({})).await;
        bench.now += 30;
    }
    let ask = |members: Value| over(question(json!({"Limit": null, "Offset": null})), members);
    let times = async |members: Value| {
        let answer = bench.call(RECORDS, ask(members)).await.unwrap();
        let Value::Array(set) = &answer["SendRecordSet"] else { panic!("{answer}") };
        let times: Vec<_> = set.iter().map(|record| record["SendTime"].as_i64().unwrap() - NOW).collect();
        (answer["TotalCount"].as_u64().unwrap(), times)
    };
    assert_eq!(times(json!({})).await, (3, vec![60, 30, 0]));
    assert_eq!(times(json!({"Offset": 1, "Limit": 1})).await, (3, vec![30]));
    assert_eq!(times(json!({"BeginTime": NOW, "EndTime": NOW + 30})).await, (2, vec![30, 0]));

    for (members, code) in [
        (json!({"BeginTime": bench.now - 3 * DAY - 1}), "InvalidParameterValue.BeginTimeVerifyFail"),
        (json!({"BeginTime": bench.now + 1}), "InvalidParameterValue.BeginTimeVerifyFail"),
        (json!({"EndTime": bench.now + 1}), "InvalidParameterValue.EndTimeVerifyFail"),
        (json!({"EndTime": NOW - 101}), "InvalidParameterValue.InvalidStartTime"),
        (json!({"Limit": 0}), "InvalidParameterValue.LimitVerifyFail"),
        (json!({"Limit": 51}), "InvalidParameterValue.LimitVerifyFail"),
        (json!({"Offset": 1001}), "InvalidParameterValue.OffsetVerifyFail"),
        (json!({"PhoneNumber": "x"}), "InvalidParameterValue.IncorrectPhoneNumber"),
    ] {
        assert_eq!(bench.refusal(V20210111, RECORDS, &ask(members)).await, code);
    }
    bench
        .call(RECORDS, ask(json!({"BeginTime": bench.now - 3 * DAY, "Offset": 1000, "Limit": 50})))
        .await
        .unwrap();
}

#[tokio::test]
async fn an_opt_out_stops_all_but_login_codes() {
    let mut bench = Bench::new().await;
    bench.send(json!({})).await;
    bench.now += 30;
    bench.reply("13700000001", "t").await;
    let notice = json!({"TemplateId": "3", "TemplateParamSet": ["好"],
        "PhoneNumberSet": ["+8613700000001", "+8613700000002"]});
    let set = bench.send(notice.clone()).await;
    assert_eq!(set[0]["Code"], "FailedOperation.PhoneNumberInBlacklist");
    assert_eq!((&set[0]["IsoCode"], &set[1]["Code"]), (&json!("CN"), &json!("Ok")));
    let sale = json!({"TemplateId": "2", "TemplateParamSet": ["8"]});
    assert_eq!(bench.code(sale).await, "FailedOperation.PhoneNumberInBlacklist");
    assert_eq!(bench.code(json!({})).await, "Ok", "a login code");
    bench.now += 30;
    assert!(bench.actions.store.remove_opt_out("a", "1400006666", "+8613700000001").await.unwrap());
    assert_eq!(bench.codes(notice).await, ["Ok"; 2]);
}

#[tokio::test]
async fn a_typed_back_code_is_counted_when_its_message_is_known() {
    let bench = Bench::new().await;
    let serial = bench.send(json!({})).await[0]["SerialNo"].as_str().unwrap().to_owned();
    let report = |app: &str, serial: &str, time: Value| {
        over(json!({"SmsSdkAppId": app, "SerialNo": serial}), json!({"ConversionTime": time}))
    };
    for (serial, time) in [("unknown", Value::Null), (serial.as_str(), json!(NOW + 5))] {
        let answer = bench.call("ReportConversion", report("1400006666", serial, time)).await.unwrap();
        assert_eq!(answer["ReportConversionStatus"], json!({"Code": "OK", "Message": "success"}));
    }
    assert_eq!(bench.actions.store.conversion(&serial).await.unwrap(), Some(NOW + 5));
    for app in ["1", "1400000001", "1400000002"] {
        let request = report(app, &serial, Value::Null);
        assert_eq!(
            bench.refusal(V20210111, "ReportConversion", &request).await,
            "UnauthorizedOperation.SmsSdkAppIdVerifyFail",
            "the only code that this action lists for an app"
        );
    }
}
