//! The frequency limits: what was accepted lately, counted in memory by the writer.
//!
//! Nothing of this is stored. When an app sends for the first time, when its limits change in kind, or when the clock
//! goes back, the counts are taken again from the messages of the hours that matter, which the hourly counters find
//! without an index. When a day begins, they start from zero.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use rusqlite::Connection;

use crate::error::Fault;
use crate::model::{Limit, Limits};
use crate::statistics::{self, HOUR, Hours, beijing_day, beijing_day_start};

/// So long entries are kept beyond their window, so that a clock that is set back a little finds them.
const SLACK: i64 = 300;

/// The counters of all apps.
#[derive(Default)]
pub(crate) struct Limiters {
    apps: HashMap<i64, Limiter>,
    /// What the transaction under way has done, to be taken back if it fails.
    journal: Vec<Step>,
}

enum Step {
    Loaded { app: i64 },
    Accepted { app: i64, attempt: Attempt },
}

/// A message, as far as the limits care.
#[derive(Clone, Copy)]
pub(crate) struct Attempt {
    number: u64,
    content: u64,
    mainland: bool,
    country: u64,
    at: i64,
}

/// What of the past an app's limits need.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Needs {
    /// The longest sliding window in seconds, 0 for none.
    span: i64,
    day: bool,
    content: bool,
    country: bool,
}

impl Needs {
    fn of(limits: &Limits) -> Self {
        let span = match (limits.per_number_1h, limits.per_number_30s) {
            (1.., _) => HOUR,
            (0, 1..) => 30,
            (0, 0) => 0,
        };
        Self {
            span,
            day: limits.per_number_1d > 0,
            content: limits.per_number_same_content > 0,
            country: limits.app_country_per_day > 0,
        }
    }

    /// Whether the hourly counters alone do not tell.
    fn messages(self) -> bool {
        self.span > 0 || self.day || self.content || self.country
    }
}

/// The counters of one app.
struct Limiter {
    needs: Needs,
    /// The Beijing day that the counts of a day belong to.
    day: i64,
    /// `recent` holds everything accepted from here on.
    complete_from: i64,
    recent: HashMap<u64, VecDeque<(i64, u64)>>,
    /// When `recent` has so many numbers, those that have nothing in the window are removed.
    sweep_at: usize,
    per_day: HashMap<u64, u32>,
    per_content: HashMap<(u64, u64), u32>,
    /// Messages outside the mainland, by country.
    per_country: HashMap<u64, u64>,
    mainland_today: u64,
    global_today: u64,
}

impl Limiters {
    /// Makes the counters of `app` fit for messages sent at `now`.
    pub(crate) fn prepare(
        &mut self,
        conn: &Connection,
        hours: &mut Hours,
        app: i64,
        limits: &Limits,
        now: i64,
    ) -> Result<(), Fault> {
        let needs = Needs::of(limits);
        let covered = |limiter: &Limiter| {
            limiter.needs == needs && now.saturating_sub(needs.span) >= limiter.complete_from
        };
        let kept = self.apps.get_mut(&app).filter(|limiter| covered(limiter));
        if kept.as_ref().is_some_and(|limiter| limiter.day == beijing_day(now)) {
            return Ok(());
        }
        // The database is asked from here on; it must know what the transaction under way has counted.
        hours.flush(conn)?;
        match kept {
            Some(limiter) if !statistics::sent_on_day(conn, app, now)? => limiter.start_day(now),
            _ => {
                let limiter = Limiter::load(conn, app, needs, now)?;
                self.apps.insert(app, limiter);
                self.journal.push(Step::Loaded { app });
            }
        }
        Ok(())
    }

    /// The first limit that forbids one more message of `app` to this number.
    ///
    /// `account_global` is how many global messages the account has sent today; it matters only when that is limited.
    pub(crate) fn judge(
        &self,
        app: i64,
        limits: &Limits,
        phone: &str,
        attempt: Attempt,
        account_global: u64,
    ) -> Option<Limit> {
        let limiter = self.apps.get(&app)?;
        let exempt = limits.exempt_numbers.contains(phone);
        let of_number = if exempt { None } else { limiter.judge_number(limits, attempt) };
        of_number.or_else(|| limiter.judge_volume(limits, attempt, account_global))
    }

