//! What the program knows of the shop besides its data: its name, what it is planned in, what its artefacts are called.

use aisle_domain::{Currency, Granularity, Measure, Weekday};
use aisle_store::{Store, StoreError, settings};
use serde::{Deserialize, Serialize};

/// Setting that changes with every change of master data; boards are rebuilt by it.
pub(crate) const CATALOGUE_STAMP: &str = "catalogue.stamp";
/// Setting that changes with every change of settings.
pub(crate) const SETTINGS_STAMP: &str = "settings.stamp";
const SETTINGS: &str = "shop";

/// Settings that users change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ShopSettings {
    /// Name, as shown.
    pub(crate) name: String,
    /// Whether the data is the simulated shop.
    pub(crate) simulated: bool,
    /// Currency of money columns that do not say theirs.
    pub(crate) currency: Option<Currency>,
    /// Forecast horizon, in periods.
    pub(crate) horizon: u32,
    /// Whether an import starts a training.
    pub(crate) train_after_import: bool,
    /// Codes of the countries whose holidays count; `None`: those of the configuration.
    pub(crate) countries: Option<Vec<String>>,
}

impl Default for ShopSettings {
    fn default() -> Self {
        Self {
            name: "My shop".to_owned(),
            simulated: false,
            currency: None,
            horizon: 53,
            train_after_import: true,
            countries: None,
        }
    }
}

/// The settings kept, or the defaults.
pub(crate) async fn settings(store: &Store) -> Result<ShopSettings, StoreError> {
    settings::get(store, SETTINGS, ShopSettings::default()).await
}

/// Keeps the settings.
pub(crate) async fn keep(store: &Store, kept: &ShopSettings, now: i64) -> Result<(), StoreError> {
    settings::set(store, SETTINGS, kept, now).await?;
    settings::set(store, SETTINGS_STAMP, &now, now).await
}

/// What a shop is planned in: its own periods where it counts in weeks or months, weeks ending on Sunday where it counts
/// in days (a day is noise to a planner; the yearly season needs 52 periods, not 365).
pub(crate) fn planning_granularity(native: Granularity) -> Granularity {
    match native {
        Granularity::Day => Granularity::Week { ends: Weekday::Sunday },
        other => other,
    }
}

/// The currency that sums are shown in: the only one, else the first (sums never mix currencies).
pub(crate) fn currency(found: &[Currency]) -> Option<Currency> {
    found.first().copied()
}

/// Name of a measure's forecast in the registry of artefacts.
pub(crate) fn artefact_kind(measure: Measure) -> &'static str {
    match measure {
        Measure::Revenue => "forecast.revenue",
        Measure::Quantity => "forecast.quantity",
    }
}

/// A period's word: week, day, month.
pub(crate) fn period_word(granularity: Granularity) -> &'static str {
    match granularity {
        Granularity::Day => "day",
        Granularity::Week { .. } => "week",
        Granularity::Month => "month",
    }
}
