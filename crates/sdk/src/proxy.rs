//! Which proxy a client goes through: the one it was told, the one of the environment, or none.

use std::net::{IpAddr, SocketAddr};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::endpoint::{Address, decimal, host_and_port};
use crate::environment::Environment;
use crate::error::{Error, ErrorKind};

/// What the builder was told about proxies.
#[derive(Clone, Default)]
pub(crate) enum Choice {
    /// Nothing: the environment decides.
    #[default]
    Environment,
    Off,
    /// This one, for every address.
    Url(Zeroizing<String>),
}

/// A proxy. It has no debug form, because of the password.
pub(crate) struct Proxy {
    pub(crate) protocol: Protocol,
    /// Where the proxy listens, and whether TLS is spoken with it.
    pub(crate) address: Address,
    pub(crate) login: Option<Login>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http,
    Socks5,
}

/// The user and the password as bytes, because a URL can spell any.
pub(crate) struct Login {
    pub(crate) user: Zeroizing<Vec<u8>>,
    pub(crate) password: Zeroizing<Vec<u8>>,
}

impl Choice {
    /// The proxy for connections to `address`; `replaced` when that is not the endpoint's own.
    ///
    /// A proxy that was told counts for every address. Those of the environment are for other machines only, and not
    /// for an address that was put in the endpoint's place.
    pub(crate) fn resolve(
        &self,
        environment: &Environment,
        address: &Address,
        replaced: bool,
    ) -> Result<Option<Proxy>, Error> {
        match self {
            Self::Off => Ok(None),
            Self::Url(url) => Proxy::parse("proxy of the client", url).map(Some),
            Self::Environment if replaced || address.is_loopback() => Ok(None),
            Self::Environment => of_environment(environment, address),
        }
    }
}

fn of_environment(environment: &Environment, address: &Address) -> Result<Option<Proxy>, Error> {
    let first = |names: &[&'static str]| {
        names.iter().find_map(|name| {
            let value = environment.get(name).filter(|value| !value.trim().is_empty())?;
            Some((*name, Zeroizing::new(value)))
        })
    };
    // In a CGI program HTTP_PROXY is what the visitor sent as the header `Proxy`.
    let in_cgi = environment.get("REQUEST_METHOD").is_some();
    let names: &[&str] = match (address.tls, in_cgi) {
        (true, _) => &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
        (false, false) => &["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"],
        (false, true) => &["http_proxy", "all_proxy", "ALL_PROXY"],
    };
    let Some((name, url)) = first(names) else { return Ok(None) };
    if first(&["no_proxy", "NO_PROXY"]).is_some_and(|(_, list)| is_exempt(&list, &address.host, address.port))
    {
        return Ok(None);
    }
    Proxy::parse(&format!("proxy of the environment variable {name}"), &url).map(Some)
}

impl Proxy {
    /// Reads `[scheme://][user[:password]@]host[:port]`; without a scheme it is http. `what` names the setting in an
    /// error, which never shows the text itself: in a mistyped one the password can be anywhere.
    pub(crate) fn parse(what: &str, url: &str) -> Result<Self, Error> {
        let fault =
            |fault: &str| Error::local(ErrorKind::Config, format!("the {what} cannot be used: {fault}"));
        let url = url.trim();
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        let (protocol, tls, default_port) = match scheme.to_ascii_lowercase().as_str() {
            "http" => (Protocol::Http, false, 80),
            "https" => (Protocol::Http, true, 443),
            "socks5" | "socks5h" => (Protocol::Socks5, false, 1080),
            _ => return Err(fault("its scheme must be http, https or socks5")),
        };
        // The last @, so that a password with an @ of its own is understood.
        let (login, place) = match rest.rsplit_once('@') {
            Some((login, place)) => (Login::parse(login, protocol).map_err(fault)?, place),
            None => (None, rest),
        };
        let (host, port) = host_and_port(place.strip_suffix('/').unwrap_or(place)).map_err(fault)?;
        let address = Address { tls, host: host.to_owned(), port: port.unwrap_or(default_port) };
        Ok(Self { protocol, address, login })
    }
}

