//! TLS on both sides: the certificate that callers are shown, and whom callbacks trust.

use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls_platform_verifier::Verifier;
use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs};
use tokio_rustls::rustls::{ClientConfig, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// How long a self-signed certificate holds: below the most that systems accept of an authority of one's own.
const VALID: Duration = Duration::from_secs(800 * 24 * 3600);
/// A certificate is good this long before it is made, for clocks that are behind.
const GRACE: Duration = Duration::from_secs(24 * 3600);

/// Names that clients know the service by on this machine, and those of the real one, so that programs which keep their
/// endpoint can trust it.
const NAMES: [&str; 4] =
    ["localhost", "sms.tencentcloudapi.com", "*.tencentcloudapi.com", "sms.intl.tencentcloudapi.com"];

/// Regions that have an access name of their own, `sms.REGION.tencentcloudapi.com`, as documented.
const REGIONS: [&str; 16] = [
    "ap-guangzhou",
    "ap-shanghai",
    "ap-nanjing",
    "ap-beijing",
    "ap-chengdu",
    "ap-chongqing",
    "ap-hongkong",
    "ap-singapore",
    "ap-bangkok",
    "ap-mumbai",
    "ap-seoul",
    "ap-tokyo",
    "ap-shanghai-fsi",
    "na-ashburn",
    "na-siliconvalley",
    "eu-frankfurt",
];

/// TLS could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct TlsError(String);

/// What callers are shown when they connect by https.
#[derive(Clone)]
pub struct ServerTls {
    pub(crate) acceptor: TlsAcceptor,
}

impl ServerTls {
    /// Shows the certificates of one file (PEM, the own one first) with the key of the other.
    ///
    /// # Errors
    /// A file cannot be read, or its content does not fit.
    pub fn from_files(certificates: &Path, key: &Path) -> Result<Self, TlsError> {
        let fault =
            |path: &Path, what: &dyn std::fmt::Display| TlsError(format!("{}: {what}", path.display()));
        let chain = CertificateDer::pem_file_iter(certificates)
            .and_then(|found| found.collect::<Result<Vec<_>, _>>())
            .map_err(|error| fault(certificates, &format!("no certificates can be read as PEM ({error})")))?;
        if chain.is_empty() {
            return Err(fault(certificates, &"it holds no certificate"));
        }
        let key_der = PrivateKeyDer::from_pem_file(key)
            .map_err(|error| fault(key, &format!("no private key can be read as PEM ({error})")))?;
        Self::new(chain, key_der)
    }

    /// Makes an authority and a certificate of it for `localhost`, these addresses and the names of the real service.
    /// The authority's certificate is returned (PEM), for clients to trust; its key is forgotten at once.
    ///
    /// # Errors
    /// The keys cannot be made.
    pub fn self_signed(addresses: &[IpAddr]) -> Result<(Self, String), TlsError> {
        let failed = |error: rcgen::Error| TlsError(format!("a certificate cannot be made: {error}"));
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let from = rcgen::date_time_ymd(1970, 1, 1) + now.saturating_sub(GRACE);
        let until = rcgen::date_time_ymd(1970, 1, 1) + now + VALID;

        let authority_key = KeyPair::generate().map_err(failed)?;
        let mut authority = CertificateParams::default();
        authority.distinguished_name.push(DnType::CommonName, "tcsms local authority");
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        (authority.not_before, authority.not_after) = (from, until);
        let authority_certificate = authority.self_signed(&authority_key).map_err(failed)?;
        let issuer = Issuer::new(authority, authority_key);

        let mut names: Vec<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
        names.extend(REGIONS.iter().map(|region| format!("sms.{region}.tencentcloudapi.com")));
        names.extend(["127.0.0.1".to_owned(), "::1".to_owned()]);
        names.extend(addresses.iter().filter(|address| !address.is_unspecified()).map(IpAddr::to_string));
        names.sort_unstable();
        names.dedup();
        let key = KeyPair::generate().map_err(failed)?;
        let mut own = CertificateParams::new(names).map_err(failed)?;
        own.distinguished_name.push(DnType::CommonName, "tcsms local service");
        own.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        own.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        own.use_authority_key_identifier_extension = true;
        (own.not_before, own.not_after) = (from, until);
        let certificate = own.signed_by(&key, &issuer).map_err(failed)?;

        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        Ok((Self::new(vec![certificate.der().clone()], key)?, authority_certificate.pem()))
    }

    fn new(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<Self, TlsError> {
        let failed = |error: tokio_rustls::rustls::Error| TlsError(format!("TLS cannot be set up: {error}"));
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(failed)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(failed)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)) })
    }
}

/// Whom callbacks trust. The system's authorities are read at the first https callback.
pub(crate) struct ClientTls {
    ca_file: Option<String>,
    config: OnceLock<Result<Arc<ClientConfig>, String>>,
}

impl ClientTls {
    pub(crate) fn new(ca_file: Option<String>) -> Self {
        Self { ca_file, config: OnceLock::new() }
    }

    /// What makes TLS connections to a server of this name.
    pub(crate) fn connector(&self, host: &str) -> Result<(TlsConnector, ServerName<'static>), String> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| format!("the host {host} is no name that a certificate can have"))?;
        let config = self.config.get_or_init(|| self.read()).clone()?;
        Ok((TlsConnector::from(config), name))
    }

    fn read(&self) -> Result<Arc<ClientConfig>, String> {
        let extra = match &self.ca_file {
            Some(file) => CertificateDer::pem_file_iter(file)
                .and_then(|found| found.collect::<Result<Vec<_>, _>>())
                .map_err(|error| format!("ca_file {file} cannot be read as PEM: {error}"))?,
            None => Vec::new(),
        };
        let verifier = Verifier::new_with_extra_roots(extra, provider())
            .map_err(|error| format!("the trusted certificates cannot be read: {error}"))?;
        let config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(|error| format!("TLS cannot be set up: {error}"))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        Ok(Arc::new(config))
    }
}

/// Chosen here and not by whatever the process installed, so that it is known.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}
