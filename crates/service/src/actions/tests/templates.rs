use std::time::Duration;

use serde_json::{Value, json};
use tcsms_api::Version;

use super::*;
use crate::config::ReviewMode;

fn template(members: Value) -> Value {
    let request = json!({"TemplateName": "登录", "TemplateContent": "{1}为您的登录验证码，请于{2}分钟内填写。",
        "SmsType": 3, "International": 0, "Remark": "login"});
    over(request, members)
}

#[tokio::test]
async fn a_new_template_can_be_used_once_its_review_is_over() {
    let mut bench = Bench::with("[review]\nmode = \"auto\"\ndelay = \"60s\"").ready().await;
    let answer = bench.call("AddSmsTemplate", template(json!({}))).await.unwrap();
    assert_eq!(
        answer["AddTemplateStatus"],
        json!({"TemplateId": "1800309"}),
        "text, above every configured id"
    );
    let request = template(json!({"TemplateContent": "您的密码是{1}"}));
    let answer = bench.call_version(Version::V20190711, "AddSmsTemplate", &request).await.unwrap();
    assert_eq!(answer["AddTemplateStatus"], json!({"TemplateId": "1800310"}));

    let send = |id: &str, values: Value| json!({"TemplateId": id, "TemplateParamSet": values});
    const UNAPPROVED: &str = "FailedOperation.TemplateUnapprovedOrNotExist";
    bench.now += 59;
    assert_eq!(bench.code(send("1800309", json!(["1", "2"]))).await, UNAPPROVED);
    bench.now += 1;
    assert_eq!(bench.code(send("1800309", json!(["1", "2"]))).await, "Ok");
    assert_eq!(
        bench.code(send("1800310", json!(["1"]))).await,
        UNAPPROVED,
        "a code that does not say it is one"
    );
    let stored = bench.actions.store.template("a", 1_800_310).await.unwrap().unwrap();
    assert!(stored.review.at(bench.now).reply.contains("验证码"));
    assert_eq!((stored.created, stored.name.as_str(), stored.remark.as_str()), (NOW, "登录", "login"));
}

#[tokio::test]
async fn reviews_by_hand_wait_and_a_refusing_service_refuses() {
    for (mode, state) in [
        (ReviewMode::Manual, tcsms_store::ReviewState::Reviewing),
        (ReviewMode::Reject, tcsms_store::ReviewState::Refused),
    ] {
        let mut config = Config::from_toml(CONFIG, "test.toml").unwrap();
        config.review = crate::config::Review { mode, delay: Duration::ZERO };
        let bench = Bench::over(config).ready().await;
        bench.call("AddSmsTemplate", template(json!({}))).await.unwrap();
        let stored = bench.actions.store.template("a", 1_800_309).await.unwrap().unwrap();
        assert_eq!(stored.review.at(NOW + 1_000_000).state, state);
    }
}

#[tokio::test]
async fn an_unfit_template_is_refused_with_the_codes_of_its_version() {
    let bench =
        Bench::with("[rules]\nsensitive_words = [\"赌博\"]\ntemplate_variables = false").ready().await;
    const PLAIN: &str = "InvalidParameter.InvalidParameters";
    for (members, of_2021, of_2019) in [
        (
            json!({"International": 2}),
            "InvalidParameterValue.InvalidInternational",
            "InvalidParameterValue.InvalidInternational",
        ),
        (
            json!({"SmsType": 4}),
            "InvalidParameterValue.InvalidSmsType",
            "InvalidParameterValue.InvalidSmsType",
        ),
        (json!({"TemplateName": ""}), PLAIN, PLAIN),
        (json!({"TemplateContent": "{1}{2}"}), "InvalidParameterValue.InvalidTemplateFormat", PLAIN),
        (json!({"TemplateContent": "【好】验证码"}), "InvalidParameterValue.InvalidTemplateFormat", PLAIN),
        (json!({"TemplateContent": "赌博"}), "InvalidParameter.DirtyWordFound", PLAIN),
        (
            json!({"SmsType": 1, "TemplateContent": "八折"}),
            "InvalidParameterValue.MarketingTemplateWithoutUnsubscribe",
            "InvalidParameterValue.MarketingTemplateWithoutUnsubscribe",
        ),
        (
            json!({"SmsType": 0, "TemplateContent": "会议{1}"}),
            "InvalidParameterValue.UnsupportedTemplateVariable",
            "InvalidParameterValue.UnsupportedTemplateVariable",
        ),
    ] {
        let request = template(members);
        for (version, code) in [(Version::V20210111, of_2021), (Version::V20190711, of_2019)] {
            let error = bench.call_version(version, "AddSmsTemplate", &request).await.unwrap_err();
            assert_eq!(error.0, code, "{request}");
            assert!(!error.1.is_empty());
        }
    }
}

