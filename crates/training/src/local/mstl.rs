//! Several seasons taken out one after another: STL in turns (Bandara, Hyndman and Bergmeir 2021), a year of days as a
//! smooth profile by date.

use super::loess::{Smoothers, smooth_phase};
use super::series::without_gaps;

/// One season.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Seasonality {
    /// Every phase has an effect of its own, which may change from cycle to cycle: the weekdays, a year's weeks or months.
    Phases(usize),
    /// Neighbouring phases are alike: a year of days. Length of the cycle in periods, a fraction where years have leap
    /// days, and the number of phases on each side that smooth one.
    Profile(f64, usize),
}

/// A series taken apart: what is left after `seasons`, which hold what to add back.
#[derive(Debug, Clone, PartialEq)]
pub struct Decomposition {
    /// Trend and remainder.
    pub adjusted: Vec<f64>,
    /// Trend by the last season's smoother.
    pub trend: Vec<f64>,
    /// Seasons in the order asked for.
    pub seasons: Vec<SeasonPath>,
}

/// One season's effects in the last cycle.
#[derive(Debug, Clone, PartialEq)]
pub struct SeasonPath {
    /// The cycle's length in periods.
    pub length: f64,
    /// Effects by phase, phase 0 being that of the first value.
    pub effects: Vec<f64>,
}

impl SeasonPath {
    /// The effect at a place counted from the first value.
    pub fn at(&self, place: usize) -> f64 {
        let count = self.effects.len();
        if count == 0 {
            return 0.0;
        }
        if self.length == count as f64 {
            return self.effects[place % count];
        }
        let turn = place as f64 / self.length;
        self.effects[(((turn - turn.floor()) * count as f64) as usize).min(count - 1)]
    }
}

/// Window of the loess over one phase's values, first season; four more for each further one.
const PHASE_WINDOW: usize = 11;
/// Rounds of season and trend within one STL; with rounds of trust around them fewer do.
const INNER: usize = 5;
/// Rounds over all seasons where there are several.
const TURNS: usize = 2;
const INNER_ROBUST: usize = 2;
/// Rounds with weights of trust where outliers are to be left aside.
const ROBUST: usize = 3;

/// Takes a series apart, oldest value first; missing values are filled between their neighbours. Seasons of which there
/// is no whole cycle and a half are left out.
pub fn mstl(values: &[f64], seasons: &[Seasonality], robust: bool) -> Decomposition {
    decompose(&without_gaps(values), seasons, robust, &mut Smoothers::default())
}

pub(crate) fn decompose(
    gapless: &[f64],
    seasons: &[Seasonality],
    robust: bool,
    smoothers: &mut Smoothers,
) -> Decomposition {
    let n = gapless.len();
    let long_enough = |season: &&Seasonality| match season {
        Seasonality::Phases(length) => *length > 1 && 2 * n >= 3 * length,
        Seasonality::Profile(length, _) => *length > 1.0 && 2.0 * n as f64 >= 3.0 * length,
    };
    let seasons: Vec<Seasonality> = seasons.iter().filter(long_enough).copied().collect();
    let mut found: Vec<(Vec<f64>, SeasonPath)> = Vec::new();
    let mut adjusted = gapless.to_vec();
    let mut trend = Vec::new();
    for turn in 0..if seasons.len() > 1 { TURNS } else { 1 } {
        for (index, season) in seasons.iter().enumerate() {
            if turn > 0 {
                adjusted.iter_mut().zip(&found[index].0).for_each(|(value, effect)| *value += effect);
            }
            let (path, smooth, last) = match *season {
                Seasonality::Phases(length) => {
                    let (path, smooth) = stl(&adjusted, length, PHASE_WINDOW + 4 * index, robust, smoothers);
                    let effects = last_cycle(&path, length);
                    (path, smooth, SeasonPath { length: length as f64, effects })
                }
                Seasonality::Profile(length, reach) => profile(&adjusted, length, reach, smoothers),
            };
            adjusted.iter_mut().zip(&path).for_each(|(value, effect)| *value -= effect);
            trend = smooth;
            match turn {
                0 => found.push((path, last)),
                _ => found[index] = (path, last),
            }
        }
    }
    if seasons.is_empty() {
        trend.clone_from(&adjusted);
    }
    Decomposition { adjusted, trend, seasons: found.into_iter().map(|(_, last)| last).collect() }
}

