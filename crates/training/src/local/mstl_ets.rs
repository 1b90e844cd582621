//! Seasons by [`mstl`](super::mstl), what is left by exponential smoothing, its errors by [`arma`](super::arma).

use super::arma::Remainder;
use super::ets::{Ets, EtsFit, Shapes};
use super::loess::Smoothers;
use super::mstl::{SeasonPath, Seasonality, decompose};
use super::series::without_gaps;

/// How a series is taken apart and put together again.
#[derive(Debug, Clone, PartialEq)]
pub struct MstlEts {
    /// Its seasons, the shortest first.
    pub seasons: Vec<Seasonality>,
    /// Whether seasons leave outliers aside, where there are [`ENOUGH_CYCLES`] to tell them by.
    pub robust: bool,
    /// Whether seasons add to the level or multiply it.
    pub combination: SeasonCombination,
    /// Which smoothers compete for what is left.
    pub shapes: Shapes,
    /// Whether what their errors tell of the next may be used.
    pub with_remainder: bool,
}

/// Cycles of the longest season from which on outliers can be told from the season, and the scales apart: with fewer, the
/// season follows each value so closely that the likelihood says little.
pub const ENOUGH_CYCLES: usize = 4;

impl MstlEts {
    /// What served well on weekly and daily sales: fading trends, errors used, outliers left aside, the scale chosen by
    /// likelihood.
    pub fn new(seasons: Vec<Seasonality>) -> Self {
        let combination = SeasonCombination::ByLikelihood;
        Self { seasons, robust: true, combination, shapes: Shapes::Fading, with_remainder: true }
    }

    fn enough_cycles(&self, periods: usize) -> bool {
        let length = |season: &Seasonality| match season {
            Seasonality::Phases(length) => *length as f64,
            Seasonality::Profile(length, _) => *length,
        };
        // Seasons that are left out of the decomposition do not count.
        let used = self.seasons.iter().map(length).filter(|length| 2.0 * periods as f64 >= 3.0 * length);
        periods as f64 >= ENOUGH_CYCLES as f64 * used.fold(0.0, f64::max)
    }
}

/// How seasons combine with the level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeasonCombination {
    /// Seasons are added.
    Added,
    /// Seasons multiply, on the scale of logarithms, where all values are positive; else they are added.
    Multiplied,
    /// Whichever the likelihood of the values prefers.
    ByLikelihood,
}

/// What was taken apart, with the state after the last value seen.
#[derive(Debug, Clone, PartialEq)]
pub struct MstlEtsFit {
    /// Seasons, in the values' unit or that of their logarithms.
    pub seasons: Vec<SeasonPath>,
    /// Level and slope of what is left, in the same unit.
    pub smoothed: EtsFit,
    /// What its errors tell of the next, where that pays.
    pub remainder: Option<Remainder>,
    /// Whether seasons and level are those of logarithms.
    pub logarithmic: bool,
    /// Place of the next value, counted from the first present one.
    next: usize,
}

/// Fits series after series, keeping the smoothers that they share.
#[derive(Debug, Default)]
pub struct MstlEtsFitter {
    smoothers: Smoothers,
}

