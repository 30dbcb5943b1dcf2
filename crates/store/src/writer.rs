//! The one thread that writes: group commit, and what it keeps in memory between transactions.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use rusqlite::{Connection, OptionalExtension};
use tokio::sync::{mpsc, oneshot, watch};

use crate::catalogue::{AccountCatalogue, Catalogue};
use crate::error::{Fault, StoreError};
use crate::limiter::Limiters;
use crate::model::WriterCounts;
use crate::schema::Opened;
use crate::statistics::Hours;

/// A group ends after so many operations …
const GROUP_OPERATIONS: usize = 256;
/// … or after about so many rows, so that nobody waits long behind large requests.
const GROUP_ROWS: usize = 4000;

/// What the writer is told to do.
pub(crate) enum Order {
    /// Run this with others in one transaction.
    Run(Box<dyn Job>),
    /// Finish what is queued, close the database, and say so.
    Close(oneshot::Sender<()>),
}

/// An operation in the writer's queue, without its types.
pub(crate) trait Job: Send {
    /// About how many rows it writes.
    fn weight(&self) -> usize;
    /// Does it and keeps the outcome. Runs again when the transaction was rolled back.
    fn run(&mut self, db: &mut Db) -> Result<(), Fault>;
    /// Hands the outcome to the caller: that of the last run, or `failed`.
    fn answer(self: Box<Self>, failed: Option<StoreError>);
}

/// An operation with its types: a body and where its outcome goes.
pub(crate) struct Call<T, F> {
    weight: usize,
    body: F,
    outcome: Option<T>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Call<T, F> {
    pub(crate) fn new(weight: usize, body: F, reply: oneshot::Sender<Result<T, StoreError>>) -> Self {
        Self { weight, body, outcome: None, reply }
    }
}

impl<T, F> Job for Call<T, F>
where
    T: Send,
    F: FnMut(&mut Db) -> Result<T, Fault> + Send,
{
    fn weight(&self) -> usize {
        self.weight
    }

    fn run(&mut self, db: &mut Db) -> Result<(), Fault> {
        self.outcome = Some((self.body)(db)?);
        Ok(())
    }

    fn answer(self: Box<Self>, failed: Option<StoreError>) {
        let result = match (failed, self.outcome) {
            (None, Some(outcome)) => Ok(outcome),
            (Some(error), _) => Err(error),
            (None, None) => Err(StoreError::Closed),
        };
        // A caller that has gone away needs no answer.
        let _ = self.reply.send(result);
    }
}

/// What the writer lets the handles know after a commit.
pub(crate) struct News {
    /// Counts commits that recorded or removed messages or receipts.
    pub(crate) changes: watch::Sender<u64>,
    /// The earliest delivery queued since somebody last looked for work; `i64::MAX` when there was none.
    pub(crate) earliest_due: watch::Sender<i64>,
    /// Counts commits that queued a push.
    pub(crate) pushes: watch::Sender<u64>,
    /// Signatures and templates.
    pub(crate) catalogue: Catalogue,
    operations: AtomicU64,
    commits: AtomicU64,
}

impl News {
    pub(crate) fn counts(&self) -> WriterCounts {
        WriterCounts {
            operations: self.operations.load(Ordering::Relaxed),
            commits: self.commits.load(Ordering::Relaxed),
        }
    }
}

/// What is to be made known once the transaction under way is committed.
struct Effects {
    messages: bool,
    pushes: bool,
    earliest_due: i64,
    catalogues: HashMap<String, AccountCatalogue>,
}

impl Default for Effects {
    fn default() -> Self {
        Self { messages: false, pushes: false, earliest_due: i64::MAX, catalogues: HashMap::new() }
    }
}

/// What sends need of an app's row.
#[derive(Clone, Copy)]
pub(crate) struct AppRow {
    pub(crate) id: i64,
    /// The clock by which its work is due.
    pub(crate) clock: i64,
}

/// The writer's database and what it remembers of it.
///
/// Whatever is remembered here is either taken back by [`Db::roll_back`] or does no harm when the transaction that
/// it stems from is rolled back.
pub(crate) struct Db {
    pub(crate) conn: Connection,
    pub(crate) path: PathBuf,
    pub(crate) news: Arc<News>,
    pub(crate) limiters: Limiters,
    pub(crate) hours: Hours,
    /// Which start of the service this is: what it takes into work carries this number, and what carries another was
    /// taken by a start that has ended, because the file is locked.
    pub(crate) epoch: i64,
    apps: HashMap<String, HashMap<String, AppRow>>,
    next_message: i64,
    next_place: i64,
    effects: Effects,
    _lock: Option<File>,
}

impl Db {
    pub(crate) fn new(opened: Opened) -> Result<Self, Fault> {
        let Opened { connection: conn, path, lock } = opened;
        let next_message = conn.query_row(
            "SELECT max(floor, coalesce((SELECT max(id) FROM message), 0) + 1) FROM message_floor",
            [],
            |row| row.get(0),
        )?;
        // One look at the back of each queue, not a walk along them.
        let next_place = conn.query_row(
            "SELECT max(
                coalesce(max((SELECT max(place) FROM report WHERE report.app = app.id)), 0),
                coalesce(max((SELECT max(place) FROM push_item WHERE push_item.app = app.id)), 0)
             ) + 1 FROM app",
            [],
            |row| row.get(0),
        )?;
        let epoch =
            conn.query_row("UPDATE start SET epoch = epoch + 1 RETURNING epoch", [], |row| row.get(0))?;
        let news = News {
            changes: watch::Sender::new(0),
            earliest_due: watch::Sender::new(i64::MAX),
            pushes: watch::Sender::new(0),
            catalogue: Catalogue::load(&conn)?,
            operations: AtomicU64::new(0),
            commits: AtomicU64::new(0),
        };
        Ok(Self {
            conn,
            path,
            news: Arc::new(news),
            limiters: Limiters::default(),
            hours: Hours::default(),
            epoch,
            apps: HashMap::new(),
            next_message,
            next_place,
            effects: Effects::default(),
            _lock: lock,
        })
    }

