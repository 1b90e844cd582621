//! Maximum likelihood: weights and starting states of one shape.
//!
//! The error variance is concentrated out. Weights move on logistic scales within the usual region (Hyndman et al. 2008,
//! section 2.5): 0 < alpha < 1, 0 < beta < alpha, 0 < gamma < 1 - alpha, .8 < phi < .98, inside which forecasts are stable.

use super::filter::{Filter, Gradient, Start};
use super::seed::Seed;
use super::shape::{EtsShape, SeasonKind, TrendKind};
use crate::local::descent::{Objective, Patience, minimise};

/// Least weight, and distance from its upper bound.
const MARGIN: f64 = 1e-4;
const PHI: (f64, f64) = (0.8, 0.98);
const PATIENCE: Patience = Patience { iterations: 80, gain: 2e-3 };
/// Weights tried before the descent: level, and season.
const ALPHAS: [f64; 4] = [0.04, 0.15, 0.45, 0.85];
const GAMMAS: [f64; 3] = [0.02, 0.15, 0.6];

/// The most likely start of a shape.
#[derive(Debug, Clone)]
pub(super) struct Estimate {
    pub(super) start: Start,
    pub(super) deviance: f64,
}

/// Series up to this length are searched from a quick and from a slow level where they have a season: with few values the
/// likelihood has several peaks, with many the second search would only cost.
const TWICE: usize = 700;

/// Fits a shape to values scaled to about 1, from the seed and, where one is given, from a neighbour's estimate.
pub(super) fn estimate(
    values: &[f64],
    shape: EtsShape,
    seed: &Seed,
    neighbour: Option<&Start>,
    filter: &mut Filter,
) -> Option<Estimate> {
    let gammas = if shape.has_season() { &GAMMAS[..] } else { &GAMMAS[..1] };
    let grid = |alphas: &[f64]| -> Vec<Start> {
        let pairs = alphas.iter().flat_map(|alpha| gammas.iter().map(|gamma| (*alpha, *gamma)));
        pairs.map(|(alpha, gamma)| seeded(shape, seed, alpha, gamma)).collect()
    };
    let twice = shape.has_season() && values.len() <= TWICE;
    let mut families = if twice { vec![grid(&ALPHAS[..2]), grid(&ALPHAS[2..])] } else { vec![grid(&ALPHAS)] };
    if let Some(neighbour) = neighbour {
        let quick = twice && neighbour.alpha > 0.5 * (ALPHAS[1] + ALPHAS[2]);
        families[usize::from(quick)].push(adapted(shape, seed, neighbour));
    }
    let descents = families.into_iter().filter_map(|starts| descend(values, shape, starts, filter));
    descents.min_by(|a, b| a.deviance.total_cmp(&b.deviance))
}

/// Walks down from the best of the starts.
fn descend(values: &[f64], shape: EtsShape, starts: Vec<Start>, filter: &mut Filter) -> Option<Estimate> {
    let mut best: Option<(f64, Start)> = None;
    for start in starts {
        let (deviance, _) = filter.deviance(values, shape, &start);
        if deviance.is_finite() && best.as_ref().is_none_or(|(least, _)| deviance < *least) {
            best = Some((deviance, start));
        }
    }
    let (deviance, start) = best?;
    let present = values.iter().filter(|value| !value.is_nan()).count() as f64;
    let spread = spread(shape, &start, deviance, present);
    let mut at = to_free(shape, &start);
    let mut likelihood = Likelihood { values, shape, filter, gradient: Gradient::default(), start };
    let deviance = minimise(&mut likelihood, &mut at, &spread, PATIENCE);
    from_free(shape, &at, &mut likelihood.start);
    deviance.is_finite().then_some(Estimate { start: likelihood.start, deviance })
}

fn seeded(shape: EtsShape, seed: &Seed, alpha: f64, gamma: f64) -> Start {
    Start {
        alpha,
        beta: if shape.has_trend() { 0.1 * alpha } else { 0.0 },
        gamma: if shape.has_season() { gamma.min(0.9 * (1.0 - alpha)) } else { 0.0 },
        phi: if shape.trend == TrendKind::Damped { 0.95 } else { 1.0 },
        level: seed.level,
        slope: seed.slope,
        season: seed.season.clone(),
    }
}

/// A neighbour's weights and states where this shape has them.
fn adapted(shape: EtsShape, seed: &Seed, neighbour: &Start) -> Start {
    let mut start = seeded(shape, seed, neighbour.alpha, GAMMAS[0]);
    start.level = neighbour.level;
    if shape.has_trend() && neighbour.beta > 0.0 {
        (start.beta, start.slope) = (neighbour.beta, neighbour.slope);
    } else if shape.has_trend() {
        (start.beta, start.slope) = (start.beta.min(0.01), 0.0);
    }
    if shape.trend == TrendKind::Damped && neighbour.phi < 1.0 {
        start.phi = neighbour.phi;
    }
    if shape.has_season() && neighbour.season.len() == start.season.len() {
        start.gamma = neighbour.gamma;
        start.season.clone_from(&neighbour.season);
    }
    start
}

struct Likelihood<'a> {
    values: &'a [f64],
    shape: EtsShape,
    filter: &'a mut Filter,
    gradient: Gradient,
    start: Start,
}

impl Objective for Likelihood<'_> {
    fn value(&mut self, at: &[f64], gradient: &mut [f64]) -> f64 {
        from_free(self.shape, at, &mut self.start);
        let value = self.filter.gradient(self.values, self.shape, &self.start, &mut self.gradient);
        if value.is_finite() {
            free_gradient(self.shape, &self.start, &self.gradient, gradient);
        }
        value
    }
}

