//! How the program ends: the one place that knows the numbers.

use std::process::ExitCode;

/// The end of a run. The numbers are a contract with scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything that was asked for was done.
    Done,
    /// The service answered with an error, or a signature does not hold.
    Refused,
    /// The command line, a file or the environment is wrong; nothing was sent.
    Usage,
    /// The network failed, or what came back is no answer of the API, or the answer could not be written.
    Network,
    /// The service took the request, but at least one number failed.
    NumberFailed,
    /// A second signal came while the service was still finishing; the number is the signal's.
    Interrupted(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Refused => 1,
            Exit::Usage => 2,
            Exit::Network => 3,
            Exit::NumberFailed => 4,
            // The way shells name a process that a signal ended.
            Exit::Interrupted(signal) => 128 + signal,
        })
    }
}
