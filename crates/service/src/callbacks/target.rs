//! One attempt: finding the address, refusing those that must not be called, sending, and judging the answer.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use http::{Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::tls::ClientTls;

/// The longest answer that is read, in bytes. The documented one has thirty.
const ANSWER_MAX: usize = 64 * 1024;

/// Which addresses may be called.
#[derive(Clone)]
pub(crate) struct Reach {
    configured: Option<bool>,
    loopback: Arc<AtomicBool>,
}

impl Reach {
    pub(crate) fn new(configured: Option<bool>) -> Self {
        // Until the service listens, and in tests without a socket, only this machine can reach it.
        Self { configured, loopback: Arc::new(AtomicBool::new(true)) }
    }

    pub(crate) fn listens_on_loopback(&self, loopback: bool) {
        self.loopback.store(loopback, Ordering::Relaxed);
    }

    fn allows(&self, address: IpAddr) -> bool {
        self.configured.unwrap_or_else(|| self.loopback.load(Ordering::Relaxed)) || is_public(address)
    }
}

/// Whether the address belongs to the open Internet. Others are services of the machine or network that this runs in,
/// and whoever configures a callback could otherwise reach them through it.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, third, _] = address.octets();
            !(address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_broadcast()
                || address.is_multicast()
                || address.is_documentation()
                || first == 0
                || first >= 240
                // Shared by customers of one provider; tests of network equipment; protocol assignments.
                || (first == 100 && (64..128).contains(&second))
                || (first == 198 && (second == 18 || second == 19))
                || (first == 192 && second == 0 && third == 0))
        }
        IpAddr::V6(address) => {
            if let Some(inner) = address.to_ipv4() {
                return is_public(IpAddr::V4(inner));
            }
            let [first, second, ..] = address.segments();
            // Only this block is given out; of it, what wraps IPv4 addresses or is for documents does not count.
            (first & 0xe000) == 0x2000
                && first != 0x2002
                && !(first == 0x2001 && (second == 0x0db8 || second < 0x0200))
        }
    }
}

/// How an attempt ended.
pub(crate) struct Attempt {
    /// Nothing when the target said that it has everything; else what went wrong.
    pub(crate) fault: Option<String>,
    pub(crate) http_status: Option<u16>,
}

impl Attempt {
    pub(crate) fn failed(fault: impl Into<String>) -> Self {
        Self { fault: Some(fault.into()), http_status: None }
    }
}

/// Sends the body and judges the answer. Takes as long as the target does: the caller sets the limit.
pub(crate) async fn post(url: &str, body: String, reach: &Reach, tls: &ClientTls) -> Attempt {
    match answer(url, body, reach, tls).await {
        Err(fault) => Attempt::failed(fault),
        Ok((status, _)) if status != StatusCode::OK => Attempt {
            fault: Some(format!("HTTP status {}", status.as_u16())),
            http_status: Some(status.as_u16()),
        },
        Ok((status, answer)) => Attempt { fault: judge(&answer), http_status: Some(status.as_u16()) },
    }
}

/// What is wrong with the answer; documented is `{"result":0,"errmsg":"OK"}`, and any other result is a failure.
fn judge(answer: &[u8]) -> Option<String> {
    let Ok(answer) = serde_json::from_slice::<serde_json::Value>(answer) else {
        return Some("the answer is not JSON".to_owned());
    };
    match answer.get("result").map(serde_json::Value::as_i64) {
        Some(Some(0)) => None,
        Some(Some(result)) => Some(format!("the answer has result {result}")),
        Some(None) | None => Some("the answer has no number `result`".to_owned()),
    }
}

async fn answer(
    url: &str,
    body: String,
    reach: &Reach,
    tls: &ClientTls,
) -> Result<(StatusCode, Bytes), String> {
    let uri: Uri = url.parse().map_err(|error| format!("the URL cannot be read: {error}"))?;
    let host = uri.host().unwrap_or_default();
    let name = host.trim_start_matches('[').trim_end_matches(']');
    let secure = uri.scheme_str() == Some("https");
    let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let stream = connect(name, port, reach).await?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let request = Request::post(path)
        .header(header::HOST, uri.authority().map_or(host, |authority| authority.as_str()))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, concat!("tcsms/", env!("CARGO_PKG_VERSION")))
        .header(header::CONNECTION, "close")
        .body(Full::new(Bytes::from(body)))
        .map_err(|error| format!("the request cannot be made: {error}"))?;
    if secure {
        let (connector, name) = tls.connector(name)?;
        let stream = connector.connect(name, stream).await.map_err(|error| format!("TLS failed: {error}"))?;
        exchange(stream, request).await
    } else {
        exchange(stream, request).await
    }
}

/// Connects to the first address of the name that may be called. The address that was checked is the one that is
/// called: the name is not asked a second time.
async fn connect(name: &str, port: u16, reach: &Reach) -> Result<TcpStream, String> {
    let found: Vec<SocketAddr> = tokio::net::lookup_host((name, port))
        .await
        .map_err(|error| format!("the host {name} cannot be found: {error}"))?
        .collect();
    let mut fault = format!("the host {name} has no address");
    for address in found {
        if !reach.allows(address.ip()) {
            fault = format!(
                "{} is an address of a private network; allow such with allow_private = true in [callbacks]",
                address.ip()
            );
            continue;
        }
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => fault = format!("cannot connect to {address}: {error}"),
        }
    }
    Err(fault)
}

async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<(StatusCode, Bytes), String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let broken = |error: hyper::Error| format!("the connection failed: {error}");
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    let exchange = async {
        let response = sender.send_request(request).await.map_err(broken)?;
        let status = response.status();
        let body = Limited::new(response.into_body(), ANSWER_MAX).collect().await;
        let body = body.map_err(|error| format!("the answer cannot be read: {error}"))?;
        Ok((status, body.to_bytes()))
    };
    let mut exchange = std::pin::pin!(exchange);
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        answer = &mut exchange => answer,
        // The connection may end before its last bytes are taken up.
        _ = &mut connection => exchange.await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_known() {
        for address in [
            "10.0.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "192.0.0.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "2002:a00:1::",
            "2001:db8::1",
            "2001::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        for address in
            ["1.1.1.1", "100.128.0.1", "172.32.0.1", "192.0.1.1", "2606:4700::1111", "::ffff:1.1.1.1"]
        {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn where_the_service_listens_decides_unless_it_is_configured() {
        let private = "10.0.0.1".parse().unwrap();
        let reach = Reach::new(None);
        assert!(reach.allows(private));
        reach.listens_on_loopback(false);
        assert!(!reach.allows(private) && reach.allows("1.1.1.1".parse().unwrap()));
        assert!(!Reach::new(Some(false)).allows(private));
        let open = Reach::new(Some(true));
        open.listens_on_loopback(false);
        assert!(open.allows(private));
    }

    #[test]
    fn only_result_0_is_success() {
        for (answer, expected) in [
            (r#"{"result":0,"errmsg":"OK"}"#, None),
            (r#"{"result":0}"#, None),
            (r#"{"result":1,"errmsg":"busy"}"#, Some("the answer has result 1")),
            (r#"{"result":"0"}"#, Some("the answer has no number `result`")),
            ("[]", Some("the answer has no number `result`")),
            ("OK", Some("the answer is not JSON")),
            ("", Some("the answer is not JSON")),
        ] {
            assert_eq!(judge(answer.as_bytes()).as_deref(), expected, "{answer}");
        }
    }
}
