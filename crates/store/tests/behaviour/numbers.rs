use tcsms_store::{DeliveryEnd, DeliveryOutcome, Limits, NewMessage, Receipt, Records, Store};

use crate::support::*;

const PHONE: &str = "+8613700000001";
const OTHER: &str = "+8613700000002";

/// Sends to both numbers at these seconds after [`NOW`]; the last message to [`PHONE`] is refused.
async fn sent(store: &Store, seconds: &[i64]) -> Vec<String> {
    let mut serials = Vec::new();
    for second in seconds {
        let at = NOW + second;
        serials.push(send_one(store, at, &Limits::default(), message(PHONE)).await.serial);
        send_one(store, at, &Limits::default(), message(OTHER)).await;
    }
    serials
}

#[tokio::test]
async fn reports_of_a_number_come_in_the_order_of_sending_whatever_was_pulled() {
    let store = memory();
    let serials = sent(&store, &[0, HOUR, 2 * HOUR, 30 * HOUR]).await;
    let due = store.claim_due(0, i64::MAX, 100).await.unwrap();
    // The last message has no report yet.
    let outcomes = due[..6].iter().rev();
    let outcome = |id| DeliveryOutcome { id, end: DeliveryEnd::Receipts(vec![delivered(NOW + 40 * HOUR)]) };
    store.finish_deliveries(outcomes.map(|due| outcome(due.id)).collect()).await.unwrap();
    store.pull_reports(ACCOUNT, APP, 100).await.unwrap();

    let of = async |begin, end, limit| {
        let reports = store.reports_of(ACCOUNT, APP, PHONE, (NOW + begin, NOW + end), limit).await.unwrap();
        reports.into_iter().map(|report| report.serial).collect::<Vec<_>>()
    };
    assert_eq!(of(0, 30 * HOUR, 100).await, serials[..3]);
    assert_eq!(of(1, 2 * HOUR, 100).await, serials[1..3]);
    assert_eq!(of(0, 2 * HOUR - 1, 100).await, serials[..2]);
    assert_eq!(of(0, 30 * HOUR, 2).await, serials[..2]);
    assert!(of(100 * HOUR, 200 * HOUR, 2).await.is_empty());
    assert!(store.reports_of("other", APP, PHONE, (0, i64::MAX), 9).await.unwrap().is_empty());
}

#[tokio::test]
async fn records_of_a_number_are_the_newest_first_and_bounded() {
    let store = memory();
    let serials = sent(&store, &[0, HOUR, 2 * HOUR]).await;
    let refused = NewMessage { refusal: Some(refusal(tcsms_store::Limit::Day)), ..message(PHONE) };
    send_one(&store, NOW + 3 * HOUR, &Limits::default(), refused).await;
    let of = async |page| store.records_of(ACCOUNT, APP, PHONE, (NOW, NOW + 3 * HOUR), page).await.unwrap();
    let all = of((1000, 0, 20)).await;
    let found: Vec<_> = all.messages.iter().map(|message| message.serial.as_str()).collect();
    assert_eq!((all.total, found), (4, vec!["", &serials[2], &serials[1], &serials[0]]));
    let page = of((1000, 1, 2)).await;
    assert_eq!(
        (page.total, page.messages[0].serial.as_str(), page.messages.len()),
        (4, serials[2].as_str(), 2)
    );
    let few = of((3, 2, 20)).await;
    assert_eq!((few.total, few.messages.len()), (3, 1), "only the newest three can be reached");
    let none = store.records_of(ACCOUNT, "1400000001", PHONE, (0, i64::MAX), (9, 0, 9)).await.unwrap();
    assert_eq!(none, Records::default());
}

#[tokio::test]
async fn a_code_that_was_typed_back_is_noted_once_for_the_app_that_sent_it() {
    let store = memory();
    let serial = &sent(&store, &[0]).await[0];
    assert_eq!(store.conversion(serial).await.unwrap(), None);
    assert!(!store.report_conversion(ACCOUNT, "1400000001", serial, NOW).await.unwrap());
    assert!(!store.report_conversion(ACCOUNT, APP, "no serial", NOW).await.unwrap());
    for at in [NOW + 5, NOW + 6] {
        assert!(store.report_conversion(ACCOUNT, APP, serial, at).await.unwrap());
    }
    assert_eq!(store.conversion(serial).await.unwrap(), Some(NOW + 5));
    assert_eq!(store.conversion("no serial").await.unwrap(), None);
}

#[tokio::test]
async fn batches_of_one_call_are_recorded_together_and_judged_apart() {
    let store = memory();
    let limits = Limits { per_number_1d: 1, ..Limits::default() };
    let one = |phone: &str| {
        let mut batch = batch(NOW, &limits, vec![global(phone)]);
        batch.serial_when_refused = true;
        batch
    };
    let sent = store.send_each(vec![one("+85261234567"), one("+85261234567")]).await.unwrap();
    assert_eq!((sent[0][0].limit, sent[1][0].limit), (None, Some(tcsms_store::Limit::Day)));
    assert_ne!(sent[0][0].serial, sent[1][0].serial);
    let refused = store.message(&sent[1][0].serial).await.unwrap().unwrap();
    assert_eq!(refused.status(), tcsms_store::Status::Refused);
    assert_eq!(store.writer_counts().commits, 2, "one for both, one for the reading");
}

#[tokio::test]
async fn receipts_are_counted_in_the_hour_of_sending() {
    let folder = Folder::new();
    let store = folder.open();
    sent(&store, &[0, 2 * HOUR]).await;
    let due = store.claim_due(0, i64::MAX, 100).await.unwrap();
    let receipt = |word: &str| Receipt { delivered: word == "DELIVRD", word: word.to_owned(), at: NOW + DAY };
    let words = ["DELIVRD", "UNDELIV", "UNDELIV", "UNDELIV"];
    let outcomes = due
        .iter()
        .zip(words)
        .map(|(due, word)| DeliveryOutcome { id: due.id, end: DeliveryEnd::Receipts(vec![receipt(word)]) });
    let outcomes: Vec<_> = outcomes.collect();
    store.finish_deliveries(outcomes.clone()).await.unwrap();
    store.finish_deliveries(outcomes).await.unwrap();
    store.close().await;
    let store = folder.open();
    let counts = async |begin, end| {
        let counts = store.receipt_statistics(ACCOUNT, APP, NOW + begin, NOW + end).await.unwrap();
        let words = counts.receipts.into_iter().map(|one| (one.word, one.delivered, one.count));
        (counts.successes, words.collect::<Vec<_>>())
    };
    let of = |word: &str, count| (word.to_owned(), word == "DELIVRD", count);
    assert_eq!(counts(0, 0).await, (2, vec![of("DELIVRD", 1), of("UNDELIV", 1)]));
    assert_eq!(counts(0, 2 * HOUR).await, (4, vec![of("DELIVRD", 1), of("UNDELIV", 3)]));
    assert_eq!(counts(HOUR, HOUR).await, (0, vec![]));
}
