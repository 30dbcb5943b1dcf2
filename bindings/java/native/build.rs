//! Has the native library stay in memory for good. A Java machine unloads the libraries of a class loader that is gone (an
//! application taken out of its container, say), and our background thread would go on in code that is not there any more.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        println!("cargo::rustc-link-arg-cdylib=-Wl,-z,nodelete");
    }
}
