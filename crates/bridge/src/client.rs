//! A client, and the calls it makes.

use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::thread::ScopedJoinHandle;
use std::time::Duration;

use tcsms::bridging::{self, Clients};
use tcsms::{Carrying, Delivery, ErrorKind, Transport, TransportError, TransportRequest};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use crate::background;
use crate::exchange::Exchange;
use crate::failure::{Failure, status};
use crate::fork::generation;
use crate::guard::{guarded, guarded_future};
use crate::meta::{Caller, Meta, Named};
use crate::running::{Entry, Running};
use crate::settings::Settings;
use crate::stream::{self, Stream, Streamed};

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// 0 for an answer, else the status of the [`Failure`].
    pub status: i32,
    /// The `Response` object as the service wrote it, or the error as JSON.
    pub bytes: Vec<u8>,
}

impl From<Result<tcsms::Answer, Failure>> for Outcome {
    fn from(outcome: Result<tcsms::Answer, Failure>) -> Self {
        match outcome {
            Ok(answer) => Self { status: status::OK, bytes: answer.into_json().into_bytes() },
            Err(failure) => failure.into(),
        }
    }
}

impl From<Failure> for Outcome {
    fn from(Failure { status, bytes }: Failure) -> Self {
        Self { status, bytes }
    }
}

/// How often a host is asked whether it wants a call broken off.
const WATCH_EVERY: Duration = Duration::from_millis(50);

/// Over as soon as `watch` says so.
async fn watched(watch: &mut dyn FnMut() -> bool) {
    loop {
        tokio::time::sleep(WATCH_EVERY).await;
        if watch() {
            return;
        }
    }
}

/// Whether this thread may wait for a call: none of a runtime's, and not at its end.
fn may_wait_here() -> bool {
    Handle::try_current().is_err_and(|why| why.is_missing_context())
}

/// Over when the call of the entry is told to end; never without an entry.
async fn cancelled(entry: Option<&Entry>) {
    match entry {
        Some(entry) => entry.cancelled.cancelled().await,
        None => std::future::pending().await,
    }
}

/// Does what waits on this thread; on another one within a callback of this library, whose thread may not wait, and where
/// the thread is at its end (a program's last message), because a runtime needs what was taken down already.
fn off_runtimes<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    if may_wait_here() {
        return work();
    }
    std::thread::scope(|scope| joined(scope.spawn(work)))
}

fn joined<T>(worker: ScopedJoinHandle<'_, T>) -> T {
    worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// As [`off_runtimes`] for a call that `watch` may break off: it is asked on this thread, whichever the call is made on.
fn off_runtimes_watched<T: Send>(
    watch: &mut dyn FnMut() -> bool,
    work: impl FnOnce(CancellationToken) -> T + Send,
) -> T {
    let broken_off = CancellationToken::new();
    let (working, over) = std::sync::mpsc::channel::<()>();
    std::thread::scope(|scope| {
        let token = broken_off.clone();
        let worker = scope.spawn(move || {
            let _working = working;
            work(token)
        });
        while over.recv_timeout(WATCH_EVERY) == Err(RecvTimeoutError::Timeout) {
            if !broken_off.is_cancelled() && watch() {
                broken_off.cancel();
            }
        }
        joined(worker)
    })
}

/// Makes calls with one set of settings. Cheap to clone; all clones share their connections. Calls under way keep what
/// they need, so it may be dropped at any time.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    settings: Settings,
    trace_ids: bool,
    /// What calls are made with; of another generation in a forked child until its first call.
    state: AtomicPtr<State>,
}

pub(crate) struct State {
    generation: u64,
    pub(crate) clients: Clients,
    /// Whether the host's own HTTP client carries the requests.
    pub(crate) is_foreign: bool,
    running: Running,
}

impl State {
    fn of(settings: &Settings) -> Result<Arc<Self>, Failure> {
        let is_foreign = settings.foreign_transport == Some(true);
        let clients =
            if is_foreign { foreign(settings)? } else { bridging::clients(settings.builder(true)?)? };
        Ok(Arc::new(Self { generation: generation(), clients, is_foreign, running: Running::default() }))
    }
}

