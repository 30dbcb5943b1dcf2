//! `bindings/go/sms`: the models, clients and error codes of both versions in Go.

use minijinja::{Environment, UndefinedBehavior, Value, context};

use crate::Files;
use crate::comments::wrap;
use crate::definition::{Action, Code, Definition, Kind, Member, Side, Structure, Version};

const FOLDER: &str = "bindings/go/sms";

/// The files of each version, by their names and their templates.
const TEMPLATES: &[(&str, &str)] = &[
    ("client.go", include_str!("../templates/go/client.go.jinja")),
    ("errors.go", include_str!("../templates/go/errors.go.jinja")),
    ("models.go", include_str!("../templates/go/models.go.jinja")),
];

/// How much of a comment stands in one line.
const WIDTH: usize = 116;

pub(crate) fn generate(definition: &Definition, files: &mut Files) -> Result<(), String> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_keep_trailing_newline(true);
    environment.add_filter("comment", comment);
    for (name, template) in TEMPLATES {
        environment.add_template(name, template).map_err(|error| format!("{name}: {error:#}"))?;
    }
    for version in &definition.versions {
        let package = format!("v{}", version.date.replace('-', ""));
        let known = context! {
            date => version.date,
            package => package,
            actions => version.actions.iter().map(action).collect::<Vec<_>>(),
            structures => version.structures.iter().map(|it| structure(it, version)).collect::<Vec<_>>(),
            codes => codes(version, &definition.codes),
        };
        for (name, _) in TEMPLATES {
            let text = environment.get_template(name).and_then(|template| template.render(&known));
            let mut text = text.map_err(|error| format!("{name}: {error:#}"))?;
            // As gofmt has it: templates leave more blank lines where a part of them was not taken.
            while text.contains("\n\n\n") {
                text = text.replace("\n\n\n", "\n\n");
            }
            files.insert(format!("{FOLDER}/{package}/{name}").into(), text);
        }
    }
    Ok(())
}

fn action(action: &Action) -> Value {
    context! {
        name => action.name,
        doc => action.doc,
        errors => action.errors.iter().map(|code| constant(code)).collect::<Vec<_>>(),
    }
}

fn structure(structure: &Structure, version: &Version) -> Value {
    let action = version
        .actions
        .iter()
        .find(|action| action.input == structure.name || action.output == structure.name);
    // Requests and answers have their action's name in front, whatever the definition calls them.
    let (name, form) = match (action, structure.side) {
        (Some(action), Side::Request) => (format!("{}Request", action.name), "request"),
        (Some(action), _) => (format!("{}Response", action.name), "response"),
        (None, Side::Request) => (structure.name.clone(), "sent"),
        (None, _) => (structure.name.clone(), "read"),
    };
    context! {
        name => name,
        form => form,
        doc => structure.doc,
        members => structure.members.iter().map(|it| member(it, structure)).collect::<Vec<_>>(),
    }
}

fn member(member: &Member, structure: &Structure) -> Value {
    let (plain, method) = match &member.kind {
        Kind::String => ("string", "Text"),
        Kind::Unsigned => ("uint64", "Unsigned"),
        Kind::Integer => ("int64", "Integer"),
        Kind::Object(name) => (name.as_str(), "Object"),
    };
    let many = if member.list { "s" } else { "" };
    let is_object = matches!(member.kind, Kind::Object(_));
    context! {
        name => member.name,
        kind => format!("{}*{plain}", if member.list { "[]" } else { "" }),
        plain => plain,
        method => format!("{method}{many}"),
        object => is_object,
        list => member.list,
        needed => structure.side == Side::Answer && (member.list || is_object),
        doc => member.doc,
    }
}

fn codes(version: &Version, codes: &[Code]) -> Vec<Value> {
    let listed = codes.iter().filter(|code| version.codes.contains(&code.name));
    listed.map(|code| context! { name => constant(&code.name), text => code.name, doc => code.doc }).collect()
}

/// `FailedOperation.JsonParseFail` as `FAILEDOPERATION_JSONPARSEFAIL`.
fn constant(code: &str) -> String {
    code.to_uppercase().replace('.', "_")
}

/// A text as the lines of a comment, each behind `indent`.
fn comment(text: &str, indent: &str) -> String {
    let start = format!("{indent}//");
    let mut lines = Vec::new();
    for paragraph in text.trim().split("\n\n") {
        if !lines.is_empty() {
            lines.push(start.clone());
        }
        lines.extend(wrap(&start, paragraph, start.len() + 1 + WIDTH));
    }
    lines.join("\n")
}
