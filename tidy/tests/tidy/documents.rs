//! What the documents promise: links that lead somewhere, and two languages that say the same.

use std::path::{Path, PathBuf};

use crate::sources::{files, root, text};

fn read(path: &str) -> String {
    text(Path::new(path)).unwrap_or_else(|| panic!("{path} is not UTF-8"))
}

/// The targets of the links of a Markdown text, outside code blocks.
fn links(text: &str) -> Vec<String> {
    let mut links = Vec::new();
    let mut code = false;
    for line in text.lines() {
        code ^= line.trim_start().starts_with("```");
        if code {
            continue;
        }
        for part in line.split("](").skip(1) {
            links.push(part.split(')').next().unwrap_or_default().to_owned());
        }
    }
    links
}

/// The blocks of code of a Markdown text, without comment lines: those are translated.
fn code_blocks(text: &str) -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            open = !open;
            if open {
                blocks.push(format!("{}\n", line.trim()));
            }
        } else if open {
            let code = line
                .split(" # ")
                .next()
                .unwrap_or_default()
                .split(" // ")
                .next()
                .unwrap_or_default()
                .trim_end();
            if !code.trim_start().starts_with(['#', '/']) {
                blocks.last_mut().unwrap().push_str(&format!("{code}\n"));
            }
        }
    }
    blocks
}

/// The levels of the headings, in order.
fn outline(text: &str) -> Vec<usize> {
    let mut code = false;
    text.lines()
        .filter(|line| {
            code ^= line.trim_start().starts_with("```");
            !code && line.starts_with('#')
        })
        .map(|line| line.chars().take_while(|sign| *sign == '#').count())
        .collect()
}

#[test]
fn every_link_inside_the_repository_leads_to_a_file() {
    let mut checked = 0;
    for path in files().iter().filter(|path| path.extension().is_some_and(|suffix| suffix == "md")) {
        for link in links(&text(path).unwrap()) {
            if link.contains("://") || link.starts_with('#') || link.starts_with("mailto:") {
                continue;
            }
            let target = path.parent().unwrap().join(link.split('#').next().unwrap());
            assert!(root().join(&target).exists(), "{}: {link} leads nowhere", path.display());
            checked += 1;
        }
    }
    assert!(checked > 5, "only {checked} links found");
}

#[test]
fn the_readme_leads_to_every_document() {
    for readme in ["README.md", "README.zh-CN.md"] {
        let links = links(&read(readme));
        let documents: Vec<PathBuf> = files()
            .into_iter()
            .filter(|path| path.extension().is_some_and(|suffix| suffix == "md"))
            .filter(|path| path.starts_with("docs") || path.components().count() == 1)
            .filter(|path| !path.ends_with("README.md") && !path.ends_with("README.zh-CN.md"))
            .collect();
        assert!(documents.len() >= 6, "{documents:?}");
        for document in documents {
            let name = document.to_str().unwrap();
            // A document that exists in both languages is linked in the reader's own.
            let translated = root().join(name.replace(".md", ".zh-CN.md")).exists();
            let foreign = if readme == "README.md" { name.ends_with(".zh-CN.md") } else { translated };
            assert!(foreign || links.iter().any(|link| link == name), "{readme} does not link {name}");
        }
    }
}

#[test]
fn both_languages_have_the_same_parts_and_the_same_code() {
    let pairs: Vec<(String, String)> = files()
        .iter()
        .filter_map(|path| path.to_str())
        .filter(|path| path.ends_with(".zh-CN.md"))
        .map(|path| (path.replace(".zh-CN.md", ".md"), path.to_owned()))
        .collect();
    assert!(pairs.len() >= 2, "{pairs:?}");
    for (english, chinese) in pairs {
        let (left, right) = (read(&english), read(&chinese));
        assert_eq!(outline(&left), outline(&right), "{english} and {chinese}: headings");
        assert_eq!(code_blocks(&left), code_blocks(&right), "{english} and {chinese}: code");
        assert!(outline(&left).len() > 3 && !code_blocks(&left).is_empty(), "{english}: nothing to compare");
    }
}

#[test]
fn links_code_and_headings_are_found() {
    let text = "# A\n[x](a.md) and [y](b.md#c)\n```sh\nrun # now\n# only a remark\n[no](no)\n```\n## B\n";
    assert_eq!(links(text), ["a.md", "b.md#c"]);
    assert_eq!(code_blocks(text), ["```sh\nrun\n[no](no)\n"]);
    assert_eq!(outline(text), [1, 2]);
}