    /// Counts an accepted message.
    pub(crate) fn accept(&mut self, app: i64, attempt: Attempt) {
        if let Some(limiter) = self.apps.get_mut(&app) {
            limiter.count(attempt);
            self.journal.push(Step::Accepted { app, attempt });
        }
    }

    /// The transaction is durable.
    pub(crate) fn committed(&mut self) {
        self.journal.clear();
    }

    /// The transaction has not happened.
    pub(crate) fn rolled_back(&mut self) {
        while let Some(step) = self.journal.pop() {
            match step {
                Step::Loaded { app } => {
                    self.apps.remove(&app);
                }
                Step::Accepted { app, attempt } => {
                    if let Some(limiter) = self.apps.get_mut(&app) {
                        limiter.take_back(attempt);
                    }
                }
            }
        }
    }

    /// Forgets the app: its messages were removed.
    pub(crate) fn forget(&mut self, app: i64) {
        self.apps.remove(&app);
    }
}

impl Attempt {
    pub(crate) fn new(phone: &str, text: &str, mainland: bool, iso: &str, at: i64) -> Self {
        Self { number: number_key(phone), content: hash(text), mainland, country: hash(iso), at }
    }
}

impl Limiter {
    /// Counts what the database holds.
    fn load(conn: &Connection, app: i64, needs: Needs, now: i64) -> Result<Self, Fault> {
        let today = statistics::day_totals(conn, app, now)?;
        let mut limiter = Self {
            needs,
            day: beijing_day(now),
            complete_from: now.saturating_sub(needs.span),
            recent: HashMap::new(),
            sweep_at: 1024,
            per_day: HashMap::new(),
            per_content: HashMap::new(),
            per_country: HashMap::new(),
            mainland_today: today.mainland,
            global_today: today.global,
        };
        if !needs.messages() {
            return Ok(limiter);
        }
        let day_start = beijing_day_start(now);
        let from = if needs.day || needs.content || needs.country {
            day_start.min(limiter.complete_from)
        } else {
            limiter.complete_from
        };
        let Some((first, last)) = statistics::messages_since(conn, app, from)? else { return Ok(limiter) };
        let mut statement = conn.prepare_cached(
            "SELECT phone, text, mainland, at, iso FROM message
             WHERE id BETWEEN ?1 AND ?2 AND app = ?3 AND at >= ?4 AND refusal_code IS NULL ORDER BY id",
        )?;
        let mut rows = statement.query((first, last, app, from))?;
        while let Some(row) = rows.next()? {
            let text = |column| Ok::<_, rusqlite::Error>(row.get_ref(column)?.as_str().unwrap_or_default());
            let attempt = Attempt::new(text(0)?, text(1)?, row.get(2)?, text(4)?, row.get(3)?);
            limiter.count_message(attempt);
        }
        Ok(limiter)
    }

    /// A day begins on which nothing was sent so far.
    fn start_day(&mut self, now: i64) {
        self.day = beijing_day(now);
        self.per_day.clear();
        self.per_content.clear();
        self.per_country.clear();
        self.mainland_today = 0;
        self.global_today = 0;
    }

    fn judge_number(&self, limits: &Limits, attempt: Attempt) -> Option<Limit> {
        let Attempt { number, content, at: now, .. } = attempt;
        let within = |seconds: u64, same_content: bool| {
            // A message from a moment ahead, before the clock was set back a little, counts as well.
            let counts =
                |&&(at, text): &&(i64, u64)| now.abs_diff(at) < seconds && (!same_content || text == content);
            self.recent.get(&number).map_or(0, |times| times.iter().filter(counts).count() as u64)
        };
        let today = || self.per_day.get(&number).map_or(0, |count| u64::from(*count));
        let same = || self.per_content.get(&(number, content)).map_or(0, |count| u64::from(*count));
        if reached(limits.per_number_30s, || within(30, limits.thirty_seconds_by_content)) {
            Some(Limit::ThirtySeconds)
        } else if reached(limits.per_number_1h, || within(HOUR.unsigned_abs(), false)) {
            Some(Limit::OneHour)
        } else if reached(limits.per_number_1d, today) {
            Some(Limit::Day)
        } else if reached(limits.per_number_same_content, same) {
            Some(Limit::SameContent)
        } else {
            None
        }
    }

