//! The models that compete, fitted on one group from every origin.

use crate::calendar::Calendar;
use crate::elastic_net::{ElasticNet, Regression};
use crate::ets::Smoothed;
use crate::model::{Fitted, History, Model};
use crate::{Fallback, SeasonalNaive, StlEts, ValidFitParameters};
use aisle_engine::ModelKind;

/// The models in the order of all tables of this crate. The last is the mean of those before it that know a season and
/// more than last year alone.
pub const KINDS: [ModelKind; 6] = [
    ModelKind::Fallback,
    ModelKind::SeasonalNaive,
    ModelKind::SeasonalNaiveGrowth,
    ModelKind::StlEts,
    ModelKind::ElasticNet,
    ModelKind::Combination,
];
const COMBINATION: usize = 5;
/// Fewest models that make a combination.
const FEWEST_COMBINED: usize = 2;

/// One group: its members as indices into the panel's series.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) members: Vec<usize>,
}

/// Forecasts by model and member; `None` where the model does not apply.
pub(crate) type Forecasts = Vec<Vec<Option<Vec<f64>>>>;

/// What the competitors say about one group.
#[derive(Debug)]
pub(crate) struct GroupFit {
    /// Per origin of the backtest.
    pub(crate) backtest: Vec<Forecasts>,
    /// From the end of history.
    pub(crate) last: Forecasts,
    /// Level and slope by member, where season and trend were taken apart.
    pub(crate) states: Vec<Option<Smoothed>>,
    /// Driver and event effects; `None` where there was too little to regress.
    pub(crate) regression: Option<Regression>,
}

pub(crate) fn fit_group(
    calendar: &Calendar,
    values: &[&[f64]],
    locations: &[usize],
    origins: &[usize],
    p: &ValidFitParameters,
) -> GroupFit {
    let seen = |origin| History { calendar, values, locations, origin };
    let mut backtest = Vec::with_capacity(origins.len());
    for origin in origins {
        backtest.push(compete(&seen(*origin), p, p.backtest_horizon.min(calendar.history - origin)).0);
    }
    let (last, states, regression) = compete(&seen(calendar.history), p, p.horizon);
    GroupFit { backtest, last, states, regression }
}

fn compete(
    history: &History<'_>,
    p: &ValidFitParameters,
    horizon: usize,
) -> (Forecasts, Vec<Option<Smoothed>>, Option<Regression>) {
    let net = ElasticNet { penalty: p.penalty, l1_ratio: p.l1_ratio };
    let regression = net.regress(history);
    let stl = StlEts.fit(history);
    let count = history.values.len();
    let states = (0..count).map(|member| stl.as_ref().and_then(|fitted| fitted.state(member))).collect();
    let fitted: [Option<Box<dyn Fitted + '_>>; COMBINATION] = [
        Fallback.fit(history),
        SeasonalNaive { growth: false }.fit(history),
        SeasonalNaive { growth: true }.fit(history),
        stl,
        regression.clone().map(|found| found.fitted(history)),
    ];
    let forecast = |model: &Option<Box<dyn Fitted + '_>>| -> Vec<Option<Vec<f64>>> {
        let finite = |path: &Vec<f64>| path.iter().all(|value| value.is_finite());
        (0..count).map(|member| model.as_ref().and_then(|m| m.forecast(member, horizon)).filter(finite)).collect()
    };
    let mut forecasts: Forecasts = fitted.iter().map(forecast).collect();
    let combined = (0..count).map(|member| combine(&forecasts[2..], member)).collect();
    forecasts.push(combined);
    (forecasts, states, regression)
}

fn combine(forecasts: &[Vec<Option<Vec<f64>>>], member: usize) -> Option<Vec<f64>> {
    let paths: Vec<&Vec<f64>> = forecasts.iter().filter_map(|model| model[member].as_ref()).collect();
    let horizon = paths.first()?.len();
    let mean = |step: usize| paths.iter().map(|path| path[step]).sum::<f64>() / paths.len() as f64;
    (paths.len() >= FEWEST_COMBINED).then(|| (0..horizon).map(mean).collect())
}
