//! What a builder makes of its settings and the environment.

use super::*;
use crate::credential::Credential;
use crate::provider::Credentials;

const KEY: [(&str, &str); 2] = [("TENCENTCLOUD_SECRET_ID", "id"), ("TENCENTCLOUD_SECRET_KEY", "SKSECRET")];

fn core(builder: ClientBuilder, more: &[(&str, &str)]) -> Result<Core, Error> {
    builder.core(&Environment::of_pairs(&[&KEY[..], more].concat()))
}

#[test]
fn the_environment_fills_what_the_builder_left_open() {
    let region = ("TENCENTCLOUD_REGION", "ap-beijing");
    let found = core(ClientBuilder::default(), &[region]).unwrap();
    assert_eq!(found.settings.region.as_deref(), Some("ap-beijing"));
    assert!(matches!(&found.settings.credentials, Credentials::Fixed(key) if key.secret_id() == "id"));
    assert_eq!(found.routes.primary.endpoint.authority, "sms.tencentcloudapi.com");
    assert!(found.routes.primary.address.tls);

    let builder = ClientBuilder::default().region("ap-guangzhou").root_domain("example.com");
    let found = core(builder, &[region]).unwrap();
    assert_eq!(found.settings.region.as_deref(), Some("ap-guangzhou"));
    assert_eq!(found.routes.primary.endpoint.authority, "sms.example.com");
}

#[test]
fn another_address_leaves_the_host_as_it_is() {
    let found = core(ClientBuilder::default(), &[(CONNECT_TO, "http://127.0.0.1:9180")]).unwrap();
    let found = found.routes.primary;
    assert_eq!(found.endpoint.authority, "sms.tencentcloudapi.com");
    assert_eq!(found.address, Address { tls: false, host: "127.0.0.1".to_owned(), port: 9180 });
    let builder = ClientBuilder::default().connect_to("https://[::1]:1");
    let found = core(builder, &[(CONNECT_TO, "http://127.0.0.1:9180")]).unwrap().routes.primary;
    assert_eq!(found.address.to_string(), "[::1]:1");
    assert!(core(ClientBuilder::default(), &[(CONNECT_TO, "127.0.0.1:9180")]).is_err());
}

#[test]
fn every_backup_endpoint_keeps_its_own_host_and_address() {
    let builder = || {
        ClientBuilder::default()
            .backup_endpoint("sms.ap-beijing.tencentcloudapi.com")
            .backup_endpoint("http://127.0.0.1:9180")
    };
    let told = |routes: &Routes| {
        let told = routes.all().map(|route| {
            (route.number, route.endpoint.authority.clone(), route.host.clone(), route.address.to_string())
        });
        told.collect::<Vec<_>>()
    };
    let hosts = ["sms.tencentcloudapi.com", "sms.ap-beijing.tencentcloudapi.com", "127.0.0.1:9180"];
    let addresses =
        hosts.map(|host| if host.contains(':') { host.to_owned() } else { format!("{host}:443") });
    let replaced = [(CONNECT_TO, "http://127.0.0.1:1")];
    for (more, addresses) in [(&[][..], addresses), (&replaced, [(); 3].map(|()| "127.0.0.1:1".to_owned()))] {
        let expected: Vec<_> = (0..3)
            .zip(hosts)
            .zip(addresses)
            .map(|((number, host), address)| (number, host.to_owned(), host.parse().unwrap(), address))
            .collect();
        assert_eq!(told(&core(builder(), more).unwrap().routes), expected);
    }
}

#[test]
fn the_service_gives_the_label_and_the_endpoint_but_the_endpoint_no_label() {
    let cvm = || ClientBuilder::default().service("cvm");
    let found = core(cvm(), &[]).unwrap();
    assert_eq!(found.settings.service, "cvm");
    assert_eq!(found.routes.primary.signed_host, "cvm.tencentcloudapi.com");
    let found = core(cvm().root_domain("example.com"), &[]).unwrap();
    assert_eq!(found.routes.primary.signed_host, "cvm.example.com");
    let found = core(ClientBuilder::default().endpoint("cvm.example.com"), &[]).unwrap();
    assert_eq!(found.settings.service, "sms");
    for label in ["", "a/b", "a.b", "CVM", "a b", "中"] {
        let error = core(ClientBuilder::default().service(label), &[]).unwrap_err();
        assert!(error.kind() == ErrorKind::Config && error.message().contains(label), "{error}");
    }
}

