//! Local models on prepared panels: forecasts and CPU seconds, to lay beside statsforecast's (see `peers.py`).
//!
//! `cargo run --release -p aisle-training --example local_models -- FOLDER [PANEL…]` reads `FOLDER/PANEL.panel` and writes
//! `FOLDER/PANEL.ours`.
#![expect(clippy::print_stdout, reason = "an example that prints what it measured")]

use aisle_training::local::ets::{Ets, Shapes};
use aisle_training::local::intermittent::{Intermittent, IntermittentMethod, Rate};
use aisle_training::local::mstl::Seasonality;
use aisle_training::local::mstl_ets::{MstlEts, MstlEtsFitter};
use aisle_training::local::theta::Theta;
use std::fmt::Write as _;
use std::path::Path;

type Failure = Box<dyn std::error::Error>;

struct Row {
    key: String,
    season: usize,
    history: Vec<f64>,
    horizon: usize,
}

/// Of which the least time counts.
const REPETITIONS: usize = 3;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("the folder with the panels is missing")?;
    for name in arguments {
        let rows = read(&Path::new(&folder).join(format!("{name}.panel")))?;
        let mut text = String::new();
        for (label, model) in models(&name) {
            let (mut paths, mut spent) = (Vec::new(), f64::INFINITY);
            for _ in 0..REPETITIONS {
                let started = cpu_seconds();
                paths = model(&rows);
                spent = spent.min(cpu_seconds() - started);
            }
            for (row, path) in rows.iter().zip(&paths) {
                let cells: Vec<String> = path.iter().map(f64::to_string).collect();
                writeln!(text, "{label}|{}|{}", row.key, cells.join(","))?;
            }
            writeln!(text, "{label}|seconds|{spent}|0")?;
            println!("{name} {label}: {spent:.2} CPU s, {:.3} ms per series", 1e3 * spent / rows.len() as f64);
        }
        std::fs::write(Path::new(&folder).join(format!("{name}.ours")), text)?;
    }
    Ok(())
}

/// From all histories to their forecasts, so that a model may keep what series share.
type Model = fn(&[Row]) -> Vec<Vec<f64>>;

fn each(rows: &[Row], forecast: impl FnMut(&Row) -> Option<Vec<f64>>) -> Vec<Vec<f64>> {
    let mut forecast = forecast;
    rows.iter().map(|row| forecast(row).unwrap_or_else(|| nothing(row))).collect()
}

/// Weeks' yearly season is no season of these models' own.
fn short_season(row: &Row) -> usize {
    if row.season == 52 { 1 } else { row.season }
}

fn rate(rows: &[Row], method: IntermittentMethod) -> Vec<Vec<f64>> {
    each(rows, |row| Some(vec![Rate::after(method, &row.history).per_period(); row.horizon]))
}

fn models(panel: &str) -> Vec<(&'static str, Model)> {
    let mut models: Vec<(&'static str, Model)> = vec![
        ("ets, best of all", |rows| {
            let model = |row: &Row| Ets { season: short_season(row), shapes: Shapes::All };
            each(rows, |row| Some(model(row).fit(&row.history)?.forecast(row.horizon)))
        }),
        ("ets, fading, averaged", |rows| {
            let model = |row: &Row| Ets { season: short_season(row), shapes: Shapes::Fading };
            each(rows, |row| Some(model(row).fit_average(&row.history)?.forecast(row.horizon)))
        }),
        ("theta", |rows| {
            each(rows, |row| Some(Theta { season: row.season, line: None }.fit(&row.history)?.forecast(row.horizon)))
        }),
        ("mstl_ets", |rows| {
            let mut fitter = MstlEtsFitter::default();
            let model = |row: &Row| MstlEts::new(vec![Seasonality::Phases(row.season)]);
            each(rows, |row| Some(fitter.fit(&model(row), &row.history)?.forecast(row.horizon)))
        }),
    ];
    if panel.ends_with("items") {
        models.push(("croston", |rows| rate(rows, IntermittentMethod::Croston { alpha: 0.1 })));
        models.push(("sba", |rows| rate(rows, IntermittentMethod::Sba { alpha: 0.1 })));
        models.push(("tsb", |rows| rate(rows, IntermittentMethod::Tsb { size: 0.2, probability: 0.2 })));
        models.push(("intermittent, weighted", |rows| {
            each(rows, |row| {
                let model = Intermittent { season: row.season, dead_after: 28 };
                Some(model.fit(&row.history).forecast(row.horizon))
            })
        }));
    }
    models
}

fn nothing(row: &Row) -> Vec<f64> {
    let last = row.history.iter().rev().find(|value| value.is_finite());
    vec![last.copied().unwrap_or(0.0); row.horizon]
}

fn read(path: &Path) -> Result<Vec<Row>, Failure> {
    let mut rows = Vec::new();
    for line in std::fs::read_to_string(path)?.lines() {
        let cells: Vec<&str> = line.split('|').collect();
        let [series, origin, season, history, actual, _] = cells[..] else { return Err("a line of six cells".into()) };
        rows.push(Row {
            key: format!("{series}|{origin}"),
            season: season.parse()?,
            history: history.split(',').map(str::parse).collect::<Result<_, _>>()?,
            horizon: actual.split(',').count(),
        });
    }
    Ok(rows)
}

/// User and system time of this process, from /proc (hundredths of a second on Linux); 0 elsewhere.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: f64 = after_name.split_whitespace().skip(11).take(2).filter_map(|word| word.parse::<f64>().ok()).sum();
    ticks / 100.0
}
