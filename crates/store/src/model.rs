//! The words of the store: what goes in and what comes out.
//!
//! Times are business time in Unix seconds unless a name ends in `_ms` (milliseconds since 1970). Days begin at
//! midnight in Beijing (UTC+8). The store has no clock: every operation that depends on time is told the time.

use std::collections::HashSet;
use std::sync::Arc;

/// Why a message is not sent: the documented code and text of its element in the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The documented code, for example `LimitExceeded.PhoneNumberDailyLimit`.
    pub code: String,
    /// The text that goes with it.
    pub message: String,
}

/// A rule that only the store can judge, because it depends on what was accepted before.
///
/// The variants stand in the order in which the rules are tried; the first that matches refuses the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// The packages of the account hold fewer segments than the whole batch needs. Refuses the whole batch.
    Balance,
    /// The number has opted out of what the app sends, login codes excepted.
    OptOut,
    /// One number within 30 seconds.
    ThirtySeconds,
    /// One number within one hour.
    OneHour,
    /// One number within one calendar day.
    Day,
    /// One number and one text within one calendar day.
    SameContent,
    /// All messages of the app within one calendar day.
    App,
    /// All mainland messages of the app within one calendar day.
    AppMainland,
    /// All global messages of the app within one calendar day.
    AppGlobal,
    /// All messages of the app to one country within one calendar day, the mainland excepted.
    AppCountry,
    /// All global messages of the account within one calendar day.
    AccountGlobal,
}

/// The frequency limits of an app. They come with every batch, because they belong to the configuration.
///
/// A limit of 0 is off. Only accepted messages count; a refused one does not prolong a window. The windows of 30
/// seconds and one hour slide: a message accepted at second `T` counts until `T + 29` and `T + 3599`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Messages to one number within 30 seconds.
    pub per_number_30s: u32,
    /// Counts the 30 seconds per number and text instead of per number.
    pub thirty_seconds_by_content: bool,
    /// Messages to one number within one hour.
    pub per_number_1h: u32,
    /// Messages to one number within one calendar day.
    pub per_number_1d: u32,
    /// Messages with one text to one number within one calendar day.
    pub per_number_same_content: u32,
    /// Messages of the app within one calendar day.
    pub app_per_day: u32,
    /// Mainland messages of the app within one calendar day.
    pub app_mainland_per_day: u32,
    /// Global messages of the app within one calendar day.
    pub app_global_per_day: u32,
    /// Messages of the app to each country outside the mainland within one calendar day.
    pub app_country_per_day: u32,
    /// Global messages of the whole account within one calendar day.
    pub account_global_per_day: u32,
    /// Numbers (as in [`NewMessage::phone`]) to which the four rules of a number do not apply.
    pub exempt_numbers: HashSet<String>,
}

/// The messages of one request, accepted or refused together in one transaction.
#[derive(Clone, Debug)]
pub struct SendBatch {
    /// The account that sends.
    pub account: String,
    /// The SdkAppId.
    pub app: String,
    /// The template's id.
    pub template: u64,
    /// The signature's text without brackets; empty when none was given.
    pub sign: String,
    /// The extension number; empty when none was given.
    pub extend_code: String,
    /// The sender of global messages; empty when none was given.
    pub sender_id: String,
    /// The caller's own text, echoed in answers and reports.
    pub session_context: String,
    /// When the request arrived.
    pub at: i64,
    /// The RequestId of the answer.
    pub request_id: String,
    /// The frequency limits that apply.
    pub limits: Arc<Limits>,
    /// Whether numbers that opted out of the app are spared; login codes reach them all the same.
    pub spare_opted_out: bool,
    /// Whether a refused message has a serial number too.
    pub serial_when_refused: bool,
    /// The documented code and text of each limit, recorded with a message that the limit refuses.
    pub refusal_of: fn(Limit) -> Refusal,
    /// The messages, in the order of the request. Two for the same number are handled one after the other.
    pub messages: Vec<NewMessage>,
}

