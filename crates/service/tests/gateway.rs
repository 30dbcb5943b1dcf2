//! The gateway from outside: the order of its checks, both wire forms, its limits and its texts.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::{Path, PathBuf};

use http::Request;
use serde_json::Value;
use support::{
    Call, HOST, NOW, answer, body, outcome, send_sms, service, service_at, v1_parameters, v1_request,
};
use tcsms_auth::raw::RawRequest;
use tcsms_service::{Business, Clock, Setting};

const PULL: &str = r#"{"SmsSdkAppId":"1400787878","Limit":5}"#;

/// Calls whose faults lie behind the check that answers: each has every fault of the ones after it.
#[tokio::test]
async fn every_check_wins_over_the_later_ones() {
    let service = service("").await;
    let wrong_in_every_way = r#"{"TemplateName":1,"X":2}"#;
    for _ in 0..2 {
        // The rate of AddSmsTemplate in this region is used up.
        Call::new("AddSmsTemplate", "{}").send(&service).await;
    }
    let base = Call {
        secret_id: "AKIDTEMPORARY",
        secret_key: "SKTEMPORARY",
        ..Call::new("AddSmsTemplate", wrong_in_every_way)
    };
    let parameters_wrong =
        base.clone().header("x-tc-region", "ap-singapore").header("x-tc-token", "a token/+=");
    let limited = Call {
        secret_id: "AKIDEXAMPLE",
        secret_key: "SKEXAMPLE",
        ..Call::new("AddSmsTemplate", wrong_in_every_way)
    };
    let no_region = limited.clone().without("x-tc-region");
    let no_action = no_region.clone().header("x-tc-action", "SendSmsX");
    let no_version = no_action.clone().header("x-tc-version", "2020-01-01");
    let wrong_key = Call { secret_key: "wrong", ..no_version.clone() };
    let wrong_token = wrong_key.clone().header("x-tc-token", "surplus");
    let nobody = Call { secret_id: "AKIDNOBODY", ..wrong_token.clone() };
    let expired = nobody.clone().at(NOW - 301);
    let bad_form = expired.clone().header("authorization", "TC3-HMAC-SHA256 Credential=a");
    let other_form = expired.clone().header("authorization", "Bearer abc");
    let version_absent = bad_form.clone().without("x-tc-version");
    let action_absent = version_absent.clone().without("x-tc-action");
    let time_absent = action_absent.clone().without("x-tc-timestamp");
    let too_large = Call { body: vec![b'x'; 10 * 1024 * 1024 + 1], ..time_absent.clone() };
    let put = Call { method: "PUT", ..too_large.clone() };
    for (call, expected) in [
        (&put, "UnsupportedProtocol: The HTTP method `PUT` is not supported. Use POST or GET."),
        (
            &too_large,
            "RequestSizeLimitExceeded: The request is larger than 10485760 bytes. Send less, or use POST with \
             TC3-HMAC-SHA256.",
        ),
        (&time_absent, "MissingParameter: The request is missing a required parameter `Timestamp`."),
        (&action_absent, "MissingParameter: The request is missing a required parameter `Action`."),
        (&version_absent, "MissingParameter: The request is missing a required parameter `Version`."),
        (&other_form, "AuthFailure.InvalidAuthorization: SignatureMethod should be TC3-HMAC-SHA256"),
        (&bad_form, "AuthFailure.InvalidAuthorization"),
        (
            &expired,
            "AuthFailure.SignatureExpire: Signature expired. Please use local time and enable NTP service for time \
             synchronization to avoid a deviation between `Timestamp` and the server time 1795575600.",
        ),
        (
            &nobody,
            "AuthFailure.SecretIdNotFound: The SecretId is not found, please ensure that your SecretId is correct.",
        ),
        (&wrong_token, "AuthFailure.TokenFailure: The session token is not valid: the key takes none."),
        (
            &wrong_key,
            "AuthFailure.SignatureFailure: The provided credentials could not be validated. Please check your \
             signature is correct.",
        ),
        (
            &no_version,
            "NoSuchVersion: The specified api version=`2020-01-01` does not exist in service=`sms`.",
        ),
        (
            &no_action,
            "InvalidAction: The request action=`SendSmsX` is invalid or not found in service=`sms` and \
             version=`2021-01-11`.",
        ),
        (&no_region, "MissingParameter: The request is missing a required parameter `Region`."),
        (
            &limited,
            "RequestLimitExceeded: Your current request times equals to `3` in a second, which exceeds the frequency \
             limit `2` for a second. Please reduce the frequency of calls.",
        ),
        (&parameters_wrong, "UnknownParameter: The parameter `X` is not recognized."),
    ] {
        let found = outcome(&call.send(&service).await);
        assert!(found.starts_with(expected), "wanted {expected}\nfound  {found}");
    }
    service.stop().await;
}

