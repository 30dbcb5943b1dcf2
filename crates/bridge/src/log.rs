//! Hands the SDK's log lines to the host.

use std::fmt::{self, Write};
use std::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Takes a log line: its level (1 error, 2 warning, 3 information, 4 debug, 5 trace) and its text. May be called on any
/// thread, by several at once, and never while a lock of this library is held.
pub type Sink = Box<dyn Fn(i32, &str) + Send + Sync>;

/// Who gets the lines, or null. One that was replaced is not freed: another thread may be calling it.
static SINK: AtomicPtr<Sink> = AtomicPtr::new(std::ptr::null_mut());
/// The most verbose level that is handed out; 0: none.
static MOST: AtomicUsize = AtomicUsize::new(0);

/// Hands out the log lines up to this level from now on: 0 none, 1 errors, … 5 everything. `None` ends it. Secrets and
/// phone numbers are masked at every level.
pub fn set_log(sink: Option<Sink>, level: i32) {
    let most = usize::try_from(level).unwrap_or(0).min(5);
    match sink.filter(|_| most > 0) {
        None => MOST.store(0, Ordering::Release),
        Some(sink) => {
            SINK.store(Box::leak(Box::new(sink)), Ordering::Release);
            MOST.store(most, Ordering::Release);
            // Another subscriber can only be that of a Rust program that uses this crate directly; its choice counts.
            let _ = tracing::subscriber::set_global_default(Lines);
        }
    }
    tracing::callsite::rebuild_interest_cache();
}

/// The subscriber of this process. Spans are passed over: what they tell stands in the lines too.
struct Lines;

static NEXT_SPAN: AtomicU64 = AtomicU64::new(1);

fn number(level: &Level) -> usize {
    match *level {
        Level::ERROR => 1,
        Level::WARN => 2,
        Level::INFO => 3,
        Level::DEBUG => 4,
        Level::TRACE => 5,
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // Events, and the questions whether there would be one.
        !metadata.is_span()
            && number(metadata.level()) <= MOST.load(Ordering::Acquire)
            && metadata.target().starts_with("tcsms")
    }

    fn max_level_hint(&self) -> Option<tracing::level_filters::LevelFilter> {
        use tracing::level_filters::LevelFilter;
        Some(match MOST.load(Ordering::Acquire) {
            0 => LevelFilter::OFF,
            1 => LevelFilter::ERROR,
            2 => LevelFilter::WARN,
            3 => LevelFilter::INFO,
            4 => LevelFilter::DEBUG,
            _ => LevelFilter::TRACE,
        })
    }

    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        Id::from_u64(NEXT_SPAN.fetch_add(1, Ordering::Relaxed))
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        #[allow(unsafe_code)]
        // SAFETY: null, or a sink that was leaked.
        let Some(sink) = (unsafe { SINK.load(Ordering::Acquire).as_ref() }) else { return };
        let mut line = Line::default();
        event.record(&mut line);
        let text = format!("{}: {}{}", event.metadata().target(), line.message, line.fields);
        let level = i32::try_from(number(event.metadata().level())).unwrap_or(i32::MAX);
        // A sink that panics loses its line.
        let _ = crate::guard::guarded(|| {
            sink(level, &text);
            Ok(())
        });
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

#[derive(Default)]
struct Line {
    message: String,
    fields: String,
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a string cannot fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}
