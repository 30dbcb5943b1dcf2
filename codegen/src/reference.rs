//! `docs/api`: the definition as documents to read, in English and in Chinese.

use minijinja::{Environment, UndefinedBehavior, Value, context};

use crate::Files;
use crate::definition::{Action, Code, Definition, Kind, Member, Side, Structure, Version};
use crate::texts::Text;

const FOLDER: &str = "docs/api";

const TEMPLATES: &[(&str, &str)] = &[
    ("index", include_str!("../templates/reference/index.md.jinja")),
    ("version", include_str!("../templates/reference/version.md.jinja")),
    ("errors", include_str!("../templates/reference/errors.md.jinja")),
];

/// The documents without a version, by their names.
const INDEX: &str = "README";
const ERRORS: &str = "errors";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Language {
    English,
    Chinese,
}

impl Language {
    fn choose<'a>(self, english: &'a str, chinese: &'a str) -> &'a str {
        if self == Self::English { english } else { chinese }
    }

    fn of(self, text: &Text) -> &str {
        self.choose(&text.english, &text.chinese)
    }

    /// The file of a document.
    fn file(self, document: &str) -> String {
        format!("{document}{}.md", self.choose("", ".zh-CN"))
    }

    fn other(self) -> Self {
        if self == Self::English { Self::Chinese } else { Self::English }
    }
}

pub(crate) fn generate(definition: &Definition, files: &mut Files) -> Result<(), String> {
    for language in [Language::English, Language::Chinese] {
        let environment = environment(language)?;
        let mut write = |document: &str, template: &str, about: Value| {
            let known = context! {
                other => language.other().file(document),
                index => language.file(INDEX),
                errors => language.file(ERRORS),
                ..about
            };
            let text = environment.get_template(template).and_then(|template| template.render(known));
            let text = text.map_err(|error| format!("{template}: {error:#}"))?;
            files
                .insert(format!("{FOLDER}/{}", language.file(document)).into(), format!("{}\n", text.trim()));
            Ok::<(), String>(())
        };
        write(INDEX, "index", Page { definition, language, document: INDEX }.index())?;
        write(ERRORS, "errors", Page { definition, language, document: ERRORS }.errors())?;
        for version in &definition.versions {
            let page = Page { definition, language, document: &version.date };
            write(&version.date, "version", page.version(version))?;
        }
    }
    Ok(())
}

fn environment(language: Language) -> Result<Environment<'static>, String> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.add_function("t", move |english: String, chinese: String| match language {
        Language::English => english,
        Language::Chinese => chinese,
    });
    environment.add_function("yes", move |is: bool| {
        if is { language.choose("yes", "是") } else { language.choose("no", "否") }
    });
    environment.add_filter("cell", cell);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source).map_err(|error| format!("{name}: {error:#}"))?;
    }
    Ok(environment)
}

/// A document in one language, from which links lead to the others.
struct Page<'a> {
    definition: &'a Definition,
    language: Language,
    document: &'a str,
}

