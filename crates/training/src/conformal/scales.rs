//! How large a series' errors are: its own record, steadied by what series of its volume have.

use super::Observation;
use std::collections::BTreeMap;

/// Folds of neighbouring periods.
pub(super) const FOLDS: usize = 4;
/// Periods of a series' own record that the power law counts for.
const PRIOR_PERIODS: f64 = 8.0;
/// Relative error where no series has a record.
const PRIOR_SHARE: f64 = 0.25;
/// Peak shares tried. The few peaks that a short past has seen would often have it larger, and be wrong.
const PEAK_SHARES: [f64; 5] = [0.0, 0.1, 0.2, 0.3, 0.4];
/// Rounds in which scales and peak share are found with each other.
const PEAK_ROUNDS: usize = 3;

/// The fold of each period.
pub(super) fn periods(seen: &[Observation]) -> BTreeMap<usize, u8> {
    let mut periods: BTreeMap<usize, u8> = seen.iter().map(|o| (o.period(), 0)).collect();
    let count = periods.len();
    periods.values_mut().enumerate().for_each(|(place, fold)| *fold = (place * FOLDS / count.max(1)) as u8);
    periods
}

/// Error scales by series, with and without a fold of periods.
pub(super) struct Scales {
    /// Per series and fold: sum of the periods' mean absolute errors, number of periods.
    sums: Vec<[(f64, f64); FOLDS]>,
    /// What series of that volume have.
    usual: Vec<f64>,
    /// Smallest scale.
    least: f64,
}

impl Scales {
    /// The scales, and the share of a peak that is width. An error at a peak says little of the scale and a scale that holds
    /// such errors hides the share, so that each is found with the other in a few rounds.
    pub(super) fn with_peaks(seen: &[Observation], volumes: &[f64], periods: &BTreeMap<usize, u8>) -> (Self, f64) {
        let mut scales = Self::new(seen, volumes, periods, &|_| 1.0);
        let mut share = peak_share(seen, volumes, &scales);
        for _ in 0..PEAK_ROUNDS {
            if share == 0.0 {
                break;
            }
            let whole = scales.whole();
            let part = |o: &Observation| whole[o.place()] / with_peak(whole[o.place()], share, o, volumes);
            scales = Self::new(seen, volumes, periods, &part);
            share = peak_share(seen, volumes, &scales);
        }
        (scales, share)
    }

    /// `part`: what of an observation's error counts.
    fn new(
        seen: &[Observation],
        volumes: &[f64],
        periods: &BTreeMap<usize, u8>,
        part: &dyn Fn(&Observation) -> f64,
    ) -> Self {
        let mut by_period: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
        let mut sums = vec![[(0.0, 0.0); FOLDS]; volumes.len()];
        for of_series in seen.chunk_by(|a, b| a.series == b.series) {
            by_period.clear();
            for o in of_series {
                let period = by_period.entry(o.period()).or_default();
                *period = (period.0 + part(o) * (o.actual - o.forecast).abs(), period.1 + 1.0);
            }
            for (period, (error, votes)) in &by_period {
                let sum = &mut sums[of_series[0].place()][usize::from(periods[period])];
                *sum = (sum.0 + error / votes, sum.1 + 1.0);
            }
        }
        let usual = power_law(&sums, volumes);
        let mean = volumes.iter().sum::<f64>() / volumes.len().max(1) as f64;
        Self { sums, usual, least: 1e-6 * mean.max(1e-6) }
    }

    /// The scale of every series.
    pub(super) fn whole(&self) -> Vec<f64> {
        (0..self.sums.len()).map(|series| self.of(series, None)).collect()
    }

    /// The scale of a series without a fold of periods.
    pub(super) fn of(&self, series: usize, left_out: Option<usize>) -> f64 {
        let (mut sum, mut count) = (0.0, 0.0);
        for (fold, (error, periods)) in self.sums[series].iter().enumerate() {
            if Some(fold) != left_out {
                sum += error;
                count += periods;
            }
        }
        ((sum + PRIOR_PERIODS * self.usual[series]) / (count + PRIOR_PERIODS)).max(self.least)
    }
}

/// Mean absolute error by volume: a line through the logarithms of series with a record, scaled to their sum.
fn power_law(sums: &[[(f64, f64); FOLDS]], volumes: &[f64]) -> Vec<f64> {
    let record = |sums: &[(f64, f64); FOLDS]| sums.iter().fold((0.0, 0.0), |all, one| (all.0 + one.0, all.1 + one.1));
    let mut known = Vec::new();
    for (sums, volume) in sums.iter().zip(volumes) {
        let (sum, count) = record(sums);
        if count >= 3.0 && sum > 0.0 && *volume > 0.0 {
            known.push((volume.ln(), sum / count));
        }
    }
    let n = known.len() as f64;
    if known.is_empty() {
        return volumes.iter().map(|volume| PRIOR_SHARE * volume).collect();
    }
    let (mut x, mut y) = (0.0, 0.0);
    known.iter().for_each(|(volume, error)| (x, y) = (x + volume / n, y + error.ln() / n));
    let (mut xx, mut xy) = (0.0, 0.0);
    for (volume, error) in &known {
        xx += (volume - x) * (volume - x);
        xy += (volume - x) * (error.ln() - y);
    }
    let slope = if xx > 1e-9 { (xy / xx).clamp(0.3, 1.0) } else { 1.0 };
    let (mut found, mut fitted) = (0.0, 0.0);
    known.iter().for_each(|(volume, error)| (found, fitted) = (found + error, fitted + (slope * volume).exp()));
    let factor = found / fitted;
    volumes.iter().map(|volume| if *volume > 0.0 { factor * volume.powf(slope) } else { 0.0 }).collect()
}

/// The share of a peak that is width, by the likelihood of the errors under a Laplace distribution.
fn peak_share(seen: &[Observation], volumes: &[f64], scales: &Scales) -> f64 {
    let whole = scales.whole();
    let badness = |share: f64| {
        let (mut size, mut logarithms) = (0.0, 0.0);
        for o in seen {
            let width = with_peak(whole[o.place()], share, o, volumes);
            size += (o.actual - o.forecast).abs() / width;
            logarithms += width.ln();
        }
        let n = seen.len().max(1) as f64;
        (size / n).max(f64::MIN_POSITIVE).ln() + logarithms / n
    };
    let mut best = (0.0, badness(0.0));
    for share in &PEAK_SHARES[1..] {
        let found = badness(*share);
        if found < best.1 - 1e-4 {
            best = (*share, found);
        }
    }
    best.0
}

fn with_peak(scale: f64, share: f64, o: &Observation, volumes: &[f64]) -> f64 {
    scale.hypot(share * (o.forecast - volumes[o.place()]).max(0.0))
}
