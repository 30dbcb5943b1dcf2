//! Has a proxy open the way to an address: CONNECT of HTTP, or SOCKS5. Afterwards the stream is the address's own.

use std::io;
use std::net::IpAddr;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use zeroize::Zeroizing;

use crate::endpoint::Address;
use crate::error::{Delivery, ErrorKind, Step};
use crate::exchange::Failure;
use crate::proxy::{Login, Protocol, Proxy};

/// The head of an answer to CONNECT may be this long.
const LONGEST_HEAD: usize = 16 << 10;

/// Why the way was not opened.
enum Refusal {
    /// The connection to the proxy broke.
    Lost(io::Error),
    /// The proxy did not get through. The next time it may.
    Unreachable(String),
    /// The proxy will not, or is none.
    Refused(String),
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::Lost(error)
    }
}

/// Has the proxy connect `stream` with `target`. The host name is looked up by the proxy.
pub(super) async fn open(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    proxy: &Proxy,
    target: &Address,
) -> Result<(), Failure> {
    let outcome = match proxy.protocol {
        Protocol::Http => connect(stream, proxy.login.as_ref(), target).await,
        Protocol::Socks5 => socks5(stream, proxy.login.as_ref(), target).await,
    };
    outcome.map_err(|refusal| {
        let place = &proxy.address;
        let failure = |kind, message| Failure {
            kind,
            step: Step::Proxy,
            delivery: Delivery::NotSent,
            message,
            source: None,
        };
        match refusal {
            Refusal::Lost(error) => Failure {
                message: format!(
                    "the connection to the proxy {place} broke before it opened the way to {target}: {error}"
                ),
                source: Some(error.into()),
                ..failure(ErrorKind::Network, String::new())
            },
            Refusal::Unreachable(why) => {
                failure(ErrorKind::Connect, format!("the proxy {place} cannot reach {target}: {why}"))
            }
            Refusal::Refused(why) => failure(
                ErrorKind::Proxy,
                format!("the proxy {place} did not open the way to {target}: {why}"),
            ),
        }
    })
}

/// What a status 407 means to the caller.
pub(super) fn login_advice(login: Option<&Login>) -> &'static str {
    match login {
        None => {
            "it wants a user and a password (status 407): write them into its URL, http://user:password@host:port"
        }
        Some(_) => "it refused the user or the password (status 407)",
    }
}

async fn connect(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    login: Option<&Login>,
    target: &Address,
) -> Result<(), Refusal> {
    let target = target.to_string();
    let authorization = login.map(Login::basic);
    let length = authorization.as_ref().map_or(0, |value| value.len()) + 2 * target.len() + 100;
    // Long enough from the start: growing would leave a copy of the password behind.
    let mut head = Zeroizing::new(String::with_capacity(length));
    for part in ["CONNECT ", &target, " HTTP/1.1\r\nHost: ", &target, "\r\n"] {
        head.push_str(part);
    }
    if let Some(authorization) = &authorization {
        for part in ["Proxy-Authorization: ", authorization.as_str(), "\r\n"] {
            head.push_str(part);
        }
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).await?;
    stream.flush().await?;

    let (status, is_all) = read_status(stream).await?;
    match status {
        200..=299 if is_all => Ok(()),
        // Nobody speaks on the new way before we do.
        200..=299 => Err(Refusal::Refused("it sent more than its answer".to_owned())),
        407 => Err(Refusal::Refused(login_advice(login).to_owned())),
        502..=504 => Err(Refusal::Unreachable(format!("HTTP status {status}"))),
        _ => Err(Refusal::Refused(format!("it answered CONNECT with HTTP status {status}"))),
    }
}

/// The status of the answer, and whether nothing followed its head.
async fn read_status(stream: &mut (impl AsyncRead + Unpin)) -> Result<(u16, bool), Refusal> {
    const START: &[u8] = b"HTTP/1.";
    let mut head = Vec::new();
    loop {
        let mut chunk = [0; 1024];
        match stream.read(&mut chunk).await? {
            0 => {
                let error = io::Error::new(io::ErrorKind::UnexpectedEof, "it closed the connection");
                return Err(Refusal::Lost(error));
            }
            count => head.extend_from_slice(&chunk[..count]),
        }
        if !head.iter().zip(START).all(|(found, expected)| found == expected) {
            // The first byte of a TLS alert.
            let advice = if head.first() == Some(&0x15) { ", but TLS: write it with https://" } else { "" };
            return Err(Refusal::Refused(format!("it does not speak HTTP{advice}")));
        }
        if let Some(end) = head.windows(4).position(|four| four == b"\r\n\r\n") {
            let digits = head.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok());
            return match digits.and_then(|digits| digits.parse().ok()) {
                Some(status) => Ok((status, head.len() == end + 4)),
                None => Err(Refusal::Refused("its answer has no status".to_owned())),
            };
        }
        if head.len() > LONGEST_HEAD {
            return Err(Refusal::Refused(format!("its answer is longer than {LONGEST_HEAD} bytes")));
        }
    }
}

