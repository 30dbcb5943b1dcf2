//! The program as its users run it: with a driver, and as a server for tests in other languages.

#![cfg(unix)]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_tcsms-conformance-server");

/// A driver that tells the same outcome of every call, whatever it is asked.
fn driver(outcome: &str) -> [String; 3] {
    let script = format!("read settings; while read call; do echo '{outcome}'; done");
    ["sh".to_owned(), "-c".to_owned(), script]
}

fn run(cases: &Value, driver: &[String]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("one.json"), cases.to_string()).unwrap();
    let output = Command::new(PROGRAM).arg("run").arg(folder.path()).args(driver).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

/// One case without a server, whose call must end like this.
fn cases(expect: &Value) -> Value {
    json!({"about": "a test", "cases": [{
        "id": "one", "why": "to see", "settings": {"secret_id": "AKIDEXAMPLE", "secret_key": "SKEXAMPLE"},
        "calls": [{"action": "SendSms", "parameters": {}, "times": 2, "expect": expect}]
    }]})
}

const REFUSED: &str = r#"{"error":{"kind":"connect","code":null,"requestId":null,"delivery":"not_sent","attempts":3,"step":"connect","message":"no","shown":[]}}"#;

#[test]
fn a_driver_is_judged() {
    let right = cases(&json!({"error": {"kind": "connect", "delivery": "not_sent", "attempts": 3}}));
    assert_eq!(run(&right, &driver(REFUSED)), (Some(0), "1 passed, 0 failed\n".to_owned()));

    let (code, text) = run(&right, &driver(&REFUSED.replace("\"attempts\":3", "\"attempts\":1")));
    assert_eq!(code, Some(1));
    for part in
        ["one/one failed", "call 1: error attempts: expected 3, got 1", "call 2:", "0 passed, 1 failed"]
    {
        assert!(text.contains(part), "{text}");
    }
    let (_, text) = run(&right, &driver(&REFUSED.replace("\"no\"", "\"the key is SKEXAMPLE\"")));
    assert!(text.contains("shows the secret"), "{text}");
}

#[test]
fn a_driver_that_fails_fails_the_case() {
    let right = cases(&json!({"answer": {}}));
    for (driver, part) in [
        (driver("no JSON"), "the driver wrote `no JSON`"),
        (["sh", "-c", "read settings; echo broken >&2; exit 3"].map(str::to_owned), "broken"),
        (["no-such-program", "", ""].map(str::to_owned), "cannot be started"),
    ] {
        let (code, text) = run(&right, &driver);
        assert!(code == Some(1) && text.contains(part) && text.contains("0 passed, 1 failed"), "{text}");
    }
    let (code, text) = run(&json!({"about": "x", "cases": [], "case": 1}), &driver(REFUSED));
    assert!(code == Some(2) && text.contains("unknown field `case`"), "{text}");
}

