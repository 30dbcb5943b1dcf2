//! The calendar day of a Unix time.

use std::fmt;

const SECONDS_A_DAY: i64 = 86_400;
/// Beijing time, which the users of the service live in, has no daylight saving.
pub(crate) const BEIJING: i64 = 8 * 3_600;

/// A calendar day in UTC, as the credential scope of TC3-HMAC-SHA256 spells it: `2026-11-25`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct UtcDate {
    // Room for the year of any 64-bit time (13 characters with its sign) and `-MM-DD`.
    text: [u8; 19],
    length: u8,
}

impl UtcDate {
    /// The day in UTC that contains this Unix time (seconds; before 1970 too). Total: every `i64` has a day.
    pub fn of(unix_seconds: i64) -> Self {
        let (year, month, day) = civil(unix_seconds.div_euclid(SECONDS_A_DAY));
        let mut text = [0; 19];
        if let 0..10_000 = year {
            let year = year.unsigned_abs();
            let parts = [year / 1_000, year / 100, year / 10, year, 0, month / 10, month, 0, day / 10, day];
            for (place, part) in text.iter_mut().zip(parts) {
                *place = b'0' + (part % 10) as u8;
            }
            text[4] = b'-';
            text[7] = b'-';
            return Self { text, length: 10 };
        }
        let other = format!("{year:0width$}-{month:02}-{day:02}", width = if year < 0 { 5 } else { 4 });
        for (place, byte) in text.iter_mut().zip(other.bytes()) {
            *place = byte;
        }
        Self { text, length: other.len() as u8 }
    }

    /// The day as text, `YYYY-MM-DD`.
    pub fn as_str(&self) -> &str {
        // The bytes are ASCII by construction.
        str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.text.get(..self.length.into()).unwrap_or_default()
    }
}

impl fmt::Display for UtcDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for UtcDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A Unix time as `2026-11-25 03:00:00`, moved east by `offset` seconds.
pub(crate) fn clock_text(unix_seconds: i64, offset: i64) -> String {
    let local = unix_seconds.saturating_add(offset);
    let second = local.rem_euclid(SECONDS_A_DAY);
    format!("{} {:02}:{:02}:{:02}", UtcDate::of(local), second / 3_600, second / 60 % 60, second % 60)
}

/// Year, month and day of the day this many days after 1970-01-01, in the Gregorian calendar.
///
/// Counts in years that begin on 1 March, so that the day a leap year adds is the last of its year.
fn civil(days_since_1970: i64) -> (i64, u64, u64) {
    const DAYS_IN_400_YEARS: i64 = 146_097;
    const FROM_0000_03_01_TO_1970: i64 = 719_468;
    let days = days_since_1970 + FROM_0000_03_01_TO_1970;
    let era = days.div_euclid(DAYS_IN_400_YEARS);
    let day_of_era = days.rem_euclid(DAYS_IN_400_YEARS);
    // Take out the leap days that came before, then divide by plain years.
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // From March on, five months have 153 days: 31, 30, 31, 30, 31, and so on.
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let (month, next_year) =
        if month_from_march < 10 { (month_from_march + 3, 0) } else { (month_from_march - 9, 1) };
    (era * 400 + year_of_era + next_year, month.unsigned_abs(), day.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_days() {
        for (time, day) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (86_399, "1970-01-01"),
            (86_400, "1970-01-02"),
            (951_782_399, "2000-02-28"),
            (951_782_400, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (1_551_113_065, "2019-02-25"),
            (1_582_934_400, "2020-02-29"),
            (1_795_541_400, "2026-11-24"),
            (1_795_575_600, "2026-11-25"),
            (4_107_542_400, "2100-03-01"),
            (4_107_542_399, "2100-02-28"),
            (253_402_300_799, "9999-12-31"),
            (253_402_300_800, "10000-01-01"),
            (1_795_575_600_000, "58869-07-11"),
            (-62_167_219_200, "0000-01-01"),
            (-62_167_219_201, "-0001-12-31"),
            (i64::MAX, "292277026596-12-04"),
            (i64::MIN, "-292277022657-01-27"),
        ] {
            assert_eq!(UtcDate::of(time).as_str(), day, "{time}");
        }
    }

    #[test]
    fn every_day_of_four_centuries_follows_the_one_before() {
        let (mut year, mut month, mut day) = (1970, 1, 1);
        for number in 0..146_097 * 2 {
            assert_eq!(civil(number), (year, month, day));
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let last = match month {
                2 if leap => 29,
                2 => 28,
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            day += 1;
            if day > last {
                (month, day) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
        }
    }

    #[test]
    fn clock_text_moves_east() {
        assert_eq!(clock_text(1_795_541_400, 0), "2026-11-24 17:30:00");
        assert_eq!(clock_text(1_795_541_400, BEIJING), "2026-11-25 01:30:00");
    }
}
