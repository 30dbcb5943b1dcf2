//! The role that is bound to a cloud server (CVM), whose keys its metadata service hands out.

use std::fmt;
use std::time::{Duration, SystemTime};

use serde::Deserialize;
use zeroize::Zeroizing;

use crate::config::{Core, Settings, Site};
use crate::credential::Credential;
use crate::endpoint::{Address, Endpoint};
use crate::error::{Delivery, Error, ErrorKind};
use crate::exchange::{Failure, HttpAnswer};
use crate::provider::{CredentialProvider, Fetch, Issued};
use crate::route::Route;
use crate::transport;

const HOST: &str = "http://metadata.tencentyun.com";
const PATH: &str = "/latest/meta-data/cam/security-credentials/";
pub(crate) const METADATA_CONNECT_TO: &str = "TCSMS_METADATA_CONNECT_TO";
/// The metadata service is one hop away, or this is no cloud server.
const CONNECT_LIMIT: Duration = Duration::from_secs(1);
const ANSWER_LIMIT: Duration = Duration::from_secs(3);

/// The credentials of the role that is bound to the cloud server (CVM) this program runs on.
///
/// They come from the server's metadata service, over plain HTTP and past any proxy (as documented) and any own
/// [`Transport`](crate::Transport); it may take 1 s to
/// connect and 3 s to answer.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct CvmRole {
    role: Option<String>,
    connect_to: Option<String>,
}

impl CvmRole {
    /// The role that is bound to the server; its name is asked for at every fetch.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the role's name, which then is not asked for.
    pub fn role(mut self, name: impl Into<String>) -> Self {
        self.role = Some(name.into());
        self
    }

    /// Asks at this address, `http://127.0.0.1:9181` say, in place of the metadata service's own. Without it the
    /// variable `TCSMS_METADATA_CONNECT_TO` counts.
    pub fn connect_to(mut self, address: impl Into<String>) -> Self {
        self.connect_to = Some(address.into());
        self
    }

    pub(crate) fn resolve(self, site: &Site<'_>) -> Result<MachineRole, Error> {
        let endpoint = Endpoint::parse(HOST)?;
        let address = match self.connect_to.or_else(|| site.variable(METADATA_CONNECT_TO)) {
            Some(text) => Address::parse(&text)?,
            None => endpoint.address.clone(),
        };
        // Never through a proxy or an own transport: the address only means something on the machine itself.
        let route = Route::of(0, endpoint, address, None)?;
        let settings = Settings { connect_timeout: CONNECT_LIMIT, ..site.settings() };
        let core = Core { own_transport: None, ..site.core(settings, route) };
        Ok(MachineRole { core, role: self.role })
    }
}

/// A [`CvmRole`] that can be asked.
pub(crate) struct MachineRole {
    core: Core,
    role: Option<String>,
}

/// Why a machine's role gives no credential.
pub(crate) enum Lack {
    /// This is no cloud server, or none with a role.
    Absent(Error),
    Broken(Error),
}

impl Lack {
    fn absent(what: impl fmt::Display) -> Self {
        Self::Absent(Error::local(ErrorKind::Credential, format!("CVM role: {what}")))
    }

    fn broken(what: impl fmt::Display) -> Self {
        Self::Broken(Error::local(ErrorKind::Credential, format!("CVM role: {what}")))
    }
}

impl MachineRole {
    pub(crate) async fn ask(&self) -> Result<Issued, Lack> {
        let role = match &self.role {
            Some(role) => role.clone(),
            None => self.find_role().await?,
        };
        let is_name = |sign: char| sign.is_ascii_alphanumeric() || "-_.".contains(sign);
        if role.is_empty() || !role.chars().all(is_name) {
            return Err(Lack::broken("the name of the role is empty or holds a character that no role has"));
        }
        let answer = self.get(&format!("{PATH}{role}")).await?;
        match answer.status {
            200 => read(&answer.body).map_err(Lack::broken),
            404 => Err(Lack::absent(format!("the server has no role {role} (HTTP status 404)"))),
            status => Err(Lack::broken(format!("the metadata service answered with HTTP status {status}"))),
        }
    }

    async fn find_role(&self) -> Result<String, Lack> {
        let answer = self.get(PATH).await?;
        match answer.status {
            200 => {
                let text = String::from_utf8_lossy(&answer.body);
                Ok(text.lines().next().unwrap_or_default().trim().to_owned())
            }
            404 => Err(Lack::absent("no role is bound to the server (HTTP status 404)")),
            status => Err(Lack::broken(format!("the metadata service answered with HTTP status {status}"))),
        }
    }

