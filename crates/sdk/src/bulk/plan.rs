//! Which numbers travel in which request, when, and in which order results come out: without a socket or a clock.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tcsms_api::ErrorCode;
use tcsms_api::v20210111::SendSmsResponse;

use super::{NumberResult, Outcome, OutcomeKind};
use crate::error::{BoxError, Delivery, Error, ErrorKind};

/// As many numbers as one request takes (documented).
const LARGEST: usize = 200;

type Record<'a> = Box<dyn FnMut(usize, &str) -> Option<OutcomeKind> + Send + 'a>;
type BeforeSending<'a> = Box<dyn FnMut(&[(usize, &str)]) -> Result<(), BoxError> + Send + 'a>;

/// A number, and the template's values where they are meant for it alone.
pub(super) type Entry = (String, Option<Vec<String>>);

/// What the numbers of one request have in common.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Group {
    land: Land,
    values: Option<Vec<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Land {
    Mainland,
    Elsewhere,
    /// What is no number can spoil no other in a request of its own.
    Nowhere,
}

pub(super) struct Plan<'a> {
    entries: Box<dyn Iterator<Item = Entry> + Send + 'a>,
    /// Whether `entries` has no more.
    ended: bool,
    pub(super) record: Record<'a>,
    pub(super) unknown_again: bool,
    pub(super) before_sending: BeforeSending<'a>,
    pub(super) concurrency: usize,
    /// The least time between two starts.
    pub(super) interval: Duration,
    /// When the next request may start.
    next_start: Duration,
    in_flight: usize,
    /// The place in the input of the first slot.
    first: usize,
    /// What was read and not delivered yet, in input order.
    slots: VecDeque<Slot>,
    /// The places that wait for a request.
    waiting: HashMap<Arc<Group>, Vec<usize>>,
    /// The group that fills a request.
    full: Option<Arc<Group>>,
}

struct Slot {
    number: String,
    state: State,
}

enum State {
    /// Waits for a request of this group.
    Waiting(Arc<Group>),
    Sent,
    Done(Outcome),
}

/// A request to be made.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) places: Vec<usize>,
    pub(super) numbers: Vec<String>,
    /// In place of the call's own.
    pub(super) values: Option<Vec<String>>,
}

/// What the driver has to do.
#[derive(Debug)]
pub(super) enum Step {
    /// Hand this to the caller.
    Deliver(NumberResult),
    /// Make this request, and [settle](Plan::settle) it.
    Send(Batch),
    /// Wait until a request is settled, at most this long.
    Wait(Option<Duration>),
    Done,
}

impl<'a> Plan<'a> {
    pub(super) fn new(entries: Box<dyn Iterator<Item = Entry> + Send + 'a>) -> Self {
        Self {
            entries,
            ended: false,
            record: Box::new(|_, _| None),
            unknown_again: false,
            before_sending: Box::new(|_| Ok(())),
            concurrency: 4,
            interval: Duration::from_millis(10),
            next_start: Duration::ZERO,
            in_flight: 0,
            first: 0,
            slots: VecDeque::new(),
            waiting: HashMap::new(),
            full: None,
        }
    }

    /// The next step, at this time since the work began.
    pub(super) fn step(&mut self, now: Duration) -> Step {
        loop {
            while self.has_room() {
                self.read();
            }
            let due = self.due();
            if let Some(group) = &due
                && now >= self.next_start
            {
                match self.take(group) {
                    Ok(batch) => {
                        self.next_start = now + self.interval;
                        self.in_flight += 1;
                        return Step::Send(batch);
                    }
                    Err((places, error)) => {
                        self.fail(&places, error);
                        continue;
                    }
                }
            }
            if let Some(result) = self.deliver() {
                return Step::Deliver(result);
            }
            return match due {
                Some(_) => Step::Wait(Some(self.next_start.saturating_sub(now))),
                None if self.in_flight > 0 => Step::Wait(None),
                None => Step::Done,
            };
        }
    }

