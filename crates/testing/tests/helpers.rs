//! The helpers themselves.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod support;

use std::process::{Command, Stdio};
use std::time::Duration;

use tcsms::blocking::Client;
use tcsms_testing::{Account, CallbackFault, Error, Fault, LocalService, Receipt, Wanted};

const PHONE: &str = "+8613700000001";
const SOON: Duration = Duration::from_secs(20);

fn client(account: &Account) -> Client {
    account.client().build_blocking().unwrap()
}

/// Sends to one number; its serial number.
fn send(account: &Account, phone: &str) -> Result<String, tcsms::Error> {
    let sent = client(account)
        .send_sms()
        .phone_number_set([phone])
        .sms_sdk_app_id(account.sdk_app_id())
        .sign_name(&account.signs()[0])
        .template_id(&account.templates()[0].id)
        .template_param_set(["370121"])
        .send()?;
    Ok(sent.send_status_set[0].serial_no.clone())
}

#[test]
fn accounts_see_nothing_of_each_other() {
    let service = support::builder().start().unwrap();
    let (one, other) = (service.account().unwrap(), service.account().unwrap());
    assert_ne!(one.id(), other.id());
    one.set_faults(&[Fault::error("InternalError.Timeout")]).unwrap();
    one.move_clock("24h").unwrap();

    let serial = send(&other, PHONE).unwrap();
    assert_eq!(send(&one, PHONE).unwrap_err().code().unwrap().as_str(), "InternalError.Timeout");
    let message = other.wait_for_message(&Wanted::to(PHONE).status("delivered"), SOON).unwrap();
    assert_eq!(
        (&*message.serial, &*message.account, &*message.app, &*message.phone),
        (&*serial, other.id(), other.sdk_app_id(), PHONE)
    );
    assert_eq!(message.code.as_deref(), Some("370121"));
    assert_eq!((message.params, message.fee, message.segments), (vec!["370121".to_owned()], 1, 1));
    assert_eq!(one.messages(&Wanted::any()).unwrap().len(), 0);
    assert!(one.calls().unwrap().iter().all(|call| call.code == "InternalError.Timeout"));

    one.clear_faults().unwrap();
    let tomorrow = one.message(&send(&one, PHONE).unwrap()).unwrap();
    assert!(tomorrow.at - message.at >= 24 * 60 * 60 - 1, "{} {}", tomorrow.at, message.at);
    one.reset_clock().unwrap();
    one.stop_clock(1_800_000_000).unwrap();
    assert_eq!(one.message(&send(&one, PHONE).unwrap()).unwrap().at, 1_800_000_000);
    other.clear().unwrap();
    assert_eq!(other.messages(&Wanted::any()).unwrap().len(), 0);
    assert_eq!(one.messages(&Wanted::any()).unwrap().len(), 2);
}