impl Login {
    fn parse(text: &str, protocol: Protocol) -> Result<Option<Self>, &'static str> {
        if text.is_empty() {
            return Ok(None);
        }
        let (user, password) = text.split_once(':').unwrap_or((text, ""));
        let login = Self { user: percent_decoded(user)?, password: percent_decoded(password)? };
        match protocol {
            Protocol::Http if login.user.contains(&b':') => {
                Err("the user of an HTTP proxy must not hold a colon")
            }
            Protocol::Socks5 if login.user.len().max(login.password.len()) > 255 => {
                Err("user and password of a SOCKS5 proxy are at most 255 bytes long")
            }
            _ => Ok(Some(login)),
        }
    }

    /// The value of `Proxy-Authorization`.
    pub(crate) fn basic(&self) -> Zeroizing<String> {
        let mut pair = Zeroizing::new(Vec::with_capacity(self.user.len() + 1 + self.password.len()));
        pair.extend_from_slice(&self.user);
        pair.push(b':');
        pair.extend_from_slice(&self.password);
        let encoded = Zeroizing::new(STANDARD.encode(&*pair));
        Zeroizing::new(["Basic ", encoded.as_str()].concat())
    }
}

fn percent_decoded(text: &str) -> Result<Zeroizing<Vec<u8>>, &'static str> {
    let mut decoded = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.as_bytes();
    loop {
        match rest {
            [] => return Ok(decoded),
            [b'%', after @ ..] => {
                let digit = |place: usize| after.get(place).and_then(|byte| char::from(*byte).to_digit(16));
                let (Some(high), Some(low)) = (digit(0), digit(1)) else {
                    return Err(
                        "in its user or password a % stands without two hexadecimal digits: write % as %25",
                    );
                };
                decoded.push((high << 4 | low) as u8);
                rest = &after[2..];
            }
            [byte, after @ ..] => {
                decoded.push(*byte);
                rest = after;
            }
        }
    }
}

/// Whether a list in the form of `no_proxy` names this host. Names are compared as they are, never looked up. What in
/// the list is neither a name nor an address exempts nothing.
pub(crate) fn is_exempt(list: &str, host: &str, port: u16) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let ip = host.parse::<IpAddr>().ok().map(|ip| ip.to_canonical());
    list.split(|sign: char| sign == ',' || sign.is_whitespace()).filter(|entry| !entry.is_empty()).any(
        |entry| {
            entry == "*"
                || match ip {
                    Some(ip) => names_address(entry, ip, port),
                    None => names_host(entry, &host, port),
                }
        },
    )
}

/// `10.0.0.1`, `10.0.0.1:443`, `::1`, `[::1]`, `[::1]:443`, `10.0.0.0/8`, `fd00::/8`.
fn names_address(entry: &str, ip: IpAddr, port: u16) -> bool {
    if let Some((network, length)) = entry.split_once('/') {
        let (Ok(network), Some(length)) = (network.parse::<IpAddr>(), decimal::<u32>(length)) else {
            return false;
        };
        // An IPv4 network in the form of IPv6 has 96 bits in front.
        let (network, length) = match (network.to_canonical(), length.checked_sub(96)) {
            (canonical @ IpAddr::V4(_), Some(length)) if network.is_ipv6() => (canonical, length),
            _ => (network, length),
        };
        return match (ip, network) {
            (IpAddr::V4(ip), IpAddr::V4(network)) => {
                length <= 32 && (length == 0 || (ip.to_bits() ^ network.to_bits()) >> (32 - length) == 0)
            }
            (IpAddr::V6(ip), IpAddr::V6(network)) => {
                length <= 128 && (length == 0 || (ip.to_bits() ^ network.to_bits()) >> (128 - length) == 0)
            }
            _ => false,
        };
    }
    if let Ok(named) = entry.parse::<SocketAddr>() {
        return named.ip().to_canonical() == ip && named.port() == port;
    }
    let bare = entry.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(entry);
    bare.parse::<IpAddr>().is_ok_and(|named| named.to_canonical() == ip)
}

