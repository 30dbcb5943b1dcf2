//! The client role: one process that makes the same SendSms calls by the SDK or by the floor's means.
//!
//! `client KIND PORT NUMBERS CONCURRENCY CALLS WARMUP`, where KIND is `pooled` (hyper-util's pooled client posts one
//! constant, signed request and collects the answer's bytes), `sdk` (the async client makes a whole call: build,
//! sign, send, decode), `blocking` (the blocking client on one thread per unit of concurrency) or `parse` (no network:
//! a plain typed parse of the answer). Prints one [`Sample`] as JSON.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper_util::client::legacy::Client as Pooled;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;
use tcsms::v20210111::SendSmsRequest;

use crate::Outcome;
use crate::measure::{CLIENT_CORE, Meter, Sample, pin};
use crate::stub;

/// What a client process is told.
struct Plan {
    port: u16,
    numbers: usize,
    concurrency: usize,
    calls: usize,
    warmup: usize,
}

/// Runs the role.
pub fn run(args: &[String]) -> Outcome {
    pin(CLIENT_CORE);
    let number =
        |at: usize| -> Outcome<usize> { Ok(args.get(at).ok_or("client: too few arguments")?.parse()?) };
    let plan = Plan {
        port: u16::try_from(number(1)?)?,
        numbers: number(2)?,
        concurrency: number(3)?,
        calls: number(4)?,
        warmup: number(5)?,
    };
    let sample = match args.first().map(String::as_str) {
        Some("pooled") => pooled(&plan)?,
        Some("sdk") => sdk(&plan)?,
        Some("blocking") => blocking(&plan)?,
        Some("parse") => parse(&plan)?,
        other => return Err(format!("client: unknown kind {other:?}").into()),
    };
    println!("{}", serde_json::to_string(&sample)?);
    Ok(())
}

fn phones(numbers: usize) -> Vec<String> {
    (0..numbers).map(|number| format!("+86137{:08}", 11_110_000 + number)).collect()
}

/// The headers of a signed SendSms call; the signature is a constant.
const HEADERS: &[(&str, &str)] = &[
    ("content-type", "application/json"),
    (
        "authorization",
        "TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2026-11-23/sms/tc3_request, SignedHeaders=content-type;host, \
         Signature=7fd8bb1cadc690f73d559c5f25332721495d72e2c2c51c96a2dffe4748feb7f8",
    ),
    ("x-tc-action", "SendSms"),
    ("x-tc-version", "2021-01-11"),
    ("x-tc-timestamp", "1795477349"),
    ("x-tc-region", "ap-guangzhou"),
    ("x-tc-language", "zh-CN"),
    ("x-tc-requestclient", "SDK_RUST_0.0.0"),
];

fn pooled(plan: &Plan) -> Outcome<Sample> {
    let uri: hyper::Uri = format!("http://127.0.0.1:{}/", plan.port).parse()?;
    let body = Bytes::from(serde_json::to_vec(&serde_json::json!({
        "PhoneNumberSet": phones(plan.numbers), "SmsSdkAppId": "1400787878", "TemplateId": "449739",
        "SignName": "腾讯云", "TemplateParamSet": ["123456", "5"], "SessionContext": "test",
    }))?);
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client: Pooled<_, Full<Bytes>> = Pooled::builder(TokioExecutor::new()).build(connector);
    concurrent(plan, move || {
        let (client, uri, body) = (client.clone(), uri.clone(), body.clone());
        async move {
            let mut request = Request::post(uri);
            for (name, value) in HEADERS {
                request = request.header(*name, *value);
            }
            let answer = client.request(request.body(Full::new(body))?).await?;
            let bytes = answer.into_body().collect().await?.to_bytes();
            if bytes.len() < 100 { Err("the stub's answer is too short".into()) } else { Ok(()) }
        }
    })
}

/// What both clients of the SDK are told.
fn settings(plan: &Plan) -> Outcome<tcsms::ClientBuilder> {
    Ok(tcsms::ClientBuilder::default()
        .credential(tcsms::Credential::new("AKIDEXAMPLE", "SKEXAMPLE")?)
        .region("ap-guangzhou")
        .connect_to(format!("http://127.0.0.1:{}", plan.port)))
}

