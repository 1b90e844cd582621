//! Demand over a random lead time plus review period: by convolution, by sample paths, and as the fast mixture of curves that
//! order lines use.

use super::bounds::{not_negative, refuse};
use super::demand_curve::CumulativeDemand;
use super::distribution::{Distribution, Law};
use super::lattice::Lattice;
use super::lead_time::LeadTimes;
use super::normal;
use super::quantile_curve::{Curve, KNOTS};
use crate::EngineError;

/// Values that a period's continuous demand is spread over in a convolution.
const VALUES: usize = 256;

/// The distribution of demand over `lead time + review`, from independent periods with these laws, by convolution and mixing
/// over the lead time. The last period repeats beyond the forecast. A time between two whole numbers of periods is a mixture
/// of both, which keeps the mean.
///
/// # Errors
/// [`EngineError::Inventory`] where there are no periods, a law is wrong, or the span is over 2,000 periods.
pub fn by_convolution(periods: &[Law], lead_time: &LeadTimes, review: f64) -> Result<Distribution, EngineError> {
    let review = not_negative("review period", review)?;
    let Some(last) = periods.last() else { return Err(refuse("forecast periods", "none", "at least one")) };
    let longest = libm::ceil(lead_time.times().last().copied().unwrap_or(0.0) + review);
    if longest > 2_000.0 {
        return Err(refuse("lead time and review period", longest, "at most 2,000 periods"));
    }
    let laws = periods.iter().map(Law::check).collect::<Result<Vec<_>, _>>()?;
    let last = last.check()?;
    let whole = laws.iter().all(|law| law.lattice().is_some_and(|lattice| lattice.step() == 1.0));
    let step = if whole { 1.0 } else { laws.iter().map(|law| law.fine_step(VALUES)).fold(1e-9, f64::max) };
    let mut weights = vec![0.0; longest as usize + 1];
    for (time, weight) in lead_time.times().iter().zip(lead_time.weights()) {
        let below = libm::floor(time + review);
        let part = time + review - below;
        weights[below as usize] += weight * (1.0 - part);
        if part > 0.0 {
            weights[below as usize + 1] += weight * part;
        }
    }
    let mut sums = Vec::with_capacity(weights.len());
    let mut sum = Lattice::certain(0.0, step);
    sums.push(sum.clone());
    for ahead in 0..weights.len() - 1 {
        sum = sum.plus(&laws.get(ahead).unwrap_or(&last).on_lattice(step))?;
        sums.push(sum.clone());
    }
    Ok(Lattice::mixture(&sums, &weights).into())
}

/// The same from sample paths: every path under every lead time, weighted. Paths carry what periods have in common.
///
/// # Errors
/// [`EngineError::Inventory`] where there are no paths or periods, lengths differ or a value is not finite.
pub fn by_paths(paths: &[Vec<f64>], lead_time: &LeadTimes, review: f64) -> Result<Distribution, EngineError> {
    let review = not_negative("review period", review)?;
    let steps = paths.first().map_or(0, Vec::len);
    if steps == 0 || paths.iter().any(|path| path.len() != steps) {
        return Err(refuse("paths", "none, empty or of different lengths", "paths of one length, at least 1"));
    }
    let mut samples = Vec::with_capacity(paths.len() * lead_time.times().len());
    for path in paths {
        for value in path {
            super::bounds::finite("demand of a path", *value)?;
        }
        for (time, weight) in lead_time.times().iter().zip(lead_time.weights()) {
            let span = time + review;
            let whole = libm::floor(span) as usize;
            let within: f64 = path.iter().take(whole).sum();
            let repeated = whole.saturating_sub(steps) as f64 * path[steps - 1];
            let part = (span - whole as f64) * path[whole.min(steps - 1)];
            samples.push((within + repeated + part, *weight));
        }
    }
    let low = samples.iter().map(|(value, _)| *value).fold(f64::INFINITY, f64::min);
    let high = samples.iter().map(|(value, _)| *value).fold(f64::NEG_INFINITY, f64::max);
    let counts = samples.iter().all(|(value, _)| *value == libm::floor(*value)) && high - low < 100_000.0;
    let step = if counts { 1.0 } else { ((high - low) / 4_096.0).max(1e-9 * (1.0 + high.abs())) };
    let mut probabilities = vec![0.0; ((high - low) / step) as usize + 2];
    for (value, weight) in samples {
        // Shared between the two nearest values, which keeps the mean.
        let place = (value - low) / step;
        let below = libm::floor(place);
        probabilities[below as usize] += weight * (1.0 - (place - below));
        if place > below {
            probabilities[below as usize + 1] += weight * (place - below);
        }
    }
    Ok(Lattice::new(low, step, probabilities)?.into())
}

