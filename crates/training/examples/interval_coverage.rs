//! How often values lie in the intervals that past errors promised, on origins that the calibration has not seen.
//!
//! `AISLE_TEST_DATA=FOLDER cargo run --release -p aisle-training --example interval_coverage [NAME=FILE=ORIGINS …]`, where
//! FOLDER holds `walmart/train.csv`, and each further weekly set is a FILE with the columns series, week (a number from 0)
//! and value, and ORIGINS are numbers of weeks seen: `oj=oj.csv=75,90,107`. Forecasts are the mean of season-and-trend and
//! seasonal naive with growth where history allows them, else an exponentially smoothed level. Nothing after an origin is
//! used for its intervals. Prints coverage at each nominal level, in all, by horizon, by volume and in holiday weeks.
#![expect(clippy::print_stdout, reason = "an example that prints a table")]

mod process;

use aisle_domain::{Day, Granularity, ItemId, LocationId, Measure, SeriesKey, Weekday};
use aisle_engine::distribution::scoring::pinball;
use aisle_engine::distribution::{Distribution, Spread};
use aisle_training::conformal::NOMINAL;
use aisle_training::{
    Calendar, Calibration, ConformalParameters, History, Model, Observation, Panel, PanelParts, PanelSeries,
    SeasonalNaive, StlEts, calibrate, ets,
};
use process::cpu_seconds;
use std::collections::BTreeMap;

type Failure = Box<dyn std::error::Error>;

const HORIZON: usize = 13;
/// Weeks that the Walmart competition flags, from 2010-02-05 on: Super Bowl, Labor Day, Thanksgiving, Christmas.
const WALMART_EVENTS: [usize; 8] = [1, 31, 42, 47, 53, 83, 94, 99];

fn main() -> Result<(), Failure> {
    match std::env::var("AISLE_TEST_DATA") {
        Err(_) => println!("walmart left out: AISLE_TEST_DATA does not name the folder with the data"),
        Ok(folder) => {
            let first = Day::parse("2010-02-05")?;
            let weeks = Granularity::Week { ends: Weekday::Friday };
            let mut rows: BTreeMap<String, Vec<(usize, f64)>> = BTreeMap::new();
            for line in std::fs::read_to_string(format!("{folder}/walmart/train.csv"))?.lines().skip(1) {
                let cells: Vec<&str> = line.split(',').collect();
                let week = weeks.steps_between(first, Day::parse(cells[2])?) as usize;
                rows.entry(format!("{}_{}", cells[0], cells[1])).or_default().push((week, cells[3].parse()?));
            }
            // 78 weeks end on 2011-07-29, 91 on 2011-10-28.
            report("walmart", rows, &[78, 91], &WALMART_EVENTS)?;
        }
    }
    for argument in std::env::args().skip(1) {
        let parts: Vec<&str> = argument.split('=').collect();
        let [name, file, origins] = parts[..] else { return Err("expected NAME=FILE=ORIGINS".into()) };
        let mut rows: BTreeMap<String, Vec<(usize, f64)>> = BTreeMap::new();
        for line in std::fs::read_to_string(file)?.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            rows.entry(cells[0].to_owned()).or_default().push((cells[1].parse()?, cells[2].parse()?));
        }
        let origins = origins.split(',').map(str::parse).collect::<Result<Vec<usize>, _>>()?;
        report(name, rows, &origins, &[])?;
    }
    Ok(())
}

fn report(
    name: &str,
    rows: BTreeMap<String, Vec<(usize, f64)>>,
    origins: &[usize],
    events: &[usize],
) -> Result<(), Failure> {
    let panel = panel(rows)?;
    let calendar = Calendar::new(&panel, HORIZON);
    let values: Vec<&[f64]> = panel.parts().series.iter().map(|series| series.values.as_slice()).collect();
    let last = origins.iter().copied().max().unwrap_or(0).min(panel.periods());
    let mut observations = Vec::new();
    for origin in 16..=last {
        observations.extend(forecasts(&calendar, &values, origin, events));
    }
    println!("{name}: {} series, {} weeks", values.len(), panel.periods());
    let mut pooled: BTreeMap<String, Tally> = BTreeMap::new();
    for origin in origins {
        // Errors of forecasts of the same kind only: once a season is known, those without one tell nothing.
        let seasonal = *origin >= 78;
        let first = if seasonal { 60 } else { 16 };
        let before = |o: &&Observation| {
            let (seen, period) = (o.origin as usize, o.origin as usize + usize::from(o.step));
            seen >= first && seen < *origin && period < *origin
        };
        let past: Vec<Observation> = observations.iter().filter(before).copied().collect();
        let volumes: Vec<f64> = values.iter().map(|values| volume(&values[..*origin])).collect();
        let started = cpu_seconds();
        let count = past.len();
        let found = calibrate(past, &volumes, &ConformalParameters::default());
        let seconds = cpu_seconds() - started;
        let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
        for o in observations.iter().filter(|o| o.origin as usize == *origin) {
            for part in parts(&found, o, volumes[o.series as usize]) {
                tallies.entry(part.clone()).or_default().add(&found, o, volumes[o.series as usize]);
                pooled.entry(part).or_default().add(&found, o, volumes[o.series as usize]);
            }
        }
        println!(
            "origin {origin}: {} past forecasts, calibrated in {seconds:.2} CPU s, peak share {:.1}, event width {:.2}, {:?}",
            count, found.bands.peak_share, found.bands.event_width, found.dependence
        );
        if let Some(all) = found.coverage.first() {
            println!("  on folds of its past  {}", row(&all.covered, all.points as usize));
        }
        tallies.iter().for_each(|(part, tally)| println!("  {part:20}  {}", tally.row()));
    }
    println!("pooled over origins");
    pooled.iter().for_each(|(part, tally)| println!("  {part:20}  {}", tally.row()));
    Ok(())
}

