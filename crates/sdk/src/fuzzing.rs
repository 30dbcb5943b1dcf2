//! A door to what the interface hides, for the fuzz targets of this repository. It is there only with the feature
//! `fuzzing`, and nothing in it is kept from one version to the next.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue};
use tcsms_api::{Action, Answer as _};

use crate::builder::ClientBuilder;
use crate::config::{Core, HttpMethod, SignMethod};
use crate::credential::Credential;
use crate::endpoint::{Address, Endpoint};
use crate::environment::Environment;
use crate::error::Error;
use crate::events::{Event, Parser};
use crate::proxy::{Protocol, Proxy};
use crate::request::{self, Parcel};
use crate::{envelope, mask, profile, proxy};

/// What the body of an answer turned out to be.
#[derive(Debug, PartialEq)]
pub enum Content<T> {
    /// An answer.
    Answer {
        /// Its id, empty when it had none.
        request_id: String,
        /// The answer itself.
        answer: T,
    },
    /// The service refused.
    Refusal {
        /// The error's code.
        code: String,
        /// The error's text.
        message: String,
        /// The id of the request.
        request_id: Option<String>,
    },
    /// No answer of the API, and why.
    Invalid(String),
}

impl<T> Content<T> {
    fn of<U>(content: envelope::Content<U>, split: impl FnOnce(U) -> (String, T)) -> Self {
        match content {
            envelope::Content::Answer(answer) => {
                let (request_id, answer) = split(answer);
                Self::Answer { request_id, answer }
            }
            envelope::Content::Refusal { code, message, request_id } => {
                Self::Refusal { code, message, request_id }
            }
            envelope::Content::Invalid(fault) => Self::Invalid(fault),
        }
    }
}

/// Reads a body as JSON text that has to fit the model of an action.
pub fn shaped_answer<R: Action>(body: &[u8]) -> Content<String> {
    let split = |answer: crate::Answer| (answer.request_id().to_owned(), answer.into_json());
    Content::of(envelope::shaped(body, Some(R::INFO.output)), split)
}

/// Reads a body as the answer to an action.
pub fn typed_answer<R: Action>(body: &[u8]) -> Content<R::Answer> {
    Content::of(envelope::typed::<R::Answer>(body), |answer| (answer.request_id().to_owned(), answer))
}

/// Reads a body as the answer to whatever was called; what it holds comes as JSON text.
pub fn raw_answer(body: &[u8]) -> Content<String> {
    Content::of(envelope::raw(body), |answer| (answer.request_id().to_owned(), answer.into_json()))
}

/// What makes the signed requests of a client.
pub struct Signer(Core);

/// A request on its way to the wire.
#[derive(Debug)]
pub struct SignedRequest {
    /// `POST` or `GET`.
    pub method: String,
    /// The path with the query string.
    pub target: String,
    /// The headers, `Host` among them.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Signer {
    /// A client for this endpoint that nothing of the process's environment has a part in.
    pub fn new(endpoint: &str, sign: SignMethod, http: HttpMethod) -> Result<Self, Error> {
        let builder = ClientBuilder::default()
            .endpoint(endpoint)
            .credential(Credential::new("unused", "unused")?)
            .sign_method(sign)
            .http_method(http);
        builder.core(&Environment::of_pairs(&[])).map(Self)
    }

    /// The request of one attempt.
    pub fn sign(
        &self,
        credential: &Credential,
        region: &str,
        parameters: &[u8],
        timestamp: i64,
    ) -> Result<SignedRequest, Error> {
        let parcel = Parcel {
            action: "SendSms".into(),
            version: "2021-01-11".into(),
            body: Bytes::copy_from_slice(parameters),
            region: Some(region.to_owned()),
            language: None,
            extras: None,
        };
        let Core { settings, routes, .. } = &self.0;
        let request = request::build(settings, &routes.primary, &parcel, Some(credential), timestamp, 7)?;
        let headers = request.headers().iter();
        Ok(SignedRequest {
            method: request.method().to_string(),
            target: request.uri().to_string(),
            headers: headers.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect(),
            body: request.into_body().to_vec(),
        })
    }
}

