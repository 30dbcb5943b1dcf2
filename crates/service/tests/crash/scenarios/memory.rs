//! Memory under a load that goes on and on.

use crate::world::{PATIENCE, World, play};

/// Messages of a lap, and laps: after the first ones, what is kept to be used again is there.
const MESSAGES: usize = 200;
const WARM_UP: usize = 5;
const LAPS: usize = 5;

/// What the later laps may add in all, in KiB: one for each message, which the database's caches may still take up.
const GROWTH: u64 = (LAPS * MESSAGES) as u64;

#[tokio::test]
async fn memory_does_not_grow_with_the_messages() {
    play(PATIENCE, async |world: &mut World| {
        let running = world.start().await;
        let mut laps = Vec::new();
        for lap in 1..=WARM_UP + LAPS {
            world.client.load_well(running.address, MESSAGES).await;
            for target in &world.targets {
                target.has_taken(lap * MESSAGES / 2).await;
            }
            laps.push(running.memory());
        }
        let growth = laps[laps.len() - 1].saturating_sub(laps[WARM_UP - 1]);
        assert!(growth < GROWTH, "{growth} KiB more after {LAPS} laps: {laps:?}");
        world.agree(running, 0).await
    })
    .await;
}
