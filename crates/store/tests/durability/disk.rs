//! A disk that keeps what was synchronised and may lose the rest.

use std::collections::BTreeMap;
use std::path::Path;

use crate::trace::Event;

/// The unit in which a disk writes: a write that is cut short ends at a border of it.
const SECTOR: usize = 512;

/// What a loss of power does to the changes that were not synchronised.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Loss {
    /// None of them has reached the disk.
    Everything,
    /// All of them have.
    Nothing,
    /// About half of them have, some of these only in part.
    Parts { seed: u64 },
}

#[derive(Default)]
pub(crate) struct Disk {
    files: BTreeMap<String, File>,
}

#[derive(Default)]
struct File {
    synchronised: Vec<u8>,
    changes: Vec<Change>,
}

#[derive(Clone)]
enum Change {
    Write { offset: usize, data: Vec<u8> },
    Truncate { length: usize },
}

impl Change {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Write { offset, data } => {
                let end = offset + data.len();
                if content.len() < end {
                    content.resize(end, 0);
                }
                content[*offset..end].copy_from_slice(data);
            }
            Self::Truncate { length } => content.resize(*length, 0),
        }
    }
}

impl Disk {
    pub(crate) fn apply(&mut self, event: &Event) {
        match event {
            Event::Write { path, offset, data } => {
                let change = Change::Write { offset: *offset, data: data.clone() };
                self.files.entry(path.clone()).or_default().changes.push(change);
            }
            Event::Truncate { path, length } => {
                self.files
                    .entry(path.clone())
                    .or_default()
                    .changes
                    .push(Change::Truncate { length: *length });
            }
            Event::Sync { path } => {
                let file = self.files.entry(path.clone()).or_default();
                for change in std::mem::take(&mut file.changes) {
                    change.apply(&mut file.synchronised);
                }
            }
            Event::Remove { path } => {
                self.files.remove(path);
            }
            Event::Acknowledge(_) => {}
        }
    }

    /// How many changes of the database and its log wait to be synchronised.
    pub(crate) fn unsynchronised(&self) -> usize {
        self.durable_files().map(|(_, file)| file.changes.len()).sum()
    }

    /// Writes what is left after the loss.
    pub(crate) fn write_to(&self, folder: &Path, loss: Loss) {
        for (name, file) in self.durable_files() {
            let mut content = file.synchronised.clone();
            let mut dice = match loss {
                Loss::Parts { seed } => seed,
                _ => 0,
            };
            for change in &file.changes {
                match (loss, change) {
                    (Loss::Everything, _) => {}
                    (Loss::Nothing, _) => change.apply(&mut content),
                    (Loss::Parts { .. }, Change::Write { offset, data }) => match roll(&mut dice) % 4 {
                        0 => {
                            let sectors = data.len() / SECTOR;
                            let kept =
                                if sectors > 0 { roll(&mut dice) as usize % sectors * SECTOR } else { 0 };
                            Change::Write { offset: *offset, data: data[..kept].to_vec() }
                                .apply(&mut content);
                        }
                        1 | 2 => change.apply(&mut content),
                        _ => {}
                    },
                    (Loss::Parts { .. }, Change::Truncate { .. }) => {
                        if roll(&mut dice).is_multiple_of(2) {
                            change.apply(&mut content);
                        }
                    }
                }
            }
            std::fs::write(folder.join(name), content).unwrap();
        }
    }

    /// The shared memory is no use after a crash: SQLite makes it anew from the log.
    fn durable_files(&self) -> impl Iterator<Item = (&String, &File)> {
        self.files.iter().filter(|(name, _)| !name.ends_with("-shm"))
    }
}

/// The next of a row of numbers that look random.
fn roll(dice: &mut u64) -> u64 {
    *dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *dice >> 33
}
