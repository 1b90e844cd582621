//! A distribution as a quantile curve: values at fixed normal scores, straight between them and beyond.
//!
//! A normal distribution is exact; probabilities and expected shortages cost tens of nanoseconds, because the normal's own
//! probabilities and densities at the knots are constants. Steps of whole-unit demand are rounded off: where an item sells
//! once in many periods, a probability may be off by 0.03.

use super::bounds::{finite, refuse};
use super::lattice::Lattice;
use super::normal;
use crate::EngineError;

/// Normal scores of the knots: -3, -2.75, … 3.
pub(super) const KNOTS: usize = 25;
const FIRST: f64 = -3.0;
const GAP: f64 = 0.25;
/// Values of a lattice that stands for a curve or one period's demand in a convolution.
pub(super) const FINE: usize = 64;

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
        self.mean + self.tails()[0]
    }

    /// By knot: E[distance from the mean; Z beyond the knot]; the first knot's is over all Z.
    pub(super) fn tails(&self) -> [f64; KNOTS] {
        let mut tails = [0.0; KNOTS];
        for index in (0..KNOTS - 1).rev() {
            let (left, right) = SHARES[index];
            tails[index] = tails[index + 1] + self.knots[index] * left + self.knots[index + 1] * right;
        }
        tails
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
        let (probability, density) = standard(z);
        (probability, if slope > 0.0 { density / slope } else { 0.0 })
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

    /// E[(D - x)+].
    pub(super) fn shortage(&self, x: f64) -> f64 {
        self.shortage_with(&self.tails(), x)
    }

    /// E[(D - x)+] from tails worked out before: those beyond the next knot, and of the piece that x is in,
    /// (level - x) P + slope (density at x - density at the knot).
    pub(super) fn shortage_with(&self, tails: &[f64; KNOTS], x: f64) -> f64 {
        self.shortage_and_probability(tails, x).0
    }

    /// E[(D - x)+] and P(D <= x).
    pub(super) fn shortage_and_probability(&self, tails: &[f64; KNOTS], x: f64) -> (f64, f64) {
        let (z, slope) = self.score_of(x);
        let off = x - self.mean;
        if z.is_infinite() {
            return if z > 0.0 { (0.0, 1.0) } else { ((tails[0] - off).max(0.0), 0.0) };
        }
        let index = (((z - FIRST) / GAP).max(0.0) as usize).min(KNOTS - 2);
        let (end, end_density) =
            if index == KNOTS - 2 { (1.0, 0.0) } else { (PROBABILITY[index + 1], DENSITY[index + 1]) };
        let (below, density) = standard(z);
        // At x the straight line is x itself: level - off = -slope z.
        let within = slope * (density - end_density - z * (end - below));
        ((within + tails[index + 1] - off * (1.0 - end)).max(0.0), below)
    }

    /// Part of the way from this curve to a later one: mean and variance in proportion, as those of independent demand grow, and
    /// the shape between both shapes.
    pub(super) fn towards(&self, later: &Self, part: f64) -> Self {
        let variance = (1.0 - part) * self.deviation * self.deviation + part * later.deviation * later.deviation;
        let mean = self.mean + (later.mean - self.mean) * part;
        let deviation = variance.sqrt();
        let mut curve = Self { mean, deviation, knots: [0.0; KNOTS] };
        if later.deviation > 0.0 {
            let (a, b) = match self.deviation {
                own if own > 0.0 => ((1.0 - part) * deviation / own, part * deviation / later.deviation),
                _ => (0.0, deviation / later.deviation),
            };
            for (knot, (from, to)) in curve.knots.iter_mut().zip(self.knots.iter().zip(&later.knots)) {
                *knot = a * from + b * to;
            }
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

/// Shares of a piece's two knots in E[straight line; Z in the piece]; the outermost pieces reach to infinity.
const SHARES: [(f64, f64); KNOTS - 1] = shares();

const fn shares() -> [(f64, f64); KNOTS - 1] {
    let mut shares = [(0.0, 0.0); KNOTS - 1];
    let mut index = 0;
    while index < KNOTS - 1 {
        let (below, start) = if index == 0 { (0.0, 0.0) } else { (PROBABILITY[index], DENSITY[index]) };
        let (through, end) = if index == KNOTS - 2 { (1.0, 0.0) } else { (PROBABILITY[index + 1], DENSITY[index + 1]) };
        let (chance, first) = (through - below, start - end);
        let from = FIRST + GAP * index as f64;
        shares[index] = (((from + GAP) * chance - first) / GAP, (first - from * chance) / GAP);
        index += 1;
    }
    shares
}

/// The standard normal's probability and density: between knots by the quintic through both knots' values, slopes and bends,
/// which is right to 2e-8 and costs no exponential.
fn standard(z: f64) -> (f64, f64) {
    let place = (z - FIRST) / GAP;
    if !(place >= 0.0 && place < (KNOTS - 1) as f64) {
        return (normal::probability(z), normal::density(z));
    }
    let index = place as usize;
    let t = place - index as f64;
    let (left, right) = (score(index), score(index + 1));
    let (p0, p1) = (PROBABILITY[index], PROBABILITY[index + 1]);
    // Slopes and bends per piece: the density, and -z times it.
    let (d0, d1) = (DENSITY[index] * GAP, DENSITY[index + 1] * GAP);
    let (b0, b1) = (-left * d0 * GAP, -right * d1 * GAP);
    let rise = p1 - p0;
    let c3 = 10.0 * rise - 6.0 * d0 - 4.0 * d1 - 1.5 * b0 + 0.5 * b1;
    let c4 = -15.0 * rise + 8.0 * d0 + 7.0 * d1 + 1.5 * b0 - b1;
    let c5 = 6.0 * rise - 3.0 * (d0 + d1) + 0.5 * (b1 - b0);
    let probability = p0 + t * (d0 + t * (0.5 * b0 + t * (c3 + t * (c4 + t * c5))));
    let slope = d0 + t * (b0 + t * (3.0 * c3 + t * (4.0 * c4 + t * 5.0 * c5)));
    (probability, slope / GAP)
}

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

    #[test]
    fn between_knots_probability_and_density_are_right_to_a_millionth() {
        for step in -3_500..3_500 {
            let z = f64::from(step) / 1_000.0;
            let (probability, density) = standard(z);
            assert!((probability - normal::probability(z)).abs() < 2e-8, "{z}: {probability}");
            assert!((density - normal::density(z)).abs() < 1e-6, "{z}: {density}");
        }
    }
}
