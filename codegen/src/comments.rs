//! Lines of comments, broken where they would grow too wide.

/// A paragraph as lines of at most `width` columns, each behind `start` and a blank.
///
/// A Chinese character takes two columns. Chinese has no blanks to break at; it is broken behind its punctuation, where
/// the blank that readers put in place of a line's end does not show.
pub(crate) fn wrap(start: &str, paragraph: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = start.to_owned();
    for word in paragraph.split_whitespace() {
        let mut blank = " ";
        for piece in pieces(word) {
            if line.len() > start.len() && columns(&line) + blank.len() + columns(piece) > width {
                lines.push(std::mem::replace(&mut line, start.to_owned()));
                blank = " ";
            }
            line.push_str(blank);
            line.push_str(piece);
            blank = "";
        }
    }
    lines.push(line);
    lines
}

/// The parts of a word between which a line may end.
fn pieces(word: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut begin = 0;
    let mut signs = word.char_indices().peekable();
    while let Some((at, sign)) = signs.next() {
        if ends_a_phrase(sign) && signs.peek().is_some_and(|(_, next)| next.is_alphanumeric() || *next == '`')
        {
            let end = at + sign.len_utf8();
            pieces.push(&word[begin..end]);
            begin = end;
        }
    }
    pieces.push(&word[begin..]);
    pieces
}

fn ends_a_phrase(sign: char) -> bool {
    matches!(sign, '，' | '。' | '；' | '：' | '、' | '）')
}

/// How wide a text is where each letter takes a column, and each Chinese character or sign two.
fn columns(text: &str) -> usize {
    text.chars().map(|sign| if sign >= '\u{2e80}' { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_at_blanks_before_they_are_too_wide() {
        assert_eq!(wrap("//", "one two three", 10), ["// one two", "// three"]);
        assert_eq!(wrap("//", "unbreakable one", 8), ["// unbreakable", "// one"]);
        assert_eq!(wrap("//", "", 10), ["//"]);
    }

    #[test]
    fn chinese_counts_two_columns_and_ends_behind_its_punctuation() {
        assert_eq!(wrap("//", "删除签名，无论状态。", 23), ["// 删除签名，无论状态。"]);
        assert_eq!(wrap("//", "删除签名，无论状态。", 22), ["// 删除签名，", "// 无论状态。"]);
        assert_eq!(wrap("//", "（`A`）。`B`", 9), ["// （`A`）。", "// `B`"]);
    }
}
