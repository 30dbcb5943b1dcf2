//! Running the program, with and without a service beside it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use serde_json::{Value, json};
use tcsms_auth::tc3::{Payload, Signing};
use tempfile::TempDir;

pub(crate) const APP: &str = "1400787878";
pub(crate) const SIGN: &str = "腾讯云";
pub(crate) const TEMPLATE: &str = "449739";

/// The program, with nothing of this machine's environment.
pub(crate) fn tcsms() -> Command {
    clean(Command::new(env!("CARGO_BIN_EXE_tcsms")))
}

/// A command with nothing of this machine's environment but where programs are.
pub(crate) fn clean(mut command: Command) -> Command {
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", "/nonexistent")
        .env("TCSMS_METADATA_CONNECT_TO", "off");
    command.stdin(Stdio::null());
    command
}

/// What a run left behind.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    /// The JSON on standard output.
    pub(crate) fn answer(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error} in {:?}, error {}", self.out, self.err))
    }

    /// The JSON on standard error, which must be one line and nothing else.
    pub(crate) fn failure(&self) -> Value {
        assert_eq!(self.err.lines().count(), 1, "{}", self.err);
        serde_json::from_str(&self.err).unwrap_or_else(|error| panic!("{error} in {:?}", self.err))
    }
}

pub(crate) fn run(command: &mut Command) -> Run {
    let output = command.output().unwrap();
    Run {
        code: output.status.code().unwrap_or_else(|| panic!("ended by a signal: {}", output.status)),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A run that gets text on standard input.
pub(crate) fn run_with_input(command: &mut Command, input: &str) -> Run {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A running service, ended with the value.
pub(crate) struct Service {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub(crate) api: String,
    pub(crate) ready: Value,
    folder: TempDir,
}

impl Service {
    /// Limits off and reports at once, so that tests need not wait or count; else as without a configuration.
    pub(crate) fn start() -> Service {
        Service::start_of("[limits]\nprofile = \"off\"\napi_rate = false\n[delivery]\ndelay = \"0s\"\n")
    }

    /// A service of this configuration.
    pub(crate) fn start_of(configuration: &str) -> Service {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("service.toml");
        std::fs::write(&config, configuration).unwrap();
        let mut command = tcsms();
        command.arg("serve").arg("--config").arg(config);
        Service::spawn(command, folder)
    }

    /// `serve` with other arguments; the command must not name `--listen`.
    pub(crate) fn start_with(arguments: &[&str]) -> Service {
        let mut command = tcsms();
        command.arg("serve").args(arguments);
        Service::spawn(command, tempfile::tempdir().unwrap())
    }

    pub(crate) fn spawn(mut command: Command, folder: TempDir) -> Service {
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let mut child =
            command.args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let log = || std::fs::read_to_string(folder.path().join("log")).unwrap();
        let ready: Value =
            serde_json::from_str(&line).unwrap_or_else(|_| panic!("not ready: {line:?} {}", log()));
        let api = ready["api"].as_str().unwrap().to_owned();
        Service { child, api, ready, folder }
    }

    pub(crate) fn address(&self) -> &str {
        self.api.strip_prefix("http://").unwrap()
    }

    /// What the service has written to standard error so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// A folder that goes with the service.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// The program as a user of this service runs it.
    pub(crate) fn tcsms(&self, arguments: &[&str]) -> Command {
        let mut command = tcsms();
        command
            .env("TENCENTCLOUD_SECRET_ID", "secretId")
            .env("TENCENTCLOUD_SECRET_KEY", "secretKey")
            .env("TCSMS_CONNECT_TO", &self.api)
            .args(arguments);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        run(&mut self.tcsms(arguments))
    }

    pub(crate) fn call(&self, action: &str, json: &str) -> Run {
        self.run(&["call", action, "--json", json])
    }

    /// Sends to the numbers with the development account.
    pub(crate) fn send(&self, numbers: &[&str], more: &[&str]) -> Run {
        let mut arguments =
            vec!["send", "--app", APP, "--sign", SIGN, "--template", TEMPLATE, "--param", "437046"];
        for number in numbers {
            arguments.extend(["--to", number]);
        }
        arguments.extend(more);
        self.run(&arguments)
    }

    /// An answer of the control API.
    pub(crate) fn control(&self, rest: &str) -> Value {
        self.control_with("GET", rest, "")
    }

    /// Moves all of the service's time, that of signatures included.
    pub(crate) fn set_clock_ahead(&self, seconds: u32) {
        let body = json!({"offset": format!("{seconds}s"), "signatures": true});
        self.control_with("PUT", "clock", &body.to_string());
    }

    fn control_with(&self, method: &str, rest: &str, body: &str) -> Value {
        let answer = exchange(
            self.address(),
            format!(
                "{method} /_tcsms/v1/{rest} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                self.address(),
                body.len()
            )
            .as_bytes(),
        );
        let (_, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{error} in {answer}"))
    }

    /// The requests that the service noted.
    pub(crate) fn requests(&self) -> Vec<Value> {
        self.control("requests")["requests"].as_array().unwrap().clone()
    }

    pub(crate) fn signal(&self, name: &str) {
        let status =
            Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status().unwrap();
        assert!(status.success());
    }

    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Writes bytes to a fresh connection and reads until its end.
pub(crate) fn exchange(address: &str, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

/// The head of a signed request of the development account, up to and with the empty line.
pub(crate) fn signed_head(action: &str, body: &str, timestamp: i64, more: &str) -> String {
    let signing = Signing {
        host: "sms.tencentcloudapi.com",
        secret_id: "secretId",
        timestamp,
        payload: Payload::Body(body.as_bytes()),
        ..Signing::default()
    };
    let authorization = signing.authorization(&signing.key("secretKey"));
    format!(
        "POST / HTTP/1.1\r\nHost: sms.tencentcloudapi.com\r\nContent-Type: application/json\r\n\
         X-TC-Action: {action}\r\nX-TC-Version: 2021-01-11\r\nX-TC-Region: ap-guangzhou\r\n\
         X-TC-Timestamp: {timestamp}\r\nAuthorization: {authorization}\r\nContent-Length: {}\r\n{more}\r\n",
        body.len()
    )
}

pub(crate) fn unix_now() -> i64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs().try_into().unwrap()
}
