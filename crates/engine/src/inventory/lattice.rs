//! Probabilities on evenly spaced values: what every discrete distribution is here, and every convolution.

use super::bounds::{finite, positive, refuse};
use crate::EngineError;

/// Most values of a lattice that is built from parameters; a wider range gets a coarser step.
pub(super) const MOST_VALUES: usize = 8_192;
/// Most values of any lattice.
const MOST_EVER: usize = 1 << 20;

/// A distribution on `origin`, `origin + step`, …: probabilities, their sums, and the expected shortage at each value.
#[derive(Debug, Clone, PartialEq)]
pub struct Lattice {
    origin: f64,
    step: f64,
    probabilities: Vec<f64>,
    cumulative: Vec<f64>,
    shortage: Vec<f64>,
    mean: f64,
}

impl Lattice {
    /// From weights, which are brought to a sum of 1; `probabilities[i]` belongs to `origin + i step`.
    ///
    /// # Errors
    /// [`EngineError::Inventory`] where a weight is negative or not finite, all are zero, there are none or over a
    /// million, or the step is not positive.
    pub fn new(origin: f64, step: f64, mut probabilities: Vec<f64>) -> Result<Self, EngineError> {
        let origin = finite("lattice origin", origin)?;
        let step = positive("lattice step", step)?;
        if probabilities.len() > MOST_EVER {
            return Err(refuse("lattice", format!("{} values", probabilities.len()), "at most 1,048,576"));
        }
        if let Some(wrong) = probabilities.iter().find(|p| !(0.0..=1e300).contains(*p)) {
            return Err(refuse("probability", wrong, "finite weights of at least 0"));
        }
        while probabilities.last() == Some(&0.0) {
            probabilities.pop();
        }
        let sum: f64 = probabilities.iter().sum();
        if !(sum > 0.0 && sum.is_finite()) {
            return Err(refuse("probabilities", format!("a sum of {sum}"), "weights with a positive sum"));
        }
        for probability in &mut probabilities {
            *probability /= sum;
        }
        Ok(Self::of(origin, step, probabilities))
    }

    /// One value, certain.
    pub(super) fn certain(value: f64, step: f64) -> Self {
        Self::of(value, step, vec![1.0])
    }

    /// From probabilities that sum to 1 already; empty ones become a certain origin.
    pub(super) fn of(origin: f64, step: f64, mut probabilities: Vec<f64>) -> Self {
        if probabilities.is_empty() {
            probabilities.push(1.0);
        }
        let mut sum = 0.0;
        let cumulative: Vec<f64> = probabilities
            .iter()
            .map(|p| {
                sum += p;
                sum.min(1.0)
            })
            .collect();
        // From above: the shortage at a value is that at the next, plus a step for each outcome beyond this value.
        let mut shortage = vec![0.0; probabilities.len()];
        let mut beyond = 0.0;
        for index in (1..probabilities.len()).rev() {
            beyond += probabilities[index];
            shortage[index - 1] = shortage[index] + step * beyond;
        }
        let mean = origin + shortage[0];
        Self { origin, step, probabilities, cumulative, shortage, mean }
    }

    /// The smallest value.
    pub fn origin(&self) -> f64 {
        self.origin
    }

    /// The distance between neighbouring values.
    pub fn step(&self) -> f64 {
        self.step
    }

    /// The probabilities, from the smallest value upwards.
    pub fn probabilities(&self) -> &[f64] {
        &self.probabilities
    }

    /// The value at an index, also beyond the last.
    pub fn value(&self, index: usize) -> f64 {
        self.origin + index as f64 * self.step
    }

    /// The largest value.
    pub fn largest(&self) -> f64 {
        self.value(self.probabilities.len() - 1)
    }

    /// The expected value.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The expected squared distance from the mean.
    pub fn variance(&self) -> f64 {
        let squares = self.probabilities.iter().enumerate().map(|(index, p)| {
            let distance = self.value(index) - self.mean;
            p * distance * distance
        });
        squares.sum()
    }

