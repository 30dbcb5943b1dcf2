//! Sending to a list: what is read, what is sent, what is written down, and going on after a stop.

use serde_json::{Value, json};

use crate::support::{APP, Run, SIGN, Service, TEMPLATE};

/// A template of two values.
const TWO: &str = "1000001";

fn service() -> Service {
    Service::start_of(&format!(
        "[limits]\nprofile = \"off\"\napi_rate = false\n[delivery]\ndelay = \"0s\"\n\
         [[account]]\nid = \"dev\"\n[[account.key]]\nsecret_id = \"secretId\"\nsecret_key = \"secretKey\"\n\
         [[account.app]]\nsdk_app_id = \"{APP}\"\n[[account.sign]]\nid = 1\nname = \"{SIGN}\"\n\
         [[account.template]]\nid = \"{TEMPLATE}\"\nname = \"notice\"\ncontent = \"尊敬的{{1}}，您好\"\n\
         [[account.template]]\nid = \"{TWO}\"\nname = \"codes\"\ncontent = \"{{1}}为您的登录码，{{2}}分钟内有效\"\n"
    ))
}

fn send(service: &Service, list: &str, template: &str, more: &[&str]) -> Run {
    let base =
        ["send", "--list", list, "--app", APP, "--sign", SIGN, "--template", template, "--output", "json"];
    service.run(&[&base[..], more].concat())
}

/// The numbers and texts that were sent, in the order of the numbers.
fn sent(service: &Service) -> Vec<(String, String)> {
    let found = service.control("messages?limit=1000");
    let text = |message: &Value, name: &str| message[name].as_str().unwrap().to_owned();
    let messages = found["messages"].as_array().unwrap().iter();
    let mut sent: Vec<_> = messages.map(|message| (text(message, "phone"), text(message, "text"))).collect();
    sent.sort();
    sent
}

fn numbers(service: &Service) -> Vec<String> {
    sent(service).into_iter().map(|(number, _)| number).collect()
}

