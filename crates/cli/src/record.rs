//! What was done with each row of a list, written down as it happens, so that work that was cut off can go on without
//! sending anything twice.
//!
//! The first line says which list and which message it belongs to; every other is `ROW KIND`. A later line about a row
//! replaces an earlier one.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use tcsms::OutcomeKind;

use crate::failure::Failure;

pub(crate) struct Record {
    path: PathBuf,
    file: BufWriter<File>,
    known: HashMap<u64, OutcomeKind>,
}

impl Record {
    /// Begins a record. One that is there is in the way: it would be lost, and with it what was sent.
    pub(crate) fn begin(path: &Path, identity: &str) -> Result<Self, Failure> {
        let file = OpenOptions::new().write(true).create_new(true).open(path).map_err(|error| {
            if error.kind() == io::ErrorKind::AlreadyExists {
                return Failure::usage(format!(
                    "this list was sent before, or begun: {} says what was done. Add --resume to go on where it stopped, or remove that file to send to everybody again",
                    path.display()
                ));
            }
            fault(path, &error)
        })?;
        let mut record = Self { path: path.to_owned(), file: BufWriter::new(file), known: HashMap::new() };
        writeln!(record.file, "{identity}")
            .and_then(|()| record.sync())
            .map_err(|error| fault(path, &error))?;
        Ok(record)
    }

    /// Goes on with a record of the same list and message.
    pub(crate) fn resume(path: &Path, identity: &str) -> Result<Self, Failure> {
        let file = OpenOptions::new().read(true).append(true).open(path).map_err(|error| {
            if error.kind() == io::ErrorKind::NotFound {
                return Failure::usage(format!(
                    "there is nothing to resume: {} is not there",
                    path.display()
                ));
            }
            fault(path, &error)
        })?;
        let mut lines = BufReader::new(&file).lines();
        let first = lines.next().transpose().map_err(|error| fault(path, &error))?;
        if first.as_deref() != Some(identity) {
            return Err(Failure::usage(format!(
                "{} belongs to another list or another message: nothing was sent",
                path.display()
            )));
        }
        let mut known = HashMap::new();
        for line in lines {
            let line = line.map_err(|error| fault(path, &error))?;
            // A line that was cut off was being written when the process ended; what it is about was written before as
            // unknown, or never sent.
            let Some((row, kind)) = line.split_once(' ') else { continue };
            if let (Ok(row), Some(kind)) = (row.parse(), OutcomeKind::parse(kind)) {
                known.insert(row, kind);
            }
        }
        let mut record = Self { path: path.to_owned(), file: BufWriter::new(file), known };
        // Parts a line that was cut off from the next one.
        writeln!(record.file).map_err(|error| fault(path, &error))?;
        Ok(record)
    }

    /// What an earlier run did with a row.
    pub(crate) fn earlier(&self, row: u64) -> Option<OutcomeKind> {
        self.known.get(&row).copied()
    }

    pub(crate) fn note(&mut self, row: u64, kind: OutcomeKind) -> Result<(), Failure> {
        writeln!(self.file, "{row} {kind}").map_err(|error| fault(&self.path, &error))
    }

    /// Has all that was noted on disk.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_ref().sync_data()
    }
}

fn fault(path: &Path, error: &io::Error) -> Failure {
    Failure::usage(format!("the record {} cannot be used: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_says_what_was_done_even_when_its_last_line_was_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record");
        let mut record = Record::begin(&path, "identity").unwrap();
        record.note(2, OutcomeKind::Unknown).unwrap();
        record.note(3, OutcomeKind::Unknown).unwrap();
        record.note(2, OutcomeKind::Accepted).unwrap();
        record.sync().unwrap();
        drop(record);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"3 acce").unwrap();

        assert!(Record::begin(&path, "identity").is_err(), "never written over");
        assert!(Record::resume(&path, "another").is_err());
        let mut record = Record::resume(&path, "identity").unwrap();
        assert_eq!(record.earlier(2), Some(OutcomeKind::Accepted));
        assert_eq!(record.earlier(3), Some(OutcomeKind::Unknown));
        assert_eq!(record.earlier(4), None);
        record.note(4, OutcomeKind::Refused).unwrap();
        record.sync().unwrap();
        let record = Record::resume(&path, "identity").unwrap();
        assert_eq!(record.earlier(4), Some(OutcomeKind::Refused));
        assert_eq!(record.earlier(3), Some(OutcomeKind::Unknown));
    }
}
