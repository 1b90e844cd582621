//! What the program knows of the shop besides its data: its name, what it is planned in, what its artefacts are called.

use aisle_domain::{Currency, Granularity, Measure, PlanningPeriod};
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
    /// What the shop is planned in.
    pub(crate) planning: PlanningPeriod,
    /// Forecast horizon, in periods; what is usual for them where nobody chose.
    pub(crate) horizon: Option<u32>,
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
            planning: PlanningPeriod::default(),
            horizon: None,
            train_after_import: true,
            countries: None,
        }
    }
}

impl ShopSettings {
    /// Periods to forecast.
    pub(crate) fn horizon_of(&self, granularity: Granularity) -> usize {
        self.horizon.map_or_else(|| granularity.usual_horizon(), |periods| periods as usize)
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
