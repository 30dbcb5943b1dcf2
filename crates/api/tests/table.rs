//! The table of actions and the error codes against the facts they are generated from.
#![allow(missing_docs, clippy::unwrap_used)]

use std::collections::BTreeSet;

use serde_json::Value;
use tcsms_api::{ACTIONS, Action, ErrorCode, Kind, Structure, Version, find_action, v20190711, v20210111};

fn facts(version: Version) -> Value {
    let text = match version {
        Version::V20190711 => include_str!("../../../api/facts/2019-07-11.json"),
        Version::V20210111 => include_str!("../../../api/facts/2021-01-11.json"),
    };
    serde_json::from_str(text).unwrap()
}

const VERSIONS: [(Version, usize); 2] = [(Version::V20190711, 16), (Version::V20210111, 20)];

#[test]
fn every_action_of_the_facts_is_in_the_table() {
    let mut total = 0;
    for (version, count) in VERSIONS {
        let facts = facts(version);
        let actions = facts["actions"].as_object().unwrap();
        assert_eq!(actions.len(), count);
        for (name, known) in actions {
            let action = find_action(version, name).unwrap();
            assert_eq!((action.name, action.version), (name.as_str(), version));
            assert_eq!(
                (action.input.name, action.output.name),
                (known["input"].as_str().unwrap(), known["output"].as_str().unwrap())
            );
            for code in known["errors"].as_array().unwrap() {
                assert!(action.errors.contains(&code.as_str().unwrap()), "{name} without {code}");
            }
            assert!(!action.doc.is_empty() && action.rate_per_second > 0, "{name}");
            same(&facts["structures"], action.input);
            same(&facts["structures"], action.output);
        }
        total += count;
    }
    assert_eq!(ACTIONS.len(), total);
}

fn same(facts: &Value, structure: &Structure) {
    let members = facts[structure.name].as_array().unwrap();
    assert_eq!(members.len(), structure.members.len(), "{}", structure.name);
    for (fact, member) in members.iter().zip(structure.members) {
        assert_eq!(fact["name"], member.name);
        assert_eq!(fact["type"] == "list", member.list, "{}.{}", structure.name, member.name);
        assert_eq!(fact["required"].as_bool().unwrap_or_default(), member.required);
        let kind = match member.kind {
            Kind::String => "string",
            Kind::Unsigned => "uint64",
            Kind::Integer => "int64",
            Kind::Object(inner) => {
                same(facts, inner);
                inner.name
            }
        };
        assert_eq!(fact["member"], kind);
    }
}

#[test]
fn an_action_is_found_by_its_exact_name_in_its_version_only() {
    assert!(find_action(Version::V20210111, "DescribeSendRecordList").is_some());
    assert!(find_action(Version::V20190711, "DescribeSendRecordList").is_none());
    assert!(find_action(Version::V20210111, "sendsms").is_none());
    assert_eq!(v20190711::SendSmsRequest::INFO.version, Version::V20190711);
    assert_eq!(
        v20210111::SendSmsRequest::INFO.input.member("SmsSdkAppId").map(|member| member.required),
        Some(true)
    );
    assert!(v20210111::SendSmsRequest::INFO.input.member("SmsSdkAppid").is_none());
}

#[test]
fn versions_are_dates() {
    for (version, _) in VERSIONS {
        assert_eq!(Version::parse(version.as_str()), Some(version));
    }
    assert_eq!(Version::parse("2017-03-12"), None);
    assert_eq!(Version::V20210111.to_string(), "2021-01-11");
}

#[test]
fn only_what_merely_reads_is_idempotent() {
    let idempotent: BTreeSet<&str> =
        ACTIONS.iter().filter(|action| action.idempotent).map(|action| action.name).collect();
    let expected = [
        "CallbackStatusStatistics",
        "DescribePhoneNumberInfo",
        "DescribeSendRecordList",
        "DescribeSmsSignList",
        "DescribeSmsTemplateList",
        "SendStatusStatistics",
        "SmsPackagesStatistics",
    ];
    assert_eq!(idempotent, expected.into_iter().collect());
}

