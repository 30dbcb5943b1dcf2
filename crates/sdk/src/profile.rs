//! The credentials file: an INI file as people and password managers really write it.

use std::path::Path;

use zeroize::Zeroizing;

use crate::credential::{Credential, Section};
use crate::error::{Error, ErrorKind};

/// Reads one section of the file.
pub(crate) fn read(path: &Path, profile: &str) -> Result<Section, Error> {
    let fault = |what: String| Error::local(ErrorKind::Credential, format!("{}: {what}", path.display()));
    let bytes = Zeroizing::new(
        std::fs::read(path).map_err(|error| fault(format!("cannot be read ({error})")).because(error))?,
    );
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(fault("is UTF-16; save it as UTF-8".to_owned()));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| fault("is not UTF-8; save it as UTF-8".to_owned()))?;
    parse(text, profile).map_err(fault)
}

/// Reads one section of the file's text.
pub(crate) fn parse(text: &str, profile: &str) -> Result<Section, String> {
    let mut sections: Vec<&str> = Vec::new();
    let (mut id, mut key, mut token, mut role_arn) = (None, None, None, None);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (number, line) in text.lines().enumerate().map(|(index, line)| (index + 1, line.trim())) {
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(rest) = line.strip_prefix('[') {
            let name = rest
                .strip_suffix(']')
                .ok_or_else(|| format!("line {number}: the section has no closing ]"))?;
            sections.push(name.trim());
            continue;
        }
        // The line's text stays out of the message: it may be the key.
        let (name, value) = line.split_once('=').ok_or_else(|| {
            format!("line {number}: neither a [section], nor name = value, nor a # comment")
        })?;
        if sections.last() != Some(&profile) {
            continue;
        }
        let value = unquoted(value.trim())
            .ok_or_else(|| format!("line {number}: the value's quotes do not match"))?;
        match name.trim().to_ascii_lowercase().as_str() {
            "secret_id" => id = Some(value.to_owned()),
            "secret_key" => key = Some(Zeroizing::new(value.to_owned())),
            "token" => token = Some(Zeroizing::new(value.to_owned())),
            "role_arn" => role_arn = Some(value.to_owned()),
            _ => {}
        }
    }
    if !sections.contains(&profile) {
        let found = match sections.as_slice() {
            [] => "it has no sections".to_owned(),
            names => format!("it has [{}]", names.join("], [")),
        };
        return Err(format!("there is no section [{profile}]; {found}"));
    }
    let id = id.ok_or_else(|| format!("section [{profile}] has no secret_id"))?;
    let key = key.ok_or_else(|| format!("section [{profile}] has no secret_key"))?;
    let credential = Credential::checked(id, key, token.filter(|token| !token.is_empty()))
        .map_err(|error| format!("section [{profile}]: {}", error.message()))?;
    Ok(Section { credential, role_arn: role_arn.filter(|role: &String| !role.is_empty()) })
}

/// The value without one pair of quotes around it; `None` when another quote stands at an end, which is no part of it.
fn unquoted(value: &str) -> Option<&str> {
    const QUOTES: [char; 2] = ['"', '\''];
    let inner = match value.chars().next().filter(|first| QUOTES.contains(first)) {
        Some(quote) => value.strip_prefix(quote)?.strip_suffix(quote)?,
        None => value,
    };
    Some(inner).filter(|inner| !inner.starts_with(QUOTES) && !inner.ends_with(QUOTES))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(text: &str, profile: &str) -> Result<(String, String), String> {
        parse(text, profile).map(|Section { credential, .. }| {
            (credential.secret_id().to_owned(), credential.secret_key().to_owned())
        })
    }

    #[test]
    fn a_file_saved_by_a_windows_editor_is_read() {
        let text = "\u{feff}; exported from a password manager\r\n[default]\r\nsecret_id = \"AKIDEXAMPLE\" \r\n\
                    secret_key = 'SKEXAMPLE'\t\r\n\r\n[other]\r\nsecret_id=AKIDOTHER\r\nsecret_key=SKOTHER\r\n";
        assert_eq!(pair(text, "default").unwrap(), ("AKIDEXAMPLE".to_owned(), "SKEXAMPLE".to_owned()));
        assert_eq!(pair(text, "other").unwrap(), ("AKIDOTHER".to_owned(), "SKOTHER".to_owned()));
    }

    #[test]
    fn a_key_may_hold_the_signs_of_the_format() {
        let found = pair("[default]\nSecret_Id = a\nsecret_key = a=b;c#d\"e\n", "default").unwrap();
        assert_eq!(found.1, "a=b;c#d\"e");
    }

    #[test]
    fn faults_name_the_line_and_never_the_value() {
        for (text, expected) in [
            ("[default]\nsecret_id = a\nSKSECRET\n", "line 3"),
            ("[default\nsecret_id = a\n", "line 1: the section"),
            ("[default]\nsecret_id=a\nsecret_key = \"SKSECRET\n", "line 3: the value's quotes"),
            ("[default]\nsecret_id=a\nsecret_key = '\n", "line 3: the value's quotes"),
            ("[default]\nsecret_id=a\nsecret_key = SKSECRET'\n", "line 3: the value's quotes"),
            ("[default]\nsecret_id=a\nsecret_key = \"'SKSECRET'\"\n", "line 3: the value's quotes"),
            ("[default]\nsecret_id=a\nsecret_key = \"'SKSECRET\"\n", "line 3: the value's quotes"),
            (
                "[default]\nsecret_id=a\nsecret_key = \u{feff}SKSECRET\n",
                "secret key holds an invisible character",
            ),
            ("[default]\nsecret_id = a\n", "no secret_key"),
            ("[default]\nsecret_key = SKSECRET\n", "no secret_id"),
            (
                "[default]\nsecret_id = a\nsecret_key = 'SKSECRET '\n",
                "secret key begins or ends with a blank",
            ),
            ("[work]\nsecret_id = a\n[home]\n", "no section [default]; it has [work], [home]"),
            ("", "no section [default]; it has no sections"),
        ] {
            let fault = pair(text, "default").unwrap_err();
            assert!(fault.contains(expected), "{text:?}: {fault}");
            assert!(!fault.contains("SKSECRET"), "{fault}");
        }
    }

    #[test]
    fn a_utf_16_file_is_named_as_such() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("credentials");
        std::fs::write(&path, b"\xff\xfe[\0d\0").unwrap();
        let error = read(&path, "default").unwrap_err();
        assert!(error.message().contains("UTF-16") && error.message().contains("credentials"), "{error}");
    }
}
