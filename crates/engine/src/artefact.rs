//! The artefact: everything that scoring needs, immutable once built.
//!
//! Values are in the measure's major unit (dollars, pieces), coefficients are stored as `f32` and widened to `f64` before
//! any arithmetic, so that scoring is defined on the stored numbers. Three tables are shared between series to keep it
//! small: driver values per location, driver effects per group (an item, or a department), events with their windows.

mod accuracy_summary;
mod check;
mod model_kind;

pub use accuracy_summary::{AccuracySummary, Coverage, ModelAccuracy, NOMINAL};
pub use model_kind::ModelKind;

use crate::EngineError;
use crate::distribution::{Dependence, PathScores, QuantileBands};
use aisle_domain::{Currency, Day, Granularity, LocationId, Measure, SeriesKey};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Longest horizon, in periods.
pub const MAX_HORIZON: usize = 1_096;
/// Most series in one artefact.
pub const MAX_SERIES: usize = 5_000_000;

/// What was fitted, from what, how well: everything but the numbers of the series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Version of the data it was fitted on, as the lake names it.
    pub data_version: String,
    /// What the series count.
    pub measure: Measure,
    /// How long a period is.
    #[serde(with = "crate::format::granularity")]
    pub granularity: Granularity,
    /// Currency of the values where the measure is revenue.
    pub currency: Option<Currency>,
    /// Last day of the last period seen in training. Forecast periods follow it.
    pub trained_through: Day,
    /// Number of periods forecast.
    pub horizon: u16,
    /// Hyperparameters of the fit by name, for the record.
    pub parameters: BTreeMap<String, String>,
    /// Outside influences, in the order of all driver tables.
    pub drivers: Vec<Driver>,
    /// Events of the calendar, in the order of all event tables.
    pub events: Vec<EventModel>,
    /// How forecasts of one series spread, in units of its width.
    pub bands: QuantileBands,
    /// How the forecast of the sum over all series spreads, in units of the sum of their widths.
    pub total_bands: QuantileBands,
    /// How the errors of one series' steps hang together.
    pub dependence: Dependence,
    /// How well the models did in the backtest.
    pub accuracy: AccuracySummary,
}

/// An outside influence on sales.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Driver {
    /// Its name, as in the data: `Fuel_Price`.
    pub name: String,
    /// What moves it: a promotion of ours, or the world.
    pub kind: DriverKind,
    /// From its value to the number that effects multiply.
    pub transform: Transform,
    /// Unit of the transform: z = x / scale, or z = ln(1 + max(x, 0) / scale). Positive.
    pub scale: f32,
}

/// Whether a driver is ours to set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DriverKind {
    /// A markdown or promotion; the scenario's markdown factor applies to it.
    Promotion,
    /// Weather, fuel, prices of others, employment: the world.
    Other,
}

/// How a driver's value enters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transform {
    /// z = x / scale.
    Linear,
    /// z = ln(1 + max(x, 0) / scale): diminishing returns, for amounts spent.
    Log1p,
}

/// An event of the calendar with the window of periods that it reaches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventModel {
    /// Its name: `Christmas`.
    pub name: String,
    /// Periods before the one that holds it which it reaches.
    pub before: u8,
    /// Periods after.
    pub after: u8,
    /// When it happens, history and future.
    pub occurrences: Vec<Occurrence>,
}

impl EventModel {
    /// Length of its window in periods: `before + 1 + after`.
    pub fn window(&self) -> usize {
        usize::from(self.before) + 1 + usize::from(self.after)
    }
}

/// One time that an event happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occurrence {
    /// First day.
    pub first: Day,
    /// Last day, inclusive.
    pub last: Day,
    /// Index into the artefact's locations; everywhere when `None`.
    pub location: Option<u32>,
}

/// Driver values of one location over the horizon.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LocationDrivers {
    /// The location.
    pub location: LocationId,
    /// Baseline values, driver-major: `values[driver * horizon + step]`, in the driver's own unit.
    pub values: Vec<f32>,
    /// What effects are measured against, one per driver, in the driver's own unit: its mean over the last year.
    pub reference: Vec<f32>,
}

/// Driver effects shared by the series of one group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupEffects {
    /// The group: an item, or a department.
    pub name: String,
    /// Per driver, the change of ln(sales) per unit of the transformed driver.
    pub effects: Vec<f32>,
}

/// The numbers of one series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesModel {
    /// The series.
    pub key: SeriesKey,
    /// Index into the locations.
    pub location: u32,
    /// Index into the groups.
    pub group: u32,
    /// Where the numbers come from.
    pub model: ModelKind,
    /// Whether values are never negative.
    pub non_negative: bool,
    /// Whether the model itself used the drivers: then they are part of the baseline, measured against the location's
    /// reference; otherwise only a scenario's change of them counts.
    pub uses_drivers: bool,
    /// Level at the end of training.
    pub level: f32,
    /// Slope per period at the end of training.
    pub slope: f32,
    /// Damping of the slope per period, in 0..=1: trend at step h is slope * (d + d^2 + … + d^h).
    pub damping: f32,
    /// Seasonal deviation per horizon step; empty means none.
    pub season: Vec<f32>,
    /// Event effects in the unit of the values, event after event, each over its window; empty means none.
    pub event_effects: Vec<f32>,
    /// What drivers already add to or take from the forecast, where its models say so; `None` means nothing, or that
    /// `uses_drivers` says it.
    pub driver_parts: Option<DriverParts>,
    /// Scale of the forecast error: the mean absolute error of past forecasts, steadied by series of its volume.
    pub error_scale: f32,
    /// Mean absolute value of the last year: which volume class it is in, and what counts as a peak.
    pub volume: f32,
    /// WAPE of the chosen model in the backtest of this series, where there was one.
    pub backtest_wape: Option<f32>,
}

