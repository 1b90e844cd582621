//! A distribution as a quantile curve: values at fixed normal scores, straight between them and beyond.
//!
//! A normal distribution is exact; probabilities and expected shortages cost tens of nanoseconds, because the normal's own
//! probabilities and densities at the knots are constants.

use super::bounds::{finite, refuse};
use super::lattice::Lattice;
use super::normal;
use crate::EngineError;

/// Normal scores of the knots: -3, -2.75, … 3.
pub(super) const KNOTS: usize = 25;
const FIRST: f64 = -3.0;
const GAP: f64 = 0.25;
/// Values of a lattice that stands for a curve or one period's demand in a convolution.
pub(super) const FINE: usize = 96;

/// One curve: demand until some time ahead.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Curve {
    pub(super) mean: f64,
    pub(super) deviation: f64,
    /// Distances from the mean.
    pub(super) knots: [f64; KNOTS],
}

impl Curve {
    /// Through given quantiles, straight between their normal scores and beyond.
    pub(super) fn through(scores: &[f64], values: &[f64]) -> Result<Self, EngineError> {
        if values.len() != scores.len() {
            return Err(refuse("quantiles", values.len(), "a value for each level"));
        }
        let mut rising = values.iter().map(|v| finite("quantile", *v)).collect::<Result<Vec<_>, _>>()?;
        // Quantiles that cross are put in order, as Chernozhukov et al. 2010 do.
        rising.sort_by(f64::total_cmp);
        let mut curve = Self { mean: 0.0, deviation: 0.0, knots: [0.0; KNOTS] };
        for (index, knot) in curve.knots.iter_mut().enumerate() {
            let z = score(index);
            let right = scores.partition_point(|s| *s < z).clamp(1, scores.len() - 1);
            let (a, b) = (right - 1, right);
            let slope = (rising[b] - rising[a]) / (scores[b] - scores[a]);
            let value = rising[a] + slope * (z - scores[a]);
            // Non-negative quantiles stay so, also below the lowest level.
            *knot = if rising[0] >= 0.0 { value.max(0.0) } else { value };
        }
        curve.mean = curve.implied_mean();
        for knot in &mut curve.knots {
            *knot -= curve.mean;
        }
        Ok(curve)
    }

    /// Of a sample in rising order: the i-th of n values stands at the level (i + 1/2) / n.
    pub(super) fn of_sorted(sorted: &[f64], mean: f64) -> Self {
        let mut curve = Self { mean, deviation: 0.0, knots: [0.0; KNOTS] };
        let last = sorted.len().saturating_sub(1);
        for (index, knot) in curve.knots.iter_mut().enumerate() {
            let place = PROBABILITY[index] * sorted.len() as f64 - 0.5;
            let below = libm::floor(place).clamp(0.0, last as f64);
            let (left, right) = (sorted[below as usize], sorted[(below as usize + 1).min(last)]);
            *knot = left + (right - left) * (place - below).clamp(0.0, 1.0) - mean;
        }
        curve.centre();
        curve
    }

    /// Each value of the lattice spread over its step, so that mean and probabilities between values are kept.
    pub(super) fn of_lattice(lattice: &Lattice) -> Self {
        let mut curve = Self { mean: lattice.mean(), deviation: 0.0, knots: [0.0; KNOTS] };
        let probabilities = lattice.probabilities();
        if probabilities.len() == 1 {
            return curve;
        }
        let (mut index, mut below) = (0, 0.0);
        for (knot, value) in curve.knots.iter_mut().enumerate() {
            let wanted = PROBABILITY[knot];
            while index + 1 < probabilities.len() && below + probabilities[index] < wanted {
                below += probabilities[index];
                index += 1;
            }
            let part = if probabilities[index] > 0.0 {
                ((wanted - below) / probabilities[index]).clamp(0.0, 1.0)
            } else {
                0.5
            };
            *value = lattice.value(index) + (part - 0.5) * lattice.step() - curve.mean;
        }
        curve.centre();
        curve
    }

    /// Moves the knots so that the curve's own mean is the mean.
    fn centre(&mut self) {
        let off = self.implied_mean() - self.mean;
        for knot in &mut self.knots {
            *knot -= off;
        }
    }

    fn implied_mean(&self) -> f64 {
        let (mut below, mut start, mut sum) = (0.0, 0.0, self.mean);
        for index in 0..KNOTS - 1 {
            let (level, slope) = self.piece(index);
            let (end, density) =
                if index == KNOTS - 2 { (1.0, 0.0) } else { (PROBABILITY[index + 1], DENSITY[index + 1]) };
            sum += level * (end - below) + slope * (start - density);
            (below, start) = (end, density);
        }
        sum
    }

    /// The value at a normal score.
    pub(super) fn value(&self, z: f64) -> f64 {
        let place = ((z - FIRST) / GAP).clamp(-1e6, 1e6);
        let index = (libm::floor(place).max(0.0) as usize).min(KNOTS - 2);
        self.mean + self.knots[index] + (self.knots[index + 1] - self.knots[index]) * (place - index as f64)
    }

    /// P(D <= x), and the density there.
    pub(super) fn probability(&self, x: f64) -> (f64, f64) {
        let (z, slope) = self.score_of(x);
        if z.is_infinite() {
            return (f64::from(u8::from(z > 0.0)), 0.0);
        }
        (normal::probability(z), if slope > 0.0 { normal::density(z) / slope } else { 0.0 })
    }

