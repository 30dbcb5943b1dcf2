//! The folder of the database may not be written to when the service starts.

use crate::disk::Disk;
use crate::ledgers::Counts;
use crate::process::NotStarted;
use crate::world::{PATIENCE, World, play};

#[tokio::test]
async fn in_a_read_only_folder_it_does_not_start_and_says_why() {
    play(PATIENCE, async |world: &mut World| {
        let disk = Disk::new(world.place.folder.join("disk"));
        world.place.database = world.place.folder.join("disk/sms.db");
        if !disk.protect(true) {
            println!("SKIPPED: this is root, who may write everywhere, and may not mount a disk:");
            return Counts::default();
        }
        refuses(&world.try_start().await.err().expect("there is no place for a new database"));
        assert!(disk.protect(false));
        let running = world.start().await;
        let messages = world.dice.usize(20..100);
        world.client.load_well(running.address, messages).await;
        drop(running);
        assert!(disk.protect(true));
        // Where only the folder is closed, and not the files in it, there is nothing that it lacks after a kill.
        if let Err(ended) = world.try_start().await {
            refuses(&ended);
        }
        assert!(disk.protect(false));
        let running = world.start().await;
        world.client.load_well(running.address, 40).await;
        Counts { kills: 1, ..world.agree(running, 2).await }
    })
    .await;
}

fn refuses(ended: &NotStarted) {
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(
        ended.words.contains("disk/sms.db") && ended.words.contains("this user may write to it"),
        "it says which file and what to do: {ended:?}"
    );
}
