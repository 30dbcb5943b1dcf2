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
pub(crate) const REQUEST_CLIENT: &str = concat!("SDK_TCSMS_RUST_", env!("CARGO_PKG_VERSION"));

const X_TC_ACTION: HeaderName = HeaderName::from_static("x-tc-action");
const X_TC_VERSION: HeaderName = HeaderName::from_static("x-tc-version");
const X_TC_TIMESTAMP: HeaderName = HeaderName::from_static("x-tc-timestamp");
const X_TC_REGION: HeaderName = HeaderName::from_static("x-tc-region");
const X_TC_LANGUAGE: HeaderName = HeaderName::from_static("x-tc-language");
const X_TC_TOKEN: HeaderName = HeaderName::from_static("x-tc-token");
const X_TC_REQUEST_CLIENT: HeaderName = HeaderName::from_static("x-tc-requestclient");
const X_TC_CONTENT_SHA256: HeaderName = HeaderName::from_static("x-tc-content-sha256");

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

/// The common parameters of the older signatures.
const COMMON: [&str; 11] = [
    "Action",
    "Version",
    "Timestamp",
    "Nonce",
    "SecretId",
    "SignatureMethod",
    "RequestClient",
    "Region",
    "Language",
    "Token",
    "Signature",
];

/// The documented limits, counted on the parameters as they are sent.
const GET_LIMIT: usize = 32 << 10;
const V1_LIMIT: usize = 1 << 20;
const TC3_LIMIT: usize = 10 << 20;

/// What is called, the same for every attempt.
pub(crate) struct Parcel {
    pub(crate) action: Cow<'static, str>,
    pub(crate) version: Cow<'static, str>,
    /// The parameters: a JSON object, unless the extras name another content type.
    pub(crate) body: Bytes,
    /// In place of the client's own.
    pub(crate) region: Option<String>,
    /// In place of the client's own.
    pub(crate) language: Option<Language>,
    pub(crate) extras: Option<Box<Extras>>,
}

/// What most calls go without.
#[derive(Default)]
pub(crate) struct Extras {
    /// In place of the client's own.
    pub(crate) sign_method: Option<SignMethod>,
    /// In place of the client's own.
    pub(crate) http_method: Option<HttpMethod>,
    /// In place of the client's own.
    pub(crate) unsigned_payload: Option<bool>,
    /// Whether the request says that it is not signed.
    pub(crate) skip_sign: bool,
    /// In place of the client's own.
    pub(crate) credential: Option<Credential>,
    /// What the body is instead of a JSON object; it then is sent by POST and signed with TC3-HMAC-SHA256.
    pub(crate) content_type: Option<HeaderValue>,
    /// None that the protocol sets; each replaces the client's own of its name.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
}

impl Parcel {
    fn sign_method(&self, settings: &Settings) -> SignMethod {
        self.extras.as_ref().and_then(|extras| extras.sign_method).unwrap_or(settings.sign_method)
    }

    fn http_method(&self, settings: &Settings) -> HttpMethod {
        self.extras.as_ref().and_then(|extras| extras.http_method).unwrap_or(settings.http_method)
    }

    fn unsigned_payload(&self, settings: &Settings) -> bool {
        self.extras.as_ref().and_then(|extras| extras.unsigned_payload).unwrap_or(settings.unsigned_payload)
    }

    /// Whether the request says that it is not signed; no credential is needed then.
    pub(crate) fn skips_sign(&self) -> bool {
        self.extras.as_ref().is_some_and(|extras| extras.skip_sign)
    }

    /// The credential that counts in place of the client's own.
    pub(crate) fn own_credential(&self) -> Option<&Credential> {
        self.extras.as_ref()?.credential.as_ref()
    }

