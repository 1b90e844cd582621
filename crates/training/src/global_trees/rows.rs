//! Training rows: every series from every origin for every step whose value is known, or a sample of them.

use super::features::{Features, Sums};
use super::{GlobalTrees, TreeHistory, kind};
use crate::boosting::train::mixed;
use crate::boosting::{FeatureKind, Objective, Rows};
use aisle_engine::DriverKind;
use aisle_engine::trees::model::{calendar_value, driver_change, event_distance, is_known_ahead};
use aisle_engine::trees::{FeatureSource, Link};

/// Rows that trees learn from.
#[derive(Debug, Clone)]
pub struct TrainingRows {
    /// How each feature's values are to be read.
    pub kinds: Vec<FeatureKind>,
    /// The rows' values, row after row.
    pub values: Vec<f32>,
    /// Per row, the value in units of the series' scale, less the reference where the link is the identity.
    pub target: Vec<f32>,
    /// Per row, what it weighs.
    pub weight: Vec<f32>,
}

impl TrainingRows {
    /// As the trainer takes them.
    pub fn as_rows(&self) -> Rows<'_> {
        let features = self.kinds.len();
        Rows { features, values: &self.values, target: &self.target, weight: Some(&self.weight) }
    }
}

/// Makes rows; knows what is known ahead of every period.
pub(super) struct RowMaker<'a> {
    trees: &'a GlobalTrees,
    history: &'a TreeHistory<'a>,
    features: &'a Features,
    objective: Objective,
    /// The features in their order.
    pub(super) sources: Vec<FeatureSource>,
    /// By location and period: values of the features known from the date.
    dated: Vec<f32>,
    dated_columns: usize,
    /// By location and driver: sums of raw values up to each period.
    driver_sums: Vec<Vec<Vec<f64>>>,
    drivers: Vec<usize>,
}

impl<'a> RowMaker<'a> {
    pub(super) fn new(
        trees: &'a GlobalTrees,
        history: &'a TreeHistory<'a>,
        features: &'a Features,
        objective: Objective,
    ) -> Self {
        let calendar = history.calendar;
        let mut sources: Vec<FeatureSource> =
            features.fixed_names().into_iter().map(|name| FeatureSource::Fixed { name }).collect();
        sources.extend(features.path_names().into_iter().map(|name| FeatureSource::Path { name }));
        sources.push(FeatureSource::Step);
        let (first, last) = (first_target(history, features), history.origin);
        // The time of the year says something only where targets cover one.
        if last >= first + features.shape.year {
            sources.push(FeatureSource::YearDay);
        }
        if features.shape.week > 0 {
            sources.extend([FeatureSource::Weekday, FeatureSource::MonthDay]);
        }
        for (index, event) in calendar.events.iter().enumerate() {
            let (from, to) = (calendar.ends[first.min(last - 1)], calendar.ends[last - 1]);
            if event.occurrences.iter().any(|o| o.first >= from && o.first <= to) {
                sources.push(FeatureSource::Event(index as u16));
            }
        }
        let dated: Vec<FeatureSource> = sources.iter().filter(|source| is_known_ahead(source)).cloned().collect();
        let mut drivers = Vec::new();
        for (index, driver) in calendar.drivers.iter().enumerate() {
            if driver.kind == DriverKind::Promotion || trees.outside_drivers {
                sources.push(FeatureSource::Driver(index as u16));
                drivers.push(index);
            }
        }
        let mut values = Vec::with_capacity(calendar.locations.len() * history.origin * dated.len());
        for place in 0..calendar.locations.len() {
            for end in &calendar.ends[..history.origin] {
                values.extend(dated.iter().map(|source| match source {
                    FeatureSource::Event(index) => event_distance(&calendar.events[usize::from(*index)], place, *end),
                    other => calendar_value(other, *end),
                }));
            }
        }
        let sums = |raw: &Vec<f64>| {
            let mut sum = 0.0;
            let mut sums = vec![0.0];
            sums.extend(raw.iter().map(|value| {
                sum += value;
                sum
            }));
            sums
        };
        let driver_sums = calendar.raw.iter().map(|place| place.iter().map(sums).collect()).collect();
        let dated_columns = dated.len();
        Self { trees, history, features, objective, sources, dated: values, dated_columns, driver_sums, drivers }
    }

