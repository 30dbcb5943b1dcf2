//! Credentials that are fetched and expire, against a metadata service and an STS of the test's own.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::future::{Future, poll_fn};
use std::net::TcpListener;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::{Duration, SystemTime};

use support::{Act, Driver, OK, SECRET_ID, SECRET_KEY, Server, header, send_sms};
use tcsms::v20210111::SendSmsResponse;
use tcsms::{
    AssumeRole, Client, Credential, CredentialProvider, CredentialSource, CvmRole, Delivery, Error,
    ErrorKind, Fetch, Issued, RetryPolicy, WebIdentity,
};
use tcsms_auth::raw::RawRequest;
use tcsms_auth::verify::{Claim, Policy};
use tokio::sync::Semaphore;

const FAR: u64 = 4_000_000_000;

fn unix_time() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

fn metadata(number: usize, expires: u64) -> Act {
    Act::Text(format!(
        r#"{{"TmpSecretId":"cvm-{number}","TmpSecretKey":"key-{number}","Token":"token-{number}","ExpiredTime":{expires},"Expiration":"x","Code":"Success"}}"#
    ))
}

fn sts(number: usize, expires: u64) -> Act {
    Act::Text(format!(
        r#"{{"Response":{{"Credentials":{{"TmpSecretId":"sts-{number}","TmpSecretKey":"key-{number}","Token":"token-{number}"}},"ExpiredTime":{expires},"Expiration":"x","RequestId":"r-sts"}}}}"#
    ))
}

fn at(server: &Server) -> String {
    format!("http://{}", server.address)
}

/// Checks the signature with this key, and gives the token that came with it.
fn token_after_check(request: &[u8], secret_id: &str, secret_key: &str) -> Option<String> {
    RawRequest::parse(request).unwrap().with(|request| {
        let claim = Claim::of(request).unwrap();
        assert_eq!(claim.secret_id(), secret_id);
        claim.check(secret_key, &Policy::default()).unwrap();
    });
    header(request, "x-tc-token")
}

#[test]
fn the_keys_of_a_machine_sign_until_they_expire() {
    for index in 0..2 {
        // The first pair has one to two seconds to live; the second lasts.
        let service = Server::of(&[Act::Answer(OK)]);
        let machine = Server::start(|number| match number {
            0 | 2 => Act::Text("sender\n".to_owned()),
            1 => metadata(1, unix_time() + 2),
            _ => metadata(2, FAR),
        });
        let role = CvmRole::new().connect_to(at(&machine));
        let driver = &Driver::both(|| service.builder().credential(role.clone()))[index];
        driver.send_sms().unwrap();
        // The event waited for is the expiry itself.
        while machine.requests().len() < 4 {
            driver.send_sms().unwrap();
        }
        for _ in 0..5 {
            driver.send_sms().unwrap();
        }
        assert_eq!(machine.requests().len(), 4, "{}", driver.name());

        let sent = service.requests();
        let changed = sent.iter().position(|request| header(request, "x-tc-token").unwrap() == "token-2");
        for (place, request) in sent.iter().enumerate() {
            let number = if place < changed.unwrap() { 1 } else { 2 };
            let token = token_after_check(request, &format!("cvm-{number}"), &format!("key-{number}"));
            assert_eq!(token.unwrap(), format!("token-{number}"), "the three parts belong together");
        }
        let asked = machine.requests();
        assert!(asked[1].starts_with(b"GET /latest/meta-data/cam/security-credentials/sender HTTP/1.1\r\n"));
        assert_eq!(header(&asked[0], "host").as_deref(), Some("metadata.tencentyun.com"));
    }
}