impl Page<'_> {
    fn index(&self) -> Value {
        let action = |version: &Version, action: &Action| {
            context! {
                name => action.name,
                link => self.link(&version.date, &action.name),
                brief => cell(&self.linked(first_sentence(self.language.of(&action.text)))),
                rate => action.rate_per_second,
                idempotent => action.idempotent,
            }
        };
        let versions = self.definition.versions.iter().rev().map(|version| {
            context! {
                date => version.date,
                page => self.language.file(&version.date),
                count => version.actions.len(),
                actions => version.actions.iter().map(|it| action(version, it)).collect::<Vec<_>>(),
            }
        });
        context! { versions => versions.collect::<Vec<_>>() }
    }

    fn version(&self, version: &Version) -> Value {
        let top = |name: &String| {
            version.actions.iter().any(|action| action.input == *name || action.output == *name)
        };
        let lower = version.structures.iter().filter(|structure| !top(&structure.name));
        context! {
            date => version.date,
            gateway => self.link(ERRORS, self.language.choose("Codes of the gateway", "网关的错误码")),
            actions => version.actions.iter().map(|it| self.action(version, it)).collect::<Vec<_>>(),
            structures => lower.map(|it| self.structure(it)).collect::<Vec<_>>(),
        }
    }

    fn action(&self, version: &Version, action: &Action) -> Value {
        let structure = |name: &String| {
            let found = version.structures.iter().find(|structure| structure.name == *name);
            found.map(|structure| self.structure(structure))
        };
        context! {
            name => action.name,
            text => self.linked(self.language.of(&action.text)),
            rate => action.rate_per_second,
            idempotent => action.idempotent,
            input => structure(&action.input),
            output => structure(&action.output),
            errors => action.errors.iter().map(|code| self.linked(&format!("`{code}`"))).collect::<Vec<_>>(),
        }
    }

    fn structure(&self, structure: &Structure) -> Value {
        context! {
            name => structure.name,
            text => self.linked(self.language.of(&structure.text)),
            request => structure.side == Side::Request,
            members => structure.members.iter().map(|it| self.member(it)).collect::<Vec<_>>(),
        }
    }

    fn member(&self, member: &Member) -> Value {
        let list = if member.list { "[]" } else { "" };
        let kind = match &member.kind {
            Kind::String => format!("`string{list}`"),
            Kind::Unsigned => format!("`uint64{list}`"),
            Kind::Integer => format!("`int64{list}`"),
            Kind::Object(name) => {
                let heading = format!("{} {name}", self.language.choose("Structure", "结构"));
                format!("[`{name}{list}`]({})", self.link(self.document, &heading))
            }
        };
        context! {
            name => member.name,
            type => kind,
            required => member.required,
            text => self.linked(self.language.of(&member.text)),
        }
    }

    fn errors(&self) -> Value {
        context! { codes => self.definition.codes.iter().map(|code| self.code(code)).collect::<Vec<_>>() }
    }

    fn code(&self, code: &Code) -> Value {
        let versions = self.definition.versions.iter().rev().filter_map(|version| {
            let listing = version.actions.iter().filter(|action| action.errors.contains(&code.name));
            let links = listing
                .map(|action| format!("[{}]({})", action.name, self.link(&version.date, &action.name)))
                .collect::<Vec<_>>();
            (!links.is_empty()).then(|| {
                context! {
                    date => version.date,
                    page => self.language.file(&version.date),
                    actions => links.join(self.language.choose(", ", "、")),
                }
            })
        });
        context! {
            name => code.name,
            text => self.linked(self.language.of(&code.text)),
            remedy => self.linked(self.language.of(&code.remedy)),
            retryable => code.retryable,
            gateway => code.gateway,
            versions => versions.collect::<Vec<_>>(),
        }
    }

    /// `text` with a link at each error code and action that stands between backticks.
    fn linked(&self, text: &str) -> String {
        let mut linked = String::new();
        for (place, part) in text.split('`').enumerate() {
            match self.target(part) {
                _ if place % 2 == 0 => linked.push_str(part),
                Some(target) => linked.push_str(&format!("[`{part}`]({target})")),
                None => linked.push_str(&format!("`{part}`")),
            }
        }
        linked
    }

    /// Where the error code or action of that name is described; an action in this version if it has it, otherwise in the newest.
    fn target(&self, name: &str) -> Option<String> {
        if self.definition.codes.iter().any(|code| code.name == name) {
            return Some(self.link(ERRORS, name));
        }
        let has = |version: &&Version| version.actions.iter().any(|action| action.name == name);
        let mut having = self.definition.versions.iter().filter(has);
        let newest = having.clone().next_back()?;
        let version = having.find(|version| version.date == self.document).unwrap_or(newest);
        Some(self.link(&version.date, name))
    }

    /// The way to a heading of a document.
    fn link(&self, document: &str, heading: &str) -> String {
        let file = if document == self.document { String::new() } else { self.language.file(document) };
        format!("{file}#{}", anchor(heading))
    }
}

/// A heading as what renderers of Markdown make of it to be linked to: small letters, hyphens for blanks, no punctuation.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|sign| sign.is_alphanumeric() || matches!(sign, ' ' | '-' | '_'));
    kept.map(|sign| if sign == ' ' { '-' } else { sign }).collect::<String>().to_lowercase()
}

/// A text as it stands in the cell of a table.
fn cell(text: &str) -> String {
    text.replace("\n\n", "<br>").replace('\n', " ").replace('|', "\\|")
}

/// The first sentence of a text in either language.
fn first_sentence(text: &str) -> &str {
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    let end = paragraph.find(". ").map(|end| end + 1);
    let end = end.or_else(|| paragraph.find('。').map(|end| end + '。'.len_utf8()));
    &paragraph[..end.unwrap_or(paragraph.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_become_anchors() {
        assert_eq!(anchor("LimitExceeded.DailyLimit"), "limitexceededdailylimit");
        assert_eq!(anchor("Structure SendStatus"), "structure-sendstatus");
        assert_eq!(anchor("结构 SendStatus"), "结构-sendstatus");
    }

    #[test]
    fn texts_fit_into_cells() {
        assert_eq!(cell("a | b\nc\n\nd"), "a \\| b c<br>d");
    }

    #[test]
    fn the_first_sentence_is_found_in_both_languages() {
        assert_eq!(first_sentence("Sends one. Repeats none.\n\nMore."), "Sends one.");
        assert_eq!(first_sentence("Sends one.\n\nMore. And more."), "Sends one.");
        assert_eq!(first_sentence("删除签名。不能再用。"), "删除签名。");
        assert_eq!(first_sentence("No end"), "No end");
    }
}
