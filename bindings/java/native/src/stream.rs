//! The native methods of `NativeStream`.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jni::EnvUnowned;
use jni::objects::{JByteArray, JIntArray, JLongArray, JObject};
use jni::sys::{jint, jlong};
use tcsms_bridge::{Next, Stream, Streamed};

use crate::client::client;
use crate::handles::Handles;
use crate::{taken, told, within};

static STREAMS: Handles<Arc<Mutex<Stream>>> = Handles::new();

/// Statuses beside those of failures.
const NOTHING: i32 = 0;
const EVENT: i32 = 1;
const END: i32 = 2;

/// Begins a call that answers with events: the stream's handle in its place, or 0 there and the answer that came instead.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_tcsms_NativeStream_open<'local>(
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
        match client(of).and_then(|client| client.stream(&meta, &body)) {
            Ok(Streamed::Events(stream)) => {
                handle.set_region(env, 0, &[STREAMS.add(Arc::new(Mutex::new(stream)))])?;
                told(env, &place, 0, &[])
            }
            Ok(Streamed::Answer(answer)) => told(env, &place, 0, &answer),
            Err(failure) => told(env, &place, failure.status, &failure.bytes),
        }
    })
}

/// The next event, waiting so long for it.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_tcsms_NativeStream_next<'local>(
    mut env: EnvUnowned<'local>,
    _this: JObject<'local>,
    handle: jlong,
    wait_ms: jint,
    place: JIntArray<'local>,
) -> JByteArray<'local> {
    within(&mut env, |env| {
        let Some(stream) = STREAMS.get(handle) else {
            return told(env, &place, END, &[]);
        };
        let wait = Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0));
        let next = stream.lock().unwrap_or_else(PoisonError::into_inner).next(Some(wait));
        match next {
            Next::Event(event) => told(env, &place, EVENT, &event),
            Next::Nothing => told(env, &place, NOTHING, &[]),
            Next::End => told(env, &place, END, &[]),
            // A failure's status is never that of an event.
            Next::Failed(failure) => told(env, &place, failure.status.min(-1), &failure.bytes),
        }
    })
}

/// Closes the connection.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_tcsms_NativeStream_close<'local>(
    mut env: EnvUnowned<'local>,
    _class: JObject<'local>,
    handle: jlong,
) {
    within(&mut env, |_| {
        STREAMS.remove(handle);
        Ok(())
    });
}
