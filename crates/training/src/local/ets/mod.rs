//! Exponential smoothing in state space form: error, trend and season each none, additive, damped or multiplicative,
//! fitted by maximum likelihood and chosen by the corrected information criterion (Hyndman et al. 2002, 2008).

mod average;
mod estimate;
mod filter;
mod seed;
mod shape;

pub use average::EtsAverage;
pub use shape::{ErrorKind, EtsShape, SeasonKind, TrendKind};

use super::series::without_gaps;
use estimate::estimate;
use filter::{End, Filter, Start};
pub(crate) use seed::Seasons;
use seed::seed;

/// Which members compete, and with what season.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ets {
    /// Length of the season in periods; 0 or 1 for none.
    pub season: usize,
    /// Which members compete.
    pub shapes: Shapes,
}

/// The members of the family that compete by the criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shapes {
    /// All that suit the values.
    All,
    /// All but those whose slope never fades: over many periods they overshoot.
    Fading,
    /// One.
    Only(EtsShape),
}

impl Shapes {
    fn hold(self, shape: EtsShape) -> bool {
        match self {
            Self::All => true,
            Self::Fading => shape.trend != TrendKind::Additive,
            Self::Only(only) => only == shape,
        }
    }
}

/// Longest season fitted state by state. A year of weeks or days belongs to [`mstl`](super::mstl).
pub const LONGEST_SEASON: usize = 24;

/// A member of the family with its weights and its state after the last value seen.
#[derive(Debug, Clone, PartialEq)]
pub struct EtsFit {
    /// Which member it is.
    pub shape: EtsShape,
    /// Weight of an error in the level.
    pub alpha: f64,
    /// Weight of an error in the slope; 0 without trend.
    pub beta: f64,
    /// Weight of an error in the season; 0 without season.
    pub gamma: f64,
    /// Damping of the slope; 1 where it is not damped.
    pub phi: f64,
    /// Level, in the values' unit.
    pub level: f64,
    /// Slope per period before damping, in the values' unit.
    pub slope: f64,
    /// By phase: in the values' unit, or a factor. Empty without season.
    pub season: Vec<f64>,
    /// Phase of the next value.
    pub next: usize,
    /// Corrected information criterion of the values fitted (Hurvich and Tsai 1989), comparable between shapes and with
    /// R's `forecast::ets`. Minus infinity for a series without any error.
    pub aicc: f64,
}

impl Ets {
    /// Fits a series, oldest value first, not a number where a value is missing. `None` where fewer than two values are
    /// present, or where the one shape asked for does not suit them.
    ///
    /// ```
    /// use aisle_training::local::ets::{Ets, Shapes};
    /// let values: Vec<f64> = (0..70).map(|day| [20.0, 18.0, 17.0, 19.0, 25.0, 40.0, 38.0][day % 7] + (day % 3) as f64).collect();
    /// let fit = Ets { season: 7, shapes: Shapes::All }.fit(&values).unwrap();
    /// assert!(fit.forecast(7)[5] > 35.0);
    /// ```
    pub fn fit(&self, values: &[f64]) -> Option<EtsFit> {
        let series = Series::of(values, self.season)?;
        let fits = self.candidates(&series).into_iter().map(|(fit, _)| fit);
        fits.min_by(|a, b| a.aicc.total_cmp(&b.aicc))
    }

    /// Every member that could be fitted, the best by the criterion first.
    pub fn ranked(&self, values: &[f64]) -> Vec<EtsFit> {
        let Some(series) = Series::of(values, self.season) else { return Vec::new() };
        let mut fits: Vec<EtsFit> = self.candidates(&series).into_iter().map(|(fit, _)| fit).collect();
        fits.sort_by(|a, b| a.aicc.total_cmp(&b.aicc));
        fits
    }

