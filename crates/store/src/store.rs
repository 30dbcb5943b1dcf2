//! The store as its callers see it: opening, closing, and how an operation reaches the database.

use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot, watch};

use crate::catalogue::Catalogue;
use crate::error::{Fault, StoreError};
use crate::model::WriterCounts;
use crate::readers::Readers;
use crate::schema;
use crate::writer::{self, Call, Db, News, Order};

/// How many operations may wait for the writer before callers wait for a place.
const QUEUE: usize = 1024;

/// Where the data is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// In this file; it is created when it does not exist. Beside it stand `-wal` and `-shm` while the store is open,
    /// and `-lock`, which keeps a second process out.
    File(PathBuf),
    /// In memory, until the store is closed.
    Memory,
}

/// The service's data. Cloning gives another handle of the same store.
///
/// Every operation is whole: it has happened, durably, when its future resolves with success, and has changed nothing
/// when that resolves with an error. Dropping the future does not take the operation back. The operations need a
/// tokio runtime around them.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use tcsms_store::{Location, Store};
///
/// let store = Store::open(&Location::Memory)?;
/// assert!(store.pull_reports("dev", "1400787878", 10).await?.is_empty());
/// store.close().await;
/// # Ok::<(), tcsms_store::StoreError>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    orders: mpsc::Sender<Order>,
    /// Connections for reading a file; a database in memory has one connection only, the writer's.
    readers: Option<Readers>,
    news: Arc<News>,
    epoch: i64,
}

impl Store {
    /// Opens the store, creates the file or brings its schema up to date, and starts the writer.
    ///
    /// This works on the disk and may take a while: call it at start, outside the async runtime's hot path.
    pub fn open(location: &Location) -> Result<Self, StoreError> {
        let opened = schema::open(location)?;
        let path = opened.path.clone();
        let readers = match location {
            Location::File(_) => Some(Readers::new(path.clone())),
            Location::Memory => None,
        };
        let db = Db::new(opened).map_err(|fault| fault.at(&path))?;
        let (news, epoch) = (Arc::clone(&db.news), db.epoch);
        let (orders, queue) = mpsc::channel(QUEUE);
        writer::start(db, queue).map_err(|error| StoreError::Access {
            action: "start the writer of",
            path: path.clone(),
            reason: error.to_string(),
        })?;
        Ok(Self { shared: Arc::new(Shared { path, orders, readers, news, epoch }) })
    }

    /// Finishes what is queued, folds the log into the file, closes it and lets other processes use it.
    ///
    /// Later operations, through this handle or another, fail with [`StoreError::Closed`].
    pub async fn close(&self) {
        if let Some(readers) = &self.shared.readers {
            readers.close().await;
        }
        let (done, closed) = oneshot::channel();
        if self.shared.orders.send(Order::Close(done)).await.is_ok() {
            // The sender is only dropped when the writer has ended, and then the store is closed as well.
            let _ = closed.await;
        }
    }

    /// Writes something that changes nothing, durably: whoever gets no error knows that the store takes writes.
    pub async fn probe(&self) -> Result<(), StoreError> {
        self.write(1, |db| {
            db.conn.prepare_cached("UPDATE start SET epoch = ?1")?.execute([db.epoch])?;
            Ok(())
        })
        .await
    }

    /// A receiver that sees a change after every commit that recorded or removed messages or receipts.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.shared.news.changes.subscribe()
    }

    /// What the writer has done so far.
    pub fn writer_counts(&self) -> WriterCounts {
        self.shared.news.counts()
    }

    /// Which start of the service this is, counted from 1 on this file.
    pub fn epoch(&self) -> i64 {
        self.shared.epoch
    }

    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.shared.news.catalogue
    }

    pub(crate) fn news(&self) -> &News {
        &self.shared.news
    }

    /// Runs `body` in the writer's next transaction and returns after the commit.
    ///
    /// `weight` is about the number of rows it writes. `body` may run a second time, in a transaction of its own,
    /// after the first one was rolled back.
    pub(crate) async fn write<T, F>(&self, weight: usize, body: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut Db) -> Result<T, Fault> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let order = Order::Run(Box::new(Call::new(weight, body, reply)));
        self.shared.orders.send(order).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Runs `body` on what is committed.
    pub(crate) async fn read<T, F>(&self, mut body: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        match &self.shared.readers {
            Some(readers) => readers.run(body).await,
            // In the writer's turn, so that nothing is seen that may still be rolled back: the answer waits for the
            // commit like any other.
            None => self.write(1, move |db| body(&db.conn)).await,
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Store").field("path", &self.shared.path).finish_non_exhaustive()
    }
}
