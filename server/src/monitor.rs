//! Watches the live forecasts: what has come since they were trained, beside what they said.

use crate::board::{Live, Sheet};
use aisle_engine::monitoring::{Concern, Thresholds, Watched, stability_index, tracking_signal};
use aisle_engine::{Scenario, score};
use std::collections::BTreeMap;

/// One part of the shop.
#[derive(Debug, Clone)]
pub(crate) struct WatchedPart {
    /// `total` or `location`.
    pub(crate) level: &'static str,
    /// The location; empty for the total.
    pub(crate) name: String,
    /// What is watched.
    pub(crate) watched: Watched,
    /// What is wrong.
    pub(crate) concerns: Vec<Concern>,
}

/// What came of one part.
#[derive(Default)]
struct Part {
    points: u64,
    absolute: f64,
    size: f64,
    inside: u64,
    /// Actual and forecast by period.
    sums: BTreeMap<usize, (f64, f64)>,
    /// Values relative to their series' level: of the last year before training, and since.
    before: Vec<f64>,
    since: Vec<f64>,
}

/// The live forecast of a sheet by part, the total first; nothing where no whole period has come since training.
pub(crate) fn watched(sheet: &Sheet, by: &Thresholds) -> Vec<WatchedPart> {
    let Some(live) = &sheet.live else { return Vec::new() };
    let header = live.artefact.header();
    let seen = sheet.panel.ends.iter().take_while(|end| **end <= header.trained_through).count();
    if seen >= sheet.panel.ends.len() {
        return Vec::new();
    }
    let mut parts: BTreeMap<(&'static str, String), Part> = BTreeMap::new();
    for (row, key) in sheet.panel.keys.iter().enumerate() {
        let Some(index) = live.artefact.find(key) else { continue };
        let Ok(forecast) = score(&live.artefact, index, &Scenario::default()) else { continue };
        let values = &sheet.panel.values[row];
        let major = |value: &Option<i64>| value.map(|value| value as f64 / sheet.unit);
        let year: Vec<f64> = values[..seen].iter().rev().take(52).filter_map(major).collect();
        let level = year.iter().sum::<f64>() / year.len().max(1) as f64;
        for place in [("total", String::new()), ("location", key.location.to_string())] {
            let part = parts.entry(place).or_default();
            if level > 0.0 {
                part.before.extend(year.iter().map(|value| value / level));
            }
            for (step, value) in values[seen..].iter().enumerate().take(forecast.mean.len()) {
                let Some(actual) = major(value) else { continue };
                let mean = forecast.mean[step];
                part.points += 1;
                part.absolute += (actual - mean).abs();
                part.size += actual.abs();
                let (low, high) = (forecast.interval80.lower[step], forecast.interval80.upper[step]);
                part.inside += u64::from((low..=high).contains(&actual));
                let sum = part.sums.entry(step).or_default();
                (sum.0, sum.1) = (sum.0 + actual, sum.1 + mean);
                if level > 0.0 {
                    part.since.push(actual / level);
                }
            }
        }
    }
    let mut found: Vec<WatchedPart> = Vec::with_capacity(parts.len());
    for ((level, name), part) in parts {
        if let Some(watched) = part.watched(promised(live)) {
            found.push(WatchedPart { level, name, concerns: watched.concerns(by), watched });
        }
    }
    found.sort_by(|a, b| (a.level != "total", &a.name).cmp(&(b.level != "total", &b.name)));
    found
}

fn promised(live: &Live) -> Option<f64> {
    live.artefact.header().accuracy.models.get("chosen").map(|accuracy| accuracy.wape)
}

impl Part {
    fn watched(self, promised: Option<f64>) -> Option<Watched> {
        let (actual, forecast): (Vec<f64>, Vec<f64>) = self.sums.values().copied().unzip();
        (self.points > 0 && self.size > 0.0).then(|| Watched {
            points: self.points,
            periods: self.sums.len() as u32,
            wape: self.absolute / self.size,
            promised,
            coverage80: Some(self.inside as f64 / self.points as f64),
            tracking_signal: tracking_signal(&actual, &forecast),
            stability: stability_index(&self.before, &self.since),
        })
    }
}
