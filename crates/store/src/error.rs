//! What can go wrong in the store, in words for the person who runs the service.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// Why an operation of the store failed. An operation that fails has changed nothing.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database file or its folder cannot be read or written.
    #[error(
        "cannot {action} the database {path}: {reason}; check that the folder exists and that this user may write to it"
    )]
    Access {
        /// What was tried, for example `open`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// The file is something else than an SQLite database.
    #[error(
        "{path} is not a database of this service (it does not begin as an SQLite file); name another file, or move this one away"
    )]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// The file is an SQLite database of another program.
    #[error("{path} is a database of another program; name another file, or move this one away")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file was written by a later version of this program.
    #[error(
        "the database {path} has schema {found}, and this program knows schemas up to {known}; use the version that wrote it, or a later one"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The schema of the file.
        found: i64,
        /// The newest schema that this program knows.
        known: i64,
    },
    /// Another process works on the file.
    #[error(
        "the database {path} is in use by another process; stop that one, or give this one a file of its own"
    )]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// There is no room left on the disk.
    #[error("the disk that holds the database {path} is full; make room and try again")]
    DiskFull {
        /// The file.
        path: PathBuf,
    },
    /// What the file holds contradicts itself.
    #[error(
        "the database {path} is damaged: {reason}; restore it from a copy, or move it away to start afresh"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The configuration names an id that something added through the API holds already.
    #[error(
        "{what} {id} of account {account} was added through the API; choose another id for it in the configuration"
    )]
    IdTaken {
        /// `template` or `signature`.
        what: &'static str,
        /// The id.
        id: u64,
        /// The account.
        account: String,
    },
    /// A number is beyond what the database can hold.
    #[error("{what} {value} is too large to be stored; the largest is 9223372036854775807")]
    TooLarge {
        /// What the number is.
        what: &'static str,
        /// The number.
        value: u64,
    },
    /// The store has been closed, so the operation was not done.
    #[error("the store is closed, nothing was changed; start the service again")]
    Closed,
    /// Rows could not be carried out of a database or into one.
    #[error("{reason}")]
    Transfer {
        /// What is wrong, and what to do.
        reason: String,
    },
    /// Anything else that SQLite reports.
    #[error("the database {path} refused an operation: {reason}")]
    Database {
        /// The file, or `:memory:`.
        path: PathBuf,
        /// SQLite's words.
        reason: String,
    },
}

impl StoreError {
    /// Sorts an error of SQLite by what its reader can do about it.
    pub(crate) fn sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.to_path_buf();
        let reason = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull { path },
            Some(ErrorCode::NotADatabase) => Self::NotADatabase { path },
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { path, reason },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::InUse { path },
            Some(ErrorCode::CannotOpen) => Self::Access { action: "open", path, reason },
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                Self::Access { action: "write to", path, reason }
            }
            _ => Self::Database { path, reason },
        }
    }
}

/// The number as SQLite keeps it. `what` names it in the error.
pub(crate) fn stored(what: &'static str, value: u64) -> Result<i64, StoreError> {
    i64::try_from(value).map_err(|_| StoreError::TooLarge { what, value })
}

/// The count as the operand of `LIMIT`.
pub(crate) fn at_most(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// What an operation fails with inside the store, before the path of the file is known to the error.
#[derive(Debug)]
pub(crate) enum Fault {
    /// SQLite reported it.
    Sqlite(rusqlite::Error),
    /// The store itself found it.
    Store(StoreError),
}

impl Fault {
    /// The error for the caller.
    pub(crate) fn at(self, path: &Path) -> StoreError {
        match self {
            Self::Sqlite(error) => StoreError::sqlite(path, &error),
            Self::Store(error) => error,
        }
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