/// `a.example` names itself and all below it, `.a.example` and `*.a.example` only what is below; each with or without
/// a port.
fn names_host(entry: &str, host: &str, port: u16) -> bool {
    let entry = match entry.split_once(':') {
        None => entry,
        Some((name, only)) if decimal(only) == Some(port) => name,
        Some(_) => return false,
    };
    let entry = entry.trim_end_matches('.').to_ascii_lowercase();
    let entry = entry.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(&entry);
    let (name, itself) = match entry.strip_prefix('.') {
        Some(name) => (name, false),
        None => (entry, true),
    };
    match host.strip_suffix(name) {
        Some("") => itself,
        Some(front) => !name.is_empty() && front.ends_with('.'),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn proxy(url: &str) -> Proxy {
        Proxy::parse("proxy", url).unwrap_or_else(|error| panic!("{url}: {error}"))
    }

    #[test]
    fn a_url_says_protocol_place_and_login() {
        use Protocol::{Http, Socks5};
        for (url, protocol, tls, place) in [
            ("127.0.0.1:3128", Http, false, "127.0.0.1:3128"),
            ("proxy", Http, false, "proxy:80"),
            ("http://proxy/", Http, false, "proxy:80"),
            (" HTTPS://proxy ", Http, true, "proxy:443"),
            ("socks5://proxy", Socks5, false, "proxy:1080"),
            ("socks5h://[::1]:9", Socks5, false, "[::1]:9"),
        ] {
            let found = proxy(url);
            assert_eq!((found.protocol, found.address.tls), (protocol, tls), "{url}");
            assert_eq!(found.address.to_string(), place, "{url}");
            assert!(found.login.is_none(), "{url}");
        }
        for (url, user, password) in [
            ("http://u:p@h", "u", "p"),
            ("u:p@h:1", "u", "p"),
            ("http://u@h", "u", ""),
            ("http://u:@h", "u", ""),
            ("http://:p@h", "", "p"),
            ("http://u:p@ss:w/rd@h", "u", "p@ss:w/rd"),
            ("http://u%40corp:p%3a%25%2B+@h", "u@corp", "p:%++"),
        ] {
            let login = proxy(url).login.unwrap();
            assert_eq!(
                (&login.user[..], &login.password[..]),
                (user.as_bytes(), password.as_bytes()),
                "{url}"
            );
        }
        assert!(proxy("http://@h").login.is_none());
    }

    #[test]
    fn the_authorization_is_of_user_and_password_alone() {
        // The example of RFC 7617, and its second one, with a character beyond ASCII.
        let login = proxy("http://Aladdin:open%20sesame@127.0.0.1:81").login.unwrap();
        assert_eq!(*login.basic(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        let login = proxy("http://test:123%C2%A3@127.0.0.1:81").login.unwrap();
        assert_eq!(*login.basic(), "Basic dGVzdDoxMjPCow==");
    }

    #[test]
    fn what_is_no_proxy_is_told_without_its_text() {
        let long = format!("socks5://u:{}@h", "SECRET".repeat(50));
        for (url, reason) in [
            ("ftp://u:SECRET@h", "scheme"),
            ("socks4://u:SECRET@h", "socks5"),
            ("http://u:SECRET@", "host is empty"),
            ("http://u:SECRET", "port"),
            ("http://u:SECRET@h:0", "port"),
            ("http://u:SECRET@h/path", "character"),
            ("http://u:SECRET%@h", "%25"),
            ("http://u:SECRET%4@h", "%25"),
            ("http://u:SECRET%€@h", "%25"),
            ("http://u%3Ax:SECRET@h", "colon"),
            (long.as_str(), "255"),
        ] {
            let error = Proxy::parse("proxy of the environment variable https_proxy", url).err().expect(url);
            assert_eq!(error.kind(), ErrorKind::Config);
            let text = format!("{error} {error:?}");
            assert!(text.contains(reason) && text.contains("https_proxy"), "{url}: {text}");
            assert!(!text.contains("SECRET"), "{text}");
        }
    }

    fn chosen(pairs: &[(&str, &str)], address: &str) -> Option<String> {
        let environment = Environment::of_pairs(pairs);
        let address = Address::parse(address).unwrap();
        let found = Choice::Environment.resolve(&environment, &address, false).unwrap();
        found.map(|proxy| proxy.address.host)
    }

    #[test]
    fn each_scheme_has_its_variables_and_the_lower_case_comes_first() {
        let all = [
            ("https_proxy", "a"),
            ("HTTPS_PROXY", "b"),
            ("http_proxy", "c"),
            ("HTTP_PROXY", "d"),
            ("all_proxy", "e"),
            ("ALL_PROXY", "f"),
        ];
        let without = |gone: &[&str], more: &[(&'static str, &'static str)]| {
            let kept = all.iter().filter(|(name, _)| !gone.contains(name)).copied();
            kept.chain(more.iter().copied()).collect::<Vec<_>>()
        };
        let cgi = ("REQUEST_METHOD", "GET");
        for (pairs, https, http) in [
            (without(&[], &[]), Some("a"), Some("c")),
            (without(&["https_proxy", "http_proxy"], &[]), Some("b"), Some("d")),
            // Set to nothing is not set.
            (without(&["https_proxy"], &[("https_proxy", "")]), Some("b"), Some("c")),
            (without(&["https_proxy", "HTTPS_PROXY"], &[]), Some("e"), Some("c")),
            (without(&["https_proxy", "HTTPS_PROXY", "all_proxy"], &[]), Some("f"), Some("c")),
            (vec![all[0]], Some("a"), None),
            (vec![all[3]], None, Some("d")),
            (vec![all[3], cgi], None, None),
            (vec![all[2], all[3], cgi], None, Some("c")),
            (vec![all[1], cgi], Some("b"), None),
            (vec![], None, None),
            (without(&[], &[("no_proxy", "*")]), None, None),
            (without(&[], &[("NO_PROXY", "10.0.0.0/8")]), None, None),
            (without(&[], &[("no_proxy", "other"), ("NO_PROXY", "*")]), Some("a"), Some("c")),
        ] {
            assert_eq!(chosen(&pairs, "https://10.0.0.1").as_deref(), https, "{pairs:?}");
            assert_eq!(chosen(&pairs, "http://10.0.0.1").as_deref(), http, "{pairs:?}");
        }
    }

    #[test]
    fn this_machine_and_a_replaced_address_need_an_explicit_proxy() {
        let environment = Environment::of_pairs(&[("https_proxy", "http://a"), ("no_proxy", "*")]);
        let open = Environment::of_pairs(&[("https_proxy", "http://a")]);
        let own = Address::parse("https://127.0.0.1:1").unwrap();
        let other = Address::parse("https://sms.example").unwrap();
        let told = Choice::Url(Zeroizing::new("http://b".to_owned()));
        let host = |choice: &Choice, environment, address, replaced| {
            choice.resolve(environment, address, replaced).unwrap().map(|proxy| proxy.address.host)
        };
        assert_eq!(host(&Choice::Environment, &open, &own, false), None);
        assert_eq!(host(&Choice::Environment, &open, &other, true), None);
        assert_eq!(host(&Choice::Environment, &open, &other, false).as_deref(), Some("a"));
        assert_eq!(host(&Choice::Off, &open, &other, false), None);
        for (address, replaced) in [(&own, false), (&other, true), (&other, false)] {
            assert_eq!(host(&told, &environment, address, replaced).as_deref(), Some("b"));
        }
    }

    #[test]
    fn an_unusable_variable_is_named_only_when_it_would_be_used() {
        let pairs = [("HTTPS_PROXY", "gopher://u:SECRET@h"), ("no_proxy", ".example")];
        let environment = Environment::of_pairs(&pairs);
        let resolve = |text| Choice::Environment.resolve(&environment, &Address::parse(text).unwrap(), false);
        let error = resolve("https://sms.test").err().unwrap();
        assert!(error.message().contains("HTTPS_PROXY"), "{error}");
        assert!(resolve("https://sms.example").unwrap().is_none());
        assert!(resolve("http://sms.test").unwrap().is_none());
    }

    #[test]
    fn the_list_of_exempt_hosts_is_read_as_people_write_it() {
        const NAME: &str = "sms.tencentcloudapi.com";
        for (list, host, exempt) in [
            ("", NAME, false),
            ("*", NAME, true),
            ("*", "10.0.0.1", true),
            ("sms.tencentcloudapi.com", NAME, true),
            ("SMS.TencentCloudAPI.com", NAME, true),
            ("tencentcloudapi.com", NAME, true),
            (".tencentcloudapi.com", NAME, true),
            ("*.tencentcloudapi.com", NAME, true),
            ("com", NAME, true),
            ("tencentcloudapi.com.", NAME, true),
            ("tencentcloudapi.com", "sms.tencentcloudapi.com.", true),
            // Part of a label is not a suffix, and a suffix is not the name itself.
            ("cloudapi.com", NAME, false),
            ("s.tencentcloudapi.com", NAME, false),
            (".sms.tencentcloudapi.com", NAME, false),
            ("*.sms.tencentcloudapi.com", NAME, false),
            ("a.sms.tencentcloudapi.com", NAME, false),
            ("sms", NAME, false),
            ("*cloudapi.com", NAME, false),
            (".", NAME, false),
            ("*.", NAME, false),
            ("sms.tencentcloudapi.com:443", NAME, true),
            (".tencentcloudapi.com:443", NAME, true),
            ("sms.tencentcloudapi.com:80", NAME, false),
            ("sms.tencentcloudapi.com:x", NAME, false),
            ("localhost, 10.0.0.0/8 ,, .tencentcloudapi.com", NAME, true),
            ("localhost\ttencentcloudapi.com", NAME, true),
            ("10.0.0.1", "10.0.0.1", true),
            ("10.0.0.1", "10.0.0.10", false),
            ("10.0.0.1:443", "10.0.0.1", true),
            ("10.0.0.1:80", "10.0.0.1", false),
            ("0.0.1", "10.0.0.1", false),
            (".1", "10.0.0.1", false),
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.9.9.9/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("192.168.1.0/25", "192.168.1.127", true),
            ("192.168.1.0/25", "192.168.1.128", false),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("10.0.0.1/32", "10.0.0.1", true),
            ("10.0.0.0/33", "10.0.0.0", false),
            ("10.0.0.0/", "10.0.0.0", false),
            ("10.0.0.0/8", NAME, false),
            ("fd00::/8", "fd12::1", true),
            ("fd00::/8", "fe80::1", false),
            ("::/0", "fe80::1", true),
            ("::/0", "10.0.0.1", false),
            ("fe80::1", "fe80:0::1", true),
            ("[fe80::1]", "fe80::1", true),
            ("[fe80::1]:443", "fe80::1", true),
            ("[fe80::1]:80", "fe80::1", false),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
            ("::ffff:10.0.0.0/104", "10.0.0.1", true),
            ("::ffff:10.0.0.0/104", "::ffff:10.0.0.1", true),
            ("::ffff:10.0.0.0/95", "10.0.0.1", false),
            ("::/0", "10.0.0.1", false),
            ("10.0.0.0/+8", "10.0.0.1", false),
        ] {
            assert_eq!(is_exempt(list, host, 443), exempt, "{list:?} and {host}");
        }
    }

    proptest! {
        /// Against the definition: all bits that the length counts are equal.
        #[test]
        fn a_network_holds_the_addresses_that_begin_like_it(ip: u32, network: u32, same in 0_u32..33, length in 0_u32..33) {
            let keep = u32::MAX.checked_shl(32 - same).unwrap_or(0);
            let ip = (network & keep) | (ip & !keep);
            let bits = |number: u32| (0..length).map(|place| number >> (31 - place) & 1).collect::<Vec<_>>();
            let list = format!("{}/{length}", std::net::Ipv4Addr::from(network));
            let host = std::net::Ipv4Addr::from(ip).to_string();
            prop_assert_eq!(is_exempt(&list, &host, 443), bits(ip) == bits(network), "{} {}", list, host);
        }

        #[test]
        fn a_long_network_holds_the_addresses_that_begin_like_it(ip: u128, network: u128, same in 0_u32..129, length in 0_u32..129) {
            let keep = u128::MAX.checked_shl(128 - same).unwrap_or(0);
            // A first bit set keeps both out of the range that stands for IPv4.
            let network = network | 1 << 127;
            let ip = (network & keep) | (ip & !keep) | 1 << 127;
            let bits = |number: u128| (0..length).map(|place| number >> (127 - place) & 1).collect::<Vec<_>>();
            let list = format!("{}/{length}", std::net::Ipv6Addr::from(network));
            let host = std::net::Ipv6Addr::from(ip).to_string();
            prop_assert_eq!(is_exempt(&list, &host, 443), bits(ip) == bits(network), "{} {}", list, host);
        }

        #[test]
        fn a_name_covers_what_is_below_it_and_nothing_beside_it(
            name in "[a-z][a-z0-9-]{0,8}(\\.[a-z][a-z0-9]{1,8}){1,3}", label in "[a-z0-9]{1,8}", place in 0_usize..3,
        ) {
            let mut list = vec!["10.0.0.0/8".to_owned(), "other-name-of-the-list.example".to_owned()];
            list.insert(place, name.clone());
            let list = list.join(",");
            prop_assert!(is_exempt(&list, &name, 443));
            prop_assert!(is_exempt(&list, &name.to_ascii_uppercase(), 443));
            let below = format!("{label}.{name}");
            let beside = format!("{label}{name}");
            prop_assert!(is_exempt(&list, &below, 443));
            prop_assert!(!is_exempt(&list, &beside, 443));
            let suffix = format!(".{name}");
            prop_assert!(!is_exempt(&suffix, &name, 443));
            prop_assert!(is_exempt(&suffix, &below, 443));
        }

        #[test]
        fn no_text_makes_trouble(list: String, url: String) {
            is_exempt(&list, "sms.example", 443);
            is_exempt(&list, "10.0.0.1", 443);
            let _ = Proxy::parse("proxy", &url);
        }

        #[test]
        fn a_login_survives_its_spelling(user in "[^:]{1,20}", password: String) {
            let spelled = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
            let login = proxy(&format!("http://{}:{}@h", spelled(&user), spelled(&password))).login.unwrap();
            prop_assert_eq!(&login.user[..], user.as_bytes());
            prop_assert_eq!(&login.password[..], password.as_bytes());
        }
    }
}
