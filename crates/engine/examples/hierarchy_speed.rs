//! Reconciles forecasts of M5's shape: 30,490 series, 42,840 nodes on twelve levels, 28 steps.
//!
//! `cargo run --release -p aisle-engine --example hierarchy_speed`. Values are made up: small counts with many near zero,
//! node forecasts that disagree. Prints CPU seconds per method (one thread; the least of three), and how far sums are off.
#![expect(clippy::print_stdout, reason = "an example that prints a table")]

use aisle_engine::EngineError;
use aisle_engine::hierarchy::{Attribute, Bounds, Hierarchy, Method, Shares, reconcile};

const ITEMS: usize = 3_049;
const STORES: usize = 10;
const STEPS: usize = 28;

fn main() -> Result<(), EngineError> {
    let started = cpu_seconds();
    let hierarchy = m5()?;
    println!(
        "{} series, {} nodes, built in {:.2} CPU s",
        hierarchy.series(),
        hierarchy.nodes(),
        cpu_seconds() - started
    );
    let mut random = Random(42);
    let mut sales = Vec::with_capacity(hierarchy.series() * STEPS);
    for _ in 0..hierarchy.series() {
        // Half of the series sell less than one piece a day.
        let level = (3.0 * (random.next() - 0.5)).exp().powi(2) * 0.6;
        sales.extend((0..STEPS).map(|_| level * (0.5 + random.next())));
    }
    let truth = hierarchy.sum(&sales, STEPS)?;
    let spread =
        |value: f64, random: &mut Random| value + (random.next() + random.next() - 1.0) * value.max(0.3).sqrt();
    let base: Vec<f64> = truth.iter().map(|value| spread(*value, &mut random)).collect();
    let variances: Vec<f64> =
        truth.chunks_exact(STEPS).map(|row| row.iter().sum::<f64>() / STEPS as f64 + 0.05).collect();
    let columns = 100;
    let mut errors = Vec::with_capacity(hierarchy.nodes() * columns);
    for variance in &variances {
        errors.extend((0..columns).map(|_| (random.next() + random.next() - 1.0) * (variance * 6.0).sqrt()));
    }
    let sums: Vec<f64> = sales.chunks_exact(STEPS).map(|row| row.iter().sum()).collect();
    let total = hierarchy.find_level(&[]).unwrap_or(0);
    let methods = [
        ("bottom-up", Method::BottomUp),
        ("top-down, average shares", Method::TopDown { from: total, shares: Shares::Average(&sums) }),
        ("top-down, forecast shares", Method::TopDown { from: total, shares: Shares::Forecast }),
        ("MinT OLS", Method::Ols),
        ("MinT WLS by structure", Method::WlsStructure),
        ("MinT WLS by variance", Method::WlsVariance(&variances)),
        ("MinT shrunk, 100 columns", Method::Shrunk { errors: &errors, columns }),
    ];
    for (name, method) in methods {
        for (word, bounds) in [("free", Bounds::Free), ("non-negative", Bounds::NonNegative)] {
            let mut times = Vec::new();
            let mut values = Vec::new();
            for _ in 0..3 {
                let started = cpu_seconds();
                values = reconcile(&hierarchy, &base, STEPS, &method, bounds)?;
                times.push(cpu_seconds() - started);
            }
            times.sort_by(f64::total_cmp);
            let sums = hierarchy.sum(&values[hierarchy.aggregates() * STEPS..], STEPS)?;
            let off = values.iter().zip(&sums).map(|(a, b)| (a - b).abs() / b.abs().max(1.0)).fold(0.0, f64::max);
            let negative = values.iter().filter(|value| **value < 0.0).count();
            let error = |values: &[f64]| values.iter().zip(&truth).map(|(v, t)| (v - t).abs()).sum::<f64>();
            let change = error(&values) / error(&base) - 1.0;
            println!(
                "{name:26} {word:13} {:.2} CPU s (at most {:.2})  off {off:.1e}  negative {negative:6}  error against base {:+.1} %",
                times[0],
                times[2],
                change * 100.0
            );
        }
    }
    Ok(())
}

fn m5() -> Result<Hierarchy, EngineError> {
    let (states, categories) =
        (["CA", "CA", "CA", "CA", "TX", "TX", "TX", "WI", "WI", "WI"], ["FOODS", "HOBBIES", "HOUSEHOLD"]);
    let department = |item: usize| (item * 7 / ITEMS).min(6);
    let attribute = |name: &str, label: &dyn Fn(usize, usize) -> String| Attribute {
        name: name.to_owned(),
        labels: (0..ITEMS * STORES).map(|index| label(index / STORES, index % STORES)).collect(),
    };
    let attributes = [
        attribute("state", &|_, store| states[store].to_owned()),
        attribute("store", &|_, store| format!("store {store}")),
        attribute("category", &|item, _| categories[[0, 0, 0, 1, 1, 2, 2][department(item)]].to_owned()),
        attribute("department", &|item, _| department(item).to_string()),
        attribute("item", &|item, _| item.to_string()),
    ];
    let levels = [
        vec![],
        vec!["state"],
        vec!["store"],
        vec!["category"],
        vec!["department"],
        vec!["state", "category"],
        vec!["state", "department"],
        vec!["store", "category"],
        vec!["store", "department"],
        vec!["item"],
        vec!["item", "state"],
    ];
    let levels = levels.map(|names| names.into_iter().map(str::to_owned).collect());
    Hierarchy::new(ITEMS * STORES, &attributes, &levels)
}

/// User and system time of this process, from /proc (hundredths of a second on Linux); 0 elsewhere.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: f64 = after_name.split_whitespace().skip(11).take(2).filter_map(|word| word.parse::<f64>().ok()).sum();
    ticks / 100.0
}

/// A linear congruential recurrence (multiplier and increment of Knuth's MMIX).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}
