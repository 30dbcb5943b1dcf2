//! Each known mistake, made by an independent client, is found and named.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use support::*;
use tcsms_auth::form;
use tcsms_auth::verify::{Cause, Claim, ClaimError, Mismatch, Part, Policy};
use tcsms_auth::{Header, Request};

const BODY: &str = r#"{"PhoneNumberSet":["+8613700000001"],"SignName":"腾讯云","SessionContext":"a/b<c>"}"#;

fn check_with(tc3: &Tc3, signature: &str, key: &str) -> Result<(), Box<Mismatch>> {
    tc3.with(signature, |request| Claim::of(request).unwrap().check(key, &Policy::default()))
}

fn check(tc3: &Tc3) -> Result<(), Box<Mismatch>> {
    check_with(tc3, &tc3.signature(), SECRET_KEY)
}

/// The only cause found, which must be proved.
#[track_caller]
fn proved(result: Result<(), Box<Mismatch>>) -> Cause {
    let mismatch = result.expect_err("the signature must not hold");
    let [hint] = &mismatch.hints[..] else { panic!("{:?}", mismatch.hints) };
    assert!(hint.proved, "{hint:?}");
    assert_eq!(mismatch.part, hint.cause.part());
    assert!(!mismatch.to_string().contains(SECRET_KEY));
    hint.cause.clone()
}

/// The cause of a signature made after this change to a right one.
#[track_caller]
fn cause(change: impl FnOnce(&mut Tc3)) -> Cause {
    let mut tc3 = Tc3::post(BODY);
    change(&mut tc3);
    proved(check(&tc3))
}

fn text(value: &str) -> String {
    value.to_owned()
}

#[test]
fn right_requests_hold() {
    check(&Tc3::post(BODY)).unwrap();
    check(&Tc3::get("b=1&a=%2B+%20~")).unwrap();
    let mut unsigned = Tc3::post(BODY);
    unsigned.payload = b"UNSIGNED-PAYLOAD".into();
    unsigned.sent.more = vec![(text("X-TC-Content-SHA256"), text("UNSIGNED-PAYLOAD"))];
    check(&unsigned).unwrap();
    let mut more = Tc3::post(BODY);
    more.headers.push_str("x-tc-action:sendsms\n");
    more.signed_headers.push_str(";x-tc-action");
    check(&more).unwrap();
    let mut other_order = Tc3::post(BODY);
    other_order.headers = format!("host:{HOST}\ncontent-type:{JSON}\n");
    other_order.signed_headers = text("host;content-type");
    check(&other_order).unwrap();
    let mut capitals = Tc3::post(BODY);
    capitals.headers = format!("content-type:application/json; charset=utf-8\nhost:{HOST}\n");
    capitals.sent.content_type = text("  Application/JSON; charset=UTF-8 ");
    check(&capitals).unwrap();
}

#[test]
fn hosts_outside_the_domain_are_taken_as_the_official_sdks_sign_them() {
    let mut local = Tc3::post(BODY);
    local.sent.host = text("127.0.0.1:9180");
    local.headers = format!("content-type:{JSON}\nhost:127.0.0.1:9180\n");
    check(&local).unwrap();
    local.key_service = text("127");
    local.scope_service = text("127");
    check(&local).unwrap();
    // One of them leaves the port out of what it signs.
    local.headers = format!("content-type:{JSON}\nhost:127.0.0.1\n");
    check(&local).unwrap();
    assert_eq!(
        proved(check(&{
            let mut real = Tc3::post(BODY);
            real.key_service = text("cvm");
            real.scope_service = text("cvm");
            real
        })),
        Cause::ServiceLabel { signed: text("cvm"), expected: text("sms") }
    );
}

#[test]
fn dates_and_times() {
    let utc = tcsms_auth::UtcDate::of(TIMESTAMP);
    let cause_of_date = |date: &str| {
        cause(|tc3| {
            tc3.key_date = text(date);
            tc3.scope_date = text(date);
        })
    };
    assert_eq!(cause_of_date("2026-11-25"), Cause::LocalDate { scope: text("2026-11-25"), utc });
    assert_eq!(cause_of_date("20261124"), Cause::OtherDate { scope: text("20261124"), utc });
    assert_eq!(
        cause(|tc3| tc3.key_date = text("2026-11-25")),
        Cause::KeyOfOtherDate { signed: text("2026-11-25") }
    );
    assert_eq!(cause(|tc3| tc3.signed_timestamp -= 1), Cause::OtherTimestamp { signed: TIMESTAMP - 1 });
    assert_eq!(
        cause(|tc3| {
            tc3.signed_timestamp *= 1_000;
            tc3.sent.timestamp *= 1_000;
        }),
        Cause::TimestampUnit { unit: "milliseconds", timestamp: TIMESTAMP * 1_000, seconds: TIMESTAMP }
    );
}

