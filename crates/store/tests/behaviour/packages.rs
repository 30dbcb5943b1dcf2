use tcsms_store::{Configured, ConfiguredAccount, ConfiguredPackage, Limits, Package, Store};

use crate::support::*;

async fn configure(store: &Store, packages: Vec<ConfiguredPackage>, now: i64) {
    let account = ConfiguredAccount { id: ACCOUNT.to_owned(), packages, ..ConfiguredAccount::default() };
    store.apply_configuration(Configured { accounts: vec![account] }, now).await.unwrap();
}

#[tokio::test]
async fn packages_are_listed_by_age_with_what_was_used_of_them() {
    let store = memory();
    let bought = ConfiguredPackage {
        id: 7,
        amount: 5,
        gift: false,
        created: None,
        effective: Some(NOW),
        expires: Some(NOW + DAY),
    };
    let gift = ConfiguredPackage { id: 9, gift: true, created: Some(NOW - DAY), expires: None, ..bought };
    configure(&store, vec![bought, gift], NOW).await;
    send_one(&store, NOW, &Limits::default(), message("+8613700000001")).await;
    let used = |id, used, gift, created, expires| Package {
        id,
        amount: 5,
        used,
        gift,
        created,
        effective: Some(NOW),
        expires,
    };
    let expected = [used(9, 0, true, NOW - DAY, None), used(7, 1, false, NOW, Some(NOW + DAY))];
    assert_eq!(store.packages(ACCOUNT).await.unwrap(), expected, "the one that expires first is used first");

    configure(&store, vec![bought], NOW + DAY).await;
    let kept = store.packages(ACCOUNT).await.unwrap();
    assert_eq!(kept, expected[1..], "it is as old as it was");
    assert!(store.packages("other").await.unwrap().is_empty());
}
