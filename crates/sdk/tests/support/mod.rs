//! A scripted server and the two drivers behind one face.

#![allow(dead_code, unreachable_pub)]

#[cfg(any(feature = "tls-aws-lc", feature = "tls-ring"))]
pub mod certified;

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tcsms::v20210111::{
    SendSmsRequest, SendSmsResponse, SendStatusStatisticsRequest, SendStatusStatisticsResponse,
};
use tcsms::{ClientBuilder, Credential, Error};

pub const SECRET_ID: &str = "AKIDEXAMPLE";
pub const SECRET_KEY: &str = "SKEXAMPLE";

/// An answer that every action accepts.
pub const OK: &str = r#"{"Response":{"SendStatusSet":[{"SerialNo":"1:2","PhoneNumber":"+8613711112222","Fee":1,"SessionContext":"","Code":"Ok","Message":"send success","IsoCode":"CN"}],"SendStatusStatistics":{"FeeCount":1,"RequestCount":1,"RequestSuccessCount":1},"RequestId":"r-ok"}}"#;
pub const LIMITED: &str =
    r#"{"Response":{"Error":{"Code":"RequestLimitExceeded","Message":"slow down"},"RequestId":"r-limit"}}"#;

/// What the server does with a request it has read.
#[derive(Clone)]
pub enum Act {
    /// Answers with status 200.
    Answer(&'static str),
    /// Answers with status 200 and a text made by the test.
    Text(String),
    /// Answers with these bytes, as they are.
    Raw(Vec<u8>),
    /// Answers with these bytes, as they are, and keeps the connection.
    RawAndKeep(Vec<u8>),
    /// Answers, then closes the connection without having said so.
    AnswerAndClose(&'static str),
    /// Answers, then resets the connection as soon as the test [releases](Server::release) it.
    AnswerAndReset(&'static str),
    /// Closes without an answer.
    Close,
    /// Resets without an answer.
    Reset,
    /// Sends half of an answer, then closes.
    Half,
    /// Never answers.
    Hang,
    /// Sends the head of an answer and never its body.
    Stall,
    /// Sends the answer byte by byte, slower than anybody waits.
    Drip,
}

pub struct Server {
    pub address: SocketAddr,
    shared: Arc<Shared>,
    closed: Mutex<Receiver<()>>,
    received: Mutex<Receiver<()>>,
    release: Sender<()>,
}

struct Shared {
    requests: Mutex<Vec<Vec<u8>>>,
    connections: AtomicUsize,
    script: Box<dyn Fn(usize) -> Act + Send + Sync>,
    closed: Sender<()>,
    received: Sender<()>,
    released: Mutex<Receiver<()>>,
}

impl Server {
    /// Starts a server that does the acts in turn; the last one repeats.
    pub fn of(acts: &[Act]) -> Self {
        let acts = acts.to_vec();
        Self::start(move |number| acts[number.min(acts.len() - 1)].clone())
    }

    /// Starts a server that asks what to do with each request, counted from 0.
    pub fn start(script: impl Fn(usize) -> Act + Send + Sync + 'static) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap(), script)
    }

    /// The same on a socket that the test chose.
    pub fn on(listener: TcpListener, script: impl Fn(usize) -> Act + Send + Sync + 'static) -> Self {
        let address = listener.local_addr().unwrap();
        let (closed, closes) = channel();
        let (received, receives) = channel();
        let (release, releases) = channel();
        let shared = Arc::new(Shared {
            requests: Mutex::default(),
            connections: AtomicUsize::new(0),
            script: Box::new(script),
            closed,
            received,
            released: Mutex::new(releases),
        });
        let for_thread = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let shared = Arc::clone(&for_thread);
                shared.connections.fetch_add(1, Ordering::SeqCst);
                std::thread::spawn(move || {
                    serve(stream.unwrap(), &shared);
                    let _ = shared.closed.send(());
                });
            }
        });
        Self { address, shared, closed: Mutex::new(closes), received: Mutex::new(receives), release }
    }

