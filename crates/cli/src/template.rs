//! What the service knows about the template of a send, asked before anything is sent.

use std::time::Duration;

use tcsms::blocking::Client;
use tcsms::{Error, RetryPolicy};
use tcsms_service::rules::content::compose;
use tcsms_service::rules::templates::Template;
use tcsms_service::rules::{numbers, segments};

use crate::failure::Failure;

/// A send does not wait longer for a check of its template.
const PATIENCE: Duration = Duration::from_secs(5);

/// The text of the template, or why it is not known: a check that cannot be made keeps nobody from sending.
pub(crate) fn look_up(client: &Client, id: &str, mainland: bool) -> Result<String, String> {
    let number = id.parse().map_err(|_| format!("the id of a template is a number, {id} is none"))?;
    let call =
        client.describe_sms_template_list().template_id_set([number]).international(u64::from(!mainland));
    let answer = call.with_timeout(PATIENCE).with_retry(RetryPolicy::never()).send();
    let statuses = answer.map_err(|error: Error| error.to_string())?.describe_template_status_set;
    match statuses.into_iter().find(|status| status.template_id == number) {
        Some(status) if status.status_code == 0 => Ok(status.template_content),
        Some(_) => Err(format!("the template {id} is not approved")),
        None => Err(format!("the service knows no template {id}")),
    }
}

/// Refuses a send whose values cannot fit.
pub(crate) fn check_count(id: &str, content: &str, given: usize) -> Result<(), Failure> {
    let Ok(template) = Template::parse(content) else { return Ok(()) };
    let taken = template.variables();
    if taken == given {
        return Ok(());
    }
    let plural = if taken == 1 { "" } else { "s" };
    Err(Failure::usage(format!(
        "template {id} takes {taken} value{plural}, got {given}; its text is: {content}"
    )))
}

/// Whether a message to this number is one to mainland China, as what is no number counts as well.
pub(crate) fn is_mainland(number: &str) -> bool {
    numbers::parse(number).is_none_or(|number| number.mainland)
}

/// A message as a phone shows it, and what it costs.
pub(crate) struct Message {
    pub(crate) text: String,
    pub(crate) segments: u32,
    /// What makes it dearer than it looks.
    pub(crate) remark: Option<String>,
}

impl Message {
    pub(crate) fn of(sign: &str, content: &str, values: &[String], mainland: bool) -> Self {
        let body =
            Template::parse(content).map_or_else(|_| content.to_owned(), |template| template.render(values));
        let text = compose(sign, &body, mainland);
        let segments = if mainland { segments::mainland(&text) } else { segments::global(&text) };
        let remark = if mainland { None } else { dearer(&text) };
        Self { text, segments, remark }
    }
}

/// Names the character that keeps a global text from the GSM alphabet, when the text would be cheaper without it.
pub(crate) fn dearer(text: &str) -> Option<String> {
    let (place, character) = segments::first_outside_gsm(text)?;
    let with = segments::global(text);
    let without: String = text.chars().filter(|character| segments::is_gsm(*character)).collect();
    let without = segments::global(&without);
    // A Chinese text is written in Chinese; nobody forgot a character there.
    (without < with).then(|| {
        let is_seen =
            !(character.is_control() || character.is_whitespace() || matches!(character, '\u{200b}'..='\u{200f}'));
        let shown = if is_seen { format!(" ({character})") } else { String::new() };
        format!(
            "character {place}, U+{:04X}{shown}, is not in the GSM alphabet, so the text is sent as UCS-2: {with} segments instead of {without}",
            character as u32
        )
    })
}
