//! Sends batches to a store and writes the serial numbers of each to standard output, in one line, as soon as the
//! store has acknowledged it. The durability tests watch this program, and kill it.
//!
//! `acknowledge FILE TASKS ROUNDS NUMBERS`: so many tasks at a time, each so many batches, of so many numbers.
#![allow(clippy::expect_used, clippy::panic)]

use std::io::Write;
use std::sync::Arc;

use tcsms_store::{
    DeliveryEnd, DeliveryOutcome, Limits, Location, NewMessage, Receipt, Refusal, SendBatch, Store,
};

const NOW: i64 = 1_795_575_600;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, file, tasks, rounds, numbers] = arguments.as_slice() else {
        panic!("usage: acknowledge FILE TASKS ROUNDS NUMBERS");
    };
    let count = |text: &String| text.parse::<usize>().expect("a count");
    let (tasks, rounds, numbers) = (count(tasks), count(rounds), count(numbers));
    let store = Store::open(&Location::File(file.into())).expect("the store opens");
    let tasks: Vec<_> =
        (0..tasks).map(|task| tokio::spawn(send(store.clone(), task, rounds, numbers))).collect();
    for task in tasks {
        task.await.expect("the task ends well");
    }
}

async fn send(store: Store, task: usize, rounds: usize, numbers: usize) {
    for round in 0..rounds {
        let sent = store.send(batch(task, round, numbers)).await.expect("the batch is recorded");
        let serials: Vec<String> = sent.into_iter().map(|sent| sent.serial).collect();
        // One call of write(2) for each acknowledgement.
        std::io::stdout().write_all(format!("{}\n", serials.join(" ")).as_bytes()).expect("somebody reads");
        let due = store.claim_due(0, i64::MAX, numbers / 2).await.expect("work is found");
        let receipt = Receipt { delivered: true, word: "DELIVRD".to_owned(), at: NOW };
        let outcomes = due
            .iter()
            .map(|due| DeliveryOutcome { id: due.id, end: DeliveryEnd::Receipts(vec![receipt.clone()]) });
        store.finish_deliveries(outcomes.collect()).await.expect("receipts are recorded");
    }
}

/// Messages are as long as they may be, so that few of them fill many pages.
fn batch(task: usize, round: usize, numbers: usize) -> SendBatch {
    let message = |number: usize| NewMessage {
        phone: format!("+86137{:08}", (task * 1000 + round) * 1000 + number),
        country_code: "86".to_owned(),
        iso: "CN".to_owned(),
        mainland: true,
        text: "【xxx】".chars().chain("验".repeat(495).chars()).collect::<String>().into(),
        params: Arc::new(["4370".to_owned()]),
        code: None,
        segments: 8,
        refusal: None,
        due_ms: Some(NOW * 1000),
    };
    SendBatch {
        account: "dev".to_owned(),
        app: "1400787878".to_owned(),
        template: 449_739,
        sign: "xxx".to_owned(),
        extend_code: String::new(),
        sender_id: String::new(),
        session_context: "x".repeat(511),
        at: NOW,
        request_id: "2b7e1516-28ae-4d2a-abf7-158809cf4f3c".to_owned(),
        limits: Arc::new(Limits::default()),
        spare_opted_out: true,
        serial_when_refused: false,
        refusal_of: |limit| Refusal { code: format!("{limit:?}"), message: String::new() },
        messages: (0..numbers).map(message).collect(),
    }
}
