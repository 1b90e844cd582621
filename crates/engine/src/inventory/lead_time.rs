//! Random lead times, in forecast periods: from a supplier's history or from a law, as a few weighted times.

use super::bounds::{not_negative, refuse};
use super::distribution::{Distribution, Law};
use crate::EngineError;
use serde::{Deserialize, Serialize};

/// Most different times that a lead time is represented by.
pub const MOST_TIMES: usize = 8;
/// Longest lead time, in periods.
pub const LONGEST: f64 = 5_000.0;

/// How long a supplier takes, in periods, unchecked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum LeadTime {
    /// Always the same.
    Fixed {
        /// Periods; parts are allowed.
        periods: f64,
    },
    /// What was observed, each observation counting alike.
    Observed {
        /// Periods that past orders took.
        periods: Vec<f64>,
    },
    /// A law: normal (cut at zero), gamma, log-normal, Poisson, negative binomial or discrete.
    Law {
        /// The law of the number of periods.
        law: Law,
    },
}

/// A lead time as at most [`MOST_TIMES`] times, rising, with weights that sum to 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<(f64, f64)>", into = "Vec<(f64, f64)>")]
pub struct LeadTimes {
    times: Vec<f64>,
    weights: Vec<f64>,
}

impl TryFrom<Vec<(f64, f64)>> for LeadTimes {
    type Error = EngineError;

    /// From times with their weights, as they are serialised.
    fn try_from(pairs: Vec<(f64, f64)>) -> Result<Self, EngineError> {
        let sum: f64 = pairs.iter().map(|(_, weight)| weight).sum();
        if pairs.is_empty() || pairs.len() > MOST_TIMES || pairs.iter().any(|(_, weight)| !(0.0..=1.0).contains(weight))
        {
            return Err(refuse("lead times", format!("{} times", pairs.len()), "1 to 8 times with weights of 0 to 1"));
        }
        if (sum - 1.0).abs() > 1e-6 || pairs.windows(2).any(|pair| pair[0].0 > pair[1].0) {
            return Err(refuse(
                "lead times",
                format!("weights that sum to {sum}"),
                "rising times, weights that sum to 1",
            ));
        }
        let times = pairs.iter().map(|(time, _)| in_range(*time)).collect::<Result<_, _>>()?;
        Ok(Self { times, weights: pairs.into_iter().map(|(_, weight)| weight).collect() })
    }
}

impl From<LeadTimes> for Vec<(f64, f64)> {
    fn from(lead: LeadTimes) -> Self {
        lead.times.into_iter().zip(lead.weights).collect()
    }
}

impl LeadTime {
    /// Represents the lead time by weighted times. Whole or observed times are kept where they are at most [`MOST_TIMES`];
    /// else times are gathered in groups of equal weight, each by its mean, and stretched to the standard deviation that was
    /// lost within the groups.
    ///
    /// # Errors
    /// [`EngineError::Inventory`] where there are no times, one is negative, not finite or over 5,000 periods, or the law's
    /// parameters are wrong.
    pub fn times(&self) -> Result<LeadTimes, EngineError> {
        match self {
            Self::Fixed { periods } => Ok(LeadTimes { times: vec![in_range(*periods)?], weights: vec![1.0] }),
            Self::Observed { periods } => {
                let mut sorted = periods.iter().map(|time| in_range(*time)).collect::<Result<Vec<_>, _>>()?;
                if sorted.is_empty() {
                    return Err(refuse("observed lead times", "none", "at least one"));
                }
                sorted.sort_by(f64::total_cmp);
                let weight = 1.0 / sorted.len() as f64;
                Ok(gathered(sorted.into_iter().map(|time| (time, weight))))
            }
            Self::Law { law } => {
                let law = law.check()?;
                in_range(law.mean() + 3.0 * law.deviation())?;
                Ok(match law.lattice() {
                    Some(lattice) => {
                        let values = lattice.probabilities().iter().enumerate();
                        gathered(values.map(|(index, weight)| (lattice.value(index).max(0.0), *weight)))
                    }
                    None => bins(&law),
                })
            }
        }
    }
}

impl LeadTimes {
    /// Always the same; brought within 0 to 5,000 periods.
    pub(super) fn certain(periods: f64) -> Self {
        Self { times: vec![periods.clamp(0.0, LONGEST)], weights: vec![1.0] }
    }

    /// The times, rising.
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// How likely each is; their sum is 1.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The expected lead time.
    pub fn mean(&self) -> f64 {
        self.times.iter().zip(&self.weights).map(|(time, weight)| time * weight).sum()
    }

    /// The standard deviation of the lead time.
    pub fn deviation(&self) -> f64 {
        let mean = self.mean();
        let squares = self.times.iter().zip(&self.weights).map(|(time, weight)| weight * (time - mean) * (time - mean));
        squares.sum::<f64>().max(0.0).sqrt()
    }

    /// These lead times with mean and spread multiplied, then moved: what a slider does. Negative results become zero.
    pub fn stretched(&self, factor: f64, shift: f64) -> Self {
        let times = self.times.iter().map(|time| (time * factor + shift).clamp(0.0, LONGEST)).collect();
        Self { times, weights: self.weights.clone() }
    }