    /// P(D <= x).
    pub fn probability(&self, x: f64) -> f64 {
        // A value reached by rounding counts as reached.
        let place = libm::floor((x - self.origin) / self.step + 1e-9);
        if place < 0.0 { 0.0 } else { self.cumulative.get(place as usize).copied().unwrap_or(1.0) }
    }

    /// The smallest value x with P(D <= x) >= p.
    pub fn quantile(&self, p: f64) -> f64 {
        let index = self.cumulative.partition_point(|sum| *sum < p - 1e-14);
        self.value(index.min(self.cumulative.len() - 1))
    }

    /// E[(D - x)+].
    pub fn shortage(&self, x: f64) -> f64 {
        let place = (x - self.origin) / self.step;
        if place <= 0.0 {
            return self.mean - x;
        }
        let below = libm::floor(place);
        let at = |index: f64| self.shortage.get(index as usize).copied().unwrap_or(0.0);
        let (left, right) = (at(below), at(below + 1.0));
        left + (right - left) * (place - below)
    }

    /// E[((D - x)+)^2] / 2.
    pub fn second_shortage(&self, x: f64) -> f64 {
        let parts = self.probabilities.iter().enumerate().map(|(index, p)| {
            let short = (self.value(index) - x).max(0.0);
            0.5 * p * short * short
        });
        parts.sum()
    }

    /// The distribution of the sum of two independent variables on lattices of one step. Tails lighter than 1e-15
    /// on either side are cut, and their probability is given to the nearest value that is kept.
    ///
    /// # Errors
    /// [`EngineError::Inventory`] where the steps differ or the sum has over a million values.
    pub fn plus(&self, other: &Self) -> Result<Self, EngineError> {
        if (self.step - other.step).abs() > 1e-12 * self.step {
            return Err(refuse("lattice steps", format!("{} and {}", self.step, other.step), "equal steps"));
        }
        let count = self.probabilities.len() + other.probabilities.len() - 1;
        if count > MOST_EVER {
            return Err(refuse("lattice", format!("{count} values"), "at most 1,048,576"));
        }
        let sum = convolve(&self.probabilities, &other.probabilities);
        Ok(trimmed(self.origin + other.origin, self.step, sum))
    }

    /// The sum of `count` independent variables with this distribution.
    ///
    /// # Errors
    /// As [`Lattice::plus`].
    pub fn times(&self, count: u32) -> Result<Self, EngineError> {
        let mut total = Self::certain(0.0, self.step);
        let mut power = self.clone();
        let mut left = count;
        while left > 0 {
            if left % 2 == 1 {
                total = total.plus(&power)?;
            }
            left /= 2;
            if left > 0 {
                power = power.plus(&power)?;
            }
        }
        Ok(total)
    }

    /// On twice the step. A value between two new ones is shared by them, which keeps the mean.
    pub(super) fn coarser(&self) -> Self {
        let step = 2.0 * self.step;
        let origin = libm::floor(self.origin / step + 1e-9) * step;
        let mut probabilities = vec![0.0; self.probabilities.len() / 2 + 2];
        let first = libm::round((self.origin - origin) / self.step) as usize;
        for (index, p) in self.probabilities.iter().enumerate() {
            let place = index + first;
            probabilities[place / 2] += if place.is_multiple_of(2) { *p } else { 0.5 * p };
            if place % 2 == 1 {
                probabilities[place / 2 + 1] += 0.5 * p;
            }
        }
        trimmed(origin, step, probabilities)
    }

    /// The mixture: with probability `weights[i]` (they sum to 1) the variable is `parts[i]`. Lattices must have one
    /// step and origins that differ by whole steps; the empty mixture is certainly zero.
    pub(super) fn mixture(parts: &[Self], weights: &[f64]) -> Self {
        let Some(first) = parts.first() else { return Self::certain(0.0, 1.0) };
        let origin = parts.iter().map(|part| part.origin).fold(f64::INFINITY, f64::min);
        let largest = parts.iter().map(Self::largest).fold(f64::NEG_INFINITY, f64::max);
        let count = (libm::round((largest - origin) / first.step) as usize).min(MOST_EVER) + 1;
        let mut sum = vec![0.0; count];
        for (part, weight) in parts.iter().zip(weights) {
            let shift = libm::round((part.origin - origin) / first.step) as usize;
            for (slot, p) in sum.iter_mut().skip(shift).zip(&part.probabilities) {
                *slot += weight * p;
            }
        }
        Self::of(origin, first.step, sum)
    }
}

