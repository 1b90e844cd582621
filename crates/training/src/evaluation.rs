//! Rolling-origin evaluation: the whole fit on what lies before each origin, its forecasts beside what came.
//!
//! Unlike the backtest inside a fit, which weighs the models, this judges the result of the whole way: from each origin
//! models are fitted, weighed (by origins further back) and given intervals on the sales before it alone. Drivers and
//! events of the periods forecast are taken as known.

mod sums;

use crate::candidates::{KINDS, REFERENCE};
use crate::competition::{Competition, Keep};
use crate::fit::conclude;
use crate::{Calendar, Panel, PanelSeries, Progress, TrainingError, ValidFitParameters};
use aisle_domain::Day;
use aisle_engine::distribution::QUANTILES;
use aisle_engine::{Scenario, accuracy, distribution, score};
use serde::Serialize;
use std::collections::BTreeMap;
use sums::Sums;

/// What to evaluate.
#[derive(Debug, Clone, PartialEq)]
pub struct EvaluationPlan {
    /// Last days of what each fit may see; each is moved back to the end of its period.
    pub origins: Vec<Day>,
    /// Periods forecast from each.
    pub horizon: usize,
    /// Weight in WMAE of periods that hold an event; all others weigh 1.
    pub event_weight: f64,
}

/// How well the forecasts did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Last days that the forecasts had seen; written as YYYY-MM-DD.
    #[serde(serialize_with = "written_all")]
    pub origins: Vec<Day>,
    /// Periods forecast from each.
    pub horizon: usize,
    /// Series of the panel.
    pub series: usize,
    /// Errors by model, level and slice.
    pub scores: Vec<Score>,
}

/// Errors of one model over one slice at one level.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// A model's name, or `chosen`: what Aisle would have said.
    pub model: String,
    /// `series`, `group`, `location` or `total`: what was summed before it was compared.
    pub level: &'static str,
    /// Which points.
    #[serde(flatten)]
    pub slice: Slice,
    /// The errors.
    #[serde(flatten)]
    pub errors: Errors,
    /// Forecast value added: by how much the WAPE lies below the seasonal naive's, as a share of the latter; below 0 where
    /// it lies above.
    pub value_added: Option<f64>,
}

/// Which points an error is over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "slice", content = "of", rename_all = "snake_case")]
pub enum Slice {
    /// All of them.
    All,
    /// Those forecast from one origin; written as YYYY-MM-DD.
    Origin(#[serde(serialize_with = "written")] Day),
    /// Those so many periods ahead, from and to, 1 being the next period.
    Steps(usize, usize),
    /// Periods that hold an event.
    Events,
    /// Series by volume: A makes the first 80 % of sales, B the next 15 %, C the rest.
    Volume(char),
}

fn written<S: serde::Serializer>(day: &Day, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(day)
}

fn written_all<S: serde::Serializer>(days: &[Day], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(days.iter().map(Day::to_string))
}

/// Errors. Formulas in [`aisle_engine::accuracy`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Errors {
    /// Values compared.
    pub points: u64,
    /// Sum of absolute errors over sum of absolute values.
    pub wape: Option<f64>,
    /// Weighted mean absolute error, in the measure's major unit.
    pub wmae: Option<f64>,
    /// Mean over series of the mean absolute scaled error; of single series only.
    pub mase: Option<f64>,
    /// Mean over series of the root mean squared scaled error; of single series only.
    pub rmsse: Option<f64>,
    /// The same, each series weighted by its sales in the last year before the origin.
    pub wrmsse: Option<f64>,
    /// (sum of forecasts - sum of values) / sum of values.
    pub bias: Option<f64>,
    /// Mean pinball loss over the thirteen quantiles from .005 to .995 (see [`LEVELS`](aisle_engine::distribution::LEVELS)), as a share of the mean absolute
    /// value; of the chosen forecasts only.
    pub pinball: Option<f64>,
    /// Share of values within the 50 % interval; of the chosen forecasts only, as the following.
    pub coverage50: Option<f64>,
    /// Within the 80 % interval.
    pub coverage80: Option<f64>,
    /// Within the 90 % interval.
    pub coverage90: Option<f64>,
    /// Within the 95 % interval.
    pub coverage95: Option<f64>,
    /// Within the 99 % interval.
    pub coverage99: Option<f64>,
}

