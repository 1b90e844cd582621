//! Cumulative demand as quantile curves: for each number of periods ahead, demand from today until then, at fixed normal scores.
//!
//! A curve is straight between normal scores, so a normal distribution is exact, and probabilities, quantiles and expected
//! shortages of a mixture over lead times cost a few hundred nanoseconds: what a slider over ten thousand order lines needs.
//! Curves are built once per item from the forecast, by convolution or from sample paths.

use super::bounds::{not_negative, refuse, share};
use super::distribution::{Distribution, Law};
use super::lattice::Lattice;
use super::normal;
use super::quantile_curve::{Curve, FINE, KNOTS};
use crate::EngineError;
use serde::{Deserialize, Serialize};

/// Most periods ahead.
const MOST_STEPS: usize = 1_100;

/// A forecast of demand as a distribution per period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum DemandForecast {
    /// A law per period.
    Laws {
        /// From the next period on.
        periods: Vec<Law>,
        /// Correlation between any two periods' errors, 0 to 1: a level that is wrong is wrong in all.
        correlation: f64,
    },
    /// Quantiles per period.
    Quantiles {
        /// Levels, rising, above 0 and below 1.
        levels: Vec<f64>,
        /// From the next period on, a value for each level.
        periods: Vec<Vec<f64>>,
        /// As above.
        correlation: f64,
    },
    /// Sample paths: they carry how periods hang together.
    Paths {
        /// Each path has a value for each period; all are of one length.
        paths: Vec<Vec<f64>>,
    },
}

/// Demand from today until 0, 1, 2, … periods ahead. Beyond the forecast, its last period repeats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<CurveParts>", into = "Vec<CurveParts>")]
pub struct CumulativeDemand {
    /// Expected demand until so many periods ahead; the first is 0.
    mean: Vec<f64>,
    /// Standard deviation of demand until so many periods ahead.
    deviation: Vec<f64>,
    /// Per period ahead, the knots' distances from the mean, rising.
    knots: Vec<[f64; KNOTS]>,
}

/// Mean, standard deviation and knots of one period ahead, as they are serialised.
type CurveParts = (f64, f64, [f64; KNOTS]);

impl TryFrom<Vec<CurveParts>> for CumulativeDemand {
    type Error = EngineError;

    fn try_from(parts: Vec<CurveParts>) -> Result<Self, EngineError> {
        count(parts.len().saturating_sub(1))?;
        let mut demand = Self { mean: Vec::new(), deviation: Vec::new(), knots: Vec::new() };
        for (mean, deviation, knots) in parts {
            demand.mean.push(super::bounds::finite("mean demand", mean)?);
            demand.deviation.push(not_negative("deviation of demand", deviation)?);
            for knot in knots {
                super::bounds::finite("knot of a demand curve", knot)?;
            }
            if knots.windows(2).any(|pair| pair[0] > pair[1]) {
                return Err(refuse("knots of a demand curve", "not rising", "knots in rising order"));
            }
            demand.knots.push(knots);
        }
        Ok(demand)
    }
}

impl From<CumulativeDemand> for Vec<CurveParts> {
    fn from(demand: CumulativeDemand) -> Self {
        let parts = demand.mean.into_iter().zip(demand.deviation).zip(demand.knots);
        parts.map(|((mean, deviation), knots)| (mean, deviation, knots)).collect()
    }
}

impl CumulativeDemand {
    /// Builds the curves.
    ///
    /// Laws and quantiles are convolved period by period as if independent; then the spread around the mean is scaled to
    /// the variance that the correlation implies, (1 - c) sum v + c (sum sd)^2.
    ///
    /// # Errors
    /// [`EngineError::Inventory`] where there is no period or over 1,100, a value is not finite, lengths differ, levels do not rise.
    pub fn new(forecast: &DemandForecast) -> Result<Self, EngineError> {
        match forecast {
            DemandForecast::Laws { periods, correlation } => {
                let parts = periods.iter().map(Law::check).collect::<Result<Vec<_>, _>>()?;
                Self::convolved(&parts, *correlation)
            }
            DemandForecast::Quantiles { levels, periods, correlation } => {
                let scores = scores(levels)?;
                let parts = periods
                    .iter()
                    .map(|values| Ok(Curve::through(&scores, values)?.lattice().into()))
                    .collect::<Result<Vec<Distribution>, EngineError>>()?;
                Self::convolved(&parts, *correlation)
            }
            DemandForecast::Paths { paths } => Self::from_paths(paths),
        }
    }

