//! What the server saw and did, message by message.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the server did with the requests that carried one message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Requests that were read whole.
    pub seen: u32,
    /// Requests that were carried out: an SMS each.
    pub sent: u32,
}

#[derive(Default)]
pub struct Ledger(Mutex<HashMap<u64, Entry>>);

impl Ledger {
    /// Notes that a request with this message was read whole; answers how many had been before.
    pub fn note_seen(&self, message: u64) -> u32 {
        let mut entries = self.entries();
        let entry = entries.entry(message).or_default();
        entry.seen += 1;
        entry.seen - 1
    }

    /// Notes that the message is on its way to a phone.
    pub fn note_sent(&self, message: u64) {
        self.entries().entry(message).or_default().sent += 1;
    }

    pub fn of(&self, message: u64) -> Entry {
        self.entries().get(&message).copied().unwrap_or_default()
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<u64, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
