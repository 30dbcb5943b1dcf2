//! Temporary credentials from the security token service (STS), by a key or by the identity of a pod.

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::chain;
use crate::config::{Core, Settings, Site};
use crate::endpoint::{Address, Endpoint};
use crate::envelope::{self, Content};
use crate::environment::Environment;
use crate::error::{Error, ErrorKind};
use crate::exchange::{Decode, Plan};
use crate::machine_role::issued;
use crate::provider::{CredentialProvider, CredentialSource, Credentials, Fetch, FetchError, Issued};
use crate::request::Parcel;
use crate::retry::RetryPolicy;
use crate::route::Route;
use crate::transport::{self, Pool};

const VERSION: &str = "2018-08-13";
const CONNECT_TO: &str = "TCSMS_STS_CONNECT_TO";
const DEFAULT_REGION: &str = "ap-guangzhou";
const DEFAULT_SESSION: &str = "tcsms";
const DEFAULT_DURATION: Duration = Duration::from_secs(7200);
/// Longer than any of its answers takes; the call that needs the credential may have less.
const TOTAL_LIMIT: Duration = Duration::from_secs(60);

const TKE_REGION: &str = "TKE_REGION";
const TKE_PROVIDER_ID: &str = "TKE_PROVIDER_ID";
const TKE_TOKEN_FILE: &str = "TKE_WEB_IDENTITY_TOKEN_FILE";
const TKE_ROLE_ARN: &str = "TKE_ROLE_ARN";

/// The credentials of a role that a key, or another role, may assume (`AssumeRole` of STS, version 2018-08-13).
#[derive(Clone)]
#[must_use]
pub struct AssumeRole {
    terms: Terms,
    signed_by: Option<CredentialSource>,
    policy: Option<String>,
    external_id: Option<String>,
}

/// What both ways of assuming a role are told.
#[derive(Clone)]
struct Terms {
    role_arn: String,
    session_name: String,
    duration: Duration,
    region: Option<String>,
    endpoint: Option<String>,
    connect_to: Option<String>,
}

impl Terms {
    fn of(role_arn: String) -> Self {
        Self {
            role_arn,
            session_name: DEFAULT_SESSION.to_owned(),
            duration: DEFAULT_DURATION,
            region: None,
            endpoint: None,
            connect_to: None,
        }
    }
}

impl AssumeRole {
    /// The role of this name, such as `qcs::cam::uin/100000000001:roleName/sender`.
    pub fn new(role_arn: impl Into<String>) -> Self {
        Self { terms: Terms::of(role_arn.into()), signed_by: None, policy: None, external_id: None }
    }

    /// Sets who asks for the role; by default what a client without a credential uses, see
    /// [`ClientBuilder::credential`](crate::ClientBuilder::credential).
    pub fn signed_by(mut self, source: impl Into<CredentialSource>) -> Self {
        self.signed_by = Some(source.into());
        self
    }

    /// Sets the name under which the role's acts appear in the account's audit; `tcsms` by default.
    pub fn session_name(mut self, name: impl Into<String>) -> Self {
        self.terms.session_name = name.into();
        self
    }

    /// Sets how long each credential lasts, in whole seconds; 7200 s by default, 43200 s at most as documented.
    pub fn duration(mut self, duration: Duration) -> Self {
        self.terms.duration = duration;
        self
    }

    /// Sets a policy, as JSON text, that narrows what the role may do.
    pub fn policy(mut self, json: impl Into<String>) -> Self {
        self.policy = Some(json.into());
        self
    }

    /// Sets the external id that the role's owner asks for.
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.external_id = Some(id.into());
        self
    }

    /// Sets the region of STS; by default the client's, or `ap-guangzhou`.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.terms.region = Some(region.into());
        self
    }

    /// Sets the endpoint of STS, in the forms of [`ClientBuilder::endpoint`](crate::ClientBuilder::endpoint); `sts.…` of
    /// the client's domain by default.
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.terms.endpoint = Some(endpoint.into());
        self
    }

    /// Opens the connections to STS to this address, as
    /// [`ClientBuilder::connect_to`](crate::ClientBuilder::connect_to) does for those to the SMS service. Without it
    /// the variable `TCSMS_STS_CONNECT_TO` counts.
    pub fn connect_to(mut self, address: impl Into<String>) -> Self {
        self.terms.connect_to = Some(address.into());
        self
    }

    pub(crate) fn resolve(self, site: &Site<'_>) -> Result<AssumedRole, Error> {
        let base = match self.signed_by {
            Some(source) => source.resolve(site)?,
            None => chain::of_default(site, None)?,
        };
        let body = AssumeRoleBody {
            role_arn: &self.terms.role_arn,
            role_session_name: &self.terms.session_name,
            duration_seconds: self.terms.duration.as_secs(),
            // The one parameter of STS that is documented to be percent-encoded inside the JSON.
            policy: self.policy.as_deref().map(tcsms_auth::form::encode),
            external_id: self.external_id.as_deref(),
        };
        let body = json(&body)?;
        Ok(AssumedRole { sts: Sts::of(&self.terms, base, site)?, body })
    }
}

