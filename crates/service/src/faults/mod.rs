//! Faults on demand: ordered rules that say which calls, deliveries and pushes go wrong, how, and how often.
//!
//! Every rule counts what fits it. It strikes at the counts it names, or by a probability that a seed makes repeatable,
//! at most as often as it says. What was struck is remembered, so that a test can see why something went wrong.

mod list;

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tcsms_store::Message;

pub(crate) use self::list::FaultList;
use self::list::{Effect, Target, check, check_seed, script_of};
use crate::config::Script;
use crate::duration;

/// How many hits are remembered.
const HITS_MAX: usize = 10_000;
/// The most rules of one list.
const RULES_MAX: usize = 100;
/// What happens to a call.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct CallFault {
    pub(crate) latency: Duration,
    pub(crate) end: Option<CallEnd>,
    /// The rules that struck.
    pub(crate) ids: Vec<String>,
}

/// How a call ends instead of well.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum CallEnd {
    Error { code: String, message: String },
    Reset { after: bool },
    Partial { bytes: usize },
}

/// What was struck.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Struck {
    /// The call with this RequestId.
    Call(String),
    /// The message with this row.
    Message(i64),
}

/// The rules that are in force.
#[derive(Default)]
pub(crate) struct Faults {
    state: Mutex<State>,
    calls: AtomicBool,
    deliveries: AtomicBool,
    callbacks: AtomicBool,
}

#[derive(Default)]
struct State {
    /// By account; without one they concern everybody.
    lists: BTreeMap<Option<String>, Armed>,
    hits: VecDeque<(Struck, String)>,
}

struct Armed {
    list: FaultList,
    /// One for each rule, so that a rule's strikes do not depend on the others.
    random: Vec<fastrand::Rng>,
}

impl Faults {
    /// Puts this list in the place of the account's, or of everybody's.
    ///
    /// # Errors
    /// What is wrong with the list; the old one stays in force.
    pub(crate) fn set(&self, account: Option<String>, mut list: FaultList) -> Result<(), String> {
        if list.faults.len() > RULES_MAX {
            return Err(format!("{} faults are more than {RULES_MAX}; take some out", list.faults.len()));
        }
        check_seed(list.seed)?;
        for (rule, place) in list.faults.iter_mut().zip(1..) {
            if rule.id.is_empty() {
                rule.id = place.to_string();
            }
            check(rule).map_err(|what| format!("fault {}: {what}", rule.id))?;
        }
        let random =
            (0..).take(list.faults.len()).map(|at| fastrand::Rng::with_seed(list.seed.wrapping_add(at)));
        let random = random.collect();
        let mut state = self.state();
        state.lists.insert(account, Armed { list, random });
        self.note(&state);
        Ok(())
    }

    /// The list of the account, or of everybody, with what it did so far.
    pub(crate) fn get(&self, account: Option<&str>) -> FaultList {
        let state = self.state();
        state.lists.get(&account.map(str::to_owned)).map(|armed| armed.list.clone()).unwrap_or_default()
    }

    /// Removes the list of the account, or of everybody.
    pub(crate) fn clear(&self, account: Option<&str>) {
        let mut state = self.state();
        state.lists.remove(&account.map(str::to_owned));
        self.note(&state);
    }

    /// The rules that struck this message or its call.
    pub(crate) fn hits(&self, request_id: &str, row: i64) -> Vec<String> {
        let state = self.state();
        let of_it = |struck: &Struck| match struck {
            Struck::Call(id) => id == request_id,
            Struck::Message(other) => *other == row,
        };
        state.hits.iter().filter(|(struck, _)| of_it(struck)).map(|(_, id)| id.clone()).collect()
    }

