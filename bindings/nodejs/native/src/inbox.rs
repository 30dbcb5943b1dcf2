//! What has come for the event loop of one thread of Node's.

use std::cell::Cell;
use std::sync::{Arc, Mutex, PoisonError};

use tcsms_bridge::Outcome;

use crate::bell::Bell;
use crate::integers;
use crate::node::{Arguments, Env, Handle, Thrown, Value};

/// How many log lines wait for the event loop at most; further ones are lost.
const MOST_LINES: usize = 10_000;

/// The outcomes that one thread of Node's has yet to take. Those that come while it is busy arrive together, so that many
/// calls at once wake it seldom.
pub(crate) struct Inbox {
    waiting: Arc<Waiting>,
    bell: Arc<Bell>,
    /// How many outcomes are still to come. While there are some, the event loop goes on.
    expected: Cell<u32>,
}

#[derive(Default)]
struct Waiting(Mutex<Vec<(f64, i32, String)>>);

impl Waiting {
    /// Puts something in. Whether it is the first.
    fn put(&self, told: (f64, i32, String), most: usize) -> bool {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < most {
            waiting.push(told);
        }
        waiting.len() == 1
    }

    /// Tag, status and text of each, one behind the other.
    fn take(&self, env: Env) -> Result<Option<Value>, Thrown> {
        let taken = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if taken.is_empty() {
            return Ok(None);
        }
        let mut values = Vec::with_capacity(taken.len() * 3);
        for (tag, status, text) in taken {
            values.push(env.double(tag)?);
            match env.text(&text) {
                Ok(text) => values.extend([env.double(f64::from(status))?, text]),
                Err(Thrown(why)) => values.extend([
                    env.double(-2.0)?,
                    env.text(&format!(
                        r#"{{"kind":"invalid_answer","delivery":"maybe_sent","attempts":1,"message":"{why}"}}"#
                    ))?,
                ]),
            }
        }
        env.list(&values).map(Some)
    }
}

/// Puts outcomes into an inbox, from any thread.
#[derive(Clone)]
pub(crate) struct Slot {
    waiting: Arc<Waiting>,
    bell: Arc<Bell>,
    tag: f64,
}

impl Slot {
    /// Large integers come marked, see [`integers::marked`].
    pub(crate) fn put(&self, Outcome { status, bytes }: Outcome) {
        let text = String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        let text = integers::marked(&text).unwrap_or(text);
        if self.waiting.put((self.tag, status, text), usize::MAX) {
            self.bell.ring();
        }
    }

    /// A log line, which nobody waits for.
    fn line(&self, level: i32, text: &str) {
        if self.waiting.put((self.tag, level, text.to_owned()), MOST_LINES) {
            self.bell.ring();
        }
    }
}

impl Inbox {
    /// Where the outcomes of one tag go; one is expected from now on.
    pub(crate) fn expect(&self, env: Env, tag: f64) -> Slot {
        self.expect_more(env);
        self.slot(tag)
    }

    /// One more outcome is expected from now on.
    pub(crate) fn expect_more(&self, env: Env) {
        if self.expected.replace(self.expected.get() + 1) == 0 {
            self.bell.hold(env, true);
        }
    }

    fn slot(&self, tag: f64) -> Slot {
        Slot { waiting: Arc::clone(&self.waiting), bell: Arc::clone(&self.bell), tag }
    }
}

/// `inbox(taken)`: `taken` gets a list with tag, status and text of each outcome, one behind the other.
pub(crate) fn make(env: Env, arguments: &Arguments) -> Result<Value, Thrown> {
    let waiting = Arc::<Waiting>::default();
    let source = Arc::clone(&waiting);
    let bell = Arc::new(Bell::new(env, arguments.at(0), Box::new(move |env| source.take(env)))?);
    env.held(Handle::Inbox(Inbox { waiting, bell, expected: Cell::new(0) }))
}

/// `came(inbox, count)`: so many of the outcomes that were expected have come.
pub(crate) fn came(env: Env, arguments: &Arguments) -> Result<Value, Thrown> {
    let count = env.number(arguments.at(1))? as u32;
    env.inbox(arguments.at(0), |inbox| {
        let left = inbox.expected.get().saturating_sub(count);
        inbox.expected.set(left);
        if left == 0 {
            inbox.bell.hold(env, false);
        }
    })?;
    env.nothing()
}

/// `setLog(inbox, tag, level)`: every log line up to this level (1 errors … 5 everything, 0 none) comes under the tag, with
/// its level as the status. The last one who asks gets the lines of the whole process.
pub(crate) fn set_log(env: Env, arguments: &Arguments) -> Result<Value, Thrown> {
    let (tag, level) = (env.number(arguments.at(1))?, env.number(arguments.at(2))? as i32);
    let slot = env.inbox(arguments.at(0), |inbox| inbox.slot(tag))?;
    tcsms_bridge::set_log(Some(Box::new(move |level, text| slot.line(level, text))), level);
    env.nothing()
}
