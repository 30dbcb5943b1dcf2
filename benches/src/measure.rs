//! Processes on their own cores, CPU time, percentiles and medians.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::Outcome;

/// The core of servers, and the core of clients.
pub const SERVER_CORE: usize = 0;
/// See [`SERVER_CORE`].
pub const CLIENT_CORE: usize = 1;

/// Binds this process to one core, so that server and client do not share one; on a machine with one core
/// nothing is bound.
pub fn pin(core: usize) {
    // SAFETY: `set` is a plain bit set that lives through the call; both functions only read it.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(core, &mut set);
        libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &set);
    }
}

/// CPU time of this process so far, in microseconds: user and system.
pub fn cpu_us() -> f64 {
    // SAFETY: `usage` is plain data that the call fills.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        usage
    };
    let us = |t: libc::timeval| t.tv_sec as f64 * 1e6 + t.tv_usec as f64;
    us(usage.ru_utime) + us(usage.ru_stime)
}

/// What one client process measured.
#[derive(Serialize, Deserialize, Clone, Copy, Debug)]
pub struct Sample {
    /// Calls that were counted.
    pub calls: usize,
    /// Calls per second of wall time.
    pub per_second: f64,
    /// CPU time of the client process per call, in microseconds.
    pub cpu_us: f64,
    /// Median latency in microseconds.
    pub p50_us: f64,
    /// 99th percentile of the latency in microseconds.
    pub p99_us: f64,
}

/// Measures from its start to [`Meter::sample`].
pub struct Meter {
    started: Instant,
    cpu: f64,
}

impl Meter {
    /// Starts now.
    pub fn start() -> Meter {
        Meter { cpu: cpu_us(), started: Instant::now() }
    }

    /// The sample of calls with these latencies, which ended now.
    pub fn sample(self, mut latencies: Vec<Duration>) -> Sample {
        let (wall, cpu) = (self.started.elapsed().as_secs_f64(), cpu_us() - self.cpu);
        latencies.sort_unstable();
        let calls = latencies.len();
        let at = |part: f64| {
            latencies
                .get(((calls as f64 * part) as usize).min(calls.saturating_sub(1)))
                .map_or(0.0, |latency| latency.as_secs_f64() * 1e6)
        };
        Sample {
            calls,
            per_second: calls as f64 / wall,
            cpu_us: cpu / calls as f64,
            p50_us: at(0.50),
            p99_us: at(0.99),
        }
    }
}

/// A child process that is killed when dropped, and its standard output.
pub struct Role {
    child: Child,
    /// Lines that the process prints.
    pub out: BufReader<ChildStdout>,
}

impl Role {
    /// Starts this program in another role.
    pub fn start(args: &[String]) -> Outcome<Role> {
        Role::of(Command::new(std::env::current_exe()?).args(args))
    }

    /// Starts any command.
    pub fn of(command: &mut Command) -> Outcome<Role> {
        let mut child = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn()?;
        let out = BufReader::new(child.stdout.take().ok_or("the child has no output")?);
        Ok(Role { child, out })
    }

    /// The next line it prints.
    pub fn line(&mut self) -> Outcome<String> {
        let mut line = String::new();
        if self.out.read_line(&mut line)? == 0 {
            return Err("the process ended before it printed what was expected".into());
        }
        Ok(line)
    }

    /// The process's id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// CPU time of another process so far, in seconds.
pub fn cpu_s_of(pid: u32) -> Outcome<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    // SAFETY: a plain query of a constant.
    let per_second = unsafe { libc::sysconf(libc::_SC_CLK_TCK) } as f64;
    Ok((ticks(11) + ticks(12)) / per_second)
}

/// Memory of another process that lies in RAM, in megabytes.
pub fn resident_mb_of(pid: u32) -> Outcome<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? * 1024.0 / 1e6)
}

/// Median, minimum and maximum of some values.
#[derive(Clone, Copy)]
pub struct Spread {
    /// The middle value.
    pub median: f64,
    min: f64,
    max: f64,
}

impl Spread {
    /// Of at least one value.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Spread {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        Spread { median: at(values.len() / 2), min: at(0), max: at(values.len().saturating_sub(1)) }
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let places = if self.median >= 1000.0 {
            0
        } else if self.median >= 10.0 {
            1
        } else {
            2
        };
        write!(f, "{:.places$} ({:.places$}-{:.places$})", self.median, self.min, self.max)
    }
}
