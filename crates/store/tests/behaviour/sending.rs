use tcsms_store::{
    Configured, ConfiguredAccount, ConfiguredPackage, Limit, Limits, NewMessage, Refusal, SendBatch,
    SendCounts, Status, StoreError,
};

use crate::support::*;

#[tokio::test]
async fn every_message_is_answered_in_order_and_found_by_its_serial_number() {
    let store = memory();
    let bad =
        Refusal { code: "InvalidParameterValue.IncorrectPhoneNumber".to_owned(), message: "no".to_owned() };
    let messages = vec![
        message("+8613700000001"),
        NewMessage { refusal: Some(bad.clone()), due_ms: None, ..message("12345") },
        global("+85261234567"),
    ];
    let sent = store.send(batch(NOW, &Limits::default(), messages)).await.unwrap();

    assert_eq!(sent.len(), 3);
    assert_eq!((sent[1].serial.as_str(), sent[1].limit), ("", None));
    assert_eq!(sent[1].refusal, Some(bad.clone()));
    assert!(sent[0].serial.contains(':') && sent[2].serial.contains('-'), "{sent:?}");

    let found = store.message(&sent[0].serial).await.unwrap().unwrap();
    assert_eq!((found.account.as_str(), found.app.as_str(), found.at), (ACCOUNT, APP, NOW));
    assert_eq!((found.phone.as_str(), found.iso.as_str(), found.mainland), ("+8613700000001", "CN", true));
    assert_eq!(
        (found.text.as_str(), found.params.as_slice()),
        ("【xxx】您的验证码是4370", &["4370".to_owned()][..])
    );
    assert_eq!((found.code.as_deref(), found.template, found.sign.as_str()), (Some("4370"), 449_739, "xxx"));
    assert_eq!((found.session_context.as_str(), found.segments, found.fee()), ("order-77", 1, 1));
    assert_eq!((found.status(), found.refusal, found.receipt), (Status::Submitted, None, None));

    let recorded = all_messages(&store).await;
    assert_eq!(
        recorded.iter().map(|message| message.phone.as_str()).collect::<Vec<_>>(),
        ["+8613700000001", "12345", "+85261234567"]
    );
    assert_eq!(
        (recorded[1].status(), recorded[1].fee(), recorded[1].refusal.clone()),
        (Status::Refused, 0, Some(bad))
    );
    assert_eq!(store.message(&sent[2].serial).await.unwrap().unwrap(), recorded[2]);
}

#[tokio::test]
async fn a_serial_number_of_the_right_form_that_was_not_given_out_finds_nothing() {
    let (store, other) = (memory(), memory());
    send_many(&store, APP, 3).await;
    let later =
        other.send(batch(NOW + 1, &Limits::default(), vec![message("+8613700000001")])).await.unwrap();
    assert_eq!(
        store.message(&later[0].serial).await.unwrap(),
        None,
        "its row exists, with another serial number"
    );
    for serial in ["", "x", "2640:262727967816586500757778766"] {
        assert_eq!(store.message(serial).await.unwrap(), None, "{serial}");
    }
}

#[tokio::test]
async fn an_empty_batch_changes_nothing() {
    let store = memory();
    assert!(store.send(batch(NOW, &Limits::default(), vec![])).await.unwrap().is_empty());
    assert_eq!(store.statistics(ACCOUNT, APP, 0, i64::MAX).await.unwrap(), SendCounts::default());
}

#[tokio::test]
async fn a_template_id_that_cannot_be_stored_is_an_error_and_records_nothing() {
    let store = memory();
    let too_large =
        SendBatch { template: u64::MAX, ..batch(NOW, &Limits::default(), vec![message("+8613700000001")]) };
    let error = store.send(too_large).await.unwrap_err();
    assert!(matches!(error, StoreError::TooLarge { value: u64::MAX, .. }), "{error}");
    assert!(error.to_string().contains("18446744073709551615"), "{error}");
    assert!(all_messages(&store).await.is_empty());
}

async fn with_packages(packages: &[ConfiguredPackage]) -> tcsms_store::Store {
    let store = memory();
    configure(&store, packages).await;
    store
}

async fn configure(store: &tcsms_store::Store, packages: &[ConfiguredPackage]) {
    let account =
        ConfiguredAccount { id: ACCOUNT.to_owned(), packages: packages.to_vec(), ..Default::default() };
    store.apply_configuration(Configured { accounts: vec![account] }, NOW).await.unwrap();
}

fn package(id: u64, amount: u64) -> ConfiguredPackage {
    ConfiguredPackage { id, amount, gift: false, created: None, effective: None, expires: None }
}

