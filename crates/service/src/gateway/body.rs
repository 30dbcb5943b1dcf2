//! Size limits, and reading a body without ever holding more than is allowed.
//!
//! Documented: 32 KB for GET, 1 MB for POST with the older signature methods, 10 MB for POST with TC3, counted on
//! the whole request.

use std::pin::pin;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http_body_util::BodyExt;
use hyper::body::Body;

/// Largest GET request, in bytes.
pub(crate) const GET_MAX: usize = 32 * 1024;
/// Largest POST request signed with HmacSHA1 or HmacSHA256, in bytes.
pub(crate) const V1_MAX: usize = 1024 * 1024;
/// Largest POST request signed with TC3-HMAC-SHA256, in bytes.
pub(crate) const TC3_MAX: usize = 10 * 1024 * 1024;

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(60);

/// How much of a refused body is read and thrown away, so that a client which writes everything before it reads
/// gets its answer instead of a reset connection.
const DISCARD_MAX: usize = 64 * 1024 * 1024;

/// Why there is no body.
pub(crate) enum Failure {
    TooLarge,
    /// The connection failed or was too slow; the text says which.
    Incomplete(String),
}

/// The size of a request line with its headers, in bytes, as HTTP/1.1 writes it.
pub(crate) fn head_size(parts: &Parts) -> usize {
    let target = parts.uri.path_and_query().map_or(1, |target| target.as_str().len());
    let headers =
        parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    parts.method.as_str().len() + target + "  HTTP/1.1\r\n\r\n".len() + headers.sum::<usize>()
}

/// Reads a body of at most `limit` bytes. `expects_continue`: the client waits for a go-ahead before it sends the
/// body, so that one announced as too large is not even asked for.
pub(crate) async fn read<B>(body: B, limit: usize, expects_continue: bool) -> Result<Bytes, Failure>
where
    B: Body<Data = Bytes>,
    B::Error: std::fmt::Display,
{
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > limit && expects_continue {
        return Err(Failure::TooLarge);
    }
    let mut body = pin!(body);
    let reading = async {
        let mut first = Bytes::new();
        let mut rest = BytesMut::new();
        let mut length = 0_usize;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| Failure::Incomplete(error.to_string()))?;
            let Ok(data) = frame.into_data() else { continue };
            length = length.saturating_add(data.len());
            if length.max(announced) > limit {
                // What was held is let go; from here on nothing is kept.
                (first, rest) = (Bytes::new(), BytesMut::new());
                if length > DISCARD_MAX {
                    break;
                }
            } else if first.is_empty() {
                first = data;
            } else {
                rest.extend_from_slice(&data);
            }
        }
        if length.max(announced) > limit {
            return Err(Failure::TooLarge);
        }
        if rest.is_empty() {
            // The usual case: the body came in one piece and is not copied.
            return Ok(first);
        }
        Ok([first, rest.freeze()].concat().into())
    };
    match tokio::time::timeout(PATIENCE, reading).await {
        Ok(result) => result,
        Err(_) => Err(Failure::Incomplete(format!("it took longer than {} seconds", PATIENCE.as_secs()))),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Poll};

    use hyper::body::Frame;

    use super::*;

    /// A body in pieces that counts how many of its bytes are held by anybody.
    struct Pieces {
        pieces: VecDeque<Bytes>,
        stalls: bool,
    }

    impl Body for Pieces {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            match self.pieces.pop_front() {
                None if self.stalls => Poll::Pending,
                piece => Poll::Ready(piece.map(|piece| Ok(Frame::data(piece)))),
            }
        }
    }

    fn pieces(lengths: &[usize]) -> Pieces {
        Pieces { pieces: lengths.iter().map(|length| vec![b'x'; *length].into()).collect(), stalls: false }
    }

    /// Bytes that are counted as long as anybody holds them.
    struct Held(Vec<u8>, Arc<AtomicUsize>);

    impl AsRef<[u8]> for Held {
        fn as_ref(&self) -> &[u8] {
            &self.0
        }
    }

    impl Drop for Held {
        fn drop(&mut self) {
            self.1.fetch_sub(self.0.len(), Ordering::Relaxed);
        }
    }

    /// Endless pieces of 1 KB; remembers the most bytes held at once.
    struct Endless {
        held: Arc<AtomicUsize>,
        most: Arc<AtomicUsize>,
        left: usize,
    }

    impl Body for Endless {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            if self.left == 0 {
                return Poll::Ready(None);
            }
            self.left -= 1;
            let held = self.held.fetch_add(1024, Ordering::Relaxed) + 1024;
            self.most.fetch_max(held, Ordering::Relaxed);
            let piece = Bytes::from_owner(Held(vec![0; 1024], Arc::clone(&self.held)));
            Poll::Ready(Some(Ok(Frame::data(piece))))
        }
    }

    #[tokio::test]
    async fn the_limit_is_inclusive_whatever_the_pieces() {
        for lengths in [&[10][..], &[4, 6], &[1, 0, 9], &[]] {
            let length: usize = lengths.iter().sum();
            let body = read(pieces(lengths), 10, false).await.unwrap_or_default();
            assert_eq!(body.len(), length, "{lengths:?}");
        }
        for lengths in [&[11][..], &[5, 6], &[10, 1]] {
            assert!(matches!(read(pieces(lengths), 10, false).await, Err(Failure::TooLarge)), "{lengths:?}");
        }
    }

    #[tokio::test]
    async fn what_is_over_the_limit_is_not_held() {
        let (held, most) = (Arc::default(), Arc::new(AtomicUsize::new(0)));
        let body = Endless { held: Arc::clone(&held), most: Arc::clone(&most), left: 10_000 };
        assert!(matches!(read(body, 8 * 1024, false).await, Err(Failure::TooLarge)));
        assert!(most.load(Ordering::Relaxed) <= 9 * 1024, "{most:?}");
        assert_eq!(held.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn an_announced_body_is_not_asked_for() {
        let body = http_body_util::Full::new(Bytes::from_static(b"12345"));
        assert!(matches!(read(body, 4, true).await, Err(Failure::TooLarge)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_stalls_is_given_up() {
        let body = Pieces { stalls: true, ..pieces(&[3]) };
        match read(body, 10, false).await {
            Err(Failure::Incomplete(reason)) => assert_eq!(reason, "it took longer than 60 seconds"),
            _ => panic!("it was read"),
        }
    }
}
