//! What a chart function answers.

use charming::Chart;
use serde::{Deserialize, Serialize};

/// Which chart it is; the page's class names and the tests go by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChartKind {
    /// History, forecast, intervals.
    SalesAndForecast,
    /// What a forecast is made of.
    Components,
    /// Forecast errors, side by side.
    Accuracy,
    /// How the values of a column are spread.
    Histogram,
    /// A line without axes.
    Sparkline,
    /// Differences, the largest first.
    Movers,
    /// Totals, side by side.
    TotalsByCategory,
    /// Forecasts made earlier, with what came.
    PastForecasts,
    /// One event's occurrences, laid over each other.
    EventOccurrences,
}

impl ChartKind {
    /// The word used in class names: `sales-and-forecast`.
    pub fn name(self) -> &'static str {
        match self {
            Self::SalesAndForecast => "sales-and-forecast",
            Self::Components => "components",
            Self::Accuracy => "accuracy",
            Self::Histogram => "histogram",
            Self::Sparkline => "sparkline",
            Self::Movers => "movers",
            Self::TotalsByCategory => "totals-by-category",
            Self::PastForecasts => "past-forecasts",
            Self::EventOccurrences => "event-occurrences",
        }
    }
}

/// A chart with its text alternative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartSpec {
    /// Which chart.
    pub kind: ChartKind,
    /// The ECharts option, as JSON; `aria.label.description` in it is the summary.
    pub option_json: String,
    /// What it shows, in one or two sentences.
    pub summary: String,
    /// The same numbers as a table.
    pub table: ChartTable,
    /// The height it was laid out for, in CSS pixels.
    pub height: u32,
}

/// The table behind a chart; every row has as many cells as there are headers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartTable {
    /// Its caption.
    pub caption: String,
    /// Column headers; the first column names the row.
    pub headers: Vec<String>,
    /// Cells, as shown.
    pub rows: Vec<Vec<String>>,
}

/// The numbers of a chart without its looks: enough to draw other numbers in a chart that stands already.
#[derive(Debug, Clone, PartialEq)]
pub struct ChartValues {
    /// Values of each series of the option, by its id or name, in the order of the axis; gaps where there is nothing.
    pub series: Vec<(String, Vec<Option<f64>>)>,
    /// As in [`ChartSpec`].
    pub summary: String,
    /// As in [`ChartSpec`].
    pub table: ChartTable,
}

/// Joins the option and its description.
pub(crate) fn assemble(kind: ChartKind, chart: &Chart, summary: String, table: ChartTable, height: u32) -> ChartSpec {
    let described = Described { chart, aria: Aria { enabled: false, label: AriaLabel { description: &summary } } };
    // Serialising structs with text keys cannot fail; an empty option draws an empty chart beside a table that is right.
    let option_json = serde_json::to_string(&described).unwrap_or_else(|_| "{}".to_owned());
    ChartSpec { kind, option_json, summary, table, height }
}

#[derive(Serialize)]
struct Described<'a> {
    #[serde(flatten)]
    chart: &'a Chart,
    aria: Aria<'a>,
}

#[derive(Serialize)]
struct Aria<'a> {
    enabled: bool,
    label: AriaLabel<'a>,
}

#[derive(Serialize)]
struct AriaLabel<'a> {
    description: &'a str,
}
