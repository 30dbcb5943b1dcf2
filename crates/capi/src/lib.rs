//! The SDK behind a C interface, for languages that load a library: `tcsms.h` and `libtcsms_c`.
//!
//! What goes in and comes out is JSON and bytes, see the documentation of `tcsms-bridge`; here is only what C needs:
//! pointers with lengths, handles, statuses. Nothing is NUL-terminated, and a null pointer with the length 0 is an empty
//! text. Every function may be called from any thread. A panic never leaves the library: it becomes `TCSMS_PANIC`.
//!
//! `include/tcsms.h` is made from this file by cbindgen, and a test of this crate compares the two.
#![allow(unsafe_code, non_camel_case_types)]
#![allow(
    clippy::missing_safety_doc,
    reason = "what callers have to see to is said once, in the header's beginning"
)]

mod buffer;

use std::ffi::c_void;
use std::ptr;
use std::sync::Once;
use std::time::Duration;

use tcsms_bridge::{
    Client, Exchange, Failure, Next, Outcome, Queue, Ready, Sink, Stream, Streamed, guarded, set_log,
    shut_down, status,
};

pub use buffer::tcsms_buf;
use buffer::{bytes, fill};

/// The number of this interface; it changes when a program built for the one before would go wrong.
pub const TCSMS_ABI_VERSION: u32 = 1;

/// The call succeeded; the bytes are the answer.
pub const TCSMS_OK: i32 = 0;
/// The service answered with an error. For this and every status below 0 the bytes are the error as JSON.
pub const TCSMS_SERVICE_ERROR: i32 = 1;
/// A fault in the library.
pub const TCSMS_PANIC: i32 = -1;
/// The way to the service failed, or what came back is no answer of the API.
pub const TCSMS_IO: i32 = -2;
/// The settings or the call cannot be used, or a pointer that is needed is null.
pub const TCSMS_BAD_ARGUMENT: i32 = -3;
/// A time limit passed.
pub const TCSMS_TIMEOUT: i32 = -4;
/// The call was broken off by `tcsms_cancel`.
pub const TCSMS_CANCELLED: i32 = -5;
/// `tcsms_shutdown` was called.
pub const TCSMS_SHUT_DOWN: i32 = -6;
/// After a fork the client could not be made anew.
pub const TCSMS_FORK_STALE: i32 = -7;

/// No log lines.
pub const TCSMS_LEVEL_OFF: i32 = 0;
/// Errors.
pub const TCSMS_LEVEL_ERROR: i32 = 1;
/// Warnings too.
pub const TCSMS_LEVEL_WARN: i32 = 2;
/// What happens too.
pub const TCSMS_LEVEL_INFO: i32 = 3;
/// Each attempt too.
pub const TCSMS_LEVEL_DEBUG: i32 = 4;
/// Requests and answers too, with secrets and phone numbers masked.
pub const TCSMS_LEVEL_TRACE: i32 = 5;

/// Looking up the host's addresses.
pub const TCSMS_STEP_RESOLVE: i32 = 0;
/// Opening the connection.
pub const TCSMS_STEP_CONNECT: i32 = 1;
/// Having the proxy open the way.
pub const TCSMS_STEP_PROXY: i32 = 2;
/// The TLS handshake.
pub const TCSMS_STEP_TLS: i32 = 3;
/// Writing the request.
pub const TCSMS_STEP_WRITE: i32 = 4;
/// Waiting for the answer.
pub const TCSMS_STEP_WAIT: i32 = 5;
/// Reading the answer.
pub const TCSMS_STEP_READ: i32 = 6;
/// Added to one of the above: a time limit of the host's passed.
pub const TCSMS_STEP_TIMED_OUT: i32 = 16;

/// Makes calls with one set of settings, see `tcsms_client_new`.
pub struct tcsms_client(Client);
/// Collects the outcomes of calls, see `tcsms_cq_new`.
pub struct tcsms_cq(Queue);
/// Server-sent events, see `tcsms_stream_open`.
pub struct tcsms_stream(Stream);
/// A call whose requests the host carries, see `tcsms_exchange_new`.
pub struct tcsms_exchange(Exchange);

/// Takes an outcome, or a log line. `p` is borrowed: its `n` bytes are gone when the function returns. It must not throw
/// or unwind.
pub type tcsms_cb = Option<extern "C" fn(ud: *mut c_void, status: i32, p: *const u8, n: usize)>;

