//! Endpoints: what is taken leads to the same place when written again, and a refusal shows no password.

use tcsms::fuzzing::{connect_to, endpoint};

use crate::fields::Fields;

pub(crate) fn run(data: &[u8]) {
    let mut fields = Fields::of(data);
    let text = fields.text();
    if let Ok((authority, place)) = endpoint(&text) {
        assert!(authority.bytes().all(|byte| byte.is_ascii_graphic()), "{authority:?}");
        assert!(!place.host.is_empty() && place.port != 0);
        assert!(!place.host.contains(['[', ']', '/', '@']), "{:?}", place.host);
        assert_eq!(place.loopback, is_own(&place.host), "{:?}", place.host);
        let scheme = if place.tls { "https" } else { "http" };
        let again = format!("{scheme}://{authority}/");
        assert_eq!(endpoint(&again).ok(), Some((authority, clone(&place))), "{text:?} written as {again}");
        assert_eq!(connect_to(&again).ok(), Some(clone(&place)));
        let address = text.split_once("://").map_or(&*text, |(_, address)| address);
        let (address, path) = address.split_at(address.find('/').unwrap_or(address.len()));
        if text.contains("://") {
            // What only replaces an address has no path.
            assert_eq!(connect_to(&text).ok(), Some(place).filter(|_| matches!(path, "" | "/")), "{text:?}");
        }
        let signed = address.rsplit_once(':').is_some_and(|(_, port)| port.starts_with('+'));
        assert!(!signed, "the port of {text:?}");
    } else {
        assert!(connect_to(&text).is_err(), "{text:?}");
    }

    // A login has no place in either, and must not come out again.
    let url = format!("{text}user:Zq7{}@{}", fields.text(), fields.text());
    for error in [endpoint(&url).err(), connect_to(&url).err()].into_iter().flatten() {
        let shown = format!("{error} {error:?}");
        let elsewhere = url.rsplit_once('@').is_some_and(|(_, host)| host.contains("Zq7"));
        assert!(elsewhere || !shown.contains("Zq7"), "{shown}");
    }
}

fn clone(place: &tcsms::fuzzing::Place) -> tcsms::fuzzing::Place {
    tcsms::fuzzing::Place { host: place.host.clone(), ..*place }
}

/// Whether a host is this machine: 127.0.0.0/8, ::1, or a name at or below localhost.
fn is_own(host: &str) -> bool {
    let name = host.to_lowercase();
    let labels = name.rsplit('.').next();
    match host.split('.').map(str::parse::<u8>).collect::<Result<Vec<_>, _>>() {
        Ok(bytes) if bytes.len() == 4 && host.parse::<std::net::Ipv4Addr>().is_ok() => bytes[0] == 127,
        _ if host.contains(':') => host.parse::<std::net::Ipv6Addr>().is_ok_and(|ip| u128::from(ip) == 1),
        _ => labels == Some("localhost"),
    }
}
