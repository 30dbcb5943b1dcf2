//! Turns a call into the plan of its exchange: the body in its form, the headers, what may be repeated.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use tcsms_api::{Action, Version, find_action};

use crate::answer::Answer;
use crate::call::Named;
use crate::config::{Core, HttpMethod, Language, SignMethod};
use crate::credential::Credential;
use crate::error::{Error, ErrorKind};
use crate::exchange::{Decode, Plan};
use crate::parameters::Value;
use crate::request::{Extras, Parcel};
use crate::retry::RetryPolicy;
use crate::{envelope, headers, multipart, parameters};

/// What replaces the client's own settings in one call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub(crate) total_timeout: Option<Duration>,
    pub(crate) retry: Option<RetryPolicy>,
    pub(crate) region: Option<String>,
    pub(crate) language: Option<Language>,
    /// What most calls go without.
    pub(crate) rare: Option<Box<Rare>>,
}

/// See [`Call`](crate::Call) for what each does.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rare {
    pub(crate) sign_method: Option<SignMethod>,
    pub(crate) http_method: Option<HttpMethod>,
    pub(crate) unsigned_payload: Option<bool>,
    pub(crate) skip_sign: bool,
    pub(crate) credential: Option<Credential>,
    pub(crate) headers: Vec<(String, String)>,
}

/// The plan of a call whose types are known.
pub(crate) fn typed<R: Action>(core: &Core, request: &R, options: Options) -> Result<Plan<R::Answer>, Error> {
    let body = serde_json::to_vec(request).map_err(|error| {
        Error::local(ErrorKind::InvalidRequest, "the request cannot be written as JSON").because(error)
    })?;
    let extras = options.rare.as_deref().map(|rare| extras(core, rare, None)).transpose()?;
    let parcel = Parcel {
        action: Cow::Borrowed(R::INFO.name),
        version: Cow::Borrowed(R::INFO.version.as_str()),
        body: Bytes::from(body),
        region: options.region,
        language: options.language,
        extras,
    };
    Ok(Plan {
        parcel,
        idempotent: R::INFO.idempotent,
        retry: options.retry.unwrap_or_else(|| core.settings.retry.clone()),
        total_timeout: options.total_timeout.unwrap_or(core.settings.total_timeout),
        decode: Decode::By(envelope::typed::<R::Answer>),
        quotable: true,
    })
}

/// The plan of a call by name.
pub(crate) fn named(core: &Core, request: Named, options: Options) -> Result<Plan<Answer>, Error> {
    parameters::check(&request.parameters)?;
    // Another product may have an action of the same name.
    let version = Version::parse(&request.version).filter(|_| core.settings.service == "sms");
    let known = version.and_then(|version| find_action(version, &request.action));
    let idempotent = request.idempotent.unwrap_or_else(|| known.is_some_and(|action| action.idempotent));
    let decode = match known {
        #[cfg(feature = "bridge")]
        Some(action) if request.typed => Decode::Shaped(envelope::shaped, action.output),
        _ => Decode::By(envelope::raw),
    };
    let (body, content) = body_of(core, request.parameters, &request.parts, request.octets)?;
    let extras = match (options.rare.as_deref(), content) {
        (None, None) => None,
        (Some(rare), content) => Some(extras(core, rare, content)?),
        (None, content) => Some(extras(core, &Rare::default(), content)?),
    };
    let parcel = Parcel {
        action: Cow::Owned(request.action),
        version: Cow::Owned(request.version),
        body,
        region: options.region,
        language: options.language,
        extras,
    };
    Ok(Plan {
        parcel,
        idempotent,
        retry: options.retry.unwrap_or_else(|| core.settings.retry.clone()),
        total_timeout: options.total_timeout.unwrap_or(core.settings.total_timeout),
        decode,
        quotable: true,
    })
}

/// What the body is when it is no JSON object.
struct OtherContent {
    content_type: HeaderValue,
    /// The parameters that are not in the body.
    headers: Vec<(HeaderName, HeaderValue)>,
}

fn body_of(
    core: &Core,
    parameters: String,
    parts: &[(String, Bytes)],
    octets: Option<Bytes>,
) -> Result<(Bytes, Option<OtherContent>), Error> {
    match octets {
        None if parts.is_empty() => Ok((Bytes::from(parameters), None)),
        None => {
            let (content_type, body) = multipart::body(parameters.as_bytes(), parts)?;
            let content_type = headers::value("content type", &content_type).map_err(invalid)?;
            Ok((body, Some(OtherContent { content_type, headers: Vec::new() })))
        }
        Some(_) if !parts.is_empty() => {
            Err(invalid("the call has both parts and a body of bytes: it can travel in one form only"))
        }
        Some(body) => {
            let headers = parameter_headers(&core.settings.service, &parameters)?;
            let content_type = HeaderValue::from_static("application/octet-stream");
            Ok((body, Some(OtherContent { content_type, headers })))
        }
    }
}

/// The parameters as the headers that a body of bytes has beside it.
fn parameter_headers(service: &str, json: &str) -> Result<Vec<(HeaderName, HeaderValue)>, Error> {
    let mut found = Vec::new();
    for (name, value) in parameters::members(json.as_bytes())? {
        let value = match &value {
            Value::Null => continue,
            Value::Text(text) => text,
            Value::Plain(text) => *text,
            Value::Nested(_) => {
                let what =
                    format!("the parameter {name} is a list or a structure, which no header can carry");
                return Err(invalid(what));
            }
        };
        found.push(headers::checked(&format!("X-{service}-{name}"), value).map_err(invalid)?);
    }
    Ok(found)
}

fn extras(core: &Core, rare: &Rare, content: Option<OtherContent>) -> Result<Box<Extras>, Error> {
    let headers = rare.headers.iter().map(|(name, value)| headers::checked(name, value));
    let headers = headers.collect::<Result<_, _>>().map_err(invalid)?;
    let mut extras = Extras {
        sign_method: rare.sign_method,
        http_method: rare.http_method,
        unsigned_payload: rare.unsigned_payload,
        skip_sign: rare.skip_sign,
        credential: rare.credential.clone(),
        content_type: None,
        headers,
    };
    if let Some(content) = content {
        let is_told_otherwise = matches!(rare.http_method, Some(HttpMethod::Get))
            || rare.sign_method.is_some_and(|method| method != SignMethod::Tc3HmacSha256);
        if is_told_otherwise {
            return Err(invalid("parts and a body of bytes travel by POST and with TC3-HMAC-SHA256 only"));
        }
        for (name, value) in content.headers {
            if extras.headers.iter().any(|(known, _)| *known == name) {
                return Err(invalid(format!(
                    "the header `{name}` is given twice, as a parameter and by itself"
                )));
            }
            extras.headers.push((name, value));
        }
        extras.content_type = Some(content.content_type);
        extras.http_method = Some(HttpMethod::Post);
        extras.sign_method = Some(SignMethod::Tc3HmacSha256);
    }
    let sign_method = extras.sign_method.unwrap_or(core.settings.sign_method);
    let unsigned = extras.unsigned_payload.unwrap_or(core.settings.unsigned_payload);
    if unsigned && !extras.skip_sign && sign_method != SignMethod::Tc3HmacSha256 {
        return Err(invalid("the unsigned payload is a part of TC3-HMAC-SHA256 only"));
    }
    Ok(Box::new(extras))
}

fn invalid(message: impl Into<String>) -> Error {
    Error::local(ErrorKind::InvalidRequest, message)
}
