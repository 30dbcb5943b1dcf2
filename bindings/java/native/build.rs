//! Has the native library stay in memory for good. A Java machine unloads the libraries of a class loader that is gone (an
//! application taken out of its container, say), while our background thread and what threads do at their end are still code
//! in it. That glibc leaves a library alone whose thread locals are alive helps by luck.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        println!("cargo::rustc-link-arg-cdylib=-Wl,-z,nodelete");
    }
}
