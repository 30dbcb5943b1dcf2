//! The C interface as C programs use it: each program of this folder is compiled against `tcsms.h` and the library, and run
//! under valgrind where that is installed.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

mod server;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use server::Server;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c")
}

/// The library that was built with this test.
fn library() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    let beside = program.parent().unwrap();
    let built = beside.join("libtcsms_c.so");
    assert!(built.exists(), "{} was not built", built.display());
    built
}

/// Compiles a program, once.
fn compiled(name: &str) -> PathBuf {
    static PLACE: OnceLock<tempfile::TempDir> = OnceLock::new();
    let place = PLACE.get_or_init(|| tempfile::tempdir().unwrap());
    let program = place.path().join(name);
    let library = library();
    let output = Command::new("cc")
        .args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic", "-D_GNU_SOURCE", "-g", "-pthread"])
        .arg("-I")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("include"))
        .arg(folder().join(format!("{name}.c")))
        .arg("-o")
        .arg(&program)
        .arg(&library)
        .arg(format!("-Wl,-rpath,{}", library.parent().unwrap().display()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    program
}

fn has_valgrind() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok_and(|output| output.status.success())
}

fn passes(mut command: Command) {
    let output: Output = command.env_remove("TCSMS_CONNECT_TO").output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    let wrong = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{told}\n{wrong}", output.status);
}

/// Runs a program whose memory is watched.
fn passes_watched(name: &str, arguments: &[&str]) {
    let program = compiled(name);
    let mut command = if has_valgrind() {
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--quiet", "--error-exitcode=9", "--leak-check=full", "--show-leak-kinds=definite"]);
        valgrind.args(["--errors-for-leak-kinds=definite", "--fair-sched=yes"]).arg(program);
        valgrind
    } else {
        Command::new(program)
    };
    command.args(arguments);
    passes(command);
}

fn passes_plain(name: &str, arguments: &[&str]) {
    let mut command = Command::new(compiled(name));
    command.args(arguments);
    passes(command);
}

#[test]
fn what_is_null_wrong_or_no_text_is_a_status() {
    passes_watched("contract", &[]);
}

#[test]
fn calls_in_all_ways_give_their_outcome_once() {
    let server = Server::start();
    passes_watched("calls", &[&server.address()]);
}

#[test]
fn many_threads_share_a_client() {
    let server = Server::start();
    passes_plain("threads", &[&server.address(), "64", "200"]);
}

#[test]
fn both_sides_of_a_fork_go_on_and_get_their_own_answers() {
    let server = Server::start();
    passes_plain("fork", &[&server.address()]);
}

#[test]
fn a_process_ends_at_any_moment() {
    let server = Server::start();
    for moment in ["at_once", "callback", "threads", "after_shutdown", "exit_in_callback", "last_message"] {
        passes_plain("ending", &[&server.address(), moment]);
    }
}

#[test]
fn a_server_that_goes_away_raises_no_signal() {
    let server = Server::start();
    passes_plain("gone", &[&server.address(), &server.closing_address()]);
}

#[test]
fn a_host_carries_the_requests_itself() {
    passes_watched("exchange", &[]);
}

#[test]
fn only_the_interface_is_exported() {
    let output = Command::new("nm").args(["-D", "--defined-only"]).arg(library()).output().unwrap();
    assert!(output.status.success());
    let listing = String::from_utf8(output.stdout).unwrap();
    let mut exported: Vec<&str> = listing.lines().filter_map(|line| line.split(' ').nth(2)).collect();
    exported.sort_unstable();
    let header = std::fs::read_to_string(folder().join("../../include/tcsms.h")).unwrap();
    let mut declared: Vec<&str> = header
        .split(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '_' || sign == '('))
        .filter_map(|word| word.split_once('(').map(|(name, _)| name))
        .filter(|name| name.starts_with("tcsms_"))
        .collect();
    declared.sort_unstable();
    declared.dedup();
    assert!(declared.len() > 20, "{declared:?}");
    assert_eq!(exported, declared);
}