#[tokio::test]
async fn the_older_form_names_what_is_missing_in_its_order() {
    let service = service("").await;
    let pairs = |names: &[&str]| {
        let all = v1_parameters("PullSmsSendStatus", &[("SmsSdkAppId", "1400787878"), ("Limit", "5")]);
        all.into_iter().filter(|(name, _)| !names.contains(&name.as_str())).collect::<Vec<_>>()
    };
    for absent in [
        &["Timestamp", "Action"][..],
        &["Action", "Version"],
        &["Version", "SecretId"],
        &["SecretId", "Nonce"],
        &["Nonce"],
    ] {
        for method in ["GET", "POST"] {
            let found = outcome(&answer(&service, v1_request(method, pairs(absent))).await);
            let name = absent[0];
            assert_eq!(
                found,
                format!("MissingParameter: The request is missing a required parameter `{name}`.")
            );
        }
    }
    let bare = Request::get("/").header("host", HOST).body(String::new()).unwrap();
    let expected = "MissingParameter: The request is missing a required parameter `Timestamp`.";
    assert_eq!(outcome(&answer(&service, bare).await), expected);
    let unsigned =
        Request::get("/?Timestamp=1&Action=a&Version=b&SecretId=c&Nonce=1").body(String::new()).unwrap();
    let expected = "MissingParameter: The request is missing a required parameter `Signature`.";
    assert_eq!(outcome(&answer(&service, unsigned).await), expected);
    // JSON without a signature is the older form without its parameters.
    let json = Request::post("/").header("content-type", "application/json").body(PULL.to_owned()).unwrap();
    let expected = "MissingParameter: The request is missing a required parameter `Timestamp`.";
    assert_eq!(outcome(&answer(&service, json).await), expected);
    service.stop().await;
}

fn captures(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(captures(&path));
        } else if path.extension().is_some_and(|extension| extension == "raw") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// A request read from a file.
fn raw_request(bytes: &[u8]) -> Request<http_body_util::Full<bytes::Bytes>> {
    RawRequest::parse(bytes).unwrap().with(|raw| {
        let uri = if raw.query.is_empty() { "/".to_owned() } else { format!("/?{}", raw.query) };
        let mut request = Request::builder().method(raw.method).uri(uri);
        for header in raw.headers {
            request = request.header(header.name, header.value);
        }
        request.body(raw.body.to_vec().into()).unwrap()
    })
}

/// The official SDKs' own requests: all signature methods by GET and POST in seven languages. Those whose SDK signs
/// other bytes than it sends are refused.
#[tokio::test]
async fn requests_of_the_official_sdks() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/wire");
    let expected: Value =
        serde_json::from_slice(&std::fs::read(folder.join("expected.json")).unwrap()).unwrap();
    let clock = Clock::frozen(NOW);
    let service = service_at(&clock, "").await;
    let files = captures(&folder);
    assert_eq!(files.len(), expected["requests"].as_object().unwrap().len());
    for file in files {
        let name = file.strip_prefix(&folder).unwrap().to_str().unwrap();
        let case = &expected["requests"][name];
        let at = case["timestamp"].as_i64().unwrap();
        clock.set(Setting { business: Business::Frozen(at * 1000), signatures: true });
        let response = answer(&service, raw_request(&std::fs::read(&file).unwrap())).await;
        if case["holds"] == true {
            let codes: Vec<_> =
                response["SendStatusSet"].as_array().unwrap().iter().map(|status| &status["Code"]).collect();
            assert_eq!(codes, ["Ok", "Ok"], "{name}: {response}");
            assert_eq!(response["SendStatusSet"][0]["SessionContext"], "a<b>&c/d e+f'~*!()=%", "{name}");
        } else {
            assert!(!outcome(&response).starts_with("Ok"), "{name}");
            assert_eq!(response["Error"]["Code"], "AuthFailure.SignatureFailure", "{name}");
        }
    }
    service.stop().await;
}