    /// Number of periods whose values rows may be about.
    pub(super) fn target_periods(&self) -> usize {
        (self.history.origin - first_target(self.history, self.features)).max(1)
    }

    /// Rows of the steps `from..to`, 0-based.
    pub(super) fn rows(&self, from: usize, to: usize) -> TrainingRows {
        let (history, year) = (self.history, self.features.shape.year);
        let kinds: Vec<FeatureKind> = self.sources.iter().map(kind).collect();
        let mut rows = TrainingRows { kinds, values: Vec::new(), target: Vec::new(), weight: Vec::new() };
        let first = first_target(history, self.features);
        let steps = to - from;
        // Rows if none were left out: one per series, target and step.
        let all = history.values.len() * history.origin.saturating_sub(first) * steps;
        let bar = (self.trees.rows as f64 / all.max(1) as f64).min(1.0) * u64::MAX as f64;
        let mut path = Vec::new();
        for (series, values) in history.values.iter().enumerate() {
            let sums = Sums::new(&values[..history.origin]);
            let key = mixed(self.trees.seed ^ mixed(series as u64));
            for origin in first.saturating_sub(to - 1).max(1)..history.origin.saturating_sub(from) {
                let mut fixed = None;
                let last = (origin + to).min(history.origin);
                for period in (origin + from).max(first)..last {
                    let value = values[period];
                    if !value.is_finite() || mixed(key ^ ((origin * 4_096 + period) as u64)) as f64 > bar {
                        continue;
                    }
                    let known = fixed.get_or_insert_with(|| self.features.fixed(history, (series, &sums), origin));
                    let Some(known) = known.as_ref() else { break };
                    path.clear();
                    self.features.path(history, (series, &sums), origin, period, known, &mut path);
                    let share = (value / known.scale) as f32;
                    let target = match self.objective.link() {
                        Link::Identity => share - path[0],
                        Link::Exp => share.max(0.0),
                    };
                    if !target.is_finite() {
                        continue;
                    }
                    rows.values.extend_from_slice(&known.values);
                    rows.values.extend_from_slice(&path);
                    rows.values.push((period - origin + 1) as f32);
                    self.known_ahead(history.locations[series], origin, period, year, &mut rows.values);
                    rows.target.push(target);
                    rows.weight.push(known.scale.powf(self.trees.weight_power) as f32);
                }
            }
        }
        level_weights(&mut rows.weight);
        rows
    }

    fn known_ahead(&self, place: usize, origin: usize, period: usize, year: usize, out: &mut Vec<f32>) {
        let calendar = self.history.calendar;
        let at = (place * self.history.origin + period) * self.dated_columns;
        out.extend_from_slice(&self.dated[at..at + self.dated_columns]);
        for driver in &self.drivers {
            let sums = &self.driver_sums[place][*driver];
            let from = origin.saturating_sub(year);
            let reference = (sums[origin] - sums[from]) / (origin - from).max(1) as f64;
            out.push(driver_change(&calendar.drivers[*driver], calendar.raw[place][*driver][period], reference));
        }
    }
}

/// The first period that rows are made for: a year in, where as much again as a quarter lies behind it, so that rows
/// look as they will when they are scored; else once there is a recent past.
fn first_target(history: &TreeHistory<'_>, features: &Features) -> usize {
    let (year, recent) = (features.shape.year, features.shape.windows[1]);
    let first = if history.origin >= year + recent { year } else { features.shape.lags + 1 };
    first.min(history.origin.saturating_sub(1))
}

/// Weights with a mean of 1, none of them above 100 times that.
fn level_weights(weights: &mut [f32]) {
    let mean = weights.iter().map(|w| f64::from(*w)).sum::<f64>() / weights.len().max(1) as f64;
    let usable = mean.is_finite() && mean > 0.0;
    for weight in weights.iter_mut() {
        *weight = if usable { (f64::from(*weight) / mean).min(100.0) as f32 } else { 1.0 };
    }
}