/// Evaluates the whole way of fitting from every origin of the plan.
///
/// # Errors
/// [`TrainingError::Parameter`] where an origin leaves nothing to see or nothing to compare;
/// [`TrainingError::Cancelled`] when asked to stop.
pub fn evaluate(
    panel: &Panel,
    parameters: &ValidFitParameters,
    plan: &EvaluationPlan,
    progress: &(dyn Fn(Progress) + Sync),
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Result<Evaluation, TrainingError> {
    let seen = origins_of(panel, plan)?;
    let parameters = parameters.with_horizon(plan.horizon)?;
    let calendar = Calendar::new(panel, 0);
    let total = panel.parts().series.len() * seen.len();
    let mut table = Table::new(panel, plan, &calendar);
    for (round, periods) in seen.iter().enumerate() {
        let before = round * panel.parts().series.len();
        let told = |part: Progress| progress(Progress { done: before + part.done, total });
        let history = panel.truncated(*periods);
        let competition = Competition::hold(&history, &parameters, Keep::Models, &told, cancelled)?;
        let outcome = conclude(&competition, &history, &parameters)?;
        table.begin(*periods);
        for series in 0..panel.parts().series.len() {
            let chosen = score(&outcome.artefact, series, &Scenario::default())?;
            let spread = distribution(&outcome.artefact, series, &Scenario::default())?;
            table.add(&calendar, series, CHOSEN, &chosen.mean, Some(&spread.steps));
            for model in 0..KINDS.len() {
                if let Some(path) = competition.forecast(series, model) {
                    table.add(&calendar, series, model, &path, None);
                }
            }
        }
        table.end();
    }
    Ok(table.evaluation(&calendar, &seen))
}

/// The origins that leave whole horizons of the panel after them, the latest first and at most `count`.
pub fn latest_origins(panel: &Panel, horizon: usize, count: usize) -> Vec<Day> {
    let ends = &panel.parts().ends;
    let seen =
        (1..=count).filter_map(|back| ends.len().checked_sub(back * horizon)).filter(|seen| *seen >= FEWEST_SEEN);
    seen.map(|seen| ends[seen - 1]).collect()
}

/// Fewest periods that a fit must see.
const FEWEST_SEEN: usize = 4;
/// Place of the chosen forecasts in tables, after the models of [`KINDS`].
const CHOSEN: usize = KINDS.len();
/// Levels at which sums are compared.
const SUMMED: [&str; 3] = ["group", "location", "total"];
/// Blocks of the horizon, in shares of it.
const BLOCKS: usize = 3;

fn origins_of(panel: &Panel, plan: &EvaluationPlan) -> Result<Vec<usize>, TrainingError> {
    let ends = &panel.parts().ends;
    let mut seen = Vec::with_capacity(plan.origins.len());
    for origin in &plan.origins {
        let periods = ends.iter().take_while(|end| *end <= origin).count();
        if periods < FEWEST_SEEN || periods >= ends.len() {
            return Err(TrainingError::Parameter {
                name: "origin",
                found: origin.to_string(),
                expected: "a day after the fourth period of sales and before the last",
            });
        }
        seen.push(periods);
    }
    seen.sort_unstable();
    seen.dedup();
    Ok(seen)
}

/// All sums, as the rounds go by.
struct Table<'a> {
    panel: &'a Panel,
    plan: &'a EvaluationPlan,
    volumes: Vec<char>,
    /// Whether a period holds an event.
    holds: Vec<bool>,
    seen: usize,
    sums: BTreeMap<(usize, &'static str, Slice), Sums>,
    /// Of each series: its node at each level of [`SUMMED`].
    nodes_of: Vec<[usize; SUMMED.len()]>,
    /// Of the round: actual and forecast by model, level and node, period.
    nodes: BTreeMap<(usize, usize, usize, usize), (f64, f64)>,
}

impl<'a> Table<'a> {
    fn new(panel: &'a Panel, plan: &'a EvaluationPlan, calendar: &Calendar) -> Self {
        let holds = (0..calendar.ends.len()).map(|period| calendar.holds_event(period)).collect();
        let series = &panel.parts().series;
        let mut groups: Vec<&str> = series.iter().map(|series| series.group.as_str()).collect();
        groups.sort_unstable();
        groups.dedup();
        let nodes = |series: &PanelSeries| {
            let location = calendar.locations.binary_search(&series.key.location);
            [groups.binary_search(&series.group.as_str()).unwrap_or(0), location.unwrap_or(0), 0]
        };
        Self {
            panel,
            plan,
            volumes: volumes(panel),
            holds,
            nodes_of: series.iter().map(nodes).collect(),
            seen: 0,
            sums: BTreeMap::new(),
            nodes: BTreeMap::new(),
        }
    }

    fn begin(&mut self, seen: usize) {
        self.seen = seen;
    }

    /// Compares one series' forecast with what came.
    fn add(
        &mut self,
        calendar: &Calendar,
        series: usize,
        model: usize,
        path: &[f64],
        quantiles: Option<&[[f64; QUANTILES]]>,
    ) {
        let parts = self.panel.parts();
        let found = &parts.series[series];
        let (history, future) = found.values.split_at(self.seen);
        let origin = calendar.ends[self.seen - 1];
        // Few slices, looked up for every value.
        let mut here: Vec<(Slice, Sums)> = Vec::new();
        for (step, actual) in future.iter().copied().enumerate().take(path.len()).filter(|(_, v)| v.is_finite()) {
            let period = self.seen + step;
            let holds = self.holds[period];
            let weight = if holds { self.plan.event_weight } else { 1.0 };
            let block = (step * BLOCKS / self.plan.horizon).min(BLOCKS - 1);
            let steps = Slice::Steps(block * self.plan.horizon / BLOCKS + 1, (block + 1) * self.plan.horizon / BLOCKS);
            let slices = [Slice::All, Slice::Origin(origin), steps, Slice::Volume(self.volumes[series])];
            for slice in slices.into_iter().chain(holds.then_some(Slice::Events)) {
                let place = here.iter().position(|(other, _)| *other == slice).unwrap_or_else(|| {
                    here.push((slice, Sums::default()));
                    here.len() - 1
                });
                let sums = &mut here[place].1;
                sums.compare(actual, path[step], weight);
                if let Some(quantiles) = quantiles {
                    sums.judge(actual, &quantiles[step]);
                }
            }
            for (level, node) in self.nodes_of[series].into_iter().enumerate() {
                let node = self.nodes.entry((model, level, node, step)).or_default();
                node.0 += actual;
                node.1 += path[step];
            }
        }
        let year = calendar.year();
        let volume: f64 = history.iter().rev().take(year).filter(|v| v.is_finite()).map(|v| v.abs()).sum();
        let mase = accuracy::mase(history, year, future, path).or_else(|| accuracy::mase(history, 1, future, path));
        let rmsse = accuracy::rmsse(history, future, path);
        if let (Some(mase), Some(rmsse)) = (mase, rmsse) {
            // Only slices that hold whole series: a scaled error of a few of its periods is another thing.
            let whole =
                |slice: &&mut (Slice, Sums)| matches!(slice.0, Slice::All | Slice::Origin(_) | Slice::Volume(_));
            for (_, sums) in here.iter_mut().filter(whole) {
                sums.mase += mase;
                sums.rmsse += rmsse;
                sums.scaled += 1;
                sums.weighted_rmsse += volume * rmsse;
                sums.volume += volume;
            }
        }
        for (slice, sums) in here {
            self.sums.entry((model, "series", slice)).or_default().add(&sums);
        }
    }

    /// Compares the round's sums.
    fn end(&mut self) {
        for ((model, level, _, _), (actual, forecast)) in std::mem::take(&mut self.nodes) {
            self.sums.entry((model, SUMMED[level], Slice::All)).or_default().compare(actual, forecast, 1.0);
        }
    }

    fn evaluation(self, calendar: &Calendar, seen: &[usize]) -> Evaluation {
        let naive = |level: &'static str, slice: &Slice| {
            self.sums.get(&(REFERENCE, level, slice.clone())).and_then(|sums| sums.errors().wape)
        };
        let name = |model: usize| if model == CHOSEN { "chosen" } else { KINDS[model].name() }.to_owned();
        let mut scores: Vec<Score> = Vec::with_capacity(self.sums.len());
        for ((model, level, slice), sums) in &self.sums {
            let errors = sums.errors();
            let naive = naive(level, slice).filter(|naive| *naive > 0.0);
            let value_added = errors.wape.zip(naive).map(|(own, naive)| 1.0 - own / naive);
            scores.push(Score { model: name(*model), level, slice: slice.clone(), errors, value_added });
        }
        Evaluation {
            origins: seen.iter().map(|periods| calendar.ends[periods - 1]).collect(),
            horizon: self.plan.horizon,
            series: self.panel.parts().series.len(),
            scores,
        }
    }
}

