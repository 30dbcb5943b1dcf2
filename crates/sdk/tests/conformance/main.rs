//! The cases of `conformance/cases/`, each with both drivers of this SDK.
//!
//! For each case this program starts itself anew as the driver, because cases differ in their environment.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod driver;

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;

use libtest_mimic::{Arguments, Failed, Trial};
use tcsms_conformance_server::case::read_all;
use tcsms_conformance_server::run::{Driver, run};

/// The argument, followed by the client's name, with which this program is the driver.
const DRIVE: &str = "drive-the-conformance-cases";

/// Names the folder where what was told of each call is kept, for comparing this SDK with those of other languages.
const OUTCOMES: &str = "TCSMS_CONFORMANCE_OUTCOMES";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, word, client] = arguments.as_slice()
        && word == DRIVE
    {
        driver::drive(client);
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/cases");
    let mut trials = Vec::new();
    for (file, draft) in read_all(&folder).unwrap() {
        for client in ["async", "blocking"] {
            let draft = draft.clone();
            let driver = Driver {
                program: std::env::current_exe().unwrap(),
                arguments: vec![DRIVE.to_owned(), client.to_owned()],
            };
            let case = format!("{file}/{}", draft.id());
            let is_playable = draft.is_playable();
            let trial = Trial::test(format!("{file}::{}::{client}", draft.id()), move || {
                let played = run(&draft, &driver);
                if let Ok(folder) = std::env::var(OUTCOMES) {
                    note(&Path::new(&folder).join(format!("rust-{client}.jsonl")), &played.lines(&case))
                        .unwrap();
                }
                if played.faults.is_empty() { Ok(()) } else { Err(Failed::from(played.faults.join("\n"))) }
            });
            trials.push(trial.with_ignored_flag(!is_playable));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// Adds lines to a file; the tests of several cases run at once.
fn note(path: &Path, lines: &[String]) -> std::io::Result<()> {
    static WRITING: Mutex<()> = Mutex::new(());
    let _writing = WRITING.lock().unwrap();
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    lines.iter().try_for_each(|line| writeln!(file, "{line}"))
}
