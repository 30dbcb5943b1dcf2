//! Killed with signal 9 at every point of the way, in the order and at the times that the seed decides.

use crate::ledgers::Counts;
use crate::process::{NotStarted, Running};
use crate::world::{PATIENCE, World, play};

/// Where it dies: see the example `crashing`. A transaction of the store, a batch of the carrier, and a callback.
const POINTS: &[&str] = &[
    "committing",
    "committed",
    "claimed",
    "submitted",
    "receipt-given",
    "receipt-recorded",
    "answered",
    ANY_MOMENT,
];

/// Where no point is: it is killed from outside.
const ANY_MOMENT: &str = "any moment";

/// It dies when it comes to the point for this time at the latest.
const TIMES: u32 = 12;

#[tokio::test]
async fn killed_at_every_point_nothing_is_lost_and_nothing_is_sent_twice() {
    play(PATIENCE, async |world: &mut World| {
        let mut points: Vec<&str> = [POINTS, POINTS].concat();
        world.dice.shuffle(&mut points);
        for point in &points {
            let times = world.dice.u32(1..=TIMES);
            match Running::start(&world.place, point, times).await {
                Ok(running) => die(world, running, point, times as usize).await,
                // It can come to a point before it listens.
                Err(NotStarted { code, words }) => assert_eq!(code, None, "{point}: {words}"),
            }
        }
        let running = world.start().await;
        world.client.load_well(running.address, 40).await;
        let counts = world.agree(running, points.len()).await;
        assert!(counts.accepted > 40, "there was load before the end");
        assert!(counts.ambiguous > 0, "a kill between claim and carrier leaves what nobody knows");
        Counts { kills: points.len(), ..counts }
    })
    .await;
}

async fn die(world: &World, mut running: Running, point: &str, times: usize) {
    // More than it takes to come to the point so often.
    let load = world.client.load(running.address, 10_000);
    if point == ANY_MOMENT {
        tokio::select! {
            () = load => panic!("the load ended first"),
            () = world.client.accepted_more(times) => {}
        }
    } else {
        load.await;
        running.ends(point).await;
    }
}
