//! One pass over a series: one-step errors, the last state, the likelihood and, backwards, its gradient.
//!
//! Additive and multiplicative errors share their recursions when written in residuals, so there are six of them: with and
//! without slope, times no, additive and multiplicative season. A missing value leaves the state where the model expects it.

use super::shape::{ErrorKind, EtsShape, SeasonKind};

/// Weights and starting state in the unit of the (scaled) values.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Start {
    pub(super) alpha: f64,
    pub(super) beta: f64,
    pub(super) gamma: f64,
    pub(super) phi: f64,
    pub(super) level: f64,
    pub(super) slope: f64,
    /// One per phase; empty without season.
    pub(super) season: Vec<f64>,
}

/// The state after the last value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct End {
    pub(super) level: f64,
    pub(super) slope: f64,
    /// By phase, the next value's at `next`.
    pub(super) season: Vec<f64>,
    pub(super) next: usize,
}

/// Derivatives of the likelihood by what [`Start`] holds.
#[derive(Debug, Clone, Default)]
pub(super) struct Gradient {
    pub(super) alpha: f64,
    pub(super) beta: f64,
    pub(super) gamma: f64,
    pub(super) phi: f64,
    pub(super) level: f64,
    pub(super) slope: f64,
    pub(super) season: Vec<f64>,
}

/// What one step of the recursion saw.
#[derive(Debug, Clone, Copy)]
struct Step {
    /// Slope before the step, not yet damped.
    slope: f64,
    /// Level expected.
    level: f64,
    /// Season of the phase.
    season: f64,
    /// Value less what was expected; not a number where the value is missing.
    error: f64,
}

/// Keeps the memory of a pass from one to the next.
#[derive(Debug, Default)]
pub(super) struct Filter {
    steps: Vec<Step>,
    season: Vec<f64>,
}

const NO_SEASON: u8 = 0;
const ADDED: u8 = 1;
const TIMES: u8 = 2;

/// Sum of squares below which a fit counts as perfect, per value of a series scaled to about 1.
const PERFECT: f64 = 1e-20;

/// Squares and logarithms of a pass.
#[derive(Debug, Clone, Copy)]
struct Sums {
    squares: f64,
    logs: f64,
    count: f64,
}

impl Filter {
    /// Twice the negative logarithm of the likelihood, the error variance concentrated out, up to a constant:
    /// `n ln(sum of squared errors)` and for multiplicative errors `n ln(sum of squared relative errors) + 2 sum ln|expected|`.
    /// Not finite where a value expected is not positive though the shape needs it, or where the state explodes.
    pub(super) fn deviance(&mut self, values: &[f64], shape: EtsShape, start: &Start) -> (f64, End) {
        let (sums, level, slope) = self.forward(values, shape, start);
        let next = if start.season.is_empty() { 0 } else { values.len() % start.season.len() };
        (criterion(&sums), End { level, slope, season: self.season.clone(), next })
    }

    /// The same, with the gradient.
    pub(super) fn gradient(&mut self, values: &[f64], shape: EtsShape, start: &Start, gradient: &mut Gradient) -> f64 {
        let (sums, ..) = self.forward(values, shape, start);
        let value = criterion(&sums);
        if value.is_finite() {
            match (shape.has_trend(), shape.season) {
                (false, SeasonKind::None) => self.backward::<false, NO_SEASON>(shape, start, &sums, gradient),
                (false, SeasonKind::Additive) => self.backward::<false, ADDED>(shape, start, &sums, gradient),
                (false, SeasonKind::Multiplicative) => self.backward::<false, TIMES>(shape, start, &sums, gradient),
                (true, SeasonKind::None) => self.backward::<true, NO_SEASON>(shape, start, &sums, gradient),
                (true, SeasonKind::Additive) => self.backward::<true, ADDED>(shape, start, &sums, gradient),
                (true, SeasonKind::Multiplicative) => self.backward::<true, TIMES>(shape, start, &sums, gradient),
            }
        }
        value
    }

