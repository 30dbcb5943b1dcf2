//! One connection of a scripted server: its steps, done in turn.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::{ServerConnection, StreamOwned};
use tcsms_auth::raw::{RawError, RawRequest};

use crate::identity::identities;
use crate::script::{Answer, Step, Tls};
use crate::stage::Log;

/// How long a step waits for a client before it counts as a fault. Nothing that works comes near it.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the bytes go over. TLS lies in TLS where a proxy speaks it too.
enum Stream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, Stream>>),
    Gone,
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
            Self::Gone => Ok(0),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
            Self::Gone => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Tls(stream) => stream.flush(),
            Self::Gone => Ok(()),
        }
    }
}

impl Stream {
    /// Says by TLS, as often as it is spoken, that nothing more comes.
    fn say_goodbye(&mut self) -> io::Result<()> {
        if let Self::Tls(stream) = self {
            stream.conn.send_close_notify();
            stream.flush()?;
            stream.sock.say_goodbye()?;
        }
        Ok(())
    }
}

/// Whether the steps go on.
#[derive(PartialEq, Eq)]
enum Next {
    Step,
    /// The connection is over.
    Over,
}

/// Does the steps of connection `number`.
pub(crate) fn serve(socket: TcpStream, number: usize, steps: &[Step], log: &Log) {
    let mut talk = match Talk::over(socket, number, log) {
        Ok(talk) => talk,
        Err(error) => return log.fault(number, &error.to_string()),
    };
    let outcome = talk.all(steps).and_then(|next| match next {
        Next::Step => talk.until_the_end(),
        Next::Over => Ok(()),
    });
    // A client may break a connection whenever it likes; the record shows what it did not ask for.
    if let Err(error) = outcome
        && matches!(
            error.kind(),
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::InvalidInput
        )
    {
        log.fault(number, &format!("the script waited in vain, or cannot be done: {error}"));
    }
}

struct Talk<'a> {
    stream: Stream,
    /// The socket below, for what is done to the connection as a whole.
    socket: TcpStream,
    /// What was read and belongs to no step yet.
    unread: Vec<u8>,
    number: usize,
    log: &'a Log,
}

