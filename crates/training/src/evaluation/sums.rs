//! Sums over values, from which errors follow.

use super::Errors;
use aisle_engine::artefact::NOMINAL;
use aisle_engine::distribution::{LEVELS, QUANTILES};

/// Lower and upper bound of the intervals of [`NOMINAL`], as indices into [`LEVELS`].
const BOUNDS: [(usize, usize); NOMINAL.len()] = [(5, 7), (3, 9), (2, 10), (1, 11), (0, 12)];
/// Sums that errors are made of.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    pub(super) points: u64,
    absolute: f64,
    weighted: f64,
    weights: f64,
    size: f64,
    actual: f64,
    forecast: f64,
    pinball: f64,
    inside: [u64; NOMINAL.len()],
    judged: u64,
    /// Sums over series: MASE, RMSSE, their number, RMSSE times weight, weights.
    pub(super) mase: f64,
    pub(super) rmsse: f64,
    pub(super) scaled: u64,
    pub(super) weighted_rmsse: f64,
    pub(super) volume: f64,
}

impl Sums {
    pub(super) fn compare(&mut self, actual: f64, forecast: f64, weight: f64) {
        let error = (actual - forecast).abs();
        self.points += 1;
        self.absolute += error;
        self.weighted += weight * error;
        self.weights += weight;
        self.size += actual.abs();
        self.actual += actual;
        self.forecast += forecast;
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.points += other.points;
        self.absolute += other.absolute;
        self.weighted += other.weighted;
        self.weights += other.weights;
        self.size += other.size;
        self.actual += other.actual;
        self.forecast += other.forecast;
        self.pinball += other.pinball;
        self.inside.iter_mut().zip(other.inside).for_each(|(sum, count)| *sum += count);
        self.judged += other.judged;
        self.mase += other.mase;
        self.rmsse += other.rmsse;
        self.scaled += other.scaled;
        self.weighted_rmsse += other.weighted_rmsse;
        self.volume += other.volume;
    }

    pub(super) fn judge(&mut self, actual: f64, quantiles: &[f64; QUANTILES]) {
        for (level, quantile) in LEVELS.into_iter().zip(quantiles) {
            let loss =
                if actual >= *quantile { level * (actual - quantile) } else { (1.0 - level) * (quantile - actual) };
            self.pinball += loss / QUANTILES as f64;
        }
        for (count, (low, high)) in self.inside.iter_mut().zip(BOUNDS) {
            *count += u64::from(quantiles[low] <= actual && actual <= quantiles[high]);
        }
        self.judged += 1;
    }

    pub(super) fn errors(&self) -> Errors {
        let ratio = |above: f64, below: f64| (below > 0.0).then(|| above / below);
        let [coverage50, coverage80, coverage90, coverage95, coverage99] =
            self.inside.map(|count| (self.judged > 0).then(|| count as f64 / self.judged as f64));
        Errors {
            points: self.points,
            wape: ratio(self.absolute, self.size),
            wmae: ratio(self.weighted, self.weights),
            mase: ratio(self.mase, self.scaled as f64),
            rmsse: ratio(self.rmsse, self.scaled as f64),
            wrmsse: ratio(self.weighted_rmsse, self.volume),
            bias: (self.actual != 0.0).then(|| (self.forecast - self.actual) / self.actual.abs()),
            pinball: if self.judged > 0 { ratio(self.pinball, self.size) } else { None },
            coverage50,
            coverage80,
            coverage90,
            coverage95,
            coverage99,
        }
    }
}
