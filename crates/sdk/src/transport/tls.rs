//! The TLS settings: who is trusted, and which cryptography is used.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use rustls_platform_verifier::Verifier;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::crypto::CryptoProvider;

use crate::error::{Error, ErrorKind};

/// Trust in the system's authorities and in those of a file. The system's are read at the first https connection,
/// which takes some milliseconds that a client of plain http does not spend.
pub(crate) struct Tls {
    extra: Vec<CertificateDer<'static>>,
    config: OnceLock<Result<Arc<ClientConfig>, String>>,
}

impl Tls {
    pub(crate) fn new(ca_file: Option<PathBuf>) -> Result<Self, Error> {
        let extra = match ca_file {
            Some(path) => {
                let fault = |what: String| {
                    Error::local(ErrorKind::Config, format!("CA file {}: {what}", path.display()))
                };
                let found = CertificateDer::pem_file_iter(&path)
                    .and_then(|certificates| certificates.collect::<Result<Vec<_>, _>>())
                    .map_err(|error| fault(format!("cannot be read as PEM ({error})")).because(error))?;
                if found.is_empty() {
                    return Err(fault("holds no certificate".to_owned()));
                }
                found
            }
            None => Vec::new(),
        };
        Ok(Self { extra, config: OnceLock::new() })
    }

    /// What makes TLS connections to a server of this name.
    pub(crate) fn connector(&self, host: &str) -> Result<(TlsConnector, ServerName<'static>), String> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| format!("the host {host} is no name that a certificate can have"))?;
        let config = self.config.get_or_init(|| config(&self.extra)).clone()?;
        Ok((TlsConnector::from(config), name))
    }
}

fn config(extra: &[CertificateDer<'static>]) -> Result<Arc<ClientConfig>, String> {
    let provider = provider()?;
    let verifier = Verifier::new_with_extra_roots(extra.iter().cloned(), Arc::clone(&provider))
        .map_err(|error| format!("the trusted certificates cannot be read: {error}"))?;
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS cannot be set up: {error}"))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// The cryptography of the build. Chosen here and not by whatever the process installed, so that it is known.
#[cfg(feature = "tls-aws-lc")]
fn provider() -> Result<Arc<CryptoProvider>, String> {
    Ok(Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider()))
}

#[cfg(all(feature = "tls-ring", not(feature = "tls-aws-lc")))]
fn provider() -> Result<Arc<CryptoProvider>, String> {
    Ok(Arc::new(tokio_rustls::rustls::crypto::ring::default_provider()))
}

#[cfg(not(any(feature = "tls-ring", feature = "tls-aws-lc")))]
fn provider() -> Result<Arc<CryptoProvider>, String> {
    Err("this build of tcsms has no TLS: enable its feature tls-aws-lc or tls-ring".to_owned())
}
