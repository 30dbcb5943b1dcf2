//! Drives `tcsms serve` on a database file with signed SendSms calls, beside the floors of the same run.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde::Deserialize;

use crate::Outcome;
use crate::measure::{Role, Sample, Spread, cpu_s_of, resident_mb_of};
use crate::{control, growth, store_floor};

/// What the measured service knows: one account whose limits are off.
pub const SECRET_ID: &str = "AKIDbench";
/// See [`SECRET_ID`].
pub const SECRET_KEY: &str = "benchSecretKey";
/// See [`SECRET_ID`].
pub const APP: &str = "1400000001";
/// See [`SECRET_ID`].
pub const SIGN: &str = "青柠科技";
/// See [`SECRET_ID`].
pub const TEMPLATE: &str = "3001";

/// Numbers of a large request.
pub const NUMBERS: usize = 200;
/// Connections that send large requests.
pub const CONNECTIONS: usize = 16;

fn configuration() -> String {
    format!(
        r#"
[limits]
profile = "off"
api_rate = false
[delivery]
delay = "1s"
# The ending that is never reported, because the end of a measurement is its last report.
[[delivery.rule]]
numbers = ["*9099"]
outcome = "delivered"
[retention]
messages = 0
[[account]]
id = "bench"
[[account.key]]
secret_id = "{SECRET_ID}"
secret_key = "{SECRET_KEY}"
[[account.app]]
sdk_app_id = "{APP}"
[[account.sign]]
id = 1
name = "{SIGN}"
[[account.template]]
id = "{TEMPLATE}"
name = "code"
content = "您的验证码为{{1}}，请勿告诉他人。"
kind = "verification"
"#
    )
}

#[derive(Deserialize)]
struct Ready {
    api: String,
}

/// Runs every measurement `repeat` times, each on a fresh database; that of a large database once, with `rows` in it.
pub fn run(program: &Path, repeat: usize, rows: usize) -> Outcome {
    footprint(program, repeat)?;
    throughput(program, repeat)?;
    growth::run(program, rows)
}

/// What it takes to have it at all.
fn footprint(program: &Path, repeat: usize) -> Outcome {
    let (mut ready, mut resident) = (Vec::new(), Vec::new());
    for _ in 0..repeat * 5 {
        let folder = tempfile::tempdir()?;
        let started = Instant::now();
        let (service, port) = start(program, folder.path())?;
        ready.push(started.elapsed().as_secs_f64() * 1e3);
        // Whatever it does at first is done when it has answered.
        control::get(&port, "/_tcsms/v1/messages")?;
        resident.push(resident_mb_of(service.id())?);
    }
    println!("a process on a new SQLite file; median (minimum-maximum) of {}", ready.len());
    println!("  from its start until it takes calls   {} ms   goal < 100", Spread::of(ready));
    println!("  memory without calls                  {} MB   goal < 40", Spread::of(resident));
    let size = std::fs::metadata(program)?.len() as f64 / 1e6;
    println!("  the program                           {size:.1} MB   goal < 25");
    Ok(())
}

