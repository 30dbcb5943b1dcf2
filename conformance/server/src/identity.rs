//! The certificates of scripted servers and of the clients they ask for one, made anew by each process.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{ALL_VERSIONS, RootCertStore, ServerConfig, SupportedProtocolVersion, version};

use crate::script::{Certificate, Tls, Version};

/// The authority, its servers and its clients.
pub(crate) struct Identities {
    /// The authority's certificate as PEM.
    pub(crate) ca: String,
    /// A client that the authority vouches for.
    pub(crate) client: ClientIdentity,
    /// A client that only vouches for itself.
    pub(crate) other_client: ClientIdentity,
    roots: Arc<RootCertStore>,
    servers: BTreeMap<Certificate, (CertificateDer<'static>, KeyPair)>,
}

/// A certificate and its key as PEM.
pub(crate) struct ClientIdentity {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

type Failure = Box<dyn std::error::Error>;

/// Those of this process.
pub(crate) fn identities() -> Result<&'static Identities, String> {
    static MADE: OnceLock<Result<Identities, String>> = OnceLock::new();
    MADE.get_or_init(|| make().map_err(|error| format!("no certificates could be made: {error}")))
        .as_ref()
        .map_err(Clone::clone)
}

impl Identities {
    /// How a server speaks TLS.
    pub(crate) fn config(&self, tls: &Tls) -> Result<ServerConfig, String> {
        self.try_config(tls).map_err(|error| format!("TLS cannot be spoken so: {error}"))
    }

    fn try_config(&self, tls: &Tls) -> Result<ServerConfig, Failure> {
        let (certificate, key) = self.servers.get(&tls.certificate).ok_or("there is no such certificate")?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let versions: &[&SupportedProtocolVersion] = match tls.version {
            None => ALL_VERSIONS,
            Some(Version::V1_2) => &[&version::TLS12],
            Some(Version::V1_3) => &[&version::TLS13],
        };
        let builder =
            ServerConfig::builder_with_provider(Arc::clone(&provider)).with_protocol_versions(versions)?;
        let builder = if tls.wants_client_certificate {
            let roots = Arc::clone(&self.roots);
            let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider).build()?;
            builder.with_client_cert_verifier(verifier)
        } else {
            builder.with_no_client_auth()
        };
        let key = PrivateKeyDer::try_from(key.serialize_der())?;
        Ok(builder.with_single_cert(vec![certificate.clone()], key)?)
    }
}

fn make() -> Result<Identities, Failure> {
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority.distinguished_name.push(DnType::CommonName, "tcsms conformance authority");
    let key = KeyPair::generate()?;
    let ca = authority.self_signed(&key)?;
    let mut roots = RootCertStore::empty();
    roots.add(ca.der().clone())?;
    let issuer = Issuer::new(authority, key);

    let mut servers = BTreeMap::new();
    for kind in [
        Certificate::Trusted,
        Certificate::Expired,
        Certificate::Future,
        Certificate::OtherName,
        Certificate::SelfSigned,
    ] {
        servers.insert(kind, server(kind, &issuer)?);
    }
    Ok(Identities {
        ca: ca.pem(),
        client: client(Some(&issuer))?,
        other_client: client(None)?,
        roots: Arc::new(roots),
        servers,
    })
}

fn server(
    kind: Certificate,
    issuer: &Issuer<'_, KeyPair>,
) -> Result<(CertificateDer<'static>, KeyPair), Failure> {
    let names: &[&str] = match kind {
        Certificate::OtherName => &["other.example"],
        _ => &["sms.tencentcloudapi.com", "sts.tencentcloudapi.com", "localhost", "127.0.0.1", "::1"],
    };
    let mut server = CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())?;
    server.distinguished_name.push(DnType::CommonName, "tcsms conformance server");
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    (server.not_before, server.not_after) = match kind {
        Certificate::Expired => (date_time_ymd(2001, 1, 1), date_time_ymd(2002, 1, 1)),
        Certificate::Future => (date_time_ymd(2190, 1, 1), date_time_ymd(2191, 1, 1)),
        _ => (date_time_ymd(2001, 1, 1), date_time_ymd(2191, 1, 1)),
    };
    let key = KeyPair::generate()?;
    let certificate = match kind {
        Certificate::SelfSigned => server.self_signed(&key)?,
        _ => server.signed_by(&key, issuer)?,
    };
    Ok((certificate.der().clone(), key))
}

/// A client, signed by the authority or by itself.
fn client(issuer: Option<&Issuer<'_, KeyPair>>) -> Result<ClientIdentity, Failure> {
    let mut client = CertificateParams::new(Vec::new())?;
    client.distinguished_name.push(DnType::CommonName, "tcsms conformance client");
    client.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let key = KeyPair::generate()?;
    let certificate = match issuer {
        Some(issuer) => client.signed_by(&key, issuer)?,
        None => client.self_signed(&key)?,
    };
    Ok(ClientIdentity { certificate: certificate.pem(), key: key.serialize_pem() })
}
