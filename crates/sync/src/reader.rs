//! From file and mapping to chunks of facts.

use crate::blocks::Blocks;
use crate::convert::Converter;
use crate::records::Splitter;
use crate::source::{Source, broken};
use crate::{Chunk, SyncError, mapping as mappings};
use aisle_domain::ImportId;
use aisle_domain::import::{Dialect, FileFormat, Mapping};
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
    blocks: Blocks,
    converter: Converter,
    sequence: u64,
    failed: bool,
}

impl Reader {
    /// Opens a file, or a member of a zip.
    ///
    /// # Errors
    /// [`SyncError`] where the file cannot be opened, its columns are not the mapping's, or the mapping is not usable.
    pub fn open(
        path: &Path,
        member: Option<&str>,
        mapping: &Mapping,
        context: &ImportContext,
    ) -> Result<Self, SyncError> {
        mappings::validate(mapping)?;
        let source = Source::find(path, member)?;
        let blocks = Blocks::open(&source, &mapping.format, mapping.columns.len(), &context.file_name)?;
        let columns = match &blocks.columns {
            Some(found) => check_columns(found, mapping, context)?,
            None => mapping.columns.iter().map(|column| column.column.clone()).collect(),
        };
        let converter = Converter::new(mapping, &columns, context);
        Ok(Self { blocks, converter, sequence: 0, failed: false })
    }

    /// Skips the chunks before `sequence`: what a resumed import has committed already.
    ///
    /// # Errors
    /// [`SyncError`] where the file cannot be read that far.
    pub fn skip_to(&mut self, sequence: u64) -> Result<(), SyncError> {
        while self.sequence < sequence {
            let Some(block) = self.blocks.next() else { return Ok(()) };
            let block = block?;
            if self.converter.remembers() {
                self.converter.chunk(block, self.sequence, self.blocks.bytes_total)?;
            }
            self.sequence += 1;
        }
        Ok(())
    }
}

impl Iterator for Reader {
    type Item = Result<Chunk, SyncError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let block = self.blocks.next()?;
        let chunk = block.and_then(|block| self.converter.chunk(block, self.sequence, self.blocks.bytes_total));
        self.sequence += 1;
        self.failed = chunk.is_err();
        Some(chunk)
    }
}

/// Replays one mended record (its text as UTF-8, in the mapping's dialect; comma-separated for Parquet) as a chunk of one
/// record. `line` is the line of the record that it mends.
///
/// # Errors
/// [`SyncError::Mapping`] where the mapping is not usable. A record that is still wrong comes back as a rejection.
pub fn reread(raw: &[u8], line: u64, mapping: &Mapping, context: &ImportContext) -> Result<Chunk, SyncError> {
    mappings::validate(mapping)?;
    let dialect = match &mapping.format {
        FileFormat::Csv(dialect) => dialect.clone(),
        FileFormat::Parquet => Dialect::default(),
    };
    let columns: Vec<String> = mapping.columns.iter().map(|column| column.column.clone()).collect();
    let mut splitter = Splitter::new(raw, &dialect, Some(columns.len())).starting_at(line);
    let block = splitter.next_block().map_err(|error| broken(Path::new(&context.file_name), &error))?;
    let block = block.ok_or_else(|| SyncError::Empty { file: context.file_name.clone() })?;
    Converter::new(mapping, &columns, context).chunk(block, 0, raw.len() as u64)
}

/// The file's columns, which must be the mapping's in any order.
fn check_columns(found: &[String], mapping: &Mapping, context: &ImportContext) -> Result<Vec<String>, SyncError> {
    let known = |name: &String| mapping.columns.iter().any(|column| column.column == *name);
    if found.len() == mapping.columns.len() && found.iter().all(known) {
        return Ok(found.to_vec());
    }
    let expected: Vec<&str> = mapping.columns.iter().map(|column| column.column.as_str()).collect();
    let file = context.file_name.clone();
    Err(SyncError::Columns { file, found: found.join(", "), expected: expected.join(", ") })
}
