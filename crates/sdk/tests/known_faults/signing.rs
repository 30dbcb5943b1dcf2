//! What is signed, and what is sent.

use tcsms::v20210111::{SendSmsRequest, SendStatusStatisticsRequest};
use tcsms::{Action, Client, ErrorKind, HttpMethod, SignMethod};
use tcsms_auth::raw::RawRequest;
use tcsms_auth::verify::{Claim, Policy};

use crate::support::{Act, Driver, OK, SECRET_KEY, Server, builder, header, send_sms};

/// Checks the signature of a request as the service would, and gives its parameters where they are form fields.
fn checked(request: &[u8]) -> Vec<(String, String)> {
    RawRequest::parse(request).unwrap().with(|request| {
        Claim::of(request).unwrap().check(SECRET_KEY, &Policy::default()).unwrap();
        let text = if request.method == "GET" { request.query.as_bytes() } else { request.body };
        tcsms_auth::form::decode_pairs(text).unwrap_or_default()
    })
}

fn value<'a>(parameters: &'a [(String, String)], name: &str) -> Option<&'a str> {
    parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// The samples of five languages sign with the older methods or use GET, which the C++ SDK has neither of.
#[test]
fn every_way_to_sign_and_both_methods_are_there() {
    for sign in [SignMethod::Tc3HmacSha256, SignMethod::HmacSha256, SignMethod::HmacSha1] {
        for method in [HttpMethod::Post, HttpMethod::Get] {
            let server = Server::of(&[Act::Answer(OK)]);
            for driver in Driver::both(|| server.builder().sign_method(sign).http_method(method)) {
                driver.send_sms().unwrap();
                checked(&server.requests().pop().unwrap());
            }
        }
    }
}

/// PHP signed `PhoneNumberSet=Array` and sent `PhoneNumberSet[0]=…` with the older methods.
#[test]
fn lists_are_signed_as_they_are_sent() {
    for sign in [SignMethod::HmacSha256, SignMethod::HmacSha1] {
        let server = Server::of(&[Act::Answer(OK)]);
        let client = server.builder().sign_method(sign).build_blocking().unwrap();
        // Eleven, so that an index of two digits sorts before one of one digit.
        let numbers: Vec<String> = (0..11).map(|number| format!("+86137111122{number:02}")).collect();
        client.request(send_sms().phone_number_set(numbers.clone())).send().unwrap();
        let parameters = checked(&server.requests()[0]);
        for (index, number) in numbers.iter().enumerate() {
            assert_eq!(value(&parameters, &format!("PhoneNumberSet.{index}")), Some(number.as_str()));
        }
    }
}

/// C# signed other bytes than it sent in a GET when a value held a quote or a tilde.
#[test]
fn quotes_and_tildes_in_a_get_are_signed_as_they_are_sent() {
    let text = "it's ~100 %27 %7E ' * ! ( )";
    let server = Server::of(&[Act::Answer(OK)]);
    let client = server.builder().http_method(HttpMethod::Get).build_blocking().unwrap();
    client.request(send_sms().session_context(text)).send().unwrap();
    assert_eq!(value(&checked(&server.requests()[0]), "SessionContext"), Some(text));
}

/// Five SDKs take the service of the credential scope from the first label of the endpoint.
#[test]
fn the_scope_names_the_service_and_not_the_endpoints_first_label() {
    let server = Server::of(&[Act::Answer(OK)]);
    let endpoint = format!("http://proxy.localhost:{}", server.address.port());
    let client =
        builder().endpoint(endpoint).connect_to(format!("http://{}", server.address)).build_blocking();
    client.unwrap().request(send_sms()).send().unwrap();
    let request = server.requests().remove(0);
    assert!(header(&request, "authorization").unwrap().contains("/sms/tc3_request"));
    checked(&request);
}

/// Node signed the host without its port, and sent it with the port.
#[test]
fn a_port_in_the_endpoint_is_signed_and_sent() {
    let server = Server::of(&[Act::Answer(OK)]);
    for driver in Driver::both(|| builder().endpoint(format!("http://{}", server.address))) {
        driver.send_sms().unwrap();
        let request = server.requests().pop().unwrap();
        assert_eq!(header(&request, "host").unwrap(), server.address.to_string());
        checked(&request);
    }
}

/// A Rust crate took the local day for the scope, and failed every night in Beijing. The day of the scope is that of
/// the timestamp, in UTC.
#[test]
fn the_scope_has_the_utc_day_of_the_timestamp() {
    let server = Server::of(&[Act::Answer(OK)]);
    server.builder().build_blocking().unwrap().request(send_sms()).send().unwrap();
    let request = server.requests().remove(0);
    let timestamp: i64 = header(&request, "x-tc-timestamp").unwrap().parse().unwrap();
    let day = tcsms_auth::UtcDate::of(timestamp).to_string();
    assert!(header(&request, "authorization").unwrap().contains(&format!("/{day}/sms/")), "{day}");
}

