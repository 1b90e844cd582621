//! Every model against every other: from origins in the past, which weighs them, then from the end of history.
//!
//! Groups are taken by a few threads in order; results are put back in place by index and all sums over groups run in one
//! thread in a fixed order, so that the result does not depend on the number of threads. Forecasts from the end of history
//! are weighed and dropped group by group: of all models together they would be most of a fit's memory.

use crate::backtest::origins;
use crate::candidates::{FALLBACK, Forecasts, Group, KINDS, NEIGHBOURS, Paths, Round, TREES, combined, compete};
use crate::elastic_net::Regression;
use crate::ets::Smoothed;
use crate::model::History;
use crate::neighbours::{Borrowed, Relatives};
use crate::observations::{Between, overlapping};
use crate::panel_trees::{TreePanel, TreesAt};
use crate::report::Progress;
use crate::weighing::Weighing;
use crate::weights::{Shrinkage, Weights};
use crate::{Calendar, Observation, Panel, TrainingError, ValidFitParameters};
use aisle_engine::trees::Effects;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Series, about, whose forecasts from overlapping origins are looked at: every so manieth group. More of them make the
/// calibration dearer, not better.
const CALIBRATED: usize = 1_000;

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
    /// What of it events and drivers add by way of the trees.
    pub(crate) effects: Vec<Option<Vec<Effects>>>,
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
        let between = overlapping(calendar.history, &origins, parameters);
        let trees = TreePanel::new(panel, &calendar, &places, parameters);
        let grown = match &trees {
            None => Grown::default(),
            Some(trees) => Grown::on(trees, &calendar, &origins, &between, parameters, cancelled)?,
        };
        let lent =
            Lent::on(&Relatives::new(panel, &calendar, &places), &calendar, &origins, &between, parameters, cancelled)?;
        let arena = Arena {
            panel,
            calendar: &calendar,
            groups: &groups,
            origins: &origins,
            between,
            parameters,
            keep,
            trees,
            grown,
            lent,
        };
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
        drop((weighing, arena));
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

/// Trees from every origin; `None` where there are none.
#[derive(Default)]
struct Grown {
    at_origins: Vec<Option<TreesAt>>,
    between: Vec<Option<TreesAt>>,
    last: Option<TreesAt>,
}

impl Grown {
    fn on(
        trees: &TreePanel<'_>,
        calendar: &Calendar,
        origins: &[usize],
        between: &[Between],
        p: &ValidFitParameters,
        cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Result<Self, TrainingError> {
        // The last first: it takes longest.
        let mut found = in_threads(p.threads, origins.len() + 1, cancelled, |index| match index.checked_sub(1) {
            None => trees.grow(calendar.history, p.horizon, p),
            Some(place) => trees.grow(origins[place], p.backtest_horizon, p),
        })?;
        let at_origins = found.split_off(1);
        let between = in_threads(p.threads, between.len(), cancelled, |index| {
            let Between { origin, horizon, after, .. } = between[index];
            trees.later(at_origins[after].as_ref()?, origin, horizon)
        })?;
        Ok(Self { at_origins, between, last: found.pop().flatten() })
    }
}

/// What young series borrow from every origin.
struct Lent {
    at_origins: Vec<Borrowed>,
    between: Vec<Borrowed>,
    last: Borrowed,
}

impl Lent {
    fn on(
        relatives: &Relatives<'_>,
        calendar: &Calendar,
        origins: &[usize],
        between: &[Between],
        p: &ValidFitParameters,
        cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Result<Self, TrainingError> {
        let at_origins = origins.iter().map(|origin| (*origin, p.backtest_horizon));
        let wanted: Vec<(usize, usize)> = std::iter::once((calendar.history, p.horizon))
            .chain(at_origins)
            .chain(between.iter().map(|between| (between.origin, between.horizon)))
            .collect();
        let mut found = in_threads(p.threads, wanted.len(), cancelled, |index| {
            let (origin, horizon) = wanted[index];
            relatives.forecast(origin, horizon)
        })?;
        let between = found.split_off(1 + origins.len());
        let at_origins = found.split_off(1);
        Ok(Self { at_origins, between, last: found.pop().unwrap_or_default() })
    }
}

/// What the candidates that look beyond a group say from one origin.
struct Beyond<'a> {
    trees: Option<&'a TreesAt>,
    borrowed: Option<&'a Borrowed>,
}

/// Where groups compete.
struct Arena<'a> {
    panel: &'a Panel,
    calendar: &'a Calendar,
    groups: &'a [Group],
    origins: &'a [usize],
    between: Vec<Between>,
    parameters: &'a ValidFitParameters,
    keep: Keep,
    trees: Option<TreePanel<'a>>,
    grown: Grown,
    lent: Lent,
}

