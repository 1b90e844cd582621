//! Distributions of demand, of any kind: parameters that are checked once, then asked for probabilities and losses.

use super::bounds::{finite, not_negative, positive, refuse};
use super::lattice::{Lattice, MOST_VALUES};
use super::{gamma, normal};
use crate::EngineError;
use serde::{Deserialize, Serialize};

/// A kind of distribution with its parameters, unchecked: units of demand, whole ones for the discrete kinds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Law {
    /// Normal; may be negative, which matters where the deviation is not small against the mean.
    Normal {
        /// Expected value.
        mean: f64,
        /// Standard deviation.
        deviation: f64,
    },
    /// Gamma: positive and skewed.
    Gamma {
        /// Expected value.
        mean: f64,
        /// Standard deviation.
        deviation: f64,
    },
    /// The exponential of a normal variable.
    LogNormal {
        /// Mean of the logarithm.
        log_mean: f64,
        /// Standard deviation of the logarithm.
        log_deviation: f64,
    },
    /// Poisson: whole units, variance equal to the mean.
    Poisson {
        /// Expected value.
        mean: f64,
    },
    /// Negative binomial: whole units, variance above the mean. One that is not above it is taken as Poisson.
    NegativeBinomial {
        /// Expected value.
        mean: f64,
        /// Standard deviation.
        deviation: f64,
    },
    /// Given probabilities on `origin`, `origin + step`, …
    Discrete {
        /// The smallest value.
        origin: f64,
        /// Distance between values.
        step: f64,
        /// Weights, brought to a sum of 1.
        probabilities: Vec<f64>,
    },
}

/// A checked distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    shape: Shape,
}

#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Normal { mean: f64, deviation: f64 },
    Gamma { shape: f64, scale: f64 },
    LogNormal { log_mean: f64, log_deviation: f64 },
    Lattice(Lattice),
}

impl Law {
    /// Checks the parameters.
    ///
    /// # Errors
    /// [`EngineError::Inventory`] where a parameter is not finite or out of its range.
    pub fn check(&self) -> Result<Distribution, EngineError> {
        let shape = match self {
            Self::Normal { mean, deviation } => Shape::Normal {
                mean: finite("mean demand", *mean)?,
                deviation: not_negative("deviation of demand", *deviation)?,
            },
            Self::Gamma { mean, deviation } => {
                let (mean, deviation) =
                    (not_negative("mean demand", *mean)?, not_negative("deviation of demand", *deviation)?);
                if mean == 0.0 || deviation < 1e-9 * mean {
                    Shape::Normal { mean, deviation: if mean == 0.0 { 0.0 } else { deviation } }
                } else {
                    Shape::Gamma { shape: (mean / deviation) * (mean / deviation), scale: deviation * deviation / mean }
                }
            }
            Self::LogNormal { log_mean, log_deviation } => {
                if !(-30.0..=30.0).contains(log_mean) {
                    return Err(refuse("mean of log demand", log_mean, "between -30 and 30"));
                }
                if !(*log_deviation > 0.0 && *log_deviation <= 4.0) {
                    return Err(refuse("deviation of log demand", log_deviation, "above 0 and at most 4"));
                }
                Shape::LogNormal { log_mean: *log_mean, log_deviation: *log_deviation }
            }
            Self::Poisson { mean } => Shape::Lattice(counts(not_negative("mean demand", *mean)?, 0.0)),
            Self::NegativeBinomial { mean, deviation } => {
                let mean = not_negative("mean demand", *mean)?;
                let variance = not_negative("deviation of demand", *deviation)? * deviation;
                Shape::Lattice(counts(mean, (variance - mean).max(0.0)))
            }
            Self::Discrete { origin, step, probabilities } => {
                Shape::Lattice(Lattice::new(*origin, *step, probabilities.clone())?)
            }
        };
        Ok(Distribution { shape })
    }

