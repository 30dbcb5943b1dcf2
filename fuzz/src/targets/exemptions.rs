//! Lists of `no_proxy`, held against a second reading: addresses as texts of binary digits, names label by label.

use std::net::IpAddr;

use tcsms::fuzzing::is_exempt;

use crate::fields::Fields;

pub(crate) fn run(data: &[u8]) {
    let mut fields = Fields::of(data);
    let host = fields.text();
    let port = (fields.number() % 65_536) as u16;
    let list = String::from_utf8_lossy(fields.rest());
    if host.trim_matches('.').is_empty() {
        return;
    }
    let entries = list.split([',', ' ', '\n', '\t']).filter(|entry| !entry.contains(char::is_whitespace));
    let mut expected = false;
    for entry in entries.filter(|entry| !entry.is_empty()) {
        let one = match host.trim_end_matches('.').parse() {
            Ok(ip) => entry == "*" || address_matches(entry, ip, port),
            Err(_) => entry == "*" || name_matches(entry, &host, port),
        };
        assert_eq!(is_exempt(entry, &host, port), one, "{entry:?} for {host:?} port {port}");
        expected |= one;
    }
    if !list.contains(|sign: char| sign.is_whitespace() && !sign.is_ascii() || "\r\x0b\x0c".contains(sign)) {
        assert_eq!(is_exempt(&list, &host, port), expected, "{list:?} for {host:?} port {port}");
    }
}

/// The digits of an address; one of IPv4 in the form of IPv6 is the IPv4 address.
fn digits(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(ip) => binary(&ip.octets()),
        IpAddr::V6(ip) => binary(&ip.octets()),
    }
}

fn binary(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:08b}")).collect()
}

fn same_start(network: &str, ip: &str, length: usize) -> bool {
    network.len() == ip.len() && length <= ip.len() && network[..length] == ip[..length]
}

fn address_matches(entry: &str, ip: IpAddr, port: u16) -> bool {
    let ip = digits(ip);
    if let Some((network, length)) = entry.split_once('/') {
        let Ok(network) = network.parse::<IpAddr>() else { return false };
        let Some(length) = decimal(length) else { return false };
        let network = match network {
            // At least as long as the prefix of the form itself, it is an IPv4 network with that prefix.
            IpAddr::V6(long) if length < 96 || long.to_ipv4_mapped().is_none() => binary(&long.octets()),
            IpAddr::V6(_) => return length <= 128 && same_start(&digits(network), &ip, length - 96),
            IpAddr::V4(short) => binary(&short.octets()),
        };
        return same_start(&network, &ip, length);
    }
    let (named, only) = match entry.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((inner, "")) => (inner, None),
            Some((inner, after)) if after.starts_with(':') => (inner, Some(&after[1..])),
            _ => return false,
        },
        None if entry.matches(':').count() == 1 => {
            let (named, only) = entry.split_once(':').unwrap_or((entry, ""));
            (named, Some(only))
        }
        None => (entry, None),
    };
    let bracketed = entry.starts_with('[');
    let Ok(named) = named.parse::<IpAddr>() else { return false };
    // Brackets with a port are a form of IPv6.
    if bracketed && only.is_some() && named.is_ipv4() {
        return false;
    }
    digits(named) == ip && only.is_none_or(|only| decimal(only) == Some(usize::from(port)))
}

fn name_matches(entry: &str, host: &str, port: u16) -> bool {
    let (entry, only) = entry.split_once(':').map_or((entry, None), |(name, only)| (name, Some(only)));
    if only.is_some_and(|only| decimal(only) != Some(usize::from(port))) {
        return false;
    }
    let labels = |name: &str| -> Vec<String> {
        name.trim_end_matches('.').to_ascii_lowercase().split('.').map(str::to_owned).collect()
    };
    let host = labels(host);
    let mut entry = labels(entry);
    let below_only = entry.len() > 1 && (entry[0].is_empty() || entry[0] == "*");
    if below_only {
        entry.remove(0);
    }
    host.ends_with(&entry) && (!below_only || host.len() > entry.len())
}

/// A number of digits alone.
fn decimal(text: &str) -> Option<usize> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}