    /// The best by the criterion with its one-step errors from the first present value on, in the values' unit; not a
    /// number where a value is missing.
    pub fn fit_with_errors(&self, values: &[f64]) -> Option<(EtsFit, Vec<f64>)> {
        let series = Series::of(values, self.season)?;
        let candidates = self.candidates(&series).into_iter();
        let (fit, start) = candidates.min_by(|(a, _), (b, _)| a.aicc.total_cmp(&b.aicc))?;
        let Some(start) = start else { return Some((fit, vec![0.0; series.scaled.len()])) };
        let mut filter = Filter::default();
        filter.deviance(&series.scaled, fit.shape, &start);
        Some((fit, filter.errors().map(|error| error * series.facts.scale).collect()))
    }

    fn candidates(&self, series: &Series) -> Vec<(EtsFit, Option<Start>)> {
        let Series { facts, scaled, gapless, seasons } = series;
        if facts.constant {
            return vec![(EtsFit::constant(facts.last), None)];
        }
        let mut filter = Filter::default();
        let mut fits = Vec::new();
        let mut starts: Vec<(EtsShape, Start)> = Vec::new();
        for shape in EtsShape::all().filter(|shape| self.shapes.hold(*shape)) {
            if !facts.allow(shape) {
                continue;
            }
            let seed = seed(gapless, shape, seasons.as_ref());
            let neighbour = nearest(&starts, shape);
            let Some(found) = estimate(scaled, shape, &seed, neighbour, &mut filter) else { continue };
            let (_, end) = filter.deviance(scaled, shape, &found.start);
            let fit = EtsFit::new(shape, &found.start, end, facts.scale, facts.aicc(shape, found.deviance));
            starts.push((shape, found.start.clone()));
            if fit.is_finite() {
                fits.push((fit, Some(found.start)));
            }
        }
        fits
    }
}

/// A series from its first present value on, scaled to about 1.
struct Series {
    facts: Facts,
    scaled: Vec<f64>,
    gapless: Vec<f64>,
    seasons: Option<Seasons>,
}

impl Series {
    /// `None` where fewer than two values are present.
    fn of(values: &[f64], season: usize) -> Option<Self> {
        let from = values.iter().position(|value| value.is_finite())?;
        let facts = Facts::of(&values[from..], season);
        if facts.present < 2 {
            return None;
        }
        let scale = |value: &f64| if value.is_finite() { value / facts.scale } else { f64::NAN };
        let scaled: Vec<f64> = values[from..].iter().map(scale).collect();
        let gapless = without_gaps(&scaled);
        let seasons =
            (facts.season > 1 && !facts.constant).then(|| Seasons::find(&gapless, facts.season, facts.positive));
        Some(Self { facts, scaled, gapless, seasons })
    }
}

/// The estimate to start from: same season and trend with another error, or the same season and error with another trend.
fn nearest(starts: &[(EtsShape, Start)], shape: EtsShape) -> Option<&Start> {
    let near = |other: &EtsShape| {
        u8::from(other.season == shape.season) * 4
            + u8::from(other.trend == shape.trend) * 2
            + u8::from(other.error == shape.error)
    };
    starts.iter().rev().max_by_key(|(other, _)| near(other)).map(|(_, start)| start)
}

/// What decides which shapes suit a series.
#[derive(Debug, Clone, Copy)]
struct Facts {
    present: usize,
    length: usize,
    constant: bool,
    positive: bool,
    /// Mean absolute value.
    scale: f64,
    /// The last present value.
    last: f64,
    season: usize,
}

impl Facts {
    fn of(values: &[f64], season: usize) -> Self {
        let present = values.iter().filter(|v| v.is_finite());
        let (mut count, mut least, mut most, mut size) = (0usize, f64::INFINITY, f64::NEG_INFINITY, 0.0);
        for value in present {
            count += 1;
            least = least.min(*value);
            most = most.max(*value);
            // Divided before it is summed: huge values have a mean, too.
            size += value.abs() / values.len() as f64;
        }
        let scale = size * (values.len() as f64 / count.max(1) as f64);
        let seasonal = (2..=LONGEST_SEASON).contains(&season) && count >= 2 * season && values.len() >= 2 * season;
        Self {
            present: count,
            length: values.len(),
            constant: count > 0 && (most - least) <= 1e-12 * scale || scale < 1e-280,
            positive: least > 0.0,
            scale,
            last: values.iter().rev().copied().find(|value| value.is_finite()).unwrap_or(0.0),
            season: if seasonal { season } else { 1 },
        }
    }

