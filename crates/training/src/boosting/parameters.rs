//! Hyperparameters of boosting: written as one likes, checked once, then known to be right.

use super::Objective;
use crate::TrainingError;
use aisle_engine::trees::ensemble::MAX_DEPTH;

/// Hyperparameters before they are checked.
#[derive(Debug, Clone, PartialEq)]
pub struct BoostingParameters {
    /// What is minimised.
    pub objective: Objective,
    /// Trees, 1 to 10000; fewer where a validation part stops them.
    pub rounds: usize,
    /// Share of each leaf's value that is taken, above 0 to 1.
    pub learning_rate: f64,
    /// Leaves of a tree, 2 to 4096.
    pub leaves: usize,
    /// Splits from the root to a leaf, 1 to 64.
    pub depth: usize,
    /// Bins of a feature, missing values' included, 3 to 255.
    pub bins: usize,
    /// Fewest rows of a leaf, at least 1. Estimated from hessians where these differ between rows.
    pub min_rows: usize,
    /// Smallest sum of hessians of a leaf, above 0.
    pub min_hessian: f64,
    /// Added to the sum of hessians of a leaf, at least 0: shrinks its value.
    pub l2: f64,
    /// Least gain of a split, at least 0.
    pub min_gain: f64,
    /// Share of the rows that a tree sees, above 0 to 1.
    pub row_share: f64,
    /// Share of the features that a tree sees, above 0 to 1.
    pub feature_share: f64,
    /// Added to hessians where categories are put in order and where they are split, at least 0.
    pub category_smoothing: f64,
    /// Most categories on the smaller side of a split, at least 1.
    pub category_limit: usize,
    /// Rounds without a better validation loss after which training ends; 0 never ends it early.
    pub patience: usize,
    /// Of the samples of rows and features.
    pub seed: u64,
}

impl Default for BoostingParameters {
    fn default() -> Self {
        Self {
            objective: Objective::Squared,
            rounds: 100,
            learning_rate: 0.1,
            leaves: 31,
            depth: 32,
            bins: 255,
            min_rows: 20,
            min_hessian: 1e-3,
            l2: 0.0,
            min_gain: 0.0,
            row_share: 1.0,
            feature_share: 1.0,
            category_smoothing: 10.0,
            category_limit: 32,
            patience: 0,
            seed: 1,
        }
    }
}

impl BoostingParameters {
    /// Checks every number against its range.
    ///
    /// # Errors
    /// [`TrainingError::Parameter`] naming the first that is outside.
    pub fn check(self) -> Result<ValidBoostingParameters, TrainingError> {
        let whole = |name, value: usize, low, high, expected| {
            let found = value.to_string();
            if (low..=high).contains(&value) { Ok(()) } else { Err(TrainingError::Parameter { name, found, expected }) }
        };
        let real = |name, value: f64, holds: bool, expected| {
            let found = value.to_string();
            if holds { Ok(()) } else { Err(TrainingError::Parameter { name, found, expected }) }
        };
        let share = |value: f64| value > 0.0 && value <= 1.0;
        let amount = |value: f64| (0.0..=1e12).contains(&value);
        match self.objective {
            Objective::Tweedie { power } => real("power", power, power > 1.0 && power < 2.0, "between 1 and 2")?,
            Objective::Quantile { level } => real("level", level, level > 0.0 && level < 1.0, "between 0 and 1")?,
            Objective::Squared | Objective::Absolute | Objective::Poisson => {}
        }
        whole("rounds", self.rounds, 1, 10_000, "1 to 10000")?;
        whole("leaves", self.leaves, 2, 4_096, "2 to 4096")?;
        whole("depth", self.depth, 1, MAX_DEPTH, "1 to 64")?;
        whole("bins", self.bins, 3, 255, "3 to 255")?;
        whole("min_rows", self.min_rows, 1, usize::MAX, "at least 1")?;
        whole("category_limit", self.category_limit, 1, 255, "1 to 255")?;
        real("learning_rate", self.learning_rate, share(self.learning_rate), "above 0 to 1")?;
        real("row_share", self.row_share, share(self.row_share), "above 0 to 1")?;
        real("feature_share", self.feature_share, share(self.feature_share), "above 0 to 1")?;
        real("min_hessian", self.min_hessian, self.min_hessian > 0.0 && amount(self.min_hessian), "above 0 to 1e12")?;
        real("l2", self.l2, amount(self.l2), "0 to 1e12")?;
        real("min_gain", self.min_gain, amount(self.min_gain), "0 to 1e12")?;
        real("category_smoothing", self.category_smoothing, amount(self.category_smoothing), "0 to 1e12")?;
        Ok(ValidBoostingParameters(self))
    }
}

/// Hyperparameters that are known to be in range. Made by [`BoostingParameters::check`].
#[derive(Debug, Clone, PartialEq)]
pub struct ValidBoostingParameters(BoostingParameters);

impl std::ops::Deref for ValidBoostingParameters {
    type Target = BoostingParameters;
    fn deref(&self) -> &BoostingParameters {
        &self.0
    }
}
