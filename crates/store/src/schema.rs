//! The database file: how it is opened, kept from other processes, and brought up to date.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::error::StoreError;
use crate::store::Location;

/// Marks the file as one of this program (`PRAGMA application_id`): the letters `tcsm`.
const APPLICATION: i64 = 0x7463_736d;

/// The first bytes of every SQLite file.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// The steps from an empty file to today's schema. Step `n` leads to `user_version` `n + 1`. Steps are only ever
/// added: files in the field have been through the earlier ones.
const MIGRATIONS: &[&str] = &["
    -- One row an app that has sent; the other tables name apps by its id.
    CREATE TABLE app (
        id INTEGER PRIMARY KEY,
        account TEXT NOT NULL,
        name TEXT NOT NULL,
        UNIQUE (account, name)
    ) STRICT;

    -- Every number of every request, in the order of arrival. Rows are written once and never changed.
    CREATE TABLE message (
        id INTEGER PRIMARY KEY,
        app INTEGER NOT NULL,
        at INTEGER NOT NULL,
        serial TEXT NOT NULL,
        request_id TEXT NOT NULL,
        phone TEXT NOT NULL,
        country_code TEXT NOT NULL,
        iso TEXT NOT NULL,
        mainland INTEGER NOT NULL,
        text TEXT NOT NULL,
        params TEXT NOT NULL,
        code TEXT,
        template INTEGER NOT NULL,
        sign TEXT NOT NULL,
        extend_code TEXT NOT NULL,
        sender_id TEXT NOT NULL,
        session_context TEXT NOT NULL,
        segments INTEGER NOT NULL,
        refusal_code TEXT,
        refusal_message TEXT
    ) STRICT;

    -- What is still to be handed to a carrier, by time: taken from the front, appended at the back.
    CREATE TABLE delivery (
        due_ms INTEGER NOT NULL,
        message INTEGER NOT NULL,
        PRIMARY KEY (due_ms, message)
    ) STRICT, WITHOUT ROWID;

    -- The carrier's last word. A table of its own, so that it is appended instead of making a full page of `message`
    -- longer.
    CREATE TABLE receipt (
        message INTEGER PRIMARY KEY,
        delivered INTEGER NOT NULL,
        word TEXT NOT NULL,
        at INTEGER NOT NULL
    ) STRICT;

    -- The pull queue of every app, in one tree with a front and a back for each app: pulling costs the same however
    -- much other apps have left lying.
    CREATE TABLE report (
        app INTEGER NOT NULL,
        place INTEGER NOT NULL,
        message INTEGER NOT NULL,
        PRIMARY KEY (app, place)
    ) STRICT, WITHOUT ROWID;

    -- Counters by hour of sending, and between which messages those of the hour stand.
    CREATE TABLE hour (
        app INTEGER NOT NULL,
        hour INTEGER NOT NULL,
        requests INTEGER NOT NULL,
        successes INTEGER NOT NULL,
        mainland_successes INTEGER NOT NULL,
        fee INTEGER NOT NULL,
        first_message INTEGER NOT NULL,
        last_message INTEGER NOT NULL,
        PRIMARY KEY (app, hour)
    ) STRICT, WITHOUT ROWID;

    -- Removed signatures and templates stay, so that their ids are not given out again.
    CREATE TABLE sign (
        account TEXT NOT NULL,
        id INTEGER NOT NULL,
        name TEXT NOT NULL,
        scope INTEGER NOT NULL,
        state INTEGER NOT NULL,
        reply TEXT NOT NULL,
        planned_at INTEGER,
        planned_state INTEGER,
        planned_reply TEXT,
        created INTEGER NOT NULL,
        configured INTEGER NOT NULL,
        removed INTEGER NOT NULL,
        PRIMARY KEY (account, id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE template (
        account TEXT NOT NULL,
        id INTEGER NOT NULL,
        name TEXT NOT NULL,
        content TEXT NOT NULL,
        kind INTEGER NOT NULL,
        scope INTEGER NOT NULL,
        remark TEXT NOT NULL,
        state INTEGER NOT NULL,
        reply TEXT NOT NULL,
        planned_at INTEGER,
        planned_state INTEGER,
        planned_reply TEXT,
        created INTEGER NOT NULL,
        configured INTEGER NOT NULL,
        removed INTEGER NOT NULL,
        PRIMARY KEY (account, id)
    ) STRICT, WITHOUT ROWID;

    -- A package that left the configuration stays with what was used of it, and counts again when it comes back.
    CREATE TABLE package (
        account TEXT NOT NULL,
        id INTEGER NOT NULL,
        amount INTEGER NOT NULL,
        used INTEGER NOT NULL,
        effective INTEGER,
        expires INTEGER,
        removed INTEGER NOT NULL,
        PRIMARY KEY (account, id)
    ) STRICT, WITHOUT ROWID;

    -- One row: below this no message id is given out again, even when the messages are gone.
    CREATE TABLE message_floor (floor INTEGER NOT NULL) STRICT;
    INSERT INTO message_floor VALUES (1);
", "
    -- What the applicant said about a signature.
    ALTER TABLE sign ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE sign ADD COLUMN document INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE sign ADD COLUMN purpose INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE sign ADD COLUMN remark TEXT NOT NULL DEFAULT '';
    ALTER TABLE sign ADD COLUMN qualification INTEGER;

    ALTER TABLE package ADD COLUMN created INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE package ADD COLUMN gift INTEGER NOT NULL DEFAULT 0;

    -- Receipts by the hour in which their message was sent, and by what they say.
    CREATE TABLE outcome (
        app INTEGER NOT NULL,
        hour INTEGER NOT NULL,
        word TEXT NOT NULL,
        delivered INTEGER NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (app, hour, word, delivered)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO outcome
        SELECT app, message.at / 3600, word, delivered, count(*)
        FROM receipt JOIN message ON message.id = receipt.message GROUP BY 1, 2, 3, 4;

    -- What people answered. Few compared with messages, so they may have indexes.
    CREATE TABLE reply (
        id INTEGER PRIMARY KEY,
        app INTEGER NOT NULL,
        at INTEGER NOT NULL,
        phone TEXT NOT NULL,
        country_code TEXT NOT NULL,
        sign TEXT NOT NULL,
        extend_code TEXT NOT NULL,
        text TEXT NOT NULL,
        -- Still in the pull queue.
        waiting INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX reply_waiting ON reply (app, id) WHERE waiting;
    CREATE INDEX reply_of_number ON reply (app, phone, at);

    -- Numbers that want nothing but login codes from the app any more.
    CREATE TABLE opt_out (
        app INTEGER NOT NULL,
        phone TEXT NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (app, phone)
    ) STRICT, WITHOUT ROWID;

    -- Messages whose code was typed back.
    CREATE TABLE conversion (
        message INTEGER PRIMARY KEY,
        at INTEGER NOT NULL
    ) STRICT;
", "
    -- One row: counts the starts of the service on this file. Work that is under way names the start that took it.
    CREATE TABLE start (epoch INTEGER NOT NULL) STRICT;
    INSERT INTO start VALUES (0);

    -- By which clock an app's work is due (0: the service's own), and whether its reports are pushed.
    ALTER TABLE app ADD COLUMN clock INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE app ADD COLUMN pushed INTEGER NOT NULL DEFAULT 0;

    -- The work of the carriers, now with the start that has taken it, how often that happened, and whether the message
    -- may be out already.
    ALTER TABLE delivery RENAME TO delivery_before;
    CREATE TABLE delivery (
        clock INTEGER NOT NULL,
        due_ms INTEGER NOT NULL,
        message INTEGER NOT NULL,
        epoch INTEGER NOT NULL DEFAULT 0,
        attempt INTEGER NOT NULL DEFAULT 0,
        held INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (clock, due_ms, message)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO delivery (clock, due_ms, message) SELECT 0, due_ms, message FROM delivery_before;
    DROP TABLE delivery_before;

    -- What is worth saying of a message that has left the plain way from the queue to its receipt.
    CREATE TABLE progress (
        message INTEGER PRIMARY KEY,
        phase INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        reason TEXT NOT NULL,
        next_ms INTEGER
    ) STRICT;

    -- A receipt that a person set is not overwritten by the carrier's.
    ALTER TABLE receipt ADD COLUMN by_hand INTEGER NOT NULL DEFAULT 0;

    -- The simulated carrier's memory: receipts that it is going to give.
    CREATE TABLE simulated (
        clock INTEGER NOT NULL,
        due_ms INTEGER NOT NULL,
        message INTEGER NOT NULL,
        copy INTEGER NOT NULL,
        delivered INTEGER NOT NULL,
        word TEXT NOT NULL,
        PRIMARY KEY (clock, due_ms, message, copy)
    ) STRICT, WITHOUT ROWID;

    -- Reports that wait for their push, in one tree with a front and a back for each app.
    CREATE TABLE push_item (
        app INTEGER NOT NULL,
        place INTEGER NOT NULL,
        message INTEGER NOT NULL,
        PRIMARY KEY (app, place)
    ) STRICT, WITHOUT ROWID;

    -- Pushes that have begun and are not done, with the text that every attempt sends.
    CREATE TABLE push (
        kind INTEGER NOT NULL,
        app INTEGER NOT NULL,
        due_ms INTEGER NOT NULL,
        id INTEGER NOT NULL,
        epoch INTEGER NOT NULL,
        attempt INTEGER NOT NULL,
        items INTEGER NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (kind, app, due_ms, id)
    ) STRICT, WITHOUT ROWID;

    -- Every attempt of a push and how it ended.
    CREATE TABLE push_attempt (
        id INTEGER PRIMARY KEY,
        push INTEGER NOT NULL,
        kind INTEGER NOT NULL,
        app INTEGER NOT NULL,
        at INTEGER NOT NULL,
        attempt INTEGER NOT NULL,
        items INTEGER NOT NULL,
        url TEXT NOT NULL,
        outcome TEXT NOT NULL,
        http_status INTEGER,
        duration_ms INTEGER NOT NULL,
        next_ms INTEGER
    ) STRICT;

    -- Accounts that were made for a test run and go with it.
    CREATE TABLE temporary_account (account TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
"];

/// A database that is ready for the writer.
pub(crate) struct Opened {
    pub(crate) connection: Connection,
    pub(crate) path: PathBuf,
    /// Held while the store is open; the system lets go of it when the process ends, however it ends.
    pub(crate) lock: Option<File>,
}

/// Opens the database of `location` for writing.
pub(crate) fn open(location: &Location) -> Result<Opened, StoreError> {
    let (path, lock) = match location {
        Location::Memory => (PathBuf::from(":memory:"), None),
        Location::File(path) => {
            let path = absolute(path)?;
            let lock = lock(&path)?;
            check_header(&path)?;
            (path, Some(lock))
        }
    };
    let failed = |error: rusqlite::Error| StoreError::sqlite(&path, &error);
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(&path, flags).map_err(failed)?;
    connection.busy_timeout(Duration::from_secs(5)).map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(64);
    let version = schema_version(&connection, &path)?;
    if lock.is_some() {
        settings_of_a_file(&connection, &path)?;
    }
    migrate(&mut connection, version).map_err(failed)?;
    if lock.is_some() {
        sync_folder(&path)?;
    }
    Ok(Opened { connection, path, lock })
}

/// Opens a file that exists already.
pub(crate) fn open_existing(path: &Path) -> Result<Opened, StoreError> {
    // Opening would make the file.
    fs::metadata(path).map_err(|error| access("open", path, &error))?;
    open(&Location::File(path.to_path_buf()))
}

/// The schema that this program writes.
pub(crate) fn newest() -> i64 {
    MIGRATIONS.len() as i64
}

fn access(action: &'static str, path: &Path, error: &io::Error) -> StoreError {
    StoreError::Access { action, path: path.to_path_buf(), reason: error.to_string() }
}

/// The path with its folder resolved, so that two names of one file meet at one lock.
fn absolute(path: &Path) -> Result<PathBuf, StoreError> {
    if let Ok(existing) = fs::canonicalize(path) {
        return Ok(existing);
    }
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let name = path.file_name().ok_or_else(|| StoreError::Access {
        action: "open",
        path: path.to_path_buf(),
        reason: "this is not the name of a file".to_owned(),
    })?;
    Ok(fs::canonicalize(folder).map_err(|error| access("open", path, &error))?.join(name))
}

/// Takes the lock of the file: a file of its own, because closing the database file anywhere in the process would
/// drop the locks that SQLite holds on it.
fn lock(path: &Path) -> Result<File, StoreError> {
    if path.is_dir() {
        let reason = "this is a folder".to_owned();
        return Err(StoreError::Access { action: "open", path: path.to_path_buf(), reason });
    }
    let mut name = path.as_os_str().to_owned();
    name.push("-lock");
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(PathBuf::from(name))
        .map_err(|error| access("lock", path, &error))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse { path: path.to_path_buf() }),
        Err(TryLockError::Error(error)) => Err(access("lock", path, &error)),
    }
}

/// Refuses a file that is no database before SQLite touches it. An empty file is as good as none.
fn check_header(path: &Path) -> Result<(), StoreError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(access("read", path, &error)),
    };
    let mut start = Vec::new();
    file.take(MAGIC.len() as u64).read_to_end(&mut start).map_err(|error| access("read", path, &error))?;
    if start.is_empty() || start == MAGIC {
        Ok(())
    } else {
        Err(StoreError::NotADatabase { path: path.to_path_buf() })
    }
}

/// The schema of the file, 0 for a new one; an error when the file is not ours or newer than we are.
fn schema_version(connection: &Connection, path: &Path) -> Result<usize, StoreError> {
    let failed = |error: rusqlite::Error| StoreError::sqlite(path, &error);
    let pragma =
        |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(failed);
    let found = pragma("user_version")?;
    let application = pragma("application_id")?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(failed)?;
    let is_new = found == 0 && application == 0 && tables == 0;
    if !is_new && application != APPLICATION {
        return Err(StoreError::Foreign { path: path.to_path_buf() });
    }
    match usize::try_from(found) {
        Ok(version) if version <= MIGRATIONS.len() => Ok(version),
        _ => Err(StoreError::Newer { path: path.to_path_buf(), found, known: newest() }),
    }
}

/// Write-ahead log, synchronised at every commit.
fn settings_of_a_file(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let failed = |error: rusqlite::Error| StoreError::sqlite(path, &error);
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0)).map_err(failed)?;
    if mode != "wal" {
        return Err(StoreError::Access {
            action: "write to",
            path: path.to_path_buf(),
            reason: format!(
                "its file system offers no shared memory for a write-ahead log (journal mode {mode})"
            ),
        });
    }
    connection.pragma_update(None, "synchronous", "full").map_err(failed)?;
    // A log that grew under load is cut back when it starts over.
    connection.pragma_update(None, "journal_size_limit", 64 << 20).map_err(failed)
}