    /// Gives the numbers of a request that ended their outcomes.
    pub(super) fn settle(&mut self, places: &[usize], outcome: Result<SendSmsResponse, Error>) {
        self.in_flight -= 1;
        let statuses = match outcome {
            Ok(answer) => answer.send_status_set,
            Err(error) => return self.fail(places, error),
        };
        if statuses.len() != places.len() {
            let message = format!(
                "not an answer of the API: it has {} results for {} numbers, so whose they are is not known",
                statuses.len(),
                places.len()
            );
            return self.fail(places, Error::new(ErrorKind::InvalidAnswer, Delivery::MaybeSent, message));
        }
        // The answer is in the order of the request (documented).
        for (place, status) in places.iter().zip(statuses) {
            let outcome = if status.code == "Ok" {
                Outcome::Accepted { serial_no: status.serial_no, fee: status.fee }
            } else {
                Outcome::Refused { code: ErrorCode::from(status.code), message: status.message }
            };
            self.set(*place, State::Done(outcome));
        }
    }

    fn fail(&mut self, places: &[usize], error: Error) {
        let error = Arc::new(error);
        for place in places {
            self.set(*place, State::Done(Outcome::Failed { error: Arc::clone(&error) }));
        }
    }

    fn set(&mut self, place: usize, state: State) {
        if let Some(slot) = self.slots.get_mut(place - self.first) {
            slot.state = state;
        }
    }

    /// Whether another number may be read: no request is full and waits, and not too many results do.
    fn has_room(&self) -> bool {
        let most = self.concurrency.saturating_mul(2 * LARGEST);
        !self.ended && self.slots.len() < most && self.full.is_none()
    }

    fn read(&mut self) {
        let Some((number, values)) = self.entries.next() else {
            self.ended = true;
            return;
        };
        let place = self.first + self.slots.len();
        let state = match (self.record)(place, &number) {
            Some(earlier @ OutcomeKind::Accepted) => State::Done(Outcome::Skipped { earlier }),
            Some(earlier @ OutcomeKind::Unknown) if !self.unknown_again => {
                State::Done(Outcome::Skipped { earlier })
            }
            _ => {
                let group = Arc::new(Group { land: land_of(&number), values });
                let places = self.waiting.entry(Arc::clone(&group)).or_default();
                places.push(place);
                if places.len() >= LARGEST {
                    self.full = Some(Arc::clone(&group));
                }
                State::Waiting(group)
            }
        };
        self.slots.push_back(Slot { number, state });
    }

    /// The group whose request is to be sent next, if another may be under way: one that is full; else, when no more
    /// can be read, the one that all results wait for, and at the end of the input any.
    fn due(&self) -> Option<Arc<Group>> {
        if self.in_flight >= self.concurrency {
            return None;
        }
        let waits_in = |slot: &Slot| match &slot.state {
            State::Waiting(group) => Some(Arc::clone(group)),
            _ => None,
        };
        let first = || self.slots.front().and_then(waits_in);
        let any = || if self.ended { self.slots.iter().find_map(waits_in) } else { None };
        self.full.clone().or_else(first).or_else(any)
    }

    /// Takes the numbers of a group for a request, unless that could not be written down.
    fn take(&mut self, group: &Arc<Group>) -> Result<Batch, (Vec<usize>, Error)> {
        let places = self.waiting.remove(group).unwrap_or_default();
        self.full = None;
        let mut numbers = Vec::with_capacity(places.len());
        for place in &places {
            if let Some(slot) = self.slots.get_mut(place - self.first) {
                slot.state = State::Sent;
                numbers.push(slot.number.clone());
            }
        }
        let entries: Vec<_> = places.iter().copied().zip(numbers.iter().map(String::as_str)).collect();
        match (self.before_sending)(&entries) {
            Ok(()) => Ok(Batch { places, numbers, values: group.values.clone() }),
            Err(error) => {
                let message = format!("what is about to be sent could not be written down: {error}");
                Err((places, Error::local(ErrorKind::Config, message).because(error)))
            }
        }
    }

    fn deliver(&mut self) -> Option<NumberResult> {
        let slot = self.slots.pop_front()?;
        match slot.state {
            State::Done(outcome) => {
                let index = self.first;
                self.first += 1;
                Some(NumberResult { index, number: slot.number, outcome })
            }
            _ => {
                self.slots.push_front(slot);
                None
            }
        }
    }
}

