//! The control API of the service that is measured.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::Outcome;

/// How long reports may take to come after the last send.
const PATIENCE: Duration = Duration::from_secs(600);

/// The body of an answer.
pub fn get(port: &str, path: &str) -> Outcome<String> {
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}"))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("no answer of the control API")?;
    if head.starts_with("HTTP/1.1 200 ") { Ok(body.to_owned()) } else { Err(answer.into()) }
}

/// Waits until so many reports are recorded since the service started.
pub fn wait_for_reports(port: &str, count: usize) -> Outcome {
    let started = Instant::now();
    while reports(port)? < count {
        if started.elapsed() > PATIENCE {
            return Err(format!("{} of {count} reports were recorded", reports(port)?).into());
        }
        // Asked again and again, the question itself would be what is measured.
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// How many reports are recorded since the service started.
pub fn reports(port: &str) -> Outcome<usize> {
    let metrics = get(port, "/metrics")?;
    let counts = metrics.lines().filter(|line| line.starts_with("tcsms_reports_total{"));
    Ok(counts.filter_map(|line| line.rsplit(' ').next()?.parse::<usize>().ok()).sum())
}
