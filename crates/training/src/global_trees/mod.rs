//! One model for all series: boosted trees on rows of (series, origin, step), direct per horizon block.
//!
//! Values are taken in units of the series' own size, so that large and small series share trees. Where demand is not
//! mostly zero, trees learn what is left over a reference (last year's period times growth, or the recent mean) by
//! absolute error; intermittent demand is learnt whole under a Tweedie likelihood. Rows for training and the series'
//! rows from the last origin are made by the same code; the latter leave as [`TreeSeries`] and are scored by the engine.
//! Only values before the origin are read.
//!
//! | module | subject |
//! |---|---|
//! | `features` | what history fixes of a row |
//! | `rows` | training rows: which, how many, what is known ahead |

mod features;
mod rows;

use crate::boosting::{Binned, Boosted, BoostingParameters, FeatureKind, Objective, train_binned};
use crate::calendar::Calendar;
use aisle_engine::trees::{Effects, FeatureSource, Halves, TreeBlock, TreeContext, TreeModel, TreePlan, TreeSeries};
use aisle_engine::{LocationDrivers, Scenario};
use features::{Features, Shape};
use rows::RowMaker;
pub use rows::TrainingRows;

/// What the model may see: all series' values before the origin, drivers and calendar without end.
#[derive(Debug, Clone, Copy)]
pub struct TreeHistory<'a> {
    /// Calendar, events and driver values of the whole panel. Periods from the origin to the horizon's end must be in it.
    pub calendar: &'a Calendar,
    /// Values per series, at least `origin` long; not a number where absent.
    pub values: &'a [&'a [f64]],
    /// Location per series, an index into the calendar's locations.
    pub locations: &'a [usize],
    /// Group per series, from 0 on: its item, department or category.
    pub groups: &'a [usize],
    /// Number of periods that may be seen.
    pub origin: usize,
    /// Periods to forecast.
    pub horizon: usize,
}

/// The global model with its hyperparameters.
#[derive(Debug, Clone, PartialEq)]
pub struct GlobalTrees {
    /// What is minimised; `None` chooses by the share of zeros.
    pub objective: Option<Objective>,
    /// Trees per block, and no more than the periods whose values they learn: rows of one period err together, and each
    /// tree beyond one per period learns these errors rather than what the next period will be like.
    pub rounds: usize,
    /// Share of each leaf's value that is taken.
    pub learning_rate: f64,
    /// Leaves of a tree.
    pub leaves: usize,
    /// Fewest rows of a leaf.
    pub min_rows: usize,
    /// Share of the features that a tree sees.
    pub feature_share: f64,
    /// Most training rows per block: bounds memory (about 60 features of 4 bytes each) and time.
    pub rows: usize,
    /// Whether drivers that are not ours to set (weather, fuel, …) are features.
    pub outside_drivers: bool,
    /// Rows weigh as the series' size to this power: 1 minimises errors in money, 0 relative ones.
    pub weight_power: f64,
    /// Of the samples.
    pub seed: u64,
}

impl Default for GlobalTrees {
    fn default() -> Self {
        Self {
            objective: None,
            rounds: 120,
            learning_rate: 0.08,
            leaves: 31,
            min_rows: 60,
            feature_share: 0.7,
            rows: 300_000,
            outside_drivers: true,
            weight_power: 1.0,
            seed: 1,
        }
    }
}

/// The model fitted: what the engine scores.
#[derive(Debug, Clone)]
pub struct FittedTrees {
    /// The ensembles and their features.
    pub model: TreeModel,
    /// What history fixes of each series' rows; `None` where there is too little of it.
    pub series: Vec<Option<TreeSeries>>,
    plan: TreePlan,
    training_rows: usize,
}

