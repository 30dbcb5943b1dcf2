//! The disk of the database is full, while it works and while it starts, and has room again.

use crate::client::Told;
use crate::disk::Disk;
use crate::ledgers::Counts;
use crate::process::Running;
use crate::world::{PATIENCE, World, play};

#[tokio::test]
async fn on_a_full_disk_sends_fail_and_with_room_they_go_on() {
    play(PATIENCE, async |world: &mut World| {
        let disk = Disk::new(world.place.folder.join("disk"));
        world.place.database = world.place.folder.join("disk/sms.db");
        let running = world.start().await;
        let messages = world.dice.usize(150..250);
        world.client.load_well(running.address, messages).await;
        // The process that met the full disk goes on.
        disk.fill(&running);
        exhaust(world, &running).await;
        disk.make_room(Some(&running));
        world.client.load_well(running.address, 40).await;
        // One that starts on a full disk says so, or finds that what it has is enough.
        disk.fill(&running);
        exhaust(world, &running).await;
        drop(running);
        if let Err(ended) = world.try_start().await {
            assert_eq!(ended.code, Some(2), "{ended:?}");
            assert!(ended.words.contains("is full; make room and try again"), "{ended:?}");
        }
        disk.make_room(None);
        let running = world.start().await;
        world.client.load_well(running.address, 40).await;
        let counts = world.agree(running, 2).await;
        Counts { kills: 1, ..counts }
    })
    .await;
}

/// Sends until that fails, and then some more, while what fits may still be accepted.
async fn exhaust(world: &mut World, running: &Running) {
    let before = world.client.ledger().refused.len();
    world.client.load(running.address, 10_000).await;
    for _ in 0..world.dice.usize(1..20) {
        match world.client.send(running.address).await {
            Told::Ok => {}
            Told::Error(code) => assert_eq!(code, "InternalError.OtherError"),
            Told::Nothing => panic!("a service on a full disk answers all the same"),
        }
    }
    assert!(world.client.ledger().refused.len() > before, "it came to the end of the disk");
}
