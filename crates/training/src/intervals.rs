//! Intervals by split-conformal residuals: quantiles of backtest errors in units of each series' error scale, pooled over
//! series, per horizon block (Vovk et al. 2005; Angelopoulos and Bates 2023 for the rank with n + 1).

use crate::backtest::{Backtest, Point};
use aisle_engine::Band;

/// Last steps of the horizon blocks; the last block is open.
const BLOCKS: [u16; 3] = [4, 8, u16::MAX];
/// Fewest residuals for a block of its own.
const FEWEST: usize = 40;
/// Points of a series' own record that its group's relative error counts for.
const PRIOR_POINTS: f64 = 8.0;
/// Multiples of the mean absolute error of a normal distribution at 80 and 95 %: 1.2816 and 1.96 times sqrt(pi / 2).
const NORMAL: (f32, f32) = (1.606, 2.457);

/// Error scales and bands.
#[derive(Debug)]
pub(crate) struct Intervals {
    /// Per series, in its unit.
    pub(crate) scales: Vec<f64>,
    /// Of one series.
    pub(crate) bands: Vec<Band>,
    /// Of the sum of all.
    pub(crate) total_bands: Vec<Band>,
    /// Share of values inside the 80 % interval when each origin is judged by the others' residuals.
    pub(crate) coverage80: Option<f64>,
}

pub(crate) fn intervals(backtest: &Backtest<'_>) -> Intervals {
    let scales = scales(backtest);
    let scaled =
        |series: usize, point: Point| (point.origin, point.step, (point.actual - point.forecast) / scales[series]);
    let mut residuals: Vec<(usize, usize, f64)> = Vec::new();
    for (series, scale) in scales.iter().enumerate() {
        if *scale > 0.0 {
            residuals.extend(backtest.honest_points(series).into_iter().map(|point| scaled(series, point)));
        }
    }
    let coverage80 = (backtest.origins.len() > 1).then(|| coverage(&residuals, backtest.origins.len())).flatten();
    let bands = bands(residuals.iter().map(|(_, step, value)| (*step, *value)));
    Intervals { bands, total_bands: total_bands(backtest, &scales), scales, coverage80 }
}

/// Mean absolute error in the backtest, shrunk towards the group's relative error times the series' size.
fn scales(backtest: &Backtest<'_>) -> Vec<f64> {
    let mut by_group = vec![(0.0, 0.0); backtest.fits.len()];
    let mut own = Vec::with_capacity(backtest.places.len());
    for (series, (group, _)) in backtest.places.iter().enumerate() {
        let (mut errors, mut size, mut count) = (0.0, 0.0, 0.0);
        for point in backtest.honest_points(series) {
            errors += (point.actual - point.forecast).abs();
            size += point.actual.abs();
            count += 1.0;
        }
        by_group[*group].0 += errors;
        by_group[*group].1 += size;
        own.push((errors, size, count));
    }
    let mut scales = Vec::with_capacity(own.len());
    for (series, (errors, size, count)) in own.into_iter().enumerate() {
        let (group_errors, group_size) = by_group[backtest.places[series].0];
        let values = backtest.panel.parts().series[series].values.iter().rev().filter(|v| v.is_finite()).take(52);
        let (sum, present) = values.fold((0.0, 0.0), |(sum, n), v| (sum + v.abs(), n + 1.0));
        let typical = if count > 0.0 { size / count } else { sum / f64::max(present, 1.0) };
        let share = if group_size > 0.0 { group_errors / group_size } else { 0.25 };
        scales.push((errors + PRIOR_POINTS * share * typical) / (count + PRIOR_POINTS));
    }
    scales
}

fn bands(residuals: impl Iterator<Item = (usize, f64)>) -> Vec<Band> {
    let mut blocks: Vec<Vec<f64>> = vec![Vec::new(); BLOCKS.len()];
    for (step, value) in residuals {
        let block = BLOCKS.iter().position(|through| step < usize::from(*through)).unwrap_or(BLOCKS.len() - 1);
        blocks[block].push(value);
    }
    let mut bands = Vec::with_capacity(BLOCKS.len());
    let mut last = Band { through: u16::MAX, p80: (-NORMAL.0, NORMAL.0), p95: (-NORMAL.1, NORMAL.1) };
    for (through, mut values) in BLOCKS.into_iter().zip(blocks) {
        if values.len() >= FEWEST {
            values.sort_by(f64::total_cmp);
            let pair =
                |tail: f64| (quantile(&values, tail).min(0.0) as f32, quantile(&values, 1.0 - tail).max(0.0) as f32);
            last = Band { through, p80: pair(0.1), p95: pair(0.025) };
        }
        bands.push(Band { through, ..last });
    }
    bands
}

/// The conformal quantile: rank (n + 1) q, rounded outwards.
fn quantile(sorted: &[f64], q: f64) -> f64 {
    let place = (sorted.len() + 1) as f64 * q;
    let rank = if q < 0.5 { place.floor() } else { place.ceil() };
    sorted[(rank as usize).clamp(1, sorted.len()) - 1]
}

/// Errors of the sum over all series in units of the sum of scales. A backtest has few sums, so the bounds are symmetric.
fn total_bands(backtest: &Backtest<'_>, scales: &[f64]) -> Vec<Band> {
    let mut sums: std::collections::BTreeMap<(usize, usize), (f64, f64)> = std::collections::BTreeMap::new();
    for (series, scale) in scales.iter().enumerate() {
        for point in backtest.honest_points(series) {
            let sum = sums.entry((point.origin, point.step)).or_default();
            sum.0 += point.actual - point.forecast;
            sum.1 += scale;
        }
    }
    let mut sizes: Vec<f64> =
        sums.values().filter(|(_, scale)| *scale > 0.0).map(|(error, scale)| (error / scale).abs()).collect();
    sizes.sort_by(f64::total_cmp);
    let (p80, p95) = match sizes.is_empty() {
        true => NORMAL,
        false => (quantile(&sizes, 0.8) as f32, quantile(&sizes, 0.95) as f32),
    };
    vec![Band { through: u16::MAX, p80: (-p80, p80), p95: (-p95, p95) }]
}

fn coverage(residuals: &[(usize, usize, f64)], origins: usize) -> Option<f64> {
    let (mut inside, mut count) = (0u32, 0u32);
    for origin in 0..origins {
        let others = bands(residuals.iter().filter(|r| r.0 != origin).map(|(_, step, value)| (*step, *value)));
        for (_, step, value) in residuals.iter().filter(|r| r.0 == origin) {
            let band = others.iter().find(|band| *step < usize::from(band.through)).or(others.last())?;
            inside += u32::from(f64::from(band.p80.0) <= *value && *value <= f64::from(band.p80.1));
            count += 1;
        }
    }
    (count > 0).then(|| f64::from(inside) / f64::from(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_take_the_conformal_rank() {
        let values: Vec<f64> = (1..=99).map(f64::from).collect();
        assert_eq!(quantile(&values, 0.1), 10.0);
        assert_eq!(quantile(&values, 0.9), 90.0);
        assert_eq!(quantile(&[5.0], 0.975), 5.0);
    }

    #[test]
    fn blocks_with_few_residuals_take_the_one_before() {
        let bands = bands((0..100).map(|n| (n % 4, f64::from(n as u32) - 50.0)));
        assert_eq!(bands.len(), 3);
        assert_eq!(bands[2].p80, bands[0].p80);
        assert!(bands[0].p95.0 <= bands[0].p80.0 && bands[0].p80.1 <= bands[0].p95.1);
    }
}