/// The number of the interface that this library has. A program that was built for another must not use it.
#[unsafe(no_mangle)]
pub extern "C" fn tcsms_abi_version() -> u32 {
    TCSMS_ABI_VERSION
}

/// Makes a client of settings: `n` bytes of JSON, with no needed member. Gives 0 and the client in `out`, to be freed
/// with `tcsms_client_free`; or `TCSMS_BAD_ARGUMENT` and the error in `err`. Nothing is sent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcsms_client_new(
    cfg: *const u8,
    n: usize,
    out: *mut *mut tcsms_client,
    err: *mut tcsms_buf,
) -> i32 {
    // SAFETY: as the header asks.
    unsafe { made(out, err, || Client::new(bytes(cfg, n)).map(tcsms_client)) }
}

/// As `tcsms_client_new`, but the same settings in the same environment give the one client of this process, and the last
/// 16 of these stay open when nobody holds them: for hosts that forget everything between two requests. Each is freed
/// with `tcsms_client_free` by whom it was given.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcsms_client_shared(
    cfg: *const u8,
    n: usize,
    out: *mut *mut tcsms_client,
    err: *mut tcsms_buf,
) -> i32 {
    // SAFETY: as the header asks.
    unsafe { made(out, err, || Client::shared(bytes(cfg, n)).map(tcsms_client)) }
}

/// Frees a client, or nothing if it is null. Calls under way go on to their end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcsms_client_free(client: *mut tcsms_client) {
    // SAFETY: as the header asks.
    unsafe { free(client) };
}

/// Makes a call on this thread and waits for it. `meta` is JSON: `version` and `action`, and what else concerns this call;
/// `body` has its parameters as a JSON object. `timeout_ms` is the time for the call with all its attempts; 0: the
/// client's own. `out` gets the answer or the error, and has to be freed in either case.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcsms_call(
    client: *const tcsms_client,
    meta: *const u8,
    mn: usize,
    body: *const u8,
    bn: usize,
    timeout_ms: u32,
    out: *mut tcsms_buf,
) -> i32 {
    // SAFETY: as the header asks.
    unsafe {
        let Some(client) = client.as_ref() else { return missing(out, "client") };
        let outcome = client.0.call(bytes(meta, mn), bytes(body, bn), timeout_ms);
        fill(out, outcome.bytes);
        outcome.status
    }
}

/// Has a call made by the library's own thread. Gives 0, and then calls `cb` with `ud` exactly once, on that thread,
/// perhaps before this function returns; what is wrong with the call itself is told that way too. Any other status says
/// that the call was not begun and `cb` is never called. `op_id` may be null; it gets the number for `tcsms_cancel`: the
/// `cancel_id` of `meta`, or a new one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcsms_call_async(
    client: *const tcsms_client,
    meta: *const u8,
    mn: usize,
    body: *const u8,
    bn: usize,
    timeout_ms: u32,
    cb: tcsms_cb,
    ud: *mut c_void,
    op_id: *mut u64,
) -> i32 {
    let host = Host(ud);
    // SAFETY: as the header asks.
    unsafe {
        let (Some(client), Some(cb)) = (client.as_ref(), cb) else { return TCSMS_BAD_ARGUMENT };
        let begun = client.0.submit(bytes(meta, mn), bytes(body, bn), timeout_ms, move |outcome| {
            host.call(cb, outcome.status, &outcome.bytes);
        });
        begun_as(begun, op_id)
    }
}

/// Tells a call to end: by the `cancel_id` of its `meta`, or else by the number that `tcsms_call_async` gave.
/// The call then ends with `TCSMS_CANCELLED`, unless it ends by itself first. Gives 0, or `TCSMS_BAD_ARGUMENT` when there
/// is no such call (any more).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcsms_cancel(client: *const tcsms_client, op_id: u64) -> i32 {
    // SAFETY: as the header asks.
    match unsafe { client.as_ref() } {
        Some(client) if client.0.cancel(op_id) => TCSMS_OK,
        _ => TCSMS_BAD_ARGUMENT,
    }
}

/// What the client would sign a call with now: `{"secret_id","secret_key","token"}` in `out`, fetched where that is due,
/// within `timeout_ms` (0: the client's own total time); or a status and the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcsms_credential(
    client: *const tcsms_client,
    timeout_ms: u32,
    out: *mut tcsms_buf,
) -> i32 {
    // SAFETY: as the header asks.
    unsafe {
        let Some(client) = client.as_ref() else { return missing(out, "client") };
        match client.0.credential(timeout_ms) {
            Ok(credential) => {
                fill(out, credential);
                TCSMS_OK
            }
            Err(failure) => told(out, failure),
        }
    }
}

