//! The settings of a client as JSON. Every member may be absent; one that is unknown is refused.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use tcsms::{
    AssumeRole, Client, ClientBuilder, Credential, CredentialSource, CvmRole, ErrorKind, HttpMethod,
    Language, RetryPolicy, SignMethod, TlsVersion, WebIdentity, bridging,
};

use crate::failure::Failure;

/// The settings. What is absent is left at the SDK's default or comes from the environment, see
/// [`tcsms::ClientBuilder`]. Names that end in `_ms` are milliseconds.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// How the SDK names itself to the service: `SDK_TCSMS_PYTHON_0.1.0`.
    pub sdk: Option<String>,
    /// True: a call without a trace id gets a fresh one.
    pub trace_ids: Option<bool>,
    /// True: the client has no credential, every call brings its own.
    pub credential_per_call: Option<bool>,
    /// The one place that the credential comes from: `environment`, `profile`, `cvm_role` or `web_identity`. Absent: all
    /// of them are asked in turn.
    pub credential_chain: Option<Vec<String>>,
    /// True: the host's own HTTP client carries the requests, see [`Exchange`](crate::Exchange).
    pub foreign_transport: Option<bool>,

    /// The id of the key pair that signs.
    pub secret_id: Option<String>,
    /// The key of the pair.
    pub secret_key: Option<String>,
    /// The session token of a temporary pair.
    pub token: Option<String>,
    /// The section of the credentials file.
    pub profile: Option<String>,
    /// The credential is the role of the cloud server.
    pub cvm_role: Option<MachineRole>,
    /// The credential is a role assumed through STS, signed for by the key pair, by `cvm_role`, or by what is found.
    pub assume_role: Option<Role>,
    /// The credential is a role that the identity of a pod assumes through STS.
    pub web_identity: Option<PodRole>,

    /// The region.
    pub region: Option<String>,
    /// The product.
    pub service: Option<String>,
    /// The endpoint: a host, `host:port`, or a URL.
    pub endpoint: Option<String>,
    /// The domain below which the endpoint lies.
    pub root_domain: Option<String>,
    /// The API gateway that requests go to.
    pub api_gateway: Option<String>,
    /// Where connections go in place of the endpoint.
    pub connect_to: Option<String>,
    /// Whether plain http may leave the machine.
    pub allow_plain_http: Option<bool>,
    /// Endpoints to go to when those before fail.
    pub backup_endpoints: Vec<String>,
    /// When an endpoint that fails is left out.
    pub breaker: Option<Breaker>,

    /// A PEM file of trusted authorities.
    pub ca_file: Option<String>,
    /// Trusted authorities as PEM text.
    pub ca_pem: Option<String>,
    /// The files of the certificate that is shown to servers that ask for one, and of its key.
    pub client_certificate_files: Option<Certificate>,
    /// The same as PEM texts.
    pub client_certificate_pem: Option<Certificate>,
    /// The oldest version of TLS: `1.2` or `1.3`.
    pub min_tls_version: Option<String>,
    /// True: any certificate is taken.
    pub danger_accept_invalid_certificates: Option<bool>,
    /// The URL of a proxy.
    pub proxy: Option<String>,
    /// True: no proxy, whatever the environment says.
    pub no_proxy: Option<bool>,

    /// `zh-CN` or `en-US`.
    pub language: Option<String>,
    /// `TC3-HMAC-SHA256`, `HmacSHA256` or `HmacSHA1`.
    pub sign_method: Option<String>,
    /// `POST` or `GET`.
    pub http_method: Option<String>,
    /// Whether the body is left out of the signature.
    pub unsigned_payload: Option<bool>,
    /// A name beside the SDK's own.
    pub request_client: Option<String>,
    /// Headers of every request.
    pub headers: BTreeMap<String, String>,

    /// The time limits.
    pub timeouts: Timeouts,
    /// When a failed call is tried again.
    pub retry: Option<Retry>,
    /// How many repeats the client may make while nothing succeeds; 0 sets no limit.
    pub retry_budget: Option<u32>,
    /// How many attempts start in a second, of all actions without a rate of their own.
    pub call_rate: Option<u32>,
    /// The same for single actions.
    pub action_rates: BTreeMap<String, u32>,
    /// How large an answer may be.
    pub max_answer_bytes: Option<usize>,
    /// Whether compressed answers are asked for.
    pub compression: Option<bool>,
    /// How many connections there are at most.
    pub max_connections: Option<usize>,
}

