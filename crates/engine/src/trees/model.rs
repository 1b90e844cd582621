//! The global model: ensembles by horizon block, and how the rows that they score are made.
//!
//! A row is about one series and one step. What history fixes travels with the series ([`TreeSeries`]); what is known
//! ahead (calendar, events, drivers) is made from the artefact's own tables under a [`Scenario`] ([`TreePlan`]), once for
//! all series of a location. The forecast is `scale x (reference + score)`, or `scale x exp(score)` under a logarithmic
//! link, times the scenario's growth.

use super::half::Halves;
use super::{Ensemble, Link};
use crate::artefact::{Driver, DriverKind, EventModel, LocationDrivers};
use crate::{EngineError, EventChange, Scenario};
use aisle_domain::{Day, Granularity};
use serde::{Deserialize, Serialize};

/// Where a feature of a row comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FeatureSource {
    /// Fixed by history for the series: the next of [`TreeSeries::fixed`].
    Fixed {
        /// What it says, for people: `mean of the last 13 periods`.
        name: String,
    },
    /// Fixed by history for the series and the step: the next of [`TreeSeries::paths`].
    Path {
        /// What it says, for people: `same period last year`.
        name: String,
    },
    /// The step, from 1.
    Step,
    /// Day of the year of the period's last day.
    YearDay,
    /// Weekday of the period's last day, Monday 0.
    Weekday,
    /// Day of the month of the period's last day.
    MonthDay,
    /// Days from the nearest first day of an event at the location to the period's last day; missing beyond
    /// [`EVENT_DAYS`].
    Event(
        /// Index into the artefact's events.
        u16,
    ),
    /// The driver's transformed value less that of its reference at the location.
    Driver(
        /// Index into the artefact's drivers.
        u16,
    ),
}

/// How many days an event is felt before and after, at most.
pub const EVENT_DAYS: i32 = 28;

/// What a contribution belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The series' own recent past, and what all series share.
    Base,
    /// Time of the year, the month and the week, and the same time in earlier years.
    Season,
    /// Events of the calendar.
    Holiday,
    /// Promotions and markdowns.
    Promotion,
    /// The other drivers.
    Other,
}

impl FeatureSource {
    /// What its contribution belongs to.
    pub fn part(&self, drivers: &[Driver]) -> Part {
        match self {
            Self::Fixed { .. } | Self::Step => Part::Base,
            Self::Path { .. } | Self::YearDay | Self::Weekday | Self::MonthDay => Part::Season,
            Self::Event(_) => Part::Holiday,
            Self::Driver(index) => match drivers.get(usize::from(*index)).map(|driver| driver.kind) {
                Some(DriverKind::Promotion) => Part::Promotion,
                _ => Part::Other,
            },
        }
    }
}

/// The ensemble of some steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TreeBlock {
    /// Last step (1-based) that it forecasts; the last block also serves all later ones.
    pub through: u16,
    /// Its trees.
    pub ensemble: Ensemble,
}

/// The trees of all series and the rows that they ask for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TreeModel {
    /// The features in their order.
    pub features: Vec<FeatureSource>,
    /// Ensembles by ascending step.
    pub blocks: Vec<TreeBlock>,
}

/// What history fixes of one series' rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TreeSeries {
    /// Index into the artefact's locations.
    pub location: u32,
    /// The unit of all its numbers: the mean size of its values over the last year. Positive.
    pub scale: f32,
    /// Whether forecasts below 0 become 0.
    pub non_negative: bool,
    /// Values of the features that are [`FeatureSource::Fixed`], in their order.
    pub fixed: Halves,
    /// Values of the features that are [`FeatureSource::Path`], path after path, each over the horizon.
    pub paths: Halves,
    /// What scores are added to, per step, in units of the scale. Empty under a logarithmic link.
    pub reference: Halves,
}

/// The parts of an artefact that rows are made from.
#[derive(Debug, Clone, Copy)]
pub struct TreeContext<'a> {
    /// How long a period is.
    pub granularity: Granularity,
    /// Last day of the last period seen in training.
    pub trained_through: Day,
    /// Number of periods forecast.
    pub horizon: usize,
    /// Outside influences.
    pub drivers: &'a [Driver],
    /// Events of the calendar.
    pub events: &'a [EventModel],
    /// Driver values per location over the horizon.
    pub locations: &'a [LocationDrivers],
}

