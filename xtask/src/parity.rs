//! WASM parity: the engine's built-in models give the same bits natively, in Node and in Chromium.
//!
//! The native run is a test of `aisle-engine` against the golden file; here the WASM, compiled and shrunk as the pages'
//! own is, runs against that same file.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};
use crate::place::Place;
use crate::suite::Tally;
use crate::wasm::{self, Glue};
use crate::{end_to_end, process, setup};

/// Builds the module and compares both runs.
pub(crate) fn check(place: &Place) -> Outcome<Tally> {
    setup::npm(place, "frontend")?;
    let golden = place.root.join("crates/engine/tests/golden/scores.txt");
    let expected = fs::read_to_string(&golden).map_err(|error| Failure::file(&golden, &error))?;
    let raw = compile(place)?;

    let for_node = place.workshop().join("parity-node");
    wasm::bind(&raw, &for_node, "golden", Glue::Node)?;
    let mut node = place.program(Path::new("node"));
    node.args(["-e", "process.stdout.write(require('./golden.js').golden())"]).current_dir(&for_node);
    let said = process::run("parity in Node", &mut node, &place.log("parity-node"))?;
    let in_node = compare("Node", &expected, &said.out);

    let for_browser = place.workshop().join("parity-browser");
    wasm::bind(&raw, &for_browser, "golden", Glue::Web)?;
    wasm::shrink(place, &for_browser.join("golden.wasm"))?;
    fs::copy(&golden, for_browser.join("scores.txt")).map_err(|error| Failure::file(&golden, &error))?;
    let in_browser = end_to_end::playwright(place, "parity.config.ts", &[])?;
    Ok(in_node.plus(in_browser))
}

fn compile(place: &Place) -> Outcome<PathBuf> {
    let toolchain = wasm::toolchain(place)?;
    let mut command = toolchain.cargo(place);
    command.args(["build", "-p", "aisle-parity", "--target", wasm::TARGET, "--profile", "wasm-release", "--locked"]);
    process::run("parity", &mut command, &place.log("parity"))?;
    Ok(place.target.join(wasm::TARGET).join("wasm-release/golden.wasm"))
}

fn compare(place_of_run: &str, expected: &str, got: &[String]) -> Tally {
    let wanted: Vec<&str> = expected.lines().collect();
    let first =
        (0..wanted.len().max(got.len())).find(|line| wanted.get(*line).copied() != got.get(*line).map(String::as_str));
    if let Some(line) = first {
        let show = |text: Option<&str>| text.unwrap_or("(nothing)").to_owned();
        println!("   {place_of_run}, line {}:", line + 1);
        println!("     expected {}", show(wanted.get(line).copied()));
        println!("     got      {}", show(got.get(line).map(String::as_str)));
    }
    Tally::one(first.is_none() && !wanted.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bit_or_one_line_makes_a_difference() {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(compare("a test", "a 3ff0\nb 4000\n", &lines("a 3ff0\nb 4000")), Tally::one(true));
        assert_eq!(compare("a test", "a 3ff0\nb 4000\n", &lines("a 3ff0\nb 4001")), Tally::one(false));
        assert_eq!(compare("a test", "a 3ff0\nb 4000\n", &lines("a 3ff0")), Tally::one(false));
        assert_eq!(compare("a test", "", &[]), Tally::one(false));
    }
}