    /// The law of the sum over `periods` independent periods; parts of a period where the law divides.
    ///
    /// # Errors
    /// [`EngineError::Inventory`] where the parameters are wrong, or the law does not divide (log-normal, discrete)
    /// and `periods` is not a whole number.
    pub fn over(&self, periods: f64) -> Result<Distribution, EngineError> {
        let periods = not_negative("periods", periods)?;
        let root = periods.sqrt();
        match self {
            Self::Normal { mean, deviation } => {
                Self::Normal { mean: mean * periods, deviation: deviation * root }.check()
            }
            Self::Gamma { mean, deviation } => {
                Self::Gamma { mean: mean * periods, deviation: deviation * root }.check()
            }
            Self::Poisson { mean } => Self::Poisson { mean: mean * periods }.check(),
            Self::NegativeBinomial { mean, deviation } => {
                Self::NegativeBinomial { mean: mean * periods, deviation: deviation * root }.check()
            }
            Self::LogNormal { .. } | Self::Discrete { .. } => {
                if periods != libm::floor(periods) || periods > 10_000.0 {
                    return Err(refuse("periods", periods, "a whole number of at most 10,000 for this distribution"));
                }
                let one = self.check()?;
                let step = match &one.shape {
                    Shape::Lattice(lattice) => lattice.step(),
                    _ => one.fine_step(512),
                };
                Ok(Distribution { shape: Shape::Lattice(one.on_lattice(step).times(periods as u32)?) })
            }
        }
    }
}

impl From<Lattice> for Distribution {
    fn from(lattice: Lattice) -> Self {
        Self { shape: Shape::Lattice(lattice) }
    }
}

impl Distribution {
    /// The lattice, where the distribution is discrete.
    pub fn lattice(&self) -> Option<&Lattice> {
        match &self.shape {
            Shape::Lattice(lattice) => Some(lattice),
            _ => None,
        }
    }

    /// The expected value.
    pub fn mean(&self) -> f64 {
        match &self.shape {
            Shape::Normal { mean, .. } => *mean,
            Shape::Gamma { shape, scale } => shape * scale,
            Shape::LogNormal { log_mean, log_deviation } => libm::exp(log_mean + 0.5 * log_deviation * log_deviation),
            Shape::Lattice(lattice) => lattice.mean(),
        }
    }

    /// The standard deviation.
    pub fn deviation(&self) -> f64 {
        match &self.shape {
            Shape::Normal { deviation, .. } => *deviation,
            Shape::Gamma { shape, scale } => shape.sqrt() * scale,
            Shape::LogNormal { log_deviation, .. } => self.mean() * libm::expm1(log_deviation * log_deviation).sqrt(),
            Shape::Lattice(lattice) => lattice.variance().max(0.0).sqrt(),
        }
    }

    /// P(D <= x).
    pub fn probability(&self, x: f64) -> f64 {
        match &self.shape {
            Shape::Normal { mean, deviation } if *deviation == 0.0 => f64::from(u8::from(x >= *mean)),
            Shape::Normal { mean, deviation } => normal::probability((x - mean) / deviation),
            Shape::Gamma { shape, scale } => gamma::lower(*shape, x / scale),
            Shape::LogNormal { .. } if x <= 0.0 => 0.0,
            Shape::LogNormal { log_mean, log_deviation } => {
                normal::probability((libm::log(x) - log_mean) / log_deviation)
            }
            Shape::Lattice(lattice) => lattice.probability(x),
        }
    }

    /// The smallest x with P(D <= x) >= p, for p between 0 and 1; p is brought within [1e-12, 1 - 1e-12].
    pub fn quantile(&self, p: f64) -> f64 {
        let p = if p.is_nan() { 0.5 } else { p.clamp(1e-12, 1.0 - 1e-12) };
        match &self.shape {
            Shape::Normal { mean, deviation } => mean + deviation * normal::quantile(p),
            Shape::LogNormal { log_mean, log_deviation } => libm::exp(log_mean + log_deviation * normal::quantile(p)),
            Shape::Gamma { shape, scale } => gamma_quantile(*shape, p) * scale,
            Shape::Lattice(lattice) => lattice.quantile(p),
        }
    }

