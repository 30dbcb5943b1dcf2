//! One HTTP/1.1 connection, used by one call at a time.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io;
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http::header::CONTENT_TYPE;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Frame, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::encoding;
use super::gate::Gate;
use crate::exchange::HttpAnswer;

pub(crate) struct Connection {
    sender: http1::SendRequest<Full<Bytes>>,
    driver: http1::Connection<TokioIo<Counted>, Full<Bytes>>,
    gate: Gate,
    socket: Socket,
    traffic: Traffic,
    /// Whether no request was sent yet.
    is_fresh: bool,
}

/// The most bytes that may come before an answer: interim answers, which are skipped, and its own head, for which the
/// HTTP library has a smaller limit.
const LONGEST_PRELUDE: u64 = 1 << 20;

/// Takes the bodies of the answers that are not to be read whole.
#[expect(clippy::result_large_err, reason = "it is the usual case, and no error")]
pub(crate) trait Begin: Sized {
    /// Whether it takes none, so that an answer may come compressed.
    const IS_WHOLE: bool;

    /// The answer without its body, and that; or the answer as it was.
    fn begin(response: Response<Incoming>) -> Result<(HttpAnswer, Self), Response<Incoming>>;
}

/// Takes none: every answer is read whole.
impl Begin for Infallible {
    const IS_WHOLE: bool = true;

    fn begin(response: Response<Incoming>) -> Result<(HttpAnswer, Self), Response<Incoming>> {
        Err(response)
    }
}

/// The body of a stream of server-sent events.
pub(crate) struct EventBody(Incoming);

impl Begin for EventBody {
    const IS_WHOLE: bool = false;

    fn begin(response: Response<Incoming>) -> Result<(HttpAnswer, Self), Response<Incoming>> {
        let kind =
            response.headers().get(CONTENT_TYPE).map(|kind| kind.as_bytes().split(|byte| *byte == b';'));
        let kind = kind.and_then(|mut kind| kind.next()).unwrap_or_default().trim_ascii();
        if response.status() == StatusCode::OK && kind.eq_ignore_ascii_case(b"text/event-stream") {
            let (head, body) = response.into_parts();
            let head = HttpAnswer { status: head.status.as_u16(), headers: head.headers, body: Bytes::new() };
            Ok((head, Self(body)))
        } else {
            Err(response)
        }
    }
}

/// What came on a request.
pub(crate) enum Received<B> {
    Whole(HttpAnswer),
    Begun(HttpAnswer, B),
}

/// Why a request got no whole answer.
#[derive(Debug)]
pub(crate) enum Fault {
    Http(hyper::Error),
    /// The connection ended without saying why.
    Closed,
    /// The answer exceeds this many bytes.
    TooLarge(usize),
    /// Nothing but interim answers came.
    Prelude,
    /// The answer's compression cannot be undone.
    Encoding {
        status: u16,
        what: String,
    },
}

impl Connection {
    /// Speaks HTTP over `stream`, whose bytes go through `socket`.
    pub(crate) async fn over(socket: Socket, stream: Stream) -> Result<Self, hyper::Error> {
        let traffic = Traffic::default();
        let io = TokioIo::new(Counted { stream, traffic: traffic.clone() });
        let (sender, driver) = http1::handshake(io).await?;
        Ok(Self { sender, driver, gate: Gate::new(), socket, traffic, is_fresh: true })
    }

    /// Begins to count for the next request.
    pub(crate) fn start_counting(&self) -> Traffic {
        self.traffic.0.written.store(0, Ordering::Relaxed);
        self.traffic.0.read.store(0, Ordering::Relaxed);
        self.traffic.clone()
    }

    /// Sends the request and reads the answer: whole, of at most `limit` bytes, unless `B` takes its body.
    pub(crate) async fn exchange<B: Begin>(
        &mut self,
        request: Request<Bytes>,
        limit: usize,
    ) -> Result<Received<B>, Fault> {
        self.is_fresh = false;
        let sending = self.sender.send_request(request.map(Full::new));
        let traffic = &self.traffic;
        let work = async move {
            match B::begin(head(sending, traffic).await?) {
                Ok((head, body)) => Ok(Received::Begun(head, body)),
                Err(response) => whole(response, limit).await.map(Received::Whole),
            }
        };
        self.gate.drive(&mut self.driver, work).await.unwrap_or(Err(Fault::Closed))
    }

    /// The other end of the socket: the service's, or the proxy's.
    pub(crate) fn peer(&self) -> Option<SocketAddr> {
        self.socket.0.peer_addr().ok()
    }

    /// Whether no request was sent yet.
    pub(crate) fn is_fresh(&self) -> bool {
        self.is_fresh
    }

    /// Whether the next request may be sent on a connection that waited.
    pub(crate) async fn is_usable(&mut self) -> bool {
        if self.is_quiet() {
            return true;
        }
        // TLS 1.3 servers send tickets after the handshake, which the first answer brings along. Where there was none,
        // they have to be read to see what is behind them.
        if !self.is_fresh || self.sender.is_closed() || self.socket.0.readable().await.is_err() {
            return false;
        }
        self.gate.settle(&mut self.driver).is_pending() && self.is_quiet()
    }

    /// The next bytes of an answer that was begun; `None` at its end. Giving up the wait loses nothing.
    pub(crate) async fn piece(&mut self, body: &mut EventBody) -> Option<Result<Bytes, Fault>> {
        let work = async {
            loop {
                match body.0.frame().await?.map(Frame::into_data) {
                    Ok(Ok(data)) => return Some(Ok(data)),
                    Ok(Err(_trailers)) => {}
                    Err(error) => return Some(Err(Fault::Http(error))),
                }
            }
        };
        self.gate.drive(&mut self.driver, work).await.unwrap_or(Some(Err(Fault::Closed)))
    }

