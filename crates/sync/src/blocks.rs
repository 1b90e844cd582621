//! The records of a file, a block at a time: a thread of its own unpacks, decodes and splits.

use crate::SyncError;
use crate::parquet_rows::ParquetRows;
use crate::records::{Block, Splitter};
use crate::source::{Source, broken};
use aisle_domain::import::FileFormat;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};

/// Blocks that may wait between the thread that splits and the one that parses.
const WAITING_BLOCKS: usize = 1;

/// A file's records.
#[derive(Debug)]
pub(crate) struct Blocks {
    blocks: Receiver<Result<Block, SyncError>>,
    /// The file's columns; `None` where it does not name them.
    pub(crate) columns: Option<Vec<String>>,
    /// Bytes of the file (unpacked bytes of the member, in a zip).
    pub(crate) bytes_total: u64,
}

impl Blocks {
    /// Opens a file whose records have `width` fields; `file` is its name as shown.
    ///
    /// # Errors
    /// [`SyncError`] where it cannot be opened, or holds nothing.
    pub(crate) fn open(source: &Source, format: &FileFormat, width: usize, file: &str) -> Result<Self, SyncError> {
        match format {
            FileFormat::Parquet => {
                let mut rows = ParquetRows::open(source.seekable()?, file)?;
                let columns = Some(rows.columns.clone());
                let (all, bytes) = (rows.rows.max(1), source.total);
                let next = move || {
                    let block = rows.next_block().transpose()?;
                    Some(block.map(|mut block| {
                        // The share of rows stands for the share of bytes.
                        block.bytes_done = (u128::from(block.bytes_done) * u128::from(bytes) / u128::from(all)) as u64;
                        block
                    }))
                };
                Ok(Self { blocks: spawn(next, source), columns, bytes_total: source.total })
            }
            FileFormat::Csv(dialect) => {
                let done = Arc::new(AtomicU64::new(0));
                let text = source.text(dialect.encoding, Arc::clone(&done))?;
                let mut splitter = Splitter::new(text, dialect, Some(width));
                let mut columns = None;
                if dialect.header {
                    let header = splitter.first_record().map_err(|error| broken(&source.path, &error))?;
                    let header = header.ok_or_else(|| SyncError::Empty { file: file.to_owned() })?;
                    columns = Some(name_columns(header));
                }
                let path = source.path.clone();
                let next = move || {
                    let block = splitter.next_block().map_err(|error| broken(&path, &error)).transpose()?;
                    Some(block.map(|mut block| {
                        block.bytes_done = done.load(Ordering::Relaxed);
                        block
                    }))
                };
                Ok(Self { blocks: spawn(next, source), columns, bytes_total: source.total })
            }
        }
    }
}

impl Iterator for Blocks {
    type Item = Result<Block, SyncError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.blocks.recv().ok()
    }
}

/// Runs `next` on a thread until it ends, fails, or nobody listens any more. A decoder that panics at broken data must not
/// pass for the end of the file.
fn spawn(
    mut next: impl FnMut() -> Option<Result<Block, SyncError>> + Send + 'static,
    source: &Source,
) -> Receiver<Result<Block, SyncError>> {
    let (sender, blocks) = sync_channel(WAITING_BLOCKS);
    let path = source.path.clone();
    std::thread::spawn(move || {
        loop {
            let block = catch_unwind(AssertUnwindSafe(&mut next)).unwrap_or_else(|_| {
                let reason = "its data is damaged beyond what a decoder expects".to_owned();
                Some(Err(SyncError::Packing { path: path.clone(), reason }))
            });
            let Some(block) = block else { break };
            let failed = block.is_err();
            if sender.send(block).is_err() || failed {
                break;
            }
        }
    });
    blocks
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoder_that_panics_is_an_error_and_no_end() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let source = Source::find(file.path(), None).unwrap();
        let found = spawn(|| panic!("as a decoder does"), &source).recv();
        assert!(matches!(found, Ok(Err(SyncError::Packing { .. }))), "{found:?}");
    }
}
