//! Where a client's credentials come from: a fixed one, a role, or the caller's own provider.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::config::Site;
use crate::credential::Credential;
use crate::error::Error;
use crate::keeper::Keeper;
use crate::machine_role::CvmRole;
use crate::sts::{AssumeRole, WebIdentity};

/// Why a [`CredentialProvider`] has no credential. Its text becomes part of the call's error: it must not hold a secret.
pub type FetchError = Box<dyn std::error::Error + Send + Sync>;

/// A fetch under way.
pub type Fetch<'a> = Pin<Box<dyn Future<Output = Result<Issued, FetchError>> + Send + 'a>>;

/// A source of credentials of one's own: a vault, a broker, a file that another program writes.
///
/// The client keeps what it issues and fetches again ahead of expiry: a fifth of the credential's life before, at most
/// 300 s. One call fetches at a time; the others go on with the old credential while it is valid, and wait within their
/// own limits when it is not. A failure is told to the calls that waited for it, and is not kept; a call that has a
/// valid credential goes on with it. (Then, and only then, there is a pause of at most 10 s before the next try.)
///
/// A credential that the service refuses as unknown is given up (`AuthFailure.TokenFailure`, `.SecretIdNotFound`,
/// `.InvalidSecretId`), and the call asks for another and tries again, once. An [`Error`] of this crate whose cause is
/// the network keeps its kind as the call's error; whatever else a provider returns makes an
/// [`ErrorKind::Credential`](crate::ErrorKind::Credential).
///
/// ```
/// use tcsms::{Credential, CredentialProvider, CredentialSource, Fetch, Issued};
/// use std::time::{Duration, SystemTime};
///
/// struct Broker;
///
/// impl CredentialProvider for Broker {
///     fn fetch(&self) -> Fetch<'_> {
///         Box::pin(async {
///             let credential = Credential::with_token("AKIDEXAMPLE", "SKEXAMPLE", "TOKENEXAMPLE")?;
///             Ok(Issued::until(credential, SystemTime::now() + Duration::from_secs(3600)))
///         })
///     }
/// }
///
/// let client = tcsms::Client::builder().credential(CredentialSource::provider(Broker)).build()?;
/// # Ok::<(), tcsms::Error>(())
/// ```
pub trait CredentialProvider: Send + Sync {
    /// Fetches a credential.
    ///
    /// The future runs inside the call that needs the credential: with the async client on the caller's runtime, with
    /// the blocking client on the caller's thread, where tokio's network and time are at hand. It may be dropped at any
    /// point; then another call fetches.
    fn fetch(&self) -> Fetch<'_>;
}

/// A credential with the time until which it can be used. Its three parts stay together.
#[derive(Clone, Debug)]
pub struct Issued {
    pub(crate) credential: Credential,
    /// Since 1970.
    pub(crate) expires: Option<Duration>,
}

impl Issued {
    /// A credential that does not expire; it is not fetched again.
    pub fn lasting(credential: Credential) -> Self {
        Self { credential, expires: None }
    }

    /// A credential that the service refuses from this time on.
    pub fn until(credential: Credential, expires: SystemTime) -> Self {
        let expires = expires.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self { credential, expires: Some(expires) }
    }
}

/// Where a client gets its credentials: made of a [`Credential`], a [`CvmRole`], an [`AssumeRole`], a [`WebIdentity`]
/// with `into()`, or of an own [`CredentialProvider`].
///
/// Clients that are given clones of one source of an own provider share what it issues: it is asked once for all of
/// them. Of a role, each client keeps credentials of its own.
#[derive(Clone)]
pub struct CredentialSource(Kind);

#[derive(Clone)]
enum Kind {
    Key(Credential),
    CvmRole(CvmRole),
    AssumeRole(Box<AssumeRole>),
    WebIdentity(WebIdentity),
    Own(Arc<Keeper>),
    /// None: every call brings its own.
    #[cfg(feature = "bridge")]
    EachCall,
}

impl CredentialSource {
    /// The credentials that this provider issues.
    pub fn provider(provider: impl CredentialProvider + 'static) -> Self {
        Self(Kind::Own(Arc::new(Keeper::new(Arc::new(provider)))))
    }

    /// No credential: a call without one of its own is refused.
    #[cfg(feature = "bridge")]
    pub(crate) fn each_call() -> Self {
        Self(Kind::EachCall)
    }

    /// What another client holds.
    #[cfg(feature = "bridge")]
    pub(crate) fn kept(keeper: Arc<Keeper>) -> Self {
        Self(Kind::Own(keeper))
    }

    pub(crate) fn resolve(self, site: &Site<'_>) -> Result<Credentials, Error> {
        let provider: Arc<dyn CredentialProvider> = match self.0 {
            Kind::Key(credential) => return Ok(Credentials::Fixed(credential)),
            Kind::CvmRole(role) => Arc::new(role.resolve(site)?),
            Kind::AssumeRole(role) => Arc::new(role.resolve(site)?),
            Kind::WebIdentity(role) => Arc::new(role.resolve(site)?),
            Kind::Own(keeper) => return Ok(Credentials::Kept(keeper)),
            #[cfg(feature = "bridge")]
            Kind::EachCall => return Ok(Credentials::EachCall),
        };
        Ok(Credentials::kept(provider))
    }
}

impl From<Credential> for CredentialSource {
    fn from(credential: Credential) -> Self {
        Self(Kind::Key(credential))
    }
}

impl From<CvmRole> for CredentialSource {
    fn from(role: CvmRole) -> Self {
        Self(Kind::CvmRole(role))
    }
}

impl From<AssumeRole> for CredentialSource {
    fn from(role: AssumeRole) -> Self {
        Self(Kind::AssumeRole(Box::new(role)))
    }
}

impl From<WebIdentity> for CredentialSource {
    fn from(role: WebIdentity) -> Self {
        Self(Kind::WebIdentity(role))
    }
}

impl fmt::Debug for CredentialSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Key(credential) => credential.fmt(f),
            Kind::CvmRole(role) => role.fmt(f),
            Kind::AssumeRole(role) => role.fmt(f),
            Kind::WebIdentity(role) => role.fmt(f),
            Kind::Own(_) => f.write_str("CredentialProvider"),
            #[cfg(feature = "bridge")]
            Kind::EachCall => f.write_str("of each call"),
        }
    }
}

/// What a client signs with.
pub(crate) enum Credentials {
    Fixed(Credential),
    Kept(Arc<Keeper>),
    /// Nothing: the request proves who it is by itself.
    Nobody,
    /// Each call's own.
    #[cfg(feature = "bridge")]
    EachCall,
}

impl Credentials {
    pub(crate) fn kept(provider: Arc<dyn CredentialProvider>) -> Self {
        Self::Kept(Arc::new(Keeper::new(provider)))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(credential) => credential.fmt(f),
            Self::Kept(_) => f.write_str("refreshed"),
            Self::Nobody => f.write_str("none"),
            #[cfg(feature = "bridge")]
            Self::EachCall => f.write_str("of each call"),
        }
    }
}
