//! Signatures: what a name may be, which papers go with which kind, what counts as an image.
//!
//! Documented: a mainland name has 2 to 12 Chinese characters, letters and digits; a global one 2 to 15 characters
//! without `[` and `]`. The kinds and their papers are the documented pairs, today's and those of earlier years, because
//! programs written then still send them; the picture of an app's back end is for global signatures only.

use std::fmt;

const NAME_MIN: usize = 2;
const MAINLAND_NAME_MAX: usize = 12;
const GLOBAL_NAME_MAX: usize = 15;

/// The most bytes of an image, as documented for the console.
const IMAGE_MAX: usize = 5 * 1024 * 1024;

/// `SignPurpose` (in 2019-07-11 `UsedMethod`) of a signature that is used for somebody else, which needs a letter of
/// authority.
pub const FOR_OTHERS: u64 = 1;

/// Why a text cannot be a signature's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameFault {
    /// It has this many characters, and so many are allowed.
    TooLong(usize, usize),
    /// It has fewer than two characters.
    TooShort,
    /// This character must not be in it.
    Character(char),
}

impl fmt::Display for NameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong(characters, most) => {
                write!(f, "the name has {characters} characters and {most} are allowed; shorten it")
            }
            Self::TooShort => write!(f, "the name is too short; use at least {NAME_MIN} characters"),
            Self::Character(character) => {
                write!(f, "the name must not have the character {character:?}; take it out")
            }
        }
    }
}

/// Checks a name, which comes without its brackets.
///
/// # Errors
/// The first [`NameFault`].
pub fn check_name(name: &str, international: bool) -> Result<(), NameFault> {
    let most = if international { GLOBAL_NAME_MAX } else { MAINLAND_NAME_MAX };
    let characters = name.chars().count();
    if characters > most {
        return Err(NameFault::TooLong(characters, most));
    }
    if characters < NAME_MIN {
        return Err(NameFault::TooShort);
    }
    let allowed = |character: &char| match international {
        true => !character.is_control() && !"[]".contains(*character),
        false => character.is_ascii_alphanumeric() || is_chinese(*character),
    };
    match name.chars().find(|character| !allowed(character)) {
        Some(character) => Err(NameFault::Character(character)),
        None => Ok(()),
    }
}

/// The blocks of Chinese characters.
fn is_chinese(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}' | '〇')
}

/// Whether a `DocumentType` proves a signature of this `SignType`.
#[must_use]
pub fn document_fits(sign_type: u64, document_type: u64, international: bool) -> bool {
    const APP_PICTURE: u64 = 4;
    let pairs: &[u64] = match sign_type {
        // A company.
        0 => &[0, 1],
        // An app.
        1 => &[0, 1, 2, 3, APP_PICTURE],
        // A website, an official account.
        2 => &[0, 1, 2, 3, 5],
        3 => &[0, 1, 2, 3, 8],
        // A trademark.
        4 => &[7],
        // Government, institutions.
        5 => &[2, 3],
        // A mini program.
        6 => &[0, 1, 2, 3, 6],
        _ => &[],
    };
    pairs.contains(&document_type) && (international || document_type != APP_PICTURE)
}

/// Whether a text is an image as the API wants it: base64 of at most 5 MB, without a `data:` prefix. What the bytes are
/// is not looked at, and the padding may be missing: the documented examples send the word `base64`.
#[must_use]
pub fn is_image(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    let alphabet = digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
    let ends_well = digits.len() % 4 != 1 && (padding == 0 || padding == (4 - digits.len() % 4) % 4);
    alphabet && ends_well && digits.len() / 4 * 3 <= IMAGE_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mainland_names() {
        for name in ["青柠", "青柠科技", "Lime2026", "〇一", "一二三四五六七八九十一二", "𠮷野"]
        {
            assert_eq!(check_name(name, false), Ok(()), "{name}");
        }
        for (name, fault) in [
            ("一二三四五六七八九十一二三", NameFault::TooLong(13, 12)),
            ("好", NameFault::TooShort),
            ("", NameFault::TooShort),
            ("Lime Tech", NameFault::Character(' ')),
            ("【青柠】", NameFault::Character('【')),
            ("青柠！", NameFault::Character('！')),
            ("Ünlü", NameFault::Character('Ü')),
        ] {
            assert_eq!(check_name(name, false), Err(fault), "{name}");
        }
    }

    #[test]
    fn global_names() {
        for name in ["Lime Tech", "Fish & Chips", "123456789012345", "青柠"] {
            assert_eq!(check_name(name, true), Ok(()), "{name}");
        }
        for (name, fault) in [
            ("1234567890123456", NameFault::TooLong(16, 15)),
            ("[Lime]", NameFault::Character('[')),
            ("a]", NameFault::Character(']')),
            ("a\nb", NameFault::Character('\n')),
            ("a", NameFault::TooShort),
        ] {
            assert_eq!(check_name(name, true), Err(fault), "{name}");
        }
    }

    #[test]
    fn papers_fit_their_kind() {
        let fitting = |sign_type, international| {
            (0..=9).filter(|document| document_fits(sign_type, *document, international)).collect::<Vec<_>>()
        };
        assert_eq!(fitting(0, false), [0, 1]);
        assert_eq!(fitting(1, true), [0, 1, 2, 3, 4]);
        assert_eq!(fitting(1, false), [0, 1, 2, 3], "the picture of an app is for global signatures");
        assert_eq!(fitting(2, false), [0, 1, 2, 3, 5]);
        assert_eq!(fitting(3, false), [0, 1, 2, 3, 8]);
        assert_eq!(fitting(4, false), [7]);
        assert_eq!(fitting(5, true), [2, 3]);
        assert_eq!(fitting(6, false), [0, 1, 2, 3, 6]);
        assert!(fitting(7, true).is_empty() && fitting(u64::MAX, true).is_empty());
    }

    #[test]
    fn images_are_base64() {
        for text in ["", "base64", "AAAA", "AA==", "AAA=", "AA", "a+/b"] {
            assert!(is_image(text), "{text}");
        }
        for text in
            ["A", "AAAAA", "AA=", "AAA==", "AAAA=", "=", "data:image/jpeg;base64,AAAA", "A A=", "图", "A\n"]
        {
            assert!(!is_image(text), "{text}");
        }
        assert!(is_image(&"A".repeat(IMAGE_MAX / 3 * 4)));
        assert!(!is_image(&"A".repeat(IMAGE_MAX / 3 * 4 + 8)));
    }
}
