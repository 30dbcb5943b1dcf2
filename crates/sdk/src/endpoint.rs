//! Where requests go: the endpoint they name, and the address that the socket is opened to.

use std::net::IpAddr;

use http::uri::PathAndQuery;

use crate::error::{Error, ErrorKind};

/// What a request names as its destination; its host is part of the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// The value of the `Host` header: the name, and the port when one was given.
    pub(crate) authority: String,
    /// The name that TLS checks the certificate for; an IPv6 address without its brackets.
    pub(crate) host: String,
    pub(crate) address: Address,
    /// What the request line asks for: `/`, or the path that was given. Signatures are made over `/` whatever it is.
    pub(crate) path: String,
}

/// Where the socket goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) tls: bool,
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Endpoint {
    /// Reads `host`, `host:port`, `http://…` or `https://…`, each with a path or without; without a scheme it is https.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        Self::of("endpoint", text)
    }

    /// Reads an endpoint that errors call `what`.
    pub(crate) fn of(what: &str, text: &str) -> Result<Self, Error> {
        let parts = Parts::of(text).map_err(|fault| config(what, text, fault))?;
        let path = if parts.path.is_empty() { "/" } else { parts.path };
        let is_plain = path.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_plain || PathAndQuery::try_from(path).is_err() {
            return Err(config(what, text, "its path holds a character that needs escaping, as in %20"));
        }
        let bracketed =
            if parts.host.contains(':') { format!("[{}]", parts.host) } else { parts.host.to_owned() };
        let authority = match parts.port {
            Some(port) => format!("{bracketed}:{port}"),
            None => bracketed,
        };
        Ok(Self { authority, host: parts.host.to_owned(), address: parts.address(), path: path.to_owned() })
    }
}

impl Address {
    /// Reads the address that `TCSMS_CONNECT_TO` gives. The scheme is required: it decides whether TLS is spoken.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let fault = |what| config("address to connect to", text, what);
        if !text.contains("://") {
            return Err(fault("it needs http:// or https:// in front"));
        }
        let parts = Parts::of(text).map_err(fault)?;
        if !matches!(parts.path, "" | "/") {
            return Err(fault("it must be a host without a path"));
        }
        Ok(parts.address())
    }

    /// Whether the address is this machine's own, as far as its text says.
    pub(crate) fn is_loopback(&self) -> bool {
        match self.host.parse::<IpAddr>() {
            Ok(ip) => ip.is_loopback(),
            Err(_) => {
                let name = self.host.to_ascii_lowercase();
                name == "localhost" || name.ends_with(".localhost")
            }
        }
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

struct Parts<'a> {
    tls: bool,
    host: &'a str,
    port: Option<u16>,
    /// With its `/`; empty when there is none.
    path: &'a str,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Result<Self, &'static str> {
        let (tls, rest) = match text.split_once("://") {
            None => (true, text),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (true, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (false, rest),
            Some(_) => return Err("the scheme must be http or https"),
        };
        if rest.contains(['?', '#']) {
            return Err("it must not hold a query or a fragment");
        }
        // Anywhere: a password may have a slash in it, which would make its rest a path.
        if rest.contains('@') {
            return Err("it must not hold a user name, and in a path @ is written %40");
        }
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = host_and_port(authority)?;
        Ok(Self { tls, host, port, path })
    }

    fn address(&self) -> Address {
        let port = self.port.unwrap_or(if self.tls { 443 } else { 80 });
        Address { tls: self.tls, host: self.host.to_owned(), port }
    }
}

/// Reads `host`, `host:port`, `[IPv6]` or `[IPv6]:port`.
pub(crate) fn host_and_port(text: &str) -> Result<(&str, Option<u16>), &'static str> {
    let (host, port) = if let Some(inner) = text.strip_prefix('[') {
        let (host, after) = inner.split_once(']').ok_or("the [ has no ]")?;
        let port = match after.strip_prefix(':') {
            Some(port) => Some(port),
            None if after.is_empty() => None,
            None => return Err("after the ] only a port may follow"),
        };
        host.parse::<std::net::Ipv6Addr>().map_err(|_| "between [ and ] must be an IPv6 address")?;
        (host, port)
    } else {
        match text.split_once(':') {
            Some((_, port)) if port.contains(':') => return Err("an IPv6 address needs [ and ]"),
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        }
    };
    let port = match port {
        Some(port) => Some(decimal::<u16>(port).filter(|port| *port != 0).ok_or("the port is no number")?),
        None => None,
    };
    if host.is_empty() {
        return Err("the host is empty");
    }
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte);
    if !host.bytes().all(is_name) {
        return Err("the host holds a character that no host name has");
    }
    Ok((host, port))
}