#[test]
fn a_visible_fault_does_not_hide_a_second_one() {
    let mut tc3 = Tc3::post(BODY);
    tc3.key_date = text("2026-11-25");
    tc3.scope_date = text("2026-11-25");
    tc3.first_key = b"TC3another".into();
    let mismatch = check(&tc3).unwrap_err();
    assert_eq!(mismatch.part, Part::ScopeDate);
    let causes: Vec<_> = mismatch.hints.iter().map(|hint| (&hint.cause, hint.proved)).collect();
    assert!(matches!(causes[..], [(Cause::LocalDate { .. }, true), (Cause::Unknown, false)]), "{causes:?}");
}

#[test]
fn keys() {
    for key in ["TC3SKEXAMPLE\n", "TC3 SKEXAMPLE", "TC3SKEXAMPLE\r\n", "TC3\"SKEXAMPLE\"", "TC3'SKEXAMPLE'"] {
        assert_eq!(cause(|tc3| tc3.first_key = key.into()), Cause::KeyBlanks, "{key:?}");
    }
    let right = Tc3::post(BODY);
    assert_eq!(proved(check_with(&right, &right.signature(), " SKEXAMPLE\t")), Cause::KeyBlanks);
    assert_eq!(cause(|tc3| tc3.first_key = SECRET_KEY.into()), Cause::KeyWithoutPrefix);
    assert_eq!(cause(|tc3| tc3.first_key = format!("TC3{SECRET_ID}").into()), Cause::SecretIdAsKey);
    assert_eq!(cause(|tc3| tc3.keys_as_hex = true), Cause::KeyAsHex);
    assert_eq!(
        cause(|tc3| tc3.key_service = text("cvm")),
        Cause::ServiceLabel { signed: text("cvm"), expected: text("sms") }
    );
}

#[test]
fn an_unknown_cause_is_called_so() {
    let mut other_key = Tc3::post(BODY);
    other_key.first_key = b"TC3another".into();
    let mismatch = check(&other_key).unwrap_err();
    assert_eq!(mismatch.part, Part::Unknown);
    assert_eq!(mismatch.hints.len(), 1);
    assert_eq!(mismatch.hints[0].cause, Cause::Unknown);
    assert!(!mismatch.hints[0].proved);
    assert_eq!(mismatch.texts.canonical_request.as_deref(), Some(&*other_key.canonical()));
    let likely = check_with(&other_key, &other_key.signature(), "SKEXAMPLE ").unwrap_err();
    assert_eq!((&likely.hints[0].cause, likely.hints[0].proved), (&Cause::KeyBlanks, false));
}

#[test]
fn spellings_of_the_signature() {
    let tc3 = Tc3::post(BODY);
    let spelled = |signature: &str| proved(check_with(&tc3, signature, SECRET_KEY));
    let is = |is| Cause::Spelling { is, expected: "64 lower-case hexadecimal digits" };
    assert_eq!(spelled(&tc3.signature().to_uppercase()), is("upper-case hexadecimal digits"));
    assert_eq!(spelled(&STANDARD.encode(tc3.signature())), is("base64"));
    let bytes: Vec<u8> = (0..32)
        .map(|index| u8::from_str_radix(&tc3.signature()[index * 2..index * 2 + 2], 16).unwrap())
        .collect();
    assert_eq!(spelled(&STANDARD.encode(bytes)), is("base64"));
}

#[test]
fn signed_headers() {
    let name = || text("host");
    assert_eq!(
        cause(|tc3| {
            tc3.headers = format!("content-type:{JSON}\n");
            tc3.signed_headers = text("content-type");
        }),
        Cause::HeaderNotSigned { name: name() }
    );
    assert_eq!(
        cause(|tc3| {
            tc3.headers.push_str("x-tc-region:\n");
            tc3.signed_headers.push_str(";x-tc-region");
        }),
        Cause::SignedHeaderAbsent { name: text("x-tc-region") }
    );
    assert_eq!(
        cause(|tc3| {
            tc3.headers.push_str("x-tc-action:SendSms\n");
            tc3.signed_headers.push_str(";x-tc-action");
        }),
        Cause::HeaderCase { name: text("x-tc-action") }
    );
    assert_eq!(
        cause(|tc3| tc3.sent.content_type = text("application/json; charset=utf-8")),
        Cause::ContentType { signed: text(JSON), sent: text("application/json; charset=utf-8") }
    );
    assert_eq!(cause(|tc3| tc3.headers = tc3.headers.trim_end().to_owned()), Cause::NoLineAfterHeaders);
    assert_eq!(cause(|tc3| tc3.sent.host = text("proxy.example")), Cause::OtherHost { signed: text(HOST) });
    let with_port = format!("{HOST}:443");
    assert_eq!(
        cause(|tc3| tc3.headers = format!("content-type:{JSON}\nhost:{with_port}\n")),
        Cause::OtherHost { signed: with_port.clone() }
    );
}

