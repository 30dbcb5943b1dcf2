//! What was acknowledged is still there after the process was killed.

use std::io::Write;
use std::process::Command;

use crate::support::{Service, clean, tcsms};

fn database(folder: &tempfile::TempDir) -> String {
    format!("sqlite:{}", folder.path().join("sms.db").display())
}

#[test]
fn an_acknowledged_send_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let database = database(&folder);
    let mut service = Service::start_with(&["--database", &database]);
    let numbers: Vec<String> = (0..5).map(|number| format!("+86137000000{number:02}")).collect();
    for number in &numbers {
        let sent = service.send(&[number], &[]);
        assert_eq!(sent.code, 0, "{}", sent.err);
    }
    service.signal("KILL");
    assert_eq!(service.wait().code(), None);

    let service = Service::start_with(&["--database", &database]);
    for number in &numbers {
        let found = service.control(&format!("messages?phone={}&wait=10s", number.replace('+', "%2B")));
        assert_eq!(found["messages"].as_array().unwrap().len(), 1, "{number}: {found}");
        assert_eq!(found["messages"][0]["text"], "【腾讯云】您的验证码是437046");
    }
    // Each is delivered, and reported once, although the process that took it is gone.
    let found = service.control("messages?status=delivered&count=5&wait=30s");
    assert_eq!(found["matched"], true, "{found}");
    let pulled = service.run(&["pull", "status", "--app", crate::support::APP, "--output", "json"]);
    assert_eq!(pulled.answer()["PullSmsSendStatusSet"].as_array().unwrap().len(), 5, "{}", pulled.out);
}

#[test]
fn the_answer_leaves_after_the_log_is_on_the_disk() {
    if !can_trace() {
        // Not by a macro: what those write is shown for failed tests only.
        let skipped =
            "SKIPPED: strace is missing or may not trace here: the order of system calls was not checked\n";
        std::io::stderr().write_all(skipped.as_bytes()).unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let mut command = clean(Command::new("strace"));
    command
        // The tracer steps aside, so that the process started here is the service itself.
        .args([
            "-D",
            "-f",
            "-s",
            "4096",
            "-e",
            "trace=read,recvfrom,pwrite64,fdatasync,fsync,write,writev,sendto,sendmsg",
        ])
        .arg("-o")
        .arg(&trace)
        .arg(tcsms().get_program())
        .args(["serve", "--database", &database(&folder)]);
    let mut service = Service::spawn(command, tempfile::tempdir().unwrap());
    let sent = service.send(&["+8613700000001"], &[]);
    assert_eq!(sent.code, 0, "{}", sent.err);
    service.signal("TERM");
    service.wait();

    // The tracer writes on while the service goes, and threads go after the answer.
    let trace = loop {
        let text = std::fs::read_to_string(&trace).unwrap();
        if text.lines().any(|line| line.contains("+++ exited")) {
            break text;
        }
        std::thread::yield_now();
    };
    let lines: Vec<&str> = trace.lines().collect();
    let position = |from: usize, what: &dyn Fn(&str) -> bool| {
        lines[from..].iter().position(|line| what(line)).map(|found| from + found)
    };
    let request = position(0, &|line| line.contains("POST / HTTP/1.1")).expect("the request is read");
    let written = position(request, &|line| line.contains("pwrite64(")).expect("the log is written");
    let synced = position(written, &|line| line.contains("sync") && line.ends_with("= 0"))
        .expect("the log is synchronised");
    let answered = position(request, &|line| line.contains("SendStatusSet") && !line.contains("read"))
        .expect("the answer is written");
    assert!(
        written < synced && synced < answered,
        "the answer left first:\n{}",
        lines[request..=answered.max(synced)].join("\n")
    );
}

fn can_trace() -> bool {
    Command::new("strace").args(["-o", "/dev/null", "true"]).status().is_ok_and(|status| status.success())
}
