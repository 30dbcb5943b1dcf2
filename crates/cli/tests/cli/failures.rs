//! Calls that get no answer of the API: wrong settings, and networks that fail.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

use serde_json::json;

use crate::support::{Run, Service, run, tcsms};

fn call(connect_to: &str, more: &[&str]) -> Run {
    run(tcsms()
        .env("TENCENTCLOUD_SECRET_ID", "id")
        .env("TENCENTCLOUD_SECRET_KEY", "SKSECRET")
        .env("TCSMS_CONNECT_TO", connect_to)
        .args(["call", "SendSms", "--json", r#"{"PhoneNumberSet":["+8613700000001"]}"#])
        .args(more))
}

/// A server that reads one request, gives one answer and closes. Its thread gives back what else connected.
fn server(answer: &'static str) -> (String, JoinHandle<TcpListener>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        read_request(&mut stream);
        stream.write_all(answer.as_bytes()).unwrap();
        listener
    });
    (address, thread)
}

fn read_request(stream: &mut TcpStream) {
    let mut seen = Vec::new();
    let mut part = [0; 4096];
    while !seen.ends_with(br#"["+8613700000001"]}"#) {
        let size = stream.read(&mut part).unwrap();
        assert_ne!(size, 0, "the request ended early: {}", String::from_utf8_lossy(&seen));
        seen.extend_from_slice(&part[..size]);
    }
}

/// That nobody connected a second time: a send is not repeated.
fn nobody_else(listener: &TcpListener) {
    listener.set_nonblocking(true).unwrap();
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let failed = call(&address, &[]);
    assert_eq!(failed.code, 3);
    let failure = failed.failure();
    assert_eq!((&failure["kind"], &failure["delivery"]), (&json!("connect"), &json!("not_sent")));
    assert_eq!(
        (&failure["code"], &failure["requestId"], &failure["attempts"]),
        (&json!(null), &json!(null), &json!(3))
    );

    let sentence = call(&address, &["--output", "table"]);
    assert_eq!(sentence.code, 3);
    assert!(
        sentence.err.starts_with("error: ") && sentence.err.contains("nothing was sent"),
        "{}",
        sentence.err
    );
}

/// What the program asks the proxy that these variables name; `None` when it does not connect.
fn asked_of_a_proxy(variables: &[(&str, &str)], more: &[&str]) -> (Option<String>, Run) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mut command = tcsms();
    command.env("TENCENTCLOUD_SECRET_ID", "id").env("TENCENTCLOUD_SECRET_KEY", "SKSECRET");
    for (name, value) in variables {
        command.env(name, value.replace("PROXY", &address));
    }
    command.args(["call", "SendSms", "--json", "{}"]);
    command.args(more.iter().map(|word| word.replace("PROXY", &address)));
    let proxy = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
            head.push(byte[0]);
        }
        stream.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n").unwrap();
        String::from_utf8(head).unwrap()
    });
    let run = run(&mut command);
    if run.failure()["kind"] != "proxy" {
        // The thread waits in vain, and ends with the process.
        return (None, run);
    }
    (Some(proxy.join().unwrap()), run)
}

#[test]
fn the_proxy_of_the_environment_is_asked_for_the_endpoint() {
    let start = "CONNECT sms.tencentcloudapi.com:443 HTTP/1.1\r\n";
    for (name, url) in [
        ("https_proxy", "PROXY"),
        ("HTTPS_PROXY", "http://PROXY"),
        ("all_proxy", "http://u:SECRETWORD@PROXY/"),
    ] {
        let (asked, failed) = asked_of_a_proxy(&[(name, url), ("no_proxy", "other.example")], &[]);
        let asked = asked.unwrap_or_else(|| panic!("{name}: {}", failed.err));
        assert!(asked.starts_with(start), "{name}: {asked}");
        assert_eq!(asked.contains("Proxy-Authorization: Basic dTpTRUNSRVRXT1JE\r\n"), name == "all_proxy");
        assert_eq!(failed.code, 3);
        let failure = failed.failure();
        assert_eq!((&failure["delivery"], &failure["attempts"]), (&json!("not_sent"), &json!(1)));
        assert!(!failed.err.contains("SECRETWORD") && failed.err.contains("403"), "{}", failed.err);
    }
    // What is on this machine is not asked of a proxy.
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (asked, failed) =
        asked_of_a_proxy(&[("http_proxy", "PROXY"), ("TCSMS_CONNECT_TO", &format!("http://{nobody}"))], &[]);
    assert_eq!((asked, failed.failure()["kind"].clone()), (None, json!("connect")));
}