    fn convolved(periods: &[Distribution], correlation: f64) -> Result<Self, EngineError> {
        count(periods.len())?;
        let correlation = not_negative("correlation", correlation)?;
        if correlation > 1.0 {
            return Err(refuse("correlation", correlation, "0 to 1"));
        }
        let whole = periods.iter().all(|period| period.lattice().is_some_and(|lattice| lattice.step() == 1.0));
        let finest = periods.iter().map(|period| period.fine_step(FINE)).fold(1e-9, f64::max);
        let mut sum = Lattice::certain(0.0, if whole { 1.0 } else { finest });
        let mut demand = Self::nothing();
        let (mut mean, mut variances, mut deviations) = (0.0, 0.0, 0.0);
        for period in periods {
            sum = sum.plus(&period.on_lattice_but_for(1e-6, sum.step()))?;
            // Long sums need no finer step than short ones.
            while sum.probabilities().len() > 3 * FINE {
                sum = sum.coarser();
            }
            let deviation = period.deviation();
            mean += period.mean();
            variances += deviation * deviation;
            deviations += deviation;
            let variance = (1.0 - correlation) * variances + correlation * deviations * deviations;
            demand.push(&sum, mean, variance.sqrt());
        }
        Ok(demand)
    }

    fn nothing() -> Self {
        Self { mean: vec![0.0], deviation: vec![0.0], knots: vec![[0.0; KNOTS]] }
    }

    fn push(&mut self, sum: &Lattice, mean: f64, deviation: f64) {
        let mut curve = Curve::of_lattice(sum);
        let spread = sum.variance().max(0.0).sqrt();
        let factor = if spread > 0.0 { deviation / spread } else { 1.0 };
        for knot in &mut curve.knots {
            *knot *= factor;
        }
        self.mean.push(mean);
        self.deviation.push(deviation);
        self.knots.push(curve.knots);
    }

    fn from_paths(paths: &[Vec<f64>]) -> Result<Self, EngineError> {
        let steps = paths.first().map_or(0, Vec::len);
        count(steps)?;
        if paths.iter().any(|path| path.len() != steps) {
            return Err(refuse("paths", "of different lengths", "one value for each period in every path"));
        }
        let mut sums = vec![0.0; paths.len()];
        let mut demand = Self::nothing();
        for step in 0..steps {
            for (sum, path) in sums.iter_mut().zip(paths) {
                *sum += super::bounds::finite("demand of a path", path[step])?;
            }
            let mut sorted = sums.clone();
            sorted.sort_by(f64::total_cmp);
            let mean = sorted.iter().sum::<f64>() / sorted.len() as f64;
            let curve = Curve::of_sorted(&sorted, mean);
            let squares = sorted.iter().map(|sum| (sum - mean) * (sum - mean)).sum::<f64>();
            demand.mean.push(mean);
            demand.deviation.push((squares / sorted.len() as f64).sqrt());
            demand.knots.push(curve.knots);
        }
        Ok(demand)
    }

    /// Periods that the forecast covers.
    pub fn periods(&self) -> usize {
        self.mean.len() - 1
    }

    /// Expected demand until so many periods ahead; parts of periods count in proportion.
    pub fn mean_until(&self, periods: f64) -> f64 {
        self.until(periods).mean
    }

    /// The distribution of demand until so many periods ahead.
    pub(super) fn until(&self, periods: f64) -> Curve {
        let last = self.periods();
        let periods = periods.clamp(0.0, super::lead_time::LONGEST * 2.0);
        if periods > last as f64 {
            return self.beyond(periods);
        }
        let below = libm::floor(periods) as usize;
        let part = periods - below as f64;
        let start = self.curve(below);
        if part == 0.0 {
            return start;
        }
        let end = self.curve(below + 1);
        start.towards(&end, part)
    }

    fn curve(&self, ahead: usize) -> Curve {
        Curve { mean: self.mean[ahead], deviation: self.deviation[ahead], knots: self.knots[ahead] }
    }

    /// The last period repeats: its mean is added, and squared spread grows as it did on average.
    fn beyond(&self, periods: f64) -> Curve {
        let last = self.periods();
        let more = periods - last as f64;
        let growth = self.mean[last] - self.mean[last - 1];
        let stretch = (periods / last as f64).sqrt();
        let mut curve = self.curve(last);
        curve.mean += growth * more;
        curve.deviation *= stretch;
        for knot in &mut curve.knots {
            *knot *= stretch;
        }
        curve
    }

    /// The same demand multiplied.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        let mut scaled = self.clone();
        for value in scaled.mean.iter_mut().chain(&mut scaled.deviation) {
            *value *= factor;
        }
        for knot in scaled.knots.iter_mut().flatten() {
            *knot *= factor;
        }
        scaled
    }
}

