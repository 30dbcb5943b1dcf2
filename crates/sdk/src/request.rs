//! Makes the signed HTTP request of one attempt.

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, PROXY_AUTHORIZATION};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use tcsms_auth::tc3::{self, Payload, Signing};
use tcsms_auth::{form, v1};

use crate::config::{HttpMethod, Language, Settings, SignMethod};
use crate::credential::Credential;
use crate::error::{Error, ErrorKind};
use crate::parameters;
use crate::route::Route;

/// How the SDK names itself to the service.
const REQUEST_CLIENT: &str = concat!("SDK_TCSMS_RUST_", env!("CARGO_PKG_VERSION"));

const X_TC_ACTION: HeaderName = HeaderName::from_static("x-tc-action");
const X_TC_VERSION: HeaderName = HeaderName::from_static("x-tc-version");
const X_TC_TIMESTAMP: HeaderName = HeaderName::from_static("x-tc-timestamp");
const X_TC_REGION: HeaderName = HeaderName::from_static("x-tc-region");
const X_TC_LANGUAGE: HeaderName = HeaderName::from_static("x-tc-language");
const X_TC_TOKEN: HeaderName = HeaderName::from_static("x-tc-token");
const X_TC_REQUEST_CLIENT: HeaderName = HeaderName::from_static("x-tc-requestclient");

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

/// The documented limits, counted on the parameters as they are sent.
const GET_LIMIT: usize = 32 << 10;
const V1_LIMIT: usize = 1 << 20;
const TC3_LIMIT: usize = 10 << 20;

/// What is called, the same for every attempt.
pub(crate) struct Parcel {
    pub(crate) action: Cow<'static, str>,
    pub(crate) version: Cow<'static, str>,
    /// The parameters: a JSON object.
    pub(crate) body: Bytes,
    /// In place of the client's own.
    pub(crate) region: Option<String>,
    /// In place of the client's own.
    pub(crate) language: Option<Language>,
}

/// The request of one attempt, signed for `timestamp` (Unix seconds); without a credential it is not signed. `nonce`
/// counts for the older signatures only.
pub(crate) fn build(
    settings: &Settings,
    route: &Route,
    parcel: &Parcel,
    credential: Option<&Credential>,
    timestamp: i64,
    nonce: u32,
) -> Result<Request<Bytes>, Error> {
    let algorithm = match settings.sign_method {
        SignMethod::Tc3HmacSha256 => None,
        SignMethod::HmacSha256 => Some(v1::Algorithm::HmacSha256),
        SignMethod::HmacSha1 => Some(v1::Algorithm::HmacSha1),
    };
    match (algorithm, credential) {
        (Some(algorithm), Some(credential)) => {
            v1(settings, route, parcel, credential, timestamp, nonce, algorithm)
        }
        _ => tc3(settings, route, parcel, credential, timestamp),
    }
}

fn tc3(
    settings: &Settings,
    route: &Route,
    parcel: &Parcel,
    credential: Option<&Credential>,
    timestamp: i64,
) -> Result<Request<Bytes>, Error> {
    let (method, content_type, query, body) = match settings.http_method {
        HttpMethod::Post => {
            check_size(
                parcel.body.len(),
                TC3_LIMIT,
                "a request signed with TC3-HMAC-SHA256 is limited to 10 MB",
            )?;
            (Method::POST, JSON, String::new(), parcel.body.clone())
        }
        HttpMethod::Get => {
            let query = form::encode_pairs(&parameters::flattened(&parcel.body)?);
            check_get_size(&query)?;
            (Method::GET, FORM, query, Bytes::new())
        }
    };
    let content_type_text =
        if method == Method::GET { "application/x-www-form-urlencoded" } else { "application/json" };
    let sign = |credential: &Credential| {
        let signing = Signing {
            method: method.as_str(),
            query: &query,
            content_type: content_type_text,
            host: &route.endpoint.authority,
            payload: Payload::Body(&body),
            service: settings.service,
            timestamp,
            secret_id: credential.secret_id(),
            ..Signing::default()
        };
        signing.authorization(&signing.key(credential.secret_key()))
    };
    let authorization = credential.map_or_else(|| tc3::SKIP.to_owned(), sign);

    let mut headers = HeaderMap::with_capacity(12);
    headers.insert(HOST, route.host.clone());
    headers.insert(CONTENT_TYPE, content_type);
    headers.insert(X_TC_ACTION, header("action", &parcel.action)?);
    headers.insert(X_TC_VERSION, header("version", &parcel.version)?);
    headers.insert(X_TC_TIMESTAMP, HeaderValue::from(timestamp));
    headers.insert(X_TC_REQUEST_CLIENT, HeaderValue::from_static(REQUEST_CLIENT));
    let region = match &parcel.region {
        Some(region) => Some(header("region", region)?),
        None => settings.region.as_deref().map(|region| header("region", region)).transpose()?,
    };
    if let Some(region) = region {
        headers.insert(X_TC_REGION, region);
    }
    if let Some(language) = parcel.language.or(settings.language) {
        headers.insert(X_TC_LANGUAGE, HeaderValue::from_static(language.as_str()));
    }
    if let Some(token) = credential.and_then(Credential::token) {
        let token = HeaderValue::from_str(token).map_err(|_| {
            Error::local(ErrorKind::Credential, "the session token holds a character that no header may have")
        })?;
        headers.insert(X_TC_TOKEN, secret(token));
    }
    let authorization = HeaderValue::try_from(authorization).map_err(|_| {
        Error::local(ErrorKind::Credential, "the secret id holds a character that no header may have")
    })?;
    headers.insert(AUTHORIZATION, secret(authorization));
    finish(route, method, &query, headers, body)
}