/// The call that is measured.
fn message<C>(call: tcsms::Call<C, SendSmsRequest>, phones: &[String]) -> tcsms::Call<C, SendSmsRequest> {
    call.phone_number_set(phones.iter().cloned())
        .sms_sdk_app_id("1400787878")
        .template_id("449739")
        .sign_name("腾讯云")
        .template_param_set(["123456", "5"])
        .session_context("test")
}

fn sdk(plan: &Plan) -> Outcome<Sample> {
    let client = settings(plan)?.build()?;
    let phones: Arc<[String]> = phones(plan.numbers).into();
    concurrent(plan, move || {
        let (client, phones) = (client.clone(), phones.clone());
        async move {
            let answer = message(client.send_sms(), &phones).send().await?;
            if answer.send_status_set.len() == phones.len() {
                Ok(())
            } else {
                Err("an answer is incomplete".into())
            }
        }
    })
}

fn blocking(plan: &Plan) -> Outcome<Sample> {
    let client = settings(plan)?.build_blocking()?;
    let phones = phones(plan.numbers);
    let round = |calls: usize| -> Outcome<Vec<Duration>> {
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..plan.concurrency)
                .map(|_| {
                    scope.spawn(|| -> Outcome<Vec<Duration>> {
                        (0..calls / plan.concurrency)
                            .map(|_| {
                                let started = Instant::now();
                                message(client.send_sms(), &phones).send()?;
                                Ok(started.elapsed())
                            })
                            .collect()
                    })
                })
                .collect();
            let mut latencies = Vec::with_capacity(calls);
            for thread in threads {
                latencies.extend(thread.join().map_err(|_| "a calling thread panicked")??);
            }
            Ok(latencies)
        })
    };
    round(plan.warmup)?;
    let meter = Meter::start();
    let latencies = round(plan.calls)?;
    Ok(meter.sample(latencies))
}

/// The answer as a program would declare it by hand.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(dead_code)]
struct Envelope {
    response: Response,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(dead_code)]
struct Response {
    send_status_set: Vec<SendStatus>,
    request_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[allow(dead_code)]
struct SendStatus {
    serial_no: String,
    phone_number: String,
    fee: u64,
    session_context: String,
    code: String,
    message: String,
    iso_code: String,
}

/// On the same runtime as the calls: memory is dearer in a process with threads.
fn parse(plan: &Plan) -> Outcome<Sample> {
    let text: Arc<str> = stub::answer(plan.numbers).into();
    concurrent(plan, move || {
        let text = text.clone();
        async move {
            black_box(serde_json::from_str::<Envelope>(black_box(&text))?);
            Ok(())
        }
    })
}

/// Makes the calls over as many tasks as the plan's concurrency.
fn concurrent<F, Fut>(plan: &Plan, call: F) -> Outcome<Sample>
where
    F: Fn() -> Fut + Clone + Send + 'static,
    Fut: Future<Output = Outcome> + Send,
{
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        let round = |calls: usize| {
            let call = call.clone();
            async move {
                let tasks: Vec<_> = (0..plan.concurrency)
                    .map(|task| {
                        let call = call.clone();
                        let mine = calls / plan.concurrency + usize::from(task < calls % plan.concurrency);
                        tokio::spawn(async move {
                            let mut latencies = Vec::with_capacity(mine);
                            for _ in 0..mine {
                                let started = Instant::now();
                                call().await?;
                                latencies.push(started.elapsed());
                            }
                            Outcome::Ok(latencies)
                        })
                    })
                    .collect();
                let mut latencies = Vec::with_capacity(calls);
                for task in tasks {
                    latencies.extend(task.await??);
                }
                Outcome::Ok(latencies)
            }
        };
        round(plan.warmup).await?;
        let meter = Meter::start();
        let latencies = round(plan.calls).await?;
        Ok(meter.sample(latencies))
    })
}
