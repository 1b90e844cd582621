//! What a fit tells of itself.

use aisle_domain::{Day, SeriesKey};
use aisle_engine::{Artefact, ModelAccuracy, ModelKind};
use serde::Serialize;
use std::collections::BTreeMap;

/// The fitted artefact and how well it may be expected to do.
#[derive(Debug, Clone)]
pub struct FitOutcome {
    /// What scoring needs.
    pub artefact: Artefact,
    /// What the backtest found.
    pub report: FitReport,
}

/// What the backtest found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FitReport {
    /// Last days of the training data of each origin, the latest first.
    pub origins: Vec<Day>,
    /// Periods forecast from each.
    pub horizon: usize,
    /// Per model, and for the chosen ones under `chosen`; where a model does not apply to a series, the fallback stands in.
    pub models: BTreeMap<String, ModelAccuracy>,
    /// How many series chose which model.
    pub chosen: BTreeMap<String, usize>,
    /// WAPE of sums by level and model.
    pub levels: Vec<LevelAccuracy>,
    /// Per series, in the order of the artefact.
    pub series: Vec<SeriesReport>,
}

/// WAPE of sums at one level.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LevelAccuracy {
    /// `series`, `group`, `location` or `total`.
    pub level: &'static str,
    /// A model's name, or `chosen`.
    pub model: String,
    /// Sum of absolute errors over the sum of absolute values, at that level.
    pub wape: f64,
}

/// How the models did on one series.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeriesReport {
    /// The series.
    pub key: SeriesKey,
    /// The model chosen.
    pub chosen: ModelKind,
    /// Its WAPE in the backtest; `None` where there was nothing to compare.
    pub wape: Option<f64>,
    /// Its bias in the backtest.
    pub bias: Option<f64>,
    /// WAPE and bias of every model, with the combination where that was chosen.
    pub models: Vec<(ModelKind, f64, f64)>,
    /// What the chosen model would have said, and what came.
    pub past: Vec<PastForecast>,
}

/// A forecast of the past.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PastForecast {
    /// Last day that it had seen.
    pub origin: Day,
    /// Last day of the period forecast.
    pub period: Day,
    /// What it said, in the measure's major unit.
    pub forecast: f64,
    /// What came.
    pub actual: f64,
}

/// How far a fit has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Series fitted.
    pub done: usize,
    /// Series to fit.
    pub total: usize,
}
