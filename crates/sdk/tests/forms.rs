//! The forms that a request can have, and what a caller may add to it.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use support::{Act, Driver, OK, SECRET_ID, SECRET_KEY, Server, header, send_sms};
use tcsms::blocking::Client;
use tcsms::{ClientBuilder, Delivery, Error, ErrorKind, HttpMethod, SignMethod};
use tcsms_auth::raw::RawRequest;
use tcsms_auth::verify::{Claim, ClaimError, Policy};

/// The signature holds for a service that is called `service` in it.
fn assert_holds_for(request: &[u8], service: &str) {
    RawRequest::parse(request).unwrap().with(|request| {
        let claim = Claim::of(request).unwrap();
        assert_eq!(claim.secret_id(), SECRET_ID);
        claim.check(SECRET_KEY, &Policy { service, ..Policy::default() }).unwrap();
    });
}

fn body(request: &[u8]) -> &[u8] {
    let head = request.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
    &request[head + 4..]
}

/// The number of headers of this name.
fn count(request: &[u8], name: &str) -> usize {
    let text = String::from_utf8_lossy(request).to_ascii_lowercase();
    let head = text.split("\r\n\r\n").next().unwrap();
    head.lines().filter(|line| line.split_once(':').is_some_and(|(known, _)| known == name)).count()
}

/// What one call by name sends.
fn sent(
    builder: impl Fn(ClientBuilder) -> ClientBuilder,
    make: impl Fn(&Client) -> Result<(), Error>,
) -> Vec<u8> {
    let server = Server::of(&[Act::Answer(OK)]);
    make(&builder(server.builder()).build_blocking().unwrap()).unwrap();
    server.requests().remove(0)
}

#[test]
fn parts_travel_as_multipart_signed_over_the_bytes_that_are_sent() {
    // Whatever the client's settings: there is no other form.
    for (sign, http) in [
        (SignMethod::Tc3HmacSha256, HttpMethod::Post),
        (SignMethod::HmacSha1, HttpMethod::Post),
        (SignMethod::Tc3HmacSha256, HttpMethod::Get),
    ] {
        let server = Server::of(&[Act::Answer(OK)]);
        for driver in Driver::both(|| server.builder().sign_method(sign).http_method(http)) {
            let image = [0, 255, b'\r', b'\n', b'-', b'-'];
            let json = r#"{"Name":"中\"","Sizes":[1,2]}"#;
            match &driver {
                Driver::Async(runtime, client) => {
                    let call = client.call("2021-01-11", "Upload", json).with_part("Image", image);
                    runtime.block_on(call.send()).unwrap();
                }
                Driver::Blocking(client) => {
                    client.call("2021-01-11", "Upload", json).with_part("Image", image).send().unwrap();
                }
            }
            let request = server.requests().pop().unwrap();
            assert_holds_for(&request, "sms");
            assert!(request.starts_with(b"POST / HTTP/1.1\r\n"));
            let content_type = header(&request, "content-type").unwrap();
            let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
            let body = String::from_utf8_lossy(body(&request)).into_owned();
            assert_eq!(body.matches(&format!("--{boundary}\r\n")).count(), 3, "{body}");
            assert!(body.ends_with(&format!("\r\n--{boundary}--\r\n")), "{body}");
            assert!(
                body.contains("name=\"Sizes\"\r\nContent-Type: application/json\r\n\r\n[1,2]\r\n"),
                "{body}"
            );
        }
    }
}

