//! Rolling origins: every model's errors, the choice per series, the accuracy of what was chosen.

use crate::candidates::{GroupFit, KINDS};
use crate::report::{LevelAccuracy, PastForecast, SeriesReport};
use crate::{Calendar, Panel, ValidFitParameters};
use aisle_domain::SeriesKey;
use aisle_engine::{ModelAccuracy, ModelKind, accuracy};
use std::collections::BTreeMap;

/// Weight of periods with an event in WMAE, as in the Walmart competition.
pub const EVENT_WEIGHT: f64 = 5.0;

/// Origins (numbers of periods seen) by the parameters, the latest first: each leaves a whole backtest horizon after it
/// and at least half a year, or half of the history where that is shorter, before it.
pub fn origins(calendar: &Calendar, parameters: &ValidFitParameters) -> Vec<usize> {
    let least = (calendar.year() / 2).min(calendar.history / 2).max(2);
    let back = |k: usize| calendar.history.checked_sub((k + 1) * parameters.backtest_horizon);
    (0..parameters.origins).filter_map(back).take_while(|origin| *origin >= least).collect()
}

/// All forecasts of the backtest by series, and who was chosen.
#[derive(Debug)]
pub(crate) struct Backtest<'a> {
    pub(crate) panel: &'a Panel,
    pub(crate) calendar: &'a Calendar,
    pub(crate) origins: &'a [usize],
    pub(crate) fits: &'a [GroupFit],
    /// Group and member of each series.
    pub(crate) places: &'a [(usize, usize)],
    /// Index into [`KINDS`] by series.
    pub(crate) chosen: Vec<usize>,
    /// Per origin, the same as chosen by the other origins only: for an accuracy that the choice has not seen.
    chosen_by_others: Vec<Vec<usize>>,
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
        own_weight: f64,
    ) -> Self {
        let mut backtest =
            Self { panel, calendar, origins, fits, places, chosen: Vec::new(), chosen_by_others: Vec::new() };
        backtest.chosen = backtest.choose(own_weight, None);
        backtest.chosen_by_others = match origins.len() {
            0 | 1 => vec![backtest.chosen.clone(); origins.len()],
            count => (0..count).map(|origin| backtest.choose(own_weight, Some(origin))).collect(),
        };
        backtest
    }

    /// Points of a series under a model; the fallback stands in where the model does not apply.
    pub(crate) fn points(&self, series: usize, model: usize) -> impl Iterator<Item = Point> + '_ {
        let (group, member) = self.places[series];
        let values = &self.panel.parts().series[series].values;
        self.origins.iter().enumerate().flat_map(move |(origin, from)| {
            let forecasts = &self.fits[group].backtest[origin];
            let path = forecasts[model][member].as_ref().or(forecasts[0][member].as_ref());
            path.into_iter().flatten().enumerate().filter_map(move |(step, forecast)| {
                let actual = *values.get(from + step)?;
                actual.is_finite().then_some(Point { origin, step, actual, forecast: *forecast })
            })
        })
    }

    /// Points of a series under the models that the other origins would have chosen; with a single origin, under the
    /// chosen one, which that origin has seen.
    pub(crate) fn honest_points(&self, series: usize) -> impl Iterator<Item = Point> + '_ {
        self.chosen_by_others.iter().enumerate().flat_map(move |(origin, chosen)| {
            self.points(series, chosen[series]).filter(move |point| point.origin == origin)
        })
    }

    /// Points under one model (`Some`), or under the chosen ones (`None`, see [`Self::honest_points`]).
    fn judged(&self, series: usize, model: Option<usize>) -> Vec<Point> {
        model.map_or_else(|| self.honest_points(series).collect(), |model| self.points(series, model).collect())
    }

    /// The model per series: its own absolute error relative to the mean of all models', weighted with the same of its
    /// group and of the panel. A series' own record of a few dozen points says little; its group's steadies it.
    ///
    /// Points of the origin `left_out` are not looked at.
    fn choose(&self, own_weight: f64, left_out: Option<usize>) -> Vec<usize> {
        let groups = self.fits.len();
        let mut own = vec![[0.0; KINDS.len()]; self.places.len()];
        let mut by_group = vec![[0.0; KINDS.len()]; groups];
        let mut all = [0.0; KINDS.len()];
        for (series, errors) in own.iter_mut().enumerate() {
            for (model, error) in errors.iter_mut().enumerate() {
                let seen = self.points(series, model).filter(|point| Some(point.origin) != left_out);
                *error = seen.map(|p| (p.actual - p.forecast).abs()).sum();
                by_group[self.places[series].0][model] += *error;
                all[model] += *error;
            }
        }
        let shared = 1.0 - own_weight;
        let all = relative(&all);
        let mut chosen = Vec::with_capacity(own.len());
        for (series, errors) in own.iter().enumerate() {
            let (group, member) = self.places[series];
            let (mine, ours) = (relative(errors), relative(&by_group[group]));
            let score = |model: usize| own_weight * mine[model] + shared * 0.5 * (ours[model] + all[model]);
            let applies = (0..KINDS.len()).filter(|model| self.fits[group].last[*model][member].is_some());
            // With equal scores (no backtest at all) the later, richer model.
            chosen.push(applies.min_by(|a, b| score(*a).total_cmp(&score(*b)).then(b.cmp(a))).unwrap_or(0));
        }
        chosen
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
        let (actual, forecast): (Vec<f64>, Vec<f64>) =
            self.points(series, self.chosen[series]).map(|p| (p.actual, p.forecast)).unzip();
        let wape_of = |model: usize| {
            let (actual, forecast): (Vec<f64>, Vec<f64>) =
                self.points(series, model).map(|p| (p.actual, p.forecast)).unzip();
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
            chosen: KINDS[self.chosen[series]],
            wape: accuracy::wape(&actual, &forecast),
            bias: accuracy::bias(&actual, &forecast),
            models: (0..KINDS.len()).filter_map(wape_of).collect(),
            past: self.points(series, self.chosen[series]).map(past).collect(),
        }
    }
}

pub(crate) fn model_name(model: Option<usize>) -> String {
    model.map_or("chosen", |index| KINDS[index].name()).to_owned()
}

fn relative(errors: &[f64; KINDS.len()]) -> [f64; KINDS.len()] {
    let mean = errors.iter().sum::<f64>() / errors.len() as f64;
    errors.map(|error| if mean > 0.0 { error / mean } else { 1.0 })
}

/// The index of a kind in [`KINDS`].
pub(crate) fn index_of(kind: ModelKind) -> usize {
    KINDS.iter().position(|other| *other == kind).unwrap_or(0)
}
