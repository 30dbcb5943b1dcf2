use std::collections::BTreeMap;

use proptest::prelude::*;
use tcsms_store::{DeliveryEnd, DeliveryOutcome, Limits, NewMessage, Receipt, Status};

use crate::support::*;

/// What happens to one message: its hour, and one of: refused, without a report, delivered, failed.
fn events() -> impl Strategy<Value = Vec<(i64, u8)>> {
    prop::collection::vec((0..5_i64, 0..4_u8), 1..40)
}

/// The words of receipts by what happens.
fn word(fate: u8) -> &'static str {
    match fate {
        2 => "DELIVRD",
        _ => "UNDELIV",
    }
}

async fn receipts_are_what_a_recount_finds(events: Vec<(i64, u8)>) {
    let store = memory();
    for (index, (hour, fate)) in events.iter().enumerate() {
        let refusal = (*fate == 0).then(|| refusal(tcsms_store::Limit::Day));
        // The place of an event is in its number, so that its fate is found again.
        let message = NewMessage { refusal, ..message(&format!("+86137{index:08}")) };
        send_one(&store, NOW + hour * HOUR + 1799, &Limits::default(), message).await;
    }
    let due = store.claim_due(0, i64::MAX, 1000).await.unwrap();
    let outcomes = due.into_iter().map(|due| {
        let (_, fate) = events[due.phone[6..].parse::<usize>().unwrap()];
        let receipt = Receipt { delivered: fate == 2, word: word(fate).to_owned(), at: NOW + DAY };
        let receipts = (fate > 1).then_some(receipt).into_iter().collect();
        DeliveryOutcome { id: due.id, end: DeliveryEnd::Receipts(receipts) }
    });
    // One transaction each, so that a counter is added to what it held before.
    for outcome in outcomes {
        store.finish_deliveries(vec![outcome]).await.unwrap();
    }

    let messages = all_messages(&store).await;
    for (begin, end) in [(0, 0), (1, 3), (0, 4), (4, 4), (3, 1)] {
        let (begin, end) = (NOW + begin * HOUR, NOW + end * HOUR);
        let within = messages.iter().filter(|message| begin <= message.at && message.at < end + HOUR);
        let accepted: Vec<_> = within.filter(|message| message.status() != Status::Refused).collect();
        let mut recount: BTreeMap<&str, u64> = BTreeMap::new();
        for receipt in accepted.iter().filter_map(|message| message.receipt.as_ref()) {
            *recount.entry(&receipt.word).or_default() += 1;
        }
        let counts = store.receipt_statistics(ACCOUNT, APP, begin, end).await.unwrap();
        assert_eq!(counts.successes, accepted.len() as u64);
        let counted: BTreeMap<&str, u64> =
            counts.receipts.iter().map(|one| (one.word.as_str(), one.count)).collect();
        assert_eq!(counted, recount);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn counted_receipts_agree_with_the_messages(events in events()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(receipts_are_what_a_recount_finds(events));
    }
}