    /// The requests that were read whole.
    pub fn requests(&self) -> Vec<Vec<u8>> {
        self.shared.requests.lock().unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Waits until a connection has ended, by either side.
    pub fn wait_closed(&self) {
        self.closed.lock().unwrap().recv_timeout(Duration::from_secs(10)).expect("a connection ends");
    }

    /// Waits until a request was read whole.
    pub fn wait_received(&self) {
        self.received.lock().unwrap().recv_timeout(Duration::from_secs(10)).expect("a request arrives");
    }

    /// Lets one connection that waits to be reset go on.
    pub fn release(&self) {
        self.release.send(()).unwrap();
    }

    /// A builder for clients of this server.
    pub fn builder(&self) -> ClientBuilder {
        builder().connect_to(format!("http://{}", self.address))
    }
}

/// A builder with a credential and a region.
pub fn builder() -> ClientBuilder {
    ClientBuilder::default()
        .credential(Credential::new(SECRET_ID, SECRET_KEY).unwrap())
        .region("ap-guangzhou")
}

fn serve(mut stream: TcpStream, shared: &Shared) {
    stream.set_nodelay(true).unwrap();
    while let Some(request) = read_request(&mut stream) {
        let number = {
            let mut requests = shared.requests.lock().unwrap();
            requests.push(request);
            requests.len() - 1
        };
        let _ = shared.received.send(());
        if !act(&mut stream, shared, (shared.script)(number)) {
            return;
        }
    }
}

/// Does the act; false when the connection is over.
fn act(stream: &mut TcpStream, shared: &Shared, act: Act) -> bool {
    match act {
        Act::Answer(body) => stream.write_all(&answer(body)).is_ok(),
        Act::Text(body) => stream.write_all(&answer(&body)).is_ok(),
        Act::Raw(bytes) => {
            let _ = stream.write_all(&bytes);
            let _ = stream.shutdown(Shutdown::Write);
            wait_for_end(stream);
            false
        }
        Act::RawAndKeep(bytes) => stream.write_all(&bytes).is_ok(),
        Act::AnswerAndClose(body) => {
            let _ = stream.write_all(&answer(body));
            false
        }
        Act::AnswerAndReset(body) => {
            let _ = stream.write_all(&answer(body));
            // Not before the client has the answer: a reset throws away what was not read yet.
            let _ = shared.released.lock().unwrap().recv_timeout(Duration::from_secs(10));
            reset(stream);
            false
        }
        Act::Close => false,
        Act::Reset => {
            reset(stream);
            false
        }
        Act::Half => {
            let whole = answer(OK);
            let _ = stream.write_all(&whole[..whole.len() - 40]);
            false
        }
        Act::Hang => {
            wait_for_end(stream);
            false
        }
        Act::Stall => {
            let whole = answer(OK);
            let _ = stream.write_all(&whole[..whole.len() - OK.len()]);
            wait_for_end(stream);
            false
        }
        Act::Drip => {
            // The pace is what is tested: each byte comes well within the limit, all of them do not.
            for byte in answer(OK) {
                if stream.write_all(&[byte]).is_err() {
                    break;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            false
        }
    }
}

pub fn answer(body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn reset(stream: &TcpStream) {
    socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO)).unwrap();
}

fn wait_for_end(stream: &mut TcpStream) {
    let mut rest = [0; 256];
    while stream.read(&mut rest).is_ok_and(|count| count > 0) {}
}

fn read_request(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 16 << 10];
    loop {
        let text = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
        if let Some(head) = text.find("\r\n\r\n") {
            let length = text[..head]
                .lines()
                .find_map(|line| line.strip_prefix("content-length:"))
                .map_or(0, |length| length.trim().parse().unwrap());
            if bytes.len() >= head + 4 + length {
                return Some(bytes);
            }
        }
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&chunk[..count]),
        }
    }
}

/// Waits until it is so, and fails when that takes longer than anything here should.
pub fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let until = std::time::Instant::now() + Duration::from_secs(10);
    while !is_so() {
        assert!(std::time::Instant::now() < until, "{what}");
        std::thread::yield_now();
    }
}

/// The value of a header of a raw request.
pub fn header(request: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(request);
    let head = text.split("\r\n\r\n").next()?;
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}

/// One of the two clients, called the same way.
pub enum Driver {
    Async(tokio::runtime::Runtime, tcsms::Client),
    Blocking(tcsms::blocking::Client),
}

impl Driver {
    /// Both clients of the same settings.
    pub fn both(builder: impl Fn() -> ClientBuilder) -> [Self; 2] {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        [
            Self::Async(runtime, builder().build().unwrap()),
            Self::Blocking(builder().build_blocking().unwrap()),
        ]
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::Async(..) => "async",
            Self::Blocking(_) => "blocking",
        }
    }

    pub fn warm_up(&self, connections: usize) -> Result<(), Error> {
        match self {
            Self::Async(runtime, client) => runtime.block_on(client.warm_up(connections)),
            Self::Blocking(client) => client.warm_up(connections),
        }
    }

    /// A call that must not be carried out twice.
    pub fn send_sms(&self) -> Result<SendSmsResponse, Error> {
        self.send(send_sms())
    }

    /// A call that only reads.
    pub fn statistics(&self) -> Result<SendStatusStatisticsResponse, Error> {
        self.send(SendStatusStatisticsRequest::new().sms_sdk_app_id("1400787878").limit(0).offset(0))
    }

    pub fn send<R: tcsms::Action>(&self, request: R) -> Result<R::Answer, Error> {
        match self {
            Self::Async(runtime, client) => runtime.block_on(client.request(request).send()),
            Self::Blocking(client) => client.request(request).send(),
        }
    }
}

pub fn send_sms() -> SendSmsRequest {
    SendSmsRequest::new()
        .phone_number_set(["+8613711112222"])
        .sms_sdk_app_id("1400787878")
        .sign_name("腾讯云")
        .template_id("449739")
}
