//! The load role: signed SendSms calls over bare HTTP connections, as cheaply as they can be made.
//!
//! `load PORT NUMBERS CONNECTIONS CALLS WARMUP [RATE]`. Without RATE every connection calls again at once; with RATE
//! calls start on a schedule of that many a second, and a latency counts from the scheduled start, so that a slow
//! answer is not hidden by the calls it held up. Prints one [`Sample`] as JSON. Every answer is checked.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tcsms_auth::tc3;

use crate::Outcome;
use crate::measure::{CLIENT_CORE, Meter, pin};
use crate::service::{APP, SECRET_ID, SECRET_KEY, SIGN, TEMPLATE};

/// Runs the role.
pub fn run(args: &[String]) -> Outcome {
    pin(CLIENT_CORE);
    let number =
        |at: usize| -> Outcome<usize> { Ok(args.get(at).ok_or("load: too few arguments")?.parse()?) };
    let (port, numbers, connections) = (number(0)?, number(1)?, number(2)?);
    let (calls, warmup) = (number(3)?, number(4)?);
    let rate = args.get(5).map(|rate| rate.parse::<f64>()).transpose()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let sample = runtime.block_on(async {
        let next = Arc::new(AtomicUsize::new(0));
        let round = |calls: usize, rate: Option<f64>| {
            let next = next.clone();
            async move {
                let base = next.load(Ordering::Relaxed);
                let started = Instant::now();
                let tasks: Vec<_> = (0..connections)
                    .map(|_| {
                        let next = next.clone();
                        tokio::spawn(async move {
                            connection(port, numbers, &next, base, base + calls, started, rate).await
                        })
                    })
                    .collect();
                let mut latencies = Vec::with_capacity(calls);
                for task in tasks {
                    latencies.extend(task.await??);
                }
                next.store(base + calls, Ordering::Relaxed);
                Outcome::Ok(latencies)
            }
        };
        round(warmup, None).await?;
        let meter = Meter::start();
        let latencies = round(calls, rate).await?;
        Outcome::Ok(meter.sample(latencies))
    })?;
    println!("{}", serde_json::to_string(&sample)?);
    Ok(())
}

/// Makes calls over one connection until call number `end` is taken.
async fn connection(
    port: usize,
    numbers: usize,
    next: &AtomicUsize,
    base: usize,
    end: usize,
    started: Instant,
    rate: Option<f64>,
) -> Outcome<Vec<Duration>> {
    let socket = tokio::net::TcpStream::connect(format!("127.0.0.1:{port}")).await?;
    socket.set_nodelay(true)?;
    let (mut sender, driver) = http1::handshake(TokioIo::new(socket)).await?;
    tokio::spawn(driver);
    let host = format!("127.0.0.1:{port}");
    let mut latencies = Vec::new();
    loop {
        let call = next.fetch_add(1, Ordering::Relaxed);
        if call >= end {
            return Ok(latencies);
        }
        let begun = match rate {
            None => Instant::now(),
            Some(rate) => {
                let due = started + Duration::from_secs_f64((call - base) as f64 / rate);
                tokio::time::sleep_until(due.into()).await;
                due
            }
        };
        let answer = sender.send_request(signed(&host, call, numbers)?).await?;
        let body = answer.into_body().collect().await?.to_bytes();
        check(&body, numbers)?;
        latencies.push(begun.elapsed());
    }
}

fn check(body: &[u8], numbers: usize) -> Outcome {
    let accepted = body.windows(11).filter(|window| window == br#""Code":"Ok""#).count();
    if accepted == numbers {
        Ok(())
    } else {
        Err(format!("not every number was accepted: {}", String::from_utf8_lossy(body)).into())
    }
}

/// One call's request: every call has numbers of its own.
fn signed(host: &str, call: usize, numbers: usize) -> Outcome<Request<Full<Bytes>>> {
    use std::fmt::Write as _;
    let mut body = String::with_capacity(256 + 17 * numbers);
    body.push_str("{\"PhoneNumberSet\":[");
    for number in 0..numbers {
        let comma = if number == 0 { "" } else { "," };
        let phone = 13_000_000_000_u64 + ((call * numbers + number) as u64 % 999_999_000);
        write!(body, "{comma}\"+86{phone}\"")?;
    }
    write!(
        body,
        "],\"SmsSdkAppId\":\"{APP}\",\"TemplateId\":\"{TEMPLATE}\",\"SignName\":\"{SIGN}\",\"TemplateParamSet\":[\"4370\"]}}"
    )?;
    let timestamp = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let signing = tc3::Signing {
        host,
        payload: tc3::Payload::Body(body.as_bytes()),
        timestamp: i64::try_from(timestamp)?,
        secret_id: SECRET_ID,
        ..tc3::Signing::default()
    };
    let authorization = signing.authorization(&signing.key(SECRET_KEY));
    Ok(Request::post("/")
        .header("host", host)
        .header("content-type", "application/json")
        .header("x-tc-action", "SendSms")
        .header("x-tc-version", "2021-01-11")
        .header("x-tc-region", "ap-guangzhou")
        .header("x-tc-timestamp", timestamp)
        .header("authorization", authorization)
        .body(Full::new(Bytes::from(body)))?)
}