#[test]
fn the_proxy_of_the_command_line_comes_before_the_environments() {
    let (asked, failed) =
        asked_of_a_proxy(&[("https_proxy", "http://127.0.0.1:1")], &["--proxy", "http://u:SECRETWORD@PROXY"]);
    let asked = asked.unwrap_or_else(|| panic!("{}", failed.err));
    assert!(asked.contains("Proxy-Authorization: Basic dTpTRUNSRVRXT1JE\r\n"), "{asked}");
    assert!(!failed.err.contains("SECRETWORD"), "{}", failed.err);
}

#[test]
fn warnings_of_the_sdk_are_on_standard_error() {
    // The address is one that documentation uses: nobody is there, and nothing leaves through a proxy that is not there.
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let run = run(tcsms()
        .env("TENCENTCLOUD_SECRET_ID", "id")
        .env("TENCENTCLOUD_SECRET_KEY", "SKSECRET")
        .env("TCSMS_CONNECT_TO", "http://192.0.2.1:80")
        .env("TCSMS_CONNECT_TO_PLAIN", "1")
        .args(["call", "SendSms", "--proxy", &format!("http://{gone}")]));
    let mut lines = run.err.lines();
    let warning = lines.next().unwrap();
    assert!(warning.contains("WARN") && warning.contains("unencrypted"), "{}", run.err);
    let failure: serde_json::Value = serde_json::from_str(lines.next().unwrap()).unwrap();
    assert_eq!(failure["kind"], "connect");
    assert_eq!((lines.next(), run.code), (None, 3));
}

#[test]
fn something_answers_that_is_not_the_api() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 15\r\n\r\n<h1>Log in</h1>",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{\"Response\":{",
    ] {
        let (address, thread) = server(answer);
        let failed = call(&address, &[]);
        assert_eq!(failed.code, 3, "{answer}: {}", failed.err);
        assert_eq!(failed.failure()["delivery"], "maybe_sent", "{answer}");
        assert_eq!(failed.failure()["attempts"], 1, "{answer}");
        nobody_else(&thread.join().unwrap());
    }
}

#[test]
fn the_time_runs_out() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        read_request(&mut stream);
        // Held until the caller gives up and closes.
        let rest = stream.read(&mut [0; 16]).unwrap_or(0);
        (rest, listener)
    });
    let failed = call(&address, &["--timeout", "300ms"]);
    assert_eq!(failed.code, 3);
    assert_eq!(
        (&failed.failure()["kind"], &failed.failure()["delivery"]),
        (&json!("timeout"), &json!("maybe_sent"))
    );
    let (rest, listener) = thread.join().unwrap();
    assert_eq!(rest, 0);
    nobody_else(&listener);
}

#[test]
fn an_empty_key_is_named_before_anything_is_sent() {
    let service = Service::start();
    let pull = ["call", "PullSmsSendStatus"];
    let cases: &[(&str, Option<&str>)] = &[
        ("TENCENTCLOUD_SECRET_KEY", Some("")),
        ("TENCENTCLOUD_SECRET_KEY", None),
        ("TENCENTCLOUD_SECRET_ID", Some("")),
        ("TENCENTCLOUD_SECRET_ID", None),
    ];
    for (name, value) in cases {
        let mut command = service.tcsms(&pull);
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
        let failed = run(&mut command);
        assert_eq!(failed.code, 2, "{name} {value:?}: {}", failed.err);
        let failure = failed.failure();
        assert!(failure["message"].as_str().unwrap().contains(name), "{name} {value:?}: {}", failed.err);
        assert_eq!((&failure["kind"], &failure["delivery"]), (&json!("credential"), &json!("not_sent")));
    }
    assert_eq!(service.requests(), [] as [serde_json::Value; 0]);
}