/// Effects of the last cycle by phase of the first value.
fn last_cycle(path: &[f64], length: usize) -> Vec<f64> {
    let from = path.len() - length;
    let mut effects = vec![0.0; length];
    for (t, effect) in path.iter().enumerate().skip(from) {
        effects[t % length] = *effect;
    }
    effects
}

/// The window that STL gives its trend: the next odd number above 1.5 cycles over 1 - 1.5 / window of a phase.
fn trend_window(length: f64, phase_window: usize) -> usize {
    (1.5 * length / (1.0 - 1.5 / phase_window as f64)).ceil() as usize | 1
}

/// Season and trend of a series with one cycle of whole periods.
fn stl(
    values: &[f64],
    length: usize,
    phase_window: usize,
    robust: bool,
    smoothers: &mut Smoothers,
) -> (Vec<f64>, Vec<f64>) {
    let n = values.len();
    let for_trend = smoothers.get(n, trend_window(length as f64, phase_window));
    let for_low_pass = smoothers.get(n, (length + 1) | 1);
    let (mut season, mut trend) = (vec![0.0; n], vec![0.0; n]);
    let mut trust: Option<Vec<f64>> = None;
    for round in 0..if robust { 1 + ROBUST } else { 1 } {
        for _ in 0..if robust { INNER_ROBUST } else { INNER } {
            let detrended: Vec<f64> = values.iter().zip(&trend).map(|(value, trend)| value - trend).collect();
            let cycles = phases(&detrended, length, phase_window, trust.as_deref());
            let low = moving_mean(&moving_mean(&moving_mean(&cycles, length), length), 3);
            let low = for_low_pass.smooth(&low);
            for t in 0..n {
                season[t] = cycles[t + length] - low[t];
            }
            let rest: Vec<f64> = values.iter().zip(&season).map(|(value, season)| value - season).collect();
            trend = match &trust {
                None => for_trend.smooth(&rest),
                Some(trust) => for_trend.smooth_trusted(&rest, trust),
            };
        }
        if robust && round < ROBUST {
            let remainder = (0..n).map(|t| (values[t] - season[t] - trend[t]).abs()).collect();
            trust = Some(bisquare(remainder));
        }
    }
    (season, trend)
}

/// Each phase smoothed over its cycles, with one cycle before the first value and one after the last.
fn phases(detrended: &[f64], length: usize, window: usize, trust: Option<&[f64]>) -> Vec<f64> {
    let n = detrended.len();
    let mut cycles = vec![0.0; n + 2 * length];
    for phase in 0..length {
        let own: Vec<f64> = detrended.iter().skip(phase).step_by(length).copied().collect();
        let own_trust: Option<Vec<f64>> =
            trust.map(|trust| trust.iter().skip(phase).step_by(length).copied().collect());
        let smooth = smooth_phase(&own, window, own_trust.as_deref());
        for (cycle, value) in smooth.iter().enumerate() {
            cycles[phase + cycle * length] = *value;
        }
    }
    cycles
}

fn moving_mean(values: &[f64], window: usize) -> Vec<f64> {
    let mut sum: f64 = values[..window].iter().sum();
    let mut means = Vec::with_capacity(values.len() - window + 1);
    means.push(sum / window as f64);
    for t in window..values.len() {
        sum += values[t] - values[t - window];
        means.push(sum / window as f64);
    }
    means
}

/// Trust in each value by its remainder: none beyond six medians.
fn bisquare(remainder: Vec<f64>) -> Vec<f64> {
    let mut sorted = remainder.clone();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let median =
        if sorted.len().is_multiple_of(2) { 0.5 * (sorted[middle - 1] + sorted[middle]) } else { sorted[middle] };
    let limit = 6.0 * median;
    let weight = |size: f64| match size {
        size if size <= 0.001 * limit => 1.0,
        size if size >= 0.999 * limit => 0.0,
        size => (1.0 - (size / limit) * (size / limit)) * (1.0 - (size / limit) * (size / limit)),
    };
    remainder.into_iter().map(weight).collect()
}