    /// The largest normal score at which the curve is at most x, and the curve's slope there.
    fn score_of(&self, x: f64) -> (f64, f64) {
        let off = x - self.mean;
        let index = self.knots.partition_point(|knot| *knot <= off).clamp(1, KNOTS - 1) - 1;
        let rise = self.knots[index + 1] - self.knots[index];
        let slope = rise / GAP;
        if rise <= 0.0 {
            let above = off >= self.knots[index];
            return (if above { f64::INFINITY } else { f64::NEG_INFINITY }, 0.0);
        }
        (FIRST + GAP * index as f64 + (off - self.knots[index]) / slope, slope)
    }

    /// E[(D - x)+]: over the pieces above x, of (level - x) P + slope (density at the piece's start - at its end).
    pub(super) fn shortage(&self, x: f64) -> f64 {
        let (z, _) = self.score_of(x);
        if z == f64::INFINITY {
            return 0.0;
        }
        let off = x - self.mean;
        let at = if z == f64::NEG_INFINITY { 0 } else { (((z - FIRST) / GAP).max(0.0) as usize).min(KNOTS - 2) };
        let (level, slope) = self.piece(at);
        let (mut below, mut start) =
            if z.is_finite() { (normal::probability(z), normal::density(z)) } else { (0.0, 0.0) };
        let (end, density) = if at == KNOTS - 2 { (1.0, 0.0) } else { (PROBABILITY[at + 1], DENSITY[at + 1]) };
        let mut sum = (level - off) * (end - below) + slope * (start - density);
        (below, start) = (end, density);
        for index in at + 1..KNOTS - 1 {
            let (level, slope) = self.piece(index);
            let (end, density) =
                if index == KNOTS - 2 { (1.0, 0.0) } else { (PROBABILITY[index + 1], DENSITY[index + 1]) };
            sum += (level - off) * (end - below) + slope * (start - density);
            (below, start) = (end, density);
        }
        sum.max(0.0)
    }

    /// The straight line of a piece, as distance from the mean: level + slope z.
    fn piece(&self, index: usize) -> (f64, f64) {
        let slope = (self.knots[index + 1] - self.knots[index]) / GAP;
        (self.knots[index] - slope * score(index), slope)
    }

    /// Part of the way from this curve to a later one: mean in proportion, squared distances in proportion, as the variance of
    /// independent demand grows.
    pub(super) fn towards(&self, later: &Self, part: f64) -> Self {
        let variance = (1.0 - part) * self.deviation * self.deviation + part * later.deviation * later.deviation;
        let mean = self.mean + (later.mean - self.mean) * part;
        let mut curve = Self { mean, deviation: variance.sqrt(), knots: [0.0; KNOTS] };
        for (knot, (a, b)) in curve.knots.iter_mut().zip(self.knots.iter().zip(&later.knots)) {
            let square = (1.0 - part) * a * a.abs() + part * b * b.abs();
            *knot = if square < 0.0 { -(-square).sqrt() } else { square.sqrt() };
        }
        curve
    }

    /// As a lattice of about [`FINE`] values.
    pub(super) fn lattice(&self) -> Lattice {
        let (low, high) = (self.value(-4.0), self.value(4.0));
        let step = ((high - low) / FINE as f64).max(1e-9 * (1.0 + self.mean.abs()));
        let start = libm::floor(low / step);
        let count = (libm::ceil(high / step) - start).clamp(0.0, 4.0 * FINE as f64) as usize;
        let mut below = 0.0;
        let mut probabilities = Vec::with_capacity(count + 1);
        for index in 0..=count {
            let through = if index == count { 1.0 } else { self.probability((start + index as f64 + 0.5) * step).0 };
            probabilities.push((through - below).max(0.0));
            below = through;
        }
        Lattice::of(start * step, step, probabilities)
    }
}

/// P(Z <= z) at the knots.
const PROBABILITY: [f64; KNOTS] = [
    0.0013498980316300957,
    0.0029797632350545573,
    0.006209665325776139,
    0.012224472655044704,
    0.02275013194817922,
    0.04005915686381709,
    0.06680720126885809,
    0.10564977366685528,
    0.15865525393145707,
    0.2266273523768682,
    0.3085375387259869,
    0.4012936743170763,
    0.5,
    0.5987063256829237,
    0.6914624612740131,
    0.7733726476231317,
    0.8413447460685429,
    0.8943502263331446,
    0.9331927987311419,
    0.9599408431361829,
    0.9772498680518208,
    0.9877755273449553,
    0.9937903346742238,
    0.9970202367649454,
    0.9986501019683699,
];
/// Density of Z at the knots.
const DENSITY: [f64; KNOTS] = [
    0.0044318484119380075,
    0.009093562501591053,
    0.01752830049356854,
    0.03173965183566742,
    0.05399096651318806,
    0.08627731882651153,
    0.12951759566589174,
    0.18264908538902191,
    0.24197072451914337,
    0.30113743215480443,
    0.3520653267642995,
    0.3866681168028493,
    0.3989422804014327,
    0.3866681168028493,
    0.3520653267642995,
    0.30113743215480443,
    0.24197072451914337,
    0.18264908538902191,
    0.12951759566589174,
    0.08627731882651153,
    0.05399096651318806,
    0.03173965183566742,
    0.01752830049356854,
    0.009093562501591053,
    0.0044318484119380075,
];

fn score(knot: usize) -> f64 {
    FIRST + GAP * knot as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_those_of_the_normal() {
        for knot in 0..KNOTS {
            assert!((PROBABILITY[knot] - normal::probability(score(knot))).abs() < 1e-15);
            assert!((DENSITY[knot] - normal::density(score(knot))).abs() < 1e-15);
        }
    }
}
