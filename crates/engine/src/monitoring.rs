//! Whether a live forecast still holds: its error beside the one promised, its bias, its coverage, and whether sales and
//! inputs look like those it was fitted on.

use serde::{Deserialize, Serialize};

/// Tracking signal: the sum of errors (actual minus forecast) over their mean absolute value. Beyond ±4 the forecast is
/// taken to be biased (Brown 1959, "Statistical Forecasting for Inventory Control"). `None` without errors.
pub fn tracking_signal(actual: &[f64], forecast: &[f64]) -> Option<f64> {
    let (mut sum, mut absolute, mut count) = (0.0, 0.0, 0.0);
    for (y, f) in actual.iter().zip(forecast).filter(|(y, f)| y.is_finite() && f.is_finite()) {
        sum += y - f;
        absolute += (y - f).abs();
        count += 1.0;
    }
    (absolute > 0.0).then(|| sum / (absolute / count))
}

/// Population stability index of `seen` against `expected` over the expected values' tenths: the sum over bins of
/// (q - p) ln(q / p). Below 0.1 alike, above 0.25 shifted (Siddiqi 2006, "Credit Risk Scorecards"). Empty bins count as
/// half a value. `None` where either side has fewer than ten values.
pub fn stability_index(expected: &[f64], seen: &[f64]) -> Option<f64> {
    const BINS: usize = 10;
    let mut sorted: Vec<f64> = expected.iter().copied().filter(|v| v.is_finite()).collect();
    let seen: Vec<f64> = seen.iter().copied().filter(|v| v.is_finite()).collect();
    if sorted.len() < BINS || seen.len() < BINS {
        return None;
    }
    sorted.sort_by(f64::total_cmp);
    let mut edges: Vec<f64> = (1..BINS).map(|bin| sorted[bin * sorted.len() / BINS]).collect();
    edges.dedup();
    let shares = |values: &[f64]| {
        let mut counts = vec![0.0; edges.len() + 1];
        for value in values {
            counts[edges.partition_point(|edge| edge <= value)] += 1.0;
        }
        let total = values.len() as f64;
        counts.into_iter().map(|count: f64| count.max(0.5) / total).collect::<Vec<f64>>()
    };
    let (p, q) = (shares(&sorted), shares(&seen));
    Some(p.iter().zip(&q).map(|(p, q)| (q - p) * libm::log(q / p)).sum())
}

/// What the stability index of so many values against so many would reach by chance alone in 5 of 100 cases. Under no change
/// it is distributed as (1/n + 1/m) times chi-squared with 9 degrees of freedom (Yurdakul 2018, "Statistical Properties of
/// Population Stability Index"), whose 95th percentile is 16.92.
pub fn chance(expected: u64, seen: u64) -> f64 {
    16.92 * (1.0 / expected.max(1) as f64 + 1.0 / seen.max(1) as f64)
}

/// What is watched of one part of the shop.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Watched {
    /// Values that have come since training.
    pub points: u64,
    /// Periods that they lie in.
    pub periods: u32,
    /// WAPE of the live forecast on them.
    pub wape: f64,
    /// WAPE that the backtest promised.
    pub promised: Option<f64>,
    /// Share of values within the 80 % interval.
    pub coverage80: Option<f64>,
    /// See [`tracking_signal`], over the sums by period.
    pub tracking_signal: Option<f64>,
    /// See [`stability_index`], of the values relative to their series' level.
    pub stability: Option<f64>,
    /// What it would reach by [`chance`].
    pub chance: f64,
}

/// What is watched of one input: how its values since training compare with those of the same season in earlier years.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WatchedInput {
    /// Its name.
    pub name: String,
    /// Values since training.
    pub points: u64,
    /// See [`stability_index`].
    pub stability: Option<f64>,
    /// What it would reach by [`chance`].
    pub chance: f64,
}

impl WatchedInput {
    /// Compares the values; drift is found only where it exceeds what chance makes of so few.
    pub fn of(name: String, expected: &[f64], seen: &[f64]) -> Self {
        let (n, points) = (expected.len() as u64, seen.len() as u64);
        Self { name, points, stability: stability_index(expected, seen), chance: chance(n, points) }
    }

    /// Whether it has drifted.
    pub fn drifted(&self, by: &Thresholds) -> bool {
        self.stability.is_some_and(|index| index > by.inputs.max(self.chance))
    }
}

/// When to raise the alarm.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Thresholds {
    /// WAPE over the promised one.
    pub degradation: f64,
    /// Absolute tracking signal.
    pub tracking_signal: f64,
    /// How far the coverage may lie from 0.8.
    pub coverage: f64,
    /// Stability index of sales.
    pub stability: f64,
    /// Stability index of an input.
    pub inputs: f64,
    /// Fewest periods before errors are judged.
    pub periods: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { degradation: 1.3, tracking_signal: 4.0, coverage: 0.15, stability: 0.25, inputs: 0.25, periods: 4 }
    }
}

impl Thresholds {
    /// Checks every number against its range.
    ///
    /// # Errors
    /// Name of the first that is outside, and what was expected.
    pub fn check(&self) -> Result<(), (&'static str, &'static str)> {
        let within = [
            ("degradation", self.degradation, 1.0, 10.0, "1 to 10 times the error promised"),
            ("tracking_signal", self.tracking_signal, 1.0, 100.0, "1 to 100"),
            ("coverage", self.coverage, 0.01, 0.8, "1 to 80 points"),
            ("stability", self.stability, 0.01, 10.0, "0.01 to 10"),
            ("inputs", self.inputs, 0.01, 10.0, "0.01 to 10"),
            ("periods", f64::from(self.periods), 1.0, 366.0, "1 to 366 periods"),
        ];
        let outside = within.into_iter().find(|(_, found, least, most, _)| !(least..=most).contains(&found));
        outside.map_or(Ok(()), |(name, .., expected)| Err((name, expected)))
    }
}

