//! The key pair that signs requests, and where it is looked for.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::environment::Environment;
use crate::error::{Error, ErrorKind};
use crate::profile;

pub(crate) const SECRET_ID: &str = "TENCENTCLOUD_SECRET_ID";
pub(crate) const SECRET_KEY: &str = "TENCENTCLOUD_SECRET_KEY";
const SESSION_TOKEN: &str = "TENCENTCLOUD_SESSION_TOKEN";
const CREDENTIALS_FILE: &str = "TENCENTCLOUD_CREDENTIALS_FILE";

/// A secret id with its key and, for temporary keys, a token.
///
/// One immutable snapshot, cheap to clone: the three parts always belong together. Key and token are wiped from memory
/// when the last clone goes; `Debug` shows the id only.
#[derive(Clone)]
pub struct Credential(Arc<Inner>);

struct Inner {
    id: String,
    key: Zeroizing<String>,
    token: Option<Zeroizing<String>>,
}

impl Credential {
    /// Makes a credential of a key pair.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`] when a part is empty, begins or ends with a blank, or holds control or invisible
    /// characters: mistakes of copying that the service would only report as a failed signature.
    pub fn new(secret_id: impl Into<String>, secret_key: impl Into<String>) -> Result<Self, Error> {
        Self::checked(secret_id.into(), Zeroizing::new(secret_key.into()), None)
    }

    /// Makes a credential of a temporary key pair and its session token.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn with_token(
        secret_id: impl Into<String>,
        secret_key: impl Into<String>,
        token: impl Into<String>,
    ) -> Result<Self, Error> {
        Self::checked(secret_id.into(), Zeroizing::new(secret_key.into()), Some(Zeroizing::new(token.into())))
    }

    /// Reads `TENCENTCLOUD_SECRET_ID`, `TENCENTCLOUD_SECRET_KEY` and, if set, `TENCENTCLOUD_SESSION_TOKEN`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`] naming the variable that is absent, empty or unusable.
    pub fn from_env() -> Result<Self, Error> {
        match of_environment(&Environment::of_process()) {
            Link::Found(section) => Ok(section.credential),
            Link::Absent(why) => Err(Error::local(ErrorKind::Credential, why)),
            Link::Broken(error) => Err(error),
        }
    }

    /// Reads a profile of a credentials file: an INI file with `secret_id`, `secret_key` and optionally `token` below
    /// `[default]` or another section.
    ///
    /// A byte order mark, Windows line ends, quotes around values and blanks at line ends are accepted.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`] naming the file and the line, or the sections that were found; also for a section with a
    /// `role_arn`, which only a client can assume, see [`ClientBuilder::profile`](crate::ClientBuilder::profile).
    pub fn from_file(path: impl AsRef<Path>, profile: &str) -> Result<Self, Error> {
        profile::read(path.as_ref(), profile)?.key()
    }

    /// Looks in the environment, then in the credentials file, and takes the first that is there.
    ///
    /// The file is the one that `TENCENTCLOUD_CREDENTIALS_FILE` names; without that, `~/.tencentcloud/credentials`, then
    /// `/etc/tencentcloud/credentials`. Its section is `profile`, or `default`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`]: the answer of every place that was tried. A place that is there but broken (one of two
    /// variables, an unreadable file, a section with a `role_arn`) ends the search, so that no other account is used by
    /// mistake. A client without a credential looks further, see [`ClientBuilder::credential`].
    ///
    /// [`ClientBuilder::credential`]: crate::ClientBuilder::credential
    pub fn from_chain(profile: Option<&str>) -> Result<Self, Error> {
        of_chain(&Environment::of_process(), profile)
    }

    pub(crate) fn checked(
        id: String,
        key: Zeroizing<String>,
        token: Option<Zeroizing<String>>,
    ) -> Result<Self, Error> {
        check("secret id", &id)?;
        check("secret key", &key)?;
        if let Some(token) = &token {
            check_token(token)?;
        }
        Ok(Self(Arc::new(Inner { id, key, token })))
    }

    /// Whether both are clones of one credential.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The id of the key pair; not a secret.
    pub fn secret_id(&self) -> &str {
        &self.0.id
    }

    pub(crate) fn secret_key(&self) -> &str {
        &self.0.key
    }

    pub(crate) fn token(&self) -> Option<&str> {
        self.0.token.as_deref().map(String::as_str)
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential").field("secret_id", &self.0.id).finish_non_exhaustive()
    }
}

/// What web pages and editors put into a text unseen: the byte order mark, and what joins or breaks words without width.
const INVISIBLE: [char; 6] = ['\u{feff}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{ad}'];

fn check(what: &str, value: &str) -> Result<(), Error> {
    let fault = if value.is_empty() {
        "is empty"
    } else if value.trim() != value {
        "begins or ends with a blank"
    } else if value.chars().any(char::is_control) {
        "holds a control character"
    } else if value.contains(INVISIBLE) {
        "holds an invisible character"
    } else {
        return Ok(());
    };
    Err(Error::local(ErrorKind::Credential, format!("the {what} {fault}: copy it again from the console")))
}

