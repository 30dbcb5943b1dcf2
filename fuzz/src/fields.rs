//! Takes an input apart. Lines, so that seeds can be read and written by people and a changed byte stays in its field.

use std::borrow::Cow;

/// What is left of an input.
pub(crate) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    pub(crate) fn of(data: &'a [u8]) -> Self {
        Self(data)
    }

    /// The next line, without its end; empty when nothing is left.
    pub(crate) fn bytes(&mut self) -> &'a [u8] {
        let length = self.0.iter().position(|byte| *byte == b'\n');
        let (line, rest) = self.0.split_at(length.unwrap_or(self.0.len()));
        self.0 = rest.get(1..).unwrap_or_default();
        line
    }

    /// The next line as text.
    pub(crate) fn text(&mut self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.bytes())
    }

    /// The next line as a number: what its bytes make when they are taken for digits of any value.
    pub(crate) fn number(&mut self) -> u64 {
        self.bytes().iter().fold(0, |number: u64, byte| {
            number.wrapping_mul(10).wrapping_add(u64::from(byte.wrapping_sub(b'0')))
        })
    }

    /// All that is left.
    pub(crate) fn rest(self) -> &'a [u8] {
        self.0
    }
}