/// A certificate and its private key: paths of files, or PEM texts.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// The certificate.
    pub certificate: String,
    /// The key.
    pub key: String,
}

/// The role of a cloud server, see [`CvmRole`].
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MachineRole {
    /// Its name; without one the metadata service is asked.
    pub role: Option<String>,
    /// Where connections to the metadata service go.
    pub connect_to: Option<String>,
}

/// A role of STS, see [`AssumeRole`].
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Role {
    /// The role's resource name.
    pub role_arn: String,
    /// The name of the session.
    pub session_name: Option<String>,
    /// A policy as JSON text.
    pub policy: Option<String>,
    /// The external id.
    pub external_id: Option<String>,
    /// How long a credential lasts, in seconds.
    pub duration_seconds: Option<u64>,
    /// The region that STS is asked in.
    pub region: Option<String>,
    /// The endpoint of STS.
    pub endpoint: Option<String>,
    /// Where connections to STS go.
    pub connect_to: Option<String>,
}

/// A role for the identity of a pod, see [`WebIdentity`].
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PodRole {
    /// The role's resource name.
    pub role_arn: String,
    /// The identity provider that the role trusts.
    pub provider_id: String,
    /// The file with the pod's token.
    pub token_file: String,
    /// The token itself, in place of a file.
    pub token: Option<String>,
    /// The name of the session.
    pub session_name: Option<String>,
    /// How long a credential lasts, in seconds.
    pub duration_seconds: Option<u64>,
    /// The region that STS is asked in.
    pub region: Option<String>,
    /// The endpoint of STS.
    pub endpoint: Option<String>,
    /// Where connections to STS go.
    pub connect_to: Option<String>,
}

/// When an endpoint is left out, and for how long.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Breaker {
    /// After so many failures
    pub failures: u32,
    /// within this time
    pub window_ms: u64,
    /// for this long.
    pub pause_ms: u64,
}

/// Time limits; 0 is none. Without `total_ms` a call has the SDK's default, or twice `attempt_ms` where that is more.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timeouts {
    /// For opening a connection.
    pub connect_ms: Option<u64>,
    /// For one attempt.
    pub attempt_ms: Option<u64>,
    /// For a call with all its attempts.
    pub total_ms: Option<u64>,
    /// For a connection that waits for its next call.
    pub idle_ms: Option<u64>,
}

/// When a failed call is tried again, see [`RetryPolicy`].
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retry {
    /// `never`, `safe` (without one), `idempotent` or `any`.
    pub policy: Option<String>,
    /// How many attempts are made in all.
    pub attempts: Option<u32>,
    /// The first pause.
    pub pause_ms: Option<u64>,
    /// The longest pause.
    pub longest_pause_ms: Option<u64>,
    /// By how much a pause is moved at random.
    pub jitter_percent: Option<u32>,
}

impl Settings {
    /// Reads the JSON text.
    pub(crate) fn read(json: &[u8]) -> Result<Self, Failure> {
        object(json).map_err(|why| config(&format!("the settings of the client cannot be read: {why}")))
    }

