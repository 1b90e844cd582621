//! Long work, as everyone sees it: the CLI, the API and the page.

use crate::JobId;
use serde::{Deserialize, Serialize};

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Reads files into facts and state.
    Import,
    /// Fits an artefact and registers it.
    Train,
    /// Joins small files of the fact tables.
    Compact,
    /// Evaluates the way of fitting from origins in the past.
    Backtest,
}

impl JobKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Import, Self::Train, Self::Compact, Self::Backtest];

    /// The word stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Train => "train",
            Self::Compact => "compact",
            Self::Backtest => "backtest",
        }
    }

    /// Reads a kind's word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == word)
    }
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waits for a worker, or for its next attempt.
    Queued,
    /// A worker holds its lease.
    Running,
    /// Done.
    Succeeded,
    /// Given up after its last attempt.
    Failed,
    /// Stopped by a user.
    Cancelled,
}

impl JobState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Queued, Self::Running, Self::Succeeded, Self::Failed, Self::Cancelled];

    /// The word stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads a state's word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == word)
    }

    /// Whether nothing more will happen.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}

/// How far a job has come.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// Units done (bytes of input, series, files).
    pub done: u64,
    /// Units in all, where known.
    pub total: Option<u64>,
    /// What is being done now, in a few words.
    pub note: String,
}

/// A job as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobView {
    /// Its identifier.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// Where it stands.
    pub state: JobState,
    /// How far it has come.
    pub progress: Progress,
    /// Attempts begun.
    pub attempts: u32,
    /// Attempts allowed.
    pub max_attempts: u32,
    /// Why the last attempt failed.
    pub error: Option<String>,
    /// Who asked for it.
    pub created_by: String,
    /// When, in microseconds since 1970 UTC.
    pub created_at: i64,
    /// When the last attempt began.
    pub started_at: Option<i64>,
    /// When it ended.
    pub finished_at: Option<i64>,
    /// What it made: an import id, an artefact id.
    pub result: Option<String>,
}
