//! The global trees alone: errors on Walmart's weekly sales and on sales read from text, CPU seconds.
//!
//! `AISLE_TEST_DATA=FOLDER cargo run --release -p aisle-training --example global_trees -- [NAME=VALUE …]`. Settings:
//! `rounds`, `leaves`, `rate`, `min_rows`, `share`, `rows`, `weight`, `outside`; `origins=DAY,…` and `horizon` for
//! Walmart; `chosen=1` also fits today's whole competition and averages with it; `sales=FILE.csv` (location, item, day,
//! value) with `granularity=day|week` takes other sales, from origins one and two horizons before their end;
//! `write=FOLDER` with `name` leaves the last origin's rows there for `boosting_speed`.
#![expect(clippy::print_stdout, reason = "an example that prints a table")]

mod panels;
mod process;

use aisle_domain::{Day, Granularity, Weekday};
use aisle_engine::{Scenario, score};
use aisle_training::boosting::{FeatureKind, Objective};
use aisle_training::global_trees::{GlobalTrees, TreeHistory};
use aisle_training::{Calendar, FitParameters, Panel, fit};
use panels::Failure;
use process::cpu_seconds;
use std::collections::BTreeMap;
use std::path::Path;

fn main() -> Result<(), Failure> {
    let settings: BTreeMap<String, String> = std::env::args()
        .skip(1)
        .filter_map(|word| word.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())))
        .collect();
    let number = |name: &str, default: f64| settings.get(name).and_then(|v| v.parse().ok()).unwrap_or(default);
    let default = GlobalTrees::default();
    let trees = GlobalTrees {
        rounds: number("rounds", default.rounds as f64) as usize,
        leaves: number("leaves", default.leaves as f64) as usize,
        learning_rate: number("rate", default.learning_rate),
        min_rows: number("min_rows", default.min_rows as f64) as usize,
        feature_share: number("share", default.feature_share),
        rows: number("rows", default.rows as f64) as usize,
        weight_power: number("weight", default.weight_power),
        outside_drivers: number("outside", f64::from(u8::from(default.outside_drivers))) > 0.0,
        ..default
    };
    let weighted = !settings.contains_key("sales");
    let (panel, horizon, origins) = if let Some(file) = settings.get("sales") {
        let daily = settings.get("granularity").is_some_and(|word| word == "day");
        let granularity = if daily { Granularity::Day } else { Granularity::Week { ends: Weekday::Sunday } };
        let panel = panels::read(file, granularity)?;
        let horizon = number("horizon", if daily { 28.0 } else { 8.0 }) as usize;
        let periods = panel.periods();
        (panel, horizon, vec![periods - 2 * horizon, periods - horizon])
    } else {
        let panel = panels::read("walmart", Granularity::Week { ends: Weekday::Friday })?;
        let days = settings.get("origins").map_or("2011-07-29,2011-10-28", String::as_str);
        let mut origins = Vec::new();
        for day in days.split(',') {
            let day = Day::parse(day)?;
            origins.push(panel.parts().ends.iter().take_while(|end| **end <= day).count());
        }
        (panel, number("horizon", 13.0) as usize, origins)
    };
    let mut pooled: BTreeMap<String, (f64, f64, f64, f64)> = BTreeMap::new();
    for origin in origins {
        let past = panel.truncated(origin);
        let calendar = Calendar::new(&past, horizon);
        let layout = Layout::new(&past, &calendar);
        let history = layout.history(&calendar, horizon);
        let started = cpu_seconds();
        let Some(fitted) = trees.fit(&history) else {
            println!("{}: too little history", calendar.ends[origin - 1]);
            continue;
        };
        let forecasts: Vec<Option<Vec<f64>>> =
            (0..layout.values.len()).map(|index| fitted.forecast(index, horizon)).collect();
        let seconds = cpu_seconds() - started;
        let actual = |index: usize| &panel.parts().series[index].values[origin..];
        let mut models = vec![("trees".to_owned(), forecasts)];
        models.push(("seasonal naive".to_owned(), naive(&layout, &calendar, origin, horizon)));
        if settings.contains_key("chosen") {
            let p = FitParameters { horizon, threads: 1, ..FitParameters::default() }.check()?;
            let artefact = fit(&past, &p, &|_| {}, &|| false)?.artefact;
            let scored = |index| score(&artefact, index, &Scenario::default()).map(|found| Some(found.mean));
            let chosen: Vec<Option<Vec<f64>>> = (0..layout.values.len()).map(scored).collect::<Result<_, _>>()?;
            for weight in [0.25, 0.5] {
                let mixed = chosen.iter().zip(&models[0].1).map(|(chosen, trees)| match (chosen, trees) {
                    (Some(a), Some(b)) => Some(a.iter().zip(b).map(|(a, b)| (1.0 - weight) * a + weight * b).collect()),
                    (a, _) => a.clone(),
                });
                models.push((format!("chosen and trees at {weight}"), mixed.collect()));
            }
            models.push(("chosen".to_owned(), chosen));
        }
        for (name, forecasts) in &models {
            let sum = pooled.entry(name.clone()).or_default();
            let mut here = (0.0, 0.0);
            for (index, forecast) in forecasts.iter().enumerate() {
                let zeros = vec![0.0; horizon];
                for (step, y) in actual(index).iter().enumerate().take(horizon).filter(|(_, y)| y.is_finite()) {
                    let weight = if weighted && is_holiday(&panel, calendar.ends[origin + step]) { 5.0 } else { 1.0 };
                    let value = forecast.as_ref().unwrap_or(&zeros)[step];
                    here = (here.0 + weight * (y - value).abs(), here.1 + weight);
                    *sum = (sum.0 + weight * (y - value).abs(), sum.1 + weight, sum.2 + y.abs(), sum.3 + value - y);
                }
            }
            println!("  {} {name}: WMAE {:.1}", calendar.ends[origin - 1], here.0 / here.1);
        }
        println!("  {} rows, {} features, {seconds:.2} CPU s", fitted.training_rows(), fitted.model.features.len());
        let count: usize = fitted.model.blocks.iter().map(|block| block.ensemble.trees()).sum();
        let nodes: usize = fitted.model.blocks.iter().map(|block| block.ensemble.parts().nodes.len()).sum();
        println!("  {count} trees, {nodes} nodes");
        if let Some(folder) = settings.get("write") {
            write(Path::new(folder), &settings, &trees, &history)?;
        }
    }
    for (name, (error, weight, size, bias)) in &pooled {
        let wape = if weighted { f64::NAN } else { error / size };
        println!("{name}: pooled WMAE {:.2}, WAPE {wape:.4}, bias {:+.4}", error / weight, bias / size);
    }
    Ok(())
}