fn throughput(program: &Path, repeat: usize) -> Outcome {
    println!(
        "acknowledged SendSms calls, SQLite file, synchronous = FULL, simulator delivering; median (minimum-maximum) of {repeat}"
    );
    let mut one = Vec::new();
    let mut half = Vec::new();
    let mut many = Vec::new();
    let mut reported = Vec::new();
    let mut floor = Vec::new();
    let mut stub = Vec::new();
    let mut cpu = Vec::new();
    for _ in 0..repeat {
        stub.push(against_stub()?);
        let folder = tempfile::tempdir()?;
        let (single, cost, paced) = {
            let (service, port) = start(program, folder.path())?;
            let before = cpu_s_of(service.id())?;
            let single = load(&port, 1, 64, 60_000, 2_000, None)?;
            let cost = (cpu_s_of(service.id())? - before) * 1e6 / 62_000.0;
            let rate = single.per_second / 2.0;
            (single, cost, load(&port, 1, 64, (rate * 3.0) as usize, 500, Some(rate))?)
        };
        one.push(single);
        cpu.push(cost);
        half.push(paced);
        let folder = tempfile::tempdir()?;
        {
            let (_service, port) = start(program, folder.path())?;
            let started = Instant::now();
            many.push(load(&port, NUMBERS, CONNECTIONS, 1_500, 50, None)?);
            control::wait_for_reports(&port, 1_550 * NUMBERS)?;
            reported.push((1_550 * NUMBERS) as f64 / started.elapsed().as_secs_f64());
        }
        floor.push(store_floor::rows_per_second(&folder.path().join("sms.db"))?);
    }
    let of = |samples: &[Sample], value: fn(&Sample) -> f64| Spread::of(samples.iter().map(value));
    println!("  stub without work, 64 connections     {} calls/s", of(&stub, |sample| sample.per_second));
    println!(
        "  1 number, 64 connections              {} calls/s   goal ≥ 12000",
        of(&one, |sample| sample.per_second)
    );
    println!(
        "    as a share of the stub              {}",
        Spread::of(one.iter().zip(&stub).map(|(one, stub)| one.per_second / stub.per_second))
    );
    println!("    CPU of the service per call         {} µs", Spread::of(cpu));
    println!(
        "    p50 / p99                           {} / {} µs",
        of(&one, |sample| sample.p50_us),
        of(&one, |sample| sample.p99_us)
    );
    println!(
        "    p99 at half of that rate            {} µs   goal ≤ 25000",
        of(&half, |sample| sample.p99_us)
    );
    let numbers: Vec<f64> = many.iter().map(|sample| sample.per_second * NUMBERS as f64).collect();
    println!(
        "  {NUMBERS} numbers, {CONNECTIONS} connections           {} numbers/s   goal ≥ 40000",
        Spread::of(numbers.iter().copied())
    );
    println!("    until the last report is recorded   {} numbers/s   goal ≥ 40000", Spread::of(reported));
    println!("    bare bulk insert, same schema       {} numbers/s", Spread::of(floor.iter().copied()));
    println!(
        "    ratio                               {}   goal ≥ 0.50",
        Spread::of(numbers.iter().zip(&floor).map(|(ours, floor)| ours / floor))
    );
    Ok(())
}

/// Starts the service on a database in the folder; its port.
pub fn start(program: &Path, folder: &Path) -> Outcome<(Role, String)> {
    let configuration_file = folder.join("tcsms.toml");
    std::fs::File::create(&configuration_file)?.write_all(configuration().as_bytes())?;
    let mut service = Role::of(
        Command::new(program)
            .args(["serve", "--listen", "127.0.0.1:0", "--database"])
            .arg(format!("sqlite:{}", folder.join("sms.db").display()))
            .arg("--config")
            .arg(configuration_file)
            .env("RUST_LOG", "error")
            .stderr(Stdio::inherit()),
    )?;
    let ready: Ready = serde_json::from_str(&service.line()?)?;
    let port = ready.api.rsplit(':').next().ok_or("the ready line has no port")?.to_owned();
    Ok((service, port))
}

/// Has another process of this program make calls.
pub fn load(
    port: &str,
    numbers: usize,
    connections: usize,
    calls: usize,
    warmup: usize,
    rate: Option<f64>,
) -> Outcome<Sample> {
    let mut args = vec!["load".to_owned(), port.to_owned()];
    args.extend([numbers, connections, calls, warmup].map(|value| value.to_string()));
    args.extend(rate.map(|rate| rate.to_string()));
    Ok(serde_json::from_str(&Role::start(&args)?.line()?)?)
}

fn against_stub() -> Outcome<Sample> {
    let mut stub = Role::start(&["stub".into()])?;
    let port = stub.line()?.trim().to_owned();
    load(&port, 1, 64, 60_000, 2_000, None)
}