impl TreeModel {
    /// Checks that the features exist in the context and the blocks fit them.
    ///
    /// # Errors
    /// [`EngineError::Inconsistent`].
    pub fn check(&self, context: &TreeContext<'_>) -> Result<(), EngineError> {
        let wrong = |what: String, expected: &str| {
            Err(EngineError::Inconsistent { what: format!("trees: {what}"), expected: expected.to_owned() })
        };
        for source in &self.features {
            let known = match source {
                FeatureSource::Event(index) => usize::from(*index) < context.events.len(),
                FeatureSource::Driver(index) => usize::from(*index) < context.drivers.len(),
                _ => true,
            };
            if !known {
                return wrong(format!("a feature from {source:?}"), "an event or a driver of the artefact");
            }
        }
        if let Some(block) = self.blocks.iter().find(|block| block.ensemble.features() != self.features.len()) {
            let found = format!("{} features up to step {}", block.ensemble.features(), block.through);
            return wrong(found, &self.features.len().to_string());
        }
        if self.blocks.is_empty() || !self.blocks.is_sorted_by(|a, b| a.through < b.through) {
            return wrong("blocks are missing or out of order".to_owned(), "at least one, by ascending step");
        }
        Ok(())
    }

    /// The ensemble of a 0-based step.
    pub fn ensemble(&self, step: usize) -> Option<&Ensemble> {
        let block = self.blocks.iter().find(|block| step < usize::from(block.through)).or(self.blocks.last());
        block.map(|block| &block.ensemble)
    }

    /// Forecasts of a series in its own unit, one per step.
    pub fn forecast(&self, plan: &TreePlan, series: &TreeSeries) -> Vec<f64> {
        let mut row = vec![f32::NAN; self.features.len()];
        let mut forecast = Vec::with_capacity(plan.horizon);
        for step in 0..plan.horizon {
            self.fill(plan, series, step, &mut row);
            let score = self.ensemble(step).map_or(0.0, |ensemble| value_of(ensemble, series, step, &row));
            forecast.push(score * f64::from(series.scale) * plan.growth);
        }
        forecast
    }

    /// The row of a series and a 0-based step: one value per feature.
    pub fn fill(&self, plan: &TreePlan, series: &TreeSeries, step: usize, row: &mut [f32]) {
        let known = plan.row(series.location as usize, step);
        let (mut fixed, mut path, mut ahead) = (0, 0, 0);
        for (source, place) in self.features.iter().zip(row) {
            match source {
                FeatureSource::Fixed { .. } => {
                    *place = series.fixed.get(fixed);
                    fixed += 1;
                }
                FeatureSource::Path { .. } => {
                    *place = series.paths.get(path * plan.horizon + step);
                    path += 1;
                }
                FeatureSource::Step => *place = (step + 1) as f32,
                _ => {
                    *place = known.get(ahead).copied().unwrap_or(f32::NAN);
                    ahead += 1;
                }
            }
        }
    }

    /// What each part adds to the score of a step, and what is left: the mean over the training rows. In units of the
    /// series' scale; under a logarithmic link, logarithms of factors.
    pub fn contributions(
        &self,
        plan: &TreePlan,
        series: &TreeSeries,
        step: usize,
        drivers: &[Driver],
    ) -> (f64, Vec<(Part, f64)>) {
        let Some(ensemble) = self.ensemble(step) else { return (0.0, Vec::new()) };
        let mut row = vec![f32::NAN; self.features.len()];
        self.fill(plan, series, step, &mut row);
        let mut out = vec![0.0; self.features.len()];
        let mean = ensemble.contributions(&row, &mut out);
        let mut parts: Vec<(Part, f64)> = Vec::new();
        for (source, value) in self.features.iter().zip(&out) {
            let part = source.part(drivers);
            match parts.iter_mut().find(|(other, _)| *other == part) {
                Some((_, sum)) => *sum += value,
                None => parts.push((part, *value)),
            }
        }
        parts.sort_by_key(|(part, _)| *part);
        (mean, parts)
    }
}

