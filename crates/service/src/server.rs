//! Serving over HTTP/1.1: listening, limits on connections, and stopping without breaking calls off.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::config::Secret;
use crate::control::access::Door;
use crate::service::{Service, told};

/// How long a connection may stay idle, and how long the head of a request may take. The service is documented to
/// keep connections for about this long.
const IDLE: Duration = Duration::from_secs(60);

/// Connections at a time; further ones wait to be accepted.
const CONNECTIONS_MAX: u32 = 4096;

/// Largest head of a request, in bytes: enough to see that a GET is over its 32 KB.
const HEAD_MAX: usize = 128 * 1024;

/// How long calls under way may take once the service stops.
const DRAIN: Duration = Duration::from_secs(10);

/// How long accepting pauses when the system has no more sockets.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A port of its own for the control API, which asks for a token there.
pub struct ControlDoor {
    /// Where to accept.
    pub listener: TcpListener,
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
        api: TcpListener,
        control: Option<ControlDoor>,
        shutdown: impl Future<Output = ()>,
    ) {
        let loopback = api.local_addr().is_ok_and(|address| address.ip().is_loopback());
        let api_door = if loopback { Door::Loopback } else { Door::Api };
        let permits = Arc::new(Semaphore::new(CONNECTIONS_MAX as usize));
        let draining = watch::Sender::new(false);
        {
            let accept_on = |listener, door| {
                accept(self.clone(), listener, door, Arc::clone(&permits), draining.subscribe())
            };
            let api = accept_on(api, api_door);
            let control = async {
                match control {
                    Some(ControlDoor { listener, token }) => accept_on(listener, Door::Control(token)).await,
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

async fn accept(
    service: Service,
    listener: TcpListener,
    door: Door,
    permits: Arc<Semaphore>,
    draining: watch::Receiver<bool>,
) {
    loop {
        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(connection(service.clone(), stream, door.clone(), permit, draining.clone()));
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
    door: Door,
    _permit: OwnedSemaphorePermit,
    mut draining: watch::Receiver<bool>,
) {
    // Answers are small and written whole: waiting to fill a packet only delays them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its delay");
    }
    let answer = service_fn(|request| {
        let (service, door) = (&service, &door);
        async move { Ok::<_, std::convert::Infallible>(service.answer(door, request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE)
        .max_buf_size(HEAD_MAX)
        .serve_connection(TokioIo::new(stream), answer);
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = told(&mut draining) => {
            connection.as_mut().graceful_shutdown();
            match tokio::time::timeout(DRAIN, connection).await {
                Ok(ended) => ended,
                Err(_) => {
                    tracing::warn!("a call was still under way after {} seconds and is broken off", DRAIN.as_secs());
                    Ok(())
                }
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended badly");
    }
}