#[test]
fn a_role_is_assumed_with_a_request_that_is_signed_for_sts() {
    for index in 0..2 {
        let service = Server::of(&[Act::Answer(OK)]);
        let security = Server::of(&[sts(1, FAR)]);
        let role = AssumeRole::new("qcs::cam::uin/1:roleName/\"sender\"")
            .signed_by(Credential::with_token(SECRET_ID, SECRET_KEY, "base-token").unwrap())
            .policy(r#"{"version":"2.0"}"#)
            .external_id("e")
            .duration(Duration::from_secs(1800))
            .connect_to(at(&security));
        let driver = &Driver::both(|| service.builder().credential(role.clone()))[index];
        for _ in 0..3 {
            driver.send_sms().unwrap();
        }
        let asked = security.requests();
        assert_eq!(asked.len(), 1, "{}", driver.name());
        let text = String::from_utf8(asked[0].clone()).unwrap();
        assert!(text.contains("/sts/tc3_request"), "{text}");
        assert!(
            text.ends_with(
                r#"{"RoleArn":"qcs::cam::uin/1:roleName/\"sender\"","RoleSessionName":"tcsms","DurationSeconds":1800,"Policy":"%7B%22version%22%3A%222.0%22%7D","ExternalId":"e"}"#
            ),
            "{text}"
        );
        for (name, value) in [
            ("host", "sts.tencentcloudapi.com"),
            ("x-tc-action", "AssumeRole"),
            ("x-tc-version", "2018-08-13"),
            ("x-tc-region", "ap-guangzhou"),
            ("x-tc-token", "base-token"),
        ] {
            assert_eq!(header(&asked[0], name).as_deref(), Some(value));
        }
        let token = token_after_check(&service.requests()[0], "sts-1", "key-1");
        assert_eq!(token.as_deref(), Some("token-1"));
    }
}

#[test]
fn one_role_can_be_assumed_by_another() {
    let service = Server::of(&[Act::Answer(OK)]);
    let machine = Server::of(&[metadata(1, FAR)]);
    let security = Server::of(&[sts(2, FAR)]);
    let base = CvmRole::new().role("sender").connect_to(at(&machine));
    let role = AssumeRole::new("qcs::r").signed_by(base).connect_to(at(&security));
    for driver in Driver::both(|| service.builder().credential(role.clone())) {
        driver.send_sms().unwrap();
    }
    for request in security.requests() {
        let text = String::from_utf8(request.clone()).unwrap();
        assert!(text.contains("Credential=cvm-1/"), "{text}");
        assert_eq!(header(&request, "x-tc-token").as_deref(), Some("token-1"));
    }
    assert_eq!((machine.requests().len(), security.requests().len()), (2, 2), "once a client");
}

#[test]
fn the_token_of_a_pod_is_read_at_every_fetch() {
    let service = Server::of(&[Act::Answer(OK)]);
    // What is refused is not kept, and the next call asks again.
    let refusal = r#"{"Response":{"Error":{"Code":"InvalidParameter.OverTimeError","Message":"old"},"RequestId":"r-9"}}"#;
    let security = Server::of(&[Act::Answer(refusal), sts(1, FAR)]);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "first").unwrap();
    let pod = WebIdentity::new("qcs::r", "provider", file.path()).connect_to(at(&security));
    let driver = &Driver::both(|| service.builder().credential(pod.clone()))[1];

    let error = driver.send_sms().unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Credential, Delivery::NotSent), "{error}");
    for part in ["AssumeRoleWithWebIdentity", "InvalidParameter.OverTimeError: old", "r-9"] {
        assert!(error.message().contains(part), "{error}");
    }
    std::fs::write(file.path(), "second\n").unwrap();
    driver.send_sms().unwrap();
    let asked = security.requests();
    for (request, token) in asked.iter().zip(["first", "second"]) {
        assert_eq!(header(request, "authorization").as_deref(), Some("SKIP"));
        let text = String::from_utf8_lossy(request);
        assert!(text.contains(&format!(r#""WebIdentityToken":"{token}""#)), "{text}");
    }
    assert_eq!((asked.len(), service.requests().len()), (2, 1));
}

#[test]
fn no_error_shows_what_sts_or_the_metadata_service_sent() {
    let secret = "SKSECRET";
    let half = r#"{"Response":{"Credentials":{"TmpSecretKey":"SKSECRET"},"ExpiredTime":4000000000,"RequestId":"r"}}"#;
    let odd = r#"{"Response":{"Credentials":"SKSECRET"}}"#;
    for body in [half, odd, "SKSECRET"] {
        let other = Server::of(&[Act::Answer(body)]);
        let service = Server::of(&[Act::Answer(OK)]);
        let key = Credential::new("id", "key").unwrap();
        let sources: [CredentialSource; 2] = [
            AssumeRole::new("r").signed_by(key).connect_to(at(&other)).into(),
            CvmRole::new().role("r").connect_to(at(&other)).into(),
        ];
        for source in sources {
            let client = service.builder().credential(source).build_blocking().unwrap();
            let error = client.request(send_sms()).send().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Credential);
            assert!(!format!("{error} {error:?}").contains(secret), "{error:?}");
        }
        assert!(service.requests().is_empty());
    }
}

/// Issues what it is told to, as soon as it is let.
struct Vault {
    fetches: AtomicUsize,
    permits: Semaphore,
    issue: fn(usize) -> Result<Issued, &'static str>,
}

impl Vault {
    fn of(issue: fn(usize) -> Result<Issued, &'static str>) -> Arc<Self> {
        Arc::new(Self { fetches: AtomicUsize::new(0), permits: Semaphore::new(0), issue })
    }

    fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }
}

