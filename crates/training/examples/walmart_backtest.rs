//! Backtest on Walmart's weekly sales: two origins, 13 weeks each, errors of holiday weeks counted five times.
//!
//! `AISLE_TEST_DATA=FOLDER cargo run --release -p aisle-training --example walmart_backtest`, where FOLDER holds
//! `walmart/train.csv` and `walmart/features.csv`; `-- --threads 1 --origins DAY,DAY` for others. From each origin the whole fit runs on the sales before it (models are
//! chosen by origins further back), the artefact is scored and compared with what came.
#![expect(clippy::print_stdout, reason = "an example that prints a table")]

mod panels;
mod process;

use aisle_domain::{Day, Granularity, Weekday};
use aisle_engine::{Scenario, TotalScorer};
use aisle_training::evaluation::Slice;
use aisle_training::{EvaluationPlan, FitParameters, Panel, evaluate, fit};
use panels::Failure;
use process::cpu_seconds;
use std::collections::BTreeMap;
use std::time::Instant;

fn main() -> Result<(), Failure> {
    if std::env::var_os("AISLE_TEST_DATA").is_none() {
        println!("left out: AISLE_TEST_DATA does not name the folder with the data");
        return Ok(());
    }
    let panel = panels::read("walmart", Granularity::Week { ends: Weekday::Friday })?;
    println!("{} series, {} weeks", panel.parts().series.len(), panel.periods());
    let words: Vec<String> = std::env::args().skip(1).collect();
    let after = |flag: &str| words.iter().position(|word| word == flag).and_then(|at| words.get(at + 1));
    let threads = after("--threads").map_or(Ok(FitParameters::default().threads), |word| word.parse())?;
    let origins = after("--origins").map_or("2011-07-29,2011-10-28", String::as_str);
    let parameters = FitParameters { threads, ..FitParameters::default() }.check()?;
    let plan = EvaluationPlan {
        origins: origins.split(',').map(Day::parse).collect::<Result<_, _>>()?,
        horizon: 13,
        event_weight: 5.0,
    };
    let started = (Instant::now(), cpu_seconds());
    let found = evaluate(&panel, &parameters, &plan, &|_| {}, &|| false)?;
    let (wall, cpu) = (started.0.elapsed().as_secs_f64(), cpu_seconds() - started.1);
    println!("evaluated from {:?} in {wall:.2} s, {cpu:.2} CPU s", found.origins);
    let pooled = found.scores.iter().find(|s| s.model == "chosen" && s.level == "series" && s.slice == Slice::All);
    let wmae = pooled.and_then(|score| score.errors.wmae).unwrap_or(f64::NAN);
    println!("measured {cpu:.2} {wmae:.2} {}", found.series);
    println!(
        "{:22} {:10} {:24} {:>8} {:>7} {:>6} {:>7} {:>6} {:>6} {:>6}",
        "model", "level", "slice", "WMAE", "WAPE", "MASE", "bias", "80 %", "95 %", "FVA"
    );
    for score in found.scores.iter().filter(|score| score.model == "chosen" || score.slice == Slice::All) {
        let e = score.errors;
        println!(
            "{:22} {:10} {:24} {:8.1} {:7.4} {:6.3} {:+7.4} {:6.3} {:6.3} {:+6.3}",
            score.model,
            score.level,
            format!("{:?}", score.slice),
            e.wmae.unwrap_or(f64::NAN),
            e.wape.unwrap_or(f64::NAN),
            e.mase.unwrap_or(f64::NAN),
            e.bias.unwrap_or(f64::NAN),
            e.coverage80.unwrap_or(f64::NAN),
            e.coverage95.unwrap_or(f64::NAN),
            score.value_added.unwrap_or(f64::NAN)
        );
    }
    whole(&panel)
}

/// The fit on everything, with the same two origins inside: each model by itself, speed and size.
fn whole(panel: &Panel) -> Result<(), Failure> {
    let started = (Instant::now(), cpu_seconds());
    let outcome = fit(panel, &FitParameters::default().check()?, &|_| {}, &|| false)?;
    println!("whole fit: {:.2} s, {:.2} CPU s", started.0.elapsed().as_secs_f64(), cpu_seconds() - started.1);
    println!("origins {:?}; chosen {:?}", outcome.report.origins, outcome.report.chosen);
    for (name, model) in &outcome.report.models {
        println!(
            "  {name:22} WMAE {:7.1}  WAPE {:.4}  MASE {:.3}  bias {:+.4}  {:?}",
            model.wmae, model.wape, model.mase, model.bias, model.coverage80
        );
    }
    for level in outcome.report.levels.iter().filter(|level| level.model == "chosen") {
        println!("  level {:10} WAPE {:.4}", level.level, level.wape);
    }
    let bytes = outcome.artefact.to_bytes()?;
    println!("artefact: {} bytes, hash {}", bytes.len(), outcome.artefact.hash());
    if let Ok(path) = std::env::var("AISLE_ARTEFACT_OUT") {
        std::fs::write(path, &bytes)?;
    }
    let mut scorer = TotalScorer::new();
    for query in ["", "markdown=1.5&driver.Fuel_Price=1,0.5&growth=1.02"] {
        let scenario = Scenario::from_query(query)?;
        scorer.totals(&outcome.artefact, None, &scenario)?;
        let started = Instant::now();
        let totals = scorer.totals(&outcome.artefact, None, &scenario)?;
        let first = totals.mean.first().copied().unwrap_or(0.0);
        println!(
            "totals {query:?}: {:.2} ms for {} series, first week {first:.0}",
            started.elapsed().as_secs_f64() * 1e3,
            totals.series
        );
    }
    let mut means: BTreeMap<&str, f64> = BTreeMap::new();
    for (index, driver) in outcome.artefact.header().drivers.iter().enumerate() {
        let effects = outcome.artefact.groups().iter().map(|group| f64::from(group.effects[index]));
        means.insert(&driver.name, effects.sum::<f64>() / outcome.artefact.groups().len() as f64);
    }
    println!("mean effect on ln(sales) per unit of the transformed driver: {means:.4?}");
    Ok(())
}