/// Makes a completion queue, for hosts that cannot be called on another thread. Gives 0, or `TCSMS_IO` when the system
/// has no descriptor left.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcsms_cq_new(out: *mut *mut tcsms_cq) -> i32 {
    if out.is_null() {
        return TCSMS_BAD_ARGUMENT;
    }
    let made = guarded(|| Ok(Queue::new()));
    // SAFETY: as the header asks.
    unsafe {
        out.write(ptr::null_mut());
        match made {
            Ok(Ok(queue)) => {
                out.write(Box::into_raw(Box::new(tcsms_cq(queue))));
                TCSMS_OK
            }
            Ok(Err(_)) => TCSMS_IO,
            Err(failure) => failure.status,
        }
    }
}

/// Frees a queue, or nothing if it is null. Outcomes that wait or still come are lost.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcsms_cq_free(cq: *mut tcsms_cq) {
    // SAFETY: as the header asks.
    unsafe { free(cq) };
}

/// A descriptor that is readable while an outcome waits, for `select` and its like; -1 where there is none. It stays the
/// queue's: it must be neither read nor closed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcsms_cq_fd(cq: *const tcsms_cq) -> i32 {
    // SAFETY: as the header asks.
    unsafe { cq.as_ref() }.map_or(-1, |cq| cq.0.descriptor())
}

/// As `tcsms_call_async`, but the outcome goes into the queue, under `tag`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcsms_submit(
    client: *const tcsms_client,
    cq: *mut tcsms_cq,
    tag: u64,
    meta: *const u8,
    mn: usize,
    body: *const u8,
    bn: usize,
    timeout_ms: u32,
) -> i32 {
    // SAFETY: as the header asks.
    unsafe {
        let (Some(client), Some(cq)) = (client.as_ref(), cq.as_ref()) else { return TCSMS_BAD_ARGUMENT };
        let begun = cq.0.submit(&client.0, tag, bytes(meta, mn), bytes(body, bn), timeout_ms);
        begun_as(begun, ptr::null_mut())
    }
}

/// Takes the outcome that came first, waiting at most `wait_ms` for one: gives 1 and the call's tag, status and bytes, or
/// 0 when none came. Each of the three may be null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcsms_cq_next(
    cq: *mut tcsms_cq,
    wait_ms: u32,
    tag: *mut u64,
    status: *mut i32,
    out: *mut tcsms_buf,
) -> i32 {
    // SAFETY: as the header asks.
    unsafe {
        let Some(cq) = cq.as_ref() else { return missing(out, "queue") };
        fill(out, Vec::new());
        match guarded(|| Ok(cq.0.next(Duration::from_millis(u64::from(wait_ms))))) {
            Err(failure) => told(out, failure),
            Ok(None) => 0,
            Ok(Some(Ready { tag: of, outcome: Outcome { status: how, bytes } })) => {
                fill(out, bytes);
                if !tag.is_null() {
                    tag.write(of);
                }
                if !status.is_null() {
                    status.write(how);
                }
                1
            }
        }
    }
}

/// Makes the call of an action that answers with server-sent events, and waits until they begin. Gives 0 and the stream in
/// `out`, to be closed with `tcsms_stream_close`; or 0, null in `out`, and in `err` the answer of an action that does not
/// stream; or another status and the error in `err`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcsms_stream_open(
    client: *const tcsms_client,
    meta: *const u8,
    mn: usize,
    body: *const u8,
    bn: usize,
    out: *mut *mut tcsms_stream,
    err: *mut tcsms_buf,
) -> i32 {
    // SAFETY: as the header asks.
    unsafe {
        if out.is_null() {
            return missing(err, "place for the stream");
        }
        out.write(ptr::null_mut());
        let Some(client) = client.as_ref() else { return missing(err, "client") };
        match client.0.stream(bytes(meta, mn), bytes(body, bn)) {
            Ok(Streamed::Events(stream)) => {
                fill(err, Vec::new());
                out.write(Box::into_raw(Box::new(tcsms_stream(stream))));
                TCSMS_OK
            }
            Ok(Streamed::Answer(answer)) => {
                fill(err, answer);
                TCSMS_OK
            }
            Err(failure) => told(err, failure),
        }
    }
}