/// A number between bounds on its logistic scale.
fn to_logit(value: f64, low: f64, high: f64) -> f64 {
    let share = ((value - low) / (high - low)).clamp(1e-6, 1.0 - 1e-6);
    (share / (1.0 - share)).ln()
}

fn from_logit(free: f64, low: f64, high: f64) -> f64 {
    low + (high - low) / (1.0 + (-free).exp())
}

/// Derivative of [`from_logit`] by the free number.
fn logit_slope(value: f64, low: f64, high: f64) -> f64 {
    (value - low) * (high - value) / (high - low)
}

fn beta_bounds(alpha: f64) -> (f64, f64) {
    (0.5 * MARGIN, alpha)
}

fn gamma_bounds(alpha: f64) -> (f64, f64) {
    (0.5 * MARGIN, 1.0 - alpha)
}

/// Alpha, then beta, phi, gamma, level, slope and all seasons but the last, as far as the shape has them.
fn to_free(shape: EtsShape, start: &Start) -> Vec<f64> {
    let mut free = vec![to_logit(start.alpha, MARGIN, 1.0 - MARGIN)];
    if shape.has_trend() {
        let (low, high) = beta_bounds(start.alpha);
        free.push(to_logit(start.beta, low, high));
    }
    if shape.trend == TrendKind::Damped {
        free.push(to_logit(start.phi, PHI.0, PHI.1));
    }
    if shape.has_season() {
        let (low, high) = gamma_bounds(start.alpha);
        free.push(to_logit(start.gamma, low, high));
    }
    free.push(start.level);
    if shape.has_trend() {
        free.push(start.slope);
    }
    free.extend(start.season.iter().take(start.season.len().saturating_sub(1)));
    free
}

fn from_free(shape: EtsShape, free: &[f64], start: &mut Start) {
    let mut free = free.iter().copied();
    let mut next = || free.next().unwrap_or(0.0);
    start.alpha = from_logit(next(), MARGIN, 1.0 - MARGIN);
    if shape.has_trend() {
        let (low, high) = beta_bounds(start.alpha);
        start.beta = from_logit(next(), low, high);
    }
    if shape.trend == TrendKind::Damped {
        start.phi = from_logit(next(), PHI.0, PHI.1);
    }
    if shape.has_season() {
        let (low, high) = gamma_bounds(start.alpha);
        start.gamma = from_logit(next(), low, high);
    }
    start.level = next();
    if shape.has_trend() {
        start.slope = next();
    }
    if let Some((last, others)) = start.season.split_last_mut() {
        // The seasons' sum is that of doing nothing: it belongs to the level.
        let mut rest = if shape.season == SeasonKind::Multiplicative { (others.len() + 1) as f64 } else { 0.0 };
        for effect in others {
            *effect = next();
            rest -= *effect;
        }
        *last = rest;
    }
}

fn free_gradient(shape: EtsShape, start: &Start, by: &Gradient, out: &mut [f64]) {
    let mut by_alpha = by.alpha;
    let mut free = out.iter_mut().skip(1);
    let mut put = |value: f64| {
        if let Some(slot) = free.next() {
            *slot = value;
        }
    };
    if shape.has_trend() {
        let (low, high) = beta_bounds(start.alpha);
        put(by.beta * logit_slope(start.beta, low, high));
        by_alpha += by.beta * (start.beta - low) / (high - low);
    }
    if shape.trend == TrendKind::Damped {
        put(by.phi * logit_slope(start.phi, PHI.0, PHI.1));
    }
    if shape.has_season() {
        let (low, high) = gamma_bounds(start.alpha);
        put(by.gamma * logit_slope(start.gamma, low, high));
        by_alpha -= by.gamma * (start.gamma - low) / (high - low);
    }
    put(by.level);
    if shape.has_trend() {
        put(by.slope);
    }
    if let Some((last, others)) = by.season.split_last() {
        for effect in others {
            put(effect - last);
        }
    }
    out[0] = by_alpha * logit_slope(start.alpha, MARGIN, 1.0 - MARGIN);
}

/// How far each free number may lie from its optimum: standard errors of the states from the error variance and the
/// number of values that still see them, a moderate step for the weights.
fn spread(shape: EtsShape, start: &Start, deviance: f64, present: f64) -> Vec<f64> {
    // Of a multiplicative error the variance is relative to values of about 1; close enough for a first step.
    let variance = (deviance / present).exp() / present;
    let seen = |forgetting: f64| (1.0 / forgetting.max(1e-3)).min(present);
    let level = (variance / seen(2.0 * start.alpha)).sqrt().clamp(1e-6, 0.3);
    let weight = (20.0 / present).sqrt().clamp(0.1, 0.7);
    let mut spread = vec![weight];
    if shape.has_trend() {
        spread.push(2.0 * weight);
    }
    if shape.trend == TrendKind::Damped {
        spread.push(2.0 * weight);
    }
    if shape.has_season() {
        spread.push(2.0 * weight);
    }
    spread.push(level);
    if shape.has_trend() {
        spread.push(level / seen(start.alpha).sqrt());
    }
    let length = start.season.len().max(1) as f64;
    let cycles = (present / length).min(1.0 / (2.0 * start.gamma).max(1e-3)).max(1.0);
    let season = (variance / cycles).sqrt().clamp(1e-6, 0.3);
    spread.extend(std::iter::repeat_n(season, start.season.len().saturating_sub(1)));
    spread
}
