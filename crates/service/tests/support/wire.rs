//! Signed calls as they go over a socket.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Call;

/// The bytes of a call.
pub fn bytes(call: &Call) -> Vec<u8> {
    let request = call.request();
    let mut bytes = b"POST / HTTP/1.1\r\n".to_vec();
    for (name, value) in request.headers() {
        bytes.extend_from_slice(format!("{name}: {}\r\n", value.to_str().unwrap()).as_bytes());
    }
    bytes.extend_from_slice(format!("Content-Length: {}\r\n\r\n", call.body.len()).as_bytes());
    bytes.extend_from_slice(&call.body);
    bytes
}

/// Reads one answer with a `Content-Length`: its status and body.
pub async fn read_answer(stream: &mut TcpStream) -> std::io::Result<(u16, String)> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |length| length.parse().unwrap());
            if body.len() >= length {
                return Ok((head[9..12].parse().unwrap(), body.to_owned()));
            }
        }
        let mut piece = [0; 4096];
        let read = stream.read(&mut piece).await?;
        if read == 0 {
            return Err(std::io::Error::other(format!("the connection ended after {text:?}")));
        }
        bytes.extend_from_slice(&piece[..read]);
    }
}

/// One request over a connection of its own.
pub async fn ask(address: SocketAddr, request: &[u8]) -> std::io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request).await?;
    read_answer(&mut stream).await
}
