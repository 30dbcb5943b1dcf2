use serde_json::json;
use tcsms_api::Version;

use super::*;

#[tokio::test]
async fn statistics_count_requests_successes_and_segments() {
    let bench = Bench::new().await;
    bench.send(json!({"PhoneNumberSet": ["13700000001", "12345"]})).await;
    bench
        .send(json!({"PhoneNumberSet": ["13700000002"], "TemplateId": "3", "TemplateParamSet": ["一".repeat(100)]}))
        .await;
    bench.send(json!({"TemplateId": "99"})).await;
    let expected = json!({"FeeCount": 3, "RequestCount": 4, "RequestSuccessCount": 2});
    let request = json!({"BeginTime": "2026112511", "EndTime": "2026112511", "SmsSdkAppId": "1400006666", "Limit": 5,
        "Offset": 0});
    let answer = bench.call("SendStatusStatistics", request).await.unwrap();
    assert_eq!(answer["SendStatusStatistics"], expected);
    let request = json!({"StartDateTime": 2_026_112_500_u64, "EndDataTime": 2_026_112_523_u64,
        "SmsSdkAppid": "1400006666", "Limit": 0, "Offset": 0});
    let answer = bench.call_version(Version::V20190711, "SendStatusStatistics", &request).await.unwrap();
    assert_eq!(answer["SendStatusStatistics"], expected);
    let request = json!({"BeginTime": "2026112512", "EndTime": "2026112610", "SmsSdkAppId": "1400006666", "Limit": 0,
        "Offset": 0});
    let answer = bench.call("SendStatusStatistics", request).await.unwrap();
    assert_eq!(
        answer["SendStatusStatistics"],
        json!({"FeeCount": 0, "RequestCount": 0, "RequestSuccessCount": 0})
    );
}

#[tokio::test]
async fn statistics_of_a_foreign_app_and_of_no_hour_are_refused() {
    let bench = Bench::new().await;
    for (app, begin, code) in [
        ("1400000002", "2026112511", "UnauthorizedOperation.SmsSdkAppIdVerifyFail"),
        ("1400006666", "2026-11-25", "InvalidParameterValue.BeginTimeVerifyFail"),
    ] {
        let request =
            json!({"BeginTime": begin, "EndTime": "2026112511", "SmsSdkAppId": app, "Limit": 0, "Offset": 0});
        assert_eq!(bench.call("SendStatusStatistics", request).await.unwrap_err().0, code);
    }
}

#[tokio::test]
async fn reports_are_counted_by_what_they_say_in_the_hour_of_sending() {
    let mut bench = Bench::new().await;
    bench.send(json!({"PhoneNumberSet": ["13700000001", "13700000002", "12345"]})).await;
    bench.now += 3600;
    bench.deliver().await;
    let request = json!({"BeginTime": "2026112511", "EndTime": "2026112511", "SmsSdkAppId": "1400006666", "Limit": 0,
        "Offset": 0});
    let expected = json!({"CallbackCount": 2, "RequestSuccessCount": 2, "CallbackFailCount": 1,
        "CallbackSuccessCount": 1, "InternalErrorCount": 0, "InvalidNumberCount": 0, "ShutdownErrorCount": 1,
        "BlackListCount": 0, "FrequencyLimitCount": 0});
    let answer = bench.call("CallbackStatusStatistics", request).await.unwrap();
    assert_eq!(answer["CallbackStatusStatistics"], expected);
    let request = json!({"StartDateTime": 2_026_112_500_u64, "EndDataTime": 2_026_112_523_u64,
        "SmsSdkAppid": "1400006666", "Limit": 0, "Offset": 0});
    let answer = bench.call_version(Version::V20190711, "CallbackStatusStatistics", &request).await.unwrap();
    assert_eq!(answer["CallbackStatusStatistics"], expected);
}

#[tokio::test]
async fn reports_are_counted_for_at_most_thirty_two_days() {
    let bench = Bench::new().await;
    let ask = |begin: &str| json!({"BeginTime": begin, "EndTime": "2026112511", "SmsSdkAppId": "1400006666", "Limit": 0, "Offset": 0});
    bench.call("CallbackStatusStatistics", ask("2026102411")).await.unwrap();
    assert_eq!(
        bench.refusal(Version::V20210111, "CallbackStatusStatistics", &ask("2026102410")).await,
        "InvalidParameterValue.EndTimeVerifyFail"
    );
    bench.call("SendStatusStatistics", ask("2025112511")).await.unwrap();
}
