//! Histograms in one pass: exact counts in bins of one width, though neither the range nor the number of values is known
//! before the last of them.

use std::iter;

/// Bins shown.
pub(crate) const BINS: usize = 20;
/// Cells held: enough that the bins, which are made of whole cells, cover the range closely.
const CELLS: usize = 1024;
/// How much finer than the first value the first cells are, as a power of two, where values have fractions.
const FINENESS: i32 = 40;

/// Counts in cells of one width: a power of two that doubles whenever the values need more than [`CELLS`] of them, two
/// cells becoming one. So a count is never split and never guessed.
#[derive(Debug, Default, Clone)]
pub(crate) struct Cells {
    exponent: i32,
    /// 2^-`exponent`.
    per_unit: f64,
    /// Number of the first cell: its lower bound is this many widths.
    first: i64,
    counts: Vec<u64>,
}

/// Bins of equal width: each with its lower bound.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Bins {
    /// Width of each.
    pub(crate) width: f64,
    /// Lower bound and rows.
    pub(crate) bins: Vec<(f64, u64)>,
}

impl Cells {
    /// Counts a value `rows` times; `whole` where cells need not be narrower than 1.
    #[inline]
    pub(crate) fn add(&mut self, value: f64, whole: bool, rows: u64) {
        if !value.is_finite() {
            return;
        }
        if self.counts.is_empty() {
            self.exponent = if whole { 0 } else { value.abs().max(1.0).log2() as i32 - FINENESS };
            self.per_unit = width(-self.exponent);
            self.first = self.cell(value);
            self.counts.push(0);
        }
        loop {
            let cell = self.cell(value);
            let at = i128::from(cell) - i128::from(self.first);
            if (0..self.counts.len() as i128).contains(&at) {
                self.counts[at as usize] += rows;
                return;
            }
            let last = i128::from(self.first) + self.counts.len() as i128 - 1;
            let cells = last.max(cell.into()) - i128::from(self.first.min(cell)) + 1;
            if cells > CELLS as i128 {
                self.double();
            } else if at < 0 {
                self.counts.splice(0..0, iter::repeat_n(0, -at as usize));
                self.first = cell;
            } else {
                self.counts.resize(cells as usize, 0);
            }
        }
    }

    /// Adds the counts of other values of the same column.
    pub(crate) fn merge(&mut self, other: &Self) {
        while !self.counts.is_empty() && self.exponent < other.exponent {
            self.double();
        }
        if self.counts.is_empty() {
            self.clone_from(other);
            return;
        }
        // A narrower cell lies within a wider one: its lower bound says which.
        for (at, rows) in other.counts.iter().enumerate().filter(|(_, rows)| **rows > 0) {
            self.add((other.first + at as i64) as f64 * width(other.exponent), true, *rows);
        }
    }

    /// Up to [`BINS`] bins, each of the same number of cells.
    pub(crate) fn bins(&self) -> Bins {
        let last = self.first + self.counts.len() as i64 - 1;
        let shift = (0..63).find(|shift| (last >> shift) - (self.first >> shift) < BINS as i64).unwrap_or(0);
        let width = width(self.exponent + shift);
        let mut bins: Vec<(f64, u64)> =
            (self.first >> shift..=last >> shift).map(|bin| (bin as f64 * width, 0)).collect();
        for (at, rows) in self.counts.iter().enumerate() {
            let bin = ((self.first + at as i64) >> shift) - (self.first >> shift);
            bins[bin as usize].1 += rows;
        }
        Bins { width, bins }
    }

    #[inline]
    fn cell(&self, value: f64) -> i64 {
        (value * self.per_unit).floor() as i64
    }

    fn double(&mut self) {
        let first = self.first >> 1;
        let last = (self.first + self.counts.len() as i64 - 1) >> 1;
        let mut halved = vec![0; (last - first + 1) as usize];
        for (at, rows) in self.counts.iter().enumerate() {
            halved[(((self.first + at as i64) >> 1) - first) as usize] += rows;
        }
        (self.exponent, self.first, self.counts) = (self.exponent + 1, first, halved);
        self.per_unit /= 2.0;
    }
}

fn width(exponent: i32) -> f64 {
    f64::from(exponent).exp2()
}

/// Bins of values that are all known: from the least to the greatest, whole numbers in bins of whole width.
pub(crate) fn equal_bins(values: &[(f64, u64)], whole: bool) -> Bins {
    let min = values.iter().map(|(value, _)| *value).fold(f64::INFINITY, f64::min);
    let max = values.iter().map(|(value, _)| *value).fold(f64::NEG_INFINITY, f64::max);
    let width = if whole { ((max - min + 1.0) / BINS as f64).ceil().max(1.0) } else { (max - min) / BINS as f64 };
    let width = if width > 0.0 { width } else { 1.0 };
    let mut counts = [0; BINS];
    for (value, rows) in values {
        counts[(((value - min) / width) as usize).min(BINS - 1)] += rows;
    }
    let used = counts.iter().rposition(|rows| *rows > 0).map_or(0, |last| last + 1);
    Bins { width, bins: (0..used).map(|at| (min + width * at as f64, counts[at])).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_value_is_in_its_bin(
            values in prop::collection::vec((-1e9f64..1e9, -12i32..3), 1..300),
            whole in any::<bool>(),
            part in 0usize..300,
        ) {
            let scaled = |(value, scale): &(f64, i32)| {
                let value = value * 10f64.powi(*scale);
                if whole { value.round() } else { value }
            };
            let values: Vec<f64> = values.iter().map(scaled).collect();
            let (mut cells, mut others) = (Cells::default(), Cells::default());
            for (at, value) in values.iter().enumerate() {
                if at < part { cells.add(*value, whole, 1) } else { others.add(*value, whole, 1) }
            }
            cells.merge(&others);
            let Bins { width, bins } = cells.bins();
            prop_assert!((1..=BINS).contains(&bins.len()), "{} bins", bins.len());
            for (lower, rows) in &bins {
                let within = values.iter().filter(|value| (*lower..lower + width).contains(*value)).count() as u64;
                prop_assert_eq!(within, *rows, "from {} by {}", lower, width);
            }
            prop_assert_eq!(bins.iter().map(|(_, rows)| rows).sum::<u64>(), values.len() as u64);
        }
    }
}
