//! What clients leave behind: nothing. Alone in its process, because it counts what the process holds.

#![cfg(target_os = "linux")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use support::{Act, OK, Server, eventually, send_sms};

fn files() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

/// In KiB.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn clients_that_are_made_used_and_dropped_leave_nothing() {
    let server = Server::of(&[Act::Answer(OK)]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // By name, so that the thread that looks it up counts as well.
    let builder = || support::builder().endpoint(format!("http://localhost:{}", server.address.port()));
    let round = |clients: usize| {
        for number in 0..clients {
            if number % 2 == 0 {
                let client = builder().build_blocking().unwrap();
                client.warm_up(2).unwrap();
                client.request(send_sms()).send().unwrap();
            } else {
                let client = builder().build().unwrap();
                runtime.block_on(async {
                    client.warm_up(2).await.unwrap();
                    client.request(send_sms()).send().await.unwrap();
                });
            }
        }
    };
    round(20);
    // The server's own side of a connection, its thread included, ends a moment after the client's.
    eventually("the first round ends", || server.connections() >= 40 && files() < 20);
    let (files_before, memory_before) = (files(), resident());
    round(200);
    eventually("the files are closed", || files() <= files_before);
    // One thread of the test, one of the server, one that looks up names for the runtime that is still there.
    eventually("the threads are gone", || threads() <= 5);
    assert!(resident() < memory_before + 8 * 1024, "{memory_before} KiB, then {} KiB", resident());
}