impl<'a> Talk<'a> {
    fn over(socket: TcpStream, number: usize, log: &'a Log) -> io::Result<Self> {
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { stream: Stream::Plain(socket.try_clone()?), socket, unread: Vec::new(), number, log })
    }

    fn all(&mut self, steps: &[Step]) -> io::Result<Next> {
        for step in steps {
            if self.one(step)? == Next::Over {
                return Ok(Next::Over);
            }
        }
        Ok(Next::Step)
    }

    fn one(&mut self, step: &Step) -> io::Result<Next> {
        let more = |came: bool| if came { Next::Step } else { Next::Over };
        match step {
            Step::Request => return Ok(more(self.request()?)),
            Step::Read(count) => return Ok(more(self.bytes(*count)?)),
            Step::TlsRecord => return Ok(more(self.tls_record()?)),
            Step::Answer(answer) => self.answer(answer)?,
            Step::Write(content) => self.write(&content.0)?,
            Step::Tls(tls) => return Ok(more(self.tls(tls)?)),
            // Type alert, the version that every version writes here, two bytes, of the fatal level.
            Step::TlsAlert(number) => self.write(&[21, 3, 3, 0, 2, 2, *number])?,
            Step::CloseWrite => {
                self.stream.say_goodbye()?;
                self.socket.shutdown(Shutdown::Write)?;
            }
            Step::Close => return Ok(Next::Over),
            Step::Reset => {
                socket2::SockRef::from(&self.socket).set_linger(Some(Duration::ZERO))?;
                return Ok(Next::Over);
            }
            Step::WaitClose => self.until_the_end()?,
            Step::Ignore => {
                while self.more()? {}
                self.unread.clear();
            }
            Step::AfterCall(call) => {
                self.log.rest(self.number);
                if !self.log.wait_for_call(*call, PATIENCE) {
                    return Err(io::ErrorKind::TimedOut.into());
                }
                self.log.moving(self.number, *call);
            }
            Step::AfterRequests(count) => {
                self.log.rest(self.number);
                if !self.log.wait_for_requests(*count, PATIENCE) {
                    return Err(io::ErrorKind::TimedOut.into());
                }
            }
            Step::Forever(steps) => while self.all(steps)? == Next::Step {},
        }
        Ok(if matches!(step, Step::Forever(_)) { Next::Over } else { Next::Step })
    }

    /// Reads more; false at the end.
    fn more(&mut self) -> io::Result<bool> {
        self.log.rest(self.number);
        let mut chunk = [0; 16 << 10];
        let count = match self.stream.read(&mut chunk) {
            // TLS that ends without its farewell.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => 0,
            outcome => outcome?,
        };
        self.unread.extend_from_slice(&chunk[..count]);
        Ok(count > 0)
    }

    /// Reads one request; false when the client ends instead.
    fn request(&mut self) -> io::Result<bool> {
        loop {
            match RawRequest::parse(&self.unread) {
                Ok(raw) => {
                    let length = self.unread.len() - raw.left_over;
                    let rest = self.unread.split_off(length);
                    self.log.heard(self.number, true, std::mem::replace(&mut self.unread, rest));
                    return Ok(true);
                }
                Err(RawError::HeadCutShort | RawError::BodyCutShort { .. }) => {}
                Err(error) => {
                    self.log.fault(self.number, &error.to_string());
                    return Ok(false);
                }
            }
            if !self.more()? {
                return Ok(false);
            }
        }
    }

    fn bytes(&mut self, count: usize) -> io::Result<bool> {
        if !self.have(count)? {
            return Ok(false);
        }
        let rest = self.unread.split_off(count);
        self.log.heard(self.number, false, std::mem::replace(&mut self.unread, rest));
        Ok(true)
    }

    fn tls_record(&mut self) -> io::Result<bool> {
        // One byte of type, two of version, two of length.
        const HEAD: usize = 5;
        if !self.have(HEAD)? {
            return Ok(false);
        }
        let length = usize::from(self.unread[3]) << 8 | usize::from(self.unread[4]);
        self.bytes(HEAD + length)
    }

    /// Reads until there are so many bytes; false when the client ends before.
    fn have(&mut self, count: usize) -> io::Result<bool> {
        while self.unread.len() < count {
            if !self.more()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)?;
        self.stream.flush()
    }

    fn answer(&mut self, answer: &Answer) -> io::Result<()> {
        let bytes = answer.bytes().map_err(|fault| io::Error::new(io::ErrorKind::InvalidInput, fault))?;
        for piece in bytes.chunks(answer.pieces.unwrap_or(usize::MAX).max(1)) {
            self.write(piece)?;
            // The pace itself is what such a case is about.
            std::thread::sleep(Duration::from_millis(answer.pause_ms));
        }
        Ok(())
    }

    fn tls(&mut self, tls: &Tls) -> io::Result<bool> {
        self.log.rest(self.number);
        let fault = |fault: String| io::Error::new(io::ErrorKind::InvalidInput, fault);
        let config = identities().and_then(|identities| identities.config(tls)).map_err(fault)?;
        let mut session =
            ServerConnection::new(Arc::new(config)).map_err(|error| fault(error.to_string()))?;
        let mut below = std::mem::replace(&mut self.stream, Stream::Gone);
        if let Err(error) = session.complete_io(&mut below) {
            self.log.tls_failure(self.number, error.to_string());
            self.read_off();
            return Ok(false);
        }
        self.stream = Stream::Tls(Box::new(StreamOwned::new(session, below)));
        Ok(true)
    }

    /// Ends the writing half and forgets what still comes: a socket that is closed with bytes unread is reset, and the reset
    /// may overtake the alert that was written before.
    fn read_off(&mut self) {
        let _ = self.socket.shutdown(Shutdown::Write);
        let mut chunk = [0; 4 << 10];
        while self.socket.read(&mut chunk).is_ok_and(|count| count > 0) {}
    }

    /// Waits for the client to close. What it sends before is a fault: the script has no step for it, and nobody would
    /// answer it, so the connection ends.
    fn until_the_end(&mut self) -> io::Result<()> {
        while self.unread.is_empty() && self.more()? {}
        if !self.unread.is_empty() {
            let text = String::from_utf8_lossy(&self.unread);
            let fault = format!("{} bytes came that no step reads: {text}", self.unread.len());
            self.log.fault(self.number, &fault);
        }
        Ok(())
    }
}
