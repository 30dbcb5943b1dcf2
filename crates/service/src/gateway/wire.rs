//! The two wire forms: TC3 with its common parameters in headers, and the older signatures with everything in one
//! form or query string.

use std::borrow::Cow;

use http::HeaderMap;
use tcsms_api::Structure;
use tcsms_auth::verify::{Claim, ClaimError};
use tcsms_auth::{Request, form};

use super::errors::{ApiError, Language};
use super::parameters;

/// Parameters of the older form that belong to every action.
const COMMON: [&str; 11] = [
    "Action",
    "Version",
    "Region",
    "Timestamp",
    "Nonce",
    "SecretId",
    "Signature",
    "SignatureMethod",
    "Token",
    "Language",
    "RequestClient",
];

/// What every request says beside its signature.
pub(crate) struct Common<'a> {
    pub(crate) action: &'a str,
    pub(crate) version: &'a str,
    pub(crate) region: Option<&'a str>,
    /// How the region's parameter is called in this wire form.
    pub(crate) region_name: &'static str,
    pub(crate) language: Option<&'a str>,
    pub(crate) client: Option<&'a str>,
}

impl<'a> Common<'a> {
    pub(crate) fn of(claim: &'a Claim<'_>) -> Self {
        Self {
            action: claim.action(),
            version: claim.version(),
            region: claim.region(),
            region_name: if claim.parameters().is_some() { "Region" } else { "X-TC-Region" },
            language: claim.language(),
            client: claim.request_client(),
        }
    }

    /// Those of a request in the TC3 form without a signature, whose time is not looked at.
    pub(crate) fn of_headers(request: &'a Request<'_>) -> Result<Self, ApiError> {
        let header = |name| request.header(name).and_then(|value| str::from_utf8(value).ok());
        let required = |name, parameter| {
            header(name)
                .filter(|value| !value.is_empty())
                .ok_or_else(|| ApiError::missing_parameter(parameter))
        };
        Ok(Self {
            action: required("x-tc-action", "Action")?,
            version: required("x-tc-version", "Version")?,
            region: header("x-tc-region"),
            region_name: "X-TC-Region",
            language: header("x-tc-language"),
            client: header("x-tc-requestclient"),
        })
    }

    pub(crate) fn language(&self) -> Language {
        self.language.map(Language::of).unwrap_or_default()
    }
}

/// Whether a request is of the TC3 form.
pub(crate) fn is_tc3(headers: &HeaderMap) -> bool {
    headers.contains_key(http::header::AUTHORIZATION) || headers.contains_key("x-tc-action")
}

/// The language that a request asks for in its header. One of the older form names it among the parameters, which
/// are only known when they could be read.
pub(crate) fn language(request: &Request<'_>) -> Language {
    let header = request.header("x-tc-language").and_then(|value| str::from_utf8(value).ok());
    header.map(Language::of).unwrap_or_default()
}

/// The service that the gateway takes the request to be for: the first label of the host (observed).
pub(crate) fn service_label<'a>(request: &Request<'a>) -> &'a str {
    let host = request.header("host").and_then(|host| str::from_utf8(host).ok()).unwrap_or("sms");
    host.split(['.', ':']).next().unwrap_or(host)
}

/// The API's error for a request whose common parameters or signature cannot be read.
pub(crate) fn claim_error(error: &ClaimError) -> ApiError {
    match error {
        ClaimError::Missing(name) => ApiError::missing_parameter(name),
        ClaimError::OtherAlgorithm => ApiError::not_tc3(),
        ClaimError::NotANumber { name, .. } => ApiError::invalid_value(name, &error.to_string()),
        ClaimError::NotText(name) => ApiError::invalid_value(name, &error.to_string()),
        ClaimError::Form(error) => ApiError::unreadable_parameters(&error.to_string()),
        _ => ApiError::invalid_authorization(&error.to_string()),
    }
}

/// The action's parameters of a request in the older form, checked and as a JSON object.
pub(crate) fn v1_parameters(
    pairs: &[(String, String)],
    input: &'static Structure,
) -> Result<Vec<u8>, ApiError> {
    let own = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    parameters::json_from_pairs(own.filter(|(name, _)| !COMMON.contains(name)), input)
}

/// The action's parameters of a TC3 request, checked and as a JSON object: the query of a GET, the body of a POST.
pub(crate) fn tc3_parameters<'a>(
    request: &Request<'a>,
    input: &'static Structure,
) -> Result<Cow<'a, [u8]>, ApiError> {
    if request.method == "GET" {
        let pairs = form::decode_pairs(request.query.as_bytes())
            .map_err(|error| ApiError::unreadable_parameters(&error.to_string()))?;
        let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        return parameters::json_from_pairs(pairs, input).map(Cow::Owned);
    }
    let content_type = String::from_utf8_lossy(request.header("content-type").unwrap_or_default());
    let media = content_type.split(';').next().unwrap_or_default().trim();
    // Multipart and raw bytes are documented for some products' actions; no SMS action takes them.
    if !media.eq_ignore_ascii_case("application/json") {
        return Err(ApiError::unsupported_content(media));
    }
    parameters::check_json(request.body, input)?;
    Ok(Cow::Borrowed(request.body))
}