/// A token also travels as a header, which carries ASCII only.
fn check_token(token: &str) -> Result<(), Error> {
    check("session token", token)?;
    if token.is_ascii() {
        return Ok(());
    }
    let message = "the session token holds a character that no token has: copy it again";
    Err(Error::local(ErrorKind::Credential, message))
}

/// What a section of the file, or the environment, says.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) credential: Credential,
    /// The role to assume with the credential.
    pub(crate) role_arn: Option<String>,
}

impl Section {
    /// The credential, where no role can be assumed.
    fn key(self) -> Result<Credential, Error> {
        match self.role_arn {
            None => Ok(self.credential),
            Some(role) => Err(Error::local(
                ErrorKind::Credential,
                format!(
                    "the role {role} of the credentials file is assumed by a client: leave the credential out of its builder and give it the profile"
                ),
            )),
        }
    }
}

/// What one place of the search answered.
enum Link {
    Found(Section),
    Absent(String),
    Broken(Error),
}

fn of_environment(environment: &Environment) -> Link {
    let broken = |name: &str, fault: String| {
        Link::Broken(Error::local(ErrorKind::Credential, format!("environment variable {name}: {fault}")))
    };
    let (id, key) = match (environment.get(SECRET_ID), environment.get(SECRET_KEY)) {
        (None, None) => {
            return Link::Absent(format!("environment: {SECRET_ID} and {SECRET_KEY} are not set"));
        }
        (Some(_), None) => return broken(SECRET_KEY, format!("not set, while {SECRET_ID} is")),
        (None, Some(_)) => return broken(SECRET_ID, format!("not set, while {SECRET_KEY} is")),
        (Some(id), Some(key)) => (id, Zeroizing::new(key)),
    };
    // An empty token is what deployment tools write for "none"; the service takes it the same way.
    let token = environment.get(SESSION_TOKEN).filter(|token| !token.is_empty()).map(Zeroizing::new);
    let parts = [
        (SECRET_ID, "secret id", Some(id.as_str())),
        (SECRET_KEY, "secret key", Some(key.as_str())),
        (SESSION_TOKEN, "session token", token.as_deref().map(String::as_str)),
    ];
    for (name, what, value) in parts {
        let outcome = value.map(|value| match name {
            SESSION_TOKEN => check_token(value),
            _ => check(what, value),
        });
        if let Some(Err(error)) = outcome {
            return broken(name, error.message().to_owned());
        }
    }
    match Credential::checked(id, key, token) {
        Ok(credential) => Link::Found(Section { credential, role_arn: None }),
        Err(error) => Link::Broken(error),
    }
}

fn of_file(path: &Path, profile: &str, must_exist: bool) -> Link {
    match profile::read(path, profile) {
        Ok(section) => Link::Found(section),
        Err(_) if !must_exist && !path.exists() => Link::Absent(format!("{}: no such file", path.display())),
        Err(error) => Link::Broken(error),
    }
}

/// How the search ended.
pub(crate) enum Search {
    Found(Section),
    /// What each place answered.
    Nowhere(Vec<String>),
}

fn of_chain(environment: &Environment, profile: Option<&str>) -> Result<Credential, Error> {
    match search(environment, profile)? {
        Search::Found(section) => section.key(),
        Search::Nowhere(answers) => Err(nowhere(&answers)),
    }
}

pub(crate) fn nowhere(answers: &[String]) -> Error {
    Error::local(
        ErrorKind::Credential,
        format!("no credential: {}; set the two variables, or write one of the files", answers.join("; ")),
    )
}

/// Looks in the environment and the files.
pub(crate) fn search(environment: &Environment, profile: Option<&str>) -> Result<Search, Error> {
    search_from(environment, profile, of_environment(environment))
}

/// Looks in the files alone.
#[cfg(feature = "bridge")]
pub(crate) fn search_files(environment: &Environment, profile: Option<&str>) -> Result<Search, Error> {
    search_from(environment, profile, Link::Absent("only the credentials file is looked at".to_owned()))
}

