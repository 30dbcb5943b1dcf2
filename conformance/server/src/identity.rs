//! The certificates that scripted servers show, made anew by each process.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;

use crate::script::Certificate;

/// The authority and the settings of its servers.
pub(crate) struct Identities {
    /// The authority's certificate as PEM.
    pub(crate) ca: String,
    configs: BTreeMap<Certificate, Arc<ServerConfig>>,
}

/// Those of this process.
pub(crate) fn identities() -> Result<&'static Identities, String> {
    static MADE: OnceLock<Result<Identities, String>> = OnceLock::new();
    MADE.get_or_init(|| make().map_err(|error| format!("no certificates could be made: {error}")))
        .as_ref()
        .map_err(Clone::clone)
}

impl Identities {
    pub(crate) fn config(&self, certificate: Certificate) -> Option<Arc<ServerConfig>> {
        self.configs.get(&certificate).map(Arc::clone)
    }
}

fn make() -> Result<Identities, Box<dyn std::error::Error>> {
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority.distinguished_name.push(DnType::CommonName, "tcsms conformance authority");
    let key = KeyPair::generate()?;
    let ca = authority.self_signed(&key)?.pem();
    let issuer = Issuer::new(authority, key);

    let mut configs = BTreeMap::new();
    for kind in [
        Certificate::Trusted,
        Certificate::Expired,
        Certificate::Future,
        Certificate::OtherName,
        Certificate::SelfSigned,
    ] {
        configs.insert(kind, Arc::new(config(kind, &issuer)?));
    }
    Ok(Identities { ca, configs })
}

fn config(
    kind: Certificate,
    issuer: &Issuer<'_, KeyPair>,
) -> Result<ServerConfig, Box<dyn std::error::Error>> {
    let names: &[&str] = match kind {
        Certificate::OtherName => &["other.example"],
        _ => &["sms.tencentcloudapi.com", "sts.tencentcloudapi.com", "localhost", "127.0.0.1"],
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
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    Ok(ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der())?)?)
}
