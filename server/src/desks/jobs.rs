//! Jobs, seen and steered.

use crate::clock;
use crate::failure;
use crate::state::Aisle;
use aisle_app::ports::{Answer, JobDesk, Page, Visitor};
use aisle_domain::JobId;
use aisle_domain::job::{JobKind, JobState, JobView};
use aisle_store::jobs;
use serde_json::{Value, json};

const PAGE: u32 = 50;
/// Attempts of a job before it is given up.
pub(crate) const ATTEMPTS: u32 = 5;

impl Aisle {
    /// Queues a job; an equal one that still waits or runs is answered instead where `key` says what equal means.
    pub(crate) async fn enqueue(&self, by: &str, kind: JobKind, params: Value, key: Option<&str>) -> Answer<JobView> {
        let new = jobs::NewJob { kind, params: &params, created_by: by, max_attempts: ATTEMPTS, dedupe_key: key };
        let (id, fresh) = jobs::enqueue(&self.store, &new, clock::now()).await.map_err(failure::store)?;
        if fresh {
            self.note(by, &format!("job.{}", kind.name()), id.as_str(), json!({})).await?;
        }
        jobs::get(&self.store, &id).await.map_err(failure::store)
    }
}

#[async_trait::async_trait]
impl JobDesk for Aisle {
    async fn jobs(
        &self,
        kind: Option<JobKind>,
        state: Option<JobState>,
        after: Option<String>,
    ) -> Answer<Page<JobView>> {
        let before =
            after.map(|id| JobId::new(id).map_err(|error| failure::invalid("after", error.to_string()))).transpose()?;
        let rows = jobs::list(&self.store, kind, state, before.as_ref(), PAGE).await.map_err(failure::store)?;
        let next = rows.last().filter(|_| rows.len() == PAGE as usize).map(|job| job.id.to_string());
        Ok(Page { rows, next })
    }

    async fn job(&self, id: &JobId) -> Answer<JobView> {
        jobs::get(&self.store, id).await.map_err(failure::store)
    }

    async fn start(&self, by: &Visitor, kind: JobKind) -> Answer<JobView> {
        if kind == JobKind::Import {
            return Err(failure::invalid("kind", "an import is started from its own page, with its files"));
        }
        self.enqueue(&by.login, kind, json!({}), Some(kind.name())).await
    }

    async fn cancel(&self, by: &Visitor, id: &JobId) -> Answer<()> {
        jobs::request_cancel(&self.store, id, clock::now()).await.map_err(failure::store)?;
        self.note(&by.login, "job.cancel", id.as_str(), json!({})).await
    }

    async fn retry(&self, by: &Visitor, id: &JobId) -> Answer<JobView> {
        jobs::retry(&self.store, id, clock::now()).await.map_err(failure::store)?;
        self.note(&by.login, "job.retry", id.as_str(), json!({})).await?;
        jobs::get(&self.store, id).await.map_err(failure::store)
    }
}
