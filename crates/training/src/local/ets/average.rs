//! The mean of a family's members by how likely the criterion makes each (Akaike weights; Kolassa 2011). It errs less than
//! the best alone, which changes with every few values.

use super::{Ets, EtsFit};

/// Members with weights that sum to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct EtsAverage {
    /// The likeliest first.
    pub members: Vec<(f64, EtsFit)>,
}

/// Members of less weight than this beside the best are left out.
const LEAST: f64 = 0.02;

impl Ets {
    /// Fits a series and weighs every member. `None` where none could be fitted.
    pub fn fit_average(&self, values: &[f64]) -> Option<EtsAverage> {
        let fits = self.ranked(values);
        let best = fits.first()?.aicc;
        let weight = |fit: &EtsFit| if fit.aicc <= best { 1.0 } else { (-0.5 * (fit.aicc - best)).exp() };
        let mut members: Vec<(f64, EtsFit)> = fits.into_iter().map(|fit| (weight(&fit), fit)).collect();
        members.retain(|(weight, _)| *weight >= LEAST);
        let total: f64 = members.iter().map(|(weight, _)| weight).sum();
        members.iter_mut().for_each(|(weight, _)| *weight /= total);
        Some(EtsAverage { members })
    }
}

impl EtsAverage {
    /// The likeliest member.
    pub fn best(&self) -> &EtsFit {
        &self.members[0].1
    }

    /// Forecasts of the next periods, in the values' unit.
    pub fn forecast(&self, horizon: usize) -> Vec<f64> {
        let mut mean = vec![0.0; horizon];
        for (weight, fit) in &self.members {
            for (sum, value) in mean.iter_mut().zip(fit.forecast(horizon)) {
                *sum += weight * value;
            }
        }
        mean
    }

    /// Takes in the next value, each member for itself; weights stay.
    pub fn advance(&mut self, value: f64) {
        self.members.iter_mut().for_each(|(_, fit)| fit.advance(value));
    }
}