    /// The builder of a client with these settings. Without `connections` what is about connections is left out, because
    /// somebody else makes them.
    pub(crate) fn builder(&self, connections: bool) -> Result<ClientBuilder, Failure> {
        let mut builder = Client::builder();
        macro_rules! set {
            ($($name:ident: $value:expr;)*) => {
                $( if let Some(value) = $value { builder = builder.$name(value); } )*
            };
        }
        let text = |value: &Option<String>| value.clone();
        set! {
            credential: self.credential()?;
            profile: text(&self.profile);
            region: text(&self.region);
            service: text(&self.service);
            endpoint: text(&self.endpoint);
            root_domain: text(&self.root_domain);
            api_gateway: text(&self.api_gateway);
            connect_to: text(&self.connect_to);
            allow_plain_http: self.allow_plain_http;
            language: self.language.as_deref().map(language).transpose()?;
            sign_method: self.sign_method.as_deref().map(sign_method).transpose()?;
            http_method: self.http_method.as_deref().map(http_method).transpose()?;
            unsigned_payload: self.unsigned_payload;
            request_client: text(&self.request_client);
            attempt_timeout: self.timeouts.attempt_ms.map(limit);
            total_timeout: self.timeouts.total();
            retry: self.retry.as_ref().map(Retry::policy).transpose()?;
            retry_budget: self.retry_budget;
            call_rate: self.call_rate;
            max_answer_bytes: self.max_answer_bytes;
        }
        builder = self.headers.iter().fold(builder, |builder, (name, value)| builder.header(name, value));
        builder = self.backup_endpoints.iter().fold(builder, |builder, to| builder.backup_endpoint(to));
        builder =
            self.action_rates.iter().fold(builder, |builder, (name, rate)| builder.action_rate(name, *rate));
        if let Some(Breaker { failures, window_ms, pause_ms }) = self.breaker {
            let [window, pause] = [window_ms, pause_ms].map(Duration::from_millis);
            builder = builder.breaker(failures, window, pause);
        }
        if let Some(sdk) = &self.sdk {
            builder = bridging::named(builder, sdk);
        }
        if connections { self.with_connections(builder) } else { Ok(builder) }
    }

    fn with_connections(&self, mut builder: ClientBuilder) -> Result<ClientBuilder, Failure> {
        macro_rules! set {
            ($($name:ident: $value:expr;)*) => {
                $( if let Some(value) = $value { builder = builder.$name(value); } )*
            };
        }
        set! {
            ca_file: self.ca_file.as_ref();
            ca_pem: self.ca_pem.as_deref();
            min_tls_version: self.min_tls_version.as_deref().map(tls_version).transpose()?;
            danger_accept_invalid_certificates: self.danger_accept_invalid_certificates;
            proxy: self.proxy.as_deref();
            compression: self.compression;
            max_connections: self.max_connections;
            connect_timeout: self.timeouts.connect_ms.map(limit);
            idle_timeout: self.timeouts.idle_ms.map(Duration::from_millis);
        }
        if let Some(Certificate { certificate, key }) = &self.client_certificate_files {
            builder = builder.client_certificate_files(certificate, key);
        }
        if let Some(Certificate { certificate, key }) = &self.client_certificate_pem {
            builder = builder.client_certificate_pem(certificate.as_str(), key.as_str());
        }
        if self.no_proxy == Some(true) {
            builder = builder.no_proxy();
        }
        Ok(builder)
    }

    /// The first setting that is about connections, which the host's own HTTP client makes.
    pub(crate) fn about_connections(&self) -> Option<&'static str> {
        let set = [
            (self.ca_file.is_some(), "ca_file"),
            (self.ca_pem.is_some(), "ca_pem"),
            (self.client_certificate_files.is_some(), "client_certificate_files"),
            (self.client_certificate_pem.is_some(), "client_certificate_pem"),
            (self.min_tls_version.is_some(), "min_tls_version"),
            (self.danger_accept_invalid_certificates.is_some(), "danger_accept_invalid_certificates"),
            (self.proxy.is_some(), "proxy"),
            (self.compression == Some(true), "compression"),
            (self.max_connections.is_some(), "max_connections"),
            (self.timeouts.connect_ms.is_some(), "timeouts.connect_ms"),
            (self.timeouts.idle_ms.is_some(), "timeouts.idle_ms"),
        ];
        set.into_iter().find_map(|(set, name)| set.then_some(name))
    }

    /// Where the credential comes from; `None`: from the places that are asked in turn.
    fn credential(&self) -> Result<Option<CredentialSource>, Failure> {
        if self.credential_per_call == Some(true) {
            return Ok(Some(bridging::credential_of_each_call()));
        }
        let pair = match (&self.secret_id, &self.secret_key, &self.token) {
            (None, None, None) => None,
            (id, key, token) => Some(pair(
                id.as_deref().unwrap_or_default(),
                key.as_deref().unwrap_or_default(),
                token.as_deref(),
            )?),
        };
        let machine = self.cvm_role.as_ref().map(MachineRole::source);
        if let Some(pod) = &self.web_identity {
            return Ok(Some(pod.source()));
        }
        if let Some(role) = &self.assume_role {
            let found = match (machine, pair) {
                (Some(machine), _) => Some(machine.into()),
                (None, Some(pair)) => Some(pair.into()),
                (None, None) => self.place()?,
            };
            return Ok(Some(role.source(found)));
        }
        match (machine, pair) {
            (Some(machine), _) => Ok(Some(machine.into())),
            (None, Some(pair)) => Ok(Some(pair.into())),
            (None, None) => self.place(),
        }
    }

    /// The one place that is to be asked.
    fn place(&self) -> Result<Option<CredentialSource>, Failure> {
        let Some(places) = &self.credential_chain else { return Ok(None) };
        let source = match &*places.iter().map(String::as_str).collect::<Vec<_>>() {
            ["environment"] => Credential::from_env()?.into(),
            ["profile"] => bridging::credential_of_profile(self.profile.as_deref())?,
            ["cvm_role"] => CvmRole::new().into(),
            ["web_identity"] => WebIdentity::from_env()?.into(),
            other => {
                let message = format!(
                    "the credential chain {other:?} cannot be used: it names one of environment, profile, cvm_role and web_identity, or is left out for all of them"
                );
                return Err(config(&message));
            }
        };
        Ok(Some(source))
    }
}

