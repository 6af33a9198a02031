//! What the Dockerfile's last stage has is enough for the program.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by ending")]

use std::process::Command;

/// The C runtime of the image, and what the kernel brings.
const THERE: [&str; 5] = ["linux-vdso.so", "ld-linux-", "libc.so", "libm.so", "libgcc_s.so"];

#[test]
fn the_program_needs_no_library_that_its_image_lacks() {
    let listed = Command::new("ldd").arg(env!("CARGO_BIN_EXE_audit-service")).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let names: Vec<&str> = listed.lines().map(|line| line.split_whitespace().next().unwrap()).collect();
    let missing: Vec<&&str> = names.iter().filter(|name| !THERE.iter().any(|there| name.contains(there))).collect();
    assert!(names.iter().any(|name| name.contains("libc.so")) && missing.is_empty(), "{listed}");
}
