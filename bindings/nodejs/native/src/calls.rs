//! Clients of the core, and the calls they make.

use std::cell::RefCell;

use tcsms_bridge::{Client, Outcome};

use crate::integers;
use crate::node::{Arguments, Env, Handle, Thrown, Value};
use crate::stream::Stream;

/// `client(settings)`: a client with settings in JSON. Throws the error as JSON.
pub(crate) fn client(env: Env, arguments: &Arguments) -> Result<Value, Thrown> {
    let settings = env.string(arguments.at(0))?;
    env.held(Handle::Client(Client::new(settings.as_bytes())?))
}

/// `submit(client, inbox, tag, meta, body, timeoutMs)`: has a call made in the background; its outcome comes into the inbox
/// under the tag. Gives the id for `cancel`.
pub(crate) fn submit(env: Env, arguments: &Arguments) -> Result<Value, Thrown> {
    let client = env.client(arguments.at(0))?;
    let tag = env.number(arguments.at(2))?;
    let (meta, body) = (env.string(arguments.at(3))?, env.bytes(arguments.at(4))?);
    let timeout_ms = env.number(arguments.at(5))? as u32;
    let slot = env.inbox(arguments.at(1), |inbox| inbox.expect(env, tag))?;
    let refused = slot.clone();
    match client.submit(meta.as_bytes(), &body, timeout_ms, move |outcome| slot.put(outcome)) {
        Ok(id) => env.double(id as f64),
        Err(failure) => {
            refused.put(failure.into());
            env.double(0.0)
        }
    }
}

/// `cancel(client, id)`: tells a call to end. False when it is over already.
pub(crate) fn cancel(env: Env, arguments: &Arguments) -> Result<Value, Thrown> {
    let id = env.number(arguments.at(1))? as u64;
    env.truth(env.client(arguments.at(0))?.cancel(id))
}

/// `credential(client, inbox, tag)`: has the credential told that a call would be signed with now.
pub(crate) fn credential(env: Env, arguments: &Arguments) -> Result<Value, Thrown> {
    let (client, tag) = (env.client(arguments.at(0))?, env.number(arguments.at(2))?);
    let slot = env.inbox(arguments.at(1), |inbox| inbox.expect(env, tag))?;
    let refused = slot.clone();
    let started = std::thread::Builder::new().name("tcsms-credential".to_owned()).spawn(move || {
        slot.put(match client.credential(0) {
            Ok(bytes) => Outcome { status: 0, bytes },
            Err(failure) => failure.into(),
        });
    });
    if let Err(error) = started {
        refused.put(no_thread(&error));
    }
    env.nothing()
}

/// `stream(client, inbox, tag, meta, body)`: begins a call that may answer with events, see [`Stream`].
pub(crate) fn stream(env: Env, arguments: &Arguments) -> Result<Value, Thrown> {
    let (client, tag) = (env.client(arguments.at(0))?, env.number(arguments.at(2))?);
    let (meta, body) = (env.string(arguments.at(3))?, env.bytes(arguments.at(4))?);
    let slot = env.inbox(arguments.at(1), |inbox| inbox.expect(env, tag))?;
    env.held(Handle::Stream(Stream::begin(client, slot, meta, body)))
}

/// The outcome of what needed a thread and got none.
pub(crate) fn no_thread(error: &std::io::Error) -> Outcome {
    let text = format!("no thread can be started for the call ({error}); nothing was sent");
    let told = format!(
        r#"{{"kind":"config","delivery":"not_sent","attempts":0,"retryable":true,"message":"{text}","text":"{text}"}}"#
    );
    Outcome { status: -3, bytes: told.into_bytes() }
}

/// `exchange(client, meta, body)`: begins a call whose requests the package carries itself. Throws the error as JSON.
pub(crate) fn exchange(env: Env, arguments: &Arguments) -> Result<Value, Thrown> {
    let (meta, body) = (env.string(arguments.at(1))?, env.bytes(arguments.at(2))?);
    let exchange = env.client(arguments.at(0))?.exchange(meta.as_bytes(), &body)?;
    env.held(Handle::Exchange(RefCell::new(Box::new(exchange))))
}

/// `next(exchange)`: the next step as a list: its JSON, and what belongs to it: bytes to be sent, or a text where the call
/// is over.
pub(crate) fn next(env: Env, arguments: &Arguments) -> Result<Value, Thrown> {
    let step = env.exchange(arguments.at(0), tcsms_bridge::Exchange::next)?;
    let end = step.iter().position(|byte| *byte == b'\n').unwrap_or(step.len());
    let (head, rest) = (&step[..end], step.get(end + 1..).unwrap_or_default());
    let rest = if head.starts_with(br#"{"done""#) {
        let text = String::from_utf8_lossy(rest);
        env.text(&integers::marked(&text).unwrap_or_else(|| text.into_owned()))?
    } else {
        env.buffer(rest)?
    };
    env.list(&[env.text(&String::from_utf8_lossy(head))?, rest])
}

/// `answer(exchange, status, headers, body)`: reports an answer; its headers are a JSON list of pairs.
pub(crate) fn answer(env: Env, arguments: &Arguments) -> Result<Value, Thrown> {
    let status = env.number(arguments.at(1))? as i32;
    let (headers, body) = (env.string(arguments.at(2))?, env.bytes(arguments.at(3))?);
    env.exchange(arguments.at(0), |exchange| exchange.answer(status, headers.as_bytes(), &body))??;
    env.nothing()
}

/// `failed(exchange, step, maybeSent, text)`: reports that no answer came.
pub(crate) fn failed(env: Env, arguments: &Arguments) -> Result<Value, Thrown> {
    let (step, maybe_sent) = (env.number(arguments.at(1))? as i32, env.flag(arguments.at(2))?);
    let text = env.string(arguments.at(3))?;
    env.exchange(arguments.at(0), |exchange| exchange.failed(step, maybe_sent, &text))??;
    env.nothing()
}