/// Demand over a random span as a mixture of curves; stretched around its mean where a user sets mean or spread.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanDemand {
    parts: Vec<Part>,
    own_mean: f64,
    own_deviation: f64,
    mean: f64,
    stretch: f64,
}

/// Demand over one of the possible spans.
#[derive(Debug, Clone, PartialEq)]
struct Part {
    weight: f64,
    curve: Curve,
    tails: [f64; KNOTS],
}

impl SpanDemand {
    /// Of `demand` over lead time plus `review` periods.
    pub fn new(demand: &CumulativeDemand, lead_time: &LeadTimes, review: f64) -> Self {
        let review = if review.is_finite() { review.max(0.0) } else { 0.0 };
        let parts: Vec<Part> = lead_time
            .times()
            .iter()
            .zip(lead_time.weights())
            .map(|(time, weight)| {
                let curve = demand.until(time + review);
                Part { weight: *weight, curve, tails: curve.tails() }
            })
            .collect();
        let mean: f64 = parts.iter().map(|part| part.weight * part.curve.mean).sum();
        // Variance of a mixture: the mean of the variances and the variance of the means.
        let variance: f64 = parts
            .iter()
            .map(|Part { weight, curve, .. }| {
                weight * (curve.deviation * curve.deviation + (curve.mean - mean) * (curve.mean - mean))
            })
            .sum();
        Self { parts, own_mean: mean, own_deviation: variance.max(0.0).sqrt(), mean, stretch: 1.0 }
    }

    /// The same shape with another mean and another standard deviation. A span without spread cannot get one.
    pub(super) fn moved(mut self, mean: f64, deviation: f64) -> Self {
        self.mean = mean;
        self.stretch = if self.own_deviation > 0.0 { deviation / self.own_deviation } else { 0.0 };
        self
    }

    /// The expected demand.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Its standard deviation.
    pub fn deviation(&self) -> f64 {
        self.own_deviation * self.stretch
    }

    /// P(D <= x).
    pub fn probability(&self, x: f64) -> f64 {
        if self.stretch == 0.0 {
            return f64::from(u8::from(x >= self.mean));
        }
        self.own_probability((x - self.mean) / self.stretch + self.own_mean).0
    }

    /// The smallest x with P(D <= x) >= p.
    pub fn quantile(&self, p: f64) -> f64 {
        let z = normal::quantile(p.clamp(1e-9, 1.0 - 1e-9));
        self.mean + self.stretch * (self.own_quantile(p, z) - self.own_mean)
    }

    /// E[(D - x)+].
    pub fn shortage(&self, x: f64) -> f64 {
        self.shortage_and_probability(x).0
    }

    /// E[(D - x)+] and P(D <= x).
    pub fn shortage_and_probability(&self, x: f64) -> (f64, f64) {
        if self.stretch == 0.0 {
            return ((self.mean - x).max(0.0), f64::from(u8::from(x >= self.mean)));
        }
        let own = (x - self.mean) / self.stretch + self.own_mean;
        let (short, chance) = self.parts.iter().fold((0.0, 0.0), |(short, chance), part| {
            let (s, p) = part.curve.shortage_and_probability(&part.tails, own);
            (short + part.weight * s, chance + part.weight * p)
        });
        (self.stretch * short, chance)
    }

    fn own_probability(&self, x: f64) -> (f64, f64) {
        self.parts.iter().fold((0.0, 0.0), |(sum, slope), part| {
            let (p, density) = part.curve.probability(x);
            (sum + part.weight * p, slope + part.weight * density)
        })
    }

