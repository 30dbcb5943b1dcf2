//! `bindings/dotnet/src/generated`: a C# class for each model, for the client and for the error codes of a version.

use minijinja::{Environment, UndefinedBehavior, Value, context};

use crate::Files;
use crate::comments::wrap;
use crate::definition::{Action, Definition, Kind, Member, Side, Structure};

const FOLDER: &str = "bindings/dotnet/src/generated";

const TEMPLATES: &[(&str, &str)] = &[
    ("model", include_str!("../templates/csharp/model.cs.jinja")),
    ("client", include_str!("../templates/csharp/client.cs.jinja")),
    ("error_codes", include_str!("../templates/csharp/error_codes.cs.jinja")),
];

/// Where the lines of comments end.
const WIDTH: usize = 125;

pub(crate) fn generate(definition: &Definition, files: &mut Files) -> Result<(), String> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_keep_trailing_newline(true);
    environment.add_filter("doc", summary);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source).map_err(|error| format!("{name}: {error:#}"))?;
    }
    let render = |name: &str, known: Value| {
        let text = environment.get_template(name).and_then(|template| template.render(known));
        text.map_err(|error| format!("{name}: {error:#}"))
    };
    for version in &definition.versions {
        let namespace = format!("V{}", version.date.replace('-', ""));
        for it in &version.structures {
            let path = format!("{FOLDER}/{namespace}/Models/{}.cs", it.name);
            files.insert(path.into(), render("model", structure(it, &namespace))?);
        }
        let codes = definition.codes.iter().filter(|code| version.codes.contains(&code.name));
        let known = context! {
            namespace,
            date => version.date,
            actions => version.actions.iter().map(action).collect::<Vec<_>>(),
            codes => codes.map(|code| context! {
                name => constant(&code.name),
                text => code.name,
                doc => code.doc,
            }).collect::<Vec<_>>(),
        };
        files.insert(format!("{FOLDER}/{namespace}/SmsClient.cs").into(), render("client", known.clone())?);
        files.insert(format!("{FOLDER}/{namespace}/SmsErrorCode.cs").into(), render("error_codes", known)?);
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

fn structure(structure: &Structure, namespace: &str) -> Value {
    context! {
        namespace,
        name => structure.name,
        doc => structure.doc,
        answer => structure.side == Side::Answer,
        members => structure.members.iter().map(member).collect::<Vec<_>>(),
    }
}

fn member(member: &Member) -> Value {
    // `read` and `write` are methods of the JSON module, `put` is one of the writer of parameters by name.
    let (kind, read) = match &member.kind {
        Kind::String => ("string".to_owned(), "Text".to_owned()),
        Kind::Unsigned => ("ulong?".to_owned(), "Unsigned".to_owned()),
        Kind::Integer => ("long?".to_owned(), "Integer".to_owned()),
        Kind::Object(class) => (class.clone(), format!("Model<{class}>")),
    };
    let read = match (&member.kind, member.list) {
        (_, false) => read,
        (Kind::Object(class), true) => format!("Models<{class}>"),
        (_, true) => format!("{read}s"),
    };
    context! {
        name => member.name,
        doc => member.doc,
        type => if member.list { format!("{kind}[]") } else { kind },
        read,
    }
}

/// A text in the form of Markdown as the lines of a documenting comment, `indent` blanks to the right.
fn summary(text: &str, indent: usize) -> String {
    let start = format!("{}///", " ".repeat(indent));
    let mut lines = vec![format!("{start} <summary>")];
    let paragraphs: Vec<&str> =
        text.trim().split("\n\n").map(str::trim).filter(|part| !part.is_empty()).collect();
    for (place, paragraph) in paragraphs.iter().enumerate() {
        let text = marked_up(paragraph);
        let text = if place == 0 { text } else { format!("<para>{text}</para>") };
        lines.extend(wrap(&start, &text, WIDTH));
    }
    lines.push(format!("{start} </summary>"));
    lines.join("\n")
}

/// Escapes what means something in XML, and puts what stands between backticks into `<c>`.
fn marked_up(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        // A backtick that is never closed stands for itself.
        return text;
    }
    let mut marked = String::new();
    for (place, part) in parts.iter().enumerate() {
        if place % 2 == 1 {
            marked.push_str(&format!("<c>{part}</c>"));
        } else {
            marked.push_str(part);
        }
    }
    marked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_becomes_the_name_of_a_constant() {
        assert_eq!(constant("LimitExceeded.DailyLimit"), "LIMITEXCEEDED_DAILYLIMIT");
    }

    #[test]
    fn texts_become_comments_that_are_xml() {
        let doc = "    /// <summary>\n    /// a &lt;b&gt; &amp; <c>C</c>\n    /// <para>Two.</para>\n    /// </summary>";
        assert_eq!(summary("a <b> & `C`\n\nTwo.\n", 4), doc);
        assert_eq!(marked_up("one ` alone"), "one ` alone");
    }

    #[test]
    fn comments_have_a_limited_width() {
        let long = summary(&"word ".repeat(60), 0);
        assert!(long.lines().count() == 5 && long.lines().all(|line| line.len() <= WIDTH), "{long}");
    }
}
