//! The committed files, and the generator's answers to a definition that does not fit.
#![allow(missing_docs, clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tcsms_codegen::definition::Definition;
use tcsms_codegen::folders::{Difference, compare, write};
use tcsms_codegen::{FOLDERS, Files, HEADER, generate};
use tempfile::TempDir;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn files() -> Files {
    generate(&Definition::read(&root().join("api")).unwrap()).unwrap()
}

#[test]
fn generating_twice_gives_the_same_bytes() {
    assert_eq!(files(), files());
}

#[test]
fn the_committed_files_are_current() {
    let differences = compare(root(), &files()).unwrap();
    assert!(differences.is_empty(), "{differences:?}; run: cargo run -p tcsms-codegen");
}

#[test]
fn every_file_says_that_it_is_generated_and_stands_in_a_generated_folder() {
    for (path, text) in files() {
        let first = text.lines().next().unwrap();
        assert!(first.contains(HEADER.trim_start_matches("//").trim_end()), "{}", path.display());
        assert!(FOLDERS.iter().any(|folder| path.starts_with(folder)), "{}", path.display());
    }
}

/// What stands between backticks in `text`.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn both_languages_name_the_same_things_and_actions_only_their_own_error_codes() {
    let definition = Definition::read(&root().join("api")).unwrap();
    let mut texts = Vec::new();
    for version in &definition.versions {
        for action in &version.actions {
            texts.push((&action.name, &action.text));
            for name in code(&action.text.english) {
                let known = definition.codes.iter().any(|code| code.name == name);
                assert!(
                    !known || action.errors.iter().any(|code| code == name),
                    "{} {}: {name} is not one of its codes",
                    version.date,
                    action.name
                );
            }
        }
        for structure in &version.structures {
            texts.push((&structure.name, &structure.text));
            texts.extend(structure.members.iter().map(|member| (&member.name, &member.text)));
        }
    }
    for code in &definition.codes {
        texts.extend([(&code.name, &code.text), (&code.name, &code.remedy)]);
    }
    assert!(texts.len() > 500, "{}", texts.len());
    for (name, text) in texts {
        let [english, chinese] = [&text.english, &text.chinese].map(|text| {
            let mut named: Vec<&str> = code(text).collect();
            named.sort_unstable();
            named.dedup();
            named
        });
        assert_eq!(english, chinese, "{name}: {text:?}");
    }
}

/// The anchors that a renderer of Markdown gives to the headings of `text`.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let heading = line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
            heading.replace(|sign: char| sign.is_ascii_punctuation() && sign != '-' && sign != '_', "")
        })
        .collect()
}

#[test]
fn every_link_of_the_reference_has_its_target() {
    let files = files();
    let documents: Files =
        files.into_iter().filter(|(path, _)| path.extension().is_some_and(|it| it == "md")).collect();
    assert_eq!(documents.len(), 8, "four documents in two languages");
    let mut checked = 0;
    for (path, text) in &documents {
        let own = anchors(text);
        let distinct: BTreeSet<&String> = own.iter().collect();
        assert_eq!(own.len(), distinct.len(), "{}: two headings with one anchor", path.display());
        for link in text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let found = if file.is_empty() {
                own.iter().any(|it| it == anchor)
            } else if let Some(other) = documents.get(&path.with_file_name(file)) {
                anchor.is_empty() || anchors(other).iter().any(|it| it == anchor)
            } else {
                anchor.is_empty() && root().join(path).with_file_name(file).exists()
            };
            assert!(found, "{}: {link} leads nowhere", path.display());
            checked += 1;
        }
    }
    assert!(checked > 1000, "only {checked} links");
}

#[test]
fn stale_missing_and_surplus_files_are_found_and_put_right_and_others_left_alone() {
    let root = TempDir::new().unwrap();
    let path = |name: &str| PathBuf::from(FOLDERS[0]).join(name);
    let files: Files = [("same.rs", "1"), ("stale.rs", "2"), ("missing.rs", "3")]
        .map(|(name, text)| (path(name), text.to_owned()))
        .into();
    fs::create_dir_all(root.path().join(path("inner"))).unwrap();
    for (name, text) in [("same.rs", "1"), ("stale.rs", "old"), ("inner/surplus.rs", "4")] {
        fs::write(root.path().join(path(name)), text).unwrap();
    }
    let before = fs::metadata(root.path().join(path("same.rs"))).unwrap().modified().unwrap();

    let differences = compare(root.path(), &files).unwrap();
    assert_eq!(
        differences,
        [
            Difference::Missing(path("missing.rs")),
            Difference::Stale(path("stale.rs")),
            Difference::Surplus(path("inner/surplus.rs")),
        ]
    );

    write(root.path(), &files, &differences).unwrap();
    assert_eq!(compare(root.path(), &files).unwrap(), []);
    assert_eq!(fs::metadata(root.path().join(path("same.rs"))).unwrap().modified().unwrap(), before);
}