/// The clients of a host that carries the requests itself. Roles are asked for by this library all the same.
fn foreign(settings: &Settings) -> Result<Clients, Failure> {
    if let Some(name) = settings.about_connections() {
        let message = format!(
            "{name} is set beside foreign_transport, whose connections the host makes: set it there, and leave it out here"
        );
        return Err(Failure::bad_argument(ErrorKind::Config, &message));
    }
    let own = bridging::clients(settings.builder(true)?)?;
    let builder = settings.builder(false)?.credential(bridging::credentials_of(&own)).transport(ByExchange);
    Ok(bridging::clients(builder)?)
}

/// Refuses calls that are made in another way than by an exchange.
struct ByExchange;

impl Transport for ByExchange {
    fn carry(&self, _request: TransportRequest) -> Carrying<'_> {
        let text = "the client was made with foreign_transport: its calls are made by the exchange functions";
        Box::pin(async move { Err(TransportError::not_sent(text)) })
    }
}

impl Inner {
    /// What calls are made with in this process.
    #[allow(unsafe_code)]
    fn state(&self) -> Result<Arc<State>, Failure> {
        let pointer = self.state.load(Ordering::Acquire);
        // SAFETY: it comes from `Arc::into_raw`, and its count is given back only in `drop`, when nobody else is here.
        let present = unsafe { &*pointer };
        if present.generation == generation() {
            // SAFETY: as above.
            return Ok(unsafe {
                Arc::increment_strong_count(pointer);
                Arc::from_raw(pointer)
            });
        }
        self.replace(pointer)
    }

    /// Makes a new state in a forked child. The inherited one stays as it is: dropping it would reach into the parent.
    fn replace(&self, inherited: *mut State) -> Result<Arc<State>, Failure> {
        let made = State::of(&self.settings).map_err(|failure| failure.with_status(status::FORK_STALE))?;
        let pointer = Arc::into_raw(Arc::clone(&made)).cast_mut();
        match self.state.compare_exchange(inherited, pointer, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => Ok(made),
            Err(_) => {
                #[allow(unsafe_code)]
                // SAFETY: it was made just above and not published.
                drop(unsafe { Arc::from_raw(pointer) });
                self.state()
            }
        }
    }
}

impl Drop for Inner {
    #[allow(unsafe_code)]
    fn drop(&mut self) {
        let pointer = *self.state.get_mut();
        // SAFETY: it comes from `Arc::into_raw`.
        let state = unsafe { Arc::from_raw(pointer) };
        if state.generation != generation() {
            std::mem::forget(state);
        }
    }
}

impl Client {
    /// Makes a client of settings in JSON, see [`Settings`].
    ///
    /// # Errors
    ///
    /// [`status::BAD_ARGUMENT`] naming the setting that cannot be used. Nothing is sent.
    pub fn new(config: &[u8]) -> Result<Self, Failure> {
        guarded(|| {
            let settings = Settings::read(config)?;
            let state = State::of(&settings)?;
            Ok(Self(Arc::new(Inner {
                trace_ids: settings.trace_ids == Some(true),
                settings,
                state: AtomicPtr::new(Arc::into_raw(state).cast_mut()),
            })))
        })
    }

    #[cfg(test)]
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Makes a call on this thread and waits for its outcome. `meta` describes it, see [`Meta`]; `body` has its
    /// parameters as a JSON object. `timeout_ms` is the time for the call with all its attempts; 0: the client's own.
    pub fn call(&self, meta: &[u8], body: &[u8], timeout_ms: u32) -> Outcome {
        self.call_here(meta, body, timeout_ms, None).into()
    }

    /// As [`call`](Self::call), and asks `watch` every 50 ms of the wait whether to break the call off: for hosts whose
    /// signals are only handled when they are asked.
    pub fn call_watched(
        &self,
        meta: &[u8],
        body: &[u8],
        timeout_ms: u32,
        watch: &mut dyn FnMut() -> bool,
    ) -> Outcome {
        self.call_here(meta, body, timeout_ms, Some(watch)).into()
    }

