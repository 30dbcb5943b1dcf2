//! Where a client looks for its credential when it is told none: environment, file, CVM role, TKE OIDC, in the
//! documented order.

use std::sync::{Arc, OnceLock};

use crate::config::Site;
use crate::credential::{self, Search, Section};
use crate::error::Error;
use crate::machine_role::{CvmRole, Lack, METADATA_CONNECT_TO, MachineRole};
use crate::provider::{CredentialProvider, CredentialSource, Credentials, Fetch, FetchError, Issued};
use crate::sts::{AssumeRole, AssumedPod, NO_POD, WebIdentity};

/// What is there is taken at once; roles that can only be asked for over the network are asked at the first call.
pub(crate) fn of_default(site: &Site<'_>, profile: Option<&str>) -> Result<Credentials, Error> {
    let mut answers = match credential::search(site.environment, profile)? {
        Search::Found(section) => {
            return source_of(section).resolve(site);
        }
        Search::Nowhere(answers) => answers,
    };
    // Who names a section of the file does not want whatever role the machine has.
    if profile.is_some() {
        return Err(credential::nowhere(&answers));
    }
    let machine = if site.variable(METADATA_CONNECT_TO).as_deref() == Some("off") {
        answers.push(format!("CVM role: switched off by {METADATA_CONNECT_TO}"));
        None
    } else {
        Some(CvmRole::new().resolve(site)?)
    };
    let pod = match WebIdentity::of_environment(site.environment) {
        Ok(Some(identity)) => Pod::Told(Box::new(identity.resolve(site)?)),
        Ok(None) => Pod::Lacking(NO_POD.to_owned()),
        Err(why) => Pod::Lacking(why),
    };
    if let (None, Pod::Lacking(why)) = (&machine, &pod) {
        answers.push(why.clone());
        return Err(credential::nowhere(&answers));
    }
    Ok(Credentials::kept(Arc::new(Chain { answers, machine, pod, winner: OnceLock::new() })))
}

/// The key of a section, or the role that is assumed with it.
pub(crate) fn source_of(section: Section) -> CredentialSource {
    match section.role_arn {
        None => section.credential.into(),
        Some(role) => AssumeRole::new(role).signed_by(section.credential).into(),
    }
}

struct Chain {
    /// What the places answered that were looked at before.
    answers: Vec<String>,
    machine: Option<MachineRole>,
    pod: Pod,
    /// Later credentials come from where the first came from, so that a moment's failure does not change the account.
    winner: OnceLock<Winner>,
}

enum Pod {
    Told(Box<AssumedPod>),
    Lacking(String),
}

#[derive(Clone, Copy, PartialEq)]
enum Winner {
    Machine,
    Pod,
}

impl Chain {
    async fn walk(&self) -> Result<Issued, Error> {
        let mut answers = self.answers.clone();
        let won = self.winner.get().copied();
        if let Some(machine) = self.machine.as_ref().filter(|_| won != Some(Winner::Pod)) {
            match machine.ask().await {
                Ok(issued) => {
                    let _ = self.winner.set(Winner::Machine);
                    return Ok(issued);
                }
                Err(Lack::Absent(error)) if won.is_none() => answers.push(error.message().to_owned()),
                Err(Lack::Absent(error)) => return Err(error),
                Err(Lack::Broken(error)) => return Err(broken(&answers, error)),
            }
        }
        match &self.pod {
            Pod::Told(pod) => {
                let issued = pod.ask().await.map_err(|error| broken(&answers, error))?;
                let _ = self.winner.set(Winner::Pod);
                Ok(issued)
            }
            Pod::Lacking(why) => {
                answers.push(why.clone());
                Err(credential::nowhere(&answers))
            }
        }
    }
}

impl CredentialProvider for Chain {
    fn fetch(&self) -> Fetch<'_> {
        Box::pin(async { self.walk().await.map_err(FetchError::from) })
    }
}

