//! Test programs: which cargo has built, and what each of them counted.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::failure::{Failure, Outcome};
use crate::place::Place;
use crate::process::{self, Said};

/// Checks and tests that passed and failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// How many passed.
    pub(crate) passed: u64,
    /// How many failed.
    pub(crate) failed: u64,
}

impl Tally {
    /// One check.
    pub(crate) fn one(passed: bool) -> Self {
        Self { passed: u64::from(passed), failed: u64::from(!passed) }
    }

    /// Both together.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

/// One test program.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Program {
    /// The package's name.
    pub(crate) package: String,
    /// The target within it: the library, the binary, or a file of `tests/`.
    pub(crate) target: String,
    /// The package's folder, where its tests run.
    folder: PathBuf,
    executable: PathBuf,
}

/// Compiles the tests of `packages` in one go, so that each dependency is compiled once, with one set of features.
pub(crate) fn compile(place: &Place, mut command: Command, packages: &[&str]) -> Outcome<Vec<Program>> {
    command.args(["test", "--release", "--locked", "--no-run", "--message-format", "json-render-diagnostics"]);
    for package in packages {
        command.args(["-p", package]);
    }
    let said = process::run("tests' compilation", &mut command, &place.log("tests-compile"))?;
    Ok(said.out.iter().filter_map(|line| program(line)).collect())
}

/// The test program that a line of cargo's messages announces.
fn program(line: &str) -> Option<Program> {
    let message: Value = serde_json::from_str(line).ok()?;
    if message["reason"] != "compiler-artifact" || message["profile"]["test"] != true {
        return None;
    }
    let folder = Path::new(message["manifest_path"].as_str()?).parent()?.to_path_buf();
    let executable = PathBuf::from(message["executable"].as_str()?);
    let target = message["target"]["name"].as_str()?.to_owned();
    // Identifiers end in `#name@version`, or in `/name#version` where the folder is named like the package.
    let (path, fragment) = message["package_id"].as_str()?.rsplit_once('#')?;
    let package =
        fragment.split_once('@').map_or_else(|| path.rsplit('/').next().unwrap_or(path), |(name, _)| name).to_owned();
    Some(Program { package, target, folder, executable })
}

/// Runs one test program; `scripts` is the folder of the bundle that drawings are tested with.
pub(crate) fn run(place: &Place, program: &Program, scripts: &Path) -> Outcome<Tally> {
    let name = format!("{} {}", program.package, program.target);
    let mut command = place.program(&program.executable);
    command.current_dir(&program.folder).env("CARGO_MANIFEST_DIR", &program.folder).env("CI", "true");
    command.env("AISLE_CHARTS_JS", scripts.join("charts.js"));
    let said = process::watch(&name, &mut command, &place.log(&name))?;
    Ok(judge(&name, &said))
}

/// The examples in the documentation.
pub(crate) fn documentation(place: &Place, packages: &[&str]) -> Outcome<Tally> {
    let mut command = place.cargo();
    command.args(["test", "--release", "--locked", "--doc", "--no-fail-fast"]);
    for package in packages {
        command.args(["-p", package]);
    }
    let said = process::watch("documentation", &mut command, &place.log("tests-doc"))?;
    Ok(judge("documentation", &said))
}

/// Adds up what the test programs printed; shows the output of those that failed. A program that died counts as one failure.
fn judge(name: &str, said: &Said) -> Tally {
    let mut tally = count(&said.out);
    if !said.success {
        if tally.failed == 0 {
            tally.failed = 1;
        }
        println!("      {name}:\n{}", said.all.join("\n"));
    }
    tally
}

/// Sums lines such as `test result: ok. 12 passed; 0 failed; 0 ignored; …`. An ignored test is a failure: none may be.
fn count(lines: &[String]) -> Tally {
    let mut tally = Tally::default();
    for line in lines.iter().filter_map(|line| line.strip_prefix("test result: ")) {
        for (number, word) in line.split(['.', ';']).filter_map(|part| part.trim().split_once(' ')) {
            match (number.parse::<u64>(), word) {
                (Ok(number), "passed") => tally.passed += number,
                (Ok(number), "failed" | "ignored") => tally.failed += number,
                _ => {}
            }
        }
    }
    tally
}

/// The failure of a step that counted some.
pub(crate) fn found(what: &str, tally: Tally) -> Outcome<()> {
    if tally.failed == 0 { Ok(()) } else { Err(Failure::Found(format!("{what}: {} failed", tally.failed))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_summed_over_programs() {
        let lines = [
            "running 3 tests",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test result: FAILED. 40 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
        ];
        let tally = count(&lines.map(str::to_owned));
        assert_eq!(tally, Tally { passed: 43, failed: 3 });
    }

    #[test]
    fn test_programs_are_found_in_cargo_messages() {
        let line = |id: &str| {
            format!(
                r#"{{"reason":"compiler-artifact","package_id":"{id}","manifest_path":"/shop/crates/lake/Cargo.toml",
                "target":{{"name":"lake"}},"profile":{{"test":true}},"executable":"/built/lake-1"}}"#
            )
        };
        for (id, package) in [
            ("path+file:///shop/crates/lake#aisle-lake@0.1.0", "aisle-lake"),
            ("path+file:///shop/xtask#0.1.0", "xtask"),
        ] {
            assert_eq!(program(&line(id)).unwrap().package, package);
        }
        assert_eq!(program(r#"{"reason":"build-finished","success":true}"#), None);
    }
}