    fn call_here(
        &self,
        meta: &[u8],
        body: &[u8],
        timeout_ms: u32,
        watch: Option<&mut dyn FnMut() -> bool>,
    ) -> Result<tcsms::Answer, Failure> {
        guarded(|| {
            background::check_open()?;
            let state = self.0.state()?;
            let meta = Meta::read(meta)?;
            let call = self.prepare(&meta, &state.clients.blocking, body, timeout_ms)?;
            let entry = meta.cancel_id.map(|id| state.running.enter(Some(id)));
            let cancelled = cancelled(entry.as_ref());
            let outcome = match watch {
                None if entry.is_none() => return Ok(off_runtimes(|| call.send())?),
                None => off_runtimes(|| bridging::send_until(call, cancelled)),
                Some(watch) if may_wait_here() => bridging::send_until(call, async {
                    tokio::select! {
                        () = cancelled => {}
                        () = watched(watch) => {}
                    }
                }),
                Some(watch) => off_runtimes_watched(watch, |broken_off| {
                    bridging::send_until(call, async move {
                        tokio::select! {
                            () = cancelled => {}
                            () = broken_off.cancelled() => {}
                        }
                    })
                }),
            };
            match outcome {
                Some(outcome) => Ok(outcome?),
                None => Err(Failure::cancelled(Delivery::MaybeSent)),
            }
        })
    }

    /// Has a call made by the background thread. `done` gets the outcome, exactly once, on that thread, perhaps before
    /// this returns; what is wrong with the call itself comes that way too. Gives the id for [`cancel`](Self::cancel): the
    /// `cancel_id` of `meta`, or a new one.
    ///
    /// # Errors
    ///
    /// When the call was not begun: [`status::SHUT_DOWN`], or the thread cannot be started. `done` is then not called.
    pub fn submit(
        &self,
        meta: &[u8],
        body: &[u8],
        timeout_ms: u32,
        done: impl FnOnce(Outcome) + Send + 'static,
    ) -> Result<u64, Failure> {
        guarded(move || {
            let background = background::present()?;
            let state = self.0.state()?;
            let mut id = None;
            let call = Meta::read(meta).and_then(|meta| {
                id = meta.cancel_id;
                self.prepare(&meta, &state.clients.with_runtime, body, timeout_ms)
            });
            let entry = state.running.enter(id);
            let id = entry.id;
            background.spawn(async move {
                let outcome = guarded_future(async {
                    let call = call?;
                    if entry.cancelled.is_cancelled() {
                        return Err(Failure::cancelled(Delivery::NotSent));
                    }
                    if background.stop.is_cancelled() {
                        return Err(Failure::shut_down(Delivery::NotSent));
                    }
                    tokio::select! {
                        biased;
                        () = entry.cancelled.cancelled() => Err(Failure::cancelled(Delivery::MaybeSent)),
                        () = background.stop.cancelled() => Err(Failure::shut_down(Delivery::MaybeSent)),
                        outcome = call.send() => Ok(outcome?),
                    }
                })
                .await;
                // From here on it cannot be cancelled; the client may go before the host is told.
                drop(entry);
                drop(state);
                // A host's callback that panics must not take the thread with it.
                let _ = guarded(|| {
                    done(outcome.into());
                    Ok(())
                });
            });
            Ok(id)
        })
    }

    /// Tells a call to end: by the `cancel_id` of its description, or else by the id that [`submit`](Self::submit) gave.
    /// False when there is none of this id (any more).
    pub fn cancel(&self, id: u64) -> bool {
        guarded(|| Ok(self.0.state()?.running.cancel(id))).unwrap_or(false)
    }