/// One message of a batch.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// The number in E.164 form, or as given when it cannot be read.
    pub phone: String,
    /// The country code without `+`; empty when unknown.
    pub country_code: String,
    /// The country as two letters, `DEF` or empty.
    pub iso: String,
    /// A number of mainland China: decides the form of the serial number and which volume limits apply.
    pub mainland: bool,
    /// The whole text, with signature and values. Shared by the messages of a batch.
    pub text: Arc<str>,
    /// The values of the template's variables. Shared by the messages of a batch.
    pub params: Arc<[String]>,
    /// The login code found in the text.
    pub code: Option<String>,
    /// Billed segments, at least 1 for a message that may be sent.
    pub segments: u32,
    /// Set when a rule has refused the message already: it is recorded and counted as a request, and not sent.
    pub refusal: Option<Refusal>,
    /// When to hand the message to the carrier, in milliseconds of business time. `None`: never.
    pub due_ms: Option<i64>,
}

/// What became of one message of a batch; the store answers them in the order of the batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The serial number; empty when the message was refused and such messages have none.
    pub serial: String,
    /// Why it was refused: the refusal that it came with, or the one of `limit`.
    pub refusal: Option<Refusal>,
    /// The limit that refused it, when the store did.
    pub limit: Option<Limit>,
}

/// The carrier's last word on a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Whether the phone has the message (`SUCCESS`), or never will (`FAIL`).
    pub delivered: bool,
    /// The code word, for example `DELIVRD`.
    pub word: String,
    /// When the phone received it, or when the carrier gave up.
    pub at: i64,
}

/// The state of a recorded message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Refused by a rule, never sent.
    Refused,
    /// Accepted, without a receipt so far.
    Submitted,
    /// The phone has it.
    Delivered,
    /// The carrier gave up.
    Failed,
}

impl Status {
    /// Every status, in the order of a message's life.
    pub const ALL: [Self; 4] = [Self::Refused, Self::Submitted, Self::Delivered, Self::Failed];

    /// The word used in the control API: `refused`, `submitted`, `delivered` or `failed`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Submitted => "submitted",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    /// The status of this word, or `None`.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

/// A recorded message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its place in the order of arrival; the cursor of [`MessageFilter::after`].
    pub row: i64,
    /// The serial number; mostly empty for a refused message.
    pub serial: String,
    /// The account that sent it.
    pub account: String,
    /// The SdkAppId.
    pub app: String,
    /// When the request arrived.
    pub at: i64,
    /// The RequestId of its request.
    pub request_id: String,
    /// The number in E.164 form, or as given when it could not be read.
    pub phone: String,
    /// The country code without `+`; empty when unknown.
    pub country_code: String,
    /// The country as two letters, `DEF` or empty.
    pub iso: String,
    /// A number of mainland China.
    pub mainland: bool,
    /// The whole text.
    pub text: String,
    /// The values of the template's variables.
    pub params: Vec<String>,
    /// The login code found in the text.
    pub code: Option<String>,
    /// The template's id.
    pub template: u64,
    /// The signature's text without brackets.
    pub sign: String,
    /// The extension number.
    pub extend_code: String,
    /// The sender of global messages.
    pub sender_id: String,
    /// The caller's own text.
    pub session_context: String,
    /// Segments of the text.
    pub segments: u32,
    /// Why it was refused.
    pub refusal: Option<Refusal>,
    /// The carrier's last word.
    pub receipt: Option<Receipt>,
}

impl Message {
    /// Where the message stands.
    pub fn status(&self) -> Status {
        match (&self.refusal, &self.receipt) {
            (Some(_), _) => Status::Refused,
            (None, None) => Status::Submitted,
            (None, Some(receipt)) if receipt.delivered => Status::Delivered,
            (None, Some(_)) => Status::Failed,
        }
    }

    /// The billed segments: those of an accepted message, 0 for a refused one.
    pub fn fee(&self) -> u32 {
        if self.refusal.is_some() { 0 } else { self.segments }
    }
}