pub(crate) fn pair(id: &str, key: &str, token: Option<&str>) -> Result<Credential, Failure> {
    Ok(match token {
        Some(token) if !token.is_empty() => Credential::with_token(id, key, token)?,
        _ => Credential::new(id, key)?,
    })
}

impl MachineRole {
    fn source(&self) -> CvmRole {
        let role = self.role.iter().fold(CvmRole::new(), |role, name| role.role(name));
        self.connect_to.iter().fold(role, |role, to| role.connect_to(to))
    }
}

impl Role {
    fn source(&self, signer: Option<CredentialSource>) -> CredentialSource {
        let mut role = AssumeRole::new(&self.role_arn);
        role = self.session_name.iter().fold(role, |role, name| role.session_name(name));
        role = self.policy.iter().fold(role, |role, policy| role.policy(policy));
        role = self.external_id.iter().fold(role, |role, id| role.external_id(id));
        role = self.duration_seconds.iter().fold(role, |role, s| role.duration(Duration::from_secs(*s)));
        role = self.region.iter().fold(role, |role, region| role.region(region));
        role = self.endpoint.iter().fold(role, |role, endpoint| role.endpoint(endpoint));
        role = self.connect_to.iter().fold(role, |role, to| role.connect_to(to));
        match signer {
            Some(signer) => role.signed_by(signer),
            None => role,
        }
        .into()
    }
}

impl PodRole {
    fn source(&self) -> CredentialSource {
        let mut role = match &self.token {
            Some(token) => WebIdentity::with_token(&self.role_arn, &self.provider_id, token),
            None => WebIdentity::new(&self.role_arn, &self.provider_id, &self.token_file),
        };
        role = self.session_name.iter().fold(role, |role, name| role.session_name(name));
        role = self.duration_seconds.iter().fold(role, |role, s| role.duration(Duration::from_secs(*s)));
        role = self.region.iter().fold(role, |role, region| role.region(region));
        role = self.endpoint.iter().fold(role, |role, endpoint| role.endpoint(endpoint));
        role = self.connect_to.iter().fold(role, |role, to| role.connect_to(to));
        role.into()
    }
}

impl Retry {
    pub(crate) fn policy(&self) -> Result<RetryPolicy, Failure> {
        let name = self.policy.as_deref().unwrap_or("safe");
        let policy = RetryPolicy::parse(name).ok_or_else(|| {
            config(&format!("the retry policy {name:?} is not known: use never, safe, idempotent or any"))
        })?;
        let policy = self.attempts.into_iter().fold(policy, RetryPolicy::with_attempts);
        let milliseconds = |value: Option<u64>| value.map(Duration::from_millis).into_iter();
        let policy = milliseconds(self.pause_ms).fold(policy, RetryPolicy::with_pause);
        let policy = milliseconds(self.longest_pause_ms).fold(policy, RetryPolicy::with_longest_pause);
        Ok(self.jitter_percent.into_iter().fold(policy, RetryPolicy::with_jitter))
    }
}