/// A cycle of many phases that change smoothly: means by phase around a trend, smoothed over their neighbours in a ring.
fn profile(values: &[f64], length: f64, reach: usize, smoothers: &mut Smoothers) -> (Vec<f64>, Vec<f64>, SeasonPath) {
    let n = values.len();
    let count = length.ceil() as usize;
    let smoother = smoothers.get(n, trend_window(length, PHASE_WINDOW));
    let mut path = SeasonPath { length, effects: vec![0.0; count] };
    let phase_of = |place: usize| {
        let turn = place as f64 / length;
        (((turn - turn.floor()) * count as f64) as usize).min(count - 1)
    };
    let mut effects = vec![0.0; n];
    let mut trend = Vec::new();
    for _ in 0..INNER {
        let rest: Vec<f64> = values.iter().zip(&effects).map(|(value, effect)| value - effect).collect();
        trend = smoother.smooth(&rest);
        let (mut sums, mut counts) = (vec![0.0; count], vec![0.0; count]);
        for (t, (value, trend)) in values.iter().zip(&trend).enumerate() {
            sums[phase_of(t)] += value - trend;
            counts[phase_of(t)] += 1.0;
        }
        for phase in 0..count {
            let (mut sum, mut total) = (0.0, 0.0);
            for step in 0..=2 * reach.min(count / 2) {
                let other = (phase + count + step - reach.min(count / 2)) % count;
                let u = (step as f64 - reach as f64) / (reach as f64 + 1.0);
                let tricube = 1.0 - u.abs() * u * u;
                sum += tricube * tricube * tricube * sums[other];
                total += tricube * tricube * tricube * counts[other];
            }
            path.effects[phase] = if total > 0.0 { sum / total } else { 0.0 };
        }
        let centre = path.effects.iter().sum::<f64>() / count as f64;
        path.effects.iter_mut().for_each(|effect| *effect -= centre);
        effects = (0..n).map(|t| path.effects[phase_of(t)]).collect();
    }
    (effects, trend, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_season_and_line_come_apart() {
        let pattern = [5.0, -1.0, -3.0, -1.0];
        let values: Vec<f64> = (0..60).map(|t| 100.0 + f64::from(t) + pattern[t as usize % 4]).collect();
        let parts = mstl(&values, &[Seasonality::Phases(4)], false);
        for (phase, effect) in pattern.iter().enumerate() {
            assert!((parts.seasons[0].at(60 + phase) - effect).abs() < 0.05, "{phase}: {:?}", parts.seasons);
        }
        assert!((parts.adjusted[20] - 120.0).abs() < 0.05, "{}", parts.adjusted[20]);
    }

    #[test]
    fn a_week_within_a_year_of_days_comes_apart() {
        let week = [9.0, 2.0, -4.0, -4.0, -4.0, -2.0, 3.0];
        let year = |t: usize| 20.0 * (std::f64::consts::TAU * t as f64 / 365.25).cos();
        let values: Vec<f64> = (0..1_100).map(|t| 80.0 + week[t % 7] + year(t)).collect();
        let parts = mstl(&values, &[Seasonality::Phases(7), Seasonality::Profile(365.25, 10)], false);
        for t in 1_100..1_465 {
            let found = parts.seasons[0].at(t) + parts.seasons[1].at(t);
            assert!((found - week[t % 7] - year(t)).abs() < 3.0, "{t}: {found} for {}", week[t % 7] + year(t));
        }
    }

    #[test]
    fn outliers_move_a_trusting_season_but_not_a_robust_one() {
        let mut values: Vec<f64> = (0..84).map(|t| [10.0, 20.0, 30.0, 20.0, 10.0, 40.0, 80.0][t % 7]).collect();
        values[73] = 900.0;
        let weekday = |robust| mstl(&values, &[Seasonality::Phases(7)], robust).seasons[0].at(84 + 3);
        assert!((weekday(true) + 10.0).abs() < 3.0, "{}", weekday(true));
        assert!(weekday(false) > 20.0, "{}", weekday(false));
    }

    #[test]
    fn seasons_longer_than_two_thirds_of_the_series_are_left_out() {
        let values: Vec<f64> = (0..60).map(f64::from).collect();
        let parts = mstl(&values, &[Seasonality::Phases(52), Seasonality::Profile(365.25, 10)], true);
        assert!(parts.seasons.is_empty());
        assert_eq!(parts.adjusted, values);
        assert!(mstl(&[], &[Seasonality::Phases(7)], true).adjusted.is_empty());
    }
}
