//! One message to many numbers: any number of them, in requests of at most 200, with a result for each.

mod plan;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tcsms_api::ErrorCode;
use tcsms_api::v20210111::{SendSmsRequest, SendSmsResponse};
use tokio::runtime::Handle;
use tokio::task::{Id, JoinSet};
use tokio::time::Instant;
use tracing::Instrument;

use crate::call::Call;
use crate::error::{BoxError, Delivery, Error, ErrorKind};
use crate::{Client, blocking};
use plan::{Batch, Entry, Plan, Step};

/// What became of one number.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// The service took the message: its code was `Ok`.
    Accepted {
        /// The id of the message, which its delivery report repeats.
        serial_no: String,
        /// How many segments are billed.
        fee: u64,
    },
    /// The service refused this number; nothing was sent to it.
    Refused {
        /// Why.
        code: ErrorCode,
        /// Why, in words that may change at any time.
        message: String,
    },
    /// The request with this number failed as a whole; all its numbers share the error.
    /// [`kind`](Self::kind) says whether the message may be on its way all the same.
    Failed {
        /// Why.
        error: Arc<Error>,
    },
    /// It was not sent now, because the record of an earlier run says that it must not be, see
    /// [`Bulk::with_record`].
    Skipped {
        /// What the record says.
        earlier: OutcomeKind,
    },
}

impl Outcome {
    /// The outcome in one word, which is what a record has to keep. A number that was skipped keeps its earlier one.
    pub fn kind(&self) -> OutcomeKind {
        match self {
            Self::Accepted { .. } => OutcomeKind::Accepted,
            Self::Refused { .. } => OutcomeKind::Refused,
            Self::Failed { error } => match error.delivery() {
                Delivery::NotSent => OutcomeKind::NotSent,
                // It may have been sending when it failed.
                Delivery::Answered if error.is_internal() => OutcomeKind::Unknown,
                Delivery::Answered => OutcomeKind::Refused,
                Delivery::MaybeSent => OutcomeKind::Unknown,
            },
            Self::Skipped { earlier } => *earlier,
        }
    }
}

/// An [`Outcome`] in one word, to be written down and read again when the work is resumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OutcomeKind {
    /// The service took the message. It is never sent again.
    Accepted,
    /// The service refused, this number or the whole request. It is sent again when the work is resumed.
    Refused,
    /// The service cannot have seen the request. It is sent again when the work is resumed.
    NotSent,
    /// The message may have been sent: no answer came, or the service failed inside (`InternalError…`,
    /// `ServiceUnavailable`) and may have sent before. It is not sent again, see [`Bulk::send_unknown_again`].
    Unknown,
}

impl OutcomeKind {
    /// The name for records: `accepted`, `refused`, `not_sent`, `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::NotSent => "not_sent",
            Self::Unknown => "unknown",
        }
    }

    /// The kind of this name, as [`as_str`](Self::as_str) gives it; `None` for any other text.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Accepted, Self::Refused, Self::NotSent, Self::Unknown]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

impl fmt::Display for OutcomeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One number with what became of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NumberResult {
    /// The place of the number in the input, counted from 0.
    pub index: usize,
    /// The number as it was given.
    pub number: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// A number with the template's values that are meant for it alone, see [`Call::bulk_each`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    number: String,
    values: Vec<String>,
}

impl Recipient {
    /// A recipient; the values are in the order of the template's variables.
    pub fn new(number: impl Into<String>, values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { number: number.into(), values: values.into_iter().map(Into::into).collect() }
    }
}

/// One message to many numbers, under way. `C` is the client that sends it; made by [`Call::bulk`].
///
/// Results are pulled, one for each number in the order of the input: with [`next`](Bulk::next) from the async client,
/// as an iterator from the blocking one. Nothing is read or sent before the first pull, and when the caller stops
/// pulling, so does the sending after a few requests: the memory needed does not grow with the number of recipients.
///
/// **How numbers are grouped.** The service refuses a request with numbers of mainland China and of elsewhere
/// (documented). So `+86…`, `0086…`, `86…` and 11 digits that begin with 1 travel together, all else with `+` together,
/// and what is neither by itself, where it can spoil no other number. That is a grouping, not a check: whether a number is
/// one, the service says. Requests are filled to 200 numbers unless results would have to wait for that without end.
///
/// **Sent once.** A number is put into one request only, and a request that may have arrived is not repeated (unless
/// [`RetryPolicy::any`](crate::RetryPolicy::any) was chosen for the call). A number that stands in the input twice is
/// sent to twice: remembering them all would need memory for all.
///
/// An error that concerns every number, such as a wrong key, ends each request, but not the work: look at the first
/// results, and drop this when going on is pointless. Requests that are under way when it is dropped are cut off, and
/// whether the service acts on them is then open.
#[must_use = "nothing is sent before results are pulled"]
pub struct Bulk<'a, C> {
    call: Call<C, SendSmsRequest>,
    plan: Plan<'a>,
    /// When the first result was pulled.
    started: Option<Instant>,
    /// The requests under way; always empty in the blocking form, which has one at a time.
    tasks: JoinSet<Result<SendSmsResponse, Error>>,
    carried: HashMap<Id, Batch>,
}

