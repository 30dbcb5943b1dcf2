use std::collections::HashSet;

use tcsms_store::{Limits, SendBatch, StoreError};

use crate::support::*;

/// Many callers, each of which waits for its answer before it sends again.
async fn load(store: &tcsms_store::Store, callers: usize, rounds: usize) -> HashSet<String> {
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut serials = Vec::new();
                for round in 0..rounds {
                    let message = message(&format!("+86137{caller:04}{round:04}"));
                    serials.push(send_one(&store, NOW, &Limits::default(), message).await.serial);
                }
                serials
            })
        })
        .collect();
    let mut serials = HashSet::new();
    for task in tasks {
        serials.extend(task.await.unwrap());
    }
    serials
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_at_the_same_time_share_commits() {
    let folder = Folder::new();
    let store = folder.open();
    let serials = load(&store, 64, 20).await;
    assert_eq!(serials.len(), 64 * 20);
    let counts = store.writer_counts();
    assert_eq!(counts.operations, 64 * 20);
    assert!(counts.commits * 4 < counts.operations, "{counts:?}");
    assert_eq!(all_messages(&store).await.len(), 64 * 20);
}

#[tokio::test]
async fn one_caller_gets_one_commit_for_each_operation() {
    let store = memory();
    load(&store, 1, 10).await;
    let counts = store.writer_counts();
    assert_eq!((counts.operations, counts.commits), (10, 10));
}

#[tokio::test]
async fn an_operation_that_fails_does_not_fail_its_neighbours() {
    let folder = Folder::new();
    let store = folder.open();
    let limits = Limits { per_number_1d: 1, ..Limits::default() };
    let good = |phone: &str| batch(NOW, &limits, vec![message(phone)]);
    let bad = SendBatch { template: u64::MAX, ..good("+8613700000002") };
    // All are queued before the first is answered, so that some of them meet in one transaction.
    let (first, failed, second, repeated) = tokio::join!(
        store.send(good("+8613700000001")),
        store.send(bad),
        store.send(good("+8613700000002")),
        store.send(good("+8613700000001")),
    );
    assert!(matches!(failed, Err(StoreError::TooLarge { .. })), "{failed:?}");
    assert_eq!((first.unwrap()[0].limit, second.unwrap()[0].limit), (None, None));
    assert!(repeated.unwrap()[0].limit.is_some(), "counted once, though the first attempt was rolled back");
    assert_eq!(all_messages(&store).await.len(), 3);
    let counts = store.statistics(ACCOUNT, APP, NOW, NOW).await.unwrap();
    assert_eq!((counts.requests, counts.successes), (3, 2));
}

#[tokio::test]
async fn a_closed_store_says_so() {
    let folder = Folder::new();
    let store = folder.open();
    let other_handle = store.clone();
    send_many(&store, APP, 1).await;
    store.close().await;
    let error = other_handle.send(batch(NOW, &Limits::default(), vec![message("+1")])).await.unwrap_err();
    assert!(matches!(error, StoreError::Closed), "{error}");
    assert!(matches!(other_handle.newest_row().await, Err(StoreError::Closed)));
    other_handle.close().await;
    assert_eq!(all_messages(&folder.open()).await.len(), 1);
}

#[tokio::test]
async fn what_is_queued_before_the_end_is_still_done() {
    let folder = Folder::new();
    let store = folder.open();
    let sends =
        (0..50).map(|index| store.send(batch(NOW, &Limits::default(), vec![message(&format!("+{index}"))])));
    let sends: Vec<_> = sends.map(Box::pin).collect();
    let all = async {
        let mut done = 0;
        for send in sends {
            done += usize::from(send.await.is_ok());
        }
        done
    };
    let (done, ()) = tokio::join!(all, store.close());
    drop(store);
    assert_eq!(all_messages(&folder.open()).await.len(), done, "answered is recorded, refused is not");
}
