//! Everything around a service under test, and what decides how a scenario goes.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::client::Client;
use crate::ledgers::{self, Counts};
use crate::process::{NotStarted, Place, Running};
use crate::support;
use crate::target::Target;

/// The apps that send, each with a target of its own.
pub(crate) const APPS: [&str; 2] = ["1400787878", "1400787879"];

/// How long a target may take to answer, where none is made to hang.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// How long a round may take; it takes some seconds.
const ROUND: Duration = Duration::from_secs(180);

/// A word for those who only want the service to run.
const NEVER: &str = "never";

/// A client, targets, and a place for services; the carrier comes with each service.
pub(crate) struct World {
    /// Decides what a seed decides.
    pub(crate) dice: fastrand::Rng,
    pub(crate) client: Arc<Client>,
    pub(crate) targets: [Target; 2],
    pub(crate) place: Place,
    _folder: TempDir,
}

impl World {
    /// With a limit for the answers of the targets.
    async fn new(seed: u64, patience: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let targets = [Target::start().await, Target::start().await];
        configure(folder.path(), &targets, patience);
        let place = Place { folder: folder.path().to_owned(), database: folder.path().join("sms.db") };
        let dice = fastrand::Rng::with_seed(seed);
        Self { dice, client: Arc::default(), targets, place, _folder: folder }
    }

    /// A service that runs until it is killed.
    pub(crate) async fn start(&self) -> Running {
        self.try_start().await.unwrap_or_else(|ended| panic!("it did not start: {ended:?}"))
    }

    /// Like [`World::start`], where it may be that it does not start.
    pub(crate) async fn try_start(&self) -> Result<Running, NotStarted> {
        Running::start(&self.place, NEVER, 0).await
    }

    /// See [`ledgers::agree`].
    pub(crate) async fn agree(&self, running: Running, repeats: usize) -> Counts {
        ledgers::agree(self, running, repeats).await
    }
}

fn configure(folder: &Path, targets: &[Target; 2], patience: Duration) {
    let apps: Vec<String> = APPS
        .iter()
        .zip(targets)
        .map(|(app, target)| format!("sdk_app_id = \"{app}\"\nstatus_url = \"{}\"\n", target.url()))
        .collect();
    let account =
        support::ACCOUNT.replace(&format!("sdk_app_id = \"{}\"\n", APPS[0]), &apps.join("[[account.app]]\n"));
    assert!(account.contains(APPS[1]), "the account has both apps");
    // More attempts than any scenario lets fail.
    let retries = vec!["\"10ms\""; 1000].join(", ");
    let more = format!(
        "api_rate = false\n[delivery]\ndelay = \"0s\"\n[callbacks]\ntimeout = \"{}ms\"\nretries = [{retries}]\n",
        patience.as_millis()
    );
    std::fs::write(folder.join("config.toml"), format!("{account}{more}")).unwrap();
}

/// Plays a scenario, as often and in the way that the environment says: `./x chaos` sets it. Then tells what was counted.
pub(crate) async fn play(patience: Duration, scenario: impl AsyncFn(&mut World) -> Counts) {
    let number = |name: &str| std::env::var(name).map_or(1, |text| text.parse::<u64>().expect("a number"));
    let (seed, rounds) = (number("TCSMS_CHAOS_SEED"), number("TCSMS_CHAOS_ROUNDS"));
    let started = Instant::now();
    let mut counts = Counts::default();
    for seed in (0..rounds).map(|round| seed.wrapping_add(round)) {
        let round = Round { seed };
        let mut world = World::new(seed, patience).await;
        counts
            .add(tokio::time::timeout(ROUND, scenario(&mut world)).await.expect("the round comes to an end"));
        drop(round);
    }
    println!("{counts}, {:.1} s", started.elapsed().as_secs_f64());
}

/// One time of a scenario. When it fails, this tells how to see it again.
struct Round {
    seed: u64,
}

impl Drop for Round {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let thread = std::thread::current();
            let scenario = thread.name().and_then(|test| test.split("::").nth(1)).unwrap_or_default();
            println!("again: ./x chaos --seed {} --rounds 1 {scenario}", self.seed);
        }
    }
}