#[tokio::test]
async fn what_official_sdks_do_differently_is_accepted() {
    let service = service("").await;
    let pull = || Call::new("PullSmsSendStatus", PULL);
    let two_blanks = pull().authorization().replacen(' ', "  ", 1);
    let local = Call { host: "127.0.0.1:9180".to_owned(), ..pull() };
    let query = "Limit=5&SmsSdkAppId=1400787878".to_owned();
    let get = Call {
        method: "GET",
        query,
        body: Vec::new(),
        content_type: "application/x-www-form-urlencoded",
        ..pull()
    };
    for (what, call) in [
        ("two blanks after the algorithm", pull().header("authorization", &two_blanks)),
        (
            "the host is signed without its port",
            Call { signed_host: Some("127.0.0.1".to_owned()), ..local.clone() },
        ),
        ("the service is the first label of the host", Call { service: "127", ..local }),
        ("an empty token", pull().header("x-tc-token", "")),
        ("a charset", Call { content_type: "application/json; charset=utf-8", ..pull() }),
        ("capitals", Call { content_type: "Application/JSON;charset=UTF-8", ..pull() }),
        ("the payload is not signed", pull().header("x-tc-content-sha256", "UNSIGNED-PAYLOAD")),
        ("GET", get),
        ("300 seconds late", pull().at(NOW - 300)),
        ("300 seconds early", pull().at(NOW + 300)),
        (
            "a temporary key",
            Call { secret_id: "AKIDTEMPORARY", secret_key: "SKTEMPORARY", ..pull() }
                .header("x-tc-token", "a token/+="),
        ),
    ] {
        assert_eq!(outcome(&call.send(&service).await), "Ok", "{what}");
    }
    let other_service = Call { service: "cvm", ..pull() };
    assert!(outcome(&other_service.send(&service).await).starts_with("AuthFailure.SignatureFailure"));
    // The path has no meaning.
    let mut request = pull().request();
    *request.uri_mut() = "/any/path".parse().unwrap();
    assert_eq!(outcome(&answer(&service, request).await), "Ok");
    service.stop().await;
}

#[tokio::test]
async fn the_older_signatures_by_get_and_post() {
    let service = service("").await;
    for signature_method in ["HmacSHA256", "HmacSHA1", "anything", ""] {
        for method in ["GET", "POST"] {
            let mut parameters = v1_parameters(
                "PullSmsSendStatus",
                &[("SmsSdkAppId", "1400787878"), ("Limit", "5"), ("Token", "")],
            );
            parameters.retain(|(name, _)| name != "SignatureMethod");
            if !signature_method.is_empty() {
                parameters.push(("SignatureMethod".to_owned(), signature_method.to_owned()));
            }
            let response = answer(&service, v1_request(method, parameters)).await;
            assert_eq!(outcome(&response), "Ok", "{signature_method} {method}");
            assert_eq!(response["PullSmsSendStatusSet"], Value::Array(Vec::new()));
        }
    }
    let parameters = v1_parameters("PullSmsSendStatus", &[("SmsSdkAppId", "1400787878"), ("Limit", "many")]);
    assert_eq!(
        outcome(&answer(&service, v1_request("POST", parameters)).await),
        "InvalidParameter: The value type of parameter `Limit` is not valid."
    );
    service.stop().await;
}