fn convolve(a: &[f64], b: &[f64]) -> Vec<f64> {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let mut sum = vec![0.0; a.len() + b.len() - 1];
    for (offset, weight) in short.iter().enumerate().filter(|(_, weight)| **weight != 0.0) {
        for (slot, p) in sum[offset..offset + long.len()].iter_mut().zip(long) {
            *slot += weight * p;
        }
    }
    sum
}

fn trimmed(origin: f64, step: f64, mut probabilities: Vec<f64>) -> Lattice {
    const LIGHT: f64 = 1e-15;
    let mut tail = 0.0;
    while probabilities.len() > 1 && tail + probabilities[probabilities.len() - 1] < LIGHT {
        tail += probabilities.pop().unwrap_or(0.0);
    }
    if let Some(last) = probabilities.last_mut() {
        *last += tail;
    }
    let mut head = 0.0;
    let mut cut = 0;
    while cut + 1 < probabilities.len() && head + probabilities[cut] < LIGHT {
        head += probabilities[cut];
        cut += 1;
    }
    probabilities.drain(..cut);
    probabilities[0] += head;
    Lattice::of(origin + cut as f64 * step, step, probabilities)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn die() -> Lattice {
        Lattice::new(1.0, 1.0, vec![1.0; 6]).unwrap()
    }

    #[test]
    fn two_dice_sum_as_they_do() {
        let two = die().plus(&die()).unwrap();
        assert_eq!((two.origin(), two.largest(), two.probabilities().len()), (2.0, 12.0, 11));
        assert!((two.probability(4.0) - 6.0 / 36.0).abs() < 1e-15);
        assert!((two.mean() - 7.0).abs() < 1e-12 && (two.variance() - 35.0 / 6.0).abs() < 1e-12);
        assert_eq!(two.quantile(0.5), 7.0);
        assert_eq!(die().times(2).unwrap(), two);
        assert_eq!(die().times(0).unwrap().mean(), 0.0);
    }

    #[test]
    fn what_is_no_distribution_is_refused() {
        for weights in [vec![], vec![0.0], vec![-1.0, 2.0], vec![f64::NAN], vec![f64::INFINITY]] {
            assert!(Lattice::new(0.0, 1.0, weights).is_err());
        }
        assert!(Lattice::new(0.0, 0.0, vec![1.0]).is_err());
        assert!(die().plus(&Lattice::certain(0.0, 0.5)).is_err());
    }

    proptest! {
        #[test]
        fn shortage_is_the_expectation_that_it_says(
            weights in proptest::collection::vec(0.0..1.0f64, 1..12), x in -5.0..15.0f64,
        ) {
            prop_assume!(weights.iter().sum::<f64>() > 0.0);
            let lattice = Lattice::new(-1.0, 0.5, weights).unwrap();
            let values = || lattice.probabilities().iter().enumerate().map(|(i, p)| (*p, (lattice.value(i) - x).max(0.0)));
            let (first, second): (f64, f64) = (values().map(|(p, s)| p * s).sum(), values().map(|(p, s)| p * s * s / 2.0).sum());
            prop_assert!((lattice.shortage(x) - first).abs() < 1e-12);
            prop_assert!((lattice.second_shortage(x) - second).abs() < 1e-12);
        }

        #[test]
        fn the_quantile_is_the_smallest_value_that_reaches(
            weights in proptest::collection::vec(0.01..1.0f64, 1..12), p in 0.001..0.999f64,
        ) {
            let lattice = Lattice::new(3.0, 1.0, weights).unwrap();
            let x = lattice.quantile(p);
            prop_assert!(lattice.probability(x) >= p - 1e-12);
            prop_assert!(x == 3.0 || lattice.probability(x - 1.0) < p);
        }
    }
}
