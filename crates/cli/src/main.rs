//! The program `tcsms`.
fn main() {}
