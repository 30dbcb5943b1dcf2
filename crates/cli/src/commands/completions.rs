//! `tcsms completions`: the script that teaches a shell the commands and options.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Arguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::printer::Printer;

pub(crate) fn run(shell: Shell, printer: &Printer) -> Result<Exit, Failure> {
    // Into memory first: the generator panics when what it writes to is closed.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "tcsms", &mut script);
    printer.text(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