#[tokio::test]
async fn individuals_have_no_marketing_templates_and_nobody_one_without_signature() {
    let mut bench = Bench::new().await;
    bench.account = "b";
    let sale = template(json!({"SmsType": 1, "TemplateContent": "八折。拒收请回复R"}));
    let error = bench.call("AddSmsTemplate", sale).await.unwrap_err();
    assert_eq!(error.0, "FailedOperation.ForbidAddMarketingTemplates");

    let config = ["青柠科技", "12306"].into_iter().fold(CONFIG.to_owned(), |config, name| {
        config.replace(&format!("name = \"{name}\""), &format!("name = \"{name}\"\nstatus = \"rejected\""))
    });
    let bench = Bench::over(Config::from_toml(&config, "test.toml").unwrap()).ready().await;
    let error = bench.call("AddSmsTemplate", template(json!({}))).await.unwrap_err();
    assert_eq!(error.0, "FailedOperation.MissingSignature");
    let global = template(json!({"International": 1, "TemplateContent": "Your code is {1}."}));
    bench.call("AddSmsTemplate", global).await.unwrap();
}

#[tokio::test]
async fn ordinary_templates_of_older_programs_are_notices() {
    let bench = Bench::new().await;
    for content in [
        "{1}为您的登录验证码, 请于{2}分钟内填写, 如非本人操作, 请",
        "{1}为您的登录验证码，请于{2}分钟内填写，如非本人操作，请忽略本短信",
        "{1}为您的登录验证码，请于{2}分钟内填写，如非本人操作，请忽略本短信。",
    ] {
        let request = template(
            json!({"TemplateName": "腾讯云", "TemplateContent": content, "SmsType": 0, "Remark": "xxx"}),
        );
        bench.call("AddSmsTemplate", request).await.unwrap();
    }
    let stored = bench.actions.store.template("a", 1_800_309).await.unwrap().unwrap();
    assert_eq!(stored.kind, tcsms_store::TemplateKind::Notification);
}

async fn describe(bench: &Bench, ids: Value) -> Value {
    let request = json!({"TemplateIdSet": ids, "International": 0});
    let mut answer = bench.call("DescribeSmsTemplateList", request).await.unwrap();
    answer["DescribeTemplateStatusSet"].take()
}

#[tokio::test]
async fn templates_are_described_in_the_form_of_each_version() {
    let bench = Bench::with("[review]\nmode = \"reject\"").ready().await;
    bench.call("AddSmsTemplate", template(json!({}))).await.unwrap();
    let mut entry = json!({"TemplateId": 1_800_309, "International": 0, "StatusCode": -1,
        "ReviewReply": "the service is set to refuse every review", "TemplateName": "登录", "CreateTime": NOW,
        "TemplateContent": "{1}为您的登录验证码，请于{2}分钟内填写。"});
    assert_eq!(describe(&bench, json!([1_800_309, 99])).await, json!([entry]));
    entry.as_object_mut().unwrap().remove("TemplateContent");
    let request = json!({"TemplateIdSet": [1_800_309, 99], "International": 1});
    let answer = bench.call_version(Version::V20190711, "DescribeSmsTemplateList", &request).await.unwrap();
    assert_eq!(answer["DescribeTemplateStatusSet"], json!([entry]));
}

