//! Local models behind the interface that all models share: season lengths by granularity, bounds on what may be said.

use super::ets::{Ets, EtsAverage, Shapes};
use super::intermittent::{Intermittent, IntermittentFit};
use super::mstl::Seasonality;
use super::mstl_ets::{MstlEts, MstlEtsFit, MstlEtsFitter};
use super::theta::{Theta, ThetaFit};
use crate::Calendar;
use crate::ets::Smoothed;
use crate::model::{Fitted, History, Model};
use aisle_domain::Granularity;
use aisle_engine::ModelKind;

/// A model of each series by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LocalModel {
    /// Exponential smoothing, members of the family weighted by likelihood.
    Ets,
    /// The theta method.
    Theta,
    /// Seasons by loess, exponential smoothing of the rest, its errors where they tell something.
    MstlEts,
    /// Croston, SBA, TSB, aggregation over time.
    Intermittent,
}

impl LocalModel {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Ets, Self::Theta, Self::MstlEts, Self::Intermittent];
}

/// Periods without demand before a series may count as dead: what closes for a holiday is not.
fn dead_after(granularity: Granularity) -> usize {
    match granularity {
        Granularity::Day => 42,
        Granularity::Week { .. } => 10,
        Granularity::Month => 6,
    }
}

/// The season that a series keeps as states: the week of days, the year of months. A year of weeks is too many.
fn short_season(granularity: Granularity) -> usize {
    match granularity {
        Granularity::Day => 7,
        Granularity::Week { .. } => 0,
        Granularity::Month => 12,
    }
}

/// A year of days goes by date: with the leap day shared out.
const YEAR_OF_DAYS: f64 = 365.25;
/// Days on each side that smooth one of a year's.
const YEAR_REACH: usize = 10;

fn seasons(granularity: Granularity) -> Vec<Seasonality> {
    match granularity {
        Granularity::Day => vec![Seasonality::Phases(7), Seasonality::Profile(YEAR_OF_DAYS, YEAR_REACH)],
        Granularity::Week { .. } => vec![Seasonality::Phases(52)],
        Granularity::Month => vec![Seasonality::Phases(12)],
    }
}

/// Fewest present values for a model with states.
const FEWEST: usize = 4;
/// Share of its periods since the first that a series must have for a model with states.
const PRESENT: f64 = 0.6;

impl Model for LocalModel {
    fn kind(&self) -> ModelKind {
        match self {
            Self::Ets => ModelKind::Ets,
            Self::Theta => ModelKind::Theta,
            Self::MstlEts => ModelKind::StlEts,
            Self::Intermittent => ModelKind::Intermittent,
        }
    }

    fn fit<'a>(&self, history: &History<'a>) -> Option<Box<dyn Fitted + 'a>> {
        let granularity = history.calendar.granularity;
        let mut fitter = MstlEtsFitter::default();
        let mut members = Vec::with_capacity(history.values.len());
        for member in 0..history.values.len() {
            let seen = history.seen(member);
            let state = match self {
                Self::Intermittent => {
                    let season = if granularity == Granularity::Day { 7 } else { 0 };
                    let model = Intermittent { season, dead_after: dead_after(granularity) };
                    seen.iter().any(|value| value.is_finite()).then(|| State::Intermittent(model.fit(seen)))
                }
                _ if !dense(seen) => None,
                Self::Ets => {
                    let model = Ets { season: short_season(granularity), shapes: Shapes::Fading };
                    model.fit_average(seen).map(State::Ets)
                }
                Self::Theta => Theta { season: theta_season(granularity), line: None }.fit(seen).map(State::Theta),
                Self::MstlEts => {
                    let found = fitter.fit(&MstlEts::new(seasons(granularity)), seen);
                    // Without a season it is no more than the plain smoother.
                    found.filter(|fit| !fit.seasons.is_empty()).map(State::MstlEts)
                }
            };
            members.push(state.map(|state| Member { state, bounds: Bounds::of(seen), advanced: 0 }));
        }
        let calendar = history.calendar;
        let any = members.iter().any(Option::is_some);
        any.then(|| Box::new(FittedLocal { calendar, origin: history.origin, members }) as Box<dyn Fitted + 'a>)
    }
}