#[test]
fn no_variable_that_an_sdk_reads_reaches_a_driver() {
    let cases = json!({"about": "a test", "cases": [{
        "id": "one", "why": "to see", "environment": {"TKE_REGION": "told"},
        "calls": [{"action": "SendSms", "parameters": {}, "expect": {"answer": {"Found": "[told][off]"}}}]
    }]});
    let script = r#"read settings; read call; echo "{\"answer\":{\"Found\":\"$TENCENTCLOUD_REGION$https_proxy[$TKE_REGION][$TCSMS_METADATA_CONNECT_TO]\"}}""#;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("one.json"), cases.to_string()).unwrap();
    let output = Command::new(PROGRAM)
        .args(["run", folder.path().to_str().unwrap(), "sh", "-c", script])
        .env("TENCENTCLOUD_REGION", "outside")
        .env("https_proxy", "outside")
        .env("TCSMS_METADATA_CONNECT_TO", "outside")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// The program, serving.
struct Serving {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Serving {
    fn start() -> Self {
        let mut child =
            Command::new(PROGRAM).arg("serve").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { child, input, output: BufReader::new(output) }
    }

    fn order(&mut self, order: &Value) -> Value {
        writeln!(self.input, "{order}").unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// Starts one server, and connects to it.
    fn connect(&mut self, connections: &Value) -> TcpStream {
        let answer = self.order(&json!({"servers": {"a": {"connections": connections}}}));
        TcpStream::connect(answer["servers"]["a"].as_str().unwrap()).unwrap()
    }

    fn record(&mut self) -> Value {
        self.order(&json!("record"))["record"]["a"].clone()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const REQUEST: &str = "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}";

fn all(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut text = String::new();
    stream.read_to_string(&mut text).map(|_| text)
}

#[test]
fn scripts_are_played_to_the_byte() {
    let mut serving = Serving::start();
    let mut stream = serving
        .connect(&json!([["request", {"write": "x"}, {"write": {"hex": "79"}}, {"read": 3}, "close"]]));
    // A request in two pieces, with what belongs to the next step behind it.
    stream.write_all(&REQUEST.as_bytes()[..10]).unwrap();
    stream.write_all(&REQUEST.as_bytes()[10..]).unwrap();
    stream.write_all(b"abc").unwrap();
    assert_eq!(all(&mut stream).unwrap(), "xy");
    let record = serving.record();
    assert_eq!(record["connections"], 1);
    assert_eq!(record["heard"][0], json!({"connection": 1, "is_request": true, "bytes": REQUEST}));
    assert_eq!(record["heard"][1], json!({"connection": 1, "is_request": false, "bytes": "abc"}));
    assert_eq!(record["faults"], json!([]));
}

#[test]
fn a_reset_is_a_reset_and_a_half_close_leaves_the_other_half() {
    let mut serving = Serving::start();
    let mut stream = serving.connect(&json!([["request", "reset"]]));
    stream.write_all(REQUEST.as_bytes()).unwrap();
    assert_eq!(all(&mut stream).unwrap_err().kind(), ErrorKind::ConnectionReset);

    let mut stream = serving.connect(&json!([["close_write", "request"]]));
    assert_eq!(all(&mut stream).unwrap(), "");
    stream.write_all(REQUEST.as_bytes()).unwrap();
    drop(stream);
    assert_eq!(serving.record()["heard"][0]["bytes"], REQUEST);
}

#[test]
fn what_no_step_reads_is_a_fault() {
    let mut serving = Serving::start();
    let mut stream = serving.connect(&json!([["request"]]));
    let more = TcpStream::connect(stream.peer_addr().unwrap()).unwrap();
    stream.write_all(REQUEST.as_bytes()).unwrap();
    stream.write_all(b"more").unwrap();
    drop((stream, more));
    let faults = serving.record()["faults"].to_string();
    assert!(faults.contains("4 bytes came that no step reads: more"), "{faults}");
    assert!(faults.contains("no script is for this connection"), "{faults}");
}

#[test]
fn what_waits_for_a_call_is_done_before_the_order_is_answered() {
    let mut serving = Serving::start();
    let mut stream =
        serving.connect(&json!([["request", {"write": "a"}, {"after_call": 1}, {"write": "b"}, "close"]]));
    stream.write_all(REQUEST.as_bytes()).unwrap();
    let mut one = [0; 1];
    stream.read_exact(&mut one).unwrap();
    stream.set_nonblocking(true).unwrap();
    assert_eq!(stream.peek(&mut one).unwrap_err().kind(), ErrorKind::WouldBlock);
    assert_eq!(serving.order(&json!({"call_is_over": 1})), json!({"call_is_over": 1}));
    assert_eq!(all(&mut stream).unwrap(), "b", "byte and end are there already");
}

#[test]
fn nobody_listens_on_a_closed_port_and_wrong_orders_are_told() {
    let mut serving = Serving::start();
    let answer = serving.order(&json!({"servers": {"a": {"closed": true}}}));
    let refused = TcpStream::connect(answer["servers"]["a"].as_str().unwrap()).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    assert!(std::fs::read_to_string(answer["ca"].as_str().unwrap()).unwrap().contains("BEGIN CERTIFICATE"));
    for order in
        [json!({"servers": {"a": {"connection": []}}}), json!({"play": 1}), json!({"call_is_over": "x"})]
    {
        assert!(serving.order(&order)["error"].is_string(), "{order}");
    }
}
