//! The journeys in `end2end/`, in a real browser against the built server.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::failure::{Failure, Outcome};
use crate::place::Place;
use crate::suite::{self, Tally};
use crate::{build, setup};

/// `cargo xtask e2e [ARGS]`: build, then Playwright with these arguments.
pub(crate) fn run_alone(place: &Place, arguments: &[String]) -> Outcome<()> {
    build::build(place)?;
    suite::found("Playwright", playwright(place, "playwright.config.ts", arguments)?)
}

/// The step of `cargo xtask test`.
pub(crate) fn check(place: &Place) -> Outcome<Tally> {
    build::build(place)?;
    playwright(place, "playwright.config.ts", &[])
}

/// Runs Playwright by one of its configurations; its own progress goes to the terminal, its counts come from its report.
pub(crate) fn playwright(place: &Place, config: &str, arguments: &[String]) -> Outcome<Tally> {
    let report = place.log("playwright").with_extension("json");
    if let Some(folder) = report.parent() {
        fs::create_dir_all(folder).map_err(|error| Failure::file(folder, &error))?;
    }
    if report.exists() {
        fs::remove_file(&report).map_err(|error| Failure::file(&report, &error))?;
    }
    let mut command = command(place)?;
    command.args(["test", "--config", config]).args(arguments).env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report);
    let status = command.status().map_err(|error| Failure::Missing(format!("cannot start Playwright: {error}")))?;
    let text = fs::read_to_string(&report).map_err(|error| Failure::file(&report, &error))?;
    let tally = count(&text)?;
    // Playwright also fails where no test does: when none was found, or when the server did not start.
    Ok(if status.success() || tally.failed > 0 { tally } else { tally.plus(Tally::one(false)) })
}

fn command(place: &Place) -> Outcome<Command> {
    setup::npm(place, "end2end")?;
    let home = place.root.join("end2end");
    let mut command = place.program(&home.join("node_modules/.bin/playwright"));
    command.current_dir(&home).env("CHROME_PATH", setup::chromium(place)?);
    command.env("AISLE_BINARY", place.binary()).env("AISLE_BUILT_SITE", place.site());
    command.env("AISLE_PARITY", place.workshop().join("parity-browser"));
    command.env("PLAYWRIGHT_TEST_OUTPUT", place.workshop().join("playwright"));
    Ok(command)
}

/// Counts of Playwright's JSON report. Skipped tests fail: a test that does not run says nothing. So do flaky ones.
fn count(report: &str) -> Outcome<Tally> {
    let report: Value = serde_json::from_str(report)
        .map_err(|error| Failure::Program(format!("Playwright's report is not JSON: {error}")))?;
    let stats = |name: &str| report["stats"][name].as_u64().unwrap_or(0);
    Ok(Tally { passed: stats("expected"), failed: stats("unexpected") + stats("flaky") + stats("skipped") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tests_that_ran_and_passed_count_as_passed() {
        let report = r#"{"stats":{"expected":7,"unexpected":1,"flaky":1,"skipped":2}}"#;
        assert_eq!(count(report).unwrap(), Tally { passed: 7, failed: 4 });
        assert!(count("no report").is_err());
    }
}
