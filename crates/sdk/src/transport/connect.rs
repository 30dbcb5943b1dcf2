//! Opens a connection: look-up, TCP, proxy, TLS.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio_rustls::rustls;

use super::connection::{Connection, Socket, Stream};
use super::first::first;
use super::tunnel;
use crate::config::Core;
use crate::endpoint::Address;
use crate::error::{Delivery, ErrorKind, Step};
use crate::exchange::Failure;
use crate::proxy::Proxy;
use crate::route::Route;

/// The head start of an address before the next one is tried beside it.
const HEAD_START: Duration = Duration::from_millis(250);

/// Opens a connection. `step` follows what is being done.
pub(super) async fn open(core: &Core, route: &Route, step: &mut Option<Step>) -> Result<Connection, Failure> {
    let address = &route.address;
    let socket = dial(route.proxy.as_ref(), address, step).await?;
    let mut stream = Stream::Plain(socket.clone());

    if let Some(proxy) = &route.proxy {
        *step = Some(Step::Proxy);
        if proxy.address.tls {
            let peer = Peer {
                host: &proxy.address.host,
                name: format!("the proxy {}", proxy.address),
                step: Step::Proxy,
                when_not_tls: "; the proxy does not speak TLS: try it with http:// in place of https://",
                when_lost: "; if the proxy does not speak TLS, try it with http:// in place of https://",
            };
            stream = handshake(core, stream, &peer).await?;
        }
        if route.forwarder().is_none() {
            tunnel::open(&mut stream, proxy, address).await?;
        }
    }
    if address.tls {
        *step = Some(Step::Tls);
        let host = &route.endpoint.host;
        let way = match &route.proxy {
            Some(proxy) => format!(" through the proxy {}", proxy.address),
            None => String::new(),
        };
        let peer = Peer {
            host,
            name: format!("{address} as {host}{way}"),
            step: Step::Tls,
            when_not_tls: "; the server does not seem to speak TLS on this port",
            when_lost: "",
        };
        stream = handshake(core, stream, &peer).await?;
    }
    Connection::over(socket, stream).await.map_err(|error| Failure {
        kind: ErrorKind::Connect,
        step: Step::Connect,
        delivery: Delivery::NotSent,
        message: format!("cannot use the connection to {address}"),
        source: Some(error.into()),
    })
}

/// Opens the socket, to the proxy if there is one.
async fn dial(proxy: Option<&Proxy>, target: &Address, step: &mut Option<Step>) -> Result<Socket, Failure> {
    let (address, what) = match proxy {
        Some(proxy) => (&proxy.address, "the proxy "),
        None => (target, ""),
    };
    let failure = |kind, step, message, error: io::Error| Failure {
        kind,
        step,
        delivery: Delivery::NotSent,
        message,
        source: Some(error.into()),
    };

    *step = Some(Step::Resolve);
    let found = match tokio::net::lookup_host((address.host.as_str(), address.port)).await {
        Ok(found) => in_turns(found),
        Err(error) => {
            let whose = if proxy.is_some() { "of the proxy " } else { "" };
            let message = format!("the host {whose}{} has no address: {error}", address.host);
            return Err(failure(ErrorKind::Resolve, Step::Resolve, message, error));
        }
    };

    *step = Some(Step::Connect);
    let refused = |error: io::Error| {
        let message = format!("cannot connect to {what}{address}: {error}");
        failure(ErrorKind::Connect, Step::Connect, message, error)
    };
    let stream = race(found).await.map_err(refused)?;
    stream.set_nodelay(true).map_err(refused)?;
    Ok(Socket::new(stream))
}

/// Who TLS is spoken with, and what to say when that fails.
struct Peer<'a> {
    /// What the certificate must be for.
    host: &'a str,
    name: String,
    step: Step,
    /// What came back was no TLS.
    when_not_tls: &'static str,
    /// The connection broke.
    when_lost: &'static str,
}

