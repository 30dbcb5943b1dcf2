//! `bindings/php/src/Sms`: a class for each model, for the client and for the error codes of a version.

use minijinja::{Environment, UndefinedBehavior, Value, context};

use crate::Files;
use crate::comments::wrap;
use crate::definition::{Definition, Kind, Member, Structure};

const FOLDER: &str = "bindings/php/src/Sms";

const TEMPLATES: &[(&str, &str)] = &[
    ("model", include_str!("../templates/php/model.php.jinja")),
    ("client", include_str!("../templates/php/client.php.jinja")),
    ("error_codes", include_str!("../templates/php/error_codes.php.jinja")),
];

/// Where the lines of comments end.
const WIDTH: usize = 125;

pub(crate) fn generate(definition: &Definition, files: &mut Files) -> Result<(), String> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_keep_trailing_newline(true);
    environment.add_filter("doc", |text: &str, indent: usize, hang: Option<&str>| {
        comment(text, indent, hang.unwrap_or_default())
    });
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
            let file = format!("{FOLDER}/{namespace}/Models/{}.php", it.name);
            files.insert(file.into(), render("model", structure(it, &namespace))?);
        }
        let codes = definition.codes.iter().filter(|code| version.codes.contains(&code.name));
        let actions = version.actions.iter().map(|it| {
            context! { name => it.name, input => it.input, output => it.output, doc => it.doc }
        });
        let known = context! {
            namespace,
            date => version.date,
            actions => actions.collect::<Vec<_>>(),
            codes => codes.map(|code| context! {
                name => constant(&code.name),
                text => code.name,
                doc => code.doc,
            }).collect::<Vec<_>>(),
        };
        files.insert(format!("{FOLDER}/{namespace}/SmsClient.php").into(), render("client", known.clone())?);
        files.insert(format!("{FOLDER}/{namespace}/SmsErrorCode.php").into(), render("error_codes", known)?);
    }
    Ok(())
}

/// `FailedOperation.JsonParseFail` as `FAILEDOPERATION_JSONPARSEFAIL`.
fn constant(code: &str) -> String {
    code.to_uppercase().replace('.', "_")
}

fn structure(structure: &Structure, namespace: &str) -> Value {
    context! {
        namespace,
        name => structure.name,
        doc => structure.doc,
        members => structure.members.iter().map(member).collect::<Vec<_>>(),
    }
}

fn member(member: &Member) -> Value {
    let (kind, class, word) = match &member.kind {
        Kind::String => ("'string'".to_owned(), None, "string"),
        Kind::Unsigned | Kind::Integer => ("'integer'".to_owned(), None, "integer"),
        Kind::Object(class) => (format!("{class}::class"), Some(class), class.as_str()),
    };
    context! {
        name => member.name,
        doc => member.doc,
        kind,
        class,
        list => member.list.to_string(),
        type => if member.list { format!("{word}[]") } else { word.to_owned() },
    }
}

/// A text as lines of a documenting comment whose stars stand `indent` + 1 blanks to the right; `hang` stands before its words.
fn comment(text: &str, indent: usize, hang: &str) -> String {
    let start = format!("{} *{hang}", " ".repeat(indent));
    let mut lines = Vec::new();
    // The end of a comment, and what a documentation tool takes for a tag, are taken apart.
    for paragraph in text.trim().replace("*/", "* /").split('\n') {
        lines.extend(wrap(&start, paragraph, WIDTH).iter().map(|line| line.trim_end().to_owned()));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_comments_of_a_limited_width() {
        assert_eq!(comment("One.\n\nTwo.\n", 4, ""), "     * One.\n     *\n     * Two.");
        assert_eq!(comment("ends */ here", 0, "  "), " *   ends * / here");
        let long = comment(&"word ".repeat(60), 0, "");
        assert!(long.lines().count() == 3 && long.lines().all(|line| line.len() <= WIDTH), "{long}");
    }

    #[test]
    fn codes_become_constants() {
        assert_eq!(constant("LimitExceeded.DailyLimit"), "LIMITEXCEEDED_DAILYLIMIT");
    }
}
