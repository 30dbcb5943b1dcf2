//! What a call says about itself beside its body, as JSON. One member that is unknown is refused.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use tcsms::{Call, Credential, ErrorKind, blocking, bridging};

use crate::failure::Failure;
use crate::settings::{self, Retry};

/// What a call says about itself; `version` and `action` are needed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meta<'a> {
    /// The version of the API, such as `2021-01-11`.
    pub version: String,
    /// The action, such as `SendSms`.
    pub action: String,
    /// In place of the client's own.
    pub region: Option<String>,
    /// In place of the client's own.
    pub language: Option<String>,
    /// In place of the client's own.
    pub sign_method: Option<String>,
    /// In place of the client's own.
    pub http_method: Option<String>,
    /// In place of the client's own.
    pub unsigned_payload: Option<bool>,
    /// True: the call goes without a signature.
    #[serde(default)]
    pub skip_sign: bool,
    /// Headers of this call.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The id under which the service traces it.
    pub trace_id: Option<String>,
    /// The key by which a repetition is recognised.
    pub idempotency_key: Option<String>,
    /// Whether carrying it out twice does no harm.
    pub idempotent: Option<bool>,
    /// True: the answer is held against the model of the action; one that does not fit is no answer.
    #[serde(default)]
    pub typed: bool,
    /// In place of the client's own.
    pub retry: Option<Retry>,
    /// In place of the client's own.
    pub credential: Option<Pair>,
    /// By which [`Client::cancel`](crate::Client::cancel) finds a call that its caller waits for; chosen by the caller. 0 is
    /// none.
    #[serde(default, deserialize_with = "not_zero")]
    pub cancel_id: Option<u64>,
    /// Binary parts beside the parameters: the call travels as `multipart/form-data`.
    #[serde(default)]
    pub parts: BTreeMap<String, Part>,
    /// True: the body of the call is bytes, and it travels as `application/octet-stream`.
    #[serde(default)]
    pub octets: bool,
    /// The parameters of a call whose body is bytes.
    #[serde(borrow)]
    pub parameters: Option<&'a RawValue>,
}

fn not_zero<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(Option::deserialize(deserializer)?.filter(|id| *id != 0))
}

/// A credential of one call.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// Its id.
    pub secret_id: String,
    /// Its key.
    pub secret_key: String,
    /// Its session token, if it is a temporary one.
    pub token: Option<String>,
}

/// A part of a body.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Part {
    /// As it is.
    Text(String),
    /// Bytes.
    Bytes(Encoded),
}

/// Bytes as a text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Encoded {
    /// In base64.
    pub base64: String,
}

impl<'a> Meta<'a> {
    pub(crate) fn read(json: &'a [u8]) -> Result<Self, Failure> {
        settings::object(json)
            .map_err(|why| invalid(&format!("the description of the call cannot be read: {why}")))
    }

    /// The credential of this call.
    fn own_credential(&self) -> Result<Option<Credential>, Failure> {
        let Some(Pair { secret_id, secret_key, token }) = &self.credential else { return Ok(None) };
        settings::pair(secret_id, secret_key, token.as_deref()).map(Some)
    }

    /// Prepares the call with either client.
    pub(crate) fn call<C: Caller>(&self, client: &C, body: &[u8], trace: bool) -> Result<Named<C>, Failure> {
        let parameters = match (self.octets, self.parameters) {
            (true, parameters) => parameters.map_or("{}", RawValue::get),
            (false, None) => std::str::from_utf8(body).map_err(|error| {
                invalid(&format!(
                    "the body of the call is no UTF-8 at byte {}: texts are sent as UTF-8",
                    error.valid_up_to()
                ))
            })?,
            (false, Some(_)) => {
                return Err(invalid("`parameters` stand beside a body of bytes only: set `octets` to true"));
            }
        };
        let mut call = client.named(&self.version, &self.action, parameters);
        if self.octets {
            call = call.with_octet_stream(body);
        }
        for (name, part) in &self.parts {
            let bytes = match part {
                Part::Text(text) => text.clone().into_bytes(),
                Part::Bytes(Encoded { base64 }) => STANDARD
                    .decode(base64)
                    .map_err(|error| invalid(&format!("the part {name} is no base64: {error}")))?,
            };
            call = call.with_part(name, bytes);
        }
        macro_rules! set {
            ($($name:ident: $value:expr;)*) => { $( if let Some(value) = $value { call = call.$name(value); } )* };
        }
        set! {
            with_region: self.region.as_deref();
            with_language: self.language.as_deref().map(settings::language).transpose()?;
            with_sign_method: self.sign_method.as_deref().map(settings::sign_method).transpose()?;
            with_http_method: self.http_method.as_deref().map(settings::http_method).transpose()?;
            with_unsigned_payload: self.unsigned_payload;
            with_idempotency_key: self.idempotency_key.as_deref();
            with_idempotent: self.idempotent;
            with_retry: self.retry.as_ref().map(Retry::policy).transpose()?;
            with_credential: self.own_credential()?;
        }
        if self.typed {
            call = bridging::typed(call);
        }
        if self.skip_sign {
            call = call.with_skip_sign();
        }
        call = self.headers.iter().fold(call, |call, (name, value)| call.with_header(name, value));
        let is_traced = || self.headers.keys().any(|name| name.eq_ignore_ascii_case("X-TC-TraceId"));
        Ok(match &self.trace_id {
            Some(id) => call.with_trace_id(id),
            None if trace && !is_traced() => call.with_trace_id(uuid::Uuid::new_v4().to_string()),
            None => call,
        })
    }
}

/// A call by name that is being prepared.
pub(crate) type Named<C> = Call<C, tcsms::Named>;

/// The two clients, as far as preparing a call goes.
pub(crate) trait Caller: Sized {
    fn named(&self, version: &str, action: &str, parameters: &str) -> Named<Self>;
}

impl Caller for tcsms::Client {
    fn named(&self, version: &str, action: &str, parameters: &str) -> Named<Self> {
        self.call(version, action, parameters)
    }
}

impl Caller for blocking::Client {
    fn named(&self, version: &str, action: &str, parameters: &str) -> Named<Self> {
        self.call(version, action, parameters)
    }
}

fn invalid(message: &str) -> Failure {
    Failure::bad_argument(ErrorKind::InvalidRequest, message)
}
