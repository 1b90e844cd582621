//! The artefact: everything that scoring needs, immutable once built.
//!
//! Values are in the measure's major unit (dollars, pieces), coefficients are stored as `f32` and widened to `f64` before
//! any arithmetic, so that scoring is defined on the stored numbers. Three tables are shared between series to keep it
//! small: driver values per location, driver effects per group (an item, or a department), events with their windows.

use crate::EngineError;
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
    /// Interval bands of one series, by horizon block: multiples of the series' error scale.
    pub bands: Vec<Band>,
    /// Interval bands of the sum over all series: multiples of the sum of their error scales.
    pub total_bands: Vec<Band>,
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

/// Signed multiples of an error scale that bound the forecast, for horizons up to `through`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Band {
    /// Last horizon step (1-based) of the block; the last block also serves all later steps.
    pub through: u16,
    /// 10th and 90th percentile of scaled error.
    pub p80: (f32, f32),
    /// 2.5th and 97.5th percentile of scaled error.
    pub p95: (f32, f32),
}

/// Which model a series' numbers come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// Too short, dead or empty: the recent level, without season.
    Fallback,
    /// The same period last year.
    SeasonalNaive,
    /// The same period last year times the growth over a year.
    SeasonalNaiveGrowth,
    /// Season and trend by loess, damped exponential smoothing of the rest.
    StlEts,
    /// Elastic net on calendar, events and drivers, pooled over the group.
    ElasticNet,
    /// The mean of the models above that apply.
    Combination,
    /// Exponential smoothing of each series, its members weighted by likelihood.
    Ets,
    /// The theta method on each series.
    Theta,
    /// Demand that comes seldom: sizes, intervals and probabilities smoothed.
    Intermittent,
}

impl ModelKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Fallback,
        Self::SeasonalNaive,
        Self::SeasonalNaiveGrowth,
        Self::StlEts,
        Self::ElasticNet,
        Self::Combination,
        Self::Ets,
        Self::Theta,
        Self::Intermittent,
    ];

    /// The word stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fallback => "fallback",
            Self::SeasonalNaive => "seasonal_naive",
            Self::SeasonalNaiveGrowth => "seasonal_naive_growth",
            Self::StlEts => "stl_ets",
            Self::ElasticNet => "elastic_net",
            Self::Combination => "combination",
            Self::Ets => "ets",
            Self::Theta => "theta",
            Self::Intermittent => "intermittent",
        }
    }
}

/// How well the models did in the backtest, pooled over all series.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AccuracySummary {
    /// Last day of the training data of each origin.
    pub origins: Vec<Day>,
    /// Periods forecast from each.
    pub horizon: u16,
    /// Per model, and for the model chosen per series under `chosen`.
    pub models: BTreeMap<String, ModelAccuracy>,
}

/// One model's errors over all series and origins. Formulas in [`crate::accuracy`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelAccuracy {
    /// Sum of absolute errors over the sum of absolute values.
    pub wape: f64,
    /// Weighted mean absolute error (periods with an event count five times), in the measure's unit.
    pub wmae: f64,
    /// Mean absolute error over that of the in-sample seasonal naive, averaged over series.
    pub mase: f64,
    /// (sum of forecasts - sum of values) / sum of values.
    pub bias: f64,
    /// Share of values inside the 80 % interval, where the model was given one.
    pub coverage80: Option<f64>,
    /// Values compared.
    pub points: u64,
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
    /// Scale of the forecast error (mean absolute error in the backtest, shrunk towards the group's).
    pub error_scale: f32,
    /// WAPE of the chosen model in the backtest of this series, where there was one.
    pub backtest_wape: Option<f32>,
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
        check(&parts)?;
        let hash = crate::format::body_hash(&crate::format::encode_body(&parts)?);
        Ok(Self { parts, hash })
    }

    /// For bytes whose hash is known already.
    pub(crate) fn from_checked(parts: ArtefactParts, hash: [u8; 32]) -> Result<Self, EngineError> {
        check(&parts)?;
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

    /// SHA-256 of the body, in hexadecimal.
    pub fn hash(&self) -> String {
        crate::verification::hex(&self.hash)
    }

    /// The hash of the artefact that training wrote: its own, or its parent's where this is a subset.
    pub fn root_hash(&self) -> String {
        crate::verification::hex(&self.parts.parent.unwrap_or(self.hash))
    }
}

