//! The state machine, driven by a script in place of a network.

mod moving;

use super::*;
use std::borrow::Cow;

use crate::answer::Answer;
use crate::builder::ClientBuilder;
use crate::credential::Credential;
use crate::environment::Environment;

pub(crate) const OK: &str = r#"{"Response":{"RequestId":"r"}}"#;
const LIMITED: &str =
    r#"{"Response":{"Error":{"Code":"RequestLimitExceeded","Message":"slow down"},"RequestId":"r"}}"#;
const REFUSED: &str = r#"{"Response":{"Error":{"Code":"InternalError","Message":"oh"},"RequestId":"r"}}"#;

/// What a scripted network does with one attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Refused,
    Cut,
    Answer(&'static str),
    Status(u16),
    /// The certificate is refused.
    Distrusted,
    /// A rate limit, with this `Retry-After`.
    Limited(&'static str),
}

#[derive(Debug)]
struct Story {
    outcome: Result<Answer, Error>,
    sent: Vec<Request<Bytes>>,
    /// The numbers of the routes that were taken.
    routes: Vec<usize>,
    pauses: Vec<Duration>,
    elapsed: Duration,
}

fn core(builder: ClientBuilder) -> Core {
    let credential = Credential::new("id", "key").unwrap();
    builder.credential(credential).core(&Environment::of_pairs(&[])).unwrap()
}

fn beginning() -> Now {
    Now { unix: 0, steady: Instant::now(), elapsed: Duration::ZERO }
}

pub(crate) fn http(status: u16, body: &'static str) -> HttpAnswer {
    HttpAnswer { status, headers: HeaderMap::new(), body: body.into() }
}

/// This action with no parameters.
pub(crate) fn parcel(action: &'static str) -> Parcel {
    Parcel {
        action: Cow::Borrowed(action),
        version: Cow::Borrowed("2021-01-11"),
        body: Bytes::from_static(b"{}"),
        region: None,
        language: None,
        extras: None,
    }
}

/// A call of this action with no parameters.
fn plan(action: &'static str, idempotent: bool, retry: RetryPolicy, total_timeout: Duration) -> Plan<Answer> {
    Plan {
        parcel: parcel(action),
        idempotent,
        retry,
        total_timeout,
        decode: Decode::By(crate::envelope::raw),
        quotable: true,
    }
}

/// Runs a call against the fates in turn; the last one repeats. Every attempt takes `each`.
fn run(core: &Core, idempotent: bool, retry: RetryPolicy, fates: &[Fate], each: Duration) -> Story {
    let plan = plan("SendSms", idempotent, retry, core.settings.total_timeout);
    play(core, plan, Instant::now(), each, |number, _| fates[number.min(fates.len() - 1)])
}

/// Runs a call that begins at `start` and whose attempts take `each`; `fate` is asked with the number of the
/// attempt, from 0, and that of its route.
fn play(
    core: &Core,
    plan: Plan<Answer>,
    start: Instant,
    each: Duration,
    mut fate: impl FnMut(usize, usize) -> Fate,
) -> Story {
    let mut exchange = Exchange::new(core, plan, fastrand::Rng::with_seed(7));
    let (mut sent, mut routes, mut pauses) = (Vec::new(), Vec::new(), Vec::new());
    let mut elapsed = Duration::ZERO;
    loop {
        let unix = 1_800_000_000 + elapsed.as_secs() as i64;
        match exchange.next(Now { unix, steady: start + elapsed, elapsed }) {
            Next::Send { route, request, limit } => {
                elapsed += each.min(limit);
                let fate = fate(sent.len(), route.number);
                sent.push(request);
                routes.push(route.number);
                let failure = |step, delivery| Failure {
                    kind: if step == Step::Tls { ErrorKind::Tls } else { ErrorKind::Network },
                    step,
                    delivery,
                    message: "broken".to_owned(),
                    source: None,
                };
                match fate {
                    Fate::Refused => exchange.failed(failure(Step::Connect, Delivery::NotSent)),
                    Fate::Cut => exchange.failed(failure(Step::Wait, Delivery::MaybeSent)),
                    Fate::Answer(body) => exchange.answered(http(200, body)),
                    Fate::Status(status) => exchange.answered(http(status, OK)),
                    Fate::Distrusted => exchange.failed(failure(Step::Tls, Delivery::NotSent)),
                    Fate::Limited(until) => {
                        let mut answer = http(200, LIMITED);
                        answer.headers.insert(http::header::RETRY_AFTER, until.parse().unwrap());
                        exchange.answered(answer);
                    }
                }
            }
            Next::Authorize { .. } => panic!("the credential is a fixed one"),
            Next::Wait(pause) => {
                pauses.push(pause);
                elapsed += pause;
            }
            Next::Done(outcome) => return Story { outcome, sent, routes, pauses, elapsed },
        }
    }
}

fn quick(idempotent: bool, retry: RetryPolicy, fates: &[Fate]) -> Story {
    run(&core(ClientBuilder::default()), idempotent, retry, fates, Duration::from_millis(1))
}

#[test]
fn an_answer_ends_the_call() {
    let story = quick(false, RetryPolicy::safe(), &[Fate::Answer(OK)]);
    assert_eq!(story.outcome.unwrap().request_id(), "r");
    assert_eq!((story.sent.len(), story.pauses.len()), (1, 0));
}

#[test]
fn attempts_and_outcome_by_what_happened() {
    use Delivery::{Answered, MaybeSent, NotSent};
    use Fate::{Answer, Cut, Refused, Status};
    /// What the caller is told; `None` is success.
    type Told = Option<(ErrorKind, Delivery)>;
    // Fates, idempotent, attempts, then the outcome.
    let table: [(&[Fate], bool, u32, Told); 13] = [
        (&[Refused], false, 3, Some((ErrorKind::Network, NotSent))),
        (&[Refused, Answer(OK)], false, 2, None),
        (&[Answer(LIMITED)], false, 3, Some((ErrorKind::Service, Answered))),
        (&[Answer(LIMITED), Answer(LIMITED), Answer(OK)], false, 3, None),
        (&[Answer(REFUSED)], true, 1, Some((ErrorKind::Service, Answered))),
        (&[Cut], false, 1, Some((ErrorKind::Network, MaybeSent))),
        (&[Cut, Answer(OK)], true, 2, None),
        (&[Status(502)], false, 1, Some((ErrorKind::InvalidAnswer, MaybeSent))),
        (&[Status(502), Answer(OK)], true, 2, None),
        (&[Status(204)], false, 1, Some((ErrorKind::InvalidAnswer, MaybeSent))),
        (&[Answer("<html>")], false, 1, Some((ErrorKind::InvalidAnswer, MaybeSent))),
        (&[Refused, Cut], false, 2, Some((ErrorKind::Network, MaybeSent))),
        // The first attempt may have arrived, whatever the last one says.
        (&[Cut, Refused], true, 3, Some((ErrorKind::Network, MaybeSent))),
    ];
    for (fates, idempotent, attempts, expected) in table {
        let story = quick(idempotent, RetryPolicy::safe(), fates);
        assert_eq!(story.sent.len(), attempts as usize, "{fates:?}");
        assert_eq!(story.pauses.len(), attempts as usize - 1, "{fates:?}");
        match (story.outcome, expected) {
            (Ok(_), None) => {}
            (Err(error), Some(expected)) => {
                assert_eq!((error.kind(), error.delivery()), expected, "{fates:?}");
                assert_eq!(error.attempts(), attempts, "{fates:?}");
            }
            (outcome, _) => panic!("{fates:?}: {outcome:?}"),
        }
    }
}

#[test]
fn every_attempt_is_signed_for_its_own_time() {
    let core = core(ClientBuilder::default());
    let story = run(&core, false, RetryPolicy::safe(), &[Fate::Answer(LIMITED)], Duration::from_secs(2));
    let stamps: Vec<_> =
        story.sent.iter().map(|request| request.headers()["x-tc-timestamp"].to_str().unwrap()).collect();
    assert_eq!(stamps, ["1800000000", "1800000002", "1800000004"]);
    let signatures: std::collections::BTreeSet<_> =
        story.sent.iter().map(|request| request.headers()["authorization"].as_bytes()).collect();
    assert_eq!(signatures.len(), 3);
    assert!(story.pauses[0] < story.pauses[1]);
}

#[test]
fn the_total_limit_bounds_attempts_and_pauses() {
    let limit = Duration::from_secs(5);
    let core = core(ClientBuilder::default().total_timeout(limit).attempt_timeout(Duration::from_secs(3)));
    let retry = RetryPolicy::safe().with_attempts(100);
    let story = run(&core, false, retry, &[Fate::Refused], Duration::from_secs(60));
    assert_eq!(story.sent.len(), 2, "three seconds, then what is left of five");
    assert!(story.elapsed <= limit, "{:?}", story.elapsed);
    assert_eq!(story.outcome.unwrap_err().attempts(), 2);
}

#[test]
fn what_cannot_be_sent_fails_without_an_attempt() {
    let core = core(ClientBuilder::default().region("a"));
    let plan = plan("Send\r\nX: y", true, RetryPolicy::any(), Duration::from_secs(1));
    let mut exchange = Exchange::new(&core, plan, fastrand::Rng::with_seed(1));
    let Next::Done(Err(error)) = exchange.next(beginning()) else { panic!() };
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0));
}

