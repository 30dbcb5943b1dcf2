//! How requests and answers are read and written.
#![allow(missing_docs, clippy::unwrap_used)]

use proptest::prelude::*;
use serde::de::DeserializeOwned;
use tcsms_api::{Action, ErrorCode, v20190711, v20210111};

fn error<T: DeserializeOwned>(text: &str) -> String {
    serde_json::from_str::<T>(text).err().unwrap().to_string()
}

#[test]
fn unset_is_left_out_and_empty_is_written() {
    assert_eq!(serde_json::to_string(&v20210111::SendSmsRequest::new()).unwrap(), "{}");

    let request = v20210111::SendSmsRequest::new()
        .sender_id("")
        .template_param_set(Vec::<String>::new())
        .phone_number_set(["+8613711112222"]);
    assert_eq!(
        serde_json::to_string(&request).unwrap(),
        r#"{"PhoneNumberSet":["+8613711112222"],"TemplateParamSet":[],"SenderId":""}"#,
        "definition order, whatever the order of the setters"
    );

    let zero = v20210111::PullSmsSendStatusRequest::new().limit(0);
    assert_eq!(serde_json::to_string(&zero).unwrap(), r#"{"Limit":0}"#);
}

#[test]
fn the_two_versions_keep_their_own_names() {
    let request =
        v20190711::SendSmsRequest::new().sms_sdk_appid("1400006666").template_id("1110").sign("腾讯云");
    assert_eq!(
        serde_json::to_string(&request).unwrap(),
        r#"{"TemplateID":"1110","SmsSdkAppid":"1400006666","Sign":"腾讯云"}"#
    );
    let request =
        v20190711::SendStatusStatisticsRequest::new().start_date_time(2024090800).end_data_time(2024090823);
    assert_eq!(
        serde_json::to_string(&request).unwrap(),
        r#"{"StartDateTime":2024090800,"EndDataTime":2024090823}"#
    );
}

#[test]
fn a_request_is_read_as_it_was_written_and_null_counts_as_absent() {
    let text = r#"{"MultiSmsInfoSet":[{"PhoneNumber":"+60120000000","SenderId":""}],"SmsSdkAppId":null}"#;
    let request: v20210111::SendMultiGlobalSmsRequest = serde_json::from_str(text).unwrap();
    let message = v20210111::MultiSmsInfo::new().phone_number("+60120000000").sender_id("");
    assert_eq!(request, v20210111::SendMultiGlobalSmsRequest::new().multi_sms_info_set([message]));
}

#[test]
fn an_unknown_member_of_a_request_is_refused_at_every_level() {
    let top = error::<v20210111::SendMultiGlobalSmsRequest>(r#"{"SmsSdkAppid":"1"}"#);
    assert!(top.starts_with("`SendMultiGlobalSmsRequest` has no member `SmsSdkAppid`"), "{top}");
    let nested = error::<v20210111::SendMultiGlobalSmsRequest>(r#"{"MultiSmsInfoSet":[{"Sign":"x"}]}"#);
    assert!(nested.starts_with("`MultiSmsInfo` has no member `Sign`"), "{nested}");
}

#[test]
fn unknown_members_of_an_answer_are_kept_at_every_level_and_written_again() {
    let text = r#"{"SendStatusSet":[{"SerialNo":"a","PhoneNumber":"+8613711112222","Fee":1,"SessionContext":"","Code":"Ok","Message":"send success","IsoCode":"CN","Route":{"Id":18446744073709551615,"Via":[1.50,null]}}],"RequestId":"r","Quota":12.0,"Note":"\u00e9"}"#;
    let answer: v20210111::SendSmsResponse = serde_json::from_str(text).unwrap();
    assert_eq!(answer.extra.get("Quota"), Some("12.0"));
    assert_eq!(answer.extra.iter().collect::<Vec<_>>(), [("Quota", "12.0"), ("Note", r#""\u00e9""#)]);
    let nested = &answer.send_status_set[0].extra;
    assert_eq!(nested.get("Route"), Some(r#"{"Id":18446744073709551615,"Via":[1.50,null]}"#));
    assert_eq!(nested.get("Fee"), None, "known members are not in extra");
    assert_eq!(serde_json::to_string(&answer).unwrap(), text);
}

#[test]
fn an_answer_is_read_in_any_order_and_without_its_scalars() {
    let text = r#"{"RequestId":"r","SendStatusSet":[{"Code":"Ok","Fee":2,"SerialNo":"s"},{"Message":null}]}"#;
    let answer: v20210111::SendSmsResponse = serde_json::from_str(text).unwrap();
    let first = v20210111::SendStatus::new().code("Ok").fee(2).serial_no("s");
    let both = [first, v20210111::SendStatus::new()];
    assert_eq!(answer, v20210111::SendSmsResponse::new().send_status_set(both).request_id("r"));
    assert!(answer.extra.is_empty());
}

#[test]
fn an_answer_without_its_list_or_structure_is_an_error_that_names_it() {
    for text in [r#"{"RequestId":"r"}"#, r#"{"SendStatusSet":null,"RequestId":"r"}"#] {
        let message = error::<v20210111::SendSmsResponse>(text);
        assert!(message.starts_with("`SendSmsResponse` lacks its member `SendStatusSet`"), "{message}");
    }
    let message = error::<v20190711::SendStatusStatisticsResponse>("{}");
    assert!(
        message.starts_with("`SendStatusStatisticsResponse` lacks its member `SendStatusStatistics`"),
        "{message}"
    );
    let empty: v20210111::SendSmsResponse = serde_json::from_str(r#"{"SendStatusSet":[]}"#).unwrap();
    assert!(empty.send_status_set.is_empty());
}

#[test]
fn numbers_are_exact() {
    let text = format!(r#"{{"StatusCode":{},"CreateTime":{}}}"#, i64::MIN, u64::MAX);
    let sign: v20210111::DescribeSignListStatus = serde_json::from_str(&text).unwrap();
    assert_eq!((sign.status_code, sign.create_time), (i64::MIN, u64::MAX));

    let request = v20210111::DeleteSmsSignRequest::new().sign_id(u64::MAX);
    let text = serde_json::to_string(&request).unwrap();
    assert_eq!(text, r#"{"SignId":18446744073709551615}"#);
    assert_eq!(serde_json::from_str::<v20210111::DeleteSmsSignRequest>(&text).unwrap(), request);
}

#[test]
fn a_wrong_value_is_an_error_that_names_the_member_and_the_place() {
    type Status = v20210111::SendStatus;
    for (text, expected) in [
        (
            r#"{"Fee":"1"}"#,
            "invalid type: string \"1\", expected a whole number of 0 to 18446744073709551615 for `SendStatus.Fee` at line 1 column 10",
        ),
        (
            r#"{"Fee":1.5}"#,
            "invalid type: floating point `1.5`, expected a whole number of 0 to 18446744073709551615 for `SendStatus.Fee` at line 1 column 10",
        ),
        (
            r#"{"Fee":-1}"#,
            "invalid value: integer `-1`, expected a whole number of 0 to 18446744073709551615 for `SendStatus.Fee` at line 1 column 9",
        ),
        (
            r#"{"Code":7}"#,
            "invalid type: integer `7`, expected a string for `SendStatus.Code` at line 1 column 9",
        ),
        ("[]", "invalid type: sequence, expected an object for `SendStatus` at line 1 column 0"),
    ] {
        assert_eq!(error::<Status>(text), expected);
    }
    let too_big = error::<Status>(r#"{"Fee":18446744073709551616}"#);
    assert!(too_big.contains("for `SendStatus.Fee`"), "{too_big}");

    let list = error::<v20210111::SendSmsRequest>(r#"{"PhoneNumberSet":"+8613711112222"}"#);
    assert!(list.contains("expected a list for `SendSmsRequest.PhoneNumberSet`"), "{list}");
    let element = error::<v20210111::SendSmsRequest>(r#"{"PhoneNumberSet":["1",null]}"#);
    assert!(element.contains("expected a string for `SendSmsRequest.PhoneNumberSet`"), "{element}");
    let object = error::<v20210111::SendSmsResponse>(r#"{"SendStatusSet":[[]]}"#);
    assert!(object.contains("expected an object for `SendSmsResponse.SendStatusSet`"), "{object}");
}

#[test]
fn text_cut_short_is_told_from_wrong_text() {
    let error = serde_json::from_str::<v20210111::SendStatus>(r#"{"Fee":1,"Code":"O"#).err().unwrap();
    assert!(error.is_eof(), "{error}");
}

#[test]
fn the_last_of_several_values_counts_unless_it_is_null() {
    let status: v20210111::SendStatus =
        serde_json::from_str(r#"{"Fee":1,"Fee":2,"Fee":null,"X":1,"X":2}"#).unwrap();
    assert_eq!((status.fee, status.extra.get("X")), (2, Some("2")));
    let request: v20210111::PullSmsSendStatusRequest =
        serde_json::from_str(r#"{"Limit":3,"Limit":null}"#).unwrap();
    assert_eq!(request.limit, Some(3));
}

#[test]
fn every_type_reads_what_it_writes_when_empty() {
    fn check<A: Action + PartialEq + std::fmt::Debug>()
    where
        A::Answer: PartialEq + std::fmt::Debug,
    {
        let request = serde_json::to_string(&A::default()).unwrap();
        assert_eq!(serde_json::from_str::<A>(&request).unwrap(), A::default());
        let answer = serde_json::to_string(&A::Answer::default()).unwrap();
        assert_eq!(serde_json::from_str::<A::Answer>(&answer).unwrap(), A::Answer::default());
    }
    check::<v20210111::SendSmsRequest>();
    check::<v20210111::PullSmsSendStatusRequest>();
    check::<v20210111::SendStatusStatisticsRequest>();
    check::<v20210111::AddSmsTemplateRequest>();
    check::<v20190711::SendSmsRequest>();
    check::<v20190711::ModifySmsSignRequest>();
}

#[test]
fn error_codes_are_read_and_written_as_text() {
    let codes: Vec<ErrorCode> = serde_json::from_str(r#"["MissingParameter","Brand.New"]"#).unwrap();
    assert!(matches!(codes[0], ErrorCode::MissingParameter));
    assert!(matches!(codes[1], ErrorCode::Other(_)));
    assert_eq!(serde_json::to_string(&codes).unwrap(), r#"["MissingParameter","Brand.New"]"#);
}

proptest! {
    #[test]
    fn a_send_request_survives_the_way_through_json(
        numbers in proptest::option::of(proptest::collection::vec(any::<String>(), 0..4)),
        template in proptest::option::of(any::<String>()),
        values in proptest::option::of(proptest::collection::vec(any::<String>(), 0..4)),
        context in proptest::option::of(any::<String>()),
    ) {
        let mut request = v20210111::SendSmsRequest::new();
        request.phone_number_set = numbers;
        request.template_id = template;
        request.template_param_set = values;
        request.session_context = context;
        let text = serde_json::to_string(&request).unwrap();
        prop_assert_eq!(serde_json::from_str::<v20210111::SendSmsRequest>(&text).unwrap(), request);
    }

    #[test]
    fn an_answer_survives_the_way_through_json(
        entries in proptest::collection::vec((any::<String>(), any::<u64>(), any::<String>()), 0..5),
        id in any::<String>(),
        (name, value) in ("[A-Z][a-z]{12}", any::<i64>()),
    ) {
        let statuses = entries.into_iter().map(|(number, fee, message)| {
            v20210111::SendStatus::new().phone_number(number).fee(fee).message(message)
        });
        let answer = v20210111::SendSmsResponse::new().send_status_set(statuses).request_id(id);
        let mut text = serde_json::to_string(&answer).unwrap();
        prop_assert_eq!(&serde_json::from_str::<v20210111::SendSmsResponse>(&text).unwrap(), &answer);

        text.insert_str(text.len() - 1, &format!(r#","{name}":{value}"#));
        let more: v20210111::SendSmsResponse = serde_json::from_str(&text).unwrap();
        prop_assert_ne!(&more, &answer);
        let value = value.to_string();
        prop_assert_eq!(more.extra.get(&name), Some(value.as_str()));
        prop_assert_eq!(serde_json::to_string(&more).unwrap(), text);
    }

    #[test]
    fn a_sign_list_survives_the_way_through_json(id: u64, state: i64, name: String) {
        let sign = v20190711::DescribeSignListStatus::new().sign_id(id).status_code(state).sign_name(name);
        let answer = v20190711::DescribeSmsSignListResponse::new().describe_sign_list_status_set([sign]);
        let text = serde_json::to_string(&answer).unwrap();
        prop_assert_eq!(serde_json::from_str::<v20190711::DescribeSmsSignListResponse>(&text).unwrap(), answer);
    }
}
