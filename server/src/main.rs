//! `aisle`: one binary for the whole shop.

fn main() -> std::process::ExitCode {
    aisle_server::run()
}