impl MstlEtsFitter {
    /// Fits a series, oldest value first, not a number where a value is missing. `None` where fewer than two values are
    /// present.
    pub fn fit(&mut self, model: &MstlEts, values: &[f64]) -> Option<MstlEtsFit> {
        let from = values.iter().position(|value| value.is_finite())?;
        let values = &values[from..];
        let positive = values.iter().all(|value| !(value.is_finite() && *value <= 0.0));
        let scales: &[bool] = match model.combination {
            SeasonCombination::ByLikelihood if positive && model.enough_cycles(values.len()) => &[false, true],
            SeasonCombination::Multiplied if positive => &[true],
            _ => &[false],
        };
        let fits = scales.iter().filter_map(|logarithmic| self.fit_scale(model, values, *logarithmic));
        fits.min_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, fit)| fit)
    }

    /// The fit on one scale, with a criterion that can be compared between scales.
    fn fit_scale(&mut self, model: &MstlEts, values: &[f64], logarithmic: bool) -> Option<(f64, MstlEtsFit)> {
        let present = values.iter().filter(|value| value.is_finite());
        // The density of a value is that of its logarithm over the value.
        let (jacobian, values) = match logarithmic {
            true => {
                (2.0 * present.map(|value| value.ln()).sum::<f64>(), values.iter().map(|value| value.ln()).collect())
            }
            false => (0.0, values.to_vec()),
        };
        // Huge values would overflow in products of smoothers.
        let size = values.iter().filter(|value| value.is_finite()).fold(0.0, |most: f64, value| most.max(value.abs()));
        let unit = if size > 1e100 { size } else { 1.0 };
        let gapless: Vec<f64> = without_gaps(&values).iter().map(|value| value / unit).collect();
        let robust = model.robust && model.enough_cycles(gapless.len());
        let parts = decompose(&gapless, &model.seasons, robust, &mut self.smoothers);
        let mut left = parts.adjusted;
        for (rest, value) in left.iter_mut().zip(&values) {
            *rest = if value.is_finite() { *rest * unit } else { f64::NAN };
        }
        let mut seasons = parts.seasons;
        seasons.iter_mut().flat_map(|season| &mut season.effects).for_each(|effect| *effect *= unit);
        let (smoothed, errors) = Ets { season: 0, shapes: model.shapes }.fit_with_errors(&left)?;
        let remainder = if model.with_remainder { Remainder::fit(&errors) } else { None };
        let criterion = smoothed.aicc + jacobian;
        Some((criterion, MstlEtsFit { seasons, smoothed, remainder, logarithmic, next: values.len() }))
    }
}

impl MstlEtsFit {
    /// The effect of all seasons so many steps ahead, 0 being the next.
    pub fn season_ahead(&self, step: usize) -> f64 {
        self.season_blended(step, 0.0)
    }

    /// The same where the dates of a period lie between the season's places: so large a share of the effect is that of
    /// the place before.
    pub fn season_blended(&self, step: usize, before: f64) -> f64 {
        let place = self.next + step;
        let effect = |season: &SeasonPath| {
            let here = season.at(place);
            if before == 0.0 { here } else { here + before * (season.at(place.saturating_sub(1)) - here) }
        };
        self.seasons.iter().map(effect).sum()
    }

    /// Level, trend and errors so many steps ahead, without seasons; in the unit of the logarithms where it is
    /// logarithmic.
    pub fn level_ahead(&self, horizon: usize) -> Vec<f64> {
        let Some(mut remainder) = self.remainder else { return self.smoothed.forecast(horizon) };
        let mut smoothed = self.smoothed.clone();
        let mut levels = Vec::with_capacity(horizon);
        for _ in 0..horizon {
            let error = remainder.expected();
            let level = smoothed.forecast(1)[0] + error;
            remainder.advance(error);
            smoothed.advance(level);
            levels.push(level);
        }
        levels
    }

    /// From level and season to a value.
    pub fn value(&self, level: f64, season: f64) -> f64 {
        if self.logarithmic { (level + season).exp() } else { level + season }
    }

    /// Forecasts of the next periods, in the values' unit.
    pub fn forecast(&self, horizon: usize) -> Vec<f64> {
        let levels = self.level_ahead(horizon).into_iter().enumerate();
        levels.map(|(step, level)| self.value(level, self.season_ahead(step))).collect()
    }

    /// Takes in the next value; seasons stay as they were fitted.
    pub fn advance(&mut self, value: f64) {
        let value = if self.logarithmic { value.ln() } else { value };
        let left = value - self.season_ahead(0);
        let error = left - self.smoothed.forecast(1)[0];
        if let Some(remainder) = &mut self.remainder {
            remainder.advance(if error.is_finite() { error } else { 0.0 });
        }
        self.smoothed.advance(left);
        self.next += 1;
    }
}
