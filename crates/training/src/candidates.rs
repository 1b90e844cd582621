//! The models that compete, fitted on one group from every origin.

use crate::calendar::Calendar;
use crate::elastic_net::{ElasticNet, Regression};
use crate::ets::Smoothed;
use crate::model::{Fitted, History, Model};
use crate::stl_ets::without_gaps;
use crate::{Fallback, LocalModel, SeasonalNaive, StlEts, ValidFitParameters, svd};
use aisle_engine::ModelKind;

/// The models in the order of all tables of this crate.
pub const KINDS: [ModelKind; 10] = [
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
];
/// Place of the fallback in [`KINDS`].
pub(crate) const FALLBACK: usize = 0;
/// Places of the models that know no season of the year.
pub(crate) const SEASONLESS: [usize; 4] = [FALLBACK, 7, 8, 9];
/// Place of the reference that errors are relative to.
pub(crate) const REFERENCE: usize = 1;

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
        has_common.then(|| model.fit(&common)).flatten().map(|fitted| forecasts(&*fitted, count, horizon))
    };
    let plain = |fitted: Option<Box<dyn Fitted + '_>>| fitted.map(|fitted| forecasts(&*fitted, count, horizon));
    let found: [Option<Vec<Option<Vec<f64>>>>; KINDS.len()] = [
        plain(Fallback.fit(history)),
        plain(SeasonalNaive { growth: false }.fit(history)),
        plain(SeasonalNaive { growth: true }.fit(history)),
        plain(stl),
        pooled_fit(&SeasonalNaive { growth: true }).map(|paths| pooled.only(paths)),
        pooled_fit(&StlEts).map(|paths| pooled.only(paths)),
        plain(regression.clone().map(|found| found.fitted(history))),
        plain(LocalModel::Ets.fit(history)),
        plain(LocalModel::Theta.fit(history)),
        plain(LocalModel::Intermittent.fit(history)),
    ];
    (found.into_iter().map(|paths| paths.unwrap_or_else(|| vec![None; count])).collect(), states, regression)
}

/// Every member's forecast by one model, where it is finite.
fn forecasts(model: &dyn Fitted, count: usize, horizon: usize) -> Vec<Option<Vec<f64>>> {
    let finite = |path: &Vec<f64>| path.iter().all(|value| value.is_finite());
    (0..count).map(|member| model.forecast(member, horizon).filter(finite)).collect()
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

    /// Leaves out the forecasts of members that took no part.
    fn only(&self, mut paths: Vec<Option<Vec<f64>>>) -> Vec<Option<Vec<f64>>> {
        for (member, path) in paths.iter_mut().enumerate() {
            if self.members.binary_search(&member).is_err() {
                *path = None;
            }
        }
        paths
    }
}