/// Where a number belongs, by its form; mainland China in any of its documented forms.
fn land_of(number: &str) -> Land {
    if number.starts_with("+86") || number.starts_with("0086") {
        return Land::Mainland;
    }
    if number.starts_with('+') {
        return Land::Elsewhere;
    }
    let mainland = number.bytes().all(|byte| byte.is_ascii_digit())
        && match number.len() {
            11 => number.starts_with('1'),
            13 => number.starts_with("86"),
            _ => false,
        };
    if mainland { Land::Mainland } else { Land::Nowhere }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::sync::Mutex;

    use proptest::prelude::*;
    use tcsms_api::v20210111::SendStatus;

    fn plan<'a>(numbers: impl IntoIterator<Item = String, IntoIter: Send + 'a>) -> Plan<'a> {
        let mut plan = Plan::new(Box::new(numbers.into_iter().map(|number| (number, None))));
        plan.interval = Duration::ZERO;
        plan
    }

    fn mainland(count: usize) -> impl Iterator<Item = String> + Send {
        (0..count).map(|number| format!("+86137{number:08}"))
    }

    fn accepted(batch: &Batch) -> Result<SendSmsResponse, Error> {
        let status = |number: &String| SendStatus::new().code("Ok").serial_no(format!("s{number}"));
        let mut answer = SendSmsResponse::default();
        answer.send_status_set = batch.numbers.iter().map(status).collect();
        Ok(answer)
    }

    /// Runs the plan with requests that take no time, accepted all.
    fn run(mut plan: Plan<'_>) -> (Vec<NumberResult>, Vec<Batch>) {
        let (mut results, mut batches) = (Vec::new(), Vec::new());
        let mut now = Duration::ZERO;
        loop {
            match plan.step(now) {
                Step::Deliver(result) => results.push(result),
                Step::Send(batch) => {
                    plan.settle(&batch.places, accepted(&batch));
                    batches.push(batch);
                }
                Step::Wait(pause) => now += pause.expect("nothing is under way"),
                Step::Done => return (results, batches),
            }
        }
    }

    fn sizes(batches: &[Batch]) -> Vec<usize> {
        batches.iter().map(|batch| batch.numbers.len()).collect()
    }

    #[test]
    fn requests_are_full_and_results_in_order() {
        let (results, batches) = run(plan(mainland(450)));
        assert_eq!(sizes(&batches), [200, 200, 50]);
        assert_eq!(results.len(), 450);
        for (index, result) in results.iter().enumerate() {
            assert_eq!(result.index, index);
            let Outcome::Accepted { serial_no, .. } = &result.outcome else { panic!("{result:?}") };
            assert_eq!(*serial_no, format!("s+86137{index:08}"));
        }
        assert_eq!(run(plan(mainland(0))).1.len(), 0);
        assert_eq!(sizes(&run(plan(mainland(200))).1), [200]);
        assert_eq!(sizes(&run(plan(mainland(201))).1), [200, 1]);
    }

    #[test]
    fn numbers_with_equal_values_share_a_request() {
        let entry = |number: usize| (format!("+86137{number:08}"), Some(vec![format!("{}", number % 2)]));
        let mut plan = Plan::new(Box::new((0..500).map(entry)));
        plan.interval = Duration::ZERO;
        let (results, batches) = run(plan);
        assert_eq!(sizes(&batches), [200, 200, 50, 50]);
        for batch in &batches {
            let value = batch.values.as_ref().unwrap()[0].parse::<usize>().unwrap();
            assert!(batch.places.iter().all(|place| place % 2 == value), "{batch:?}");
        }
        assert!(results.iter().enumerate().all(|(index, result)| result.index == index));
    }

    #[test]
    fn numbers_whose_values_all_differ_go_one_by_one_and_in_order() {
        let read = Mutex::new(0_usize);
        let entry = |number: usize| {
            *read.lock().unwrap() += 1;
            (format!("+86137{number:08}"), Some(vec![number.to_string()]))
        };
        let mut plan = Plan::new(Box::new((0..10_000).map(entry)));
        plan.interval = Duration::ZERO;
        plan.concurrency = 1;
        let mut delivered = 0;
        loop {
            match plan.step(Duration::ZERO) {
                Step::Deliver(_) => delivered += 1,
                Step::Send(batch) => {
                    assert_eq!(batch.numbers.len(), 1);
                    assert!(*read.lock().unwrap() <= delivered + 2 * LARGEST, "memory stays bounded");
                    plan.settle(&batch.places, accepted(&batch));
                }
                Step::Wait(_) => {}
                Step::Done => break,
            }
        }
        assert_eq!(delivered, 10_000);
    }

    #[test]
    fn a_million_numbers_need_the_memory_of_a_few_requests() {
        let read = Mutex::new(0_usize);
        let counted = mainland(1_000_000).inspect(|_| *read.lock().unwrap() += 1);
        let mut plan = plan(counted);
        let (mut delivered, mut requests) = (0, 0);
        let mut under_way = VecDeque::new();
        loop {
            match plan.step(Duration::ZERO) {
                Step::Deliver(result) => {
                    assert_eq!(result.index, delivered);
                    delivered += 1;
                }
                Step::Send(batch) => {
                    assert_eq!(batch.numbers.len(), LARGEST);
                    requests += 1;
                    under_way.push_back(batch);
                }
                Step::Wait(_) => {
                    let batch: Batch = under_way.pop_front().unwrap();
                    plan.settle(&batch.places, accepted(&batch));
                }
                Step::Done => break,
            }
            assert!(*read.lock().unwrap() - delivered <= 8 * LARGEST);
            assert!(under_way.len() <= 4);
        }
        assert_eq!((delivered, requests), (1_000_000, 5_000));
    }

    #[test]
    fn one_slow_request_does_not_stop_the_others_until_too_many_results_wait() {
        let mut plan = plan(mainland(10_000));
        plan.concurrency = 2;
        let Step::Send(slow) = plan.step(Duration::ZERO) else { panic!() };
        for _ in 0..3 {
            let Step::Send(quick) = plan.step(Duration::ZERO) else { panic!() };
            plan.settle(&quick.places, accepted(&quick));
        }
        assert!(matches!(plan.step(Duration::ZERO), Step::Wait(None)), "results of four requests wait");
        plan.settle(&slow.places, accepted(&slow));
        assert!(matches!(plan.step(Duration::ZERO), Step::Deliver(NumberResult { index: 0, .. })));
    }

    #[test]
    fn a_lone_number_of_another_kind_travels_alone_and_in_time() {
        let numbers = std::iter::once("+85261234567".to_owned()).chain(mainland(10_000));
        let mut plan = plan(numbers);
        plan.concurrency = 2;
        let mut before = 0;
        loop {
            match plan.step(Duration::ZERO) {
                Step::Send(batch) => {
                    plan.settle(&batch.places, accepted(&batch));
                    before += 1;
                    if batch.numbers == ["+85261234567"] {
                        break;
                    }
                    assert_eq!(batch.numbers.len(), LARGEST);
                }
                other => panic!("{other:?}"),
            }
        }
        assert!(before <= 5, "{before} requests");
        let (results, batches) = run(plan);
        assert_eq!(results[0].number, "+85261234567");
        assert_eq!(results.len(), 10_001);
        assert_eq!(batches.len() + before, 51);
    }

    #[test]
    fn numbers_are_grouped_by_their_documented_forms() {
        for (number, land) in [
            ("+8613711112222", Land::Mainland),
            ("+86018501234444", Land::Mainland),
            ("008613711112222", Land::Mainland),
            ("8613711112222", Land::Mainland),
            ("13711112222", Land::Mainland),
            ("+85261234567", Land::Elsewhere),
            ("+886912345678", Land::Elsewhere),
            ("+12025550123", Land::Elsewhere),
            ("12345", Land::Nowhere),
            ("0085261234567", Land::Nowhere),
            ("1371111222x", Land::Nowhere),
            ("8612345", Land::Nowhere),
            ("", Land::Nowhere),
        ] {
            assert_eq!(land_of(number), land, "{number}");
        }
    }

    #[test]
    fn starts_keep_their_distance() {
        let mut plan = plan(mainland(1_000));
        plan.interval = Duration::from_millis(20);
        let mut now = Duration::ZERO;
        let mut starts = Vec::new();
        let mut under_way = Vec::new();
        while starts.len() < 5 {
            match plan.step(now) {
                Step::Send(batch) => {
                    starts.push(now.as_millis());
                    under_way.push(batch);
                    // A busy caller comes back late: that gives no right to a burst.
                    if starts.len() == 2 {
                        now += Duration::from_millis(100);
                    }
                }
                Step::Wait(Some(pause)) => now += pause,
                Step::Wait(None) => {
                    let batch: Batch = under_way.remove(0);
                    plan.settle(&batch.places, accepted(&batch));
                }
                Step::Deliver(_) => {}
                Step::Done => panic!(),
            }
        }
        assert_eq!(starts, [0, 20, 120, 140, 160]);
    }

    #[test]
    fn what_was_accepted_or_is_unknown_is_not_sent_again_unless_told() {
        let record = |index: usize, number: &str| {
            assert_eq!(number, format!("+86137{index:08}"));
            [
                Some(OutcomeKind::Accepted),
                Some(OutcomeKind::Unknown),
                Some(OutcomeKind::Refused),
                Some(OutcomeKind::NotSent),
                None,
            ][index % 5]
        };
        for (again, sent) in [(false, vec![2, 3, 4, 7, 8, 9]), (true, vec![1, 2, 3, 4, 6, 7, 8, 9])] {
            let mut plan = plan(mainland(10));
            plan.record = Box::new(record);
            plan.unknown_again = again;
            let (results, batches) = run(plan);
            assert_eq!(batches.len(), 1);
            assert_eq!(batches[0].places, sent);
            assert_eq!(results.len(), 10);
            for result in results {
                match result.outcome {
                    Outcome::Skipped { earlier } => {
                        assert_eq!(Some(earlier), record(result.index, &result.number))
                    }
                    _ => assert!(sent.contains(&result.index)),
                }
            }
        }
    }

    #[test]
    fn what_is_sent_was_written_down_before_and_is_not_sent_otherwise() {
        let written = Mutex::new(Vec::new());
        let mut plan = plan(mainland(600));
        plan.before_sending = Box::new(|entries| {
            if entries[0].0 == 200 {
                return Err("the disk is full".into());
            }
            written
                .lock()
                .unwrap()
                .extend(entries.iter().map(|(place, number)| (*place, (*number).to_owned())));
            Ok(())
        });
        let Step::Send(first) = plan.step(Duration::ZERO) else { panic!() };
        let expected: Vec<_> = mainland(200).enumerate().collect();
        assert_eq!(*written.lock().unwrap(), expected);
        plan.settle(&first.places, accepted(&first));
        let (results, batches) = run(plan);
        assert_eq!(batches.len(), 1);
        assert_eq!(batches[0].places[0], 400);
        assert_eq!(written.lock().unwrap().len(), 400);
        for result in results {
            let expected = if result.index / 200 == 1 { OutcomeKind::NotSent } else { OutcomeKind::Accepted };
            assert_eq!(result.outcome.kind(), expected, "{result:?}");
            if let Outcome::Failed { error } = result.outcome {
                assert!(error.message().contains("the disk is full"), "{error}");
            }
        }
    }

    #[test]
    fn each_number_gets_its_own_outcome() {
        let settled = |outcome| {
            let mut plan = plan(mainland(2));
            let Step::Send(batch) = plan.step(Duration::ZERO) else { panic!() };
            plan.settle(&batch.places, outcome);
            let (results, _) = run(plan);
            results.into_iter().map(|result| result.outcome).collect::<Vec<_>>()
        };
        let mut answer = SendSmsResponse::default();
        answer.send_status_set = vec![
            SendStatus::new().code("LimitExceeded.PhoneNumberDailyLimit").message("too many"),
            SendStatus::new().code("Ok").serial_no("1:2").fee(3_u64),
        ];
        let outcomes = settled(Ok(answer.clone()));
        let Outcome::Refused { code, message } = &outcomes[0] else { panic!("{outcomes:?}") };
        assert_eq!((code.as_str(), message.as_str()), ("LimitExceeded.PhoneNumberDailyLimit", "too many"));
        let Outcome::Accepted { serial_no, fee } = &outcomes[1] else { panic!("{outcomes:?}") };
        assert_eq!((serial_no.as_str(), *fee), ("1:2", 3));

        // Whose the one result is cannot be told.
        answer.send_status_set.pop();
        let kinds = |outcomes: Vec<Outcome>| outcomes.iter().map(Outcome::kind).collect::<Vec<_>>();
        assert_eq!(kinds(settled(Ok(answer))), [OutcomeKind::Unknown; 2]);

        let failed = |delivery| settled(Err(Error::new(ErrorKind::Network, delivery, "x")));
        assert_eq!(kinds(failed(Delivery::NotSent)), [OutcomeKind::NotSent; 2]);
        assert_eq!(kinds(failed(Delivery::MaybeSent)), [OutcomeKind::Unknown; 2]);
        assert_eq!(kinds(failed(Delivery::Answered)), [OutcomeKind::Refused; 2]);
    }

    #[test]
    fn kinds_are_read_as_they_are_written() {
        for kind in [OutcomeKind::Accepted, OutcomeKind::Refused, OutcomeKind::NotSent, OutcomeKind::Unknown]
        {
            assert_eq!(OutcomeKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(OutcomeKind::parse("ok"), None);
    }

    proptest! {
        #[test]
        fn every_number_is_sent_once_in_a_request_of_one_kind_and_told_in_order(
            kinds in proptest::collection::vec(0_u8..8, 0..2_500),
            concurrency in 1_usize..5,
            seed in any::<u64>(),
        ) {
            // Most are of the mainland, some global, some odd, some known from before.
            let number = |(place, kind): (usize, &u8)| match kind {
                0 => format!("+852{place:08}"),
                1 => format!("x{place}"),
                _ => format!("+86137{place:08}"),
            };
            let known = |place: usize| kinds[place] == 2;
            let mut random = fastrand::Rng::with_seed(seed);
            let mut plan = plan(kinds.iter().enumerate().map(number).collect::<Vec<_>>());
            plan.concurrency = concurrency;
            plan.record = Box::new(move |place, _| known(place).then_some(OutcomeKind::Accepted));
            let mut under_way: Vec<Batch> = Vec::new();
            let mut sent: BTreeMap<usize, String> = BTreeMap::new();
            let mut delivered = 0;
            loop {
                match plan.step(Duration::ZERO) {
                    Step::Deliver(result) => {
                        prop_assert_eq!(result.index, delivered);
                        prop_assert_eq!(&result.number, &number((delivered, &kinds[delivered])));
                        match &result.outcome {
                            Outcome::Accepted { serial_no, .. } => {
                                prop_assert_eq!(serial_no, &format!("s{}", result.number));
                            }
                            Outcome::Skipped { .. } => prop_assert!(known(delivered)),
                            other => prop_assert!(false, "{:?}", other),
                        }
                        delivered += 1;
                    }
                    Step::Send(batch) => {
                        prop_assert!((1..=LARGEST).contains(&batch.numbers.len()));
                        let land = land_of(&batch.numbers[0]);
                        for (place, number) in batch.places.iter().zip(&batch.numbers) {
                            prop_assert_eq!(land_of(number), land);
                            prop_assert!(!known(*place));
                            prop_assert!(sent.insert(*place, number.clone()).is_none(), "sent twice");
                        }
                        under_way.push(batch);
                        prop_assert!(under_way.len() <= concurrency);
                    }
                    Step::Wait(_) => {
                        prop_assert!(!under_way.is_empty(), "waits for nothing");
                        let batch = under_way.swap_remove(random.usize(..under_way.len()));
                        plan.settle(&batch.places, accepted(&batch));
                    }
                    Step::Done => break,
                }
                prop_assert!(plan.slots.len() <= concurrency * 2 * LARGEST);
            }
            prop_assert_eq!(delivered, kinds.len());
            prop_assert_eq!(sent.len(), kinds.iter().filter(|kind| **kind != 2).count());
        }
    }
}
