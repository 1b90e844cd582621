//! What boosting minimises.

use aisle_engine::trees::Link;

/// An objective with what it needs to know.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Objective {
    /// Squared error: the mean.
    Squared,
    /// Absolute error: the median.
    Absolute,
    /// Poisson likelihood with a logarithmic link: the mean of counts.
    Poisson,
    /// Tweedie likelihood with a logarithmic link: the mean of amounts with many zeros.
    Tweedie {
        /// Variance goes with this power of the mean, between 1 and 2.
        power: f64,
    },
    /// Pinball error: a quantile.
    Quantile {
        /// Which one, between 0 and 1.
        level: f64,
    },
}

/// Scores under a logarithmic link are kept within this, so that no exponential overflows.
const MAX_LOG: f64 = 60.0;
/// Poisson's hessian is taken this much further up, which keeps steps small (LightGBM's `poisson_max_delta_step`).
const POISSON_STEP: f64 = 0.7;

impl Objective {
    /// From raw scores to values.
    pub fn link(self) -> Link {
        match self {
            Self::Squared | Self::Absolute | Self::Quantile { .. } => Link::Identity,
            Self::Poisson | Self::Tweedie { .. } => Link::Exp,
        }
    }

    /// Whether targets below 0 cannot be.
    pub(super) fn needs_non_negative(self) -> bool {
        matches!(self, Self::Poisson | Self::Tweedie { .. })
    }

    /// Whether all rows of equal weight have the same hessian.
    pub(super) fn even_hessian(self) -> bool {
        !self.needs_non_negative()
    }

    /// The quantile of residuals that a leaf takes; `None` where its value comes from gradients.
    pub(super) fn leaf_quantile(self) -> Option<f64> {
        match self {
            Self::Absolute => Some(0.5),
            Self::Quantile { level } => Some(level),
            Self::Squared | Self::Poisson | Self::Tweedie { .. } => None,
        }
    }

    /// The best score that is the same for all rows, rounded to f32 so that the order of summation does not show.
    pub(super) fn first_score(self, target: &[f32], weight: Option<&[f32]>) -> f64 {
        if let Some(level) = self.leaf_quantile() {
            let mut pairs: Vec<(f32, f32)> =
                target.iter().enumerate().map(|(row, y)| (*y, weight.map_or(1.0, |w| w[row]))).collect();
            return f64::from(quantile(&mut pairs, level, weight.is_some()));
        }
        let (mut sum, mut rows) = (0.0, 0.0);
        for (row, y) in target.iter().enumerate() {
            let w = weight.map_or(1.0, |w| f64::from(w[row]));
            sum += w * f64::from(*y);
            rows += w;
        }
        let mean = if rows > 0.0 { sum / rows } else { 0.0 };
        let score = if self.needs_non_negative() { mean.max(1e-9).ln() } else { mean };
        f64::from(score as f32)
    }

    /// Gradients and, where they differ between rows, hessians.
    pub(super) fn gradients(
        self,
        scores: &[f64],
        target: &[f32],
        weight: Option<&[f32]>,
        gradient: &mut [f32],
        hessian: &mut [f32],
    ) {
        let rows = scores.iter().zip(target).zip(gradient.iter_mut());
        match self {
            Self::Squared => rows.for_each(|((s, y), g)| *g = (s - f64::from(*y)) as f32),
            Self::Absolute => rows.for_each(|((s, y), g)| {
                let residual = s - f64::from(*y);
                *g = f32::from(i8::from(residual > 0.0) - i8::from(residual < 0.0));
            }),
            Self::Quantile { level } => {
                let (below, above) = (-level as f32, (1.0 - level) as f32);
                rows.for_each(|((s, y), g)| *g = if *s < f64::from(*y) { below } else { above });
            }
            Self::Poisson => {
                let step = POISSON_STEP.exp();
                rows.zip(hessian.iter_mut()).for_each(|(((s, y), g), h)| {
                    let mean = s.clamp(-MAX_LOG, MAX_LOG).exp();
                    *g = (mean - f64::from(*y)) as f32;
                    *h = (mean * step) as f32;
                });
            }
            Self::Tweedie { power } => rows.zip(hessian.iter_mut()).for_each(|(((s, y), g), h)| {
                let s = s.clamp(-MAX_LOG, MAX_LOG);
                let low = f64::from(*y) * ((1.0 - power) * s).exp();
                let high = ((2.0 - power) * s).exp();
                *g = (high - low) as f32;
                *h = ((power - 1.0) * low + (2.0 - power) * high) as f32;
            }),
        }
        if let Some(weight) = weight {
            gradient.iter_mut().zip(weight).for_each(|(g, w)| *g *= w);
            if self.even_hessian() {
                hessian.copy_from_slice(weight);
            } else {
                hessian.iter_mut().zip(weight).for_each(|(h, w)| *h *= w);
            }
        }
    }

