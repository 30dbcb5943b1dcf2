//! What the libraries have to say beside answers and errors, written to standard error.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::args::LogFormat;
use crate::failure::Failure;
use crate::settings;

/// The log of the service: everything that the filter lets through, with the time, for people or for programs.
pub(crate) fn of_service(chosen: Option<&str>, form: LogFormat) -> Result<(), Failure> {
    let filter = chosen.map(str::to_owned).or_else(|| settings::variable(settings::LOG));
    let filter = filter.as_deref().unwrap_or("info");
    let parsed = EnvFilter::try_new(filter).map_err(|error| {
        Failure::usage(format!(
            "the log filter `{filter}` cannot be read: {error}; a plain one is info, warn or debug"
        ))
    })?;
    let log = tracing_subscriber::fmt().with_env_filter(parsed).with_writer(io::stderr);
    let started = match form {
        LogFormat::Json => log.json().try_init(),
        LogFormat::Text => log.with_ansi(is_coloured()).try_init(),
    };
    started.map_err(|error| Failure::usage(format!("cannot write the log: {error}")))
}

/// The warnings of the SDK, a line each, before whatever the command itself writes.
pub(crate) fn of_calls() -> Result<(), Failure> {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("tcsms=warn"))
        .with_writer(io::stderr)
        .with_ansi(is_coloured())
        .without_time()
        .with_target(false)
        .try_init()
        .map_err(|error| Failure::usage(format!("cannot show warnings: {error}")))
}

fn is_coloured() -> bool {
    io::stderr().is_terminal() && settings::variable(settings::NO_COLOR).is_none()
}
