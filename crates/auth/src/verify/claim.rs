//! What a request says about itself before any key is known.

use crate::form::{self, DecodeError};
use crate::request::Request;
use crate::tc3::{ALGORITHM, SKIP, TERMINATOR};
use crate::v1::{Algorithm, SIGNATURE};
use std::fmt;

/// The two ways of signing, with the two hashes of the older one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// TC3-HMAC-SHA256, in headers.
    Tc3,
    /// HmacSHA1 or HmacSHA256, in parameters.
    V1(Algorithm),
}

impl Scheme {
    /// The algorithm's name as requests spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tc3 => ALGORITHM,
            Self::V1(algorithm) => algorithm.as_str(),
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A request together with what it claims: who signed it, when and how. Nothing in it is proved yet.
#[derive(Clone)]
pub struct Claim<'a> {
    pub(super) request: Request<'a>,
    pub(super) timestamp: i64,
    pub(super) form: Form<'a>,
}

/// Where the claim stands.
#[derive(Clone)]
pub(super) enum Form<'a> {
    Tc3(Tc3<'a>),
    V1(V1),
}

/// The common parameters of a TC3 request.
#[derive(Clone, Copy)]
pub(super) struct Tc3<'a> {
    pub(super) timestamp: &'a str,
    pub(super) secret_id: &'a str,
    /// The scope's day and service as the request spells them.
    pub(super) date: &'a str,
    pub(super) service: &'a str,
    pub(super) signed_headers: &'a str,
    pub(super) signature: &'a str,
    action: &'a str,
    version: &'a str,
}

/// All parameters of a v1 request, unescaped, in the order of the wire.
#[derive(Clone)]
pub(super) struct V1 {
    pub(super) algorithm: Algorithm,
    pub(super) parameters: Vec<(String, String)>,
}

impl V1 {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

impl<'a> Claim<'a> {
    /// Reads the claim. A request with a header `Authorization` or `X-TC-Action` is TC3; any other is v1, whose
    /// parameters stand in the query of a GET and in the form body of a POST.
    ///
    /// # Errors
    /// [`ClaimError`] for the first thing that is missing or unreadable, in this order: time, action, version; then for
    /// TC3 the `Authorization` header and its parts, for v1 the secret id, the nonce and the signature; last the form of
    /// the numbers. An empty value counts as missing (our choice).
    pub fn of(request: &Request<'a>) -> Result<Self, ClaimError> {
        if request.header("authorization").is_some() || request.header("x-tc-action").is_some() {
            Self::of_tc3(request)
        } else {
            Self::of_v1(request)
        }
    }

    fn of_tc3(request: &Request<'a>) -> Result<Self, ClaimError> {
        let required = |header: &'static str, name: &'static str| match text_header(request, header)? {
            None | Some("") => Err(ClaimError::Missing(name)),
            Some(value) => Ok(value),
        };
        let timestamp = required("X-TC-Timestamp", "Timestamp")?;
        let action = required("X-TC-Action", "Action")?;
        let version = required("X-TC-Version", "Version")?;
        let authorization = required("Authorization", "Authorization")?;
        let credential = parse_authorization(authorization)?;
        let seconds = number("Timestamp", timestamp)?;
        let form = Form::Tc3(Tc3 { timestamp, action, version, ..credential });
        Ok(Self { request: *request, timestamp: seconds, form })
    }