#[tokio::test]
async fn templates_are_listed_by_page_or_by_id() {
    let bench = Bench::new().await;
    let ids = async |request: Value| {
        let answer = bench.call("DescribeSmsTemplateList", request).await.unwrap();
        let Value::Array(set) = &answer["DescribeTemplateStatusSet"] else { panic!("{answer}") };
        set.iter().map(|entry| entry["TemplateId"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ids(json!({"International": 0, "Limit": 0})).await, [449_739, 5, 4, 3, 2, 1]);
    assert_eq!(ids(json!({"International": 0, "Limit": 2, "Offset": 4})).await, [2, 1]);
    assert_eq!(ids(json!({"International": 1})).await, [1_800_308]);
    let describe = "DescribeSmsTemplateList";
    for (version, request, code) in [
        (
            Version::V20210111,
            json!({"International": 0, "Limit": 101}),
            "InvalidParameterValue.LimitVerifyFail",
        ),
        (Version::V20210111, json!({"International": 3}), "InvalidParameterValue.InvalidInternational"),
        (
            Version::V20190711,
            json!({"International": 3, "TemplateIdSet": []}),
            "FailedOperation.FailResolvePacket",
        ),
    ] {
        assert_eq!(bench.refusal(version, describe, &request).await, code);
    }
    let none = json!({"TemplateIdSet": [], "International": 0});
    let answer = bench.call_version(Version::V20190711, describe, &none).await.unwrap();
    assert_eq!(answer["DescribeTemplateStatusSet"], json!([]));
}

#[tokio::test]
async fn a_template_that_is_not_approved_can_be_changed_and_waits_again() {
    let mut bench = Bench::with("[review]\nmode = \"manual\"").ready().await;
    bench.now += 100;
    let change = |id: u64| template(json!({"TemplateId": id, "TemplateContent": "新的验证码{1}，{2}分钟"}));
    let both = [Version::V20210111, Version::V20190711];
    for (request, code) in [
        (change(99), "FailedOperation.MissingTemplateToModify"),
        (change(1), "FailedOperation.TemplateAlreadyPassedCheck"),
        (
            template(json!({"TemplateId": 4, "International": 1, "TemplateContent": "Your code: {1}"})),
            "InvalidParameterValue.InvalidInternational",
        ),
        (template(json!({"TemplateId": 4, "SmsType": 9})), "InvalidParameterValue.InvalidSmsType"),
    ] {
        for version in both {
            assert_eq!(bench.refusal(version, "ModifySmsTemplate", &request).await, code, "{request}");
        }
    }
    for version in both {
        let answer = bench.call_version(version, "ModifySmsTemplate", &change(4)).await.unwrap();
        assert_eq!(answer["ModifyTemplateStatus"], json!({"TemplateId": 4}), "a number here");
    }
    let entry = &describe(&bench, json!([4])).await[0];
    assert_eq!((&entry["StatusCode"], &entry["CreateTime"]), (&json!(1), &json!(NOW + 100)));
    assert_eq!(entry["TemplateContent"], "新的验证码{1}，{2}分钟");
}

#[tokio::test]
async fn removed_templates_cannot_be_used() {
    let bench = Bench::new().await;
    let remove = |id: u64| json!({"TemplateId": id});
    let done = json!({"DeleteStatus": "return successfully!", "DeleteTime": NOW});
    let answer = bench.call("DeleteSmsTemplate", remove(1)).await.unwrap();
    assert_eq!(answer["DeleteTemplateStatus"], done);
    let answer = bench.call_version(Version::V20190711, "DeleteSmsTemplate", &remove(2)).await.unwrap();
    assert_eq!(answer["DeleteTemplateStatus"], done);
    assert_eq!(bench.code(json!({})).await, "FailedOperation.TemplateUnapprovedOrNotExist");
    for (version, id, code) in [
        (Version::V20210111, 1, "FailedOperation.TemplateIdNotExist"),
        (Version::V20190711, 1, "FailedOperation.TemplateIdNotExist"),
        (Version::V20210111, 9, "FailedOperation.MissingTemplateToModify"),
    ] {
        assert_eq!(bench.refusal(version, "DeleteSmsTemplate", &remove(id)).await, code);
    }
}

#[tokio::test]
async fn an_account_has_at_most_a_thousand_templates() {
    let bench = Bench::with("[review]\nmode = \"manual\"").ready().await;
    for _ in 7..1000 {
        bench.call("AddSmsTemplate", template(json!({}))).await.unwrap();
    }
    assert_eq!(
        bench.refusal(Version::V20210111, "AddSmsTemplate", &template(json!({}))).await,
        "FailedOperation.TemplateNumberLimit"
    );
}
