//! What a send and a page of the message list cost while the database is empty, and when it is large.

use std::path::Path;
use std::time::Instant;

use crate::Outcome;
use crate::control;
use crate::measure::{Role, Spread, cpu_s_of, resident_mb_of};
use crate::service::{CONNECTIONS, NUMBERS, load, start};

/// Calls of one number that a cost is the mean of.
const CALLS: usize = 20_000;

/// How often the cost of a call, and each page, is measured.
const REPEAT: usize = 5;

/// Pages of the message list, as a console and a test ask for them.
const PAGES: &[(&str, &str)] = &[
    ("the newest hundred", "limit=100"),
    ("a hundred in the middle", "limit=100&after=MIDDLE"),
    ("those to one number", "limit=100&phone=%2B8613000000007"),
    ("the newest that failed", "limit=100&status=failed"),
    ("a text that nobody sent", "limit=100&q=nobody"),
];

/// Measures before and after so many messages were stored, in one database.
pub fn run(program: &Path, rows: usize) -> Outcome {
    let folder = tempfile::tempdir()?;
    let (service, port) = start(program, folder.path())?;
    load(&port, 1, 64, CALLS, 0, None)?;
    control::wait_for_reports(&port, CALLS)?;
    let empty = cost(&service, &port)?;
    let started = Instant::now();
    let before = control::reports(&port)?;
    load(&port, NUMBERS, CONNECTIONS, rows / NUMBERS, 0, None)?;
    control::wait_for_reports(&port, before + rows / NUMBERS * NUMBERS)?;
    let filled = started.elapsed().as_secs_f64();
    let full = cost(&service, &port)?;
    println!("a database of {rows} messages, filled and reported in {filled:.0} s");
    println!("  CPU of a send while it was empty      {empty} µs");
    println!("  CPU of a send now                     {full} µs");
    println!("    ratio                               {:.2}   goal ≤ 1.15", full.median / empty.median);
    println!("  memory                                {:.1} MB", resident_mb_of(service.id())?);
    for (name, query) in PAGES {
        let query = query.replace("MIDDLE", &(rows / 2).to_string());
        let mut times = Vec::new();
        for _ in 0..REPEAT {
            let asked = Instant::now();
            control::get(&port, &format!("/_tcsms/v1/messages?{query}"))?;
            times.push(asked.elapsed().as_secs_f64() * 1e3);
        }
        println!("  page: {name:<31} {} ms   goal < 20", Spread::of(times));
    }
    Ok(())
}

/// CPU time of the service per call of one number, in microseconds, delivery included.
fn cost(service: &Role, port: &str) -> Outcome<Spread> {
    let mut costs = Vec::new();
    for _ in 0..REPEAT {
        let (before, reported) = (cpu_s_of(service.id())?, control::reports(port)?);
        load(port, 1, 64, CALLS, 0, None)?;
        control::wait_for_reports(port, reported + CALLS)?;
        costs.push((cpu_s_of(service.id())? - before) * 1e6 / CALLS as f64);
    }
    Ok(Spread::of(costs))
}
