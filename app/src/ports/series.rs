//! Series: the grid, one series, the artefact that the browser scores.

use super::levels::{Level, LevelsView};
use super::{Accuracy, Answer, OverrideView, SalesCurve, ShopView};
use aisle_domain::{Day, Measure, SeriesKey};
use aisle_engine::{Scenario, SeriesForecast, Verification};
use serde::{Deserialize, Serialize};

/// A column of the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeriesColumn {
    /// Item name.
    Item,
    /// Category.
    Category,
    /// Location name.
    Location,
    /// Sales of the last period.
    Last,
    /// Sales of the recent periods: 28 days, 13 weeks or 3 months.
    Recent,
    /// Change of the recent periods on the same ones a year before.
    Change,
    /// Forecast of as many next periods (or the horizon, where shorter).
    Forecast,
    /// Error of past forecasts, WAPE.
    Wape,
    /// Model in use.
    Model,
    /// Sparkline of recent periods.
    Trend,
}

impl SeriesColumn {
    /// Every column, in its usual order.
    pub const ALL: [Self; 10] = [
        Self::Item,
        Self::Category,
        Self::Location,
        Self::Last,
        Self::Recent,
        Self::Change,
        Self::Forecast,
        Self::Wape,
        Self::Model,
        Self::Trend,
    ];

    /// The word in URLs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::Category => "category",
            Self::Location => "location",
            Self::Last => "last",
            Self::Recent => "recent",
            Self::Change => "change",
            Self::Forecast => "forecast",
            Self::Wape => "wape",
            Self::Model => "model",
            Self::Trend => "trend",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.name() == word)
    }
}

/// What the grid shows; lives whole in the URL, so that a view is a link.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SeriesQuery {
    /// Words that item, category or location must contain, without case.
    pub text: Option<String>,
    /// One location only, by id.
    pub location: Option<String>,
    /// One category only.
    pub category: Option<String>,
    /// One model only.
    pub model: Option<String>,
    /// Default: the shop's first measure.
    pub measure: Option<Measure>,
    /// Column to sort by; default: recent.
    pub sort: Option<SeriesColumn>,
    /// Least first; default: greatest first for numbers, A first for texts.
    pub ascending: Option<bool>,
    /// Sum up by category, location or model instead of single series.
    pub group: Option<SeriesColumn>,
    /// Columns shown; all where empty.
    pub columns: Vec<SeriesColumn>,
}

/// One row of the grid; values in major units.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesRow {
    /// Which series.
    pub key: SeriesKey,
    /// Item name.
    pub item: String,
    /// Category.
    pub category: Option<String>,
    /// Location name.
    pub location: String,
    /// Sales of the last period.
    pub last: Option<f64>,
    /// Sales of the recent periods: 28 days, 13 weeks or 3 months.
    pub recent: f64,
    /// Relative change of those on a year before.
    pub change: Option<f64>,
    /// Forecast of the next 13 periods, planners' overrides included.
    pub forecast: Option<f64>,
    /// What the model says of them by itself, where overrides change it.
    pub model_forecast: Option<f64>,
    /// WAPE of past forecasts.
    pub wape: Option<f64>,
    /// Model in use.
    pub model: Option<String>,
    /// The last 52 periods, 0 where nothing is known.
    pub trend: Vec<f32>,
}

/// One row of the grouped grid; values in major units.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupRow {
    /// The group's value.
    pub label: String,
    /// What to filter by to see it.
    pub value: String,
    /// Series in it.
    pub series: u64,
    /// As in [`SeriesRow`].
    pub last: f64,
    /// As in [`SeriesRow`].
    pub recent: f64,
    /// As in [`SeriesRow`].
    pub change: Option<f64>,
    /// As in [`SeriesRow`].
    pub forecast: Option<f64>,
    /// As in [`SeriesRow`].
    pub wape: Option<f64>,
}

/// A window of the grid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesWindow {
    /// Rows that match in all (groups, where grouped).
    pub total: u64,
    /// Series that match in all.
    pub series: u64,
    /// Position of the first row given.
    pub offset: u64,
    /// The rows; empty where grouped.
    pub rows: Vec<SeriesRow>,
    /// The groups; empty where not grouped.
    pub groups: Vec<GroupRow>,
    /// Version of the data that it was read at: windows of different versions must not be mixed.
    pub data_version: String,
}

/// A forecast made earlier, with what came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PastForecast {
    /// Last day known when it was made.
    pub origin: Day,
    /// Periods.
    pub days: Vec<Day>,
    /// What was expected.
    pub forecast: Vec<f64>,
    /// What came.
    pub actual: Vec<Option<f64>>,
    /// Its WAPE.
    pub wape: f64,
}

/// One series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesDetail {
    /// The shop.
    pub shop: ShopView,
    /// As in the grid.
    pub row: SeriesRow,
    /// The measure shown.
    pub measure: Measure,
    /// History and forecast.
    pub curve: SalesCurve,
    /// The forecast with its components at the baseline scenario; `None`: not trained yet.
    pub forecast: Option<SeriesForecast>,
    /// Proof of it.
    pub verification: Option<Verification>,
    /// Forecasts made at earlier origins.
    pub past: Vec<PastForecast>,
    /// Errors of the models that were tried on this series, best first.
    pub models: Vec<Accuracy>,
    /// Hash of the artefact.
    pub artefact: Option<String>,
    /// Planners' overrides that change it, oldest first.
    pub overrides: Vec<OverrideView>,
    /// Where the numbers came from: imports (id, file names), data version, training job, artefact.
    pub lineage: Vec<(String, String)>,
}

/// A hit of the search box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchHit {
    /// What it is: page, item, location, series, action.
    pub kind: String,
    /// Its name.
    pub label: String,
    /// A hint, such as the category.
    pub hint: String,
    /// Where it leads.
    pub href: String,
}

/// Series.
#[async_trait::async_trait]
pub trait SeriesDesk: Send + Sync {
    /// A window of the grid: at most 500 rows.
    async fn window(&self, query: SeriesQuery, offset: u64, limit: u32) -> Answer<SeriesWindow>;
    /// Sums of series at a level, from a position on: at most 100 rows.
    async fn levels(&self, measure: Option<Measure>, level: Level, offset: u64) -> Answer<LevelsView>;
    /// One series.
    async fn series(&self, key: &SeriesKey, measure: Option<Measure>) -> Answer<SeriesDetail>;
    /// The part of the live artefact that scores these series (all of them where empty), as bytes.
    async fn artefact(&self, keys: Vec<SeriesKey>, measure: Option<Measure>) -> Answer<Vec<u8>>;
    /// Scores one series on the server and proves it.
    async fn verify(&self, key: &SeriesKey, measure: Option<Measure>, scenario: &Scenario) -> Answer<Verification>;
    /// Items, locations and series whose name or id contains the words; at most 20.
    async fn search(&self, words: &str) -> Answer<Vec<SearchHit>>;
}
