//! Server-sent events on their way to the event loop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use tcsms_bridge::{Client, Next, Outcome, Streamed};

use crate::calls::no_thread;
use crate::inbox::Slot;
use crate::node::{Arguments, Env, Thrown, Value};

/// How long one wait for an event lasts before closing is looked at.
const GLANCE: Duration = Duration::from_millis(50);

// What a stream tells beside the statuses of a call.
const OPENED: i32 = 100;
const EVENT: i32 = 101;
const ENDED: i32 = 102;

/// A call that may answer with events, on a thread of its own. Into its inbox come, under its tag, either one outcome of a
/// call (0 and the answer, or an error), or 100; then, each time `want` is called, 101 and an event, 102 at the end, or an
/// error.
pub(crate) struct Stream {
    /// True: an event is wanted; false: nothing more is.
    want: Sender<bool>,
    closed: Arc<AtomicBool>,
}

impl Stream {
    pub(crate) fn begin(client: Client, slot: Slot, meta: String, body: Vec<u8>) -> Self {
        let (want, wanted) = channel();
        let closed = Arc::new(AtomicBool::new(false));
        let (seen, refused) = (Arc::clone(&closed), slot.clone());
        let thread = std::thread::Builder::new().name("tcsms-events".to_owned());
        let started = thread.spawn(move || pump(&client, &slot, meta.as_bytes(), &body, &wanted, &seen));
        if let Err(error) = started {
            refused.put(no_thread(&error));
        }
        Self { want, closed }
    }
}

/// `want(stream, inbox)`: has the next event told. Not to be called again before it is.
pub(crate) fn want(env: Env, arguments: &Arguments) -> Result<Value, Thrown> {
    if env.stream(arguments.at(0), |stream| stream.want.send(true).is_ok())? {
        env.inbox(arguments.at(1), |inbox| inbox.expect_more(env))?;
    }
    env.nothing()
}

/// `close(stream)`: closes the connection; whoever waits for an event is told the end.
pub(crate) fn close(env: Env, arguments: &Arguments) -> Result<Value, Thrown> {
    env.stream(arguments.at(0), |stream| {
        stream.closed.store(true, Ordering::Release);
        // Nobody there: the end has been told.
        let _ = stream.want.send(false);
    })?;
    env.nothing()
}

fn pump(
    client: &Client,
    slot: &Slot,
    meta: &[u8],
    body: &[u8],
    wanted: &Receiver<bool>,
    closed: &AtomicBool,
) {
    let plain = |status| Outcome { status, bytes: Vec::new() };
    let mut events = match client.stream(meta, body) {
        Ok(Streamed::Events(events)) => events,
        Ok(Streamed::Answer(bytes)) => return slot.put(Outcome { status: 0, bytes }),
        Err(failure) => return slot.put(failure.into()),
    };
    slot.put(plain(OPENED));
    while wanted.recv() == Ok(true) {
        loop {
            if closed.load(Ordering::Acquire) {
                return slot.put(plain(ENDED));
            }
            match events.next(Some(GLANCE)) {
                Next::Nothing => {}
                Next::Event(bytes) => break slot.put(Outcome { status: EVENT, bytes }),
                Next::End => return slot.put(plain(ENDED)),
                Next::Failed(failure) => return slot.put(failure.into()),
            }
        }
    }
}
