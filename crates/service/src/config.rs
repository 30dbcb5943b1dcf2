//! The service's configuration: accounts and what belongs to them, limits, review, delivery, rule switches.
//!
//! [`Config::from_toml`] reads the configuration file and [`Config::development`] is used when there is none. Both
//! give a value that was checked whole: ids are unique, texts fit, every reference exists. A mistake is reported as
//! a [`ConfigError`] with file, line and column. Secrets are held in [`Secret`], which is wiped when dropped and
//! can be neither printed nor serialised; they never go into the database.

mod operations;
mod read;
mod table;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use tcsms_store::{
    ConfiguredPackage, ConfiguredSign, ConfiguredTemplate, Limits, ReviewState, Scope, TemplateKind,
};
use zeroize::Zeroizing;

pub(crate) use self::operations::Outcome;
pub use self::operations::{Callbacks, Delivery, DeliveryRule, Retention, Script, ScriptedFate};
pub use self::table::ConfigError;

/// Everything that the configuration file says, every default filled in.
#[derive(Clone)]
pub struct Config {
    /// The accounts; at least one.
    pub accounts: Vec<Arc<Account>>,
    /// Whether the published rate of each action (calls a second) is enforced.
    pub api_rate: bool,
    /// What happens to new signatures and templates.
    pub review: Review,
    /// The simulator's delivery.
    pub delivery: Delivery,
    /// Pushing reports and replies.
    pub callbacks: Callbacks,
    /// How much of the past is kept.
    pub retention: Retention,
    /// Switches of rules.
    pub rules: Rules,
    /// Largest accepted difference between a request's timestamp and the service's clock, in seconds. Documented:
    /// 300. It is a flag of the program, not a key of the file.
    pub max_clock_skew: u32,
}

/// An account with everything that belongs to it.
#[derive(Clone)]
pub struct Account {
    /// Its name in the control API; free text, unique.
    pub id: String,
    /// Where replies are pushed to.
    pub reply_url: Option<String>,
    /// Whether it belongs to a person, who may not send marketing texts. Default false.
    pub individual: bool,
    /// Whether it is certified; without that it can do nothing with signatures and templates. Default true.
    pub certified: bool,
    /// Whether it owes money; then it is refused nearly everything. Default false.
    pub arrears: bool,
    /// Its keys.
    pub keys: Vec<Key>,
    /// Its apps.
    pub apps: Vec<App>,
    /// The papers that its signatures may refer to.
    pub qualifications: Vec<Qualification>,
    /// Its configured signatures.
    pub signs: Vec<ConfiguredSign>,
    /// Its configured templates.
    pub templates: Vec<ConfiguredTemplate>,
    /// Its prepaid packages; none means that it may send without bound.
    pub packages: Vec<ConfiguredPackage>,
}

impl Account {
    /// The qualification with this id.
    #[must_use]
    pub fn qualification(&self, id: u64) -> Option<&Qualification> {
        self.qualifications.iter().find(|known| known.id == id)
    }
}

/// A key pair that signs requests.
#[derive(Clone)]
pub struct Key {
    /// The public half; free text, unique over all accounts.
    pub secret_id: String,
    /// The secret half.
    pub secret_key: Secret,
    /// The session token that must come with it when it is a temporary key.
    pub token: Option<Secret>,
    /// Whether it belongs to a user of the account that is not the main one. Default false.
    pub sub_account: bool,
}

/// Papers that say who somebody is. Signatures of the mainland name them by their id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qualification {
    /// Its id, unique within the account.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// How far its review has come.
    pub state: QualificationState,
}

/// How far the review of a qualification has come, in the documented steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QualificationState {
    /// Waiting for its first review.
    Reviewing,
    /// Passed: the only state in which a new signature may name it (our choice).
    Approved,
    /// Refused.
    Rejected,
    /// To be submitted again with more papers.
    Incomplete,
    /// Changed, and waiting for the review of the change.
    ChangeReviewing,
    /// Changed, and the change was refused.
    ChangeRejected,
}

impl QualificationState {
    /// The value of `QualificationStatusCode` on the wire: 0 to 5.
    #[must_use]
    pub fn code(self) -> i64 {
        match self {
            Self::Reviewing => 0,
            Self::Approved => 1,
            Self::Rejected => 2,
            Self::Incomplete => 3,
            Self::ChangeReviewing => 4,
            Self::ChangeRejected => 5,
        }
    }
}

/// An app of an account.
#[derive(Clone, Debug)]
pub struct App {
    /// `SmsSdkAppId`: digits, unique over all accounts.
    pub sdk_app_id: String,
    /// Where delivery reports are pushed to.
    pub status_url: Option<String>,
    /// Whether it may send. Default true.
    pub enabled: bool,
    /// The countries outside the mainland that it sends to, as two capital letters (`HK`); empty, the default, means
    /// all.
    pub countries: Vec<String>,
    /// Its limits: those of `[limits]` with its own `[account.app.limits]` over them.
    pub limits: Arc<Limits>,
}