impl Arena<'_> {
    /// Forecasts from each origin.
    fn rounds(&self, index: usize) -> Vec<Forecasts> {
        let horizon = self.parameters.backtest_horizon;
        let round = |(place, origin): (usize, &usize)| {
            let trees = self.grown.at_origins.get(place).and_then(Option::as_ref);
            let beyond = Beyond { trees, borrowed: self.lent.at_origins.get(place) };
            self.round(index, *origin, horizon, &beyond).forecasts
        };
        self.origins.iter().enumerate().map(round).collect()
    }

    fn round(&self, index: usize, origin: usize, horizon: usize, beyond: &Beyond<'_>) -> Round {
        let (group, series) = (&self.groups[index], &self.panel.parts().series);
        let values: Vec<&[f64]> = group.members.iter().map(|member| series[*member].values.as_slice()).collect();
        let locations: Vec<usize> = group.members.iter().map(|member| self.location(*member)).collect();
        let history = History { calendar: self.calendar, values: &values, locations: &locations, origin };
        let mut round = compete(&history, self.parameters, horizon);
        if let Some((panel, trees)) = self.trees.as_ref().zip(beyond.trees) {
            round.forecasts[TREES] = panel.paths(trees, &group.members);
        }
        if let Some(borrowed) = beyond.borrowed {
            let paths = group.members.iter().map(|series| borrowed.of(*series));
            round.forecasts[NEIGHBOURS] = Paths::new(horizon, paths);
        }
        round
    }

    fn location(&self, series: usize) -> usize {
        let location = &self.panel.parts().series[series].key.location;
        self.calendar.locations.binary_search(location).unwrap_or(0)
    }

    fn ending(&self, index: usize, weighing: &Weighing<'_>) -> Ending {
        let members = &self.groups[index].members;
        let beyond = Beyond { trees: self.grown.last.as_ref(), borrowed: Some(&self.lent.last) };
        let Round { forecasts, states, regression } =
            self.round(index, self.calendar.history, self.parameters.horizon, &beyond);
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
        let effects = members.iter().zip(&weights).map(|(series, weights)| self.effects(*series, weights)).collect();
        let models = (self.keep == Keep::Models).then(|| Box::new(forecasts));
        Ending { weights, weights_by_others, last, effects, models, states, regression, between }
    }

    /// What events and drivers add to a forecast by way of the trees, where these have weight in it.
    fn effects(&self, series: usize, weights: &Weights) -> Option<Vec<Effects>> {
        let (panel, trees) = self.trees.as_ref().zip(self.grown.last.as_ref())?;
        let weight = weights[TREES] as f32;
        if weight == 0.0 {
            return None;
        }
        let mut effects = panel.effects(trees, series)?;
        for step in &mut effects {
            *step = Effects {
                holiday: weight * step.holiday,
                promotion: weight * step.promotion,
                other: weight * step.other,
            };
        }
        Some(effects)
    }

    /// Forecasts from overlapping origins, under the weights that left out the origin with which they share most.
    fn between(&self, index: usize, weights_by_others: &[Vec<Weights>]) -> Vec<Observation> {
        let mut found = Vec::new();
        let share = self.panel.parts().series.len().div_ceil(CALIBRATED);
        if !index.is_multiple_of(share.max(1)) {
            return found;
        }
        for (place, Between { origin, horizon, nearest, .. }) in self.between.iter().copied().enumerate() {
            let trees = self.grown.between.get(place).and_then(Option::as_ref);
            let beyond = Beyond { trees, borrowed: self.lent.between.get(place) };
            let forecasts = self.round(index, origin, horizon, &beyond).forecasts;
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