fn broken(answers: &[String], error: Error) -> Error {
    let message = format!("no credential: {}; {}", answers.join("; "), error.message());
    Error::of_source(error.kind(), message).because(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::sync::mpsc::{Receiver, channel};
    use std::time::Duration;

    use crate::builder::ClientBuilder;
    use crate::config::Core;
    use crate::credential::Credential;
    use crate::environment::Environment;
    use crate::error::ErrorKind;

    const STS: &str = r#"{"Response":{"Credentials":{"TmpSecretId":"tmp","TmpSecretKey":"k","Token":"t"},"ExpiredTime":4000000000,"RequestId":"r"}}"#;
    const METADATA: &str =
        r#"{"TmpSecretId":"cvm","TmpSecretKey":"k","Token":"t","ExpiredTime":4000000000,"Code":"Success"}"#;

    /// Gives these answers in turn, one a connection, and tells what was asked.
    fn server(answers: &'static [(u16, &'static str)]) -> (String, Receiver<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (asked, requests) = channel();
        std::thread::spawn(move || {
            for (status, body) in answers {
                let mut stream = listener.accept().unwrap().0;
                let mut text = String::new();
                let is_whole = |text: &str| {
                    text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
                        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                        body.len() >= length.map_or(0, |length| length.parse().unwrap())
                    })
                };
                while !is_whole(&text) {
                    let mut chunk = [0; 4096];
                    let count = stream.read(&mut chunk).unwrap();
                    assert!(count > 0, "the request ends early");
                    text.push_str(std::str::from_utf8(&chunk[..count]).unwrap());
                }
                asked.send(text).unwrap();
                let length = body.len();
                let head =
                    format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
                stream.write_all((head + body).as_bytes()).unwrap();
            }
        });
        (address, requests)
    }

    /// An address where nobody listens.
    fn nobody() -> String {
        format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap())
    }

    fn core(pairs: &[(&str, &str)]) -> Result<Core, Error> {
        ClientBuilder::default().core(&Environment::of_pairs(pairs))
    }

    fn credential(core: &Core) -> Result<Credential, Error> {
        let Credentials::Kept(keeper) = &core.settings.credentials else { panic!("{core:?}") };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(keeper.get(Duration::from_secs(10)))
    }

    #[test]
    fn the_error_says_what_every_link_answered() {
        let nobody = nobody();
        let error = credential(&core(&[(METADATA_CONNECT_TO, &nobody)]).unwrap()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credential);
        let parts = [
            "TENCENTCLOUD_SECRET_ID",
            "HOME is not set",
            "/etc/tencentcloud/credentials: no such file",
            "CVM role: no metadata service: cannot connect",
            "TKE OIDC: TKE_ROLE_ARN",
        ];
        let places: Vec<_> = parts.iter().map(|part| error.message().find(part)).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} in {error}");
    }

    #[test]
    fn with_no_place_left_to_ask_the_client_is_not_built() {
        let error = core(&[(METADATA_CONNECT_TO, "off"), ("TKE_ROLE_ARN", "r")]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credential);
        for part in ["switched off", "TKE_PROVIDER_ID and TKE_WEB_IDENTITY_TOKEN_FILE not set"] {
            assert!(error.message().contains(part), "{error}");
        }
        let named = ClientBuilder::default().profile("work").core(&Environment::of_pairs(&[])).unwrap_err();
        assert!(!named.message().contains("CVM"), "a named profile ends the search: {named}");
    }

    #[test]
    fn the_role_of_the_machine_comes_before_that_of_the_pod() {
        let (metadata, asked) = server(&[(200, "sender\n"), (200, METADATA)]);
        let core = core(&[
            (METADATA_CONNECT_TO, &metadata),
            ("TKE_ROLE_ARN", "r"),
            ("TKE_PROVIDER_ID", "p"),
            ("TKE_WEB_IDENTITY_TOKEN_FILE", "/nowhere"),
        ])
        .unwrap();
        assert_eq!(credential(&core).unwrap().secret_id(), "cvm");
        let paths: Vec<_> =
            asked.try_iter().map(|request| request.lines().next().unwrap().to_owned()).collect();
        assert_eq!(
            paths,
            [
                "GET /latest/meta-data/cam/security-credentials/ HTTP/1.1",
                "GET /latest/meta-data/cam/security-credentials/sender HTTP/1.1"
            ]
        );
        // Held: the server would answer no more.
        assert_eq!(credential(&core).unwrap().secret_id(), "cvm");
    }

    #[test]
    fn where_no_role_is_bound_the_identity_of_the_pod_counts() {
        let (metadata, _asked) = server(&[(404, "")]);
        let (sts, asked) = server(&[(200, STS)]);
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "the-token\n").unwrap();
        let core = core(&[
            (METADATA_CONNECT_TO, &metadata),
            ("TCSMS_STS_CONNECT_TO", &sts),
            ("TKE_ROLE_ARN", "qcs::\"r\""),
            ("TKE_PROVIDER_ID", "p"),
            ("TKE_WEB_IDENTITY_TOKEN_FILE", file.path().to_str().unwrap()),
            ("TKE_REGION", "ap-beijing"),
        ])
        .unwrap();
        assert_eq!(credential(&core).unwrap().secret_id(), "tmp");
        let request = asked.recv().unwrap();
        for part in [
            "host: sts.tencentcloudapi.com\r\n",
            "authorization: SKIP\r\n",
            "x-tc-action: AssumeRoleWithWebIdentity\r\n",
            "x-tc-version: 2018-08-13\r\n",
            "x-tc-region: ap-beijing\r\n",
            r#"{"ProviderId":"p","WebIdentityToken":"the-token","RoleArn":"qcs::\"r\"","RoleSessionName":"tcsms","DurationSeconds":7200}"#,
        ] {
            assert!(request.contains(part), "{part} is missing in {request}");
        }
    }

    #[test]
    fn a_broken_link_ends_the_search() {
        let (metadata, _asked) = server(&[(500, "")]);
        let pairs = [
            (METADATA_CONNECT_TO, metadata.as_str()),
            ("TKE_ROLE_ARN", "r"),
            ("TKE_PROVIDER_ID", "p"),
            ("TKE_WEB_IDENTITY_TOKEN_FILE", "/nowhere"),
        ];
        let error = credential(&core(&pairs).unwrap()).unwrap_err();
        assert!(error.message().contains("HTTP status 500"), "{error}");
        assert!(!error.message().contains("/nowhere"), "{error}");
    }

    #[test]
    fn the_role_of_a_section_is_assumed_with_its_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("credentials");
        std::fs::write(&path, "[default]\nsecret_id = own\nsecret_key = k\nrole_arn = qcs::sender\n")
            .unwrap();
        let (sts, asked) = server(&[(200, STS)]);
        let pairs =
            [("TENCENTCLOUD_CREDENTIALS_FILE", path.to_str().unwrap()), ("TCSMS_STS_CONNECT_TO", &sts)];
        assert_eq!(credential(&core(&pairs).unwrap()).unwrap().secret_id(), "tmp");
        let request = asked.recv().unwrap();
        assert!(request.contains("Credential=own/") && request.contains("/sts/tc3_request"), "{request}");
        assert!(request.contains(r#""RoleArn":"qcs::sender""#), "{request}");
        // Alone, the key would be another identity than the one that the section names.
        let error = Credential::from_file(&path, "default").unwrap_err();
        assert!(error.message().contains("qcs::sender"), "{error}");
    }
}
