//! What operators need: TLS, metrics, readiness, the description of the control API.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::Arc;

use http::Request;
use http_body_util::BodyExt;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use support::{Call, HOST, control, outcome, send_sms, service};
use tcsms_service::{ApiDoor, ServerTls, Service, listen};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

async fn text(service: &Service, path: &str) -> String {
    let request = Request::get(path).header("host", "localhost").body(String::new()).unwrap();
    let response = service.call(request).await;
    assert_eq!(response.status(), 200);
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn the_service_counts() {
    let service = service("[delivery]\ndelay = \"0s\"").await;
    assert_eq!(outcome(&Call::new("SendSms", &send_sms(&["+8613700000001"])).send(&service).await), "Ok");
    Call::new("Nothing", "{}").send(&service).await;
    let (_, found) = control(&service, "GET", "/_tcsms/v1/messages?status=delivered&wait=60s", "").await;
    assert_eq!(found["matched"], true);
    let metrics = text(&service, "/metrics").await;
    for line in [
        "tcsms_requests_total{action=\"SendSms\",code=\"Ok\"} 1",
        "tcsms_requests_total{action=\"\",code=\"InvalidAction\"} 1",
        "tcsms_request_duration_seconds_count 2",
        "tcsms_deliveries_total{outcome=\"accepted\"} 1",
        "tcsms_reports_total{status=\"delivered\"} 1",
        "tcsms_connections 0",
    ] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
    let commits = metrics.lines().find_map(|line| line.strip_prefix("tcsms_store_commits_total ")).unwrap();
    assert!(commits.parse::<u64>().unwrap() >= 2, "{metrics}");
    service.stop().await;
}

#[tokio::test]
async fn the_description_is_the_one_in_the_repository() {
    let service = service("").await;
    let (_, document) = control(&service, "GET", "/_tcsms/openapi.json", "").await;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let text = format!("{}\n", serde_json::to_string_pretty(&document).unwrap());
    if std::env::var_os("TCSMS_WRITE_OPENAPI").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap();
    assert!(
        text == kept,
        "the control API has changed: run this test with TCSMS_WRITE_OPENAPI=1 and read the difference"
    );
    // Everything that is described is there.
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys().filter(|method| *method != "parameters") {
            // These answer no JSON.
            if path.ends_with("/events") || path == "/metrics" {
                continue;
            }
            let filled = path.replace("{id}", "1").replace("{serial}", "1");
            let (status, answer) = control(&service, &method.to_uppercase(), &filled, "").await;
            let code = answer["error"]["code"].as_str().unwrap_or_default().to_owned();
            assert!(status != 405, "{method} {path}: {answer}");
            assert!(!answer.to_string().contains("there is nothing at"), "{method} {path}: {code}");
        }
    }
    service.stop().await;
}

#[tokio::test]
async fn a_self_signed_service_is_trusted_under_the_names_of_the_real_one() {
    let (tls, authority) = ServerTls::self_signed(&[]).unwrap();
    let service = service("").await;
    let listener = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let api = ApiDoor { listener, tls: Some(tls) };
    let task = tokio::spawn(service.serve(api, None, async { stopped.await.unwrap_or_default() }));

    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = TlsConnector::from(Arc::new(config));
    for name in [HOST, "sms.ap-guangzhou.tencentcloudapi.com", "localhost", "127.0.0.1"] {
        let stream = TcpStream::connect(address).await.unwrap();
        let mut stream = connector.connect(ServerName::try_from(name).unwrap(), stream).await.expect(name);
        let request = format!("GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.contains("MissingParameter"), "{name}: {answer}");
    }
    let stream = TcpStream::connect(address).await.unwrap();
    assert!(connector.connect(ServerName::try_from("example.com").unwrap(), stream).await.is_err());
    stop.send(()).unwrap();
    task.await.unwrap();
}

#[tokio::test]
async fn certificates_of_files_are_shown_or_refused_with_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("c.pem"), folder.path().join("k.pem"));
    let error = ServerTls::from_files(&certificate, &key).err().unwrap().to_string();
    assert!(error.contains("c.pem"), "{error}");
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, "no key").unwrap();
    let error = ServerTls::from_files(&certificate, &key).err().unwrap().to_string();
    assert!(error.contains("k.pem") && !error.contains("no key"), "{error}");
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    ServerTls::from_files(&certificate, &key).map_err(|error| error.to_string()).unwrap();
}

#[tokio::test]
async fn readiness_asks_the_store() {
    let store = tcsms_store::Store::open(&tcsms_store::Location::Memory).unwrap();
    let config = tcsms_service::Config::development();
    let service = Service::start(config, store.clone(), tcsms_service::Clock::default()).await.unwrap();
    assert_eq!(control(&service, "GET", "/readyz", "").await.0, 200);
    store.close().await;
    let (status, error) = control(&service, "GET", "/readyz", "").await;
    assert_eq!((status, error["error"]["code"].as_str().unwrap()), (503, "StoreFailed"));
    assert_eq!(control(&service, "GET", "/healthz", "").await.0, 200);
    service.stop().await;
}
