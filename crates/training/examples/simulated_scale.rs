//! How time and memory of a fit grow with the number of series: `simulated_scale SERIES [WEEKS]`.
//!
//! Weekly sales of items at a hundred locations, made up: level, trend, season, a holiday, a promotion per location, noise;
//! a third of the items sell seldom. Prints CPU seconds, seconds, and the process' largest memory before and after.
#![expect(clippy::print_stdout, reason = "an example that prints figures")]

mod process;

use aisle_domain::{CalendarEvent, Day, Granularity, ItemId, LocationId, Measure, SeriesKey, Weekday};
use aisle_engine::DriverKind;
use aisle_training::{FitParameters, Panel, PanelDriver, PanelLocation, PanelParts, PanelSeries, fit};
use process::cpu_seconds;
use std::time::Instant;

type Failure = Box<dyn std::error::Error>;

const LOCATIONS: usize = 100;
const HORIZON: usize = 53;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1).map(|word| word.parse::<usize>());
    let count = arguments.next().ok_or("expected SERIES [WEEKS]")??;
    let weeks = arguments.next().unwrap_or(Ok(104))?;
    let panel = simulated(count, weeks)?;
    let before = status("VmHWM:");
    let started = Instant::now();
    let outcome =
        fit(&panel, &FitParameters { horizon: HORIZON, ..FitParameters::default() }.check()?, &|_| {}, &|| false)?;
    let (wall, cpu) = (started.elapsed().as_secs_f64(), cpu_seconds());
    let bytes = outcome.artefact.to_bytes()?.len();
    println!(
        "{count} series: {cpu:.1} CPU s, {wall:.1} s, memory {:.0} MB, of it {before:.0} MB the panel, artefact {:.1} MB",
        status("VmHWM:"),
        bytes as f64 / 1e6
    );
    let chosen = outcome.report.models.get("chosen").copied().unwrap_or_default();
    println!("chosen: WAPE {:.4}, in the 80 % interval {:?}", chosen.wape, chosen.coverage80);
    Ok(())
}

fn simulated(count: usize, weeks: usize) -> Result<Panel, Failure> {
    let granularity = Granularity::Week { ends: Weekday::Sunday };
    let first = granularity.end_of(Day::parse("2022-01-05")?);
    let mut random = Random(7);
    let promotions: Vec<Vec<f64>> = (0..LOCATIONS)
        .map(|_| {
            (0..weeks + HORIZON).map(|_| if random.next() < 0.15 { 1_000.0 * random.next() } else { 0.0 }).collect()
        })
        .collect();
    let mut series = Vec::with_capacity(count);
    for index in 0..count {
        let (place, item) = (index % LOCATIONS, index / LOCATIONS);
        let (level, phase) = (200.0 * random.next().powi(3) + 1.0, (item % 13) as f64);
        let seldom = item % 3 == 0;
        let value = |week: usize, noise: f64, sells: f64| {
            let season = (std::f64::consts::TAU * (week as f64 / 52.18 + phase / 13.0)).sin();
            let holiday = if week % 52 == 47 { 0.6 } else { 0.0 };
            let log = 0.3 * season + holiday + 0.0003 * promotions[place][week] + 0.3 * (noise - 0.5);
            if seldom && sells < 0.6 { 0.0 } else { (level * log.exp()).round() }
        };
        series.push(PanelSeries {
            key: SeriesKey { location: LocationId::new(format!("{place}"))?, item: ItemId::new(format!("{item}"))? },
            values: (0..weeks).map(|week| value(week, random.next(), random.next())).collect(),
            group: format!("{item}"),
        });
    }
    let holiday = |year: i32| {
        let end = granularity.step(first, 52 * year + 47);
        CalendarEvent { name: "Sale".to_owned(), first: end.plus(-6), last: end, location: None }
    };
    let place =
        |(place, values)| Ok(PanelLocation { location: LocationId::new(format!("{place}"))?, drivers: vec![values] });
    Ok(Panel::new(PanelParts {
        data_version: "simulated".to_owned(),
        measure: Measure::Quantity,
        granularity,
        currency: None,
        ends: (0..weeks as i32).map(|week| granularity.step(first, week)).collect(),
        series,
        drivers: vec![PanelDriver { name: "Promotion".to_owned(), kind: DriverKind::Promotion }],
        locations: promotions.into_iter().enumerate().map(place).collect::<Result<_, Failure>>()?,
        events: (0..4).map(holiday).collect(),
    })?)
}

/// A linear congruential recurrence (multiplier and increment of Knuth's MMIX), as numbers from 0 to 1.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// A line of /proc/self/status, in megabytes; 0 where there is none.
fn status(name: &str) -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.split_whitespace().next().and_then(|kilobytes| kilobytes.parse::<f64>().ok()).unwrap_or(0.0) / 1e3
}
