//! The models that compete, fitted on one group from one origin.

use crate::elastic_net::{ElasticNet, Regression};
use crate::ets::Smoothed;
use crate::model::{Fitted, History, Model};
use crate::stl_ets::without_gaps;
use crate::weights::Weights;
use crate::{Fallback, LocalModel, SeasonalNaive, StlEts, ValidFitParameters, svd};
use aisle_engine::ModelKind;

/// The models in the order of all tables of this crate.
pub const KINDS: [ModelKind; 12] = [
    ModelKind::Fallback,
    ModelKind::SeasonalNaive,
    ModelKind::SeasonalNaiveGrowth,
    ModelKind::StlEts,
    ModelKind::PooledSeasonalNaive,
    ModelKind::PooledStlEts,
    ModelKind::ElasticNet,
    ModelKind::Ets,
    ModelKind::Theta,
    ModelKind::Intermittent,
    ModelKind::GlobalTrees,
    ModelKind::Neighbours,
];
/// Place of the fallback in [`KINDS`].
pub(crate) const FALLBACK: usize = place(ModelKind::Fallback);
/// Place of the reference that errors are relative to.
pub(crate) const REFERENCE: usize = place(ModelKind::SeasonalNaive);

/// Place of a kind in [`KINDS`]; its length where the kind does not compete.
pub(crate) const fn place(kind: ModelKind) -> usize {
    let mut place = 0;
    while place < KINDS.len() && KINDS[place] as u8 != kind as u8 {
        place += 1;
    }
    place
}

/// Place of the trees, which are fitted on all groups together, in [`KINDS`].
pub(crate) const TREES: usize = place(ModelKind::GlobalTrees);
/// Place of what young series borrow from their relatives in other groups, in [`KINDS`].
pub(crate) const NEIGHBOURS: usize = place(ModelKind::Neighbours);

const _: () =
    assert!(FALLBACK < KINDS.len() && REFERENCE < KINDS.len() && TREES < KINDS.len() && NEIGHBOURS < KINDS.len());

/// Relative error of a model before anything was seen.
pub(crate) fn prior(kind: ModelKind) -> f64 {
    match kind {
        ModelKind::Fallback => 1.5,
        ModelKind::SeasonalNaiveGrowth | ModelKind::StlEts | ModelKind::GlobalTrees => 0.95,
        ModelKind::PooledSeasonalNaive | ModelKind::PooledStlEts => 0.92,
        ModelKind::Neighbours => 0.9,
        ModelKind::ElasticNet | ModelKind::Ets | ModelKind::Theta => 1.1,
        ModelKind::Intermittent => 1.2,
        ModelKind::SeasonalNaive | ModelKind::Combination => 1.0,
    }
}

/// Whether a model knows no season of the year.
pub(crate) fn is_seasonless(kind: ModelKind) -> bool {
    matches!(kind, ModelKind::Fallback | ModelKind::Ets | ModelKind::Theta | ModelKind::Intermittent)
}

/// One group: its members as indices into the panel's series.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) members: Vec<usize>,
}

/// What one model forecasts for the members of a group, or for series: single precision, as artefacts store it, in one
/// piece, because there are many.
#[derive(Debug, Clone, Default)]
pub(crate) struct Paths {
    steps: usize,
    /// Path after path; one that does not begin with a number is none. Empty where there is none at all.
    values: Vec<f32>,
}

impl Paths {
    /// Keeps what is finite.
    pub(crate) fn new(steps: usize, paths: impl IntoIterator<Item = Option<Vec<f64>>>) -> Self {
        let mut values = Vec::new();
        for path in paths {
            let from = values.len();
            values.extend(path.iter().flatten().take(steps).map(|value| *value as f32));
            if values.len() < from + steps || values[from..].iter().any(|value| !value.is_finite()) {
                values.truncate(from);
                values.resize(from + steps, f32::NAN);
            }
        }
        if values.iter().all(|value| value.is_nan()) {
            values = Vec::new();
        }
        Self { steps, values }
    }

    /// The forecast of a member, where there is one.
    pub(crate) fn of(&self, member: usize) -> Option<&[f32]> {
        let path = self.values.get(member * self.steps..(member + 1) * self.steps)?;
        path.first().is_some_and(|value| !value.is_nan()).then_some(path)
    }
}

/// Forecasts by model, in the order of [`KINDS`].
pub(crate) type Forecasts = [Paths; KINDS.len()];

/// What the competitors say about one group from one origin, and what they found on the way.
#[derive(Debug)]
pub(crate) struct Round {
    pub(crate) forecasts: Forecasts,
    /// Level and slope by member, where season and trend were taken apart.
    pub(crate) states: Vec<Option<Smoothed>>,
    /// Driver and event effects; `None` where there was too little to regress.
    pub(crate) regression: Option<Regression>,
}

