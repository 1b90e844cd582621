//! What sales may become: a distribution per series and step, not one number.
//!
//! Training writes down [`QuantileBands`]: by volume class and horizon block, thirteen quantiles of the forecast error in
//! units of the series' width. With a mean they give the quantiles of a step, and a [`Distribution`] of all steps answers
//! for any probability between and beyond: between two quantiles it is linear in the normal score, beyond the last ones
//! the tail falls off exponentially. [`PathScores`] draws sample paths from it, whose sums are demand over a lead time;
//! [`scoring`] says how good it was.

pub mod bands;
pub mod normal;
pub mod paths;
pub mod scoring;

pub use bands::{Dependence, QuantileBands, Spread};
pub use paths::{PathScores, Samples};

use serde::{Deserialize, Serialize};

/// Number of quantiles kept.
pub const QUANTILES: usize = 13;
/// The probabilities of the quantiles kept.
pub const LEVELS: [f64; QUANTILES] = [0.005, 0.025, 0.05, 0.1, 0.165, 0.25, 0.5, 0.75, 0.835, 0.9, 0.95, 0.975, 0.995];
/// The normal scores of [`LEVELS`]. Computed once with `scipy.stats.norm.ppf`.
const SCORES: [f64; QUANTILES] = [
    -2.575_829_303_548_900_4,
    -1.959_963_984_540_054,
    -1.644_853_626_951_472_6,
    -1.281_551_565_544_600_4,
    -0.974_113_877_059_309_3,
    -0.674_489_750_196_081_7,
    0.0,
    0.674_489_750_196_081_7,
    0.974_113_877_059_309_3,
    1.281_551_565_544_600_4,
    1.644_853_626_951_472_6,
    1.959_963_984_540_054,
    2.575_829_303_548_900_4,
];
/// Natural logarithm of 5: how many times rarer the outermost quantile is than the one before it.
const TAIL: f64 = 1.609_437_912_434_100_3;

/// The distribution of each step of a forecast.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Distribution {
    /// Per step the quantiles at [`LEVELS`], ascending, in the unit of the values.
    pub steps: Vec<[f64; QUANTILES]>,
    /// Whether values are never negative: the lower tail ends at zero.
    pub non_negative: bool,
}

impl Distribution {
    /// The distribution of a forecast with these means. Steps past `spreads` take its last entry.
    pub fn new(bands: &QuantileBands, means: &[f64], spreads: &[Spread]) -> Self {
        let spread_at = |step: usize| spreads.get(step).or(spreads.last()).copied().unwrap_or_default();
        let quantiles = |(step, mean): (usize, &f64)| bands.quantiles(step, *mean, &spread_at(step));
        Self {
            steps: means.iter().enumerate().map(quantiles).collect(),
            non_negative: spreads.last().is_some_and(|spread| spread.non_negative),
        }
    }

    /// The value that is not exceeded with this probability at a 0-based step. Not a number where there is no such step or
    /// the probability is not above 0 and below 1.
    pub fn quantile(&self, step: usize, probability: f64) -> f64 {
        match self.steps.get(step) {
            Some(quantiles) if probability > 0.0 && probability < 1.0 => {
                self.bounded(Place::of(probability).value(quantiles))
            }
            _ => f64::NAN,
        }
    }

    /// The probability that a value is not exceeded at a 0-based step. Not a number where there is no such step.
    pub fn probability(&self, step: usize, value: f64) -> f64 {
        match self.steps.get(step) {
            Some(_) if self.non_negative && value < 0.0 => 0.0,
            Some(quantiles) if !value.is_nan() => probability(quantiles, value),
            _ => f64::NAN,
        }
    }

    /// The central interval that holds the value with this probability (0 to 1) at a 0-based step.
    pub fn interval(&self, step: usize, probability: f64) -> (f64, f64) {
        let tail = (1.0 - probability) / 2.0;
        (self.quantile(step, tail), self.quantile(step, 1.0 - tail))
    }

    fn bounded(&self, value: f64) -> f64 {
        if self.non_negative { value.max(0.0) } else { value }
    }
}

/// Where a probability lies among the quantiles: so far from one to the next, also less than 0 or more than 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Place {
    pub(crate) segment: u8,
    pub(crate) share: f32,
}