/// A number of digits alone; the library's own reading also takes a `+` in front.
pub(crate) fn decimal<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Shows the text without what may be a password in front of an `@`.
fn config(what: &str, text: &str, fault: &str) -> Error {
    let shown = match text.rsplit_once('@') {
        Some((_, place)) => format!("…@{place}"),
        None => text.to_owned(),
    };
    Error::local(ErrorKind::Config, format!("the {what} `{shown}` cannot be used: {fault}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_header_keeps_the_form_that_was_given() {
        for (text, authority, host, tls, port) in [
            ("sms.tencentcloudapi.com", "sms.tencentcloudapi.com", "sms.tencentcloudapi.com", true, 443),
            ("https://a.example/", "a.example", "a.example", true, 443),
            ("http://127.0.0.1:9180", "127.0.0.1:9180", "127.0.0.1", false, 9180),
            ("HTTP://localhost", "localhost", "localhost", false, 80),
            ("[::1]:8080", "[::1]:8080", "::1", true, 8080),
            ("http://[::1]", "[::1]", "::1", false, 80),
        ] {
            let endpoint = Endpoint::parse(text).unwrap();
            assert_eq!(endpoint.authority, authority);
            assert_eq!(endpoint.host, host);
            assert_eq!(endpoint.address, Address { tls, host: host.to_owned(), port });
            assert_eq!(endpoint.path, "/");
        }
    }

    #[test]
    fn a_path_goes_to_the_request_line_and_not_to_the_host() {
        for (text, authority, path) in [
            ("a.example/release", "a.example", "/release"),
            ("https://a.example:8443/release/sms/", "a.example:8443", "/release/sms/"),
            ("http://[::1]:1/%E4%B8%AD", "[::1]:1", "/%E4%B8%AD"),
        ] {
            let endpoint = Endpoint::parse(text).unwrap();
            assert_eq!((endpoint.authority.as_str(), endpoint.path.as_str()), (authority, path));
        }
        for text in ["a/b c", "a/b\r\nc", "a/中", "a/<b>"] {
            let error = Endpoint::of("API gateway", text).unwrap_err();
            assert!(error.message().starts_with("the API gateway `a/"), "{error}");
            assert!(error.message().contains("escaping"), "{error}");
        }
        let error = Address::parse("http://127.0.0.1:1/x").unwrap_err();
        assert!(error.message().contains("without a path"), "{error}");
    }

    #[test]
    fn what_is_no_endpoint_is_refused_with_its_reason() {
        for (text, reason) in [
            ("", "empty"),
            ("http://", "empty"),
            ("ftp://a", "scheme"),
            ("/b", "empty"),
            ("a?b", "query"),
            ("a/b#c", "fragment"),
            ("user@a/b", "user name"),
            ("user:1/word@a", "user name"),
            ("user@a", "user name"),
            ("a:b", "port"),
            ("a:0", "port"),
            ("a:70000", "port"),
            ("a:+80", "port"),
            ("::1", "[ and ]"),
            ("[::1", "no ]"),
            ("[::1]x", "only a port"),
            ("[abc]", "IPv6"),
            ("a b", "character"),
            ("a\r\nb", "character"),
        ] {
            let error = Endpoint::parse(text).unwrap_err();
            assert!(error.message().contains(reason), "{text}: {error}");
            assert_eq!(error.kind(), ErrorKind::Config);
        }
        for error in [Endpoint::parse("https://u:SECRET@h").err(), Address::parse("http://u:SE@CRET@h").err()]
        {
            let error = error.unwrap();
            assert!(error.message().contains("…@h") && error.message().contains("user name"), "{error}");
            assert!(!error.message().contains("SE"), "{error}");
        }
        assert!(Address::parse("127.0.0.1:9180").unwrap_err().message().contains("http://"));
    }

    #[test]
    fn loopback_is_recognised_by_address_and_by_name() {
        for (text, own) in [
            ("http://127.0.0.1", true),
            ("http://127.9.9.9:1", true),
            ("http://[::1]:1", true),
            ("http://localhost:1", true),
            ("http://sms.localhost", true),
            ("http://10.0.0.1", false),
            ("http://localhost.example", false),
        ] {
            assert_eq!(Address::parse(text).unwrap().is_loopback(), own, "{text}");
        }
    }
}
