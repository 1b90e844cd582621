//! Rolling origins: every model's errors, the choice per series, the accuracy of what was chosen.

use crate::candidates::{FALLBACK, Forecasts, GroupFit, KINDS, REFERENCE, SEASONLESS};
use crate::fallback::is_dead;
use crate::report::{LevelAccuracy, PastForecast, SeriesReport};
use crate::weights::{self, Ratios, Record, Shrinkage, Weights};
use crate::{Calendar, Panel, ValidFitParameters};
use aisle_domain::SeriesKey;
use aisle_engine::{ModelAccuracy, ModelKind, accuracy};
use std::collections::BTreeMap;

/// Weight of periods with an event in WMAE, as in the Walmart competition.
pub const EVENT_WEIGHT: f64 = 5.0;

/// What a model's relative error is multiplied by that knows no season of the year, where others do: a backtest of quiet
/// quarters says nothing of the next holidays. Chosen by the evaluations of weekly and daily sales in the examples.
const SEASONLESS_FACTOR: f64 = 1.3;

/// Relative errors before anything was seen, in the order of [`KINDS`].
const PRIOR: Ratios = [1.5, 1.0, 0.95, 0.95, 0.92, 0.92, 1.1, 1.1, 1.1, 1.2];

/// Origins (numbers of periods seen) by the parameters, the latest first: each leaves a whole backtest horizon after it
/// and at least half a year, or half of the history where that is shorter, before it.
pub fn origins(calendar: &Calendar, parameters: &ValidFitParameters) -> Vec<usize> {
    let least = (calendar.year() / 2).min(calendar.history / 2).max(2);
    let back = |k: usize| calendar.history.checked_sub((k + 1) * parameters.backtest_horizon);
    (0..parameters.origins).filter_map(back).take_while(|origin| *origin >= least).collect()
}

/// All forecasts of the backtest by series, and how much each model counts.
#[derive(Debug)]
pub(crate) struct Backtest<'a> {
    pub(crate) panel: &'a Panel,
    pub(crate) calendar: &'a Calendar,
    pub(crate) origins: &'a [usize],
    pub(crate) fits: &'a [GroupFit],
    /// Group and member of each series.
    pub(crate) places: &'a [(usize, usize)],
    /// By series.
    pub(crate) weights: Vec<Weights>,
    /// Per origin, the same by the other origins only: for an accuracy that the weights have not seen.
    weights_by_others: Vec<Vec<Weights>>,
}

/// From a series' index to the name of its sum at a level.
type LevelKey<'a> = Box<dyn Fn(usize) -> String + 'a>;

/// A value of the backtest with its forecast.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    pub(crate) origin: usize,
    pub(crate) step: usize,
    pub(crate) actual: f64,
    pub(crate) forecast: f64,
}

impl<'a> Backtest<'a> {
    pub(crate) fn new(
        panel: &'a Panel,
        calendar: &'a Calendar,
        origins: &'a [usize],
        fits: &'a [GroupFit],
        places: &'a [(usize, usize)],
        shrinkage: &Shrinkage,
    ) -> Self {
        let mut backtest =
            Self { panel, calendar, origins, fits, places, weights: Vec::new(), weights_by_others: Vec::new() };
        let records: Vec<Vec<Record>> =
            (0..origins.len()).map(|origin| (0..places.len()).map(|s| backtest.record(s, origin)).collect()).collect();
        backtest.weights = backtest.weigh(&records, None, shrinkage);
        backtest.weights_by_others = match origins.len() {
            0 | 1 => vec![backtest.weights.clone(); origins.len()],
            count => (0..count).map(|origin| backtest.weigh(&records, Some(origin), shrinkage)).collect(),
        };
        backtest
    }

    /// Present values after an origin with their step.
    fn actuals(&self, series: usize, origin: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let from = self.origins[origin];
        let values = &self.panel.parts().series[series].values[from..];
        values.iter().copied().enumerate().filter(|(_, value)| value.is_finite())
    }

    /// Errors of every model from one origin, beside the reference's on the same points.
    fn record(&self, series: usize, origin: usize) -> Record {
        let (group, member) = self.places[series];
        let forecasts = &self.fits[group].backtest[origin];
        let mut record = Record::default();
        let Some(reference) = forecasts[REFERENCE][member].as_ref().or(forecasts[FALLBACK][member].as_ref()) else {
            return record;
        };
        for (model, paths) in forecasts.iter().enumerate() {
            let Some(path) = &paths[member] else { continue };
            for (step, actual) in self.actuals(series, origin).take_while(|(step, _)| *step < path.len()) {
                record.own[model] += (actual - path[step]).abs();
                record.reference[model] += (actual - reference[step]).abs();
                record.points[model] += 1.0;
            }
        }
        record
    }

