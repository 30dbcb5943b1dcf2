//! Stopped with SIGSTOP in the middle of its work, for longer than it waits for anybody, and then set going again.
//!
//! Nobody can take its work over meanwhile: the lock of the file does not run out as a lease does.

use std::time::{Duration, Instant};

use crate::client::Told;
use crate::world::{World, play};

/// How long a target may take.
const PATIENCE: Duration = Duration::from_millis(300);

#[tokio::test]
async fn suspended_it_keeps_its_work_and_goes_on_with_it() {
    play(PATIENCE, async |world: &mut World| {
        let running = world.start().await;
        // One callback is under way that will be too late when the service goes on.
        world.targets[0].open(false);
        let messages = world.dice.usize(10..60);
        world.client.load_well(running.address, messages).await;
        world.targets[0].more_hang(1).await;
        let load = world.client.load(running.address, 10_000);
        tokio::select! {
            () = load => panic!("the load ended first"),
            () = world.client.accepted_more(messages) => {}
        }
        running.signal("STOP");
        let stopped = Instant::now();
        let unanswered = tokio::time::timeout(PATIENCE, world.client.send(running.address)).await;
        assert!(
            matches!(unanswered, Err(_) | Ok(Told::Nothing)),
            "no answer comes from one who stands still"
        );
        loop {
            let second = world.try_start().await.err().expect("one process works on a file");
            assert_eq!(second.code, Some(2), "{second:?}");
            assert!(second.words.contains("sms.db is in use by another process"), "{second:?}");
            if stopped.elapsed() > PATIENCE * 3 {
                break;
            }
        }
        world.targets[0].open(true);
        running.signal("CONT");
        world.client.load_well(running.address, 40).await;
        world.agree(running, 1).await
    })
    .await;
}
