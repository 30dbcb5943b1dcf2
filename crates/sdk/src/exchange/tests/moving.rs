//! Several endpoints, the budget of repeats, and the rates that a client keeps.

use proptest::prelude::*;

use super::*;

const EACH: Duration = Duration::from_millis(1);
const MINUTE: Duration = Duration::from_secs(60);

/// With two backups.
fn three() -> ClientBuilder {
    ClientBuilder::default()
        .endpoint("main.example")
        .backup_endpoint("b.example")
        .backup_endpoint("c.example")
}

fn send(core: &Core, retry: RetryPolicy) -> Plan<Answer> {
    plan("SendSms", false, retry, core.settings.total_timeout)
}

fn read(core: &Core, retry: RetryPolicy) -> Plan<Answer> {
    plan("DescribeSmsTemplateList", true, retry, core.settings.total_timeout)
}

/// Runs a send for which each route has one fate.
fn sent_by(core: &Core, start: Instant, fates: [Fate; 3]) -> Story {
    play(core, send(core, RetryPolicy::safe()), start, EACH, |_, route| fates[route])
}

#[test]
fn what_was_not_sent_goes_to_the_next_endpoint_at_once() {
    for failure in [Fate::Refused, Fate::Distrusted] {
        let core = core(three());
        let story = sent_by(&core, Instant::now(), [failure, failure, Fate::Answer(OK)]);
        assert!(story.outcome.is_ok());
        assert_eq!((story.routes, story.pauses), (vec![0, 1, 2], vec![]), "{failure:?}");
        let hosts: Vec<_> = story.sent.iter().map(|request| request.headers()["host"].clone()).collect();
        assert_eq!(hosts, ["main.example", "b.example", "c.example"]);
        let signatures: std::collections::BTreeSet<_> =
            story.sent.iter().map(|request| request.headers()["authorization"].as_bytes()).collect();
        assert_eq!(signatures.len(), 3, "each is signed for its own host");
    }
}

#[test]
fn after_the_last_endpoint_there_is_a_pause_before_the_first() {
    let core = core(three());
    let plan = send(&core, RetryPolicy::safe().with_attempts(5));
    let story = play(&core, plan, Instant::now(), EACH, |_, _| Fate::Refused);
    assert_eq!((story.routes, story.pauses.len()), (vec![0, 1, 2, 0, 1], 1));
    let error = story.outcome.unwrap_err();
    assert_eq!((error.attempts(), error.delivery()), (5, Delivery::NotSent));
    assert_eq!(error.endpoint(), Some("b.example"));
    assert!(error.to_string().contains("the last endpoint tried is b.example"), "{error}");
}

#[test]
fn what_may_have_been_sent_moves_only_where_it_may_be_repeated() {
    let never = RetryPolicy::never;
    for (fate, retry, idempotent, routes) in [
        (Fate::Cut, RetryPolicy::safe(), false, &[0][..]),
        (Fate::Cut, RetryPolicy::safe(), true, &[0, 1, 2]),
        (Fate::Cut, RetryPolicy::any(), false, &[0, 1, 2]),
        (Fate::Status(502), RetryPolicy::safe(), false, &[0]),
        (Fate::Status(502), RetryPolicy::safe(), true, &[0, 1, 2]),
        (Fate::Answer(REFUSED), RetryPolicy::safe(), true, &[0]),
        (Fate::Answer(REFUSED), RetryPolicy::idempotent(), false, &[0]),
        (Fate::Answer(REFUSED), RetryPolicy::idempotent(), true, &[0, 1, 2]),
        (Fate::Answer(LIMITED), RetryPolicy::safe(), false, &[0, 0, 0]),
        (Fate::Refused, never(), true, &[0]),
        (Fate::Distrusted, never(), true, &[0]),
    ] {
        let core = core(three());
        let plan = if idempotent { read(&core, retry) } else { send(&core, retry) };
        let story = play(&core, plan, Instant::now(), EACH, |_, _| fate);
        assert_eq!(story.routes, routes, "{fate:?}, idempotent: {idempotent}");
        assert_eq!(story.pauses.len(), routes.len() - 1, "{fate:?}: repeats have their pauses");
    }
}

