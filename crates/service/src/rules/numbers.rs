//! Phone numbers: the forms that are accepted, the canonical form, the country.
//!
//! Documented forms: `+` and the country code for every country; for the Chinese mainland also `0086`, `86` or
//! nothing before the eleven digits. Blanks, hyphens and every other character are refused, never removed: an
//! application that sends them has a number it did not check. Hong Kong, Macau and Taiwan count as global.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber};

/// The IsoCode of a number whose country is not known, as documented.
pub const UNKNOWN_COUNTRY: &str = "DEF";

/// A phone number that could be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// The canonical form: `+`, country code, subscriber number, as in `+8618501234444`.
    pub e164: String,
    /// The country code's digits, such as `86`.
    pub country_code: String,
    /// The two letters of ISO 3166, or [`UNKNOWN_COUNTRY`] for a code shared by countries that cannot be told
    /// apart, or by none (satellite networks).
    pub iso: String,
    /// Whether it is a number of the Chinese mainland.
    pub mainland: bool,
}

impl Number {
    /// The digits after the country code.
    #[must_use]
    pub fn subscriber(&self) -> &str {
        self.e164.get(1 + self.country_code.len()..).unwrap_or_default()
    }
}

/// Reads a number in one of the documented forms; `None` when it is none.
///
/// Mainland numbers are `1`, a digit from 3 to 9 and nine more digits, after one leading 0 behind `+86` is removed
/// (the documentation's own example is `+86018501234444`). Other countries are read by libphonenumber's tables and
/// accepted when the number has a possible length there: a test may use numbers that nobody owns.
#[must_use]
pub fn parse(text: &str) -> Option<Number> {
    if let Some(digits) = text.strip_prefix('+') {
        if !all_digits(digits) {
            return None;
        }
        return match digits.strip_prefix("86") {
            Some(subscriber) => mainland(subscriber.strip_prefix('0').unwrap_or(subscriber)),
            None => global(text),
        };
    }
    match text.len() {
        11 => mainland(text),
        13 => mainland(text.strip_prefix("86")?),
        15 => mainland(text.strip_prefix("0086")?),
        _ => None,
    }
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn mainland(subscriber: &str) -> Option<Number> {
    match subscriber.as_bytes() {
        [b'1', b'3'..=b'9', rest @ ..] if rest.len() == 9 && rest.iter().all(u8::is_ascii_digit) => {
            Some(Number {
                e164: format!("+86{subscriber}"),
                country_code: "86".to_owned(),
                iso: "CN".to_owned(),
                mainland: true,
            })
        }
        _ => None,
    }
}

fn global(text: &str) -> Option<Number> {
    // An E.164 number has at most 15 digits; one more is a trunk 0 that libphonenumber removes.
    if text.len() > 17 {
        return None;
    }
    let number = PhoneNumber::parse(text, None).ok()?;
    if !PHONE_NUMBER_UTIL.is_possible_number(&number) {
        return None;
    }
    let e164 = number.to_string();
    // Where a trunk 0 was removed, what is left must not read as yet another number.
    if e164 != text && PhoneNumber::parse(&e164, None).as_ref() != Ok(&number) {
        return None;
    }
    let iso = number.get_region_code().map(|region| region.to_string()).filter(|code| code.len() == 2);
    Some(Number {
        e164,
        country_code: number.country_code.to_string(),
        iso: iso.unwrap_or_else(|| UNKNOWN_COUNTRY.to_owned()),
        mainland: false,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn canonical(text: &str) -> Option<String> {
        parse(text).map(|number| number.e164)
    }

    #[test]
    fn every_documented_mainland_form_gives_the_same_number() {
        for text in ["+8613700000002", "8613700000002", "008613700000002", "13700000002", "+86013700000002"] {
            let number = parse(text).unwrap();
            assert_eq!(number.e164, "+8613700000002", "{text}");
            assert_eq!(
                (number.country_code.as_str(), number.iso.as_str(), number.subscriber(), number.mainland),
                ("86", "CN", "13700000002", true)
            );
        }
    }

    #[test]
    fn what_is_no_mainland_number_is_refused() {
        for text in [
            "",
            "+",
            "86",
            "+86",
            "12345",
            "+8612345678902",
            "+8621212313123",
            "+861370000000",
            "+86137000000021",
            "+860013700000002",
            "086013700000002",
            "23700000002",
            "１３７００００００２２",
            "+８613700000002",
        ] {
            assert_eq!(canonical(text), None, "{text:?}");
        }
    }

    #[test]
    fn blanks_and_joined_numbers_are_refused_not_mended() {
        for text in [
            "+86 13700000002",
            " +8613700000002",
            "+8613700000002 ",
            "+86-137-0000-0002",
            "137 0000 0002",
            "+8613700000001,+8613700000002",
            "+8613700000001;+8613700000002",
            "+852 61234567",
            "tel:+85261234567",
            "+85261234567;ext=1",
        ] {
            assert_eq!(canonical(text), None, "{text:?}");
        }
    }

    #[test]
    fn hong_kong_macau_and_taiwan_are_global() {
        for (text, code, iso) in [
            ("+85261234567", "852", "HK"),
            ("+85366123456", "853", "MO"),
            ("+886912345678", "886", "TW"),
            ("+60198890000", "60", "MY"),
            ("+12025550123", "1", "US"),
            ("+447400123456", "44", "GB"),
        ] {
            let number = parse(text).unwrap();
            assert_eq!(
                (number.e164.as_str(), number.country_code.as_str(), number.iso.as_str(), number.mainland),
                (text, code, iso, false)
            );
        }
    }

    #[test]
    fn a_country_code_is_needed_outside_the_mainland() {
        for text in
            ["85261234567", "0085261234567", "+99912345678", "+0852123456", "+85261", "+852612345671234"]
        {
            assert_eq!(canonical(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_trunk_0_is_removed_when_a_number_is_left() {
        assert_eq!(canonical("+4407400123456").as_deref(), Some("+447400123456"));
        assert_eq!(canonical("+4300000000000"), None, "what is left would read as yet another number");
    }

    proptest! {
        #[test]
        fn the_canonical_form_is_a_fixed_point(text in "\\+?[0-9]{1,17}") {
            if let Some(number) = parse(&text) {
                prop_assert_eq!(parse(&number.e164), Some(number));
            }
        }

        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            if let Some(number) = parse(&text) {
                prop_assert_eq!(format!("+{}{}", number.country_code, number.subscriber()), number.e164.clone());
                prop_assert!(number.e164.len() <= 16);
            }
        }

        #[test]
        fn only_eleven_digits_from_13_to_19_are_mainland(text in "(\\+86|86|0086|\\+860|)[0-9]{10,12}") {
            if let Some(number) = parse(&text).filter(|number| number.mainland) {
                prop_assert_eq!(number.subscriber().len(), 11);
                prop_assert!(("13".."20").contains(&&number.subscriber()[..2]));
            }
        }
    }
}
