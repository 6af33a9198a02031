//! Sets the flag for this package alone: `RUSTFLAGS` would have every dependency built a second time.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-cfg=portolan_faults");
}
