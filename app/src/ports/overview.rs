//! Overview and the weekly report.

use super::{Answer, Visitor};
use aisle_domain::{Currency, Day, Granularity, Measure, Money, Quantity};
use serde::{Deserialize, Serialize};

/// The shop as a whole: what data there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopView {
    /// Its name.
    pub name: String,
    /// Whether it is the simulated one.
    pub simulated: bool,
    /// Currency of its sales.
    pub currency: Option<Currency>,
    /// Periods that it is planned in.
    pub granularity: Granularity,
    /// Measures that its sales have; the first is the default.
    pub measures: Vec<Measure>,
    /// First and last day of sales; `None`: no sales yet.
    pub days: Option<(Day, Day)>,
    /// Series (item x location).
    pub series: u64,
    /// Version of the data, short.
    pub data_version: String,
    /// Hash of the live artefact, where one was trained.
    pub artefact: Option<String>,
    /// Whether the calendar has changed since the live artefact was trained.
    pub calendar_changed: bool,
    /// Locations, as (id, name), for filters.
    pub locations: Vec<(String, String)>,
    /// Categories, for filters.
    pub categories: Vec<String>,
}

/// What the overview is asked about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OverviewQuery {
    /// Default: the shop's first measure.
    pub measure: Option<Measure>,
    /// One location only.
    pub location: Option<String>,
    /// One category only.
    pub category: Option<String>,
    /// Periods of history in the chart; default 104.
    pub history: Option<u32>,
}

/// A value with its unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "unit", content = "value")]
pub enum Amount {
    /// Money.
    Money(Money),
    /// Units.
    Quantity(Quantity),
    /// A count.
    Count(i64),
    /// A share, 1 = 100 %.
    Share(f64),
}

/// How a value compares with an earlier one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// With what: `previous week`, `same week last year`.
    pub against: String,
    /// (new - old) / |old|; `None` where the old value is 0 or absent.
    pub relative: Option<f64>,
    /// Whether more is better.
    pub up_is_good: bool,
}

/// One tile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tile {
    /// Its label.
    pub label: String,
    /// Its value; `None` where there is nothing to measure yet.
    pub value: Option<Amount>,
    /// Comparisons, at most two.
    pub changes: Vec<Change>,
    /// One sentence that says exactly what is counted.
    pub explanation: String,
    /// Recent values, oldest first, for the sparkline; in major units.
    pub trend: Vec<f64>,
}

/// Sales by period with the forecast that follows, in major units.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SalesCurve {
    /// Periods of history, by last day.
    pub history_days: Vec<Day>,
    /// Their sales; `None` where nothing is known.
    pub history: Vec<Option<f64>>,
    /// Periods of the forecast.
    pub forecast_days: Vec<Day>,
    /// Expected sales, planners' overrides included.
    pub mean: Vec<f64>,
    /// What the model says by itself, where overrides change it.
    pub model: Option<Vec<f64>>,
    /// Lower and upper bound of the 80 % interval.
    pub interval80: (Vec<f64>, Vec<f64>),
    /// Lower and upper bound of the 95 % interval.
    pub interval95: (Vec<f64>, Vec<f64>),
    /// Holidays within the days shown: name, last day of its period.
    pub holidays: Vec<(String, Day)>,
}

/// A series that moved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mover {
    /// `location/item`, for the link.
    pub key: String,
    /// Item and location, as shown.
    pub label: String,
    /// Sales of the last periods: about a month.
    pub recent: Amount,
    /// Sales of the same periods a year before, or of those just before where there is no such year.
    pub before: Amount,
    /// Difference in major units.
    pub difference: f64,
    /// What is expected next and why, as a sentence; `None`: not trained yet.
    pub why: Option<String>,
}

/// How good past forecasts were.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Accuracy {
    /// Model: its name, or `chosen`.
    pub model: String,
    /// Weighted absolute percentage error: sum|e| / sum|y|.
    pub wape: f64,
    /// Weighted mean absolute error with holiday weight 5, in major units.
    pub wmae: Option<f64>,
    /// sum(f - y) / sum y.
    pub bias: f64,
    /// Share of values inside of the 80 % interval.
    pub coverage80: Option<f64>,
    /// Series that use it.
    pub series: u64,
}

/// The overview.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// The shop.
    pub shop: ShopView,
    /// The measure shown.
    pub measure: Measure,
    /// The tiles.
    pub tiles: Vec<Tile>,
    /// The curve; `None`: no sales yet.
    pub curve: Option<SalesCurve>,
    /// Series that grew most.
    pub rising: Vec<Mover>,
    /// Series that fell most.
    pub falling: Vec<Mover>,
    /// Backtest of the live artefact, best first.
    pub accuracy: Vec<Accuracy>,
}

/// One line of the report: name, sales, change on last period, change on last year, forecast of the next period in major
/// units.
pub type ReportLine = (String, Amount, Option<f64>, Option<f64>, Option<f64>);

/// The weekly report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WeeklyReport {
    /// The overview as of the report.
    pub overview: Overview,
    /// The last period, by location: name, sales, change on last period, change on last year, forecast of the next period.
    pub locations: Vec<ReportLine>,
    /// The same by category.
    pub categories: Vec<ReportLine>,
    /// When it was made, in microseconds since 1970 UTC.
    pub made_at: i64,
}

/// Sales at large.
#[async_trait::async_trait]
pub trait SalesDesk: Send + Sync {
    /// The shop.
    async fn shop(&self) -> Answer<ShopView>;
    /// The overview.
    async fn overview(&self, query: OverviewQuery) -> Answer<Overview>;
}

/// Reports and their signed links.
#[async_trait::async_trait]
pub trait Reports: Send + Sync {
    /// The weekly report.
    async fn weekly(&self, query: OverviewQuery) -> Answer<WeeklyReport>;
    /// A link to it that anybody may open for so many days (1 to 90): path and query.
    async fn share(&self, by: &Visitor, query: OverviewQuery, days: u32) -> Answer<String>;
}
