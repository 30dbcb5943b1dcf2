//! Everything that is written to standard output and standard error: JSON for programs, tables for people, colour
//! only on a terminal.

use std::io::{self, Write};

use clap::builder::styling::{AnsiColor, Style};
use comfy_table::{Cell, Color, Table, presets};
use tcsms_auth::UtcDate;

use crate::args::Output;
use crate::failure::Failure;
use crate::json::pretty;

const ERROR: Style = AnsiColor::Red.on_default().bold();

/// Writes answers and failures in the form that the caller asked for.
pub(crate) struct Printer {
    output: Output,
}

impl Printer {
    pub(crate) fn new(output: Output) -> Printer {
        Printer { output }
    }

    pub(crate) fn output(&self) -> Output {
        self.output
    }

    /// Writes JSON text to standard output, laid out for reading.
    pub(crate) fn json(&self, text: &str) -> Result<(), Failure> {
        self.text(&format!("{}\n", pretty(text)))
    }

    /// Writes text to standard output as it is. A reader that went away is no failure: it has seen what it wanted.
    pub(crate) fn text(&self, text: &str) -> Result<(), Failure> {
        let mut out = anstream::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::Output(error.to_string()))
            }
            _ => Ok(()),
        }
    }

    /// Writes rows under headings, one line a row however wide the terminal is: what is cut or folded cannot be copied.
    pub(crate) fn table(&self, headings: &[&str], rows: Vec<Vec<Cell>>) -> Result<(), Failure> {
        let mut table = Table::new();
        table
            .load_style(presets::NOTHING)
            // Colours are always in the text; the stream takes them out where they do not belong.
            .enforce_styling()
            .set_header(headings.iter().map(|heading| Cell::new(heading).fg(Color::DarkGrey)));
        table.style_text_only();
        for row in rows {
            table.add_row(row);
        }
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
        self.text(&format!("{}\n", lines.join("\n")))
    }

    /// Writes a sentence to standard error, beside an answer on standard output.
    pub(crate) fn remark(&self, sentence: &str) {
        let _ = writeln!(anstream::stderr(), "{sentence}");
    }

    /// Writes a failure to standard error. When even that cannot be written, the exit code still tells.
    pub(crate) fn failure(&self, failure: &Failure) {
        let text = match self.output {
            Output::Json => failure.json(),
            Output::Table => format!("{ERROR}error:{ERROR:#} {failure}"),
        };
        let _ = writeln!(anstream::stderr(), "{text}");
    }
}

/// A cell of what went well or not, green or red.
pub(crate) fn outcome(text: &str, good: bool) -> Cell {
    Cell::new(text).fg(if good { Color::Green } else { Color::Red })
}

/// A Unix time as people in China read it; nothing for the zero of an answer without a time.
pub(crate) fn beijing_time(unix: u64) -> String {
    if unix == 0 {
        return String::new();
    }
    let local = i64::try_from(unix).unwrap_or(i64::MAX).saturating_add(8 * 3600);
    let seconds = local % 86_400;
    format!("{} {:02}:{:02}:{:02}", UtcDate::of(local), seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::beijing_time;

    #[test]
    fn times_are_those_of_beijing() {
        assert_eq!(beijing_time(0), "");
        assert_eq!(beijing_time(1), "1970-01-01 08:00:01");
        assert_eq!(beijing_time(951_753_600), "2000-02-29 00:00:00");
        assert_eq!(beijing_time(1_795_575_600), "2026-11-25 11:00:00");
        assert_eq!(beijing_time(1_798_732_799), "2026-12-31 23:59:59");
        assert_eq!(beijing_time(1_798_732_800), "2027-01-01 00:00:00");
    }
}