/// What happens to new signatures and templates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Review {
    /// Who decides.
    pub mode: ReviewMode,
    /// In mode `auto`, how much later the approval comes, in business time.
    pub delay: Duration,
}

/// Who decides a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewMode {
    /// `auto`: approved after the delay.
    Auto,
    /// `manual`: waits until it is decided by hand.
    Manual,
    /// `reject`: refused at once.
    Reject,
}

/// Switches of rules which the service's documentation leaves open, or which a test may want otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Any region name that is not empty is accepted. Off: only the known regions. Default true.
    pub any_region: bool,
    /// A request with `Authorization: SKIP` is accepted unsigned, as the first account. Default false.
    pub unsigned: bool,
    /// A GET over 32 KB is answered as the edge does, with HTTP status 414 and a page of HTML, not with
    /// `RequestSizeLimitExceeded`. Default false.
    pub long_get_as_html: bool,
    /// Marketing texts are only accepted from 08:00 to 22:00 Beijing time. Default true.
    pub marketing_hours: bool,
    /// Longest value of a template variable, in characters. Default 500.
    pub template_value_max: u32,
    /// Templates of the mainland that are no verification templates may have variables. Default true.
    pub template_variables: bool,
    /// A value may hold a URL. Default false.
    pub urls_in_values: bool,
    /// Words that no text may hold. Default none.
    pub sensitive_words: Vec<String>,
    /// Countries that the service does not send to, as two capital letters. Default none.
    pub countries_not_offered: Vec<String>,
    /// A new signature of the mainland must name an approved qualification. Default false.
    pub qualification_required: bool,
    /// The account may use `ExtendCode`. Default false.
    pub extend_code: bool,
    /// Reports carry the sender's `SessionContext`. Default true.
    pub session_context_in_reports: bool,
    /// Reports and replies may be pulled. Default true.
    pub pull_open: bool,
    /// SendSms of version 2019-07-11 answers `FailedOperation.TemplateIncorrectOrUnapproved` for a template that
    /// is not usable or does not fit its values, as older recordings do. Default false.
    pub legacy_template_code: bool,
}

/// A secret text. It is wiped when dropped; it has no `Debug` and no `Serialize`.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a secret over.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The secret itself. Do not copy it into anything that lives longer or is shown.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it is this text. Compares every byte whatever the first differences, so that the time tells nothing
    /// about the secret but its length.
    #[must_use]
    pub fn is(&self, given: &str) -> bool {
        self.0.len() == given.len()
            && self
                .0
                .bytes()
                .zip(given.bytes())
                .fold(0, |difference, (left, right)| difference | (left ^ right))
                == 0
    }
}

/// The limits of the profile `default`: what the documentation names for an app that nobody configured.
#[must_use]
pub fn default_limits() -> Limits {
    Limits { per_number_30s: 1, per_number_1d: 10, ..Limits::default() }
}

/// The limits of the profile `strict`: the narrowest values that are documented, for new accounts.
#[must_use]
pub fn strict_limits() -> Limits {
    Limits {
        per_number_30s: 1,
        per_number_1h: 5,
        per_number_1d: 2,
        account_global_per_day: 100,
        ..Limits::default()
    }
}

impl Default for Review {
    fn default() -> Self {
        Self { mode: ReviewMode::Auto, delay: Duration::ZERO }
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            any_region: true,
            unsigned: false,
            long_get_as_html: false,
            marketing_hours: true,
            template_value_max: 500,
            template_variables: true,
            urls_in_values: false,
            sensitive_words: Vec::new(),
            countries_not_offered: Vec::new(),
            qualification_required: false,
            extend_code: false,
            session_context_in_reports: true,
            pull_open: true,
            legacy_template_code: false,
        }
    }
}

/// Largest accepted difference of clocks, in seconds, as documented.
pub const DEFAULT_MAX_CLOCK_SKEW: u32 = 300;

impl Config {
    /// Reads the text of a configuration file. `file_name` is named in errors, and a relative `secret_key_file` is
    /// looked for in its folder. A file without accounts has the one of [`Config::development`].
    ///
    /// # Errors
    /// The first mistake, with its place, the value and what is allowed.
    pub fn from_toml(text: &str, file_name: &str) -> Result<Self, ConfigError> {
        read::config(text, file_name)
    }

