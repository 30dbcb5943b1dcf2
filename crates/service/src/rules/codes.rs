//! The login code in a text, for tests that read it back.

/// The words beside which a code stands, compared without case.
const KEYWORDS: [&str; 7] = ["验证码", "校验码", "动态码", "确认码", "密码", "code", "otp"];

/// The login code in the body of a message (without its signature, which may have digits of its own).
///
/// A code is a run of 4 to 8 digits; when there are several, the one nearest to a word such as 验证码 or `code`. A text
/// with such a word but no such run gives its longest shorter run, the nearest of equals: the documented samples send
/// `666`.
#[must_use]
pub fn find(body: &str) -> Option<&str> {
    let lower = body.to_ascii_lowercase();
    let keywords: Vec<(usize, usize)> = KEYWORDS
        .iter()
        .flat_map(|keyword| lower.match_indices(keyword))
        .map(|(start, keyword)| (start, start + keyword.len()))
        .collect();
    let distance = |&(start, end): &(usize, usize)| {
        keywords.iter().map(|(from, to)| start.saturating_sub(*to) + from.saturating_sub(end)).min()
    };
    let runs = digit_runs(body);
    let usual =
        runs.iter().filter(|(start, end)| (4..=8).contains(&(end - start))).min_by_key(|run| distance(run));
    let found = usual.or_else(|| {
        let short = runs.iter().filter(|(start, end)| end - start < 4 && !keywords.is_empty());
        short.min_by_key(|run| (std::cmp::Reverse(run.1 - run.0), distance(run)))
    });
    found.and_then(|(start, end)| body.get(*start..*end))
}

/// The longest runs of ASCII digits, as byte ranges.
fn digit_runs(text: &str) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, _) in text.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_digit()) {
        match runs.last_mut() {
            Some((_, end)) if *end == at => *end = at + 1,
            _ => runs.push((at, at + 1)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_of_usual_texts() {
        for (body, code) in [
            ("您的验证码为4370，5分钟内有效。", Some("4370")),
            ("4370为您的登录验证码，请于10分钟内填写", Some("4370")),
            ("您的验证码是666", Some("666")),
            ("666为您的登录验证码，请于5分钟内填写", Some("666")),
            ("您的验证码是0", Some("0")),
            ("Your code is 190191.", Some("190191")),
            ("Order 20261125: your CODE is 4370.", Some("4370")),
            ("您的验证码为12，30分钟内有效", Some("12")),
            ("G-123456 is your verification code", Some("123456")),
            ("请用4370登录", Some("4370")),
            ("会议在15点", None),
            ("请拨打13700000001", None),
            ("", None),
        ] {
            assert_eq!(find(body), code, "{body}");
        }
    }

    proptest! {
        #[test]
        fn a_code_is_digits_of_the_text(body in "([0-9]|验证码|[a-z好 ]){0,60}") {
            if let Some(code) = find(&body) {
                prop_assert!(body.contains(code));
                prop_assert!(!code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit()));
            }
        }

        #[test]
        fn any_text_is_answered(body in any::<String>()) {
            let _ = find(&body);
        }
    }
}
