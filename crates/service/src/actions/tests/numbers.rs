use serde_json::json;
use tcsms_api::Version::V20210111;

use super::*;

const ACTION: &str = "DescribePhoneNumberInfo";

#[tokio::test]
async fn numbers_are_taken_apart_as_sends_read_them() {
    let bench = Bench::new().await;
    let numbers = json!(["+86018501234444", "008613700000001", "+85261234567", "abc", "+8612345"]);
    let answer = bench.call(ACTION, json!({"PhoneNumberSet": numbers})).await.unwrap();
    let good = |nation: &str, subscriber: &str, iso: &str, name: &str| {
        json!({"Code": "Ok", "Message": "Describe success", "NationCode": nation, "SubscriberNumber": subscriber,
            "PhoneNumber": format!("+{nation}{subscriber}"), "IsoCode": iso, "IsoName": name})
    };
    let bad = |given: &str| {
        json!({"Code": "FailedOperation.PhoneNumberParseFail", "Message": answer["PhoneNumberInfoSet"][3]["Message"],
            "NationCode": "", "SubscriberNumber": "", "PhoneNumber": given, "IsoCode": "DEF", "IsoName": ""})
    };
    assert_eq!(
        answer["PhoneNumberInfoSet"],
        json!([
            good("86", "18501234444", "CN", "China"),
            good("86", "13700000001", "CN", "China"),
            good("852", "61234567", "HK", "Hong Kong (China)"),
            bad("abc"),
            bad("+8612345"),
        ])
    );
}

#[tokio::test]
async fn one_to_two_hundred_numbers_are_taken_apart() {
    let bench = Bench::new().await;
    for (count, code) in
        [(0, "InvalidParameterValue.IncorrectPhoneNumber"), (201, "LimitExceeded.PhoneNumberCountLimit")]
    {
        let request = json!({"PhoneNumberSet": vec!["13700000001"; count]});
        assert_eq!(bench.refusal(V20210111, ACTION, &request).await, code);
    }
    let answer = bench.call(ACTION, json!({"PhoneNumberSet": vec!["13700000001"; 200]})).await.unwrap();
    assert_eq!(answer["PhoneNumberInfoSet"].as_array().unwrap().len(), 200);
}
