//! What became of a file's rows, counted exactly.

use crate::Chunk;
use aisle_domain::Currency;
use aisle_domain::import::{Entity, FileReport};
use serde::{Deserialize, Serialize};

/// Counts and exact sums over chunks; serialises for checkpoints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    file: String,
    entity: Entity,
    currency: Option<Currency>,
}

impl Tally {
    /// A tally of nothing.
    pub fn new(file: &str, entity: Entity, currency: Option<Currency>) -> Self {
        Self { file: file.to_owned(), entity, currency }
    }

    /// Adds a chunk that has been through [`dedupe`](crate::dedupe).
    pub fn add(&mut self, chunk: &Chunk) {
        let _ = chunk;
    }

    /// Adds the counts of another part of the same file.
    pub fn merge(&mut self, other: &Self) {
        let _ = other;
    }

    /// The report.
    pub fn report(&self) -> FileReport {
        FileReport {
            file: self.file.clone(),
            entity: self.entity,
            read: 0,
            taken: 0,
            duplicate: 0,
            rejected: 0,
            days: None,
            sums: Vec::new(),
        }
    }
}
