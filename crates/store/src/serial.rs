//! Serial numbers: they look like those of the service and contain the id of the message's row, so that no index is
//! needed to find a message by its serial number.
//!
//! They are scrambled to look alike, not to keep a secret. A serial number that decodes is not proof that it was
//! given out: whoever looks it up compares it with the one that is stored.

/// Ten digits, seven digits: the parts of a mainland number that are free.
const TEN: u64 = 10_000_000_000;
const SEVEN: u64 = 10_000_000;
/// Factors without 2 or 5 in them, so that multiplying modulo a power of ten can be undone.
const TEN_FACTOR: u64 = 3_141_592_653;
const SEVEN_FACTOR: u64 = 2_718_281;
const TEN_INVERSE: u64 = inverse(TEN_FACTOR, TEN);
const SEVEN_INVERSE: u64 = inverse(SEVEN_FACTOR, SEVEN);
const TEN_SHIFT: u64 = 2_627_279_678;

/// Sixty bits: the part of a UUID that holds the id.
const SIXTY: u64 = (1 << 60) - 1;
const SIXTY_FACTOR: u64 = 0x9e3_779b_97f4_a7c1;
const SIXTY_INVERSE: u64 = inverse_of_odd(SIXTY_FACTOR);

/// The serial number of a message to the mainland: four digits, a colon and 27 digits, of which the 11th to the 20th
/// are the second of sending.
pub(crate) fn mainland(id: i64, at: i64) -> String {
    let id = id.unsigned_abs();
    let second = at.rem_euclid(TEN as i64) as u64;
    let free = multiply(id % TEN, TEN_FACTOR, TEN).wrapping_add(TEN_SHIFT) % TEN;
    let tail = (multiply(id / TEN % SEVEN, SEVEN_FACTOR, SEVEN) + tail_shift(free, second)) % SEVEN;
    format!("{:04}:{free:010}{second:010}{tail:07}", node(free, second, tail))
}

/// The serial number of any other message: a lower-case UUID.
pub(crate) fn global(id: i64, at: i64) -> String {
    let high = scramble(id.unsigned_abs() & SIXTY);
    let low = mix(high ^ (at as u64).rotate_left(32));
    let digits = format!("{high:015x}");
    let (first, rest) = digits.split_at(8);
    let (second, third) = rest.split_at(4);
    format!("{first}-{second}-4{third}-{:04x}-{:012x}", 0x8000 | (low >> 50), low & 0xffff_ffff_ffff)
}

/// The id that this serial number contains, or `None` when it has neither form.
pub(crate) fn id_in(serial: &str) -> Option<i64> {
    let id = if serial.contains(':') { mainland_id(serial) } else { global_id(serial) };
    id.and_then(|id| i64::try_from(id).ok())
}

fn mainland_id(serial: &str) -> Option<u64> {
    let (given_node, digits) = serial.split_once(':')?;
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if given_node.len() != 4 || digits.len() != 27 || !all_digits(given_node) || !all_digits(digits) {
        return None;
    }
    let number = |range| digits.get(range).and_then(|text: &str| text.parse::<u64>().ok());
    let (free, second, tail) = (number(0..10)?, number(10..20)?, number(20..27)?);
    if given_node.parse() != Ok(node(free, second, tail)) {
        return None;
    }
    let low = multiply((free + TEN - TEN_SHIFT) % TEN, TEN_INVERSE, TEN);
    let high = multiply((tail + SEVEN - tail_shift(free, second)) % SEVEN, SEVEN_INVERSE, SEVEN);
    Some(high * TEN + low)
}

fn global_id(serial: &str) -> Option<u64> {
    let groups: Vec<&str> = serial.split('-').collect();
    let [first, second, third, fourth, fifth] = groups.as_slice() else { return None };
    let hex = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let lengths = groups.iter().map(|group| group.len());
    if !lengths.eq([8, 4, 4, 4, 12]) || !hex(fourth) || !hex(fifth) {
        return None;
    }
    let digits = format!("{first}{second}{}", third.strip_prefix('4')?);
    if !hex(&digits) {
        return None;
    }
    u64::from_str_radix(&digits, 16).ok().map(unscramble)
}

/// The four digits in front: they look like the number of a node and check the others.
fn node(free: u64, second: u64, tail: u64) -> u64 {
    1000 + mix(free ^ second.rotate_left(20) ^ tail.rotate_left(40)) % 9000
}

