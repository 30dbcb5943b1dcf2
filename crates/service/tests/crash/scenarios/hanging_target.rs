//! The server of one app takes callbacks and never answers.

use std::time::Duration;

use crate::ledgers::Counts;
use crate::world::{World, play};

#[tokio::test]
async fn a_target_that_hangs_delays_nobody_else_and_gets_its_reports_later() {
    play(Duration::from_millis(500), async |world: &mut World| {
        let running = world.start().await;
        world.targets[0].open(false);
        let messages = world.dice.usize(20..100);
        world.client.load_well(running.address, messages).await;
        // Each app has every other message.
        world.targets[1].has_taken(messages / 2).await;
        assert!(world.targets[0].taken().is_empty(), "one that hangs takes nothing");
        world.targets[0].more_hang(world.dice.usize(1..4)).await;
        drop(running);
        let running = world.start().await;
        world.targets[0].more_hang(1).await;
        world.client.load_well(running.address, messages).await;
        world.targets[1].has_taken(messages / 2 * 2).await;
        assert!(world.targets[0].taken().is_empty(), "one that hangs takes nothing");
        world.targets[0].open(true);
        Counts { kills: 1, ..world.agree(running, 1).await }
    })
    .await;
}