/// Fits every model of a group on its history and forecasts `horizon` periods.
pub(crate) fn compete(history: &History<'_>, p: &ValidFitParameters, horizon: usize) -> Round {
    let count = history.values.len();
    let net = ElasticNet { penalty: p.penalty, l1_ratio: p.l1_ratio };
    let regression = net.regress(history);
    let stl = StlEts.fit(history);
    let states = (0..count).map(|member| stl.as_ref().and_then(|fitted| fitted.state(member))).collect();
    let pooled = Pooled::of(history);
    let slices = pooled.slices(history);
    let common = History { values: &slices, ..*history };
    let has_common = !pooled.rows.is_empty();
    let pooled_fit = |model: &dyn Model| {
        let fitted = has_common.then(|| model.fit(&common)).flatten();
        let path = |member| fitted.as_ref().filter(|_| pooled.holds(member))?.forecast(member, horizon);
        Paths::new(horizon, (0..count).map(path))
    };
    let plain = |fitted: Option<Box<dyn Fitted + '_>>| {
        Paths::new(horizon, (0..count).map(|member| fitted.as_ref()?.forecast(member, horizon)))
    };
    let forecasts = KINDS.map(|kind| match kind {
        ModelKind::Fallback => plain(Fallback.fit(history)),
        ModelKind::SeasonalNaive => plain(SeasonalNaive { growth: false }.fit(history)),
        ModelKind::SeasonalNaiveGrowth => plain(SeasonalNaive { growth: true }.fit(history)),
        ModelKind::StlEts => Paths::new(horizon, (0..count).map(|member| stl.as_ref()?.forecast(member, horizon))),
        ModelKind::PooledSeasonalNaive => pooled_fit(&SeasonalNaive { growth: true }),
        ModelKind::PooledStlEts => pooled_fit(&StlEts),
        ModelKind::ElasticNet => plain(regression.clone().map(|found| found.fitted(history))),
        ModelKind::Ets => plain(LocalModel::Ets.fit(history)),
        ModelKind::Theta => plain(LocalModel::Theta.fit(history)),
        ModelKind::Intermittent => plain(LocalModel::Intermittent.fit(history)),
        // Trees are fitted on all groups together.
        ModelKind::GlobalTrees | ModelKind::Neighbours | ModelKind::Combination => Paths::default(),
    });
    Round { forecasts, states, regression }
}

/// The weighted mean of the paths that there are; the fallback where no weighted model applies.
pub(crate) fn combined(forecasts: &Forecasts, member: usize, weights: &Weights) -> Option<Vec<f64>> {
    let mut sum: Vec<f64> = Vec::new();
    let mut total = 0.0;
    for (paths, weight) in forecasts.iter().zip(weights).filter(|(_, weight)| **weight > 0.0) {
        let Some(path) = paths.of(member) else { continue };
        sum.resize(path.len(), 0.0);
        sum.iter_mut().zip(path).for_each(|(sum, value)| *sum += weight * f64::from(*value));
        total += weight;
    }
    if total > 0.0 {
        sum.iter_mut().for_each(|value| *value /= total);
        return Some(sum);
    }
    forecasts[FALLBACK].of(member).map(|path| path.iter().map(|value| f64::from(*value)).collect())
}

/// The group's common movements, for the members that have most of their history.
struct Pooled {
    /// Members in it, ascending.
    members: Vec<usize>,
    rows: Vec<Vec<f64>>,
}

/// Share of its periods that a member must have to take part.
const PRESENT: f64 = 0.8;

impl Pooled {
    fn of(history: &History<'_>) -> Self {
        let whole = |member: &usize| {
            let seen = history.seen(*member);
            seen.iter().filter(|v| v.is_finite()).count() as f64 >= PRESENT * seen.len() as f64
        };
        let members: Vec<usize> = (0..history.values.len()).filter(whole).collect();
        let rows: Vec<Vec<f64>> = members.iter().map(|member| without_gaps(history.seen(*member))).collect();
        match svd::denoise(&rows) {
            Some(rows) => Self { members, rows },
            None => Self { members: Vec::new(), rows: Vec::new() },
        }
    }

    /// Values per member of the group: the common movement where it takes part, else its own.
    fn slices<'a>(&'a self, history: &History<'a>) -> Vec<&'a [f64]> {
        let mut slices: Vec<&[f64]> = (0..history.values.len()).map(|member| history.seen(member)).collect();
        for (member, row) in self.members.iter().zip(&self.rows) {
            slices[*member] = row;
        }
        slices
    }

    /// Whether a member takes part.
    fn holds(&self, member: usize) -> bool {
        self.members.binary_search(&member).is_ok()
    }
}