/// The problems reported after `from` is replaced by `to` in one file of a copy of `api/`.
fn problems(file: &str, from: &str, to: &str) -> String {
    let copy = TempDir::new().unwrap();
    for folder in ["facts", "overlay", "overlay/zh"] {
        fs::create_dir(copy.path().join(folder)).unwrap();
        for entry in fs::read_dir(root().join("api").join(folder)).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                fs::copy(entry.path(), copy.path().join(folder).join(entry.file_name())).unwrap();
            }
        }
    }
    let path = copy.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
    Definition::read(copy.path()).err().unwrap_or_default()
}

#[test]
fn whatever_does_not_fit_is_named() {
    for (file, from, to, problem) in [
        (
            "overlay/shared.toml",
            "[actions.SendSms]",
            "[actions.SendSMS]",
            "overlay shared: there is no action `SendSMS`",
        ),
        (
            "overlay/shared.toml",
            "[actions.SendSms]",
            "[actions.SendSMS]",
            "2021-01-11: the overlay lacks `doc` of the action `SendSms`",
        ),
        (
            "overlay/shared.toml",
            "idempotent = false\nrate_per_second = 3000",
            "rate_per_second = 3000",
            "the overlay lacks `idempotent` of the action `SendSms`",
        ),
        (
            "overlay/shared.toml",
            "[structures.SendStatus]",
            "[structures.SentStatus]",
            "there is no structure `SentStatus`",
        ),
        (
            "overlay/2021-01-11.toml",
            "TemplateId =",
            "TemplateID =",
            "overlay 2021-01-11: there is no member `SendSmsRequest.TemplateID`",
        ),
        (
            "overlay/shared.toml",
            "\nRequestId =",
            "\nRequestID =",
            "the overlay has no text for `SendSmsResponse.RequestId`",
        ),
        (
            "overlay/shared.toml",
            "\nRequestId =",
            "\nRequestID =",
            "overlay shared: there is no member `RequestID`",
        ),
        (
            "overlay/errors.toml",
            "[codes.ActionOffline]\ngateway = true",
            "[codes.ActionOffline]",
            "`gateway` of `ActionOffline`",
        ),
        (
            "overlay/errors.toml",
            "[codes.\"LimitExceeded.DailyLimit\"]",
            "[codes.\"LimitExceeded.Daily\"]",
            "no text for the code `LimitExceeded.DailyLimit`",
        ),
        ("overlay/errors.toml", "retryable = true", "retriable = true", "unknown field `retriable`"),
        ("overlay/errors.toml", "\nremedy = ", "\n# ", "missing field `remedy`"),
        (
            "overlay/zh/shared.toml",
            "\nRequestId =",
            "\nRequestID =",
            "overlay zh/shared: no Chinese text for `members.RequestId`",
        ),
        (
            "overlay/zh/shared.toml",
            "\nRequestId =",
            "\nRequestID =",
            "overlay zh/shared: `members.RequestID` has no English text",
        ),
        (
            "overlay/zh/shared.toml",
            "[actions.SendSms]",
            "[actions.SendSms]\nidempotent = true",
            "overlay zh/shared: `actions.SendSms.idempotent` has no English text",
        ),
        (
            "overlay/zh/2021-01-11.toml",
            "CountryCode = ",
            "CountryCode = 86 # ",
            "overlay zh/2021-01-11: `members.CountryCode` is no text",
        ),
        (
            "overlay/zh/errors.toml",
            "[codes.ActionOffline]",
            "[codes.ActionOnline]",
            "overlay zh/errors: no Chinese text for `codes.ActionOffline.remedy`",
        ),
        (
            "overlay/2021-01-11.toml",
            "\"InvalidParameterValue.LimitVerifyFail\"",
            "\"InvalidParameterValue.Nothing\"",
            "DescribeSendRecordList: unknown error code `InvalidParameterValue.Nothing`",
        ),
        (
            "facts/2021-01-11.json",
            "\"member\": \"SendStatus\"",
            "\"member\": \"SentStatus\"",
            "`SendSmsResponse.SendStatusSet` is a `list` of `SentStatus`",
        ),
        (
            "facts/2021-01-11.json",
            "\"member\": \"SendStatus\"",
            "\"member\": \"SentStatus\"",
            "structure `SendStatus` is used by no action",
        ),
        (
            "facts/2021-01-11.json",
            "\"member\": \"uint64\"",
            "\"member\": \"float\"",
            "which the generator does not know",
        ),
        (
            "facts/2021-01-11.json",
            "\"member\": \"MultiSmsInfo\"",
            "\"member\": \"SendStatus\"",
            "structure `SendStatus` is used in requests and answers",
        ),
        (
            "facts/2021-01-11.json",
            "\"input\": \"SendSmsRequest\"",
            "\"input\": \"SentRequest\"",
            "structure `SentRequest` is used but not defined",
        ),
    ] {
        let found = problems(file, from, to);
        assert!(found.contains(problem), "{to}: {found:?} without {problem:?}");
    }
}