    /// One-step errors of the last pass, not a number where the value is missing.
    pub(super) fn errors(&self) -> impl Iterator<Item = f64> + '_ {
        self.steps.iter().map(|step| step.error)
    }

    fn forward(&mut self, values: &[f64], shape: EtsShape, start: &Start) -> (Sums, f64, f64) {
        match (shape.has_trend(), shape.season) {
            (false, SeasonKind::None) => self.run::<false, NO_SEASON>(values, shape, start),
            (false, SeasonKind::Additive) => self.run::<false, ADDED>(values, shape, start),
            (false, SeasonKind::Multiplicative) => self.run::<false, TIMES>(values, shape, start),
            (true, SeasonKind::None) => self.run::<true, NO_SEASON>(values, shape, start),
            (true, SeasonKind::Additive) => self.run::<true, ADDED>(values, shape, start),
            (true, SeasonKind::Multiplicative) => self.run::<true, TIMES>(values, shape, start),
        }
    }

    fn run<const TREND: bool, const SEASON: u8>(
        &mut self,
        values: &[f64],
        shape: EtsShape,
        start: &Start,
    ) -> (Sums, f64, f64) {
        let Start { alpha, beta, gamma, phi, mut level, mut slope, ref season } = *start;
        self.season.clear();
        self.season.extend_from_slice(season);
        self.steps.clear();
        self.steps.reserve(values.len());
        let (season, steps) = (self.season.as_mut_slice(), &mut self.steps);
        let relative = shape.error == ErrorKind::Multiplicative;
        let mut phase = 0;
        let (mut squares, mut logs, mut product, mut count) = (0.0, 0.0, 1.0, 0u32);
        for value in values {
            let damped = if TREND { phi * slope } else { 0.0 };
            let expected_level = if TREND { level + damped } else { level };
            let effect = if SEASON == NO_SEASON { 0.0 } else { season[phase] };
            let expected = match SEASON {
                NO_SEASON => expected_level,
                ADDED => expected_level + effect,
                _ => expected_level * effect,
            };
            let error = value - expected;
            steps.push(Step { slope, level: expected_level, season: effect, error });
            level = expected_level;
            if TREND {
                slope = damped;
            }
            if !error.is_nan() {
                if SEASON == TIMES {
                    // A level or season that is not positive has no meaning here.
                    if expected_level <= 0.0 || effect <= 0.0 {
                        return (Sums { squares: f64::NAN, logs: 0.0, count: 0.0 }, level, slope);
                    }
                    let share = error / effect;
                    level += alpha * share;
                    if TREND {
                        slope += beta * share;
                    }
                    season[phase] = effect + gamma * error / expected_level;
                } else {
                    level += alpha * error;
                    if TREND {
                        slope += beta * error;
                    }
                    if SEASON == ADDED {
                        season[phase] = effect + gamma * error;
                    }
                }
                count += 1;
                if relative {
                    if expected <= 0.0 {
                        return (Sums { squares: f64::NAN, logs: 0.0, count: 0.0 }, level, slope);
                    }
                    let share = error / expected;
                    squares += share * share;
                    // One logarithm for several factors.
                    product *= expected;
                    if !(1e-100..1e100).contains(&product) {
                        logs += product.ln();
                        product = 1.0;
                    }
                } else {
                    squares += error * error;
                }
            }
            if SEASON != NO_SEASON {
                phase += 1;
                if phase == season.len() {
                    phase = 0;
                }
            }
        }
        (Sums { squares, logs: logs + product.ln(), count: f64::from(count) }, level, slope)
    }

    /// Adjoints of [`Self::run`], from the last step to the first.
    fn backward<const TREND: bool, const SEASON: u8>(
        &mut self,
        shape: EtsShape,
        start: &Start,
        sums: &Sums,
        gradient: &mut Gradient,
    ) {
        let Start { alpha, beta, gamma, phi, .. } = *start;
        let length = start.season.len();
        gradient.season.clear();
        gradient.season.resize(length, 0.0);
        let by_season = gradient.season.as_mut_slice();
        let relative = shape.error == ErrorKind::Multiplicative;
        // Of n ln(S): 2 n / S per error.
        let weight = 2.0 * sums.count / (sums.squares + PERFECT * sums.count);
        let (mut by_level, mut by_slope) = (0.0, 0.0);
        let (mut by_alpha, mut by_beta, mut by_gamma, mut by_phi) = (0.0, 0.0, 0.0, 0.0);
        let mut phase = if length == 0 { 0 } else { self.steps.len() % length };
        for step in self.steps.iter().rev() {
            if SEASON != NO_SEASON {
                phase = if phase == 0 { length - 1 } else { phase - 1 };
            }
            let Step { slope, level, season, error } = *step;
            let (mut by_expected_level, mut by_damped) = (by_level, by_slope);
            if !error.is_nan() {
                let expected = match SEASON {
                    NO_SEASON => level,
                    ADDED => level + season,
                    _ => level * season,
                };
                let (mut by_error, mut by_expected) = (weight * error, 0.0);
                if relative {
                    let (inverse, share) = (1.0 / expected, error / expected);
                    by_error = weight * share * inverse;
                    by_expected = (2.0 - weight * share * share) * inverse;
                }
                let of_season = if SEASON == NO_SEASON { 0.0 } else { by_season[phase] };
                if SEASON == TIMES {
                    let share = error / season;
                    let by_share = alpha * by_level + beta * by_slope;
                    by_alpha += share * by_level;
                    by_beta += share * by_slope;
                    by_gamma += of_season * error / level;
                    by_error += by_share / season + gamma * of_season / level;
                    by_expected -= by_error;
                    by_expected_level += by_expected * season - gamma * of_season * error / (level * level);
                    by_season[phase] = of_season + by_expected * level - by_share * share / season;
                } else {
                    by_alpha += error * by_level;
                    by_error += alpha * by_level;
                    if TREND {
                        by_beta += error * by_slope;
                        by_error += beta * by_slope;
                    }
                    if SEASON == ADDED {
                        by_gamma += error * of_season;
                        by_error += gamma * of_season;
                    }
                    by_expected -= by_error;
                    by_expected_level += by_expected;
                    if SEASON == ADDED {
                        by_season[phase] = of_season + by_expected;
                    }
                }
            }
            by_level = by_expected_level;
            if TREND {
                by_damped += by_expected_level;
                by_phi += slope * by_damped;
                by_slope = phi * by_damped;
            }
        }
        (gradient.alpha, gradient.beta, gradient.gamma, gradient.phi) = (by_alpha, by_beta, by_gamma, by_phi);
        (gradient.level, gradient.slope) = (by_level, by_slope);
    }
}

