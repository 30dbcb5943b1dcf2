//! The known reasons why signatures do not hold, each with its place and its remedy.

use crate::date::UtcDate;
use std::fmt;

/// The part of a request or of the signing in which the client and this library differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// The time in the request, or its unit.
    Timestamp,
    /// The day in the credential scope.
    ScopeDate,
    /// The service in the credential scope.
    ScopeService,
    /// Which headers are signed.
    SignedHeaders,
    /// The value of a signed header other than the host.
    HeaderValue,
    /// The host.
    Host,
    /// The method.
    Method,
    /// The path.
    Path,
    /// The query string.
    Query,
    /// The body.
    Payload,
    /// The parameters of a v1 signature.
    Parameters,
    /// The secret key, or how keys are derived from it.
    SecretKey,
    /// The hash algorithm.
    Algorithm,
    /// How the finished signature is written.
    Encoding,
    /// Not known: some byte of what was signed, or the key.
    Unknown,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Timestamp => "the timestamp",
            Self::ScopeDate => "the date in the credential scope",
            Self::ScopeService => "the service in the credential scope",
            Self::SignedHeaders => "the list of signed headers",
            Self::HeaderValue => "the value of a signed header",
            Self::Host => "the host",
            Self::Method => "the method",
            Self::Path => "the path",
            Self::Query => "the query string",
            Self::Payload => "the body",
            Self::Parameters => "the parameters",
            Self::SecretKey => "the secret key",
            Self::Algorithm => "the algorithm",
            Self::Encoding => "the spelling of the signature",
            Self::Unknown => "not known",
        })
    }
}

/// A cause, and how sure it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// What went wrong.
    pub cause: Cause,
    /// With this mistake made on purpose the claimed signature came out, or the request itself shows the mistake: there
    /// is no doubt. Otherwise the cause is likely.
    pub proved: bool,
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.proved { "" } else { "Perhaps: " })?;
        self.cause.fmt(f)
    }
}

/// A known mistake of clients. Its `Display` says what happened and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The timestamp is in a smaller unit than seconds.
    TimestampUnit {
        /// `milliseconds` or smaller.
        unit: &'static str,
        /// As sent.
        timestamp: i64,
        /// The same in seconds.
        seconds: i64,
    },
    /// Another timestamp was signed than sent, a few seconds away: the clock was read twice.
    OtherTimestamp {
        /// What was signed, in Unix seconds.
        signed: i64,
    },
    /// The scope has the day in Beijing, which is wrong from midnight until 8 in the morning there.
    LocalDate {
        /// The day in the scope.
        scope: String,
        /// The UTC day of the timestamp.
        utc: UtcDate,
    },
    /// The scope has some other day than the timestamp's.
    OtherDate {
        /// What stands in the scope.
        scope: String,
        /// The UTC day of the timestamp.
        utc: UtcDate,
    },
    /// The key was derived for another day than the scope names.
    KeyOfOtherDate {
        /// The day the key was derived for.
        signed: String,
    },
    /// The scope names, or the key was derived for, another service.
    ServiceLabel {
        /// What was signed.
        signed: String,
        /// What has to be signed.
        expected: String,
    },
    /// A header that has to be signed is not.
    HeaderNotSigned {
        /// The header.
        name: String,
    },
    /// A header is listed as signed but not sent.
    SignedHeaderAbsent {
        /// The header.
        name: String,
    },
    /// The header's value was signed with its capitals.
    HeaderCase {
        /// The header.
        name: String,
    },
    /// Another `Content-Type` was signed than sent; an HTTP library often completes it.
    ContentType {
        /// What was signed.
        signed: String,
        /// What was sent.
        sent: String,
    },
    /// The empty line after the signed headers is missing in the canonical request.
    NoLineAfterHeaders,
    /// Another host was signed than sent.
    OtherHost {
        /// What was signed.
        signed: String,
    },
    /// Another method was signed than sent.
    OtherMethod {
        /// What was signed.
        signed: String,
    },
    /// Another path than `/` was signed.
    OtherPath {
        /// What was signed.
        signed: String,
    },
    /// The query was signed in another order than sent.
    QueryOrder,
    /// The query was signed with other escapes than sent.
    QueryEscaping {
        /// What was signed.
        signed: String,
    },
    /// The query was left out of what was signed.
    QueryNotSigned,
    /// The body was written anew after it was signed.
    BodyRespelled {
        /// How the signed body differs from the sent one.
        signed: &'static str,
    },
    /// An empty body was signed.
    BodyNotSigned,
    /// [`UNSIGNED_PAYLOAD`](crate::tc3::UNSIGNED_PAYLOAD) was signed without saying so, or said but the body signed.
    UnsignedPayload {
        /// Whether the request says that the body is not signed.
        announced: bool,
    },
    /// Blanks, quotes or a line end belong to the key that was used.
    KeyBlanks,
    /// The key was used without `TC3` before it.
    KeyWithoutPrefix,
    /// The derived keys were passed on as hexadecimal text instead of bytes.
    KeyAsHex,
    /// The secret id was used as the secret key.
    SecretIdAsKey,
    /// Another hash was used than the request names.
    OtherAlgorithm {
        /// The one that was used.
        signed: &'static str,
        /// The one that the request names, or that holds when it names none.
        named: &'static str,
    },
    /// The signature is right but spelled in another way.
    Spelling {
        /// How it is spelled.
        is: &'static str,
        /// How it has to be.
        expected: &'static str,
    },
    /// The signature was not escaped, so that its `+` arrived as a blank.
    SignatureNotEscaped,
    /// Values were escaped before signing.
    ValuesEscaped,
    /// A `+` in a value was signed as it is and sent unescaped, so that it arrived as a blank.
    PlusNotEscaped,
    /// A list was signed as the word `Array`.
    ArrayAsWord,
    /// Parameters were signed in another order than by the bytes of their names.
    ParameterOrder {
        /// In which order.
        signed: &'static str,
    },
    /// Empty parameters were left out of what was signed.
    EmptyNotSigned,
    /// The names belong to the other version of the API. No reason for a signature to fail, but for the call.
    NamesOfOtherVersion {
        /// The names found.
        names: Vec<&'static str>,
        /// The version they belong to.
        version: &'static str,
    },
    /// None of the known mistakes leads to this signature.
    Unknown,
}

