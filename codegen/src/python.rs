//! `bindings/python/src/tencentcloud/sms`: models, clients and error codes, with the texts of `api/`.

use minijinja::{Environment, UndefinedBehavior, Value, context};

use crate::Files;
use crate::definition::{Action, Definition, Kind, Member, Structure, Version};

const FOLDER: &str = "bindings/python/src/tencentcloud/sms";

/// The files of each version, by their names and their templates.
const TEMPLATES: &[(&str, &str)] = &[
    ("__init__.py", include_str!("../templates/python/package.py.jinja")),
    ("errorcodes.py", include_str!("../templates/python/errorcodes.py.jinja")),
    ("models.py", include_str!("../templates/python/models.py.jinja")),
    ("models.pyi", include_str!("../templates/python/models.pyi.jinja")),
    ("sms_client.py", include_str!("../templates/python/sms_client.py.jinja")),
    ("sms_client.pyi", include_str!("../templates/python/sms_client.pyi.jinja")),
    ("sms_client_async.py", include_str!("../templates/python/sms_client_async.py.jinja")),
];

pub(crate) fn generate(definition: &Definition, files: &mut Files) -> Result<(), String> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_keep_trailing_newline(true);
    environment.add_filter("doc", docstring);
    environment.add_filter("comment", comment);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source).map_err(|error| format!("{name}: {error:#}"))?;
    }
    let package = |about: Value| render(&environment, "__init__.py", &about);
    files.insert(
        format!("{FOLDER}/__init__.py").into(),
        package(context! { about => "Tencent Cloud SMS, a module for each version of its API." })?,
    );
    for version in &definition.versions {
        let module = format!("v{}", version.date.replace('-', ""));
        let known = context! {
            date => version.date,
            module => module,
            about => format!("Version {} of the API.", version.date),
            actions => version.actions.iter().map(action).collect::<Vec<_>>(),
            structures => version.structures.iter().map(|it| structure(it, version, &module)).collect::<Vec<_>>(),
            codes => definition.codes.iter().filter(|code| version.codes.contains(&code.name)).map(|code| context! {
                name => constant(&code.name),
                text => code.name,
                doc => code.doc,
            }).collect::<Vec<_>>(),
        };
        for (name, _) in TEMPLATES {
            files.insert(format!("{FOLDER}/{module}/{name}").into(), render(&environment, name, &known)?);
        }
    }
    Ok(())
}

fn render(environment: &Environment<'_>, name: &str, known: &Value) -> Result<String, String> {
    let text = environment.get_template(name).and_then(|template| template.render(known));
    text.map_err(|error| format!("{name}: {error:#}"))
}

/// `FailedOperation.JsonParseFail` as `FAILEDOPERATION_JSONPARSEFAIL`.
fn constant(code: &str) -> String {
    code.to_uppercase().replace('.', "_")
}

fn action(action: &Action) -> Value {
    context! {
        name => action.name,
        input => action.input,
        output => action.output,
        doc => action.doc,
        errors => action.errors,
    }
}

fn structure(structure: &Structure, version: &Version, module: &str) -> Value {
    let nested: Vec<_> = structure
        .members
        .iter()
        .filter_map(|member| match &member.kind {
            Kind::Object(class) => Some(context! { name => member.name, class, list => member.list }),
            _ => None,
        })
        .collect();
    let about = version.actions.iter().find(|action| action.output == structure.name);
    context! {
        name => structure.name,
        doc => structure.doc,
        of => about.map(|action| action.name.clone()),
        members => structure.members.iter().map(|it| member(it, module)).collect::<Vec<_>>(),
        nested,
    }
}

fn member(member: &Member, module: &str) -> Value {
    let (told, hint) = match &member.kind {
        Kind::String => ("str".to_owned(), "str".to_owned()),
        // The words in which the documented SDK tells the types of its members.
        Kind::Unsigned if member.list => ("int non-negative".to_owned(), "int".to_owned()),
        Kind::Unsigned | Kind::Integer => ("int".to_owned(), "int".to_owned()),
        Kind::Object(class) if member.list => (class.clone(), class.clone()),
        Kind::Object(class) => (format!(":class:`tencentcloud.sms.{module}.models.{class}`"), class.clone()),
    };
    context! {
        name => member.name,
        doc => member.doc,
        told => if member.list { format!("list of {told}") } else { told },
        hint => if member.list { format!("List[{hint}]") } else { hint },
    }
}

/// A text as the inside of a raw docstring whose lines after the first stand `indent` blanks to the right.
fn docstring(text: &str, indent: usize) -> String {
    let text = text.trim().replace("\"\"\"", "'''");
    let mut lines = text.lines().map(str::trim_end);
    let mut out = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        out.push('\n');
        if !line.is_empty() {
            out.push_str(&" ".repeat(indent));
            out.push_str(line);
        }
    }
    out
}

/// A text as comment lines.
fn comment(text: &str) -> String {
    let lines = text.trim().lines().map(|line| format!("# {line}").trim_end().to_owned());
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_take_the_form_of_python() {
        assert_eq!(constant("LimitExceeded.DailyLimit"), "LIMITEXCEEDED_DAILYLIMIT");
        assert_eq!(docstring("One.\n\nTwo.\n", 4), "One.\n\n    Two.");
        assert_eq!(comment("One.\n\nTwo."), "# One.\n#\n# Two.");
        assert_eq!(docstring("a \"\"\" b", 0), "a ''' b");
    }
}
