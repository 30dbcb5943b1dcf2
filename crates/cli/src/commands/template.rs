//! `tcsms template add`: a new template, handed in for review.

use super::answer_json;
use crate::args::{Output, TemplateAddArgs, TemplateKind};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::printer::Printer;
use crate::settings;

pub(crate) fn add(args: &TemplateAddArgs, printer: &Printer) -> Result<Exit, Failure> {
    let client = settings::client(&args.client)?;
    let answer = client
        .add_sms_template()
        .template_name(&args.name)
        .template_content(&args.content)
        .sms_type(match args.kind {
            TemplateKind::Marketing => 1,
            TemplateKind::Notification => 2,
            TemplateKind::Verification => 3,
        })
        .international(u64::from(args.international))
        .remark(&args.remark)
        .send()?;
    if printer.output() == Output::Json {
        printer.json(&answer_json(&answer)?)?;
    } else {
        let id = &answer.add_template_status.template_id;
        printer.text(&format!("template {id} is handed in for review\n"))?;
    }
    Ok(Exit::Done)
}
