//! What the service pushes to its customers' web servers: status reports and replies, as bytes that any web framework
//! hands over.
//!
//! Take the body of the POST, read it, keep what it says, and answer with status 200 and [`ACCEPTED`]. Any other answer
//! is a failed push, which the service repeats up to two more times (documented; the pauses are not) and then gives up.
//!
//! ```
//! use tcsms::receive;
//!
//! /// The body of the answer to a pushed status report.
//! fn answer(body: &[u8], mut keep: impl FnMut(receive::StatusReport) -> bool) -> String {
//!     let (reports, fault) = match receive::status_reports(body) {
//!         Ok(reports) => (reports, None),
//!         // One bad report is no reason to lose the others.
//!         Err(error) => (error.readable().to_vec(), Some(error.to_string())),
//!     };
//!     for report in reports {
//!         if !keep(report) {
//!             return receive::refused("the report could not be kept");
//!         }
//!     }
//!     match fault {
//!         None => receive::ACCEPTED.to_owned(),
//!         Some(fault) => receive::refused(&fault),
//!     }
//! }
//!
//! let body = br#"[{"user_receive_time":"2026-11-25 11:00:00","nationcode":"86","mobile":"13711112222",
//!     "report_status":"SUCCESS","errmsg":"DELIVRD","description":"delivered","sid":"2640:1"}]"#;
//! let answer = answer(body, |report| {
//!     assert!(report.is_delivered());
//!     assert_eq!(report.user_receive_time, Some(1_795_575_600));
//!     true
//! });
//! assert_eq!(answer, r#"{"result":0,"errmsg":"OK"}"#);
//! ```
//!
//! A push that was repeated brings the same reports again, and nothing says in which order reports come: keep them by
//! [`StatusReport::serial_no`]. A push carries no signature (documented), so anybody who knows the URL can make one up:
//! let only the service's addresses in, or make the URL hard to guess.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::value::RawValue;

/// The body that says that a push was taken, exactly as documented. It goes with HTTP status 200.
pub const ACCEPTED: &str = r#"{"result":0,"errmsg":"OK"}"#;

/// The `Content-Type` to send with [`ACCEPTED`] and [`refused`].
pub const CONTENT_TYPE: &str = "application/json";

/// The body that says that a push was not taken, so that the service pushes it again: result 1 with this reason. It
/// may go with HTTP status 200 or any other.
#[must_use]
pub fn refused(reason: &str) -> String {
    let mut body = String::from(r#"{"result":1,"errmsg":"#);
    body.push_str(&serde_json::Value::from(reason).to_string());
    body.push('}');
    body
}

/// What became of one message at one phone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatusReport {
    /// When the phone received the message, as Unix time in seconds (`user_receive_time`, pushed in Beijing time);
    /// `None` when the service left it out or empty.
    pub user_receive_time: Option<i64>,
    /// The country code without `+`, such as `86` (`nationcode`); empty when absent.
    pub country_code: String,
    /// The number without its country code (`mobile`).
    pub subscriber_number: String,
    /// `SUCCESS` or `FAIL` (`report_status`).
    pub report_status: String,
    /// The carrier's code word, such as `DELIVRD` or `MK:0001` (`errmsg`); empty when absent. A pulled status has it
    /// in its `description`.
    pub code: String,
    /// The code in words, for people (`description`); empty when absent.
    pub description: String,
    /// The id of the message to this number, as the answer to the send had it (`sid`).
    pub serial_no: String,
    /// The `SessionContext` of the send (`ext`); `None` when the service left it out, as it does unless that was
    /// switched on for the app. When a list or an object arrived in its place (observed with a context that is itself
    /// JSON), the JSON text of that.
    pub session_context: Option<String>,
    /// Members that this version of the crate does not know, as JSON text.
    pub extra: BTreeMap<String, String>,
}

impl StatusReport {
    /// Whether the phone has the message: `report_status` is `SUCCESS`.
    #[must_use]
    pub fn is_delivered(&self) -> bool {
        self.report_status == "SUCCESS"
    }

