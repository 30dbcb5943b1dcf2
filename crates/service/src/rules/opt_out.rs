//! The words by which a person asks for no more messages, and for how long a message can be answered.

/// A reply reaches the service for so many seconds after the message: documented as 48 hours on one page and 72 on
/// another; the longer one is taken here.
pub const ANSWERABLE: i64 = 72 * 3600;

const WORDS: [&str; 8] = ["T", "N", "TD", "R", "QX", "0000", "退订", "T退订"];

/// Whether a reply opts out: one of the documented words and nothing else, in capitals or not. Blanks and a full stop
/// around it do not count (our choice).
#[must_use]
pub fn asks(reply: &str) -> bool {
    let word = reply.trim_matches(|character: char| character.is_whitespace() || "。.".contains(character));
    WORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_words_themselves_opt_out() {
        for reply in
            ["T", "t", "N", "TD", "td", "退订", "T退订", "t退订", "QX", "qx", "0000", "R", " R。", "r\n"]
        {
            assert!(asks(reply), "{reply}");
        }
        for reply in ["", "。", "Thanks", "No", "我要退订", "00000", "TT", "拒收", "R R"] {
            assert!(!asks(reply), "{reply}");
        }
    }
}
