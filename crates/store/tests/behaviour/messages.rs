use tcsms_store::{
    Limits, Message, MessageFilter, NewMessage, Refusal, SendBatch, SendCounts, Status, Store,
};

use crate::support::*;

fn everything() -> MessageFilter {
    MessageFilter { limit: 100, ..MessageFilter::default() }
}

async fn phones(store: &Store, filter: MessageFilter) -> Vec<String> {
    store.messages(filter).await.unwrap().into_iter().map(|message| message.phone).collect()
}

#[tokio::test]
async fn the_newest_are_listed_and_the_cursor_goes_on_from_a_message() {
    let store = memory();
    assert_eq!(store.newest_row().await.unwrap(), 0);
    for index in 1..=5 {
        send_one(&store, NOW, &Limits::default(), message(&format!("+{index}"))).await;
    }
    assert_eq!(phones(&store, everything()).await, ["+1", "+2", "+3", "+4", "+5"]);
    assert_eq!(phones(&store, MessageFilter { limit: 2, ..everything() }).await, ["+4", "+5"]);
    let rows: Vec<i64> = all_messages(&store).await.iter().map(|message| message.row).collect();
    assert_eq!(store.newest_row().await.unwrap(), rows[4]);
    let after = |row, limit| MessageFilter { after: Some(row), limit, ..everything() };
    assert_eq!(phones(&store, after(rows[1], 2)).await, ["+3", "+4"]);
    assert_eq!(phones(&store, after(rows[4], 2)).await, [""; 0]);
}

#[tokio::test]
async fn every_part_of_the_filter_narrows_the_list() {
    let store = memory();
    let refusal = Refusal { code: "Wrong".to_owned(), message: String::new() };
    let texts = ["100% sure", "100 times", "snake_case", "snakeXcase", r"back\slash", "验证码"];
    let messages = texts
        .iter()
        .zip(1..)
        .map(|(text, index)| NewMessage { text: (*text).into(), ..message(&format!("+{index}")) });
    let mut messages: Vec<NewMessage> = messages.collect();
    messages.push(NewMessage { refusal: Some(refusal), ..message("+7") });
    store.send(batch(NOW, &Limits::default(), messages)).await.unwrap();
    let elsewhere = SendBatch {
        account: "other".to_owned(),
        app: "1400000001".to_owned(),
        ..batch(NOW, &Limits::default(), vec![message("+8")])
    };
    store.send(elsewhere).await.unwrap();
    let due = store.claim_due(0, i64::MAX, 2).await.unwrap();
    let outcome = |index: usize, delivered| tcsms_store::DeliveryOutcome {
        id: due[index].id,
        end: tcsms_store::DeliveryEnd::Receipts(vec![tcsms_store::Receipt {
            delivered,
            word: String::new(),
            at: NOW,
        }]),
    };
    store.finish_deliveries(vec![outcome(0, true), outcome(1, false)]).await.unwrap();

    let account = |account: &str| MessageFilter { account: Some(account.to_owned()), ..everything() };
    assert_eq!(phones(&store, account("other")).await, ["+8"]);
    assert_eq!(phones(&store, account(ACCOUNT)).await.len(), 7);
    assert_eq!(phones(&store, account("nobody")).await, [""; 0]);
    let app = |app: &str| MessageFilter { app: Some(app.to_owned()), ..everything() };
    assert_eq!(phones(&store, app("1400000001")).await, ["+8"]);
    assert_eq!(phones(&store, MessageFilter { phone: Some("+3".to_owned()), ..everything() }).await, ["+3"]);

    let status = |status| MessageFilter { status: Some(status), ..everything() };
    assert_eq!(phones(&store, status(Status::Delivered)).await, ["+1"]);
    assert_eq!(phones(&store, status(Status::Failed)).await, ["+2"]);
    assert_eq!(phones(&store, status(Status::Refused)).await, ["+7"]);
    assert_eq!(phones(&store, status(Status::Submitted)).await, ["+3", "+4", "+5", "+6", "+8"]);

    let q = |q: &str| MessageFilter { q: Some(q.to_owned()), ..everything() };
    assert_eq!(phones(&store, q("100%")).await, ["+1"], "% is an ordinary character");
    assert_eq!(phones(&store, q("snake_CASE")).await, ["+3"], "so is _, and case does not matter");
    assert_eq!(phones(&store, q(r"k\s")).await, ["+5"]);
    assert_eq!(phones(&store, q("验证码")).await, ["+6", "+7", "+8"]);
    assert_eq!(phones(&store, q("+4")).await, ["+4"]);
    let serial = all_messages(&store).await.into_iter().find(|message| message.phone == "+5").unwrap().serial;
    assert_eq!(phones(&store, q(&serial)).await, ["+5"]);

    let both =
        MessageFilter { status: Some(Status::Submitted), q: Some("snake".to_owned()), ..account(ACCOUNT) };
    assert_eq!(phones(&store, both).await, ["+3", "+4"]);
}

#[tokio::test]
async fn a_change_is_announced_after_it_can_be_seen() {
    let folder = Folder::new();
    let store = folder.open();
    let mut changes = store.changes();
    let watcher = tokio::spawn({
        let store = store.clone();
        async move {
            changes.changed().await.unwrap();
            let seen = all_messages(&store).await.len();
            changes.changed().await.unwrap();
            (seen, all_messages(&store).await.remove(0).status())
        }
    });
    send_one(&store, NOW, &Limits::default(), message("+8613700000001")).await;
    tokio::task::yield_now().await;
    deliver_all(&store).await;
    let (seen, status) = watcher.await.unwrap();
    assert_eq!((seen, status), (1, Status::Delivered));
}

#[tokio::test]
async fn removed_messages_leave_nothing_behind_and_their_serial_numbers_do_not_come_back() {
    let folder = Folder::new();
    let store = folder.open();
    let limits = Limits { per_number_1d: 1, app_per_day: 1, ..Limits::default() };
    let first = send_one(&store, NOW, &limits, message("+8613700000001")).await;
    deliver_all(&store).await;
    send_one(&store, NOW, &Limits::default(), message("+8613700000002")).await;
    let other =
        SendBatch { account: "other".to_owned(), ..batch(NOW, &limits, vec![message("+8613700000003")]) };
    store.send(other).await.unwrap();

    assert_eq!(store.delete_messages(Some(ACCOUNT)).await.unwrap(), 2);
    assert_eq!(store.message(&first.serial).await.unwrap(), None);
    assert!(store.pull_reports(ACCOUNT, APP, 100).await.unwrap().is_empty());
    assert_eq!(store.statistics(ACCOUNT, APP, 0, i64::MAX).await.unwrap(), SendCounts::default());
    let due: Vec<String> =
        store.claim_due(0, i64::MAX, 100).await.unwrap().into_iter().map(|due| due.phone).collect();
    assert_eq!(due, ["+8613700000003"], "the other account keeps its own");
    let again = send_one(&store, NOW, &limits, message("+8613700000001")).await;
    assert_eq!(again.limit, None, "what is gone does not count");

    assert_eq!(store.delete_messages(None).await.unwrap(), 2);
    store.close().await;
    let store = folder.open();
    let after_restart = send_one(&store, NOW, &limits, message("+8613700000001")).await;
    let serials = [&first.serial, &again.serial, &after_restart.serial];
    assert!(serials[0] != serials[1] && serials[1] != serials[2] && serials[0] != serials[2], "{serials:?}");
    assert_eq!(
        all_messages(&store).await.iter().map(Message::status).collect::<Vec<_>>(),
        [Status::Submitted]
    );
}
