use std::fmt::Write as _;

use serde_json::{Value, json};

use super::*;

const NOT_A_NUMBER: &str = "InvalidParameterValue.IncorrectPhoneNumber";

#[tokio::test]
async fn a_send_is_answered_recorded_and_billed() {
    let bench = Bench::new().await;
    let set = bench.send(json!({"PhoneNumberSet": ["008613700000001"], "SessionContext": "order-77"})).await;
    let serial = set[0]["SerialNo"].as_str().unwrap().to_owned();
    assert!(!serial.is_empty());
    assert_eq!(
        set[0],
        json!({"SerialNo": serial, "PhoneNumber": "+8613700000001", "Fee": 1, "SessionContext": "order-77",
            "Code": "Ok", "Message": "send success", "IsoCode": "CN"})
    );
    let message = &bench.messages().await[0];
    assert_eq!(message.text, "【青柠科技】您的验证码为4370，5分钟内有效。");
    assert_eq!(message.code.as_deref(), Some("4370"));
    assert_eq!(
        (message.serial.as_str(), message.template, message.sign.as_str(), message.at, message.fee()),
        (serial.as_str(), 1, "青柠科技", NOW, 1)
    );
}

#[tokio::test]
async fn a_long_text_costs_a_segment_more() {
    let bench = Bench::new().await;
    let set = bench.send(json!({"TemplateId": "3", "TemplateParamSet": ["一".repeat(60)]})).await;
    assert_eq!((set[0]["Code"].as_str(), set[0]["Fee"].as_u64()), (Some("Ok"), Some(1)));
    let set = bench
        .send(json!({"TemplateId": "3", "TemplateParamSet": ["一".repeat(61)], "PhoneNumberSet": ["13700000002"]}))
        .await;
    assert_eq!(set[0]["Fee"].as_u64(), Some(2), "71 characters");
}

#[tokio::test]
async fn the_2019_names_send_as_well() {
    let bench = Bench::new().await;
    let request = json!({"PhoneNumberSet": ["13700000001"], "SmsSdkAppid": "1400006666", "TemplateID": "1",
        "Sign": "青柠科技", "TemplateParamSet": ["4370", "5"], "SessionContext": "x"});
    let answer = bench.call_version(Version::V20190711, "SendSms", &request).await.unwrap();
    assert_eq!(answer["SendStatusSet"][0]["Code"], "Ok");
    assert_eq!(answer["SendStatusSet"][0]["PhoneNumber"], "+8613700000001");
    assert_eq!(answer["SendStatusSet"][0]["SessionContext"], "x");

    let unknown = json!({"PhoneNumberSet": ["13700000001"], "SmsSdkAppid": "1400006666", "TemplateID": "99"});
    let answer = bench.call_version(Version::V20190711, "SendSms", &unknown).await.unwrap();
    assert_eq!(answer["SendStatusSet"][0]["Code"], "FailedOperation.TemplateUnapprovedOrNotExist");
}

