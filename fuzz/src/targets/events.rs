//! Server-sent events: the pieces that a stream comes in make no difference, and what is read means the same written
//! again.

use tcsms::Event;
use tcsms::fuzzing::events;

use crate::fields::Fields;

const LARGEST: usize = 1_024;

pub(crate) fn run(data: &[u8]) {
    let mut fields = Fields::of(data);
    let size = usize::try_from(fields.number() % 16).unwrap_or_default() + 1;
    let stream = fields.rest();

    let whole = events(&[stream], LARGEST);
    let pieces: Vec<&[u8]> = stream.chunks(size).collect();
    assert_eq!(events(&pieces, LARGEST), whole, "in pieces of {size}");

    let Some((read, _)) = whole else {
        assert!(stream.len() > LARGEST, "refused as too large");
        return;
    };
    let written: String = read.iter().map(written).collect();
    // A replaced byte is three where it was one, so what is written may be larger.
    assert_eq!(events(&[written.as_bytes()], 4 * LARGEST), Some((read, true)), "{written:?}");
}

fn written(event: &Event) -> String {
    let field = |name: &str, value: &str| format!("{name}: {value}\n");
    let mut text = String::new();
    text.extend(event.id.as_deref().map(|id| field("id", id)));
    text.extend(event.event.as_deref().map(|kind| field("event", kind)));
    text.extend(event.retry.map(|retry| field("retry", &retry.as_millis().to_string())));
    text.extend(event.data.split('\n').map(|line| field("data", line)));
    text + "\n"
}