#[test]
fn an_endpoint_that_keeps_failing_is_left_out_until_a_probe_finds_it_well() {
    let core = core(three());
    let start = Instant::now();
    for _ in 0..5 {
        assert_eq!(sent_by(&core, start, [Fate::Refused, Fate::Answer(OK), Fate::Cut]).routes, [0, 1]);
    }
    let well = [Fate::Answer(OK); 3];
    assert_eq!(sent_by(&core, start, well).routes, [1], "left out for all calls of the client");
    // The probe fails, and its call goes on elsewhere.
    let later = start + MINUTE + EACH;
    assert_eq!(sent_by(&core, later, [Fate::Refused, Fate::Answer(OK), Fate::Cut]).routes, [0, 1]);
    assert_eq!(sent_by(&core, later, well).routes, [1]);
    let later = later + MINUTE + EACH;
    assert_eq!(sent_by(&core, later, well).routes, [0]);
    assert_eq!(sent_by(&core, later, well).routes, [0]);
}

#[test]
fn refusals_of_the_service_never_leave_an_endpoint_out() {
    let core = core(three());
    let start = Instant::now();
    let refused = r#"{"Response":{"Error":{"Code":"FailedOperation","Message":"m"},"RequestId":"r"}}"#;
    for _ in 0..20 {
        assert_eq!(sent_by(&core, start, [Fate::Answer(refused); 3]).routes, [0]);
        assert_eq!(sent_by(&core, start, [Fate::Answer(LIMITED); 3]).routes[0], 0);
    }
    for _ in 0..5 {
        assert_eq!(sent_by(&core, start, [Fate::Answer(REFUSED); 3]).routes, [0]);
    }
    assert_eq!(sent_by(&core, start, [Fate::Answer(OK); 3]).routes, [1], "but InternalError does");
}

#[test]
fn when_all_endpoints_are_left_out_calls_are_made_all_the_same() {
    let core = core(three());
    let start = Instant::now();
    for _ in 0..20 {
        let story = sent_by(&core, start, [Fate::Refused; 3]);
        assert_eq!((story.sent.len(), story.routes[0]), (3, 0));
    }
    assert_eq!(sent_by(&core, start, [Fate::Refused; 3]).routes, [0, 0, 0]);
    assert!(sent_by(&core, start, [Fate::Answer(OK), Fate::Refused, Fate::Refused]).outcome.is_ok());
}

#[test]
fn a_probe_whose_call_is_dropped_is_made_by_the_next() {
    let core = core(three());
    let start = Instant::now();
    for _ in 0..5 {
        sent_by(&core, start, [Fate::Refused, Fate::Answer(OK), Fate::Cut]);
    }
    let later = Now { unix: 0, steady: start + MINUTE * 2, elapsed: Duration::ZERO };
    let mut probe = Exchange::new(&core, send(&core, RetryPolicy::safe()), fastrand::Rng::new());
    let Next::Send { route, .. } = probe.next(later) else { panic!() };
    assert_eq!(route.number, 0);
    assert_eq!(sent_by(&core, later.steady, [Fate::Answer(OK); 3]).routes, [1]);
    drop(probe);
    assert_eq!(sent_by(&core, later.steady, [Fate::Answer(OK); 3]).routes, [0]);
}

#[test]
fn what_may_have_been_done_is_not_forgotten() {
    for (first, last) in [(Fate::Answer(REFUSED), Fate::Refused), (Fate::Cut, Fate::Answer(LIMITED))] {
        let core = core(ClientBuilder::default());
        let plan = send(&core, RetryPolicy::any().with_attempts(2));
        let story = play(&core, plan, Instant::now(), EACH, |number, _| [first, last][number]);
        assert_eq!(story.outcome.unwrap_err().delivery(), Delivery::MaybeSent, "{first:?}, {last:?}");
    }
    let story = quick(true, RetryPolicy::idempotent(), &[Fate::Answer(REFUSED)]);
    assert_eq!(story.outcome.unwrap_err().delivery(), Delivery::Answered, "that is what each said");
}

