//! `bindings/java/src/main/java/com/tencentcloudapi/sms`: models, clients and error codes, with the texts of `api/`.

use minijinja::{Environment, UndefinedBehavior, Value, context};

use crate::Files;
use crate::comments::wrap;
use crate::definition::{Action, Definition, Kind, Member, Structure, Version};

const FOLDER: &str = "bindings/java/src/main/java/com/tencentcloudapi/sms";

const TEMPLATES: &[(&str, &str)] = &[
    ("model", include_str!("../templates/java/model.java.jinja")),
    ("client", include_str!("../templates/java/client.java.jinja")),
    ("error_code", include_str!("../templates/java/error_code.java.jinja")),
];

/// Where the lines of comments end.
const WIDTH: usize = 120;

pub(crate) fn generate(definition: &Definition, files: &mut Files) -> Result<(), String> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_keep_trailing_newline(true);
    environment.add_filter("doc", javadoc);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source).map_err(|error| format!("{name}: {error:#}"))?;
    }
    let render = |name: &str, known: Value| {
        let text = environment.get_template(name).and_then(|template| template.render(known));
        text.map_err(|error| format!("{name}: {error:#}"))
    };
    for version in &definition.versions {
        let package = format!("v{}", version.date.replace('-', ""));
        for it in &version.structures {
            let text = render("model", structure(it, version, &package))?;
            files.insert(format!("{FOLDER}/{package}/models/{}.java", it.name).into(), text);
        }
        let codes = definition.codes.iter().filter(|code| version.codes.contains(&code.name));
        let known = context! {
            package,
            date => version.date,
            actions => version.actions.iter().map(action).collect::<Vec<_>>(),
            codes => codes.map(|code| context! {
                name => constant(&code.name),
                text => code.name,
                doc => code.doc,
            }).collect::<Vec<_>>(),
        };
        files.insert(format!("{FOLDER}/{package}/SmsClient.java").into(), render("client", known.clone())?);
        files.insert(format!("{FOLDER}/{package}/SmsErrorCode.java").into(), render("error_code", known)?);
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

fn structure(structure: &Structure, version: &Version, package: &str) -> Value {
    let of = |name: &String| *name == structure.name;
    let members = structure.members.iter().map(member).collect::<Vec<_>>();
    context! {
        package,
        date => version.date,
        name => structure.name,
        doc => structure.doc,
        request_of => version.actions.iter().find(|it| of(&it.input)).map(|it| it.name.clone()),
        members,
    }
}

fn member(member: &Member) -> Value {
    let class = match &member.kind {
        Kind::String => "String",
        Kind::Unsigned | Kind::Integer => "Long",
        Kind::Object(class) => class,
    };
    let simple = !matches!(member.kind, Kind::Object(_));
    let put = match (member.list, simple) {
        (false, true) => "setParamSimple",
        (true, true) => "setParamArraySimple",
        (false, false) => "setParamObj",
        (true, false) => "setParamArrayObj",
    };
    context! {
        name => member.name,
        doc => member.doc,
        class,
        type => if member.list { format!("{class}[]") } else { class.to_owned() },
        list => member.list,
        simple,
        put,
        // What stands behind the name in the keys of a form.
        dot => if member.list || !simple { "." } else { "" },
    }
}

/// A text as the inside of a documenting comment that stands `indent` blanks to the right: paragraphs of plain text.
fn javadoc(text: &str, indent: usize) -> String {
    let start = format!("{} *", " ".repeat(indent));
    let mut lines = Vec::new();
    for paragraph in text.trim().split("\n\n") {
        let paragraph = escaped(paragraph);
        if lines.is_empty() {
            lines.extend(wrap(&start, &paragraph, WIDTH));
        } else {
            lines.push(start.clone());
            lines.extend(wrap(&start, &format!("<p>{paragraph}"), WIDTH));
        }
    }
    lines.join("\n")
}

/// A text as it stands in a comment that is HTML: no tag, no end of the comment, no escape of the compiler's.
fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('@', "&#64;");
    text.replace("*/", "*&#47;").replace('\\', "&#92;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_take_the_form_of_java() {
        assert_eq!(constant("LimitExceeded.DailyLimit"), "LIMITEXCEEDED_DAILYLIMIT");
        assert_eq!(javadoc("One\ntwo.\n\nThree.", 4), "     * One two.\n     *\n     * <p>Three.");
        assert_eq!(javadoc("a */ \\u0041 <b> @c", 0), " * a *&#47; &#92;u0041 &lt;b&gt; &#64;c");
        let long = javadoc(&"word ".repeat(60), 0);
        assert!(long.lines().count() > 1 && long.lines().all(|line| line.len() <= WIDTH));
    }
}