#[test]
fn what_did_not_arrive_is_told_with_what_did() {
    let service = support::builder().start().unwrap();
    let account = service.account().unwrap();
    send(&account, "+8613700000002").unwrap();
    account.wait_for_message(&Wanted::any().containing("370121").status("delivered"), SOON).unwrap();
    let error = account.wait_for_message(&Wanted::to(PHONE), Duration::from_millis(1)).unwrap_err();
    assert!(matches!(error, Error::NotArrived(_)));
    let text = error.to_string();
    for part in ["0 of 1 messages (phone \"+8613700000001\")", "+8613700000002", "370121"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(account.wait_for_messages(&Wanted::any(), 1, SOON).unwrap().len(), 1);
}

#[test]
fn every_fault_is_understood() {
    let service = support::builder().start().unwrap();
    let account = service.account().unwrap();
    let receipt = Receipt {
        outcome: "failed",
        word: Some("MX:0003".to_owned()),
        delay: Some("0s".to_owned()),
        copies: Some(1),
        attempts: None,
    };
    let callback = CallbackFault { drop: true, delay: Some("1s".to_owned()), copies: Some(1) };
    account
        .set_faults_seeded(
            7,
            &[
                Fault::receipt(receipt).named("carrier").phone("*0001").template(&account.templates()[0].id),
                Fault::callback(callback).app(account.sdk_app_id()),
                Fault::latency(Duration::from_millis(1)).probability(0.5),
                Fault::reset().nth([1000]),
                Fault::partial(20).nth([1000]),
            ],
        )
        .unwrap();
    let serial = send(&account, PHONE).unwrap();
    account.wait_for_message(&Wanted::to(PHONE).status("failed"), SOON).unwrap();
    let message = account.message(&serial).unwrap();
    assert_eq!(message.report.as_deref(), Some("MX:0003"));
    assert!(message.faults.contains(&"carrier".to_owned()), "{:?}", message.faults);
    assert!(!message.request_id.is_empty());
}

#[test]
fn people_answer_and_decide() {
    let service = support::builder().start().unwrap();
    let account = service.account().unwrap();
    // Nobody but the test says what became of this one.
    let silent = Receipt { outcome: "silent", ..Receipt::default() };
    account.set_faults(&[Fault::receipt(silent)]).unwrap();
    let serial = send(&account, PHONE).unwrap();
    account.report(&serial, "failed", Some("MK:0001")).unwrap();
    let message = account.wait_for_message(&Wanted::to(PHONE).status("failed"), SOON).unwrap();
    assert_eq!(message.report.as_deref(), Some("MK:0001"));

    account.reply(PHONE, "R").unwrap();
    let client = client(&account);
    let pulled =
        client.pull_sms_reply_status().sms_sdk_app_id(account.sdk_app_id()).limit(10).send().unwrap();
    assert_eq!(pulled.pull_sms_reply_status_set[0].reply_content, "R");

    let added = client
        .add_sms_template()
        .template_name("notice")
        .template_content("您的订单已发货")
        .sms_type(2)
        .international(0)
        .remark("orders")
        .send()
        .unwrap();
    let id: u64 = added.add_template_status.template_id.parse().unwrap();
    account.review_template(id, "rejected", "no").unwrap();
    let told = client.describe_sms_template_list().template_id_set([id]).international(0).send().unwrap();
    let status = &told.describe_template_status_set[0];
    assert_eq!((status.status_code, &*status.review_reply), (-1, "no"));
    let refused = account.review_sign(9, "approved", "").unwrap_err();
    assert!(matches!(&refused, Error::Refused { status: 404, .. }), "{refused}");
}

#[test]
fn what_cannot_start_says_why() {
    let error = LocalService::builder().program("/nonexistent/tcsms").start().unwrap_err().to_string();
    assert!(error.contains("/nonexistent/tcsms did not start a service"), "{error}");
    let error = support::builder().config("[limits]\nprofile = \"none\"\n").start().unwrap_err().to_string();
    assert!(error.contains("it ended") && error.contains("\"none\""), "{error}");
    let error = support::builder().argument("--no-such-option").start().unwrap_err().to_string();
    assert!(error.contains("--no-such-option"), "{error}");
    let error =
        LocalService::builder().program("/bin/cat").start_timeout(SOON).start().unwrap_err().to_string();
    assert!(error.contains("it ended"), "{error}");
}

#[test]
fn a_service_that_runs_is_used_and_left() {
    let service = support::builder().start().unwrap();
    let connected = LocalService::connect(service.control(), None).unwrap();
    let account = connected.account().unwrap();
    send(&account, PHONE).unwrap();
    let id = account.id().to_owned();
    account.close().unwrap();
    account.close().unwrap();
    drop((account, connected));
    // It still answers; the account is gone.
    let error = service.account_with(&tcsms_testing::NewAccount { like: Some(id), ..Default::default() });
    assert!(matches!(error, Err(Error::Refused { .. })), "{error:?}");

    let gone = service.control().to_owned();
    drop(service);
    let error = LocalService::connect(&gone, None).unwrap_err();
    assert!(matches!(&error, Error::NoAnswer { .. }), "{error}");
    assert!(error.to_string().contains(&gone), "{error}");
}

/// Not a test of its own: what [`a_killed_test_leaves_no_service_behind`] kills.
#[test]
#[ignore = "started by another test"]
fn holds_a_service_until_it_is_killed() {
    let service = support::builder().start().unwrap();
    println!("service at {}", service.control());
    let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
}

#[test]
fn a_killed_test_leaves_no_service_behind() {
    use std::io::{BufRead, BufReader};
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["holds_a_service_until_it_is_killed", "--exact", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let url = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.split_once("service at ").map(|(_, url)| url.to_owned()))
        .unwrap();
    LocalService::connect(&url, None).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    // Its port is closed as soon as it has seen the end of its input.
    let deadline = std::time::Instant::now() + SOON;
    while LocalService::connect(&url, None).is_ok() {
        assert!(std::time::Instant::now() < deadline, "it is still there");
        std::thread::yield_now();
    }
}