    /// After an answer: whether another request may follow on this connection.
    pub(crate) fn is_reusable(&mut self) -> bool {
        self.sender.is_ready() || (self.gate.settle(&mut self.driver).is_pending() && self.sender.is_ready())
    }

    /// Whether nothing arrived while the connection waited. Whatever arrives then is the end of it: the server closed,
    /// or said so by TLS. Asks the operating system, because a runtime that was not driven has seen nothing.
    fn is_quiet(&self) -> bool {
        let mut byte = [MaybeUninit::uninit()];
        let peeked = SockRef::from(&*self.socket.0).peek(&mut byte);
        !self.sender.is_closed() && peeked.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    }
}

/// Waits for the answer to begin, whatever comes before it.
async fn head(
    sending: impl Future<Output = Result<Response<Incoming>, hyper::Error>>,
    traffic: &Traffic,
) -> Result<Response<Incoming>, Fault> {
    let mut sending = pin!(sending);
    poll_fn(|cx| match sending.as_mut().poll(cx) {
        Poll::Ready(Ok(response)) => Poll::Ready(Ok(response)),
        _ if traffic.read() > LONGEST_PRELUDE => Poll::Ready(Err(Fault::Prelude)),
        outcome => outcome.map_err(Fault::Http),
    })
    .await
}

async fn whole(response: Response<Incoming>, limit: usize) -> Result<HttpAnswer, Fault> {
    let (head, mut body) = response.into_parts();
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > limit {
        return Err(Fault::TooLarge(limit));
    }
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(Fault::Http)?.into_data() else { continue };
        if first.len() + all.len() + data.len() > limit {
            return Err(Fault::TooLarge(limit));
        }
        // Most answers come in one piece, which needs no copy.
        if first.is_empty() && all.is_empty() {
            first = data;
            continue;
        }
        if all.is_empty() {
            all.reserve(announced.max(first.len() + data.len()));
            all.extend_from_slice(&std::mem::take(&mut first));
        }
        all.extend_from_slice(&data);
    }
    let body = if all.is_empty() { first } else { all.freeze() };
    let status = head.status.as_u16();
    let body = encoding::decoded(&head.headers, body, limit).map_err(|fault| match fault {
        encoding::Fault::TooLarge(limit) => Fault::TooLarge(limit),
        encoding::Fault::Unreadable(what) => Fault::Encoding { status, what },
    })?;
    Ok(HttpAnswer { status, headers: head.headers, body })
}

/// How many bytes of requests and answers went over a connection.
#[derive(Clone, Default)]
pub(crate) struct Traffic(Arc<Counts>);

#[derive(Default)]
struct Counts {
    written: AtomicU64,
    read: AtomicU64,
}

impl Traffic {
    /// Bytes of the request that the connection took. With TLS some may still be on this machine.
    pub(crate) fn written(&self) -> u64 {
        self.0.written.load(Ordering::Relaxed)
    }

    /// Bytes of the answer that arrived.
    pub(crate) fn read(&self) -> u64 {
        self.0.read.load(Ordering::Relaxed)
    }
}

/// A TCP socket that the HTTP connection owns and the pool can look at.
#[derive(Clone)]
pub(crate) struct Socket(Arc<TcpStream>);

impl Socket {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self(Arc::new(stream))
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            ready!(self.0.poll_read_ready(cx))?;
            match self.0.try_read_buf(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                outcome => return Poll::Ready(outcome.map(drop)),
            }
        }
    }
}

/// Keeps the signal SIGPIPE from being raised when the other end is gone. The standard library's own vectored write leaves
/// that to the program, and one that is not written in Rust may not have switched the signal off.
#[cfg(any(target_os = "linux", target_os = "android"))]
const NO_SIGNAL: i32 = libc::MSG_NOSIGNAL;
/// Elsewhere the socket itself is told, by the standard library.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const NO_SIGNAL: i32 = 0;

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.0.poll_write_ready(cx))?;
            match self.0.try_write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                outcome => return Poll::Ready(outcome),
            }
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let write = || SockRef::from(&*self.0).send_vectored_with_flags(slices, NO_SIGNAL);
        loop {
            ready!(self.0.poll_write_ready(cx))?;
            match self.0.try_io(Interest::WRITABLE, write) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                outcome => return Poll::Ready(outcome),
            }
        }
    }

    /// A handshake that came in pieces could be refused in its middle, and the refusal be lost over the rest.
    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(SockRef::from(&*self.0).shutdown(std::net::Shutdown::Write))
    }
}

/// What HTTP is spoken over: the socket, or TLS over a stream. TLS lies in TLS where a proxy speaks it too.
pub(crate) enum Stream {
    Plain(Socket),
    Tls(Box<TlsStream<Stream>>),
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
            Self::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.is_write_vectored(),
            Self::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

/// The connection's bytes as HTTP sees them, counted.
struct Counted {
    stream: Stream,
    traffic: Traffic,
}

impl Counted {
    fn note_written(&self, outcome: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(count)) = &outcome {
            self.traffic.0.written.fetch_add(*count as u64, Ordering::Relaxed);
        }
        outcome
    }
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let outcome = Pin::new(&mut self.stream).poll_read(cx, buffer);
        let count = buffer.filled().len() - before;
        self.traffic.0.read.fetch_add(count as u64, Ordering::Relaxed);
        outcome
    }
}

impl AsyncWrite for Counted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.note_written(outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.note_written(outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
