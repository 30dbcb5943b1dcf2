//! The servers of one case: bound, played, and asked at the end what they heard.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use crate::connection;
use crate::places::Places;
use crate::script::{Heard, Record, Script, calls_awaited};

/// The bound but silent servers of a case: their ports are known, and their scripts may still need them.
pub struct Ports {
    sockets: BTreeMap<String, Socket>,
}

/// The servers of a case at work.
pub struct Stage {
    servers: BTreeMap<String, Server>,
}

struct Server {
    log: Arc<Log>,
    address: SocketAddr,
    /// The thread that accepts; it ends with the threads of the connections it made. None for a port where nobody
    /// listens.
    thread: Option<JoinHandle<()>>,
    /// Keeps the port from being given to anybody else.
    _socket: Option<Socket>,
}

impl Ports {
    /// Binds a port for each name, of `[::1]` where that is true.
    ///
    /// # Errors
    ///
    /// When the operating system gives none.
    pub fn bind<'a>(names: impl Iterator<Item = (&'a String, bool)>) -> io::Result<Self> {
        let mut sockets = BTreeMap::new();
        for (name, ipv6) in names {
            sockets.insert(name.clone(), bound(ipv6)?);
        }
        Ok(Self { sockets })
    }

    /// Says what `{NAME}` and `{NAME.port}` stand for.
    ///
    /// # Errors
    ///
    /// When the operating system does not know an address it gave.
    pub fn name(&self, places: &mut Places) -> io::Result<()> {
        for (name, socket) in &self.sockets {
            let address = address(socket)?;
            places.put(name, address.to_string());
            places.put(format!("{name}.port"), address.port().to_string());
        }
        Ok(())
    }

    /// Starts the servers.
    ///
    /// # Errors
    ///
    /// When a port cannot be listened on.
    pub fn open(self, scripts: &BTreeMap<String, Script>) -> io::Result<Stage> {
        let mut servers = BTreeMap::new();
        for (name, socket) in self.sockets {
            let script = scripts.get(&name).cloned().unwrap_or_default();
            servers.insert(name, Server::start(socket, script)?);
        }
        Ok(Stage { servers })
    }
}

fn bound(ipv6: bool) -> io::Result<Socket> {
    let (domain, address) = match ipv6 {
        false => (Domain::IPV4, IpAddr::from(Ipv4Addr::LOCALHOST)),
        true => (Domain::IPV6, IpAddr::from(Ipv6Addr::LOCALHOST)),
    };
    let socket = Socket::new(domain, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from((address, 0)).into())?;
    Ok(socket)
}

/// Whether this machine has the address `::1`. Containers often have not.
pub fn has_ipv6() -> bool {
    bound(true).is_ok()
}

fn address(socket: &Socket) -> io::Result<SocketAddr> {
    socket.local_addr()?.as_socket().ok_or_else(|| io::ErrorKind::AddrNotAvailable.into())
}

impl Stage {
    /// Lets the connections go on that wait for this call, counted from 1, and waits until they have done so.
    pub fn call_is_over(&self, call: usize) {
        self.servers.values().for_each(|server| server.log.call_is_over(call));
    }

    /// Ends the servers and gives what each heard. The client must be gone.
    ///
    /// # Errors
    ///
    /// When a server cannot be told to end.
    pub fn close(self) -> io::Result<BTreeMap<String, Record>> {
        let mut records = BTreeMap::new();
        for (name, server) in self.servers {
            records.insert(name, server.close()?);
        }
        Ok(records)
    }
}

impl Server {
    fn start(socket: Socket, script: Script) -> io::Result<Self> {
        let log = Arc::new(Log::default());
        let address = address(&socket)?;
        if script.closed {
            return Ok(Self { log, address, thread: None, _socket: Some(socket) });
        }
        socket.listen(128)?;
        let listener = TcpListener::from(socket);
        let for_thread = Arc::clone(&log);
        let thread = std::thread::spawn(move || accept(&listener, &Arc::new(script), &for_thread));
        Ok(Self { log, address, thread: Some(thread), _socket: None })
    }

    fn close(self) -> io::Result<Record> {
        if let Some(thread) = self.thread {
            // The last connection is our own: all that came before it were accepted. The lock is held so that it is not
            // accepted before it is known.
            let mut state = self.log.lock();
            let last = TcpStream::connect(self.address)?;
            state.last = Some(last.local_addr()?);
            drop(state);
            self.log.changed.notify_all();
            if thread.join().is_err() {
                self.log.lock().record.faults.push("the server's thread ended badly".to_owned());
            }
        }
        Ok(std::mem::take(&mut self.log.lock().record))
    }
}

