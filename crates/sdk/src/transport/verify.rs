//! Looks at the certificate of a server: refuses it with words that say what it says, or, when told so, takes any.

use std::fmt;
use std::sync::Arc;

use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme};
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::der::Decode;

/// Asks another verifier, and explains its refusals.
#[derive(Debug)]
pub(super) struct Explaining(Arc<dyn ServerCertVerifier>);

impl Explaining {
    pub(super) fn new(verifier: Arc<dyn ServerCertVerifier>) -> Self {
        Self(verifier)
    }
}

impl ServerCertVerifier for Explaining {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.0.verify_server_cert(end_entity, intermediates, name, ocsp_response, now).map_err(|error| {
            let Error::InvalidCertificate(cause) = error else { return error };
            let refusal = Refusal {
                text: explanation(&cause, end_entity, intermediates, now),
                unknown_issuer: cause == CertificateError::UnknownIssuer,
            };
            Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(refusal))))
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

/// Why a certificate was refused, in words.
#[derive(Debug)]
pub(super) struct Refusal {
    text: String,
    pub(super) unknown_issuer: bool,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Refusal {}

/// The refusal that is the reason of this error, if one is.
pub(super) fn refusal(error: &Error) -> Option<&Refusal> {
    match error {
        Error::InvalidCertificate(CertificateError::Other(OtherError(other))) => other.downcast_ref(),
        _ => None,
    }
}

fn explanation(
    cause: &CertificateError,
    end_entity: &CertificateDer<'_>,
    intermediates: &[CertificateDer<'_>],
    now: UnixTime,
) -> String {
    let facts = Facts::of(end_entity);
    let certificate = facts.as_ref().map_or_else(|| "its certificate cannot be read".to_owned(), Facts::told);
    let clock = || {
        let now = x509_cert::der::DateTime::from_unix_duration(std::time::Duration::from_secs(now.as_secs()));
        now.map_or_else(|_| "is wrong".to_owned(), |now| format!("says {now}"))
    };
    match cause {
        CertificateError::UnknownIssuer => {
            let own = facts.as_ref().is_some_and(|facts| facts.issuer == facts.subject);
            let last = intermediates.last().and_then(Facts::of).map(|last| last.issuer);
            let missing = if own {
                "it is signed by itself; to trust it, give it as CA file (TCSMS_CA_FILE)".to_owned()
            } else {
                let whose = last.filter(|last| facts.as_ref().is_none_or(|facts| facts.issuer != *last));
                let whose = whose.map(|last| format!(", in the end of `{last}`")).unwrap_or_default();
                format!(
                    "no trusted authority issued it{whose}: give the issuer's certificate as CA file (TCSMS_CA_FILE)"
                )
            };
            format!("{certificate}; {missing}")
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => format!(
            "{certificate}; it has expired: the server needs a new one, unless this machine's clock, which {}, is wrong",
            clock()
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            format!("{certificate}; it is not valid yet: look at this machine's clock, which {}", clock())
        }
        CertificateError::NotValidForNameContext { expected, presented } => {
            let names = if presented.is_empty() { "no name".to_owned() } else { presented.join(", ") };
            format!(
                "{certificate}; it is not for {} but for {names}: is the endpoint spelt right, and the address its own?",
                expected.to_str()
            )
        }
        CertificateError::BadSignature => format!(
            "{certificate}; its signature was not made by that issuer's key: another authority has the same name, or something on the way puts its own certificate in place of the server's"
        ),
        other => format!("{certificate}; {other}"),
    }
}

/// What a certificate says about itself.
struct Facts {
    subject: String,
    issuer: String,
    validity: String,
}

impl Facts {
    fn of(certificate: &CertificateDer<'_>) -> Option<Self> {
        // As it is: what makes a certificate improper was judged before.
        let certificate = CertificateInner::<Raw>::from_der(certificate).ok()?;
        let facts = certificate.tbs_certificate();
        let (from, until) = (facts.validity().not_before, facts.validity().not_after);
        Some(Self {
            subject: one_line(facts.subject().to_string()),
            issuer: one_line(facts.issuer().to_string()),
            validity: format!("{} to {}", from.to_date_time(), until.to_date_time()),
        })
    }

    fn told(&self) -> String {
        format!(
            "its certificate is `{}`, issued by `{}`, valid from {}",
            self.subject, self.issuer, self.validity
        )
    }
}

/// A name that a stranger chose, fit for a message.
fn one_line(name: String) -> String {
    name.chars().filter(|sign| !sign.is_control()).take(200).collect()
}

/// Takes every certificate. That its owner is at the other end is still checked, which keeps TLS itself sound and
/// proves nothing about who that is.
#[derive(Debug)]
pub(super) struct AcceptAnyone(Arc<CryptoProvider>);

impl AcceptAnyone {
    pub(super) fn new(provider: Arc<CryptoProvider>) -> Self {
        Self(provider)
    }
}

impl ServerCertVerifier for AcceptAnyone {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