#[test]
fn an_answer_may_ask_for_a_longer_pause() {
    let story =
        quick(false, RetryPolicy::safe(), &[Fate::Limited("7"), Fate::Limited("0"), Fate::Answer(OK)]);
    assert!(story.outcome.is_ok());
    assert_eq!(story.pauses[0], Duration::from_secs(7));
    assert!(story.pauses[1] >= Duration::from_millis(150), "its own pause is the least: {:?}", story.pauses);
    for beyond in ["120", "18446744073709551615", "Fri, 15 Jan 2027 09:00:00 GMT"] {
        let story = quick(false, RetryPolicy::safe(), &[Fate::Limited(beyond)]);
        assert_eq!((story.sent.len(), story.pauses.len()), (1, 0), "{beyond}");
        let error = story.outcome.unwrap_err();
        assert!(error.to_string().contains("asks to be called again after"), "{error}");
    }
}

#[test]
fn repeats_end_with_the_budget_and_first_attempts_never_do() {
    let core = core(ClientBuilder::default().retry_budget(3));
    let call = |fate| play(&core, send(&core, RetryPolicy::safe()), Instant::now(), EACH, |_, _| fate);
    assert_eq!(call(Fate::Answer(LIMITED)).sent.len(), 3);
    let story = call(Fate::Answer(LIMITED));
    assert_eq!(story.sent.len(), 2);
    let error = story.outcome.unwrap_err();
    assert!(error.is_rate_limit() && error.to_string().contains("retry budget"), "{error}");
    for _ in 0..10 {
        assert_eq!(call(Fate::Answer(LIMITED)).sent.len(), 1);
        assert_eq!(call(Fate::Refused).sent.len(), 1);
        assert_eq!(call(Fate::Cut).sent.len(), 1);
        assert_eq!(call(Fate::Answer(REFUSED)).sent.len(), 1);
    }
    for _ in 0..10 {
        assert!(call(Fate::Answer(OK)).outcome.is_ok());
    }
    assert_eq!(call(Fate::Answer(LIMITED)).sent.len(), 2, "ten successes pay for one repeat");
}

#[test]
fn a_repeat_that_succeeds_and_a_move_cost_nothing() {
    let repeating = core(ClientBuilder::default().retry_budget(1));
    for _ in 0..20 {
        let plan = send(&repeating, RetryPolicy::safe());
        let fates = [Fate::Answer(LIMITED), Fate::Answer(OK)];
        assert!(play(&repeating, plan, Instant::now(), EACH, |number, _| fates[number]).outcome.is_ok());
    }
    let moving = core(three().retry_budget(1));
    sent_by(&moving, Instant::now(), [Fate::Answer(LIMITED); 3]);
    for _ in 0..4 {
        let story = sent_by(&moving, Instant::now(), [Fate::Refused, Fate::Refused, Fate::Answer(LIMITED)]);
        assert_eq!(story.routes, [0, 1, 2]);
    }
}

#[test]
fn attempts_wait_for_their_turn_and_repeats_count() {
    let core = core(ClientBuilder::default().action_rate("SendSms", 1));
    let start = Instant::now();
    let call = |fates: &[Fate]| {
        play(&core, send(&core, RetryPolicy::safe()), start, EACH, |number, _| fates[number])
    };
    assert_eq!(call(&[Fate::Answer(OK)]).pauses, []);
    assert_eq!(call(&[Fate::Answer(OK)]).pauses, [Duration::from_secs(1)]);
    let story = call(&[Fate::Answer(LIMITED), Fate::Answer(OK)]);
    // Its turn, the pause after the failure, and what is left of the second until the next turn.
    assert_eq!(story.pauses.len(), 3);
    assert_eq!(story.elapsed, Duration::from_secs(3) + EACH);
    assert_eq!(call(&[Fate::Answer(OK)]).pauses, [Duration::from_secs(4)]);
    let other = play(&core, read(&core, RetryPolicy::safe()), start, EACH, |_, _| Fate::Answer(OK));
    assert_eq!(other.pauses, [], "of other actions nobody waits");
}

