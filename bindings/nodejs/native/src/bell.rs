//! Wakes the event loop of one thread of Node's, from any thread and for as long as it is there.
#![allow(unsafe_code)]

use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use napi_sys as sys;

use crate::node::{Env, Thrown, Value};

/// What the event loop is to do when it was woken: it gives what a function of JavaScript's is called with.
pub(crate) type Work = Box<dyn Fn(Env) -> Result<Option<Value>, Thrown>>;

/// A function that Node lets be called from any thread. It does not keep the event loop going, unless it is held.
pub(crate) struct Bell(Arc<Rope>);

/// The function itself; null when its thread of Node's has ended. Whoever uses it holds the lock, so that it does not go
/// in the middle.
struct Rope(Mutex<sys::napi_threadsafe_function>);

// SAFETY: the pointer is followed by functions that Node lets be called from any thread, or on its own thread only, and
// while it is not null.
unsafe impl Send for Rope {}
// SAFETY: as above, and the lock is in between.
unsafe impl Sync for Rope {}

impl Rope {
    fn lock(&self) -> MutexGuard<'_, sys::napi_threadsafe_function> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What belongs to the function until Node has done with it.
struct Context {
    rope: Arc<Rope>,
    work: Work,
}

impl Bell {
    /// Has `function` called with what `work` gives, each time it is rung.
    pub(crate) fn new(env: Env, function: Value, work: Work) -> Result<Self, Thrown> {
        let name = env.text("tcsms")?;
        let rope = Arc::new(Rope(Mutex::new(ptr::null_mut())));
        let context = Box::into_raw(Box::new(Context { rope: Arc::clone(&rope), work }));
        let mut made = ptr::null_mut();
        // SAFETY: the context is good until `gone` is called, which happens once, on this thread.
        let status = unsafe {
            sys::napi_create_threadsafe_function(
                env.0,
                function.0,
                ptr::null_mut(),
                name.0,
                0,
                1,
                ptr::null_mut(),
                Some(gone),
                context.cast(),
                Some(rung),
                &mut made,
            )
        };
        if status != sys::Status::napi_ok {
            // SAFETY: Node has not taken it.
            drop(unsafe { Box::from_raw(context) });
            return Err(Thrown(format!("the event loop cannot be reached (status {status} of Node's)")));
        }
        *rope.lock() = made;
        // SAFETY: it was just made, on this thread.
        unsafe { sys::napi_unref_threadsafe_function(env.0, made) };
        Ok(Self(rope))
    }

    /// Wakes the event loop. Nothing when it has ended.
    pub(crate) fn ring(&self) {
        let mut function = self.0.lock();
        if !function.is_null() {
            // SAFETY: it is there while the lock is held.
            let status = unsafe {
                sys::napi_call_threadsafe_function(
                    *function,
                    ptr::null_mut(),
                    sys::ThreadsafeFunctionCallMode::nonblocking,
                )
            };
            if status == sys::Status::napi_closing {
                // This has given back our share of it.
                *function = ptr::null_mut();
            }
        }
    }

    /// Whether the event loop goes on because of this.
    pub(crate) fn hold(&self, env: Env, hold: bool) {
        let function = self.0.lock();
        if !function.is_null() {
            // SAFETY: it is there while the lock is held, and this is the thread of `env`, which made it.
            unsafe {
                if hold {
                    sys::napi_ref_threadsafe_function(env.0, *function);
                } else {
                    sys::napi_unref_threadsafe_function(env.0, *function);
                }
            }
        }
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        let mut function = self.0.lock();
        if !function.is_null() {
            // SAFETY: it is there while the lock is held, and our share of it is given back once.
            unsafe {
                sys::napi_release_threadsafe_function(*function, sys::ThreadsafeFunctionReleaseMode::release)
            };
            *function = ptr::null_mut();
        }
    }
}

/// The event loop was woken.
unsafe extern "C" fn rung(
    env: sys::napi_env,
    function: sys::napi_value,
    context: *mut c_void,
    _: *mut c_void,
) {
    // Without an environment its thread is ending.
    if env.is_null() || function.is_null() {
        return;
    }
    let env = Env(env);
    // SAFETY: the context is there until `gone`.
    let context = unsafe { &*context.cast::<Context>() };
    let argument = catch_unwind(AssertUnwindSafe(|| (context.work)(env)));
    if let Ok(Ok(Some(argument))) = argument {
        env.call(function, argument);
    }
}

/// Node has done with the function.
unsafe extern "C" fn gone(_: sys::napi_env, _: *mut c_void, context: *mut c_void) {
    // Node gives the context as the hint.
    if !context.is_null() {
        // SAFETY: it comes from `new`, and Node calls this once.
        let context = unsafe { Box::from_raw(context.cast::<Context>()) };
        *context.rope.lock() = ptr::null_mut();
    }
}
