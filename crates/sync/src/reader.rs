//! From file and mapping to chunks of facts.

use crate::{Chunk, SyncError};
use aisle_domain::ImportId;
use aisle_domain::import::Mapping;
use std::path::Path;

/// Where the rows come from; it goes into every fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportContext {
    /// The import.
    pub import: ImportId,
    /// Index of the file within the import, from 0.
    pub file_index: i32,
    /// Name of the file, as shown.
    pub file_name: String,
}

/// Reads a file chunk by chunk. A thread of its own unpacks, decodes and splits; the caller's thread parses.
#[derive(Debug)]
pub struct Reader {
    _private: (),
}

impl Reader {
    /// Opens a file, or a member of a zip.
    ///
    /// # Errors
    /// [`SyncError`] where the file cannot be opened, its columns are not the mapping's, or the mapping is not usable.
    pub fn open(path: &Path, member: Option<&str>, mapping: &Mapping, context: &ImportContext) -> Result<Self, SyncError> {
        let _ = (path, member, mapping, context);
        Ok(Self { _private: () })
    }

    /// Skips the chunks before `sequence`: what a resumed import has committed already.
    ///
    /// # Errors
    /// [`SyncError`] where the file cannot be read that far.
    pub fn skip_to(&mut self, sequence: u64) -> Result<(), SyncError> {
        let _ = sequence;
        Ok(())
    }
}

impl Iterator for Reader {
    type Item = Result<Chunk, SyncError>;

    fn next(&mut self) -> Option<Self::Item> {
        None
    }
}

/// Replays one mended record (its text as UTF-8, in the mapping's dialect) as a chunk of one record.
///
/// `line` is the line of the record that it mends.
///
/// # Errors
/// [`SyncError::Mapping`] where the mapping is not usable. A record that is still wrong comes back as a rejection.
pub fn reread(raw: &[u8], line: u64, mapping: &Mapping, context: &ImportContext) -> Result<Chunk, SyncError> {
    let _ = (raw, line, context, mapping);
    Err(SyncError::Mapping { reason: String::new() })
}