struct Door(Arc<Vault>);

impl CredentialProvider for Door {
    fn fetch(&self) -> Fetch<'_> {
        let number = self.0.fetches.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            self.0.permits.acquire().await?.forget();
            Ok((self.0.issue)(number)?)
        })
    }
}

fn lasting(number: usize) -> Result<Issued, &'static str> {
    Ok(Issued::lasting(Credential::new(format!("vault-{number}"), "k").unwrap()))
}

type Sending = Pin<Box<dyn Future<Output = Result<SendSmsResponse, Error>>>>;

fn sending(client: &Client, limit: Duration) -> Sending {
    Box::pin(client.send_sms().with_timeout(limit).send())
}

/// Goes through each call once, as far as it comes.
async fn poll_each(calls: &mut [Sending]) {
    poll_fn(|context| {
        for call in &mut *calls {
            assert!(call.as_mut().poll(context).is_pending());
        }
        Poll::Ready(())
    })
    .await;
}

/// Runs a story of calls on one runtime.
fn story<F: Future<Output = ()>>(vault: &Arc<Vault>, tell: impl FnOnce(Client, Arc<Server>) -> F) {
    let server = Arc::new(Server::of(&[Act::Answer(OK)]));
    let source = CredentialSource::provider(Door(Arc::clone(vault)));
    let client = server.builder().credential(source).build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(tell(client, server));
}

const LONG: Duration = Duration::from_secs(30);

#[test]
fn one_call_fetches_for_all_that_wait() {
    let vault = Vault::of(lasting);
    story(&vault, async |client, server| {
        let mut calls: Vec<_> = (0..16).map(|_| sending(&client, LONG)).collect();
        poll_each(&mut calls).await;
        assert_eq!(vault.fetches(), 1);
        vault.permits.add_permits(1);
        for call in calls {
            call.await.unwrap();
        }
        assert_eq!((vault.fetches(), server.requests().len()), (1, 16));
    });
}

#[test]
fn a_leader_that_is_dropped_hands_over() {
    let vault = Vault::of(lasting);
    story(&vault, async |client, server| {
        let mut calls: Vec<_> = (0..3).map(|_| sending(&client, LONG)).collect();
        poll_each(&mut calls).await;
        drop(calls.remove(0));
        poll_each(&mut calls).await;
        assert_eq!(vault.fetches(), 2, "the next in line fetches, and only that one");
        vault.permits.add_permits(1);
        for call in calls {
            call.await.unwrap();
        }
        assert!(String::from_utf8_lossy(&server.requests()[0]).contains("Credential=vault-1/"));
    });
}