#[test]
fn a_turn_beyond_the_time_limit_is_an_error_before_sending() {
    let core = core(ClientBuilder::default().call_rate(1).total_timeout(Duration::from_millis(1500)));
    let start = Instant::now();
    let call = |retry, fate| play(&core, send(&core, retry), start, EACH, |_, _| fate);
    // The first takes a turn and has another; the third would come at 2 s.
    let story = call(RetryPolicy::safe(), Fate::Answer(LIMITED));
    let error = story.outcome.unwrap_err();
    assert_eq!((story.sent.len(), error.is_rate_limit(), error.attempts()), (2, true, 2));
    assert!(error.to_string().contains("not repeated, because the call rate"), "{error}");

    let story = call(RetryPolicy::safe(), Fate::Answer(OK));
    let error = story.outcome.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Timeout, Delivery::NotSent));
    assert_eq!((story.sent.len(), error.attempts(), error.endpoint()), (0, 0, None));
    for part in ["call rate", "SendSms wait 2s", "1.5s left"] {
        assert!(error.message().contains(part), "{error}");
    }
}

fn fates() -> impl Strategy<Value = Vec<Fate>> {
    let all = [
        Fate::Refused,
        Fate::Distrusted,
        Fate::Cut,
        Fate::Answer(OK),
        Fate::Answer(LIMITED),
        Fate::Answer(REFUSED),
        Fate::Answer("x"),
        Fate::Status(500),
    ];
    proptest::collection::vec(proptest::sample::select(all.to_vec()), 1..12)
}

proptest! {
    /// Whatever happened before, and in whatever state the breakers and the budget are: a send is not repeated once it
    /// may have arrived, and every call makes its first attempt.
    #[test]
    fn a_send_that_may_have_arrived_is_never_repeated_at_any_endpoint(
        history in proptest::collection::vec((fates(), 0_u64..90), 0..12),
        last in fates(),
        attempts in 1_u32..8,
        budget in 0_u32..4,
        endpoints in 0_usize..3,
    ) {
        let backups = ["b.example", "c.example"];
        let builder = ClientBuilder::default().retry_budget(budget).breaker(2, MINUTE, MINUTE / 2);
        let core = core(backups[..endpoints].iter().fold(builder, |builder, host| builder.backup_endpoint(*host)));
        let mut now = Instant::now();
        let tellings = history.iter().map(|(fates, seconds)| (fates, *seconds)).chain([(&last, 0)]);
        for (fates, seconds) in tellings {
            now += Duration::from_secs(seconds);
            let plan = send(&core, RetryPolicy::safe().with_attempts(attempts));
            let story = play(&core, plan, now, EACH, |number, _| fates[number.min(fates.len() - 1)]);
            let made = story.sent.len();
            prop_assert!((1..=attempts as usize).contains(&made));
            for number in 0..made - 1 {
                let fate = fates[number.min(fates.len() - 1)];
                prop_assert!(matches!(fate, Fate::Refused | Fate::Distrusted) || fate == Fate::Answer(LIMITED));
            }
            if let Err(error) = story.outcome {
                prop_assert_eq!(error.attempts() as usize, made);
                let lost = matches!(fates[(made - 1).min(fates.len() - 1)], Fate::Cut | Fate::Status(_) | Fate::Answer("x"));
                prop_assert_eq!(error.delivery() == Delivery::MaybeSent, lost);
            }
        }
    }
}

#[test]
fn an_answer_that_begins_shows_that_the_endpoint_works() {
    let core = core(three().breaker(2, MINUTE, MINUTE));
    let route_of_next = |begins: bool| {
        let now = beginning();
        let mut exchange =
            Exchange::new(&core, send(&core, RetryPolicy::never()), fastrand::Rng::with_seed(7));
        let Next::Send { route, .. } = exchange.next(now) else { panic!("nothing is sent") };
        if begins {
            exchange.begun(&http(200, ""), now).unwrap();
        } else {
            exchange.failed(Failure {
                kind: ErrorKind::Connect,
                step: Step::Connect,
                delivery: Delivery::NotSent,
                message: "refused".to_owned(),
                source: None,
            });
            assert!(matches!(exchange.next(now), Next::Done(Err(_))));
        }
        route.number
    };
    // Two failures in a row would be too many.
    for begins in [false, true, false, true, false] {
        assert_eq!(route_of_next(begins), 0);
    }
    assert_eq!([route_of_next(false), route_of_next(false)], [0, 1]);
}
