//! A service with every fault that a network and a service can have, drawn by a seed.
//!
//! What happens to a request is decided by the seed, the message in it and how often that message came, not by the order
//! of arrival, so that a run can be repeated.

use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tcsms_auth::raw::RawRequest;
use tcsms_auth::verify::{Claim, Policy};

use super::ledger::Ledger;

/// What happens to a request that was read whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// Carried out and answered.
    Answered,
    /// Carried out and answered in single bytes.
    AnsweredBytewise,
    /// Carried out and answered; then the connection ends without a word about it.
    AnsweredThenClosed,
    /// As before, but only the server's half of the connection ends.
    AnsweredThenHalfClosed,
    /// Carried out, but the answer is lost.
    SentThenReset,
    SentThenClosed,
    SentThenHalfAnswered,
    SentThenStalled,
    SentThenStatus500,
    /// Not carried out, and no answer.
    LostThenReset,
    LostThenClosed,
    LostThenStalled,
    LostThenStatus502,
    LostThenGarbage,
    /// Refused before it was carried out.
    RateLimited,
    InternalError,
    /// The credential's token is not valid any more, from now on.
    Expired,
}

impl Fate {
    /// Every fate with how many of a thousand requests it takes; the rest are answered.
    const FAULTS: [(Self, u64); 16] = [
        (Self::AnsweredBytewise, 20),
        (Self::AnsweredThenClosed, 30),
        (Self::AnsweredThenHalfClosed, 30),
        (Self::SentThenReset, 10),
        (Self::SentThenClosed, 10),
        (Self::SentThenHalfAnswered, 10),
        (Self::SentThenStalled, 3),
        (Self::SentThenStatus500, 10),
        (Self::LostThenReset, 10),
        (Self::LostThenClosed, 10),
        (Self::LostThenStalled, 3),
        (Self::LostThenStatus502, 10),
        (Self::LostThenGarbage, 10),
        (Self::RateLimited, 50),
        (Self::InternalError, 10),
        (Self::Expired, 2),
    ];

    pub fn all() -> impl Iterator<Item = Self> {
        std::iter::once(Self::Answered).chain(Self::FAULTS.map(|(fate, _)| fate))
    }

    fn drawn(seed: u64, message: u64, before: u32) -> Self {
        let mut random = fastrand::Rng::with_seed(seed ^ message.rotate_left(20) ^ u64::from(before) << 50);
        let mut point = random.u64(0..1000);
        for (fate, share) in Self::FAULTS {
            if point < share {
                return fate;
            }
            point -= share;
        }
        Self::Answered
    }

    fn sends(self) -> bool {
        use Fate::{
            Answered, AnsweredBytewise, AnsweredThenClosed, AnsweredThenHalfClosed, SentThenClosed,
            SentThenHalfAnswered, SentThenReset, SentThenStalled, SentThenStatus500,
        };
        matches!(
            self,
            Answered
                | AnsweredBytewise
                | AnsweredThenClosed
                | AnsweredThenHalfClosed
                | SentThenReset
                | SentThenClosed
                | SentThenHalfAnswered
                | SentThenStalled
                | SentThenStatus500
        )
    }
}

pub struct Server {
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    seed: u64,
    secret_key: String,
    ledger: Arc<Ledger>,
    connections: AtomicU64,
    /// Tokens that are not valid any more.
    expired: Mutex<HashSet<String>>,
    fates: Mutex<HashSet<Fate>>,
}

impl Server {
    pub fn start(seed: u64, secret_key: &str) -> Self {
        Self::beside(seed, secret_key, Arc::default())
    }

