//! Hyperparameters of a fit: written as one likes, checked once, then known to be right.

use crate::TrainingError;
use std::collections::BTreeMap;

/// Hyperparameters before they are checked.
#[derive(Debug, Clone, PartialEq)]
pub struct FitParameters {
    /// Periods to forecast, 1 to 1096.
    pub horizon: usize,
    /// Origins of the backtest, 0 to 12: each one further `backtest_horizon` periods back, as far as history allows.
    pub origins: usize,
    /// Periods forecast from each origin, 1 to 366.
    pub backtest_horizon: usize,
    /// Further origins between each and the next, 0 to 12, whose errors only say how wide intervals must be.
    pub overlap: usize,
    /// Overall penalty of the elastic net on standardised columns, at least 0.
    pub penalty: f64,
    /// Share of the absolute penalty in it, 0 to 1.
    pub l1_ratio: f64,
    /// Points of its group's record that a series' own backtest errors are weighed against when models are combined, 0 to
    /// 100000: the more, the more alike the weights within a group.
    pub own_points: f64,
    /// Power of the relative error by which a model's weight falls, 0 (equal weights) to 64 (nearly the best alone).
    pub weight_power: f64,
    /// Whether boosted trees on the rows of all series compete.
    pub trees: Trees,
    /// Most rows that they learn from per block of steps, 1000 to 10000000: bounds memory and time.
    pub tree_rows: usize,
    /// Worker threads, 1 to 64. The result does not depend on it.
    pub threads: usize,
}

/// Whether the global trees compete.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Trees {
    /// Where the panel is large enough to learn from.
    #[default]
    Auto,
    /// Always.
    On,
    /// Never.
    Off,
}

impl Trees {
    fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::On => "on",
            Self::Off => "off",
        }
    }
}

impl Default for FitParameters {
    fn default() -> Self {
        Self {
            horizon: 53,
            origins: 2,
            backtest_horizon: 13,
            overlap: 3,
            penalty: 0.002,
            l1_ratio: 0.5,
            own_points: 60.0,
            weight_power: 6.0,
            trees: Trees::Auto,
            tree_rows: 100_000,
            threads: 2,
        }
    }
}

impl FitParameters {
    /// Checks every number against its range.
    ///
    /// # Errors
    /// [`TrainingError::Parameter`] naming the first that is outside.
    pub fn check(self) -> Result<ValidFitParameters, TrainingError> {
        let whole = |name, value: usize, low, high, expected| {
            let found = value.to_string();
            if (low..=high).contains(&value) { Ok(()) } else { Err(TrainingError::Parameter { name, found, expected }) }
        };
        let real = |name, value: f64, high, expected| {
            let found = value.to_string();
            if (0.0..=high).contains(&value) { Ok(()) } else { Err(TrainingError::Parameter { name, found, expected }) }
        };
        whole("horizon", self.horizon, 1, aisle_engine::artefact::MAX_HORIZON, "1 to 1096 periods")?;
        whole("origins", self.origins, 0, 12, "0 to 12")?;
        whole("backtest_horizon", self.backtest_horizon, 1, 366, "1 to 366 periods")?;
        whole("tree_rows", self.tree_rows, 1_000, 10_000_000, "1000 to 10000000")?;
        whole("overlap", self.overlap, 0, 12, "0 to 12")?;
        whole("threads", self.threads, 1, 64, "1 to 64")?;
        real("penalty", self.penalty, 1e6, "0 to 1000000")?;
        real("l1_ratio", self.l1_ratio, 1.0, "0 to 1")?;
        real("own_points", self.own_points, 1e5, "0 to 100000")?;
        real("weight_power", self.weight_power, 64.0, "0 to 64")?;
        Ok(ValidFitParameters(self))
    }
}

/// Hyperparameters that are known to be in range. Made by [`FitParameters::check`].
#[derive(Debug, Clone, PartialEq)]
pub struct ValidFitParameters(FitParameters);

impl std::ops::Deref for ValidFitParameters {
    type Target = FitParameters;
    fn deref(&self) -> &FitParameters {
        &self.0
    }
}

impl ValidFitParameters {
    /// The same with another horizon.
    ///
    /// # Errors
    /// [`TrainingError::Parameter`] where it is out of range.
    pub fn with_horizon(&self, horizon: usize) -> Result<Self, TrainingError> {
        FitParameters { horizon, ..self.0.clone() }.check()
    }

    /// Names and values, for the artefact's record. The number of threads is no part of it: it changes nothing.
    pub fn record(&self) -> BTreeMap<String, String> {
        let pairs = [
            ("horizon", self.horizon.to_string()),
            ("origins", self.origins.to_string()),
            ("backtest_horizon", self.backtest_horizon.to_string()),
            ("overlap", self.overlap.to_string()),
            ("penalty", self.penalty.to_string()),
            ("l1_ratio", self.l1_ratio.to_string()),
            ("own_points", self.own_points.to_string()),
            ("weight_power", self.weight_power.to_string()),
            ("trees", self.trees.name().to_owned()),
            ("tree_rows", self.tree_rows.to_string()),
        ];
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_out_of_range_are_refused() {
        assert!(FitParameters::default().check().is_ok());
        let bad = |spoil: fn(&mut FitParameters)| {
            let mut parameters = FitParameters::default();
            spoil(&mut parameters);
            parameters.check().is_err()
        };
        assert!(bad(|p| p.horizon = 0));
        assert!(bad(|p| p.penalty = f64::NAN));
        assert!(bad(|p| p.l1_ratio = 1.1));
        assert!(bad(|p| p.threads = 0));
    }
}
