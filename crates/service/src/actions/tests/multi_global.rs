use serde_json::{Value, json};
use tcsms_api::Version::V20210111;

use super::*;

const ACTION: &str = "SendMultiGlobalSms";

fn item(phone: &str, members: Value) -> Value {
    over(json!({"PhoneNumber": phone, "TemplateId": "1800308", "TemplateParamSet": ["190191"]}), members)
}

fn request(items: &[Value]) -> Value {
    json!({"SmsSdkAppId": "1400006666", "MultiSmsInfoSet": items})
}

async fn send(bench: &Bench, items: &[Value]) -> Vec<Value> {
    let mut answer = bench.call(ACTION, request(items)).await.unwrap();
    let Value::Array(set) = answer["SendMultiStatusSet"].take() else { panic!("{answer}") };
    set
}

#[tokio::test]
async fn each_number_has_its_own_text_and_answer() {
    let bench = Bench::new().await;
    let set = send(
        &bench,
        &[
            item("+60198890000", json!({"SessionContext": "a", "SenderId": "Lime"})),
            item("+85261234567", json!({"TemplateParamSet": ["4370"], "SessionContext": "b"})),
            item("x", json!({})),
        ],
    )
    .await;
    let serials: Vec<_> = set.iter().map(|one| one["SerialNo"].as_str().unwrap()).collect();
    assert!(serials.iter().all(|serial| uuid::Uuid::parse_str(serial).is_ok()), "{serials:?}");
    assert_eq!(
        set[0],
        json!({"SerialNo": serials[0], "PhoneNumber": "+60198890000", "Fee": 1, "SessionContext": "a", "Code": "Ok",
            "Message": "send success", "IsoCode": "MY"})
    );
    assert_eq!((&set[1]["IsoCode"], &set[1]["SessionContext"]), (&json!("HK"), &json!("b")));
    assert_eq!(set[2]["Code"], "InvalidParameterValue.IncorrectPhoneNumber");
    assert_eq!((&set[2]["IsoCode"], &set[2]["PhoneNumber"]), (&json!("DEF"), &json!("x")));
    let messages = bench.messages().await;
    let texts: Vec<_> = messages.iter().map(|message| message.text.as_str()).collect();
    assert_eq!(texts, ["Your code is 190191.", "Your code is 4370.", "Your code is 190191."]);
    assert_eq!((messages[0].sender_id.as_str(), messages[2].serial.as_str()), ("Lime", serials[2]));
}

#[tokio::test]
async fn what_does_not_fit_is_answered_with_the_wider_code_and_a_country() {
    let bench = Bench::new().await;
    let unfit = "FailedOperation.TemplateIncorrectOrUnapproved";
    let mut items = Vec::new();
    let mut codes = Vec::new();
    for (members, code) in [
        (json!({"TemplateParamSet": null}), unfit),
        (json!({"TemplateParamSet": ["1", "2"]}), unfit),
        (json!({"TemplateId": "99"}), unfit),
        (json!({"TemplateId": "4"}), unfit),
        (json!({"TemplateId": "3"}), "UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone"),
        (json!({"TemplateParamSet": ["12a"]}), "InvalidParameterValue.TemplateParameterFormatError"),
    ] {
        items.push(item("+60198890000", members));
        codes.push(code);
    }
    let set = send(&bench, &items).await;
    let found: Vec<_> = set.iter().map(|one| one["Code"].as_str().unwrap()).collect();
    assert_eq!(found, codes);
    for one in &set {
        assert_eq!((&one["IsoCode"], &one["Fee"]), (&json!("MY"), &json!(0)));
        assert_ne!(one["SerialNo"], "");
    }
}

#[tokio::test]
async fn numbers_of_one_call_meet_the_limits_one_after_the_other() {
    let bench = Bench::new().await;
    let set = send(&bench, &[item("+60198890000", json!({})), item("+60198890000", json!({}))]).await;
    assert_eq!(set[0]["Code"], "Ok");
    assert_eq!(set[1]["Code"], "LimitExceeded.PhoneNumberThirtySecondLimit");
}

#[tokio::test]
async fn each_number_takes_from_the_balance_what_is_left_for_it() {
    let config =
        CONFIG.replacen("[[account.sign]]", "[[account.package]]\nid = 1\namount = 1\n[[account.sign]]", 1);
    let bench = Bench::over(Config::from_toml(&config, "test.toml").unwrap()).ready().await;
    let set = send(&bench, &[item("+60198890000", json!({})), item("+60198890001", json!({}))]).await;
    assert_eq!(set[0]["Code"], "Ok");
    assert_eq!(set[1]["Code"], "FailedOperation.InsufficientBalanceInSmsPackage");
    assert_eq!(set[1]["IsoCode"], "MY");
}

#[tokio::test]
async fn the_request_as_a_whole_has_its_own_errors() {
    let bench = Bench::new().await;
    let good = || item("+60198890000", json!({}));
    let packet = "FailedOperation.FailResolvePacket";
    for (items, code) in [
        (vec![], "InvalidParameterValue.MultiSmsInfoSetEmpty"),
        (vec![good(); 201], "LimitExceeded.PhoneNumberCountLimit"),
        (vec![good(), item("13700000001", json!({}))], "UnsupportedOperation.ContainDomesticPhoneNumber"),
        (vec![item("+60198890000", json!({"SessionContext": "x".repeat(512)}))], packet),
        (vec![item("+60198890000", json!({"SenderId": "x".repeat(501)}))], packet),
    ] {
        assert_eq!(bench.refusal(V20210111, ACTION, &request(&items)).await, code);
    }
    let foreign = json!({"SmsSdkAppId": "1400000002", "MultiSmsInfoSet": [good()]});
    assert_eq!(
        bench.refusal(V20210111, ACTION, &foreign).await,
        "UnauthorizedOperation.SmsSdkAppIdVerifyFail"
    );
    assert!(bench.messages().await.is_empty());
}
