//! What happens in the service, told to whoever listens on the event stream.

use tokio::sync::broadcast;

/// So many events wait for a slow listener; then it is told that some are lost.
const WAITING_MAX: usize = 4096;

/// Something that happened. Messages that arrive are not among them: listeners find those by their cursor.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// The message with this row has a new receipt.
    Receipt(i64),
    /// Anything else, as it is shown.
    Other {
        /// The kind of event, a word.
        kind: &'static str,
        /// Whose; `None` concerns everybody.
        account: Option<String>,
        /// What a listener reads.
        data: serde_json::Value,
    },
}

/// Where events are published. Clones are the same place.
#[derive(Clone, Debug)]
pub(crate) struct Events {
    sender: broadcast::Sender<Event>,
}

impl Default for Events {
    fn default() -> Self {
        Self { sender: broadcast::Sender::new(WAITING_MAX) }
    }
}

impl Events {
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.sender.subscribe()
    }

    /// Costs nothing while nobody listens.
    pub(crate) fn publish_all(&self, events: impl Iterator<Item = Event>) {
        if self.sender.receiver_count() > 0 {
            for event in events {
                // The last listener may have gone a moment ago.
                let _ = self.sender.send(event);
            }
        }
    }

    pub(crate) fn publish(&self, event: Event) {
        self.publish_all(std::iter::once(event));
    }
}
