//! `cargo xtask bench`: the benchmarks. Each is an example of the crate it measures and prints its own table.

use std::time::Instant;

use crate::failure::{Failure, Outcome};
use crate::place::Place;

/// Name, package and example of each.
const BENCHMARKS: [(&str, &str, &str); 3] = [
    ("write", "aisle-lake", "write_speed"),
    ("simulate", "aisle-sync", "simulate_speed"),
    ("forecast", "aisle-training", "walmart_backtest"),
];

/// Runs those whose name contains the argument; further arguments go to the benchmark.
pub(crate) fn bench(place: &Place, arguments: &[String]) -> Outcome<()> {
    let (wanted, rest) = arguments.split_first().map_or(("", &[][..]), |(name, rest)| (name.as_str(), rest));
    let chosen: Vec<_> = BENCHMARKS.iter().filter(|(name, _, _)| name.contains(wanted)).collect();
    if chosen.is_empty() {
        let names: Vec<&str> = BENCHMARKS.iter().map(|(name, _, _)| *name).collect();
        return Err(Failure::Usage(format!("there is no benchmark `{wanted}`; there are {}", names.join(", "))));
    }
    let mut times = Vec::new();
    for (name, package, example) in chosen {
        println!("== {name}");
        let mut command = place.cargo();
        command.args(["run", "--quiet", "--release", "--locked", "-p", package, "--example", example, "--"]).args(rest);
        let start = Instant::now();
        let status = command.status().map_err(|error| Failure::Missing(format!("cannot start cargo: {error}")))?;
        if !status.success() {
            return Err(Failure::Program(format!("the benchmark {name} failed ({status})")));
        }
        times.push((name, start.elapsed().as_secs_f64()));
    }
    println!("\n  {:<20} {:>10}", "benchmark", "seconds");
    for (name, seconds) in times {
        println!("  {name:<20} {seconds:>10.1}");
    }
    Ok(())
}
