//! Every model against every other: from origins in the past, which weighs them, then from the end of history.
//!
//! Groups are taken by a few threads in order; results are put back in place by index and all sums over groups run in one
//! thread in a fixed order, so that the result does not depend on the number of threads. Forecasts from the end of history
//! are weighed and dropped group by group: of all models together they would be most of a fit's memory.

use crate::backtest::origins;
use crate::candidates::{FALLBACK, Forecasts, Group, KINDS, Paths, Round, combined, compete};
use crate::elastic_net::Regression;
use crate::ets::Smoothed;
use crate::model::History;
use crate::observations::overlapping;
use crate::report::Progress;
use crate::weighing::Weighing;
use crate::weights::{Shrinkage, Weights};
use crate::{Calendar, Observation, Panel, TrainingError, ValidFitParameters};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Groups and what became of them.
pub(crate) struct Competition {
    pub(crate) calendar: Calendar,
    pub(crate) groups: Vec<Group>,
    /// Numbers of periods seen, the latest first.
    pub(crate) origins: Vec<usize>,
    /// By group and origin.
    pub(crate) rounds: Vec<Vec<Forecasts>>,
    /// By group.
    pub(crate) endings: Vec<Ending>,
    /// Group and member of each series.
    pub(crate) places: Vec<(usize, usize)>,
}

/// What a group's series get: all by member.
#[derive(Debug)]
pub(crate) struct Ending {
    pub(crate) weights: Vec<Weights>,
    /// Per origin, the same by the other origins only: for an accuracy that the weights have not seen.
    pub(crate) weights_by_others: Vec<Vec<Weights>>,
    /// The forecast from the end of history.
    pub(crate) last: Paths,
    /// Every model's, where they were to be kept.
    models: Option<Box<Forecasts>>,
    pub(crate) states: Vec<Option<Smoothed>>,
    pub(crate) regression: Option<Regression>,
    /// Forecasts from origins between those that weigh, beside what came.
    pub(crate) between: Vec<Observation>,
}

/// What is kept of the forecasts from the end of history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// The weighted ones.
    Weighted,
    /// Those of every model, too.
    Models,
}

impl Competition {
    pub(crate) fn hold(
        panel: &Panel,
        parameters: &ValidFitParameters,
        keep: Keep,
        progress: &(dyn Fn(Progress) + Sync),
        cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Result<Self, TrainingError> {
        let calendar = Calendar::new(panel, parameters.horizon);
        let groups = groups_of(panel);
        let origins = origins(&calendar, parameters);
        let mut places = vec![(0, 0); panel.parts().series.len()];
        for (index, group) in groups.iter().enumerate() {
            for (member, series) in group.members.iter().enumerate() {
                places[*series] = (index, member);
            }
        }
        let arena = Arena { panel, calendar: &calendar, groups: &groups, origins: &origins, parameters, keep };
        let rounds = in_threads(parameters.threads, groups.len(), cancelled, |index| arena.rounds(index))?;
        let by = Shrinkage { own_points: parameters.own_points, power: parameters.weight_power };
        let weighing = Weighing::new(panel, &calendar, &origins, &rounds, &places, by);
        let done = AtomicUsize::new(0);
        let endings = in_threads(parameters.threads, groups.len(), cancelled, |index| {
            let ending = arena.ending(index, &weighing);
            let count = groups[index].members.len();
            progress(Progress { done: done.fetch_add(count, Ordering::Relaxed) + count, total: places.len() });
            ending
        })?;
        drop(weighing);
        Ok(Self { calendar, groups, origins, rounds, endings, places })
    }

    /// What one model of [`KINDS`] forecasts from the end of history; the fallback where it does not apply. `None` where
    /// models were not to be kept.
    pub(crate) fn forecast(&self, series: usize, model: usize) -> Option<Vec<f64>> {
        let (group, member) = self.places[series];
        let models = self.endings[group].models.as_ref()?;
        let path = models[model].of(member).or(models[FALLBACK].of(member))?;
        Some(path.iter().map(|value| f64::from(*value)).collect())
    }
}

fn groups_of(panel: &Panel) -> Vec<Group> {
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, series) in panel.parts().series.iter().enumerate() {
        by_name.entry(&series.group).or_default().push(index);
    }
    by_name.into_iter().map(|(name, members)| Group { name: name.to_owned(), members }).collect()
}