    /// The number in E.164 form, such as `+8613711112222`; without a country code the number as it was pushed.
    #[must_use]
    pub fn phone_number(&self) -> String {
        joined(&self.country_code, &self.subscriber_number)
    }
}

/// What somebody wrote back.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reply {
    /// The extension of the number that was answered (`extend`); empty by default.
    pub extend_code: String,
    /// The country code without `+`, such as `86` (`nationcode`); empty when absent.
    pub country_code: String,
    /// The number that answered, without its country code (`mobile`).
    pub subscriber_number: String,
    /// The signature of the message that was answered (`sign`); empty when absent.
    pub sign_name: String,
    /// What was written (`text`).
    pub reply_content: String,
    /// When, as Unix time in seconds (`time`); `None` when the service left it out or empty.
    pub reply_time: Option<i64>,
    /// Members that this version of the crate does not know, as JSON text.
    pub extra: BTreeMap<String, String>,
}

impl Reply {
    /// The number in E.164 form, such as `+8613711112222`; without a country code the number as it was pushed.
    #[must_use]
    pub fn phone_number(&self) -> String {
        joined(&self.country_code, &self.subscriber_number)
    }
}

fn joined(country_code: &str, subscriber_number: &str) -> String {
    if country_code.is_empty() {
        subscriber_number.to_owned()
    } else {
        format!("+{country_code}{subscriber_number}")
    }
}

/// Why a push could not be read. Its text quotes nothing of the push but times, so no phone number or message.
#[derive(Clone, PartialEq, Eq)]
pub struct ReceiveError {
    entry: Option<usize>,
    fault: Fault,
    unreadable: usize,
    readable: Vec<StatusReport>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Fault {
    member: Option<&'static str>,
    problem: String,
}

impl ReceiveError {
    fn whole(problem: impl Into<String>) -> Self {
        let fault = Fault { member: None, problem: problem.into() };
        Self { entry: None, fault, unreadable: 0, readable: Vec::new() }
    }

    /// The place of the first report that cannot be read, counted from 0; `None` when the push as a whole cannot, or
    /// is a reply.
    #[must_use]
    pub fn entry(&self) -> Option<usize> {
        self.entry
    }

    /// The member that is wrong, by its name in the push; `None` when it is not one member.
    #[must_use]
    pub fn member(&self) -> Option<&str> {
        self.fault.member
    }

    /// The reports of the same push that can be read, in its order.
    #[must_use]
    pub fn readable(&self) -> &[StatusReport] {
        &self.readable
    }
}

impl fmt::Display for ReceiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(entry) = self.entry {
            write!(f, "entry {entry} of the push, counted from 0: ")?;
        }
        if let Some(member) = self.fault.member {
            write!(f, "the member `{member}` ")?;
        }
        f.write_str(&self.fault.problem)?;
        if self.unreadable > 1 {
            write!(f, "; {} entries cannot be read", self.unreadable)?;
        }
        Ok(())
    }
}

impl fmt::Debug for ReceiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceiveError")
            .field("entry", &self.entry)
            .field("fault", &self.fault)
            .field("unreadable", &self.unreadable)
            .field("readable", &self.readable.len())
            .finish()
    }
}

impl std::error::Error for ReceiveError {}

