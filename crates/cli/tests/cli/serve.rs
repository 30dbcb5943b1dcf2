//! The service as a process: how it starts, what it says when it cannot, how it ends.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;

use serde_json::json;

use crate::support::{Run, Service, exchange, run, signed_head, tcsms, unix_now};

fn refused(arguments: &[&str]) -> Run {
    let run = run(tcsms().arg("serve").args(arguments));
    assert_eq!(run.code, 2, "{arguments:?}: {} {}", run.out, run.err);
    assert_eq!(run.out, "", "nothing is ready");
    run
}

#[test]
fn one_line_says_that_it_is_ready_and_the_account_is_told() {
    let service = Service::start_with(&[]);
    assert_eq!(
        service.ready,
        json!({"event": "listening", "api": service.api, "control": service.api, "version": env!("CARGO_PKG_VERSION")})
    );
    assert!(!service.api.ends_with(":0"), "{}", service.api);
    for part in ["secretId", "secretKey", "1400787878", "449739", "腾讯云"] {
        assert!(service.log().contains(part), "{part}: {}", service.log());
    }
    assert!(!service.log().contains('\u{1b}'));
}

#[test]
fn with_a_configuration_no_key_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("c.toml");
    std::fs::write(
        &config,
        "[[account]]\nid = \"a\"\n[[account.key]]\nsecret_id = \"id\"\nsecret_key = \"SKSECRET\"\n",
    )
    .unwrap();
    let service = Service::start_with(&["--config", config.to_str().unwrap(), "--log", "trace"]);
    let pull = run(service
        .tcsms(&["call", "PullSmsSendStatus"])
        .env("TENCENTCLOUD_SECRET_ID", "id")
        .env("TENCENTCLOUD_SECRET_KEY", "SKSECRET"));
    assert_eq!(pull.failure()["code"], "MissingParameter");
    assert!(!service.log().contains("SKSECRET") && !service.log().contains("secretKey"), "{}", service.log());
}

#[test]
fn it_ends_with_its_standard_input_when_told_to() {
    let mut child = tcsms()
        .args(["serve", "--listen", "127.0.0.1:0", "--stop-with-stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("listening"), "{line}");
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"what comes there is nothing to it\n").unwrap();
    assert!(child.try_wait().unwrap().is_none());
    drop(input);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_busy_port_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let failed = refused(&["--listen", &address]);
    assert!(failed.err.contains(&address) && failed.err.contains("--listen"), "{}", failed.err);
    let json = refused(&["--listen", &address, "--output", "json"]);
    assert_eq!(json.failure()["kind"], "usage");
}

#[test]
fn a_wrong_configuration_is_told_with_file_line_and_value() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("service.toml");
    for (text, place, words) in [
        ("[limits]\nprofile = \"stritc\"\n", "2", "stritc"),
        ("[limits]\n\nprofil = \"strict\"\n", "3", "profil"),
        ("[delivery]\ndelay = 5\n", "2", "delay"),
        (
            "[[account]]\nid = \"a\"\n[[account.template]]\nid = \"1\"\ncontent = \"{1}{3}\"\n",
            "5",
            "template 1",
        ),
        ("[limits\n", "1", "not TOML"),
    ] {
        std::fs::write(&config, text).unwrap();
        let failed = refused(&["--config", config.to_str().unwrap()]);
        let place = format!("service.toml:{place}");
        assert!(failed.err.contains(&place) && failed.err.contains(words), "{text}: {}", failed.err);
    }
    let failed = refused(&["--config", "/nonexistent/service.toml"]);
    assert!(failed.err.contains("/nonexistent/service.toml"), "{}", failed.err);
}

#[test]
fn a_database_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let garbage = folder.path().join("garbage.db");
    std::fs::write(
        &garbage,
        "this is a letter, not a database, and it is long enough to be told apart ".repeat(99),
    )
    .unwrap();
    for path in [folder.path(), garbage.as_path(), "/nonexistent/x.db".as_ref()] {
        let failed =
            refused(&["--listen", "127.0.0.1:0", "--database", &format!("sqlite:{}", path.display())]);
        assert!(failed.err.contains(path.to_str().unwrap()), "{}", failed.err);
    }
    assert!(
        std::fs::read_to_string(&garbage).unwrap().starts_with("this is a letter"),
        "it was written over"
    );
}

#[test]
fn a_control_address_needs_a_token() {
    let failed = refused(&["--listen", "127.0.0.1:0", "--control-listen", "0.0.0.0:0"]);
    assert!(failed.err.contains("TCSMS_CONTROL_TOKEN"), "{}", failed.err);
}

#[test]
fn a_filter_that_cannot_be_read_is_named() {
    let failed = refused(&["--listen", "127.0.0.1:0", "--log", "tcsms=loud"]);
    assert!(failed.err.contains("tcsms=loud"), "{}", failed.err);
}

#[test]
fn a_larger_skew_is_accepted_when_asked_for() {
    let body = r#"{"SmsSdkAppId":"1400787878","Limit":1}"#;
    let old = signed_head("PullSmsSendStatus", body, unix_now() - 3000, "Connection: close\r\n") + body;
    let strict = Service::start_with(&[]);
    assert!(exchange(strict.address(), old.as_bytes()).contains("AuthFailure.SignatureExpire"));
    let tolerant = Service::start_with(&["--max-clock-skew", "3600"]);
    assert!(exchange(tolerant.address(), old.as_bytes()).contains(r#""PullSmsSendStatusSet":[]"#));
}

#[test]
fn a_call_under_way_is_finished_before_the_service_ends() {
    let mut service = Service::start();
    let body = r#"{"SmsSdkAppId":"1400787878","Limit":1}"#;
    let mut stream = TcpStream::connect(service.address()).unwrap();
    let head =
        signed_head("PullSmsSendStatus", body, unix_now(), "Expect: 100-continue\r\nConnection: close\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    // The service asks for the body only once it has taken the request up.
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    assert_eq!(line, "HTTP/1.1 100 Continue\r\n");

    service.signal("TERM");
    // Once it has stopped listening it has taken notice of the signal.
    while TcpStream::connect(service.address()).is_ok() {
        std::thread::yield_now();
    }
    stream.write_all(body.as_bytes()).unwrap();
    let mut rest = String::new();
    reader.read_to_string(&mut rest).unwrap();
    assert!(rest.contains(r#""PullSmsSendStatusSet":[]"#), "{rest}");
    assert_eq!(service.wait().code(), Some(0), "{}", service.log());
}

#[test]
fn an_interrupt_ends_it_too() {
    let mut service = Service::start();
    service.signal("INT");
    assert_eq!(service.wait().code(), Some(0), "{}", service.log());
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let mut service = Service::start();
    let mut stream = TcpStream::connect(service.address()).unwrap();
    let head = signed_head("PullSmsSendStatus", "{}", unix_now(), "Expect: 100-continue\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut line = String::new();
    BufReader::new(stream.try_clone().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "HTTP/1.1 100 Continue\r\n");
    service.signal("TERM");
    while TcpStream::connect(service.address()).is_ok() {
        std::thread::yield_now();
    }
    // Its body never comes, so only the second signal can end this now.
    service.signal("TERM");
    assert_eq!(service.wait().code(), Some(143), "{}", service.log());
}
