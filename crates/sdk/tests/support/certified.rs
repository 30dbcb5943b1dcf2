//! What is needed to be a TLS server whose certificate only the authority of `ca.pem` vouches for.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig, ServerConnection};

use super::{OK, answer};

pub fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/support/tls").join(name)
}

/// The certificate is for `sms.tencentcloudapi.com`, `localhost` and `127.0.0.1`.
pub fn config() -> Arc<ServerConfig> {
    #[cfg(feature = "tls-aws-lc")]
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    #[cfg(not(feature = "tls-aws-lc"))]
    let provider = rustls::crypto::ring::default_provider();
    let chain = vec![CertificateDer::from_pem_file(file("server.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(file("server-key.pem")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    Arc::new(config)
}

/// Starts a server that answers every request with [`OK`].
pub fn server() -> SocketAddr {
    let config = config();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let config = Arc::clone(&config);
            std::thread::spawn(move || {
                let mut stream = stream.unwrap();
                let mut session = ServerConnection::new(config).unwrap();
                let mut tls = rustls::Stream::new(&mut session, &mut stream);
                let mut bytes = [0; 4096];
                // Each request of these tests is small enough for one read.
                while tls.read(&mut bytes).is_ok_and(|count| count > 0) {
                    if tls.write_all(&answer(OK)).is_err() {
                        return;
                    }
                }
            });
        }
    });
    address
}
