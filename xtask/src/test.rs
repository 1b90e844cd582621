//! `cargo xtask test`: everything that must hold before a change is taken, step by step, with one closing line.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::Instant;

use crate::failure::{Failure, Outcome};
use crate::place::Place;
use crate::suite::{self, Tally};
use crate::{build, end_to_end, parity, process, setup, size, tidy, wasm};

/// A named step and what it does.
type Step = (&'static str, fn(&Place) -> Outcome<Tally>);

/// In an order that says the cheap things first and compiles each thing once.
const STEPS: [Step; 9] = [
    ("format", format),
    ("tidy", tidy::check),
    ("lints", lints),
    ("tests", tests),
    ("documentation", documentation),
    ("build", built),
    ("parity", parity::check),
    ("size", sizes),
    ("e2e", end_to_end::check),
];

/// Packages compiled for the server, always all of them in one call of cargo: with fewer, shared dependencies would get other
/// features and be compiled a second time. The pages' hydrating half and the WASM entry are for their own target; this
/// tool has a call of its own, because it would change the features of everybody else's dependencies.
const NATIVE: [&str; 10] = [
    "aisle-domain",
    "aisle-engine",
    "aisle-charts",
    "aisle-training",
    "aisle-lake",
    "aisle-store",
    "aisle-sync",
    "aisle-drawing",
    "aisle-app",
    "aisle-server",
];

/// Runs all steps, or the one named by `--only`. A step that fails does not stop the others.
pub(crate) fn test(place: &Place, arguments: &[String]) -> Outcome<()> {
    let only = match arguments {
        [] => None,
        [flag, name] if flag == "--only" => Some(name.as_str()),
        _ => return Err(Failure::Usage("cargo xtask test [--only NAME]".into())),
    };
    let names: Vec<&str> = STEPS.iter().map(|(name, _)| *name).collect();
    if let Some(name) = only.filter(|name| !names.contains(name)) {
        return Err(Failure::Usage(format!("there is no step `{name}`; there are {}", names.join(", "))));
    }
    let started = Instant::now();
    let mut tally = Tally::default();
    let mut times = Vec::new();
    for (name, step) in STEPS.iter().filter(|(name, _)| only.is_none_or(|only| only == *name)) {
        println!("== {name}");
        let start = Instant::now();
        let counted = step(place).unwrap_or_else(|failure| {
            println!("{failure}");
            Tally::one(false)
        });
        tally = tally.plus(counted);
        let seconds = start.elapsed().as_secs_f64();
        println!("   {name}: {} passed, {} failed ({seconds:.1} s)", counted.passed, counted.failed);
        times.push(format!("{name} {seconds:.0} s"));
    }
    println!("\n{}; together {:.0} s", times.join(", "), started.elapsed().as_secs_f64());
    println!("{} passed, {} failed", tally.passed, tally.failed);
    suite::found("tests", tally)
}

fn format(place: &Place) -> Outcome<Tally> {
    let mut command = place.cargo();
    one(place, "format", command.args(["fmt", "--all", "--check"]), "run `cargo xtask fmt`")
}

/// Clippy with warnings as errors. In the release profile, so that build scripts and macros are those of the build.
fn lints(place: &Place) -> Outcome<Tally> {
    let toolchain = wasm::toolchain(place)?;
    let mut native = place.cargo();
    native.args(["clippy", "--release", "--locked", "--all-targets"]);
    for package in NATIVE {
        native.args(["-p", package]);
    }
    let mut tool = place.cargo_for_itself();
    tool.args(["clippy", "--release", "--locked", "--all-targets", "-p", "xtask"]);
    let mut browser = toolchain.cargo(place);
    browser.args([
        "clippy",
        "--release",
        "--locked",
        "--target",
        wasm::TARGET,
        "-p",
        "aisle-frontend",
        "-p",
        "aisle-app",
    ]);
    browser.args(["--features", "aisle-app/hydrate"]);
    for command in [&mut native, &mut browser, &mut tool] {
        command.args(["--", "-D", "warnings"]);
    }
    let mut tally = Tally::default();
    for (name, command) in [("lints xtask", &mut tool), ("lints server", &mut native), ("lints browser", &mut browser)]
    {
        let start = Instant::now();
        tally = tally.plus(one(place, name, command, "mend it, or say why not with #[expect(…, reason = \"…\")]")?);
        println!("   {name} ({:.1} s)", start.elapsed().as_secs_f64());
    }
    Ok(tally)
}

fn built(place: &Place) -> Outcome<Tally> {
    build::build(place).map(|()| Tally::one(true))
}

fn tests(place: &Place) -> Outcome<Tally> {
    setup::postgres(place)?;
    let scripts = build::scripts(place)?;
    let mut by_package: BTreeMap<String, (Tally, f64)> = BTreeMap::new();
    let start = Instant::now();
    let mut programs = suite::compile(place, place.cargo_for_itself(), &["xtask"])?;
    let inputs = build::native_inputs(place)?;
    programs.extend(suite::compile(place, place.cargo(), &NATIVE)?);
    build::adopt_binary(place, inputs)?;
    println!("   compiled ({:.1} s)", start.elapsed().as_secs_f64());
    for program in programs {
        let start = Instant::now();
        let counted = suite::run(place, &program, &scripts)?;
        let entry = by_package.entry(program.package.clone()).or_default();
        *entry = (entry.0.plus(counted), entry.1 + start.elapsed().as_secs_f64());
        if counted.failed > 0 {
            println!("   {} {}: {} failed", program.package, program.target, counted.failed);
        }
    }
    let mut sum = Tally::default();
    for (package, (counted, seconds)) in by_package {
        println!("   {package}: {} passed, {} failed ({seconds:.1} s)", counted.passed, counted.failed);
        sum = sum.plus(counted);
    }
    Ok(sum)
}

fn documentation(place: &Place) -> Outcome<Tally> {
    suite::documentation(place, &NATIVE)
}

fn sizes(place: &Place) -> Outcome<Tally> {
    size::report(place).map(|()| Tally::one(true))
}

/// A program that is one check.
fn one(place: &Place, name: &str, command: &mut Command, advice: &str) -> Outcome<Tally> {
    let said = process::run(name, command, &place.log(name));
    if let Err(failure) = &said {
        println!("{failure}\n   {advice}");
    }
    Ok(Tally::one(said.is_ok()))
}
