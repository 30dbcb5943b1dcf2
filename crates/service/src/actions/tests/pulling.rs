use serde_json::json;
use tcsms_api::Version;

use super::*;

#[tokio::test]
async fn reports_are_pulled_once_in_the_form_of_each_version() {
    let bench = Bench::new().await;
    let set = bench
        .send(json!({"PhoneNumberSet": ["13700000001", "13700000002"], "SessionContext": "order-77"}))
        .await;
    bench.deliver().await;
    let pulled =
        bench.call("PullSmsSendStatus", json!({"SmsSdkAppId": "1400006666", "Limit": 1})).await.unwrap();
    assert_eq!(
        pulled["PullSmsSendStatusSet"],
        json!([{"UserReceiveTime": NOW + 1, "CountryCode": "86", "SubscriberNumber": "13700000001",
            "PhoneNumber": "+8613700000001", "SerialNo": set[0]["SerialNo"], "ReportStatus": "SUCCESS",
            "Description": "DELIVRD", "SessionContext": "order-77"}])
    );
    let request = json!({"SmsSdkAppid": "1400006666", "Limit": 100});
    let pulled = bench.call_version(Version::V20190711, "PullSmsSendStatus", &request).await.unwrap();
    assert_eq!(
        pulled["PullSmsSendStatusSet"],
        json!([{"UserReceiveTime": "2026-11-25 11:00:01", "UserReceiveUnixTime": NOW + 1, "NationCode": "86",
            "PurePhoneNumber": "+8613700000002", "PhoneNumber": "13700000002", "SerialNo": set[1]["SerialNo"],
            "ReportStatus": "FAIL", "Description": "UNDELIV"}])
    );
    let pulled =
        bench.call("PullSmsSendStatus", json!({"SmsSdkAppId": "1400006666", "Limit": 100})).await.unwrap();
    assert_eq!(pulled["PullSmsSendStatusSet"], json!([]));
}

#[tokio::test]
async fn pulling_can_be_closed_and_has_a_limit() {
    let bench = Bench::with("[rules]\npull_open = false").ready().await;
    let pull = |limit: u64| json!({"SmsSdkAppId": "1400006666", "Limit": limit});
    let error = bench.call("PullSmsSendStatus", pull(5)).await.unwrap_err();
    assert_eq!(error.0, "UnauthorizedOperation.RequestPermissionDeny");

    let bench = Bench::with("[rules]\nsession_context_in_reports = false").ready().await;
    for limit in [0, 101, u64::MAX] {
        let error = bench.call("PullSmsSendStatus", pull(limit)).await.unwrap_err();
        assert_eq!(error.0, "FailedOperation.FailResolvePacket");
    }
    bench.send(json!({"SessionContext": "order-77"})).await;
    bench.deliver().await;
    let pulled = bench.call("PullSmsSendStatus", pull(100)).await.unwrap();
    assert_eq!(pulled["PullSmsSendStatusSet"][0]["SessionContext"], "");
}
