//! The commands that call the service, and the exit code of each way they can end.

use std::process::Stdio;

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{APP, SIGN, Service, TEMPLATE, run_with_input};

const SEND: &str = r#"{"PhoneNumberSet":["+8613700000001"],"SmsSdkAppId":"1400787878","SignName":"腾讯云","TemplateId":"449739","TemplateParamSet":["437046"]}"#;

#[test]
fn a_call_prints_the_answer_and_ends_with_zero() {
    let service = Service::start();
    let sent = service.call("SendSms", SEND);
    assert_eq!((sent.code, sent.err.as_str()), (0, ""));
    let status = &sent.answer()["SendStatusSet"][0];
    assert_eq!((&status["Code"], &status["PhoneNumber"]), (&json!("Ok"), &json!("+8613700000001")));
    assert_eq!(sent.answer()["RequestId"].as_str().unwrap().len(), 36);
    let messages = service.control("messages?phone=%2B8613700000001&wait=10s");
    assert_eq!(messages["messages"][0]["text"], "【腾讯云】您的验证码是437046");
    assert_eq!(messages["messages"][0]["code"], "437046");
}

#[test]
fn parameters_come_from_a_file_or_standard_input_with_a_byte_order_mark() {
    let service = Service::start();
    let file = service.write("send.json", format!("\u{feff}{SEND}\r\n"));
    let sent = service.run(&["call", "SendSms", "--json", &format!("@{}", file.display())]);
    assert_eq!(sent.code, 0, "{}", sent.err);
    let sent =
        run_with_input(&mut service.tcsms(&["call", "SendSms", "--json", "-"]), &format!("\u{feff}{SEND}"));
    assert_eq!(sent.code, 0, "{}", sent.err);
}

#[test]
fn every_way_to_sign_is_accepted() {
    let service = Service::start();
    for sign in ["TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1"] {
        for method in ["POST", "GET"] {
            let sent = service.send(&["+8613700000001"], &["--sign-method", sign, "--method", method]);
            assert_eq!(sent.code, 0, "{sign} {method}: {}", sent.err);
            let noted = service.requests().pop().unwrap();
            assert_eq!((&noted["scheme"], &noted["method"]), (&json!(sign), &json!(method)));
        }
    }
}

#[test]
fn another_product_is_called_under_its_label_and_in_no_region_by_itself() {
    let service = Service::start();
    let call = ["call", "DescribeInstances", "--service", "cvm", "--version", "2017-03-12"];
    // The local service is another one, which the signature does not hold for.
    assert_eq!(service.run(&call).failure()["code"], "AuthFailure.SignatureFailure");
    let noted = service.requests().pop().unwrap();
    let raw = service.control(&format!("requests/{}", noted["id"].as_str().unwrap()))["raw"].clone();
    let raw = raw.as_str().unwrap();
    assert!(raw.contains("host: cvm.tencentcloudapi.com") && raw.contains("/cvm/tc3_request"), "{raw}");
    assert!(!raw.contains("x-tc-region"), "{raw}");
    service.run(&[&call[..], &["--region", "ap-beijing"]].concat());
    assert_eq!(service.requests().pop().unwrap()["region"], "ap-beijing");
}

