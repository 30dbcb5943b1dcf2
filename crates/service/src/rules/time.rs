//! The Beijing calendar (UTC+8, no daylight saving), which every day, hour and text time of the service uses.

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
const BEIJING: i64 = 8 * HOUR;

/// Reads `yyyymmddhh` in Beijing time and returns the Unix second at which that hour begins; `None` when it is
/// not ten ASCII digits or no hour of the calendar.
#[must_use]
pub fn parse_hour(text: &str) -> Option<i64> {
    if text.len() != 10 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day, hour) = (part(0, 4)?, part(4, 6)?, part(6, 8)?, part(8, 10)?);
    let days = days_from_civil(year, month, day);
    let real = civil_from_days(days) == (year, month, day) && hour < 24;
    real.then_some(days * DAY + hour * HOUR - BEIJING)
}

/// Reads `2019-10-08 17:18:37` in Beijing time and returns the Unix second; `None` when it is written otherwise or is
/// no time of the calendar.
#[must_use]
pub fn parse_second(text: &str) -> Option<i64> {
    let part = |from: usize, to: usize| {
        let digits = text.get(from..to)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<i64>().ok()).flatten()
    };
    let hour = format!("{:04}{:02}{:02}{:02}", part(0, 4)?, part(5, 7)?, part(8, 10)?, part(11, 13)?);
    let at = parse_hour(&hour)? + part(14, 16)? * 60 + part(17, 19)?;
    // Only what is written in this very form, and with minutes and seconds below 60, comes out as it went in.
    (format_second(at) == text).then_some(at)
}

/// Writes a Unix second as `2019-10-08 17:18:37` in Beijing time, the text form of version 2019-07-11.
#[must_use]
pub fn format_second(at: i64) -> String {
    let (year, month, day) = civil_from_days(beijing_day(at));
    let second = (at + BEIJING).rem_euclid(DAY);
    let (hour, minute) = (second / HOUR, second / 60 % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{:02}", second % 60)
}

/// Why a span of time cannot be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanFault {
    /// It begins earlier than the service looks back.
    BeginTooOld,
    /// It begins in the future.
    BeginAhead,
    /// It ends in the future.
    EndAhead,
    /// It ends before it begins.
    Reversed,
}

/// The span from `begin` to `end` (absent: now), in Unix seconds, when it begins within the last `reach` seconds and
/// ends at most `slack` seconds ahead.
///
/// # Errors
/// The first [`SpanFault`], in the order of the variants.
pub fn span(begin: u64, end: Option<u64>, now: i64, reach: i64, slack: i64) -> Result<(i64, i64), SpanFault> {
    let signed = |at: u64| i64::try_from(at).unwrap_or(i64::MAX);
    let (begin, end) = (signed(begin), end.map_or(now, signed));
    if begin < now.saturating_sub(reach) {
        Err(SpanFault::BeginTooOld)
    } else if begin > now {
        Err(SpanFault::BeginAhead)
    } else if end > now.saturating_add(slack) {
        Err(SpanFault::EndAhead)
    } else if begin > end {
        Err(SpanFault::Reversed)
    } else {
        Ok((begin, end))
    }
}

/// Whether a marketing text may be sent at this Unix second: documented as 08:00 to 22:00 in Beijing; 08:00:00 is
/// in, 22:00:00 is out (our choice).
#[must_use]
pub fn in_marketing_hours(at: i64) -> bool {
    (8..22).contains(&hour_of_day(at))
}

/// The hour of the day in Beijing, 0 to 23.
fn hour_of_day(at: i64) -> i64 {
    (at + BEIJING).rem_euclid(DAY) / HOUR
}

/// The calendar day in Beijing, counted from 1970-01-01.
fn beijing_day(at: i64) -> i64 {
    (at + BEIJING).div_euclid(DAY)
}

/// Days from 1970-01-01 to the first of January of a year.
fn days_before_year(year: i64) -> i64 {
    let past = year - 1;
    365 * (year - 1970) + past.div_euclid(4) - past.div_euclid(100) + past.div_euclid(400)
        - LEAP_DAYS_BEFORE_1970
}

const LEAP_DAYS_BEFORE_1970: i64 = 1969 / 4 - 1969 / 100 + 1969 / 400;

fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let before_month = match month {
        1 => 0,
        2 => 31,
        // From March on, months of 31 and 30 days alternate with one step at August.
        _ => 59 + i64::from(leap) + (306 * (month - 3) + 5) / 10,
    };
    days_before_year(year) + before_month + day - 1
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    // The average year has 365.2425 days, so the guess is at most one year off.
    let mut year = 1970 + (days * 400).div_euclid(146_097);
    if days_before_year(year + 1) <= days {
        year += 1;
    } else if days_before_year(year) > days {
        year -= 1;
    }
    let month = (2..=12).rev().find(|month| days_from_civil(year, *month, 1) <= days).unwrap_or(1);
    (year, month, days - days_from_civil(year, month, 1) + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_instants() {
        assert_eq!(parse_hour("1970010108"), Some(0));
        assert_eq!(parse_hour("2026112511"), Some(1_795_575_600));
        assert_eq!(parse_hour("2024022900"), Some(1_709_136_000));
        assert_eq!(format_second(1_570_526_317), "2019-10-08 17:18:37");
    }

    #[test]
    fn what_is_no_hour_is_refused() {
        for text in [
            "",
            "20261125",
            "20261125111",
            "2026112524",
            "2026113100",
            "2026022900",
            "2026001000",
            "2026130100",
            "2026110000",
            "2026-11-25",
            "+202611250",
            "２０２６",
        ] {
            assert_eq!(parse_hour(text), None, "{text}");
        }
    }

    #[test]
    fn marketing_hours_have_sharp_edges() {
        let at = |hour: &str| parse_hour(&format!("20261125{hour}")).unwrap();
        assert!(!in_marketing_hours(at("08") - 1));
        assert!(in_marketing_hours(at("08")));
        assert!(in_marketing_hours(at("22") - 1));
        assert!(!in_marketing_hours(at("22")));
        assert!(!in_marketing_hours(1_795_575_600 + 43_200), "23:00");
    }

    #[test]
    fn seconds_are_read_in_the_form_that_they_are_written_in() {
        assert_eq!(parse_second("2019-10-08 17:18:37"), Some(1_570_526_317));
        for text in [
            "",
            "2019-10-08",
            "2019-10-08T17:18:37",
            "2019-10-08 17:18",
            "2019-10-08 17:60:37",
            "2019-10-08 17:18:60",
            "2019-02-29 00:00:00",
            "2019-10-8 17:18:37",
            " 2019-10-08 17:18:37",
            "2019-10-08 17:18:37Z",
            "二〇一九年十月八日",
        ] {
            assert_eq!(parse_second(text), None, "{text}");
        }
    }

    #[test]
    fn spans_have_sharp_edges() {
        const NOW: i64 = 1_795_575_600;
        let now = NOW.unsigned_abs();
        let check = |begin, end| span(begin, end, NOW, 100, 60);
        assert_eq!(check(now - 100, None), Ok((NOW - 100, NOW)));
        assert_eq!(check(now, Some(now + 60)), Ok((NOW, NOW + 60)));
        assert_eq!(check(now - 101, None), Err(SpanFault::BeginTooOld));
        assert_eq!(check(now + 1, None), Err(SpanFault::BeginAhead));
        assert_eq!(check(now, Some(now + 61)), Err(SpanFault::EndAhead));
        assert_eq!(check(now, Some(now - 1)), Err(SpanFault::Reversed));
        assert_eq!(check(u64::MAX, None), Err(SpanFault::BeginAhead));
        assert_eq!(check(now, Some(u64::MAX)), Err(SpanFault::EndAhead));
    }

    proptest! {
        #[test]
        fn hours_round_trip(hour in 0..2_500_000_i64) {
            let at = hour * HOUR;
            let digits: String = format_second(at + 3599).chars().filter(char::is_ascii_digit).take(10).collect();
            prop_assert_eq!(parse_hour(&digits), Some(at));
            prop_assert_eq!(parse_second(&format_second(at + hour % HOUR)), Some(at + hour % HOUR));
        }

        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            let _ = parse_hour(&text);
            let _ = parse_second(&text);
        }
    }
}
