//! Rolling origins: every model's errors, the choice per series, the accuracy of what was chosen.

use crate::candidates::{FALLBACK, Forecasts, KINDS, combined};
use crate::competition::Ending;
use crate::report::{LevelAccuracy, PastForecast, SeriesReport};
use crate::weights::Weights;
use crate::{Calendar, Panel, ValidFitParameters};
use aisle_domain::SeriesKey;
use aisle_engine::{ModelAccuracy, ModelKind, accuracy};

/// Weight of periods with an event in WMAE, as in the Walmart competition.
pub const EVENT_WEIGHT: f64 = 5.0;

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
    /// By group and origin.
    pub(crate) rounds: &'a [Vec<Forecasts>],
    /// By group.
    pub(crate) endings: &'a [Ending],
    /// Group and member of each series.
    pub(crate) places: &'a [(usize, usize)],
}

/// A value of the backtest with its forecast.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    pub(crate) origin: usize,
    pub(crate) step: usize,
    pub(crate) actual: f64,
    pub(crate) forecast: f64,
}

impl<'a> Backtest<'a> {
    /// Present values after an origin with their step.
    fn actuals(&self, series: usize, origin: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let from = self.origins[origin];
        let values = &self.panel.parts().series[series].values[from..];
        values.iter().copied().enumerate().filter(|(_, value)| value.is_finite())
    }

    /// How much each model counts for a series.
    pub(crate) fn weights(&self, series: usize) -> &Weights {
        let (group, member) = self.places[series];
        &self.endings[group].weights[member]
    }

    /// Points of a series under a model; the fallback stands in where the model does not apply.
    pub(crate) fn points(&self, series: usize, model: usize) -> Vec<Point> {
        self.collect(series, |forecasts, member, _| {
            let path = forecasts[model].of(member).or(forecasts[FALLBACK].of(member))?;
            Some(path.iter().map(|value| f64::from(*value)).collect())
        })
    }

    /// Points of a series under its weights.
    pub(crate) fn weighted_points(&self, series: usize) -> Vec<Point> {
        self.collect(series, |forecasts, member, _| combined(forecasts, member, self.weights(series)))
    }

    /// Points of a series under the weights that the other origins would have given; with a single origin, under those
    /// that it gave itself.
    pub(crate) fn honest_points(&self, series: usize) -> Vec<Point> {
        let others = &self.endings[self.places[series].0].weights_by_others;
        self.collect(series, |forecasts, member, origin| combined(forecasts, member, &others[origin][member]))
    }

    fn collect(&self, series: usize, path: impl Fn(&Forecasts, usize, usize) -> Option<Vec<f64>>) -> Vec<Point> {
        let (group, member) = self.places[series];
        let mut points = Vec::new();
        for origin in 0..self.origins.len() {
            let Some(path) = path(&self.rounds[group][origin], member, origin) else { continue };
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
        let weights = self.weights(series);
        let heaviest = (0..KINDS.len()).max_by(|a, b| weights[*a].total_cmp(&weights[*b]));
        match heaviest {
            Some(model) if weights[model] >= 0.95 => KINDS[model],
            Some(model) if weights[model] > 0.0 => ModelKind::Combination,
            _ => ModelKind::Fallback,
        }
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
        let Some(latest) = self.origins.first() else { return Vec::new() };
        let (series, horizon) = (&self.panel.parts().series, self.calendar.history - latest);
        let location = |index: usize| self.calendar.locations.binary_search(&series[index].key.location).unwrap_or(0);
        let nodes: Vec<[usize; 3]> =
            (0..series.len()).map(|index| [self.places[index].0, location(index), 0]).collect();
        let mut levels = Vec::new();
        for model in (0..KINDS.len()).map(Some).chain([None]) {
            let places = self.origins.len() * horizon;
            let sums = |nodes: usize| vec![(0.0, 0.0); nodes * places];
            let mut summed = [sums(self.rounds.len()), sums(self.calendar.locations.len()), sums(1)];
            let (mut errors, mut size) = (0.0, 0.0);
            for (index, nodes) in nodes.iter().enumerate() {
                for point in self.judged(index, model) {
                    errors += (point.actual - point.forecast).abs();
                    size += point.actual.abs();
                    for (sums, node) in summed.iter_mut().zip(nodes) {
                        let sum = &mut sums[node * places + point.origin * horizon + point.step];
                        *sum = (sum.0 + point.actual, sum.1 + point.forecast);
                    }
                }
            }
            let of_series = if size > 0.0 { errors / size } else { 0.0 };
            let of_sums = summed.map(|sums| {
                let (actual, forecast): (Vec<f64>, Vec<f64>) = sums.into_iter().unzip();
                accuracy::wape(&actual, &forecast).unwrap_or(0.0)
            });
            let wapes = [of_series].into_iter().chain(of_sums);
            levels.extend(
                ["series", "group", "location", "total"].into_iter().zip(wapes).map(|(level, wape)| LevelAccuracy {
                    level,
                    model: model_name(model),
                    wape,
                }),
            );
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
            let bias = accuracy::bias(&actual, &forecast).unwrap_or(0.0);
            accuracy::wape(&actual, &forecast).map(|wape| (KINDS[model], wape, bias))
        };
        let past = |point: Point| PastForecast {
            origin: self.calendar.ends[self.origins[point.origin] - 1],
            period: self.calendar.ends[self.origins[point.origin] + point.step],
            forecast: point.forecast,
            actual: point.actual,
        };
        let (chosen, wape) = (self.named(series), accuracy::wape(&actual, &forecast));
        let bias = accuracy::bias(&actual, &forecast);
        let combination = wape.zip(bias).filter(|_| chosen == ModelKind::Combination);
        let combination = combination.map(|(wape, bias)| (ModelKind::Combination, wape, bias));
        SeriesReport {
            key,
            chosen,
            wape,
            bias,
            models: (0..KINDS.len()).filter_map(wape_of).chain(combination).collect(),
            past: points.into_iter().map(past).collect(),
        }
    }
}

pub(crate) fn model_name(model: Option<usize>) -> String {
    model.map_or("chosen", |index| KINDS[index].name()).to_owned()
}
