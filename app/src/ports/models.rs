//! Fitted models: which one is live, how it holds, what it would have said.

use super::{Answer, Visitor};
use aisle_domain::job::JobView;
use aisle_domain::{ArtefactId, Currency, Day, Granularity, Measure};

/// Fitted models.
#[async_trait::async_trait]
pub trait ModelDesk: Send + Sync {
    /// Everything about the models of a measure; of the shop's first where none is named.
    async fn models(&self, measure: Option<Measure>) -> Answer<ModelsView>;
    /// Makes a registered model the live one, for a reason that is kept.
    async fn promote(&self, by: &Visitor, id: &ArtefactId, reason: &str) -> Answer<()>;
    /// Starts a backtest. Origins are days, apart by commas or spaces; none: the latest four.
    async fn start_backtest(&self, by: &Visitor, measure: Measure, horizon: u32, origins: &str) -> Answer<JobView>;
}

/// The models of a measure.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelsView {
    /// What they forecast.
    pub measure: Measure,
    /// What the shop has sales in.
    pub measures: Vec<Measure>,
    /// Currency of revenue.
    pub currency: Option<Currency>,
    /// How long a period is.
    pub granularity: Granularity,
    /// Fitted models, newest first.
    pub models: Vec<ModelLine>,
    /// Last day that the live one was fitted on.
    pub trained_through: Option<Day>,
    /// What has come since beside what it said, the total first.
    pub watched: Vec<WatchedLine>,
    /// The latest backtest.
    pub backtest: Option<BacktestView>,
}

/// Where a model stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It forecasts.
    Live,
    /// It never did.
    Challenger,
    /// It did before.
    Retired,
}

/// A fitted model.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelLine {
    /// Identifier.
    pub id: ArtefactId,
    /// Hash of its bytes, hexadecimal.
    pub hash: String,
    /// Where it stands.
    pub standing: Standing,
    /// Version of the data that it was fitted on.
    pub data_version: String,
    /// When it was fitted, in microseconds since 1970 UTC.
    pub created_at: i64,
    /// WAPE in its backtest.
    pub wape: Option<f64>,
    /// The same relative to the seasonal naive's on the same points.
    pub relative: Option<f64>,
    /// Bias in its backtest.
    pub bias: Option<f64>,
    /// Share of values within the 80 % interval.
    pub coverage80: Option<f64>,
    /// Who last made it live, why, when.
    pub promoted: Option<(String, String, i64)>,
}

/// What has come of one part of the shop.
#[derive(Debug, Clone, PartialEq)]
pub struct WatchedLine {
    /// Name of the category or location; the whole shop for the first.
    pub name: String,
    /// Periods that have come.
    pub periods: u32,
    /// WAPE since training.
    pub wape: f64,
    /// WAPE that the backtest promised.
    pub promised: Option<f64>,
    /// Share of values within the 80 % interval.
    pub coverage80: Option<f64>,
    /// Sum of errors over their mean absolute value.
    pub tracking_signal: Option<f64>,
    /// Population stability index of the sales.
    pub stability: Option<f64>,
    /// What is wrong, as sentences' ends.
    pub concerns: Vec<&'static str>,
}

/// A backtest.
#[derive(Debug, Clone, PartialEq)]
pub struct BacktestView {
    /// Last days that its fits saw, YYYY-MM-DD.
    pub origins: Vec<String>,
    /// Periods forecast from each.
    pub horizon: u64,
    /// Version of the data.
    pub data_version: String,
    /// Who asked for it.
    pub created_by: String,
    /// When it was done, in microseconds since 1970 UTC.
    pub created_at: i64,
    /// Each model over all points of single series, best first.
    pub models: Vec<ScoreLine>,
    /// What would have been said, by level and slice.
    pub slices: Vec<ScoreLine>,
}

/// Errors over one slice.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreLine {
    /// The model, or the slice.
    pub name: String,
    /// Values compared.
    pub points: u64,
    /// WAPE.
    pub wape: Option<f64>,
    /// WMAE, in major units.
    pub wmae: Option<f64>,
    /// MASE.
    pub mase: Option<f64>,
    /// RMSSE.
    pub rmsse: Option<f64>,
    /// Bias.
    pub bias: Option<f64>,
    /// Shares of values within the 80 and the 95 % interval.
    pub coverage: (Option<f64>, Option<f64>),
    /// By how much the WAPE lies below the seasonal naive's.
    pub value_added: Option<f64>,
}
