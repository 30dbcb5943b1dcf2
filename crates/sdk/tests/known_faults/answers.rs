//! What is made of an answer, and how an error reads.

use std::error::Error as _;

use tcsms::v20210111::SendSmsResponse;
use tcsms::{Delivery, Error, ErrorKind, FailedNumbers};

use crate::support::{Act, Driver, OK, Server, answer};

const REFUSED: &str = r#"{"Response":{"Error":{"Code":"FailedOperation.SignatureIncorrectOrUnapproved","Message":"签名未审批"},"RequestId":"r-7"}}"#;

/// An answer without `Error` was taken for a message that is on its way, by every SDK and by the programs that use them.
#[test]
fn numbers_that_were_refused_are_told_although_the_send_was_answered() {
    let body = r#"{"Response":{"SendStatusSet":[
        {"SerialNo":"1:2","PhoneNumber":"+8613700000001","Fee":1,"SessionContext":"","Code":"Ok","Message":"send success","IsoCode":"CN"},
        {"SerialNo":"","PhoneNumber":"12345","Fee":0,"SessionContext":"","Code":"InvalidParameterValue.IncorrectPhoneNumber","Message":"no","IsoCode":""}],"RequestId":"r"}}"#;
    let server = Server::of(&[Act::Answer(body)]);
    for driver in Driver::both(|| server.builder()) {
        let answer: SendSmsResponse = driver.send_sms().unwrap();
        let failed: Vec<&str> = answer.failed().iter().map(|status| status.phone_number.as_str()).collect();
        assert_eq!(failed, ["12345"]);
    }
}

/// Python recognised an error only with one exact content type, and returned an empty answer otherwise.
#[test]
fn an_error_is_an_error_whatever_its_content_type() {
    for kind in ["application/json; charset=utf-8", "text/plain", "text/html", "APPLICATION/JSON", ""] {
        let raw = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{REFUSED}",
            REFUSED.len()
        );
        let server = Server::of(&[Act::Raw(raw.into_bytes())]);
        for driver in Driver::both(|| server.builder()) {
            let error = driver.send_sms().unwrap_err();
            assert_eq!(
                (error.kind(), error.request_id()),
                (ErrorKind::Service, Some("r-7")),
                "{kind}: {error}"
            );
        }
    }
}

/// C# threw an `ObjectDisposedException` for a status other than 200, others lost the status or the body.
#[test]
fn a_status_other_than_200_is_an_error_that_names_it() {
    for status in ["400 Bad Request", "403 Forbidden", "500 Internal Server Error", "503 Unavailable"] {
        let raw =
            format!("HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: 11\r\n\r\n<h1>oh</h1>");
        let server = Server::of(&[Act::Raw(raw.into_bytes())]);
        for driver in Driver::both(|| server.builder()) {
            let error = driver.send_sms().unwrap_err();
            assert_eq!((error.kind(), error.delivery()), (ErrorKind::InvalidAnswer, Delivery::MaybeSent));
            assert!(error.message().contains(&status[..3]) && error.message().contains("<h1>oh"), "{error}");
        }
    }
}

/// A login page, an empty answer, or half an answer was taken for success.
#[test]
fn what_is_no_answer_of_the_api_is_no_success() {
    let bodies = ["", "{}", "[]", "null", "<html></html>", r#"{"Response":null}"#, &OK[..OK.len() - 5]];
    for body in bodies {
        let server = Server::of(&[Act::Raw(answer(body))]);
        for driver in Driver::both(|| server.builder()) {
            let error = driver.send_sms().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidAnswer, "{body}: {error}");
        }
    }
}

/// C# and Node printed an error without its code; Python printed `b'…'` or an `AttributeError`; Java's network errors had
/// no message at all.
#[test]
fn a_printed_error_has_code_message_and_request_id() {
    let server = Server::of(&[Act::Answer(REFUSED)]);
    for driver in Driver::both(|| server.builder()) {
        let error = driver.send_sms().unwrap_err();
        assert_eq!(
            error.to_string(),
            "FailedOperation.SignatureIncorrectOrUnapproved: 签名未审批 (request id r-7)"
        );
        assert_eq!(error.code().unwrap().as_str(), "FailedOperation.SignatureIncorrectOrUnapproved");
        assert_eq!((error.message(), error.request_id()), ("签名未审批", Some("r-7")));
    }
    let server = Server::of(&[Act::Close]);
    for driver in Driver::both(|| server.builder()) {
        let error = driver.send_sms().unwrap_err();
        assert!(!error.message().is_empty() && error.to_string().contains("may have reached"), "{error}");
        assert!(error.code().is_none() && error.source().is_some());
    }
}

/// An error was empty, or took the worker down, once it had crossed a queue or a thread.
#[test]
fn an_error_crosses_threads_and_keeps_what_it_says() {
    let server = Server::of(&[Act::Answer(REFUSED)]);
    let client = server.builder().build_blocking().unwrap();
    let error: Box<dyn std::error::Error + Send + Sync> =
        std::thread::spawn(move || Box::new(client.send_sms().send().unwrap_err())).join().unwrap();
    let error: Box<Error> = error.downcast().unwrap();
    assert!(error.to_string().contains("r-7") && format!("{error:?}").contains("r-7"));
}

/// The last digits of a 64-bit number changed on the way through JavaScript.
#[test]
fn a_large_number_keeps_its_digits_both_ways() {
    let body = r#"{"Response":{"Id":9007199254740993,"RequestId":"r"}}"#;
    let server = Server::of(&[Act::Answer(body)]);
    let client = server.builder().build_blocking().unwrap();
    let answer = client.call("2021-01-11", "Any", r#"{"Id":9007199254740993}"#).send().unwrap();
    assert!(answer.json().contains("9007199254740993"));
    assert!(server.requests()[0].ends_with(br#"{"Id":9007199254740993}"#));

    let request = client.delete_sms_sign().sign_id(9_007_199_254_740_993_u64);
    let _ = request.send();
    assert!(server.requests()[1].ends_with(br#"{"SignId":9007199254740993}"#));
}

/// C++ and C# refused an answer with a member too many, the others dropped it.
#[test]
fn unknown_members_of_an_answer_are_kept() {
    let body = OK.replace(r#""RequestId""#, r#""Later":{"A":[1.50]},"RequestId""#);
    let server = Server::of(&[Act::Text(body)]);
    for driver in Driver::both(|| server.builder()) {
        assert_eq!(driver.send_sms().unwrap().extra.get("Later"), Some(r#"{"A":[1.50]}"#));
    }
}
