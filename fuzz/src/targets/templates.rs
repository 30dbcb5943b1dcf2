//! Templates: what was taken apart is put together again, values are never read as variables, and each more character
//! costs as much or more.

use tcsms_service::rules::segments;
use tcsms_service::rules::templates::{LENGTH_MAX, Template, validate};

use crate::fields::Fields;

pub(crate) fn run(data: &[u8]) {
    let mut fields = Fields::of(data);
    let text = fields.text().into_owned();
    let values: Vec<String> = String::from_utf8_lossy(fields.rest()).split('\n').map(str::to_owned).collect();
    if let Ok(template) = Template::parse(&text) {
        // Each variable as its own value is the text again.
        let names: Vec<String> = (1..=template.variables()).map(|number| format!("{{{number}}}")).collect();
        assert_eq!(template.render(&names), text);
        let rendered = template.render(&values);
        assert_eq!(rendered, rendered_slowly(&text, &values));
        counts(&rendered);
    }
    for international in [false, true] {
        match validate(&text, international) {
            Ok(template) => {
                assert!(text.chars().count() <= LENGTH_MAX);
                assert_eq!(Template::parse(&text).map(|again| again.variables()), Ok(template.variables()));
            }
            Err(fault) => assert!(!fault.to_string().is_empty()),
        }
    }
    counts(&text);
}

/// Puts the values in from the last variable to the first, so that none is looked at again.
fn rendered_slowly(text: &str, values: &[String]) -> String {
    let mut text = text.to_owned();
    while let Some(open) = text.rfind('{').filter(|open| text[*open..].contains('}')) {
        let Some(close) = text[open..].find('}').map(|length| open + length) else { break };
        let number: usize = text[open + 1..close].parse().unwrap_or_default();
        let value = number.checked_sub(1).and_then(|place| values.get(place)).map_or("", String::as_str);
        // Braces of a value must not be found again.
        let value = value.replace('{', "\u{f8f1}").replace('}', "\u{f8f2}");
        text.replace_range(open..=close, &value);
    }
    text.replace('\u{f8f1}', "{").replace('\u{f8f2}', "}")
}

fn counts(text: &str) {
    let (mut mainland, mut global) = (0, 0);
    for (end, _) in text.char_indices().chain([(text.len(), ' ')]) {
        let part = &text[..end];
        let (more_mainland, more_global) = (segments::mainland(part), segments::global(part));
        assert!(more_mainland >= mainland, "{part:?}");
        assert!(more_global >= global, "{part:?}");
        (mainland, global) = (more_mainland, more_global);
    }
    assert_eq!(
        segments::first_outside_gsm(text).map(|(_, character)| character),
        text.chars().find(|character| !segments::is_gsm(*character))
    );
}