/// What a section of a credentials file says.
pub struct Profile {
    /// The id of the key pair.
    pub secret_id: String,
    /// The key.
    pub secret_key: String,
    /// The session token.
    pub token: Option<String>,
    /// The role to assume.
    pub role_arn: Option<String>,
}

/// Reads a section of a credentials file; the error is the text that follows the file's name.
pub fn profile(text: &str, section: &str) -> Result<Profile, String> {
    let section = profile::parse(text, section)?;
    Ok(Profile {
        secret_id: section.credential.secret_id().to_owned(),
        secret_key: section.credential.secret_key().to_owned(),
        token: section.credential.token().map(str::to_owned),
        role_arn: section.role_arn,
    })
}

/// Where a socket goes.
#[derive(Debug, PartialEq, Eq)]
pub struct Place {
    /// Whether TLS is spoken.
    pub tls: bool,
    /// The host, an IPv6 address without its brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Whether it is this machine.
    pub loopback: bool,
}

impl From<&Address> for Place {
    fn from(address: &Address) -> Self {
        let Address { tls, host, port } = address;
        Self { tls: *tls, host: host.clone(), port: *port, loopback: address.is_loopback() }
    }
}

/// Reads an endpoint: the value of the header `Host`, and where the socket goes.
pub fn endpoint(text: &str) -> Result<(String, Place), Error> {
    Endpoint::parse(text).map(|endpoint| (endpoint.authority, Place::from(&endpoint.address)))
}

/// Reads an address that stands in the place of an endpoint's own.
pub fn connect_to(text: &str) -> Result<Place, Error> {
    Address::parse(text).map(|address| Place::from(&address))
}

/// What the URL of a proxy says.
pub struct ProxyUrl {
    /// SOCKS5 rather than HTTP.
    pub socks: bool,
    /// Where the proxy is.
    pub place: Place,
    /// User and password.
    pub login: Option<(Vec<u8>, Vec<u8>)>,
}

/// Reads the URL of a proxy.
pub fn proxy(url: &str) -> Result<ProxyUrl, Error> {
    let Proxy { protocol, address, login } = Proxy::parse("proxy", url)?;
    Ok(ProxyUrl {
        socks: protocol == Protocol::Socks5,
        place: Place::from(&address),
        login: login.map(|login| (login.user.to_vec(), login.password.to_vec())),
    })
}

/// Reads server-sent events from a stream that comes in these pieces, and says whether it may end there; `None` when an
/// event has more than `largest` bytes.
pub fn events(pieces: &[&[u8]], largest: usize) -> Option<(Vec<Event>, bool)> {
    let mut parser = Parser::new(largest);
    for piece in pieces {
        parser.push(piece).ok()?;
    }
    let events = std::iter::from_fn(|| parser.next()).collect();
    Some((events, parser.is_between_events()))
}

/// What a log shows of a body of this content type; empty for one without.
pub fn shown_body(content_type: &str, bytes: &[u8]) -> String {
    let kind = HeaderValue::from_str(content_type).ok().filter(|kind| !kind.is_empty());
    mask::body(&kind.map(|kind| (CONTENT_TYPE, kind)).into_iter().collect(), bytes)
}

/// What a log shows of the target of a request.
pub fn shown_target(target: &str) -> String {
    mask::target(target)
}

/// What a log shows of a header; nothing for one that cannot be.
pub fn shown_header(name: &str, value: &[u8]) -> String {
    let header = HeaderName::from_bytes(name.as_bytes()).ok().zip(HeaderValue::from_bytes(value).ok());
    mask::headers(&header.into_iter().collect())
}

/// Whether a `no_proxy` list names this host.
pub fn is_exempt(list: &str, host: &str, port: u16) -> bool {
    proxy::is_exempt(list, host, port)
}