impl Place {
    pub(crate) fn of(probability: f64) -> Self {
        let last = QUANTILES - 1;
        if probability <= LEVELS[0] {
            return Self { segment: 0, share: -(libm::log(LEVELS[0] / probability) / TAIL) as f32 };
        }
        if probability >= LEVELS[last] {
            let beyond = libm::log((1.0 - LEVELS[last]) / (1.0 - probability)) / TAIL;
            return Self { segment: last as u8 - 1, share: (1.0 + beyond) as f32 };
        }
        let segment = LEVELS.partition_point(|level| *level <= probability).clamp(1, last) - 1;
        let score = normal::quantile(probability);
        let share = (score - SCORES[segment]) / (SCORES[segment + 1] - SCORES[segment]);
        Self { segment: segment as u8, share: share as f32 }
    }

    pub(crate) fn value(self, quantiles: &[f64; QUANTILES]) -> f64 {
        let from = usize::from(self.segment).min(QUANTILES - 2);
        quantiles[from] + f64::from(self.share) * (quantiles[from + 1] - quantiles[from])
    }
}

fn probability(quantiles: &[f64; QUANTILES], value: f64) -> f64 {
    let last = QUANTILES - 1;
    if value < quantiles[0] {
        let unit = quantiles[1] - quantiles[0];
        return if unit > 0.0 { LEVELS[0] * libm::exp(-TAIL * (quantiles[0] - value) / unit) } else { 0.0 };
    }
    if value >= quantiles[last] {
        let unit = quantiles[last] - quantiles[last - 1];
        let beyond = if unit > 0.0 { libm::exp(-TAIL * (value - quantiles[last]) / unit) } else { 0.0 };
        return 1.0 - (1.0 - LEVELS[last]) * beyond;
    }
    // The last quantile at or below the value: where several are equal, the value has the probability of them all.
    let from = quantiles.partition_point(|quantile| *quantile <= value).clamp(1, last) - 1;
    let unit = quantiles[from + 1] - quantiles[from];
    let share = if unit > 0.0 { (value - quantiles[from]) / unit } else { 0.0 };
    normal::probability(SCORES[from] + share * (SCORES[from + 1] - SCORES[from]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn standard() -> Distribution {
        Distribution { steps: vec![SCORES], non_negative: false }
    }

    #[test]
    fn normal_quantiles_give_the_normal_distribution_between_them() {
        for probability in [0.01, 0.07, 0.3, 0.5, 0.62, 0.99] {
            let value = standard().quantile(0, probability);
            assert!((value - normal::quantile(probability)).abs() < 1e-6, "{probability}: {value}");
            assert!((standard().probability(0, value) - probability).abs() < 1e-6);
        }
    }

    #[test]
    fn tails_fall_off_by_a_factor_of_five_per_last_segment() {
        let (last, before) = (SCORES[12], SCORES[11]);
        let further = standard().quantile(0, 1.0 - 0.005 / 5.0);
        assert!((further - (2.0 * last - before)).abs() < 1e-6);
        assert!((standard().probability(0, further) - 0.999).abs() < 1e-9);
        assert!((standard().quantile(0, 0.001) + further).abs() < 1e-6);
    }

    #[test]
    fn what_is_not_there_is_not_a_number() {
        assert!(standard().quantile(1, 0.5).is_nan() && standard().quantile(0, 1.0).is_nan());
        assert!(standard().probability(1, 0.5).is_nan() && standard().probability(0, f64::NAN).is_nan());
    }

    proptest! {
        #[test]
        fn quantiles_ascend_and_probabilities_invert_them(
            gaps in proptest::collection::vec(0.0..9.0f64, QUANTILES), a in 1e-6..0.999_999f64, b in 1e-6..0.999_999f64
        ) {
            let mut quantiles = [0.0; QUANTILES];
            let mut sum = -20.0;
            quantiles.iter_mut().zip(&gaps).for_each(|(quantile, gap)| {
                sum += gap;
                *quantile = f64::max(sum, 0.0);
            });
            let found = Distribution { steps: vec![quantiles], non_negative: true };
            let (low, high) = (found.quantile(0, a.min(b)), found.quantile(0, a.max(b)));
            prop_assert!(0.0 <= low && low <= high);
            prop_assert!(found.probability(0, low) >= a.min(b) - 1e-6);
            prop_assert!(found.probability(0, low) <= found.probability(0, high) + 1e-12);
        }
    }
}
