//! Compares SDK calls with the pooled hyper client, call for call against the same stub server.

use crate::Outcome;
use crate::measure::{Role, Sample, Spread};

/// Runs every comparison `repeat` times, floor and SDK in turn, and prints one line a comparison.
pub fn run(repeat: usize) -> Outcome {
    println!(
        "CPU µs per call: median (minimum-maximum) of {repeat} runs in turn; server and client each on its own core"
    );
    for (numbers, concurrency, calls, goal) in
        [(1, 1, 8_000, 1.20), (1, 64, 30_000, 1.35), (200, 1, 4_000, 0.0)]
    {
        let mut stub = Role::start(&["stub".into(), "--numbers".into(), numbers.to_string()])?;
        let port = stub.line()?.trim().to_owned();
        let client = |kind: &str, calls: usize| -> Outcome<Sample> {
            let text =
                [kind, &port, &numbers.to_string(), &concurrency.to_string(), &calls.to_string(), "1000"]
                    .map(str::to_owned);
            let mut args = vec!["client".to_owned()];
            args.extend(text);
            Ok(serde_json::from_str(&Role::start(&args)?.line()?)?)
        };
        let (mut floor, mut sdk, mut blocking, mut parse) = (vec![], vec![], vec![], vec![]);
        for _ in 0..repeat {
            floor.push(client("pooled", calls)?);
            sdk.push(client("sdk", calls)?);
            blocking.push(client("blocking", calls)?);
            parse.push(client("parse", 4_000)?);
        }
        let cpu = |samples: &[Sample]| Spread::of(samples.iter().map(|sample| sample.cpu_us));
        let rate = |samples: &[Sample]| Spread::of(samples.iter().map(|sample| sample.per_second));
        let ratio = |ours: &[Sample], of: fn(&Sample) -> f64| {
            Spread::of(ours.iter().zip(&floor).map(|(ours, floor)| of(ours) / of(floor)))
        };
        println!("\n{numbers} number(s), {concurrency} at once");
        println!(
            "  pooled hyper client   {:>24} µs   {:>28} calls/s",
            cpu(&floor).to_string(),
            rate(&floor).to_string()
        );
        println!(
            "  SDK, async            {:>24} µs   {:>28} calls/s",
            cpu(&sdk).to_string(),
            rate(&sdk).to_string()
        );
        println!(
            "  SDK, blocking         {:>24} µs   {:>28} calls/s",
            cpu(&blocking).to_string(),
            rate(&blocking).to_string()
        );
        let cpu_ratio = ratio(&sdk, |sample| sample.cpu_us);
        if numbers == 1 {
            println!("  async, CPU, ratio     {cpu_ratio}   goal ≤ {goal:.2}");
            println!(
                "  async, calls/s, ratio {}{}",
                ratio(&sdk, |sample| sample.per_second),
                if concurrency > 1 { "   goal ≥ 0.70" } else { "" }
            );
        } else {
            println!("  bare typed parse      {:>24} µs", cpu(&parse).to_string());
            let excess = Spread::of(
                sdk.iter()
                    .zip(&floor)
                    .zip(&parse)
                    .map(|((sdk, floor), parse)| (sdk.cpu_us - floor.cpu_us) / parse.cpu_us),
            );
            println!("  (async - pooled) / bare typed parse {excess}   goal ≤ 1.50");
        }
    }
    Ok(())
}