/// Why a forecast no longer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Concern {
    /// Its error is well above the one promised.
    Degraded,
    /// It is always too high, or always too low.
    Biased,
    /// Its intervals hold too few values, or too many.
    Miscalibrated,
    /// Sales no longer look like those it was fitted on.
    Drifted,
}

impl Concern {
    /// Whether it speaks of the forecast's error, and not of what came in.
    pub fn is_degradation(self) -> bool {
        self != Self::Drifted
    }

    /// What it means, as a sentence's end.
    pub fn text(self) -> &'static str {
        match self {
            Self::Degraded => "its error is well above the one promised",
            Self::Biased => "it is always too high or too low",
            Self::Miscalibrated => "its intervals hold too few values or too many",
            Self::Drifted => "sales no longer look like those it was fitted on",
        }
    }
}

impl Watched {
    /// What is wrong, by the thresholds; nothing before enough periods have come.
    pub fn concerns(&self, by: &Thresholds) -> Vec<Concern> {
        if self.periods < by.periods {
            return Vec::new();
        }
        let beyond = |value: Option<f64>, limit: f64| value.is_some_and(|value| value > limit);
        let found = [
            (beyond(self.promised.filter(|p| *p > 0.0).map(|p| self.wape / p), by.degradation), Concern::Degraded),
            (beyond(self.tracking_signal.map(f64::abs), by.tracking_signal), Concern::Biased),
            (beyond(self.coverage80.map(|share| (share - 0.8).abs()), by.coverage), Concern::Miscalibrated),
            (beyond(self.stability, by.stability.max(self.chance)), Concern::Drifted),
        ];
        found.into_iter().filter(|(is, _)| *is).map(|(_, concern)| concern).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn golden_values_by_hand() {
        // Errors 2, -1, 3: sum 4, mean absolute 2.
        assert_eq!(tracking_signal(&[12.0, 9.0, 13.0], &[10.0, 10.0, 10.0]), Some(2.0));
        assert_eq!(tracking_signal(&[1.0], &[1.0]), None);
        let even: Vec<f64> = (0..100).map(f64::from).collect();
        assert_eq!(stability_index(&even, &even), Some(0.0));
        // All of them in the last tenth: nine bins lose .1 each to half a value in a hundred, the last gains .9.
        let shifted = vec![1e6; 100];
        let expected = 9.0 * (0.005 - 0.1) * f64::ln(0.005 / 0.1) + 0.9 * f64::ln(1.0 / 0.1);
        assert!((stability_index(&even, &shifted).unwrap() - expected).abs() < 1e-12);
        assert_eq!(stability_index(&even, &[1.0; 9]), None);
    }

    #[test]
    fn concerns_wait_for_enough_periods_and_name_what_is_wrong() {
        let fine = Watched {
            points: 100,
            periods: 6,
            wape: 0.1,
            promised: Some(0.1),
            coverage80: Some(0.8),
            tracking_signal: Some(1.0),
            stability: Some(0.02),
            chance: 0.1,
        };
        let by = Thresholds::default();
        assert!(fine.concerns(&by).is_empty());
        let bad =
            Watched { wape: 0.2, coverage80: Some(0.5), tracking_signal: Some(-5.0), stability: Some(0.5), ..fine };
        let all = [Concern::Degraded, Concern::Biased, Concern::Miscalibrated, Concern::Drifted];
        assert_eq!(bad.concerns(&by), all);
        assert!(Watched { periods: 3, ..bad }.concerns(&by).is_empty());
        assert!(!Watched { chance: 0.6, ..bad }.concerns(&by).contains(&Concern::Drifted), "chance alone does as much");
        let unknown = Watched { promised: None, coverage80: None, tracking_signal: None, stability: None, ..bad };
        assert!(unknown.concerns(&by).is_empty());
    }

    #[test]
    fn an_input_drifts_where_it_moves_by_more_than_chance() {
        let by = Thresholds::default();
        let even: Vec<f64> = (0..400).map(f64::from).collect();
        let upper: Vec<f64> = (200..400).map(f64::from).collect();
        let drifted = |expected: &[f64], seen: &[f64]| WatchedInput::of("fuel".to_owned(), expected, seen).drifted(&by);
        assert!(drifted(&even, &upper));
        assert!(!drifted(&even, &even));
        assert!(!drifted(&even, &upper[..9]), "too few to say");
        let few: Vec<f64> = (0..12).map(|step| f64::from(step * step % 7)).collect();
        assert!(!drifted(&few, &few.iter().map(|value| 6.0 - value).collect::<Vec<_>>()), "a dozen differ by chance");
    }

    #[test]
    fn thresholds_out_of_range_are_named() {
        assert_eq!(Thresholds::default().check(), Ok(()));
        let wrong = Thresholds { coverage: f64::NAN, ..Thresholds::default() };
        assert_eq!(wrong.check().map_err(|(name, _)| name), Err("coverage"));
        assert!(Thresholds { periods: 0, ..Thresholds::default() }.check().is_err());
    }

    proptest! {
        #[test]
        fn the_stability_index_is_never_negative(
            a in proptest::collection::vec(-1e6..1e6f64, 10..80), b in proptest::collection::vec(-1e6..1e6f64, 10..80),
        ) {
            prop_assert!(stability_index(&a, &b).unwrap() >= -1e-9);
        }
    }
}