impl fmt::Debug for AssumeRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AssumeRole")
            .field("role_arn", &self.terms.role_arn)
            .field("signed_by", &self.signed_by)
            .finish_non_exhaustive()
    }
}

/// The credentials of a role that the identity of a pod may assume (`AssumeRoleWithWebIdentity` of STS, version
/// 2018-08-13), as in a TKE cluster with OIDC. The request carries the pod's token and is not signed.
#[derive(Clone)]
#[must_use]
pub struct WebIdentity {
    terms: Terms,
    provider_id: String,
    token: Token,
}

/// Where the pod's token is.
#[derive(Clone)]
enum Token {
    /// In this file, which the cluster writes anew.
    File(PathBuf),
    Text(Zeroizing<String>),
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.fmt(f),
            Self::Text(_) => f.write_str("given"),
        }
    }
}

impl WebIdentity {
    /// The role, the identity provider that it trusts, and the file that holds the token. The file is read at every
    /// fetch, because the cluster replaces it.
    pub fn new(
        role_arn: impl Into<String>,
        provider_id: impl Into<String>,
        token_file: impl Into<PathBuf>,
    ) -> Self {
        Self {
            terms: Terms::of(role_arn.into()),
            provider_id: provider_id.into(),
            token: Token::File(token_file.into()),
        }
    }

    /// As [`new`](Self::new), with the token itself, which serves as long as the cluster lets it.
    pub fn with_token(
        role_arn: impl Into<String>,
        provider_id: impl Into<String>,
        token: impl Into<String>,
    ) -> Self {
        Self {
            terms: Terms::of(role_arn.into()),
            provider_id: provider_id.into(),
            token: Token::Text(Zeroizing::new(token.into())),
        }
    }

    /// What the cluster tells its pods in `TKE_ROLE_ARN`, `TKE_PROVIDER_ID`, `TKE_WEB_IDENTITY_TOKEN_FILE` and
    /// `TKE_REGION`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`] naming the variables that are not set; without `TKE_REGION` the client's region counts.
    pub fn from_env() -> Result<Self, Error> {
        match Self::of_environment(&Environment::of_process()) {
            Ok(Some(identity)) => Ok(identity),
            Ok(None) => Err(Error::local(ErrorKind::Credential, NO_POD)),
            Err(why) => Err(Error::local(ErrorKind::Credential, why)),
        }
    }

    /// Sets the name under which the role's acts appear in the account's audit; `tcsms` by default.
    pub fn session_name(mut self, name: impl Into<String>) -> Self {
        self.terms.session_name = name.into();
        self
    }

    /// Sets how long each credential lasts, in whole seconds; 7200 s by default, 43200 s at most as documented.
    pub fn duration(mut self, duration: Duration) -> Self {
        self.terms.duration = duration;
        self
    }

    /// Sets the region of STS; by default the client's, or `ap-guangzhou`.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.terms.region = Some(region.into());
        self
    }

    /// As [`AssumeRole::endpoint`].
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.terms.endpoint = Some(endpoint.into());
        self
    }

    /// As [`AssumeRole::connect_to`].
    pub fn connect_to(mut self, address: impl Into<String>) -> Self {
        self.terms.connect_to = Some(address.into());
        self
    }

    /// `None` outside a cluster with OIDC; an error when only a part of it is told.
    pub(crate) fn of_environment(environment: &Environment) -> Result<Option<Self>, String> {
        let variable = |name| environment.get(name).filter(|value| !value.is_empty());
        let values = [TKE_ROLE_ARN, TKE_PROVIDER_ID, TKE_TOKEN_FILE].map(|name| (name, variable(name)));
        match values {
            [(_, Some(role_arn)), (_, Some(provider_id)), (_, Some(token_file))] => {
                let mut identity = Self::new(role_arn, provider_id, token_file);
                identity.terms.region = variable(TKE_REGION);
                Ok(Some(identity))
            }
            values if values.iter().all(|(_, value)| value.is_none()) => Ok(None),
            values => {
                let missing: Vec<_> =
                    values.iter().filter(|(_, value)| value.is_none()).map(|(name, _)| *name).collect();
                Err(format!("TKE OIDC: {} not set, while the others are", missing.join(" and ")))
            }
        }
    }

    pub(crate) fn resolve(self, site: &Site<'_>) -> Result<AssumedPod, Error> {
        let sts = Sts::of(&self.terms, Credentials::Nobody, site)?;
        Ok(AssumedPod { sts, identity: self })
    }
}

impl fmt::Debug for WebIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebIdentity")
            .field("role_arn", &self.terms.role_arn)
            .field("provider_id", &self.provider_id)
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}

pub(crate) const NO_POD: &str =
    "TKE OIDC: TKE_ROLE_ARN, TKE_PROVIDER_ID and TKE_WEB_IDENTITY_TOKEN_FILE are not set";

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AssumeRoleBody<'a> {
    role_arn: &'a str,
    role_session_name: &'a str,
    duration_seconds: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct WebIdentityBody<'a> {
    provider_id: &'a str,
    web_identity_token: &'a str,
    role_arn: &'a str,
    role_session_name: &'a str,
    duration_seconds: u64,
}