fn scores(levels: &[f64]) -> Result<Vec<f64>, EngineError> {
    if levels.len() < 2 {
        return Err(refuse("quantile levels", levels.len(), "at least two"));
    }
    if levels.windows(2).any(|pair| pair[0].is_nan() || pair[1].is_nan() || pair[0] >= pair[1]) {
        return Err(refuse("quantile levels", "not rising", "levels in rising order"));
    }
    levels.iter().map(|level| Ok(normal::quantile(share("quantile level", *level)?))).collect()
}

fn count(steps: usize) -> Result<(), EngineError> {
    if steps == 0 || steps > MOST_STEPS { Err(refuse("forecast periods", steps, "1 to 1,100")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Normal demand of 100 +- 30: over 4 periods 400 +- 60.
    #[test]
    fn normal_demand_stays_normal() {
        let periods = vec![Law::Normal { mean: 100.0, deviation: 30.0 }; 4];
        let demand =
            CumulativeDemand::new(&DemandForecast::Laws { periods: periods.clone(), correlation: 0.0 }).unwrap();
        let exact = Law::Normal { mean: 400.0, deviation: 60.0 }.check().unwrap();
        let curve = demand.until(4.0);
        assert!((curve.mean - 400.0).abs() < 1e-9 && (curve.deviation - 60.0).abs() < 1e-9);
        for x in [250.0, 380.0, 400.0, 470.0, 520.0] {
            assert!((curve.probability(x).0 - exact.probability(x)).abs() < 2e-3);
            assert!(
                (curve.shortage(x) - exact.shortage(x)).abs() < 0.1,
                "{x}: {} {}",
                curve.shortage(x),
                exact.shortage(x)
            );
        }
        assert!((demand.until(8.0).deviation - 60.0 * 2f64.sqrt()).abs() < 1e-9 && demand.until(8.0).mean == 800.0);
        let bound = CumulativeDemand::new(&DemandForecast::Laws { periods, correlation: 1.0 }).unwrap();
        assert!((bound.until(4.0).deviation - 120.0).abs() < 1e-9);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn a_curve_of_counts_has_their_probabilities(mean in 0.05..20.0f64, clumped in 0.0..3.0f64, ahead in 1usize..6) {
            let law = Law::NegativeBinomial { mean, deviation: (mean * (1.0 + clumped)).sqrt() };
            let demand = CumulativeDemand::new(&DemandForecast::Laws { periods: vec![law.clone(); 6], correlation: 0.0 }).unwrap();
            let exact = law.over(ahead as f64).unwrap();
            let curve = demand.until(ahead as f64);
            for k in 0..30 {
                let x = f64::from(k);
                let off = (curve.probability(x + 0.5).0 - exact.probability(x)).abs();
                prop_assert!(off < 0.035, "P(D <= {x}) is off by {off}");
                prop_assert!((curve.shortage(x) - exact.shortage(x)).abs() < 0.13 + 0.01 * curve.deviation);
            }
        }

        #[test]
        fn paths_and_laws_agree(mean in 5.0..50.0f64, cv in 0.1..0.6f64, seed in 0u64..1000) {
            let law = Law::Gamma { mean, deviation: cv * mean }.check().unwrap();
            let mut random = super::super::random::Random::new(seed);
            let paths: Vec<Vec<f64>> = (0..1_000).map(|_| (0..3).map(|_| law.quantile(random.uniform())).collect()).collect();
            let sampled = CumulativeDemand::new(&DemandForecast::Paths { paths }).unwrap().until(3.0);
            let periods = vec![Law::Gamma { mean, deviation: cv * mean }; 3];
            let exact = CumulativeDemand::new(&DemandForecast::Laws { periods, correlation: 0.0 }).unwrap().until(3.0);
            for z in [-1.5, -0.5, 0.0, 0.5, 1.5] {
                prop_assert!((sampled.value(z) - exact.value(z)).abs() < 0.25 * exact.deviation);
            }
            prop_assert!((sampled.deviation - exact.deviation).abs() < 0.1 * exact.deviation);
        }

        #[test]
        fn nothing_in_a_forecast_panics(
            levels in proptest::collection::vec(-0.2..1.2f64, 0..6), values in proptest::collection::vec(-1e12..1e12f64, 0..6), ahead in -1.0..1e5f64,
        ) {
            let forecast = DemandForecast::Quantiles { levels, periods: vec![values.clone(), values], correlation: 0.3 };
            if let Ok(demand) = CumulativeDemand::new(&forecast) {
                let curve = demand.until(ahead);
                prop_assert!(curve.shortage(curve.mean).is_finite());
            }
        }
    }
}