    fn allow(&self, shape: EtsShape) -> bool {
        let enough = self.present > shape.parameters(self.season) + 1;
        let simplest = !shape.has_trend() && !shape.has_season() && shape.error == ErrorKind::Additive;
        (!shape.has_season() || self.season > 1)
            && (!shape.needs_positive() || self.positive)
            && (enough || simplest)
            && self.length >= 2
    }

    fn aicc(&self, shape: EtsShape, deviance: f64) -> f64 {
        let (n, k) = (self.present as f64, shape.parameters(self.season) as f64);
        // Back from the scaled values to the given ones: squares or the logarithms of what was expected.
        let unit = 2.0 * n * self.scale.ln();
        let room = n - k - 1.0;
        let correction = if room > 0.0 { 2.0 * k * (k + 1.0) / room } else { f64::MAX };
        deviance + unit + 2.0 * k + correction
    }
}

impl EtsFit {
    fn new(shape: EtsShape, start: &Start, end: End, scale: f64, aicc: f64) -> Self {
        let Start { alpha, beta, gamma, phi, .. } = *start;
        let unit = if shape.season == SeasonKind::Multiplicative { 1.0 } else { scale };
        Self {
            shape,
            alpha,
            beta,
            gamma,
            phi,
            level: end.level * scale,
            slope: end.slope * scale,
            season: end.season.iter().map(|effect| effect * unit).collect(),
            next: end.next,
            aicc,
        }
    }

    fn constant(level: f64) -> Self {
        let shape = EtsShape { error: ErrorKind::Additive, trend: TrendKind::None, season: SeasonKind::None };
        let start = Start { alpha: 0.5, beta: 0.0, gamma: 0.0, phi: 1.0, level, slope: 0.0, season: Vec::new() };
        let end = End { level, slope: 0.0, season: Vec::new(), next: 0 };
        Self::new(shape, &start, end, 1.0, f64::NEG_INFINITY)
    }

    fn is_finite(&self) -> bool {
        self.level.is_finite()
            && self.slope.is_finite()
            && self.season.iter().all(|effect| effect.is_finite())
            && !self.aicc.is_nan()
    }

    /// Forecasts of the next periods, in the values' unit.
    pub fn forecast(&self, horizon: usize) -> Vec<f64> {
        let (mut power, mut damped) = (1.0, 0.0);
        let mut forecast = Vec::with_capacity(horizon);
        for step in 0..horizon {
            power *= self.phi;
            damped += power;
            let level = self.level + self.slope * damped;
            forecast.push(self.with_season(level, step));
        }
        forecast
    }

    fn with_season(&self, level: f64, step: usize) -> f64 {
        let effect = || self.season[(self.next + step) % self.season.len()];
        match self.shape.season {
            SeasonKind::None => level,
            _ if self.season.is_empty() => level,
            SeasonKind::Additive => level + effect(),
            SeasonKind::Multiplicative => level * effect(),
        }
    }