async fn handshake(core: &Core, stream: Stream, peer: &Peer<'_>) -> Result<Stream, Failure> {
    let failure = |kind, message, source| Failure {
        kind,
        step: peer.step,
        delivery: Delivery::NotSent,
        message,
        source,
    };
    let (connector, name) =
        core.tls.connector(peer.host).map_err(|fault| failure(ErrorKind::Tls, fault, None))?;
    let stream = connector.connect(name, stream).await.map_err(|error| {
        // What comes from the protocol fails again the same way; what comes from the network may not.
        let (kind, why) = match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            None => (ErrorKind::Network, format!("{error}{}", peer.when_lost)),
            Some(fault) => (ErrorKind::Tls, core.tls.explain(fault, peer.when_not_tls)),
        };
        failure(kind, format!("TLS with {} failed: {why}", peer.name), Some(error.into()))
    })?;
    Ok(Stream::Tls(Box::new(stream)))
}

/// The addresses with the two families taking turns, beginning with the resolver's choice.
fn in_turns(found: impl Iterator<Item = SocketAddr>) -> VecDeque<SocketAddr> {
    let found: Vec<SocketAddr> = found.collect();
    let prefers_v6 = found.first().is_some_and(SocketAddr::is_ipv6);
    let (preferred, other): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|address| address.is_ipv6() == prefers_v6);
    let mut other = other.into_iter();
    let mut turns = VecDeque::new();
    for address in preferred {
        turns.push_back(address);
        turns.extend(other.next());
    }
    turns.extend(other);
    turns
}

/// Connects to the first address that accepts. Each further one is tried when its predecessor failed, or has not
/// accepted within its head start.
async fn race(mut addresses: VecDeque<SocketAddr>) -> io::Result<TcpStream> {
    let mut running = Vec::new();
    let mut last = io::Error::new(io::ErrorKind::AddrNotAvailable, "the name has no address");
    loop {
        match addresses.pop_front() {
            Some(address) => running.push(Box::pin(TcpStream::connect(address))),
            None if running.is_empty() => return Err(last),
            None => {}
        }
        let outcome = if addresses.is_empty() {
            first(&mut running).await
        } else {
            match tokio::time::timeout(HEAD_START, first(&mut running)).await {
                Ok(outcome) => outcome,
                Err(_) => continue,
            }
        };
        match outcome {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_families_take_turns() {
        let parse =
            |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<SocketAddr>>();
        let found = parse(&["[::1]:1", "[::2]:1", "[::3]:1", "1.0.0.1:1", "1.0.0.2:1"]);
        let expected = parse(&["[::1]:1", "1.0.0.1:1", "[::2]:1", "1.0.0.2:1", "[::3]:1"]);
        assert_eq!(Vec::from(in_turns(found.into_iter())), expected);
        assert!(in_turns(std::iter::empty()).is_empty());
    }

    #[tokio::test]
    async fn a_dead_address_does_not_keep_from_the_live_one() {
        let live = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let dead = {
            let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            gone.local_addr().unwrap()
        };
        let stream = race(VecDeque::from([dead, dead, live.local_addr().unwrap()])).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), live.local_addr().unwrap());
        assert_eq!(race(VecDeque::from([dead])).await.unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
        assert!(race(VecDeque::new()).await.is_err());
    }

    #[tokio::test]
    async fn a_silent_address_costs_its_head_start() {
        // A full queue: the system ignores whoever comes.
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let silent = socket.listen(1).unwrap();
        let address = silent.local_addr().unwrap();
        let mut queue = Vec::new();
        while let Ok(Ok(stream)) =
            tokio::time::timeout(Duration::from_millis(50), TcpStream::connect(address)).await
        {
            queue.push(stream);
        }
        let live = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let started = std::time::Instant::now();
        let stream = race(VecDeque::from([address, live.local_addr().unwrap()])).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), live.local_addr().unwrap());
        let took = started.elapsed();
        assert!(took >= HEAD_START && took < 2 * HEAD_START, "{took:?}");
    }
}
