//! The log of decisions: each with its figures and reason, kept for as long as the policy says.

use crate::clock::{self, DAY};
use crate::state::Aisle;
use aisle_domain::{ArtefactId, JobId};
use aisle_engine::retraining::Policy;
use aisle_store::StoreError;
use aisle_store::decisions::{self, NewDecision};
use serde_json::Value;

/// Who decides where nobody asked.
pub(crate) const BY: &str = "monitoring";
/// Decisions kept at the most, whatever their age.
const MOST: u32 = 20_000;

/// What is written down.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry<'a> {
    /// `revenue` or `quantity`; empty: all.
    pub(crate) measure: &'a str,
    /// `import`, `timer`, `schedule`, `training`, `person`.
    pub(crate) cause: &'a str,
    /// `nothing`, `retrain`, `promoted`, `kept`, `waiting`, `made_live`, `rolled_back`.
    pub(crate) action: &'a str,
    /// Why, as a sentence.
    pub(crate) reason: &'a str,
    /// What it rests on.
    pub(crate) figures: Value,
    /// Version of the data.
    pub(crate) data_version: &'a str,
    /// The model that it is about.
    pub(crate) model: Option<&'a ArtefactId>,
    /// The job that it queued, or that led to it.
    pub(crate) job: Option<&'a JobId>,
    /// Who decided.
    pub(crate) by: &'a str,
}

impl Aisle {
    /// Writes a decision down.
    pub(crate) async fn decided(&self, entry: &Entry<'_>) -> Result<(), StoreError> {
        let new = NewDecision {
            measure: entry.measure,
            cause: entry.cause,
            action: entry.action,
            reason: entry.reason,
            figures: &entry.figures,
            data_version: entry.data_version,
            artefact_id: entry.model,
            job_id: entry.job,
            decided_by: entry.by,
        };
        decisions::append(&self.store, &new, clock::now()).await?;
        metrics::counter!("aisle_forecast_decisions_total", "action" => entry.action.to_owned()).increment(1);
        tracing::info!(measure = entry.measure, action = entry.action, reason = entry.reason, "decided");
        Ok(())
    }

    /// Removes decisions that are older than the policy keeps them.
    pub(super) async fn forget_decisions(&self, policy: &Policy) -> Result<u64, StoreError> {
        decisions::purge(&self.store, clock::now() - i64::from(policy.keep_days) * DAY, MOST).await
    }
}
