//! The native methods of `NativeExchange`: a call whose requests the program's own HTTP client carries.

use std::sync::{Arc, Mutex, PoisonError};

use jni::EnvUnowned;
use jni::objects::{JByteArray, JIntArray, JLongArray, JObject};
use jni::sys::{jboolean, jint, jlong};
use tcsms_bridge::{Exchange, Failure};

use crate::client::client;
use crate::handles::Handles;
use crate::{taken, told, within};

static EXCHANGES: Handles<Arc<Mutex<Exchange>>> = Handles::new();

fn with<T>(handle: jlong, work: impl FnOnce(&mut Exchange) -> Result<T, Failure>) -> Result<T, Failure> {
    let exchange = EXCHANGES.get(handle).ok_or_else(|| Failure::missing("call: it is over"))?;
    work(&mut exchange.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Begins a call: its handle in the place for it, or 0 there and the failure.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_tcsms_NativeExchange_open<'local>(
    mut env: EnvUnowned<'local>,
    _class: JObject<'local>,
    of: jlong,
    meta: JByteArray<'local>,
    body: JByteArray<'local>,
    place: JIntArray<'local>,
    handle: JLongArray<'local>,
) -> JByteArray<'local> {
    within(&mut env, |env| {
        let (meta, body) = (taken(env, &meta)?, taken(env, &body)?);
        match client(of).and_then(|client| client.exchange(&meta, &body)) {
            Ok(exchange) => {
                handle.set_region(env, 0, &[EXCHANGES.add(Arc::new(Mutex::new(exchange)))])?;
                told(env, &place, 0, &[])
            }
            Err(failure) => told(env, &place, failure.status, &failure.bytes),
        }
    })
}

/// What is to be done next: a head of JSON, a line's end, a body.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_tcsms_NativeExchange_next<'local>(
    mut env: EnvUnowned<'local>,
    _this: JObject<'local>,
    handle: jlong,
    place: JIntArray<'local>,
) -> JByteArray<'local> {
    within(&mut env, |env| match with(handle, |exchange| Ok(exchange.next())) {
        Ok(step) => told(env, &place, 0, &step),
        Err(failure) => told(env, &place, failure.status, &failure.bytes),
    })
}

/// Tells the answer to the request that was to be sent.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_tcsms_NativeExchange_answer<'local>(
    mut env: EnvUnowned<'local>,
    _this: JObject<'local>,
    handle: jlong,
    status: jint,
    headers: JByteArray<'local>,
    body: JByteArray<'local>,
    place: JIntArray<'local>,
) -> JByteArray<'local> {
    within(&mut env, |env| {
        let (headers, body) = (taken(env, &headers)?, taken(env, &body)?);
        match with(handle, |exchange| exchange.answer(status, &headers, &body)) {
            Ok(()) => told(env, &place, 0, &[]),
            Err(failure) => told(env, &place, failure.status, &failure.bytes),
        }
    })
}

/// Tells that the request failed: where, whether it may have left, and why.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_tcsms_NativeExchange_failed<'local>(
    mut env: EnvUnowned<'local>,
    _this: JObject<'local>,
    handle: jlong,
    step: jint,
    maybe_sent: jboolean,
    text: JByteArray<'local>,
    place: JIntArray<'local>,
) -> JByteArray<'local> {
    within(&mut env, |env| {
        let text = String::from_utf8_lossy(&taken(env, &text)?).into_owned();
        match with(handle, |exchange| exchange.failed(step, maybe_sent, &text)) {
            Ok(()) => told(env, &place, 0, &[]),
            Err(failure) => told(env, &place, failure.status, &failure.bytes),
        }
    })
}

/// Forgets the call.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_tcsms_NativeExchange_close<'local>(
    mut env: EnvUnowned<'local>,
    _class: JObject<'local>,
    handle: jlong,
) {
    within(&mut env, |_| {
        EXCHANGES.remove(handle);
        Ok(())
    });
}