fn parts(found: &Calibration, o: &Observation, volume: f64) -> Vec<String> {
    let block = [(0, "step 1"), (3, "steps 2-4"), (7, "steps 5-8")].iter().find(|(through, _)| o.step <= *through);
    let mut parts = vec![
        "all".to_owned(),
        block.map_or("steps 9-13", |(_, name)| name).to_owned(),
        format!("volume class {}", found.bands.class_of(volume) + 1),
    ];
    if o.event {
        parts.push("holiday weeks".to_owned());
    }
    parts
}

#[derive(Default)]
struct Tally {
    points: usize,
    inside: [usize; NOMINAL.len()],
    loss: f64,
    size: f64,
}

impl Tally {
    fn add(&mut self, found: &Calibration, o: &Observation, volume: f64) {
        let spread = Spread {
            scale: found.scales[o.series as usize],
            volume,
            factor: 1.0,
            event: o.event,
            non_negative: o.forecast >= 0.0,
        };
        let quantiles = found.bands.quantiles(usize::from(o.step), o.forecast, &spread);
        let distribution = Distribution { steps: vec![quantiles], non_negative: false };
        for (count, nominal) in self.inside.iter_mut().zip(NOMINAL) {
            let (low, high) = distribution.interval(0, nominal);
            // Single precision of the interpolation's place: a bound at zero is met by zero.
            let slack = 1e-6 * o.actual.abs().max(1e-6);
            *count += usize::from(low - slack <= o.actual && o.actual <= high + slack);
        }
        self.points += 1;
        self.loss += pinball(&quantiles, o.actual);
        self.size += o.actual.abs();
    }

    fn row(&self) -> String {
        let covered = self.inside.map(|count| count as f64 / self.points as f64);
        format!("{}  pinball {:.4}", row(&covered, self.points), self.loss / self.size)
    }
}

fn row(covered: &[f64], points: usize) -> String {
    let cells: Vec<String> =
        NOMINAL.iter().zip(covered).map(|(nominal, share)| format!("{nominal:.2} {share:.3}")).collect();
    format!("{}  ({points} values)", cells.join("  "))
}

fn forecasts(calendar: &Calendar, values: &[&[f64]], origin: usize, events: &[usize]) -> Vec<Observation> {
    let locations = vec![0; values.len()];
    let history = History { calendar, values, locations: &locations, origin };
    let (stl, naive) = (StlEts.fit(&history), SeasonalNaive { growth: true }.fit(&history));
    let mut found = Vec::new();
    for (series, values) in values.iter().enumerate() {
        let horizon = HORIZON.min(values.len() - origin);
        let seasonal = stl.as_ref().and_then(|fitted| fitted.forecast(series, horizon));
        let last_year = naive.as_ref().and_then(|fitted| fitted.forecast(series, horizon));
        let present: Vec<f64> = values[..origin].iter().copied().filter(|v| v.is_finite()).collect();
        if present.is_empty() {
            continue;
        }
        let level = ets::smooth(&present).map_or(present[present.len() - 1], |smoothed| smoothed.ahead(1));
        for step in 0..horizon {
            let forecast = match (&seasonal, &last_year) {
                (Some(a), Some(b)) => (a[step] + b[step]) / 2.0,
                (Some(path), None) | (None, Some(path)) => path[step],
                (None, None) => level,
            };
            let (actual, period) = (values[origin + step], origin + step);
            let forecast = forecast.max(0.0);
            if actual.is_finite() {
                let event = events.contains(&period);
                let (series, origin, step) = (series as u32, origin as u32, step as u16);
                found.push(Observation { series, origin, step, forecast, actual, event });
            }
        }
    }
    found
}

/// Mean absolute value of the last 52 present weeks.
fn volume(values: &[f64]) -> f64 {
    let recent: Vec<f64> = values.iter().rev().filter(|v| v.is_finite()).take(52).map(|v| v.abs()).collect();
    if recent.is_empty() { 0.0 } else { recent.iter().sum::<f64>() / recent.len() as f64 }
}

fn panel(rows: BTreeMap<String, Vec<(usize, f64)>>) -> Result<Panel, Failure> {
    let granularity = Granularity::Week { ends: Weekday::Friday };
    let first = Day::parse("2010-02-05")?;
    let weeks = rows.values().flatten().map(|(week, _)| week + 1).max().unwrap_or(1);
    let mut series = Vec::with_capacity(rows.len());
    for (name, points) in rows {
        let mut values = vec![f64::NAN; weeks];
        points.iter().for_each(|(week, value)| values[*week] = *value);
        let key = SeriesKey { location: LocationId::new("1")?, item: ItemId::new(name)? };
        series.push(PanelSeries { key, values, group: String::new() });
    }
    Ok(Panel::new(PanelParts {
        data_version: String::new(),
        measure: Measure::Quantity,
        granularity,
        currency: None,
        ends: (0..weeks as i32).map(|week| granularity.step(first, week)).collect(),
        series,
        drivers: Vec::new(),
        locations: Vec::new(),
        events: Vec::new(),
    })?)
}
