//! Collects the settings of a client, fills the gaps from the environment, and checks them.

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::blocking;
use crate::breaker::Limits;
use crate::budget::Budget;
use crate::chain;
use crate::client::Client;
use crate::config::{
    CONNECT_TO_PLAIN, Core, HttpMethod, Language, Settings, SignMethod, Site, TlsVersion, check_plain,
};
use crate::endpoint::{Address, Endpoint};
use crate::environment::Environment;
use crate::error::{Error, ErrorKind};
use crate::failover::Routes;
use crate::headers;
use crate::interceptor::{Interceptor, Interceptors};
use crate::own_transport::Transport;
use crate::pace::{Paces, Rate};
use crate::provider::CredentialSource;
use crate::proxy::Choice;
use crate::request::REQUEST_CLIENT;
use crate::retry::RetryPolicy;
use crate::route::Route;
use crate::transport::tls::{self, Tls};
use crate::transport::{Identity, Limit};

/// How many repeats a client may make while nothing succeeds.
const DEFAULT_RETRY_BUDGET: u32 = 100;
const DEFAULT_SERVICE: &str = "sms";
const DEFAULT_ROOT_DOMAIN: &str = "tencentcloudapi.com";
const REGION: &str = "TENCENTCLOUD_REGION";
const CONNECT_TO: &str = "TCSMS_CONNECT_TO";

/// Collects the settings of a [`Client`] or a [`blocking::Client`]. Every setting has a default.
///
/// What is not set here is taken from the environment, which is read once, when the client is built:
///
/// | variable | meaning |
/// |---|---|
/// | `TENCENTCLOUD_SECRET_ID`, `TENCENTCLOUD_SECRET_KEY`, `TENCENTCLOUD_SESSION_TOKEN` | the credential |
/// | `TENCENTCLOUD_CREDENTIALS_FILE` | the credentials file |
/// | `TKE_ROLE_ARN`, `TKE_PROVIDER_ID`, `TKE_WEB_IDENTITY_TOKEN_FILE`, `TKE_REGION` | as [`WebIdentity`](crate::WebIdentity) |
/// | `TENCENTCLOUD_REGION` | the region |
/// | `TCSMS_CONNECT_TO` | as [`connect_to`](Self::connect_to) |
/// | `TCSMS_STS_CONNECT_TO` | the same for STS |
/// | `TCSMS_METADATA_CONNECT_TO` | the same for the metadata service of cloud servers; `off` keeps it from being asked when no credential is set |
/// | `TCSMS_CONNECT_TO_PLAIN=1` | as [`allow_plain_http`](Self::allow_plain_http) |
/// | `TCSMS_CA_FILE` | as [`ca_file`](Self::ca_file) |
/// | `SSL_CERT_FILE`, `SSL_CERT_DIR` | a file, and folders with `:` between them, whose certificates (PEM) are trusted in place of the system's; on Linux and other Unix, read at the first https connection |
/// | `https_proxy`, `HTTPS_PROXY` | the proxy for `https://` endpoints |
/// | `http_proxy`, `HTTP_PROXY` | the proxy for `http://` endpoints; where `REQUEST_METHOD` is set (CGI) only the first |
/// | `all_proxy`, `ALL_PROXY` | the proxy where those are not set |
/// | `no_proxy`, `NO_PROXY` | hosts that are reached without a proxy, see [`proxy`](Self::proxy) |
///
/// Of two spellings the lower case counts first, and a variable that is empty counts as not set. The proxies of the
/// environment are not used for this machine's own addresses, nor with [`connect_to`](Self::connect_to) or
/// `TCSMS_CONNECT_TO`.
#[derive(Clone, Default)]
#[must_use]
pub struct ClientBuilder {
    credential: Option<CredentialSource>,
    profile: Option<String>,
    service: Option<String>,
    region: Option<String>,
    endpoint: Option<String>,
    api_gateway: Option<String>,
    root_domain: Option<String>,
    connect_to: Option<String>,
    allow_plain_http: Option<bool>,
    tls: tls::Choice,
    proxy: Choice,
    language: Option<Language>,
    sign_method: SignMethod,
    http_method: HttpMethod,
    unsigned_payload: bool,
    sdk_name: Option<String>,
    request_client: Option<String>,
    headers: Vec<(String, String)>,
    connect_timeout: Option<Duration>,
    attempt_timeout: Option<Duration>,
    total_timeout: Option<Duration>,
    retry: RetryPolicy,
    retry_budget: Option<u32>,
    backup_endpoints: Vec<String>,
    breaker: Limits,
    rates: Vec<Rate>,
    max_answer_bytes: Option<usize>,
    interceptors: Interceptors,
    compression: bool,
    max_connections: Option<usize>,
    idle_timeout: Option<Duration>,
    transport: Option<Arc<dyn Transport>>,
}

