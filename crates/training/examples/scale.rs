//! What a training costs as shops grow: 1,000, 10,000 and 100,000 simulated series of three years of weeks.
//!
//! `cargo run --release -p aisle-training --example scale [-- SERIES…]`. Each size runs in a process of its own, so that the
//! kernel's peak of resident memory (VmHWM, Linux) is that of the size; one thread fits, so that CPU seconds are its time.
//! A series has a level, a slope, a yearly season, three holidays and noise; one in five is intermittent. Twenty series
//! share an item.
#![expect(clippy::print_stdout, reason = "an example that prints a table")]

mod process;

use aisle_domain::{CalendarEvent, Day, Granularity, ItemId, LocationId, Measure, SeriesKey, Weekday};
use aisle_training::{FitParameters, Panel, PanelParts, PanelSeries, fit};
use process::cpu_seconds;
use std::process::Command;

type Failure = Box<dyn std::error::Error>;

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
const WEEKS: usize = 156;
const PLACES: usize = 20;

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, size] = words.as_slice()
        && flag == "--one"
    {
        return one(size.parse()?);
    }
    let asked = words.iter().map(|word| word.parse()).collect::<Result<Vec<usize>, _>>()?;
    let sizes = if asked.is_empty() { SIZES.to_vec() } else { asked };
    println!(
        "{:>8} {:>12} {:>16} {:>10} {:>12}",
        "series", "CPU seconds", "per 1,000 series", "peak MB", "artefact MB"
    );
    let program = std::env::current_exe()?;
    for size in sizes {
        let status = Command::new(&program).args(["--one", &size.to_string()]).status()?;
        if !status.success() {
            return Err(format!("{size} series: {status}").into());
        }
    }
    Ok(())
}

fn one(size: usize) -> Result<(), Failure> {
    let panel = simulated(size)?;
    let before = cpu_seconds();
    let outcome = fit(&panel, &FitParameters { threads: 1, ..FitParameters::default() }.check()?, &|_| {}, &|| false)?;
    let seconds = cpu_seconds() - before;
    let bytes = outcome.artefact.to_bytes()?.len();
    let megabytes = |bytes: f64| bytes / 1e6;
    println!(
        "{size:>8} {seconds:>12.1} {:>16.2} {:>10.0} {:>12.2}",
        seconds / size as f64 * 1e3,
        megabytes(peak_bytes()),
        megabytes(bytes as f64)
    );
    Ok(())
}

fn simulated(size: usize) -> Result<Panel, Failure> {
    let week = Granularity::Week { ends: Weekday::Sunday };
    let first = week.end_of(Day::parse("2021-01-03")?);
    let ends: Vec<Day> = (0..WEEKS as i32).map(|step| week.step(first, step)).collect();
    let mut events = Vec::new();
    for year in 2021..=2025 {
        for (name, month, day) in [("Christmas", 12, 25), ("Summer fair", 7, 4), ("Carnival", 2, 14)] {
            let on = Day::from_civil(year, month, day)?;
            events.push(CalendarEvent { name: name.to_owned(), first: on, last: on, location: None });
        }
    }
    let holidays: Vec<bool> =
        ends.iter().map(|end| events.iter().any(|event| event.first > end.plus(-7) && event.first <= *end)).collect();
    let mut dice = Dice(11);
    let mut series = Vec::with_capacity(size);
    for index in 0..size {
        let (item, place) = (format!("item {}", index / PLACES), format!("place {}", index % PLACES));
        let key = SeriesKey { location: LocationId::new(place)?, item: ItemId::new(item.clone())? };
        let (level, slope) = (5.0 + 200.0 * dice.even(), 0.3 * (dice.even() - 0.4));
        let (depth, peak, seldom) = (0.4 * dice.even(), 52.0 * dice.even(), index % 5 == 0);
        let value = |(step, holiday): (usize, &bool)| {
            if seldom && dice.even() < 0.7 {
                return 0.0;
            }
            let season = 1.0 + depth * ((step as f64 - peak) / 52.0 * std::f64::consts::TAU).cos();
            let lift = if *holiday { 1.4 } else { 1.0 };
            ((level + slope * step as f64) * season * lift * (0.8 + 0.4 * dice.even())).max(0.0).round()
        };
        let values = holidays.iter().enumerate().map(value).collect();
        series.push(PanelSeries { key, values, group: item });
    }
    Ok(Panel::new(PanelParts {
        data_version: "simulated".to_owned(),
        measure: Measure::Quantity,
        granularity: week,
        currency: None,
        ends,
        series,
        drivers: Vec::new(),
        locations: Vec::new(),
        events,
    })?)
}

/// Peak of resident memory, from /proc; 0 elsewhere.
fn peak_bytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) * 1_024.0
}

/// SplitMix64: the same shop each time.
struct Dice(u64);

impl Dice {
    fn even(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z >> 11) as f64 / (1_u64 << 53) as f64
    }
}