/// Which messages to list. What is absent does not narrow the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageFilter {
    /// Only this account's.
    pub account: Option<String>,
    /// Only this app's.
    pub app: Option<String>,
    /// Only those to this number, exactly as recorded.
    pub phone: Option<String>,
    /// Only those in this state.
    pub status: Option<Status>,
    /// Only those whose text, number or serial number contains this (letters A to Z in either case).
    pub q: Option<String>,
    /// Only those that arrived after the message with this [`Message::row`]: then the oldest `limit` of them are
    /// listed. Without it the newest `limit` are. The newest stands last either way.
    pub after: Option<i64>,
    /// At most so many.
    pub limit: usize,
}

/// A delivery report as the pull queue hands it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The serial number of the message.
    pub serial: String,
    /// The number in E.164 form.
    pub phone: String,
    /// The country code without `+`.
    pub country_code: String,
    /// The caller's own text of the request.
    pub session_context: String,
    /// When the request arrived.
    pub sent_at: i64,
    /// The carrier's last word.
    pub receipt: Receipt,
}

impl Report {
    /// The number without `+` and country code.
    pub fn subscriber(&self) -> &str {
        subscriber(&self.phone, &self.country_code)
    }
}

/// The number without `+` and this country code.
pub(crate) fn subscriber<'a>(phone: &'a str, country_code: &str) -> &'a str {
    let digits = phone.strip_prefix('+').unwrap_or(phone);
    digits.strip_prefix(country_code).unwrap_or(digits)
}

/// The counters of an app over a span of hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SendCounts {
    /// Numbers that were asked for, refused ones included.
    pub requests: u64,
    /// Numbers that were accepted.
    pub successes: u64,
    /// Billed segments of the accepted ones.
    pub fee: u64,
}

/// Where a signature or template may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Mainland China.
    Mainland,
    /// Everywhere else.
    Global,
    /// Both. Only templates are documented to have it.
    Both,
}

impl Scope {
    /// The value of `International` on the wire: 0, 1 or 3.
    pub fn code(self) -> u8 {
        match self {
            Self::Mainland => 0,
            Self::Global => 1,
            Self::Both => 3,
        }
    }

    /// The scope of this value of `International`, or `None`.
    pub fn from_code(code: i64) -> Option<Self> {
        [Self::Mainland, Self::Global, Self::Both].into_iter().find(|scope| i64::from(scope.code()) == code)
    }

    /// Whether it may be used for mainland numbers (`true`) or for the others (`false`).
    pub fn covers(self, mainland: bool) -> bool {
        match self {
            Self::Mainland => mainland,
            Self::Global => !mainland,
            Self::Both => true,
        }
    }
}

/// What a template is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TemplateKind {
    /// Advertising; ends with the words that opt out.
    Marketing,
    /// A notice.
    Notification,
    /// A login code.
    Verification,
}

impl TemplateKind {
    /// The value of `SmsType` on the wire: 1, 2 or 3.
    pub fn code(self) -> u8 {
        match self {
            Self::Marketing => 1,
            Self::Notification => 2,
            Self::Verification => 3,
        }
    }

    /// The kind of this value of `SmsType`, or `None`. The older value 0 is not one of them.
    pub fn from_code(code: i64) -> Option<Self> {
        [Self::Marketing, Self::Notification, Self::Verification]
            .into_iter()
            .find(|kind| i64::from(kind.code()) == code)
    }
}

/// How far the review of a signature or template has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReviewState {
    /// In force: the only state in which it can be used.
    Approved,
    /// Waiting for review.
    Reviewing,
    /// Approved, not yet in force.
    Pending,
    /// Refused.
    Refused,
}

impl ReviewState {
    /// The value of `StatusCode` on the wire: 0, 1, 2 or -1.
    pub fn code(self) -> i8 {
        match self {
            Self::Approved => 0,
            Self::Reviewing => 1,
            Self::Pending => 2,
            Self::Refused => -1,
        }
    }

    /// The state of this value of `StatusCode`, or `None`.
    pub fn from_code(code: i64) -> Option<Self> {
        [Self::Approved, Self::Reviewing, Self::Pending, Self::Refused]
            .into_iter()
            .find(|state| i64::from(state.code()) == code)
    }
}

/// A state with the reviewer's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// The state.
    pub state: ReviewState,
    /// The reviewer's words; often empty.
    pub reply: String,
}