    fn judge_volume(&self, limits: &Limits, attempt: Attempt, account_global: u64) -> Option<Limit> {
        let (mainland, global) = (self.mainland_today, self.global_today);
        if reached(limits.app_per_day, || mainland + global) {
            Some(Limit::App)
        } else if attempt.mainland {
            reached(limits.app_mainland_per_day, || mainland).then_some(Limit::AppMainland)
        } else if reached(limits.app_global_per_day, || global) {
            Some(Limit::AppGlobal)
        } else if reached(limits.app_country_per_day, || {
            self.per_country.get(&attempt.country).copied().unwrap_or_default()
        }) {
            Some(Limit::AppCountry)
        } else {
            reached(limits.account_global_per_day, || account_global).then_some(Limit::AccountGlobal)
        }
    }

    /// Counts a message that was accepted just now, and drops what is too old to matter from here on.
    fn count(&mut self, attempt: Attempt) {
        *if attempt.mainland { &mut self.mainland_today } else { &mut self.global_today } += 1;
        self.count_message(attempt);
        let keep_from = attempt.at.saturating_sub(self.needs.span + SLACK);
        if let Some(times) = self.recent.get_mut(&attempt.number) {
            while times.front().is_some_and(|&(at, _)| at < keep_from) {
                times.pop_front();
                self.complete_from = self.complete_from.max(keep_from);
            }
        }
        if self.recent.len() >= self.sweep_at {
            self.sweep(keep_from);
        }
    }

    fn count_message(&mut self, Attempt { number, content, mainland, country, at }: Attempt) {
        if self.needs.span > 0 {
            self.recent.entry(number).or_default().push_back((at, content));
        }
        if beijing_day(at) != self.day {
            return;
        }
        if self.needs.day {
            *self.per_day.entry(number).or_default() += 1;
        }
        if self.needs.content {
            *self.per_content.entry((number, content)).or_default() += 1;
        }
        if self.needs.country && !mainland {
            *self.per_country.entry(country).or_default() += 1;
        }
    }

    /// Takes back the newest message that was counted.
    fn take_back(&mut self, Attempt { number, content, mainland, country, at }: Attempt) {
        if let Some(times) = self.recent.get_mut(&number)
            && times.back() == Some(&(at, content))
        {
            times.pop_back();
        }
        if beijing_day(at) != self.day {
            return;
        }
        let total = if mainland { &mut self.mainland_today } else { &mut self.global_today };
        *total = total.saturating_sub(1);
        if let Some(count) = self.per_day.get_mut(&number) {
            *count = count.saturating_sub(1);
        }
        if let Some(count) = self.per_content.get_mut(&(number, content)) {
            *count = count.saturating_sub(1);
        }
        if !mainland && let Some(count) = self.per_country.get_mut(&country) {
            *count = count.saturating_sub(1);
        }
    }

    /// Removes the numbers that have nothing from `keep_from` on.
    fn sweep(&mut self, keep_from: i64) {
        self.recent.retain(|_, times| times.iter().any(|&(at, _)| at >= keep_from));
        self.complete_from = self.complete_from.max(keep_from);
        self.sweep_at = (self.recent.len() * 2).max(1024);
    }
}

/// Whether `limit` leaves no room for one more; 0 is no limit.
fn reached(limit: u32, count: impl FnOnce() -> u64) -> bool {
    limit > 0 && count() >= u64::from(limit)
}

/// The number in eight bytes: the digits themselves when it has the E.164 form, so that no two numbers meet; a hash
/// for anything else.
fn number_key(phone: &str) -> u64 {
    match phone.strip_prefix('+') {
        Some(digits)
            if (1..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            // The leading 1 keeps leading zeros apart.
            digits.bytes().fold(1, |key, digit| key * 10 + u64::from(digit - b'0'))
        }
        _ => hash(phone) | 1 << 63,
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
