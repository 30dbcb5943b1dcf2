//! The whole story of one request's signature, for a person to read.

use crate::date::{BEIJING, clock_text};
use crate::raw::{RawError, RawRequest};
use crate::request::Request;
use crate::verify::{Cause, Claim, ClaimError, Expired, Hint, Mismatch, Policy, Scheme, Texts};
use std::fmt;

/// What is known about a request's signature. Its `Display` is a text of several lines without colours; it shows no
/// secret key and no right signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Who signed, when and for what; `None` when the request does not say it readably.
    pub signer: Option<Signer>,
    /// What came out.
    pub verdict: Verdict,
    /// Remarks that have nothing to do with the signature but make the call fail.
    pub remarks: Vec<Hint>,
}

/// What a request says about its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// How it is signed.
    pub scheme: Scheme,
    /// The id of the key.
    pub secret_id: String,
    /// Unix time in seconds, as the request says it.
    pub timestamp: i64,
    /// The action.
    pub action: String,
    /// The version of the API.
    pub version: String,
}

/// The outcome of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The signature holds; these are the texts that were signed.
    Holds(Texts),
    /// The request makes no readable claim.
    Unreadable(ClaimError),
    /// The time is too far from the server's.
    Expired(Expired),
    /// The signature does not hold.
    Mismatch(Box<Mismatch>),
}

/// Checks a request with a secret key at the request's own time, so that a captured request can be looked at later.
pub fn explain(request: &Request<'_>, secret_key: &str) -> Explanation {
    match Claim::of(request) {
        Ok(claim) => {
            let verdict = match claim.check(secret_key, &Policy::default()) {
                Ok(()) => Verdict::Holds(claim.texts()),
                Err(mismatch) => Verdict::Mismatch(mismatch),
            };
            Explanation::of(&claim, verdict)
        }
        Err(error) => error.into(),
    }
}

/// Reads a request from bytes, as [`RawRequest::parse`] does, and explains it.
///
/// # Errors
/// [`RawError`] when the bytes are no request.
pub fn explain_raw(bytes: &[u8], secret_key: &str) -> Result<Explanation, RawError> {
    Ok(RawRequest::parse(bytes)?.with(|request| explain(request, secret_key)))
}

impl Explanation {
    /// The explanation of a check that was made elsewhere.
    pub fn of(claim: &Claim<'_>, verdict: Verdict) -> Self {
        let signer = Signer {
            scheme: claim.scheme(),
            secret_id: claim.secret_id().to_owned(),
            timestamp: claim.timestamp(),
            action: claim.action().to_owned(),
            version: claim.version().to_owned(),
        };
        Self { signer: Some(signer), verdict, remarks: names_of_other_version(claim).into_iter().collect() }
    }

    /// Whether the signature holds.
    pub fn holds(&self) -> bool {
        matches!(self.verdict, Verdict::Holds(_))
    }

    /// All hints: the causes of a mismatch, then the remarks.
    pub fn hints(&self) -> impl Iterator<Item = &Hint> {
        let causes = match &self.verdict {
            Verdict::Mismatch(mismatch) => mismatch.hints.as_slice(),
            _ => &[],
        };
        causes.iter().chain(&self.remarks)
    }
}

