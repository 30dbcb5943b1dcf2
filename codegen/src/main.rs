//! `cargo run -p tcsms-codegen -- [--check]`: writes the generated folders, or says what in them is not current.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::path::Path;
use std::process::ExitCode;

use tcsms_codegen::definition::Definition;
use tcsms_codegen::folders::{self, Difference};
use tcsms_codegen::generate;

const USAGE: &str = "usage: cargo run -p tcsms-codegen -- [--check]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let check = match arguments.as_slice() {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(check) {
        Ok(differences) if check && !differences.is_empty() => {
            for difference in &differences {
                eprintln!("{difference}");
            }
            eprintln!("generated files are not current; run: cargo run -p tcsms-codegen");
            ExitCode::FAILURE
        }
        Ok(differences) => {
            for difference in &differences {
                println!("written: {difference}");
            }
            println!("generated files are current");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// What differs from the definition; without `check` it is put right before this returns.
fn run(check: bool) -> Result<Vec<Difference>, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("codegen/ has no parent folder")?;
    let files = generate(&Definition::read(&root.join("api"))?)?;
    let differences = folders::compare(root, &files)?;
    if !check {
        folders::write(root, &files, &differences)?;
    }
    Ok(differences)
}