fn v1(
    settings: &Settings,
    route: &Route,
    parcel: &Parcel,
    credential: &Credential,
    timestamp: i64,
    nonce: u32,
    algorithm: v1::Algorithm,
) -> Result<Request<Bytes>, Error> {
    let mut pairs = parameters::flattened(&parcel.body)?;
    let mut common = |name: &str, value: &str| pairs.push((name.to_owned(), value.to_owned()));
    common("Action", &parcel.action);
    common("Version", &parcel.version);
    common("Timestamp", &timestamp.to_string());
    common("Nonce", &nonce.to_string());
    common("SecretId", credential.secret_id());
    common("SignatureMethod", algorithm.as_str());
    common("RequestClient", REQUEST_CLIENT);
    if let Some(region) = parcel.region.as_ref().or(settings.region.as_ref()) {
        common("Region", region);
    }
    if let Some(language) = parcel.language.or(settings.language) {
        common("Language", language.as_str());
    }
    if let Some(token) = credential.token() {
        common("Token", token);
    }
    let method = match settings.http_method {
        HttpMethod::Post => Method::POST,
        HttpMethod::Get => Method::GET,
    };
    let text = v1::string_to_sign(method.as_str(), &route.endpoint.authority, "/", &pairs);
    let signature = v1::sign(algorithm, credential.secret_key(), &text);
    pairs.push(("Signature".to_owned(), signature));
    let encoded = form::encode_pairs(&pairs);

    let mut headers = HeaderMap::with_capacity(4);
    headers.insert(HOST, route.host.clone());
    headers.insert(CONTENT_TYPE, FORM);
    if method == Method::GET {
        check_get_size(&encoded)?;
        finish(route, method, &encoded, headers, Bytes::new())
    } else {
        check_size(
            encoded.len(),
            V1_LIMIT,
            "a request signed with HmacSHA256 or HmacSHA1 is limited to 1 MB, use TC3-HMAC-SHA256",
        )?;
        finish(route, method, "", headers, Bytes::from(encoded))
    }
}

fn finish(
    route: &Route,
    method: Method,
    query: &str,
    mut headers: HeaderMap,
    body: Bytes,
) -> Result<Request<Bytes>, Error> {
    if let Some(authorization) = &route.proxy_authorization {
        headers.insert(PROXY_AUTHORIZATION, authorization.clone());
    }
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.headers_mut() = headers;
    if !query.is_empty() || !route.origin.is_empty() {
        let mark = if query.is_empty() { "" } else { "?" };
        *request.uri_mut() = Uri::try_from(format!("{}/{mark}{query}", route.origin)).map_err(|error| {
            Error::local(ErrorKind::InvalidRequest, "the parameters make no query string").because(error)
        })?;
    }
    Ok(request)
}

fn check_get_size(query: &str) -> Result<(), Error> {
    check_size(query.len(), GET_LIMIT, "GET is limited to 32 KB, use POST")
}

fn check_size(size: usize, limit: usize, advice: &str) -> Result<(), Error> {
    if size <= limit {
        return Ok(());
    }
    Err(Error::local(ErrorKind::InvalidRequest, format!("the request is too large, {size} bytes: {advice}")))
}

fn header(what: &str, value: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(value).map_err(|_| {
        Error::local(
            ErrorKind::InvalidRequest,
            format!("the {what} {value:?} holds a character that no header may have"),
        )
    })
}

fn secret(mut value: HeaderValue) -> HeaderValue {
    value.set_sensitive(true);
    value
}