#[test]
fn a_body_of_bytes_has_its_parameters_in_headers() {
    let request = sent(
        |builder| builder.service("cls").sign_method(SignMethod::HmacSha256),
        |client| {
            let json = r#"{"TopicId":"t-1","HashKey":"","Count":3,"None":null}"#;
            let call = client.call("2020-10-16", "UploadLog", json).with_octet_stream([0, 1, 255]);
            call.with_header("X-CLS-CompressType", "lz4").send().map(drop)
        },
    );
    assert_holds_for(&request, "cls");
    assert_eq!(body(&request), [0, 1, 255]);
    for (name, value) in [
        ("content-type", "application/octet-stream"),
        ("x-tc-action", "UploadLog"),
        ("x-cls-topicid", "t-1"),
        ("x-cls-hashkey", ""),
        ("x-cls-count", "3"),
        ("x-cls-compresstype", "lz4"),
    ] {
        assert_eq!(header(&request, name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(header(&request, "x-cls-none"), None);
}

#[test]
fn one_call_can_be_made_another_way_than_the_clients() {
    let request = sent(
        |builder| builder,
        |client| {
            let call = client.call("2021-01-11", "Any", r#"{"A":"b c"}"#);
            call.with_sign_method(SignMethod::HmacSha256).send().map(drop)
        },
    );
    assert_holds_for(&request, "sms");
    assert!(body(&request).starts_with(b"A=b%20c&Action=Any&"));
    let request = sent(
        |builder| builder.sign_method(SignMethod::HmacSha1),
        |client| {
            let call = client.request(send_sms()).with_http_method(HttpMethod::Get);
            call.with_sign_method(SignMethod::Tc3HmacSha256).send().map(drop)
        },
    );
    assert_holds_for(&request, "sms");
    assert!(request.starts_with(b"GET /?PhoneNumberSet.0=%2B8613711112222&"));
}

#[test]
fn an_unsigned_payload_is_said_to_be_one_and_its_word_is_signed() {
    let unsigned = |request: &[u8]| {
        assert_holds_for(request, "sms");
        header(request, "x-tc-content-sha256").as_deref() == Some("UNSIGNED-PAYLOAD")
    };
    for http in [HttpMethod::Post, HttpMethod::Get] {
        let of_client = |builder: ClientBuilder| builder.unsigned_payload(true).http_method(http);
        assert!(unsigned(&sent(of_client, |client| client.request(send_sms()).send().map(drop))));
        let signed =
            |client: &Client| client.request(send_sms()).with_unsigned_payload(false).send().map(drop);
        assert!(!unsigned(&sent(of_client, signed)));
    }
    let mut request = sent(
        |builder| builder,
        |client| {
            let call = client.call("2021-01-11", "Upload", "{}").with_part("A", "x");
            call.with_unsigned_payload(true).send().map(drop)
        },
    );
    assert!(unsigned(&request));
    // The body has no part in it.
    let last = request.len() - 1;
    request[last] = b'!';
    assert!(unsigned(&request));
}

#[test]
fn a_call_that_skips_the_signature_needs_no_credential_and_shows_none() {
    for sign in [SignMethod::Tc3HmacSha256, SignMethod::HmacSha1] {
        let server = Server::of(&[Act::Answer(OK)]);
        let credential = tcsms::Credential::with_token(SECRET_ID, SECRET_KEY, "TOKEN").unwrap();
        let client = server.builder().credential(credential).sign_method(sign).build_blocking().unwrap();
        client.call("2021-01-11", "Any", r#"{"A":1}"#).with_skip_sign().send().unwrap();
        let request = server.requests().remove(0);
        assert_eq!(header(&request, "authorization").as_deref(), Some("SKIP"));
        assert_eq!(header(&request, "x-tc-action").as_deref(), Some("Any"));
        assert_eq!(body(&request), br#"{"A":1}"#);
        let text = String::from_utf8_lossy(&request);
        assert!(!text.contains(SECRET_ID) && !text.contains("TOKEN"), "{text}");
        let read = RawRequest::parse(&request).unwrap();
        assert_eq!(read.with(|request| Claim::of(request).map(drop)), Err(ClaimError::Skipped));
    }
    /// A source that must not be asked.
    #[derive(Debug)]
    struct Untouched;
    impl tcsms::CredentialProvider for Untouched {
        fn fetch(&self) -> tcsms::Fetch<'_> {
            panic!("nobody needs a credential here")
        }
    }
    let request = sent(
        |builder| builder.credential(tcsms::CredentialSource::provider(Untouched)),
        |client| client.call("2021-01-11", "Any", "{}").with_skip_sign().send().map(drop),
    );
    assert_eq!(header(&request, "authorization").as_deref(), Some("SKIP"));
}

#[test]
fn headers_of_the_client_and_the_call_are_sent_once_with_every_way_to_sign() {
    for sign in [SignMethod::Tc3HmacSha256, SignMethod::HmacSha1] {
        let server = Server::of(&[Act::Answer(OK)]);
        let builder = || {
            let builder = server.builder().sign_method(sign).request_client("shop;1.0");
            builder.header("X-Shared", "of client").header("User-Agent", "shop").header("X-SHARED", "again")
        };
        for driver in Driver::both(builder) {
            match &driver {
                Driver::Async(runtime, client) => {
                    let call = client.request(send_sms()).with_header("x-shared", "of call");
                    let call = call.with_trace_id("trace-1").with_idempotency_key("key-1");
                    runtime.block_on(call.send()).unwrap();
                }
                Driver::Blocking(client) => {
                    let call = client.request(send_sms()).with_header("x-shared", "of call");
                    call.with_trace_id("trace-1").with_idempotency_key("key-1").send().unwrap();
                }
            }
            let request = server.requests().pop().unwrap();
            assert_holds_for(&request, "sms");
            for (name, value) in [
                ("x-shared", "of call"),
                ("user-agent", "shop"),
                ("x-tc-traceid", "trace-1"),
                ("x-idempotency-key", "key-1"),
            ] {
                assert_eq!(header(&request, name).as_deref(), Some(value), "{name}");
                assert_eq!(count(&request, name), 1, "{name}");
            }
            let name = concat!("SDK_TCSMS_RUST_", env!("CARGO_PKG_VERSION"), "; shop;1.0");
            let read = RawRequest::parse(&request).unwrap();
            read.with(|request| {
                assert_eq!(Claim::of(request).unwrap().request_client(), Some(name));
            });
        }
        // The next call has none of the last one's.
        let client = builder().build_blocking().unwrap();
        client.request(send_sms()).send().unwrap();
        let request = server.requests().pop().unwrap();
        assert_eq!(header(&request, "x-shared").as_deref(), Some("again"));
        assert_eq!(header(&request, "x-tc-traceid"), None);
    }
}

#[test]
fn an_error_has_the_trace_id_of_its_call_and_every_attempt_carries_it() {
    let server = Server::of(&[Act::Answer(support::LIMITED)]);
    let client = server.builder().build_blocking().unwrap();
    let error = client.request(send_sms()).with_trace_id("trace-1").send().unwrap_err();
    assert_eq!(error.trace_id(), Some("trace-1"));
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests.iter().all(|request| header(request, "x-tc-traceid").as_deref() == Some("trace-1")));
    assert_eq!(client.request(send_sms()).send().unwrap_err().trace_id(), None);
}

#[test]
fn what_cannot_be_sent_in_the_form_that_is_asked_for_is_refused_before_anything_is() {
    let server = Server::of(&[Act::Answer(OK)]);
    let client = server.builder().service("cls").build_blocking().unwrap();
    let call = |json: &str| client.call("2021-01-11", "Any", json);
    let older = SignMethod::HmacSha1;
    for (call, named) in [
        (call("{}").with_header("Authorization", "SECRET"), "authorization"),
        (call("{}").with_header("x-tc-TIMESTAMP", "1"), "x-tc-timestamp"),
        (call("{}").with_header("X A", "1"), "X A"),
        (call("{}").with_header("X-A", "1\r\nHost: x"), "x-a"),
        (call("{}").with_trace_id("a\nb"), "x-tc-traceid"),
        (call("{}").with_idempotency_key("a\0"), "x-idempotency-key"),
        (call(r#"{"A":1}"#).with_part("A", "x"), "`A`"),
        (call("{}").with_part("A", "x").with_octet_stream("y"), "one form"),
        (call("{}").with_part("A", "x").with_http_method(HttpMethod::Get), "POST"),
        (call("{}").with_octet_stream("x").with_sign_method(older), "TC3-HMAC-SHA256"),
        (call("{}").with_unsigned_payload(true).with_sign_method(older), "TC3-HMAC-SHA256"),
        (call(r#"{"A":[1]}"#).with_octet_stream("x"), "parameter A"),
        (call(r#"{"A":"1\n"}"#).with_octet_stream("x"), "x-cls-a"),
        (call(r#"{"A b":"1"}"#).with_octet_stream("x"), "A b"),
        (call(r#"{"A":"1"}"#).with_octet_stream("x").with_header("x-CLS-a", "2"), "twice"),
        (call(r#"{"A":"1","A":"2"}"#), "\"A\" is given twice"),
        (call(r#"{"A":[null]}"#).with_http_method(HttpMethod::Get), "parameter A"),
        (call(r#"{"Signature":"1"}"#).with_sign_method(older), "Signature"),
    ] {
        let error = call.send().unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery()),
            (ErrorKind::InvalidRequest, Delivery::NotSent),
            "{named}"
        );
        assert!(error.message().contains(named) && !error.message().contains("SECRET"), "{named}: {error}");
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_gateway_gets_what_is_signed_for_the_endpoint() {
    for sign in [SignMethod::Tc3HmacSha256, SignMethod::HmacSha256] {
        for http in [HttpMethod::Post, HttpMethod::Get] {
            let server = Server::of(&[Act::Answer(OK)]);
            let gateway = format!("http://{}/release/sms", server.address);
            let client = support::builder().api_gateway(gateway).sign_method(sign).http_method(http);
            client.build_blocking().unwrap().request(send_sms()).send().unwrap();
            let request = String::from_utf8(server.requests().remove(0)).unwrap();
            let method =
                if http == HttpMethod::Get { "GET /release/sms?" } else { "POST /release/sms HTTP/1.1" };
            assert!(request.starts_with(method), "{request}");
            assert_eq!(header(request.as_bytes(), "host"), Some(server.address.to_string()));
            // As the gateway passes it on.
            let host = format!("host: {}", server.address);
            let passed_on = request.replace(&host, "host: sms.tencentcloudapi.com");
            assert_holds_for(passed_on.as_bytes(), "sms");
        }
    }
}

#[test]
fn the_path_of_an_endpoint_is_asked_for_and_not_signed() {
    for sign in [SignMethod::Tc3HmacSha256, SignMethod::HmacSha256] {
        let request = sent(
            |builder| builder.endpoint("sms.example.com/a/b").sign_method(sign),
            |client| client.request(send_sms()).send().map(drop),
        );
        assert!(request.starts_with(b"POST /a/b HTTP/1.1\r\n"));
        assert_eq!(header(&request, "host").as_deref(), Some("sms.example.com"));
        // The check works out the signature over `/`.
        assert_holds_for(&request, "sms");
    }
}

#[test]
fn any_product_is_called_under_its_own_name() {
    for endpoint in [None, Some("sms.example.com")] {
        let request = sent(
            |builder| match endpoint {
                None => builder.service("cvm"),
                Some(endpoint) => builder.service("cvm").endpoint(endpoint),
            },
            |client| client.call("2017-03-12", "DescribeInstances", "{}").send().map(drop),
        );
        assert_eq!(header(&request, "host").as_deref(), endpoint.or(Some("cvm.tencentcloudapi.com")));
        let authorization = header(&request, "authorization").unwrap();
        assert!(authorization.contains("/cvm/tc3_request,"), "{authorization}");
        assert_holds_for(&request, "cvm");
    }
}

#[test]
fn only_what_is_known_or_said_to_be_harmless_is_repeated() {
    for (service, action, told, requests) in [
        ("sms", "SendStatusStatistics", None, 2),
        ("cvm", "SendStatusStatistics", None, 1),
        ("cvm", "DescribeInstances", None, 1),
        ("cvm", "DescribeInstances", Some(true), 2),
        ("sms", "SendStatusStatistics", Some(false), 1),
    ] {
        let server = Server::of(&[Act::Close, Act::Answer(OK)]);
        let client = server.builder().service(service).build_blocking().unwrap();
        let mut call = client.call("2021-01-11", action, "{}");
        if let Some(told) = told {
            call = call.with_idempotent(told);
        }
        assert_eq!(call.send().is_ok(), requests == 2, "{service} {action} {told:?}");
        assert_eq!(server.requests().len(), requests, "{service} {action} {told:?}");
    }
}

#[test]
fn the_requests_of_one_bulk_have_keys_of_their_own() {
    let server = Server::of(&[Act::Answer(OK)]);
    let client = server.builder().build_blocking().unwrap();
    // The call's own number comes first.
    let numbers = (0..200).map(|n| format!("+86137{n:08}"));
    let results = client.request(send_sms()).with_idempotency_key("key").bulk(numbers);
    assert_eq!(results.count(), 201);
    let keys: Vec<_> =
        server.requests().iter().map(|request| header(request, "x-idempotency-key").unwrap()).collect();
    assert_eq!(keys, ["key-0", "key-200"]);
}
