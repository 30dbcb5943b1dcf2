//! Running the service for others: https, reading the configuration again, logs for programs, its database.

use serde_json::Value;

use crate::support::{APP, Run, Service, run, tcsms};

#[test]
fn an_unchanged_program_talks_to_a_self_signed_service() {
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    let service = Service::start_with(&["--tls-self-signed", ca.to_str().unwrap()]);
    assert!(service.api.starts_with("https://127.0.0.1:"), "{}", service.api);
    let pull = ["call", "PullSmsSendStatus", "--json", r#"{"SmsSdkAppId":"1400787878","Limit":1}"#];
    let trusting = run(service.tcsms(&pull).env("TCSMS_CA_FILE", &ca));
    assert_eq!(trusting.code, 0, "{}", trusting.err);
    assert_eq!(trusting.answer()["PullSmsSendStatusSet"], serde_json::json!([]));
    let doubting = service.run(&pull);
    assert_eq!((doubting.code, &doubting.failure()["delivery"]), (3, &"not_sent".into()), "{}", doubting.err);
}

#[test]
fn a_certificate_needs_its_key() {
    let without = run(tcsms().args(["serve", "--tls-cert", "c.pem"]));
    assert_eq!(without.code, 2);
    assert!(without.err.contains("--tls-key"), "{}", without.err);
    let missing = run(tcsms().args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--tls-cert",
        "/nonexistent/c.pem",
        "--tls-key",
        "/nonexistent/k.pem",
    ]));
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("/nonexistent/c.pem"), "{}", missing.err);
}

#[test]
fn a_hang_up_reads_the_configuration_again() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("service.toml");
    let account = |key: &str| {
        format!(
            "[[account]]\nid = \"a\"\n[[account.key]]\nsecret_id = \"{key}\"\nsecret_key = \"k\"\n\
                 [[account.app]]\nsdk_app_id = \"{APP}\"\n"
        )
    };
    std::fs::write(&config, account("before")).unwrap();
    let service = Service::start_with(&["--config", config.to_str().unwrap()]);
    let call = |key: &str| -> Run {
        run(service
            .tcsms(&["call", "PullSmsSendStatus", "--json", r#"{"SmsSdkAppId":"1400787878","Limit":1}"#])
            .env("TENCENTCLOUD_SECRET_ID", key)
            .env("TENCENTCLOUD_SECRET_KEY", "k"))
    };
    assert_eq!(call("before").code, 0);
    std::fs::write(&config, "[[account]\n").unwrap();
    service.signal("HUP");
    wait_for(&service, "the configuration stays as it was");
    assert_eq!(call("before").code, 0);
    std::fs::write(&config, account("after")).unwrap();
    service.signal("HUP");
    wait_for(&service, "are those of the configuration as it is now");
    assert_eq!(call("after").code, 0);
    assert_eq!(call("before").failure()["code"], "AuthFailure.SecretIdNotFound");
}

fn wait_for(service: &Service, words: &str) {
    while !service.log().contains(words) {
        std::thread::yield_now();
    }
}

#[test]
fn logs_for_programs_are_lines_of_json() {
    let mut service = Service::start_with(&["--log-format", "json", "--log", "debug"]);
    assert_eq!(service.send(&["+8613700000001"], &[]).code, 0);
    service.control("messages?status=delivered&wait=30s");
    service.signal("TERM");
    assert_eq!(service.wait().code(), Some(0));
    let log = service.log();
    let lines: Vec<&str> = log.lines().filter(|line| line.starts_with('{')).collect();
    assert!(!lines.is_empty());
    for line in &lines {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(line["level"].is_string() && line["fields"].is_object(), "{line}");
    }
    assert!(log.contains("+86137****0001"), "{log}");
    assert!(!log.contains("13700000001"), "a number is never whole: {log}");
}

#[test]
fn a_database_is_checked_and_carried_to_another_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let database = format!("sqlite:{}", path("sms.db"));
    let mut service = Service::start_with(&["--database", &database]);
    assert_eq!(service.send(&["+8613700000001"], &[]).code, 0);
    let busy = run(tcsms().args(["db", "check", "--database", &database]));
    assert_eq!(busy.code, 2);
    assert!(busy.err.contains("in use"), "{}", busy.err);
    service.signal("TERM");
    service.wait();

    let check = run(tcsms().args(["db", "check", "--database", &database, "--output", "json"]));
    assert_eq!((check.code, check.answer()["sound"].clone()), (0, true.into()), "{}", check.err);
    let rows = path("rows.jsonl");
    let export = run(tcsms().args(["db", "export", "--database", &database, &rows]));
    assert_eq!(export.code, 0, "{}", export.err);
    let copy = format!("sqlite:{}", path("copy.db"));
    let import = run(tcsms().args(["db", "import", "--database", &copy, &rows]));
    assert_eq!((import.code, &import.out), (0, &export.out), "{}", import.err);
    let again = run(tcsms().args(["db", "import", "--database", &copy, &rows]));
    assert_eq!(again.code, 2, "{}", again.out);
    let service = Service::start_with(&["--database", &copy]);
    let found = service.control("messages?phone=13700000001");
    assert_eq!(found["messages"].as_array().unwrap().len(), 1, "{found}");
    let memory = run(tcsms().args(["db", "check", "--database", "memory"]));
    assert_eq!(memory.code, 2);
}
