//! A phone number as it comes out of a spreadsheet.
//!
//! Spreadsheets take phone numbers for amounts. What can be undone without a doubt is undone, and said; anything else is
//! refused, because a number that is guessed belongs to somebody.

/// A number that can be sent to, and what was done to it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Phone {
    pub(crate) number: String,
    pub(crate) repair: Option<&'static str>,
}

/// Reads a cell.
pub(crate) fn read(cell: &str) -> Result<Phone, String> {
    let is_padding =
        |sign: char| sign.is_whitespace() || matches!(sign, '\u{200b}'..='\u{200f}' | '\u{feff}');
    let trimmed = cell.trim_matches(is_padding);
    let narrow: String = trimmed.chars().map(narrowed).collect();
    let mut repair = (narrow != trimmed).then_some("wide digits were made narrow");
    let mut text = narrow.as_str();

    if let Some(inner) = unwrapped(text) {
        (text, repair) = (inner, Some("it was written as a formula"));
    } else if let Some(inner) = text.strip_prefix('\'') {
        (text, repair) = (inner, Some("it was marked as text with '"));
    }
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    if is_number(text) {
        return Ok(Phone { number: text.to_owned(), repair });
    }
    let repaired = |number, repair| Ok(Phone { number, repair: Some(repair) });
    if let Some(whole) =
        text.strip_suffix(".0").or_else(|| text.strip_suffix(".00")).filter(|it| is_number(it))
    {
        return repaired(whole.to_owned(), "it was an amount with a decimal point");
    }
    if let Some(number) = grouped(text) {
        return repaired(number, "it was an amount with commas between thousands");
    }
    if let Some((mantissa, exponent)) = scientific(text) {
        return match expanded(mantissa, exponent) {
            Some(number) => repaired(number, "it was an amount in scientific form, with all its digits"),
            None => Err(format!(
                "Excel shortened it to {text}, and the digits that are missing cannot be known: format the column as text and enter the number again"
            )),
        };
    }
    let joined: String =
        text.chars().filter(|sign| !is_padding(*sign) && !matches!(sign, '-' | '(' | ')')).collect();
    if joined != text && is_number(&joined) {
        return Err(format!("it has blanks or other signs in it: write {joined}"));
    }
    if text.contains([',', ';', '/', '、', '，', '；']) {
        return Err("it holds several numbers: give each a row of its own".to_owned());
    }
    Err("it is no phone number".to_owned())
}

/// The inside of `="…"`, the way to keep a spreadsheet from reading an amount.
pub(crate) fn unwrapped(text: &str) -> Option<&str> {
    text.strip_prefix("=\"")?.strip_suffix('"')
}

/// A digit or a plus sign of East Asian width as the usual one.
fn narrowed(sign: char) -> char {
    match sign {
        '０'..='９' | '＋' => char::from_u32(u32::from(sign) - 0xfee0).unwrap_or(sign),
        other => other,
    }
}

/// Digits, with a plus sign in front or without. Which numbers exist is the service's to say.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    (3..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The digits of an amount with correct commas, `13,700,000,306`.
fn grouped(text: &str) -> Option<String> {
    let mut groups = text.split(',');
    let first = groups.next()?;
    let is_first = (1..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_digit());
    let rest: Vec<&str> = groups.collect();
    let is_group = |group: &&str| group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit());
    // Two groups are rather two short numbers than one of six digits.
    (is_first && rest.len() >= 2 && rest.iter().all(is_group)).then(|| format!("{first}{}", rest.concat()))
}

fn scientific(text: &str) -> Option<(&str, usize)> {
    let (mantissa, exponent) = text.split_once(['E', 'e'])?;
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent).parse().ok()?;
    let is_decimal = mantissa.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    (is_decimal && mantissa.starts_with(|sign: char| sign.is_ascii_digit())).then_some((mantissa, exponent))
}

/// The number, if the mantissa has every digit of it.
fn expanded(mantissa: &str, exponent: usize) -> Option<String> {
    let (whole, fraction) = mantissa.split_once('.')?;
    let number = format!("{whole}{fraction}");
    (whole.len() == 1 && fraction.len() == exponent && is_number(&number)).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_left_as_it_is() {
        for number in ["+8613711112222", "13711112222", "0085261234567", "10086"] {
            assert_eq!(read(number), Ok(Phone { number: number.to_owned(), repair: None }));
        }
        assert_eq!(read(" \u{a0}+8613711112222\t").unwrap().number, "+8613711112222");
    }

    #[test]
    fn what_a_spreadsheet_did_without_loss_is_undone_and_said() {
        for (cell, number) in [
            ("1.3700000302E+10", "13700000302"),
            ("13700000303.0", "13700000303"),
            ("=\"13700000304\"", "13700000304"),
            ("'13700000305", "13700000305"),
            ("13,700,000,306", "13700000306"),
            ("＋８６１３７１１１１２２２２", "+8613711112222"),
        ] {
            let phone = read(cell).unwrap();
            assert_eq!(phone.number, number, "{cell}");
            assert!(phone.repair.is_some(), "{cell}");
        }
    }

    #[test]
    fn what_was_lost_is_not_guessed() {
        for (cell, part) in [
            ("1.37E+10", "Excel shortened it to 1.37E+10"),
            ("1.370000E+10", "Excel shortened"),
            ("1.37E10", "Excel shortened"),
            ("", "empty"),
            ("+86 131 1111 2222", "write +8613111112222"),
            ("131-1111-2222", "write 13111112222"),
            ("13711112222,13711112223", "several numbers"),
            ("13711112222、13711112223", "several numbers"),
            ("123,456", "several numbers"),
            ("张三", "no phone number"),
            ("13711112222x", "no phone number"),
            ("13700000303.5", "no phone number"),
            ("+", "no phone number"),
        ] {
            let fault = read(cell).unwrap_err();
            assert!(fault.contains(part), "{cell}: {fault}");
        }
    }
}
