//! The event stream: what happens, as it happens, in the form of server-sent events.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, header};
use hyper::body::Frame;
use serde::Serialize;
use tcsms_store::{MessageFilter, StoreError};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;

use super::messages::ShownMessage;
use super::query::Query;
use super::{Answer, Control, Errors};
use crate::events::Event;
use crate::service::told;

/// A sign of life, so that nobody between here and the listener closes a quiet stream.
const QUIET: Duration = Duration::from_secs(15);
/// So many messages are looked at together.
const PAGE: usize = 200;
/// So many pieces wait for a slow listener before the stream waits for it.
const WAITING_MAX: usize = 64;

/// Events from now on: `message` (one arrived), `receipt` (one has a new receipt), `reply`, `callback` (an attempt to
/// push ended), `review`, and `lost` when the listener was too slow. The id of a message's event is its row; a client that comes
/// back with it as `Last-Event-ID` misses no message.
#[utoipa::path(get, path = "/_tcsms/v1/events", tag = "events",
    params(("account" = Option<String>, Query, description = "Only this account's")),
    responses((status = 200, content_type = "text/event-stream", body = String), Errors))]
pub(super) async fn stream(
    State(control): State<Control>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Answer {
    let mut query = Query::parse(query.as_deref())?;
    let account = query.text("account");
    query.finish()?;
    let last =
        headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse::<i64>().ok());
    let after = match last {
        Some(row) => row,
        None => control.store.newest_row().await?,
    };
    let (sender, receiver) = mpsc::channel(WAITING_MAX);
    let listener = Listener { account, after, sender, ready: VecDeque::new() };
    // Watched before the answer leaves, so that what happens right after it is seen.
    let (changes, events) = (control.store.changes(), control.events.subscribe());
    tokio::spawn(listener.run(control, changes, events));
    let mut response = Response::new(Body::new(Pieces(receiver)));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The pieces of the stream, as a body.
struct Pieces(mpsc::Receiver<Bytes>);

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
    }
}

/// One who listens.
struct Listener {
    account: Option<String>,
    /// The row of the last message that was told.
    after: i64,
    sender: mpsc::Sender<Bytes>,
    ready: VecDeque<Bytes>,
}

impl Listener {
    /// Tells what happens until the listener goes or the service stops.
    async fn run(
        mut self,
        mut control: Control,
        mut changes: tokio::sync::watch::Receiver<u64>,
        mut events: tokio::sync::broadcast::Receiver<Event>,
    ) {
        self.ready.push_back(Bytes::from_static(b": listening\n\n"));
        loop {
            while let Some(piece) = self.ready.pop_front() {
                let gone = tokio::select! {
                    sent = self.sender.send(piece) => sent.is_err(),
                    () = told(&mut control.stopping) => true,
                };
                if gone {
                    return;
                }
            }
            changes.borrow_and_update();
            match self.new_messages(&control).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => {
                    tracing::debug!(%error, "an event stream ends");
                    return;
                }
            }
            tokio::select! {
                changed = changes.changed() => {
                    if changed.is_err() {
                        return;
                    }
                }
                event = events.recv() => match event {
                    Ok(event) => {
                        if self.event(&control, event).await.is_err() {
                            return;
                        }
                    }
                    Err(RecvError::Lagged(count)) => {
                        self.push("lost", None, &serde_json::json!({ "events": count }));
                    }
                    Err(RecvError::Closed) => return,
                },
                () = self.sender.closed() => return,
                () = told(&mut control.stopping) => return,
                () = tokio::time::sleep(QUIET) => self.ready.push_back(Bytes::from_static(b": quiet\n\n")),
            }
        }
    }

    /// Takes up the next messages that arrived; false when there are none.
    async fn new_messages(&mut self, control: &Control) -> Result<bool, StoreError> {
        let filter = MessageFilter {
            account: self.account.clone(),
            after: Some(self.after),
            limit: PAGE,
            ..MessageFilter::default()
        };
        let messages = control.store.messages(filter).await?;
        let any = !messages.is_empty();
        for message in messages {
            self.after = message.row;
            self.push("message", Some(message.row), &ShownMessage::from(message));
        }
        Ok(any)
    }

    async fn event(&mut self, control: &Control, event: Event) -> Result<(), StoreError> {
        match event {
            Event::Receipt(row) => {
                let message = control.store.message_at(row).await?;
                if let Some(message) = message.filter(|message| self.concerns(Some(&message.account))) {
                    self.push("receipt", None, &ShownMessage::from(message));
                }
            }
            Event::Other { kind, account, data } => {
                if self.concerns(account.as_deref()) {
                    self.push(kind, None, &serde_json::json!({ "account": account, kind: data }));
                }
            }
        }
        Ok(())
    }

    fn concerns(&self, account: Option<&str>) -> bool {
        self.account.is_none() || account.is_none() || self.account.as_deref() == account
    }

    fn push(&mut self, kind: &str, id: Option<i64>, data: &impl Serialize) {
        // What is shown always serialises; the fallback only spares the stream an error of its own.
        let data = serde_json::to_string(data).unwrap_or_default();
        let id = id.map_or_else(String::new, |id| format!("id: {id}\n"));
        self.ready.push_back(format!("event: {kind}\n{id}data: {data}\n\n").into());
    }
}