    fn weigh(&self, records: &[Vec<Record>], left_out: Option<usize>, by: &Shrinkage) -> Vec<Weights> {
        let mut own = vec![Record::default(); self.places.len()];
        let mut groups = vec![Record::default(); self.fits.len()];
        let mut all = Record::default();
        for (_, records) in records.iter().enumerate().filter(|(origin, _)| Some(*origin) != left_out) {
            for (series, record) in records.iter().enumerate() {
                own[series].add(record);
                groups[self.places[series].0].add(record);
                all.add(record);
            }
        }
        let all = weights::shrunk(&all, &PRIOR, weights::PANEL_POINTS);
        let groups: Vec<_> = groups.iter().map(|record| weights::shrunk(record, &all, weights::GROUP_POINTS)).collect();
        let mut found = Vec::with_capacity(own.len());
        for (series, record) in own.iter().enumerate() {
            let (group, member) = self.places[series];
            let mut ratios = weights::shrunk(record, &groups[group], by.own_points);
            if self.fits[group].last[REFERENCE][member].is_some() {
                SEASONLESS.into_iter().for_each(|model| ratios[model] *= SEASONLESS_FACTOR);
            }
            let last = &self.fits[group].last;
            if is_dead(&self.panel.parts().series[series].values, self.calendar.year()) {
                let mut only = [0.0; KINDS.len()];
                only[FALLBACK] = 1.0;
                found.push(only);
                continue;
            }
            let is_rich = (1..KINDS.len()).any(|model| last[model][member].is_some());
            let applies = |model: usize| {
                last[model][member].is_some() && (model != FALLBACK || !is_rich || record.points[model] > 0.0)
            };
            found.push(weights::weigh(&ratios, applies, by));
        }
        found
    }

    /// Points of a series under a model; the fallback stands in where the model does not apply.
    pub(crate) fn points(&self, series: usize, model: usize) -> Vec<Point> {
        self.collect(series, |forecasts, member, _| {
            forecasts[model][member].clone().or_else(|| forecasts[FALLBACK][member].clone())
        })
    }

    /// Points of a series under its weights.
    pub(crate) fn weighted_points(&self, series: usize) -> Vec<Point> {
        self.collect(series, |forecasts, member, _| combined(forecasts, member, &self.weights[series]))
    }

    /// Points of a series under the weights that the other origins would have given; with a single origin, under those
    /// that it gave itself.
    pub(crate) fn honest_points(&self, series: usize) -> Vec<Point> {
        self.collect(series, |forecasts, member, origin| {
            combined(forecasts, member, &self.weights_by_others[origin][series])
        })
    }

    fn collect(&self, series: usize, path: impl Fn(&Forecasts, usize, usize) -> Option<Vec<f64>>) -> Vec<Point> {
        let (group, member) = self.places[series];
        let mut points = Vec::new();
        for origin in 0..self.origins.len() {
            let Some(path) = path(&self.fits[group].backtest[origin], member, origin) else { continue };
            for (step, actual) in self.actuals(series, origin).take_while(|(step, _)| *step < path.len()) {
                points.push(Point { origin, step, actual, forecast: path[step] });
            }
        }
        points
    }

    /// Points under one model (`Some`), or under the weights (`None`, see [`Self::honest_points`]).
    fn judged(&self, series: usize, model: Option<usize>) -> Vec<Point> {
        model.map_or_else(|| self.honest_points(series), |model| self.points(series, model))
    }

    /// The model that a series' forecast is named after: the one that has nearly all weight, else the combination.
    pub(crate) fn named(&self, series: usize) -> ModelKind {
        let heaviest = (0..KINDS.len()).max_by(|a, b| self.weights[series][*a].total_cmp(&self.weights[series][*b]));
        match heaviest {
            Some(model) if self.weights[series][model] >= 0.95 => KINDS[model],
            Some(model) if self.weights[series][model] > 0.0 => ModelKind::Combination,
            _ => ModelKind::Fallback,
        }
    }

    /// The forecast from the end of history under the weights.
    pub(crate) fn last(&self, series: usize) -> Option<Vec<f64>> {
        let (group, member) = self.places[series];
        combined(&self.fits[group].last, member, &self.weights[series])
    }

