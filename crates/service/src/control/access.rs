//! Who may use the control API.
//!
//! On the API's own port it is open while that port is on a loopback address, for whoever is on this machine. A web
//! page is not: a browser on this machine could be made to send requests for a page of somebody else, directly or
//! through a name that is pointed at 127.0.0.1. So the host that was asked must be a loopback name, and a request
//! that a browser sent for another origin is refused. Elsewhere the control API has a port of its own and asks for a
//! token.

use std::net::IpAddr;

use http::{HeaderMap, StatusCode, header};

use super::ControlError;
use crate::config::Secret;

/// Through which door a request came.
#[derive(Clone)]
pub(crate) enum Door {
    /// The API's port on a loopback address: the API and the control API.
    Loopback,
    /// The API's port on any other address: the API alone.
    Api,
    /// The control API's own port, for those who know the token.
    Control(Secret),
}

/// Lets a control request in or says why not.
pub(crate) fn check(door: &Door, headers: &HeaderMap) -> Result<(), ControlError> {
    let forbidden = |code, message: &str| {
        Err(ControlError { status: StatusCode::FORBIDDEN, code, message: message.to_owned() })
    };
    match door {
        Door::Api => {
            return Err(ControlError::not_found(
                "the control API is not on this port, because it is open to other machines; start the service with \
                 --control-listen",
            ));
        }
        Door::Loopback if !text(headers, &header::HOST).is_some_and(is_loopback) => {
            return forbidden(
                "ForbiddenHost",
                "the control API answers here only to the names localhost, 127.0.0.1 and [::1]",
            );
        }
        Door::Loopback => {}
        Door::Control(token) => {
            let given = text(headers, &header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
            if !given.is_some_and(|given| token.is(given)) {
                return Err(ControlError {
                    status: StatusCode::UNAUTHORIZED,
                    code: "Unauthorized",
                    message: "send the token of TCSMS_CONTROL_TOKEN as `Authorization: Bearer TOKEN`"
                        .to_owned(),
                });
            }
        }
    }
    if is_cross_site(headers) {
        return forbidden("CrossSite", "the control API does not answer to pages of other sites");
    }
    Ok(())
}

/// Whether a browser sent it for a page that did not come from this host.
fn is_cross_site(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site != "same-origin" && site != "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return false };
    let host = headers.get(header::HOST).map_or(&b""[..], |host| host.as_bytes());
    !["http://", "https://"]
        .iter()
        .any(|scheme| origin.as_bytes().strip_prefix(scheme.as_bytes()) == Some(host))
}

fn text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Whether a `Host` is this machine by a name that cannot be pointed elsewhere.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn check_with(door: &Door, headers: &[(&'static str, &'static str)]) -> Result<(), &'static str> {
        let headers = headers
            .iter()
            .map(|(name, value)| (header::HeaderName::from_static(name), HeaderValue::from_static(value)));
        check(door, &headers.collect()).map_err(|error| error.code)
    }

    #[test]
    fn loopback_names_only() {
        for host in ["localhost", "LOCALHOST:9180", "127.0.0.1:9180", "127.8.8.8", "[::1]:9180", "[::1]"] {
            assert_eq!(check_with(&Door::Loopback, &[("host", host)]), Ok(()), "{host}");
        }
        for host in
            ["evil.example", "127.0.0.1.evil.example", "localhost.evil", "", "10.0.0.1", "[fe80::1]", "::1"]
        {
            assert_eq!(check_with(&Door::Loopback, &[("host", host)]), Err("ForbiddenHost"), "{host}");
        }
        assert_eq!(check_with(&Door::Loopback, &[]), Err("ForbiddenHost"));
    }

    #[test]
    fn pages_of_other_sites_are_refused() {
        let host = ("host", "127.0.0.1:9180");
        for (more, expected) in [
            (("origin", "http://127.0.0.1:9180"), Ok(())),
            (("origin", "http://127.0.0.1:8080"), Err("CrossSite")),
            (("origin", "https://evil.example"), Err("CrossSite")),
            (("origin", "null"), Err("CrossSite")),
            (("sec-fetch-site", "same-origin"), Ok(())),
            (("sec-fetch-site", "none"), Ok(())),
            (("sec-fetch-site", "same-site"), Err("CrossSite")),
            (("sec-fetch-site", "cross-site"), Err("CrossSite")),
        ] {
            assert_eq!(check_with(&Door::Loopback, &[host, more]), expected, "{more:?}");
        }
    }

    #[test]
    fn the_own_port_asks_for_the_token() {
        let door = Door::Control(Secret::new("let-me-in".to_owned()));
        assert_eq!(check_with(&door, &[("authorization", "Bearer let-me-in")]), Ok(()));
        for value in ["Bearer let-me-iM", "Bearer let-me-in ", "bearer let-me-in", "let-me-in", "Bearer "] {
            assert_eq!(check_with(&door, &[("authorization", value)]), Err("Unauthorized"), "{value}");
        }
        assert_eq!(check_with(&door, &[("host", "localhost")]), Err("Unauthorized"));
        let page = [("authorization", "Bearer let-me-in"), ("host", "a"), ("origin", "http://b")];
        assert_eq!(check_with(&door, &page), Err("CrossSite"));
    }

    #[test]
    fn the_open_port_has_no_control_api() {
        assert_eq!(check_with(&Door::Api, &[("host", "localhost")]), Err("NotFound"));
    }
}
