//! What reaches the server holds under an independent check, for every way to sign and both methods.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use support::{Act, Driver, OK, SECRET_ID, SECRET_KEY, Server, header, send_sms};
use tcsms::v20210111::{MultiSmsInfo, SendMultiGlobalSmsRequest, SendSmsRequest};
use tcsms::{Credential, ErrorKind, HttpMethod, Language, SignMethod};
use tcsms_auth::raw::RawRequest;
use tcsms_auth::verify::{Claim, Policy};

const METHODS: [SignMethod; 3] = [SignMethod::Tc3HmacSha256, SignMethod::HmacSha256, SignMethod::HmacSha1];

/// Text with everything that some SDK gets wrong.
const HARD: &str = "中文 😀 a+b~*!()='\"<>&/?#%41\\ \t.,;:@ é";

fn assert_holds(request: &[u8]) {
    RawRequest::parse(request).unwrap().with(|request| {
        let claim = Claim::of(request).unwrap();
        assert_eq!(claim.secret_id(), SECRET_ID);
        claim.check(SECRET_KEY, &Policy::default()).unwrap();
        assert!(claim.check("another key", &Policy::default()).is_err());
    });
}

/// The parameters as a server reads them: by name, in order.
fn parameters(request: &[u8]) -> Vec<(String, String)> {
    let request = RawRequest::parse(request).unwrap();
    request.with(|request| {
        let text = if request.method == "GET" { request.query.as_bytes() } else { request.body };
        tcsms_auth::form::decode_pairs(text).unwrap()
    })
}

fn hard_request() -> SendSmsRequest {
    send_sms()
        .phone_number_set(["+8613711112222", "+85261234567"])
        .template_param_set(Vec::<String>::new())
        .extend_code("")
        .session_context(HARD)
}

#[test]
fn every_signature_holds() {
    for sign in METHODS {
        for method in [HttpMethod::Post, HttpMethod::Get] {
            let server = Server::of(&[Act::Answer(OK)]);
            let builder = || server.builder().sign_method(sign).http_method(method).language(Language::EnUs);
            for driver in Driver::both(builder) {
                driver.send(hard_request()).unwrap();
                let request = server.requests().pop().unwrap();
                assert_holds(&request);
                assert_eq!(
                    header(&request, "host").as_deref(),
                    Some("sms.tencentcloudapi.com"),
                    "{sign:?} {method:?}"
                );
            }
        }
    }
}