    /// Makes the call of an action that answers with server-sent events, on this thread, and waits until they begin.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub fn stream(&self, meta: &[u8], body: &[u8]) -> Result<Streamed, Failure> {
        guarded(|| {
            background::check_open()?;
            let state = self.0.state()?;
            let meta = Meta::read(meta)?;
            let call = self.prepare(&meta, &state.clients.blocking, body, 0)?;
            let entry = meta.cancel_id.map(|id| state.running.enter(Some(id)));
            let cancelled = cancelled(entry.as_ref());
            let streamed = off_runtimes(|| bridging::stream_until(call, cancelled))
                .ok_or_else(|| Failure::cancelled(Delivery::MaybeSent))?;
            Ok(match streamed? {
                tcsms::Streamed::Events(events) => Streamed::Events(Stream::of(stream::Source::new(events))),
                tcsms::Streamed::Answer(answer) => Streamed::Answer(answer.into_json().into_bytes()),
            })
        })
    }

    /// Opens connections ahead of the first calls of [`call`](Self::call), until this many wait.
    ///
    /// # Errors
    ///
    /// That of the first connection that could not be opened.
    pub fn warm_up(&self, connections: usize) -> Result<(), Failure> {
        guarded(|| {
            background::check_open()?;
            let state = self.0.state()?;
            Ok(off_runtimes(|| state.clients.blocking.warm_up(connections))?)
        })
    }

    /// What the client would sign a call with now: `{"secret_id","secret_key","token"}`, fetched where that is due, within
    /// `timeout_ms` (0: the client's own total time).
    ///
    /// # Errors
    ///
    /// As those of a call that has no credential.
    pub fn credential(&self, timeout_ms: u32) -> Result<Vec<u8>, Failure> {
        guarded(|| {
            background::check_open()?;
            let state = self.0.state()?;
            let limit = (timeout_ms > 0).then(|| Duration::from_millis(u64::from(timeout_ms)));
            let present = off_runtimes(|| bridging::present_credential(&state.clients, limit))?;
            let (secret_id, secret_key, token) = present.parts();
            Ok(serde_json::json!({ "secret_id": secret_id, "secret_key": secret_key, "token": token })
                .to_string()
                .into_bytes())
        })
    }

    /// Prepares a call whose requests the host carries, see [`Exchange`].
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call), for what can be seen before the first attempt.
    pub fn exchange(&self, meta: &[u8], body: &[u8]) -> Result<Exchange, Failure> {
        guarded(|| {
            background::check_open()?;
            let state = self.0.state()?;
            if !state.is_foreign {
                let message = "the client makes its own connections: set foreign_transport for calls by the exchange functions";
                return Err(Failure::bad_argument(ErrorKind::Config, message));
            }
            let meta = Meta::read(meta)?;
            let call = self.prepare(&meta, &state.clients.blocking, body, 0)?;
            Exchange::new(state, call)
        })
    }

    fn prepare<C: Caller>(
        &self,
        meta: &Meta<'_>,
        client: &C,
        body: &[u8],
        timeout_ms: u32,
    ) -> Result<Named<C>, Failure> {
        let call = meta.call(client, body, self.0.trace_ids)?;
        Ok(match timeout_ms {
            0 => call,
            limit => call.with_timeout(Duration::from_millis(u64::from(limit))),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::sync::mpsc;

    use super::*;

    /// A client of a server that never answers.
    fn client_of(silent: &TcpListener) -> Client {
        let config = format!(
            r#"{{"secret_id":"id","secret_key":"key","region":"ap-guangzhou","connect_to":"http://{}"}}"#,
            silent.local_addr().unwrap()
        );
        Client::new(config.as_bytes()).unwrap()
    }

    #[test]
    fn a_stream_that_is_being_opened_is_cancelled_by_its_id() {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = client_of(&silent);
        std::thread::scope(|scope| {
            let opening = scope.spawn(|| {
                let meta = br#"{"version":"2021-01-11","action":"Chat","cancel_id":7}"#;
                client.stream(meta, b"{}").err().map(|failure| failure.status)
            });
            while !client.cancel(7) {
                std::thread::yield_now();
            }
            assert_eq!(opening.join().unwrap(), Some(status::CANCELLED));
        });
        assert!(!client.cancel(7) && !client.cancel(0));
    }

    #[test]
    fn a_watched_call_can_be_broken_off_on_every_thread() {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = client_of(&silent);
        let broken_off = |client: &Client| {
            let meta = br#"{"version":"2021-01-11","action":"SendSms"}"#;
            client.call_watched(meta, b"{}", 0, &mut || true).status
        };
        assert_eq!(broken_off(&client), status::CANCELLED);

        let (told, statuses) = mpsc::channel();
        let inside = client.clone();
        client.submit(b"no meta", b"{}", 0, move |_| told.send(broken_off(&inside)).unwrap()).unwrap();
        assert_eq!(statuses.recv().unwrap(), status::CANCELLED);
    }
}