#[tokio::test]
async fn sizes() {
    let strict = service("").await;
    let json = |size: usize| {
        let call = Call::new("SendSms", "");
        Call { body: vec![b' '; size], ..call }
    };
    let found = outcome(&json(10 * 1024 * 1024 - 2000).send(&strict).await);
    assert!(found.starts_with("InvalidParameter: "), "{found}");
    let found = outcome(&json(10 * 1024 * 1024).send(&strict).await);
    assert!(found.starts_with("RequestSizeLimitExceeded: "), "the head counts too: {found}");

    let v1 = |method: &'static str, size: usize| {
        let text = "x".repeat(size);
        v1_request(method, v1_parameters("AddSmsTemplate", &[("TemplateContent", &text)]))
    };
    let found = outcome(&answer(&strict, v1("POST", 1024 * 1024 - 2000)).await);
    assert!(found.starts_with("MissingParameter: "), "{found}");
    assert_eq!(
        outcome(&answer(&strict, v1("POST", 1024 * 1024)).await),
        "AuthFailure.SignatureFailure: The provided credentials could not be validated because of exceeding request \
         size limit, please use new signature method `TC3-HMAC-SHA256`."
    );

    let found = outcome(&answer(&strict, v1("GET", 30 * 1024)).await);
    assert!(found.starts_with("MissingParameter: "), "{found}");
    assert_eq!(
        outcome(&answer(&strict, v1("GET", 40 * 1024)).await),
        "RequestSizeLimitExceeded: The request is larger than 32768 bytes. Send less, or use POST with TC3-HMAC-SHA256."
    );
    strict.stop().await;

    let edge = service("[rules]\nlong_get_as_html = true").await;
    let response = edge.call(v1("GET", 40 * 1024)).await;
    assert_eq!(response.status(), 414);
    assert_eq!(response.headers()["content-type"], "text/html");
    edge.stop().await;
}

#[tokio::test]
async fn times_that_are_no_seconds() {
    let service = service("").await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/explain");
    let milliseconds = std::fs::read(folder.join("c57-request.raw")).unwrap();
    assert_eq!(
        outcome(&answer(&service, raw_request(&milliseconds)).await),
        "AuthFailure.SignatureExpire: Signature expired. `Timestamp` 1795575600000 is in milliseconds; send Unix time \
         in seconds, which is 1795575600 on the server."
    );
    let found = outcome(&Call::new("SendSms", "{}").header("x-tc-timestamp", "now").send(&service).await);
    assert!(found.starts_with("InvalidParameterValue: The value of `Timestamp` is not valid: "), "{found}");
    let local_day = std::fs::read(folder.join("c05-request.raw")).unwrap();
    let clock = Clock::frozen(1_795_541_400);
    let night = service_at(&clock, "").await;
    let found = outcome(&answer(&night, raw_request(&local_day)).await);
    assert!(found.starts_with("AuthFailure.SignatureFailure: "), "{found}");
    for service in [service, night] {
        service.stop().await;
    }
}

#[tokio::test]
async fn names_of_the_older_version_are_unknown_to_the_newer() {
    let service = service("").await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/explain");
    let old_names = std::fs::read(folder.join("c30-request.raw")).unwrap();
    assert_eq!(
        outcome(&answer(&service, raw_request(&old_names)).await),
        "UnknownParameter: The parameter `TemplateID` is not recognized."
    );
    service.stop().await;
}

#[tokio::test]
async fn content_types_that_no_action_takes() {
    let service = service("").await;
    for content_type in
        ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "application/octet-stream"]
    {
        let call = Call { content_type, ..Call::new("PullSmsSendStatus", PULL) };
        let media = content_type.split(';').next().unwrap();
        assert_eq!(
            outcome(&call.send(&service).await),
            format!(
                "InvalidRequest: The Content-Type `{media}` is not supported by this action. Send application/json."
            )
        );
    }
    service.stop().await;
}