    /// The app's row, which is made when the app is new.
    pub(crate) fn app(&mut self, account: &str, app: &str) -> Result<AppRow, Fault> {
        if let Some(row) = self.apps.get(account).and_then(|apps| apps.get(app)) {
            return Ok(*row);
        }
        let known = self
            .conn
            .prepare_cached("SELECT id, clock FROM app WHERE account = ?1 AND name = ?2")?
            .query_row((account, app), |row| Ok(AppRow { id: row.get(0)?, clock: row.get(1)? }))
            .optional()?;
        let row = match known {
            Some(row) => row,
            None => {
                let id = self
                    .conn
                    .prepare_cached("INSERT INTO app (account, name) VALUES (?1, ?2)")?
                    .insert((account, app))?;
                AppRow { id, clock: 0 }
            }
        };
        self.apps.entry(account.to_owned()).or_default().insert(app.to_owned(), row);
        Ok(row)
    }

    /// Forgets the rows of the account's apps: they were changed or removed.
    pub(crate) fn forget_apps(&mut self, account: &str) {
        self.apps.remove(account);
    }

    /// A message id that was never given out before. An id whose transaction is rolled back is left out.
    pub(crate) fn take_message_id(&mut self) -> i64 {
        let id = self.next_message;
        self.next_message += 1;
        id
    }

    /// The lowest message id that was not given out so far.
    pub(crate) fn next_message_id(&self) -> i64 {
        self.next_message
    }

    /// A place behind all others in the queues of reports.
    pub(crate) fn take_place(&mut self) -> i64 {
        let place = self.next_place;
        self.next_place += 1;
        place
    }

    /// After the commit, those who watch messages are told to look.
    pub(crate) fn announce_messages(&mut self) {
        self.effects.messages = true;
    }