#[test]
fn a_tc3_post_carries_the_json_and_the_documented_headers() {
    let server = Server::of(&[Act::Answer(OK)]);
    let client = server.builder().language(Language::EnUs).build_blocking().unwrap();
    client.request(hard_request()).send().unwrap();
    let request = server.requests().remove(0);
    for (name, value) in [
        ("content-type", "application/json"),
        ("x-tc-action", "SendSms"),
        ("x-tc-version", "2021-01-11"),
        ("x-tc-region", "ap-guangzhou"),
        ("x-tc-language", "en-US"),
        ("x-tc-requestclient", concat!("SDK_TCSMS_RUST_", env!("CARGO_PKG_VERSION"))),
    ] {
        assert_eq!(header(&request, name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(header(&request, "x-tc-token"), None);
    let body = request.split(|byte| *byte == b'\n').next_back().unwrap();
    let sent: serde_json::Value = serde_json::from_slice(body).unwrap();
    // Unset is absent; "" and [] are sent.
    let expected = serde_json::json!({
        "PhoneNumberSet": ["+8613711112222", "+85261234567"],
        "SmsSdkAppId": "1400787878",
        "TemplateId": "449739",
        "SignName": "腾讯云",
        "TemplateParamSet": [],
        "ExtendCode": "",
        "SessionContext": HARD,
    });
    assert_eq!(sent, expected);
}

#[test]
fn parameters_arrive_as_they_were_given() {
    for sign in METHODS {
        for method in [HttpMethod::Post, HttpMethod::Get] {
            if (sign, method) == (SignMethod::Tc3HmacSha256, HttpMethod::Post) {
                continue;
            }
            let server = Server::of(&[Act::Answer(OK)]);
            let client = server.builder().sign_method(sign).http_method(method).build_blocking().unwrap();
            client.request(hard_request()).send().unwrap();
            let request = server.requests().remove(0);
            assert_eq!(
                header(&request, "content-type").as_deref(),
                Some("application/x-www-form-urlencoded")
            );
            let found = parameters(&request);
            let get = |name: &str| found.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
            assert_eq!(get("PhoneNumberSet.1"), Some("+85261234567"));
            assert_eq!(get("SessionContext"), Some(HARD));
            assert_eq!(get("ExtendCode"), Some(""));
            assert!(
                !found.iter().any(|(name, _)| name.starts_with("TemplateParamSet") || name == "SenderId")
            );
            let v1 = sign != SignMethod::Tc3HmacSha256;
            assert_eq!(get("Action"), v1.then_some("SendSms"));
            assert_eq!(get("Region"), v1.then_some("ap-guangzhou"));
            assert_eq!(header(&request, "x-tc-action").is_none(), v1);
        }
    }
}

#[test]
fn nested_parameters_become_paths() {
    let server = Server::of(&[Act::Answer(r#"{"Response":{"SendMultiStatusSet":[],"RequestId":"r"}}"#)]);
    let client = server.builder().http_method(HttpMethod::Get).build_blocking().unwrap();
    let info = MultiSmsInfo::new().template_id("1").template_param_set(["a", ""]);
    client.request(SendMultiGlobalSmsRequest::new().multi_sms_info_set([info])).send().unwrap();
    let request = server.requests().remove(0);
    assert_holds(&request);
    let found = parameters(&request);
    for (name, value) in [("TemplateId", "1"), ("TemplateParamSet.0", "a"), ("TemplateParamSet.1", "")] {
        let name = format!("MultiSmsInfoSet.0.{name}");
        assert!(found.contains(&(name.clone(), value.to_owned())), "{name}");
    }
}

#[test]
fn a_token_travels_with_its_key() {
    for sign in METHODS {
        let server = Server::of(&[Act::Answer(OK)]);
        let credential = Credential::with_token(SECRET_ID, SECRET_KEY, "the-token").unwrap();
        let client = server.builder().credential(credential).sign_method(sign).build_blocking().unwrap();
        client.request(send_sms()).send().unwrap();
        let request = server.requests().remove(0);
        assert_holds(&request);
        RawRequest::parse(&request)
            .unwrap()
            .with(|request| assert_eq!(Claim::of(request).unwrap().token(), Some("the-token"), "{sign:?}"));
    }
}

#[test]
fn region_and_language_of_one_call_replace_the_clients() {
    let server = Server::of(&[Act::Answer(OK)]);
    let client = server.builder().build_blocking().unwrap();
    client.send_sms().with_region("ap-beijing").with_language(Language::ZhCn).send().unwrap();
    client.send_sms().send().unwrap();
    let requests = server.requests();
    assert_eq!(header(&requests[0], "x-tc-region").as_deref(), Some("ap-beijing"));
    assert_eq!(header(&requests[0], "x-tc-language").as_deref(), Some("zh-CN"));
    assert_eq!(header(&requests[1], "x-tc-region").as_deref(), Some("ap-guangzhou"));
    assert_eq!(header(&requests[1], "x-tc-language"), None);

    let error = client.send_sms().with_region("a\r\nb").send().unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0));
}

#[test]
fn the_older_version_is_called_by_its_own_names() {
    let server = Server::of(&[Act::Answer(OK)]);
    let client = server.builder().build_blocking().unwrap().v20190711();
    client.send_sms().sms_sdk_appid("1400787878").template_id("1").sign("腾讯云").send().unwrap();
    let request = String::from_utf8(server.requests().remove(0)).unwrap();
    assert!(request.contains("x-tc-version: 2019-07-11\r\n"), "{request}");
    assert!(
        request.contains(r#""SmsSdkAppid":"1400787878""#) && request.contains(r#""TemplateID":"1""#),
        "{request}"
    );
}

#[test]
fn an_endpoint_with_a_port_is_signed_as_it_is_sent() {
    let server = Server::of(&[Act::Answer(OK)]);
    let endpoint = format!("http://{}", server.address);
    let client = support::builder().endpoint(&endpoint).build_blocking().unwrap();
    client.request(send_sms()).send().unwrap();
    let request = server.requests().remove(0);
    assert_eq!(header(&request, "host"), Some(server.address.to_string()));
    assert_holds(&request);
}

#[test]
fn requests_beyond_the_documented_size_are_not_sent() {
    let server = Server::of(&[Act::Answer(OK)]);
    for (sign, method, size, advice) in [
        (SignMethod::Tc3HmacSha256, HttpMethod::Get, 40 << 10, "GET is limited to 32 KB, use POST"),
        (SignMethod::HmacSha1, HttpMethod::Get, 40 << 10, "GET is limited to 32 KB, use POST"),
        (SignMethod::HmacSha256, HttpMethod::Post, 1 << 20, "limited to 1 MB, use TC3"),
        (SignMethod::Tc3HmacSha256, HttpMethod::Post, 10 << 20, "limited to 10 MB"),
    ] {
        let client = server.builder().sign_method(sign).http_method(method).build_blocking().unwrap();
        let error = client.request(send_sms().session_context("x".repeat(size))).send().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.message().contains(advice), "{error}");
    }
    assert_eq!((server.requests().len(), server.connections()), (0, 0));
}
