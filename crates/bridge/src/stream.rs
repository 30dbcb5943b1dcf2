//! Server-sent events, handed out one by one.

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use tcsms::{Event, blocking, bridging};

use crate::failure::Failure;
use crate::fork::generation;
use crate::guard::guarded;

/// What came on a call that asked for events.
pub enum Streamed {
    /// The events, as they arrive.
    Events(Stream),
    /// The `Response` object of an action that does not stream.
    Answer(Vec<u8>),
}

/// What a stream has next.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// An event as JSON: `{"id","event","data","retry_ms"}`.
    Event(Vec<u8>),
    /// Nothing within the wait; more may come.
    Nothing,
    /// The service has ended the stream.
    End,
    /// The stream broke; nothing more comes.
    Failed(Failure),
}

/// Events under way. Dropping it closes its connection.
pub struct Stream(Source);

/// A stream belongs to the process that opened it: in a fork of that it is neither read nor dropped.
pub(crate) struct Source {
    generation: u64,
    events: Option<Box<blocking::EventStream>>,
}

#[derive(Serialize)]
struct Told<'a> {
    id: Option<&'a str>,
    event: Option<&'a str>,
    data: &'a str,
    retry_ms: Option<u64>,
}

impl Source {
    pub(crate) fn new(events: blocking::EventStream) -> Self {
        Self { generation: generation(), events: Some(Box::new(events)) }
    }
}

impl Stream {
    pub(crate) fn of(source: Source) -> Self {
        Self(source)
    }

    /// Waits on this thread for the next event, at most this long; `None` waits until something comes.
    pub fn next(&mut self, wait: Option<Duration>) -> Next {
        guarded(|| Ok(self.0.next(wait))).unwrap_or_else(Next::Failed)
    }
}

impl Source {
    fn next(&mut self, wait: Option<Duration>) -> Next {
        if self.generation != generation() {
            let message = "the stream belongs to the process that this one was forked from";
            return Next::Failed(Failure::bad_argument(tcsms::ErrorKind::Config, message));
        }
        let Some(events) = &mut self.events else { return Next::End };
        let next = match wait {
            Some(wait) => bridging::next_within(events, wait),
            None => Some(events.next()),
        };
        match next {
            None => Next::Nothing,
            Some(None) => Next::End,
            Some(Some(Ok(event))) => Next::Event(told(&event)),
            Some(Some(Err(error))) => Next::Failed(error.into()),
        }
    }
}

fn told(event: &Event) -> Vec<u8> {
    let retry_ms = event.retry.map(|retry| u64::try_from(retry.as_millis()).unwrap_or(u64::MAX));
    let told = Told { id: event.id.as_deref(), event: event.event.as_deref(), data: &event.data, retry_ms };
    // Texts and a number: there is nothing that could not be written.
    serde_json::to_vec(&told).unwrap_or_default()
}

impl Drop for Source {
    fn drop(&mut self) {
        if self.generation != generation() {
            std::mem::forget(self.events.take());
        }
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("events", &self.0.events).finish()
    }
}