    fn of_v1(request: &Request<'a>) -> Result<Self, ClaimError> {
        let source = if request.method == "GET" { request.query.as_bytes() } else { request.body };
        let parameters = form::decode_pairs(source).map_err(ClaimError::Form)?;
        let mut claim = V1 { algorithm: Algorithm::HmacSha1, parameters };
        claim.algorithm = Algorithm::named(claim.get("SignatureMethod"));
        for name in ["Timestamp", "Action", "Version", "SecretId", "Nonce", SIGNATURE] {
            if claim.get(name).is_none_or(str::is_empty) {
                return Err(ClaimError::Missing(name));
            }
        }
        let seconds = number("Timestamp", claim.get("Timestamp").unwrap_or_default())?;
        // The nonce's value means nothing to the check. Zero is allowed: an official SDK draws it.
        let nonce = claim.get("Nonce").unwrap_or_default();
        if !nonce.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ClaimError::NotANumber { name: "Nonce", value: shortened(nonce) });
        }
        Ok(Self { request: *request, timestamp: seconds, form: Form::V1(claim) })
    }

    /// The request the claim was read from.
    pub fn request(&self) -> Request<'a> {
        self.request
    }

    /// How it is signed.
    pub fn scheme(&self) -> Scheme {
        match &self.form {
            Form::Tc3(_) => Scheme::Tc3,
            Form::V1(claim) => Scheme::V1(claim.algorithm),
        }
    }

    /// The id of the key it says it is signed with, blanks included: an id with a blank is another id.
    pub fn secret_id(&self) -> &str {
        match &self.form {
            Form::Tc3(claim) => claim.secret_id,
            Form::V1(claim) => claim.get("SecretId").unwrap_or_default(),
        }
    }

    /// When it says it was signed: Unix time in seconds.
    pub fn timestamp(&self) -> i64 {
        self.timestamp
    }

    /// The action, not empty.
    pub fn action(&self) -> &str {
        match &self.form {
            Form::Tc3(claim) => claim.action,
            Form::V1(claim) => claim.get("Action").unwrap_or_default(),
        }
    }

    /// The version of the API, not empty.
    pub fn version(&self) -> &str {
        match &self.form {
            Form::Tc3(claim) => claim.version,
            Form::V1(claim) => claim.get("Version").unwrap_or_default(),
        }
    }

    /// The region. An empty one is given as it is, because the service answers it with another error than an absent one.
    pub fn region(&self) -> Option<&str> {
        self.common("X-TC-Region", "Region")
    }

    /// The token of a temporary key. An empty one counts as absent: an official SDK sends it so.
    pub fn token(&self) -> Option<&str> {
        self.common("X-TC-Token", "Token").filter(|token| !token.is_empty())
    }

    /// The language wanted for messages: `zh-CN` or `en-US`.
    pub fn language(&self) -> Option<&str> {
        self.common("X-TC-Language", "Language")
    }

    /// What the client says it is, `SDK_GO_1.3.166` and the like.
    pub fn request_client(&self) -> Option<&str> {
        self.common("X-TC-RequestClient", "RequestClient")
    }

    /// The parameters of a v1 request, common ones included, unescaped and in the order of the wire; `None` for TC3,
    /// whose parameters are the JSON body or the query.
    pub fn parameters(&self) -> Option<&[(String, String)]> {
        match &self.form {
            Form::Tc3(_) => None,
            Form::V1(claim) => Some(&claim.parameters),
        }
    }

    fn common(&self, header: &'static str, parameter: &str) -> Option<&str> {
        match &self.form {
            Form::Tc3(_) => text_header(&self.request, header).ok().flatten(),
            Form::V1(claim) => claim.get(parameter),
        }
    }
}

impl fmt::Debug for Claim<'_> {
    /// Who, when and what; nothing of the parameters, among which a token may be.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim")
            .field("scheme", &self.scheme())
            .field("secret_id", &self.secret_id())
            .field("timestamp", &self.timestamp)
            .field("action", &self.action())
            .field("version", &self.version())
            .finish_non_exhaustive()
    }
}

/// Why a request makes no readable claim. In the order of the service's checks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClaimError {
    /// A required common parameter is absent or empty. The name is the bare one (`Timestamp`), which is how the service
    /// is observed to name it; TC3 sends it as header `X-TC-Timestamp`, and `Authorization` under its own name.
    Missing(&'static str),
    /// The `Authorization` header is [`SKIP`]: deliberately unsigned. A server may be configured to let it in.
    Skipped,
    /// The `Authorization` header names another algorithm than TC3-HMAC-SHA256.
    OtherAlgorithm,
    /// The `Authorization` header lacks this part or has it in another form.
    BadAuthorization(&'static str),
    /// A number is none.
    NotANumber {
        /// The parameter's bare name.
        name: &'static str,
        /// What stands in its place, shortened.
        value: String,
    },
    /// A header that has to be text is not UTF-8.
    NotText(&'static str),
    /// The parameters of a v1 request cannot be read.
    Form(DecodeError),
}

impl fmt::Display for ClaimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing("Authorization") => {
                f.write_str("the request has TC3 headers but no Authorization header; sign it before it is sent")
            }
            Self::Missing(name) => write!(
                f,
                "the request has no `{name}`; send it as header X-TC-{name} with TC3-HMAC-SHA256, or as parameter {name} with HmacSHA256 and HmacSHA1"
            ),
            Self::Skipped => {
                f.write_str("the request is deliberately unsigned (Authorization: SKIP); sign it, or allow unsigned requests")
            }
            Self::OtherAlgorithm => write!(
                f,
                "the Authorization header does not begin with {ALGORITHM}; sign with that algorithm, or send HmacSHA256 and HmacSHA1 signatures as parameters"
            ),
            Self::BadAuthorization(part) => write!(
                f,
                "the Authorization header has no proper {part}; its form is `{ALGORITHM} Credential=ID/YYYY-MM-DD/sms/{TERMINATOR}, SignedHeaders=content-type;host, Signature=HEX`"
            ),
            Self::NotANumber { name: "Timestamp", value } => {
                write!(f, "the timestamp is `{value}`; send Unix time in whole seconds, such as 1795575600")
            }
            Self::NotANumber { name, value } => write!(f, "`{name}` is `{value}`; send a whole number"),
            Self::NotText(header) => write!(f, "the header {header} is not UTF-8 text; send it as UTF-8"),
            Self::Form(error) => write!(f, "the parameters cannot be read: {error}"),
        }
    }
}

