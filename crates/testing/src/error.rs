use std::path::PathBuf;

/// What went wrong between a test and its service.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The program `tcsms` is nowhere.
    #[error(
        "the program tcsms was not found: not set by `program`, TCSMS_PROGRAM is not set, and no folder of PATH has it; \
         install it (pip install tcsms-service, npm install tcsms-service, or cargo install tcsms-cli) or name it"
    )]
    NoProgram,
    /// The program did not become a service.
    #[error("{} did not start a service: {reason}", program.display())]
    NotStarted {
        /// The program that was started.
        program: PathBuf,
        /// Why not, with the last lines that it wrote.
        reason: String,
    },
    /// The control API did not answer.
    #[error("the control API at {url} does not answer: {reason}")]
    NoAnswer {
        /// What was asked.
        url: String,
        /// Why not.
        reason: String,
    },
    /// The control API answered with an error.
    #[error("{url} was refused with {status} {code}: {message}")]
    Refused {
        /// What was asked.
        url: String,
        /// The HTTP status.
        status: u16,
        /// The error's word for programs.
        code: String,
        /// What happened, and what to do.
        message: String,
    },
    /// The messages that were waited for did not come. The text says which came instead, and how they differ.
    #[error("{0}")]
    NotArrived(String),
}
