//! `tcsms explain` on recorded requests, good and bad.

use crate::support::{Run, run, run_with_input, signed_head, tcsms};

const BODY: &str = r#"{"SmsSdkAppId":"1400787878","Limit":1}"#;

fn explain(request: &str, key: &str, more: &[&str]) -> Run {
    run_with_input(tcsms().env("TENCENTCLOUD_SECRET_KEY", key).args(["explain", "-"]).args(more), request)
}

#[test]
fn a_good_signature_ends_with_zero() {
    let request = signed_head("PullSmsSendStatus", BODY, 1_795_575_600, "") + BODY;
    let told = explain(&request, "secretKey", &[]);
    assert_eq!((told.code, told.err.as_str()), (0, ""));
    assert!(told.out.starts_with("The signature holds."), "{}", told.out);
    let told = explain(&request, "secretKey", &["--output", "json"]);
    let answer = told.answer();
    assert_eq!((told.code, &answer["holds"]), (0, &true.into()));
    assert_eq!(answer["signer"]["secretId"], "secretId");
    assert!(
        answer["stringToSign"].as_str().unwrap().starts_with("TC3-HMAC-SHA256\n1795575600\n2026-11-25/sms/")
    );
}

#[test]
fn a_changed_body_and_a_wrong_key_end_with_one() {
    let head = signed_head("PullSmsSendStatus", BODY, 1_795_575_600, "");
    let changed = head.clone() + &BODY.replace('1', "2");
    for (request, key) in [(changed, "secretKey"), (head + BODY, "otherKey")] {
        let told = explain(&request, key, &["--output", "json"]);
        assert_eq!(told.code, 1, "{}", told.err);
        assert_eq!(told.answer()["holds"], false);
        assert!(!told.out.contains("otherKey") && !told.out.contains("secretKey"), "{}", told.out);
    }
}

#[test]
fn the_local_day_in_the_scope_is_named() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo/local-day.http");
    let told = run(tcsms().args(["explain", file, "--secret-key", "secretKey"]));
    assert_eq!(told.code, 1, "{}", told.err);
    for part in ["2026-11-25", "2026-11-24"] {
        assert!(told.out.contains(part), "{part}: {}", told.out);
    }
}

#[test]
fn milliseconds_are_called_milliseconds() {
    let request = signed_head("PullSmsSendStatus", BODY, 1_795_575_600_123, "") + BODY;
    let told = explain(&request, "secretKey", &[]);
    assert_eq!(told.code, 1, "{}", told.out);
    assert!(told.out.contains("milliseconds"), "{}", told.out);
}

#[test]
fn what_cannot_be_explained_ends_with_two() {
    let cases: [(&[&str], &str); 3] = [
        (&["explain", "/nonexistent.http", "--secret-key", "k"], "/nonexistent.http"),
        (&["explain", env!("CARGO_BIN_EXE_tcsms"), "--secret-key", "k"], "no HTTP request"),
        (&["explain", "-"], "TENCENTCLOUD_SECRET_KEY"),
    ];
    for (arguments, words) in cases {
        let failed = run(tcsms().args(arguments));
        assert_eq!(failed.code, 2, "{}", failed.out);
        assert!(failed.err.contains(words), "{}", failed.err);
    }
}