/// Reads a push of status reports: a JSON array, documented to hold up to 100 of them; here any number.
///
/// Texts may be numbers and numbers texts, `null` counts as absent, and what is unknown is kept. A report must have
/// `mobile`, `report_status` and `sid`; the times must be times.
///
/// # Errors
///
/// What is wrong with the push, or with which of its entries; [`ReceiveError::readable`] has the others.
pub fn status_reports(body: &[u8]) -> Result<Vec<StatusReport>, ReceiveError> {
    let text = json_text(body)?;
    if text.starts_with('{') {
        return Err(ReceiveError::whole(
            "the push is one JSON object, but status reports come in an array: is this the URL for replies?",
        ));
    }
    let entries: Vec<&RawValue> = serde_json::from_str(text)
        .map_err(|error| ReceiveError::whole(format!("the push is no JSON array: {}", place_of(&error))))?;
    let mut readable = Vec::new();
    let mut first: Option<(usize, Fault)> = None;
    let mut unreadable = 0;
    for (entry, raw) in entries.into_iter().enumerate() {
        match Members::of(raw.get()).and_then(status_report) {
            Ok(report) => readable.push(report),
            Err(fault) => {
                unreadable += 1;
                first.get_or_insert((entry, fault));
            }
        }
    }
    match first {
        None => Ok(readable),
        Some((entry, fault)) => Err(ReceiveError { entry: Some(entry), fault, unreadable, readable }),
    }
}

/// Reads a push of a reply: one JSON object.
///
/// As tolerant as [`status_reports`]; a reply must have `mobile` and `text`.
///
/// # Errors
///
/// What is wrong with the push.
pub fn reply(body: &[u8]) -> Result<Reply, ReceiveError> {
    let text = json_text(body)?;
    if text.starts_with('[') {
        return Err(ReceiveError::whole(
            "the push is a JSON array, but a reply is one object: is this the URL for status reports?",
        ));
    }
    let read = |mut members: Members| {
        Ok(Reply {
            extend_code: members.text("extend")?.unwrap_or_default(),
            country_code: members.text("nationcode")?.unwrap_or_default(),
            subscriber_number: members.needed("mobile")?,
            sign_name: members.text("sign")?.unwrap_or_default(),
            reply_content: members.needed("text")?,
            reply_time: members.time("time")?,
            extra: members.rest(),
        })
    };
    Members::of(text).and_then(read).map_err(|fault| ReceiveError { fault, ..ReceiveError::whole("") })
}

fn status_report(mut members: Members) -> Result<StatusReport, Fault> {
    Ok(StatusReport {
        user_receive_time: members.time("user_receive_time")?,
        country_code: members.text("nationcode")?.unwrap_or_default(),
        subscriber_number: members.needed("mobile")?,
        report_status: members.needed("report_status")?,
        code: members.text("errmsg")?.unwrap_or_default(),
        description: members.text("description")?.unwrap_or_default(),
        serial_no: members.needed("sid")?,
        session_context: members.text_or_json("ext")?,
        extra: members.rest(),
    })
}

fn json_text(body: &[u8]) -> Result<&str, ReceiveError> {
    let text = std::str::from_utf8(body).map_err(|_| ReceiveError::whole("the push is not UTF-8"))?;
    match text.trim_ascii() {
        "" => Err(ReceiveError::whole("the push is empty")),
        text => Ok(text),
    }
}

/// Where and why reading stopped. The parser's own words could quote the text, which may hold a phone number.
fn place_of(error: &serde_json::Error) -> String {
    let reason = match error.classify() {
        serde_json::error::Category::Eof => "it ends too early",
        serde_json::error::Category::Data => "it is something else",
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => "it is malformed",
    };
    format!("{reason}, at line {} column {}", error.line(), error.column())
}

/// The members of an object that were not read yet.
struct Members(BTreeMap<String, Box<RawValue>>);

impl Members {
    fn of(text: &str) -> Result<Self, Fault> {
        serde_json::from_str(text).map(Self).map_err(|error| Fault {
            member: None,
            problem: format!("this is no JSON object: {}", place_of(&error)),
        })
    }

    /// The JSON text of a member; `None` when it is absent or null.
    fn take(&mut self, name: &str) -> Option<Box<RawValue>> {
        self.0.remove(name).filter(|value| value.get() != "null")
    }

    fn text(&mut self, name: &'static str) -> Result<Option<String>, Fault> {
        self.take(name).map(|value| text_of(name, value.get())).transpose()
    }

    fn text_or_json(&mut self, name: &'static str) -> Result<Option<String>, Fault> {
        let read = |value: Box<RawValue>| match value.get() {
            json if json.starts_with(['{', '[']) => Ok(json.to_owned()),
            other => text_of(name, other),
        };
        self.take(name).map(read).transpose()
    }

