//! The same period last year, as it was or times the growth over a year.
//!
//! Around events the year ago is aligned by date (see [`Calendar::year_ago`](crate::Calendar::year_ago)): a week before
//! Christmas that covers dates one day earlier than a year ago takes 6/7 of that week and 1/7 of the one before it, the
//! weeks of this year's Easter are those of last year's.

use crate::model::{Fitted, History, Model, recent_mean};
use aisle_engine::ModelKind;

/// Seasonal naive, with or without growth.
#[derive(Debug, Clone, Copy)]
pub struct SeasonalNaive {
    /// Whether to multiply by the growth over a year.
    pub growth: bool,
}

/// Periods at the end of history whose sums are compared with a year before.
const GROWTH_PERIODS: usize = 13;

impl Model for SeasonalNaive {
    fn kind(&self) -> ModelKind {
        if self.growth { ModelKind::SeasonalNaiveGrowth } else { ModelKind::SeasonalNaive }
    }

    fn fit<'a>(&self, history: &History<'a>) -> Option<Box<dyn Fitted + 'a>> {
        let lag = season_lag(history)?;
        if self.growth && history.origin < lag + GROWTH_PERIODS / 2 {
            return None;
        }
        let pooled = pooled_growth(history, lag);
        Some(Box::new(FittedNaive { history: *history, lag, growth: self.growth.then_some(pooled) }))
    }
}

/// A year where history has one; else a week for days; else nothing.
fn season_lag(history: &History<'_>) -> Option<usize> {
    let year = history.calendar.year();
    if history.origin >= year {
        return Some(year);
    }
    (year == 364 && history.origin >= 14).then_some(7)
}

struct FittedNaive<'a> {
    history: History<'a>,
    lag: usize,
    growth: Option<f64>,
}

impl Fitted for FittedNaive<'_> {
    fn forecast(&self, member: usize, horizon: usize) -> Option<Vec<f64>> {
        let seen = self.history.seen(member);
        let level = recent_mean(seen, 13)?;
        let last_year = &seen[seen.len() - self.lag..];
        if last_year.iter().filter(|v| v.is_finite()).count() * 2 < self.lag {
            return None;
        }
        let factor = match self.growth {
            None => 1.0,
            Some(pooled) => own_growth(seen, self.lag, pooled),
        };
        let mut extended: Vec<f64> = seen.to_vec();
        for period in self.history.origin..self.history.origin + horizon {
            let value = match self.lag {
                7 => blended(&extended, period - self.lag, 0),
                _ => self.history.calendar.aligned(&extended, period),
            };
            let value = value.unwrap_or(level);
            // Past the first year ahead the season repeats; growth counts once.
            extended.push(value);
        }
        Some(extended[self.history.origin..].iter().map(|value| value * factor).collect())
    }
}

/// The value at a place, blended with the one before it by so many sevenths; neighbours stand in for an absent value.
pub(crate) fn blended(values: &[f64], at: usize, shift: i32) -> Option<f64> {
    let present = |index: Option<usize>| index.and_then(|i| values.get(i)).copied().filter(|v| v.is_finite());
    let here = present(Some(at)).or_else(|| match (present(at.checked_sub(1)), present(Some(at + 1))) {
        (Some(a), Some(b)) => Some((a + b) / 2.0),
        (a, b) => a.or(b),
    })?;
    let before = present(at.checked_sub(1)).unwrap_or(here);
    let part = f64::from(shift) / 7.0;
    Some(here * (1.0 - part) + before * part)
}

fn year_sums(seen: &[f64], lag: usize) -> (f64, f64) {
    let from = seen.len().saturating_sub(GROWTH_PERIODS).max(lag);
    let (mut now, mut then) = (0.0, 0.0);
    for period in from..seen.len() {
        if seen[period].is_finite() && seen[period - lag].is_finite() {
            now += seen[period];
            then += seen[period - lag];
        }
    }
    (now, then)
}

fn pooled_growth(history: &History<'_>, lag: usize) -> f64 {
    let (mut now, mut then) = (0.0, 0.0);
    for member in 0..history.values.len() {
        let sums = year_sums(history.seen(member), lag);
        now += sums.0;
        then += sums.1;
    }
    if then > 0.0 && now > 0.0 { (now / then).clamp(0.7, 1.4) } else { 1.0 }
}

/// A series' own growth, halfway to its group's: a quarter of a year is too noisy to be believed alone.
fn own_growth(seen: &[f64], lag: usize, pooled: f64) -> f64 {
    let (now, then) = year_sums(seen, lag);
    if then > 0.0 && now > 0.0 { (0.5 * (now / then) + 0.5 * pooled).clamp(0.5, 2.0) } else { pooled }
}
