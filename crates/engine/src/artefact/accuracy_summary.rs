//! How well the models did in the backtest, and how well the intervals held.

use aisle_domain::Day;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How well the models did in the backtest, pooled over all series.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AccuracySummary {
    /// Last day of the training data of each origin.
    pub origins: Vec<Day>,
    /// Periods forecast from each.
    pub horizon: u16,
    /// Per model, and for the model chosen per series under `chosen`.
    pub models: BTreeMap<String, ModelAccuracy>,
    /// How often values lay within the intervals: in all, with an event, by steps ahead, by volume. Empty where too little
    /// was seen to tell.
    pub coverage: Vec<Coverage>,
}

/// Probabilities of the central intervals that [`Coverage`] is told for.
pub const NOMINAL: [f64; 5] = [0.5, 0.8, 0.9, 0.95, 0.99];

/// How often the value lay in the central intervals, on periods that these had not seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// What is counted: `all`, `event`, `steps 1-4`, `volume class 1 of 4`.
    pub part: String,
    /// How often it did, per probability of [`NOMINAL`].
    pub covered: [f64; NOMINAL.len()],
    /// Values counted.
    pub points: u64,
}

/// One model's errors over all series and origins. Formulas in [`crate::accuracy`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelAccuracy {
    /// Sum of absolute errors over the sum of absolute values.
    pub wape: f64,
    /// Weighted mean absolute error (periods with an event count five times), in the measure's unit.
    pub wmae: f64,
    /// Mean absolute error over that of the in-sample seasonal naive, averaged over series.
    pub mase: f64,
    /// (sum of forecasts - sum of values) / sum of values.
    pub bias: f64,
    /// Share of values inside the 80 % interval, where the model was given one.
    pub coverage80: Option<f64>,
    /// Values compared.
    pub points: u64,
}