#[test]
fn methods_paths_and_queries() {
    assert_eq!(cause(|tc3| tc3.method = text("post")), Cause::OtherMethod { signed: text("post") });
    assert_eq!(cause(|tc3| tc3.path = text("")), Cause::OtherPath { signed: text("") });
    let query = |sent: &str, signed: &str| {
        let mut tc3 = Tc3::get(sent);
        tc3.query = text(signed);
        proved(check(&tc3))
    };
    assert_eq!(query("b=1&a=2", "a=2&b=1"), Cause::QueryOrder);
    assert_eq!(query("A.1=x&A=y", "A=y&A.1=x"), Cause::QueryOrder);
    assert_eq!(query("b=1", ""), Cause::QueryNotSigned);
    for (sent, signed) in [
        ("a=x'~*!()", "a=x%27%7E*!()"),
        ("a=x+y", "a=x%20y"),
        ("a=x%20y", "a=x+y"),
        ("a=%E4%BA%91", "a=云"),
        ("b=%7E&a=1", "a=1&b=~"),
    ] {
        assert_eq!(query(sent, signed), Cause::QueryEscaping { signed: text(signed) });
    }
}

#[test]
fn bodies() {
    let respelled = |signed: &str| match cause(|tc3| tc3.payload = signed.into()) {
        Cause::BodyRespelled { signed } => signed,
        other => panic!("{other:?}"),
    };
    let python = r#"{"PhoneNumberSet": ["+8613700000001"], "SignName": "\u817e\u8baf\u4e91", "SessionContext": "a/b<c>"}"#;
    assert!(respelled(python).contains("Python"));
    assert!(respelled(&BODY.replace('/', "\\/")).contains("PHP"));
    assert!(respelled(&BODY.replace('<', "\\u003c").replace('>', "\\u003e")).contains("Go"));
    assert!(respelled(&format!("{BODY}\n")).contains("line break"));
    assert!(respelled(&BODY.replace("腾讯云", "\\u817e\\u8baf\\u4e91")).contains("outside ASCII"));
    assert_eq!(cause(|tc3| tc3.payload = Vec::new()), Cause::BodyNotSigned);
    assert_eq!(
        cause(|tc3| tc3.payload = b"UNSIGNED-PAYLOAD".into()),
        Cause::UnsignedPayload { announced: false }
    );
    assert_eq!(
        cause(|tc3| tc3.sent.more = vec![(text("X-TC-Content-SHA256"), text("UNSIGNED-PAYLOAD"))]),
        Cause::UnsignedPayload { announced: true }
    );
}

#[test]
fn large_bodies_are_not_written_anew() {
    let body = format!("{{\"a\":\"{}\"}}", "x".repeat(40_000));
    let mut tc3 = Tc3::post(&body);
    tc3.payload = body.replace(':', ": ").into();
    assert_eq!(check(&tc3).unwrap_err().hints[0].cause, Cause::Unknown);
}

#[test]
fn so_many_signed_headers_are_refused_without_a_search() {
    let mut tc3 = Tc3::post(BODY);
    for _ in 0..5_000 {
        tc3.headers.push_str(&format!("host:{HOST}\n"));
        tc3.signed_headers.push_str(";host");
    }
    check(&tc3).unwrap();
    tc3.method = text("post");
    assert_eq!(check(&tc3).unwrap_err().hints[0].cause, Cause::Unknown);
}

#[test]
fn a_header_sent_twice_counts_once_and_first() {
    let mut tc3 = Tc3::post(BODY);
    tc3.headers.push_str("x-extra:first\n");
    tc3.signed_headers.push_str(";x-extra");
    tc3.sent.more = vec![(text("X-Extra"), text("first")), (text("X-Extra"), text("second"))];
    check(&tc3).unwrap();
    tc3.sent.more.reverse();
    check(&tc3).unwrap_err();
}

