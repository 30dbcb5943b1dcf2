//! Template texts: their variables, what makes a text unfit, and putting values in.
//!
//! Documented: variables are `{1}`, `{2}` and so on without gaps; a text must not be variables only; two variables
//! must not touch; no `【】`; no `¥ ★ ^_^ & ☞ ✓ ※` and the like; no link that contains a variable; a marketing text
//! ends with the words by which one opts out. Our choices: the same variable may stand twice and the order is free;
//! a brace is always part of a variable; the forbidden characters (other than `【】`) and the opt-out words concern
//! mainland texts, for `&` and `¥` belong to the documented GSM alphabet and the words are Chinese.

use std::fmt;

use tcsms_store::TemplateKind;

use crate::rules::content;

/// The most characters a message may have, signature and values included, as documented.
pub const LENGTH_MAX: usize = 500;

/// The kind that an `SmsType` names: 1 marketing, 2 notification, 3 verification, and 0 ("ordinary" in older
/// programs) notification; `None` for any other.
#[must_use]
pub fn kind_of_sms_type(sms_type: u64) -> Option<TemplateKind> {
    match sms_type {
        0 => Some(TemplateKind::Notification),
        known => TemplateKind::from_code(i64::try_from(known).ok()?),
    }
}

/// The number that a `TemplateId` names, which is text on the wire: ASCII digits and nothing else.
#[must_use]
pub fn id(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// A template text taken apart, ready to take values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template<'a> {
    pieces: Vec<Piece<'a>>,
    variables: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Words(&'a str),
    /// The place of the value, counted from 0.
    Variable(usize),
}

/// Why a text cannot be a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A brace that does not enclose a number; the character's place, counted from 1.
    Brace(usize),
    /// This variable is missing although a later one is used.
    Gap(usize),
    /// These two variables stand side by side.
    Touching(usize, usize),
    /// There is nothing but variables and blanks.
    NoWords,
    /// A character or face that a text must not have.
    Forbidden(&'static str),
    /// This variable is part of a link.
    Link(usize),
    /// The text alone has this many characters.
    TooLong(usize),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Brace(at) => {
                write!(
                    f,
                    "character {at} is a brace that encloses no number; write variables as {{1}}, {{2}}"
                )
            }
            Fault::Gap(missing) => {
                write!(f, "variable {{{missing}}} is missing; number the variables from 1 without gaps")
            }
            Fault::Touching(first, second) => {
                write!(f, "variables {{{first}}} and {{{second}}} touch; put words or a sign between them")
            }
            Fault::NoWords => write!(f, "the text has only variables; add words of its own"),
            Fault::Forbidden(what) => write!(f, "`{what}` must not be used in a template; take it out"),
            Fault::Link(variable) => {
                write!(f, "variable {{{variable}}} is part of a link; a link must not contain variables")
            }
            Fault::TooLong(characters) => {
                write!(
                    f,
                    "the text has {characters} characters; {LENGTH_MAX} are allowed, signature and values included"
                )
            }
        }
    }
}

impl std::error::Error for Fault {}

impl<'a> Template<'a> {
    /// Takes a text apart.
    ///
    /// # Errors
    /// The first [`Fault`] of its variables: braces, gaps, touching, nothing else. [`validate`] checks the rest.
    pub fn parse(text: &'a str) -> Result<Template<'a>, Fault> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (words, from_brace) = rest.split_at(at);
            let here = || text.chars().count() - from_brace.chars().count() + 1;
            let (number, after) = variable(from_brace).ok_or_else(|| Fault::Brace(here()))?;
            if !words.is_empty() {
                pieces.push(Piece::Words(words));
            } else if let Some(Piece::Variable(before)) = pieces.last() {
                return Err(Fault::Touching(before + 1, number));
            }
            pieces.push(Piece::Variable(number - 1));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Words(rest));
        }
        let variables = count_variables(&pieces)?;
        if pieces.iter().all(|piece| match piece {
            Piece::Words(words) => words.trim().is_empty(),
            Piece::Variable(_) => true,
        }) {
            return Err(Fault::NoWords);
        }
        Ok(Template { pieces, variables })
    }

    /// How many values the template takes.
    #[must_use]
    pub fn variables(&self) -> usize {
        self.variables
    }

    /// The text with the values put in; what a value contains is never read as a variable. A value that is not
    /// given leaves nothing behind: compare the count with [`Template::variables`] first.
    #[must_use]
    pub fn render(&self, values: &[String]) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            text.push_str(match *piece {
                Piece::Words(words) => words,
                Piece::Variable(place) => values.get(place).map_or("", String::as_str),
            });
        }
        text
    }

    /// The number of the first variable that is part of a link.
    fn variable_in_link(&self) -> Option<usize> {
        // The text is cut into stretches of what a link is made of, each with the first variable inside it.
        let mut stretch = String::new();
        let mut inside = None;
        for piece in &self.pieces {
            match *piece {
                Piece::Variable(place) => {
                    stretch.push('x');
                    inside = inside.or(Some(place + 1));
                }
                Piece::Words(words) => {
                    for character in words.chars() {
                        if character.is_ascii_graphic() && !",;()<>\"'".contains(character) {
                            stretch.push(character);
                            continue;
                        }
                        if inside.is_some() && content::contains_link(&stretch) {
                            return inside;
                        }
                        stretch.clear();
                        inside = None;
                    }
                }
            }
        }
        inside.filter(|_| content::contains_link(&stretch))
    }
}