/// The value of a row in units of the series' scale.
pub(super) fn value_of(ensemble: &Ensemble, series: &TreeSeries, step: usize, row: &[f32]) -> f64 {
    let score = ensemble.predict(row);
    let reference = match ensemble.link() {
        Link::Identity => series.reference.get(step),
        Link::Exp => 0.0,
    };
    let value = if reference.is_nan() { score } else { f64::from(reference) + score };
    if series.non_negative && value < 0.0 { 0.0 } else { value }
}

/// What is known ahead under a scenario, by location and step. Made once, used for all series.
#[derive(Debug, Clone, Default)]
pub struct TreePlan {
    pub(super) horizon: usize,
    columns: usize,
    pub(super) growth: f64,
    values: Vec<f32>,
}

impl TreePlan {
    /// Works a scenario out: events moved or cancelled, markdowns and drivers changed.
    ///
    /// # Errors
    /// [`EngineError::Scenario`] where it is out of range, [`EngineError::Inconsistent`] where model and context do not
    /// fit together.
    pub fn new(model: &TreeModel, context: &TreeContext<'_>, scenario: &Scenario) -> Result<Self, EngineError> {
        scenario.check()?;
        model.check(context)?;
        let known: Vec<&FeatureSource> = model.features.iter().filter(|source| is_known_ahead(source)).collect();
        let mut plan =
            Self { horizon: context.horizon, columns: known.len(), growth: scenario.growth, values: Vec::new() };
        plan.values.reserve(context.locations.len() * context.horizon * known.len());
        for (place, location) in context.locations.iter().enumerate() {
            for step in 0..context.horizon {
                let end = context.granularity.step(context.trained_through, step as i32 + 1);
                for source in &known {
                    plan.values.push(match source {
                        FeatureSource::Event(index) => {
                            let event = &context.events[usize::from(*index)];
                            let shift = match scenario.events.get(&event.name) {
                                Some(EventChange::Cancelled) => None,
                                Some(EventChange::Shift(days)) => Some(i32::from(*days)),
                                None => Some(0),
                            };
                            shift.map_or(f32::NAN, |shift| event_distance(event, place, end.plus(-shift)))
                        }
                        FeatureSource::Driver(index) => {
                            let index = usize::from(*index);
                            let driver = &context.drivers[index];
                            let value = location.values.get(index * context.horizon + step).copied();
                            let reference = location.reference.get(index).copied().unwrap_or(0.0);
                            let assumed = crate::plan::assumed(driver, scenario, f64::from(value.unwrap_or(reference)));
                            driver_change(driver, assumed, f64::from(reference))
                        }
                        _ => calendar_value(source, end),
                    });
                }
            }
        }
        Ok(plan)
    }

    fn row(&self, location: usize, step: usize) -> &[f32] {
        let from = (location * self.horizon + step) * self.columns;
        self.values.get(from..from + self.columns).unwrap_or(&[])
    }
}

/// Whether a feature is made from what is known ahead, and not from the series' history.
pub fn is_known_ahead(source: &FeatureSource) -> bool {
    !matches!(source, FeatureSource::Fixed { .. } | FeatureSource::Path { .. } | FeatureSource::Step)
}

/// The value of a feature that depends on the date alone; missing for others.
pub fn calendar_value(source: &FeatureSource, end: Day) -> f32 {
    match source {
        FeatureSource::YearDay => end.day_of_year() as f32,
        FeatureSource::Weekday => f32::from(end.weekday() as u8),
        FeatureSource::MonthDay => end.civil().2 as f32,
        _ => f32::NAN,
    }
}

/// Days from the nearest occurrence's first day at a location to a period's last day; missing beyond [`EVENT_DAYS`].
pub fn event_distance(event: &EventModel, location: usize, end: Day) -> f32 {
    let here = event.occurrences.iter().filter(|o| o.location.is_none_or(|place| place as usize == location));
    let nearest = here.map(|o| end.since(o.first)).min_by_key(|days| days.unsigned_abs());
    nearest.filter(|days| days.abs() <= EVENT_DAYS).map_or(f32::NAN, |days| days as f32)
}

/// A driver's transformed value less that of its reference.
pub fn driver_change(driver: &Driver, value: f64, reference: f64) -> f32 {
    let scale = f64::from(driver.scale);
    (driver.transform.apply(value, scale) - driver.transform.apply(reference, scale)) as f32
}
