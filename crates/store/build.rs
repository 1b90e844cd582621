//! Builds again when a migration is added: the migrations are embedded.
#![expect(clippy::print_stdout, reason = "cargo reads its instructions from standard output")]

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