    /// What happens to a call, whose parameters are a JSON object.
    pub(crate) fn of_call(
        &self,
        account: &str,
        action: &str,
        parameters: &[u8],
        request_id: &str,
    ) -> CallFault {
        let mut fault = CallFault::default();
        if !self.calls.load(Ordering::Relaxed) {
            return fault;
        }
        let named = Named::read(parameters);
        let phones: Vec<&str> = named.phones.iter().map(String::as_str).collect();
        let target =
            Target { action: Some(action), app: &named.app, phones: &phones, template: &named.template };
        let mut state = self.state();
        state.strike(account, &target, |id, effect| {
            let end = match effect {
                Effect::Latency(time) => {
                    fault.latency += duration::parse(time).unwrap_or_default();
                    None
                }
                Effect::Error { code, message } => {
                    Some(CallEnd::Error { code: code.clone(), message: message.clone() })
                }
                Effect::Reset { after } => Some(CallEnd::Reset { after: *after }),
                Effect::Partial { bytes } => Some(CallEnd::Partial { bytes: *bytes }),
                Effect::Receipt { .. } | Effect::Callback { .. } => return Next::NotMine,
            };
            fault.ids.push(id.to_owned());
            match end {
                None => Next::GoOn,
                some => {
                    fault.end = some;
                    Next::Stop
                }
            }
        });
        state.remember(&fault.ids, &Struck::Call(request_id.to_owned()));
        fault
    }

    /// Whether any rule concerns the carrier.
    pub(crate) fn touch_delivery(&self) -> bool {
        self.deliveries.load(Ordering::Relaxed)
    }

    /// How the carrier treats this message, when a rule says so. Only its first attempt is counted, and the others are
    /// treated as that was.
    pub(crate) fn of_delivery(&self, message: &Message, attempt: u32) -> Option<Script> {
        let template = message.template.to_string();
        let target =
            Target { action: None, app: &message.app, phones: &[&message.phone], template: &template };
        let mut state = self.state();
        let struck = Struck::Message(message.row);
        if attempt > 1 {
            return state.script_before(&message.account, &struck);
        }
        let mut script = None;
        let mut ids = Vec::new();
        state.strike(&message.account, &target, |id, effect| match script_of(effect) {
            None => Next::NotMine,
            found => {
                script = found;
                ids.push(id.to_owned());
                Next::Stop
            }
        });
        state.remember(&ids, &struck);
        script
    }

    /// How a push of this app is treated: how much later it comes and how often; `None` drops it.
    pub(crate) fn of_callback(&self, account: &str, app: &str) -> Option<(Duration, u32)> {
        let mut treatment = Some((Duration::ZERO, 1));
        if self.callbacks.load(Ordering::Relaxed) {
            let target = Target { action: None, app, phones: &[], template: "" };
            self.state().strike(account, &target, |_, effect| {
                let Effect::Callback { delay, copies, drop } = effect else { return Next::NotMine };
                let delay = delay.as_deref().and_then(duration::parse).unwrap_or_default();
                treatment = (!drop).then_some((delay, *copies));
                Next::Stop
            });
        }
        treatment
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers which kinds of rules there are, so that without them nothing is looked at.
    fn note(&self, state: &State) {
        let any = |wanted: fn(&Effect) -> bool| {
            state.lists.values().flat_map(|armed| &armed.list.faults).any(|rule| wanted(&rule.effect))
        };
        let of_delivery = |effect: &Effect| matches!(effect, Effect::Receipt { .. });
        let of_callback = |effect: &Effect| matches!(effect, Effect::Callback { .. });
        self.deliveries.store(any(of_delivery), Ordering::Relaxed);
        self.callbacks.store(any(of_callback), Ordering::Relaxed);
        let of_call = |effect: &Effect| !matches!(effect, Effect::Receipt { .. } | Effect::Callback { .. });
        self.calls.store(any(of_call), Ordering::Relaxed);
    }
}

/// What a rule that fits was good for.
enum Next {
    /// It concerns something else, and does not count this.
    NotMine,
    GoOn,
    Stop,
}

impl State {
    /// Walks through the rules of the account and then through everybody's, and calls `act` for those that strike.
    fn strike(&mut self, account: &str, target: &Target<'_>, mut act: impl FnMut(&str, &Effect) -> Next) {
        for scope in [Some(account.to_owned()), None] {
            let Some(armed) = self.lists.get_mut(&scope) else { continue };
            for (rule, random) in armed.list.faults.iter_mut().zip(&mut armed.random) {
                if !rule.fits.fit(target) || !rule.would_act(target) {
                    continue;
                }
                if !rule.strikes(random) {
                    continue;
                }
                if matches!(act(&rule.id, &rule.effect), Next::Stop) {
                    return;
                }
            }
        }
    }