    /// Takes in the next value; one that is missing moves the state to where the model expected it.
    ///
    /// As in the fit, so that fitting once and advancing gives the state that the same weights reach over all values.
    pub fn advance(&mut self, value: f64) {
        let damped = self.phi * self.slope;
        let level = self.level + damped;
        let error = value - self.with_season(level, 0);
        (self.level, self.slope) = (level, damped);
        let phase = self.next;
        self.next = if self.season.is_empty() { 0 } else { (phase + 1) % self.season.len() };
        if !error.is_finite() {
            return;
        }
        let effect = self.season.get(phase).copied();
        match (self.shape.season, effect) {
            (SeasonKind::Multiplicative, Some(effect)) if effect > 0.0 && level > 0.0 => {
                self.level += self.alpha * error / effect;
                self.slope += self.beta * error / effect;
                // A value that the shape was not made for must not turn the season over.
                self.season[phase] = (effect + self.gamma * error / level).max(1e-3 * effect);
            }
            (SeasonKind::Multiplicative, Some(_)) => {}
            _ => {
                self.level += self.alpha * error;
                self.slope += self.beta * error;
                if let Some(effect) = effect {
                    self.season[phase] = effect + self.gamma * error;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pass over all values and a pass over some of them, advanced by the others, end alike.
    #[test]
    fn advancing_is_the_recursion_of_the_fit() {
        let mut values: Vec<f64> = (0..50u32).map(|t| 3.0 + f64::from(t * t % 11) / 9.0 + f64::from(t % 4)).collect();
        values[44] = f64::NAN;
        for shape in EtsShape::all() {
            let season = match shape.season {
                SeasonKind::None => Vec::new(),
                SeasonKind::Additive => vec![0.3, -0.1, -0.4, 0.2],
                SeasonKind::Multiplicative => vec![1.1, 0.9, 0.7, 1.3],
            };
            let slope = if shape.has_trend() { 0.02 } else { 0.0 };
            let beta = if shape.has_trend() { 0.1 } else { 0.0 };
            let phi = if shape.trend == TrendKind::Damped { 0.9 } else { 1.0 };
            let start = Start { alpha: 0.3, beta, gamma: 0.2, phi, level: 4.0, slope, season };
            let state = |values: &[f64]| {
                let (_, end) = Filter::default().deviance(values, shape, &start);
                EtsFit::new(shape, &start, end, 1.0, 0.0)
            };
            let mut fit = state(&values[..37]);
            values[37..].iter().for_each(|value| fit.advance(*value));
            for (advanced, whole) in fit.forecast(9).iter().zip(state(&values).forecast(9)) {
                assert!((advanced - whole).abs() < 1e-9, "{}: {advanced} {whole}", shape.name());
            }
        }
    }

    #[test]
    fn a_season_needs_two_cycles_and_a_constant_needs_nothing() {
        let ets = Ets { season: 7, shapes: Shapes::All };
        let week = [9.0, 2.0, 4.0, 4.0, 5.0, 7.0, 12.0];
        let values: Vec<f64> = (0..21).map(|t| week[t % 7] + 0.01 * (t % 3) as f64).collect();
        assert!(ets.ranked(&values[..13]).iter().all(|fit| !fit.shape.has_season()));
        assert!(ets.fit(&values).unwrap().shape.has_season());
        assert_eq!(ets.fit(&[4.0; 9]).unwrap().forecast(3), [4.0; 3]);
        assert_eq!(ets.fit(&[4.0]), None);
        assert_eq!(ets.fit(&[]), None);
        assert_eq!(ets.fit(&[f64::NAN; 9]), None);
    }

    #[test]
    fn only_fading_trends_fade() {
        let values: Vec<f64> = (0..60).map(|t| 10.0 + f64::from(t) + f64::from(t * t % 5)).collect();
        let far = |shapes| Ets { season: 0, shapes }.fit(&values).unwrap().forecast(200)[199];
        assert!(far(Shapes::All) > 240.0, "{}", far(Shapes::All));
        assert!(far(Shapes::Fading) < 150.0, "{}", far(Shapes::Fading));
        let only = EtsShape { error: ErrorKind::Multiplicative, trend: TrendKind::None, season: SeasonKind::None };
        assert_eq!(Ets { season: 0, shapes: Shapes::Only(only) }.fit(&[1.0, -2.0, 3.0, 1.0, 2.0, 0.5, 1.0]), None);
    }
}