/// Reads a JSON object. A list is refused, which the reader would take for the members in their order.
pub(crate) fn object<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, String> {
    if json.trim_ascii_start().first() != Some(&b'{') {
        return Err("it is no JSON object".to_owned());
    }
    serde_json::from_slice(json).map_err(|error| error.to_string())
}

/// In place of no limit.
const FOREVER: Duration = Duration::from_secs(365 * 86_400);
/// The SDK's own total limit.
const DEFAULT_TOTAL: Duration = Duration::from_secs(120);

fn limit(milliseconds: u64) -> Duration {
    if milliseconds == 0 { FOREVER } else { Duration::from_millis(milliseconds) }
}

impl Timeouts {
    fn total(&self) -> Option<Duration> {
        let told = self.total_ms.map(limit);
        told.or_else(|| Some(limit(self.attempt_ms?).saturating_mul(2).max(DEFAULT_TOTAL)))
    }
}

pub(crate) fn language(name: &str) -> Result<Language, Failure> {
    match name {
        "zh-CN" => Ok(Language::ZhCn),
        "en-US" => Ok(Language::EnUs),
        other => Err(config(&format!("the language {other:?} is not known: use zh-CN or en-US"))),
    }
}

pub(crate) fn sign_method(name: &str) -> Result<SignMethod, Failure> {
    match name {
        "TC3-HMAC-SHA256" => Ok(SignMethod::Tc3HmacSha256),
        "HmacSHA256" => Ok(SignMethod::HmacSha256),
        "HmacSHA1" => Ok(SignMethod::HmacSha1),
        other => Err(config(&format!(
            "the way to sign {other:?} is not known: use TC3-HMAC-SHA256, HmacSHA256 or HmacSHA1"
        ))),
    }
}

pub(crate) fn http_method(name: &str) -> Result<HttpMethod, Failure> {
    match name {
        "POST" => Ok(HttpMethod::Post),
        "GET" => Ok(HttpMethod::Get),
        other => Err(config(&format!("the HTTP method {other:?} is not known: use POST or GET"))),
    }
}

fn tls_version(name: &str) -> Result<TlsVersion, Failure> {
    match name {
        "1.2" => Ok(TlsVersion::V1_2),
        "1.3" => Ok(TlsVersion::V1_3),
        other => Err(config(&format!("the version {other:?} of TLS is not known: use 1.2 or 1.3"))),
    }
}

fn config(message: &str) -> Failure {
    Failure::bad_argument(ErrorKind::Config, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_that_a_conformance_case_can_name_is_known() {
        let full = r#"{"retry":{"policy":"never"},"timeouts":{},"breaker":{"failures":1,"window_ms":1,"pause_ms":1}}"#;
        let theirs: tcsms_conformance_server::settings::Settings = serde_json::from_str(full).unwrap();
        let mut theirs = serde_json::to_value(theirs).unwrap();
        let members = theirs.as_object_mut().unwrap();
        assert!(members.len() > 30, "{members:?}");
        // What they leave out is absent here, not null.
        members.retain(|_, value| !value.is_null());
        Settings::read(theirs.to_string().as_bytes()).unwrap_or_else(|failure| panic!("{failure:?}"));
    }

    #[test]
    fn what_is_unknown_or_wrong_is_refused_by_its_name() {
        for (json, part) in [
            (r#"{"regoin":"x"}"#, "regoin"),
            (r#"{"language":"fr"}"#, "fr"),
            (r#"{"sign_method":"MD5"}"#, "MD5"),
            (r#"{"retry":{"policy":"often"}}"#, "often"),
            (r#"{"credential_chain":["moon"]}"#, "moon"),
            (r#"{"secret_id":"a"}"#, "secret key"),
            ("[]", "settings"),
            ("\u{0}", "settings"),
        ] {
            let failure =
                Settings::read(json.as_bytes()).and_then(|read| read.builder(true)).map(drop).unwrap_err();
            let text = String::from_utf8(failure.bytes).unwrap();
            assert!(text.contains(part), "{json}: {text}");
            assert_eq!(failure.status, crate::status::BAD_ARGUMENT);
        }
    }
}