    /// The account that is used without a configuration file. Its key is `secretId` / `secretKey`, its app
    /// 1400787878, its signatures `xxx`, `腾讯云` and `签名内容` (mainland) and `tcsms` (global), its templates
    /// 449739 and 400000 (mainland, one value) and 1800308 (global, one value): what the documented sample programs
    /// use, so that they run unchanged. The other two key pairs and the app 1400009099 are theirs too.
    #[must_use]
    pub fn development() -> Self {
        Self {
            accounts: vec![Arc::new(development_account(default_limits()))],
            api_rate: true,
            review: Review::default(),
            delivery: Delivery::default(),
            callbacks: Callbacks::default(),
            retention: Retention::default(),
            rules: Rules::default(),
            max_clock_skew: DEFAULT_MAX_CLOCK_SKEW,
        }
    }
}

/// The account of [`Config::development`], with these limits for its apps.
fn development_account(limits: Limits) -> Account {
    let limits = Arc::new(limits);
    let key = |id: &str, key: &str| Key {
        secret_id: id.to_owned(),
        secret_key: Secret::new(key.to_owned()),
        token: None,
        sub_account: false,
    };
    let app = |id: &str| App {
        sdk_app_id: id.to_owned(),
        status_url: None,
        enabled: true,
        countries: Vec::new(),
        limits: Arc::clone(&limits),
    };
    let sign = |id, name: &str, scope| ConfiguredSign {
        id,
        name: name.to_owned(),
        scope,
        state: ReviewState::Approved,
        qualification: None,
    };
    let template = |id, content: &str, scope| ConfiguredTemplate {
        id,
        name: "login".to_owned(),
        content: content.to_owned(),
        kind: TemplateKind::Verification,
        scope,
        state: ReviewState::Approved,
    };
    Account {
        id: "dev".to_owned(),
        reply_url: None,
        individual: false,
        certified: true,
        arrears: false,
        qualifications: Vec::new(),
        keys: vec![
            key("secretId", "secretKey"),
            key("xxx", "xxx"),
            key("<your secret id>", "<your secret key>"),
        ],
        apps: vec![app("1400787878"), app("1400009099")],
        signs: vec![
            sign(1, "xxx", Scope::Mainland),
            sign(2, "腾讯云", Scope::Mainland),
            sign(3, "签名内容", Scope::Mainland),
            sign(4, "tcsms", Scope::Global),
        ],
        templates: vec![
            template(449_739, "您的验证码是{1}", Scope::Mainland),
            template(400_000, "您的验证码是{1}", Scope::Mainland),
            template(1_800_308, "Your code is {1}.", Scope::Global),
        ],
        packages: Vec::new(),
    }
}

/// Who owns a key or an app: the accounts that the service knows now, found by id. They can be exchanged and added to
/// while it runs; a call that has begun keeps what it found.
pub struct Directory {
    known: RwLock<Known>,
}

#[derive(Default)]
struct Known {
    accounts: Vec<Arc<Account>>,
    keys: HashMap<String, (Arc<Account>, Arc<Key>)>,
    apps: HashMap<String, (Arc<Account>, Arc<App>)>,
}

impl Known {
    fn add(&mut self, account: Arc<Account>) {
        for key in &account.keys {
            self.keys.insert(key.secret_id.clone(), (Arc::clone(&account), Arc::new(key.clone())));
        }
        for app in &account.apps {
            self.apps.insert(app.sdk_app_id.clone(), (Arc::clone(&account), Arc::new(app.clone())));
        }
        self.accounts.push(account);
    }
}

impl Directory {
    /// The directory of these accounts.
    #[must_use]
    pub fn new(accounts: &[Arc<Account>]) -> Self {
        let directory = Self { known: RwLock::default() };
        directory.replace(accounts.iter().cloned());
        directory
    }

    /// All accounts, in the configuration's order, those that were added last.
    #[must_use]
    pub fn accounts(&self) -> Vec<Arc<Account>> {
        self.known().accounts.clone()
    }

    /// The account with this id.
    #[must_use]
    pub fn account(&self, id: &str) -> Option<Arc<Account>> {
        self.known().accounts.iter().find(|account| account.id == id).cloned()
    }

    /// A key and the account it belongs to.
    #[must_use]
    pub fn key(&self, secret_id: &str) -> Option<(Arc<Account>, Arc<Key>)> {
        self.known().keys.get(secret_id).cloned()
    }

    /// An app and the account it belongs to.
    #[must_use]
    pub fn app(&self, sdk_app_id: &str) -> Option<(Arc<Account>, Arc<App>)> {
        self.known().apps.get(sdk_app_id).cloned()
    }

    /// From here on exactly these accounts are known.
    pub(crate) fn replace(&self, accounts: impl IntoIterator<Item = Arc<Account>>) {
        let mut known = Known::default();
        accounts.into_iter().for_each(|account| known.add(account));
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
    }

    fn known(&self) -> RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }
}