/// Works out `count` results by index in a few threads.
fn in_threads<T: Send>(
    threads: usize,
    count: usize,
    cancelled: &(dyn Fn() -> bool + Sync),
    result: impl Fn(usize) -> T + Sync,
) -> Result<Vec<T>, TrainingError> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<Option<T>>> = Mutex::new((0..count).map(|_| None).collect());
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= count || cancelled() {
                return;
            }
            let found = result(index);
            if let Ok(mut results) = results.lock() {
                results[index] = Some(found);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    // What has no result was left out because of a cancellation.
    let results = results.into_inner().map_err(|_| TrainingError::Cancelled)?;
    results.into_iter().collect::<Option<Vec<_>>>().ok_or(TrainingError::Cancelled)
}

/// Where groups compete.
struct Arena<'a> {
    panel: &'a Panel,
    calendar: &'a Calendar,
    groups: &'a [Group],
    origins: &'a [usize],
    parameters: &'a ValidFitParameters,
    keep: Keep,
}

impl Arena<'_> {
    /// Forecasts from each origin.
    fn rounds(&self, index: usize) -> Vec<Forecasts> {
        self.origins
            .iter()
            .map(|origin| self.round(index, *origin, self.parameters.backtest_horizon).forecasts)
            .collect()
    }

    fn round(&self, index: usize, origin: usize, horizon: usize) -> Round {
        let (group, series) = (&self.groups[index], &self.panel.parts().series);
        let values: Vec<&[f64]> = group.members.iter().map(|member| series[*member].values.as_slice()).collect();
        let locations: Vec<usize> = group.members.iter().map(|member| self.location(*member)).collect();
        let history = History { calendar: self.calendar, values: &values, locations: &locations, origin };
        compete(&history, self.parameters, horizon)
    }

    fn location(&self, series: usize) -> usize {
        let location = &self.panel.parts().series[series].key.location;
        self.calendar.locations.binary_search(location).unwrap_or(0)
    }

    fn ending(&self, index: usize, weighing: &Weighing<'_>) -> Ending {
        let members = &self.groups[index].members;
        let Round { forecasts, states, regression } = self.round(index, self.calendar.history, self.parameters.horizon);
        let applies: Vec<[bool; KINDS.len()]> = (0..members.len())
            .map(|member| std::array::from_fn(|model| forecasts[model].of(member).is_some()))
            .collect();
        let weights_without = |left_out: Option<usize>| -> Vec<Weights> {
            let of = |(series, applies): (&usize, &[bool; KINDS.len()])| weighing.weights(*series, applies, left_out);
            members.iter().zip(&applies).map(of).collect()
        };
        let weights = weights_without(None);
        let last =
            Paths::new(self.parameters.horizon, weights.iter().enumerate().map(|(m, w)| combined(&forecasts, m, w)));
        let weights_by_others: Vec<Vec<Weights>> =
            (0..self.origins.len()).map(|origin| weights_without(Some(origin))).collect();
        let between = self.between(index, &weights_by_others);
        let models = (self.keep == Keep::Models).then(|| Box::new(forecasts));
        Ending { weights, weights_by_others, last, models, states, regression, between }
    }

    /// Forecasts from overlapping origins, under the weights that left out the origin with which they share most.
    fn between(&self, index: usize, weights_by_others: &[Vec<Weights>]) -> Vec<Observation> {
        let mut found = Vec::new();
        for (origin, nearest) in overlapping(self.calendar.history, self.origins, self.parameters) {
            let horizon = self.parameters.backtest_horizon.min(self.calendar.history - origin);
            let forecasts = self.round(index, origin, horizon).forecasts;
            for (member, series) in self.groups[index].members.iter().enumerate() {
                let path = combined(&forecasts, member, &weights_by_others[nearest][member]).unwrap_or_default();
                let actuals = &self.panel.parts().series[*series].values[origin..];
                for (step, (forecast, actual)) in path.into_iter().zip(actuals).enumerate() {
                    if actual.is_finite() {
                        let (series, origin, step) = (*series as u32, origin as u32, step as u16);
                        found.push(Observation { series, origin, step, forecast, actual: *actual, event: false });
                    }
                }
            }
        }
        found
    }
}
