//! How many segments a text takes, which is also its fee.
//!
//! Documented: mainland texts have 70 characters in one segment, or 67 in each of several. Global texts that use
//! only GSM characters have 160 or 153, where `^ | € { } [ ] ~ \` count two; other global texts count as on the
//! mainland. A character beyond the basic plane counts two wherever 70 is the limit: it takes two places on the
//! air (our choice). A carrier may cut one segment more when a two-place GSM character falls on a border; the
//! documented rule is the one that is billed.

/// The segments of a mainland text, signature included; 1 for an empty text.
#[must_use]
pub fn mainland(text: &str) -> u32 {
    count(text.encode_utf16().count(), 70, 67)
}

/// The segments of a global text, signature included; 1 for an empty text.
#[must_use]
pub fn global(text: &str) -> u32 {
    match gsm_places(text) {
        Some(places) => count(places, 160, 153),
        None => mainland(text),
    }
}

/// The first character that is not in the GSM alphabet, and its place, counted from 1: what makes a global text count
/// as on the mainland.
#[must_use]
pub fn first_outside_gsm(text: &str) -> Option<(usize, char)> {
    (1..).zip(text.chars()).find(|(_, character)| !is_gsm(*character))
}

/// Whether a character is in the GSM alphabet.
#[must_use]
pub fn is_gsm(character: char) -> bool {
    gsm_width(character).is_some()
}

fn count(places: usize, alone: usize, each: usize) -> u32 {
    let segments = if places <= alone { 1 } else { places.div_ceil(each) };
    u32::try_from(segments).unwrap_or(u32::MAX)
}

/// The places that the text takes in the GSM alphabet, or `None` when a character is not in it.
fn gsm_places(text: &str) -> Option<usize> {
    text.chars().try_fold(0, |places, character| Some(places + gsm_width(character)?))
}

/// The documented list; blank and line feed are ours.
fn gsm_width(character: char) -> Option<usize> {
    match character {
        '0'..='9' | 'A'..='Z' | 'a'..='z' | ' ' | '\n' => Some(1),
        '!'..='/' | ':'..='@' | '_' | '¡' | '£' | '¤' | '¥' | '§' | '¿' => Some(1),
        'Ä' | 'Å' | 'Æ' | 'Ç' | 'É' | 'Ñ' | 'Ø' | 'Ü' | 'Ö' => Some(1),
        'ß' | 'à' | 'ä' | 'å' | 'æ' | 'è' | 'é' | 'ì' | 'ñ' | 'ò' | 'ö' | 'ø' | 'ù' | 'ü' => {
            Some(1)
        }
        'Γ' | 'Δ' | 'Θ' | 'Λ' | 'Ξ' | 'Π' | 'Σ' | 'Φ' | 'Ψ' | 'Ω' => Some(1),
        '^' | '|' | '€' | '{' | '}' | '[' | ']' | '~' | '\\' => Some(2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn mainland_borders() {
        for (characters, segments) in
            [(0, 1), (1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (150, 3), (201, 3), (202, 4), (500, 8)]
        {
            assert_eq!(mainland(&"一".repeat(characters)), segments, "{characters} Chinese");
            assert_eq!(mainland(&"a".repeat(characters)), segments, "{characters} Latin");
        }
    }

    #[test]
    fn gsm_borders() {
        for (characters, segments) in
            [(0, 1), (160, 1), (161, 2), (306, 2), (307, 3), (320, 3), (459, 3), (460, 4)]
        {
            assert_eq!(global(&"a".repeat(characters)), segments, "{characters}");
        }
    }

    #[test]
    fn gsm_extension_characters_count_two() {
        for character in ["^", "|", "€", "{", "}", "[", "]", "~", "\\"] {
            assert_eq!(global(&character.repeat(80)), 1, "{character}");
            assert_eq!(global(&character.repeat(81)), 2, "{character}");
        }
        assert_eq!(global(&"]".repeat(153)), 2, "the documented rule, not the carrier's cut");
    }

    #[test]
    fn every_listed_character_is_gsm_and_others_are_not() {
        let listed = "!\"#$%'()*+,-./:;<=>?@_¡£¥§¿&¤ÄÅÆÇÉÑØøÜßÖàäåæèéìñòöùüΔΦΓΛΩΠΨΣΘΞ \n";
        assert_eq!(gsm_places(listed), Some(listed.chars().count()));
        for other in ['一', '’', '`', '\u{a0}', '\u{200c}', 'ç', 'Ā', '，', '😀', '\r', '\t'] {
            assert_eq!(gsm_width(other), None, "{other:?}");
        }
    }

    #[test]
    fn one_other_character_makes_the_whole_text_ucs2() {
        let text = "a".repeat(70);
        assert_eq!(global(&format!("{text}’")), 2);
        assert_eq!(global(&"’".repeat(70)), 1);
        assert_eq!(global(&"😀".repeat(35)), 1);
        assert_eq!(global(&"😀".repeat(36)), 2);
    }

    proptest! {
        #[test]
        fn a_longer_text_never_takes_fewer(text in "([a-z]|[\\[€一😀]){0,200}", more in any::<char>()) {
            let longer = format!("{text}{more}");
            prop_assert!(mainland(&text) <= mainland(&longer));
            prop_assert!(global(&text) <= global(&longer));
        }
    }
}
