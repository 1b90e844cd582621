//! The live forecasts by part of the shop: what has come since they were trained, beside what they said.

use crate::board::{Live, Sheet};
use aisle_engine::monitoring::{Thresholds, Watched, chance, stability_index, tracking_signal};
use aisle_engine::retraining::Part;
use aisle_engine::{Scenario, score};
use std::collections::BTreeMap;
use std::ops::Range;

/// What came of one part.
#[derive(Default)]
struct Came {
    points: u64,
    absolute: f64,
    size: f64,
    inside: u64,
    /// Actual and forecast by period.
    sums: BTreeMap<usize, (f64, f64)>,
    /// Values relative to their series' level: of the same season before training, and since.
    before: Vec<f64>,
    since: Vec<f64>,
}

/// The live forecast of a sheet by part, the total first; nothing where no whole period has come since training.
pub(crate) fn watched(sheet: &Sheet, by: &Thresholds) -> Vec<Part> {
    let Some(live) = &sheet.live else { return Vec::new() };
    let header = live.artefact.header();
    let ends = &sheet.panel.ends;
    let seen = ends.iter().take_while(|end| **end <= header.trained_through).count();
    // A model of other periods (the shop has chosen others since) says nothing of these.
    if seen >= ends.len() || header.granularity != sheet.panel.granularity {
        return Vec::new();
    }
    let year = sheet.panel.granularity.year_back();
    let season = same_season(seen, ends.len(), year, sheet.panel.granularity.recent() / 3);
    let mut parts: BTreeMap<(&'static str, String), Came> = BTreeMap::new();
    for (row, key) in sheet.panel.keys.iter().enumerate() {
        let Some(index) = live.artefact.find(key) else { continue };
        let Ok(forecast) = score(&live.artefact, index, &Scenario::default()) else { continue };
        let values = &sheet.panel.values[row];
        let major = |value: &Option<i64>| value.map(|value| value as f64 / sheet.unit);
        let last_year: Vec<f64> = values[seen.saturating_sub(year)..seen].iter().filter_map(major).collect();
        let level = last_year.iter().sum::<f64>() / last_year.len().max(1) as f64;
        let category = sheet.rows[row].category.clone().map(|name| ("category", name));
        let places = [("total", String::new()), ("location", key.location.to_string())];
        for place in places.into_iter().chain(category) {
            let came = parts.entry(place).or_default();
            if level > 0.0 {
                came.before.extend(values[season.clone()].iter().filter_map(major).map(|value| value / level));
            }
            for (step, value) in values[seen..].iter().enumerate().take(forecast.mean.len()) {
                let Some(actual) = major(value) else { continue };
                let mean = forecast.mean[step];
                came.points += 1;
                came.absolute += (actual - mean).abs();
                came.size += actual.abs();
                let (low, high) = (forecast.interval80.lower[step], forecast.interval80.upper[step]);
                came.inside += u64::from((low..=high).contains(&actual));
                let sum = came.sums.entry(step).or_default();
                (sum.0, sum.1) = (sum.0 + actual, sum.1 + mean);
                if level > 0.0 {
                    came.since.push(actual / level);
                }
            }
        }
    }
    let mut found: Vec<Part> = Vec::with_capacity(parts.len());
    for ((level, name), came) in parts {
        if let Some(watched) = came.watched(promised(live)) {
            found.push(Part { level, name, concerns: watched.concerns(by), watched });
        }
    }
    let order = |part: &Part| ["total", "category", "location"].iter().position(|level| *level == part.level);
    found.sort_by(|a, b| (order(a), &a.name).cmp(&(order(b), &b.name)));
    found
}

/// The periods before training that are compared with those since: the same ones a year before and `around` more to either
/// side, so that a season is not taken for a drift; the whole year where history does not reach so far back.
fn same_season(seen: usize, periods: usize, year: usize, around: usize) -> Range<usize> {
    match seen.checked_sub(year) {
        Some(first) => {
            let first = first.saturating_sub(around);
            first..(periods - year + around).clamp(first, seen)
        }
        None => 0..seen,
    }
}

fn promised(live: &Live) -> Option<f64> {
    live.artefact.header().accuracy.models.get("chosen").map(|accuracy| accuracy.wape)
}

impl Came {
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
            chance: chance(self.before.len() as u64, self.since.len() as u64),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sales_are_compared_with_the_same_season_a_year_before() {
        // 120 weeks, of which 8 came since training: weeks 60 to 67 and 4 to either side.
        assert_eq!(same_season(112, 120, 52, 4), 56..72);
        // More than a year since training: all of the weeks before it that are a year before.
        assert_eq!(same_season(60, 130, 52, 4), 4..60);
        assert_eq!(same_season(40, 48, 52, 4), 0..40);
        assert_eq!(same_season(52, 53, 52, 4), 0..5);
    }
}