#[tokio::test]
async fn the_caller_chooses_the_language_of_the_gateway() {
    let service = service("").await;
    let typo = |language: &str| Call::new("SendSms", r#"{"Ontent":1}"#).header("x-tc-language", language);
    assert_eq!(outcome(&typo("zh-CN").send(&service).await), "UnknownParameter: 未定义参数 `Ontent` 。");
    assert_eq!(
        outcome(&typo("en-US").send(&service).await),
        "UnknownParameter: The parameter `Ontent` is not recognized."
    );
    let wrong_key = Call { secret_key: "wrong", ..typo("zh-CN") };
    assert_eq!(
        outcome(&wrong_key.send(&service).await),
        "AuthFailure.SignatureFailure: 请求签名验证失败，请检查您的签名计算是否正确。"
    );
    let parameters = v1_parameters("SendSms", &[("Language", "zh-CN"), ("Ontent", "1")]);
    assert_eq!(
        outcome(&answer(&service, v1_request("POST", parameters)).await),
        "UnknownParameter: 未定义参数 `Ontent` 。"
    );
    // Single numbers are answered in English whatever the language.
    let response =
        Call::new("SendSms", &send_sms(&["12345"])).header("x-tc-language", "zh-CN").send(&service).await;
    assert!(response["SendStatusSet"][0]["Message"].as_str().unwrap().is_ascii());
    service.stop().await;
}

#[tokio::test]
async fn regions() {
    let any = service("").await;
    let known = service("[rules]\nany_region = false").await;
    let region = |region: &str| Call::new("PullSmsSendStatus", PULL).header("x-tc-region", region);
    assert_eq!(outcome(&region("eu-frankfurt").send(&any).await), "Ok");
    assert_eq!(
        outcome(&region("eu-frankfurt").send(&known).await),
        "UnsupportedRegion: The action not support this region"
    );
    for service in [&any, &known] {
        assert_eq!(
            outcome(&region("").send(service).await),
            "InvalidParameterValue: A value specified in `X-TC-Region` is not valid, is unsupported, or cannot be used."
        );
        let mut parameters = v1_parameters("PullSmsSendStatus", &[]);
        parameters.iter_mut().filter(|(name, _)| name == "Region").for_each(|(_, value)| value.clear());
        assert_eq!(
            outcome(&answer(service, v1_request("POST", parameters)).await),
            "InvalidParameterValue: A value specified in `Region` is not valid, is unsupported, or cannot be used."
        );
        let older = Call::new("PullSmsSendStatus", r#"{"SmsSdkAppid":"1400787878","Limit":5}"#)
            .header("x-tc-version", "2019-07-11")
            .without("x-tc-region");
        assert_eq!(outcome(&older.send(service).await), "Ok");
    }
    for service in [any, known] {
        service.stop().await;
    }
}

#[tokio::test]
async fn the_service_in_a_wrong_version_is_the_first_label_of_the_host() {
    let service = service("").await;
    for (host, label) in [("10.0.0.1", "10"), ("127.0.0.1:9180", "127"), (HOST, "sms")] {
        let call =
            Call { host: host.to_owned(), ..Call::new("SendSms", "{}") }.header("x-tc-version", "2018-07-24");
        assert_eq!(
            outcome(&call.send(&service).await),
            format!(
                "NoSuchVersion: The specified api version=`2018-07-24` does not exist in service=`{label}`."
            )
        );
    }
    service.stop().await;
}

#[tokio::test]
async fn rates_can_be_switched_off() {
    let limited = service("").await;
    // The account's text ends in its [limits], so that this line belongs to it.
    let free = service("api_rate = false").await;
    let add = Call::new("AddSmsTemplate", "{}");
    for service in [&limited, &free] {
        for _ in 0..2 {
            assert!(outcome(&add.send(service).await).starts_with("MissingParameter"));
        }
    }
    assert!(outcome(&add.send(&limited).await).starts_with("RequestLimitExceeded: "));
    assert!(outcome(&add.send(&free).await).starts_with("MissingParameter"));
    for service in [limited, free] {
        service.stop().await;
    }
}

#[tokio::test]
async fn unsigned_requests_are_let_in_only_when_configured() {
    let closed = service("").await;
    let open = service("[rules]\nunsigned = true").await;
    let skip = || Call::new("PullSmsSendStatus", PULL).header("authorization", "SKIP");
    assert!(outcome(&skip().send(&closed).await).starts_with("AuthFailure.InvalidAuthorization: "));
    assert_eq!(outcome(&skip().send(&open).await), "Ok");
    assert_eq!(
        outcome(&skip().without("x-tc-timestamp").send(&open).await).split(':').next(),
        Some("MissingParameter")
    );
    assert!(outcome(&skip().header("x-tc-action", "X").send(&open).await).starts_with("InvalidAction: "));
    for service in [closed, open] {
        service.stop().await;
    }
}

#[tokio::test]
async fn tokens() {
    let service = service("").await;
    let temporary = || Call {
        secret_id: "AKIDTEMPORARY",
        secret_key: "SKTEMPORARY",
        ..Call::new("PullSmsSendStatus", PULL)
    };
    for (call, expected) in [
        (
            temporary(),
            "AuthFailure.TokenFailure: The session token is not valid: the key is temporary and its token is absent.",
        ),
        (
            temporary().header("x-tc-token", "other"),
            "AuthFailure.TokenFailure: The session token is not valid: it is not the one of this key.",
        ),
        (temporary().header("x-tc-token", "a token/+="), "Ok"),
    ] {
        assert_eq!(outcome(&call.send(&service).await), expected);
    }
    service.stop().await;
}

#[tokio::test]
async fn blanks_around_a_key_make_another_key() {
    let service = service("").await;
    let call = Call { secret_id: " AKIDEXAMPLE", ..Call::new("PullSmsSendStatus", PULL) };
    assert!(outcome(&call.send(&service).await).starts_with("AuthFailure.SecretIdNotFound: "));
    service.stop().await;
}

#[tokio::test]
async fn the_older_list_of_signatures_has_its_own_code_for_absent_ids() {
    let service = service("").await;
    let list =
        |version: &str, body: &str| Call::new("DescribeSmsSignList", body).header("x-tc-version", version);
    let absent = list("2019-07-11", r#"{"International":0}"#);
    assert_eq!(
        outcome(&absent.send(&service).await),
        "MissingParameter.MissingSignatureList: The request is missing a required parameter `SignIdSet`."
    );
    let nowhere = list("2019-07-11", r#"{"SignIdSet":[1]}"#);
    assert_eq!(
        outcome(&nowhere.send(&service).await),
        "MissingParameter: The request is missing a required parameter `International`."
    );
    assert_eq!(outcome(&list("2021-01-11", r#"{"International":0}"#).send(&service).await), "Ok");
    service.stop().await;
}

#[tokio::test]
async fn a_key_of_a_sub_account_may_not_list_templates() {
    let key = "[[account.key]]\nsecret_id = \"AKIDSUB\"\nsecret_key = \"SKSUB\"\nsub_account = true";
    let service = service(key).await;
    let call = |action: &str| Call {
        secret_id: "AKIDSUB",
        secret_key: "SKSUB",
        ..Call::new(action, r#"{"International":0}"#)
    };
    let list = call("DescribeSmsTemplateList").send(&service).await;
    assert!(outcome(&list).starts_with("FailedOperation.ProhibitSubAccountUse: "));
    assert_eq!(outcome(&call("DescribeSmsSignList").send(&service).await), "Ok");
    service.stop().await;
}

#[tokio::test]
async fn hostile_bytes_get_an_answer_of_the_api() {
    let service = service("").await;
    let headers: [(&str, &[u8]); 6] = [
        ("authorization", b"\xff\xfe"),
        ("x-tc-action", b"\xff"),
        ("x-tc-timestamp", b"\xf0\x28"),
        ("host", b"\x80"),
        ("content-type", b"\xff"),
        ("authorization", b"TC3-HMAC-SHA256 Credential=////,SignedHeaders=;;,Signature=,"),
    ];
    for (name, value) in headers {
        for body in [&b""[..], b"\xff\xfe\x00", b"%", b"a=%ff&Timestamp=1"] {
            let mut request = Call { body: body.to_vec(), ..Call::new("SendSms", "") }.request();
            request.headers_mut().insert(name, http::HeaderValue::from_bytes(value).unwrap());
            assert_ne!(outcome(&answer(&service, request).await), "Ok", "{name}");
            let bare = Request::post("/").body(http_body_util::Full::new(body.to_vec().into())).unwrap();
            assert_ne!(outcome(&answer(&service, bare).await), "Ok");
        }
    }
    let response = service.call(Request::post("/").body(String::new()).unwrap()).await;
    assert_eq!(body(response).await["Response"]["Error"]["Code"], "MissingParameter");
    service.stop().await;
}