    /// The mean loss per unit of weight, up to a constant that scores do not change.
    pub fn loss(self, scores: &[f64], target: &[f32], weight: Option<&[f32]>) -> f64 {
        let (mut sum, mut rows) = (0.0, 0.0);
        for (row, (score, y)) in scores.iter().zip(target).enumerate() {
            let (w, y) = (weight.map_or(1.0, |w| f64::from(w[row])), f64::from(*y));
            let s = score.clamp(-MAX_LOG, MAX_LOG);
            let loss = match self {
                Self::Squared => (score - y) * (score - y),
                Self::Absolute => (score - y).abs(),
                Self::Quantile { level } => (y - score) * (if *score < y { level } else { level - 1.0 }),
                Self::Poisson => s.exp() - y * s,
                Self::Tweedie { power } => {
                    ((2.0 - power) * s).exp() / (2.0 - power) - y * ((1.0 - power) * s).exp() / (1.0 - power)
                }
            };
            sum += w * loss;
            rows += w;
        }
        if rows > 0.0 { sum / rows } else { 0.0 }
    }
}

/// The quantile of values with weights, between neighbours in proportion; 0 where there is none. Reorders the pairs.
pub(super) fn quantile(pairs: &mut [(f32, f32)], level: f64, weighted: bool) -> f32 {
    let Some(last) = pairs.len().checked_sub(1) else { return 0.0 };
    if weighted {
        pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let wanted = level * pairs.iter().map(|(_, w)| f64::from(*w)).sum::<f64>();
        let mut sum = 0.0;
        for (value, weight) in pairs.iter() {
            sum += f64::from(*weight);
            if sum >= wanted {
                return *value;
            }
        }
        return pairs[last].0;
    }
    let place = level * last as f64;
    let below = place as usize;
    let (_, low, above) = pairs.select_nth_unstable_by(below, |a, b| a.0.total_cmp(&b.0));
    let low = f64::from(low.0);
    let high = above.iter().map(|(value, _)| f64::from(*value)).fold(f64::INFINITY, f64::min);
    if high.is_finite() { (low + (place - below as f64) * (high - low)) as f32 } else { low as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_few_values_are_those_of_textbooks() {
        let of = |values: &[f32], level, weighted| {
            let mut pairs: Vec<(f32, f32)> = values.iter().map(|v| (*v, 1.0)).collect();
            quantile(&mut pairs, level, weighted)
        };
        assert_eq!(of(&[], 0.5, false), 0.0);
        assert_eq!(of(&[3.0], 0.9, false), 3.0);
        assert_eq!(of(&[5.0, 1.0, 3.0], 0.5, false), 3.0);
        assert_eq!(of(&[4.0, 1.0, 3.0, 2.0], 0.5, false), 2.5);
        assert_eq!(of(&[5.0, 1.0, 3.0], 0.5, true), 3.0);
        let mut heavy = [(1.0, 1.0), (9.0, 5.0), (2.0, 1.0)];
        assert_eq!(quantile(&mut heavy, 0.5, true), 9.0);
    }

    #[test]
    fn gradients_are_the_slopes_of_the_loss() {
        let objectives = [
            Objective::Squared,
            Objective::Absolute,
            Objective::Poisson,
            Objective::Tweedie { power: 1.3 },
            Objective::Quantile { level: 0.8 },
        ];
        for objective in objectives {
            for (score, y) in [(0.4, 2.0f32), (1.5, 0.0), (-0.7, 1.0)] {
                let (mut g, mut h) = ([0.0], [0.0]);
                objective.gradients(&[score], &[y], None, &mut g, &mut h);
                let loss = |s: f64| objective.loss(&[s], &[y], None);
                let slope = (loss(score + 1e-5) - loss(score - 1e-5)) / 2e-5;
                let half = if objective == Objective::Squared { 2.0 } else { 1.0 };
                assert!(
                    (slope - half * f64::from(g[0])).abs() < 1e-4,
                    "{objective:?} at {score}, {y}: {slope} and {g:?}"
                );
            }
        }
    }
}
