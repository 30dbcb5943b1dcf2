use std::collections::HashSet;
use std::time::Duration;

use tcsms_store::{DeliveryEnd, DeliveryOutcome, Due, Limits, NewMessage, Receipt, Status, Store};

use crate::support::*;

#[tokio::test]
async fn a_report_is_pulled_once_and_oldest_first() {
    let store = memory();
    let serials = send_many(&store, APP, 5).await;
    assert_eq!(deliver_all(&store).await, 5);

    let first = store.pull_reports(ACCOUNT, APP, 2).await.unwrap();
    assert_eq!(first.iter().map(|report| &report.serial).collect::<Vec<_>>(), [&serials[0], &serials[1]]);
    let report = &first[0];
    assert_eq!((report.phone.as_str(), report.country_code.as_str()), ("+8613700000000", "86"));
    assert_eq!((report.subscriber(), report.session_context.as_str()), ("13700000000", "order-77"));
    assert_eq!((report.sent_at, report.receipt.clone()), (NOW, delivered(NOW)));

    let rest = store.pull_reports(ACCOUNT, APP, 100).await.unwrap();
    assert_eq!(
        rest.iter().map(|report| &report.serial).collect::<Vec<_>>(),
        [&serials[2], &serials[3], &serials[4]]
    );
    assert!(store.pull_reports(ACCOUNT, APP, 100).await.unwrap().is_empty());
    let status = store.message(&serials[0]).await.unwrap().unwrap().status();
    assert_eq!(status, Status::Delivered, "pulling takes the report, not what is known of the message");
}

#[tokio::test]
async fn each_app_has_its_own_queue() {
    let store = memory();
    send_many(&store, APP, 2).await;
    let other = send_many(&store, "1400000001", 1).await;
    deliver_all(&store).await;
    let pulled = store.pull_reports(ACCOUNT, "1400000001", 100).await.unwrap();
    assert_eq!(pulled.iter().map(|report| &report.serial).collect::<Vec<_>>(), [&other[0]]);
    assert!(store.pull_reports("other", APP, 100).await.unwrap().is_empty(), "an app belongs to one account");
    assert_eq!(store.pull_reports(ACCOUNT, APP, 100).await.unwrap().len(), 2);
}

#[tokio::test]
async fn reports_come_in_the_order_in_which_they_arrived_also_after_a_restart() {
    let folder = Folder::new();
    let store = folder.open();
    let serials = send_many(&store, APP, 3).await;
    let take = async |store: &Store| store.claim_due(0, i64::MAX, 100).await.unwrap();
    let outcome =
        |due: &Due| DeliveryOutcome { id: due.id, end: DeliveryEnd::Receipts(vec![delivered(NOW)]) };
    let due = take(&store).await;
    store.finish_deliveries(vec![outcome(&due[2])]).await.unwrap();
    store.close().await;
    let store = folder.open();
    let due = take(&store).await;
    store.finish_deliveries(due.iter().map(outcome).collect()).await.unwrap();
    let pulled = store.pull_reports(ACCOUNT, APP, 100).await.unwrap();
    assert_eq!(
        pulled.iter().map(|report| &report.serial).collect::<Vec<_>>(),
        [&serials[2], &serials[0], &serials[1]]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn callers_that_pull_at_the_same_time_share_the_reports() {
    let folder = Folder::new();
    let store = folder.open();
    let serials: HashSet<String> = send_many(&store, APP, 1000).await.into_iter().collect();
    deliver_all(&store).await;
    let callers = (0..16).map(|_| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut mine = Vec::new();
            loop {
                let reports = store.pull_reports(ACCOUNT, APP, 7).await.unwrap();
                if reports.is_empty() {
                    return mine;
                }
                mine.extend(reports.into_iter().map(|report| report.serial));
            }
        })
    });
    let mut pulled = Vec::new();
    for caller in callers.collect::<Vec<_>>() {
        pulled.extend(caller.await.unwrap());
    }
    assert_eq!(pulled.len(), 1000, "none is handed out twice");
    assert_eq!(pulled.into_iter().collect::<HashSet<_>>(), serials);
}

#[tokio::test]
async fn what_is_due_comes_by_time_and_stays_until_its_outcome_is_recorded() {
    let store = memory();
    let at = |phone: &str, due_ms| NewMessage { due_ms, ..message(phone) };
    let messages = vec![at("+1", Some(300)), at("+2", Some(100)), at("+3", None), at("+4", Some(200))];
    store.send(batch(NOW, &Limits::default(), messages)).await.unwrap();

    assert_eq!(store.next_due(0).await.unwrap(), Some(100));
    let taken = std::sync::Mutex::new(Vec::new());
    let phones = async |now_ms, limit| {
        let due = store.claim_due(0, now_ms, limit).await.unwrap();
        let phones = due.iter().map(|due| due.phone.clone()).collect::<Vec<_>>();
        taken.lock().unwrap().extend(due);
        phones
    };
    assert_eq!(phones(99, 10).await, [""; 0]);
    assert_eq!(phones(300, 1).await, ["+2"]);
    assert_eq!(phones(200, 10).await, ["+4"]);
    assert_eq!(phones(300, 10).await, ["+1"]);
    assert_eq!(store.next_due(0).await.unwrap(), None, "all of it is in work");
    let failed = Receipt { delivered: false, word: "UNDELIV".to_owned(), at: NOW };
    let due = taken.lock().unwrap().clone();
    let silent = DeliveryOutcome { id: due[0].id, end: DeliveryEnd::Receipts(Vec::new()) };
    let outcomes =
        vec![silent, DeliveryOutcome { id: due[1].id, end: DeliveryEnd::Receipts(vec![failed.clone()]) }];
    assert_eq!(store.finish_deliveries(outcomes.clone()).await.unwrap(), [true, true]);
    assert_eq!(
        store.finish_deliveries(outcomes).await.unwrap(),
        [false, false],
        "a second outcome is no news"
    );

    let states: Vec<_> = all_messages(&store).await.into_iter().map(|message| message.status()).collect();
    assert_eq!(states, [Status::Submitted, Status::Submitted, Status::Submitted, Status::Failed]);
    let pulled = store.pull_reports(ACCOUNT, APP, 100).await.unwrap();
    assert_eq!(pulled.into_iter().map(|report| report.receipt).collect::<Vec<_>>(), [failed]);
}

#[tokio::test]
async fn earlier_work_is_announced_and_later_work_is_not() {
    let store = memory();
    let queue = async |due_ms| {
        let one = NewMessage { due_ms: Some(due_ms), ..message("+8613700000001") };
        store.send(batch(NOW, &Limits::default(), vec![one])).await.unwrap();
    };
    let announced = async |next| {
        tokio::time::timeout(Duration::from_millis(20), store.earlier_delivery(next)).await.is_ok()
    };
    let next = store.next_due(0).await.unwrap();
    assert_eq!(next, None);
    assert!(!announced(next).await);
    queue(500).await;
    assert!(announced(next).await, "queued before the wait began");
    let next = store.next_due(0).await.unwrap();
    assert_eq!(next, Some(500));
    queue(600).await;
    queue(500).await;
    assert!(!announced(next).await);
    tokio::join!(store.earlier_delivery(next), queue(499));
}