fn search_from(environment: &Environment, profile: Option<&str>, first: Link) -> Result<Search, Error> {
    let mut answers = Vec::new();
    let mut answer = |link| match link {
        Link::Found(section) => Some(Ok(Search::Found(section))),
        Link::Absent(why) => {
            answers.push(why);
            None
        }
        // The places before it were skipped, not missed: their answers help to see why this one was used.
        Link::Broken(error) if answers.is_empty() => Some(Err(error)),
        Link::Broken(error) => Some(Err(Error::local(
            ErrorKind::Credential,
            format!("no credential: {}; {}", answers.join("; "), error.message()),
        ))),
    };

    if let Some(outcome) = answer(first) {
        return outcome;
    }
    let profile = profile.unwrap_or("default");
    let named = environment.get(CREDENTIALS_FILE).filter(|path| !path.is_empty());
    if let Some(path) = named {
        if let Some(outcome) = answer(of_file(Path::new(&path), profile, true)) {
            return outcome;
        }
    } else {
        let home = match environment.home() {
            Some(home) => of_file(&home.join(".tencentcloud").join("credentials"), profile, false),
            None => Link::Absent("~/.tencentcloud/credentials: HOME is not set".to_owned()),
        };
        if let Some(outcome) = answer(home) {
            return outcome;
        }
        let machine = PathBuf::from("/etc/tencentcloud/credentials");
        if let Some(outcome) = answer(of_file(&machine, profile, false)) {
            return outcome;
        }
    }
    Ok(Search::Nowhere(answers))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(outcome: Result<Credential, Error>) -> String {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credential);
        error.message().to_owned()
    }

    #[test]
    fn a_mistake_of_copying_is_named_before_anything_is_sent() {
        assert!(message(Credential::new("", "k")).contains("secret id is empty"));
        assert!(message(Credential::new("id", "")).contains("secret key is empty"));
        assert!(message(Credential::new("id ", "k")).contains("secret id begins or ends with a blank"));
        assert!(message(Credential::new("id", "\tk")).contains("secret key begins or ends with a blank"));
        assert!(message(Credential::new("i\u{0}d", "k")).contains("control character"));
        assert!(message(Credential::with_token("id", "k", "")).contains("session token is empty"));
        // Blanks inside an id are the account's own business.
        assert!(Credential::new("an id <with> blanks", "k").is_ok());
    }

    #[test]
    fn no_message_and_no_debug_text_shows_the_key() {
        let secret = "SECRETSECRET";
        let credential = Credential::with_token("id", secret, "TOKENTOKEN").unwrap();
        let shown = format!("{credential:?}");
        assert!(shown.contains("id"), "{shown}");
        assert!(!shown.contains(secret) && !shown.contains("TOKENTOKEN"), "{shown}");
        assert!(!message(Credential::new("id", format!("{secret} "))).contains(secret));
    }

    #[test]
    fn the_environment_comes_first() {
        let environment = Environment::of_pairs(&[(SECRET_ID, "i"), (SECRET_KEY, "k"), (SESSION_TOKEN, "t")]);
        let credential = of_chain(&environment, None).unwrap();
        assert_eq!(
            (credential.secret_id(), credential.secret_key(), credential.token()),
            ("i", "k", Some("t"))
        );
        let environment = Environment::of_pairs(&[(SECRET_ID, "i"), (SECRET_KEY, "k"), (SESSION_TOKEN, "")]);
        assert_eq!(of_chain(&environment, None).unwrap().token(), None);
    }

    #[test]
    fn a_variable_that_is_empty_or_alone_is_named_and_ends_the_search() {
        let empty = message(of_chain(&Environment::of_pairs(&[(SECRET_ID, "i"), (SECRET_KEY, "")]), None));
        assert!(empty.contains("TENCENTCLOUD_SECRET_KEY") && empty.contains("is empty"), "{empty}");
        let alone = message(of_chain(&Environment::of_pairs(&[(SECRET_ID, "i")]), None));
        assert!(alone.contains("TENCENTCLOUD_SECRET_KEY: not set"), "{alone}");
        let alone = message(of_chain(&Environment::of_pairs(&[(SECRET_KEY, "k")]), None));
        assert!(alone.contains("TENCENTCLOUD_SECRET_ID: not set"), "{alone}");
    }

    #[test]
    fn the_error_of_the_search_lists_every_place() {
        let nowhere = message(of_chain(&Environment::of_pairs(&[]), None));
        for part in
            ["TENCENTCLOUD_SECRET_ID", "HOME is not set", "/etc/tencentcloud/credentials: no such file"]
        {
            assert!(nowhere.contains(part), "{part} is missing in: {nowhere}");
        }
    }

    #[test]
    fn a_file_without_the_profile_is_named_with_the_sections_it_has() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".tencentcloud").join("credentials");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "[work]\nsecret_id = i\nsecret_key = k\n").unwrap();
        let home = folder.path().to_str().unwrap();

        let missing = message(of_chain(&Environment::of_pairs(&[("HOME", home)]), None));
        for part in ["TENCENTCLOUD_SECRET_ID", path.to_str().unwrap(), "[default]", "[work]"] {
            assert!(missing.contains(part), "{part} is missing in: {missing}");
        }
        let found = of_chain(&Environment::of_pairs(&[("HOME", home)]), Some("work")).unwrap();
        assert_eq!(found.secret_id(), "i");

        let named = Environment::of_pairs(&[(CREDENTIALS_FILE, path.to_str().unwrap())]);
        assert_eq!(of_chain(&named, Some("work")).unwrap().secret_key(), "k");
        let gone = Environment::of_pairs(&[(CREDENTIALS_FILE, "/nowhere/at/all"), ("HOME", home)]);
        assert!(message(of_chain(&gone, Some("work"))).contains("/nowhere/at/all"));
    }
}