/// A C# client and an async Python client posted to `/?` and signed `/`.
#[test]
fn a_post_goes_to_the_plain_path() {
    for sign in [SignMethod::Tc3HmacSha256, SignMethod::HmacSha1] {
        let server = Server::of(&[Act::Answer(OK)]);
        for driver in Driver::both(|| server.builder().sign_method(sign)) {
            driver.send_sms().unwrap();
            assert!(server.requests().pop().unwrap().starts_with(b"POST / HTTP/1.1\r\n"));
        }
    }
}

/// The SDKs differ in what is left out. What is set is sent, the empty text, the empty list and zero included; what is
/// not set is absent, and never `null` or the word `null` in a message.
#[test]
fn what_is_empty_is_sent_and_what_is_not_set_is_absent() {
    let server = Server::of(&[Act::Answer(OK)]);
    let client = server.builder().build_blocking().unwrap();
    let request = SendSmsRequest::new()
        .phone_number_set(["+8613711112222"])
        .template_param_set(Vec::<String>::new())
        .sender_id("");
    client.request(request).send().unwrap();
    let text = String::from_utf8(server.requests().remove(0)).unwrap();
    let body = text.split("\r\n\r\n").nth(1).unwrap();
    assert_eq!(body, r#"{"PhoneNumberSet":["+8613711112222"],"TemplateParamSet":[],"SenderId":""}"#);

    client.request(SendStatusStatisticsRequest::new().limit(0).offset(0)).send().unwrap();
    let text = String::from_utf8(server.requests().remove(1)).unwrap();
    assert!(text.ends_with(r#"{"Limit":0,"Offset":0}"#), "{text}");
}

/// The body was too large for the older methods, and the answer did not say so.
#[test]
fn a_request_too_large_for_its_form_says_which_form_to_use() {
    let long = "字".repeat(400_000);
    for (sign, method, advice) in [
        (SignMethod::HmacSha256, HttpMethod::Post, "use TC3-HMAC-SHA256"),
        (SignMethod::Tc3HmacSha256, HttpMethod::Get, "GET is limited to 32 KB, use POST"),
    ] {
        let server = Server::of(&[Act::Answer(OK)]);
        let client = server.builder().sign_method(sign).http_method(method).build_blocking().unwrap();
        let error = client.request(send_sms().session_context(&*long)).send().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.message().contains(advice), "{error}");
        assert!(server.requests().is_empty());
    }
}

/// Go's unseeded nonce was the same after every start of the process, Node's was one of 65,536.
#[test]
fn the_nonce_of_the_older_methods_is_not_the_same_twice() {
    let mut nonces = Vec::new();
    for _ in 0..4 {
        let server = Server::of(&[Act::Answer(OK)]);
        let client = server.builder().sign_method(SignMethod::HmacSha256).build_blocking().unwrap();
        client.request(send_sms()).send().unwrap();
        let parameters = checked(&server.requests()[0]);
        nonces.push(value(&parameters, "Nonce").unwrap().parse::<u64>().unwrap());
    }
    nonces.sort_unstable();
    nonces.dedup();
    assert_eq!(nonces.len(), 4);
    assert!(nonces.iter().any(|nonce| *nonce > 0xffff), "{nonces:?}");
}

/// Six of the SDKs lack an action that the seventh has.
#[test]
fn every_action_of_both_versions_is_there() {
    let client = Client::builder().credential(tcsms::Credential::new("id", "key").unwrap()).build().unwrap();
    assert_eq!(name(client.describe_send_record_list().as_request()), "DescribeSendRecordList");
    assert_eq!(name(client.send_multi_global_sms().as_request()), "SendMultiGlobalSms");
    assert_eq!(name(client.v20190711().send_sms().as_request()), "SendSms");
}

fn name<R: Action>(_: &R) -> &'static str {
    R::INFO.name
}

/// A phone number with commas in it is the caller's mistake to be told of by the service, not one to be guessed at: the
/// list is sent as it is.
#[test]
fn numbers_in_one_text_are_not_split() {
    let server = Server::of(&[Act::Answer(OK)]);
    let client = server.builder().build_blocking().unwrap();
    client.request(send_sms().phone_number_set(["+8613711112222,+8613711112223"])).send().unwrap();
    let text = String::from_utf8(server.requests().remove(0)).unwrap();
    assert!(text.contains(r#"["+8613711112222,+8613711112223"]"#), "{text}");
}
