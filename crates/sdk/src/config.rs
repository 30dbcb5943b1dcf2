//! What every call of a client shares.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue};

use crate::budget::Budget;
use crate::endpoint::Address;
use crate::environment::Environment;
use crate::error::{Error, ErrorKind};
use crate::failover::Routes;
use crate::interceptor::Interceptors;
use crate::own_transport::Transport;
use crate::pace::Paces;
use crate::provider::Credentials;
use crate::proxy::{Choice, Proxy};
use crate::request::REQUEST_CLIENT;
use crate::retry::RetryPolicy;
use crate::route::Route;
use crate::transport::Limit;
use crate::transport::tls::Tls;

/// The variable that allows plain http to other machines.
pub(crate) const CONNECT_TO_PLAIN: &str = "TCSMS_CONNECT_TO_PLAIN";

/// How requests are signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignMethod {
    /// `TC3-HMAC-SHA256`, the current form. POST requests carry JSON; up to 10 MB.
    #[default]
    Tc3HmacSha256,
    /// `HmacSHA256`, the older form: everything travels as form parameters; up to 1 MB.
    HmacSha256,
    /// `HmacSHA1`, the oldest form; as [`HmacSha256`](Self::HmacSha256) with a weaker hash.
    HmacSha1,
}

/// The HTTP method of requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HttpMethod {
    /// Parameters in the body.
    #[default]
    Post,
    /// Parameters in the query string. The service takes at most 32 KB, and an empty list cannot be told from an
    /// absent one.
    Get,
}

/// The language of the service's error messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Language {
    /// Chinese, the service's own default.
    ZhCn,
    /// English.
    EnUs,
}

impl Language {
    /// The name on the wire: `zh-CN` or `en-US`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::EnUs => "en-US",
        }
    }
}

/// A version of TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TlsVersion {
    /// TLS 1.2.
    #[default]
    V1_2,
    /// TLS 1.3.
    V1_3,
}

/// What every call of a client shares, fixed when the client is built.
pub(crate) struct Settings {
    pub(crate) credentials: Credentials,
    /// The service's label in signatures.
    pub(crate) service: Cow<'static, str>,
    pub(crate) region: Option<String>,
    pub(crate) language: Option<Language>,
    pub(crate) sign_method: SignMethod,
    pub(crate) http_method: HttpMethod,
    /// Whether the word for it is signed in place of the body.
    pub(crate) unsigned_payload: bool,
    /// How the client names itself to the service.
    pub(crate) request_client: Cow<'static, str>,
    /// What the caller adds to every request; none that the protocol sets.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) connect_timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) total_timeout: Duration,
    pub(crate) retry: RetryPolicy,
    pub(crate) max_answer_bytes: usize,
    pub(crate) interceptors: Interceptors,
    /// Whether compressed answers are asked for.
    pub(crate) compression: bool,
    /// How long a connection may wait for its next call.
    pub(crate) idle_timeout: Duration,
}

/// A client's settings with what was computed from them once.
pub(crate) struct Core {
    pub(crate) settings: Settings,
    pub(crate) routes: Routes,
    /// For the repeats of all calls; `None` when they are not limited.
    pub(crate) budget: Option<Budget>,
    /// The rates to keep; `None` when there are none.
    pub(crate) paces: Option<Paces>,
    pub(crate) tls: Arc<Tls>,
    /// How many connections there may be.
    pub(crate) limit: Option<Limit>,
    /// What carries the requests in place of connections.
    pub(crate) own_transport: Option<Arc<dyn Transport>>,
}

/// What a client shares with the services that it gets its credentials from.
pub(crate) struct Site<'a> {
    pub(crate) environment: &'a Environment,
    pub(crate) root_domain: &'a str,
    pub(crate) region: Option<String>,
    pub(crate) connect_timeout: Duration,
    pub(crate) proxy: &'a Choice,
    pub(crate) plain: bool,
    pub(crate) tls: Arc<Tls>,
    pub(crate) attempt_timeout: Duration,
    pub(crate) max_answer_bytes: usize,
    pub(crate) compression: bool,
    pub(crate) idle_timeout: Duration,
    pub(crate) own_transport: Option<Arc<dyn Transport>>,
}

impl Site<'_> {
    /// The value of an environment variable that is set to something.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        self.environment.get(name).filter(|value| !value.is_empty())
    }

    /// The proxy for connections to `address`, after the check that they are encrypted or stay on this machine.
    pub(crate) fn proxy_for(&self, address: &Address, replaced: bool) -> Result<Option<Proxy>, Error> {
        let proxy = self.proxy.resolve(self.environment, address, replaced)?;
        check_plain(address, proxy.as_ref(), self.plain)?;
        Ok(proxy)
    }

    /// The settings of requests to one of these services, to be completed.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            credentials: Credentials::Nobody,
            service: Cow::Borrowed(""),
            region: None,
            language: None,
            sign_method: SignMethod::Tc3HmacSha256,
            http_method: HttpMethod::Post,
            unsigned_payload: false,
            request_client: Cow::Borrowed(REQUEST_CLIENT),
            headers: Vec::new(),
            connect_timeout: self.connect_timeout,
            attempt_timeout: self.attempt_timeout,
            total_timeout: self.attempt_timeout,
            retry: RetryPolicy::safe(),
            max_answer_bytes: self.max_answer_bytes,
            // They are told of the client's own calls only: what is asked here is answered with secrets.
            interceptors: Interceptors::default(),
            compression: self.compression,
            idle_timeout: self.idle_timeout,
        }
    }

    pub(crate) fn core(&self, settings: Settings, route: Route) -> Core {
        Core {
            settings,
            routes: Routes::single(route),
            budget: None,
            paces: None,
            tls: Arc::clone(&self.tls),
            limit: None,
            own_transport: self.own_transport.clone(),
        }
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("credential", &self.settings.credentials)
            .field("region", &self.settings.region)
            .field("routes", &self.routes)
            .finish_non_exhaustive()
    }
}

/// Plain http stays on this machine unless the caller says otherwise.
pub(crate) fn check_plain(address: &Address, proxy: Option<&Proxy>, allowed: bool) -> Result<(), Error> {
    let stays = address.is_loopback() && proxy.is_none_or(|proxy| proxy.address.is_loopback());
    if address.tls || stays {
        return Ok(());
    }
    if !allowed {
        let message = format!(
            "plain http to {address} is refused, because it can be read on the way: use https://, or set {CONNECT_TO_PLAIN}=1 in a test network"
        );
        return Err(Error::local(ErrorKind::Config, message));
    }
    static WARNING: std::sync::Once = std::sync::Once::new();
    WARNING.call_once(
        || tracing::warn!(%address, "requests travel unencrypted, because {CONNECT_TO_PLAIN} allows it"),
    );
    Ok(())
}
