//! Local regression over equally spaced points, as STL uses it (Cleveland, Cleveland, McRae and Terpenning 1990).

use std::collections::BTreeMap;
use std::rc::Rc;

/// A smoother for one length and window, its weights computed once and used for many series: places in the middle share
/// one row, those near the ends have their own.
#[derive(Debug)]
pub(crate) struct Loess {
    length: usize,
    window: usize,
    /// Rows of the first `window / 2` places, of the middle, of the last ones.
    rows: Vec<Vec<f64>>,
}

impl Loess {
    /// Local lines with tricube weights over the `window` (an odd number) nearest of `length` points.
    pub(crate) fn new(length: usize, window: usize) -> Self {
        let window = window | 1;
        let used = window.min(length);
        let half = window / 2;
        let place_of = |row: usize| if length > window && row > half { length + row - 2 * half - 1 } else { row };
        let count = if length > window { 2 * half + 1 } else { length };
        let rows = (0..count).map(|row| weights(place_of(row), length, used, window, None)).collect();
        Self { length, window, rows }
    }

    /// The smoothed values, of which there are as many as the smoother was made for.
    pub(crate) fn smooth(&self, values: &[f64]) -> Vec<f64> {
        let (half, used) = (self.window / 2, self.window.min(self.length));
        let mut smooth = Vec::with_capacity(self.length);
        for at in 0..self.length {
            let from = first(at, self.length, used);
            let row = match self.length > self.window {
                true if at >= self.length - half => at + 2 * half + 1 - self.length,
                true => at.min(half),
                false => at,
            };
            smooth.push(self.rows[row].iter().zip(&values[from..]).map(|(weight, value)| weight * value).sum());
        }
        smooth
    }

    /// The same with weights of trust, one per value; every row is computed anew.
    pub(crate) fn smooth_trusted(&self, values: &[f64], trust: &[f64]) -> Vec<f64> {
        let used = self.window.min(self.length);
        let place = |at: usize| {
            let from = first(at, self.length, used);
            let row = weights(at, self.length, used, self.window, Some(trust));
            row.iter().zip(&values[from..]).map(|(weight, value)| weight * value).sum()
        };
        (0..self.length).map(place).collect()
    }
}

/// First of the `used` points nearest to a place.
fn first(at: usize, length: usize, used: usize) -> usize {
    at.saturating_sub(used / 2).min(length - used)
}

/// Weights of the points around a place in the value of the local line there. A window longer than the series reaches
/// further, as in the paper.
fn weights(at: usize, length: usize, used: usize, window: usize, trust: Option<&[f64]>) -> Vec<f64> {
    let from = first(at, length, used);
    let to = from + used;
    let reach = (at - from).max(to - 1 - at) as f64 + ((window - used) / 2) as f64;
    let mut row = Vec::with_capacity(used);
    let (mut s0, mut s1, mut s2) = (0.0, 0.0, 0.0);
    for j in from..to {
        let x = j as f64 - at as f64;
        let u = x.abs() / reach.max(1.0);
        let mut weight = match u {
            u if u <= 0.001 => 1.0,
            u if u >= 0.999 => 0.0,
            u => (1.0 - u * u * u) * (1.0 - u * u * u) * (1.0 - u * u * u),
        };
        if let Some(trust) = trust {
            weight *= trust[j];
        }
        s0 += weight;
        s1 += weight * x;
        s2 += weight * x * x;
        row.push(weight);
    }
    if s0 <= 0.0 {
        // Nothing trusted near here: the plain mean.
        row.fill(1.0 / used as f64);
        return row;
    }
    let determinant = s0 * s2 - s1 * s1;
    let span = (length - 1) as f64;
    let line = determinant > 1e-6 * span * span * s0 * s0;
    for (weight, j) in row.iter_mut().zip(from..to) {
        let x = j as f64 - at as f64;
        *weight = if line { *weight * (s2 - s1 * x) / determinant } else { *weight / s0 };
    }
    row
}

/// Local constants of a short sequence at its places and one step before and after it, with optional trust.
pub(crate) fn smooth_phase(values: &[f64], window: usize, trust: Option<&[f64]>) -> Vec<f64> {
    let length = values.len();
    let used = window.min(length);
    let mut smooth = Vec::with_capacity(length + 2);
    for place in 0..length + 2 {
        let at = place as f64 - 1.0;
        let from = first(place.saturating_sub(1).min(length - 1), length, used);
        let to = from + used;
        let reach = (at - from as f64).max((to - 1) as f64 - at) + ((window - used) / 2) as f64;
        let (mut sum, mut total) = (0.0, 0.0);
        for j in from..to {
            let u = (j as f64 - at).abs() / reach.max(1.0);
            let tricube = if u >= 0.999 { 0.0 } else { (1.0 - u * u * u) * (1.0 - u * u * u) * (1.0 - u * u * u) };
            let weight = tricube * trust.map_or(1.0, |trust| trust[j]);
            sum += weight * values[j];
            total += weight;
        }
        let plain = || values[from..to].iter().sum::<f64>() / used as f64;
        smooth.push(if total > 1e-9 { sum / total } else { plain() });
    }
    smooth
}

/// Smoothers by length and window, made when first needed.
#[derive(Debug, Default)]
pub(crate) struct Smoothers {
    made: BTreeMap<(usize, usize), Rc<Loess>>,
}

/// Most smoothers kept: series of one panel have few lengths, or ever new ones.
const KEPT: usize = 64;

impl Smoothers {
    pub(crate) fn get(&mut self, length: usize, window: usize) -> Rc<Loess> {
        if self.made.len() >= KEPT {
            self.made.clear();
        }
        self.made.entry((length, window)).or_insert_with(|| Rc::new(Loess::new(length, window))).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_and_trust_in_all_alike_changes_nothing() {
        for (length, window) in [(40, 11), (9, 21), (12, 12), (2, 3), (1, 7), (13, 13)] {
            let line: Vec<f64> = (0..length).map(|t| 3.0 + 0.5 * t as f64).collect();
            let loess = Loess::new(length, window);
            let smooth = loess.smooth(&line);
            let gap = smooth.iter().zip(&line).map(|(s, y)| (s - y).abs()).fold(0.0, f64::max);
            assert!(gap < 1e-9, "{length} {window}: {smooth:?}");
            let bent: Vec<f64> = (0..length).map(|t| (t * t % 7) as f64).collect();
            let (plain, trusted) = (loess.smooth(&bent), loess.smooth_trusted(&bent, &vec![0.7; length]));
            assert!(plain.iter().zip(&trusted).all(|(a, b)| (a - b).abs() < 1e-9), "{length} {window}");
        }
    }

    #[test]
    fn what_is_not_trusted_is_not_followed() {
        let mut values = vec![5.0; 30];
        values[12] = 500.0;
        let mut trust = vec![1.0; 30];
        trust[12] = 0.0;
        let smooth = Loess::new(30, 9).smooth_trusted(&values, &trust);
        assert!(smooth.iter().all(|s| (s - 5.0).abs() < 1e-9));
    }
}
