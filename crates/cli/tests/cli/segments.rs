//! Counting the segments of a text.

use crate::support::{run, tcsms};

#[test]
fn the_character_that_makes_a_text_dearer_is_named() {
    // One invisible or curly character in a text of 100.
    for (character, shown) in [("\u{a0}", "U+00A0"), ("\u{200c}", "U+200C"), ("’", "U+2019 (’)")] {
        let text = format!("{}{character}{}", "a".repeat(40), "b".repeat(59));
        let run = run(tcsms().args(["segments", &text]));
        assert_eq!(run.code, 0);
        assert_eq!(run.out, "100 characters: 2 segments to mainland China, 2 segments elsewhere\n");
        let expected = format!(
            "character 41, {shown}, is not in the GSM alphabet, so the text is sent as UCS-2: 2 segments instead of 1\n"
        );
        assert_eq!(run.err, expected);
    }
    let plain = run(tcsms().args(["segments", &"a".repeat(100), "--output", "json"]));
    assert_eq!(plain.answer()["globalSegments"], 1);
    assert!(plain.answer()["outsideGsm"].is_null());
}

#[test]
fn a_chinese_text_is_not_blamed_for_its_characters() {
    let run = run(tcsms().args(["segments", "【腾讯云】您的验证码是437046"]));
    assert_eq!(run.err, "");
    assert!(run.out.ends_with("1 segment to mainland China, 1 segment elsewhere\n"), "{}", run.out);
}
