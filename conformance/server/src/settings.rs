//! The settings of a client that a case can name: the one list of their names.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The settings of a client. What is absent is left at the SDK's default. Durations are in milliseconds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The id of the key pair that signs.
    pub secret_id: Option<String>,
    /// The key of the pair.
    pub secret_key: Option<String>,
    /// The session token of a temporary pair.
    pub token: Option<String>,
    /// The section of the credentials file.
    pub profile: Option<String>,
    /// The credential is the role of the cloud server.
    pub cvm_role: Option<CvmRole>,
    /// The credential is a role assumed through STS, signed for by the key pair, or by `cvm_role`.
    pub assume_role: Option<AssumeRole>,
    /// The credential is a role that the identity of a pod assumes through STS.
    pub web_identity: Option<WebIdentity>,
    /// The region.
    pub region: Option<String>,
    /// The product: the label in signatures, and of the endpoint where none is given.
    pub service: Option<String>,
    /// The endpoint: a host, `host:port`, or a URL.
    pub endpoint: Option<String>,
    /// The domain below which the endpoint lies.
    pub root_domain: Option<String>,
    /// The API gateway that requests go to, signed for the endpoint.
    pub api_gateway: Option<String>,
    /// Where connections go in place of the endpoint.
    pub connect_to: Option<String>,
    /// Whether plain http may leave the machine.
    pub allow_plain_http: Option<bool>,
    /// A PEM file of trusted authorities.
    pub ca_file: Option<String>,
    /// Trusted authorities as PEM text.
    pub ca_pem: Option<String>,
    /// The files of the certificate that is shown to servers that ask for one, and of its key.
    pub client_certificate_files: Option<ClientCertificate>,
    /// The same as PEM texts.
    pub client_certificate_pem: Option<ClientCertificate>,
    /// The oldest version of TLS that is spoken: `1.2` or `1.3`.
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
    /// Headers of every request, by name.
    pub headers: BTreeMap<String, String>,
    /// The time limits.
    pub timeouts: Option<Timeouts>,
    /// When a failed call is tried again.
    pub retry: Option<Retry>,
    /// How many repeats a client may make while nothing succeeds.
    pub retry_budget: Option<u32>,
    /// Endpoints to go to when those before fail.
    pub backup_endpoints: Vec<String>,
    /// When an endpoint that fails is left out.
    pub breaker: Option<Breaker>,
    /// How many attempts start in a second, of all actions without a rate of their own.
    pub call_rate: Option<u32>,
    /// The same for one action, by its name.
    pub action_rates: BTreeMap<String, u32>,
    /// How large an answer may be.
    pub max_answer_bytes: Option<u64>,
    /// Whether compressed answers are asked for.
    pub compression: Option<bool>,
    /// How many connections there are at most.
    pub max_connections: Option<u64>,
}

/// A certificate and its private key: paths of files, or PEM texts.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientCertificate {
    /// The certificate.
    pub certificate: String,
    /// The key.
    pub key: String,
}

/// The role of a cloud server.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CvmRole {
    /// Its name; without one the metadata service is asked.
    pub role: Option<String>,
    /// Where connections to the metadata service go.
    pub connect_to: Option<String>,
}

/// A role of STS.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssumeRole {
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
    /// Where connections to STS go.
    pub connect_to: Option<String>,
}

/// A role for the identity of a pod.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebIdentity {
    /// The role's resource name.
    pub role_arn: String,
    /// The identity provider that the role trusts.
    pub provider_id: String,
    /// The file with the pod's token.
    pub token_file: String,
    /// Where connections to STS go.
    pub connect_to: Option<String>,
}

/// Time limits in milliseconds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
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

/// When an endpoint is left out, and for how long.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Breaker {
    /// After so many failures
    pub failures: u32,
    /// within this time
    pub window_ms: u64,
    /// for this long.
    pub pause_ms: u64,
}

/// When a failed call is tried again.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// `never`, `safe`, `idempotent` or `any`.
    pub policy: String,
    /// How many attempts are made in all.
    pub attempts: Option<u32>,
    /// The first pause.
    pub pause_ms: Option<u64>,
    /// The longest pause.
    pub longest_pause_ms: Option<u64>,
    /// By how much a pause is moved at random.
    pub jitter_percent: Option<u32>,
}
