//! Measures the SDK and the service against the floors of the same run, and prints ratios.
//!
//! `tcsms-bench sdk` compares a whole SDK call with the plainest client of the same job; `tcsms-bench service`
//! drives `tcsms serve`. Both start this program again in its other roles (`stub`, `client`, `load`), so that
//! server and client are processes of their own, each on its own core, and CPU time can be told apart.
//! Absolute times on shared machines move from run to run; trust the ratios and the CPU time.

mod client;
mod control;
mod growth;
mod load;
mod measure;
mod sdk;
mod service;
mod store_floor;
mod stub;

use std::error::Error;

/// What every part of this program fails with: a measurement that cannot be made ends the program.
pub type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

const USAGE: &str = "usage: tcsms-bench sdk [--repeat N] | service --program PATH [--repeat N] [--rows N]";

fn main() -> Outcome {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let rest = args.get(1..).unwrap_or_default();
    match args.first().map(String::as_str) {
        Some("sdk") => sdk::run(option(rest, "--repeat")?.unwrap_or(5)),
        Some("service") => {
            let program: String = option(rest, "--program")?.ok_or(USAGE)?;
            let rows = option(rest, "--rows")?.unwrap_or(10_000_000);
            service::run(program.as_ref(), option(rest, "--repeat")?.unwrap_or(3), rows)
        }
        Some("stub") => stub::run(option(rest, "--numbers")?.unwrap_or(1)),
        Some("client") => client::run(rest),
        Some("load") => load::run(rest),
        _ => Err(USAGE.into()),
    }
}

/// The value after `name`, when it is there.
fn option<T: std::str::FromStr>(args: &[String], name: &str) -> Outcome<Option<T>> {
    let Some(at) = args.iter().position(|arg| arg == name) else { return Ok(None) };
    let value = args.get(at + 1).ok_or_else(|| format!("{name} needs a value"))?;
    value.parse().map(Some).map_err(|_| format!("{name} does not take {value:?}").into())
}
