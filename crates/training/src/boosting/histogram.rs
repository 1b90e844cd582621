//! Sums of gradients and hessians per bin, in whole numbers.
//!
//! Gradients are rounded to 18 bits with sign, hessians to 18 without; both travel in one `u64`, the gradient in the upper
//! half. Up to 2^14 rows are added up in that form, then moved to cells of 64 bits each.

use super::binning::{Binned, Group};

/// Sums over some rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) gradient: i64,
    pub(super) hessian: i64,
}

impl Cell {
    pub(super) fn plus(self, other: Self) -> Self {
        Self { gradient: self.gradient + other.gradient, hessian: self.hessian + other.hessian }
    }

    pub(super) fn minus(self, other: Self) -> Self {
        Self { gradient: self.gradient - other.gradient, hessian: self.hessian - other.hessian }
    }
}

/// Rows that are added up feature group after feature group while they stay in the second cache.
const BATCH: usize = 1 << 10;
/// Rows whose packed sums cannot overflow: 2^14 times less than 2^17 is less than 2^31.
const CHUNK: usize = 1 << 14;
const LARGEST: f64 = 131_071.0;
/// Added and taken away again, it leaves a number rounded to whole ones in the low bits.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// Units of the whole numbers: a gradient is its number times `gradient`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Units {
    pub(super) gradient: f64,
    pub(super) hessian: f64,
}

/// Rounds and packs; without hessians each row's is one unit of 1.
pub(super) fn pack(gradient: &[f32], hessian: Option<&[f32]>, packed: &mut [u64]) -> Units {
    let largest = |values: &[f32]| {
        let most = f64::from(values.iter().fold(0.0_f32, |most, value| most.max(value.abs())));
        if most > 0.0 && most.is_finite() { most } else { 1.0 }
    };
    let whole = |value: f64| (value + ROUNDER).to_bits().wrapping_sub(ROUNDER.to_bits());
    let times = LARGEST / largest(gradient);
    let Some(hessian) = hessian else {
        for (g, place) in gradient.iter().zip(packed) {
            *place = (whole(f64::from(*g) * times) << 32).wrapping_add(1);
        }
        return Units { gradient: 1.0 / times, hessian: 1.0 };
    };
    let hessian_times = LARGEST / largest(hessian);
    for ((g, h), place) in gradient.iter().zip(hessian).zip(packed) {
        *place = (whole(f64::from(*g) * times) << 32).wrapping_add(whole(f64::from(*h) * hessian_times));
    }
    Units { gradient: 1.0 / times, hessian: 1.0 / hessian_times }
}

fn unpack(packed: u64) -> Cell {
    Cell { gradient: i64::from((packed >> 32) as u32 as i32), hessian: i64::from(packed as u32) }
}

/// Adds rows up; keeps its buffers between leaves.
pub(super) struct Accumulator {
    sums: Vec<[u64; 256]>,
    ordered: Vec<u64>,
}

impl Accumulator {
    pub(super) fn new() -> Self {
        Self { sums: Vec::new(), ordered: Vec::with_capacity(CHUNK) }
    }

    /// Sums per bin of every feature in a group that `used` names, over these rows; the sum over all rows.
    pub(super) fn sum(
        &mut self,
        binned: &Binned,
        used: &[bool],
        rows: &[u32],
        packed: &[u64],
        cells: &mut [Cell],
    ) -> Cell {
        cells.fill(Cell::default());
        self.sums.resize(binned.bins.len(), [0; 256]);
        let mut total = Cell::default();
        for chunk in rows.chunks(CHUNK) {
            self.ordered.clear();
            self.ordered.extend(chunk.iter().map(|row| packed[*row as usize]));
            total = total.plus(unpack(self.ordered.iter().fold(0, |sum: u64, value| sum.wrapping_add(*value))));
            for (rows, values) in chunk.chunks(BATCH).zip(self.ordered.chunks(BATCH)) {
                for group in &binned.groups {
                    let features = group.first..group.first + group.width;
                    if used[features.clone()].contains(&true) {
                        add(binned, *group, rows, values, &mut self.sums[features]);
                    }
                }
            }
            for (feature, sums) in self.sums.iter_mut().enumerate() {
                let places = &mut cells[binned.offsets[feature]..binned.offsets[feature + 1]];
                for (cell, sum) in places.iter_mut().zip(sums.iter_mut()) {
                    *cell = cell.plus(unpack(*sum));
                    *sum = 0;
                }
            }
        }
        total
    }
}

fn add(binned: &Binned, group: Group, rows: &[u32], values: &[u64], sums: &mut [[u64; 256]]) {
    macro_rules! by_width {
        ($($width:literal)*) => {
            match group.width {
                $($width => add_width::<$width>(binned, group.first, rows, values, sums),)*
                _ => {}
            }
        };
    }
    by_width!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16);
}

fn add_width<const WIDTH: usize>(binned: &Binned, first: usize, rows: &[u32], values: &[u64], sums: &mut [[u64; 256]]) {
    let Some(sums) = sums.first_chunk_mut::<WIDTH>() else { return };
    let (data, stride) = (&binned.data[first..], binned.bins.len());
    for (row, value) in rows.iter().zip(values) {
        let Some(bins) = data.get(*row as usize * stride..).and_then(|rest| rest.first_chunk::<WIDTH>()) else {
            return;
        };
        for (sums, bin) in sums.iter_mut().zip(bins) {
            let sum = &mut sums[usize::from(*bin)];
            *sum = sum.wrapping_add(*value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_sums_are_the_sums_of_what_was_packed() {
        let gradient: Vec<f32> =
            (0..CHUNK).map(|row| if row % 3 == 0 { 2.0 } else { -(row as f32) / 20_000.0 }).collect();
        let hessian: Vec<f32> = (0..CHUNK).map(|row| 0.5 + (row % 7) as f32).collect();
        let mut packed = vec![0; CHUNK];
        let units = pack(&gradient, Some(&hessian), &mut packed);
        let sum = unpack(packed.iter().fold(0, |sum: u64, value| sum.wrapping_add(*value)));
        let exact = |values: &[f32]| values.iter().map(|value| f64::from(*value)).sum::<f64>();
        assert!((sum.gradient as f64 * units.gradient - exact(&gradient)).abs() < 0.2);
        assert!((sum.hessian as f64 * units.hessian - exact(&hessian)).abs() < 0.5);
        let largest = vec![-3.0; CHUNK];
        let units = pack(&largest, Some(&hessian), &mut packed);
        let sum = unpack(packed.iter().fold(0, |sum: u64, value| sum.wrapping_add(*value)));
        assert!((sum.gradient as f64 * units.gradient + 3.0 * CHUNK as f64).abs() < 1e-6);
    }
}
