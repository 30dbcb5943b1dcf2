use std::collections::HashSet;

use proptest::prelude::*;
use tcsms_store::{Limit, Limits, NewMessage, SendBatch, Store};

use crate::support::*;

const PHONE: &str = "+8613700000001";
/// Midnight in Beijing after `NOW`.
const MIDNIGHT: i64 = NOW + 13 * HOUR;

/// Sends to `phone` at these times and says at which of them a limit refused.
async fn refused(store: &Store, limits: &Limits, times: &[i64]) -> Vec<Option<Limit>> {
    let mut refused = Vec::new();
    for at in times {
        refused.push(send_one(store, *at, limits, message(PHONE)).await.limit);
    }
    refused
}

#[tokio::test]
async fn thirty_seconds_slide_and_end_exactly() {
    let limits = Limits { per_number_30s: 1, ..Limits::default() };
    let times = [0, 10, 29, 30, 31, 59, 60].map(|second| NOW + second);
    let hit = Some(Limit::ThirtySeconds);
    assert_eq!(refused(&memory(), &limits, &times).await, [None, hit, hit, None, hit, hit, None]);
}

#[tokio::test]
async fn one_hour_slides_and_ends_exactly() {
    let limits = Limits { per_number_1h: 2, ..Limits::default() };
    let times = [0, 1800, 3599, 3600, 3601, 5399, 5400].map(|second| NOW + second);
    let hit = Some(Limit::OneHour);
    assert_eq!(refused(&memory(), &limits, &times).await, [None, None, hit, None, hit, hit, None]);
}

#[tokio::test]
async fn a_day_ends_at_midnight_in_beijing() {
    let limits = Limits { per_number_1d: 2, ..Limits::default() };
    let times = [NOW, NOW + 1, MIDNIGHT - 1, MIDNIGHT, MIDNIGHT + 1, MIDNIGHT + DAY - 1, MIDNIGHT + DAY];
    let hit = Some(Limit::Day);
    assert_eq!(refused(&memory(), &limits, &times).await, [None, None, hit, None, None, hit, None]);
}

#[tokio::test]
async fn the_same_content_is_counted_apart_from_other_content() {
    let store = memory();
    let limits = Limits { per_number_same_content: 1, ..Limits::default() };
    let other = NewMessage { text: "【xxx】another text".into(), ..message(PHONE) };
    assert_eq!(send_one(&store, NOW, &limits, message(PHONE)).await.limit, None);
    assert_eq!(send_one(&store, NOW, &limits, other.clone()).await.limit, None);
    assert_eq!(send_one(&store, NOW + 1, &limits, message(PHONE)).await.limit, Some(Limit::SameContent));
    assert_eq!(send_one(&store, MIDNIGHT, &limits, other).await.limit, None);

    let limits = Limits { per_number_30s: 1, thirty_seconds_by_content: true, ..Limits::default() };
    let other = NewMessage { text: "【xxx】a third text".into(), ..message(PHONE) };
    assert_eq!(send_one(&store, MIDNIGHT + 1, &limits, message(PHONE)).await.limit, None);
    assert_eq!(send_one(&store, MIDNIGHT + 1, &limits, other).await.limit, None);
    assert_eq!(
        send_one(&store, MIDNIGHT + 2, &limits, message(PHONE)).await.limit,
        Some(Limit::ThirtySeconds)
    );
}

#[tokio::test]
async fn volumes_are_counted_for_the_app_and_for_the_account() {
    let store = memory();
    let send = async |app: &str, limits: &Limits, message: NewMessage| {
        let batch = SendBatch { app: app.to_owned(), ..batch(NOW, limits, vec![message]) };
        store.send(batch).await.unwrap().remove(0).limit
    };
    let limits = Limits { app_mainland_per_day: 1, app_global_per_day: 2, ..Limits::default() };
    assert_eq!(send("a", &limits, message("+8613700000001")).await, None);
    assert_eq!(send("a", &limits, message("+8613700000002")).await, Some(Limit::AppMainland));
    assert_eq!(send("b", &limits, message("+8613700000002")).await, None);
    assert_eq!(send("a", &limits, global("+85261234567")).await, None);
    assert_eq!(send("a", &limits, global("+85261234568")).await, None);
    assert_eq!(send("a", &limits, global("+85261234569")).await, Some(Limit::AppGlobal));

    let limits = Limits { app_per_day: 3, ..Limits::default() };
    assert_eq!(send("a", &limits, message("+8613700000003")).await, Some(Limit::App));
    assert_eq!(send("b", &limits, message("+8613700000003")).await, None);

    let limits = Limits { account_global_per_day: 3, ..Limits::default() };
    assert_eq!(send("b", &limits, global("+85261234567")).await, None);
    assert_eq!(send("c", &limits, global("+85261234567")).await, Some(Limit::AccountGlobal));
    assert_eq!(send("c", &limits, message("+8613700000001")).await, None, "mainland messages are not meant");
}

