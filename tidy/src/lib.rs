//! Tests of the repository itself, and no code: what `ARCHITECTURE.md` promises about dependencies, public
//! interfaces, printing, secrets, generated folders and licences, and what the documents promise about themselves.
//!
//! The tests are in `tests/tidy/`. The Rust samples of the README are compiled here too, so that a sample that stopped
//! compiling fails the tests. This package must never be a dependency of another one.

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

#[cfg(doctest)]
#[doc = include_str!("../../README.zh-CN.md")]
struct ReadmeZhCn;