/// Waits at most `wait_ms` (0xFFFFFFFF: as long as it takes) for the next event: gives 1 and the event as JSON
/// `{"id","event","data","retry_ms"}`; 0 when none came yet; 2 when the service has ended the stream; or a status below 0
/// and the error, after which nothing more comes. A stream is for one thread at a time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcsms_stream_next(
    stream: *mut tcsms_stream,
    wait_ms: u32,
    out: *mut tcsms_buf,
) -> i32 {
    let wait = (wait_ms != u32::MAX).then(|| Duration::from_millis(u64::from(wait_ms)));
    // SAFETY: as the header asks.
    unsafe {
        let Some(stream) = stream.as_mut() else { return missing(out, "stream") };
        fill(out, Vec::new());
        match stream.0.next(wait) {
            Next::Event(event) => {
                fill(out, event);
                1
            }
            Next::Nothing => 0,
            Next::End => 2,
            Next::Failed(failure) => told(out, failure),
        }
    }
}

/// Closes a stream and its connection, or nothing if it is null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcsms_stream_close(stream: *mut tcsms_stream) {
    // SAFETY: as the header asks.
    unsafe { free(stream) };
}

/// Prepares a call whose requests the host's own HTTP client carries; the client's settings have `foreign_transport`.
/// Gives 0 and the exchange in `out`, to be freed with `tcsms_exchange_free`; or another status and the error in `err`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcsms_exchange_new(
    client: *const tcsms_client,
    meta: *const u8,
    mn: usize,
    body: *const u8,
    bn: usize,
    out: *mut *mut tcsms_exchange,
    err: *mut tcsms_buf,
) -> i32 {
    // SAFETY: as the header asks.
    unsafe {
        let Some(client) = client.as_ref() else { return missing(err, "client") };
        made(out, err, || client.0.exchange(bytes(meta, mn), bytes(body, bn)).map(tcsms_exchange))
    }
}

/// Says what to do next: one line of JSON, and what belongs to it behind the line's end. `{"send":{"method","url",
/// "headers":[[name,value],…],"limit_ms"}}` and the body of a request, to be carried once and unchanged;
/// `{"wait_ms":N}`, to be asked again after that time; `{"done":STATUS}` and the answer or the error. Asking again
/// without having reported what came of a request abandons it. Gives 0. An exchange is for one thread at a time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcsms_exchange_next(exchange: *mut tcsms_exchange, step: *mut tcsms_buf) -> i32 {
    // SAFETY: as the header asks.
    unsafe {
        let Some(exchange) = exchange.as_mut() else { return missing(step, "exchange") };
        fill(step, exchange.0.next());
    }
    TCSMS_OK
}

/// Reports the answer to the request: its HTTP status, its headers as a JSON array of pairs (or nothing), its body
/// without any compression. Gives 0, or `TCSMS_BAD_ARGUMENT` when it cannot be taken.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcsms_exchange_answer(
    exchange: *mut tcsms_exchange,
    http_status: i32,
    headers: *const u8,
    hn: usize,
    body: *const u8,
    bn: usize,
) -> i32 {
    // SAFETY: as the header asks.
    unsafe {
        let Some(exchange) = exchange.as_mut() else { return TCSMS_BAD_ARGUMENT };
        reported(exchange.0.answer(http_status, bytes(headers, hn), bytes(body, bn)))
    }
}

/// Reports that no answer came: at which step it failed (`TCSMS_STEP_…`), and in `maybe_sent` whether any of the request
/// may have left (0: certainly not). `text` becomes part of the call's error. Gives 0, or `TCSMS_BAD_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcsms_exchange_failed(
    exchange: *mut tcsms_exchange,
    step: i32,
    maybe_sent: i32,
    text: *const u8,
    n: usize,
) -> i32 {
    // SAFETY: as the header asks.
    unsafe {
        let Some(exchange) = exchange.as_mut() else { return TCSMS_BAD_ARGUMENT };
        let text = String::from_utf8_lossy(bytes(text, n));
        reported(exchange.0.failed(step, maybe_sent != 0, &text))
    }
}

/// Frees an exchange, or nothing if it is null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcsms_exchange_free(exchange: *mut tcsms_exchange) {
    // SAFETY: as the header asks.
    unsafe { free(exchange) };
}

/// Hands the log lines up to this level (`TCSMS_LEVEL_…`) to `cb`, with the line's level as status; a null `cb` or level 0
/// ends it. It may be called on any thread, by several at once, and once more after it was replaced. Gives 0.
#[unsafe(no_mangle)]
pub extern "C" fn tcsms_set_log(cb: tcsms_cb, ud: *mut c_void, level: i32) -> i32 {
    quieten_panics();
    let host = Host(ud);
    let sink = cb.map(|cb| -> Sink { Box::new(move |level, text| host.call(cb, level, text.as_bytes())) });
    set_log(sink, level);
    TCSMS_OK
}

