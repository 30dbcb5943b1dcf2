//! What the service pushes: every readable report is read, times are right, and no error shows a number or a text.

use serde_json::{Value, json};
use tcsms::receive::{StatusReport, refused, reply, status_reports};

use crate::fields::Fields;

pub(crate) fn run(data: &[u8]) {
    let (reports, single) = (status_reports(data), reply(data));
    assert!(reports.is_err() || single.is_err(), "both reports and a reply");
    let known = serde_json::from_slice::<Value>(data).ok();
    if let Some(Value::Array(entries)) = &known {
        match &reports {
            Ok(reports) => {
                assert_eq!(reports.len(), entries.len());
                for (report, entry) in reports.iter().zip(entries) {
                    against_json(report, entry);
                }
            }
            Err(error) => {
                let bad = error.entry().expect("an array is readable as a whole");
                assert!(error.readable().len() < entries.len());
                for (report, entry) in error.readable().iter().zip(&entries[..bad]) {
                    against_json(report, entry);
                }
            }
        }
    }
    if let (Ok(single), Some(known)) = (&single, &known) {
        assert!(known["text"].as_str().is_none_or(|text| text == single.reply_content));
        assert!(known["mobile"].as_str().is_none_or(|number| number == single.subscriber_number));
    }

    let text = String::from_utf8_lossy(data);
    let answer: Value = serde_json::from_str(&refused(&text)).expect("the answer to a push is JSON");
    assert_eq!(answer, json!({"result": 1, "errmsg": text}));
    written_by_us(data);
}

fn against_json(report: &StatusReport, entry: &Value) {
    for (name, found) in [
        ("mobile", &report.subscriber_number),
        ("nationcode", &report.country_code),
        ("report_status", &report.report_status),
        ("errmsg", &report.code),
        ("description", &report.description),
        ("sid", &report.serial_no),
    ] {
        match &entry[name] {
            Value::String(text) => assert_eq!(text, found, "{name}"),
            Value::Null => assert_eq!("", found, "{name}"),
            Value::Number(_) => assert!(!found.is_empty(), "{name}"),
            other => panic!("{name} was {other} and became {found:?}"),
        }
    }
    assert_eq!(report.is_delivered(), entry["report_status"] == "SUCCESS");
    if let Value::String(context) = &entry["ext"] {
        assert_eq!(Some(context), report.session_context.as_ref());
    }
    assert!(report.extra.keys().all(|name| entry.get(name).is_some()));
}

/// Pushes whose content is known because they are made here.
fn written_by_us(data: &[u8]) {
    let mut fields = Fields::of(data);
    let [year, month, day, hour, minute, second] =
        [9_999, 14, 33, 25, 61, 61].map(|most| fields.number() % most);
    let time = format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}");
    let number = format!("Zq7{}", fields.text());
    let text = fields.text();
    let push = json!([{"mobile": number, "report_status": "FAIL", "sid": text, "user_receive_time": time}]);
    let expected = unix_time([year, month, day, hour, minute, second]);
    match status_reports(push.to_string().as_bytes()) {
        Ok(reports) => {
            assert_eq!(reports[0].user_receive_time, Some(expected.expect("no such time")), "{time}");
            assert_eq!((&reports[0].subscriber_number, &*reports[0].serial_no), (&number, &*text));
        }
        Err(error) => {
            assert_eq!(expected, None, "{time}: {error}");
            assert_eq!(error.member(), Some("user_receive_time"));
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("Zq7"), "{shown}");
        }
    }
    // A push cut short anywhere is no push, and says nothing of its content.
    let whole = json!({"mobile": number, "text": text, "time": "1"}).to_string();
    assert!(reply(whole.as_bytes()).is_ok());
    let cut = usize::try_from(hour * 60 + minute).unwrap_or_default() % whole.len();
    let error = reply(&whole.as_bytes()[..cut]).expect_err("cut short");
    assert!(!format!("{error} {error:?}").contains("Zq7"), "{error}");
}

/// The Unix time of a time in Beijing, by going through the years and months.
fn unix_time([year, month, day, hour, minute, second]: [u64; 6]) -> Option<i64> {
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let length = |year: u64, month: u64| match month {
        2 => 28 + u64::from(leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if !(1..=12).contains(&month) || day == 0 || day > length(year, month) {
        return None;
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days_since_0 = |year: u64| (0..year).map(|year| 365 + u64::from(leap(year))).sum::<u64>();
    let days = days_since_0(year) + (1..month).map(|month| length(year, month)).sum::<u64>() + day - 1;
    let days = days as i64 - days_since_0(1970) as i64;
    Some(days * 86_400 + (hour as i64 - 8) * 3_600 + minute as i64 * 60 + second as i64)
}
