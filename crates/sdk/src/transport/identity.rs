//! Certificates and keys as PEM: those of authorities, and the one by which this side proves who it is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::crypto::CryptoProvider;
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, InconsistentKeys};
use zeroize::{Zeroize, Zeroizing};

use crate::error::{Error, ErrorKind};

/// A certificate with its key. It has no debug form, because of the key.
#[derive(Clone)]
pub(crate) enum Identity {
    Files { certificate: PathBuf, key: PathBuf },
    Pem { certificate: Vec<u8>, key: Zeroizing<Vec<u8>> },
}

impl Identity {
    /// Reads both, and checks that they belong together.
    pub(crate) fn load(self, provider: &Arc<CryptoProvider>) -> Result<CertifiedKey, Error> {
        let (chain, key, name) = match self {
            Self::Files { certificate, key: path } => {
                let name = format!("client key {}", path.display());
                let key = std::fs::read(&path)
                    .map_err(|error| fault(&name, &format!("cannot be read: {error}")).because(error))?;
                (certificates_of_file("client certificate", &certificate)?, Zeroizing::new(key), name)
            }
            Self::Pem { certificate, key } => (
                certificates("client certificate given as PEM", &certificate)?,
                key,
                "client key given as PEM".to_owned(),
            ),
        };
        // Why the reader refuses a key is not passed on: its reasons quote what they stumbled over.
        let mut key = PrivateKeyDer::from_pem_slice(&key)
            .map_err(|_| fault(&name, "holds no private key in PEM that is not encrypted"))?;
        // Loading copies the key into the cryptographic library, which looks after its own copy.
        let loaded = provider.key_provider.load_private_key(key.clone_key());
        key.zeroize();
        let loaded = loaded.map_err(|_| {
            fault(&name, "is of a kind that TLS has no use for; RSA, ECDSA and Ed25519 serve")
        })?;
        let identity = CertifiedKey::new(chain, loaded);
        match identity.keys_match() {
            Ok(()) | Err(rustls::Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(identity),
            Err(rustls::Error::InconsistentKeys(_)) => {
                Err(fault(&name, "does not belong to the client certificate"))
            }
            Err(error) => Err(fault("client certificate", &format!("cannot be used: {error}"))),
        }
    }
}

pub(crate) fn certificates_of_file(what: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let name = format!("{what} {}", path.display());
    let pem = std::fs::read(path)
        .map_err(|error| fault(&name, &format!("cannot be read: {error}")).because(error))?;
    certificates(&name, &pem)
}

/// All certificates of a PEM text.
pub(crate) fn certificates(name: &str, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let found = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| fault(name, "cannot be read as PEM"))?;
    if found.is_empty() {
        return Err(fault(name, "holds no certificate"));
    }
    Ok(found)
}

fn fault(name: &str, what: &str) -> Error {
    Error::local(ErrorKind::Config, format!("the {name} {what}"))
}
