use serde_json::{Value, json};
use tcsms_api::Version::{V20190711, V20210111};

use super::*;

const ACTION: &str = "SmsPackagesStatistics";

/// Package 1 was bought on the day before, package 2 given a year before.
async fn with_packages() -> Bench {
    let packages = r#"[[account.package]]
id = 1
amount = 100
created = "2026-11-24 10:30:00"
effective = "2026-11-25 00:00:00"
expires = "2028-11-24 10:30:00"
[[account.package]]
id = 2
amount = 50
gift = true
created = "2025-11-25 11:00:00"
[[account.sign]]"#;
    let config = CONFIG.replacen("[[account.sign]]", packages, 1);
    let bench = Bench::over(Config::from_toml(&config, "test.toml").unwrap()).ready().await;
    bench.send(json!({"PhoneNumberSet": ["13700000001", "13700000002"]})).await;
    bench
}

fn request(members: Value) -> Value {
    let request = json!({"SmsSdkAppId": "1400006666", "Limit": 500, "Offset": 0, "BeginTime": "2025112511",
        "EndTime": "2026112410"});
    over(request, members)
}

#[tokio::test]
async fn packages_are_listed_in_the_form_of_each_version() {
    let bench = with_packages().await;
    let answer = bench.call(ACTION, request(json!({}))).await.unwrap();
    let year_ago = NOW - 365 * 24 * 3600;
    let gift = json!({"PackageCreateTime": year_ago, "PackageEffectiveTime": year_ago, "PackageExpiredTime": 0,
        "PackageAmount": 50, "PackageType": 0, "PackageId": 2, "CurrentUsage": 0});
    let bought = json!({"PackageCreateTime": NOW - 88_200, "PackageEffectiveTime": NOW - 11 * 3600,
        "PackageExpiredTime": NOW - 88_200 + 730 * 24 * 3600 + 24 * 3600, "PackageAmount": 100, "PackageType": 1,
        "PackageId": 1, "CurrentUsage": 2});
    assert_eq!(answer["SmsPackagesStatisticsSet"], json!([gift, bought]));

    let older = json!({"SmsSdkAppid": "1400006666", "Limit": 500, "Offset": 1});
    let answer = bench.call_version(V20190711, ACTION, &older).await.unwrap();
    assert_eq!(
        answer["SmsPackagesStatisticsSet"],
        json!([{"PackageCreateTime": "2026-11-24 10:30:00", "PackageCreateUnixTime": NOW - 88_200,
            "PackageEffectiveTime": "2026-11-25 00:00:00", "PackageEffectiveUnixTime": NOW - 11 * 3600,
            "PackageExpiredTime": "2028-11-24 10:30:00",
            "PackageExpiredUnixTime": NOW - 88_200 + 731 * 24 * 3600, "AmountOfPackage": 100, "TypeOfPackage": 1,
            "PackageId": 1, "CurrentUsage": 2}])
    );
}

#[tokio::test]
async fn packages_are_chosen_by_the_hour_in_which_they_were_made_and_paged() {
    let bench = with_packages().await;
    let ids = async |members: Value| {
        let answer = bench.call(ACTION, request(members)).await.unwrap();
        let Value::Array(set) = &answer["SmsPackagesStatisticsSet"] else { panic!("{answer}") };
        set.iter().map(|package| package["PackageId"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ids(json!({})).await, [2, 1]);
    assert_eq!(ids(json!({"BeginTime": "2025112512"})).await, [1]);
    assert_eq!(ids(json!({"EndTime": "2026112409"})).await, [2]);
    assert_eq!(ids(json!({"Limit": 1, "Offset": 1})).await, [1]);
    assert!(ids(json!({"Limit": 0})).await.is_empty());
}

#[tokio::test]
async fn wrong_times_and_pages_have_the_codes_of_the_version() {
    let bench = with_packages().await;
    const END: &str = "InvalidParameterValue.EndTimeVerifyFail";
    for (members, code) in [
        (json!({"BeginTime": "x"}), "InvalidParameterValue.BeginTimeVerifyFail"),
        (json!({"EndTime": "2026113210"}), END),
        (json!({"BeginTime": "2026112410"}), END),
        (json!({"BeginTime": "2026112411"}), END),
        (json!({"EndTime": "2026112511"}), END),
        (json!({"Limit": 501}), "InvalidParameterValue.LimitVerifyFail"),
        (json!({"Offset": u64::MAX}), "InvalidParameterValue.OffsetVerifyFail"),
        (json!({"SmsSdkAppId": "1"}), "InvalidParameterValue.SdkAppIdNotExist"),
    ] {
        assert_eq!(bench.refusal(V20210111, ACTION, &request(members)).await, code);
    }
    for page in [json!({"Limit": 501}), json!({"Offset": u64::MAX})] {
        let request = over(json!({"SmsSdkAppid": "1400006666", "Limit": 1, "Offset": 0}), page);
        assert_eq!(bench.refusal(V20190711, ACTION, &request).await, "InvalidParameter");
    }
}