#[test]
fn a_leader_out_of_time_hands_over_and_says_so() {
    let vault = Vault::of(lasting);
    story(&vault, async |client, _| {
        let mut calls = vec![sending(&client, Duration::from_millis(50)), sending(&client, LONG)];
        poll_each(&mut calls).await;
        let error = calls.remove(0).await.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Timeout, Delivery::NotSent), "{error}");
        assert!(error.message().contains("within 50ms: its source did not answer"), "{error}");
        poll_each(&mut calls).await;
        assert_eq!(vault.fetches(), 2);
        vault.permits.add_permits(1);
        calls.remove(0).await.unwrap();
    });
}

#[test]
fn those_who_wait_have_their_own_deadlines() {
    let vault = Vault::of(lasting);
    story(&vault, async |client, server| {
        let mut calls = vec![sending(&client, LONG), sending(&client, Duration::from_millis(50))];
        poll_each(&mut calls).await;
        let error = calls.remove(1).await.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Timeout, Delivery::NotSent), "{error}");
        assert!(error.message().contains("within 50ms: another call"), "{error}");
        assert!(server.requests().is_empty());
        vault.permits.add_permits(1);
        calls.remove(0).await.unwrap();
        assert_eq!(vault.fetches(), 1);
    });
}

#[test]
fn a_failure_is_told_to_those_who_waited_and_is_not_kept() {
    let vault = Vault::of(|number| if number == 0 { Err("sealed") } else { lasting(number) });
    story(&vault, async |client, _| {
        let mut calls: Vec<_> = (0..3).map(|_| sending(&client, LONG)).collect();
        poll_each(&mut calls).await;
        vault.permits.add_permits(1);
        for call in calls {
            let error = call.await.unwrap_err();
            assert_eq!((error.kind(), error.delivery()), (ErrorKind::Credential, Delivery::NotSent));
            assert_eq!(error.message(), "the credential provider failed: sealed");
            assert_eq!(error.attempts(), 0);
        }
        assert_eq!(vault.fetches(), 1);
        vault.permits.add_permits(1);
        sending(&client, LONG).await.unwrap();
        assert_eq!(vault.fetches(), 2);
    });
}

#[test]
fn a_call_goes_on_with_a_valid_credential_when_it_cannot_be_refreshed() {
    let vault = Vault::of(|number| match number {
        0 => {
            let credential = Credential::with_token("id", "k", "t").unwrap();
            Ok(Issued::until(credential, SystemTime::now() + Duration::from_secs(2)))
        }
        _ => Err("sealed"),
    });
    vault.permits.add_permits(usize::MAX >> 4);
    story(&vault, async |client, _| {
        // The event waited for is the margin ahead of expiry, which the second fetch shows.
        while vault.fetches() < 2 {
            sending(&client, LONG).await.unwrap();
        }
        sending(&client, LONG).await.unwrap();
    });
}

#[test]
fn one_that_has_expired_already_is_refused() {
    let vault = Vault::of(|_| {
        let credential = Credential::with_token("id", "k", "t").unwrap();
        Ok(Issued::until(credential, SystemTime::now() - Duration::from_secs(1)))
    });
    story(&vault, async |client, server| {
        vault.permits.add_permits(1);
        let error = sending(&client, LONG).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credential);
        assert!(error.message().contains("expired already"), "{error}");
        assert!(server.requests().is_empty());
    });
}

#[test]
fn threads_share_one_fetch() {
    let vault = Vault::of(lasting);
    vault.permits.add_permits(1);
    let server = Server::of(&[Act::Answer(OK)]);
    let source = CredentialSource::provider(Door(Arc::clone(&vault)));
    let client = server.builder().credential(source).build_blocking().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| client.request(send_sms()).send().unwrap());
        }
    });
    assert_eq!((vault.fetches(), server.requests().len()), (1, 8));
}

const UNKNOWN: &str =
    r#"{"Response":{"Error":{"Code":"AuthFailure.TokenFailure","Message":"no"},"RequestId":"r-no"}}"#;

/// The secret ids that requests were signed with.
fn signers(server: &Server) -> Vec<String> {
    let signer = |request: &Vec<u8>| {
        RawRequest::parse(request).unwrap().with(|request| Claim::of(request).unwrap().secret_id().to_owned())
    };
    server.requests().iter().map(signer).collect()
}

