//! An example: the tests of a program that sends login codes.

#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use std::time::Duration;

use tcsms::{Client, FailedNumbers};
use tcsms_testing::{Account, Fault, NewAccount, Wanted};

/// The program under test: one text for each answer that a person at the login page may get.
async fn send_login_code(client: &Client, app: &str, sign: &str, template: &str, phone: &str) -> String {
    let sent = client
        .send_sms()
        .phone_number_set([phone])
        .sms_sdk_app_id(app)
        .sign_name(sign)
        .template_id(template)
        .template_param_set(["370121"])
        .send()
        .await;
    let answer = match sent {
        Ok(answer) => answer,
        Err(error) => return format!("please try again later ({})", error.kind()),
    };
    // Status 200 does not mean that the message went out: each number has a code of its own.
    match answer.failed().first().map(|status| status.code.as_str()) {
        None => "we sent you a code".to_owned(),
        Some("LimitExceeded.PhoneNumberDailyLimit") => "no more codes today".to_owned(),
        Some("InvalidParameterValue.IncorrectPhoneNumber") => "this is no phone number".to_owned(),
        Some(code) => format!("please try another number ({code})"),
    }
}

/// A login page of a test's own.
struct Page {
    account: Account,
    client: Client,
}

impl Page {
    fn new(limits: &str) -> Self {
        // With the program on PATH this is `LocalService::shared()`.
        let service = support::builder().start().unwrap();
        let account = service
            .account_with(&NewAccount { limits: Some(limits.to_owned()), ..NewAccount::default() })
            .unwrap();
        let client = account.client().build().unwrap();
        Self { account, client }
    }

    async fn ask(&self, phone: &str) -> String {
        let (sign, template) = (&self.account.signs()[0], &self.account.templates()[0].id);
        send_login_code(&self.client, self.account.sdk_app_id(), sign, template, phone).await
    }
}

#[tokio::test]
async fn the_code_arrives() {
    let page = Page::new("off");
    assert_eq!(page.ask("+8613700000001").await, "we sent you a code");
    let message =
        page.account.wait_for_message(&Wanted::to("+8613700000001"), Duration::from_secs(10)).unwrap();
    assert_eq!(message.code.as_deref(), Some("370121"));
}

#[tokio::test]
async fn a_wrong_number_is_said() {
    assert_eq!(Page::new("off").ask("12345").await, "this is no phone number");
}

#[tokio::test]
async fn a_service_that_fails_once_is_asked_again_when_it_did_nothing() {
    let page = Page::new("off");
    page.account.set_faults(&[Fault::error("RequestLimitExceeded").on("SendSms").times(1)]).unwrap();
    assert_eq!(page.ask("+8613700000001").await, "we sent you a code");
    let codes: Vec<_> = page.account.calls().unwrap().into_iter().map(|call| call.code).collect();
    assert_eq!(codes, ["RequestLimitExceeded", "Ok"]);
}

#[tokio::test]
async fn an_answer_that_was_lost_is_never_sent_again() {
    let page = Page::new("off");
    page.account.set_faults(&[Fault::reset_after().on("SendSms")]).unwrap();
    assert!(page.ask("+8613700000001").await.starts_with("please try again later"));
    assert_eq!(page.account.messages(&Wanted::any()).unwrap().len(), 1);
}

#[tokio::test]
async fn tomorrow_there_are_codes_again() {
    let page = Page::new("strict");
    // No two in thirty seconds, and no more than two a day.
    for (offset, answer) in [
        ("0s", "we sent you a code"),
        ("1m", "we sent you a code"),
        ("2m", "no more codes today"),
        ("24h", "we sent you a code"),
    ] {
        page.account.move_clock(offset).unwrap();
        assert_eq!(page.ask("+8613700000001").await, answer, "after {offset}");
    }
}