#[test]
fn what_makes_no_sense_for_failover_and_rates_is_named() {
    let second = Duration::from_secs(1);
    let builder = ClientBuilder::default;
    for (builder, part) in [
        (builder().backup_endpoint("a?b"), "`a?b`"),
        (builder().backup_endpoint("http://10.0.0.1"), "10.0.0.1:80"),
        (builder().backup_endpoint("sms.tencentcloudapi.com"), "an endpoint already"),
        (builder().backup_endpoint("a").backup_endpoint("a"), "`a`"),
        (builder().breaker(0, second, second), "0 failures"),
        (builder().breaker(1, Duration::ZERO, second), "within 0ns"),
        (builder().breaker(1, second, Duration::ZERO), "pause of 0ns"),
        (builder().call_rate(0), "call rate"),
        (builder().action_rate("SendSms", 0), "SendSms"),
    ] {
        let error = core(builder, &[]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().contains(part), "{part}: {error}");
    }
    assert!(core(builder().retry_budget(0), &[]).unwrap().budget.is_none());
    assert!(core(builder(), &[]).unwrap().budget.is_some());
}

#[test]
fn a_gateway_takes_the_endpoints_place_but_not_in_signatures() {
    let gateway = || ClientBuilder::default().api_gateway("https://gw.example:8443/release");
    let route = core(gateway(), &[]).unwrap().routes.primary;
    assert_eq!(route.signed_host, "sms.tencentcloudapi.com");
    assert_eq!((route.host.to_str().unwrap(), route.endpoint.path.as_str()), ("gw.example:8443", "/release"));
    assert_eq!((route.endpoint.host.as_str(), route.address.port), ("gw.example", 8443));
    let error = core(gateway().endpoint("sms.example/path"), &[]).unwrap_err();
    assert!(error.message().contains("/path"), "{error}");
    let error = core(gateway().backup_endpoint("sms.example"), &[]).unwrap_err();
    assert!(error.message().contains("backup endpoints"), "{error}");
    let error = core(ClientBuilder::default().api_gateway("http://gw.example"), &[]).unwrap_err();
    assert!(error.message().contains("plain http"), "{error}");
}

#[test]
fn what_cannot_be_sent_is_refused_when_the_client_is_built() {
    let builder = ClientBuilder::default;
    for (builder, named) in [
        (builder().header("X-TC-Action", "x"), "x-tc-action"),
        (builder().header("X-A", "1\r\n2"), "x-a"),
        (builder().unsigned_payload(true).sign_method(SignMethod::HmacSha1), "TC3-HMAC-SHA256"),
        (builder().request_client("a b"), "a b"),
        (builder().request_client(""), "\"\""),
        (builder().request_client("a".repeat(129)), "aaa"),
    ] {
        let error = core(builder, &[]).unwrap_err();
        assert!(error.kind() == ErrorKind::Config && error.message().contains(named), "{error}");
    }
    let name = format!("{}-_,;.", "a".repeat(123));
    assert!(core(builder().request_client(name), &[]).is_ok());
}

#[test]
fn plain_http_leaves_this_machine_only_when_told_to() {
    let error = core(ClientBuilder::default(), &[(CONNECT_TO, "http://10.0.0.1:80")]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.message().contains(CONNECT_TO_PLAIN), "{error}");
    assert!(core(ClientBuilder::default().endpoint("http://sms.example"), &[]).is_err());
    let allowed = [(CONNECT_TO, "http://10.0.0.1:80"), (CONNECT_TO_PLAIN, "1")];
    assert!(core(ClientBuilder::default(), &allowed).is_ok());
    assert!(core(ClientBuilder::default().allow_plain_http(false), &allowed).is_err());
}

#[test]
fn a_ca_file_that_cannot_be_used_is_named() {
    let error = core(ClientBuilder::default(), &[("TCSMS_CA_FILE", "/no/such.pem")]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.message().contains("/no/such.pem"), "{error}");
}

#[test]
fn no_debug_text_shows_the_key() {
    let credential = Credential::new("id", "SKSECRET").unwrap();
    let builder = ClientBuilder::default().credential(credential);
    assert!(!format!("{builder:?}").contains("SKSECRET"));
    let core = core(builder, &[]).unwrap();
    assert!(!format!("{core:?}").contains("SKSECRET"));
    let blocking = blocking::Client::new(std::sync::Arc::new(core));
    assert!(!format!("{blocking:?}").contains("SKSECRET"));
}
