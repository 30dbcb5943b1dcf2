//! The program `tcsms`: send SMS, pull reports, count, explain signatures, and run the service locally.
//!
//! A run goes one way: `args` (what was written) → `settings` (what it means, with the environment) → `commands` (what
//! is done) → `printer` (how it is told) → `exit` (how the program ends). Everything the program knows about the API is
//! in the libraries; here is only what a person at a terminal needs. This is the only package that prints or ends the
//! process.

mod args;
mod commands;
mod exit;
mod failure;
mod json;
mod log;
mod printer;
mod recipients;
mod record;
mod result_file;
mod settings;
mod template;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Arguments, Command, PullCommand, TemplateCommand};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::printer::Printer;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and the version come this way too. A reader that went away has read enough.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Done }.into();
        }
    };
    let printer = Printer::new(arguments.output.unwrap_or_else(|| arguments.command.default_output()));
    let exit = run(&arguments.command, &printer).unwrap_or_else(|failure| {
        printer.failure(&failure);
        failure.exit()
    });
    exit.into()
}

fn run(command: &Command, printer: &Printer) -> Result<Exit, Failure> {
    match command {
        Command::Serve(args) => commands::serve::run(args, printer),
        Command::Call(args) => commands::call::run(args, printer),
        Command::Send(args) => commands::send::run(args, printer),
        Command::Pull(PullCommand::Status(args)) => commands::pull::status(args, printer),
        Command::Stats(args) => commands::stats::run(args, printer),
        Command::Template(TemplateCommand::Add(args)) => commands::template::add(args, printer),
        Command::Segments(args) => commands::segments::run(args, printer),
        Command::Doctor(args) => commands::doctor::run(args, printer),
        Command::Db(command) => commands::db::run(command, printer),
        Command::Explain(args) => commands::explain::run(args, printer),
        Command::Completions { shell } => commands::completions::run(*shell, printer),
    }
}
