//! `cargo xtask`: everything the README's commands do. Each sub-command is a module; `place` knows where things lie,
//! `process` runs other programs, `stamp` knows what has changed since the last time.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool speaks on the terminal")]

mod bench;
mod build;
mod dev;
mod end_to_end;
mod failure;
mod parity;
mod place;
mod process;
mod run;
mod setup;
mod site;
mod size;
mod stamp;
mod suite;
mod test;
mod tidy;
mod wasm;

use std::process::ExitCode;

use crate::failure::{Failure, Outcome};
use crate::place::Place;

const HELP: &str = "\
cargo xtask COMMAND [ARGUMENTS]

  run [-- ARGS]       set up, build and serve Aisle on http://127.0.0.1:3000
                      (cargo xtask run -- --import sales.csv: on your own files)
  dev [-- ARGS]       the same, rebuilt and restarted whenever a source file changes
  build               the aisle binary and the site beside it
  test [--only NAME]  format, lints, tidy, unit, property and contract tests, WASM parity, Playwright
  e2e [ARGS]          the Playwright tests alone; arguments go to `playwright test`
  bench [NAME]        the benchmarks, or those whose name contains NAME
  size                what the browser downloads, against the limit for the WASM
  tidy                the house rules: dependencies, migrations, sources, licences
  doc                 the API documentation of the workspace
  fmt                 format every source file
  setup               what build and tests need, nothing else

AISLE_TARGET_DIR (or CARGO_TARGET_DIR) chooses where built files go; AISLE_DATA_DIR where the shop's data lies.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", [].as_slice()),
    };
    // `cargo xtask run -- --import X` and `cargo xtask run --import X` mean the same.
    let rest = rest.strip_prefix(&["--".to_owned()]).unwrap_or(rest);
    match dispatch(command, rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask {command}: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: &str, rest: &[String]) -> Outcome<()> {
    if matches!(command, "help" | "--help" | "-h") {
        println!("{HELP}");
        return Ok(());
    }
    let place = Place::find()?;
    stamp::take_over(&place)?;
    match command {
        "run" => run::run(&place, rest),
        "dev" => dev::dev(&place, rest),
        "build" => build::build(&place),
        "test" => test::test(&place, rest),
        "e2e" => end_to_end::run_alone(&place, rest),
        "bench" => bench::bench(&place, rest),
        "size" => size::size(&place),
        "tidy" => tidy::tidy(&place),
        "doc" => build::document(&place),
        "fmt" => build::format(&place),
        "setup" => setup::everything(&place),
        other => Err(Failure::Usage(format!("there is no command `{other}`; `cargo xtask help` lists them"))),
    }
}
