//! A client of the core, and the calls it makes.

use napi::bindgen_prelude::{Buffer, Either};
use napi::{Env, Error, Result};
use napi_derive::napi;
use tcsms_bridge::{Failure, Outcome};

use crate::exchange::Exchange;
use crate::inbox::Inbox;
use crate::stream::Stream;

/// The error that carries a failure: its message is the failure's JSON.
pub(crate) fn thrown(failure: Failure) -> Error {
    Error::from_reason(String::from_utf8_lossy(&failure.bytes).into_owned())
}

/// A client with one set of settings.
#[napi]
pub struct Client(tcsms_bridge::Client);

#[napi]
impl Client {
    /// A client with settings in JSON. Throws the error as JSON.
    #[napi(constructor, catch_unwind)]
    pub fn new(settings: String) -> Result<Self> {
        tcsms_bridge::Client::new(settings.as_bytes()).map(Self).map_err(thrown)
    }

    /// Has a call made in the background; its outcome comes into `inbox` under `tag`. Gives the id for `cancel`.
    #[napi(catch_unwind)]
    pub fn submit(
        &self,
        env: Env,
        inbox: &Inbox,
        tag: f64,
        meta: String,
        body: Either<String, Buffer>,
        timeout_ms: u32,
    ) -> Result<f64> {
        let slot = inbox.expect(env, tag)?;
        let refused = slot.clone();
        let begun =
            self.0.submit(meta.as_bytes(), bytes(&body), timeout_ms, move |outcome| slot.put(outcome));
        Ok(match begun {
            Ok(id) => id as f64,
            Err(failure) => {
                refused.put(failure.into());
                0.0
            }
        })
    }

    /// Tells a call to end. False when it is over already.
    #[napi(catch_unwind)]
    pub fn cancel(&self, id: f64) -> bool {
        self.0.cancel(id as u64)
    }

    /// Has the credential told that a call would be signed with now; it comes into `inbox` under `tag`.
    #[napi(catch_unwind)]
    pub fn credential(&self, env: Env, inbox: &Inbox, tag: f64) -> Result<()> {
        let (slot, client) = (inbox.expect(env, tag)?, self.0.clone());
        let refused = slot.clone();
        let started = std::thread::Builder::new().name("tcsms-credential".to_owned()).spawn(move || {
            slot.put(match client.credential(0) {
                Ok(bytes) => Outcome { status: 0, bytes },
                Err(failure) => failure.into(),
            });
        });
        if let Err(error) = started {
            refused.put(no_thread(&error));
        }
        Ok(())
    }

    /// Begins a call that may answer with events, see [`Stream`].
    #[napi(catch_unwind)]
    pub fn stream(
        &self,
        env: Env,
        inbox: &Inbox,
        tag: f64,
        meta: String,
        body: Either<String, Buffer>,
    ) -> Result<Stream> {
        Ok(Stream::begin(self.0.clone(), inbox.expect(env, tag)?, meta, bytes(&body).to_vec()))
    }

    /// Begins a call whose requests the package carries itself. Throws the error as JSON.
    #[napi(catch_unwind)]
    pub fn exchange(&self, meta: String, body: Either<String, Buffer>) -> Result<Exchange> {
        self.0.exchange(meta.as_bytes(), bytes(&body)).map(Exchange::of).map_err(thrown)
    }
}

fn bytes(body: &Either<String, Buffer>) -> &[u8] {
    match body {
        Either::A(text) => text.as_bytes(),
        Either::B(bytes) => bytes,
    }
}

/// The outcome of what needed a thread and got none.
pub(crate) fn no_thread(error: &std::io::Error) -> Outcome {
    let text = format!("no thread can be started for the call ({error}); nothing was sent");
    let told = format!(
        r#"{{"kind":"config","delivery":"not_sent","attempts":0,"retryable":true,"message":"{text}","text":"{text}"}}"#
    );
    Outcome { status: -3, bytes: told.into_bytes() }
}
