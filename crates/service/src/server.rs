//! Serving over HTTP/1.1, with TLS or without: listening, limits on connections, and stopping without breaking calls
//! off.

use std::error::Error as _;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::Response;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::config::Secret;
use crate::control::access::Door;
use crate::gateway::BrokenOff;
use crate::patience::{BreakOff, Patient};
use crate::service::{Service, told};
use crate::tls::ServerTls;

/// How long a connection may stay idle, and how long the head of a request may take. The service is documented to
/// keep connections for about this long.
const IDLE: Duration = Duration::from_secs(60);

/// How long an answer may wait to be taken, and how long the beginning of a TLS connection may take.
const STALLED: Duration = Duration::from_secs(60);
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Connections at a time; further ones wait to be accepted.
const CONNECTIONS_MAX: u32 = 4096;

/// Largest head of a request, in bytes: enough to see that a GET is over its 32 KB.
const HEAD_MAX: usize = 128 * 1024;

/// How long calls under way may take once the service stops.
const DRAIN: Duration = Duration::from_secs(10);

/// How long accepting pauses when the system has no more sockets.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The port of the API.
pub struct ApiDoor {
    /// Where to accept.
    pub listener: TcpListener,
    /// What callers are shown; none means plain HTTP.
    pub tls: Option<ServerTls>,
}

impl From<TcpListener> for ApiDoor {
    /// Plain HTTP.
    fn from(listener: TcpListener) -> Self {
        Self { listener, tls: None }
    }
}

/// A port of its own for the control API, which asks for a token there.
pub struct ControlDoor {
    /// Where to accept.
    pub listener: TcpListener,
    /// What callers are shown; none means plain HTTP.
    pub tls: Option<ServerTls>,
    /// What callers must send as `Authorization: Bearer`.
    pub token: Secret,
}

/// A port could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Somebody else has it.
    #[error(
        "cannot listen on {0}: another program uses the port; stop that one, or choose another port (0 picks a free one)"
    )]
    Busy(SocketAddr),
    /// Any other reason.
    #[error("cannot listen on {address}: {source}")]
    Other {
        /// The address as asked for.
        address: SocketAddr,
        /// The system's words.
        source: io::Error,
    },
}

/// Opens a port. Port 0 picks a free one; `local_addr` of the listener says which.
///
/// # Errors
/// [`ListenError`] names the address and what to do.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, ListenError> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => ListenError::Busy(address),
        _ => ListenError::Other { address, source },
    })
}

impl Service {
    /// Accepts callers until `shutdown` resolves; then accepts no more, finishes the calls under way (10 seconds at
    /// most), stops delivery and closes the store.
    ///
    /// The control API is served on `api` while that is a loopback address, and on `control` if there is one.
    pub async fn serve(
        self,
        api: impl Into<ApiDoor>,
        control: Option<ControlDoor>,
        shutdown: impl Future<Output = ()>,
    ) {
        let api: ApiDoor = api.into();
        let loopback = api.listener.local_addr().is_ok_and(|address| address.ip().is_loopback());
        self.listens_on_loopback(loopback);
        let api_door = if loopback { Door::Loopback } else { Door::Api };
        let permits = Arc::new(Semaphore::new(CONNECTIONS_MAX as usize));
        let draining = watch::Sender::new(false);
        {
            let accept_on = |listener, tls, door| {
                let entrance = Entrance { door, tls, draining: draining.subscribe() };
                accept(self.clone(), listener, entrance, Arc::clone(&permits))
            };
            let api = accept_on(api.listener, api.tls, api_door);
            let control = async {
                match control {
                    Some(ControlDoor { listener, tls, token }) => {
                        accept_on(listener, tls, Door::Control(token)).await;
                    }
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = shutdown => {}
                () = api => {}
                () = control => {}
            }
            // Leaving this block drops both listeners: from here on the system refuses new connections.
        }
        tracing::info!("stopping: finishing the calls under way");
        self.announce_stop();
        draining.send_replace(true);
        // Every connection holds one permit until it ends; each ends within the drain time.
        let _all = permits.acquire_many(CONNECTIONS_MAX).await;
        self.stop().await;
    }
}

/// What connections of one port have in common.
#[derive(Clone)]
struct Entrance {
    door: Door,
    tls: Option<ServerTls>,
    draining: watch::Receiver<bool>,
}

async fn accept(service: Service, listener: TcpListener, entrance: Entrance, permits: Arc<Semaphore>) {
    loop {
        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(connection(service.clone(), stream, entrance.clone(), permit));
            }
            Err(error) => {
                // A caller that is gone already is no matter. Out of sockets, a pause lets some be closed.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn connection(
    service: Service,
    stream: TcpStream,
    mut entrance: Entrance,
    _permit: OwnedSemaphorePermit,
) {
    let _counted = service.metrics().connection();
    // Answers are small and written whole: waiting to fill a packet only delays them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its delay");
    }
    let stream = Patient::new(stream, STALLED);
    let Some(tls) = entrance.tls.take() else {
        return exchange(service, stream, entrance).await;
    };
    let shaken = tokio::select! {
        shaken = tokio::time::timeout(HANDSHAKE, tls.acceptor.accept(stream)) => shaken,
        () = told(&mut entrance.draining) => return,
    };
    match shaken {
        Ok(Ok(stream)) => exchange(service, stream, entrance).await,
        Ok(Err(error)) => tracing::debug!(%error, "a TLS connection was not made"),
        Err(_) => tracing::debug!("a TLS connection was not made within {} seconds", HANDSHAKE.as_secs()),
    }
}

/// The answer must not arrive: the connection ends here.
#[derive(Debug, thiserror::Error)]
#[error("broken off on demand")]
struct Broken;

/// Answers the calls that come over one connection.
async fn exchange<S>(service: Service, stream: S, mut entrance: Entrance)
where
    S: AsyncRead + AsyncWrite + BreakOff + Unpin + Send + 'static,
{
    let answer = service_fn(|request| {
        let (service, door) = (&service, &entrance.door);
        async move {
            let response: Response<Body> = service.answer(door, request).await;
            if response.extensions().get::<BrokenOff>().is_some() { Err(Broken) } else { Ok(response) }
        }
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE)
        .max_buf_size(HEAD_MAX)
        .serve_connection(TokioIo::new(stream), answer);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = told(&mut entrance.draining) => {
            std::pin::Pin::new(&mut connection).graceful_shutdown();
            match tokio::time::timeout(DRAIN, &mut connection).await {
                Ok(ended) => ended,
                Err(_) => {
                    tracing::warn!("a call was still under way after {} seconds and is broken off", DRAIN.as_secs());
                    Ok(())
                }
            }
        }
    };
    if let Err(error) = ended {
        if error.source().is_some_and(|source| source.is::<Broken>()) {
            connection.into_parts().io.inner().reset_when_dropped();
        }
        tracing::debug!(%error, "a connection ended badly");
    }
}