    /// These lead times about another mean, with another standard deviation where one is given.
    pub(super) fn moved(&self, mean: f64, deviation: f64) -> Self {
        let (old_mean, old) = (self.mean(), self.deviation());
        if deviation == 0.0 {
            return Self { times: vec![mean], weights: vec![1.0] };
        }
        if old == 0.0 {
            // Nothing says in which shape it spreads: two times, equally likely, where both are possible.
            let below = deviation.min(mean);
            let above = if below > 0.0 { deviation * deviation / below } else { 0.0 };
            let weight = if below + above > 0.0 { below / (below + above) } else { 0.0 };
            return Self { times: vec![mean - below, mean + above], weights: vec![1.0 - weight, weight] };
        }
        let factor = deviation / old;
        let times = self.times.iter().map(|time| ((time - old_mean) * factor + mean).clamp(0.0, LONGEST)).collect();
        Self { times, weights: self.weights.clone() }
    }
}

fn in_range(periods: f64) -> Result<f64, EngineError> {
    let periods = not_negative("lead time", periods)?;
    if periods > LONGEST { Err(refuse("lead time", periods, "at most 5,000 periods")) } else { Ok(periods) }
}

/// Rising times with weights: equal ones joined; where too many are left, groups of about equal weight.
fn gathered(sorted: impl Iterator<Item = (f64, f64)>) -> LeadTimes {
    let mut joined: Vec<(f64, f64)> = Vec::new();
    for (time, weight) in sorted.filter(|(_, weight)| *weight > 1e-9) {
        match joined.last_mut() {
            Some(last) if last.0 == time => last.1 += weight,
            _ => joined.push((time, weight)),
        }
    }
    let total: f64 = joined.iter().map(|(_, weight)| weight).sum();
    let all = LeadTimes {
        times: joined.iter().map(|(time, _)| *time).collect(),
        weights: joined.iter().map(|(_, weight)| weight / total).collect(),
    };
    if joined.len() <= MOST_TIMES {
        return all;
    }
    let mut groups = LeadTimes { times: Vec::new(), weights: Vec::new() };
    let (mut before, mut sum, mut weight) = (0.0, 0.0, 0.0);
    for (time, share) in all.times.iter().zip(&all.weights) {
        sum += time * share;
        weight += share;
        if before + weight >= (groups.times.len() + 1) as f64 / MOST_TIMES as f64 - 1e-9 {
            groups.times.push(sum / weight);
            groups.weights.push(weight);
            before += weight;
            (sum, weight) = (0.0, 0.0);
        }
    }
    if weight > 0.0 {
        groups.times.push(sum / weight);
        groups.weights.push(weight);
    }
    groups.moved(all.mean(), all.deviation())
}

/// A continuous law in groups of equal probability, by their means; what lies below zero counts as zero.
fn bins(law: &Distribution) -> LeadTimes {
    let (mean, deviation) = (law.mean(), law.deviation());
    if deviation < 1e-9 {
        return LeadTimes { times: vec![mean.max(0.0)], weights: vec![1.0] };
    }
    let weight = 1.0 / MOST_TIMES as f64;
    let edge = |index: usize| if index == 0 { 1e-9 } else { index as f64 * weight };
    // E[D; D > x] = x P(D > x) + E[(D - x)+]; between two edges, the difference.
    let beyond = |index: usize| {
        if index == MOST_TIMES {
            return 0.0;
        }
        let x = law.quantile(edge(index));
        x * (1.0 - law.probability(x)) + law.shortage(x)
    };
    let times = (0..MOST_TIMES).map(|index| ((beyond(index) - beyond(index + 1)) / weight).max(0.0)).collect();
    LeadTimes { times, weights: vec![weight; MOST_TIMES] }.moved(mean.max(0.0), deviation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn mean_and_spread_survive(mean in 2.0..40.0f64, cv in 0.02..0.4f64, kind in 0..4u8) {
            let deviation = cv * mean;
            let law = match kind {
                0 => Law::Normal { mean, deviation },
                1 => Law::Gamma { mean, deviation },
                2 => Law::Poisson { mean },
                _ => Law::NegativeBinomial { mean, deviation: (mean + deviation * deviation).sqrt() },
            };
            let exact = law.check().unwrap();
            let times = LeadTime::Law { law }.times().unwrap();
            prop_assert!((times.mean() - exact.mean()).abs() < 0.02 * exact.mean(), "{times:?}");
            prop_assert!((times.deviation() - exact.deviation()).abs() < 0.05 * exact.deviation() + 1e-6, "{times:?}");
            prop_assert!(times.times().len() <= MOST_TIMES && times.times().windows(2).all(|pair| pair[0] <= pair[1]));
            prop_assert!((times.weights().iter().sum::<f64>() - 1.0).abs() < 1e-9);
        }

        #[test]
        fn observations_keep_their_mean(periods in proptest::collection::vec(0.0..90.0f64, 1..200)) {
            let mean = periods.iter().sum::<f64>() / periods.len() as f64;
            let times = LeadTime::Observed { periods }.times().unwrap();
            prop_assert!((times.mean() - mean).abs() < 0.05 * mean + 1e-9);
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for periods in [vec![], vec![-1.0], vec![f64::NAN], vec![1e9]] {
            assert!(LeadTime::Observed { periods }.times().is_err());
        }
        let two = LeadTime::Fixed { periods: 3.0 }.times().unwrap().moved(3.0, 1.0);
        assert_eq!((two.mean(), two.deviation()), (3.0, 1.0));
    }
}