    /// A server that keeps its ledger together with another.
    pub fn beside(seed: u64, secret_key: &str, ledger: Arc<Ledger>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            seed,
            secret_key: secret_key.to_owned(),
            ledger,
            connections: AtomicU64::new(0),
            expired: Mutex::default(),
            fates: Mutex::default(),
        });
        let of_thread = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { continue };
                let shared = Arc::clone(&of_thread);
                let number = shared.connections.fetch_add(1, Ordering::Relaxed);
                // Some connections end before anything is read from them.
                if fastrand::Rng::with_seed(shared.seed ^ number).u64(0..100) < 2 {
                    reset(&stream);
                    continue;
                }
                std::thread::Builder::new()
                    .stack_size(256 << 10)
                    .spawn(move || serve(stream, &shared))
                    .unwrap();
            }
        });
        Self { address, shared }
    }

    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.shared.ledger
    }

    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// The fates that came about.
    pub fn fates(&self) -> HashSet<Fate> {
        self.shared.fates.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn serve(mut stream: TcpStream, shared: &Shared) {
    stream.set_nodelay(true).unwrap();
    let mut buffer = Vec::new();
    while let Some(request) = next_request(&mut stream, &mut buffer) {
        if !carry_out(&mut stream, shared, &request) {
            return;
        }
    }
}

/// Does with the request what the seed says; false when the connection is over.
fn carry_out(stream: &mut TcpStream, shared: &Shared, bytes: &[u8]) -> bool {
    let raw = RawRequest::parse(bytes).expect("the client speaks HTTP");
    let body: serde_json::Value = raw.with(|request| {
        let claim = Claim::of(request).expect("the request says who sends it");
        claim.check(&shared.secret_key, &Policy::default()).expect("every attempt is signed");
        serde_json::from_slice(request.body).expect("the client sends JSON")
    });
    let message: u64 = body["SessionContext"].as_str().unwrap().parse().unwrap();
    let before = shared.ledger.note_seen(message);
    let token = header(bytes, "x-tc-token");
    let is_expired = shared.expired.lock().unwrap_or_else(PoisonError::into_inner).contains(&token);

    let fate = if is_expired { Fate::Expired } else { Fate::drawn(shared.seed, message, before) };
    shared.fates.lock().unwrap_or_else(PoisonError::into_inner).insert(fate);
    if fate.sends() {
        shared.ledger.note_sent(message);
    }
    match fate {
        Fate::Answered => stream.write_all(&answered(message)).is_ok(),
        Fate::AnsweredBytewise => answered(message).iter().all(|byte| stream.write_all(&[*byte]).is_ok()),
        Fate::AnsweredThenClosed => {
            let _ = stream.write_all(&answered(message));
            false
        }
        Fate::AnsweredThenHalfClosed => {
            let _ = stream.write_all(&answered(message));
            let _ = stream.shutdown(Shutdown::Write);
            wait_for_end(stream);
            false
        }
        Fate::SentThenReset | Fate::LostThenReset => {
            reset(stream);
            false
        }
        Fate::SentThenClosed | Fate::LostThenClosed => false,
        Fate::SentThenHalfAnswered => {
            let whole = answered(message);
            let _ = stream.write_all(&whole[..whole.len() - 20]);
            false
        }
        Fate::SentThenStalled | Fate::LostThenStalled => {
            wait_for_end(stream);
            false
        }
        Fate::SentThenStatus500 => {
            stream.write_all(&http("500 Internal Server Error", "<html>oh</html>")).is_ok()
        }
        Fate::LostThenStatus502 => stream.write_all(&http("502 Bad Gateway", "<html>oh</html>")).is_ok(),
        Fate::LostThenGarbage => {
            let _ = stream.write_all(b"\x15\x03\x01 garbage\r\n\r\n");
            false
        }
        Fate::RateLimited => stream.write_all(&refusal("RequestLimitExceeded", "slow down")).is_ok(),
        Fate::InternalError => stream.write_all(&refusal("InternalError", "oh")).is_ok(),
        Fate::Expired => {
            shared.expired.lock().unwrap_or_else(PoisonError::into_inner).insert(token);
            stream.write_all(&refusal("AuthFailure.TokenFailure", "the token has expired")).is_ok()
        }
    }
}

fn answered(message: u64) -> Vec<u8> {
    let body = format!(
        r#"{{"Response":{{"SendStatusSet":[{{"SerialNo":"1:{message}","PhoneNumber":"+8613711112222","Fee":1,"SessionContext":"{message}","Code":"Ok","Message":"send success","IsoCode":"CN"}}],"RequestId":"r-{message}"}}}}"#
    );
    http("200 OK", &body)
}

fn refusal(code: &str, message: &str) -> Vec<u8> {
    let body = format!(
        r#"{{"Response":{{"Error":{{"Code":"{code}","Message":"{message}"}},"RequestId":"r-refused"}}}}"#
    );
    http("200 OK", &body)
}

fn http(status: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

fn next_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Vec<u8>> {
    let mut chunk = [0; 4 << 10];
    loop {
        if let Some(head) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            let length: usize = header(&buffer[..head + 4], "content-length").parse().unwrap();
            let end = head + 4 + length;
            if buffer.len() >= end {
                let rest = buffer.split_off(end);
                return Some(std::mem::replace(buffer, rest));
            }
        }
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return None,
            Ok(count) => buffer.extend_from_slice(&chunk[..count]),
        }
    }
}

/// The value of a header, empty when it is absent.
fn header(request: &[u8], name: &str) -> String {
    let text = String::from_utf8_lossy(request);
    let lines = text.split("\r\n\r\n").next().unwrap_or_default().lines();
    let found = lines.filter_map(|line| line.split_once(':')).find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
}

fn reset(stream: &TcpStream) {
    socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO)).unwrap();
}

fn wait_for_end(stream: &mut TcpStream) {
    let mut rest = [0; 256];
    while stream.read(&mut rest).is_ok_and(|count| count > 0) {}
}
