//! The final text and the values that go into it.

/// The most digits that a value of a verification template may have, as documented.
const CODE_DIGITS_MAX: usize = 6;

/// The final text: the signature in its brackets before the body, `【】` on the mainland and `[]` elsewhere, without
/// a blank; the body alone when there is no signature. The caller never sends the brackets.
#[must_use]
pub fn compose(sign: &str, body: &str, mainland: bool) -> String {
    match (sign.is_empty(), mainland) {
        (true, _) => body.to_owned(),
        (false, true) => format!("【{sign}】{body}"),
        (false, false) => format!("[{sign}]{body}"),
    }
}

/// The text with the values that were put into it covered: of each value of three or more characters, wherever it
/// stands behind the signature, only the first and the last remain. Documented: parts are covered; which is our choice.
#[must_use]
pub fn mask(text: &str, sign: &str, mainland: bool, values: &[String]) -> String {
    let front = compose(sign, "", mainland);
    let (front, body) = match text.strip_prefix(front.as_str()) {
        Some(body) => (front.as_str(), body),
        None => ("", text),
    };
    let mut values: Vec<&str> =
        values.iter().map(String::as_str).filter(|value| value.chars().count() >= 3).collect();
    // The longest first, so that a value inside another one does not uncover it.
    values.sort_by_key(|value| std::cmp::Reverse(value.len()));
    let mut masked = front.to_owned();
    let mut rest = body;
    while let Some(next) = rest.chars().next() {
        if let Some(value) = values.iter().find(|value| rest.starts_with(**value)) {
            masked.extend(value.chars().next());
            masked.push_str("****");
            masked.extend(value.chars().next_back());
            rest = rest.strip_prefix(*value).unwrap_or_default();
        } else {
            masked.push(next);
            rest = rest.get(next.len_utf8()..).unwrap_or_default();
        }
    }
    masked
}

/// Whether a value fits a verification template: up to six ASCII digits; an empty value fits.
#[must_use]
pub fn is_code(value: &str) -> bool {
    value.len() <= CODE_DIGITS_MAX && value.bytes().all(|byte| byte.is_ascii_digit())
}

/// The first of `words` that the text contains, ASCII letters compared without case; an empty word never matches.
#[must_use]
pub fn sensitive_word<'a>(text: &str, words: &'a [String]) -> Option<&'a str> {
    if words.is_empty() {
        return None;
    }
    let text = text.to_ascii_lowercase();
    words
        .iter()
        .map(String::as_str)
        .find(|word| !word.is_empty() && text.contains(&word.to_ascii_lowercase()))
}

/// The endings by which a name without `www.` or a scheme is known as a link. Others are left alone, so that
/// `Mr.Smith` and `3.5` stay values.
const DOMAIN_ENDINGS: [&str; 24] = [
    "com", "cn", "net", "org", "gov", "edu", "top", "xyz", "cc", "io", "me", "info", "biz", "vip", "club",
    "shop", "site", "online", "link", "app", "dev", "tv", "ltd", "hk",
];

/// Whether a text contains a link: a scheme (`://`), `www.`, or a name with a well-known ending such as
/// `example.com` or `t.cn/abc`. The service refuses links in values; which texts it takes for links is not
/// documented, this list is our choice.
#[must_use]
pub fn contains_link(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.contains("://")
        || text.contains("www.")
        || text.match_indices('.').any(|(dot, _)| ends_domain(&text, dot))
}

fn ends_domain(text: &str, dot: usize) -> bool {
    let (before, after) = (&text[..dot], &text[dot + 1..]);
    let label_length = after.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let (label, behind) = after.split_at(label_length);
    before.ends_with(|last: char| last.is_ascii_alphanumeric())
        && DOMAIN_ENDINGS.contains(&label)
        && !behind.starts_with('-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn signatures_stand_in_their_brackets() {
        assert_eq!(
            compose("青柠科技", "您的验证码为4370，5分钟内有效。", true),
            "【青柠科技】您的验证码为4370，5分钟内有效。"
        );
        assert_eq!(compose("Lime Tech", "Your code is 1.", false), "[Lime Tech]Your code is 1.");
        assert_eq!(compose("", "Your code is 1.", false), "Your code is 1.");
    }

    #[test]
    fn values_are_covered_behind_the_signature() {
        let mask = |text: &str, sign: &str, values: &[&str]| {
            let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
            mask(text, sign, true, &values)
        };
        assert_eq!(
            mask("【青柠科技】您的验证码为4370，5分钟内有效。", "青柠科技", &["4370", "5"]),
            "【青柠科技】您的验证码为4****0，5分钟内有效。"
        );
        assert_eq!(mask("【12306】码12306", "12306", &["12306"]), "【12306】码1****6");
        assert_eq!(mask("【签】12 123 1234", "签", &["12", "123", "1234"]), "【签】12 1****3 1****4");
        assert_eq!(mask("【签】王先生，王先", "签", &["王先生"]), "【签】王****生，王先");
        assert_eq!(mask("", "签", &["王先生"]), "");
        assert_eq!(mask("no 签 123", "签", &[""]), "no 签 123");
    }

    #[test]
    fn codes_are_up_to_six_digits() {
        for value in ["", "0", "666", "666666"] {
            assert!(is_code(value), "{value}");
        }
        for value in ["test", "12a", "1234567", " 1", "１２", "1.5", "-1"] {
            assert!(!is_code(value), "{value}");
        }
    }

    #[test]
    fn links() {
        for text in [
            "http://x",
            "HTTPS://EXAMPLE",
            "see www.example",
            "example.com",
            "看t.cn/abc吧",
            "a.COM.",
            "x-y.net?q",
            "a.b.com.cn",
        ] {
            assert!(contains_link(text), "{text}");
        }
        for text in
            ["", "3.5", "Mr.Smith", "v1.2.3", "12.11", "a.commerce", ".com", "好.com", "a.com-x", "1,5"]
        {
            assert!(!contains_link(text), "{text}");
        }
    }

    #[test]
    fn sensitive_words_are_found_without_case() {
        let words = ["赌博".to_owned(), String::new(), "Casino".to_owned()];
        assert_eq!(sensitive_word("来赌博吧", &words), Some("赌博"));
        assert_eq!(sensitive_word("a CASINO b", &words), Some("Casino"));
        assert_eq!(sensitive_word("您好", &words), None);
        assert_eq!(sensitive_word("x", &[]), None);
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            let _ = contains_link(&text);
            let linked = text + "http://x";
            prop_assert!(contains_link(&linked));
        }
    }
}