fn theta_season(granularity: Granularity) -> usize {
    match granularity {
        Granularity::Day => 7,
        Granularity::Week { .. } => 52,
        Granularity::Month => 12,
    }
}

/// Whether enough is known since the first value.
fn dense(seen: &[f64]) -> bool {
    let Some(first) = seen.iter().position(|value| value.is_finite()) else { return false };
    let (present, all) = (seen.iter().filter(|value| value.is_finite()).count(), seen.len() - first);
    present >= FEWEST && present as f64 >= PRESENT * all as f64
}

#[derive(Debug)]
enum State {
    Ets(EtsAverage),
    Theta(ThetaFit),
    MstlEts(MstlEtsFit),
    Intermittent(IntermittentFit),
}

#[derive(Debug)]
struct Member {
    state: State,
    bounds: Bounds,
    /// Periods taken in since the origin.
    advanced: usize,
}

#[derive(Debug)]
struct FittedLocal<'a> {
    calendar: &'a Calendar,
    origin: usize,
    members: Vec<Option<Member>>,
}

impl Fitted for FittedLocal<'_> {
    fn forecast(&self, member: usize, horizon: usize) -> Option<Vec<f64>> {
        let Member { state, bounds, advanced } = self.members.get(member)?.as_ref()?;
        let path = match state {
            State::Ets(fit) => fit.forecast(horizon),
            State::Theta(fit) => fit.forecast(horizon),
            State::Intermittent(fit) => fit.forecast(horizon),
            State::MstlEts(fit) => {
                let levels = fit.level_ahead(horizon).into_iter().enumerate();
                let value = |(step, level): (usize, f64)| {
                    let before = f64::from(self.date_shift(self.origin + advanced + step)) / 7.0;
                    fit.value(level, fit.season_blended(step, before))
                };
                levels.map(value).collect()
            }
        };
        Some(path.into_iter().map(|value| bounds.hold(value)).collect())
    }

    fn state(&self, member: usize) -> Option<Smoothed> {
        match &self.members.get(member)?.as_ref()?.state {
            State::MstlEts(fit) if !fit.logarithmic => {
                let smoothed = &fit.smoothed;
                Some(Smoothed { level: smoothed.level, slope: smoothed.slope, damping: smoothed.phi })
            }
            _ => None,
        }
    }

    fn advance(&mut self, member: usize, values: &[f64]) -> bool {
        let Some(Some(member)) = self.members.get_mut(member) else { return false };
        for value in values {
            match &mut member.state {
                State::Ets(fit) => fit.advance(*value),
                State::Theta(fit) => fit.advance(*value),
                State::MstlEts(fit) => fit.advance(*value),
                State::Intermittent(fit) => fit.advance(*value),
            }
            member.bounds.widen(*value);
            member.advanced += 1;
        }
        true
    }
}

impl FittedLocal<'_> {
    /// None beyond the calendar's end, which a model that was advanced may reach.
    fn date_shift(&self, period: usize) -> i32 {
        if period < self.calendar.ends.len() { self.calendar.date_shift(period) } else { 0 }
    }
}

/// Between what was seen and as much again on either side; never negative where history never was.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    least: f64,
    most: f64,
}

impl Bounds {
    fn of(seen: &[f64]) -> Self {
        let mut bounds = Self { least: f64::INFINITY, most: f64::NEG_INFINITY };
        seen.iter().for_each(|value| bounds.widen(*value));
        bounds
    }

    fn widen(&mut self, value: f64) {
        if value.is_finite() {
            self.least = self.least.min(value);
            self.most = self.most.max(value);
        }
    }

    fn hold(&self, value: f64) -> f64 {
        // Halved before they are subtracted: huge values have a span, too.
        let half = (0.5 * self.most - 0.5 * self.least).max(0.25 * self.most.abs()).max(0.0);
        let low = if self.least >= 0.0 { 0.0 } else { (self.least - half - half).max(f64::MIN) };
        let high = (self.most + half + half).min(f64::MAX);
        if value.is_nan() { self.least.max(low).min(high) } else { value.max(low).min(high) }
    }
}
