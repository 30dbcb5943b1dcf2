//! The texts that are pushed, as documented: an array of reports, or one reply. All members of a report are texts.

use serde::Serialize;
use tcsms_store::Report;

use crate::delivery::ENDINGS;
use crate::rules::time;

/// The most reports of one push, as documented.
pub(crate) const REPORTS_MAX: usize = 100;

#[derive(Serialize)]
struct Status<'a> {
    user_receive_time: String,
    nationcode: &'a str,
    mobile: &'a str,
    report_status: &'static str,
    errmsg: &'a str,
    description: &'static str,
    sid: &'a str,
    ext: &'a str,
}

/// A person's reply.
#[derive(Serialize)]
pub(crate) struct Reply<'a> {
    /// The extension number that the message was sent with.
    pub(crate) extend: &'a str,
    /// The number without `+` and country code.
    pub(crate) mobile: &'a str,
    pub(crate) nationcode: &'a str,
    /// The signature of the message that was answered.
    pub(crate) sign: &'a str,
    pub(crate) text: &'a str,
    /// Unix seconds.
    pub(crate) time: i64,
}

/// The text of a push of reports. The sender's context goes along only where that is opened.
pub(crate) fn status<'a>(reports: impl Iterator<Item = &'a Report>, with_context: bool) -> String {
    let list: Vec<Status<'_>> = reports
        .map(|report| Status {
            user_receive_time: time::format_second(report.receipt.at),
            nationcode: &report.country_code,
            mobile: report.subscriber(),
            report_status: if report.receipt.delivered { "SUCCESS" } else { "FAIL" },
            errmsg: &report.receipt.word,
            description: description(report),
            sid: &report.serial,
            ext: if with_context { &report.session_context } else { "" },
        })
        .collect();
    json(&list)
}

/// The text of a push of one reply.
pub(crate) fn reply(reply: &Reply<'_>) -> String {
    json(reply)
}

/// What the code word means. The documentation shows the words for success; those for failures are ours.
fn description(report: &Report) -> &'static str {
    if report.receipt.delivered {
        return "用户短信送达成功";
    }
    let known = ENDINGS.iter().find(|ending| ending.fate.word() == report.receipt.word);
    known.map_or("delivery failed", |ending| ending.meaning)
}

fn json(value: &impl Serialize) -> String {
    // Texts and numbers always serialise; the fallback only spares this path an error of its own.
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use tcsms_store::Receipt;

    use super::*;

    fn report(delivered: bool, word: &str) -> Report {
        Report {
            serial: "2640:1".to_owned(),
            phone: "+8613700000001".to_owned(),
            country_code: "86".to_owned(),
            session_context: "order-77".to_owned(),
            sent_at: 0,
            receipt: Receipt { delivered, word: word.to_owned(), at: 1_445_040_184 },
        }
    }

    #[test]
    fn reports_have_the_documented_form() {
        assert_eq!(
            status([report(true, "DELIVRD")].iter(), true),
            "[{\"user_receive_time\":\"2015-10-17 08:03:04\",\"nationcode\":\"86\",\"mobile\":\"13700000001\",\
             \"report_status\":\"SUCCESS\",\"errmsg\":\"DELIVRD\",\"description\":\"用户短信送达成功\",\
             \"sid\":\"2640:1\",\"ext\":\"order-77\"}]"
        );
        let two = status([report(false, "MK:0024"), report(false, "NEW")].iter(), false);
        let list: serde_json::Value = serde_json::from_str(&two).unwrap();
        assert_eq!((&list[0]["report_status"], &list[0]["ext"]), (&"FAIL".into(), &"".into()));
        assert_eq!(list[0]["description"], "China Mobile: the phone is off");
        assert_eq!(list[1]["description"], "delivery failed");
    }

    #[test]
    fn a_reply_has_the_documented_form() {
        let answer = Reply {
            extend: "",
            mobile: "13700000001",
            nationcode: "86",
            sign: "腾讯云",
            text: "R",
            time: 1_457_336_869,
        };
        assert_eq!(
            reply(&answer),
            "{\"extend\":\"\",\"mobile\":\"13700000001\",\"nationcode\":\"86\",\"sign\":\"腾讯云\",\"text\":\"R\",\
             \"time\":1457336869}"
        );
    }
}
