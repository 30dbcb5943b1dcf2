//! Batches with sensible contents, so that a test only says what it is about.

use std::sync::Arc;

use tcsms_store::{
    DeliveryEnd, DeliveryOutcome, Limit, Limits, Location, Message, MessageFilter, NewMessage, Receipt,
    Refusal, SendBatch, Sent, Store,
};

pub(crate) const ACCOUNT: &str = "dev";
pub(crate) const APP: &str = "1400787878";
/// 2026-11-25 11:00:00 in Beijing.
pub(crate) const NOW: i64 = 1_795_575_600;
pub(crate) const HOUR: i64 = 3600;
pub(crate) const DAY: i64 = 24 * HOUR;

pub(crate) fn memory() -> Store {
    Store::open(&Location::Memory).unwrap()
}

/// A file store in a folder of its own, which can be opened again.
pub(crate) struct Folder {
    folder: tempfile::TempDir,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("sms.db")
    }

    pub(crate) fn open(&self) -> Store {
        Store::open(&Location::File(self.file())).unwrap()
    }
}

pub(crate) fn message(phone: &str) -> NewMessage {
    NewMessage {
        phone: phone.to_owned(),
        country_code: "86".to_owned(),
        iso: "CN".to_owned(),
        mainland: true,
        text: "【xxx】您的验证码是4370".into(),
        params: Arc::new(["4370".to_owned()]),
        code: Some("4370".to_owned()),
        segments: 1,
        refusal: None,
        due_ms: Some(NOW * 1000),
    }
}

pub(crate) fn global(phone: &str) -> NewMessage {
    NewMessage { country_code: "852".to_owned(), iso: "HK".to_owned(), mainland: false, ..message(phone) }
}

pub(crate) fn batch(at: i64, limits: &Limits, messages: Vec<NewMessage>) -> SendBatch {
    SendBatch {
        account: ACCOUNT.to_owned(),
        app: APP.to_owned(),
        template: 449_739,
        sign: "xxx".to_owned(),
        extend_code: String::new(),
        sender_id: String::new(),
        session_context: "order-77".to_owned(),
        at,
        request_id: "2b7e1516-28ae-4d2a-abf7-158809cf4f3c".to_owned(),
        limits: Arc::new(limits.clone()),
        spare_opted_out: true,
        serial_when_refused: false,
        refusal_of: refusal,
        messages,
    }
}

pub(crate) fn refusal(limit: Limit) -> Refusal {
    Refusal { code: format!("Limited.{limit:?}"), message: "too often".to_owned() }
}

/// Sends one message and says what became of it.
pub(crate) async fn send_one(store: &Store, at: i64, limits: &Limits, message: NewMessage) -> Sent {
    store.send(batch(at, limits, vec![message])).await.unwrap().remove(0)
}

/// Sends so many messages without limits and returns their serial numbers.
pub(crate) async fn send_many(store: &Store, app: &str, count: usize) -> Vec<String> {
    let messages = (0..count).map(|index| message(&format!("+86137{index:08}"))).collect();
    let sent =
        store.send(SendBatch { app: app.to_owned(), ..batch(NOW, &Limits::default(), messages) }).await;
    sent.unwrap().into_iter().map(|sent| sent.serial).collect()
}

/// Reports everything that is due as delivered.
pub(crate) async fn deliver_all(store: &Store) -> usize {
    let due = store.claim_due(0, i64::MAX, 100_000).await.unwrap();
    let outcomes = due
        .iter()
        .map(|due| DeliveryOutcome { id: due.id, end: DeliveryEnd::Receipts(vec![delivered(NOW)]) })
        .collect();
    store.finish_deliveries(outcomes).await.unwrap().into_iter().filter(|news| *news).count()
}

pub(crate) fn delivered(at: i64) -> Receipt {
    Receipt { delivered: true, word: "DELIVRD".to_owned(), at }
}

pub(crate) async fn all_messages(store: &Store) -> Vec<Message> {
    store.messages(MessageFilter { limit: usize::MAX, ..MessageFilter::default() }).await.unwrap()
}