impl Cause {
    /// Where the mistake lies.
    pub fn part(&self) -> Part {
        match self {
            Self::TimestampUnit { .. } | Self::OtherTimestamp { .. } => Part::Timestamp,
            Self::LocalDate { .. } | Self::OtherDate { .. } => Part::ScopeDate,
            Self::ServiceLabel { .. } => Part::ScopeService,
            Self::HeaderNotSigned { .. } | Self::SignedHeaderAbsent { .. } | Self::NoLineAfterHeaders => {
                Part::SignedHeaders
            }
            Self::HeaderCase { .. } | Self::ContentType { .. } => Part::HeaderValue,
            Self::OtherHost { .. } => Part::Host,
            Self::OtherMethod { .. } => Part::Method,
            Self::OtherPath { .. } => Part::Path,
            Self::QueryOrder | Self::QueryEscaping { .. } | Self::QueryNotSigned => Part::Query,
            Self::BodyRespelled { .. } | Self::BodyNotSigned | Self::UnsignedPayload { .. } => Part::Payload,
            Self::KeyOfOtherDate { .. }
            | Self::KeyBlanks
            | Self::KeyWithoutPrefix
            | Self::KeyAsHex
            | Self::SecretIdAsKey => Part::SecretKey,
            Self::OtherAlgorithm { .. } => Part::Algorithm,
            Self::Spelling { .. } | Self::SignatureNotEscaped => Part::Encoding,
            Self::ValuesEscaped
            | Self::PlusNotEscaped
            | Self::ArrayAsWord
            | Self::ParameterOrder { .. }
            | Self::EmptyNotSigned
            | Self::NamesOfOtherVersion { .. } => Part::Parameters,
            Self::Unknown => Part::Unknown,
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimestampUnit { unit, timestamp, seconds } => {
                write!(f, "the timestamp {timestamp} is in {unit}; send and sign whole seconds: {seconds}")
            }
            Self::OtherTimestamp { signed } => {
                write!(f, "the timestamp {signed} was signed but another one sent; read the clock once for both")
            }
            Self::LocalDate { scope, utc } => write!(
                f,
                "the scope date has {scope}, the day in Beijing, but the timestamp's UTC day is {utc}; take the date in UTC, or every request between midnight and 8 in the morning fails"
            ),
            Self::OtherDate { scope, utc } => write!(
                f,
                "the scope date has {scope}, but the timestamp's UTC day is {utc}; make both from one reading of the clock, in the form YYYY-MM-DD"
            ),
            Self::KeyOfOtherDate { signed } => write!(
                f,
                "the signing key was derived for {signed}, not for the day in the scope; derive it from the same UTC date"
            ),
            Self::ServiceLabel { signed, expected } => write!(
                f,
                "the signature was made for service `{signed}`; use `{expected}` in the scope and in the key derivation"
            ),
            Self::HeaderNotSigned { name } => {
                write!(f, "the header {name} is not signed; SignedHeaders must contain content-type and host")
            }
            Self::SignedHeaderAbsent { name } => write!(
                f,
                "the header {name} is listed in SignedHeaders but the request does not have it; send it or do not list it"
            ),
            Self::HeaderCase { name } => {
                write!(f, "the header {name} was signed with capitals; put its value in lower case in the canonical request")
            }
            Self::ContentType { signed, sent } => write!(
                f,
                "content-type was signed as `{signed}` but sent as `{sent}`; sign what the HTTP library really sends"
            ),
            Self::NoLineAfterHeaders => f.write_str(
                "the empty line after the signed headers is missing in the canonical request; every header line ends in a line break, and one more joins the parts",
            ),
            Self::OtherHost { signed } => {
                write!(f, "the host was signed as `{signed}`; sign the Host header that is sent")
            }
            Self::OtherMethod { signed } => {
                write!(f, "the method was signed as `{signed}`; sign the method that is sent, in capitals")
            }
            Self::OtherPath { signed } => {
                write!(f, "the path was signed as `{signed}`; sign `/`, whatever the path of the request is")
            }
            Self::QueryOrder => f.write_str(
                "the query string was signed in another order than it was sent; sign the very text that is sent",
            ),
            Self::QueryEscaping { signed } => write!(
                f,
                "the query string was signed with other escapes than it was sent with, as `{signed}`; sign the very text that is sent, after the HTTP library has changed it"
            ),
            Self::QueryNotSigned => {
                f.write_str("the query string was not signed; put it in the third line of the canonical request")
            }
            Self::BodyRespelled { signed } => write!(
                f,
                "the body was written anew after it was signed: the signed one is {signed}; sign the very bytes that are sent"
            ),
            Self::BodyNotSigned => f.write_str("an empty body was signed; sign the bytes of the body that is sent"),
            Self::UnsignedPayload { announced: false } => f.write_str(
                "UNSIGNED-PAYLOAD was signed in place of the body; say so in a header X-TC-Content-SHA256: UNSIGNED-PAYLOAD, or sign the body",
            ),
            Self::UnsignedPayload { announced: true } => f.write_str(
                "the header X-TC-Content-SHA256 says that the body is not signed, but it is; remove the header, or sign UNSIGNED-PAYLOAD",
            ),
            Self::KeyBlanks => f.write_str(
                "the secret key stands with blanks, quotes or a line end around it, on the client or here; remove them where the key is read",
            ),
            Self::KeyWithoutPrefix => {
                f.write_str("the first key is made without its prefix; start the derivation with TC3 and the secret key")
            }
            Self::KeyAsHex => f.write_str(
                "the derived keys were passed on as hexadecimal text; use the bytes of each HMAC as the key of the next",
            ),
            Self::SecretIdAsKey => f.write_str("the secret id was used as the secret key; sign with the secret key"),
            Self::OtherAlgorithm { signed, named } => write!(
                f,
                "the signature was made with {signed}, but {named} holds for this request; name the algorithm in SignatureMethod before signing"
            ),
            Self::Spelling { is, expected } => {
                write!(f, "the signature is right but written in {is}; write it in {expected}")
            }
            Self::SignatureNotEscaped => f.write_str(
                "the signature was sent without escaping, so its + arrived as a blank; escape it like every other value",
            ),
            Self::ValuesEscaped => f.write_str(
                "values were escaped before signing; sign the plain values and escape them only for sending",
            ),
            Self::PlusNotEscaped => f.write_str(
                "a + in a value was sent without escaping, so it arrived as a blank; send it as %2B",
            ),
            Self::ArrayAsWord => f.write_str(
                "a list was signed as the word Array; flatten lists to Name.0, Name.1 before signing (the official PHP SDK has this fault: use TC3-HMAC-SHA256 there)",
            ),
            Self::ParameterOrder { signed } => {
                write!(f, "the parameters were signed {signed}; sort them by the bytes of their names")
            }
            Self::EmptyNotSigned => {
                f.write_str("parameters with empty values were sent but not signed; sign them as `Name=`, or do not send them")
            }
            Self::NamesOfOtherVersion { names, version } => write!(
                f,
                "{} {} of version {version}; send that version or use this version's {}",
                names.join(", "),
                if names.len() == 1 { "is a name" } else { "are names" },
                if names.len() == 1 { "name" } else { "names" },
            ),
            Self::Unknown => f.write_str(
                "none of the known mistakes leads to this signature; most often the secret key belongs to another secret id, or something changed the request after it was signed: compare the texts below with the client's line by line",
            ),
        }
    }
}
