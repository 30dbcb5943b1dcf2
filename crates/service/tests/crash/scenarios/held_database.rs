//! Another process holds the database: a second service, or a program that has it locked for itself.

use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::client::Told;
use crate::world::{PATIENCE, World, play};

/// How long SQLite waits for a lock, and somewhat more than that.
const LOCK_WAIT: Duration = Duration::from_secs(5);

#[tokio::test]
async fn while_another_process_holds_the_database_writes_wait_or_fail() {
    play(PATIENCE, async |world: &mut World| {
        let running = world.start().await;
        let messages = world.dice.usize(20..100);
        world.client.load_well(running.address, messages).await;
        let second = world.try_start().await.err().expect("one service works on a file");
        assert_eq!(second.code, Some(2), "{second:?}");
        assert!(second.words.contains("sms.db is in use by another process; stop that one"), "{second:?}");

        // Held for a moment, it makes a send wait, and nothing else.
        let other = Connection::open(&world.place.database).unwrap();
        other.busy_timeout(LOCK_WAIT).unwrap();
        other.execute_batch("BEGIN EXCLUSIVE").unwrap();
        let mut send = std::pin::pin!(world.client.send(running.address));
        let pause = Duration::from_millis(world.dice.u64(50..500));
        assert!(tokio::time::timeout(pause, &mut send).await.is_err(), "a send waits");
        other.execute_batch("COMMIT").unwrap();
        assert_eq!(send.await, Told::Ok);

        // Held on, it makes sends fail, and all that wait together at once.
        other.execute_batch("BEGIN EXCLUSIVE").unwrap();
        let before = world.client.ledger();
        let started = Instant::now();
        world.client.load(running.address, 1000).await;
        let took = started.elapsed();
        assert!(took < LOCK_WAIT * 3, "four that wait together take {took:?}");
        let after = world.client.ledger();
        assert_eq!(after.accepted.len(), before.accepted.len(), "nothing can be stored");
        assert_eq!((after.refused.len(), after.unanswered.len()), (4, 0), "each has an answer");
        other.execute_batch("COMMIT").unwrap();
        drop(other);
        world.client.load_well(running.address, 40).await;
        world.agree(running, 0).await
    })
    .await;
}
