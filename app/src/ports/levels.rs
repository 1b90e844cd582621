//! Forecasts at the levels above single series.

use super::ShopView;
use aisle_domain::Measure;

/// What series are summed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// The whole shop.
    Total,
    /// Regions that locations name.
    Region,
    /// Locations.
    Location,
    /// Categories of items.
    Category,
    /// Items over all locations.
    Item,
}

impl Level {
    /// Every level, the widest first.
    pub const ALL: [Self; 5] = [Self::Total, Self::Region, Self::Location, Self::Category, Self::Item];

    /// The word in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Region => "region",
            Self::Location => "location",
            Self::Category => "category",
            Self::Item => "item",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == word)
    }
}

/// Sums over the series of one part of the shop; values in major units.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelRow {
    /// Its identifier at the level; empty for the whole shop and for series that have none.
    pub label: String,
    /// Its name.
    pub name: String,
    /// Series in it.
    pub series: u64,
    /// Recent sales: of [`Granularity::recent`](aisle_domain::Granularity::recent) periods.
    pub recent: f64,
    /// Their relative change on the same ones a year before.
    pub change: Option<f64>,
    /// Forecast of as many periods to come, planners' overrides included.
    pub forecast: Option<f64>,
    /// What the model says of them by itself, where overrides change it.
    pub model: Option<f64>,
    /// Forecast of the next period with its 80 % interval.
    pub next: Option<(f64, f64, f64)>,
}

/// Forecasts at one level.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelsView {
    /// The shop.
    pub shop: ShopView,
    /// What is counted.
    pub measure: Measure,
    /// The level.
    pub level: Level,
    /// Levels that this shop has.
    pub levels: Vec<Level>,
    /// Rows in all.
    pub count: u64,
    /// Position of the first row given.
    pub offset: u64,
    /// The rows that sold most lately first.
    pub rows: Vec<LevelRow>,
    /// The whole shop, which every level adds up to.
    pub total: Option<LevelRow>,
}
