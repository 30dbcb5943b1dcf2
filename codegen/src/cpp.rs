//! `bindings/cpp/include/tencentcloud/sms`: a header for each model, for the client and for the error codes of a version.

use std::collections::BTreeSet;

use minijinja::{Environment, UndefinedBehavior, Value, context};

use crate::Files;
use crate::comments::wrap;
use crate::definition::{Action, Definition, Kind, Member, Side, Structure, Version};

const FOLDER: &str = "bindings/cpp/include/tencentcloud/sms";

const TEMPLATES: &[(&str, &str)] = &[
    ("model", include_str!("../templates/cpp/model.h.jinja")),
    ("client", include_str!("../templates/cpp/client.h.jinja")),
    ("error_codes", include_str!("../templates/cpp/error_codes.h.jinja")),
];

/// Where the lines of comments end.
const WIDTH: usize = 125;

pub(crate) fn generate(definition: &Definition, files: &mut Files) -> Result<(), String> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_keep_trailing_newline(true);
    environment.add_filter("doc", comment);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source).map_err(|error| format!("{name}: {error:#}"))?;
    }
    let render = |name: &str, known: Value| {
        let text = environment.get_template(name).and_then(|template| template.render(known));
        text.map_err(|error| format!("{name}: {error:#}"))
    };
    for version in &definition.versions {
        let digits = version.date.replace('-', "");
        let (folder, namespace) = (format!("v{digits}"), format!("V{digits}"));
        for it in &version.structures {
            let known = structure(it, version, &folder, &namespace);
            files.insert(format!("{FOLDER}/{folder}/model/{}.h", it.name).into(), render("model", known)?);
        }
        let codes = definition.codes.iter().filter(|code| version.codes.contains(&code.name));
        let known = context! {
            folder,
            namespace,
            date => version.date,
            structures => version.structures.iter().map(|it| &it.name).collect::<Vec<_>>(),
            actions => version.actions.iter().map(action).collect::<Vec<_>>(),
            codes => codes.map(|code| context! {
                name => constant(&code.name),
                text => code.name,
                doc => code.doc,
            }).collect::<Vec<_>>(),
        };
        files.insert(format!("{FOLDER}/{folder}/SmsClient.h").into(), render("client", known.clone())?);
        files.insert(format!("{FOLDER}/{folder}/SmsErrorCode.h").into(), render("error_codes", known)?);
    }
    Ok(())
}

/// `FailedOperation.JsonParseFail` as `FAILEDOPERATION_JSONPARSEFAIL`.
fn constant(code: &str) -> String {
    code.to_uppercase().replace('.', "_")
}

fn action(action: &Action) -> Value {
    context! { name => action.name, input => action.input, output => action.output, doc => action.doc }
}

fn structure(structure: &Structure, version: &Version, folder: &str, namespace: &str) -> Value {
    let nested: BTreeSet<&str> = structure
        .members
        .iter()
        .filter_map(|member| match &member.kind {
            Kind::Object(class) => Some(class.as_str()),
            _ => None,
        })
        .collect();
    let answer = structure.side == Side::Answer;
    let request = version.actions.iter().any(|action| action.input == structure.name);
    // The id of a call belongs to all answers alike.
    let members = structure.members.iter().filter(|member| !(answer && member.name == "RequestId"));
    context! {
        folder,
        namespace,
        guard => format!("TENCENTCLOUD_SMS_{namespace}_MODEL_{}_H_", structure.name.to_uppercase()),
        name => structure.name,
        doc => structure.doc,
        side => if answer { "answer" } else if request { "request" } else { "part" },
        nested => nested.into_iter().collect::<Vec<_>>(),
        members => members.map(|it| member(it, !answer)).collect::<Vec<_>>(),
    }
}

fn member(member: &Member, settable: bool) -> Value {
    let kind = match &member.kind {
        Kind::String => "std::string",
        Kind::Unsigned => "uint64_t",
        Kind::Integer => "int64_t",
        Kind::Object(class) => class,
    };
    let number = !member.list && matches!(member.kind, Kind::Unsigned | Kind::Integer);
    let lower = lower_first(&member.name);
    context! {
        name => member.name,
        doc => member.doc,
        type => if member.list { format!("std::vector<{kind}>") } else { kind.to_owned() },
        number,
        settable,
        field => format!("m_{lower}"),
        argument => format!("_{lower}"),
    }
}

fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// A text as lines of a documenting comment that stands `indent` blanks to the right.
fn comment(text: &str, indent: usize) -> String {
    let start = format!("{}///", " ".repeat(indent));
    let mut lines = Vec::new();
    for paragraph in text.trim().split('\n') {
        lines.extend(wrap(&start, paragraph, WIDTH));
    }
    // A backslash at the end would carry the comment on to the next line.
    lines.iter_mut().filter(|line| line.ends_with('\\')).for_each(|line| line.push('.'));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_take_the_form_of_the_official_headers() {
        assert_eq!(lower_first("SmsSdkAppId"), "smsSdkAppId");
        assert_eq!(constant("LimitExceeded.DailyLimit"), "LIMITEXCEEDED_DAILYLIMIT");
    }

    #[test]
    fn texts_become_comments_of_a_limited_width() {
        assert_eq!(comment("One.\n\nTwo.\n", 4), "    /// One.\n    ///\n    /// Two.");
        let long = comment(&"word ".repeat(60), 0);
        assert!(long.lines().count() == 3 && long.lines().all(|line| line.len() <= WIDTH), "{long}");
        assert_eq!(comment("ends in \\", 0), "/// ends in \\.");
    }
}
