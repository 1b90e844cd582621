//! How good a distribution was, once the value is known. Lower is better; in the unit of the values.

use super::{LEVELS, Place, QUANTILES};

/// Points at which the continuous ranked probability score is integrated.
const POINTS: usize = 200;

/// Mean pinball loss over the thirteen quantiles, counted twice, so that a point forecast's is its absolute error.
pub fn pinball(quantiles: &[f64; QUANTILES], actual: f64) -> f64 {
    let loss = |(quantile, level): (&f64, f64)| check_loss(actual - quantile, level);
    2.0 * quantiles.iter().zip(LEVELS).map(loss).sum::<f64>() / QUANTILES as f64
}

/// The continuous ranked probability score (Gneiting and Raftery 2007) as twice the mean pinball loss over 200 evenly
/// spaced probabilities.
#[derive(Debug, Clone)]
pub struct RankedScore {
    places: Vec<Place>,
}

impl Default for RankedScore {
    fn default() -> Self {
        Self { places: (0..POINTS).map(|point| Place::of(level(point))).collect() }
    }
}

impl RankedScore {
    /// The score of one step's quantiles, which end at zero where values are not negative.
    pub fn score(&self, quantiles: &[f64; QUANTILES], non_negative: bool, actual: f64) -> f64 {
        let mut sum = 0.0;
        for (point, place) in self.places.iter().enumerate() {
            let value = place.value(quantiles);
            let quantile = if non_negative { value.max(0.0) } else { value };
            sum += check_loss(actual - quantile, level(point));
        }
        2.0 * sum / POINTS as f64
    }
}

/// The continuous ranked probability score of equally likely values, ascending: mean distance to the actual value less half
/// the mean distance between two of them. `None` without values.
pub fn ranked_score_of_samples(sorted: &[f64], actual: f64) -> Option<f64> {
    let n = sorted.len() as f64;
    let (mut apart, mut between) = (0.0, 0.0);
    for (rank, value) in sorted.iter().enumerate() {
        apart += (value - actual).abs();
        between += (2.0 * rank as f64 + 1.0 - n) * value;
    }
    (!sorted.is_empty()).then(|| apart / n - between / (n * n))
}

fn level(point: usize) -> f64 {
    (point as f64 + 0.5) / POINTS as f64
}

fn check_loss(error: f64, level: f64) -> f64 {
    if error >= 0.0 { level * error } else { (level - 1.0) * error }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distribution::{Samples, normal};

    /// The closed form for a standard normal: y (2 P(y) - 1) + 2 density(y) - 1 / sqrt(pi).
    #[test]
    fn the_score_of_a_normal_distribution_is_its_closed_form() {
        let quantiles = LEVELS.map(normal::quantile);
        for actual in [-2.2f64, 0.0, 0.4, 3.0] {
            let density = (-actual * actual / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
            let expected =
                actual * (2.0 * normal::probability(actual) - 1.0) + 2.0 * density - 1.0 / std::f64::consts::PI.sqrt();
            let found = RankedScore::default().score(&quantiles, false, actual);
            assert!((found - expected).abs() < 0.004, "{actual}: {found}, {expected}");
            let samples = Samples::new((0..2_000).map(|i| normal::quantile((f64::from(i) + 0.5) / 2_000.0)).collect());
            assert!((ranked_score_of_samples(samples.sorted(), actual).unwrap() - expected).abs() < 0.001);
        }
        assert_eq!(ranked_score_of_samples(&[], 1.0), None);
    }

    #[test]
    fn a_point_scores_its_absolute_error() {
        assert!((pinball(&[10.0; QUANTILES], 13.0) - 3.0).abs() < 1e-12);
        assert!((RankedScore::default().score(&[10.0; QUANTILES], true, 4.0) - 6.0).abs() < 1e-12);
        assert_eq!(ranked_score_of_samples(&[10.0], 4.0), Some(6.0));
    }
}
