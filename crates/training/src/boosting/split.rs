//! The best split of a leaf.

use super::ValidBoostingParameters;
use super::binning::Bins;
use super::histogram::{Cell, Units};

/// Categorical features of up to so many bins are split without further smoothing.
const FEW_CATEGORIES: usize = 4;

/// Which bins go left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Rule {
    /// Bins up to this one, and missing values where it says so.
    Numeric { bin: u8, missing_left: bool },
    /// The bins of the set, as bits.
    Categorical { set: [u64; 4] },
}

impl Rule {
    /// For each bin whether it goes left.
    pub(super) fn table(&self, bins: &Bins) -> [bool; 256] {
        let mut table = [false; 256];
        match self {
            Self::Numeric { bin, missing_left } => {
                table[..=usize::from(*bin)].fill(true);
                if let Bins::Numeric { missing: Some(missing), .. } = bins {
                    table[usize::from(*missing)] = *missing_left;
                }
            }
            Self::Categorical { set } => {
                table.iter_mut().enumerate().for_each(|(bin, left)| *left = set[bin / 64] >> (bin % 64) & 1 == 1);
            }
        }
        table
    }
}

/// A split that may be made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) gain: f64,
    pub(super) feature: usize,
    pub(super) rule: Rule,
}

/// What a search needs to know of its leaf.
pub(super) struct Search<'a> {
    pub(super) p: &'a ValidBoostingParameters,
    pub(super) units: Units,
    pub(super) total: Cell,
    pub(super) rows: usize,
}

impl Search<'_> {
    /// The best split over the features used, the first of equal ones; `None` where none gains.
    pub(super) fn best(&self, bins: &[Bins], used: &[bool], offsets: &[usize], cells: &[Cell]) -> Option<Candidate> {
        let mut best: Option<Candidate> = None;
        for (feature, bins) in bins.iter().enumerate().filter(|(feature, _)| used[*feature]) {
            let cells = &cells[offsets[feature]..offsets[feature + 1]];
            let floor = best.map_or(0.0, |found| found.gain);
            let found = match bins {
                Bins::Numeric { missing, .. } => self.numeric(cells, missing.is_some(), floor),
                Bins::Categorical { .. } => self.categorical(cells, floor),
            };
            best = found.map(|(gain, rule)| Candidate { gain, feature, rule }).or(best);
        }
        best
    }

    /// Value of a leaf times its gradient: what it gains over a value of 0.
    fn merit(&self, gradient: f64, hessian: f64, l2: f64) -> f64 {
        gradient * gradient / (hessian + l2).max(f64::MIN_POSITIVE)
    }

    /// Smallest hessian in units that both sides need: the parameter's, and that of the fewest rows.
    fn least(&self) -> i64 {
        let by_rows = self.p.min_rows as f64 * self.total.hessian as f64 / self.rows.max(1) as f64;
        let least = (self.p.min_hessian / self.units.hessian).max(by_rows - 0.5);
        (least.ceil() as i64).max(1)
    }

    fn numeric(&self, cells: &[Cell], with_missing: bool, floor: f64) -> Option<(f64, Rule)> {
        let (cells, missing) = match cells.split_last() {
            Some((last, rest)) if with_missing => (rest, *last),
            _ => (cells, Cell::default()),
        };
        let sides = if missing == Cell::default() { 1 } else { 2 };
        let least = self.least();
        let l2 = self.p.l2 / self.units.hessian;
        // Gains are in units of gradient^2 / hessian until the end.
        let unit = self.units.gradient * self.units.gradient / self.units.hessian;
        let alone = self.merit(self.total.gradient as f64, self.total.hessian as f64, l2);
        let mut best = (floor.max(self.p.min_gain) / unit + alone).max(alone * (1.0 + 1e-12));
        let mut found = None;
        for side in 0..sides {
            let mut left = if side == 0 { Cell::default() } else { missing };
            // Without missing values, the last bin has nothing on its right.
            for (bin, cell) in cells.iter().enumerate() {
                left = left.plus(*cell);
                if left.hessian < least {
                    continue;
                }
                let right = self.total.minus(left);
                if right.hessian < least {
                    break;
                }
                let (a, b) = (left.gradient as f64, right.gradient as f64);
                let (c, d) = ((left.hessian as f64) + l2, (right.hessian as f64) + l2);
                // a^2 / c + b^2 / d with one division.
                let gain = (a * a * d + b * b * c) / (c * d);
                if gain > best {
                    best = gain;
                    found = Some((bin as u8, side == 1, left.hessian >= right.hessian));
                }
            }
        }
        let (bin, missing_left, heavier_left) = found?;
        let missing_left = if missing == Cell::default() { heavier_left } else { missing_left };
        Some(((best - alone) * unit, Rule::Numeric { bin, missing_left }))
    }

    /// Categories in the order of their mean gradients, split between two neighbours (Fisher, 1958).
    fn categorical(&self, cells: &[Cell], floor: f64) -> Option<(f64, Rule)> {
        let few = cells.len() <= FEW_CATEGORIES + 1;
        let smoothing = if few { 0.0 } else { self.p.category_smoothing / self.units.hessian };
        let l2 = self.p.l2 / self.units.hessian + smoothing;
        let least = self.least();
        let mut order: Vec<(f64, usize)> = Vec::with_capacity(cells.len());
        for (bin, cell) in cells.iter().enumerate().skip(1) {
            if cell.hessian > 0 && (few || cell.hessian as f64 >= smoothing.min(least as f64)) {
                order.push((cell.gradient as f64 / (cell.hessian as f64 + smoothing), bin));
            }
        }
        order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let unit = self.units.gradient * self.units.gradient / self.units.hessian;
        let alone = self.merit(self.total.gradient as f64, self.total.hessian as f64, self.p.l2 / self.units.hessian);
        let mut best = (floor.max(self.p.min_gain) / unit + alone).max(alone * (1.0 + 1e-12));
        let mut found: Option<(bool, usize)> = None;
        let most = self.p.category_limit.min(order.len().div_ceil(2));
        for from_top in [false, true] {
            let mut left = Cell::default();
            for taken in 0..most {
                let at = if from_top { order.len() - 1 - taken } else { taken };
                left = left.plus(cells[order[at].1]);
                let right = self.total.minus(left);
                if left.hessian < least {
                    continue;
                }
                if right.hessian < least {
                    break;
                }
                let gain = self.merit(left.gradient as f64, left.hessian as f64, l2)
                    + self.merit(right.gradient as f64, right.hessian as f64, l2);
                if gain > best {
                    best = gain;
                    found = Some((from_top, taken + 1));
                }
            }
        }
        let (from_top, count) = found?;
        let mut set = [0_u64; 4];
        let taken = if from_top { &order[order.len() - count..] } else { &order[..count] };
        taken.iter().for_each(|(_, bin)| set[bin / 64] |= 1 << (bin % 64));
        Some(((best - alone) * unit, Rule::Categorical { set }))
    }
}