    /// E[(D - x)+]: the units short where x are at hand.
    pub fn shortage(&self, x: f64) -> f64 {
        match &self.shape {
            Shape::Normal { mean, deviation } if *deviation == 0.0 => (mean - x).max(0.0),
            Shape::Normal { mean, deviation } => deviation * normal::loss((x - mean) / deviation),
            Shape::Gamma { shape, scale } => {
                let at = x / scale;
                scale * (shape * gamma::upper(shape + 1.0, at) - at * gamma::upper(*shape, at)).max(0.0)
            }
            Shape::LogNormal { .. } if x <= 0.0 => self.mean() - x,
            Shape::LogNormal { log_mean, log_deviation } => {
                let z = (libm::log(x) - log_mean) / log_deviation;
                (self.mean() * normal::probability(log_deviation - z) - x * normal::probability(-z)).max(0.0)
            }
            Shape::Lattice(lattice) => lattice.shortage(x),
        }
    }

    /// E[(x - D)+]: the units left over where x are at hand.
    pub fn surplus(&self, x: f64) -> f64 {
        (x - self.mean() + self.shortage(x)).max(0.0)
    }

    /// E[((D - x)+)^2] / 2: the integral of the shortage from x upwards.
    pub fn second_shortage(&self, x: f64) -> f64 {
        match &self.shape {
            Shape::Normal { mean, deviation } if *deviation == 0.0 => 0.5 * (mean - x).max(0.0) * (mean - x).max(0.0),
            Shape::Normal { mean, deviation } => deviation * deviation * normal::second_loss((x - mean) / deviation),
            Shape::Gamma { shape, scale } => {
                let at = x / scale;
                let moments = shape * (shape + 1.0) * gamma::upper(shape + 2.0, at)
                    - 2.0 * at * shape * gamma::upper(shape + 1.0, at)
                    + at * at * gamma::upper(*shape, at);
                (0.5 * scale * scale * moments).max(0.0)
            }
            Shape::LogNormal { log_deviation, .. } if x <= 0.0 => {
                let mean = self.mean();
                0.5 * (mean * mean * libm::exp(log_deviation * log_deviation) - 2.0 * x * mean + x * x)
            }
            Shape::LogNormal { log_mean, log_deviation } => {
                let z = (libm::log(x) - log_mean) / log_deviation;
                let mean = self.mean();
                let square = mean * mean * libm::exp(log_deviation * log_deviation);
                let moments = square * normal::probability(2.0 * log_deviation - z)
                    - 2.0 * x * mean * normal::probability(log_deviation - z)
                    + x * x * normal::probability(-z);
                (0.5 * moments).max(0.0)
            }
            Shape::Lattice(lattice) => lattice.second_shortage(x),
        }
    }

    /// A step that spreads the range of values, but for tails of 1e-6, over about `values` values.
    pub(super) fn fine_step(&self, values: usize) -> f64 {
        let range = self.quantile(1.0 - 1e-6) - self.quantile(1e-6);
        if range > 0.0 { range / values as f64 } else { (self.mean().abs() / values as f64).max(1e-9) }
    }

    /// The distribution on multiples of `step`, each value taking the probability of what is nearer to it than to
    /// its neighbours; tails of 1e-10 are given to the outermost values.
    pub(super) fn on_lattice(&self, step: f64) -> Lattice {
        self.on_lattice_but_for(1e-10, step)
    }

    /// The same with tails of another weight.
    pub(super) fn on_lattice_but_for(&self, tail: f64, step: f64) -> Lattice {
        let low = libm::round(self.quantile(tail) / step);
        let high = libm::round(self.quantile(1.0 - tail) / step).max(low);
        let count = ((high - low) as usize).min(super::lattice::MOST_VALUES * 16);
        let mut probabilities = Vec::with_capacity(count + 1);
        let mut below = 0.0;
        for index in 0..=count {
            // Exactly half-way belongs to the lower value; a lattice's own values are never half-way.
            let edge = (low + index as f64 + 0.5) * step;
            let through = if index == count { 1.0 } else { self.probability(edge) };
            probabilities.push((through - below).max(0.0));
            below = through;
        }
        Lattice::of(low * step, step, probabilities)
    }
}