fn criterion(sums: &Sums) -> f64 {
    if sums.count == 0.0 {
        return f64::NAN;
    }
    sums.count * (sums.squares + PERFECT * sums.count).ln() + 2.0 * sums.logs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(shape: EtsShape) -> Start {
        let season = match shape.season {
            SeasonKind::None => Vec::new(),
            SeasonKind::Additive => vec![0.2, -0.1, -0.3, 0.2],
            SeasonKind::Multiplicative => vec![1.2, 0.9, 0.7, 1.2],
        };
        let phi = if shape.trend == super::super::shape::TrendKind::Damped { 0.9 } else { 1.0 };
        Start { alpha: 0.3, beta: 0.1, gamma: 0.2, phi, level: 1.1, slope: 0.02, season }
    }

    /// Every derivative against the difference of two passes, for every member of the family, with a gap.
    #[test]
    fn the_gradient_is_the_slope_of_the_deviance() {
        let mut values: Vec<f64> = (0..41u32)
            .map(|t| 1.0 + f64::from(t * t % 7) / 9.0 + 0.01 * f64::from(t) + 0.2 * f64::from(t % 4))
            .collect();
        values[13] = f64::NAN;
        for shape in EtsShape::all() {
            let (mut filter, mut gradient, at) = (Filter::default(), Gradient::default(), start(shape));
            filter.gradient(&values, shape, &at, &mut gradient);
            let mut check = |name: &str, derivative: f64, moved: &dyn Fn(&mut Start, f64)| {
                let mut there = |by: f64| {
                    let mut start = at.clone();
                    moved(&mut start, by);
                    filter.deviance(&values, shape, &start).0
                };
                let difference = (there(1e-5) - there(-1e-5)) / 2e-5;
                let gap = (difference - derivative).abs();
                assert!(gap < 1e-4 * (1.0 + derivative.abs()), "{} {name}: {difference} {derivative}", shape.name());
            };
            check("alpha", gradient.alpha, &|s, by| s.alpha += by);
            check("level", gradient.level, &|s, by| s.level += by);
            if shape.has_trend() {
                check("beta", gradient.beta, &|s, by| s.beta += by);
                check("phi", gradient.phi, &|s, by| s.phi += by);
                check("slope", gradient.slope, &|s, by| s.slope += by);
            }
            if shape.has_season() {
                check("gamma", gradient.gamma, &|s, by| s.gamma += by);
                for phase in 0..4 {
                    check("season", gradient.season[phase], &|s, by| s.season[phase] += by);
                }
            }
        }
    }
}
