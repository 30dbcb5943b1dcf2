//! Keys: copied wrongly, fetched, expired.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use tcsms::{Credential, CredentialProvider, CredentialSource, ErrorKind, Fetch, Issued};
use tcsms_auth::raw::RawRequest;
use tcsms_auth::verify::{Claim, Policy};

use crate::support::{Act, Driver, OK, Server, header};

/// Keys that are empty, or padded with blanks by copying, were sent, and the service said that the signature was wrong.
#[test]
fn a_key_that_cannot_be_right_is_named_before_anything_is_sent() {
    for (id, key, part) in [
        ("", "key", "secret id is empty"),
        ("id", "", "secret key is empty"),
        (" id", "key", "secret id begins or ends with a blank"),
        ("id", "key\n", "secret key begins or ends with a blank"),
    ] {
        let error = Credential::new(id, key).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credential);
        assert!(error.message().contains(part), "{error}");
    }
}

/// Credentials saved by a Windows editor: a byte order mark, CRLF, quotes, blanks, a tab.
#[test]
fn a_credentials_file_of_a_windows_editor_is_read_exactly() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("credentials");
    let text = "\u{feff}[default]\r\nsecret_id = \"AKIDEXAMPLE\"  \r\nsecret_key\t= 'SKEXAMPLE' \r\n";
    std::fs::write(&path, text).unwrap();
    let credential = Credential::from_file(&path, "default").unwrap();
    let server = Server::of(&[Act::Answer(OK)]);
    let client = server.builder().credential(credential).build_blocking().unwrap();
    client.send_sms().send().unwrap();
    RawRequest::parse(&server.requests()[0]).unwrap().with(|request| {
        let claim = Claim::of(request).unwrap();
        assert_eq!(claim.secret_id(), "AKIDEXAMPLE");
        claim.check("SKEXAMPLE", &Policy::default()).unwrap();
    });
}

/// A file without `[default]` ended in an `AttributeError`.
#[test]
fn a_file_without_the_section_names_the_sections_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("credentials");
    std::fs::write(&path, "[work]\nsecret_id = i\nsecret_key = k\n").unwrap();
    let error = Credential::from_file(&path, "default").unwrap_err();
    for part in [path.to_str().unwrap(), "[default]", "[work]"] {
        assert!(error.message().contains(part), "{part}: {error}");
    }
}

/// Issues keys whose three parts carry the same number, each for two seconds.
#[derive(Clone, Default)]
struct Numbered(Arc<AtomicUsize>);

impl CredentialProvider for Numbered {
    fn fetch(&self) -> Fetch<'_> {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            let credential = Credential::with_token(
                format!("id{number}"),
                format!("key{number}"),
                format!("token{number}"),
            )?;
            Ok(Issued::until(credential, SystemTime::now() + Duration::from_secs(2)))
        })
    }
}

/// Races between the threads of one client mixed the id of one credential with the key of another. And temporary keys
/// that expired between check and use failed a few times a day.
#[test]
fn the_three_parts_of_a_credential_are_one_snapshot_and_never_an_expired_one() {
    let server = Server::of(&[Act::Answer(OK)]);
    let provider = Numbered::default();
    let client =
        server.builder().credential(CredentialSource::provider(provider.clone())).build_blocking().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                // Until the credential was renewed twice under load.
                while provider.0.load(Ordering::SeqCst) < 3 {
                    client.send_sms().send().unwrap();
                }
            });
        }
    });
    for request in server.requests() {
        let token = header(&request, "x-tc-token").unwrap();
        let number = token.strip_prefix("token").unwrap();
        RawRequest::parse(&request).unwrap().with(|request| {
            let claim = Claim::of(request).unwrap();
            assert_eq!(claim.secret_id(), format!("id{number}"));
            claim.check(&format!("key{number}"), &Policy::default()).unwrap();
        });
    }
}

/// Fails once, then issues a lasting key.
#[derive(Default)]
struct FailsOnce(AtomicUsize);

impl CredentialProvider for FailsOnce {
    fn fetch(&self) -> Fetch<'_> {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            if number == 0 {
                return Err("the vault is sealed".into());
            }
            Ok(Issued::lasting(Credential::new("id", "key")?))
        })
    }
}

/// Node kept a rejected promise for ever; Python and Go swallowed the reason.
#[test]
fn a_failed_fetch_is_told_and_not_kept() {
    let server = Server::of(&[Act::Answer(OK)]);
    for driver in
        Driver::both(|| server.builder().credential(CredentialSource::provider(FailsOnce::default())))
    {
        let error = driver.send_sms().unwrap_err();
        assert!(error.message().contains("the vault is sealed"), "{error}");
        driver.send_sms().unwrap();
    }
}