impl std::error::Error for ClaimError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Form(error) => Some(error),
            _ => None,
        }
    }
}

fn text_header<'a>(request: &Request<'a>, name: &'static str) -> Result<Option<&'a str>, ClaimError> {
    request.header(name).map(str::from_utf8).transpose().map_err(|_| ClaimError::NotText(name))
}

/// Reads the parts of the header. Separators are commas with or without blanks, and any number of blanks may follow the
/// algorithm: an official SDK sends two.
fn parse_authorization(header: &str) -> Result<Tc3<'_>, ClaimError> {
    if header == SKIP {
        return Err(ClaimError::Skipped);
    }
    let parts = header
        .strip_prefix(ALGORITHM)
        .filter(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
        .ok_or(ClaimError::OtherAlgorithm)?;
    let part = |name: &'static str| {
        parts
            .split(',')
            .filter_map(|part| part.trim_ascii_start().strip_prefix(name)?.strip_prefix('='))
            .next()
            .filter(|value| !value.is_empty())
            .ok_or(ClaimError::BadAuthorization(name))
    };
    // The id is free text and may hold slashes: read the scope from its end.
    let mut scope = part("Credential")?.trim_ascii_end().rsplitn(4, '/');
    let (Some(TERMINATOR), Some(service), Some(date), Some(secret_id)) =
        (scope.next(), scope.next(), scope.next(), scope.next())
    else {
        return Err(ClaimError::BadAuthorization("Credential"));
    };
    if secret_id.is_empty() {
        return Err(ClaimError::Missing("SecretId"));
    }
    Ok(Tc3 {
        secret_id,
        date,
        service,
        signed_headers: part("SignedHeaders")?.trim_ascii(),
        signature: part("Signature")?.trim_ascii(),
        timestamp: "",
        action: "",
        version: "",
    })
}

/// Whole seconds: digits, with nothing around them.
fn number(name: &'static str, text: &str) -> Result<i64, ClaimError> {
    if text.bytes().all(|byte| byte.is_ascii_digit())
        && let Ok(value) = text.parse()
    {
        return Ok(value);
    }
    Err(ClaimError::NotANumber { name, value: shortened(text) })
}