fn accept(listener: &TcpListener, script: &Arc<Script>, log: &Arc<Log>) {
    let mut threads = Vec::new();
    for stream in listener.incoming() {
        let Ok(stream) = stream else { continue };
        if log.is_last(&stream) {
            break;
        }
        let number = {
            let mut state = log.lock();
            state.record.connections += 1;
            state.record.connections
        };
        let place = if script.repeat { number.min(script.connections.len()) } else { number };
        let Some(steps) = place.checked_sub(1).and_then(|place| script.connections.get(place)) else {
            log.fault(number, "no script is for this connection");
            continue;
        };
        let awaited = calls_awaited(steps);
        log.lock().waiting.extend(awaited.into_iter().map(|call| (number, call)));
        let (log, steps) = (Arc::clone(log), steps.clone());
        threads.push(std::thread::spawn(move || {
            connection::serve(stream, number, &steps, &log);
            log.ended(number);
        }));
    }
    for thread in threads {
        if thread.join().is_err() {
            log.fault(0, "a connection's thread ended badly");
        }
    }
}

/// What the connections of one server write down, and how they wait for the calls.
#[derive(Default)]
pub(crate) struct Log {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    record: Record,
    /// The calls whose outcome is told.
    calls: usize,
    /// Connections, and the calls after which they do something.
    waiting: Vec<(usize, usize)>,
    /// Connections that do it now.
    moving: Vec<(usize, usize)>,
    /// The client's end of the connection that ends the server.
    last: Option<SocketAddr>,
}

impl Log {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn heard(&self, connection: usize, is_request: bool, bytes: Vec<u8>) {
        self.lock().record.heard.push(Heard { connection, is_request, bytes });
        self.changed.notify_all();
    }

    pub(crate) fn fault(&self, connection: usize, what: &str) {
        self.lock().record.faults.push(format!("connection {connection}: {what}"));
    }

    pub(crate) fn tls_failure(&self, connection: usize, why: String) {
        self.lock().record.tls_failures.push((connection, why));
    }

    /// Waits until the outcome of a call is told; false when it is not within `limit`.
    pub(crate) fn wait_for_call(&self, call: usize, limit: Duration) -> bool {
        self.wait_for(limit, |state| state.calls >= call)
    }

    /// Waits until so many requests were read; false when they are not within `limit`.
    pub(crate) fn wait_for_requests(&self, count: usize, limit: Duration) -> bool {
        self.wait_for(limit, |state| {
            state.record.heard.iter().filter(|heard| heard.is_request).count() >= count
        })
    }

    fn wait_for(&self, limit: Duration, done: impl Fn(&State) -> bool) -> bool {
        let state = self.lock();
        let outcome =
            self.changed.wait_timeout_while(state, limit, |state| !done(state) && state.last.is_none());
        done(&outcome.unwrap_or_else(PoisonError::into_inner).0)
    }

    /// A connection goes on after this call.
    pub(crate) fn moving(&self, connection: usize, call: usize) {
        self.lock().moving.push((connection, call));
    }

    /// A connection has done what it did after a call: it waits for something else now.
    pub(crate) fn rest(&self, connection: usize) {
        let mut state = self.lock();
        let State { moving, waiting, .. } = &mut *state;
        let mut done = false;
        moving.retain(|entry| {
            let own = entry.0 == connection;
            if own {
                waiting.retain(|other| other != entry);
                done = true;
            }
            !own
        });
        if done {
            self.changed.notify_all();
        }
    }

    fn ended(&self, connection: usize) {
        let mut state = self.lock();
        state.moving.retain(|entry| entry.0 != connection);
        state.waiting.retain(|entry| entry.0 != connection);
        self.changed.notify_all();
    }

    fn call_is_over(&self, call: usize) {
        // For an SDK that does not do what the script waits for; then the case fails anyway.
        const LONGEST: Duration = Duration::from_secs(5);
        let mut state = self.lock();
        state.calls = call;
        self.changed.notify_all();
        let _ = self.changed.wait_timeout_while(state, LONGEST, |state| {
            state.waiting.iter().any(|(_, awaited)| *awaited <= call)
        });
    }

    fn is_last(&self, stream: &TcpStream) -> bool {
        let last = self.lock().last;
        last.is_some() && stream.peer_addr().ok() == last
    }
}
