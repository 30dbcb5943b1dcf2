//! The SDK for Node.js: clients, the types of what they take and give, and error codes, of each version.

use minijinja::{Environment, UndefinedBehavior, Value, context};

use crate::Files;
use crate::definition::{Action, Definition, Kind, Member, Structure, Version};

/// Where they stand.
const FOLDER: &str = "bindings/nodejs/tencentcloud/services";

/// The files of the whole folder, by their names and their templates.
const TEMPLATES: &[(&str, &str)] = &[
    ("index.js", include_str!("../templates/nodejs/services.js.jinja")),
    ("index.d.ts", include_str!("../templates/nodejs/services.d.ts.jinja")),
    ("sms/index.js", include_str!("../templates/nodejs/sms.js.jinja")),
    ("sms/index.d.ts", include_str!("../templates/nodejs/sms.d.ts.jinja")),
];

/// The files of each version.
const OF_VERSION: &[(&str, &str)] = &[
    ("version.js", include_str!("../templates/nodejs/version.js.jinja")),
    ("version.d.ts", include_str!("../templates/nodejs/version.d.ts.jinja")),
    ("sms_client.js", include_str!("../templates/nodejs/sms_client.js.jinja")),
    ("sms_client.d.ts", include_str!("../templates/nodejs/sms_client.d.ts.jinja")),
    ("sms_models.js", include_str!("../templates/nodejs/sms_models.js.jinja")),
    ("sms_models.d.ts", include_str!("../templates/nodejs/sms_models.d.ts.jinja")),
    ("sms_error_codes.js", include_str!("../templates/nodejs/sms_error_codes.js.jinja")),
    ("sms_error_codes.d.ts", include_str!("../templates/nodejs/sms_error_codes.d.ts.jinja")),
];

pub(crate) fn generate(definition: &Definition, files: &mut Files) -> Result<(), String> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_keep_trailing_newline(true);
    environment.add_filter("doc", comment);
    for (name, source) in TEMPLATES.iter().chain(OF_VERSION) {
        environment.add_template(name, source).map_err(|error| format!("{name}: {error:#}"))?;
    }
    let modules: Vec<String> = definition.versions.iter().map(|version| module(&version.date)).collect();
    for (name, _) in TEMPLATES {
        let text = render(&environment, name, &context! { modules })?;
        files.insert(format!("{FOLDER}/{name}").into(), text);
    }
    for version in &definition.versions {
        let module = module(&version.date);
        let known = context! {
            date => version.date,
            module,
            actions => version.actions.iter().map(action).collect::<Vec<_>>(),
            structures => version.structures.iter().map(structure).collect::<Vec<_>>(),
            codes => codes(definition, version),
        };
        for (name, _) in OF_VERSION {
            let file = name.replace("version.", "index.");
            let text = render(&environment, name, &known)?;
            files.insert(format!("{FOLDER}/sms/{module}/{file}").into(), text);
        }
    }
    Ok(())
}

/// `2021-01-11` as `v20210111`.
fn module(date: &str) -> String {
    format!("v{}", date.replace('-', ""))
}

fn render(environment: &Environment<'_>, name: &str, known: &Value) -> Result<String, String> {
    let text = environment.get_template(name).and_then(|template| template.render(known));
    text.map_err(|error| format!("{name}: {error:#}"))
}

/// The codes that actions of the version can answer with.
fn codes(definition: &Definition, version: &Version) -> Vec<Value> {
    let of_version =
        |code: &str| version.actions.iter().any(|action| action.errors.iter().any(|it| it == code));
    let found = definition.codes.iter().filter(|code| of_version(&code.name));
    found.map(|code| context! { name => constant(&code.name), text => code.name, doc => code.doc }).collect()
}

/// `FailedOperation.JsonParseFail` as `FAILEDOPERATION_JSONPARSEFAIL`.
fn constant(code: &str) -> String {
    code.to_uppercase().replace('.', "_")
}

fn action(action: &Action) -> Value {
    context! { name => action.name, input => action.input, output => action.output, doc => action.doc }
}

fn structure(structure: &Structure) -> Value {
    context! {
        name => structure.name,
        doc => structure.doc,
        members => structure.members.iter().map(member).collect::<Vec<_>>(),
    }
}

fn member(member: &Member) -> Value {
    let kind = match &member.kind {
        Kind::String => "string",
        // As the documented SDK has it: a list may hold large ones.
        Kind::Unsigned | Kind::Integer if member.list => "number | bigint",
        Kind::Unsigned | Kind::Integer => "number",
        Kind::Object(name) => name,
    };
    context! {
        name => member.name,
        doc => member.doc,
        mark => if member.required { "" } else { "?" },
        kind => if member.list { format!("Array<{kind}>") } else { kind.to_owned() },
    }
}

/// A text as a comment for documentation, whose lines after the first stand `indent` blanks to the right.
fn comment(text: &str, indent: usize) -> String {
    let text = text.trim().replace("*/", "*\u{200b}/");
    let margin = " ".repeat(indent);
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    match &lines[..] {
        [line] => format!("/** {line} */"),
        lines => {
            let inside = lines.iter().map(|line| format!("{margin} * {line}").trim_end().to_owned());
            let inside = inside.collect::<Vec<_>>().join("\n");
            format!("/**\n{inside}\n{margin} */")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_take_the_form_of_javascript() {
        assert_eq!(constant("LimitExceeded.DailyLimit"), "LIMITEXCEEDED_DAILYLIMIT");
        assert_eq!(module("2021-01-11"), "v20210111");
        assert_eq!(comment("One.", 2), "/** One. */");
        assert_eq!(comment("One.\n\nTwo.\n", 2), "/**\n   * One.\n   *\n   * Two.\n   */");
        assert!(!comment("a */ b", 0).trim_end_matches("*/").contains("*/"));
    }
}