    /// After the commit, the delivery worker is told of work that is due then by this clock.
    pub(crate) fn announce_delivery(&mut self, clock: i64, due_ms: i64) {
        // Times of different clocks cannot be compared: work of another than the service's own is always looked for.
        let due_ms = if clock == 0 { due_ms } else { i64::MIN };
        self.effects.earliest_due = self.effects.earliest_due.min(due_ms);
    }

    /// After the commit, those who push are told to look.
    pub(crate) fn announce_push(&mut self) {
        self.effects.pushes = true;
    }

    /// After the commit, this is the account's catalogue.
    pub(crate) fn announce_catalogue(&mut self, account: String, catalogue: AccountCatalogue) {
        self.effects.catalogues.insert(account, catalogue);
    }

    fn begin(&self) -> Result<(), Fault> {
        self.conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Fault> {
        self.hours.flush(&self.conn)?;
        // Both named: between them lies the moment that crash tests are about.
        tracing::trace!(name: "committing", "everything is in the transaction");
        self.conn.prepare_cached("COMMIT")?.execute([])?;
        tracing::trace!(name: "committed", "the transaction is durable, nobody knows it yet");
        self.limiters.committed();
        let effects = std::mem::take(&mut self.effects);
        self.news.catalogue.publish(effects.catalogues);
        if effects.messages {
            self.news.changes.send_modify(|count| *count += 1);
        }
        if effects.pushes {
            self.news.pushes.send_modify(|count| *count += 1);
        }
        self.news.earliest_due.send_if_modified(|earliest| {
            let earlier = effects.earliest_due < *earliest;
            if earlier {
                *earliest = effects.earliest_due;
            }
            earlier
        });
        Ok(())
    }

    fn roll_back(&mut self) {
        // SQLite may have rolled back already; then there is nothing to do, and it says so.
        if !self.conn.is_autocommit()
            && let Err(error) = self.conn.execute_batch("ROLLBACK")
        {
            tracing::error!(path = %self.path.display(), %error, "a transaction could not be rolled back");
        }
        self.limiters.rolled_back();
        self.hours.clear();
        self.apps.clear();
        self.effects = Effects::default();
    }

    /// Runs the jobs in the transaction that has begun, and commits it. On an error nothing of them remains.
    fn transaction(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<(), Fault> {
        let result = jobs.iter_mut().try_for_each(|job| job.run(self)).and_then(|()| self.commit());
        if result.is_err() {
            self.roll_back();
        }
        result
    }

    fn answer(&self, jobs: Vec<Box<dyn Job>>) {
        // Counted before the answers, so that a caller who has its answer finds its operation counted.
        self.news.commits.fetch_add(1, Ordering::Relaxed);
        self.news.operations.fetch_add(jobs.len() as u64, Ordering::Relaxed);
        for job in jobs {
            job.answer(None);
        }
    }

    /// Runs the jobs together, or one by one when that fails, and answers them.
    fn group(&mut self, mut jobs: Vec<Box<dyn Job>>) {
        if let Err(fault) = self.begin() {
            // No job is to blame, and alone each would wait for another's lock as long as all have now.
            let error = fault.at(&self.path);
            for job in jobs {
                job.answer(Some(error.clone()));
            }
            return;
        }
        match self.transaction(&mut jobs) {
            Ok(()) => self.answer(jobs),
            Err(fault) if jobs.len() > 1 => {
                let error = fault.at(&self.path);
                tracing::debug!(%error, operations = jobs.len(), "a group failed; its operations are run alone");
                for job in jobs {
                    self.group(vec![job]);
                }
            }
            Err(fault) => {
                if let Some(job) = jobs.pop() {
                    job.answer(Some(fault.at(&self.path)));
                }
            }
        }
    }
}

/// The id of the app, or `None` when it has not sent anything.
pub(crate) fn find_app(conn: &Connection, account: &str, app: &str) -> Result<Option<i64>, Fault> {
    Ok(conn
        .prepare_cached("SELECT id FROM app WHERE account = ?1 AND name = ?2")?
        .query_row((account, app), |row| row.get(0))
        .optional()?)
}

/// Starts the thread that works off the queue. It ends when it is told to, or when all handles are gone.
pub(crate) fn start(db: Db, queue: mpsc::Receiver<Order>) -> io::Result<()> {
    thread::Builder::new().name("tcsms-store".to_owned()).spawn(move || run(db, queue)).map(drop)
}

fn run(mut db: Db, mut queue: mpsc::Receiver<Order>) {
    let mut closed = Vec::new();
    while let Some(order) = queue.blocking_recv() {
        let mut jobs = Vec::new();
        let mut rows = 0;
        let mut next = Some(order);
        while let Some(order) = next {
            match order {
                Order::Run(job) => {
                    rows = job.weight().saturating_add(rows);
                    jobs.push(job);
                }
                Order::Close(done) => {
                    queue.close();
                    closed.push(done);
                }
            }
            let full = jobs.len() >= GROUP_OPERATIONS || rows >= GROUP_ROWS;
            next = if full { None } else { queue.try_recv().ok() };
        }
        if !jobs.is_empty() {
            db.group(jobs);
        }
    }
    // Closing the last connection folds the log into the file; the lock goes after it.
    let Db { conn, path, _lock, .. } = db;
    if let Err((_, error)) = conn.close() {
        tracing::error!(path = %path.display(), %error, "the database could not be closed");
    }
    drop(_lock);
    for done in closed {
        let _ = done.send(());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc as channel;

    use super::*;
    use crate::model::{Limits, NewMessage, Refusal, SendBatch, SendCounts};
    use crate::store::{Location, Store};

    const NOW: i64 = 1_795_575_600;

    fn batch(phone: &str) -> SendBatch {
        let message = NewMessage {
            phone: phone.to_owned(),
            country_code: "86".to_owned(),
            iso: "CN".to_owned(),
            mainland: true,
            text: "【xxx】1".into(),
            params: Arc::new([]),
            code: None,
            segments: 1,
            refusal: None,
            due_ms: Some(NOW * 1000),
        };
        SendBatch {
            account: "dev".to_owned(),
            app: "1400787878".to_owned(),
            template: 1,
            sign: "xxx".to_owned(),
            extend_code: String::new(),
            sender_id: String::new(),
            session_context: "x".repeat(500),
            at: NOW,
            request_id: String::new(),
            limits: Arc::new(Limits { per_number_1d: 1, ..Limits::default() }),
            spare_opted_out: true,
            serial_when_refused: false,
            refusal_of: |limit| Refusal { code: format!("{limit:?}"), message: String::new() },
            messages: vec![message],
        }
    }

    async fn counts(store: &Store) -> SendCounts {
        store.statistics("dev", "1400787878", NOW, NOW).await.unwrap()
    }

    /// Keeps the writer busy until something is sent to (or dropped at) the other end.
    async fn hold(store: &Store) -> channel::Sender<()> {
        let (release, released) = channel::channel();
        let (started, has_started) = oneshot::channel();
        let mut started = Some(started);
        let store = store.clone();
        tokio::spawn(async move {
            let wait = move |_: &mut Db| {
                if let Some(started) = started.take() {
                    started.send(()).unwrap();
                }
                released.recv().unwrap_or_default();
                Ok(())
            };
            store.write(1, wait).await.unwrap();
        });
        has_started.await.unwrap();
        release
    }

    #[tokio::test]
    async fn a_group_that_fails_half_way_leaves_what_its_good_members_wrote() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&Location::File(folder.path().join("sms.db"))).unwrap();
        let release = hold(&store).await;
        let runs = Arc::new(AtomicU64::new(0));
        let bad = {
            let runs = Arc::clone(&runs);
            store.write(1, move |db| {
                runs.fetch_add(1, Ordering::Relaxed);
                db.app("dev", "never there")?;
                db.limiters.forget(1);
                db.conn.execute("INSERT INTO no_such_table VALUES (1)", [])?;
                Ok(())
            })
        };
        let (first, failed, second, repeated, ()) = tokio::join!(
            store.send(batch("+8613700000001")),
            bad,
            store.send(batch("+8613700000002")),
            store.send(batch("+8613700000001")),
            async { drop(release) },
        );
        assert!(matches!(failed, Err(StoreError::Database { .. })), "{failed:?}");
        assert_eq!(runs.load(Ordering::Relaxed), 2, "once in the group and once alone");
        assert_eq!((first.unwrap()[0].limit, second.unwrap()[0].limit), (None, None));
        assert!(repeated.unwrap()[0].limit.is_some(), "the number was counted once, not twice and not never");
        assert_eq!(counts(&store).await, SendCounts { requests: 3, successes: 2, fee: 2 });
        // The holder, and the three good ones alone.
        assert_eq!(store.news().counts(), WriterCounts { operations: 4, commits: 4 });
        let apps = store
            .read(|conn| Ok(conn.query_row("SELECT count(*) FROM app", [], |row| row.get::<_, i64>(0))?));
        assert_eq!(apps.await.unwrap(), 1);
    }

    #[test]
    fn a_group_that_cannot_begin_fails_at_once_and_as_a_whole() {
        static LOOKS: AtomicU64 = AtomicU64::new(0);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sms.db");
        let mut db = Db::new(crate::schema::open(&Location::File(path.clone())).unwrap()).unwrap();
        let give_up = |_| {
            LOOKS.fetch_add(1, Ordering::Relaxed);
            false
        };
        db.conn.busy_handler(Some(give_up)).unwrap();
        let other = Connection::open(path).unwrap();
        other.execute_batch("BEGIN EXCLUSIVE").unwrap();
        let (jobs, answers): (Vec<_>, Vec<_>) = (0..3)
            .map(|_| {
                let (reply, answer) = oneshot::channel();
                let job: Box<dyn Job> = Box::new(Call::new(1, |_: &mut Db| Ok(()), reply));
                (job, answer)
            })
            .unzip();
        db.group(jobs);
        for mut answer in answers {
            assert!(matches!(answer.try_recv().unwrap(), Err(StoreError::InUse { .. })));
        }
        assert_eq!(LOOKS.load(Ordering::Relaxed), 1, "the lock is waited for once, not once for each");
    }

    #[tokio::test]
    async fn what_waits_together_is_committed_together() {
        let store = Store::open(&Location::Memory).unwrap();
        let release = hold(&store).await;
        let mut sends: Vec<_> = (0..100)
            .map(|index| {
                let store = store.clone();
                Box::pin(async move { store.send(batch(&format!("+86137{index:08}"))).await })
            })
            .collect();
        // Each is in the writer's queue once it was polled.
        for send in &mut sends {
            let first = std::future::poll_fn(|cx| std::task::Poll::Ready(send.as_mut().poll(cx))).await;
            assert!(first.is_pending());
        }
        drop(release);
        for send in sends {
            send.await.unwrap();
        }
        assert_eq!(store.news().counts(), WriterCounts { operations: 101, commits: 2 });
    }

    #[tokio::test]
    async fn a_full_disk_fails_what_does_not_fit_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&Location::File(folder.path().join("sms.db"))).unwrap();
        let limit_pages = |more: i64| {
            move |db: &mut Db| {
                let pages: i64 = db.conn.pragma_query_value(None, "page_count", |row| row.get(0))?;
                db.conn.pragma_update(None, "max_page_count", pages + more)?;
                Ok(())
            }
        };
        store.write(1, limit_pages(4)).await.unwrap();
        let mut sent = 0;
        let error = loop {
            match store.send(batch(&format!("+86137{sent:08}"))).await {
                Ok(_) => sent += 1,
                Err(error) => break error,
            }
        };
        assert!(sent > 0 && matches!(error, StoreError::DiskFull { .. }), "{sent} {error}");
        assert!(error.to_string().contains("sms.db"), "{error}");
        assert_eq!(counts(&store).await.requests, sent);

        store.write(1, limit_pages(1000)).await.unwrap();
        let again = store.send(batch(&format!("+86137{sent:08}"))).await.unwrap();
        assert_eq!(again[0].limit, None, "what failed did not count");
        assert_eq!(counts(&store).await.successes, sent + 1);
    }
}
