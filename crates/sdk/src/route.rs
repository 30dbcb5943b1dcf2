//! A way to the service: the host that a request names, the address that its socket goes to, and the proxy between.

use std::fmt;

use http::HeaderValue;

use crate::endpoint::{Address, Endpoint};
use crate::error::{Error, ErrorKind};
use crate::proxy::{Protocol, Proxy};

pub(crate) struct Route {
    /// Its place among the client's routes; connections are kept apart by it.
    pub(crate) number: usize,
    pub(crate) endpoint: Endpoint,
    /// The host that signatures name: the endpoint's own, unless that is a gateway in front of the service.
    pub(crate) signed_host: String,
    /// Where the sockets go: the endpoint's own address, or the one that replaces it.
    pub(crate) address: Address,
    pub(crate) proxy: Option<Proxy>,
    /// The value of the header `Host`.
    pub(crate) host: HeaderValue,
    /// What stands before the path: nothing, or the whole address for a proxy that passes requests on.
    pub(crate) origin: String,
    /// For the proxy that passes requests on.
    pub(crate) proxy_authorization: Option<HeaderValue>,
}

impl Route {
    pub(crate) fn of(
        number: usize,
        endpoint: Endpoint,
        address: Address,
        proxy: Option<Proxy>,
    ) -> Result<Self, Error> {
        let value = |what: &str, text: &str| {
            HeaderValue::from_str(text).map_err(|_| {
                Error::local(
                    ErrorKind::Config,
                    format!("the {what} holds a character that no header may have"),
                )
            })
        };
        let host = value("endpoint", &endpoint.authority)?;
        let signed_host = endpoint.authority.clone();
        let mut route = Self {
            number,
            endpoint,
            signed_host,
            address,
            proxy,
            host,
            origin: String::new(),
            proxy_authorization: None,
        };
        if let Some(forwarder) = route.forwarder() {
            let login = forwarder.login.as_ref().map(|login| value("password of the proxy", &login.basic()));
            let mut authorization = login.transpose()?;
            if let Some(authorization) = &mut authorization {
                authorization.set_sensitive(true);
            }
            route.origin = format!("http://{}", route.endpoint.authority);
            route.proxy_authorization = authorization;
        }
        Ok(route)
    }

    /// The same way to a gateway that passes on to `host` what was signed for that.
    pub(crate) fn signing_for(self, host: String) -> Self {
        Self { signed_host: host, ..self }
    }

    /// The HTTP proxy that gets the requests themselves, to pass them on. Any other proxy only opens the way to the
    /// address: for TLS, by its protocol, or because a request that it passes on would name the address as its host and
    /// not the endpoint that was signed.
    pub(crate) fn forwarder(&self) -> Option<&Proxy> {
        self.proxy.as_ref().filter(|proxy| {
            proxy.protocol == Protocol::Http && !self.address.tls && self.address == self.endpoint.address
        })
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Route")
            .field("endpoint", &self.endpoint.authority)
            .field("address", &self.address)
            .field("proxy", &self.proxy.as_ref().map(|proxy| &proxy.address))
            .finish_non_exhaustive()
    }
}
