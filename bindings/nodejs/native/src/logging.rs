//! The core's log lines on their way to a function of the program's.

use napi::Result;
use napi::bindgen_prelude::{FnArgs, Function};
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use napi_derive::napi;

/// How many lines wait for the event loop at most; further ones are lost.
const MOST: usize = 10_000;

/// Has every line up to this level (1 errors … 5 everything, 0 none) told to `sink(level, text)`, on the event loop of this
/// thread. The last one who asks gets the lines of the whole process.
#[napi(catch_unwind)]
pub fn set_log(sink: Function<'_, FnArgs<(i32, String)>, ()>, level: i32) -> Result<()> {
    let sink = sink.build_threadsafe_function::<(i32, String)>().weak::<true>().max_queue_size::<MOST>();
    let sink = sink.build_callback(|line| Ok(FnArgs::from(line.value)))?;
    let tell = move |level: i32, text: &str| {
        let _ = sink.call((level, text.to_owned()), ThreadsafeFunctionCallMode::NonBlocking);
    };
    tcsms_bridge::set_log(Some(Box::new(tell)), level);
    Ok(())
}
