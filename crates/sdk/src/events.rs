//! Reads server-sent events from the bytes of a stream, in whatever pieces they come.
//!
//! The format is that of the HTML standard (`text/event-stream`). Pure: bytes in, events out.

use std::collections::VecDeque;
use std::time::Duration;

/// One server-sent event.
///
/// An event has at least one of its fields; lines that are comments make none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// The id that this event gives itself; earlier ones are not carried over.
    pub id: Option<String>,
    /// What kind of event it is; by the standard none means `message`.
    pub event: Option<String>,
    /// The text: the lines of all its data fields, joined by line feeds. Most services write JSON here. What is not
    /// UTF-8 is replaced by U+FFFD, as the standard has it.
    pub data: String,
    /// How long the service wants a client to wait before it connects again. Nothing here connects again.
    pub retry: Option<Duration>,
}

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// An event was larger than allowed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLarge;

/// Takes the bytes of a stream and gives its events.
pub(crate) struct Parser {
    /// The most bytes that one event may have.
    limit: usize,
    /// The bytes of the line that has not ended yet.
    line: Vec<u8>,
    /// How many bytes the lines of the event before that line had.
    size: usize,
    is_first_line: bool,
    /// The last byte was CR, so an LF that follows ends no other line.
    after_cr: bool,
    pending: Pending,
    ready: VecDeque<Event>,
}

/// The fields of an event that has not ended yet.
#[derive(Default)]
struct Pending {
    event: Event,
    data: Option<String>,
    has_fields: bool,
}

