//! Jobs: long work, seen and steered.

use super::{Answer, Page, Visitor};
use aisle_domain::JobId;
use aisle_domain::job::{JobKind, JobState, JobView};

/// Jobs.
#[async_trait::async_trait]
pub trait JobDesk: Send + Sync {
    /// Jobs, newest first.
    async fn jobs(
        &self,
        kind: Option<JobKind>,
        state: Option<JobState>,
        after: Option<String>,
    ) -> Answer<Page<JobView>>;
    /// One job.
    async fn job(&self, id: &JobId) -> Answer<JobView>;
    /// Queues a training or compaction; an equal one that waits already is answered instead.
    async fn start(&self, by: &Visitor, kind: JobKind) -> Answer<JobView>;
    /// Asks a job to stop.
    async fn cancel(&self, by: &Visitor, id: &JobId) -> Answer<()>;
    /// Queues a failed or cancelled job again.
    async fn retry(&self, by: &Visitor, id: &JobId) -> Answer<JobView>;
}
