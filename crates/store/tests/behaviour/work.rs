use tcsms_store::{
    DeliveryEnd, DeliveryOutcome, Due, Limits, Phase, Progress, Receipt, ReceiptFor, ReportSource,
    SimulatedReceipt, Status, Store, Waiting,
};

use crate::support::*;

const NOW_MS: i64 = NOW * 1000;

async fn claim(store: &Store) -> Vec<Due> {
    store.claim_due(0, i64::MAX, 100).await.unwrap()
}

fn done(due: &Due, end: DeliveryEnd) -> Vec<DeliveryOutcome> {
    vec![DeliveryOutcome { id: due.id, end }]
}

#[tokio::test]
async fn what_is_in_work_is_not_handed_out_again() {
    let store = memory();
    send_many(&store, APP, 3).await;
    let first = store.claim_due(0, i64::MAX, 2).await.unwrap();
    assert_eq!(first.iter().map(|due| (due.attempt, due.interrupted)).collect::<Vec<_>>(), [(1, false); 2]);
    assert_eq!(first[0].text, "【xxx】您的验证码是4370");
    let second = claim(&store).await;
    assert_eq!(second.len(), 1);
    assert!(claim(&store).await.is_empty());
    assert_eq!(store.next_due(0).await.unwrap(), None, "work under way is not due");
}

