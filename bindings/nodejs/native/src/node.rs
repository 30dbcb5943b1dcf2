//! Node's interface for native modules, as far as this one needs it: values in and out, and the functions it exports.
//!
//! Every value is good for the call it came with, on the thread it came on; [`Env`] and [`Value`] cannot be sent to others.
#![allow(unsafe_code)]

use std::cell::RefCell;
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use napi_sys as sys;
use tcsms_bridge::Failure;

use crate::inbox::Inbox;
use crate::stream::Stream;

/// How many arguments a function of ours takes at most.
const MOST: usize = 6;

/// The thread of Node's that called.
#[derive(Clone, Copy)]
pub(crate) struct Env(pub(crate) sys::napi_env);

/// A value of JavaScript's.
#[derive(Clone, Copy)]
pub(crate) struct Value(pub(crate) sys::napi_value);

/// The message of the error that a function throws.
pub(crate) struct Thrown(pub(crate) String);

impl From<Failure> for Thrown {
    /// The failure as JSON.
    fn from(failure: Failure) -> Self {
        Self(String::from_utf8_lossy(&failure.bytes).into_owned())
    }
}

/// A function that the module exports.
pub(crate) type Function = fn(Env, &Arguments) -> Result<Value, Thrown>;

/// What a function was called with; what is absent is undefined.
pub(crate) struct Arguments([sys::napi_value; MOST]);

impl Arguments {
    pub(crate) fn at(&self, place: usize) -> Value {
        Value(self.0[place])
    }
}

/// What JavaScript holds of ours without seeing into it.
pub(crate) enum Handle {
    Inbox(Inbox),
    Client(tcsms_bridge::Client),
    Stream(Stream),
    Exchange(RefCell<Box<tcsms_bridge::Exchange>>),
}

fn check(status: sys::napi_status, what: &str) -> Result<(), Thrown> {
    if status == sys::Status::napi_ok {
        Ok(())
    } else {
        Err(Thrown(format!("{what} (status {status} of Node's)")))
    }
}

