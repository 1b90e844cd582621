//! A shop that never was: seeded, of any size, with its truth written beside it.
//!
//! The folder's own files have the shapes that Aisle imports: `items.csv`, `locations.csv`, `calendar_events.csv`,
//! `prices.csv`, `promotions.csv`, `features.csv`, and either `sales.csv` (daily sums) or `orders.csv` with `customers.csv`;
//! so have those of the folder `stock/`: days and deliveries. The other folders below are not for the importer: `visits/`
//! holds what later parts of Aisle will read, `truth/` what no shop knows: demand before stock-outs, elasticities, uplifts, and what went wrong on purpose.
//! `truth/spec.json` is written last: a folder that has it is complete.
//!
//! The same specification gives the same bytes on the same platform (exponentials come from the system's library), and
//! memory grows with items times locations, not with days.

mod assortment;
mod baskets;
mod demand;
mod disturbances;
mod files;
mod holidays;
mod places;
mod prices;
mod random;
mod run;
mod stock;

use aisle_domain::import::Mapping;
use aisle_domain::{Currency, Day};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// How finely sales are recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// One row for each day, location and item that sold: `sales.csv`.
    Daily,
    /// One row for each line of each order, with customers and returns: `orders.csv`, `customers.csv`.
    Orders,
}

/// The shop to simulate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spec {
    /// Every draw depends on it.
    pub seed: u64,
    /// Items, 1 to 100,000.
    pub items: u32,
    /// Locations, 1 to 500; of three or more, the last is a web shop. Items times locations: at most 2,000,000.
    pub locations: u32,
    /// Days, 7 to 7,305 (twenty years).
    pub days: u32,
    /// The first day, from 1950 to 2100.
    pub first_day: Day,
    /// Currency of prices.
    pub currency: Currency,
    /// How finely sales are recorded.
    pub detail: Detail,
    /// Things that go wrong on purpose in a year, 0 to 1,000.
    pub anomalies_per_year: u32,
}

impl Default for Spec {
    /// The demo shop: 60 items at 6 locations over the three years from 2023, daily sums.
    fn default() -> Self {
        Self {
            seed: 1,
            items: 60,
            locations: 6,
            days: 1_096,
            first_day: Day::from_epoch_days(19_358),
            currency: Currency::USD,
            detail: Detail::Daily,
            anomalies_per_year: 8,
        }
    }
}

impl Spec {
    /// The last day simulated.
    pub fn last_day(&self) -> Day {
        self.first_day.plus(self.days.saturating_sub(1).min(1 << 20) as i32)
    }

    /// Whether every field is within its range.
    ///
    /// # Errors
    /// [`SimulationError::Spec`] names the first field that is not.
    pub fn check(&self) -> Result<(), SimulationError> {
        let year = self.first_day.civil().0;
        let series = u64::from(self.items) * u64::from(self.locations);
        let within = [
            ("items", u64::from(self.items), 1, 100_000),
            ("locations", u64::from(self.locations), 1, 500),
            ("items times locations", series, 1, 2_000_000),
            ("days", u64::from(self.days), 7, 7_305),
            ("the year of the first day", u64::from(year.unsigned_abs()), 1950, 2100),
            ("anomalies in a year", u64::from(self.anomalies_per_year), 0, 1_000),
        ];
        let wrong = within.into_iter().find(|(_, found, least, most)| found < least || found > most);
        wrong.map_or(Ok(()), |(field, found, least, most)| Err(SimulationError::Spec { field, found, least, most }))
    }
}

/// Why a shop could not be simulated.
#[derive(Debug, thiserror::Error)]
pub enum SimulationError {
    /// A field of the specification is out of range.
    #[error("{field}: found {found}, expected {least} to {most}")]
    Spec {
        /// The field, in words.
        field: &'static str,
        /// Its value.
        found: u64,
        /// The least allowed.
        least: u64,
        /// The most allowed.
        most: u64,
    },
    /// The folder holds something that is not an earlier simulation.
    #[error("{} holds other files; give an empty folder, a new one, or that of an earlier simulation", folder.display())]
    Occupied {
        /// The folder.
        folder: PathBuf,
    },
    /// A file could not be written.
    #[error("{} cannot be written: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

/// One file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SimulatedFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Records, without the header.
    pub rows: u64,
    /// What its columns mean, for the files to import; `None` for `visits/` and `truth/`.
    pub mapping: Option<Mapping>,
}

/// What was simulated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SimulationReport {
    /// The files; those to import first, in the order in which to import them.
    pub files: Vec<SimulatedFile>,
    /// First day.
    pub first_day: Day,
    /// Last day.
    pub last_day: Day,
    /// Units in the sales or orders file, less returns.
    pub units: i64,
    /// Revenue in the sales or orders file, less returns, in minor units.
    pub revenue_minor: i64,
    /// Units wanted that were not on the shelf.
    pub lost_units: u64,
    /// Currency of the revenue.
    pub currency: Currency,
}

/// Simulates a shop into a folder, which is made if it is not there; an earlier simulation in it is replaced.
///
/// # Errors
/// [`SimulationError`] where the specification is out of range, the folder holds other things, or writing fails.
pub fn simulate(spec: &Spec, out_dir: &Path) -> Result<SimulationReport, SimulationError> {
    spec.check()?;
    run::run(spec, out_dir)
}