impl From<ClaimError> for Explanation {
    /// The explanation of a request that makes no readable claim.
    fn from(error: ClaimError) -> Self {
        Self { signer: None, verdict: Verdict::Unreadable(error), remarks: Vec::new() }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.verdict {
            Verdict::Holds(_) => f.write_str("The signature holds.\n")?,
            Verdict::Unreadable(_) => f.write_str("The request carries no readable signature.\n")?,
            Verdict::Expired(_) => f.write_str("The request's time is not accepted.\n")?,
            Verdict::Mismatch(_) => f.write_str("The signature does not hold.\n")?,
        }
        f.write_str("\n")?;
        if let Some(signer) = &self.signer {
            line(f, "Scheme", signer.scheme)?;
            line(f, "Secret id", &signer.secret_id)?;
            line(f, "Action", format_args!("{}, version {}", signer.action, signer.version))?;
            line(f, "Time", time_text(signer.timestamp))?;
        }
        match &self.verdict {
            Verdict::Holds(_) => {}
            Verdict::Unreadable(error) => line(f, "Problem", error)?,
            Verdict::Expired(error) => line(f, "Problem", error)?,
            Verdict::Mismatch(mismatch) => {
                line(f, "Signature", &mismatch.signature)?;
                line(f, "Differs", mismatch.part)?;
            }
        }
        for hint in self.hints() {
            line(f, "Hint", hint)?;
        }
        match &self.verdict {
            Verdict::Holds(texts) => write_texts(f, texts, ""),
            Verdict::Mismatch(mismatch) => {
                write_texts(f, &mismatch.texts, ", as this request should have been signed")
            }
            Verdict::Unreadable(_) | Verdict::Expired(_) => Ok(()),
        }
    }
}

fn line(f: &mut fmt::Formatter<'_>, name: &str, value: impl fmt::Display) -> fmt::Result {
    writeln!(f, "{name:<10} {}", visible(&value.to_string()))
}

/// A text of somebody else's, safe to show on a terminal: its control characters as escapes.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_control() { shown.extend(letter.escape_default()) } else { shown.push(letter) }
    }
    shown
}

/// The time in UTC, which signatures use, and in Beijing, where the users' clocks are; just the number when it cannot be
/// seconds.
fn time_text(timestamp: i64) -> String {
    const YEAR_10000: i64 = 253_402_300_800;
    if timestamp >= YEAR_10000 {
        return timestamp.to_string();
    }
    format!("{timestamp} ({} UTC, {} in Beijing)", clock_text(timestamp, 0), clock_text(timestamp, BEIJING))
}

fn write_texts(f: &mut fmt::Formatter<'_>, texts: &Texts, remark: &str) -> fmt::Result {
    if let Some(canonical) = &texts.canonical_request {
        write_text(f, "Canonical request", remark, canonical)?;
    }
    write_text(f, "String to sign", remark, &texts.string_to_sign)
}

/// A text with a bar before each line, so that empty lines can be seen.
fn write_text(f: &mut fmt::Formatter<'_>, title: &str, remark: &str, text: &str) -> fmt::Result {
    writeln!(f, "\n{title}{remark}:")?;
    text.split('\n').try_for_each(|line| writeln!(f, "  | {}", visible(line)))
}

/// Names that only the other version of the API knows. Looked for as text, because a mistake in names is as good to
/// see in a body that is not quite JSON.
fn names_of_other_version(claim: &Claim<'_>) -> Option<Hint> {
    const NAMES_2019: [&str; 3] = ["SmsSdkAppid", "TemplateID", "Sign"];
    // Other actions of 2019-07-11 have TemplateId and SignName too.
    const NAMES_2021: [&str; 1] = ["SmsSdkAppId"];
    let (names, version): (&[&str], _) = match claim.version() {
        "2021-01-11" => (&NAMES_2019, "2019-07-11"),
        "2019-07-11" => (&NAMES_2021, "2021-01-11"),
        _ => return None,
    };
    let request = claim.request();
    let found: Vec<_> = names
        .iter()
        .copied()
        .filter(|name| match claim.parameters() {
            Some(parameters) => parameters.iter().any(|(found, _)| found == name),
            None => {
                has_member(request.body, name)
                    || request.query.split('&').any(|pair| pair.split('=').next() == Some(name))
            }
        })
        .collect();
    (!found.is_empty())
        .then_some(Hint { cause: Cause::NamesOfOtherVersion { names: found, version }, proved: true })
}

/// Whether a JSON text has a member of this name at any depth.
fn has_member(json: &[u8], name: &str) -> bool {
    let quoted = format!("\"{name}\"");
    json.windows(quoted.len()).enumerate().any(|(at, window)| {
        window == quoted.as_bytes()
            && json.get(at + quoted.len()..).is_some_and(|rest| rest.trim_ascii_start().starts_with(b":"))
    })
}