impl<C> Call<C, SendSmsRequest> {
    /// Sends the message to all these numbers, in as many requests as it takes. Numbers that were set on the call come
    /// first.
    ///
    /// ```no_run
    /// # async fn send(client: tcsms::Client, numbers: Vec<String>) {
    /// let mut results = client
    ///     .send_sms()
    ///     .sms_sdk_app_id("1400787878")
    ///     .sign_name("腾讯云")
    ///     .template_id("449739")
    ///     .template_param_set(["123456"])
    ///     .bulk(numbers)
    ///     .with_rate(50);
    /// while let Some(result) = results.next().await {
    ///     println!("{} {}", result.index, result.outcome.kind());
    /// }
    /// # }
    /// ```
    pub fn bulk<'a, I>(self, numbers: I) -> Bulk<'a, C>
    where
        I: IntoIterator<Item: Into<String> + 'a>,
        I::IntoIter: Send + 'a,
    {
        self.bulk_of(numbers.into_iter().map(|number| (number.into(), None)))
    }

    /// As [`bulk`](Self::bulk), with values of the template for each number in place of those of the call. Numbers with
    /// equal values share requests. With values that are all different each number needs a request of its own, and
    /// [`with_rate`](Bulk::with_rate) and [`with_concurrency`](Bulk::with_concurrency) decide how fast that goes.
    ///
    /// ```no_run
    /// use tcsms::Recipient;
    ///
    /// # async fn send(client: tcsms::Client) {
    /// let recipients = [("+8613711112222", "437046"), ("+8613711112223", "112358")];
    /// let mut results = client
    ///     .send_sms()
    ///     .sms_sdk_app_id("1400787878")
    ///     .sign_name("腾讯云")
    ///     .template_id("449739")
    ///     .bulk_each(recipients.map(|(number, code)| Recipient::new(number, [code])));
    /// while let Some(result) = results.next().await {
    ///     println!("{} {}", result.index, result.outcome.kind());
    /// }
    /// # }
    /// ```
    pub fn bulk_each<'a, I>(self, recipients: I) -> Bulk<'a, C>
    where
        I: IntoIterator<Item = Recipient>,
        I::IntoIter: Send + 'a,
    {
        self.bulk_of(recipients.into_iter().map(|recipient| (recipient.number, Some(recipient.values))))
    }

    fn bulk_of<'a>(self, entries: impl Iterator<Item = Entry> + Send + 'a) -> Bulk<'a, C> {
        let mut first = Vec::new();
        let call = self.map(|mut request| {
            first = request.phone_number_set.take().unwrap_or_default();
            request
        });
        let first = first.into_iter().map(|number| (number, None));
        Bulk {
            call,
            plan: Plan::new(Box::new(first.chain(entries))),
            started: None,
            tasks: JoinSet::new(),
            carried: HashMap::new(),
        }
    }
}

impl<'a, C> Bulk<'a, C> {
    /// Sets how many requests may be started in a second, 100 by default; 0 counts as 1. They are spaced evenly. The
    /// attempts that a call makes after a failure are not counted; the client's own
    /// [`action_rate`](crate::ClientBuilder::action_rate) counts those too.
    ///
    /// The service takes 3000 a second (documented); the timers used here allow about 1000.
    pub fn with_rate(mut self, requests_per_second: u32) -> Self {
        self.plan.interval = Duration::from_secs(1) / requests_per_second.max(1);
        self
    }

    /// Resumes work that was begun earlier: for each number, with its place in the input, the record says what became
    /// of it, `None` when that is not known to it. Numbers that were [`Accepted`](OutcomeKind::Accepted) or are
    /// [`Unknown`](OutcomeKind::Unknown) are not sent again; their outcome is [`Outcome::Skipped`].
    ///
    /// To send again to a number that was accepted, let the record say `None`.
    pub fn with_record<F>(mut self, record: F) -> Self
    where
        F: FnMut(usize, &str) -> Option<OutcomeKind> + Send + 'a,
    {
        self.plan.record = Box::new(record);
        self
    }

