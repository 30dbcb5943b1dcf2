//! The TLS settings: who is trusted, who this side is, and which cryptography is used.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use rustls_pki_types::{CertificateDer, ServerName};
use rustls_platform_verifier::Verifier;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::danger::ServerCertVerifier;
use tokio_rustls::rustls::crypto::CryptoProvider;
use tokio_rustls::rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio_rustls::rustls::{
    self, AlertDescription, ClientConfig, PeerIncompatible, SupportedProtocolVersion, version,
};

use super::identity::{self, Identity};
use super::verify::{self, AcceptAnyone, Explaining};
use crate::config::TlsVersion;
use crate::environment::Environment;
use crate::error::{Error, ErrorKind};

const CA_FILE: &str = "TCSMS_CA_FILE";

/// What replaces the system's authorities, and is read together with them.
const SYSTEM: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// What the builder was told about TLS.
#[derive(Clone, Default)]
pub(crate) struct Choice {
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) ca_pem: Option<Vec<u8>>,
    pub(crate) identity: Option<Identity>,
    pub(crate) oldest: Option<TlsVersion>,
    pub(crate) accept_invalid: bool,
}

impl Choice {
    /// The setter of something that was set.
    pub(crate) fn any_set(&self) -> Option<&'static str> {
        let set = [
            (self.ca_file.is_some(), "ca_file"),
            (self.ca_pem.is_some(), "ca_pem"),
            (self.identity.is_some(), "client_certificate"),
            (self.oldest.is_some(), "min_tls_version"),
            (self.accept_invalid, "danger_accept_invalid_certificates"),
        ];
        set.into_iter().find_map(|(set, name)| set.then_some(name))
    }
}

/// Trust in the system's authorities and in those that were given. The system's are read at the first https
/// connection, which takes some milliseconds that a client of plain http does not spend.
#[derive(Default)]
pub(crate) struct Tls {
    extra: Vec<CertificateDer<'static>>,
    identity: Option<Arc<CertifiedKey>>,
    oldest: TlsVersion,
    accept_invalid: bool,
    warned: AtomicBool,
    /// The variables that replace the system's authorities, for messages.
    system: String,
    config: OnceLock<Result<Arc<ClientConfig>, String>>,
}

impl Tls {
    pub(crate) fn new(choice: Choice, environment: &Environment) -> Result<Self, Error> {
        let variable = |name| environment.get(name).filter(|value| !value.is_empty());
        let mut extra = match choice.ca_file.or_else(|| variable(CA_FILE).map(PathBuf::from)) {
            Some(path) => identity::certificates_of_file("CA file", &path)?,
            None => Vec::new(),
        };
        if let Some(pem) = choice.ca_pem {
            extra.extend(identity::certificates("CA certificates given as PEM", &pem)?);
        }
        let identity = match choice.identity {
            Some(identity) => {
                let provider = provider().map_err(|fault| Error::local(ErrorKind::Config, fault))?;
                Some(Arc::new(identity.load(&provider)?))
            }
            None => None,
        };
        if choice.accept_invalid {
            tracing::warn!(
                "danger_accept_invalid_certificates is set: any server can pass for the service, read the messages and change them"
            );
        }
        let system = SYSTEM.iter().filter_map(|name| Some(format!(" {name}={}", variable(name)?))).collect();
        Ok(Self {
            extra,
            identity,
            oldest: choice.oldest.unwrap_or_default(),
            accept_invalid: choice.accept_invalid,
            system,
            ..Self::default()
        })
    }

    /// What makes TLS connections to a server of this name.
    pub(crate) fn connector(&self, host: &str) -> Result<(TlsConnector, ServerName<'static>), String> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| format!("the host {host} is no name that a certificate can have"))?;
        let config = self.config.get_or_init(|| self.configured()).clone()?;
        if self.accept_invalid && !self.warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                host,
                "connecting without looking at the certificate (danger_accept_invalid_certificates)"
            );
        }
        Ok((TlsConnector::from(config), name))
    }

    /// Why TLS failed, and what to do about it.
    pub(super) fn explain(&self, fault: &rustls::Error, when_not_tls: &str) -> String {
        if let Some(refusal) = verify::refusal(fault) {
            let note = if refusal.unknown_issuer { self.system_note() } else { String::new() };
            return format!("{refusal}{note}");
        }
        let remedy = match fault {
            rustls::Error::InvalidMessage(_) => when_not_tls,
            rustls::Error::AlertReceived(alert) if wants_identity(*alert) => self.identity_advice(),
            rustls::Error::AlertReceived(AlertDescription::ProtocolVersion)
            | rustls::Error::PeerIncompatible(PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig) => {
                "; the server speaks only versions of TLS that this client does not (min_tls_version)"
            }
            _ => "",
        };
        format!("{fault}{remedy}")
    }

    /// What to do where the server did not like who this side is.
    pub(super) fn identity_advice(&self) -> &'static str {
        match self.identity {
            None => "; the server wants a client certificate: give one (client_certificate_files)",
            Some(_) => "; the server refused the client certificate",
        }
    }

    /// The words that follow a refusal where other authorities than the system's count, because of the environment.
    fn system_note(&self) -> String {
        match self.system.as_str() {
            "" => String::new(),
            system => format!("; the system's authorities are replaced by{system}"),
        }
    }

    fn configured(&self) -> Result<Arc<ClientConfig>, String> {
        let provider = provider()?;
        let verifier: Arc<dyn ServerCertVerifier> = if self.accept_invalid {
            Arc::new(AcceptAnyone::new(Arc::clone(&provider)))
        } else {
            let verifier = Verifier::new_with_extra_roots(self.extra.iter().cloned(), Arc::clone(&provider))
                .map_err(|error| {
                    format!("the trusted certificates cannot be read: {error}{}", self.system_note())
                })?;
            Arc::new(Explaining::new(Arc::new(verifier)))
        };
        let versions: &[&SupportedProtocolVersion] = match self.oldest {
            TlsVersion::V1_2 => &[&version::TLS12, &version::TLS13],
            TlsVersion::V1_3 => &[&version::TLS13],
        };
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .map_err(|error| format!("TLS cannot be set up: {error}"))?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match &self.identity {
            Some(identity) => {
                config.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(Arc::clone(identity))))
            }
            None => config.with_no_client_auth(),
        };
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

/// Whether an alert of the server is about the client's certificate.
pub(super) fn wants_identity(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::CertificateRequired
            | AlertDescription::NoCertificate
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
    )
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
