//! The native library of the SDK for Java: calls by the core, for the classes of `io.github.tcsms`.
//!
//! It is private to the jar: its only users are the `native` methods of the classes whose names its functions carry, and
//! nothing in it is kept from one version to the next. What goes in and comes out is JSON and bytes, see `tcsms-bridge`.
//! Handles are numbers that are looked up, never addresses, so that no mistake on the other side can break memory.
//! Arrays are copied; none is held while a call waits.
#![allow(unreachable_pub, reason = "the functions are found by their exported names")]
#![allow(
    unsafe_code,
    reason = "functions with the names that a Java machine looks for, and attaching threads to it"
)]

mod client;
mod exchange;
mod handles;
mod logging;
mod machine;
mod stream;

use std::time::Duration;

use jni::errors::{Result, ThrowRuntimeExAndDefault};
use jni::objects::{JByteArray, JClass, JIntArray, JObject};
use jni::sys::{jboolean, jint};
use jni::{Env, EnvUnowned};

/// What a native method does with its environment. An error or a panic in it becomes a `RuntimeException`.
fn within<'local, T: Default>(
    env: &mut EnvUnowned<'local>,
    work: impl FnOnce(&mut Env<'local>) -> Result<T>,
) -> T {
    env.with_env(work).resolve::<ThrowRuntimeExAndDefault>()
}

/// The bytes of an array.
fn taken(env: &Env<'_>, array: &JByteArray<'_>) -> Result<Vec<u8>> {
    env.convert_byte_array(array)
}

/// Tells a status in the array that the caller has given for it, and bytes by an array of their own.
fn told<'local>(
    env: &mut Env<'local>,
    place: &JIntArray<'_>,
    status: i32,
    bytes: &[u8],
) -> Result<JByteArray<'local>> {
    place.set_region(env, 0, &[status])?;
    env.byte_array_from_slice(bytes)
}

/// The version of the library, which that of the classes must equal.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_tcsms_Native_version<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
) -> JObject<'local> {
    within(&mut env, |env| {
        machine::remember(env)?;
        // A panic is told by its outcome; the program's standard error is not ours.
        std::panic::set_hook(Box::new(|_| {}));
        Ok(env.new_string(env!("CARGO_PKG_VERSION"))?.into())
    })
}

/// Ends the background thread; afterwards every call is refused.
#[unsafe(no_mangle)]
pub extern "system" fn Java_io_github_tcsms_Native_shutDown<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    wait_ms: jint,
) -> jboolean {
    within(&mut env, |_| {
        Ok(tcsms_bridge::shut_down(Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0))))
    })
}