    /// Accuracy over all series of one model (`Some`), or of the chosen ones (`None`).
    pub(crate) fn accuracy(&self, model: Option<usize>, coverage80: Option<f64>) -> ModelAccuracy {
        let (mut actual, mut forecast, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        let holds: Vec<bool> = (0..self.calendar.ends.len()).map(|period| self.calendar.holds_event(period)).collect();
        let (mut scaled, mut scaled_count) = (0.0, 0.0);
        for series in 0..self.places.len() {
            let from = actual.len();
            for point in self.judged(series, model) {
                actual.push(point.actual);
                forecast.push(point.forecast);
                weights.push(if holds[self.origins[point.origin] + point.step] { EVENT_WEIGHT } else { 1.0 });
            }
            let earliest = self.origins.last().copied().unwrap_or(0);
            let seen = &self.panel.parts().series[series].values[..earliest];
            if let Some(mase) = accuracy::mase(seen, self.calendar.year(), &actual[from..], &forecast[from..]) {
                scaled += mase;
                scaled_count += 1.0;
            }
        }
        ModelAccuracy {
            wape: accuracy::wape(&actual, &forecast).unwrap_or(0.0),
            wmae: accuracy::wmae(&actual, &forecast, &weights).unwrap_or(0.0),
            mase: if scaled_count > 0.0 { scaled / scaled_count } else { 0.0 },
            bias: accuracy::bias(&actual, &forecast).unwrap_or(0.0),
            coverage80,
            points: actual.len() as u64,
        }
    }

    /// WAPE of sums: by series, group, location and in total.
    pub(crate) fn levels(&self) -> Vec<LevelAccuracy> {
        let series = &self.panel.parts().series;
        let keys: [(&'static str, LevelKey<'_>); 4] = [
            ("series", Box::new(|index| series[index].key.to_string())),
            ("group", Box::new(|index| series[index].group.clone())),
            ("location", Box::new(|index| series[index].key.location.to_string())),
            ("total", Box::new(|_| String::new())),
        ];
        let mut levels = Vec::new();
        for (level, key) in &keys {
            for model in (0..KINDS.len()).map(Some).chain([None]) {
                let mut sums: BTreeMap<(String, usize, usize), (f64, f64)> = BTreeMap::new();
                for index in 0..series.len() {
                    let name = key(index);
                    for point in self.judged(index, model) {
                        let sum = sums.entry((name.clone(), point.origin, point.step)).or_default();
                        sum.0 += point.actual;
                        sum.1 += point.forecast;
                    }
                }
                let (actual, forecast): (Vec<f64>, Vec<f64>) = sums.into_values().unzip();
                let wape = accuracy::wape(&actual, &forecast).unwrap_or(0.0);
                levels.push(LevelAccuracy { level, model: model_name(model), wape });
            }
        }
        levels
    }

    /// What is told of one series.
    pub(crate) fn series_report(&self, series: usize) -> SeriesReport {
        let key: SeriesKey = self.panel.parts().series[series].key.clone();
        let points = self.weighted_points(series);
        let (actual, forecast): (Vec<f64>, Vec<f64>) = points.iter().map(|p| (p.actual, p.forecast)).unzip();
        let wape_of = |model: usize| {
            let (actual, forecast): (Vec<f64>, Vec<f64>) =
                self.points(series, model).into_iter().map(|p| (p.actual, p.forecast)).unzip();
            accuracy::wape(&actual, &forecast).map(|wape| (KINDS[model], wape))
        };
        let past = |point: Point| PastForecast {
            origin: self.calendar.ends[self.origins[point.origin] - 1],
            period: self.calendar.ends[self.origins[point.origin] + point.step],
            forecast: point.forecast,
            actual: point.actual,
        };
        SeriesReport {
            key,
            chosen: self.named(series),
            wape: accuracy::wape(&actual, &forecast),
            bias: accuracy::bias(&actual, &forecast),
            models: (0..KINDS.len()).filter_map(wape_of).collect(),
            past: points.into_iter().map(past).collect(),
        }
    }
}

pub(crate) fn model_name(model: Option<usize>) -> String {
    model.map_or("chosen", |index| KINDS[index].name()).to_owned()
}

/// The weighted mean of the paths that there are; the fallback where no weighted model applies.
fn combined(forecasts: &Forecasts, member: usize, weights: &Weights) -> Option<Vec<f64>> {
    let mut sum: Vec<f64> = Vec::new();
    let mut total = 0.0;
    for (model, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
        let Some(path) = &forecasts[model][member] else { continue };
        sum.resize(path.len(), 0.0);
        sum.iter_mut().zip(path).for_each(|(sum, value)| *sum += weight * value);
        total += weight;
    }
    if total > 0.0 {
        sum.iter_mut().for_each(|value| *value /= total);
        return Some(sum);
    }
    forecasts[FALLBACK][member].clone()
}