impl FittedTrees {
    /// Forecasts the periods after the origin in the unit of the series' values; `None` where its history does not
    /// suffice. Up to the horizon that was fitted.
    pub fn forecast(&self, series: usize, horizon: usize) -> Option<Vec<f64>> {
        let mut forecast = self.model.forecast(&self.plan, self.series.get(series)?.as_ref()?);
        forecast.truncate(horizon);
        forecast.iter().all(|value| value.is_finite()).then_some(forecast)
    }

    /// Rows that the trees learnt from, over all blocks.
    pub fn training_rows(&self) -> usize {
        self.training_rows
    }
}

/// Trees that make a series' rows when it is asked for.
pub(crate) struct GrownTrees {
    model: TreeModel,
    features: Features,
    objective: Objective,
    plan: TreePlan,
    training_rows: usize,
}

impl GrownTrees {
    /// The same trees on another history of the same panel, seen from a later origin.
    pub(crate) fn seen_from(&self, history: &TreeHistory<'_>) -> Option<Self> {
        let features = Features::new(history, Shape::new(history.calendar.granularity));
        let (model, objective, training_rows) = (self.model.clone(), self.objective, self.training_rows);
        let plan = plan(&model, history)?;
        Some(Self { model, features, objective, plan, training_rows })
    }

    /// Forecasts the periods after the origin; `None` where the series' history does not suffice.
    pub(crate) fn forecast(&self, history: &TreeHistory<'_>, series: usize) -> Option<Vec<f64>> {
        Some(self.model.forecast(&self.plan, &self.features.series(history, series, self.objective)?))
    }

    /// What events and drivers add to that, step by step.
    pub(crate) fn effects(&self, history: &TreeHistory<'_>, series: usize) -> Option<Vec<Effects>> {
        let rows = self.features.series(history, series, self.objective)?;
        Some(self.model.effects(&self.plan, &rows, &history.calendar.drivers))
    }
}

/// Share of zeros among the values of the last year from which demand counts as intermittent.
const INTERMITTENT: f64 = 0.3;
/// Variance of intermittent demand goes with this power of the mean.
const TWEEDIE_POWER: f64 = 1.3;
/// Fewest rows that trees are grown on.
const FEWEST_ROWS: usize = 200;

impl GlobalTrees {
    /// Fits the history; `None` where there is too little of it for any tree.
    pub fn fit(&self, history: &TreeHistory<'_>) -> Option<FittedTrees> {
        let GrownTrees { model, features, objective, plan, training_rows } = self.grow(history)?;
        let series = (0..history.values.len()).map(|index| features.series(history, index, objective)).collect();
        Some(FittedTrees { model, series, plan, training_rows })
    }

    /// The same without any series' rows, which are made when they are asked for.
    pub(crate) fn grow(&self, history: &TreeHistory<'_>) -> Option<GrownTrees> {
        let shape = Shape::new(history.calendar.granularity);
        let objective = self.objective.unwrap_or_else(|| chosen_objective(history, shape.year));
        let features = Features::new(history, shape);
        let maker = RowMaker::new(self, history, &features, objective);
        let mut model = TreeModel { features: maker.sources.clone(), blocks: Vec::new() };
        let mut training_rows = 0;
        for (from, to) in shape.blocks(history.horizon) {
            let rows = maker.rows(from, to);
            if rows.target.len() < FEWEST_ROWS {
                // Steps that history is too short for are left to the block before.
                if model.blocks.is_empty() {
                    return None;
                }
                break;
            }
            training_rows += rows.target.len();
            let ensemble = self.train(&rows, objective, maker.target_periods())?.ensemble;
            model.blocks.push(TreeBlock { through: to as u16, ensemble });
        }
        drop(maker);
        let plan = plan(&model, history)?;
        Some(GrownTrees { model, features, objective, plan, training_rows })
    }

