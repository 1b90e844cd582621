//! Upkeep: joining small files, and removing files that nothing refers to any more.

use crate::append::writer_properties;
use crate::{Lake, LakeError};
use aisle_domain::facts::Table;
use serde::Serialize;
use std::num::NonZeroU64;

/// What a compaction did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Compacted {
    /// Files before that were joined.
    pub joined: u64,
    /// Files that they became.
    pub made: u64,
    /// The table's version afterwards; `None` where the table is not there.
    pub version: Option<u64>,
}

impl Lake {
    /// Joins small data files of a table into files of about `target_bytes`. The rows stay as they are; queries that run
    /// meanwhile keep reading the files that they began with.
    ///
    /// # Errors
    /// [`LakeError::Delta`] where the storage fails, or another compaction of the same files won.
    pub async fn compact(&self, table: &Table, target_bytes: NonZeroU64) -> Result<Compacted, LakeError> {
        let table = self.table(table)?;
        let Some(delta) = table.current().await? else {
            return Ok(Compacted { joined: 0, made: 0, version: None });
        };
        let joining = delta.optimize().with_target_size(target_bytes).with_writer_properties(writer_properties());
        let (delta, figures) = joining.await.map_err(|source| table.error("compact", source))?;
        table.remember(&delta).await;
        Ok(Compacted { joined: figures.num_files_removed, made: figures.num_files_added, version: delta.version() })
    }

    /// Removes data files that no version of the last seven days refers to: those joined into others, and those of appends
    /// that never landed. Seven days is Delta's own safe retention: no reader and no writer lasts that long. Returns the
    /// number of files removed.
    ///
    /// # Errors
    /// [`LakeError::Delta`] where the storage fails.
    pub async fn vacuum(&self, table: &Table) -> Result<u64, LakeError> {
        let table = self.table(table)?;
        let Some(delta) = table.current().await? else { return Ok(0) };
        let clearing = delta
            .vacuum()
            .with_enforce_retention_duration(true)
            .with_mode(deltalake::operations::vacuum::VacuumMode::Full);
        let (delta, figures) = clearing.await.map_err(|source| table.error("vacuum", source))?;
        table.remember(&delta).await;
        Ok(figures.files_deleted.len() as u64)
    }
}