impl ClientBuilder {
    /// Sets the credential, or where it comes from: a [`Credential`](crate::Credential), a role, or an own
    /// [`CredentialProvider`](crate::CredentialProvider).
    ///
    /// Without it these are tried in turn: the environment, the credentials file (whose `role_arn`, if the section has
    /// one, is assumed), the role of the cloud server ([`CvmRole`](crate::CvmRole)), the identity of the pod
    /// ([`WebIdentity`](crate::WebIdentity)). The first two are read when the client is built; the others are asked by
    /// the first call, whose error then says what every place answered. A place that is there but broken ends the
    /// search, so that no other account is used by mistake.
    pub fn credential(mut self, source: impl Into<CredentialSource>) -> Self {
        self.credential = Some(source.into());
        self
    }

    /// Sets the section of the credentials file that is used when the file is searched; `default` by default. With it
    /// the search ends at the file.
    pub fn profile(mut self, profile: impl Into<String>) -> Self {
        self.profile = Some(profile.into());
        self
    }

    /// Sets the product that is called, `sms` by default: its label in signatures, such as `cvm`, and with it the endpoint
    /// `cvm.tencentcloudapi.com` where none is set. The label never follows from the endpoint.
    ///
    /// The actions of other products than SMS are called by name, with [`Client::call`].
    pub fn service(mut self, label: impl Into<String>) -> Self {
        self.service = Some(label.into());
        self
    }