    /// The rows that the block of steps `from..to` (0-based) is trained on, for comparison with other trainers.
    pub fn training_rows(&self, history: &TreeHistory<'_>, from: usize, to: usize) -> (TrainingRows, Objective) {
        let shape = Shape::new(history.calendar.granularity);
        let objective = self.objective.unwrap_or_else(|| chosen_objective(history, shape.year));
        let features = Features::new(history, shape);
        (RowMaker::new(self, history, &features, objective).rows(from, to), objective)
    }

    fn train(&self, rows: &TrainingRows, objective: Objective, periods: usize) -> Option<Boosted> {
        let p = BoostingParameters {
            objective,
            rounds: self.rounds.min(periods),
            learning_rate: self.learning_rate,
            leaves: self.leaves,
            min_rows: self.min_rows,
            feature_share: self.feature_share,
            l2: 1.0,
            seed: self.seed,
            ..BoostingParameters::default()
        };
        let p = p.check().ok()?;
        let binned = Binned::new(&rows.as_rows(), &rows.kinds, &p).ok()?;
        train_binned(&binned, &rows.target, Some(&rows.weight), &p, None).ok()
    }
}

fn plan(model: &TreeModel, history: &TreeHistory<'_>) -> Option<TreePlan> {
    let locations = locations(history);
    TreePlan::new(model, &context(history, &locations), &Scenario::default()).ok()
}

fn chosen_objective(history: &TreeHistory<'_>, year: usize) -> Objective {
    let (mut zeros, mut present, mut negative) = (0, 0, false);
    for values in history.values {
        for value in values[history.origin.saturating_sub(year)..history.origin].iter().filter(|v| v.is_finite()) {
            present += 1;
            zeros += usize::from(*value == 0.0);
            negative |= *value < 0.0;
        }
    }
    if !negative && zeros as f64 > INTERMITTENT * f64::from(present) {
        Objective::Tweedie { power: TWEEDIE_POWER }
    } else {
        Objective::Absolute
    }
}

/// Driver values over the horizon, as the artefact has them.
fn locations(history: &TreeHistory<'_>) -> Vec<LocationDrivers> {
    let calendar = history.calendar;
    let last_year = history.origin.saturating_sub(calendar.year())..history.origin;
    let ahead = history.origin..(history.origin + history.horizon).min(calendar.ends.len());
    let mean = |values: &Vec<f64>| values[last_year.clone()].iter().sum::<f64>() / last_year.len().max(1) as f64;
    let place = |(place, location): (usize, &aisle_domain::LocationId)| LocationDrivers {
        location: location.clone(),
        values: calendar.raw[place].iter().flat_map(|values| &values[ahead.clone()]).map(|v| *v as f32).collect(),
        reference: calendar.raw[place].iter().map(|values| mean(values) as f32).collect(),
    };
    calendar.locations.iter().enumerate().map(place).collect()
}

fn context<'a>(history: &TreeHistory<'a>, locations: &'a [LocationDrivers]) -> TreeContext<'a> {
    let calendar = history.calendar;
    TreeContext {
        granularity: calendar.granularity,
        trained_through: calendar.granularity.step(calendar.ends[0], history.origin as i32 - 1),
        horizon: history.horizon.min(calendar.ends.len().saturating_sub(history.origin)),
        drivers: &calendar.drivers,
        events: &calendar.events,
        locations,
    }
}

/// The series' rows as they travel.
fn travelling(
    location: usize,
    scale: f64,
    non_negative: bool,
    fixed: &[f32],
    paths: &[f32],
    reference: &[f32],
) -> TreeSeries {
    TreeSeries {
        location: location as u32,
        scale: scale as f32,
        non_negative,
        fixed: Halves::new(fixed),
        paths: Halves::new(paths),
        reference: Halves::new(reference),
    }
}

/// A feature's kind for the trainer: locations and groups have no order.
fn kind(source: &FeatureSource) -> FeatureKind {
    match source {
        FeatureSource::Fixed { name } if name == features::LOCATION || name == features::GROUP => {
            FeatureKind::Categorical
        }
        _ => FeatureKind::Numeric,
    }
}