#[tokio::test]
async fn within_a_batch_messages_are_judged_one_after_the_other() {
    let limits = Limits { per_number_30s: 1, account_global_per_day: 1, ..Limits::default() };
    let messages = vec![message(PHONE), message(PHONE), global("+85261234567"), global("+85261234568")];
    let sent = memory().send(batch(NOW, &limits, messages)).await.unwrap();
    let limits: Vec<_> = sent.iter().map(|sent| sent.limit).collect();
    assert_eq!(limits, [None, Some(Limit::ThirtySeconds), None, Some(Limit::AccountGlobal)]);
    assert_eq!(sent[1].refusal, Some(refusal(Limit::ThirtySeconds)));
}

#[tokio::test]
async fn exempt_numbers_meet_the_volumes_only() {
    let limits = Limits {
        per_number_30s: 1,
        per_number_1d: 1,
        app_per_day: 3,
        exempt_numbers: HashSet::from([PHONE.to_owned()]),
        ..Limits::default()
    };
    assert_eq!(refused(&memory(), &limits, &[NOW; 4]).await, [None, None, None, Some(Limit::App)]);
}

#[tokio::test]
async fn the_first_limit_in_their_order_is_the_answer() {
    let all = Limits {
        per_number_30s: 1,
        per_number_1h: 1,
        per_number_1d: 1,
        per_number_same_content: 1,
        app_per_day: 1,
        app_mainland_per_day: 1,
        ..Limits::default()
    };
    let mut limits = all.clone();
    let store = memory();
    assert_eq!(send_one(&store, NOW, &limits, message(PHONE)).await.limit, None);
    let mut found = Vec::new();
    let switches: [fn(&mut Limits); 6] = [
        |limits| limits.per_number_30s = 0,
        |limits| limits.per_number_1h = 0,
        |limits| limits.per_number_1d = 0,
        |limits| limits.per_number_same_content = 0,
        |limits| limits.app_per_day = 0,
        |limits| limits.app_mainland_per_day = 0,
    ];
    for switch_off in switches {
        found.push(send_one(&store, NOW, &limits, message(PHONE)).await.limit.unwrap());
        switch_off(&mut limits);
    }
    let order = [
        Limit::ThirtySeconds,
        Limit::OneHour,
        Limit::Day,
        Limit::SameContent,
        Limit::App,
        Limit::AppMainland,
    ];
    assert_eq!(found, order);
    assert_eq!(send_one(&store, NOW, &limits, message(PHONE)).await.limit, None);
}

#[tokio::test]
async fn a_clock_that_is_set_back_a_little_does_not_open_the_limit() {
    let limits = Limits { per_number_30s: 1, ..Limits::default() };
    let times = [NOW, NOW - 1, NOW - 29, NOW - 30];
    let hit = Some(Limit::ThirtySeconds);
    assert_eq!(refused(&memory(), &limits, &times).await, [None, hit, hit, None]);
}

#[tokio::test]
async fn many_numbers_are_forgotten_in_time_and_found_again_when_the_clock_goes_back() {
    let store = memory();
    let limits = Limits { per_number_30s: 1, ..Limits::default() };
    let phone = |step: i64, index: i64| format!("+86137{step:04}{index:04}");
    for step in 0..40 {
        let messages = (0..100).map(|index| message(&phone(step, index))).collect();
        let sent = store.send(batch(NOW + 20 * step, &limits, messages)).await.unwrap();
        assert!(sent.iter().all(|sent| sent.limit.is_none()), "step {step}");
    }
    let limit = async |at, step| send_one(&store, at, &limits, message(&phone(step, 7))).await.limit;
    let hit = Some(Limit::ThirtySeconds);
    assert_eq!((limit(NOW + 800, 39).await, limit(NOW + 800, 0).await), (hit, None));
    assert_eq!((limit(NOW + 1, 0).await, limit(NOW + 1, 39).await), (hit, None));
}

#[tokio::test]
async fn the_ends_of_time_are_times_like_others() {
    let store = memory();
    let all = Limits { per_number_1h: 1, per_number_1d: 1, account_global_per_day: 1, ..Limits::default() };
    for at in [i64::MAX, i64::MIN, i64::MAX, 0] {
        send_one(&store, at, &all, global(PHONE)).await;
    }
    let limits: Vec<_> =
        all_messages(&store).await.into_iter().map(|message| message.refusal.is_some()).collect();
    assert_eq!(limits, [false, false, true, false]);
}