    /// Sets the region, such as `ap-guangzhou`, which every action of 2021-01-11 requires. It does not change the
    /// endpoint. By default the one of `TENCENTCLOUD_REGION`, or none.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// Sets the endpoint: `host`, `host:port`, or a URL. By default `sms.tencentcloudapi.com`.
    ///
    /// A path, as in `host/path`, goes into the request line. Signatures are made over the host and over `/`, whatever the
    /// path is: something on the way has to take it off.
    ///
    /// `http://` is accepted for loopback addresses; for others see [`allow_plain_http`](Self::allow_plain_http).
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// Adds an endpoint, in the form of [`endpoint`](Self::endpoint), to go to when those before it fail: the service in
    /// another region, `sms.ap-beijing.tencentcloudapi.com` say, or an own gateway. May be called several times; the order
    /// counts, and the main endpoint is always the first.
    ///
    /// What was not sent goes to the next endpoint at once, without a pause; what may have been sent goes there only
    /// where the [`RetryPolicy`] allows to repeat it; what a rate limit refused stays where it was. Each is an attempt like
    /// others, signed for the endpoint it goes to. An endpoint that keeps failing is left out for a while, see
    /// [`breaker`](Self::breaker). The proxy is found for each endpoint by itself;
    /// [`connect_to`](Self::connect_to) replaces the address of all of them.
    pub fn backup_endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.backup_endpoints.push(endpoint.into());
        self
    }

    /// Sets when an endpoint is left out, while there are [backups](Self::backup_endpoint): after so many `failures`
    /// within `window` with no success between them, for the time of `pause`; 5 within 60 s, for 60 s, by default (our
    /// choice).
    ///
    /// After the pause one attempt looks whether it is back, while all others still go elsewhere: with success the
    /// endpoint is used as before, with a failure it is left out for another pause. A failure is an attempt without an
    /// answer of the API, or with `InternalError…` or `ServiceUnavailable`; other refusals, rate limits included, show
    /// that the endpoint works. When all endpoints are left out, the main one is tried all the same. All clones of a
    /// client share what they found out.
    pub fn breaker(mut self, failures: u32, window: Duration, pause: Duration) -> Self {
        self.breaker = Limits { failures, window, pause };
        self
    }

    /// Sends requests to this API gateway or reverse proxy, in the forms of [`endpoint`](Self::endpoint). The connection,
    /// the certificate, the header `Host` and the path are the gateway's; the signature stays that of the endpoint's host,
    /// which the gateway has to put back when it passes a request on.
    ///
    /// An endpoint with a path is refused beside it, because the path belongs to the gateway; and so are
    /// [backup endpoints](Self::backup_endpoint), which would go past it.
    pub fn api_gateway(mut self, endpoint: impl Into<String>) -> Self {
        self.api_gateway = Some(endpoint.into());
        self
    }

    /// Sets the domain below which the endpoint `sms.…` lies, `tencentcloudapi.com` by default. Without effect beside
    /// [`endpoint`](Self::endpoint).
    pub fn root_domain(mut self, domain: impl Into<String>) -> Self {
        self.root_domain = Some(domain.into());
        self
    }

    /// Opens every connection to this address, `http://127.0.0.1:9180` say, whatever the endpoint is. Host name,
    /// signature and, with `https://`, the name on the certificate stay those of the endpoint.
    pub fn connect_to(mut self, address: impl Into<String>) -> Self {
        self.connect_to = Some(address.into());
        self
    }

    /// Accepts plain `http://` for addresses other than this machine's own. Requests and answers can then be read and
    /// changed on the way; meant for the containers of a test network. A warning is logged once.
    pub fn allow_plain_http(mut self, allow: bool) -> Self {
        self.allow_plain_http = Some(allow);
        self
    }

    /// Trusts the certificates of this PEM file besides those of the system.
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.tls.ca_file = Some(path.into());
        self
    }

    /// Trusts these certificates, as PEM text, besides those of the system and of [`ca_file`](Self::ca_file).
    pub fn ca_pem(mut self, certificates: impl Into<Vec<u8>>) -> Self {
        self.tls.ca_pem = Some(certificates.into());
        self
    }

    /// Shows this certificate, with its private key, to servers and proxies that ask for one. Both are PEM files, read
    /// when the client is built: the certificate with the intermediate ones behind it, the key not encrypted (PKCS #8,
    /// PKCS #1 or SEC 1).
    pub fn client_certificate_files(
        mut self,
        certificate: impl Into<PathBuf>,
        key: impl Into<PathBuf>,
    ) -> Self {
        self.tls.identity = Some(Identity::Files { certificate: certificate.into(), key: key.into() });
        self
    }

    /// As [`client_certificate_files`](Self::client_certificate_files), with the PEM texts themselves. The key is wiped
    /// from the builder's memory when that is dropped.
    pub fn client_certificate_pem(
        mut self,
        certificate: impl Into<Vec<u8>>,
        key: impl Into<Vec<u8>>,
    ) -> Self {
        let key = Zeroizing::new(key.into());
        self.tls.identity = Some(Identity::Pem { certificate: certificate.into(), key });
        self
    }

    /// Sets the oldest version of TLS that is spoken, [`TlsVersion::V1_2`] by default.
    pub fn min_tls_version(mut self, version: TlsVersion) -> Self {
        self.tls.oldest = Some(version);
        self
    }

    /// **Danger.** Takes any certificate, whoever issued it, for whatever name, expired or not: whoever is on the way
    /// can then pass for the service, read every message and answer in its place. For a test bench that has no other
    /// way; [`ca_file`](Self::ca_file) nearly always is one. It counts for proxies and for STS too. A warning is logged
    /// when the client is built, and another at its first connection.
    pub fn danger_accept_invalid_certificates(mut self, accept: bool) -> Self {
        self.tls.accept_invalid = accept;
        self
    }

    /// Goes through this proxy, whatever the environment says, for every address, this machine's own included:
    /// `[scheme://][user[:password]@]host[:port]`.
    ///
    /// The scheme is `http` (the default; port 80), `https` for a proxy that speaks TLS itself (443), or `socks5` (1080;
    /// the proxy looks up the host name). In user and password `%` starts an escape such as `%40` for `@`. A proxy sees
    /// requests to `http://` endpoints; with `https://` it only carries what was encrypted before.
    ///
    /// The variable `no_proxy`, which only concerns the proxies of the environment, lists, with commas: `a.example` (the
    /// name and all below it), `.a.example` (only what is below), addresses, networks such as `10.0.0.0/8` or
    /// `fd00::/8`, each but a network also with `:port`; or `*` for every host. Names are not looked up.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Choice::Url(Zeroizing::new(url.into()));
        self
    }

    /// Uses no proxy, whatever the environment says.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = Choice::Off;
        self
    }

    /// Sets the language of the service's messages. By default none is asked for.
    pub fn language(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }

    /// Sets how requests are signed.
    pub fn sign_method(mut self, method: SignMethod) -> Self {
        self.sign_method = method;
        self
    }

    /// Sets the HTTP method.
    pub fn http_method(mut self, method: HttpMethod) -> Self {
        self.http_method = method;
        self
    }

    /// Does not sign what the body holds, only that it is not signed: for large bodies whose hash costs too much. Whoever
    /// can change a request on its way can then change its parameters. Part of TC3-HMAC-SHA256 only, as
    /// `X-TC-Content-SHA256: UNSIGNED-PAYLOAD`; the older ways to sign are refused beside it.
    pub fn unsigned_payload(mut self, unsigned: bool) -> Self {
        self.unsigned_payload = unsigned;
        self
    }

    /// Adds a name to the one by which the client tells the service what it is: `SDK_TCSMS_RUST_…; name`. At most 128
    /// characters of `0-9 A-Z a-z - _ , ; .`, as documented.
    pub fn request_client(mut self, name: impl Into<String>) -> Self {
        self.request_client = Some(name.into());
        self
    }

    /// Replaces the name of this SDK by that of the one which stands on it.
    #[cfg(feature = "bridge")]
    pub(crate) fn sdk_name(mut self, name: String) -> Self {
        self.sdk_name = Some(name);
        self
    }

    /// Adds a header to every request; of several with the same name the last counts, and
    /// [`with_header`](crate::Call::with_header) replaces it for one call. It is not part of the signature.
    ///
    /// What the protocol or the signature sets (`Host`, `Content-Type`, `Authorization`, `X-TC-Action` and so on) is
    /// refused, with the setting to use in its place.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        headers::set(&mut self.headers, name.into(), value.into());
        self
    }

    /// Sets how long opening a connection may take (look-up, TCP, proxy and TLS together), 10 s by default.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = Some(limit);
        self
    }

    /// Sets how long one attempt may take, from opening a connection to the answer's last byte; 60 s by default.
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.attempt_timeout = Some(limit);
        self
    }

    /// Sets how long a call may take with all its attempts and the pauses between them; 120 s by default.
    pub fn total_timeout(mut self, limit: Duration) -> Self {
        self.total_timeout = Some(limit);
        self
    }

    /// Sets which failed calls are tried again; [`RetryPolicy::safe`] by default.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets how many repeats all calls of this client and its clones together may make while nothing succeeds, 100 by
    /// default (our choice); 0 sets no limit.
    ///
    /// When the service is in trouble, repeats multiply its load, and a fleet of clients keeps it down. So every repeat
    /// takes one from the budget; a repeat that succeeds gives it back, and ten calls that succeed at once give back one.
    /// With none left, calls make their first attempt only, and their errors say so. A move of what was not sent to a
    /// [backup endpoint](Self::backup_endpoint) costs nothing.
    pub fn retry_budget(mut self, repeats: u32) -> Self {
        self.retry_budget = Some(repeats);
        self
    }

    /// Sets how many attempts may start in a second, of all actions together that have no rate of their own; by default
    /// any number. All clones of the client share the rate, and the repeats of a call count too.
    ///
    /// Attempts are spaced evenly, 10 ms apart for 100 a second: there is no burst, not even after a rest. One that
    /// comes too early waits for its turn within the call's total time limit; when its turn would come later than
    /// that, the call fails at once with [`ErrorKind::Timeout`], and nothing is sent. The timers used here are exact to
    /// about a millisecond.
    pub fn call_rate(mut self, per_second: u32) -> Self {
        self.rates.push((None, per_second));
        self
    }

    /// As [`call_rate`](Self::call_rate), for the attempts of one action, `SendSms` say, of either version; they no
    /// longer count for the common rate.
    pub fn action_rate(mut self, action: impl Into<String>, per_second: u32) -> Self {
        self.rates.push((Some(action.into()), per_second));
        self
    }

    /// Sets how large an answer may be, in bytes; 16 MiB by default. A larger one is an
    /// [`ErrorKind::InvalidAnswer`] and is not read further.
    pub fn max_answer_bytes(mut self, limit: usize) -> Self {
        self.max_answer_bytes = Some(limit);
        self
    }

    /// Adds code of one's own that sees every attempt of every call, see [`Interceptor`]. May be set any number of times;
    /// their hooks are called in the order in which they were added.
    pub fn interceptor(mut self, interceptor: impl Interceptor + 'static) -> Self {
        self.interceptors.add(interceptor);
        self
    }

    /// Asks for compressed answers (gzip, deflate); off by default. An answer that comes compressed is read either way,
    /// and the limit of [`max_answer_bytes`](Self::max_answer_bytes) counts its decoded bytes as well.
    pub fn compression(mut self, ask: bool) -> Self {
        self.compression = ask;
        self
    }

    /// Sets how many connections there are at most, those that wait for their next call included; by default as many
    /// as there are calls at a time. A call that finds none free queues, in the order of arrival, for at most its total
    /// time; then it fails with [`ErrorKind::Timeout`], not sent. It keeps its connection during the pauses between its
    /// attempts. What fetches credentials does not count.
    pub fn max_connections(mut self, most: usize) -> Self {
        self.max_connections = Some(most);
        self
    }

    /// Sets how long a connection may wait for its next call; 30 s by default, because the service closes what was idle
    /// for about 60 s (observed). Zero: each call opens its own.
    pub fn idle_timeout(mut self, longest: Duration) -> Self {
        self.idle_timeout = Some(longest);
        self
    }

    /// Has this carry the requests in place of the client's own connections: an HTTP client of the program, or a fake in
    /// tests. Requests to STS go through it as well; those to the metadata service of cloud servers do not.
    ///
    /// What is about connections (proxy, certificates, compression, [`connect_timeout`](Self::connect_timeout),
    /// [`idle_timeout`](Self::idle_timeout), [`max_connections`](Self::max_connections)) is the transport's own affair:
    /// beside it those settings are an [`ErrorKind::Config`], and the variables for proxies and certificates do not
    /// count.
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Makes the async client.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`] for a credential that is there but cannot be used, or when there is no place left that
    /// the first call could ask for one; [`ErrorKind::Config`] naming the setting that cannot be
    /// used. Nothing is sent.
    pub fn build(self) -> Result<Client, Error> {
        Ok(Client::new(Arc::new(self.core(&Environment::of_process())?)))
    }

    /// Makes the blocking client.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build).
    pub fn build_blocking(self) -> Result<blocking::Client, Error> {
        Ok(blocking::Client::new(Arc::new(self.core(&Environment::of_process())?)))
    }

    /// What the client's own connections would need has no meaning beside another transport.
    fn check_beside_transport(&self) -> Result<(), Error> {
        let set = [
            (!matches!(self.proxy, Choice::Environment), "proxy"),
            (self.connect_timeout.is_some(), "connect_timeout"),
            (self.idle_timeout.is_some(), "idle_timeout"),
            (self.max_connections.is_some(), "max_connections"),
            (self.compression, "compression"),
        ];
        let set = set.into_iter().find_map(|(set, name)| set.then_some(name));
        match self.tls.any_set().or(set) {
            None => Ok(()),
            Some(name) => Err(Error::local(
                ErrorKind::Config,
                format!(
                    "{name} is set beside a transport of one's own, which has to see to that itself: leave one of the two out"
                ),
            )),
        }
    }

    pub(crate) fn core(mut self, environment: &Environment) -> Result<Core, Error> {
        let variable = |name| environment.get(name).filter(|value| !value.is_empty());

        if self.transport.is_some() {
            self.check_beside_transport()?;
            self.proxy = Choice::Off;
        }

        let root_domain = self.root_domain.as_deref().unwrap_or(DEFAULT_ROOT_DOMAIN);
        let service = self.service.map_or(Cow::Borrowed(DEFAULT_SERVICE), Cow::Owned);
        check_service(&service)?;
        let mut endpoint =
            Endpoint::parse(&self.endpoint.unwrap_or_else(|| format!("{service}.{root_domain}")))?;
        let signed_host = endpoint.authority.clone();
        if let Some(gateway) = &self.api_gateway {
            if endpoint.path != "/" {
                let path = &endpoint.path;
                return Err(config(format!(
                    "the path {path} of the endpoint belongs to the API gateway in front of it"
                )));
            }
            if !self.backup_endpoints.is_empty() {
                return Err(config(
                    "backup endpoints would go past the API gateway: give one or the other".to_owned(),
                ));
            }
            endpoint = Endpoint::of("API gateway", gateway)?;
        }
        if self.unsigned_payload && self.sign_method != SignMethod::Tc3HmacSha256 {
            return Err(config("the unsigned payload is a part of TC3-HMAC-SHA256 only".to_owned()));
        }
        let headers = self.headers.iter().map(|(name, value)| headers::checked(name, value));
        let headers = headers.collect::<Result<Vec<_>, _>>().map_err(config)?;
        let replacement = self.connect_to.or_else(|| variable(CONNECT_TO));
        let replacement = replacement.map(|text| Address::parse(&text)).transpose()?;
        if self.max_connections == Some(0) {
            let message = "max_connections is 0, with which no call could be made: leave it out for no limit";
            return Err(Error::local(ErrorKind::Config, message));
        }
        let plain =
            self.allow_plain_http.unwrap_or_else(|| variable(CONNECT_TO_PLAIN).as_deref() == Some("1"));
        let route_to = |number: usize, endpoint: Endpoint| {
            let address = replacement.as_ref().unwrap_or(&endpoint.address).clone();
            let proxy = self.proxy.resolve(environment, &address, replacement.is_some())?;
            check_plain(&address, proxy.as_ref(), plain)?;
            Route::of(number, endpoint, address, proxy)
        };
        let primary = route_to(0, endpoint)?.signing_for(signed_host);
        let backups = backups(&primary.endpoint, &self.backup_endpoints)?;
        let backups = (1..).zip(backups).map(|(number, endpoint)| route_to(number, endpoint));
        let routes = Routes::of(primary, backups.collect::<Result<_, _>>()?, checked(self.breaker)?);

        let tls = match &self.transport {
            None => Tls::new(self.tls, environment)?,
            Some(_) => Tls::default(),
        };
        let tls = Arc::new(tls);
        let region = self.region.or_else(|| variable(REGION));
        let connect_timeout = self.connect_timeout.unwrap_or(Duration::from_secs(10));
        let attempt_timeout = self.attempt_timeout.unwrap_or(Duration::from_secs(60));
        let max_answer_bytes = self.max_answer_bytes.unwrap_or(16 << 20);
        let idle_timeout = self.idle_timeout.unwrap_or(Duration::from_secs(30));
        let site = Site {
            environment,
            root_domain,
            region: region.clone(),
            connect_timeout,
            proxy: &self.proxy,
            plain,
            tls: Arc::clone(&tls),
            attempt_timeout,
            max_answer_bytes,
            compression: self.compression,
            idle_timeout,
            own_transport: self.transport.clone(),
        };
        let settings = Settings {
            credentials: match self.credential {
                Some(source) => source.resolve(&site)?,
                None => chain::of_default(&site, self.profile.as_deref())?,
            },
            service,
            region,
            language: self.language,
            sign_method: self.sign_method,
            http_method: self.http_method,
            unsigned_payload: self.unsigned_payload,
            request_client: request_client(self.sdk_name, self.request_client)?,
            headers,
            connect_timeout,
            attempt_timeout,
            total_timeout: self.total_timeout.unwrap_or(Duration::from_secs(120)),
            retry: self.retry,
            max_answer_bytes,
            interceptors: self.interceptors,
            compression: self.compression,
            idle_timeout,
        };
        #[cfg(feature = "metrics")]
        crate::meters::describe();
        let repeats = self.retry_budget.unwrap_or(DEFAULT_RETRY_BUDGET);
        Ok(Core {
            settings,
            routes,
            budget: (repeats > 0).then(|| Budget::of(repeats)),
            paces: Paces::of(self.rates)?,
            tls,
            limit: self.max_connections.map(Limit::new),
            own_transport: self.transport,
        })
    }
}

/// The backup endpoints, none of them twice.
fn backups(primary: &Endpoint, texts: &[String]) -> Result<Vec<Endpoint>, Error> {
    let mut endpoints = vec![];
    for text in texts {
        let endpoint = Endpoint::parse(text)?;
        if endpoint == *primary || endpoints.contains(&endpoint) {
            let message = format!("the backup endpoint `{text}` cannot be used: it is an endpoint already");
            return Err(Error::local(ErrorKind::Config, message));
        }
        endpoints.push(endpoint);
    }
    Ok(endpoints)
}

fn checked(limits: Limits) -> Result<Limits, Error> {
    let Limits { failures, window, pause } = limits;
    if failures == 0 || window.is_zero() || pause.is_zero() {
        let message = format!(
            "the breaker of {failures} failures within {window:?} and a pause of {pause:?} cannot be used: none may be 0"
        );
        return Err(Error::local(ErrorKind::Config, message));
    }
    Ok(limits)
}

fn config(message: String) -> Error {
    Error::local(ErrorKind::Config, message)
}

/// The label stands in host names and between the slashes of the credential scope.
fn check_service(label: &str) -> Result<(), Error> {
    let is_part =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    if !label.is_empty() && label.bytes().all(is_part) {
        return Ok(());
    }
    Err(config(format!("the service {label:?} cannot be used: it is a label such as cvm, in small letters")))
}

fn request_client(sdk: Option<String>, name: Option<String>) -> Result<Cow<'static, str>, Error> {
    let sdk = sdk.map_or(Cow::Borrowed(REQUEST_CLIENT), Cow::Owned);
    let Some(name) = name else { return Ok(sdk) };
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-_,;.".contains(&byte);
    if name.is_empty() || name.len() > 128 || !name.bytes().all(is_part) {
        return Err(config(format!(
            "the request client {name:?} cannot be used: it has 1 to 128 letters, digits and characters of -_,;."
        )));
    }
    Ok(Cow::Owned(format!("{sdk}; {name}")))
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("credential", &self.credential)
            .field("region", &self.region)
            .field("service", &self.service)
            .field("endpoint", &self.endpoint)
            .field("api_gateway", &self.api_gateway)
            .field("connect_to", &self.connect_to)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