    async fn get(&self, path: &str) -> Result<HttpAnswer, Lack> {
        match transport::get(&self.core, path, ANSWER_LIMIT).await {
            Ok(answer) => Ok(answer),
            // Nobody is there, which is what it looks like anywhere but on a cloud server.
            Err(Failure { kind, delivery: Delivery::NotSent, message, .. }) => {
                Err(Lack::Absent(Error::of_source(kind, format!("CVM role: no metadata service: {message}"))))
            }
            Err(Failure { kind, message, .. }) => {
                Err(Lack::Broken(Error::of_source(kind, format!("CVM role: {message}"))))
            }
        }
    }
}

impl CredentialProvider for MachineRole {
    fn fetch(&self) -> Fetch<'_> {
        Box::pin(async {
            self.ask().await.map_err(|lack| match lack {
                Lack::Absent(error) | Lack::Broken(error) => error.into(),
            })
        })
    }
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "Code")]
    code: Option<String>,
    #[serde(rename = "TmpSecretId")]
    id: Option<String>,
    #[serde(rename = "TmpSecretKey")]
    key: Option<String>,
    #[serde(rename = "Token")]
    token: Option<String>,
    #[serde(rename = "ExpiredTime")]
    expires: Option<u64>,
}

/// Nothing of the text gets into the error: all of it may be secret.
fn read(body: &[u8]) -> Result<Issued, String> {
    let answer: Answer = serde_json::from_slice(body).map_err(|error| {
        format!(
            "the metadata service's answer cannot be read (line {}, column {})",
            error.line(),
            error.column()
        )
    })?;
    let (key, token) = (answer.key.map(Zeroizing::new), answer.token.map(Zeroizing::new));
    if let Some(code) = answer.code.filter(|code| code != "Success") {
        let code: String = code.chars().filter(|sign| !sign.is_control()).take(80).collect();
        return Err(format!("the metadata service answered with the code {code}"));
    }
    issued(answer.id, key, token, answer.expires)
        .map_err(|fault| format!("in the metadata service's answer {fault}"))
}

/// The credential of an answer's members; `expires` is Unix time.
pub(crate) fn issued(
    id: Option<String>,
    key: Option<Zeroizing<String>>,
    token: Option<Zeroizing<String>>,
    expires: Option<u64>,
) -> Result<Issued, String> {
    let missing = |name: &str| format!("{name} is missing");
    let credential = Credential::checked(
        id.ok_or_else(|| missing("TmpSecretId"))?,
        key.ok_or_else(|| missing("TmpSecretKey"))?,
        Some(token.ok_or_else(|| missing("Token"))?),
    )
    .map_err(|error| error.message().to_owned())?;
    let expires = Duration::from_secs(expires.ok_or_else(|| missing("ExpiredTime"))?);
    let expires =
        SystemTime::UNIX_EPOCH.checked_add(expires).ok_or_else(|| "ExpiredTime is no time".to_owned())?;
    Ok(Issued::until(credential, expires))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_answer_is_one_credential() {
        let issued = read(
            br#"{"TmpSecretId":"i","TmpSecretKey":"k","Token":"t","ExpiredTime":1800000000,"Expiration":"x","Code":"Success"}"#,
        )
        .unwrap();
        let credential = issued.credential;
        assert_eq!(
            (credential.secret_id(), credential.secret_key(), credential.token()),
            ("i", "k", Some("t"))
        );
        assert_eq!(issued.expires, Some(Duration::from_secs(1_800_000_000)));
    }

    #[test]
    fn what_is_wrong_is_named_without_the_secrets() {
        for (text, expected) in [
            ("SKSECRET", "line 1, column 1"),
            (r#"{"ExpiredTime":"SKSECRET"}"#, "cannot be read"),
            (r#"{"Code":"NoSuchRole","TmpSecretKey":"SKSECRET"}"#, "the code NoSuchRole"),
            (r#"{"TmpSecretKey":"SKSECRET","Token":"t","ExpiredTime":1}"#, "TmpSecretId is missing"),
            (r#"{"TmpSecretId":"i","Token":"SKSECRET","ExpiredTime":1}"#, "TmpSecretKey is missing"),
            (r#"{"TmpSecretId":"i","TmpSecretKey":"SKSECRET","ExpiredTime":1}"#, "Token is missing"),
            (r#"{"TmpSecretId":"i","TmpSecretKey":"SKSECRET","Token":"t"}"#, "ExpiredTime is missing"),
            (
                r#"{"TmpSecretId":"i","TmpSecretKey":"SKSECRET ","Token":"t","ExpiredTime":1}"#,
                "secret key begins",
            ),
        ] {
            let fault = read(text.as_bytes()).unwrap_err();
            assert!(fault.contains(expected), "{text}: {fault}");
            assert!(!fault.contains("SKSECRET"), "{fault}");
        }
    }
}
