//! What the service asks of a carrier, whatever language it speaks.

use std::future::Future;
use std::pin::Pin;

use tcsms_store::{Receipt, ReceiptFor};

/// A future in a box: carriers are chosen at run time.
pub type Doing<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Somebody who takes messages to phones and says later what became of them.
///
/// The worker makes no second attempt by itself where one could reach the phone twice, so an answer must be honest:
/// `NotSent` only when the carrier certainly has nothing.
pub trait Carrier: Send + Sync + 'static {
    /// Hands messages over, each as a whole with all its segments, and says of each what the carrier answered, in the
    /// same order.
    fn submit<'a>(&'a self, messages: &'a [Submission]) -> Doing<'a, Vec<Outcome>>;

    /// Waits for receipts that did not come with the answer. The same ones are given again until they are confirmed.
    fn receipts(&self) -> Doing<'_, Vec<Arrived>>;

    /// The receipts are recorded durably and may be forgotten.
    fn confirm(&self, receipts: Vec<Arrived>) -> Doing<'_, ()>;

    /// Whether the carrier recognises a message that is handed over a second time, by its [`Submission::id`], so that
    /// the phone gets it once.
    fn knows_repeats(&self) -> bool;
}

/// A message for a carrier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// Never used for another message.
    pub id: i64,
    /// By which of the service's clocks the message lives; receipts come by the same.
    pub clock: i64,
    /// When it was to be handed over, in Unix milliseconds of that clock.
    pub due_ms: i64,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// The number in E.164 form.
    pub phone: String,
    /// The whole text.
    pub text: String,
    /// In how many segments it is sent.
    pub segments: u32,
}

/// What a carrier answered to a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It has the message; these receipts came with the answer.
    Accepted {
        /// Often none: then they come through [`Carrier::receipts`].
        receipts: Vec<Receipt>,
    },
    /// It will not take the message.
    Rejected {
        /// The code word.
        word: String,
    },
    /// It has nothing of the message: trying again cannot reach the phone twice.
    NotSent {
        /// Why, for whoever looks at the message.
        reason: String,
    },
    /// It may have the message: the connection broke, or no answer came in time.
    MaybeSent {
        /// Why, for whoever looks at the message.
        reason: String,
    },
}

/// A receipt as it came from a carrier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// The message, by its [`Submission::id`], and what became of it.
    pub receipt: ReceiptFor,
    /// The carrier's own name for the receipt, by which it is confirmed.
    pub token: ReceiptToken,
}

/// A carrier's own name for a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptToken {
    /// By which of the service's clocks it came.
    pub clock: i64,
    /// When it was due, in Unix milliseconds of that clock.
    pub due_ms: i64,
    /// Tells receipts of one message apart.
    pub copy: u32,
}
