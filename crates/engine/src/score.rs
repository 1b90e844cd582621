//! The forecast of one series: mean, intervals, components.
//!
//! Per step: base + trend + season + holiday is what the fitted model says; promotion and other are
//! `factor - 1` times it, where the factor is exp(sum of effect x change of driver); growth is the scenario's factor on
//! all of that. The mean is the sum of the seven components, added in that order.

use crate::artefact::{Artefact, Band, ModelKind};
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
    let scale = f64::from(model.error_scale);
    plan.walk(artefact, model, |step, parts| {
        let mean = parts.mean();
        let band = band_at(&artefact.header().bands, step);
        forecast.mean.push(mean);
        forecast.interval80.push(mean, widen(band.p80), scale * parts.width, model.non_negative);
        forecast.interval95.push(mean, widen(band.p95), scale * parts.width, model.non_negative);
        forecast.components.push(parts);
    });
    Ok(forecast)
}

impl Interval {
    pub(crate) fn with_capacity(steps: usize) -> Self {
        Self { lower: Vec::with_capacity(steps), upper: Vec::with_capacity(steps) }
    }

    pub(crate) fn push(&mut self, mean: f64, (low, high): (f64, f64), scale: f64, non_negative: bool) {
        let lower = mean + low * scale;
        self.lower.push(if non_negative && lower < 0.0 { 0.0_f64.min(mean) } else { lower });
        self.upper.push(mean + high * scale);
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

/// The band of a 0-based step; the last block serves all later ones.
pub(crate) fn band_at(bands: &[Band], step: usize) -> Band {
    let none = Band { through: u16::MAX, p80: (0.0, 0.0), p95: (0.0, 0.0) };
    bands.iter().find(|band| step < usize::from(band.through)).or(bands.last()).copied().unwrap_or(none)
}

pub(crate) fn widen((low, high): (f32, f32)) -> (f64, f64) {
    (f64::from(low), f64::from(high))
}