/// Volume class by series: sorted by sales, those that make the first 80 % are A, the next 15 % B.
fn volumes(panel: &Panel) -> Vec<char> {
    let series = &panel.parts().series;
    let size = |index: usize| series[index].values.iter().filter(|v| v.is_finite()).map(|v| v.abs()).sum::<f64>();
    let mut order: Vec<(f64, usize)> = (0..series.len()).map(|index| (size(index), index)).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let total: f64 = order.iter().map(|(size, _)| size).sum();
    let mut classes = vec!['C'; series.len()];
    let mut before = 0.0;
    for (size, index) in order {
        classes[index] = match before {
            part if part < 0.8 * total => 'A',
            part if part < 0.95 * total => 'B',
            _ => 'C',
        };
        before += size;
    }
    classes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FitParameters, PanelParts};
    use aisle_domain::{CalendarEvent, Granularity, ItemId, LocationId, Measure, SeriesKey, Weekday};

    /// Weekly sales of a few items at a few places, with a season; `later` is added to what lies after week 90.
    fn panel(later: f64) -> Panel {
        let granularity = Granularity::Week { ends: Weekday::Sunday };
        let first = granularity.end_of(Day::parse("2022-01-05").unwrap());
        let value = |m: usize, t: usize| {
            let season = (t as f64 / 52.0 * std::f64::consts::TAU).sin();
            (m + 1) as f64 * (100.0 + 30.0 * season) + if t >= 90 { later } else { 0.0 }
        };
        let series = (0..12).map(|m| PanelSeries {
            key: SeriesKey {
                location: LocationId::new(format!("{}", m % 4)).unwrap(),
                item: ItemId::new(format!("{}", m / 4)).unwrap(),
            },
            values: (0..104).map(|t| value(m, t)).collect(),
            group: format!("{}", m / 4),
        });
        let ends: Vec<Day> = (0..104).map(|step| granularity.step(first, step)).collect();
        let event = CalendarEvent { name: "Fair".to_owned(), first: ends[92].plus(-3), last: ends[92], location: None };
        Panel::new(PanelParts {
            data_version: "test".to_owned(),
            measure: Measure::Quantity,
            granularity,
            currency: None,
            series: series.collect(),
            drivers: Vec::new(),
            locations: Vec::new(),
            events: vec![event],
            ends,
        })
        .unwrap()
    }

    fn evaluated(panel: &Panel) -> Evaluation {
        let plan = EvaluationPlan { origins: vec![panel.parts().ends[89]], horizon: 8, event_weight: 5.0 };
        evaluate(panel, &FitParameters::default().check().unwrap(), &plan, &|_| {}, &|| false).unwrap()
    }

    fn all<'a>(found: &'a Evaluation, model: &str, level: &str) -> &'a Score {
        found.scores.iter().find(|s| s.model == model && s.level == level && s.slice == Slice::All).unwrap()
    }

    #[test]
    fn a_pure_season_is_forecast_and_what_comes_later_is_not_seen() {
        let found = evaluated(&panel(0.0));
        assert_eq!((found.series, found.horizon), (12, 8));
        let chosen = all(&found, "chosen", "series").errors;
        assert_eq!(chosen.points, 12 * 8);
        assert!(chosen.wape.unwrap() < 0.01, "{chosen:?}");
        // All later weeks 1000 higher: a fit that saw them would follow; an honest one is 1000 too low in each.
        let moved = all(&evaluated(&panel(1_000.0)), "chosen", "series").errors;
        let expected = 1_000.0;
        assert!((moved.wmae.unwrap() - expected).abs() < 10.0, "{moved:?}");
        assert_eq!(moved.coverage80, Some(0.0));
    }

    #[test]
    fn sums_are_compared_at_every_level_and_events_are_a_slice() {
        let found = evaluated(&panel(0.0));
        let points = |level: &str| all(&found, "seasonal_naive", level).errors.points;
        assert_eq!((points("series"), points("group"), points("location"), points("total")), (96, 24, 32, 8));
        let events = found.scores.iter().find(|s| s.model == "chosen" && s.slice == Slice::Events).unwrap();
        assert_eq!(events.errors.points, 12);
        assert_eq!(all(&found, "seasonal_naive", "series").value_added, Some(0.0));
    }

    #[test]
    fn origins_without_a_past_or_a_future_are_refused() {
        let panel = panel(0.0);
        let ends = &panel.parts().ends;
        for origin in [ends[0].plus(-30), ends[1], ends[103]] {
            let plan = EvaluationPlan { origins: vec![origin], horizon: 8, event_weight: 5.0 };
            let found = evaluate(&panel, &FitParameters::default().check().unwrap(), &plan, &|_| {}, &|| false);
            assert!(matches!(found, Err(TrainingError::Parameter { name: "origin", .. })), "{origin}");
        }
        assert_eq!(latest_origins(&panel, 13, 3), [ends[90], ends[77], ends[64]]);
        assert_eq!(latest_origins(&panel, 60, 3), [ends[43]]);
    }
}
