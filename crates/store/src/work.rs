//! The words of work: what is handed to a carrier, what came of it, and what is pushed.
//!
//! Times are as in the other words of the store: Unix seconds of business time, or milliseconds where a name ends in
//! `_ms`.

use crate::model::{Receipt, Report};

/// The name of one piece of delivery work; it is handed back with the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeliveryId {
    pub(crate) clock: i64,
    pub(crate) due_ms: i64,
    pub(crate) row: i64,
}

impl DeliveryId {
    /// The [`Message::row`](crate::Message::row) of the message. It never belongs to another message, so it can mark what was submitted.
    pub fn row(self) -> i64 {
        self.row
    }

    /// By which clock it is due.
    pub fn clock(self) -> i64 {
        self.clock
    }
}

/// A message that is to be handed to the carrier now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The name of this piece of work.
    pub id: DeliveryId,
    /// When it was due, in milliseconds of business time.
    pub due_ms: i64,
    /// How often it was taken into work, this time included.
    pub attempt: u32,
    /// The last one who took it ended without saying what came of it: the carrier may have it already.
    pub interrupted: bool,
    /// Its outcome is unknown and was to be waited for until now.
    pub held: bool,
    /// The number in E.164 form.
    pub phone: String,
    /// The whole text.
    pub text: String,
    /// How many segments the text has.
    pub segments: u32,
}

/// What became of a message that was taken into work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryOutcome {
    /// The work that is done.
    pub id: DeliveryId,
    /// How it ended.
    pub end: DeliveryEnd,
}

/// How a piece of delivery work ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryEnd {
    /// The carrier has answered; these receipts came with the answer, often none.
    Receipts(Vec<Receipt>),
    /// The carrier certainly does not have it: it is due again.
    Later {
        /// When, in milliseconds of business time.
        due_ms: i64,
        /// Why, for whoever looks at the message.
        reason: String,
    },
    /// The carrier may have it: it is not handed out for sending, only, if no receipt comes, for giving it up.
    Held {
        /// How long a receipt is waited for, in milliseconds of business time.
        until_ms: i64,
        /// Why, for whoever looks at the message.
        reason: String,
    },
}

/// A receipt for a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptFor {
    /// The [`Message::row`](crate::Message::row).
    pub row: i64,
    /// The receipt.
    pub receipt: Receipt,
}

/// Who says what became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReportSource {
    /// The carrier.
    Carrier,
    /// A person or a test, through the control API.
    Person,
}

/// What a message without a receipt waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// To be handed to the carrier.
    Queued {
        /// When, in milliseconds of business time.
        due_ms: i64,
    },
    /// For the carrier's answer.
    UnderWay,
    /// Something that was written down when it happened.
    Noted(Progress),
    /// Nothing: it was recorded without being queued.
    NotQueued,
}

/// What was written down of a message on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Where it stands.
    pub phase: Phase,
    /// How often it was taken into work.
    pub attempts: u32,
    /// Why; empty when there is nothing to say.
    pub reason: String,
    /// When something happens next, in milliseconds of business time.
    pub next_ms: Option<i64>,
}

/// Where a message on its way stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// The carrier has it and has not reported.
    WithCarrier,
    /// The carrier does not have it; it will be tried again.
    Retrying,
    /// The carrier may have it; it is not sent again.
    Held,
}

impl Phase {
    pub(crate) fn code(self) -> i64 {
        match self {
            Self::WithCarrier => 1,
            Self::Retrying => 2,
            Self::Held => 3,
        }
    }

    pub(crate) fn from_code(code: i64) -> Option<Self> {
        [Self::WithCarrier, Self::Retrying, Self::Held].into_iter().find(|phase| phase.code() == code)
    }
}

/// A receipt that the simulated carrier is going to give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimulatedReceipt {
    /// By which clock it is due.
    pub clock: i64,
    /// When, in milliseconds of business time.
    pub due_ms: i64,
    /// The [`Message::row`](crate::Message::row).
    pub row: i64,
    /// Tells the receipts of one message apart.
    pub copy: u32,
    /// Whether the phone has the message.
    pub delivered: bool,
    /// The code word.
    pub word: String,
}

/// What is pushed to the caller's own servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PushKind {
    /// Delivery reports, several at a time.
    Status,
    /// A person's reply.
    Reply,
}

impl PushKind {
    pub(crate) fn code(self) -> i64 {
        match self {
            Self::Status => 0,
            Self::Reply => 1,
        }
    }

    pub(crate) fn from_code(code: i64) -> Option<Self> {
        [Self::Status, Self::Reply].into_iter().find(|kind| kind.code() == code)
    }
}

/// What one app has to push of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Lane {
    /// What is pushed.
    pub kind: PushKind,
    /// The account.
    pub account: String,
    /// The SdkAppId.
    pub app: String,
    /// By which clock its attempts are due.
    pub clock: i64,
    pub(crate) app_row: i64,
}

/// A report that waits for its push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushItem {
    /// The report.
    pub report: Report,
    /// Its place in the lane, to be given to [`crate::Store::begin_push`].
    pub place: i64,
}

/// A push whose attempt is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// What is pushed.
    pub kind: PushKind,
    /// Tells it apart from all others.
    pub id: i64,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// How many reports or replies it holds.
    pub items: usize,
    /// What is sent.
    pub body: String,
    pub(crate) app_row: i64,
    pub(crate) due_ms: i64,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushEnd {
    /// When it ended.
    pub at: i64,
    /// Where it went.
    pub url: String,
    /// `OK`, or what went wrong.
    pub outcome: String,
    /// The HTTP status, when one came.
    pub http_status: Option<u16>,
    /// How long it took, in milliseconds of real time.
    pub duration_ms: i64,
}

/// A recorded attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushAttempt {
    /// What was pushed.
    pub kind: PushKind,
    /// The account.
    pub account: String,
    /// The SdkAppId.
    pub app: String,
    /// The [`Push::id`]; the attempts of one push share it.
    pub push: i64,
    /// Which attempt it was, from 1.
    pub attempt: u32,
    /// How many reports or replies it held.
    pub items: u32,
    /// How it ended.
    pub end: PushEnd,
    /// When the next attempt is due, in milliseconds of business time; `None` after the last one.
    pub next_ms: Option<i64>,
}
