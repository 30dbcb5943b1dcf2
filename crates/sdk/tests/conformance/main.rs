//! The cases of `conformance/cases/`, each with both drivers of this SDK.
//!
//! For each case this program starts itself anew as the driver, because cases differ in their environment.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod driver;

use std::path::Path;

use libtest_mimic::{Arguments, Failed, Trial};
use tcsms_conformance_server::case::read_folder;
use tcsms_conformance_server::run::{Driver, run};

/// The argument, followed by the client's name, with which this program is the driver.
const DRIVE: &str = "drive-the-conformance-cases";

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
    for (file, draft) in read_folder(&folder).unwrap() {
        for client in ["async", "blocking"] {
            let draft = draft.clone();
            let driver = Driver {
                program: std::env::current_exe().unwrap(),
                arguments: vec![DRIVE.to_owned(), client.to_owned()],
            };
            let is_playable = draft.is_playable();
            let trial = Trial::test(format!("{file}::{}::{client}", draft.id()), move || {
                match run(&draft, &driver) {
                    faults if faults.is_empty() => Ok(()),
                    faults => Err(Failed::from(faults.join("\n"))),
                }
            });
            trials.push(trial.with_ignored_flag(!is_playable));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
