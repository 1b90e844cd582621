//! Monitoring: what it decided and why, when it trains again, and the way back.

use super::{Answer, Page, Visitor};
use aisle_domain::{ArtefactId, JobId, Measure};
use aisle_engine::monitoring::WatchedInput;
use aisle_engine::retraining::Policy;

/// Monitoring of the live forecasts.
#[async_trait::async_trait]
pub trait MonitoringDesk: Send + Sync {
    /// How the measure's live forecast is watched.
    async fn monitoring(&self, measure: Measure) -> Answer<MonitoringView>;
    /// Decisions on a measure, newest first; without those to do nothing where `acted`.
    async fn decisions(
        &self,
        measure: Option<Measure>,
        acted: bool,
        after: Option<String>,
        limit: u32,
    ) -> Answer<Page<DecisionLine>>;
    /// Changes when models are trained again and made live.
    async fn change_policy(&self, by: &Visitor, policy: Policy) -> Answer<()>;
    /// Makes the model live again that was live before.
    async fn roll_back(&self, by: &Visitor, measure: Measure, reason: &str) -> Answer<()>;
}

/// How a measure's live forecast is watched.
#[derive(Debug, Clone, PartialEq)]
pub struct MonitoringView {
    /// When models are trained again and made live.
    pub policy: Policy,
    /// When the schedule is due next, in microseconds since 1970 UTC.
    pub next_run: Option<i64>,
    /// What comes in beside sales, since training.
    pub inputs: Vec<WatchedInput>,
    /// What was live when, newest first.
    pub live: Vec<LiveSpan>,
}

/// From when to when a model was live.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveSpan {
    /// Which.
    pub model: ArtefactId,
    /// Who made it live.
    pub by: String,
    /// Why.
    pub reason: String,
    /// From, in microseconds since 1970 UTC.
    pub from: i64,
    /// To; `None`: now.
    pub until: Option<i64>,
}

/// A decision.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionLine {
    /// Identifier.
    pub id: String,
    /// When, in microseconds since 1970 UTC.
    pub at: i64,
    /// Which forecasts; `None`: all.
    pub measure: Option<Measure>,
    /// What it was asked by: `import`, `timer`, `schedule`, `training`, `person`.
    pub cause: String,
    /// What was decided: `nothing`, `retrain`, `promoted`, `kept`, `waiting`, `made_live`, `rolled_back`.
    pub action: String,
    /// Why, as a sentence.
    pub reason: String,
    /// The figures that it rests on: name and value.
    pub figures: Vec<(String, String)>,
    /// The model that it is about.
    pub model: Option<ArtefactId>,
    /// The job that it queued, or that led to it.
    pub job: Option<JobId>,
    /// Who decided.
    pub by: String,
}