#[test]
fn published_rates_differ_between_versions_where_they_do() {
    let rate = |version, name| find_action(version, name).map(|action| action.rate_per_second);
    assert_eq!(rate(Version::V20210111, "SendSms"), Some(3000));
    assert_eq!(rate(Version::V20210111, "PullSmsSendStatus"), Some(100));
    assert_eq!(rate(Version::V20210111, "AddSmsTemplate"), Some(2));
    assert_eq!(rate(Version::V20210111, "ModifySmsTemplate"), Some(20));
    assert_eq!(rate(Version::V20190711, "ModifySmsTemplate"), Some(1));
}

#[test]
fn every_code_of_the_facts_and_of_the_gateway_is_known() {
    let mut texts: Vec<String> =
        ["AuthFailure.SignatureFailure", "InvalidAction", "UnknownParameter"].map(String::from).into();
    for (version, _) in VERSIONS {
        let facts = facts(version);
        texts.extend(
            facts["error_codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()),
        );
    }
    texts.extend(ACTIONS.iter().flat_map(|action| action.errors).map(|code| (*code).to_owned()));
    for text in texts {
        let code = ErrorCode::from(text.as_str());
        assert!(!matches!(code, ErrorCode::Other(_)), "{text}");
        assert_eq!(code.as_str(), text);
    }
    assert!(ErrorCode::known().is_sorted(), "the search relies on it");
}

#[test]
fn an_unknown_code_keeps_its_text_and_equals_a_variant_of_the_same_text() {
    let code = ErrorCode::from("LimitExceeded.Tomorrow");
    assert!(matches!(&code, ErrorCode::Other(text) if **text == *"LimitExceeded.Tomorrow"));
    assert_eq!(code, "LimitExceeded.Tomorrow");
    assert_eq!(code.to_string(), "LimitExceeded.Tomorrow");
    assert_eq!(ErrorCode::Other("MissingParameter".into()), ErrorCode::MissingParameter);
    assert_eq!(ErrorCode::from(String::from("MissingParameter")), ErrorCode::MissingParameter);
    assert!(matches!(
        ErrorCode::from("LimitExceeded.PhoneNumberDailyLimit"),
        ErrorCode::LimitExceededPhoneNumberDailyLimit
    ));
}

#[test]
fn rate_limits_are_known_by_their_family_and_nothing_else_is_one() {
    let limits: Vec<&str> =
        ErrorCode::known().iter().filter(|code| code.is_rate_limit()).map(ErrorCode::as_str).collect();
    let expected = [
        "RequestLimitExceeded",
        "RequestLimitExceeded.GlobalRegionUinLimitExceeded",
        "RequestLimitExceeded.IPLimitExceeded",
        "RequestLimitExceeded.UinLimitExceeded",
    ];
    assert_eq!(limits, expected);
    assert!(ErrorCode::from("RequestLimitExceeded.Next").is_rate_limit());
    assert!(ErrorCode::from("RequestLimitExceeded.Next").is_retryable());
    assert!(!ErrorCode::from("RequestLimitExceededTomorrow").is_rate_limit());
    assert!(!ErrorCode::LimitExceededPhoneNumberThirtySecondLimit.is_rate_limit());
}

#[test]
fn what_passes_by_itself_is_retryable_and_what_the_caller_must_mend_is_not() {
    for code in ["RequestLimitExceeded", "InternalError", "InternalError.Timeout", "ServiceUnavailable"] {
        assert!(ErrorCode::from(code).is_retryable(), "{code}");
    }
    for code in
        ["MissingParameter", "AuthFailure.SignatureFailure", "InternalError.SigVerificationFail", "Brand.New"]
    {
        assert!(!ErrorCode::from(code).is_retryable(), "{code}");
    }
}