/// SOCKS5 after RFC 1928, with user and password after RFC 1929.
async fn socks5(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    login: Option<&Login>,
    target: &Address,
) -> Result<(), Refusal> {
    const VERSION: u8 = 5;
    const NO_LOGIN: u8 = 0;
    const USER_AND_PASSWORD: u8 = 2;
    const NOTHING_OFFERED: u8 = 0xff;

    let offer: &[u8] = match login {
        None => &[VERSION, 1, NO_LOGIN],
        Some(_) => &[VERSION, 2, NO_LOGIN, USER_AND_PASSWORD],
    };
    stream.write_all(offer).await?;
    let no_socks =
        || Refusal::Refused("it does not speak SOCKS5; an HTTP proxy is written with http://".to_owned());
    if stream.read_u8().await? != VERSION {
        return Err(no_socks());
    }
    match (stream.read_u8().await?, login) {
        (NO_LOGIN, _) => {}
        (USER_AND_PASSWORD, Some(login)) => {
            let lengths = [&login.user, &login.password].map(|text| u8::try_from(text.len()).ok());
            let [Some(user_length), Some(password_length)] = lengths else {
                return Err(Refusal::Refused("its user or password is too long".to_owned()));
            };
            let mut message = Zeroizing::new(Vec::with_capacity(3 + login.user.len() + login.password.len()));
            message.extend_from_slice(&[1, user_length]);
            message.extend_from_slice(&login.user);
            message.push(password_length);
            message.extend_from_slice(&login.password);
            stream.write_all(&message).await?;
            let mut answer = [0; 2];
            stream.read_exact(&mut answer).await?;
            if answer[1] != 0 {
                return Err(Refusal::Refused("it refused the user or the password".to_owned()));
            }
        }
        (NOTHING_OFFERED, None) => {
            let advice =
                "it wants a user and a password: write them into its URL, socks5://user:password@host:port";
            return Err(Refusal::Refused(advice.to_owned()));
        }
        (NOTHING_OFFERED, Some(_)) => {
            return Err(Refusal::Refused("it accepts neither a user with password nor none".to_owned()));
        }
        _ => return Err(no_socks()),
    }

    // Version, the command to connect, and a reserved byte; then the kind of address.
    let mut request = vec![VERSION, 1, 0];
    match target.host.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => {
            request.push(1);
            request.extend_from_slice(&ip.octets());
        }
        Ok(IpAddr::V6(ip)) => {
            request.push(4);
            request.extend_from_slice(&ip.octets());
        }
        Err(_) => {
            let Ok(length) = u8::try_from(target.host.len()) else {
                return Err(Refusal::Refused("the host name is longer than SOCKS5 can say".to_owned()));
            };
            request.extend_from_slice(&[3, length]);
            request.extend_from_slice(target.host.as_bytes());
        }
    }
    request.extend_from_slice(&target.port.to_be_bytes());
    stream.write_all(&request).await?;

    let mut reply = [0; 4];
    stream.read_exact(&mut reply).await?;
    let [version, outcome, _, kind] = reply;
    if version != VERSION {
        return Err(no_socks());
    }
    let unreachable = |why: &str| Err(Refusal::Unreachable(why.to_owned()));
    match outcome {
        0 => {}
        1 => return unreachable("SOCKS5 general failure (1)"),
        2 => return Err(Refusal::Refused("its rules forbid it (SOCKS5 reply 2)".to_owned())),
        3 => return unreachable("network unreachable (SOCKS5 reply 3)"),
        4 => return unreachable("host unreachable (SOCKS5 reply 4)"),
        5 => return unreachable("connection refused (SOCKS5 reply 5)"),
        6 => return unreachable("time to live expired (SOCKS5 reply 6)"),
        other => return Err(Refusal::Refused(format!("SOCKS5 reply {other}"))),
    }
    // The address on the far side of the proxy, which nobody needs.
    let length = match kind {
        1 => 4,
        3 => usize::from(stream.read_u8().await?),
        4 => 16,
        _ => return Err(no_socks()),
    };
    let mut rest = [0; 255 + 2];
    stream.read_exact(&mut rest[..length + 2]).await?;
    Ok(())
}
