//! `cargo xtask bench`: the benchmarks. Each prints its own table; most are an example of the crate they measure.

mod forecast;
mod import;
mod orders;

use std::time::Instant;

use crate::failure::{Failure, Outcome};
use crate::place::Place;

/// What a benchmark runs.
enum Measured {
    /// A crate's example: package and name.
    Example(&'static str, &'static str),
    /// The whole program beside another one.
    Import,
    /// Forecasts beside those of another program.
    Forecast,
    /// A year of orders by several policies.
    Orders,
}

const BENCHMARKS: [(&str, Measured); 6] = [
    ("write", Measured::Example("aisle-lake", "write_speed")),
    ("simulate", Measured::Example("aisle-sync", "simulate_speed")),
    ("forecast", Measured::Forecast),
    ("scale", Measured::Example("aisle-training", "scale")),
    ("import", Measured::Import),
    ("orders", Measured::Orders),
];

/// Runs those whose name contains the argument; further arguments go to the benchmark.
pub(crate) fn bench(place: &Place, arguments: &[String]) -> Outcome<()> {
    let (wanted, rest) = arguments.split_first().map_or(("", &[][..]), |(name, rest)| (name.as_str(), rest));
    let chosen: Vec<_> = BENCHMARKS.iter().filter(|(name, _)| name.contains(wanted)).collect();
    if chosen.is_empty() {
        let names: Vec<&str> = BENCHMARKS.iter().map(|(name, _)| *name).collect();
        return Err(Failure::Usage(format!("there is no benchmark `{wanted}`; there are {}", names.join(", "))));
    }
    let mut times = Vec::new();
    for (name, measured) in chosen {
        println!("== {name}");
        let start = Instant::now();
        match measured {
            Measured::Example(package, example) => run_example(place, package, example, rest)?,
            Measured::Import => import::bench(place, rest)?,
            Measured::Forecast => forecast::bench(place, rest)?,
            Measured::Orders => orders::bench(place, rest)?,
        }
        times.push((name, start.elapsed().as_secs_f64()));
    }
    println!("\n  {:<20} {:>10}", "benchmark", "seconds");
    for (name, seconds) in times {
        println!("  {name:<20} {seconds:>10.1}");
    }
    Ok(())
}

fn run_example(place: &Place, package: &str, example: &str, arguments: &[String]) -> Outcome<()> {
    let mut command = place.cargo();
    command
        .args(["run", "--quiet", "--release", "--locked", "-p", package, "--example", example, "--"])
        .args(arguments);
    let status = command.status().map_err(|error| Failure::Missing(format!("cannot start cargo: {error}")))?;
    if status.success() { Ok(()) } else { Err(Failure::Program(format!("the example {example} failed ({status})"))) }
}