#[test]
fn a_driver_that_says_nothing_gets_no_second_request() {
    let core = core(ClientBuilder::default());
    let plan = plan("SendSms", false, RetryPolicy::safe(), Duration::from_secs(1));
    let now = beginning();
    let mut exchange = Exchange::new(&core, plan, fastrand::Rng::with_seed(1));
    assert!(matches!(exchange.next(now), Next::Send { .. }));
    let Next::Done(Err(error)) = exchange.next(now) else { panic!() };
    assert_eq!(error.delivery(), Delivery::MaybeSent);
}

#[test]
fn an_expired_signature_says_how_far_the_clock_is_off() {
    let code = ErrorCode::from("AuthFailure.SignatureExpire");
    let message = "Signature expired. ... between `Timestamp` and the server time 1800000601.";
    let hint = clock_hint(&code, message, 1_800_000_000).unwrap();
    assert!(hint.contains("601 s behind") && hint.contains("time zone"), "{hint}");
    assert!(clock_hint(&code, message, 1_800_000_701).unwrap().contains("100 s ahead"));
    assert_eq!(clock_hint(&code, "expired", 0), None);
    assert_eq!(clock_hint(&ErrorCode::from("InternalError"), message, 0), None);
}

#[test]
fn the_excerpt_of_a_strange_body_fits_one_line() {
    assert_eq!(excerpt(b""), "the body is empty");
    assert_eq!(excerpt(b"<html>\r\n<body>"), "the body begins `<html>  <body>`");
    let long = excerpt("页".repeat(10_000).as_bytes());
    assert!(long.chars().count() < 110, "{long}");
}

proptest::proptest! {
    /// With the safe policy, nothing that changes the world is sent after an attempt that may have arrived.
    #[test]
    fn a_send_is_never_repeated_once_it_may_have_arrived(
        picks in proptest::collection::vec(0_usize..6, 1..8),
        attempts in 1_u32..8,
    ) {
        let all = [
            Fate::Refused, Fate::Cut, Fate::Answer(LIMITED), Fate::Answer(REFUSED), Fate::Answer("x"), Fate::Status(500),
        ];
        let fates: Vec<Fate> = picks.iter().map(|pick| all[*pick]).collect();
        let story = quick(false, RetryPolicy::safe().with_attempts(attempts), &fates);
        let error = story.outcome.unwrap_err();
        let harmless = |fate: &Fate| matches!(fate, Fate::Refused) || *fate == Fate::Answer(LIMITED);
        let made = story.sent.len();
        for number in 0..made - 1 {
            proptest::prop_assert!(harmless(&fates[number.min(fates.len() - 1)]));
        }
        proptest::prop_assert!(made <= attempts as usize);
        proptest::prop_assert_eq!(error.attempts() as usize, made);
    }
}
