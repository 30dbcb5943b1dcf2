//! A service that answers each send with the session context it was sent, so that an answer to somebody else's call shows.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

pub(crate) struct Server {
    address: SocketAddr,
    closing: SocketAddr,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self { address: listen(answer_all), closing: listen(close_in_the_middle) }
    }

    pub(crate) fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Of a server that closes its connections while a request is written.
    pub(crate) fn closing_address(&self) -> String {
        format!("http://{}", self.closing)
    }
}

fn listen(serve: fn(TcpStream) -> std::io::Result<()>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || serve(stream));
        }
    });
    address
}

/// Reads one request; its body, or nothing at the end.
fn request(reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<String>> {
    let mut length = 0;
    let mut line = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(String::from_utf8_lossy(&body).into_owned()))
}

fn answer_all(stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    while let Some(body) = request(&mut reader)? {
        let context = body.split(r#""SessionContext":""#).nth(1).and_then(|rest| rest.split('"').next());
        let context = context.unwrap_or_default();
        let content = match context {
            // Nothing comes: what the caller waits for is its own limit, or to be told to stop.
            "silence" => {
                std::thread::sleep(Duration::from_secs(60));
                return Ok(());
            }
            "refuse" => {
                r#"{"Response":{"Error":{"Code":"FailedOperation.X","Message":"no"},"RequestId":"r"}}"#
                    .to_owned()
            }
            context => format!(
                r#"{{"Response":{{"SendStatusSet":[{{"SessionContext":"{context}","Code":"Ok"}}],"RequestId":"r"}}}}"#
            ),
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            content.len()
        );
        writer.write_all((head + &content).as_bytes())?;
    }
    Ok(())
}

/// With bytes unread the close is a reset.
fn close_in_the_middle(mut stream: TcpStream) -> std::io::Result<()> {
    stream.read_exact(&mut [0])
}