/// Gives the bytes of a buffer back and empties it. Null and an empty buffer are nothing to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcsms_buf_free(buf: *mut tcsms_buf) {
    // SAFETY: as the header asks.
    unsafe {
        if let Some(buffer) = buf.as_mut() {
            buffer.free();
        }
    }
}

/// Ends the library's thread, waiting at most `wait_ms` for it: calls under way end with `TCSMS_SHUT_DOWN`, later ones are
/// refused with it. For hosts that cannot end while a thread lives that has called them, and before the library is
/// unloaded. Gives 0, or `TCSMS_TIMEOUT` when the thread has not ended.
#[unsafe(no_mangle)]
pub extern "C" fn tcsms_shutdown(wait_ms: u32) -> i32 {
    match guarded(|| Ok(shut_down(Duration::from_millis(u64::from(wait_ms))))) {
        Ok(true) => TCSMS_OK,
        Ok(false) => TCSMS_TIMEOUT,
        Err(failure) => failure.status,
    }
}

/// What the host wants back with a callback. It is not looked at, and the host vouches for its use on another thread.
#[derive(Clone, Copy)]
struct Host(*mut c_void);

// SAFETY: see above; the header says that callbacks come on other threads.
unsafe impl Send for Host {}
// SAFETY: as above.
unsafe impl Sync for Host {}

impl Host {
    fn call(self, cb: extern "C" fn(*mut c_void, i32, *const u8, usize), status: i32, bytes: &[u8]) {
        cb(self.0, status, bytes.as_ptr(), bytes.len());
    }
}

/// Frees a handle, whatever happens on the way.
unsafe fn free<T>(handle: *mut T) {
    if !handle.is_null() {
        let _ = guarded(|| {
            // SAFETY: it comes from `Box::into_raw`, and the caller gives it back once.
            drop(unsafe { Box::from_raw(handle) });
            Ok(())
        });
    }
}

/// Puts what was made into `out`, or why not into `err`.
unsafe fn made<T>(out: *mut *mut T, err: *mut tcsms_buf, make: impl FnOnce() -> Result<T, Failure>) -> i32 {
    quieten_panics();
    // SAFETY: the caller's pointers, as the header asks.
    unsafe {
        if out.is_null() {
            return missing(err, "place for the handle");
        }
        out.write(ptr::null_mut());
        match make() {
            Ok(made) => {
                fill(err, Vec::new());
                out.write(Box::into_raw(Box::new(made)));
                TCSMS_OK
            }
            Err(failure) => told(err, failure),
        }
    }
}

/// The panic hook writes to the standard error of a program that is not ours; the outcome tells it instead. The standard
/// library in this one is its own, so that a host written in Rust keeps its hook.
fn quieten_panics() {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| std::panic::set_hook(Box::new(|_| {})));
}

unsafe fn told(err: *mut tcsms_buf, failure: Failure) -> i32 {
    // SAFETY: the caller's pointer, as the header asks.
    unsafe { fill(err, failure.bytes) };
    failure.status
}

unsafe fn missing(err: *mut tcsms_buf, what: &str) -> i32 {
    // SAFETY: the caller's pointer, as the header asks.
    unsafe { told(err, Failure::missing(what)) }
}

unsafe fn begun_as(begun: Result<u64, Failure>, op_id: *mut u64) -> i32 {
    match begun {
        Ok(id) => {
            if !op_id.is_null() {
                // SAFETY: the caller's pointer, as the header asks.
                unsafe { op_id.write(id) };
            }
            TCSMS_OK
        }
        Err(failure) => failure.status,
    }
}

fn reported(outcome: Result<(), Failure>) -> i32 {
    outcome.map_or_else(|failure| failure.status, |()| TCSMS_OK)
}

const _: () = {
    assert!(TCSMS_OK == status::OK && TCSMS_SERVICE_ERROR == status::SERVICE);
    assert!(TCSMS_PANIC == status::PANIC && TCSMS_IO == status::IO && TCSMS_TIMEOUT == status::TIMEOUT);
    assert!(TCSMS_BAD_ARGUMENT == status::BAD_ARGUMENT && TCSMS_CANCELLED == status::CANCELLED);
    assert!(TCSMS_SHUT_DOWN == status::SHUT_DOWN && TCSMS_FORK_STALE == status::FORK_STALE);
};
