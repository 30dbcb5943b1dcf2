//! A disk of its own for a database: it can be filled up, and protected from writers.

use std::fs::{File, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::Running;

/// Small enough to be filled at once, large enough for some hundred messages.
const SIZE: &str = "size=16m";

/// What a file may have, in bytes, where a limit stands in for a full disk: more than the carrier's ledger has, less than
/// the log of a database that has taken a hundred messages.
const LIMIT: u64 = 256 * 1024;

/// A file system in memory where one may be mounted, which takes root; else a plain folder, in which a limit on the size
/// of files and the permissions of the folder do what they can.
pub(crate) struct Disk {
    folder: PathBuf,
    mounted: bool,
}

impl Disk {
    pub(crate) fn new(folder: PathBuf) -> Self {
        std::fs::create_dir(&folder).unwrap();
        let mounted = run("mount", &["-t", "tmpfs", "-o", SIZE, "tcsms"], &folder);
        Self { folder, mounted }
    }

    /// Leaves no room on the disk for what this service writes.
    pub(crate) fn fill(&self, running: &Running) {
        if !self.mounted {
            return limit_files(running, &LIMIT.to_string());
        }
        let mut ballast = File::create(self.ballast()).unwrap();
        let error = loop {
            if let Err(error) = ballast.write_all(&[0; 4096]) {
                break error;
            }
        };
        assert_eq!(error.kind(), ErrorKind::StorageFull);
    }

    /// Takes back what [`Disk::fill`] did.
    pub(crate) fn make_room(&self, running: Option<&Running>) {
        if self.mounted {
            std::fs::remove_file(self.ballast()).unwrap();
        } else if let Some(running) = running {
            limit_files(running, "unlimited");
        }
    }

    /// Refuses or allows writing to the folder. Returns whether that has an effect on this user.
    pub(crate) fn protect(&self, protected: bool) -> bool {
        if self.mounted {
            let options = if protected { "remount,ro" } else { "remount,rw" };
            assert!(run("mount", &["-o", options], &self.folder), "{options}");
        } else {
            let mode = if protected { 0o555 } else { 0o755 };
            std::fs::set_permissions(&self.folder, Permissions::from_mode(mode)).unwrap();
        }
        let writable = File::create(self.ballast()).is_ok();
        if writable {
            std::fs::remove_file(self.ballast()).unwrap();
        }
        writable != protected
    }

    fn ballast(&self) -> PathBuf {
        self.folder.join("ballast")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.mounted {
            // Lazily: when a test has failed, somebody may still be there.
            run("umount", &["-l"], &self.folder);
        }
    }
}

fn run(program: &str, arguments: &[&str], folder: &Path) -> bool {
    let output = Command::new(program).args(arguments).arg(folder).output();
    output.is_ok_and(|output| output.status.success())
}

/// Only the soft limit, which anybody may raise again.
fn limit_files(running: &Running, limit: &str) {
    let done = Command::new("prlimit")
        .args(["--pid", &running.id().to_string(), &format!("--fsize={limit}:")])
        .status()
        .unwrap();
    assert!(done.success(), "the limit was not set");
}