/// Parts of a forecast that are due to drivers, per horizon step, in multiples of a unit. Small, because they explain a
/// number and do not make it: the season is what is left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DriverParts {
    /// In the unit of the values, above 0.
    pub unit: f32,
    /// Due to promotions and markdowns.
    pub promotion: Vec<i8>,
    /// Due to the other drivers.
    pub other: Vec<i8>,
}

impl DriverParts {
    /// The parts rounded to 1/127 of the largest; `None` where all are nothing or one is not finite.
    pub fn new(promotion: &[f64], other: &[f64]) -> Option<Self> {
        let largest = promotion.iter().chain(other).fold(0.0, |most: f64, part| most.max(part.abs()));
        let unit = (largest / f64::from(i8::MAX)) as f32;
        if !(unit.is_normal() && promotion.iter().chain(other).all(|part| part.is_finite())) {
            return None;
        }
        let rounded = |part: &f64| (part / f64::from(unit)).round().clamp(-127.0, 127.0) as i8;
        Some(Self {
            unit,
            promotion: promotion.iter().map(rounded).collect(),
            other: other.iter().map(rounded).collect(),
        })
    }

    /// Promotions' and the others' part at a 0-based step.
    pub fn at(&self, step: usize) -> (f64, f64) {
        let part = |parts: &[i8]| f64::from(self.unit) * f64::from(parts.get(step).copied().unwrap_or(0));
        (part(&self.promotion), part(&self.other))
    }
}

/// The parts of an artefact, before they are checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArtefactParts {
    /// What was fitted.
    pub header: Header,
    /// Driver values per location.
    pub locations: Vec<LocationDrivers>,
    /// Driver effects per group.
    pub groups: Vec<GroupEffects>,
    /// The series, sorted by key.
    pub series: Vec<SeriesModel>,
    /// SHA-256 of the artefact that this one is a subset of.
    pub parent: Option<[u8; 32]>,
}

/// A checked, immutable set of models with its hash. Built by [`Artefact::new`] or [`Artefact::from_bytes`].
#[derive(Debug, Clone, PartialEq)]
pub struct Artefact {
    parts: ArtefactParts,
    pub(crate) hash: [u8; 32],
}

impl Artefact {
    /// Checks the parts and hashes them.
    ///
    /// # Errors
    /// [`EngineError::Inconsistent`] where lengths, indices or numbers do not fit together.
    pub fn new(parts: ArtefactParts) -> Result<Self, EngineError> {
        check::check(&parts)?;
        let hash = crate::format::body_hash(&crate::format::encode_body(&parts)?);
        Ok(Self { parts, hash })
    }

    /// For bytes whose hash is known already.
    pub(crate) fn from_checked(parts: ArtefactParts, hash: [u8; 32]) -> Result<Self, EngineError> {
        check::check(&parts)?;
        Ok(Self { parts, hash })
    }

    /// The parts.
    pub fn parts(&self) -> &ArtefactParts {
        &self.parts
    }

    /// What was fitted, from what, how well.
    pub fn header(&self) -> &Header {
        &self.parts.header
    }

    /// The series, sorted by key.
    pub fn series(&self) -> &[SeriesModel] {
        &self.parts.series
    }

    /// Driver values per location.
    pub fn locations(&self) -> &[LocationDrivers] {
        &self.parts.locations
    }

    /// Driver effects per group.
    pub fn groups(&self) -> &[GroupEffects] {
        &self.parts.groups
    }

    /// Index of a series.
    pub fn find(&self, key: &SeriesKey) -> Option<usize> {
        self.parts.series.binary_search_by(|series| series.key.cmp(key)).ok()
    }

    /// Last days of the periods forecast.
    pub fn periods(&self) -> Vec<Day> {
        let header = self.header();
        (1..=i32::from(header.horizon)).map(|step| header.granularity.step(header.trained_through, step)).collect()
    }

    /// Scores for sample paths over the horizon: drawn once, they serve the distributions of all series, which then have
    /// the same luck. The same seed gives the same paths.
    pub fn path_scores(&self, seed: u64, paths: usize) -> PathScores {
        PathScores::new(seed, paths, usize::from(self.header().horizon), self.header().dependence)
    }

    /// SHA-256 of the body, in hexadecimal.
    pub fn hash(&self) -> String {
        crate::verification::hex(&self.hash)
    }

    /// The hash of the artefact that training wrote: its own, or its parent's where this is a subset.
    pub fn root_hash(&self) -> String {
        crate::verification::hex(&self.parts.parent.unwrap_or(self.hash))
    }
}