    /// The headers that the caller added, with room for `own` ones.
    fn added_headers(&self, settings: &Settings, own: usize) -> HeaderMap {
        let of_call = self.extras.as_ref().map(|extras| &extras.headers[..]).unwrap_or_default();
        let mut headers = HeaderMap::with_capacity(own + settings.headers.len() + of_call.len());
        for (name, value) in settings.headers.iter().chain(of_call) {
            headers.insert(name, value.clone());
        }
        headers
    }
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
    let algorithm = match parcel.sign_method(settings) {
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
    let (method, content_type, query, body) = match parcel.http_method(settings) {
        HttpMethod::Post => {
            check_size(
                parcel.body.len(),
                TC3_LIMIT,
                "a request signed with TC3-HMAC-SHA256 is limited to 10 MB",
            )?;
            let content_type = parcel.extras.as_ref().and_then(|extras| extras.content_type.clone());
            (Method::POST, content_type.unwrap_or(JSON), String::new(), parcel.body.clone())
        }
        HttpMethod::Get => {
            let query = form::encode_pairs(&parameters::flattened(&parcel.body)?);
            check_get_size(&query)?;
            (Method::GET, FORM, query, Bytes::new())
        }
    };
    let unsigned = parcel.unsigned_payload(settings);
    let sign = |credential: &Credential| {
        let signing = Signing {
            method: method.as_str(),
            query: &query,
            content_type: content_type.to_str().unwrap_or_default(),
            host: &route.signed_host,
            payload: if unsigned { Payload::Unsigned } else { Payload::Body(&body) },
            service: &settings.service,
            timestamp,
            secret_id: credential.secret_id(),
            ..Signing::default()
        };
        signing.authorization(&signing.key(credential.secret_key()))
    };
    let authorization = credential.map_or_else(|| tc3::SKIP.to_owned(), sign);

    let mut headers = parcel.added_headers(settings, 12);
    headers.insert(HOST, route.host.clone());
    headers.insert(CONTENT_TYPE, content_type);
    headers.insert(X_TC_ACTION, header("action", &parcel.action)?);
    headers.insert(X_TC_VERSION, header("version", &parcel.version)?);
    headers.insert(X_TC_TIMESTAMP, HeaderValue::from(timestamp));
    let request_client = match &settings.request_client {
        Cow::Borrowed(name) => HeaderValue::from_static(name),
        Cow::Owned(name) => header("request client", name)?,
    };
    headers.insert(X_TC_REQUEST_CLIENT, request_client);
    if unsigned {
        headers.insert(X_TC_CONTENT_SHA256, HeaderValue::from_static(tc3::UNSIGNED_PAYLOAD));
    }
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
    let authorization = HeaderValue::try_from(authorization.into_bytes()).map_err(|_| {
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
    if let Some((name, _)) = pairs.iter().find(|(name, _)| COMMON.contains(&name.as_str())) {
        let message = format!(
            "the parameter {name} has the name of a common parameter, which HmacSHA256 and HmacSHA1 send beside it: use TC3-HMAC-SHA256"
        );
        return Err(Error::local(ErrorKind::InvalidRequest, message));
    }
    let mut common = |name: &str, value: &str| pairs.push((name.to_owned(), value.to_owned()));
    common("Action", &parcel.action);
    common("Version", &parcel.version);
    common("Timestamp", &timestamp.to_string());
    common("Nonce", &nonce.to_string());
    common("SecretId", credential.secret_id());
    common("SignatureMethod", algorithm.as_str());
    common("RequestClient", &settings.request_client);
    if let Some(region) = parcel.region.as_ref().or(settings.region.as_ref()) {
        common("Region", region);
    }
    if let Some(language) = parcel.language.or(settings.language) {
        common("Language", language.as_str());
    }
    if let Some(token) = credential.token() {
        common("Token", token);
    }
    let method = match parcel.http_method(settings) {
        HttpMethod::Post => Method::POST,
        HttpMethod::Get => Method::GET,
    };
    let text = v1::string_to_sign(method.as_str(), &route.signed_host, "/", &pairs);
    let signature = v1::sign(algorithm, credential.secret_key(), &text);
    pairs.push(("Signature".to_owned(), signature));
    let encoded = form::encode_pairs(&pairs);

    let mut headers = parcel.added_headers(settings, 4);
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
    let path = &route.endpoint.path;
    if !query.is_empty() || !route.origin.is_empty() || path != "/" {
        let mark = if query.is_empty() { "" } else { "?" };
        *request.uri_mut() =
            Uri::try_from(format!("{}{path}{mark}{query}", route.origin)).map_err(|error| {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tcsms_auth::Header;
    use tcsms_auth::verify::{Claim, Policy};

    use crate::builder::ClientBuilder;
    use crate::environment::Environment;

    const KEY: &str = "SKEXAMPLE";
    const METHODS: [SignMethod; 3] =
        [SignMethod::Tc3HmacSha256, SignMethod::HmacSha256, SignMethod::HmacSha1];

    /// The request with these parameters as an independent reader sees it: its signature held against the bytes, then its
    /// parameters; for JSON those of the body as pairs too.
    fn read(
        secret_id: &str,
        sign: SignMethod,
        http: HttpMethod,
        pairs: &[(String, String)],
    ) -> Vec<(String, String)> {
        let credential = Credential::new(secret_id, KEY).unwrap();
        let builder =
            ClientBuilder::default().credential(credential.clone()).sign_method(sign).http_method(http);
        let core = builder.core(&Environment::of_pairs(&[])).unwrap();
        let json: serde_json::Map<_, _> = pairs
            .iter()
            .map(|(name, value)| (name.clone(), serde_json::Value::from(value.as_str())))
            .collect();
        let parcel = Parcel {
            action: "Any".into(),
            version: "2021-01-11".into(),
            body: serde_json::to_vec(&json).unwrap().into(),
            region: None,
            language: None,
            extras: None,
        };
        let request =
            build(&core.settings, &core.routes.primary, &parcel, Some(&credential), 1_795_575_600, 7)
                .unwrap();

        let headers: Vec<_> = request
            .headers()
            .iter()
            .map(|(name, value)| Header { name: name.as_str(), value: value.as_bytes() })
            .collect();
        let seen = tcsms_auth::Request {
            method: request.method().as_str(),
            path: request.uri().path(),
            query: request.uri().query().unwrap_or_default(),
            headers: &headers,
            body: request.body(),
        };
        let claim = Claim::of(&seen).unwrap();
        claim.check(KEY, &Policy::default()).unwrap();
        assert_eq!(claim.secret_id(), secret_id);
        match (sign, http) {
            (SignMethod::Tc3HmacSha256, HttpMethod::Post) => {
                let found: serde_json::Map<_, _> = serde_json::from_slice(seen.body).unwrap();
                found.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
            }
            (_, HttpMethod::Post) => form::decode_pairs(seen.body).unwrap(),
            (_, HttpMethod::Get) => form::decode_pairs(seen.query.as_bytes()).unwrap(),
        }
    }

    proptest! {
        #[test]
        fn what_is_signed_is_what_is_sent(
            // A comma ends the part of the Authorization header that the id stands in.
            secret_id in "[^\\p{C}\\p{Z},][^\\p{C},]{0,12}[^\\p{C}\\p{Z},]",
            values in proptest::collection::vec("([~'\"+ %&=/\\\\\\x00-\\x1f]|😀|中|\u{301}|\\PC){0,8}", 1..4),
            names in "[A-Z][a-zA-Z_~.]{0,8}",
        ) {
            let pairs: Vec<_> =
                values.into_iter().enumerate().map(|(n, value)| (format!("{names}{n}"), value)).collect();
            for sign in METHODS {
                for http in [HttpMethod::Post, HttpMethod::Get] {
                    let found = read(&secret_id, sign, http, &pairs);
                    for pair in &pairs {
                        prop_assert!(found.contains(pair), "{:?} {:?}: {:?} of {:?}", sign, http, pair, found);
                    }
                }
            }
        }
    }

    #[test]
    fn a_parameter_with_the_name_of_a_common_one_is_refused_where_they_would_meet() {
        let credential = Credential::new("id", KEY).unwrap();
        let builder =
            ClientBuilder::default().credential(credential.clone()).sign_method(SignMethod::HmacSha1);
        let core = builder.core(&Environment::of_pairs(&[])).unwrap();
        for name in COMMON {
            let parcel = Parcel {
                action: "Any".into(),
                version: "2021-01-11".into(),
                body: format!(r#"{{"{name}":"x"}}"#).into(),
                region: None,
                language: None,
                extras: None,
            };
            let error =
                build(&core.settings, &core.routes.primary, &parcel, Some(&credential), 0, 1).unwrap_err();
            assert!(error.message().contains(name), "{error}");
        }
    }
}