impl Env {
    /// The text of a string; half of a surrogate pair becomes the sign for what cannot be read.
    pub(crate) fn string(self, value: Value) -> Result<String, Thrown> {
        let mut length = 0;
        // SAFETY: the environment and the value are those of the present call; without a buffer only the length is told.
        let status =
            unsafe { sys::napi_get_value_string_utf8(self.0, value.0, ptr::null_mut(), 0, &mut length) };
        check(status, "a text was expected")?;
        // Node ends it with a zero.
        let mut bytes = vec![0_u8; length + 1];
        // SAFETY: as above; the buffer is as long as is said.
        let status = unsafe {
            sys::napi_get_value_string_utf8(
                self.0,
                value.0,
                bytes.as_mut_ptr().cast(),
                bytes.len(),
                &mut length,
            )
        };
        check(status, "a text was expected")?;
        bytes.truncate(length);
        Ok(String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    /// The bytes of a Buffer, or of a string.
    pub(crate) fn bytes(self, value: Value) -> Result<Vec<u8>, Thrown> {
        let mut is_buffer = false;
        // SAFETY: the environment and the value are those of the present call.
        check(unsafe { sys::napi_is_buffer(self.0, value.0, &mut is_buffer) }, "a value was expected")?;
        if !is_buffer {
            return self.string(value).map(String::into_bytes);
        }
        let (mut start, mut length) = (ptr::null_mut(), 0);
        // SAFETY: as above.
        let status = unsafe { sys::napi_get_buffer_info(self.0, value.0, &mut start, &mut length) };
        check(status, "a Buffer was expected")?;
        if length == 0 {
            return Ok(Vec::new());
        }
        // SAFETY: Node says that so many bytes are there; nothing of JavaScript's runs before they are copied.
        Ok(unsafe { std::slice::from_raw_parts(start.cast::<u8>(), length) }.to_vec())
    }

    pub(crate) fn number(self, value: Value) -> Result<f64, Thrown> {
        let mut number = 0.0;
        // SAFETY: the environment and the value are those of the present call.
        let status = unsafe { sys::napi_get_value_double(self.0, value.0, &mut number) };
        check(status, "a number was expected").map(|()| number)
    }

    pub(crate) fn flag(self, value: Value) -> Result<bool, Thrown> {
        let mut flag = false;
        // SAFETY: the environment and the value are those of the present call.
        let status = unsafe { sys::napi_get_value_bool(self.0, value.0, &mut flag) };
        check(status, "true or false was expected").map(|()| flag)
    }

    pub(crate) fn text(self, text: &str) -> Result<Value, Thrown> {
        let mut value = ptr::null_mut();
        let (start, length) = (text.as_ptr().cast(), text.len() as isize);
        // SAFETY: the text is there while it is copied; ASCII is the same in both forms, and quicker in the first.
        let status = unsafe {
            if text.is_ascii() {
                sys::napi_create_string_latin1(self.0, start, length, &mut value)
            } else {
                sys::napi_create_string_utf8(self.0, start, length, &mut value)
            }
        };
        check(status, "a text cannot be made: it is longer than Node's texts may be").map(|()| Value(value))
    }

    pub(crate) fn double(self, number: f64) -> Result<Value, Thrown> {
        let mut value = ptr::null_mut();
        // SAFETY: the environment is that of the present call.
        let status = unsafe { sys::napi_create_double(self.0, number, &mut value) };
        check(status, "a number cannot be made").map(|()| Value(value))
    }

    pub(crate) fn truth(self, truth: bool) -> Result<Value, Thrown> {
        let mut value = ptr::null_mut();
        // SAFETY: the environment is that of the present call.
        let status = unsafe { sys::napi_get_boolean(self.0, truth, &mut value) };
        check(status, "a truth cannot be made").map(|()| Value(value))
    }

    pub(crate) fn nothing(self) -> Result<Value, Thrown> {
        let mut value = ptr::null_mut();
        // SAFETY: the environment is that of the present call.
        let status = unsafe { sys::napi_get_undefined(self.0, &mut value) };
        check(status, "undefined cannot be made").map(|()| Value(value))
    }

    /// A Buffer with a copy of these bytes.
    pub(crate) fn buffer(self, bytes: &[u8]) -> Result<Value, Thrown> {
        let mut value = ptr::null_mut();
        // SAFETY: the bytes are there while they are copied.
        let status = unsafe {
            sys::napi_create_buffer_copy(
                self.0,
                bytes.len(),
                bytes.as_ptr().cast(),
                ptr::null_mut(),
                &mut value,
            )
        };
        check(status, "a Buffer cannot be made").map(|()| Value(value))
    }

    pub(crate) fn list(self, values: &[Value]) -> Result<Value, Thrown> {
        let mut list = ptr::null_mut();
        // SAFETY: the environment is that of the present call.
        let status = unsafe { sys::napi_create_array_with_length(self.0, values.len(), &mut list) };
        check(status, "a list cannot be made")?;
        for (at, value) in values.iter().enumerate() {
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            // SAFETY: the list and the value are of the present call.
            check(unsafe { sys::napi_set_element(self.0, list, at, value.0) }, "a list cannot be filled")?;
        }
        Ok(Value(list))
    }

    /// Gives JavaScript a handle, which is dropped when it is no longer reached.
    pub(crate) fn held(self, handle: Handle) -> Result<Value, Thrown> {
        let mut value = ptr::null_mut();
        let pointer: *mut Handle = Box::into_raw(Box::new(handle));
        // SAFETY: the pointer is good until `dropped` is called, which happens once.
        let status = unsafe {
            sys::napi_create_external(self.0, pointer.cast(), Some(dropped), ptr::null_mut(), &mut value)
        };
        if status != sys::Status::napi_ok {
            // SAFETY: Node has not taken it.
            drop(unsafe { Box::from_raw(pointer) });
        }
        check(status, "a handle cannot be made").map(|()| Value(value))
    }

    /// Works with a handle that JavaScript gave back.
    fn with<T>(self, value: Value, work: impl FnOnce(&Handle) -> Option<T>) -> Result<T, Thrown> {
        let mut pointer = ptr::null_mut();
        // SAFETY: the environment and the value are those of the present call.
        let status = unsafe { sys::napi_get_value_external(self.0, value.0, &mut pointer) };
        check(status, "a handle was expected")?;
        // SAFETY: the only externals that core.js has are of `held`, on this thread, and the value keeps it alive.
        let handle = unsafe { pointer.cast::<Handle>().as_ref() };
        handle.and_then(work).ok_or_else(|| Thrown("this is a handle of another kind".to_owned()))
    }

    pub(crate) fn inbox<T>(self, value: Value, work: impl FnOnce(&Inbox) -> T) -> Result<T, Thrown> {
        self.with(value, |handle| match handle {
            Handle::Inbox(inbox) => Some(work(inbox)),
            _ => None,
        })
    }

    pub(crate) fn client(self, value: Value) -> Result<tcsms_bridge::Client, Thrown> {
        self.with(value, |handle| match handle {
            Handle::Client(client) => Some(client.clone()),
            _ => None,
        })
    }

    pub(crate) fn stream<T>(self, value: Value, work: impl FnOnce(&Stream) -> T) -> Result<T, Thrown> {
        self.with(value, |handle| match handle {
            Handle::Stream(stream) => Some(work(stream)),
            _ => None,
        })
    }

    pub(crate) fn exchange<T>(
        self,
        value: Value,
        work: impl FnOnce(&mut tcsms_bridge::Exchange) -> T,
    ) -> Result<T, Thrown> {
        self.with(value, |handle| match handle {
            Handle::Exchange(exchange) => {
                exchange.try_borrow_mut().ok().map(|mut exchange| work(&mut exchange))
            }
            _ => None,
        })
    }

    /// Calls a function of JavaScript's. What it throws is the program's uncaught exception.
    pub(crate) fn call(self, function: sys::napi_value, argument: Value) {
        let Ok(this) = self.nothing() else { return };
        let arguments = [argument.0];
        // SAFETY: all values are of the present call.
        unsafe {
            let status =
                sys::napi_call_function(self.0, this.0, function, 1, arguments.as_ptr(), ptr::null_mut());
            if status == sys::Status::napi_pending_exception {
                let mut error = ptr::null_mut();
                if sys::napi_get_and_clear_last_exception(self.0, &mut error) == sys::Status::napi_ok {
                    sys::napi_fatal_exception(self.0, error);
                }
            }
        }
    }

    fn throw(self, Thrown(text): Thrown) {
        let mut error = ptr::null_mut();
        let Ok(text) = self.text(&text) else { return };
        // SAFETY: the environment and the text are those of the present call.
        unsafe {
            if sys::napi_create_error(self.0, ptr::null_mut(), text.0, &mut error) == sys::Status::napi_ok {
                sys::napi_throw(self.0, error);
            }
        }
    }
}

unsafe extern "C" fn dropped(_: sys::napi_env, handle: *mut c_void, _: *mut c_void) {
    // SAFETY: it comes from `held`, and Node calls this once.
    let handle = unsafe { Box::from_raw(handle.cast::<Handle>()) };
    let _ = catch_unwind(AssertUnwindSafe(|| drop(handle)));
}

/// Every function of ours: its data is its place among [`FUNCTIONS`](crate::FUNCTIONS).
unsafe extern "C" fn entered(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let env = Env(env);
    let mut count = MOST;
    let mut arguments = Arguments([ptr::null_mut(); MOST]);
    let mut place = ptr::null_mut();
    // SAFETY: the list has room for as many as `count` says; Node fills what is absent with undefined.
    let status = unsafe {
        sys::napi_get_cb_info(env.0, info, &mut count, arguments.0.as_mut_ptr(), ptr::null_mut(), &mut place)
    };
    let done = catch_unwind(AssertUnwindSafe(|| {
        check(status, "the arguments cannot be read")?;
        match crate::FUNCTIONS.get(place as usize) {
            Some((_, function)) => function(env, &arguments),
            None => Err(Thrown("there is no such function".to_owned())),
        }
    }));
    let done = done.unwrap_or_else(|_| {
        let text = "a fault in the library; please report it";
        Err(Thrown(format!(
            r#"{{"kind":"panic","delivery":"maybe_sent","attempts":0,"message":"{text}","text":"{text}"}}"#
        )))
    });
    match done {
        Ok(value) => value.0,
        Err(thrown) => {
            env.throw(thrown);
            ptr::null_mut()
        }
    }
}

/// Node asks for the version of its interface that this module is made for.
#[unsafe(no_mangle)]
extern "C" fn node_api_module_get_api_version_v1() -> i32 {
    8
}

/// Node has loaded the module, on one more of its threads.
///
/// # Safety
///
/// Called by Node, with an environment and an object of its own.
#[unsafe(no_mangle)]
unsafe extern "C" fn napi_register_module_v1(
    env: sys::napi_env,
    exports: sys::napi_value,
) -> sys::napi_value {
    // A panic is told by its outcome; the host's standard error is not ours.
    std::panic::set_hook(Box::new(|_| {}));
    for (place, (name, _)) in crate::FUNCTIONS.iter().enumerate() {
        let mut function = ptr::null_mut();
        let (start, length) = (name.as_ptr().cast(), name.len() as isize);
        // SAFETY: the name is there while it is copied; the data is a number and never followed.
        unsafe {
            let data = ptr::without_provenance_mut::<c_void>(place);
            let status = sys::napi_create_function(env, start, length, Some(entered), data, &mut function);
            if status == sys::Status::napi_ok {
                let mut key = ptr::null_mut();
                sys::napi_create_string_utf8(env, start, length, &mut key);
                sys::napi_set_property(env, exports, key, function);
            }
        }
    }
    exports
}
