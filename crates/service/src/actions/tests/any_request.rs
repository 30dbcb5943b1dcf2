//! Every action with parameters of the right types and any contents.

use proptest::prelude::*;
use tcsms_api::{Kind, Member, Structure};

use super::*;

/// Texts that mean something to some action, and any others.
fn text() -> BoxedStrategy<Value> {
    const KNOWN: [&str; 14] = [
        "",
        "+8613700000001",
        "+60198890000",
        "1400006666",
        "1400000001",
        "1",
        "3",
        "1800308",
        "青柠科技",
        "Lime Tech",
        "4370",
        "2026112511",
        "您的验证码为{1}",
        "base64",
    ];
    prop_oneof![4 => prop::sample::select(&KNOWN[..]).prop_map(Value::from), 1 => any::<String>().prop_map(Value::from)]
        .boxed()
}

fn number() -> BoxedStrategy<Value> {
    let now = NOW.unsigned_abs();
    prop_oneof![
        4 => 0..12_u64,
        2 => now - 100..now + 100,
        1 => Just(2_026_112_511),
        1 => any::<u64>(),
    ]
    .prop_map(Value::from)
    .boxed()
}

fn value(member: &'static Member) -> BoxedStrategy<Value> {
    let one = match member.kind {
        Kind::String => text(),
        Kind::Unsigned | Kind::Integer => number(),
        Kind::Object(inner) => structure(inner),
    };
    if member.list { prop::collection::vec(one, 0..4).prop_map(Value::from).boxed() } else { one }
}

fn structure(structure: &'static Structure) -> BoxedStrategy<Value> {
    let members: Vec<_> = structure
        .members
        .iter()
        .map(|member| {
            let given = value(member).prop_map(move |value| Some((member.name.to_owned(), value)));
            if member.required { given.boxed() } else { prop_oneof![1 => Just(None), 3 => given].boxed() }
        })
        .collect();
    members
        .prop_map(|members| members.into_iter().flatten().collect::<serde_json::Map<_, _>>().into())
        .boxed()
}

/// That an answer has every member of its definition, none of them null and each of its type.
fn assert_whole(answer: &Value, structure: &Structure) {
    for member in structure.members {
        let given = &answer[member.name];
        let elements = match given {
            Value::Array(elements) if member.list => elements.as_slice(),
            given if !member.list => std::slice::from_ref(given),
            other => panic!("{}.{} is {other}", structure.name, member.name),
        };
        for element in elements {
            match member.kind {
                Kind::String => assert!(element.is_string(), "{}.{}", structure.name, member.name),
                Kind::Unsigned => assert!(element.is_u64(), "{}.{}", structure.name, member.name),
                Kind::Integer => assert!(element.is_i64(), "{}.{}", structure.name, member.name),
                Kind::Object(inner) => assert_whole(element, inner),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    /// The answer is whole or its code is published for the action, which every call of these tests checks.
    #[test]
    fn every_action_answers_whole_or_with_a_code_of_its_list(
        requests in ACTIONS.iter().map(|action| structure(action.input)).collect::<Vec<_>>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let bench = Bench::with("[rules]\nextend_code = true").ready().await;
            bench.send(json!({})).await;
            bench.deliver().await;
            bench.reply("+8613700000001", "好").await;
            for (action, request) in ACTIONS.iter().zip(&requests) {
                if let Ok(answer) = bench.call_version(action.version, action.name, request).await {
                    assert_whole(&answer, action.output);
                }
            }
        });
    }
}