/// One step of a random life of a store.
#[derive(Clone, Debug)]
enum Step {
    /// Send to these numbers.
    Send(Vec<u8>),
    /// The clock goes on.
    Wait(i64),
    /// The clock is set, seconds from the start; mostly back.
    SetClock(i64),
    /// The store is closed and opened.
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => proptest::collection::vec(0..6_u8, 1..4).prop_map(Step::Send),
        4 => (0..40_i64).prop_map(Step::Wait),
        2 => (600..5 * HOUR).prop_map(Step::Wait),
        1 => (-DAY..DAY).prop_map(Step::SetClock),
        1 => Just(Step::Reopen),
    ];
    proptest::collection::vec(step, 1..60)
}

fn limits() -> impl Strategy<Value = Limits> {
    (0..3_u32, 0..4_u32, 0..5_u32, any::<bool>(), 0..12_u32).prop_map(
        |(seconds, hour, day, by_content, app)| Limits {
            per_number_30s: seconds,
            per_number_1h: hour,
            per_number_1d: day,
            thirty_seconds_by_content: by_content,
            app_per_day: app,
            ..Limits::default()
        },
    )
}

/// The limits as they are written down, over everything that was ever accepted.
fn expected(accepted: &[(u8, i64)], limits: &Limits, number: u8, now: i64) -> Option<Limit> {
    let day = |at: i64| (at + 8 * HOUR).div_euclid(DAY);
    let to_number = |counts: &dyn Fn(i64) -> bool| {
        accepted.iter().filter(|(other, at)| *other == number && counts(*at)).count() as u32
    };
    let hit = |limit: u32, count: u32| limit > 0 && count >= limit;
    if hit(limits.per_number_30s, to_number(&|at| (now - at).abs() < 30)) {
        Some(Limit::ThirtySeconds)
    } else if hit(limits.per_number_1h, to_number(&|at| (now - at).abs() < HOUR)) {
        Some(Limit::OneHour)
    } else if hit(limits.per_number_1d, to_number(&|at| day(at) == day(now))) {
        Some(Limit::Day)
    } else {
        let today = accepted.iter().filter(|(_, at)| day(*at) == day(now)).count() as u32;
        hit(limits.app_per_day, today).then_some(Limit::App)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the clock does and however often the store is opened, the limits count what was accepted.
    #[test]
    fn the_counts_are_those_of_the_accepted_messages(steps in steps(), limits in limits()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let folder = Folder::new();
            let mut store = folder.open();
            let mut accepted = Vec::new();
            let mut now = NOW;
            for step in steps {
                match step {
                    Step::Wait(seconds) => now += seconds,
                    Step::SetClock(seconds) => now = NOW + seconds,
                    Step::Reopen => {
                        store.close().await;
                        store = folder.open();
                    }
                    Step::Send(numbers) => {
                        let messages = numbers.iter().map(|number| message(&format!("+861370000000{number}")));
                        let sent = store.send(batch(now, &limits, messages.collect())).await.unwrap();
                        for (number, sent) in numbers.into_iter().zip(sent) {
                            prop_assert_eq!(sent.limit, expected(&accepted, &limits, number, now), "at {}", now - NOW);
                            if sent.refusal.is_none() {
                                accepted.push((number, now));
                            }
                        }
                    }
                }
            }
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn each_country_has_its_own_day() {
    let folder = Folder::new();
    let store = folder.open();
    let limits = Limits { app_country_per_day: 1, ..Limits::default() };
    let malaysia =
        |phone: &str| NewMessage { iso: "MY".to_owned(), country_code: "60".to_owned(), ..global(phone) };
    assert_eq!(send_one(&store, NOW, &limits, global("+85261234567")).await.limit, None);
    assert_eq!(send_one(&store, NOW, &limits, malaysia("+60198890000")).await.limit, None);
    let hit = Some(Limit::AppCountry);
    assert_eq!(send_one(&store, NOW, &limits, global("+85261234568")).await.limit, hit);
    for _ in 0..2 {
        assert_eq!(send_one(&store, NOW, &limits, message(PHONE)).await.limit, None, "the mainland is none");
    }
    store.close().await;
    let store = folder.open();
    assert_eq!(
        send_one(&store, NOW + 1, &limits, malaysia("+60198890001")).await.limit,
        hit,
        "counted again"
    );
    assert_eq!(send_one(&store, MIDNIGHT, &limits, malaysia("+60198890001")).await.limit, None);
}