/// Series as the trees take them.
struct Layout<'a> {
    values: Vec<&'a [f64]>,
    locations: Vec<usize>,
    groups: Vec<usize>,
    origin: usize,
}

impl<'a> Layout<'a> {
    fn new(panel: &'a Panel, calendar: &Calendar) -> Self {
        let series = &panel.parts().series;
        let mut names: Vec<&str> = series.iter().map(|series| series.group.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let place = |series: &aisle_training::PanelSeries| calendar.locations.binary_search(&series.key.location);
        Self {
            values: series.iter().map(|series| series.values.as_slice()).collect(),
            locations: series.iter().map(|series| place(series).unwrap_or(0)).collect(),
            groups: series.iter().map(|series| names.binary_search(&series.group.as_str()).unwrap_or(0)).collect(),
            origin: panel.periods(),
        }
    }

    fn history<'b>(&'b self, calendar: &'b Calendar, horizon: usize) -> TreeHistory<'b> {
        TreeHistory {
            calendar,
            values: &self.values,
            locations: &self.locations,
            groups: &self.groups,
            origin: self.origin,
            horizon,
        }
    }
}

/// Leaves the rows of the first block for `boosting_speed`: nine tenths of the series to learn from, the last to test on.
fn write(
    folder: &Path,
    settings: &BTreeMap<String, String>,
    trees: &GlobalTrees,
    history: &TreeHistory<'_>,
) -> Result<(), Failure> {
    let (rows, objective) = trees.training_rows(history, 0, history.horizon.min(7));
    let (features, count) = (rows.kinds.len(), rows.target.len());
    let mut bytes = Vec::with_capacity(4 * count * (features + 1));
    for (row, target) in rows.values.chunks_exact(features).zip(&rows.target) {
        row.iter().chain([target]).for_each(|value| bytes.extend(value.to_le_bytes()));
    }
    let name = settings.get("name").map_or("rows", String::as_str);
    std::fs::write(folder.join(format!("{name}.set.bin")), bytes)?;
    let word = if matches!(objective, Objective::Tweedie { .. }) { "tweedie" } else { "l1" };
    let categorical: Vec<usize> = (0..features).filter(|at| rows.kinds[*at] == FeatureKind::Categorical).collect();
    let text = format!("{word} {features} {} 100 31 0.08 60 {categorical:?}", count / 10 * 9);
    std::fs::write(folder.join(format!("{name}.set.txt")), text)?;
    Ok(())
}

/// Last year's period where there is one, last week's for days, else the mean of the last quarter.
fn naive(layout: &Layout<'_>, calendar: &Calendar, origin: usize, horizon: usize) -> Vec<Option<Vec<f64>>> {
    let year = calendar.year();
    let lag = if year == 364 { 7 } else { year };
    let path = |values: &&[f64]| -> Option<Vec<f64>> {
        let recent: Vec<f64> = values.iter().rev().copied().filter(|v| v.is_finite()).take(8).collect();
        let level = recent.iter().sum::<f64>() / recent.len().max(1) as f64;
        let step = |step: usize| {
            let back = (step / lag + 1) * lag;
            let at = (origin + step).checked_sub(back);
            at.map(|at| values[at]).filter(|v| v.is_finite()).unwrap_or(level)
        };
        Some((0..horizon).map(step).collect())
    };
    layout.values.iter().map(path).collect()
}

/// Whether the competition counts errors of a week five times.
fn is_holiday(panel: &Panel, end: Day) -> bool {
    panel.parts().events.iter().any(|event| event.last == end)
}