#[test]
fn a_refused_call_ends_with_one_and_tells_why_as_json() {
    let service = Service::start();
    let missing = service.call("SendSms", r#"{"PhoneNumberSet":["+8613700000001"],"TemplateId":"449739"}"#);
    assert_eq!((missing.code, missing.out.as_str()), (1, ""));
    let failure = missing.failure();
    assert_eq!(failure["code"], "MissingParameter");
    assert_eq!(failure["message"], "The request is missing a required parameter `SmsSdkAppId`.");
    assert_eq!(
        (&failure["kind"], &failure["delivery"], &failure["attempts"]),
        (&json!("service"), &json!("answered"), &json!(1))
    );
    assert_eq!(failure["requestId"].as_str().unwrap().len(), 36);
    let members: Vec<&String> = failure.as_object().unwrap().keys().collect();
    assert_eq!(members, ["attempts", "code", "delivery", "kind", "message", "requestId"]);
}

#[test]
fn what_the_service_refuses_is_told_in_its_own_words() {
    let service = Service::start();
    let many: Vec<String> = (0..201).map(|number| format!("+86137{number:08}")).collect();
    let many = json!({"PhoneNumberSet": many, "SmsSdkAppId": APP, "SignName": SIGN, "TemplateId": TEMPLATE, "TemplateParamSet": ["1"]});
    let cases = [
        ("SendSms", many.to_string(), "LimitExceeded.PhoneNumberCountLimit", ""),
        (
            "SendSms",
            SEND.replace(r#"["+8613700000001"]"#, r#""+8613700000001""#),
            "InvalidParameter",
            "The value type of parameter `PhoneNumberSet` is not valid.",
        ),
        ("SendSms", SEND.replace("SmsSdkAppId", "SmsSdkAppid"), "UnknownParameter", "SmsSdkAppid"),
        ("SendSmsX", "{}".to_owned(), "InvalidAction", ""),
    ];
    for (action, json, code, words) in cases {
        let file = service.write("call.json", json);
        let refused = service.run(&["call", action, "--json", &format!("@{}", file.display())]);
        assert_eq!(refused.code, 1, "{action}: {} {}", refused.out, refused.err);
        assert_eq!(refused.failure()["code"], code);
        assert!(refused.failure()["message"].as_str().unwrap().contains(words), "{}", refused.err);
    }
    let version = service.run(&["call", "SendSms", "--version", "2020-01-01"]);
    assert_eq!((version.code, &version.failure()["code"]), (1, &json!("NoSuchVersion")));
}

#[test]
fn messages_come_in_the_language_that_was_asked_for() {
    let service = Service::start();
    let refused = service.run(&["call", "SendSms", "--language", "zh-CN"]);
    assert_eq!(refused.code, 1);
    let message = refused.failure()["message"].as_str().unwrap().to_owned();
    assert!(!message.is_ascii(), "{message}");
}

#[test]
fn a_wrong_key_is_refused_and_the_service_says_why() {
    let service = Service::start();
    let refused = crate::support::run(
        service.tcsms(&["call", "PullSmsSendStatus"]).env("TENCENTCLOUD_SECRET_KEY", "wrong"),
    );
    assert_eq!(refused.code, 1);
    assert_eq!(refused.failure()["code"], "AuthFailure.SignatureFailure");
    assert!(!refused.err.contains("wrong"), "{}", refused.err);
    let noted = service.requests().pop().unwrap();
    assert_eq!(noted["code"], "AuthFailure.SignatureFailure");
}

#[test]
fn one_number_that_fails_makes_the_code_four() {
    let service = Service::start();
    let both = SEND.replace(r#""+8613700000001""#, r#""+8613700000001","12345""#);
    let called = service.call("SendSms", &both);
    assert_eq!((called.code, called.err.as_str()), (4, ""));
    assert_eq!(called.answer()["SendStatusSet"][1]["Code"], "InvalidParameterValue.IncorrectPhoneNumber");

    let sent = service.send(&["+8613700000001", "12345"], &["--output", "json"]);
    assert_eq!(sent.code, 4);
    assert_eq!(sent.answer()["SendStatusSet"][0]["Code"], "Ok");

    let sent = service.send(&["+8613700000001", "12345"], &[]);
    assert_eq!(sent.code, 4);
    assert_eq!(sent.err, "1 of 2 numbers failed: 12345\n");
    let lines: Vec<Vec<&str>> = sent.out.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["NUMBER", "RESULT", "FEE", "SERIAL", "OR", "REASON"]);
    assert_eq!(lines[1][..3], ["+8613700000001", "Ok", "1"]);
    assert_eq!(lines[2][..3], ["12345", "InvalidParameterValue.IncorrectPhoneNumber", "0"]);
}

#[test]
fn values_that_do_not_fit_the_template_fail_number_by_number() {
    let service = Service::start();
    let sent = service.send(&["+8613700000001"], &["--param", "5", "--no-check", "--output", "json"]);
    assert_eq!(sent.code, 4);
    assert_eq!(
        sent.answer()["SendStatusSet"][0]["Code"],
        "FailedOperation.TemplateParamSetNotMatchApprovedTemplate"
    );
}

#[test]
fn reports_are_pulled_once() {
    let service = Service::start();
    let sent = service.send(&["+8613700000001"], &["--session", "order-77", "--output", "json"]);
    let serial = sent.answer()["SendStatusSet"][0]["SerialNo"].as_str().unwrap().to_owned();
    service.control("messages?phone=%2B8613700000001&status=delivered&wait=10s");
    let pulled = service.run(&["pull", "status", "--app", APP]);
    assert_eq!(pulled.code, 0, "{}", pulled.err);
    let row = pulled.out.lines().nth(1).unwrap();
    for part in ["+8613700000001", "SUCCESS", "DELIVRD", &serial, "order-77"] {
        assert!(row.contains(part), "{part} in {row}");
    }
    let again = service.run(&["pull", "status", "--app", APP]);
    assert_eq!((again.code, again.out.as_str()), (0, "no reports are waiting\n"));
    let json = service.run(&["pull", "status", "--app", APP, "--output", "json"]);
    assert_eq!(json.answer()["PullSmsSendStatusSet"], json!([]));
}

#[test]
fn what_was_sent_is_counted() {
    let service = Service::start();
    service.send(&["+8613700000001", "+8613700000002", "12345"], &[]);
    let range = ["--begin", "2026010100", "--end", "2099010100"];
    let counted = service.run(&[&["stats", "--app", APP, "--output", "json"], &range[..]].concat());
    assert_eq!(counted.code, 0, "{}", counted.err);
    assert_eq!(
        counted.answer()["SendStatusStatistics"],
        json!({"FeeCount": 2, "RequestCount": 3, "RequestSuccessCount": 2})
    );
    let counted = service.run(&[&["stats", "--app", APP], &range[..]].concat());
    assert_snapshot!(counted.out, @r"
    REQUESTED  ACCEPTED  BILLED SEGMENTS
    3          2         2
    ");
}

#[test]
fn a_template_is_handed_in() {
    let service = Service::start();
    let add =
        ["template", "add", "--name", "登录", "--content", "{1}为您的登录验证码", "--kind", "verification"];
    let added = service.run(&add);
    assert_eq!(added.code, 0, "{}", added.err);
    assert!(
        added.out.starts_with("template ") && added.out.ends_with(" is handed in for review\n"),
        "{}",
        added.out
    );
    let added = service.run(&[&add[..], &["--output", "json"]].concat());
    let id = added.answer()["AddTemplateStatus"]["TemplateId"].as_str().unwrap().to_owned();
    assert!(id.bytes().all(|byte| byte.is_ascii_digit()), "{id}");
}

#[test]
fn nothing_is_coloured_when_nobody_watches() {
    let service = Service::start();
    let table = service.send(&["+8613700000001", "12345"], &[]);
    let failed = service.run(&["call", "SendSms", "--output", "table"]);
    for text in [table.out, table.err, failed.err] {
        assert!(!text.is_empty() && !text.contains('\u{1b}'), "{text:?}");
    }
}

#[test]
fn a_reader_that_went_away_does_not_change_the_outcome() {
    let service = Service::start();
    let mut child = service
        .tcsms(&["call", "SendSms", "--json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Gone before the program has anything to write: it is still waiting for its input.
    drop(child.stdout.take());
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), SEND.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(service.control("messages?phone=%2B8613700000001&wait=10s")["matched"], true);
}

#[test]
fn an_answer_that_cannot_be_written_is_not_taken_for_a_call_that_was_not_made() {
    let service = Service::start();
    // The device that is always full.
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = service.tcsms(&["call", "SendSms", "--json", SEND]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let failure: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!((&failure["kind"], &failure["delivery"]), (&json!("output"), &json!("answered")));
    assert_eq!(service.control("messages?phone=%2B8613700000001&wait=10s")["matched"], true);
}