/// Reads `{N}` at the front of a text that begins with a brace: the number, from 1, and what follows.
fn variable(text: &str) -> Option<(usize, &str)> {
    let (digits, after) = text.strip_prefix('{')?.split_once('}')?;
    if digits.starts_with('0') || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some((digits.parse().ok()?, after))
}

fn count_variables(pieces: &[Piece<'_>]) -> Result<usize, Fault> {
    let mut numbers: Vec<usize> = pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Variable(place) => Some(*place),
            Piece::Words(_) => None,
        })
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    match numbers.iter().zip(0..).find(|(number, place)| **number != *place) {
        Some((_, missing)) => Err(Fault::Gap(missing + 1)),
        None => Ok(numbers.len()),
    }
}

/// Takes a text apart and checks all that the service refuses when a template is added or changed.
///
/// # Errors
/// The first [`Fault`] found.
pub fn validate(text: &str, international: bool) -> Result<Template<'_>, Fault> {
    let characters = text.chars().count();
    if characters > LENGTH_MAX {
        return Err(Fault::TooLong(characters));
    }
    let template = Template::parse(text)?;
    if let Some(bracket) = ["【", "】"].into_iter().find(|bracket| text.contains(bracket)) {
        return Err(Fault::Forbidden(bracket));
    }
    if !international && let Some(what) = forbidden(text) {
        return Err(Fault::Forbidden(what));
    }
    if let Some(variable) = template.variable_in_link() {
        return Err(Fault::Link(variable));
    }
    Ok(template)
}

/// The documented examples and what is plainly of their sort.
const FORBIDDEN: [&str; 12] = ["¥", "￥", "&", "＆", "※", "★", "☆", "☞", "☜", "✓", "✔", "^_^"];

fn forbidden(text: &str) -> Option<&'static str> {
    FORBIDDEN.into_iter().find(|what| text.contains(what))
}

/// Whether a text ends with words by which one opts out: today's `拒收请回复R`, the older `回T退订`, or a bare
/// `TD`, `T` or `N`. A closing full stop or bracket does not count.
#[must_use]
pub fn ends_with_opt_out(text: &str) -> bool {
    let text =
        text.trim_end_matches(|character: char| character.is_whitespace() || "。.！!）)".contains(character));
    if text.ends_with("退订") || text.ends_with("拒收") {
        return true;
    }
    ["TD", "T", "N", "R"].into_iter().any(|letters| {
        text.strip_suffix(letters)
            .is_some_and(|before| !before.ends_with(|last: char| last.is_ascii_alphanumeric()))
    })
}

