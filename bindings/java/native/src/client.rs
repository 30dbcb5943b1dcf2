//! The native methods of `NativeClient`.

use jni::errors::Result;
use jni::objects::{JByteArray, JIntArray, JObject, JValue};
use jni::sys::{jboolean, jint, jlong};
use jni::{Env, EnvUnowned, jni_sig, jni_str};
use tcsms_bridge::{Client, Failure, Outcome};

use crate::handles::Handles;
use crate::{machine, taken, told, within};

static CLIENTS: Handles<Client> = Handles::new();

/// The client of this handle.
pub(crate) fn client(handle: jlong) -> std::result::Result<Client, Failure> {
    CLIENTS.get(handle).ok_or_else(|| Failure::missing("client: it was closed"))
}

fn millis(time: jint) -> u32 {
    u32::try_from(time).unwrap_or(0)
}

/// Makes a client: its handle, or 0 and the failure in the places given for them.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_tcsms_NativeClient_open<'local>(
    mut env: EnvUnowned<'local>,
    _class: JObject<'local>,
    settings: JByteArray<'local>,
    place: JIntArray<'local>,
    handle: jni::objects::JLongArray<'local>,
) -> JByteArray<'local> {
    within(&mut env, |env| {
        let settings = taken(env, &settings)?;
        match Client::new(&settings) {
            Ok(client) => {
                handle.set_region(env, 0, &[CLIENTS.add(client)])?;
                told(env, &place, 0, &[])
            }
            Err(failure) => told(env, &place, failure.status, &failure.bytes),
        }
    })
}

/// Gives a client back. Calls under way go on.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_tcsms_NativeClient_close<'local>(
    mut env: EnvUnowned<'local>,
    _class: JObject<'local>,
    handle: jlong,
) {
    within(&mut env, |_| {
        CLIENTS.remove(handle);
        Ok(())
    });
}

/// Makes a call on this thread. Interrupting the thread ends it.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_tcsms_NativeClient_call<'local>(
    mut env: EnvUnowned<'local>,
    this: JObject<'local>,
    handle: jlong,
    meta: JByteArray<'local>,
    body: JByteArray<'local>,
    timeout_ms: jint,
    place: JIntArray<'local>,
) -> JByteArray<'local> {
    within(&mut env, |env| {
        let (meta, body) = (taken(env, &meta)?, taken(env, &body)?);
        let outcome = match client(handle) {
            Ok(client) => {
                let mut interrupted = || {
                    let asked = env.call_method(&this, jni_str!("isInterrupted"), jni_sig!("()Z"), &[]);
                    asked.and_then(|it| it.z()).unwrap_or(true)
                };
                client.call_watched(&meta, &body, millis(timeout_ms), &mut interrupted)
            }
            Err(failure) => failure.into(),
        };
        told(env, &place, outcome.status, &outcome.bytes)
    })
}

/// Has a call made in the background; `done` is told its outcome on a thread of ours. Gives the id for `cancel`, or 0
/// and the failure in the place given for it; `done` is then told nothing.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_tcsms_NativeClient_submit<'local>(
    mut env: EnvUnowned<'local>,
    _this: JObject<'local>,
    handle: jlong,
    meta: JByteArray<'local>,
    body: JByteArray<'local>,
    timeout_ms: jint,
    done: JObject<'local>,
    place: JIntArray<'local>,
    id: jni::objects::JLongArray<'local>,
) -> JByteArray<'local> {
    within(&mut env, |env| {
        let (meta, body) = (taken(env, &meta)?, taken(env, &body)?);
        let done = env.new_global_ref(&done)?;
        let awaited = machine::Awaited::new();
        let tell = move |outcome: Outcome| {
            drop(awaited);
            // Java's side throws nothing. When the machine is ending there is nobody to tell. `done` is given back while the
            // thread is attached; the frame frees what is made here, for the thread may stay attached.
            let _ = machine::with_java(move |env| env.with_local_frame(4, |env| tell(env, &done, &outcome)));
        };
        let begun = client(handle).and_then(|client| client.submit(&meta, &body, millis(timeout_ms), tell));
        match begun {
            Ok(number) => {
                id.set_region(env, 0, &[number.cast_signed()])?;
                told(env, &place, 0, &[])
            }
            Err(failure) => told(env, &place, failure.status, &failure.bytes),
        }
    })
}

fn tell(env: &mut Env<'_>, done: &JObject<'_>, outcome: &Outcome) -> Result<()> {
    let bytes = env.byte_array_from_slice(&outcome.bytes)?;
    let told = env.call_method(
        done,
        jni_str!("done"),
        jni_sig!("(I[B)V"),
        &[JValue::Int(outcome.status), JValue::Object(&bytes)],
    );
    if told.is_err() {
        env.exception_clear();
    }
    Ok(())
}

/// Tells a call to end. False when it is over already.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_tcsms_NativeClient_cancel<'local>(
    mut env: EnvUnowned<'local>,
    _this: JObject<'local>,
    handle: jlong,
    id: jlong,
) -> jboolean {
    within(&mut env, |_| Ok(client(handle).is_ok_and(|client| client.cancel(id.cast_unsigned()))))
}

/// The credential that a call would be signed with now, as JSON; fetched when that is due.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_tcsms_NativeClient_credential<'local>(
    mut env: EnvUnowned<'local>,
    _this: JObject<'local>,
    handle: jlong,
    timeout_ms: jint,
    place: JIntArray<'local>,
) -> JByteArray<'local> {
    within(&mut env, |env| match client(handle).and_then(|client| client.credential(millis(timeout_ms))) {
        Ok(bytes) => told(env, &place, 0, &bytes),
        Err(failure) => told(env, &place, failure.status, &failure.bytes),
    })
}