    fn needed(&mut self, name: &'static str) -> Result<String, Fault> {
        let missing = || Fault { member: Some(name), problem: "is missing".to_owned() };
        self.text(name)?.ok_or_else(missing)
    }

    /// A time as Unix seconds: seconds already, or a text in Beijing time.
    fn time(&mut self, name: &'static str) -> Result<Option<i64>, Fault> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        match text.parse().ok().or_else(|| beijing_time(text)) {
            Some(time) => Ok(Some(time)),
            None => {
                let shown: String = text.chars().filter(|sign| !sign.is_control()).take(32).collect();
                let problem =
                    format!("is `{shown}`, neither a time like 2026-11-25 11:00:00 nor Unix seconds");
                Err(Fault { member: Some(name), problem })
            }
        }
    }

    fn rest(self) -> BTreeMap<String, String> {
        self.0.into_iter().map(|(name, value)| (name, value.get().to_owned())).collect()
    }
}

/// A text, or a number as it is written.
fn text_of(name: &'static str, json: &str) -> Result<String, Fault> {
    let fault = |problem: &str| Fault { member: Some(name), problem: problem.to_owned() };
    match json.as_bytes().first() {
        Some(b'"') => serde_json::from_str(json).map_err(|_| fault("is a text with a broken escape")),
        Some(b'-' | b'0'..=b'9') => Ok(json.to_owned()),
        Some(b'{') => Err(fault("is an object, not a text")),
        Some(b'[') => Err(fault("is a list, not a text")),
        _ => Err(fault("is true or false, not a text")),
    }
}

/// The Unix time of a text like `2026-11-25 11:00:00` in Beijing time (UTC+8, no daylight saving).
fn beijing_time(text: &str) -> Option<i64> {
    let (date, clock) = text.split_once([' ', 'T'])?;
    let [year, month, day] = fields(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = fields(clock, ':', [2, 2, 2])?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_in_month = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=days_in_month).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    // Years that begin on 1 March end with the day that a leap year adds.
    let (year, months) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    const FROM_0000_03_01_TO_1970: i64 = 719_468;
    let days = year * 365 + leap_days + (153 * months + 2) / 5 + day - 1 - FROM_0000_03_01_TO_1970;
    Some(days * 86_400 + (hour - 8) * 3_600 + minute * 60 + second)
}

