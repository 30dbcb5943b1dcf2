//! Durations as people write them: a whole number and a unit, such as `500ms`, `1s`, `5m`, `24h` or `7d`.

use std::time::Duration;

/// How a duration must be written, for error messages.
pub(crate) const FORM: &str =
    "a whole number and one of the units ms, s, m, h and d, such as \"500ms\", \"1s\" or \"24h\"";

const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

/// Reads a duration; `None` when it is written otherwise or is longer than 100 years.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    const LONGEST: u64 = 36_525 * 86_400_000;
    let digits = text.find(|character: char| !character.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(digits)?;
    let factor = UNITS.iter().find(|(name, _)| *name == unit)?.1;
    let milliseconds = number.parse::<u64>().ok()?.checked_mul(factor)?;
    (milliseconds <= LONGEST).then(|| Duration::from_millis(milliseconds))
}

/// Writes milliseconds in the largest unit that divides them; negative ones with a `-`.
pub(crate) fn format_ms(milliseconds: i64) -> String {
    let sign = if milliseconds < 0 { "-" } else { "" };
    let size = milliseconds.unsigned_abs();
    let (unit, factor) = match size {
        0 => ("s", 1000),
        _ => UNITS.into_iter().find(|(_, factor)| size.is_multiple_of(*factor)).unwrap_or(("ms", 1)),
    };
    format!("{sign}{}{unit}", size / factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit() {
        for (text, milliseconds) in [
            ("0s", 0),
            ("500ms", 500),
            ("1s", 1000),
            ("5m", 300_000),
            ("24h", 86_400_000),
            ("7d", 604_800_000),
        ] {
            assert_eq!(parse(text), Some(Duration::from_millis(milliseconds)), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in
            ["", "1", "s", "1 s", "-1s", "+1s", "1.5s", "1S", "1y", "１s", "99999999999999999999s", "40000d"]
        {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn written_in_the_largest_unit() {
        for (milliseconds, text) in
            [(0, "0s"), (86_400_000, "1d"), (90_000_000, "25h"), (1500, "1500ms"), (-601_000, "-601s")]
        {
            assert_eq!(format_ms(milliseconds), text);
        }
    }
}
