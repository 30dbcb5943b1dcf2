use tcsms_store::{Lane, Push, PushEnd, PushKind, Store};

use crate::support::*;

fn end(outcome: &str) -> PushEnd {
    PushEnd {
        at: NOW,
        url: "http://127.0.0.1:9000/".to_owned(),
        outcome: outcome.to_owned(),
        http_status: Some(200),
        duration_ms: 3,
    }
}

/// A store whose app has its reports pushed, with so many of them waiting.
async fn waiting(store: &Store, count: usize) -> Lane {
    store.push_reports_of(vec![(ACCOUNT.to_owned(), APP.to_owned())]).await.unwrap();
    send_many(store, APP, count).await;
    deliver_all(store).await;
    let lanes = store.lanes().await.unwrap();
    assert_eq!(lanes.len(), 1);
    lanes.into_iter().next().unwrap()
}

async fn begin(store: &Store, lane: &Lane, limit: usize) -> Push {
    let items = store.push_items(lane, limit).await.unwrap();
    let last = items.last().unwrap().place;
    store.begin_push(lane, last, items.len(), "[…]".to_owned()).await.unwrap()
}

#[tokio::test]
async fn reports_are_queued_for_apps_that_want_them_and_pulled_all_the_same() {
    let store = memory();
    send_many(&store, "1400000001", 2).await;
    deliver_all(&store).await;
    assert!(store.lanes().await.unwrap().is_empty());
    let changes = store.push_changes();
    let lane = waiting(&store, 3).await;
    assert!(changes.has_changed().unwrap());
    assert_eq!(
        (lane.kind, lane.account.as_str(), lane.app.as_str(), lane.clock),
        (PushKind::Status, ACCOUNT, APP, 0)
    );
    let items = store.push_items(&lane, 2).await.unwrap();
    let phones: Vec<_> = items.iter().map(|item| item.report.phone.clone()).collect();
    assert_eq!(phones, ["+8613700000000", "+8613700000001"]);
    assert_eq!(store.pull_reports(ACCOUNT, APP, 10).await.unwrap().len(), 3);
    assert_eq!(store.push_items(&lane, 10).await.unwrap().len(), 3);
    store.push_reports_of(Vec::new()).await.unwrap();
    assert!(store.lanes().await.unwrap().is_empty(), "nobody wants them any more");
}

#[tokio::test]
async fn a_push_takes_its_reports_out_of_the_queue_and_is_tried_again_with_the_same_text() {
    let store = memory();
    let lane = waiting(&store, 3).await;
    let push = begin(&store, &lane, 2).await;
    assert_eq!((push.attempt, push.items), (1, 2));
    assert_eq!(store.push_items(&lane, 10).await.unwrap().len(), 1);
    assert_eq!(store.claim_push(&lane, i64::MAX).await.unwrap(), None, "its attempt is under way");
    store.finish_push(push, end("HTTP status 500"), Some(5000)).await.unwrap();
    assert_eq!(store.next_push(&lane).await.unwrap(), Some(5000));
    assert_eq!(store.claim_push(&lane, 4999).await.unwrap(), None);
    let push = store.claim_push(&lane, 5000).await.unwrap().unwrap();
    assert_eq!((push.attempt, push.body.as_str()), (2, "[…]"));
    store.finish_push(push, end("OK"), None).await.unwrap();
    assert_eq!(store.next_push(&lane).await.unwrap(), None);
    let attempts = store.push_attempts(None, 10).await.unwrap();
    let told: Vec<_> =
        attempts.iter().map(|one| (one.attempt, one.end.outcome.as_str(), one.next_ms, one.items)).collect();
    assert_eq!(told, [(1, "HTTP status 500", Some(5000), 2), (2, "OK", None, 2)]);
    assert_eq!(attempts[0].push, attempts[1].push);
    assert_eq!(store.push_attempts(Some("other"), 10).await.unwrap(), []);
    assert_eq!(store.push_attempts(Some(ACCOUNT), 1).await.unwrap(), attempts[1..]);
}

#[tokio::test]
async fn an_attempt_that_a_crash_cut_off_is_made_again_and_its_late_end_is_ignored() {
    let folder = Folder::new();
    let store = folder.open();
    let lane = waiting(&store, 1).await;
    let cut_off = begin(&store, &lane, 10).await;
    store.close().await;
    let store = folder.open();
    store.finish_push(cut_off.clone(), end("OK"), None).await.unwrap();
    let again = store.claim_push(&lane, 0).await.unwrap().unwrap();
    assert_eq!((again.id, again.attempt), (cut_off.id, 2));
    assert!(store.push_attempts(None, 10).await.unwrap().is_empty());
    store.finish_push(again, end("OK"), None).await.unwrap();
    assert!(store.lanes().await.unwrap().is_empty());
}

#[tokio::test]
async fn replies_have_a_lane_of_their_own() {
    let store = memory();
    store.queue_reply_push(ACCOUNT, APP, 100, "{}".to_owned()).await.unwrap();
    let lanes = store.lanes().await.unwrap();
    assert_eq!(lanes.iter().map(|lane| lane.kind).collect::<Vec<_>>(), [PushKind::Reply]);
    assert_eq!(store.claim_push(&lanes[0], 99).await.unwrap(), None);
    let push = store.claim_push(&lanes[0], 100).await.unwrap().unwrap();
    assert_eq!((push.attempt, push.items, push.kind), (1, 1, PushKind::Reply));
}
