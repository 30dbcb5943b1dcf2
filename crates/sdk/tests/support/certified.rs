//! What is needed to be a TLS server whose certificate only the authority of `ca.pem` vouches for.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{
    self, RootCertStore, ServerConfig, ServerConnection, SupportedProtocolVersion, version,
};

use super::{OK, answer};

pub fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/support/tls").join(name)
}

/// What a server is like.
pub struct Manner {
    /// The file of its certificate; the key is the same for all.
    pub certificate: &'static str,
    pub versions: &'static [&'static SupportedProtocolVersion],
    /// Whether it wants a certificate of the authority from its clients.
    pub asks: bool,
    /// Whether it closes its first connection right after the handshake.
    pub closes_first: bool,
}

impl Default for Manner {
    fn default() -> Self {
        Self { certificate: "server.pem", versions: rustls::ALL_VERSIONS, asks: false, closes_first: false }
    }
}

pub const TLS_1_2: &[&SupportedProtocolVersion] = &[&version::TLS12];
pub const TLS_1_3: &[&SupportedProtocolVersion] = &[&version::TLS13];

/// The certificate is for `sms.tencentcloudapi.com`, `localhost` and `127.0.0.1`.
pub fn config() -> Arc<ServerConfig> {
    configured(&Manner::default())
}

fn configured(manner: &Manner) -> Arc<ServerConfig> {
    #[cfg(feature = "tls-aws-lc")]
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    #[cfg(not(feature = "tls-aws-lc"))]
    let provider = rustls::crypto::ring::default_provider();
    let provider = Arc::new(provider);
    let chain = vec![CertificateDer::from_pem_file(file(manner.certificate)).unwrap()];
    let key = PrivateKeyDer::from_pem_file(file("server-key.pem")).unwrap();
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(manner.versions)
        .unwrap();
    let builder = if manner.asks {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(file("ca.pem")).unwrap()).unwrap();
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
        builder.with_client_cert_verifier(verifier)
    } else {
        builder.with_no_client_auth()
    };
    Arc::new(builder.with_single_cert(chain, key).unwrap())
}

/// A running server.
pub struct Certified {
    pub address: SocketAddr,
    /// How many connections it has ended.
    pub ended: Arc<AtomicUsize>,
    /// How many requests it has read.
    pub read: Arc<AtomicUsize>,
    pub accepted: Arc<AtomicUsize>,
}

/// Starts a server that answers every request with [`OK`].
pub fn server() -> SocketAddr {
    start(&Manner::default()).address
}

/// The same of another manner.
pub fn start(manner: &Manner) -> Certified {
    let config = configured(manner);
    let closes_first = manner.closes_first;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let [ended, read, accepted] = [(); 3].map(|()| Arc::new(AtomicUsize::new(0)));
    let certified = Certified {
        address,
        ended: Arc::clone(&ended),
        read: Arc::clone(&read),
        accepted: Arc::clone(&accepted),
    };
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            accepted.fetch_add(1, Ordering::SeqCst);
            let (config, ended, read) = (Arc::clone(&config), Arc::clone(&ended), Arc::clone(&read));
            std::thread::spawn(move || {
                let mut stream = stream.unwrap();
                let mut session = ServerConnection::new(config).unwrap();
                if closes_first && number == 0 {
                    while session.is_handshaking() {
                        session.complete_io(&mut stream).unwrap();
                    }
                    session.send_close_notify();
                    let _ = session.complete_io(&mut stream);
                } else {
                    answer_all(&mut session, &mut stream, &read);
                }
                drop(stream);
                ended.fetch_add(1, Ordering::SeqCst);
            });
        }
    });
    certified
}

fn answer_all(session: &mut ServerConnection, stream: &mut std::net::TcpStream, read: &AtomicUsize) {
    let mut tls = rustls::Stream::new(session, stream);
    let mut bytes = [0; 4096];
    // Each request of these tests is small enough for one read.
    while tls.read(&mut bytes).is_ok_and(|count| count > 0) {
        read.fetch_add(1, Ordering::SeqCst);
        if tls.write_all(&answer(OK)).is_err() {
            return;
        }
    }
}
