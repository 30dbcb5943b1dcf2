use std::fs;
use std::path::Path;

use rusqlite::Connection;
use tcsms_store::{Location, Store, StoreError};

use crate::support::*;

fn open(path: &Path) -> Result<Store, StoreError> {
    Store::open(&Location::File(path.to_owned()))
}

#[tokio::test]
async fn what_was_recorded_is_there_after_a_restart() {
    let folder = Folder::new();
    let store = folder.open();
    let serials = send_many(&store, APP, 3).await;
    store.close().await;
    assert!(!folder.file().with_extension("db-wal").exists(), "the log is folded into the file");
    let store = folder.open();
    for serial in &serials {
        assert!(store.message(serial).await.unwrap().is_some(), "{serial}");
    }
    let more = send_many(&store, APP, 3).await;
    assert!(more.iter().all(|serial| !serials.contains(serial)), "{more:?}");
}

#[tokio::test]
async fn dropping_the_last_handle_closes_the_store() {
    let folder = Folder::new();
    send_many(&folder.open(), APP, 1).await;
    // The writer ends by itself, at a moment of its own; until then the file is in use.
    let store = loop {
        match open(&folder.file()) {
            Err(StoreError::InUse { .. }) => tokio::task::yield_now().await,
            other => break other.unwrap(),
        }
    };
    assert_eq!(all_messages(&store).await.len(), 1);
}

#[tokio::test]
async fn a_second_store_on_the_file_is_refused_also_under_another_name() {
    let folder = Folder::new();
    let store = folder.open();
    send_many(&store, APP, 1).await;
    let link = folder.file().with_file_name("other-name.db");
    std::os::unix::fs::symlink(folder.file(), &link).unwrap();
    for name in [folder.file(), link] {
        let error = open(&name).unwrap_err();
        assert!(matches!(error, StoreError::InUse { .. }), "{error}");
        let text = error.to_string();
        assert!(text.contains("sms.db") && text.contains("another process"), "{text}");
    }
    store.close().await;
    assert_eq!(all_messages(&folder.open()).await.len(), 1);
}

#[tokio::test]
async fn stores_in_memory_have_nothing_to_do_with_each_other() {
    let (one, other) = (memory(), memory());
    send_many(&one, APP, 1).await;
    assert!(all_messages(&other).await.is_empty());
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = Folder::new();
    let content = "sign,template\n1,2\n".repeat(100);
    fs::write(folder.file(), &content).unwrap();
    let error = open(&folder.file()).unwrap_err();
    assert!(matches!(error, StoreError::NotADatabase { .. }), "{error}");
    assert!(error.to_string().contains("sms.db"), "{error}");
    assert_eq!(fs::read_to_string(folder.file()).unwrap(), content);
}

#[test]
fn a_database_of_another_program_is_refused_and_left_alone() {
    let folder = Folder::new();
    let foreign = Connection::open(folder.file()).unwrap();
    foreign.execute_batch("CREATE TABLE notes (text TEXT)").unwrap();
    foreign.close().unwrap();
    let before = fs::read(folder.file()).unwrap();
    let error = open(&folder.file()).unwrap_err();
    assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
    assert_eq!(fs::read(folder.file()).unwrap(), before);
}

#[tokio::test]
async fn a_schema_from_the_future_is_refused_and_left_alone() {
    let folder = Folder::new();
    folder.open().close().await;
    let file = Connection::open(folder.file()).unwrap();
    file.pragma_update(None, "user_version", 1000).unwrap();
    file.close().unwrap();
    let before = fs::read(folder.file()).unwrap();
    let error = open(&folder.file()).unwrap_err();
    assert!(matches!(error, StoreError::Newer { found: 1000, .. }), "{error}");
    assert!(error.to_string().contains("1000"), "{error}");
    assert_eq!(fs::read(folder.file()).unwrap(), before);
}

#[test]
fn an_empty_file_is_as_good_as_none() {
    let folder = Folder::new();
    fs::write(folder.file(), "").unwrap();
    open(&folder.file()).unwrap();
}

#[tokio::test]
async fn a_damaged_database_is_an_error_that_says_so() {
    let folder = Folder::new();
    folder.open().close().await;
    let mut bytes = fs::read(folder.file()).unwrap();
    bytes[100..4096].fill(0xff);
    fs::write(folder.file(), bytes).unwrap();
    let error = open(&folder.file()).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
}

#[test]
fn places_where_no_file_can_be_are_errors_with_the_path() {
    let folder = Folder::new();
    fs::create_dir(folder.file()).unwrap();
    let missing = folder.file().with_file_name("missing").join("sms.db");
    // In /proc nobody, not even the superuser, can create a file.
    for path in [folder.file(), missing, "/proc/sms.db".into()] {
        let error = open(&path).unwrap_err();
        assert!(matches!(error, StoreError::Access { .. }), "{error}");
        assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    }
}