fn json(body: &impl Serialize) -> Result<Bytes, Error> {
    serde_json::to_vec(body).map(Bytes::from).map_err(|error| {
        Error::local(ErrorKind::Credential, "the request to STS cannot be written as JSON").because(error)
    })
}

/// An [`AssumeRole`] that can be asked.
pub(crate) struct AssumedRole {
    sts: Sts,
    body: Bytes,
}

impl CredentialProvider for AssumedRole {
    fn fetch(&self) -> Fetch<'_> {
        Box::pin(async { self.sts.ask("AssumeRole", self.body.clone()).await.map_err(FetchError::from) })
    }
}

/// A [`WebIdentity`] that can be asked.
pub(crate) struct AssumedPod {
    sts: Sts,
    identity: WebIdentity,
}

impl AssumedPod {
    pub(crate) async fn ask(&self) -> Result<Issued, Error> {
        let (token, place) = match &self.identity.token {
            Token::File(path) => {
                let place = format!("token file {}", path.display());
                (std::fs::read_to_string(path).map(Zeroizing::new), place)
            }
            Token::Text(token) => (Ok(token.clone()), "the token".to_owned()),
        };
        let fault = |what: String| Error::local(ErrorKind::Credential, format!("TKE OIDC: {place}: {what}"));
        let token = token.map_err(|error| fault(format!("cannot be read ({error})")).because(error))?;
        let token = token.trim();
        if token.is_empty() {
            return Err(fault("is empty".to_owned()));
        }
        let terms = &self.identity.terms;
        let body = WebIdentityBody {
            provider_id: &self.identity.provider_id,
            web_identity_token: token,
            role_arn: &terms.role_arn,
            role_session_name: &terms.session_name,
            duration_seconds: terms.duration.as_secs(),
        };
        self.sts.ask("AssumeRoleWithWebIdentity", json(&body)?).await
    }
}

impl CredentialProvider for AssumedPod {
    fn fetch(&self) -> Fetch<'_> {
        Box::pin(async { self.ask().await.map_err(FetchError::from) })
    }
}

/// The service itself.
struct Sts {
    core: Core,
}

impl Sts {
    fn of(terms: &Terms, credentials: Credentials, site: &Site<'_>) -> Result<Self, Error> {
        let endpoint = match &terms.endpoint {
            Some(endpoint) => Endpoint::parse(endpoint)?,
            None => Endpoint::parse(&format!("sts.{}", site.root_domain))?,
        };
        let replacement = terms.connect_to.clone().or_else(|| site.variable(CONNECT_TO));
        let replaced = replacement.is_some();
        let address = match replacement {
            Some(text) => Address::parse(&text)?,
            None => endpoint.address.clone(),
        };
        let proxy = site.proxy_for(&address, replaced)?;
        let region = terms.region.as_ref().or(site.region.as_ref());
        let settings = Settings {
            credentials,
            service: Cow::Borrowed("sts"),
            region: Some(region.map_or(DEFAULT_REGION, String::as_str).to_owned()),
            ..site.settings()
        };
        Ok(Self { core: site.core(settings, Route::of(0, endpoint, address, proxy)?) })
    }

    async fn ask(&self, action: &'static str, body: Bytes) -> Result<Issued, Error> {
        let plan = Plan {
            parcel: Parcel {
                action: Cow::Borrowed(action),
                version: Cow::Borrowed(VERSION),
                body,
                region: None,
                language: None,
                extras: None,
            },
            // One more credential for the same role harms nobody.
            idempotent: true,
            retry: RetryPolicy::safe(),
            total_timeout: TOTAL_LIMIT,
            decode: Decode::By(read),
            quotable: false,
        };
        // Fetches are hours apart; a connection would not live from one to the next.
        transport::run(&self.core, &Pool::default(), plan, Instant::now()).await.map_err(|error| {
            Error::of_source(error.kind(), format!("STS, {action}: {}", error.told())).because(error)
        })
    }
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "Credentials")]
    credentials: Option<Pair>,
    #[serde(rename = "ExpiredTime")]
    expires: Option<u64>,
}

#[derive(Deserialize)]
struct Pair {
    #[serde(rename = "TmpSecretId")]
    id: Option<String>,
    #[serde(rename = "TmpSecretKey")]
    key: Option<String>,
    #[serde(rename = "Token")]
    token: Option<String>,
}

/// Nothing of the text gets into the error: all of it may be secret.
fn read(body: &[u8]) -> Content<Issued> {
    let answer = match envelope::typed::<Answer>(body) {
        Content::Answer(answer) => answer,
        Content::Refusal { code, message, request_id } => {
            return Content::Refusal { code, message, request_id };
        }
        Content::Invalid(_) => return Content::Invalid("its JSON is not that of this action".to_owned()),
    };
    let Some(Pair { id, key, token }) = answer.credentials else {
        return Content::Invalid("Credentials is missing".to_owned());
    };
    match issued(id, key.map(Zeroizing::new), token.map(Zeroizing::new), answer.expires) {
        Ok(issued) => Content::Answer(issued),
        Err(fault) => Content::Invalid(fault),
    }
}
