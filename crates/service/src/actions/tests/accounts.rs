use serde_json::json;
use tcsms_api::Version;

use super::*;

/// The first account with this key.
async fn with_key(key: &str) -> Bench {
    let config = CONFIG.replacen("id = \"a\"", &format!("id = \"a\"\n{key}"), 1);
    Bench::over(Config::from_toml(&config, "test.toml").unwrap()).ready().await
}

/// The codes with which the actions of both versions refuse a call without parameters.
async fn refused(bench: &Bench, code: &str) -> Vec<String> {
    let mut refused = Vec::new();
    for action in ACTIONS {
        let found = bench.call_version(action.version, action.name, &json!({})).await;
        if found.is_err_and(|error| error.0 == code) {
            refused.push(format!("{} {}", action.name, action.version));
        }
    }
    refused
}

#[tokio::test]
async fn an_account_that_owes_money_is_refused_by_all_actions_that_list_the_code() {
    let code = "UnauthorizedOperation.ServiceSuspendDueToArrears";
    let listed = ACTIONS.iter().filter(|action| action.errors.contains(&code)).count();
    assert_eq!(refused(&with_key("arrears = true").await, code).await.len(), listed);
    assert!(listed > 30, "{listed}");
    assert!(refused(&Bench::new().await, code).await.is_empty());
}

#[tokio::test]
async fn without_certification_there_are_no_signatures_and_templates() {
    let refused =
        refused(&with_key("certified = false").await, "FailedOperation.NotEnterpriseCertification").await;
    assert_eq!(refused.len(), 16, "{refused:?}");
    assert!(
        refused
            .iter()
            .all(|name| name.contains("Sign ") || name.contains("SignList") || name.contains("Template"))
    );
}

#[tokio::test]
async fn only_the_main_account_lists_templates() {
    let mut bench = Bench::new().await;
    let code = "FailedOperation.ProhibitSubAccountUse";
    assert!(refused(&bench, code).await.is_empty());
    bench.sub_account = true;
    assert_eq!(refused(&bench, code).await, ["DescribeSmsTemplateList 2021-01-11"]);
}

#[tokio::test]
async fn countries_that_are_not_offered_are_refused_before_the_apps_own_list() {
    let config = CONFIG.replacen("[[account.app]]", "[[account.app]]\ncountries = [\"MY\"]", 1);
    let config = format!("{config}\n[rules]\ncountries_not_offered = [\"HK\"]");
    let bench = Bench::over(Config::from_toml(&config, "test.toml").unwrap()).ready().await;
    let codes = bench
        .codes(json!({"PhoneNumberSet": ["+85261234567", "+60198890000", "+12025550123"], "TemplateId": "1800308",
            "SignName": null, "TemplateParamSet": ["190191"]}))
        .await;
    let own = "LimitExceeded.AppCountryOrRegionInBlacklist";
    assert_eq!(codes, ["UnsupportedOperation.UnsupportedRegion", "Ok", own]);
}

#[tokio::test]
async fn a_country_has_its_day() {
    let bench = Bench::with("[limits]\napp_country_per_day = 1").ready().await;
    let abroad = json!({"PhoneNumberSet": ["+85261234567", "+85261234568", "+60198890000"], "TemplateId": "1800308",
        "SignName": null, "TemplateParamSet": ["190191"]});
    let set = bench.send(abroad).await;
    let codes: Vec<_> = set.iter().map(|one| one["Code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["Ok", "LimitExceeded.AppCountryOrRegionDailyLimit", "Ok"]);
    assert_eq!(set[1]["IsoCode"], "HK");
}

#[tokio::test]
async fn a_store_that_fails_is_answered_with_a_code_of_the_action() {
    let bench = Bench::new().await;
    bench.actions.store.close().await;
    let caller = Caller {
        account: &bench.actions.directory.account("a").unwrap(),
        sub_account: false,
        now_ms: NOW * 1000,
        request_id: "r",
    };
    let sign = br#"{"SignName":"ab","SignType":0,"DocumentType":0,"International":0,"SignPurpose":0,"ProofImage":"AA=="}"#;
    let send = serde_json::to_vec(&merged(json!({}))).unwrap();
    for (name, body, code) in [
        ("SendSms", &send[..], ErrorCode::InternalErrorOtherError),
        ("AddSmsSign", &sign[..], ErrorCode::InternalError),
    ] {
        let action = find_action(Version::V20210111, name).unwrap();
        assert_eq!(bench.actions.perform(caller, action, body).await.unwrap_err().code, code, "{name}");
    }
}
