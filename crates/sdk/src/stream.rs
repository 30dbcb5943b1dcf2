//! Server-sent events as they arrive.

use std::fmt;
use std::time::{Duration, Instant};

use crate::answer::Answer;
use crate::config::Core;
use crate::error::{Delivery, Error, ErrorKind, Step, to_the_millisecond};
use crate::events::{Event, Parser, TooLarge};
use crate::exchange::{Origin, Plan};
use crate::transport::{self, Flow, Permit, Pool};

const DEFAULT_IDLE_LIMIT: Duration = Duration::from_secs(60);

/// What came on a call that asked for a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Streamed<S> {
    /// The events, as they arrive.
    Events(S),
    /// An answer at once, as the action gives it when it does not stream.
    Answer(Answer),
}

/// Server-sent events, as they arrive. Made by `client.call(…).stream()`.
///
/// The connection belongs to the stream and closes when it is dropped; until then it counts among
/// [`max_connections`](crate::ClientBuilder::max_connections). It ends with `None` only where the service ended
/// the answer, and between two events; anything else is an error, after which nothing more comes. An answer that says
/// neither its length nor that it comes in chunks ends, by HTTP, where its connection is closed.
pub struct EventStream {
    flow: Option<Flow>,
    /// For its connection.
    _permit: Option<Permit>,
    parser: Parser,
    largest_event: usize,
    origin: Origin,
    began: Instant,
    idle_limit: Duration,
    total_limit: Option<Duration>,
}

impl EventStream {
    /// Makes the call that began at `started`, and takes what comes on it. The stream keeps the permit.
    pub(crate) async fn open(
        core: &Core,
        pool: &Pool,
        plan: Plan<Answer>,
        started: Instant,
        permit: Option<Permit>,
    ) -> Result<Streamed<Self>, Error> {
        if core.own_transport.is_some() {
            let message =
                "a transport of one's own gives whole answers, so that no stream of events can come over it";
            return Err(Error::local(ErrorKind::Config, message));
        }
        let (flow, origin) = match transport::stream(core, pool, plan, started).await? {
            Ok(begun) => begun,
            Err(answer) => return Ok(Streamed::Answer(answer)),
        };
        let largest_event = core.settings.max_answer_bytes;
        Ok(Streamed::Events(Self {
            flow: Some(flow),
            _permit: permit,
            parser: Parser::new(largest_event),
            largest_event,
            origin,
            began: Instant::now(),
            idle_limit: DEFAULT_IDLE_LIMIT,
            total_limit: None,
        }))
    }

    /// Sets how long the service may send nothing, not even a comment; 60 s by default. Only the time counts in which
    /// an event is waited for.
    #[must_use]
    pub fn with_idle_limit(mut self, limit: Duration) -> Self {
        self.idle_limit = limit;
        self
    }

    /// Sets how long the stream may take from its beginning on; any time by default.
    #[must_use]
    pub fn with_total_limit(mut self, limit: Duration) -> Self {
        self.total_limit = Some(limit);
        self
    }

    /// Waits for the next event; `None` when the service has ended the stream. Must be called on the runtime that the
    /// stream was opened on; dropping the wait loses no event.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Timeout`] when a limit passed, [`ErrorKind::Network`] when the stream broke, and
    /// [`ErrorKind::InvalidAnswer`] when an event is larger than
    /// [`ClientBuilder::max_answer_bytes`](crate::ClientBuilder::max_answer_bytes). Nothing comes after an error.
    pub async fn next(&mut self) -> Option<Result<Event, Error>> {
        loop {
            if let Some(event) = self.parser.next() {
                return Some(Ok(event));
            }
            match self.feed().await {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => {
                    self.flow = None;
                    return Some(Err(error));
                }
            }
        }
    }

    /// Waits for more bytes; false when there are none.
    async fn feed(&mut self) -> Result<bool, Error> {
        let left = self.total_limit.map(|limit| limit.saturating_sub(self.began.elapsed()));
        let limit = left.map_or(self.idle_limit, |left| left.min(self.idle_limit));
        let Some(flow) = &mut self.flow else { return Ok(false) };
        match tokio::time::timeout(limit, flow.piece()).await {
            Ok(Some(Ok(piece))) => match self.parser.push(&piece) {
                Ok(()) => Ok(true),
                Err(TooLarge) => {
                    let what = format!("an event is larger than {} bytes", self.largest_event);
                    Err(self.error(ErrorKind::InvalidAnswer, what))
                }
            },
            Ok(Some(Err(reason))) => {
                Err(self.error(ErrorKind::Network, format!("the event stream broke: {reason}")))
            }
            Ok(None) => {
                self.flow = None;
                if self.parser.is_between_events() {
                    return Ok(false);
                }
                Err(self.error(ErrorKind::Network, "the event stream ended within an event".to_owned()))
            }
            Err(_) => Err(self.error(ErrorKind::Timeout, self.overdue(left))),
        }
    }

    /// Which limit passed.
    fn overdue(&self, left: Option<Duration>) -> String {
        match self.total_limit {
            Some(limit) if left.is_some_and(|left| left < self.idle_limit) => {
                format!("the event stream did not end within {:?}", to_the_millisecond(limit))
            }
            _ => format!("the event stream brought nothing for {:?}", to_the_millisecond(self.idle_limit)),
        }
    }

    fn error(&self, kind: ErrorKind, message: String) -> Error {
        self.origin.of(Error::new(kind, Delivery::MaybeSent, message).at(Step::Read))
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream")
            .field("is_open", &self.flow.is_some())
            .field("idle_limit", &self.idle_limit)
            .field("total_limit", &self.total_limit)
            .finish_non_exhaustive()
    }
}
