//! The house rules that a compiler does not know: who may depend on whom, what every file has, which licences may come in.

mod dependencies;
mod licences;
mod migrations;
mod sources;

use cargo_metadata::Metadata;

use crate::failure::{Failure, Outcome};
use crate::place::Place;
use crate::suite::{self, Tally};

/// A rule: its name and what breaks it, one line each.
type Rule = (&'static str, fn(&Place, &Metadata) -> Outcome<Vec<String>>);

const RULES: [Rule; 7] = [
    ("who may depend on whom", dependencies::rooms),
    ("no server code in the WASM", dependencies::browser),
    ("declared dependencies are used", dependencies::unused),
    ("both databases have the same migrations", migrations::in_step),
    ("sources", sources::source_files),
    ("tracked files are self-contained", sources::tracked_files),
    ("licences", licences::allowed),
];

/// `cargo xtask tidy`
pub(crate) fn tidy(place: &Place) -> Outcome<()> {
    let tally = check(place)?;
    println!("  {} rules kept, {} broken", tally.passed, tally.failed);
    suite::found("tidy", tally)
}

/// Checks every rule and says what breaks it.
pub(crate) fn check(place: &Place) -> Outcome<Tally> {
    let metadata = dependencies::metadata(place)?;
    let mut tally = Tally::default();
    for (name, rule) in RULES {
        let broken = rule(place, &metadata)?;
        tally = tally.plus(Tally::one(broken.is_empty()));
        if !broken.is_empty() {
            println!("   {name}:");
            for line in broken {
                println!("     {line}");
            }
        }
    }
    Ok(tally)
}

/// A failure to read what cargo or git says.
fn unreadable(what: &str, error: &dyn std::fmt::Display) -> Failure {
    Failure::Program(format!("{what}: {error}"))
}