#[test]
fn a_credentials_file_without_the_section_says_which_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("credentials");
    std::fs::write(&file, "[work]\nsecret_id = a\nsecret_key = b\n").unwrap();
    let run = |more: &[&str]| {
        run(tcsms()
            .env("TENCENTCLOUD_CREDENTIALS_FILE", &file)
            .env("TCSMS_CONNECT_TO", "http://127.0.0.1:1")
            .args(["call", "X", "--timeout", "1s"])
            .args(more))
    };
    let failed = run(&[]);
    assert_eq!(failed.code, 2);
    for part in ["credentials", "default", "work", "TENCENTCLOUD_SECRET_ID"] {
        assert!(failed.err.contains(part), "{part}: {}", failed.err);
    }
    // With the section that is there, the key is found and only the network fails.
    assert_eq!(run(&["--profile", "work"]).code, 3);

    let both = crate::support::run(tcsms().env("TENCENTCLOUD_SECRET_ID", "id").args([
        "call",
        "X",
        "--profile",
        "work",
    ]));
    assert_eq!(both.code, 2);
    assert!(
        both.err.contains("--profile work") && both.err.contains("TENCENTCLOUD_SECRET_ID"),
        "{}",
        both.err
    );
}

#[test]
fn settings_that_cannot_be_used_are_named() {
    for (name, value) in [
        ("TCSMS_CONNECT_TO", "127.0.0.1:9180"),
        ("TCSMS_CONNECT_TO", "http://10.0.0.1:9180"),
        ("TCSMS_CA_FILE", "/nonexistent/ca.pem"),
    ] {
        let failed = run(tcsms()
            .env("TENCENTCLOUD_SECRET_ID", "id")
            .env("TENCENTCLOUD_SECRET_KEY", "SKSECRET")
            .env(name, value)
            .args(["call", "SendSms"]));
        assert_eq!(failed.code, 2, "{name}: {}", failed.err);
        assert_eq!(failed.failure()["kind"], "config");
        let told = value.trim_start_matches("http://");
        assert!(failed.err.contains(told) && !failed.err.contains("SKSECRET"), "{}", failed.err);
    }
}

#[test]
fn malformed_json_is_refused_with_its_place() {
    let service = Service::start();
    for (json, place) in [
        ("Limit=5", "line 1, column 1"),
        ("{Limit:5}", "line 1, column 2"),
        ("{\"Limit\":5,\n}", "line 2, column 1"),
        ("[]", "no JSON object"),
        ("@/nonexistent/x.json", "/nonexistent/x.json"),
    ] {
        let failed = service.call("PullSmsSendStatus", json);
        assert_eq!(failed.code, 2, "{json}: {}", failed.err);
        let failure = failed.failure();
        assert!(failure["message"].as_str().unwrap().contains(place), "{json}: {}", failed.err);
        assert_eq!((&failure["kind"], &failure["delivery"]), (&json!("usage"), &json!("not_sent")));
    }
    let latin = service.write("latin.json", b"{\"a\":\"\xe9\"}");
    let failed = service.call("PullSmsSendStatus", &format!("@{}", latin.display()));
    assert_eq!(failed.code, 2);
    assert!(failed.err.contains("not UTF-8"), "{}", failed.err);
    assert_eq!(service.requests(), [] as [serde_json::Value; 0]);
}

#[test]
fn a_body_over_the_limit_is_refused_before_it_is_sent() {
    let service = Service::start();
    for (size, more, words) in [
        (11 << 20, &[][..], "10 MB"),
        (2 << 20, &["--sign-method", "HmacSHA256"][..], "1 MB"),
        (40 << 10, &["--method", "GET"][..], "32 KB"),
    ] {
        let file = service.write("big.json", format!("{{\"Remark\":\"{}\"}}", "x".repeat(size)));
        let failed = service
            .run(&[&["call", "AddSmsTemplate", "--json", &format!("@{}", file.display())], more].concat());
        assert_eq!(failed.code, 2, "{words}: {}", failed.err);
        assert!(failed.err.contains(words), "{}", failed.err);
        assert_eq!(failed.failure()["delivery"], "not_sent");
    }
    assert_eq!(service.requests(), [] as [serde_json::Value; 0]);
}
