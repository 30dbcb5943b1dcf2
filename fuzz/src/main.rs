//! The program that cargo-fuzz builds. The variable `TCSMS_FUZZ_TARGET` names the target: one program for all of them
//! is built and linked once.
#![no_main]

use std::sync::OnceLock;

static RUN: OnceLock<fn(&[u8])> = OnceLock::new();

libfuzzer_sys::fuzz_target!(
    init: {
        let wanted = std::env::var("TCSMS_FUZZ_TARGET").unwrap_or_default();
        match tcsms_fuzz::TARGETS.iter().find(|target| target.name == wanted) {
            Some(target) => RUN.get_or_init(|| target.run),
            None => panic!("TCSMS_FUZZ_TARGET is {wanted:?}, which is no target; ./x fuzz runs them all"),
        };
    },
    |data: &[u8]| {
        if let Some(run) = RUN.get() {
            run(data);
        }
    }
);