/// A review whose result is known beforehand and takes effect at a time of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedReview {
    /// When it takes effect.
    pub at: i64,
    /// What it decides.
    pub review: Review,
}

/// The state of something that is reviewed, as a function of time.
///
/// Nothing has to happen for a planned review to take effect, so it is exact whatever the clock does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewed {
    /// The state until `planned` takes effect.
    pub current: Review,
    /// What is going to be decided.
    pub planned: Option<PlannedReview>,
}

impl Reviewed {
    /// A state that does not change by itself.
    pub fn settled(state: ReviewState) -> Self {
        Self { current: Review { state, reply: String::new() }, planned: None }
    }

    /// The state and the reviewer's words at the time `now`.
    pub fn at(&self, now: i64) -> &Review {
        match &self.planned {
            Some(planned) if planned.at <= now => &planned.review,
            _ => &self.current,
        }
    }
}

/// A signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// The account that it belongs to.
    pub account: String,
    /// Its id, unique within the account.
    pub id: u64,
    /// The text without brackets.
    pub name: String,
    /// Where it may be used.
    pub scope: Scope,
    /// Its review.
    pub review: Reviewed,
    /// When it was submitted.
    pub created: i64,
    /// What the applicant said about it.
    pub application: SignApplication,
}

/// What the applicant said about a signature, in the numbers of the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignApplication {
    /// `SignType`.
    pub kind: u8,
    /// `DocumentType`.
    pub document: u8,
    /// `SignPurpose`.
    pub purpose: u8,
    /// The applicant's remark.
    pub remark: String,
    /// The id of the applicant's qualification, when one was named.
    pub qualification: Option<u64>,
}

/// A template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// The account that it belongs to.
    pub account: String,
    /// Its id, unique within the account.
    pub id: u64,
    /// Its title.
    pub name: String,
    /// The text with `{1}`, `{2}`…
    pub content: String,
    /// What it is for.
    pub kind: TemplateKind,
    /// Where it may be used.
    pub scope: Scope,
    /// The applicant's remark.
    pub remark: String,
    /// Its review.
    pub review: Reviewed,
    /// When it was submitted.
    pub created: i64,
}

/// What the configuration says about the accounts: written to the store at start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configured {
    /// The accounts.
    pub accounts: Vec<ConfiguredAccount>,
}

/// One account of the configuration. Its keys stay outside the store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfiguredAccount {
    /// The account's id.
    pub id: String,
    /// Its signatures.
    pub signs: Vec<ConfiguredSign>,
    /// Its templates.
    pub templates: Vec<ConfiguredTemplate>,
    /// Its prepaid packages; none means that it may send without bound.
    pub packages: Vec<ConfiguredPackage>,
}

/// One signature of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfiguredSign {
    /// Its id.
    pub id: u64,
    /// The text without brackets.
    pub name: String,
    /// Where it may be used.
    pub scope: Scope,
    /// Its state.
    pub state: ReviewState,
    /// The id of its qualification.
    pub qualification: Option<u64>,
}

/// One template of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfiguredTemplate {
    /// Its id.
    pub id: u64,
    /// Its title.
    pub name: String,
    /// The text with `{1}`, `{2}`…
    pub content: String,
    /// What it is for.
    pub kind: TemplateKind,
    /// Where it may be used.
    pub scope: Scope,
    /// Its state.
    pub state: ReviewState,
}

/// One prepaid package of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConfiguredPackage {
    /// Its id.
    pub id: u64,
    /// Segments in it.
    pub amount: u64,
    /// Whether it was given, not bought.
    pub gift: bool,
    /// When it was made; `None`: when the store met it first.
    pub created: Option<i64>,
    /// From when it may be used; `None`: always.
    pub effective: Option<i64>,
    /// From when it may not be used any more; `None`: never. Packages are used up in this order.
    pub expires: Option<i64>,
}

/// What the writer has done since the store was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriterCounts {
    /// Operations that were answered with success.
    pub operations: u64,
    /// Transactions that were committed; each is one synchronisation of the log.
    pub commits: u64,
}