/// What a reviewer would refuse a text for: a verification text must say that it carries a code. These do not fail
/// the call that adds the template; the review then ends with this reply.
#[must_use]
pub fn review_objection(text: &str, kind: TemplateKind, international: bool) -> Option<&'static str> {
    match (kind, international) {
        (TemplateKind::Verification, false) if !text.contains("验证码") => {
            Some("a verification template must contain the word 验证码")
        }
        (TemplateKind::Verification, true) if !text.to_ascii_lowercase().contains("code") => {
            Some("a global verification template must contain the word `code`")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn render(text: &str, values: &[&str]) -> String {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        Template::parse(text).unwrap().render(&values)
    }

    #[test]
    fn values_go_where_their_number_stands() {
        assert_eq!(
            render("您的验证码为{1}，{2}分钟内有效。", &["4370", "5"]),
            "您的验证码为4370，5分钟内有效。"
        );
        assert_eq!(render("{2} before {1}, {2} again", &["a", "b"]), "b before a, b again");
        assert_eq!(render("no variable", &[]), "no variable");
    }

    #[test]
    fn a_value_is_never_read_as_a_variable() {
        assert_eq!(render("x {1} y {2}", &["{2}", "{1}"]), "x {2} y {1}");
    }

    #[test]
    fn a_variable_may_stand_first() {
        let text = "{1}为您的登录验证码,请于{2}分钟内填写,如非本人操作,请忽略本短信";
        assert_eq!(validate(text, false).unwrap().variables(), 2);
    }

    #[test]
    fn faults_of_variables() {
        for (text, fault) in [
            ("{1}{2}", Fault::Touching(1, 2)),
            ("好{1}{1}", Fault::Touching(1, 1)),
            ("{1}", Fault::NoWords),
            ("{1} {2}", Fault::NoWords),
            ("", Fault::NoWords),
            ("  ", Fault::NoWords),
            ("code {2}", Fault::Gap(1)),
            ("a{1}b{3}", Fault::Gap(2)),
            ("码{0}", Fault::Brace(2)),
            ("码{01}", Fault::Brace(2)),
            ("码{}", Fault::Brace(2)),
            ("码{name}", Fault::Brace(2)),
            ("码{１}", Fault::Brace(2)),
            ("码{-1}", Fault::Brace(2)),
            ("码{99999999999999999999999}", Fault::Brace(2)),
            ("码{1", Fault::Brace(2)),
            ("码1}", Fault::Brace(3)),
            ("码{{1}}", Fault::Brace(2)),
        ] {
            assert_eq!(Template::parse(text), Err(fault), "{text}");
        }
    }

    #[test]
    fn faults_of_mainland_texts() {
        for (text, what) in
            [("【好】{1}", "【"), ("好】", "】"), ("只要¥5", "¥"), ("A&B", "&"), ("好^_^", "^_^"), ("★", "★")]
        {
            assert_eq!(validate(text, false), Err(Fault::Forbidden(what)), "{text}");
        }
        assert!(validate("Fish & chips for ¥5", true).is_ok());
        assert_eq!(validate("【x】", true), Err(Fault::Forbidden("【")));
    }

    #[test]
    fn a_link_must_not_contain_a_variable() {
        for text in
            ["看www.{1}.com", "看 https://x.cn/{1} 吧", "{1}.example.com 看", "在t.cn/{1}", "a {1} b {2}.com"]
        {
            assert!(matches!(validate(text, false), Err(Fault::Link(_))), "{text}");
        }
        for text in [
            "看www.example.com，码{1}",
            "码{1}，看 www.example.com 吧",
            "see www.example.com, code:{1}",
            "(www.example.com)code{1}",
            "http://x.cn/a 码{1}",
            "Your code is {1}.",
            "Your code is {1}.Thanks",
        ] {
            assert!(validate(text, false).is_ok(), "{text}");
        }
    }

    #[test]
    fn five_hundred_characters_are_the_limit() {
        assert!(validate(&"好".repeat(500), false).is_ok());
        assert_eq!(validate(&"好".repeat(501), false), Err(Fault::TooLong(501)));
    }

    #[test]
    fn opt_out_words() {
        for text in [
            "八折。拒收请回复R",
            "八折，回T退订",
            "八折 退订回TD",
            "八折回N",
            "八折，回复T。",
            "八折（拒收请回复R）",
        ] {
            assert!(ends_with_opt_out(text), "{text}");
        }
        for text in ["八折", "拒收请回复R，八折", "BEST", "", "。", "8TD"] {
            assert!(!ends_with_opt_out(text), "{text}");
        }
    }

    #[test]
    fn reviews_want_the_word_for_a_code() {
        assert!(review_objection("您的验证码是{1}", TemplateKind::Verification, false).is_none());
        assert!(review_objection("您的密码是{1}", TemplateKind::Verification, false).is_some());
        assert!(review_objection("Your Code is {1}", TemplateKind::Verification, true).is_none());
        assert!(review_objection("It is {1}", TemplateKind::Verification, true).is_some());
        assert!(review_objection("会议通知：{1}", TemplateKind::Notification, false).is_none());
    }

    #[test]
    fn sms_types() {
        assert_eq!(kind_of_sms_type(0), Some(TemplateKind::Notification));
        assert_eq!(kind_of_sms_type(1), Some(TemplateKind::Marketing));
        assert_eq!(kind_of_sms_type(2), Some(TemplateKind::Notification));
        assert_eq!(kind_of_sms_type(3), Some(TemplateKind::Verification));
        assert_eq!(kind_of_sms_type(4), None);
        assert_eq!(kind_of_sms_type(u64::MAX), None);
    }

    #[test]
    fn template_ids_are_digits() {
        assert_eq!(id("449739"), Some(449_739));
        for text in ["", " 1", "+1", "-1", "1.0", "0x1", "１", "99999999999999999999"] {
            assert_eq!(id(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn rendering_leaves_no_variable(text in "([a-z好]|\\{[1-4]\\}| ){1,40}", values in "[a-z0-9]{0,6}") {
            if let Ok(template) = Template::parse(&text) {
                let values = vec![values; template.variables()];
                let rendered = template.render(&values);
                prop_assert!(!rendered.contains(['{', '}']), "{}", rendered);
                let words: usize = text.chars().filter(|c| !"{}1234".contains(*c)).count();
                prop_assert!(rendered.chars().count() >= words);
            }
        }

        #[test]
        fn any_text_is_answered(text in any::<String>(), international in any::<bool>()) {
            if let Err(fault) = validate(&text, international) {
                prop_assert!(!fault.to_string().is_empty());
            }
            let _ = ends_with_opt_out(&text);
        }

        #[test]
        fn a_text_without_braces_is_itself(text in "[^{}]{1,60}") {
            if let Ok(template) = Template::parse(&text) {
                prop_assert_eq!(template.variables(), 0);
                prop_assert_eq!(template.render(&[]), text);
            }
        }
    }
}