    /// Sends again also where the record says [`Unknown`](OutcomeKind::Unknown). **A person may get the same SMS
    /// twice, and it is paid twice.**
    pub fn send_unknown_again(mut self) -> Self {
        self.plan.unknown_again = true;
        self
    }

    /// Calls this with the numbers of each request, and their places in the input, just before it is sent.
    ///
    /// A record that is only kept of results lacks what was under way when the process ended, and resuming would send
    /// that again. Write these numbers down as [`Unknown`](OutcomeKind::Unknown) here, durably, and then the results
    /// over them. When this fails, the request is not sent: its numbers are [`NotSent`](OutcomeKind::NotSent).
    pub fn before_sending<F>(mut self, write: F) -> Self
    where
        F: FnMut(&[(usize, &str)]) -> Result<(), BoxError> + Send + 'a,
    {
        self.plan.before_sending = Box::new(write);
        self
    }

    fn elapsed(&mut self) -> Duration {
        self.started.get_or_insert_with(Instant::now).elapsed()
    }

    fn call_with(&self, batch: &mut Batch) -> Call<C, SendSmsRequest>
    where
        C: Clone,
    {
        let (numbers, values) = (std::mem::take(&mut batch.numbers), batch.values.take());
        let first = batch.places.first().copied().unwrap_or_default();
        self.call.clone().with_key_of(first).map(|request| {
            let request = request.phone_number_set(numbers);
            match values {
                Some(values) => request.template_param_set(values),
                None => request,
            }
        })
    }
}

impl Bulk<'_, Client> {
    /// Sets how many requests may be under way at the same time, 4 by default; 0 counts as 1. Memory is needed for
    /// twice as many requests, because results wait for those before them.
    pub fn with_concurrency(mut self, requests: usize) -> Self {
        self.plan.concurrency = requests.max(1);
        self
    }

    /// The result of the next number in the order of the input; `None` when there are no more.
    ///
    /// A future that is dropped before it is done loses no result: the next call goes on where it was.
    pub async fn next(&mut self) -> Option<NumberResult> {
        loop {
            let now = self.elapsed();
            match self.plan.step(now) {
                Step::Deliver(result) => return Some(result),
                Step::Done => return None,
                Step::Send(mut batch) => {
                    let call = self.call_with(&mut batch);
                    match Handle::try_current() {
                        // On a task of its own: it goes on while the caller is busy with a result.
                        Ok(runtime) => {
                            let task = self.tasks.spawn_on(call.send().in_current_span(), &runtime);
                            self.carried.insert(task.id(), batch);
                        }
                        // The call itself says that there is no runtime.
                        Err(_) => self.plan.settle(&batch.places, call.send().await),
                    }
                }
                Step::Wait(pause) if self.tasks.is_empty() => {
                    tokio::time::sleep(pause.unwrap_or_default()).await;
                }
                Step::Wait(Some(pause)) => {
                    if let Ok(Some(ended)) = tokio::time::timeout(pause, self.tasks.join_next_with_id()).await
                    {
                        self.settle(ended);
                    }
                }
                Step::Wait(None) => {
                    if let Some(ended) = self.tasks.join_next_with_id().await {
                        self.settle(ended);
                    }
                }
            }
        }
    }

    fn settle(&mut self, ended: Result<(Id, Result<SendSmsResponse, Error>), tokio::task::JoinError>) {
        let (id, outcome) = match ended {
            Ok(ended) => ended,
            Err(lost) => {
                let message = "the request was abandoned, because its runtime was shut down";
                (lost.id(), Err(Error::new(ErrorKind::Network, Delivery::MaybeSent, message).because(lost)))
            }
        };
        if let Some(batch) = self.carried.remove(&id) {
            self.plan.settle(&batch.places, outcome);
        }
    }
}

/// One request at a time, on the caller's thread, which also waits there for the pace that was set.
impl Iterator for Bulk<'_, blocking::Client> {
    type Item = NumberResult;

    fn next(&mut self) -> Option<NumberResult> {
        loop {
            let now = self.elapsed();
            match self.plan.step(now) {
                Step::Deliver(result) => return Some(result),
                Step::Done => return None,
                Step::Send(mut batch) => {
                    let outcome = self.call_with(&mut batch).send();
                    self.plan.settle(&batch.places, outcome);
                }
                // Nothing is ever under way here, so there is always a time to wait for.
                Step::Wait(pause) => std::thread::sleep(pause.unwrap_or_default()),
            }
        }
    }
}

impl<C: fmt::Debug> fmt::Debug for Bulk<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bulk").field("call", &self.call).field("under_way", &self.carried.len()).finish()
    }
}
