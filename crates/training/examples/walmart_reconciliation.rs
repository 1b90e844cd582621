//! What reconciliation does on Walmart's weekly sales: bottom-up, top-down and MinT from two origins, 13 weeks each.
//!
//! `AISLE_TEST_DATA=FOLDER cargo run --release -p aisle-training --example walmart_reconciliation`, where FOLDER holds
//! `walmart/train.csv` and `walmart/features.csv`. Every level is fitted on the sales before each origin; WMAE counts weeks
//! with a holiday five times.
#![expect(clippy::print_stdout, reason = "an example that prints a table")]

#[path = "panels/mod.rs"]
mod panels;

use aisle_domain::{Day, Granularity, SeriesKey, Weekday};
use aisle_engine::hierarchy::Attribute;
use aisle_training::reconciliation::{BaseForecasts, Reconciliation, base_forecasts};
use aisle_training::{FitParameters, Panel};
use panels::Failure;
use std::time::Instant;

const HORIZON: usize = 13;

fn main() -> Result<(), Failure> {
    let panel = panels::read("walmart", Granularity::Week { ends: Weekday::Friday })?;
    let labels = |of: fn(&SeriesKey) -> String| panel.parts().series.iter().map(|series| of(&series.key)).collect();
    let attributes = [
        Attribute { name: "item".to_owned(), labels: labels(|key| key.item.to_string()) },
        Attribute { name: "location".to_owned(), labels: labels(|key| key.location.to_string()) },
    ];
    let levels = [vec![], vec!["location".to_owned()], vec!["item".to_owned()]];
    let origins = std::env::args().nth(1).unwrap_or_else(|| "4".to_owned()).parse()?;
    let parameters = FitParameters { horizon: HORIZON, origins, ..FitParameters::default() }.check()?;
    let mut sums = [[Sum::default(); 5]; Reconciliation::ALL.len()];
    for origin in ["2011-07-29", "2011-10-28"] {
        let origin = Day::parse(origin)?;
        let seen = panel.parts().ends.iter().take_while(|end| **end <= origin).count();
        let started = Instant::now();
        let base = base_forecasts(&panel.truncated(seen), &attributes, &levels, &parameters, &|_| {}, &|| false)?;
        println!("{origin}: {} nodes fitted in {:.1} s", base.hierarchy.nodes(), started.elapsed().as_secs_f64());
        for (way, sums) in Reconciliation::ALL.into_iter().zip(&mut sums) {
            let started = Instant::now();
            let series = base.reconciled(way)?;
            println!("  {:10} {:.2} s", way.name(), started.elapsed().as_secs_f64());
            score(&panel, seen, &base, &series, sums)?;
        }
    }
    println!("{:10} {:>9} {:>9} {:>9} {:>9} {:>9}", "", "WMAE", "WAPE", "store", "dept.", "total");
    for (way, sums) in Reconciliation::ALL.into_iter().zip(&sums) {
        let [wmae, shares @ ..] = sums.map(|sum| sum.error / sum.weight);
        print!("{:10} {wmae:9.1}", way.name());
        println!(" {:9.4} {:9.4} {:9.4} {:9.4}", shares[0], shares[1], shares[2], shares[3]);
    }
    Ok(())
}

#[derive(Clone, Copy, Default)]
struct Sum {
    error: f64,
    weight: f64,
}

/// Adds the errors of one origin: WMAE and WAPE of the series, WAPE by store, department and of the total.
fn score(
    panel: &Panel,
    seen: usize,
    base: &BaseForecasts,
    forecast: &[f64],
    sums: &mut [Sum; 5],
) -> Result<(), Failure> {
    let parts = panel.parts();
    let ends = &parts.ends[seen..seen + HORIZON];
    let is_holiday = |step: usize| {
        let end = ends[step];
        parts.events.iter().any(|event| event.first <= end && end.plus(-6) <= event.last)
    };
    // A series without a value in a week is left out of that week's sums on both sides.
    let (mut came, mut said) = (vec![0.0; forecast.len()], vec![0.0; forecast.len()]);
    for (at, series) in parts.series.iter().enumerate() {
        for step in 0..HORIZON {
            let (value, forecast) = (series.values[seen + step], forecast[at * HORIZON + step]);
            if value.is_nan() {
                continue;
            }
            (came[at * HORIZON + step], said[at * HORIZON + step]) = (value, forecast);
            let weight = if is_holiday(step) { 5.0 } else { 1.0 };
            sums[0].error += weight * (value - forecast).abs();
            sums[0].weight += weight;
            sums[1].error += (value - forecast).abs();
            sums[1].weight += value.abs();
        }
    }
    let (came, said) = (base.hierarchy.sum(&came, HORIZON)?, base.hierarchy.sum(&said, HORIZON)?);
    for (level, slot) in [(1, 2), (2, 3), (0, 4)] {
        let nodes = base.hierarchy.first_node(level)..base.hierarchy.first_node(level + 1);
        for at in nodes.start * HORIZON..nodes.end * HORIZON {
            sums[slot].error += (came[at] - said[at]).abs();
            sums[slot].weight += came[at].abs();
        }
    }
    Ok(())
}