/// The beginning of a value that may be anything, fit for a message.
fn shortened(value: &str) -> String {
    const LIMIT: usize = 40;
    let mut text: String = value.chars().take(LIMIT).flat_map(char::escape_debug).collect();
    if value.chars().nth(LIMIT).is_some() {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Header;

    const AUTHORIZATION: &str = "TC3-HMAC-SHA256  Credential= a/b<c>/2026-11-25/sms/tc3_request,SignedHeaders=content-type;host ,  Signature=00";

    fn claim(headers: &[(&str, &str)]) -> Result<Vec<String>, ClaimError> {
        let headers: Vec<_> =
            headers.iter().map(|(name, value)| Header { name, value: value.as_bytes() }).collect();
        let request = Request { method: "POST", path: "/", query: "", headers: &headers, body: b"{}" };
        let claim = Claim::of(&request)?;
        let Form::Tc3(tc3) = &claim.form else { panic!("not TC3") };
        Ok([claim.secret_id(), tc3.date, tc3.service, tc3.signed_headers, tc3.signature]
            .map(str::to_owned)
            .into())
    }

    fn with_authorization(authorization: &str) -> Result<Vec<String>, ClaimError> {
        claim(&[
            ("x-tc-timestamp", "1"),
            ("X-TC-ACTION", "SendSms"),
            ("X-Tc-Version", "2021-01-11"),
            ("authorization", authorization),
        ])
    }

    #[test]
    fn reads_the_authorization_header_in_every_spacing() {
        assert_eq!(
            with_authorization(AUTHORIZATION).unwrap(),
            [" a/b<c>", "2026-11-25", "sms", "content-type;host", "00"]
        );
    }

    #[test]
    fn names_the_part_that_is_wrong() {
        use ClaimError::*;
        for (from, to, error) in [
            ("TC3-HMAC-SHA256", "TC3-HMAC-SM3", OtherAlgorithm),
            ("TC3-HMAC-SHA256 ", "TC3-HMAC-SHA256x", OtherAlgorithm),
            ("Credential", "Cred", BadAuthorization("Credential")),
            ("tc3_request", "tc4_request", BadAuthorization("Credential")),
            ("/2026-11-25/sms", "", BadAuthorization("Credential")),
            (" a/b<c>", "", Missing("SecretId")),
            ("SignedHeaders", "Headers", BadAuthorization("SignedHeaders")),
            ("Signature=00", "Signature=", BadAuthorization("Signature")),
        ] {
            assert_eq!(with_authorization(&AUTHORIZATION.replacen(from, to, 1)), Err(error), "{to}");
        }
        assert_eq!(with_authorization("SKIP"), Err(Skipped));
        assert_eq!(with_authorization("Bearer secret"), Err(OtherAlgorithm));
    }

    #[test]
    fn asks_for_what_is_missing_in_the_order_of_the_service() {
        let all = [
            ("X-TC-Timestamp", "1"),
            ("X-TC-Action", "SendSms"),
            ("X-TC-Version", "2021-01-11"),
            ("Authorization", AUTHORIZATION),
        ];
        for (count, name) in [(1, "Action"), (2, "Version"), (3, "Authorization")] {
            let mut headers = all[..count].to_vec();
            // Only one of these two headers makes a request a TC3 one.
            if count == 1 {
                headers.push(all[3]);
            }
            assert_eq!(claim(&headers), Err(ClaimError::Missing(name)));
        }
        assert_eq!(claim(&all[1..2]), Err(ClaimError::Missing("Timestamp")));
        assert_eq!(claim(&[]), Err(ClaimError::Missing("Timestamp")));
    }

    fn v1(body: &str) -> Result<(), ClaimError> {
        let request = Request { method: "POST", path: "/", query: "", headers: &[], body: body.as_bytes() };
        Claim::of(&request).map(|_| ())
    }

    #[test]
    fn asks_for_v1_parameters_in_order() {
        let mut body = String::new();
        for (name, value) in [
            ("Timestamp", "1"),
            ("Action", "SendSms"),
            ("Version", "2021-01-11"),
            ("SecretId", "id"),
            ("Nonce", "0"),
            ("Signature", "x"),
        ] {
            assert_eq!(v1(&body), Err(ClaimError::Missing(name)));
            assert_eq!(v1(&format!("{body}{name}=&")), Err(ClaimError::Missing(name)));
            body.push_str(&format!("{name}={value}&"));
        }
        assert_eq!(v1(&body), Ok(()));
        let nonce = body.replace("Nonce=0", "Nonce=-1");
        assert_eq!(v1(&nonce), Err(ClaimError::NotANumber { name: "Nonce", value: "-1".to_owned() }));
        assert_eq!(v1("a=%"), Err(ClaimError::Form(DecodeError::BadEscape { at: 2 })));
    }

    #[test]
    fn only_whole_seconds_are_a_time() {
        for text in ["1795575600.5", "+1", "-1", " 1", "0x10", "99999999999999999999", "2026-11-25"] {
            let error = v1(&format!("Timestamp={text}&Action=a&Version=v&SecretId=i&Nonce=1&Signature=s"));
            assert!(matches!(error, Err(ClaimError::NotANumber { name: "Timestamp", .. })), "{text}");
        }
        assert_eq!(shortened(&"\n".repeat(50)), format!("{}…", "\\n".repeat(40)));
    }
}
