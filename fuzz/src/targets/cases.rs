//! Files of conformance cases: what is read can be played, as far as that needs no socket, and told to a driver; and what
//! a case expects is what passes.

use tcsms_conformance_server::case::{Call, Case, read};
use tcsms_conformance_server::outcome::{self, Outcome};
use tcsms_conformance_server::places::Places;
use tcsms_conformance_server::script::{Heard, Record, Step};
use tcsms_conformance_server::settings::Settings;

pub(crate) fn run(data: &[u8]) {
    let drafts = match read(data) {
        Ok(drafts) => drafts,
        Err(error) => {
            // It may name what is wrong, whose bytes that are no text take up more room in it.
            assert!(error.to_string().len() < 1_000 + 8 * data.len(), "{error}");
            return;
        }
    };
    if data.contains(&b'*') {
        // Texts that are repeated may be as large as a case is allowed to be: too slow for here.
        return;
    }
    for (place, draft) in drafts.iter().enumerate() {
        assert!(drafts[..place].iter().all(|other| other.id() != draft.id()), "{} twice", draft.id());
        let mut places = Places::default();
        for name in draft.servers().keys() {
            places.put(name, "127.0.0.1:1");
            places.put(format!("{name}.port"), "1");
        }
        let case =
            draft.filled(&places).unwrap_or_else(|error| panic!("read, but not to be played: {error}"));
        case.servers.values().flat_map(|script| &script.connections).for_each(|steps| played(steps));
        case.calls.iter().for_each(passes);
        judged(&case, data);
        told(&case);
    }
}

fn played(steps: &[Step]) {
    for step in steps {
        match step {
            Step::Answer(answer) => {
                let bytes = answer.bytes().unwrap_or_else(|fault| panic!("{fault}: {answer:?}"));
                let head =
                    bytes.windows(4).position(|end| end == b"\r\n\r\n").expect("an answer has a head") + 4;
                if answer.headers.is_empty() && answer.chunked.is_none() && answer.cut.is_none() {
                    let length = format!("Content-Length: {}\r\n\r\n", bytes.len() - head);
                    assert!(bytes[..head].ends_with(length.as_bytes()), "{}", bytes.escape_ascii());
                }
            }
            Step::Forever(steps) => {
                assert!(!steps.is_empty(), "this would never end");
                played(steps);
            }
            _ => {}
        }
    }
}

/// The answer that a call expects, in the time it expects, is right; and no answer is right where an error is expected.
fn passes(call: &Call) {
    let expected = &call.expect;
    let took = expected.at_least_ms.unwrap_or_default();
    if expected.at_most_ms.is_some_and(|most| most < took) {
        return;
    }
    let answer = expected.answer.clone();
    let is_wrong = answer.is_none();
    let outcome = Outcome::Answer(answer.unwrap_or_default());
    let faults = outcome::faults(expected, &outcome, took, &[]);
    assert_eq!(!faults.is_empty(), is_wrong, "{faults:?}");
}

/// Servers may hear anything; what is right then is for the tests of the crate.
fn judged(case: &Case, data: &[u8]) {
    for wire in case.wire.values() {
        let wants_nothing = wire.requests.iter().all(|request| request.times == Some(0))
            && wire.connections.is_none_or(|count| count == 0)
            && wire.distinct.is_empty();
        let nothing = wire.faults(&Record::default(), &case.settings);
        assert!(nothing.is_empty() || !wants_nothing, "{nothing:?}");
        let heard = [true, false].map(|is_request| Heard { connection: 1, is_request, bytes: data.to_vec() });
        let record = Record { connections: 1, heard: heard.to_vec(), ..Record::default() };
        wire.faults(&record, &case.settings);
    }
}

/// A driver is told lines, and reads from them what the case says.
fn told(case: &Case) {
    let line = serde_json::to_string(&case.settings).expect("settings can be written");
    let again: Settings = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line}: {error}"));
    assert_eq!(serde_json::to_string(&again).ok(), Some(line));
    for call in &case.calls {
        let line = serde_json::to_string(call).expect("a call can be written");
        assert!(!line.contains('\n'), "{line}");
        let again: serde_json::Value = serde_json::from_str(&line).expect("a line is JSON");
        assert_eq!(again["parameters"], call.parameters.clone().unwrap_or_default());
        assert!(again.get("expect").is_none(), "no driver knows what is right");
    }
}
