//! Backtest on Walmart's weekly sales: two origins, 13 weeks each, errors of holiday weeks counted five times.
//!
//! `AISLE_TEST_DATA=FOLDER cargo run --release -p aisle-training --example walmart_backtest`, where FOLDER holds
//! `walmart/train.csv` and `walmart/features.csv`. From each origin the whole fit runs on the sales before it (models are
//! chosen by origins further back), the artefact is scored and compared with what came.
#![expect(clippy::print_stdout, reason = "an example that prints a table")]

use aisle_domain::{CalendarEvent, Currency, Day, Granularity, ItemId, LocationId, Measure, SeriesKey, Weekday};
use aisle_engine::{DriverKind, Scenario, TotalScorer, accuracy, score};
use aisle_training::{FitParameters, Panel, PanelDriver, PanelLocation, PanelParts, PanelSeries, fit};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Instant;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let Ok(folder) = std::env::var("AISLE_TEST_DATA") else {
        println!("left out: AISLE_TEST_DATA does not name the folder with the data");
        return Ok(());
    };
    let panel = walmart(Path::new(&folder))?;
    println!("{} series, {} weeks", panel.parts().series.len(), panel.periods());
    let parameters = FitParameters::default().check()?;
    let mut pooled: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for origin in ["2011-07-29", "2011-10-28"] {
        let origin = Day::parse(origin)?;
        let seen = panel.parts().ends.iter().take_while(|end| **end <= origin).count();
        let started = (Instant::now(), cpu_seconds());
        let outcome = fit(&panel.truncated(seen), &parameters, &|_| {}, &|| false)?;
        let (wall, cpu) = (started.0.elapsed().as_secs_f64(), cpu_seconds() - started.1);
        let (artefact, mut points) = (outcome.artefact, Points::default());
        for (index, series) in panel.parts().series.iter().enumerate() {
            let forecast = score(&artefact, index, &Scenario::default())?;
            for (step, actual) in series.values[seen..].iter().enumerate().take(13).filter(|(_, v)| v.is_finite()) {
                points.actual.push(*actual);
                points.forecast.push(forecast.mean[step]);
                points.weights.push(if holiday_weeks().contains(&panel.parts().ends[seen + step]) { 5.0 } else { 1.0 });
                points.bounds80.0.push(forecast.interval80.lower[step]);
                points.bounds80.1.push(forecast.interval80.upper[step]);
                points.bounds95.0.push(forecast.interval95.lower[step]);
                points.bounds95.1.push(forecast.interval95.upper[step]);
            }
        }
        println!(
            "origin {origin}: WMAE {:.1}, fitted in {wall:.2} s ({cpu:.2} CPU s), chosen {:?}",
            points.wmae(),
            outcome.report.chosen
        );
        let coverage =
            |bounds: &(Vec<f64>, Vec<f64>)| accuracy::coverage(&points.actual, &bounds.0, &bounds.1).unwrap_or(0.0);
        println!(
            "  coverage of the 80 % interval {:.3}, of the 95 % {:.3}",
            coverage(&points.bounds80),
            coverage(&points.bounds95)
        );
        let sum = pooled.entry("chosen".to_owned()).or_default();
        let weight: f64 = points.weights.iter().sum();
        *sum = (sum.0 + points.wmae() * weight, sum.1 + weight);
    }
    println!("pooled WMAE of the chosen: {:.1}", pooled["chosen"].0 / pooled["chosen"].1);
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

#[derive(Default)]
struct Points {
    actual: Vec<f64>,
    forecast: Vec<f64>,
    weights: Vec<f64>,
    bounds80: (Vec<f64>, Vec<f64>),
    bounds95: (Vec<f64>, Vec<f64>),
}

impl Points {
    fn wmae(&self) -> f64 {
        accuracy::wmae(&self.actual, &self.forecast, &self.weights).unwrap_or(f64::NAN)
    }
}

/// The weeks that the competition flags, by name.
const HOLIDAYS: [(&str, [&str; 4]); 4] = [
    ("Super Bowl", ["2010-02-12", "2011-02-11", "2012-02-10", "2013-02-08"]),
    ("Labor Day", ["2010-09-10", "2011-09-09", "2012-09-07", "2013-09-06"]),
    ("Thanksgiving", ["2010-11-26", "2011-11-25", "2012-11-23", "2013-11-29"]),
    ("Christmas", ["2010-12-31", "2011-12-30", "2012-12-28", "2013-12-27"]),
];

fn holiday_weeks() -> BTreeSet<Day> {
    HOLIDAYS.iter().flat_map(|(_, ends)| ends).filter_map(|end| Day::parse(end).ok()).collect()
}

fn walmart(folder: &Path) -> Result<Panel, Failure> {
    let sales = std::fs::read_to_string(folder.join("walmart/train.csv"))?;
    let features = std::fs::read_to_string(folder.join("walmart/features.csv"))?;
    let granularity = Granularity::Week { ends: Weekday::Friday };
    let first = Day::parse("2010-02-05")?;
    let mut rows: BTreeMap<(u32, u32), Vec<(usize, f64)>> = BTreeMap::new();
    let mut last = 0;
    for line in sales.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let week = granularity.steps_between(first, Day::parse(cells[2])?) as usize;
        rows.entry((cells[0].parse()?, cells[1].parse()?)).or_default().push((week, cells[3].parse()?));
        last = last.max(week);
    }
    let mut series = Vec::with_capacity(rows.len());
    for ((store, department), points) in rows {
        let mut values = vec![f64::NAN; last + 1];
        points.iter().for_each(|(week, value)| values[*week] = *value);
        let key =
            SeriesKey { location: LocationId::new(store.to_string())?, item: ItemId::new(department.to_string())? };
        series.push(PanelSeries { key, values, group: department.to_string() });
    }
    let header: Vec<&str> = features.lines().next().unwrap_or("").split(',').collect();
    let names = &header[2..header.len() - 1];
    let mut stores: BTreeMap<String, Vec<Vec<f64>>> = BTreeMap::new();
    for line in features.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let drivers = stores.entry(cells[0].to_owned()).or_insert_with(|| vec![Vec::new(); names.len()]);
        for (index, cell) in cells[2..cells.len() - 1].iter().enumerate() {
            drivers[index].push(cell.parse().unwrap_or(f64::NAN));
        }
    }
    let kind = |name: &str| if name.starts_with("MarkDown") { DriverKind::Promotion } else { DriverKind::Other };
    let mut events = Vec::new();
    for (name, ends) in HOLIDAYS {
        for end in ends {
            let last = Day::parse(end)?;
            events.push(CalendarEvent { name: name.to_owned(), first: last.plus(-6), last, location: None });
        }
    }
    let locations =
        stores.into_iter().map(|(store, drivers)| Ok(PanelLocation { location: LocationId::new(store)?, drivers }));
    Ok(Panel::new(PanelParts {
        data_version: "walmart".to_owned(),
        measure: Measure::Revenue,
        granularity,
        currency: Some(Currency::USD),
        ends: (0..=last as i32).map(|week| granularity.step(first, week)).collect(),
        series,
        drivers: names.iter().map(|name| PanelDriver { name: (*name).to_owned(), kind: kind(name) }).collect(),
        locations: locations.collect::<Result<Vec<_>, Failure>>()?,
        events,
    })?)
}

/// User and system time of this process, from /proc (hundredths of a second on Linux); 0 elsewhere.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: f64 = after_name.split_whitespace().skip(11).take(2).filter_map(|word| word.parse::<f64>().ok()).sum();
    ticks / 100.0
}
