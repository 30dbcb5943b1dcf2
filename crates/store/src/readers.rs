//! Connections for reading a database file, beside the one that writes.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use tokio::sync::Semaphore;

use crate::error::{Fault, StoreError};

/// So many reads run at a time; the others wait for one of them to end.
const CONNECTIONS: u32 = 4;

/// A few connections that are opened when first needed and kept.
pub(crate) struct Readers {
    pool: Arc<Pool>,
    permits: Arc<Semaphore>,
}

struct Pool {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self {
            pool: Arc::new(Pool { path, idle: Mutex::default() }),
            permits: Arc::new(Semaphore::new(CONNECTIONS as usize)),
        }
    }

    /// Runs `body` on a thread for blocking work, in one read transaction.
    pub(crate) async fn run<T, F>(&self, mut body: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let pool = Arc::clone(&self.pool);
        let work = move || {
            let result = pool.with(|connection| {
                let transaction = connection.unchecked_transaction()?;
                let value = body(&transaction)?;
                transaction.finish()?;
                Ok(value)
            });
            drop(permit);
            result.map_err(|fault| fault.at(&pool.path))
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Closed)?
    }

    /// Waits for the reads under way, refuses later ones and closes the connections.
    pub(crate) async fn close(&self) {
        if let Ok(all) = self.permits.acquire_many(CONNECTIONS).await {
            self.permits.close();
            drop(all);
        }
        self.pool.idle().clear();
    }
}

impl Pool {
    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, body: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, Fault> {
        let kept = self.idle().pop();
        let connection = match kept {
            Some(connection) => connection,
            None => self.open()?,
        };
        let result = body(&connection);
        // A connection that failed is closed: the next read starts with a fresh one.
        if result.is_ok() {
            self.idle().push(connection);
        }
        result
    }

    fn open(&self) -> Result<Connection, Fault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.set_prepared_statement_cache_capacity(32);
        Ok(connection)
    }
}
