//! `cargo xtask bench orders [-- FILL_RATE]`: a simulated year of orders by Aisle, by the normal formula and by fixed levels.
//!
//! `aisle simulate` writes a shop of 1,000 items at 20 locations and three years, whose demand is known; the example
//! `ordering_year` plays the last of them. About 1.5 GB are written below the target directory, and removed afterwards.

use std::fs;

use crate::failure::{Failure, Outcome};
use crate::place::Place;
use crate::process;

const ITEMS: &str = "1000";
const LOCATIONS: &str = "20";

/// Simulates, plays, prints.
pub(crate) fn bench(place: &Place, arguments: &[String]) -> Outcome<()> {
    let mut build = place.cargo();
    build.args(["build", "--release", "--locked", "-p", "aisle-server", "--bin", "aisle"]);
    process::run("server", &mut build, &place.log("bench-orders-build"))?;
    let folder = place.workshop().join("bench-orders");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| Failure::file(&folder, &error))?;
    }
    let mut simulate = place.program(&place.binary());
    simulate.args(["simulate", "--items", ITEMS, "--locations", LOCATIONS]).arg(&folder);
    process::run("simulate", &mut simulate, &place.log("bench-orders-simulate"))?;
    let mut words = vec![folder.display().to_string()];
    words.extend(arguments.iter().cloned());
    let played = super::run_example(place, "aisle-training", "ordering_year", &words);
    fs::remove_dir_all(&folder).map_err(|error| Failure::file(&folder, &error))?;
    played
}