#[tokio::test]
async fn a_number_with_a_blank_is_refused_and_the_others_go() {
    let bench = Bench::new().await;
    let set =
        bench.send(json!({"PhoneNumberSet": ["+8613700000001", "+86 13100000002", "+8613700000003"]})).await;
    let codes: Vec<_> = set.iter().map(|element| element["Code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["Ok", NOT_A_NUMBER, "Ok"]);
    assert_eq!(set[1]["PhoneNumber"], "+86 13100000002");
    assert_eq!((set[1]["IsoCode"].as_str(), set[1]["Fee"].as_u64()), (Some("DEF"), Some(0)));
}

#[tokio::test]
async fn joined_and_cut_numbers_are_refused_unchanged() {
    let bench = Bench::new().await;
    for number in ["+8613700000001,+8613700000002", "86", "+86", ""] {
        let set = bench.send(json!({"PhoneNumberSet": [number]})).await;
        assert_eq!(set.len(), 1);
        assert_eq!(set[0]["Code"], NOT_A_NUMBER, "{number}");
        assert_eq!(set[0]["PhoneNumber"], number);
        assert_eq!(set[0]["SerialNo"], "");
    }
}

#[tokio::test]
async fn without_a_readable_number_the_template_decides_where_the_request_goes() {
    let bench = Bench::new().await;
    let global = json!({"PhoneNumberSet": ["x", "y"], "TemplateId": "1800308", "SignName": null,
        "TemplateParamSet": ["190191"]});
    assert_eq!(bench.codes(global).await, [NOT_A_NUMBER; 2]);
}

#[tokio::test]
async fn digits_of_the_signature_are_no_code() {
    let bench = Bench::new().await;
    let members = json!({"TemplateId": "5", "SignName": "12306", "TemplateParamSet": ["4370"]});
    assert_eq!(bench.code(members).await, "Ok");
    let message = &bench.messages().await[0];
    assert_eq!((message.text.as_str(), message.code.as_deref()), ("【12306】验证码为：4370", Some("4370")));
}

#[tokio::test]
async fn hong_kong_needs_a_global_template() {
    let bench = Bench::new().await;
    let hong_kong = json!(["+85261234567"]);
    assert_eq!(
        bench.code(json!({"PhoneNumberSet": hong_kong})).await,
        "UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone"
    );
    let set = bench
        .send(json!({"PhoneNumberSet": hong_kong, "TemplateId": "1800308", "SignName": "Lime Tech",
            "TemplateParamSet": ["190191"]}))
        .await;
    assert_eq!((set[0]["Code"].as_str(), set[0]["IsoCode"].as_str()), (Some("Ok"), Some("HK")));
    assert_eq!(bench.messages().await[1].text, "[Lime Tech]Your code is 190191.");
}

#[tokio::test]
async fn an_app_may_list_its_countries() {
    let config = CONFIG.replacen("[[account.app]]", "[[account.app]]\ncountries = [\"MY\"]", 1);
    let bench = Bench::over(Config::from_toml(&config, "test.toml").unwrap()).ready().await;
    let set = bench
        .send(json!({"PhoneNumberSet": ["+85261234567", "+60198890000"], "TemplateId": "1800308", "SignName": null,
            "TemplateParamSet": ["190191"]}))
        .await;
    assert_eq!(set[0]["Code"], "LimitExceeded.AppCountryOrRegionInBlacklist");
    assert_eq!((set[0]["IsoCode"].as_str(), set[0]["Fee"].as_u64()), (Some("HK"), Some(0)));
    assert_eq!(set[1]["Code"], "Ok");
    assert_eq!(bench.code(json!({})).await, "Ok", "the list does not concern the mainland");
}

#[tokio::test]
async fn values_of_a_refused_request_are_not_recorded() {
    let bench = Bench::new().await;
    bench.send(json!({"TemplateId": "3", "TemplateParamSet": ["x".repeat(501)]})).await;
    assert!(bench.messages().await[0].params.is_empty());
    bench.send(json!({})).await;
    assert_eq!(bench.messages().await[1].params, ["4370", "5"]);
}

#[tokio::test]
async fn a_global_message_needs_no_signature_but_a_given_one_must_be_approved() {
    let bench = Bench::new().await;
    let global = |sign: Value| {
        json!({"PhoneNumberSet": ["+85261234567"], "TemplateId": "1800308", "SignName": sign,
            "TemplateParamSet": ["190191"]})
    };
    assert_eq!(bench.code(global(json!("青柠科技"))).await, "FailedOperation.SignatureIncorrectOrUnapproved");
    assert_eq!(bench.code(global(Value::Null)).await, "Ok");
    assert_eq!(bench.messages().await[1].text, "Your code is 190191.");
}

#[tokio::test]
async fn a_mainland_message_needs_an_approved_signature() {
    let bench = Bench::new().await;
    for sign in
        [Value::Null, json!(""), json!("等待"), json!("Lime Tech"), json!("【青柠科技】"), json!("null")]
    {
        let set = bench.send(json!({"SignName": sign})).await;
        assert_eq!(set[0]["Code"], "FailedOperation.SignatureIncorrectOrUnapproved", "{sign}");
        assert_eq!(set[0]["IsoCode"], "");
    }
    assert!(bench.messages().await.iter().all(|message| message.text.is_empty()));
}

#[tokio::test]
async fn verification_values_are_up_to_six_digits() {
    let bench = Bench::new().await;
    for value in ["test", "1234567", "12 4"] {
        let set = bench.send(json!({"TemplateParamSet": [value, "5"]})).await;
        assert_eq!(set[0]["Code"], "InvalidParameterValue.TemplateParameterFormatError", "{value}");
        assert_eq!(set[0]["Message"], "Verification code template parameter format error");
    }
    assert_eq!(bench.code(json!({"TemplateParamSet": ["666666", "5"]})).await, "Ok");
}

#[tokio::test]
async fn the_count_of_values_must_fit() {
    let bench = Bench::new().await;
    const UNFIT: &str = "FailedOperation.TemplateParamSetNotMatchApprovedTemplate";
    for (template, values) in
        [("449739", json!(["1234"])), ("1", json!([])), ("1", Value::Null), ("1", json!(["1", "2", "3"]))]
    {
        let set = bench.send(json!({"TemplateId": template, "TemplateParamSet": values})).await;
        assert_eq!(set[0]["Code"], UNFIT, "{template} {values}");
        assert_eq!(set[0]["Message"], "request content does not match the template content");
    }
    assert_eq!(bench.code(json!({"TemplateId": "449739", "TemplateParamSet": []})).await, "Ok");
}

#[tokio::test]
async fn an_unusable_template_is_answered_for_each_number() {
    let bench = Bench::new().await;
    for id in ["", "4", "99", "9", "abc", "-1", " 1"] {
        let codes =
            bench.codes(json!({"TemplateId": id, "PhoneNumberSet": ["13700000001", "13700000002"]})).await;
        assert_eq!(codes, ["FailedOperation.TemplateUnapprovedOrNotExist"; 2], "{id}");
    }
}

#[tokio::test]
async fn the_older_template_code_is_a_switch_of_the_older_version() {
    let bench = Bench::with("[rules]\nlegacy_template_code = true").ready().await;
    let older = "FailedOperation.TemplateIncorrectOrUnapproved";
    for (template, values) in [("99", json!(["1", "2"])), ("1", json!(["1"]))] {
        let request = json!({"PhoneNumberSet": ["13700000001"], "SmsSdkAppid": "1400006666", "TemplateID": template,
            "Sign": "青柠科技", "TemplateParamSet": values});
        let answer = bench.call_version(Version::V20190711, "SendSms", &request).await.unwrap();
        assert_eq!(answer["SendStatusSet"][0]["Code"], older);
        assert_ne!(bench.code(json!({"TemplateId": template, "TemplateParamSet": values})).await, older);
    }
}

#[tokio::test]
async fn mixed_destinations_fail_every_number_before_the_template_matters() {
    let bench = Bench::new().await;
    for template in ["1", "1800308"] {
        let codes = bench
            .codes(json!({"TemplateId": template, "PhoneNumberSet": ["+8613700000001", "x", "+85261234567"]}))
            .await;
        assert_eq!(codes, ["UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber"; 3]);
    }
    assert_eq!(
        bench.code(json!({"TemplateId": "1800308", "TemplateParamSet": ["1"]})).await,
        "UnsupportedOperation.GlobalTemplateToChineseMainlandPhone"
    );
}

#[tokio::test]
async fn marketing_has_its_hours_and_is_not_for_individuals() {
    let sale = json!({"TemplateId": "2", "TemplateParamSet": ["8"]});
    let mut bench = Bench::new().await;
    assert_eq!(bench.code(sale.clone()).await, "Ok");
    bench.now = NOW + 12 * 3600;
    assert_eq!(bench.code(sale.clone()).await, "FailedOperation.MarketingSendTimeConstraint");
    bench.account = "b";
    let by_individual =
        json!({"TemplateId": "9", "SmsSdkAppId": "1400000002", "SignName": "个人", "TemplateParamSet": []});
    assert_eq!(
        bench.code(by_individual).await,
        "UnauthorizedOperation.IndividualUserMarketingSmsPermissionDeny"
    );

    let mut open = Bench::with("[rules]\nmarketing_hours = false").ready().await;
    open.now = NOW + 12 * 3600;
    assert_eq!(open.code(sale).await, "Ok");
}

#[tokio::test]
async fn values_and_texts_have_their_limits() {
    let bench = Bench::with("[rules]\ntemplate_value_max = 6\nsensitive_words = [\"赌博\"]").ready().await;
    for (value, code) in [
        ("1234567", "InvalidParameterValue.TemplateParameterLengthLimit"),
        ("一二三四五六七", "InvalidParameterValue.TemplateParameterLengthLimit"),
        ("t.cn", "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter"),
        ("赌博", "FailedOperation.ContainSensitiveWord"),
        ("一二三四五六", "Ok"),
    ] {
        assert_eq!(
            bench.code(json!({"TemplateId": "3", "TemplateParamSet": [value]})).await,
            code,
            "{value}"
        );
    }

    let open = Bench::with("[rules]\nurls_in_values = true").ready().await;
    assert_eq!(open.code(json!({"TemplateId": "3", "TemplateParamSet": ["http://t.cn/a"]})).await, "Ok");
    // 【青柠科技】通知：。 has 10 characters.
    for (length, code) in [(490, "Ok"), (491, "InvalidParameterValue.ContentLengthLimit")] {
        let value = "一".repeat(length);
        let members =
            json!({"TemplateId": "3", "TemplateParamSet": [value], "PhoneNumberSet": ["13700000002"]});
        assert_eq!(open.code(members).await, code, "{length}");
    }
}

#[tokio::test]
async fn what_concerns_the_request_as_a_whole_is_an_error_of_the_call() {
    let bench = Bench::new().await;
    let mut many = Vec::new();
    for number in 0..201 {
        let mut text = String::new();
        write!(text, "137{number:08}").unwrap();
        many.push(text);
    }
    for (members, code) in [
        (json!({"SmsSdkAppId": "1"}), "InvalidParameterValue.SdkAppIdNotExist"),
        (json!({"SmsSdkAppId": "1400000002"}), "UnauthorizedOperation.SmsSdkAppIdVerifyFail"),
        (json!({"SmsSdkAppId": "1400000001"}), "UnauthorizedOperation.SdkAppIdIsDisabled"),
        (json!({"PhoneNumberSet": []}), "MissingParameter.EmptyPhoneNumberSet"),
        (json!({"PhoneNumberSet": many}), "LimitExceeded.PhoneNumberCountLimit"),
        (json!({"SessionContext": "x".repeat(512)}), "FailedOperation.FailResolvePacket"),
        (json!({"ExtendCode": "1"}), "UnauthorizedOperation.RequestPermissionDeny"),
        (json!({"SignName": "好".repeat(501)}), "FailedOperation.FailResolvePacket"),
        (json!({"SenderId": "x".repeat(501)}), "FailedOperation.FailResolvePacket"),
        // The app is looked at first.
        (json!({"PhoneNumberSet": [], "SmsSdkAppId": "1"}), "InvalidParameterValue.SdkAppIdNotExist"),
    ] {
        assert_eq!(bench.send_error(members).await, code);
    }
    assert!(bench.messages().await.is_empty(), "a refused call leaves nothing behind");
    many.truncate(200);
    assert_eq!(bench.codes(json!({"PhoneNumberSet": many})).await, ["Ok"; 200]);
    let edge = json!({"SessionContext": "x".repeat(511), "ExtendCode": "", "SenderId": "any",
        "PhoneNumberSet": ["13800000000"]});
    assert_eq!(bench.code(edge).await, "Ok");
}

#[tokio::test]
async fn an_extend_code_is_digits_once_it_is_opened() {
    let bench = Bench::with("[rules]\nextend_code = true").ready().await;
    assert_eq!(bench.code(json!({"ExtendCode": "10"})).await, "Ok");
    assert_eq!(bench.send_error(json!({"ExtendCode": "1a"})).await, "FailedOperation.FailResolvePacket");
}

#[tokio::test]
async fn limits_are_counted_and_answered_with_the_country() {
    let mut bench = Bench::new().await;
    let twice =
        bench.send(json!({"PhoneNumberSet": ["13700000001", "+8613700000001"], "SessionContext": "c"})).await;
    assert_eq!(twice[0]["Code"], "Ok");
    assert_eq!(
        twice[1],
        json!({"SerialNo": "", "PhoneNumber": "+8613700000001", "Fee": 0, "SessionContext": "c",
            "Code": "LimitExceeded.PhoneNumberThirtySecondLimit", "Message": "the number of SMS messages sent from a single mobile number within 30 seconds exceeds the upper limit",
            "IsoCode": "CN"})
    );
    for _ in 0..9 {
        bench.now += 30;
        assert_eq!(bench.code(json!({})).await, "Ok");
    }
    bench.now += 30;
    assert_eq!(bench.code(json!({})).await, "LimitExceeded.PhoneNumberDailyLimit");
}

#[tokio::test]
async fn a_balance_that_is_too_small_fails_every_number_without_a_country() {
    let config =
        CONFIG.replacen("[[account.sign]]", "[[account.package]]\nid = 1\namount = 3\n[[account.sign]]", 1);
    let bench = Bench::over(Config::from_toml(&config, "test.toml").unwrap()).ready().await;
    let long = |numbers: Value| json!({"TemplateId": "3", "TemplateParamSet": ["一".repeat(100)], "PhoneNumberSet": numbers});
    let set = bench.send(long(json!(["13700000001", "13700000002"]))).await;
    for element in &set {
        assert_eq!(element["Code"], "FailedOperation.InsufficientBalanceInSmsPackage");
        assert_eq!(element["Message"], "insufficient balance in SMS package");
        assert_eq!((element["IsoCode"].as_str(), element["Fee"].as_u64()), (Some(""), Some(0)));
    }
    assert_eq!(bench.code(long(json!(["13700000001"]))).await, "Ok");
    assert_eq!(bench.code(json!({"PhoneNumberSet": ["13700000002"]})).await, "Ok", "one segment is left");
    assert_eq!(
        bench.code(json!({"PhoneNumberSet": ["13700000003"]})).await,
        "FailedOperation.InsufficientBalanceInSmsPackage"
    );
}