fn wrong(what: String, expected: impl Into<String>) -> EngineError {
    EngineError::Inconsistent { what, expected: expected.into() }
}

fn require(holds: bool, what: impl FnOnce() -> String, expected: impl Into<String>) -> Result<(), EngineError> {
    if holds { Ok(()) } else { Err(wrong(what(), expected)) }
}

fn finite(values: &[f32]) -> bool {
    values.iter().all(|value| value.is_finite())
}

fn check(parts: &ArtefactParts) -> Result<(), EngineError> {
    let header = &parts.header;
    check_header(header)?;
    for event in &header.events {
        let known = |o: &Occurrence| o.location.is_none_or(|index| (index as usize) < parts.locations.len());
        require(
            event.occurrences.iter().all(known),
            || format!("event {:?} names a location", event.name),
            "existing ones",
        )?;
    }
    let (horizon, drivers) = (usize::from(header.horizon), header.drivers.len());
    for table in &parts.locations {
        let fits = table.values.len() == drivers * horizon && table.reference.len() == drivers;
        require(
            fits && finite(&table.values) && finite(&table.reference),
            || format!("location {} has {} driver values", table.location, table.values.len()),
            format!("{drivers} drivers x {horizon} finite values and {drivers} references"),
        )?;
    }
    for group in &parts.groups {
        require(
            group.effects.len() == drivers && finite(&group.effects),
            || format!("group {:?} has {} effects", group.name, group.effects.len()),
            format!("{drivers} finite effects"),
        )?;
    }
    require(
        parts.series.len() <= MAX_SERIES,
        || format!("{} series", parts.series.len()),
        format!("at most {MAX_SERIES}"),
    )?;
    let windows: usize = header.events.iter().map(EventModel::window).sum();
    for (index, series) in parts.series.iter().enumerate() {
        check_series(parts, series, windows)?;
        let sorted = index == 0 || parts.series[index - 1].key < series.key;
        require(sorted, || format!("series {} is out of order", series.key), "keys in ascending order, each once")?;
    }
    Ok(())
}

fn check_header(header: &Header) -> Result<(), EngineError> {
    let horizon = usize::from(header.horizon);
    require(
        (1..=MAX_HORIZON).contains(&horizon),
        || format!("horizon {horizon}"),
        format!("1 to {MAX_HORIZON} periods"),
    )?;
    for driver in &header.drivers {
        let positive = driver.scale.is_finite() && driver.scale > 0.0;
        require(positive, || format!("driver {:?} has scale {}", driver.name, driver.scale), "a positive number")?;
    }
    for bands in [&header.bands, &header.total_bands] {
        let ordered = !bands.is_empty() && bands.windows(2).all(|pair| pair[0].through < pair[1].through);
        require(
            ordered,
            || "interval bands are missing or out of order".to_owned(),
            "at least one, by ascending horizon",
        )?;
        let numbers = bands.iter().all(|band| finite(&[band.p80.0, band.p80.1, band.p95.0, band.p95.1]));
        require(numbers, || "an interval band is not a number".to_owned(), "finite numbers")?;
    }
    Ok(())
}

fn check_series(parts: &ArtefactParts, series: &SeriesModel, windows: usize) -> Result<(), EngineError> {
    let horizon = usize::from(parts.header.horizon);
    let name = || format!("series {}", series.key);
    let known = (series.location as usize) < parts.locations.len() && (series.group as usize) < parts.groups.len();
    require(
        known,
        || format!("{} names location {} and group {}", name(), series.location, series.group),
        "existing ones",
    )?;
    require(
        series.season.is_empty() || series.season.len() == horizon,
        || format!("{} has {} seasonal values", name(), series.season.len()),
        format!("none or {horizon}"),
    )?;
    require(
        series.event_effects.is_empty() || series.event_effects.len() == windows,
        || format!("{} has {} event effects", name(), series.event_effects.len()),
        format!("none or {windows}"),
    )?;
    let numbers = finite(&[series.level, series.slope, series.damping, series.error_scale]);
    let bounded = numbers && (0.0..=1.0).contains(&series.damping) && series.error_scale >= 0.0;
    require(
        bounded && finite(&series.season) && finite(&series.event_effects),
        || format!("{} has a coefficient out of range", name()),
        "finite numbers, damping in 0..=1, an error scale of at least 0",
    )
}
