//! From file and mapping to chunks of facts.

use crate::convert::Converter;
use crate::parquet_rows::ParquetRows;
use crate::records::{Block, Splitter};
use crate::source::Source;
use crate::{Chunk, SyncError, mapping as mappings};
use aisle_domain::ImportId;
use aisle_domain::import::{Dialect, FileFormat, Mapping};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Blocks that may wait between the thread that splits and the one that parses.
const WAITING_BLOCKS: usize = 2;

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
    blocks: Receiver<Result<Block, SyncError>>,
    converter: Converter,
    sequence: u64,
    bytes_total: u64,
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
        let (sender, blocks) = sync_channel(WAITING_BLOCKS);
        let (columns, bytes_total) = match &mapping.format {
            FileFormat::Parquet => {
                let mut rows = ParquetRows::open(source.seekable()?, &context.file_name)?;
                let columns = check_columns(&rows.columns, mapping, context)?;
                let (all, bytes) = (rows.rows.max(1), source.total);
                spawn(sender, move || {
                    let block = rows.next_block().transpose()?;
                    Some(block.map(|mut block| {
                        // The share of rows stands for the share of bytes.
                        block.bytes_done = (u128::from(block.bytes_done) * u128::from(bytes) / u128::from(all)) as u64;
                        block
                    }))
                });
                (columns, bytes)
            }
            FileFormat::Csv(dialect) => {
                let done = Arc::new(AtomicU64::new(0));
                let width = mapping.columns.len();
                let text = source.text(dialect.encoding, Arc::clone(&done))?;
                let mut splitter = Splitter::new(text, dialect, Some(width));
                let broken = fails(path);
                let columns = if dialect.header {
                    let header = splitter.first_record().map_err(&broken)?;
                    let header = header.ok_or_else(|| SyncError::Empty { file: context.file_name.clone() })?;
                    check_columns(&name_columns(header), mapping, context)?
                } else {
                    mapping.columns.iter().map(|column| column.column.clone()).collect()
                };
                let broken = fails(path);
                spawn(sender, move || {
                    let block = splitter.next_block().map_err(&broken).transpose()?;
                    Some(block.map(|mut block| {
                        block.bytes_done = done.load(Ordering::Relaxed);
                        block
                    }))
                });
                (columns, source.total)
            }
        };
        let converter = Converter::new(mapping, &columns, context);
        Ok(Self { blocks, converter, sequence: 0, bytes_total, failed: false })
    }

    /// Skips the chunks before `sequence`: what a resumed import has committed already.
    ///
    /// # Errors
    /// [`SyncError`] where the file cannot be read that far.
    pub fn skip_to(&mut self, sequence: u64) -> Result<(), SyncError> {
        while self.sequence < sequence {
            let Ok(block) = self.blocks.recv() else { return Ok(()) };
            let block = block?;
            if self.converter.remembers() {
                self.converter.chunk(block, self.sequence, self.bytes_total)?;
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
        let block = self.blocks.recv().ok()?;
        let chunk = block.and_then(|block| self.converter.chunk(block, self.sequence, self.bytes_total));
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
    let block = splitter.next_block().map_err(fails(Path::new(&context.file_name)))?;
    let block = block.ok_or_else(|| SyncError::Empty { file: context.file_name.clone() })?;
    Converter::new(mapping, &columns, context).chunk(block, 0, raw.len() as u64)
}

/// Names for a header's columns: the empty ones by their number, repeated ones told apart by it.
pub(crate) fn name_columns(header: Vec<String>) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(header.len());
    for (index, name) in header.into_iter().enumerate() {
        let name = if name.is_empty() { format!("column_{}", index + 1) } else { name };
        names.push(if names.contains(&name) { format!("{name}_{}", index + 1) } else { name });
    }
    names
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

fn fails(path: &Path) -> impl Fn(std::io::Error) -> SyncError + use<> {
    let path: PathBuf = path.to_owned();
    move |error| SyncError::Packing { path: path.clone(), reason: error.to_string() }
}

/// Runs `next` on a thread until it ends, fails, or nobody listens any more.
fn spawn(
    sender: SyncSender<Result<Block, SyncError>>,
    mut next: impl FnMut() -> Option<Result<Block, SyncError>> + Send + 'static,
) {
    std::thread::spawn(move || {
        while let Some(block) = next() {
            let failed = block.is_err();
            if sender.send(block).is_err() || failed {
                break;
            }
        }
    });
}
