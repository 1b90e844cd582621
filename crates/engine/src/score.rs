//! The forecast of one series: mean, intervals, components.
//!
//! Per step: base + trend + season + holiday, and what drivers add in the baseline as promotion and other, is what the
//! fitted model says; a change of drivers adds `factor - 1` times that to promotion and other, where the factor is
//! exp(sum of effect x change of driver); growth is the scenario's factor on all of it. The mean is the sum of the seven components, added in that order. Intervals are quantiles of the bands
//! that training calibrated, at the width of the step; [`distribution()`] gives all quantiles.

use crate::artefact::{Artefact, ModelKind, SeriesModel};
use crate::distribution::{Distribution, QUANTILES, Spread};
use crate::plan::{Plan, Step};
use crate::{EngineError, Scenario};
use aisle_domain::{Day, SeriesKey};
use serde::{Deserialize, Serialize};

/// The forecast of one series. All vectors have one value per period, in the measure's major unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesForecast {
    /// The series.
    pub key: SeriesKey,
    /// Which model its numbers come from.
    pub model: ModelKind,
    /// Last days of the periods.
    pub periods: Vec<Day>,
    /// The forecast.
    pub mean: Vec<f64>,
    /// Holds the value in 80 of 100 cases.
    pub interval80: Interval,
    /// Holds the value in 95 of 100 cases.
    pub interval95: Interval,
    /// What the mean is made of.
    pub components: Components,
}

/// A lower and an upper bound per period.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower bounds.
    pub lower: Vec<f64>,
    /// Upper bounds.
    pub upper: Vec<f64>,
}

/// The additive parts of a forecast; their sum in this order is the mean, bit for bit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Components {
    /// The level at the end of training.
    pub base: Vec<f64>,
    /// Damped slope since then.
    pub trend: Vec<f64>,
    /// Season of the year (and of the week, for days).
    pub season: Vec<f64>,
    /// Events of the calendar.
    pub holiday: Vec<f64>,
    /// Promotions and markdowns.
    pub promotion: Vec<f64>,
    /// The other drivers.
    pub other: Vec<f64>,
    /// The scenario's growth.
    pub growth: Vec<f64>,
}

/// Scores one series.
///
/// # Errors
/// [`EngineError::NoSuchSeries`]; [`EngineError::Scenario`] where the scenario is out of range.
pub fn score(artefact: &Artefact, series: usize, scenario: &Scenario) -> Result<SeriesForecast, EngineError> {
    let count = artefact.series().len();
    let model = artefact.series().get(series).ok_or(EngineError::NoSuchSeries { index: series, count })?;
    let mut plan = Plan::default();
    plan.prepare(artefact, scenario)?;
    let horizon = usize::from(artefact.header().horizon);
    let mut forecast = SeriesForecast {
        key: model.key.clone(),
        model: model.model,
        periods: artefact.periods(),
        mean: Vec::with_capacity(horizon),
        interval80: Interval::with_capacity(horizon),
        interval95: Interval::with_capacity(horizon),
        components: Components::default(),
    };
    plan.walk(artefact, model, |step, parts| {
        let mean = parts.mean();
        let quantiles = artefact.header().bands.quantiles(step, mean, &spread(model, parts));
        forecast.mean.push(mean);
        forecast.interval80.push(mean, &quantiles, INTERVAL_80);
        forecast.interval95.push(mean, &quantiles, INTERVAL_95);
        forecast.components.push(parts);
    });
    Ok(forecast)
}

/// The distribution of one series' forecast: quantiles at any probability per step, sample paths with
/// [`Artefact::path_scores`]. The bounds of [`score()`]'s intervals are its quantiles, moved where they leave the mean out.
///
/// # Errors
/// As [`score()`].
pub fn distribution(artefact: &Artefact, series: usize, scenario: &Scenario) -> Result<Distribution, EngineError> {
    let count = artefact.series().len();
    let model = artefact.series().get(series).ok_or(EngineError::NoSuchSeries { index: series, count })?;
    let mut plan = Plan::default();
    plan.prepare(artefact, scenario)?;
    let mut steps = Vec::with_capacity(usize::from(artefact.header().horizon));
    plan.walk(artefact, model, |step, parts| {
        steps.push(artefact.header().bands.quantiles(step, parts.mean(), &spread(model, parts)));
    });
    Ok(Distribution { steps, non_negative: model.non_negative })
}

/// What the width of a step depends on.
pub(crate) fn spread(model: &SeriesModel, step: &Step) -> Spread {
    Spread {
        scale: f64::from(model.error_scale),
        volume: f64::from(model.volume),
        factor: step.width,
        event: step.event,
        non_negative: model.non_negative,
    }
}

/// Lower and upper bound of an interval, as indices into [`LEVELS`](crate::distribution::LEVELS).
pub(crate) type Bounds = (usize, usize);
pub(crate) const INTERVAL_80: Bounds = (3, 9);
pub(crate) const INTERVAL_95: Bounds = (1, 11);

impl Interval {
    pub(crate) fn with_capacity(steps: usize) -> Self {
        Self { lower: Vec::with_capacity(steps), upper: Vec::with_capacity(steps) }
    }

    /// An interval holds its mean, also where errors lay on one side of it for the most part.
    pub(crate) fn push(&mut self, mean: f64, quantiles: &[f64; QUANTILES], (low, high): Bounds) {
        self.lower.push(quantiles[low].min(mean));
        self.upper.push(quantiles[high].max(mean));
    }

    pub(crate) fn clear(&mut self) {
        self.lower.clear();
        self.upper.clear();
    }
}

impl Components {
    pub(crate) fn push(&mut self, step: &Step) {
        self.base.push(step.base);
        self.trend.push(step.trend);
        self.season.push(step.season);
        self.holiday.push(step.holiday);
        self.promotion.push(step.promotion);
        self.other.push(step.other);
        self.growth.push(step.growth);
    }

    /// The parts in the order in which they are summed, with their names.
    pub fn named(&self) -> [(&'static str, &[f64]); 7] {
        [
            ("base", &self.base),
            ("trend", &self.trend),
            ("season", &self.season),
            ("holiday", &self.holiday),
            ("promotion", &self.promotion),
            ("other", &self.other),
            ("growth", &self.growth),
        ]
    }
}