#[tokio::test]
async fn work_of_a_start_that_ended_is_handed_out_as_interrupted_and_its_late_outcome_is_ignored() {
    let folder = Folder::new();
    let store = folder.open();
    assert_eq!(store.epoch(), 1);
    send_many(&store, APP, 2).await;
    let taken = claim(&store).await;
    store.finish_deliveries(done(&taken[0], DeliveryEnd::Receipts(vec![delivered(NOW)]))).await.unwrap();
    store.close().await;

    let store = folder.open();
    assert_eq!(store.epoch(), 2);
    assert!(store.next_due(0).await.unwrap().is_some());
    let late = store.finish_deliveries(done(&taken[1], DeliveryEnd::Receipts(vec![delivered(NOW)]))).await;
    assert_eq!(late.unwrap(), [false], "only who takes it now may end it");
    let again = claim(&store).await;
    assert_eq!(again.len(), 1, "what was recorded is not done again");
    assert_eq!((again[0].attempt, again[0].interrupted), (2, true));
    let end = DeliveryEnd::Receipts(vec![delivered(NOW)]);
    assert_eq!(store.finish_deliveries(done(&again[0], end)).await.unwrap(), [true]);
    assert_eq!(store.pull_reports(ACCOUNT, APP, 10).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_message_says_what_it_waits_for() {
    let store = memory();
    send_many(&store, APP, 1).await;
    let row = all_messages(&store).await[0].row;
    let waiting = async || store.waiting(row).await.unwrap();
    assert_eq!(waiting().await, Some(Waiting::Queued { due_ms: NOW_MS }));
    let due = claim(&store).await.remove(0);
    assert_eq!(waiting().await, Some(Waiting::UnderWay));

    let later = DeliveryEnd::Later { due_ms: NOW_MS + 1000, reason: "no connection".to_owned() };
    store.finish_deliveries(done(&due, later)).await.unwrap();
    let noted = |phase, attempts, reason: &str, next_ms| {
        Some(Waiting::Noted(Progress { phase, attempts, reason: reason.to_owned(), next_ms }))
    };
    assert_eq!(waiting().await, noted(Phase::Retrying, 1, "no connection", Some(NOW_MS + 1000)));
    assert_eq!(store.next_due(0).await.unwrap(), Some(NOW_MS + 1000));

    let due = claim(&store).await.remove(0);
    assert_eq!((due.attempt, due.interrupted), (2, false), "it was certainly not sent");
    let held = DeliveryEnd::Held { until_ms: NOW_MS + 9000, reason: "no answer".to_owned() };
    store.finish_deliveries(done(&due, held)).await.unwrap();
    assert_eq!(waiting().await, noted(Phase::Held, 2, "no answer", Some(NOW_MS + 9000)));

    let due = claim(&store).await.remove(0);
    assert!(due.held && !due.interrupted);
    store.finish_deliveries(done(&due, DeliveryEnd::Receipts(Vec::new()))).await.unwrap();
    assert_eq!(waiting().await, noted(Phase::WithCarrier, 3, "", None));
    let receipt = ReceiptFor { row, receipt: delivered(NOW) };
    store.record_receipts(vec![receipt], ReportSource::Carrier).await.unwrap();
    assert_eq!(waiting().await, None);
}

#[tokio::test]
async fn a_receipt_ends_the_wait_of_a_held_message() {
    let store = memory();
    send_many(&store, APP, 1).await;
    let due = claim(&store).await.remove(0);
    let held = DeliveryEnd::Held { until_ms: NOW_MS + 9000, reason: String::new() };
    store.finish_deliveries(done(&due, held)).await.unwrap();
    let receipt = ReceiptFor { row: due.id.row(), receipt: delivered(NOW) };
    assert_eq!(store.record_receipts(vec![receipt], ReportSource::Carrier).await.unwrap(), [true]);
    assert!(claim(&store).await.is_empty(), "it is not given up");
    assert_eq!(store.next_due(0).await.unwrap(), None);
}

#[tokio::test]
async fn a_second_receipt_is_a_second_report_and_a_person_has_the_last_word() {
    let store = memory();
    send_many(&store, APP, 1).await;
    let due = claim(&store).await.remove(0);
    let row = due.id.row();
    store.finish_deliveries(done(&due, DeliveryEnd::Receipts(vec![delivered(NOW)]))).await.unwrap();
    let failed = Receipt { delivered: false, word: "UNDELIV".to_owned(), at: NOW + 1 };
    let record = async |receipt: &Receipt, source| {
        let receipt = ReceiptFor { row, receipt: receipt.clone() };
        store.record_receipts(vec![receipt], source).await.unwrap()
    };
    assert_eq!(record(&failed, ReportSource::Person).await, [true]);
    assert_eq!(record(&delivered(NOW + 2), ReportSource::Carrier).await, [false]);
    assert_eq!(all_messages(&store).await[0].status(), Status::Failed);
    assert_eq!(store.pull_reports(ACCOUNT, APP, 10).await.unwrap().len(), 2);
    let nobody = ReceiptFor { row: row + 1, receipt: failed };
    assert_eq!(store.record_receipts(vec![nobody], ReportSource::Person).await.unwrap(), [false]);
}

#[tokio::test]
async fn each_clock_has_its_own_work() {
    let store = memory();
    let account = tcsms_store::ConfiguredAccount { id: "run".to_owned(), ..Default::default() };
    store.add_temporary_account(account, vec!["1400000001".to_owned()], 7, NOW).await.unwrap();
    let own = tcsms_store::SendBatch {
        account: "run".to_owned(),
        app: "1400000001".to_owned(),
        ..batch(NOW, &Limits::default(), vec![message("+1")])
    };
    store.send(own).await.unwrap();
    send_many(&store, APP, 1).await;
    assert_eq!(store.claim_due(7, i64::MAX, 10).await.unwrap().len(), 1);
    assert_eq!(store.claim_due(0, i64::MAX, 10).await.unwrap().len(), 1);
    assert_eq!((store.next_due(7).await.unwrap(), store.next_due(8).await.unwrap()), (None, None));
}

#[tokio::test]
async fn work_for_a_message_that_is_gone_is_dropped() {
    let store = memory();
    send_many(&store, APP, 2).await;
    let retention = tcsms_store::Retention { before: None, keep: Some(1) };
    assert_eq!(store.trim(retention, 10).await.unwrap(), 1);
    assert_eq!(claim(&store).await.len(), 1);
    assert_eq!(store.next_due(0).await.unwrap(), None);
}

#[tokio::test]
async fn the_simulator_remembers_its_receipts() {
    let folder = Folder::new();
    let store = folder.open();
    let one = |due_ms, row, copy| SimulatedReceipt {
        clock: 0,
        due_ms,
        row,
        copy,
        delivered: true,
        word: "DELIVRD".to_owned(),
    };
    store.plan_receipts(vec![one(200, 1, 0), one(100, 2, 0), one(100, 2, 1)]).await.unwrap();
    store.plan_receipts(vec![one(200, 1, 0)]).await.unwrap();
    store.close().await;
    let store = folder.open();
    assert_eq!(store.next_planned(0).await.unwrap(), Some(100));
    assert_eq!(store.next_planned(1).await.unwrap(), None);
    let due = store.planned_receipts(0, 199, 10).await.unwrap();
    assert_eq!(due, [one(100, 2, 0), one(100, 2, 1)]);
    store.forget_planned(due).await.unwrap();
    assert_eq!(store.planned_receipts(0, 200, 10).await.unwrap(), [one(200, 1, 0)]);
}