/// Counts with this mean and this excess of the variance over the mean (none: Poisson), from the most likely value
/// outwards by the recurrence of neighbouring probabilities. Means whose range has over [`MOST_VALUES`] values become
/// a normal distribution on a coarser lattice.
fn counts(mean: f64, excess: f64) -> Lattice {
    if mean <= 0.0 {
        return Lattice::certain(0.0, 1.0);
    }
    let deviation = (mean + excess).sqrt();
    if mean + 12.0 * deviation > 1e6 || 24.0 * deviation > MOST_VALUES as f64 {
        let wide = Distribution {
            shape: Shape::Gamma { shape: mean * mean / (deviation * deviation), scale: deviation * deviation / mean },
        };
        return wide.on_lattice(libm::ceil(24.0 * deviation / MOST_VALUES as f64));
    }
    // Poisson: p(k+1)/p(k) = mean/(k+1). Negative binomial with r = mean^2/excess: (k+r)/(k+1) excess/(mean+excess).
    let successes = mean * mean / excess.max(f64::MIN_POSITIVE);
    let poisson = excess < 1e-9 * mean || successes > 1e12;
    let chance = excess / (mean + excess);
    let ratio = |k: f64| if poisson { mean / (k + 1.0) } else { (k + successes) / (k + 1.0) * chance };
    let likely = if poisson { libm::floor(mean) } else { libm::floor(((successes - 1.0) * excess / mean).max(0.0)) };
    let (mut below, mut weight, mut k) = (Vec::new(), 1.0, likely);
    while k >= 1.0 && weight > 1e-18 {
        weight /= ratio(k - 1.0);
        k -= 1.0;
        below.push(weight);
    }
    let lowest = k;
    let mut probabilities: Vec<f64> = below.into_iter().rev().collect();
    probabilities.push(1.0);
    let (mut weight, mut k) = (1.0, likely);
    while weight > 1e-18 && probabilities.len() < 16 * MOST_VALUES {
        weight *= ratio(k);
        k += 1.0;
        probabilities.push(weight);
    }
    let sum: f64 = probabilities.iter().sum();
    for probability in &mut probabilities {
        *probability /= sum;
    }
    Lattice::of(lowest, 1.0, probabilities)
}

/// Bisection on the logarithm, then Newton's steps while they help.
fn gamma_quantile(shape: f64, p: f64) -> f64 {
    // Wilson and Hilferty 1931 as a start; for small shapes the leading term of the lower tail.
    let spread = 1.0 / (9.0 * shape);
    let root = 1.0 - spread + normal::quantile(p) * spread.sqrt();
    let tail = libm::exp((libm::log(p) + libm::lgamma(shape + 1.0)) / shape);
    let mut x = if root > 0.1 { shape * root * root * root } else { tail };
    let (mut low, mut high) = (0.0, f64::INFINITY);
    for _ in 0..200 {
        let error = gamma::lower(shape, x) - p;
        if error > 0.0 {
            high = x
        } else {
            low = x
        }
        let density = libm::exp((shape - 1.0) * libm::log(x) - x - libm::lgamma(shape));
        let step = error / density;
        let mut next = x - step;
        if !(next > low && next < high) {
            next = if high.is_finite() { 0.5 * (low + high) } else { 2.0 * x.max(1e-300) };
        }
        if (next - x).abs() <= 1e-14 * x || next == x {
            return next;
        }
        x = next;
    }
    x
}

/// A mean that must be positive, for policies that divide by it.
pub(super) fn positive_mean(distribution: &Distribution) -> Result<f64, EngineError> {
    positive("mean demand", distribution.mean())
}