fn migrate(connection: &mut Connection, version: usize) -> Result<(), rusqlite::Error> {
    for (index, step) in MIGRATIONS.iter().enumerate().skip(version) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", index as i64 + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Makes the name of a new file durable: SQLite synchronises what is in the file, and the log's name, but not this.
fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let Some(folder) = path.parent() else { return Ok(()) };
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| access("synchronise", path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of the first schema, with a message that waits for its delivery.
    fn first_schema(path: &Path) {
        let mut connection = Connection::open(path).unwrap();
        let transaction = connection.transaction().unwrap();
        transaction.execute_batch(MIGRATIONS[0]).unwrap();
        transaction.pragma_update(None, "application_id", APPLICATION).unwrap();
        transaction.pragma_update(None, "user_version", 1).unwrap();
        transaction
            .execute_batch(
                "INSERT INTO app VALUES (1, 'dev', '1400787878');
                 INSERT INTO message VALUES (5, 1, 100, 's', 'r', '+1', '', '', 1, 't', '[]', NULL, 1, '', '', '', '',
                    1, NULL, NULL);
                 INSERT INTO delivery VALUES (100000, 5);",
            )
            .unwrap();
        transaction.commit().unwrap();
    }

    #[test]
    fn a_file_of_the_first_schema_goes_on_where_it_stood() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sms.db");
        first_schema(&path);
        let opened = open(&Location::File(path.clone())).unwrap();
        assert_eq!(schema_version(&opened.connection, &path).unwrap(), MIGRATIONS.len());
        let row: (i64, i64, i64, i64) = opened
            .connection
            .query_row("SELECT clock, due_ms, message, epoch FROM delivery", [], |row| row.try_into())
            .unwrap();
        assert_eq!(row, (0, 100_000, 5, 0));
    }

    #[test]
    fn receipts_of_an_older_file_are_counted_when_it_is_brought_up_to_date() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(MIGRATIONS[0]).unwrap();
        for (id, at, word) in [(1, 3599, "DELIVRD"), (2, 3600, "UNDELIV"), (3, 7199, "UNDELIV")] {
            connection
                .execute(
                    "INSERT INTO message VALUES (?1, 1, ?2, '', '', '', '', '', 1, '', '[]', NULL, 1, '', '', '', '', 1,
                        NULL, NULL)",
                    (id, at),
                )
                .unwrap();
            connection.execute("INSERT INTO receipt VALUES (?1, ?2 = 'DELIVRD', ?2, 0)", (id, word)).unwrap();
        }
        connection
            .execute("INSERT INTO sign VALUES ('a', 1, 'xxx', 0, 0, '', NULL, NULL, NULL, 5, 0, 0)", [])
            .unwrap();
        migrate(&mut connection, 1).unwrap();
        let counts: Vec<(i64, String, bool, i64)> = connection
            .prepare("SELECT hour, word, delivered, count FROM outcome ORDER BY hour")
            .unwrap()
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(counts, [(0, "DELIVRD".to_owned(), true, 1), (1, "UNDELIV".to_owned(), false, 2)]);
        let remark: String = connection.query_row("SELECT remark FROM sign", [], |row| row.get(0)).unwrap();
        assert_eq!(remark, "");
    }
}
