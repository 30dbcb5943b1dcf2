//! One client for all who ask for the same settings, for hosts that forget everything between two requests.

use std::sync::{Mutex, TryLockError};

use crate::client::Client;
use crate::failure::Failure;
use crate::fork::generation;

/// How many clients stay open though nobody holds them: those used last.
const KEPT: usize = 16;

/// A client with what it was made of.
struct Known {
    config: Vec<u8>,
    environment: Vec<(String, String)>,
    generation: u64,
    client: Client,
}

/// The one used last stands last.
static CLIENTS: Mutex<Vec<Known>> = Mutex::new(Vec::new());

impl Client {
    /// As [`new`](Self::new), but the same settings in the same environment give the one client of this process, so that
    /// its connections outlive whoever asked for it.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn shared(config: &[u8]) -> Result<Self, Failure> {
        let environment = environment();
        // In a forked child the lock may be held by a thread that is not there: a client of its own does as well.
        let mut clients = match CLIENTS.try_lock() {
            Ok(clients) => clients,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return Self::new(config),
        };
        let generation = generation();
        let is_known = |known: &Known| {
            known.config == config && known.environment == environment && known.generation == generation
        };
        if let Some(place) = clients.iter().position(is_known) {
            let known = clients.remove(place);
            let client = known.client.clone();
            clients.push(known);
            return Ok(client);
        }
        let client = Self::new(config)?;
        clients.push(Known { config: config.to_vec(), environment, generation, client: client.clone() });
        let surplus = clients.len().saturating_sub(KEPT);
        let dropped: Vec<Known> = clients.drain(..surplus).collect();
        drop(clients);
        // Closed outside the lock.
        drop(dropped);
        Ok(client)
    }
}

/// The variables that a client may read.
fn environment() -> Vec<(String, String)> {
    let is_read = |name: &str| {
        let name = name.to_ascii_uppercase();
        ["TENCENTCLOUD_", "TCSMS_", "TKE_", "SSL_CERT_"].iter().any(|start| name.starts_with(start))
            || name.ends_with("_PROXY")
            || name == "HOME"
            || name == "REQUEST_METHOD"
    };
    let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
    let mut read: Vec<_> = std::env::vars_os()
        .map(|(name, value)| (text(name), text(value)))
        .filter(|(name, _)| is_read(name))
        .collect();
    read.sort();
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_settings_give_the_same_client_and_the_last_ones_stay() {
        let config = |id: usize| format!(r#"{{"secret_id":"shared-{id}","secret_key":"k"}}"#).into_bytes();
        let first = Client::shared(&config(0)).unwrap();
        assert!(first.is_same(&Client::shared(&config(0)).unwrap()));
        assert!(!first.is_same(&Client::shared(&config(1)).unwrap()));
        for id in 2..KEPT + 2 {
            Client::shared(&config(id)).unwrap();
        }
        assert!(!first.is_same(&Client::shared(&config(0)).unwrap()), "it was not used for long");
        assert!(Client::shared(b"{").is_err());
    }
}