impl Parser {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            line: Vec::new(),
            size: 0,
            is_first_line: true,
            after_cr: false,
            pending: Pending::default(),
            ready: VecDeque::new(),
        }
    }

    /// Takes the next bytes of the stream.
    pub(crate) fn push(&mut self, mut piece: &[u8]) -> Result<(), TooLarge> {
        if self.after_cr && !piece.is_empty() {
            self.after_cr = false;
            piece = piece.strip_prefix(b"\n").unwrap_or(piece);
        }
        while let Some(length) = piece.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
            let (line, end) = piece.split_at(length);
            self.extend_line(line)?;
            self.end_line();
            piece = match end {
                [b'\r', b'\n', rest @ ..] => rest,
                [b'\r'] => {
                    self.after_cr = true;
                    &[]
                }
                [_, rest @ ..] => rest,
                [] => end,
            };
        }
        self.extend_line(piece)
    }

    /// The next event that is complete.
    pub(crate) fn next(&mut self) -> Option<Event> {
        self.ready.pop_front()
    }

    /// Whether the stream may end here: nothing of an event has come that was not given out.
    pub(crate) fn is_between_events(&self) -> bool {
        matches!(self.line.first(), None | Some(b':')) && !self.pending.has_fields
    }

    fn extend_line(&mut self, bytes: &[u8]) -> Result<(), TooLarge> {
        if self.size + self.line.len() + bytes.len() > self.limit {
            return Err(TooLarge);
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_line(&mut self) {
        let mut line = &self.line[..];
        if std::mem::take(&mut self.is_first_line) {
            line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
        }
        if line.is_empty() {
            self.ready.extend(self.pending.take());
            self.size = 0;
        } else {
            self.size += line.len();
            self.pending.add(line);
        }
        self.line.clear();
    }
}

impl Pending {
    fn add(&mut self, line: &[u8]) {
        let line = String::from_utf8_lossy(line);
        let (name, value) = line.split_once(':').unwrap_or((&*line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            "event" => self.event.event = Some(value.to_owned()),
            // The two below are for what a client sends or does when it connects again; there the standard rules out
            // what could not be sent, or is no number.
            "id" if !value.contains('\0') => self.event.id = Some(value.to_owned()),
            "retry" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.event.retry = value.parse().ok().map(Duration::from_millis);
            }
            // Comments, which begin with a colon, and fields that nobody knows.
            _ => return,
        }
        self.has_fields = true;
    }

    fn take(&mut self) -> Option<Event> {
        let Self { mut event, data, has_fields } = std::mem::take(self);
        event.data = data.unwrap_or_default();
        has_fields.then_some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMIT: usize = 1 << 16;

    fn read(pieces: &[&[u8]]) -> (Vec<Event>, bool) {
        let mut parser = Parser::new(LIMIT);
        for piece in pieces {
            parser.push(piece).unwrap();
        }
        let events = std::iter::from_fn(|| parser.next()).collect();
        (events, parser.is_between_events())
    }

    fn data(text: &str) -> Event {
        Event { data: text.to_owned(), ..Event::default() }
    }

    #[test]
    fn the_fields_of_an_event_are_read() {
        let text =
            "id: 7\nevent:add\nretry: 3000\ndata: a: b\ndata:\ndata\ndata:  c\nother: x\n: comment\n\n";
        let event = Event {
            id: Some("7".to_owned()),
            event: Some("add".to_owned()),
            data: "a: b\n\n\n c".to_owned(),
            retry: Some(Duration::from_secs(3)),
        };
        assert_eq!(read(&[text.as_bytes()]), (vec![event], true));
    }

    #[test]
    fn every_line_end_ends_a_line_once() {
        for text in [
            "data:1\ndata:2\n\ndata:3\n\n",
            "data:1\rdata:2\r\rdata:3\r\r",
            "data:1\r\ndata:2\r\n\r\ndata:3\r\n\r\n",
        ] {
            let expected = vec![data("1\n2"), data("3")];
            assert_eq!(read(&[text.as_bytes()]), (expected.clone(), true), "{text:?}");
            let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
            assert_eq!(read(&bytes), (expected, true), "{text:?} byte by byte");
        }
        assert_eq!(read(&[b"data:1\r", b"", b"\n\r", b"\n"]), (vec![data("1")], true));
    }

    #[test]
    fn what_is_no_event_is_left_out() {
        assert_eq!(read(&[b"\n\n: keep alive\n\n:\n\nunknown\n\n"]), (vec![], true));
        // Not a number, and an id that no header could carry.
        assert_eq!(read(&[b"retry: 1s\nretry:\nretry: -1\nid: a\0\n\n"]), (vec![], true));
        let retry = Event { retry: Some(Duration::from_millis(5)), ..Event::default() };
        assert_eq!(read(&[b"retry:5\n\n"]), (vec![retry], true));
    }

    #[test]
    fn a_byte_order_mark_is_skipped_at_the_beginning_only() {
        assert_eq!(read(&[b"\xEF", b"\xBB", b"\xBFdata:1\n\n"]), (vec![data("1")], true));
        assert_eq!(read(&[b"\xEF\xBB\xBF\n\xEF\xBB\xBFdata:1\n\n"]), (vec![], true));
    }

    #[test]
    fn an_unfinished_event_is_seen() {
        for text in ["data:1", "data:1\n", "data:1\r\n", "x", "id:1\n"] {
            assert_eq!(read(&[text.as_bytes()]), (vec![], false), "{text:?}");
        }
        assert_eq!(read(&[b":\n:"]), (vec![], true));
    }

    #[test]
    fn what_is_not_utf8_is_replaced() {
        assert_eq!(read(&[b"data:a\xff\xe4\xb8\n\n"]), (vec![data("a\u{fffd}\u{fffd}")], true));
    }

    #[test]
    fn the_size_of_an_event_is_bounded() {
        let mut parser = Parser::new(10);
        for _ in 0..100 {
            parser.push(b"data:12345\n\n").unwrap();
        }
        assert_eq!(parser.push(b"data:123456"), Err(TooLarge));
        let mut parser = Parser::new(10);
        assert_eq!(parser.push(b"data:1\ndata:2\n"), Err(TooLarge));
    }

    proptest! {
        #[test]
        fn the_pieces_make_no_difference(
            lines in proptest::collection::vec(("(data|id|event|retry|x|)", "[:]?", "[ :0-9中😀é\u{feff}]{0,6}", "(\n|\r|\r\n)"), 0..20),
            cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..20),
        ) {
            let text: String = lines.into_iter().map(|(a, b, c, d)| [a, b, c, d].concat()).collect();
            let bytes = text.as_bytes();
            let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            places.extend([0, bytes.len()]);
            places.sort_unstable();
            let pieces: Vec<&[u8]> = places.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
            prop_assert_eq!(read(&pieces), read(&[bytes]));
        }

        #[test]
        fn no_bytes_upset_it(pieces: Vec<Vec<u8>>) {
            read(&pieces.iter().map(Vec::as_slice).collect::<Vec<_>>());
        }
    }
}
