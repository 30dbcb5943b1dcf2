//! The committed header is the one that the source says, and everything it declares is exported.

use std::path::Path;

/// Set to write the header instead of comparing it.
const WRITE: &str = "TCSMS_WRITE_HEADER";

#[test]
fn the_header_is_the_one_of_the_source() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(folder.join("cbindgen.toml")).unwrap();
    let sources = ["src/lib.rs", "src/buffer.rs"];
    let builder = sources.iter().fold(cbindgen::Builder::new().with_config(config), |builder, source| {
        builder.with_src(folder.join(source))
    });
    let mut header = Vec::new();
    builder.generate().unwrap().write(&mut header);
    let header = String::from_utf8(header).unwrap();

    let path = folder.join("include/tcsms.h");
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, &header).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        header == committed,
        "include/tcsms.h is not current; run: {WRITE}=1 cargo test -p tcsms-capi --test header"
    );
}
