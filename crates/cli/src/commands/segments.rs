//! `tcsms segments`: what a text costs.

use serde::Serialize;
use tcsms_service::rules::segments::{self, first_outside_gsm};

use crate::args::{Output, SegmentsArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::json;
use crate::printer::Printer;
use crate::template;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Counted {
    characters: usize,
    mainland_segments: u32,
    global_segments: u32,
    /// The first character that is not in the GSM alphabet.
    outside_gsm: Option<Outside>,
}

#[derive(Serialize)]
struct Outside {
    /// Counted from 1.
    position: usize,
    character: String,
}

pub(crate) fn run(args: &SegmentsArgs, printer: &Printer) -> Result<Exit, Failure> {
    let text = json::read_text(&args.text)?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    let counted = Counted {
        characters: text.chars().count(),
        mainland_segments: segments::mainland(text),
        global_segments: segments::global(text),
        outside_gsm: first_outside_gsm(text).map(|(position, character)| Outside {
            position,
            character: format!("U+{:04X}", character as u32),
        }),
    };
    if printer.output() == Output::Json {
        printer.json(&super::answer_json(&counted)?)?;
        return Ok(Exit::Done);
    }
    let plural = |count: u32| if count == 1 { "" } else { "s" };
    let Counted { characters, mainland_segments: mainland, global_segments: global, .. } = counted;
    printer.text(&format!(
        "{characters} characters: {mainland} segment{} to mainland China, {global} segment{} elsewhere\n",
        plural(mainland),
        plural(global)
    ))?;
    if let Some(remark) = template::dearer(text) {
        printer.remark(&remark);
    }
    Ok(Exit::Done)
}
