//! The short form of fuzzing, for `cargo test`: every seed of a target, then changed seeds, always the same ones.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use fastrand::Rng;

use crate::targets::{TARGETS, Target};

/// How many changed seeds each target gets: some seconds for all of them together.
const ROUNDS: usize = 4_000;

/// Inputs do not grow beyond this.
const LONGEST: usize = 4_096;

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn seeds(target: Target) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = folder().join("corpus").join(target.name);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}

/// The tokens of the dictionary, a file in libFuzzer's own form: a quoted text a line, `\xNN` for any byte.
fn tokens() -> Vec<Vec<u8>> {
    let text = std::fs::read_to_string(folder().join("dictionary")).unwrap();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(token).collect()
}

fn token(line: &str) -> Vec<u8> {
    let inner = line.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let mut rest = inner.unwrap_or_else(|| panic!("the line {line:?} is not quoted")).as_bytes();
    let mut bytes = Vec::new();
    loop {
        (bytes, rest) = match rest {
            [] => return bytes,
            [b'\\', b'x', high, low, after @ ..] => {
                let digits = [*high, *low];
                let digits = std::str::from_utf8(&digits).unwrap();
                let byte = u8::from_str_radix(digits, 16).unwrap_or_else(|_| panic!("{line}: \\x{digits}"));
                ([bytes, vec![byte]].concat(), after)
            }
            [b'\\', byte, after @ ..] | [byte, after @ ..] => ([bytes, vec![*byte]].concat(), after),
        };
    }
}

/// Changes an input a little: flips a bit, puts a token in, takes a piece out or doubles it, or joins it with another.
fn change(input: &mut Vec<u8>, others: &[(PathBuf, Vec<u8>)], tokens: &[Vec<u8>], random: &mut Rng) {
    let at = random.usize(..=input.len());
    let end = (at + random.usize(..16)).min(input.len());
    match random.u8(..6) {
        0 => {
            if let Some(byte) = input.get_mut(at) {
                *byte ^= 1 << random.u8(..8);
            }
        }
        1 => {
            if let Some(byte) = input.get_mut(at) {
                *byte = random.u8(..);
            }
        }
        2 => {
            // In place of as many bytes, or between two.
            let token = &tokens[random.usize(..tokens.len())];
            let end = if random.bool() { (at + token.len()).min(input.len()) } else { at };
            input.splice(at..end, token.iter().copied());
        }
        3 => {
            input.drain(at..end);
        }
        4 => {
            let piece = input[at..end].to_vec();
            input.splice(at..at, piece);
        }
        _ => {
            let (_, other) = &others[random.usize(..others.len())];
            let from = random.usize(..=other.len());
            input.splice(at.., other[from..].iter().copied());
        }
    }
    input.truncate(LONGEST);
}

/// Runs a target over its seeds and over changed ones.
pub(crate) fn run(target: Target) {
    let seeds = seeds(target);
    assert!(!seeds.is_empty(), "{} has no seeds", target.name);
    for (path, seed) in &seeds {
        check(target, seed, &path.display().to_string());
    }
    let tokens = tokens();
    let mut random = Rng::with_seed(
        target.name.bytes().fold(7_u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte))),
    );
    for round in 0..ROUNDS {
        let mut input = seeds[random.usize(..seeds.len())].1.clone();
        for _ in 0..random.usize(1..6) {
            change(&mut input, &seeds, &tokens, &mut random);
        }
        check(target, &input, &format!("round {round}"));
    }
}

/// Runs a target, and says on which input it failed.
fn check(target: Target, input: &[u8], origin: &str) {
    if catch_unwind(AssertUnwindSafe(|| (target.run)(input))).is_err() {
        panic!("the target {} failed on this input ({origin}): b\"{}\"", target.name, input.escape_ascii());
    }
}

#[test]
fn every_file_of_a_target_and_every_folder_of_seeds_is_in_the_table() {
    let names = |path: &str| {
        let entries = std::fs::read_dir(folder().join(path)).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        names.sort();
        names
    };
    let table: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    assert!(table.is_sorted(), "{table:?}");
    assert_eq!(names("src/targets"), table);
    assert_eq!(names("corpus"), table);
}

#[test]
fn a_wrong_target_is_caught_and_its_input_shown() {
    let picky = Target {
        name: "forms",
        run: |data| assert!(!data.windows(2).any(|pair| pair == b"%%"), "two percent signs"),
    };
    let failure = catch_unwind(|| run(picky)).unwrap_err();
    let text = failure.downcast_ref::<String>().unwrap();
    assert!(text.contains("the target forms failed on this input (round ") && text.contains("%%"), "{text}");
}

#[test]
fn tokens_are_read_as_libfuzzer_reads_them() {
    assert_eq!(token(r#""a\x00\\\"""#), b"a\0\\\"");
}
