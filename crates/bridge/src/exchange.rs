//! A call whose requests the host's own HTTP client carries.

use std::fmt;
use std::sync::Arc;

use self_cell::self_cell;
use serde::Serialize;
use tcsms::bridging::{Steps, Todo};
use tcsms::{ErrorKind, Step, TransportError, blocking};

use crate::client::{Outcome, State};
use crate::failure::Failure;
use crate::guard::guarded;
use crate::meta::Named;

/// Added to the number of a step: a time limit of the host's passed.
const TIMED_OUT: i32 = 16;

self_cell!(
    struct Cell {
        owner: Arc<State>,
        #[not_covariant]
        dependent: Steps,
    }
);

/// A call, one step at a time: [`next`](Self::next) says what to do, [`answer`](Self::answer) or
/// [`failed`](Self::failed) what came of it.
pub struct Exchange {
    cell: Cell,
    /// Kept once the call is over.
    done: Option<Outcome>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Head<'a> {
    Send { method: &'a str, url: &'a str, headers: Vec<(&'a str, &'a str)>, limit_ms: u64 },
    WaitMs(u64),
    Done(i32),
}

impl Exchange {
    pub(crate) fn new(state: Arc<State>, call: Named<blocking::Client>) -> Result<Self, Failure> {
        let cell = Cell::try_new(state, |state| state.clients.steps(call).map_err(Failure::from))?;
        Ok(Self { cell, done: None })
    }

    /// The next step: one line of JSON, and what belongs to it behind the line's end.
    ///
    /// - `{"send":{"method","url","headers":[[name,value],…],"limit_ms"}}` and the body of a request, to be carried once
    ///   and unchanged within that time. `host` is among the headers, and is signed.
    /// - `{"wait_ms":N}`: to be asked again after this time.
    /// - `{"done":STATUS}` and the answer, or the error as JSON.
    ///
    /// A request that nothing was reported of counts as abandoned.
    #[expect(
        clippy::should_implement_trait,
        reason = "it never ends, and what it gives depends on what was reported"
    )]
    pub fn next(&mut self) -> Vec<u8> {
        if let Some(Outcome { status, bytes }) = &self.done {
            return step(&Head::Done(*status), bytes);
        }
        let cell = &mut self.cell;
        let next = guarded(|| Ok(cell.with_dependent_mut(|_, steps| advance(steps))));
        let outcome = match next {
            Ok(Ok(bytes)) => return bytes,
            Ok(Err(outcome)) => outcome,
            Err(failure) => failure.into(),
        };
        let bytes = step(&Head::Done(outcome.status), &outcome.bytes);
        self.done = Some(outcome);
        bytes
    }

    /// Reports an answer: its HTTP status, its headers as a JSON array of pairs (or nothing), its body without any
    /// compression.
    ///
    /// # Errors
    ///
    /// When the status or the headers are none. The answer is then not taken.
    pub fn answer(&mut self, http_status: i32, headers: &[u8], body: &[u8]) -> Result<(), Failure> {
        let invalid = |message: String| Failure::bad_argument(ErrorKind::InvalidRequest, &message);
        let status = u16::try_from(http_status)
            .ok()
            .filter(|status| (100..1000).contains(status))
            .ok_or_else(|| invalid(format!("{http_status} is no HTTP status")))?;
        let headers: Vec<(String, String)> = match headers {
            [] => Vec::new(),
            json => serde_json::from_slice(json)
                .map_err(|error| invalid(format!("the headers are no JSON array of pairs: {error}")))?,
        };
        let cell = &mut self.cell;
        guarded(|| {
            cell.with_dependent_mut(|_, steps| steps.answered(status, &headers, body.to_vec()));
            Ok(())
        })
    }

    /// Reports that no answer came: at which step it failed (0 resolve, 1 connect, 2 proxy, 3 tls, 4 write, 5 wait,
    /// 6 read; 16 more when a time limit of the host's passed), and whether any of the request may have left.
    ///
    /// # Errors
    ///
    /// When the step is none. The report is then not taken.
    pub fn failed(&mut self, step: i32, maybe_sent: bool, text: &str) -> Result<(), Failure> {
        let at = match step & !TIMED_OUT {
            0 => Step::Resolve,
            1 => Step::Connect,
            2 => Step::Proxy,
            3 => Step::Tls,
            4 => Step::Write,
            5 => Step::Wait,
            6 => Step::Read,
            _ => {
                let message = format!("{step} is no step of an attempt");
                return Err(Failure::bad_argument(ErrorKind::InvalidRequest, &message));
            }
        };
        let error =
            if maybe_sent { TransportError::maybe_sent(text) } else { TransportError::not_sent(text) };
        let error = error.at(at);
        let error = if step & TIMED_OUT == 0 { error } else { error.timed_out() };
        let cell = &mut self.cell;
        guarded(|| {
            cell.with_dependent_mut(|_, steps| steps.failed(error));
            Ok(())
        })
    }
}

/// Goes on to the next step that the host has to do, or to the end.
fn advance(steps: &mut Steps<'_>) -> Result<Vec<u8>, Outcome> {
    loop {
        match steps.advance() {
            Todo::Authorize(fetching) => steps.fetch(fetching),
            Todo::Send(request) => {
                let limit_ms = request.time_limit().as_micros().div_ceil(1000);
                let head = Head::Send {
                    method: request.method(),
                    url: request.url(),
                    headers: request.headers().collect(),
                    limit_ms: u64::try_from(limit_ms).unwrap_or(u64::MAX),
                };
                return Ok(step(&head, request.body()));
            }
            Todo::Wait(pause) => {
                let wait = u64::try_from(pause.as_micros().div_ceil(1000)).unwrap_or(u64::MAX);
                return Ok(step(&Head::WaitMs(wait), &[]));
            }
            Todo::Done(outcome) => return Err(outcome.map_err(Failure::from).into()),
        }
    }
}

fn step(head: &Head<'_>, body: &[u8]) -> Vec<u8> {
    // Texts and numbers: there is nothing that could not be written.
    let mut bytes = serde_json::to_vec(head).unwrap_or_default();
    bytes.push(b'\n');
    bytes.extend_from_slice(body);
    bytes
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange").field("done", &self.done).finish_non_exhaustive()
    }
}
