use rusqlite::Connection;
use tcsms_store::{
    ConfiguredAccount, ConfiguredSign, Limits, Retention, ReviewState, Scope, SendBatch, StoreError,
};

use crate::support::*;

#[tokio::test]
async fn the_oldest_messages_go_in_small_steps() {
    let store = memory();
    for at in [NOW, NOW + 10, NOW + 20] {
        store.send(batch(at, &Limits::default(), vec![message("+1"), message("+2")])).await.unwrap();
    }
    deliver_all(&store).await;
    let old = Retention { before: Some(NOW + 15), keep: None };
    assert_eq!(store.trim(old, 3).await.unwrap(), 3);
    assert_eq!(store.trim(old, 3).await.unwrap(), 1);
    assert_eq!(store.trim(old, 3).await.unwrap(), 0);
    assert_eq!(all_messages(&store).await.len(), 2);
    assert_eq!(store.pull_reports(ACCOUNT, APP, 10).await.unwrap().len(), 2, "their reports went with them");
    assert_eq!(store.trim(Retention { before: None, keep: Some(1) }, 10).await.unwrap(), 1);
    assert_eq!(store.trim(Retention::default(), 10).await.unwrap(), 0);
    let counts = store.statistics(ACCOUNT, APP, NOW, NOW + 20).await.unwrap();
    assert_eq!(counts.successes, 6, "what was counted stays counted");
}

#[tokio::test]
async fn ids_of_removed_messages_are_not_given_out_again() {
    let folder = Folder::new();
    let store = folder.open();
    send_many(&store, APP, 3).await;
    let newest = store.newest_row().await.unwrap();
    assert_eq!(store.trim(Retention { before: None, keep: Some(0) }, 10).await.unwrap(), 3);
    store.close().await;
    let store = folder.open();
    send_many(&store, APP, 1).await;
    assert!(store.newest_row().await.unwrap() > newest);
}

#[tokio::test]
async fn a_temporary_account_takes_everything_with_it() {
    let folder = Folder::new();
    let store = folder.open();
    send_many(&store, APP, 1).await;
    let sign = ConfiguredSign {
        id: 1,
        name: "run".to_owned(),
        scope: Scope::Both,
        state: ReviewState::Approved,
        qualification: None,
    };
    for account in ["run-1", "run-2"] {
        let configured =
            ConfiguredAccount { id: account.to_owned(), signs: vec![sign.clone()], ..Default::default() };
        store.add_temporary_account(configured, vec![format!("{account}-app")], 1, NOW).await.unwrap();
        let own = SendBatch {
            account: account.to_owned(),
            app: format!("{account}-app"),
            ..batch(NOW, &Limits::default(), vec![message("+1")])
        };
        store.send(own).await.unwrap();
        assert!(store.sign(account, "run", true, NOW).await.unwrap().is_some());
    }
    store.remove_account("run-1").await.unwrap();
    assert!(store.sign("run-1", "run", true, NOW).await.unwrap().is_none());
    assert_eq!(all_messages(&store).await.len(), 2);
    assert_eq!(store.claim_due(1, i64::MAX, 10).await.unwrap().len(), 1, "the other's work is still there");
    store.close().await;

    let store = folder.open();
    store.remove_temporary_accounts().await.unwrap();
    assert_eq!(all_messages(&store).await.len(), 1);
    assert_eq!(store.next_due(1).await.unwrap(), None);
    store.close().await;
    let conn = Connection::open(folder.file()).unwrap();
    for table in ["sign", "temporary_account"] {
        let left: i64 =
            conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        assert_eq!(left, 0, "{table}");
    }
}

#[tokio::test]
async fn what_is_exported_can_be_imported_once() {
    let folder = Folder::new();
    let store = folder.open();
    let serials = send_many(&store, APP, 3).await;
    store.claim_due(0, i64::MAX, 1).await.unwrap();
    assert!(matches!(tcsms_store::check(&folder.file()), Err(StoreError::InUse { .. })));
    store.close().await;
    assert_eq!(tcsms_store::check(&folder.file()).unwrap(), [""; 0]);

    let mut text = Vec::new();
    let rows = tcsms_store::export(&folder.file(), &mut text).unwrap();
    assert_eq!(text.iter().filter(|byte| **byte == b'\n').count() as u64, rows + 1);
    let copy = Folder::new();
    assert_eq!(tcsms_store::import(&copy.file(), &mut text.as_slice()).unwrap(), rows);
    let error = tcsms_store::import(&copy.file(), &mut text.as_slice()).unwrap_err();
    assert!(error.to_string().contains("holds data already"), "{error}");
    let store = copy.open();
    let copied: Vec<String> = all_messages(&store).await.into_iter().map(|message| message.serial).collect();
    assert_eq!(copied, serials);
    assert_eq!(store.claim_due(0, i64::MAX, 10).await.unwrap().len(), 3, "work goes on in the copy");
    store.close().await;
    assert_eq!(tcsms_store::check(&copy.file()).unwrap(), [""; 0]);
}

#[tokio::test]
async fn a_text_that_was_not_exported_imports_nothing() {
    let folder = Folder::new();
    for (text, expected) in [
        ("", "line 1: this is no exported database"),
        ("{}\n", "line 1: this is no exported database"),
        ("{\"tcsms\":\"database\",\"schema\":1}\n", "line 1: it was exported with schema 1"),
        (
            "HEAD{\"table\":\"app\",\"row\":{\"id\":1,\"account\":\"a\",\"name\":\"b\"}}\nx\n",
            "line 3: not a row",
        ),
        ("HEAD{\"table\":\"nothing\",\"row\":{}}\n", "line 2: there is no table nothing"),
        ("HEAD{\"table\":\"app\",\"row\":{\"id; --\":1}}\n", "line 2: there is no column \"id; --\""),
        ("HEAD{\"table\":\"app\",\"row\":{\"id\":[]}}\n", "line 2: the value of id cannot be stored"),
    ] {
        let head = {
            let mut head = Vec::new();
            let empty = Folder::new();
            empty.open().close().await;
            tcsms_store::export(&empty.file(), &mut head).unwrap();
            let text = String::from_utf8(head).unwrap();
            format!("{}\n", text.lines().next().unwrap())
        };
        let text = text.replace("HEAD", &head);
        let error = tcsms_store::import(&folder.file(), &mut text.as_bytes()).unwrap_err();
        assert!(error.to_string().starts_with(expected), "{error}");
    }
    assert!(all_messages(&folder.open()).await.is_empty());
}

#[tokio::test]
async fn rows_that_contradict_each_other_are_found() {
    let folder = Folder::new();
    let store = folder.open();
    send_many(&store, APP, 2).await;
    deliver_all(&store).await;
    store.close().await;
    let conn = Connection::open(folder.file()).unwrap();
    conn.execute("DELETE FROM message WHERE id = 1", []).unwrap();
    conn.execute("DELETE FROM receipt WHERE message = 2", []).unwrap();
    conn.close().unwrap();
    let found = tcsms_store::check(&folder.file()).unwrap();
    assert_eq!(found, ["1 receipts belong to no message", "1 reports wait to be pulled without a receipt"]);
    assert!(matches!(
        tcsms_store::check(&folder.file().with_file_name("none")),
        Err(StoreError::Access { .. })
    ));
}

#[tokio::test]
async fn a_closed_store_takes_no_writes_and_an_open_one_does() {
    let store = memory();
    store.probe().await.unwrap();
    store.close().await;
    assert!(matches!(store.probe().await, Err(StoreError::Closed)));
}