#[tokio::test]
async fn a_batch_that_needs_more_than_is_left_is_refused_as_a_whole() {
    let store = with_packages(&[package(1, 5)]).await;
    let long = |phone| NewMessage { segments: 2, ..message(phone) };
    let wrong = NewMessage {
        refusal: Some(Refusal { code: "Wrong".to_owned(), message: String::new() }),
        ..message("12345")
    };

    let three = vec![long("+8613700000001"), long("+8613700000002"), long("+8613700000003"), wrong.clone()];
    let sent = store.send(batch(NOW, &Limits::default(), three)).await.unwrap();
    assert!(sent.iter().all(|sent| sent.limit == Some(Limit::Balance)), "{sent:?}");
    assert!(sent.iter().all(|sent| sent.refusal == Some(refusal(Limit::Balance)) && sent.serial.is_empty()));
    assert_eq!(store.balance(ACCOUNT, NOW).await.unwrap(), Some(5));

    let two = vec![long("+8613700000001"), wrong, long("+8613700000002")];
    let sent = store.send(batch(NOW, &Limits::default(), two)).await.unwrap();
    assert_eq!(sent.iter().map(|sent| sent.limit).collect::<Vec<_>>(), [None; 3]);
    assert_eq!(store.balance(ACCOUNT, NOW).await.unwrap(), Some(1), "what a rule refused costs nothing");
}

#[tokio::test]
async fn packages_are_used_in_the_order_in_which_they_expire() {
    let store = with_packages(&[
        package(1, 10),
        ConfiguredPackage { expires: Some(NOW + DAY), ..package(2, 2) },
        ConfiguredPackage { expires: Some(NOW + HOUR), ..package(3, 2) },
        ConfiguredPackage { effective: Some(NOW + 2 * HOUR), ..package(4, 100) },
        ConfiguredPackage { expires: Some(NOW), ..package(5, 1000) },
    ])
    .await;
    assert_eq!(store.balance(ACCOUNT, NOW).await.unwrap(), Some(14));
    send_many(&store, APP, 3).await;
    // Package 3 was used up, and one of package 2: an hour later only package 3 is gone.
    assert_eq!(store.balance(ACCOUNT, NOW).await.unwrap(), Some(11));
    assert_eq!(store.balance(ACCOUNT, NOW + HOUR).await.unwrap(), Some(11));
    assert_eq!(store.balance(ACCOUNT, NOW + 2 * HOUR).await.unwrap(), Some(111));
    assert_eq!(store.balance(ACCOUNT, NOW + DAY).await.unwrap(), Some(110));
}

#[tokio::test]
async fn what_was_used_of_a_package_stays_used_when_the_configuration_changes() {
    let store = with_packages(&[package(1, 10)]).await;
    send_many(&store, APP, 4).await;
    configure(&store, &[package(1, 20)]).await;
    assert_eq!(store.balance(ACCOUNT, NOW).await.unwrap(), Some(16));
    configure(&store, &[]).await;
    assert_eq!(store.balance(ACCOUNT, NOW).await.unwrap(), None, "no package, no bound");
    configure(&store, &[package(1, 10)]).await;
    assert_eq!(store.balance(ACCOUNT, NOW).await.unwrap(), Some(6));
}

/// The counters of the hours, against the messages themselves.
#[tokio::test]
async fn statistics_agree_with_a_recount_of_the_messages() {
    let folder = Folder::new();
    let mut store = folder.open();
    let limits = Limits { per_number_30s: 1, ..Limits::default() };
    // Times before and after borders of the hour, not in order; numbers that meet the limit; other apps between.
    for step in 0..120_i64 {
        let at = NOW + (step * 7919) % (30 * HOUR) - 3 * (step % 2);
        let app = if step % 5 == 0 { "1400000001" } else { APP };
        let messages = (0..=step % 3)
            .map(|index| NewMessage {
                segments: 1 + (step % 4) as u32,
                ..message(&format!("+8613700000{:03}", (step * index) % 7))
            })
            .collect();
        store.send(SendBatch { app: app.to_owned(), ..batch(at, &limits, messages) }).await.unwrap();
        if step == 60 {
            store.close().await;
            store = folder.open();
        }
    }
    let recorded = all_messages(&store).await;
    assert!(recorded.iter().any(|message| message.refusal.is_some()));
    for app in [APP, "1400000001"] {
        for (first, last) in [(0, 0), (0, 30), (3, 7), (29, 29), (7, 3)] {
            let counted: Vec<_> = recorded
                .iter()
                .filter(|message| {
                    let hour = (message.at - NOW).div_euclid(HOUR);
                    message.app == app && first <= hour && hour <= last
                })
                .collect();
            let expected = SendCounts {
                requests: counted.len() as u64,
                successes: counted.iter().filter(|message| message.refusal.is_none()).count() as u64,
                fee: counted.iter().map(|message| u64::from(message.fee())).sum(),
            };
            // Any second of the hour names it.
            let found =
                store.statistics(ACCOUNT, app, NOW + first * HOUR + 17, NOW + last * HOUR).await.unwrap();
            assert_eq!(found, expected, "{app} {first}..{last}");
        }
    }
    assert_eq!(store.statistics("other", APP, 0, i64::MAX).await.unwrap(), SendCounts::default());
}