/// The rows of a result file.
fn results(service: &Service, name: &str) -> Vec<Vec<String>> {
    let bytes = std::fs::read(service.folder().join(name)).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let text = text.strip_prefix('\u{feff}').expect("a spreadsheet needs it to see that this is UTF-8");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn each_row_gets_the_values_of_its_own_columns() {
    let service = service();
    let list = service.write(
        "list.csv",
        "phone,2,1,comment\n+8613700000701,5,4370,first\n+8613700000702,10,0042,leading zeros\n",
    );
    let run = send(&service, list.to_str().unwrap(), TWO, &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!((&run.answer()["accepted"], &run.answer()["fee"]), (&json!(2), &json!(2)));
    assert!(run.err.contains("columns that are not used: comment"), "{}", run.err);
    assert_eq!(
        sent(&service),
        [
            ("+8613700000701".to_owned(), format!("【{SIGN}】4370为您的登录码，5分钟内有效")),
            ("+8613700000702".to_owned(), format!("【{SIGN}】0042为您的登录码，10分钟内有效")),
        ]
    );
    let results = results(&service, "list.csv.result.csv");
    assert_eq!(results[0], ["row", "phone", "result", "serial", "fee", "reason"]);
    assert_eq!(results[1][..3], ["2", "=\"+8613700000701\"", "accepted"]);
    assert!(!results[1][3].is_empty());
}

#[test]
fn numbers_that_a_spreadsheet_spoiled_are_repaired_or_refused_and_never_guessed() {
    let service = service();
    let list = service.write(
        "excel.csv",
        "phone,1\r\n1.37E+10,甲\r\n\"1.3700000302E+10\",乙\r\n13700000303.0,丙\r\n=\"13700000304\",丁\r\n'13700000305,戊\r\n\"13,700,000,306\",己\r\n13700000307,庚\r\n",
    );
    let run = send(&service, list.to_str().unwrap(), TEMPLATE, &[]);
    assert_eq!(run.code, 4, "{}", run.err);
    assert!(
        run.err.contains("row 2 is refused: column phone, value `1.37E+10`: Excel shortened it"),
        "{}",
        run.err
    );
    assert!(run.err.contains("row 3: 13700000302 instead of `1.3700000302E+10`"), "{}", run.err);
    assert!(!run.err.contains("row 8"), "{}", run.err);
    let expected: Vec<String> = (2..=7).map(|digit| format!("+861370000030{digit}")).collect();
    assert_eq!(numbers(&service), expected);
    assert_eq!(results(&service, "excel.csv.result.csv")[1][..3], ["2", "=\"1.37E+10\"", "refused"]);

    let strict = send(&service, list.to_str().unwrap(), TEMPLATE, &["--all-or-nothing"]);
    assert_eq!(strict.code, 2, "{}", strict.err);
}

#[test]
fn unicode_text_of_a_spreadsheet_is_read() {
    let service = service();
    let text = "phone\t1\r\n+8613700000601\t张三\r\n+8613700000602\t😀\r\n";
    let bytes: Vec<u8> =
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let list = service.folder().join("utf16.csv");
    std::fs::write(&list, bytes).unwrap();
    let run = send(&service, list.to_str().unwrap(), TEMPLATE, &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(sent(&service)[0].1, format!("【{SIGN}】尊敬的张三，您好"));
}

#[test]
fn a_list_is_not_sent_twice_by_mistake_and_goes_on_where_it_stopped() {
    let service = service();
    let rows = |count: usize| -> String {
        let rows: Vec<String> = (0..count).map(|row| format!("+86137000{row:05},顾客")).collect();
        format!("phone,1\n{}\n", rows.join("\n"))
    };
    let list = service.write("long.csv", rows(450));
    let list = list.to_str().unwrap();
    let run = send(&service, list, TEMPLATE, &[]);
    assert_eq!((run.code, &run.answer()["accepted"]), (0, &json!(450)), "{}", run.err);

    let again = send(&service, list, TEMPLATE, &[]);
    assert_eq!(again.code, 2);
    assert!(again.err.contains("--resume"), "{}", again.err);

    // As if the process had ended with the last request under way: what is not known is left alone.
    let record = std::fs::read_to_string(service.folder().join("long.csv.record")).unwrap();
    let cut: Vec<&str> =
        record.lines().filter(|line| *line != "450 accepted" && *line != "451 accepted").collect();
    let cut: Vec<&str> = cut.into_iter().filter(|line| *line != "451 unknown").collect();
    std::fs::write(service.folder().join("long.csv.record"), cut.join("\n")).unwrap();
    let resumed = send(&service, list, TEMPLATE, &["--resume"]);
    assert_eq!(resumed.code, 0, "{}", resumed.err);
    let answer = resumed.answer();
    assert_eq!((&answer["accepted"], &answer["skipped"]), (&json!(1), &json!(449)), "{answer}");
    assert_eq!(numbers(&service).len(), 451);
    let results = results(&service, "long.csv.result.csv");
    assert_eq!(results.len(), 451);
    assert!(results[1..].iter().all(|row| row[2] == "accepted" && !row[3].is_empty()), "serials are kept");

    let other = service.write("long.csv", rows(451));
    let run = send(&service, other.to_str().unwrap(), TEMPLATE, &["--resume"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("another list"), "{}", run.err);
}

#[test]
fn a_failure_that_concerns_all_stops_the_rest() {
    let service = service();
    let rows: Vec<String> = (0..2000).map(|row| format!("+86137000{row:05},{row}")).collect();
    let list = service.write("wrong.csv", format!("phone,1\n{}\n", rows.join("\n")));
    let run = service.run(&[
        "send",
        "--list",
        list.to_str().unwrap(),
        "--app",
        "1400000000",
        "--sign",
        SIGN,
        "--template",
        TEMPLATE,
        "--output",
        "json",
        "--no-check",
    ]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.err.contains("stopped: "), "{}", run.err);
    let answer = run.answer();
    assert!(answer["notSent"].as_u64().unwrap() > 1900, "{answer}");
    assert_eq!(results(&service, "wrong.csv.result.csv").len(), 2001);
}

#[test]
fn a_wrong_count_of_values_is_said_before_anything_is_sent() {
    let service = service();
    let list = service.write("list.csv", "phone\n+8613700000701\n");
    let run = send(&service, list.to_str().unwrap(), TWO, &["--param", "4370"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("template 1000001 takes 2 values, got 1"), "{}", run.err);
    let one = service.run(&[
        "send",
        "--to",
        "+8613700000701",
        "--app",
        APP,
        "--sign",
        SIGN,
        "--template",
        TEMPLATE,
    ]);
    assert_eq!(one.code, 2);
    assert!(one.err.contains("template 449739 takes 1 value, got 0"), "{}", one.err);
    assert!(sent(&service).is_empty());
}

#[test]
fn a_preview_shows_text_and_cost_and_sends_nothing() {
    let service = service();
    let list = service.write("list.csv", "phone,1\n+8613700000701,张三\n+8613700000702,李四\n");
    let run = send(&service, list.to_str().unwrap(), TEMPLATE, &["--preview"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let answer = run.answer();
    assert_eq!((&answer["rows"], &answer["segments"]), (&json!(2), &json!(2)));
    assert_eq!(answer["first"], format!("【{SIGN}】尊敬的张三，您好"));
    assert!(sent(&service).is_empty());
    assert!(!service.folder().join("list.csv.record").exists());
}
