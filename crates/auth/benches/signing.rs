//! What signing costs beside the bare hashes it is made of.
//!
//! The reference makes the same SHA-256 and HMAC computations by hand, over texts that were put together beforehand.
//! Besides criterion's own measurement, both are measured in turns, which tells their ratio apart from the machine's
//! noise.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use criterion::Criterion;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::hint::black_box;
use std::time::{Duration, Instant};
use tcsms_auth::tc3::{Payload, Signing};
use tcsms_auth::verify::{Claim, Policy};
use tcsms_auth::{Header, Request};

const SECRET_KEY: &str = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";
const HOST: &str = "sms.tencentcloudapi.com";
const BODY_LENGTH: usize = 400;

/// The texts that signing hashes.
struct Texts {
    first_key: Vec<u8>,
    date: String,
    body: Vec<u8>,
    canonical: String,
    string_to_sign: String,
}

fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text);
    mac.finalize().into_bytes().into()
}

fn bare(texts: &Texts) -> [u8; 32] {
    black_box(Sha256::digest(black_box(&texts.body)));
    black_box(Sha256::digest(black_box(&texts.canonical)));
    let date = hmac(black_box(&texts.first_key), texts.date.as_bytes());
    let service = hmac(&date, b"sms");
    let signing = hmac(&service, b"tc3_request");
    hmac(&signing, black_box(texts.string_to_sign.as_bytes()))
}

fn ours(signing: &Signing<'_>) -> String {
    let signing = black_box(signing);
    signing.authorization(&signing.key(black_box(SECRET_KEY)))
}

fn main() {
    let body = format!("{{\"SessionContext\":\"{}\"}}", "x".repeat(BODY_LENGTH - 21));
    assert_eq!(body.len(), BODY_LENGTH);
    let signing = Signing {
        host: HOST,
        payload: Payload::Body(body.as_bytes()),
        timestamp: 1_795_477_349,
        secret_id: "AKIDEXAMPLE",
        ..Signing::default()
    };
    let trace = signing.trace(SECRET_KEY);
    let texts = Texts {
        first_key: format!("TC3{SECRET_KEY}").into_bytes(),
        date: signing.date().to_string(),
        body: body.clone().into_bytes(),
        canonical: trace.canonical_request.clone(),
        string_to_sign: trace.string_to_sign.clone(),
    };
    let signature: String = bare(&texts).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(signature, trace.signature, "both have to compute the same");

    let authorization = ours(&signing);
    let headers = [
        ("Host", HOST),
        ("Content-Type", "application/json"),
        ("X-TC-Action", "SendSms"),
        ("X-TC-Version", "2021-01-11"),
        ("X-TC-Timestamp", "1795477349"),
        ("Authorization", &*authorization),
    ]
    .map(|(name, value)| Header { name, value: value.as_bytes() });
    let request = Request { method: "POST", path: "/", query: "", headers: &headers, body: body.as_bytes() };
    let verify =
        || Claim::of(black_box(&request)).unwrap().check(black_box(SECRET_KEY), &Policy::default()).unwrap();

    let mut criterion = Criterion::default()
        .sample_size(50)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    criterion.bench_function("bare primitives", |bencher| bencher.iter(|| bare(&texts)));
    criterion.bench_function("sign, key derived each call", |bencher| bencher.iter(|| ours(&signing)));
    let key = signing.key(SECRET_KEY);
    criterion
        .bench_function("sign, key kept", |bencher| bencher.iter(|| signing.authorization(black_box(&key))));
    criterion.bench_function("verify", |bencher| bencher.iter(verify));
    criterion.final_summary();

    print_ratio("sign", || bare(&texts), || ours(&signing));
    print_ratio("verify", || bare(&texts), verify);
}

/// Measures both in turns and prints how many times the first's time the second takes. A turn is short, so that the
/// median is one that nothing else on the machine interrupted.
fn print_ratio<A, B>(name: &str, first: impl Fn() -> A, second: impl Fn() -> B) {
    const TURNS: usize = 1_001;
    let mut ratios: Vec<f64> = (0..TURNS).map(|_| time(&second) / time(&first)).collect();
    ratios.sort_by(f64::total_cmp);
    println!(
        "{name}: {:.3} times the bare primitives, body of {BODY_LENGTH} bytes (median of {TURNS}; min {:.3}, max {:.3})",
        ratios[TURNS / 2],
        ratios[0],
        ratios[TURNS - 1]
    );
}

fn time<T>(run: &impl Fn() -> T) -> f64 {
    const RUNS: u32 = 200;
    let start = Instant::now();
    (0..RUNS).for_each(|_| drop(black_box(run())));
    start.elapsed().as_secs_f64() / f64::from(RUNS)
}
