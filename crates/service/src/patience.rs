//! A connection that is given up when its other end takes nothing for too long.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};
use tokio_rustls::server::TlsStream;

/// Writes that wait longer than a time fail. Reads have their own limits, which depend on what is read.
pub(crate) struct Patient<S> {
    inner: S,
    most: Duration,
    /// Runs while a write waits.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl<S> Patient<S> {
    pub(crate) fn new(inner: S, most: Duration) -> Self {
        Self { inner, most, waiting: None }
    }

    /// Passes on how a write went, unless it has waited too long.
    fn limit<T>(&mut self, context: &mut Context<'_>, went: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if went.is_ready() {
            self.waiting = None;
            return went;
        }
        let most = self.most;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(most)));
        ready!(waiting.as_mut().poll(context));
        waiting.as_mut().reset(Instant::now() + most);
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the other end takes nothing any more")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let went = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.limit(context, went)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let went = Pin::new(&mut self.inner).poll_write_vectored(context, pieces);
        self.limit(context, went)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let went = Pin::new(&mut self.inner).poll_flush(context);
        self.limit(context, went)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let went = Pin::new(&mut self.inner).poll_shutdown(context);
        self.limit(context, went)
    }
}

/// A connection that can be broken off so that its other end sees a reset.
pub(crate) trait BreakOff {
    /// When it is dropped from here on, the other end is reset.
    fn reset_when_dropped(&self);
}

impl BreakOff for Patient<TcpStream> {
    fn reset_when_dropped(&self) {
        if let Err(error) = SockRef::from(&self.inner).set_linger(Some(Duration::ZERO)) {
            tracing::debug!(%error, "a connection ends without a reset");
        }
    }
}

impl<S: BreakOff> BreakOff for TlsStream<S> {
    fn reset_when_dropped(&self) {
        self.get_ref().0.reset_when_dropped();
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_stops_is_given_up_and_a_slow_one_is_not() {
        let most = Duration::from_secs(60);
        let (mut reader, writer) = duplex(8);
        let mut writer = Patient::new(writer, most);
        let slow = async {
            let mut bytes = [0; 8];
            for _ in 0..3 {
                tokio::time::sleep(Duration::from_secs(59)).await;
                reader.read_exact(&mut bytes).await.unwrap();
            }
            reader
        };
        let (written, reader) = tokio::join!(writer.write_all(&[0; 24]), slow);
        written.unwrap();

        let started = Instant::now();
        let error = writer.write_all(&[0; 24]).await.unwrap_err();
        assert_eq!((error.kind(), started.elapsed()), (io::ErrorKind::TimedOut, most));
        drop(reader);
    }
}