    /// Newton's steps from the normal guess, kept within the range of the parts' own quantiles.
    fn own_quantile(&self, p: f64, z: f64) -> f64 {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for part in &self.parts {
            let value = part.curve.value(z);
            low = low.min(value);
            high = high.max(value);
        }
        if self.parts.len() == 1 || high - low <= 1e-9 * self.own_deviation {
            return high;
        }
        let mut x = (self.own_mean + z * self.own_deviation).clamp(low, high);
        for _ in 0..60 {
            let (probability, density) = self.own_probability(x);
            if probability < p {
                low = x
            } else {
                high = x
            }
            let next = x - (probability - p) / density;
            let next = if next > low && next < high { next } else { 0.5 * (low + high) };
            if (next - x).abs() <= 1e-4 * self.own_deviation {
                return next;
            }
            x = next;
        }
        high
    }
}

#[cfg(test)]
mod tests {
    use super::super::demand_curve::DemandForecast;
    use super::super::lead_time::LeadTime;
    use super::super::random::Random;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        /// The three ways agree; the normal formula does not where lead times are skewed, which is why they exist.
        #[test]
        fn curves_convolution_and_paths_agree(
            mean in 2.0..40.0f64, cv in 0.2..0.8f64, observed in proptest::collection::vec(1u32..9, 1..12), p in 0.6..0.97f64,
        ) {
            let law = Law::Gamma { mean, deviation: cv * mean };
            let times = LeadTime::Observed { periods: observed.into_iter().map(f64::from).collect() }.times().unwrap();
            let exact = by_convolution(std::slice::from_ref(&law), &times, 1.0).unwrap();
            let forecast = DemandForecast::Laws { periods: vec![law.clone(); 10], correlation: 0.0 };
            let curves = SpanDemand::new(&CumulativeDemand::new(&forecast).unwrap(), &times, 1.0);
            let spread = exact.deviation();
            prop_assert!((curves.mean() - exact.mean()).abs() < 0.01 * exact.mean());
            prop_assert!((curves.deviation() - spread).abs() < 0.02 * spread);
            prop_assert!((curves.probability(exact.quantile(p)) - p).abs() < 0.015);
            let quantile = curves.quantile(p);
            prop_assert!((curves.probability(quantile) - p).abs() < 1e-4);
            prop_assert!((curves.shortage(quantile) - exact.shortage(quantile)).abs() < 0.02 * spread);
            let (one, mut random) = (law.check().unwrap(), Random::new(7));
            let paths: Vec<Vec<f64>> = (0..800).map(|_| (0..10).map(|_| one.quantile(random.uniform())).collect()).collect();
            let sampled = by_paths(&paths, &times, 1.0).unwrap();
            prop_assert!((sampled.probability(quantile) - p).abs() < 0.05);
        }

        #[test]
        fn longer_lead_times_need_more(
            mean in 2.0..40.0f64, cv in 0.1..1.2f64, lead in 0.0..8.0f64, longer in 0.0..4.0f64, p in 0.5..0.995f64,
        ) {
            let periods = vec![Law::Gamma { mean, deviation: cv * mean }; 8];
            let demand = CumulativeDemand::new(&DemandForecast::Laws { periods, correlation: 0.2 }).unwrap();
            let need = |time: f64| {
                SpanDemand::new(&demand, &LeadTime::Fixed { periods: time }.times().unwrap(), 1.0).quantile(p)
            };
            prop_assert!(need(lead + longer) >= need(lead) * 0.99 - 1e-9);
        }
    }

    /// Two equally likely lead times of 1 and 9 with certain demand: half of the time 10 are needed, half of the time 90.
    #[test]
    fn a_supplier_with_two_minds_is_no_bell() {
        let times = LeadTime::Observed { periods: vec![1.0, 9.0] }.times().unwrap();
        let sure = [Law::Discrete { origin: 10.0, step: 1.0, probabilities: vec![1.0] }];
        let exact = by_convolution(&sure, &times, 0.0).unwrap();
        assert_eq!((exact.quantile(0.4), exact.quantile(0.6), exact.shortage(50.0)), (10.0, 90.0, 20.0));
        let paths = by_paths(&[vec![10.0; 3]], &times, 0.0).unwrap();
        assert_eq!((paths.quantile(0.4), paths.quantile(0.6), paths.shortage(50.0)), (10.0, 90.0, 20.0));
        assert!(by_paths(&[vec![1.0], vec![]], &times, 0.0).is_err() && by_convolution(&[], &times, 0.0).is_err());
    }
}