    fn remember(&mut self, ids: &[String], struck: &Struck) {
        for id in ids {
            if self.hits.len() >= HITS_MAX {
                self.hits.pop_front();
            }
            self.hits.push_back((struck.clone(), id.clone()));
        }
    }

    /// The script of the rule that struck this before.
    fn script_before(&self, account: &str, struck: &Struck) -> Option<Script> {
        let (_, id) = self.hits.iter().find(|(other, _)| other == struck)?;
        let scopes = [Some(account.to_owned()), None];
        let mut rules =
            scopes.iter().filter_map(|scope| self.lists.get(scope)).flat_map(|armed| &armed.list.faults);
        rules.find(|rule| rule.id == *id).and_then(|rule| script_of(&rule.effect))
    }
}

/// What of a call's parameters rules look at, under the names of all actions and both versions.
#[derive(Default)]
struct Named {
    app: String,
    phones: Vec<String>,
    template: String,
}

impl Named {
    fn read(parameters: &[u8]) -> Self {
        let mut named = Self::default();
        let Ok(serde_json::Value::Object(members)) = serde_json::from_slice(parameters) else { return named };
        for (name, value) in &members {
            let text = || value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            match name.to_ascii_lowercase().as_str() {
                "smssdkappid" => named.app = text(),
                "templateid" => named.template = text(),
                "phonenumber" => named.phones = vec![canonical(&text())],
                "phonenumberset" => {
                    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
                    named.phones = list.iter().filter_map(|phone| phone.as_str().map(canonical)).collect();
                }
                _ => {}
            }
        }
        named
    }
}

fn canonical(phone: &str) -> String {
    crate::rules::numbers::parse(phone).map_or_else(|| phone.to_owned(), |number| number.e164)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn armed(json: &str) -> Faults {
        let faults = Faults::default();
        faults.set(None, serde_json::from_str(json).unwrap()).unwrap();
        faults
    }

    fn call(faults: &Faults, account: &str, action: &str, parameters: &str) -> CallFault {
        faults.of_call(account, action, parameters.as_bytes(), "r")
    }

    #[test]
    fn a_rule_strikes_what_fits_and_only_as_often_as_it_says() {
        let faults = armed(
            r#"{"faults":[{"match":{"action":"SendSms","phone":"*0001"},"nth":[2,3,4],"times":2,
                "do":{"error":{"code":"InternalError.Timeout"}}}]}"#,
        );
        let hit = r#"{"PhoneNumberSet":["13700000001"]}"#;
        let error = Some(CallEnd::Error { code: "InternalError.Timeout".to_owned(), message: String::new() });
        assert_eq!(call(&faults, "a", "SendSms", r#"{"PhoneNumberSet":["13700000002"]}"#).end, None);
        assert_eq!(call(&faults, "a", "PullSmsSendStatus", hit).end, None);
        assert_eq!(call(&faults, "a", "SendSms", hit).end, None, "the first");
        assert_eq!(call(&faults, "a", "SendSms", hit).end, error);
        assert_eq!(call(&faults, "a", "SendSms", hit).end, error);
        assert_eq!(call(&faults, "a", "SendSms", hit).end, None, "twice is enough");
        let shown = faults.get(None);
        assert_eq!((shown.faults[0].seen, shown.faults[0].hits, shown.faults[0].id.as_str()), (4, 2, "1"));
        // What is shown can be set, and is counted anew.
        let again: FaultList = serde_json::from_value(serde_json::to_value(&shown).unwrap()).unwrap();
        assert_eq!((again.faults[0].seen, again.faults[0].hits), (0, 0));
        assert_eq!(faults.hits("r", 0), ["1", "1"]);
    }

    #[test]
    fn rules_are_tried_in_order_and_the_first_end_counts() {
        let faults = armed(
            r#"{"faults":[{"id":"a","do":{"latency":"1s"}},{"id":"b","do":{"latency":"2s"}},
                {"id":"c","do":{"reset":{"after":true}}},{"id":"d","do":{"partial":{"bytes":3}}}]}"#,
        );
        let fault = call(&faults, "a", "SendSms", "{}");
        assert_eq!(
            (fault.latency, fault.end),
            (Duration::from_secs(3), Some(CallEnd::Reset { after: true }))
        );
        assert_eq!(fault.ids, ["a", "b", "c"]);
    }

    #[test]
    fn a_seed_repeats_what_chance_decides() {
        let strikes = |seed: u64| {
            let faults = armed(&format!(
                r#"{{"seed":{seed},"faults":[{{"probability":0.5,"do":{{"latency":"1s"}}}}]}}"#
            ));
            (0..64).map(|_| !call(&faults, "a", "SendSms", "{}").ids.is_empty()).collect::<Vec<_>>()
        };
        assert_eq!(strikes(1), strikes(1));
        assert_ne!(strikes(1), strikes(2));
        assert!((16..48).contains(&strikes(1).iter().filter(|strike| **strike).count()));
    }

    #[test]
    fn accounts_have_their_own() {
        let faults = armed(r#"{"faults":[{"id":"all","do":{"latency":"1s"}}]}"#);
        let own = r#"{"faults":[{"id":"own","do":{"error":{"code":"X"}}}]}"#;
        faults.set(Some("run".to_owned()), serde_json::from_str(own).unwrap()).unwrap();
        assert_eq!(call(&faults, "run", "SendSms", "{}").ids, ["own"]);
        assert_eq!(call(&faults, "dev", "SendSms", "{}").ids, ["all"]);
        faults.clear(Some("run"));
        assert_eq!(call(&faults, "run", "SendSms", "{}").ids, ["all"]);
        faults.clear(None);
        assert_eq!(call(&faults, "run", "SendSms", "{}"), CallFault::default());
    }

    #[test]
    fn pushes_are_treated_apart_from_calls() {
        let faults = armed(
            r#"{"faults":[{"match":{"app":"1"},"times":1,"do":{"callback":{"drop":true}}},
                {"match":{"app":"1"},"do":{"callback":{"delay":"2s","copies":2}}}]}"#,
        );
        assert_eq!(call(&faults, "a", "SendSms", r#"{"SmsSdkAppId":"1"}"#), CallFault::default());
        assert_eq!(faults.of_callback("a", "2"), Some((Duration::ZERO, 1)));
        assert_eq!(faults.of_callback("a", "1"), None);
        assert_eq!(faults.of_callback("a", "1"), Some((Duration::from_secs(2), 2)));
        assert!(!faults.touch_delivery());
    }

    #[test]
    fn what_is_wrong_is_refused_and_changes_nothing() {
        let faults = armed(r#"{"faults":[{"id":"old","do":{"latency":"1s"}}]}"#);
        for (json, expected) in [
            (r#"{"faults":[{"do":{"latency":"soon"}}]}"#, "fault 1: \"soon\" must be"),
            (r#"{"faults":[{"do":{"latency":"1h"}}]}"#, "fault 1: \"1h\" must be"),
            (r#"{"faults":[{"probability":2,"do":{"latency":"1s"}}]}"#, "fault 1: probability 2 is not"),
            (r#"{"faults":[{"nth":[0],"do":{"latency":"1s"}}]}"#, "fault 1: nth counts from 1"),
            (
                r#"{"faults":[{"id":"x","do":{"callback":{"copies":0}}}]}"#,
                "fault x: copies 0 must be 1 to 10",
            ),
            (r#"{"faults":[{"do":{"error":{"code":""}}}]}"#, "fault 1: the error has no code"),
            (r#"{"seed":9223372036854775808,"faults":[]}"#, "seed 9223372036854775808 is more than"),
            (
                r#"{"faults":[{"times":9223372036854775808,"do":{"latency":"1s"}}]}"#,
                "fault 1: 9223372036854775808 is more than",
            ),
        ] {
            let error = faults.set(None, serde_json::from_str(json).unwrap()).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
        for json in [r#"{"faults":[{"do":{"explode":{}}}]}"#, r#"{"faults":[{"do":{}}]}"#, r#"{"fault":[]}"#]
        {
            assert!(serde_json::from_str::<FaultList>(json).is_err(), "{json}");
        }
        assert_eq!(faults.get(None).faults[0].id, "old");
    }
}