/// Three numbers of these many digits.
fn fields(text: &str, separator: char, widths: [usize; 3]) -> Option<[i64; 3]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; 3];
    for (number, width) in numbers.iter_mut().zip(widths) {
        let part = parts.next()?;
        if part.len() != width || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const REPORT: &str = r#"{"user_receive_time":"2015-10-17 08:03:04","nationcode":"86","mobile":"13711112222",
        "report_status":"SUCCESS","errmsg":"DELIVRD","description":"用户短信送达成功","sid":"2640:26","ext":"order-77"}"#;

    fn one(text: &str) -> StatusReport {
        let mut reports = status_reports(format!("[{text}]").as_bytes()).unwrap();
        assert_eq!(reports.len(), 1);
        reports.remove(0)
    }

    #[test]
    fn a_report_as_documented() {
        let report = one(REPORT);
        let expected = StatusReport {
            user_receive_time: Some(1_445_040_184),
            country_code: "86".to_owned(),
            subscriber_number: "13711112222".to_owned(),
            report_status: "SUCCESS".to_owned(),
            code: "DELIVRD".to_owned(),
            description: "用户短信送达成功".to_owned(),
            serial_no: "2640:26".to_owned(),
            session_context: Some("order-77".to_owned()),
            extra: BTreeMap::new(),
        };
        assert_eq!(report, expected);
        assert!(report.is_delivered());
        assert_eq!(report.phone_number(), "+8613711112222");
        assert!(!one(&REPORT.replace("SUCCESS", "FAIL")).is_delivered());
    }

    #[test]
    fn numbers_pass_for_texts_and_texts_for_numbers() {
        let report = one(r#"{"user_receive_time":1795575600,"nationcode":86,"mobile":13711112222,
            "report_status":"FAIL","errmsg":-43,"sid":12345678901234567890123,"ext":9007199254740993}"#);
        assert_eq!(report.user_receive_time, Some(1_795_575_600));
        assert_eq!(report.phone_number(), "+8613711112222");
        assert_eq!((report.code.as_str(), report.description.as_str()), ("-43", ""));
        assert_eq!(report.serial_no, "12345678901234567890123");
        assert_eq!(report.session_context.as_deref(), Some("9007199254740993"));
        let reply = reply(br#"{"mobile":1,"text":2,"time":"1457336869"}"#).unwrap();
        assert_eq!((reply.reply_content.as_str(), reply.reply_time), ("2", Some(1_457_336_869)));
    }

    #[test]
    fn a_context_may_be_json_and_what_is_unknown_is_kept() {
        let report =
            one(r#"{"mobile":"1","report_status":"FAIL","sid":"s","ext":{"id": 1.50},"later":[1, null],
            "user_receive_time":"","nationcode":null}"#);
        assert_eq!(report.session_context.as_deref(), Some(r#"{"id": 1.50}"#));
        assert_eq!(report.extra, BTreeMap::from([("later".to_owned(), "[1, null]".to_owned())]));
        assert_eq!((report.user_receive_time, report.phone_number().as_str()), (None, "1"));
        assert_eq!(one(r#"{"mobile":"1","report_status":"FAIL","sid":"s"}"#).session_context, None);
    }

    #[test]
    fn a_reply_as_documented() {
        let body = r#" {"extend":"","mobile":"13711112222","nationcode":"86","sign":"腾讯云","text":"R\n好","time":1457336869,"x":true}"#;
        let reply = reply(body.as_bytes()).unwrap();
        assert_eq!(reply.phone_number(), "+8613711112222");
        assert_eq!((reply.sign_name.as_str(), reply.reply_content.as_str()), ("腾讯云", "R\n好"));
        assert_eq!((reply.reply_time, reply.extend_code.as_str()), (Some(1_457_336_869), ""));
        assert_eq!(reply.extra["x"], "true");
    }

    #[test]
    fn an_error_says_which_entry_and_member_and_the_others_are_there() {
        let body = format!(
            r#"[{REPORT},{},7,{REPORT},{}]"#,
            REPORT.replace(r#""sid":"2640:26","#, ""),
            REPORT.replace("2015-10-17 08", "2015-02-29 08"),
        );
        let error = status_reports(body.as_bytes()).unwrap_err();
        assert_eq!((error.entry(), error.member()), (Some(1), Some("sid")));
        assert_eq!(error.readable(), [one(REPORT), one(REPORT)]);
        assert_eq!(
            error.to_string(),
            "entry 1 of the push, counted from 0: the member `sid` is missing; 3 entries cannot be read"
        );

        for (entry, problem) in [
            (
                REPORT.replace("2015-10-17 08", "2015-02-29 08"),
                "`user_receive_time` is `2015-02-29 08:03:04`",
            ),
            (REPORT.replace(r#""2640:26""#, "null"), "`sid` is missing"),
            (REPORT.replace(r#""86""#, "[]"), "`nationcode` is a list"),
            (REPORT.replace(r#""86""#, "{}"), "`nationcode` is an object"),
            (REPORT.replace(r#""order-77""#, "true"), "`ext` is true or false"),
            (REPORT.replace("order-77", r"\ud800"), "`ext` is a text with a broken escape"),
            ("[]".to_owned(), "no JSON object"),
        ] {
            let error = status_reports(format!("[{entry}]").as_bytes()).unwrap_err();
            assert_eq!((error.entry(), error.readable().len()), (Some(0), 0));
            assert!(error.to_string().contains(problem), "{error}");
        }
    }

    #[test]
    fn what_is_no_push_is_told_as_such() {
        for (body, of_reports, of_reply) in [
            ("", "empty", "empty"),
            (" \n", "empty", "empty"),
            ("{}", "the URL for replies", "`mobile` is missing"),
            ("[]", "", "the URL for status reports"),
            ("[{}", "ends too early", "the URL for status reports"),
            ("<html>", "malformed", "malformed"),
            (r#""13711112222""#, "something else", "something else"),
            ("[]x", "malformed", "the URL for status reports"),
        ] {
            let told = |outcome: Result<usize, ReceiveError>| match outcome {
                Ok(count) => "x".repeat(count),
                Err(error) => {
                    assert_eq!(error.entry(), None);
                    error.to_string()
                }
            };
            let (found, found_reply) = (
                told(status_reports(body.as_bytes()).map(|reports| reports.len())),
                told(reply(body.as_bytes()).map(|_| 1)),
            );
            assert!(found.contains(of_reports), "{body}: {found}");
            assert!(found_reply.contains(of_reply), "{body}: {found_reply}");
        }
        assert_eq!(status_reports(b"[]"), Ok(Vec::new()));
        assert!(status_reports(b"[\"\xff\"]").unwrap_err().to_string().contains("UTF-8"));
    }

    #[test]
    fn no_error_shows_a_phone_number_or_a_text() {
        for body in [
            r#"[{"mobile":"13711112222","ext":"SECRET"}]"#,
            r#"["13711112222"]"#,
            r#"{"mobile":"13711112222","text":true}"#,
            r#"{"13711112222":SECRET"#,
        ] {
            for error in [status_reports(body.as_bytes()).err(), reply(body.as_bytes()).err()] {
                let Some(error) = error else { panic!("{body}") };
                let shown = format!("{error} {error:?}");
                assert!(!shown.contains("13711112222") && !shown.contains("SECRET"), "{shown}");
            }
        }
        let body = format!("[{REPORT},1]");
        assert!(!format!("{:?}", status_reports(body.as_bytes()).unwrap_err()).contains("13711112222"));
    }

    #[test]
    fn the_answers_are_json() {
        assert_eq!(ACCEPTED, r#"{"result":0,"errmsg":"OK"}"#);
        assert_eq!(refused("no \"disk\"\n"), r#"{"result":1,"errmsg":"no \"disk\"\n"}"#);
    }

    #[test]
    fn times_are_those_of_beijing() {
        for (text, time) in [
            ("1970-01-01 08:00:00", Some(0)),
            ("2019-10-08 17:18:37", Some(1_570_526_317)),
            ("2026-11-25 11:00:00", Some(1_795_575_600)),
            ("2000-02-29 00:00:00", Some(951_753_600)),
            ("2000-03-01 00:00:00", Some(951_840_000)),
            ("0000-01-01 08:00:00", Some(-62_167_219_200)),
            ("2100-02-29 00:00:00", None),
            ("2026-13-01 00:00:00", None),
            ("2026-00-01 00:00:00", None),
            ("2026-01-00 00:00:00", None),
            ("2026-11-25 24:00:00", None),
            ("2026-11-25 11:60:00", None),
            ("2026-11-25 11:00", None),
            ("2026-11-25 11:00:00:00", None),
            ("2026-11-5 11:00:00", None),
            ("2026-11-25", None),
            ("２０26-11-25 11:00:00", None),
        ] {
            assert_eq!(beijing_time(text), time, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_time_written_by_the_signing_crates_calendar_is_read_back(time in 0_i64..4_000_000_000) {
            let second = time % 86_400;
            let text = format!("{} {:02}:{:02}:{:02}",
                tcsms_auth::UtcDate::of(time), second / 3_600, second / 60 % 60, second % 60);
            prop_assert_eq!(beijing_time(&text), Some(time - 8 * 3_600));
        }

        #[test]
        fn no_body_is_too_odd(body in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = status_reports(&body);
            let _ = reply(&body);
        }
    }
}