fn tail_shift(free: u64, second: u64) -> u64 {
    mix(free.rotate_left(17) ^ second) % SEVEN
}

fn scramble(value: u64) -> u64 {
    let value = value ^ (value >> 30);
    let value = value.wrapping_mul(SIXTY_FACTOR) & SIXTY;
    value ^ (value >> 30)
}

fn unscramble(value: u64) -> u64 {
    let value = value ^ (value >> 30);
    let value = value.wrapping_mul(SIXTY_INVERSE) & SIXTY;
    value ^ (value >> 30)
}

/// Spreads every bit of the value over all others.
fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    let value = (value ^ (value >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    value ^ (value >> 32)
}

const fn multiply(left: u64, right: u64, modulus: u64) -> u64 {
    (left as u128 * right as u128 % modulus as u128) as u64
}

/// The inverse of `value` modulo a power of ten of at least ten: `value` to the power of (the order of the group - 1).
const fn inverse(value: u64, modulus: u64) -> u64 {
    // Four tenths of the residues modulo a power of ten can be inverted.
    let mut exponent = modulus / 10 * 4 - 1;
    let (mut result, mut base) = (1, value);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = multiply(result, base, modulus);
        }
        base = multiply(base, base, modulus);
        exponent >>= 1;
    }
    result
}

/// The inverse of an odd number modulo a power of two: each step doubles the number of right bits.
const fn inverse_of_odd(value: u64) -> u64 {
    let mut result = value;
    let mut step = 0;
    while step < 6 {
        result = result.wrapping_mul(2_u64.wrapping_sub(value.wrapping_mul(result)));
        step += 1;
    }
    result
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// Ids around every border of the encoding up to the largest that a mainland number holds, and many between.
    fn ids() -> impl Iterator<Item = i64> {
        let borders = [1, TEN as i64, 2 * TEN as i64, 1 << 32, 1 << 56, 99_999_999_999_999_998];
        let around = borders.into_iter().flat_map(|border| border - 1..=border + 1);
        let spread = (0..20_000_i64).map(|index| (mix(index as u64) >> (8 + index % 50)) as i64);
        around.chain(0..5_000).chain(spread)
    }

    #[test]
    fn the_id_comes_back_out_of_both_forms() {
        for id in ids() {
            for at in [0, 1_795_575_600, 9_999_999_999] {
                assert_eq!(id_in(&mainland(id, at)), Some(id), "mainland {id} at {at}");
                assert_eq!(id_in(&global(id, at)), Some(id), "global {id} at {at}");
            }
        }
    }

    #[test]
    fn different_ids_have_different_serial_numbers() {
        let ids: HashSet<i64> = ids().collect();
        let mainland: HashSet<String> = ids.iter().map(|id| mainland(*id, 1_795_575_600)).collect();
        let global: HashSet<String> = ids.iter().map(|id| global(*id, 1_795_575_600)).collect();
        assert_eq!((mainland.len(), global.len()), (ids.len(), ids.len()));
    }

    #[test]
    fn they_have_the_documented_form() {
        let serial = mainland(1, 1_658_650_075);
        let (node, digits) = serial.split_once(':').unwrap();
        assert_eq!((node.len(), digits.len()), (4, 27));
        assert_eq!(&digits[10..20], "1658650075");
        assert!(node.bytes().chain(digits.bytes()).all(|byte| byte.is_ascii_digit()), "{serial}");

        let serial = global(1, 1_658_650_075);
        assert_eq!(serial.len(), 36);
        assert_eq!(serial, serial.to_lowercase());
        assert_eq!(&serial[14..15], "4", "version in {serial}");
        assert!(matches!(&serial[19..20], "8" | "9" | "a" | "b"), "variant in {serial}");
    }

    #[test]
    fn what_has_not_the_form_contains_no_id() {
        let good = mainland(77, 1_795_575_600);
        let mut wrong_node = good.clone();
        wrong_node.replace_range(0..1, if good.starts_with('9') { "1" } else { "9" });
        let uuid = global(77, 1_795_575_600);
        let upper = uuid.to_uppercase();
        let version_1 = format!("{}1{}", &uuid[..14], &uuid[15..]);
        let signed = format!("+{}", &uuid[1..]);
        for serial in [
            "",
            ":",
            "-",
            "2640:26272796781658650075777876",
            &wrong_node,
            &good[1..],
            &upper,
            &version_1,
            &signed,
            "一二三四:1",
        ] {
            assert_eq!(id_in(serial), None, "{serial}");
        }
    }
}
