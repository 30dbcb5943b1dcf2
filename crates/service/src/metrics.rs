//! Counters for operators, in the text form of Prometheus.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// The metrics of one service.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    request_duration: Histogram,
    deliveries: Family<OutcomeLabels, Counter>,
    interrupted: Counter,
    reports: Family<StatusLabels, Counter>,
    pushes: Family<PushLabels, Counter>,
    connections: Gauge,
    operations: Counter<u64, AtomicU64>,
    commits: Counter<u64, AtomicU64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    action: &'static str,
    code: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StatusLabels {
    status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PushLabels {
    kind: &'static str,
    outcome: &'static str,
}

/// Upper bounds of the duration's classes, in seconds.
const BOUNDS: [f64; 11] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("tcsms"),
            requests: Family::default(),
            request_duration: Histogram::new(BOUNDS),
            deliveries: Family::default(),
            interrupted: Counter::default(),
            reports: Family::default(),
            pushes: Family::default(),
            connections: Gauge::default(),
            operations: Counter::default(),
            commits: Counter::default(),
        };
        let registry = &mut metrics.registry;
        registry.register(
            "requests",
            "Calls of the API by action and code of the answer",
            metrics.requests.clone(),
        );
        registry.register_with_unit(
            "request_duration",
            "From the head of a call to its answer",
            Unit::Seconds,
            metrics.request_duration.clone(),
        );
        registry.register("deliveries", "Answers of the carrier by outcome", metrics.deliveries.clone());
        registry.register(
            "deliveries_interrupted",
            "Messages whose delivery was cut off by the end of an earlier start",
            metrics.interrupted.clone(),
        );
        registry.register("reports", "Delivery reports that were recorded", metrics.reports.clone());
        registry.register(
            "callback_attempts",
            "Attempts to push reports and replies",
            metrics.pushes.clone(),
        );
        registry.register("connections", "Connections that are open", metrics.connections.clone());
        registry.register("store_operations", "Operations of the database", metrics.operations.clone());
        registry.register("store_commits", "Transactions of the database", metrics.commits.clone());
        metrics
    }
}

impl Metrics {
    /// A call was answered. `action` is one that the API has, or empty.
    pub(crate) fn request(&self, action: &'static str, code: &str, took: Duration) {
        self.requests.get_or_create(&RequestLabels { action, code: code.to_owned() }).inc();
        self.request_duration.observe(took.as_secs_f64());
    }

    /// The carrier answered, or was not asked any more.
    pub(crate) fn delivered(&self, outcome: &'static str) {
        self.deliveries.get_or_create(&OutcomeLabels { outcome }).inc();
    }

    pub(crate) fn interrupted(&self) {
        self.interrupted.inc();
    }

    /// Delivery reports were recorded; each says whether the message was delivered.
    pub(crate) fn reported(&self, reports: impl Iterator<Item = bool>) {
        let (mut delivered, mut failed) = (0, 0);
        for report in reports {
            *(if report { &mut delivered } else { &mut failed }) += 1;
        }
        for (status, count) in [("delivered", delivered), ("failed", failed)] {
            if count > 0 {
                self.reports.get_or_create(&StatusLabels { status }).inc_by(count);
            }
        }
    }

    /// An attempt to push ended.
    pub(crate) fn pushed(&self, kind: &'static str, ok: bool) {
        self.pushes.get_or_create(&PushLabels { kind, outcome: if ok { "ok" } else { "failed" } }).inc();
    }

    /// Counts a connection as long as the value lives.
    pub(crate) fn connection(&self) -> OpenConnection {
        self.connections.inc();
        OpenConnection(self.connections.clone())
    }

    /// The text that Prometheus reads.
    pub(crate) fn text(&self, store: tcsms_store::WriterCounts) -> String {
        self.operations.inner().store(store.operations, std::sync::atomic::Ordering::Relaxed);
        self.commits.inner().store(store.commits, std::sync::atomic::Ordering::Relaxed);
        let mut text = String::new();
        if let Err(error) = encode(&mut text, &self.registry) {
            tracing::error!(%error, "the metrics could not be written");
        }
        text
    }
}

/// See [`Metrics::connection`].
pub(crate) struct OpenConnection(Gauge);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.dec();
    }
}