/// The parameters of a v1 request without its signature.
fn v1_parameters() -> Vec<(String, String)> {
    [
        ("Action", "SendSms"),
        ("Version", "2021-01-11"),
        ("Timestamp", "1795541400"),
        ("Nonce", "11886"),
        ("SecretId", SECRET_ID),
        ("SignatureMethod", "HmacSHA256"),
        ("PhoneNumberSet.0", "+8613700000001"),
        ("PhoneNumberSet.1", "+8613700000002"),
        ("SignName", "腾讯云"),
        ("SessionContext", "a b+c~*"),
        ("SenderId", ""),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

fn v1_text(method: &str, host: &str, path: &str, parameters: &[(String, String)]) -> String {
    let pairs: Vec<_> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{method}{host}{path}?{}", pairs.join("&"))
}

fn v1_signature(key: &[u8], text: &str) -> String {
    STANDARD.encode(hmac_sha256(key, text.as_bytes()))
}

/// Gives a v1 POST of this form body to `read`.
fn with_form<T>(host: &str, body: &str, read: impl FnOnce(&Request<'_>) -> T) -> T {
    let headers = [
        Header { name: "Host", value: host.as_bytes() },
        Header { name: "Content-Type", value: FORM.as_bytes() },
    ];
    read(&Request { method: "POST", path: "/", query: "", headers: &headers, body: body.as_bytes() })
}

/// The finding about a request whose client signed `text` and sent `parameters`.
fn check_v1(key: &str, signed: &str, parameters: &[(String, String)]) -> Result<(), Box<Mismatch>> {
    let mut sent = parameters.to_vec();
    sent.push((text("Signature"), v1_signature(key.as_bytes(), signed)));
    with_form(HOST, &form::encode_pairs(&sent), |request| {
        Claim::of(request).unwrap().check(SECRET_KEY, &Policy::default())
    })
}

fn sorted(mut parameters: Vec<(String, String)>) -> Vec<(String, String)> {
    parameters.sort();
    parameters
}

fn v1_cause(change: impl Fn(&mut Vec<(String, String)>)) -> Cause {
    let mut signed = v1_parameters();
    change(&mut signed);
    proved(check_v1(SECRET_KEY, &v1_text("POST", HOST, "/", &sorted(signed)), &v1_parameters()))
}

#[test]
fn right_v1_requests_hold() {
    let signed = v1_text("POST", HOST, "/", &sorted(v1_parameters()));
    check_v1(SECRET_KEY, &signed, &v1_parameters()).unwrap();
    // Without its port, as one official SDK signs it.
    let mut sent = v1_parameters();
    sent.push((text("Signature"), v1_signature(SECRET_KEY.as_bytes(), &signed)));
    with_form(&format!("{HOST}:9180"), &form::encode_pairs(&sent), |request| {
        Claim::of(request).unwrap().check(SECRET_KEY, &Policy::default()).unwrap();
    });
}

#[test]
fn v1_values() {
    let escape = |text: &str| form::encode(text).replace("%20", "+");
    assert_eq!(
        v1_cause(|signed| signed.iter_mut().for_each(|(_, value)| *value = escape(value))),
        Cause::ValuesEscaped
    );
    assert_eq!(
        v1_cause(|signed| signed.iter_mut().for_each(|(_, value)| *value = form::encode(value))),
        Cause::ValuesEscaped
    );
    let fold = |signed: &mut Vec<(String, String)>| {
        signed.retain(|(name, _)| !name.starts_with("PhoneNumberSet"));
        signed.push((text("PhoneNumberSet"), text("Array")));
    };
    assert_eq!(v1_cause(fold), Cause::ArrayAsWord);
    let fold_empty_too = |signed: &mut Vec<(String, String)>| {
        fold(signed);
        signed.push((text("TemplateParamSet"), text("Array")));
    };
    assert_eq!(v1_cause(fold_empty_too), Cause::ArrayAsWord);
    assert_eq!(v1_cause(|signed| signed.retain(|(_, value)| !value.is_empty())), Cause::EmptyNotSigned);
}

#[test]
fn v1_escapes_forgotten_on_the_way() {
    let check = |body: &str| {
        with_form(HOST, body, |request| Claim::of(request).unwrap().check(SECRET_KEY, &Policy::default()))
    };
    // The first nonce whose signature has a `+` in it.
    let (parameters, signature) = (0..)
        .map(|nonce| {
            let mut parameters = v1_parameters();
            parameters
                .iter_mut()
                .filter(|(name, _)| name == "Nonce")
                .for_each(|(_, value)| *value = format!("{nonce}"));
            let signed = v1_text("POST", HOST, "/", &sorted(parameters.clone()));
            (parameters, v1_signature(SECRET_KEY.as_bytes(), &signed))
        })
        .find(|(_, signature)| signature.contains('+'))
        .unwrap();
    let body = form::encode_pairs(&parameters);
    let escaped = format!("{body}&Signature={}", form::encode(&signature));
    check(&escaped).unwrap();
    assert_eq!(proved(check(&format!("{body}&Signature={signature}"))), Cause::SignatureNotEscaped);
    let bare_plus = escaped.replace("PhoneNumberSet.0=%2B", "PhoneNumberSet.0=+");
    assert_ne!(bare_plus, escaped);
    assert_eq!(proved(check(&bare_plus)), Cause::PlusNotEscaped);
}

#[test]
fn v1_order() {
    let order = |signed: &[(String, String)]| match proved(check_v1(
        SECRET_KEY,
        &v1_text("POST", HOST, "/", signed),
        &v1_parameters(),
    )) {
        Cause::ParameterOrder { signed } => signed,
        other => panic!("{other:?}"),
    };
    assert!(order(&v1_parameters()).contains("sent"));
    let mut numbers = v1_parameters();
    numbers.extend((2..12).map(|index| (format!("PhoneNumberSet.{index}"), text("+8613700000009"))));
    let mut signed = numbers.clone();
    signed.sort_by_key(|(name, _)| {
        let (list, index) = name.split_once('.').unwrap_or((name, "0"));
        (list.to_owned(), index.parse::<u32>().unwrap())
    });
    numbers.reverse();
    let found = proved(check_v1(SECRET_KEY, &v1_text("POST", HOST, "/", &signed), &numbers));
    assert_eq!(found, Cause::ParameterOrder { signed: "with list indexes in the order of numbers" });
    let mut mixed = v1_parameters();
    mixed.push((text("region"), text("ap-guangzhou")));
    let mut signed = mixed.clone();
    signed.sort_by_key(|(name, _)| name.to_lowercase());
    let found = proved(check_v1(SECRET_KEY, &v1_text("POST", HOST, "/", &signed), &mixed));
    assert_eq!(found, Cause::ParameterOrder { signed: "without regard to capitals" });
}

#[test]
fn v1_words_and_keys() {
    let parameters = sorted(v1_parameters());
    let signed = |method: &str, host: &str, path: &str| {
        proved(check_v1(SECRET_KEY, &v1_text(method, host, path, &parameters), &v1_parameters()))
    };
    assert_eq!(signed("GET", HOST, "/"), Cause::OtherMethod { signed: text("GET") });
    assert_eq!(signed("POST", "", "/"), Cause::OtherHost { signed: text("") });
    assert_eq!(signed("POST", HOST, ""), Cause::OtherPath { signed: text("") });
    let right = v1_text("POST", HOST, "/", &parameters);
    assert_eq!(proved(check_v1("SKEXAMPLE\n", &right, &v1_parameters())), Cause::KeyBlanks);
    assert_eq!(proved(check_v1(SECRET_ID, &right, &v1_parameters())), Cause::SecretIdAsKey);
    let unknown = check_v1("another", &right, &v1_parameters()).unwrap_err();
    assert_eq!((unknown.part, &unknown.hints[0].cause), (Part::Unknown, &Cause::Unknown));
    assert_eq!(unknown.texts.string_to_sign, right);
    assert_eq!(unknown.texts.canonical_request, None);

    // The default algorithm is SHA-1, so a SHA-256 signature has to name itself.
    let mut unnamed = parameters.clone();
    unnamed.retain(|(name, _)| name != "SignatureMethod");
    assert_eq!(
        proved(check_v1(SECRET_KEY, &v1_text("POST", HOST, "/", &unnamed), &unnamed)),
        Cause::OtherAlgorithm { signed: "HmacSHA256", named: "HmacSHA1" }
    );

    let mut hexadecimal = v1_parameters();
    hexadecimal.push((text("Signature"), hex(&hmac_sha256(SECRET_KEY.as_bytes(), right.as_bytes()))));
    with_form(HOST, &form::encode_pairs(&hexadecimal), |request| {
        let result = Claim::of(request).unwrap().check(SECRET_KEY, &Policy::default());
        assert_eq!(
            proved(result),
            Cause::Spelling { is: "hexadecimal digits", expected: "base64 of the bytes" }
        );
    });
}

#[test]
fn an_unsigned_request_is_not_mistaken_for_a_signed_one() {
    let tc3 = Tc3::post(BODY);
    tc3.with("", |request| {
        assert_eq!(Claim::of(request).unwrap_err(), ClaimError::BadAuthorization("Signature"));
    });
}
