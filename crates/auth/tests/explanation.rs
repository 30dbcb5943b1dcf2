//! The text that a person reads.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use support::*;
use tcsms_auth::explain::{Explanation, Verdict};
use tcsms_auth::verify::Claim;
use tcsms_auth::{Header, Request, explain};

fn explain_tc3(tc3: &Tc3) -> String {
    tc3.with(&tc3.signature(), |request| explain(request, SECRET_KEY).to_string())
}

#[test]
fn a_signature_that_holds() {
    let tc3 = Tc3::post("{}");
    let canonical: String = tc3.canonical().split('\n').map(|line| format!("  | {line}\n")).collect();
    let hash = sha256_hex(tc3.canonical().as_bytes());
    assert_eq!(
        explain_tc3(&tc3),
        format!(
            "The signature holds.

Scheme     TC3-HMAC-SHA256
Secret id  AKIDEXAMPLE
Action     SendSms, version 2021-01-11
Time       1795541400 (2026-11-24 17:30:00 UTC, 2026-11-25 01:30:00 in Beijing)

Canonical request:
{canonical}
String to sign:
  | TC3-HMAC-SHA256
  | 1795541400
  | 2026-11-24/sms/tc3_request
  | {hash}
"
        )
    );
}

#[test]
fn a_signature_that_does_not() {
    let mut tc3 = Tc3::get("b=1&a=2");
    tc3.query = "a=2&b=1".into();
    let text = explain_tc3(&tc3);
    for line in [
        "The signature does not hold.",
        &format!("Signature  {}", tc3.signature()),
        "Differs    the query string",
        "Hint       the query string was signed in another order than it was sent; sign the very text that is sent",
        "Canonical request, as this request should have been signed:",
        "  | b=1&a=2",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    tc3.query = "c=3".into();
    assert!(explain_tc3(&tc3).contains("\nHint       Perhaps: none of the known mistakes"));
    // The right signature is as good as a signed request: it is not told.
    let right = Tc3::get("b=1&a=2").signature();
    assert!(!text.contains(&right) && !explain_tc3(&tc3).contains(&right));
}

#[test]
fn the_texts_are_those_that_should_have_been_signed() {
    let mut tc3 = Tc3::post("{}");
    tc3.key_date = "2026-11-25".into();
    tc3.scope_date = "2026-11-25".into();
    let text = explain_tc3(&tc3);
    assert!(text.contains("  | 2026-11-24/sms/tc3_request\n"), "{text}");
}

#[test]
fn what_others_wrote_cannot_drive_the_terminal() {
    let mut tc3 = Tc3::get("a=\u{1b}[2J");
    tc3.sent.content_type = "x\u{1b}[2J".into();
    let text = explain_tc3(&tc3);
    assert!(text.contains("  | a=\\u{1b}[2J\n") && !text.contains('\u{1b}'), "{text}");
}

#[test]
fn debug_texts_keep_tokens_and_bodies_to_themselves() {
    let mut tc3 = Tc3::post("{\"a\":\"+8613700000001\"}");
    tc3.sent.more = vec![("X-TC-Token".into(), "the-token".into())];
    tc3.with("00", |request| {
        let text = format!("{request:?} {:?}", Claim::of(request).unwrap());
        assert!(text.contains("X-TC-Token") && text.contains(SECRET_ID), "{text}");
        assert!(!text.contains("the-token") && !text.contains("8613700000001"), "{text}");
    });
}

#[test]
fn a_request_without_a_signature() {
    let request = Request { method: "GET", path: "/", query: "", headers: &[], body: b"" };
    let explanation = explain(&request, SECRET_KEY);
    assert!(!explanation.holds());
    assert!(
        explanation
            .to_string()
            .contains("Problem    the request has no `Timestamp`; send it as header X-TC-Timestamp")
    );
    let headers =
        [Header { name: "Authorization", value: b"SKIP" }, Header { name: "X-TC-Timestamp", value: b"1.5" }];
    let request = Request { headers: &headers, ..request };
    assert!(explain(&request, SECRET_KEY).to_string().contains("no `Action`"));
}

#[test]
fn a_late_request_as_a_server_explains_it() {
    let tc3 = Tc3::post("{}");
    tc3.with(&tc3.signature(), |request| {
        let claim = Claim::of(request).unwrap();
        let expired = claim.check_time(TIMESTAMP + 601, 300).unwrap_err();
        let explanation = Explanation::of(&claim, Verdict::Expired(expired));
        assert!(!explanation.holds());
        let text = explanation.to_string();
        assert!(
            text.contains(
                "Problem    the request's time 1795541400 is 601 s behind this server's 1795542001"
            ),
            "{text}"
        );
    });
}

#[test]
fn names_of_the_other_version_are_remarked() {
    let remarks = |body: &str| {
        let tc3 = Tc3::post(body);
        tc3.with(&tc3.signature(), |request| {
            let explanation = explain(request, SECRET_KEY);
            assert!(explanation.holds());
            explanation.hints().map(ToString::to_string).collect::<Vec<_>>()
        })
    };
    assert_eq!(
        remarks(r#"{"SmsSdkAppid" : "1"}"#),
        ["SmsSdkAppid is a name of version 2019-07-11; send that version or use this version's name"]
    );
    assert!(remarks(r#"{"SmsSdkAppId":"Sign","SignName":"x"}"#).is_empty());
}