#[test]
fn a_credential_that_the_service_does_not_know_is_fetched_anew_once_a_call() {
    for index in 0..2 {
        let vault = Vault::of(lasting);
        vault.permits.add_permits(usize::MAX >> 4);
        let server = Server::start(|number| Act::Answer(if number == 1 { OK } else { UNKNOWN }));
        let source = CredentialSource::provider(Door(Arc::clone(&vault)));
        let driver = &Driver::both(|| server.builder().credential(source.clone()))[index];
        driver.send_sms().unwrap();
        assert_eq!(signers(&server), ["vault-0", "vault-1"], "{}", driver.name());
        let error = driver.send_sms().unwrap_err();
        assert_eq!(error.code().unwrap().as_str(), "AuthFailure.TokenFailure");
        assert_eq!((error.attempts(), error.delivery()), (2, Delivery::Answered));
        assert_eq!(signers(&server), ["vault-0", "vault-1", "vault-1", "vault-2"]);
        assert_eq!(vault.fetches(), 3);
    }
}

#[test]
fn one_attempt_only_stays_one_and_the_next_call_asks_anew() {
    let vault = Vault::of(lasting);
    vault.permits.add_permits(usize::MAX >> 4);
    let server = Server::of(&[Act::Answer(UNKNOWN), Act::Answer(OK)]);
    let source = CredentialSource::provider(Door(Arc::clone(&vault)));
    let client = server.builder().credential(source).retry(RetryPolicy::never()).build_blocking().unwrap();
    client.request(send_sms()).send().unwrap_err();
    assert_eq!(server.requests().len(), 1);
    client.request(send_sms()).send().unwrap();
    assert_eq!(signers(&server), ["vault-0", "vault-1"]);
}

#[test]
fn a_fixed_credential_that_is_refused_is_not_tried_again() {
    let server = Server::of(&[Act::Answer(UNKNOWN)]);
    for driver in Driver::both(|| server.builder()) {
        assert_eq!(driver.send_sms().unwrap_err().attempts(), 1);
    }
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn clients_of_one_source_share_what_its_provider_issues() {
    let vault = Vault::of(lasting);
    vault.permits.add_permits(usize::MAX >> 4);
    let server = Server::of(&[Act::Answer(OK)]);
    let source = CredentialSource::provider(Door(Arc::clone(&vault)));
    for driver in Driver::both(|| server.builder().credential(source.clone())) {
        driver.send_sms().unwrap();
        driver.send_sms().unwrap();
    }
    assert_eq!((vault.fetches(), server.requests().len()), (1, 4));
}

#[test]
fn a_network_that_fails_on_the_way_to_a_credential_is_told_as_that() {
    let nobody = || format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    let cut = Server::of(&[Act::Close]);
    let key = || Credential::new("id", "key").unwrap();
    let sources: [(CredentialSource, ErrorKind, &str); 5] = [
        (
            AssumeRole::new("r").signed_by(key()).connect_to(nobody()).into(),
            ErrorKind::Connect,
            "STS, AssumeRole",
        ),
        (
            AssumeRole::new("r").signed_by(key()).connect_to(at(&cut)).into(),
            ErrorKind::Network,
            "STS, AssumeRole",
        ),
        (CvmRole::new().connect_to(nobody()).into(), ErrorKind::Connect, "CVM role"),
        (CvmRole::new().connect_to(at(&cut)).into(), ErrorKind::Network, "CVM role"),
        (
            AssumeRole::new("r").signed_by(CvmRole::new().connect_to(nobody())).connect_to(at(&cut)).into(),
            ErrorKind::Connect,
            "STS, AssumeRole: CVM role",
        ),
    ];
    let service = Server::of(&[Act::Answer(OK)]);
    for (source, kind, part) in sources {
        let client = service.builder().credential(source).build_blocking().unwrap();
        let error = client.request(send_sms()).send().unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery(), error.attempts()),
            (kind, Delivery::NotSent, 0),
            "{error}"
        );
        assert!(error.message().starts_with(part), "{error}");
    }
    assert!(service.requests().is_empty());
}
