//! The one way in: appends that land once, however often they are tried.
//!
//! A commit carries Delta's own application transaction (application id and version). The log keeps the last version of
//! each application, so a commit that is tried again after a crash is recognised, and two processes that try the same
//! commit at the same time conflict in the log, where one of them wins. Files of a commit that did not land are never
//! read, and go with the next vacuum.

use crate::layout;
use crate::tables::OpenTable;
use crate::{Lake, LakeError};
use aisle_domain::facts::Table;
use arrow::array::RecordBatch;
use deltalake::DeltaTable;
use deltalake::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake::kernel::{Action, Transaction};
use deltalake::protocol::{DeltaOperation, SaveMode};
use deltalake::writer::{DeltaWriter, RecordBatchWriter};
use futures::StreamExt;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use serde_json::{Value, json};

/// Names a commit, so that it lands once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Who commits: the import's id.
    pub app_id: String,
    /// Grows with every commit of that application to that table; a number at or below the last one is taken as there already.
    pub sequence: i64,
    /// What the application needs to resume after this commit; [`Lake::committed`] gives it back.
    pub note: Value,
}

/// What became of an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// The rows are in the table from this version on.
    Done {
        /// The version committed.
        version: u64,
        /// Rows appended.
        rows: u64,
    },
    /// The commit was there already; nothing changed.
    Already {
        /// The version that brought it, or the present one where the log no longer says.
        version: u64,
    },
}

/// The last commit of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// Its sequence number.
    pub sequence: i64,
    /// Its note; `null` where the log no longer has it (after a year).
    pub note: Value,
    /// Its version; `None` where the log no longer has it.
    pub version: Option<u64>,
}

/// Under this key the commit's information lies in the log.
pub(crate) const METADATA_KEY: &str = "aisle";

const COMMIT_ATTEMPTS: usize = 20;

impl Lake {
    /// Appends rows in one commit, or recognises that it was made before. Without rows, only the note is committed.
    ///
    /// Writers in this process and in others may append at the same time: all land. A process that dies before the commit
    /// leaves nothing to be read.
    ///
    /// # Errors
    /// [`LakeError::Rows`] where the batches do not fit the table (see [`crate::schema`]), [`LakeError::Contended`] where
    /// others kept winning, [`LakeError::Delta`] where the storage fails.
    pub async fn append(
        &self,
        table: &Table,
        batches: Vec<RecordBatch>,
        commit: &Commit,
    ) -> Result<Appended, LakeError> {
        let open = self.table(table)?;
        // Every batch is looked at before the first is written.
        let batches = layout::conform(open.layout, &batches)?;
        let delta = open.current_or_made().await?;
        if let Some(version) = landed(open, &delta, commit).await? {
            return Ok(Appended::Already { version });
        }
        let mut appending = Appending::begin(open, &delta)?;
        for batch in batches {
            appending.write_conforming(batch).await?;
        }
        appending.commit(commit).await
    }

    /// Begins to write rows that are more than memory should hold: batch by batch, committed at the end. Until then nobody
    /// reads them, and where the commit never comes nobody ever will.
    ///
    /// # Errors
    /// [`LakeError`] where the table cannot be opened or made.
    pub async fn begin(&self, table: &Table) -> Result<Appending<'_>, LakeError> {
        let open = self.table(table)?;
        Appending::begin(open, &open.current_or_made().await?)
    }

    /// The last commit of an application to a table, to resume after it.
    ///
    /// # Errors
    /// [`LakeError`] where the table's log cannot be read.
    pub async fn committed(&self, table: &Table, app_id: &str) -> Result<Option<Committed>, LakeError> {
        let table = self.table(table)?;
        let Some(delta) = table.current().await? else { return Ok(None) };
        let Some(sequence) = last_sequence(table, &delta, app_id).await? else { return Ok(None) };
        let (version, note) = find_commit(table, &delta, app_id, sequence).await?.unzip();
        Ok(Some(Committed { sequence, note: note.unwrap_or_default(), version }))
    }
}

/// Rows on their way into a table.
pub struct Appending<'a> {
    table: &'a OpenTable,
    writer: RecordBatchWriter,
    files: Vec<Action>,
    rows: u64,
}

impl<'a> Appending<'a> {
    fn begin(table: &'a OpenTable, delta: &DeltaTable) -> Result<Self, LakeError> {
        let writer = RecordBatchWriter::for_table(delta).map_err(|source| table.error("write files of", source))?;
        Ok(Self { table, writer: writer.with_writer_properties(writer_properties()), files: Vec::new(), rows: 0 })
    }

    /// Writes a batch.
    ///
    /// # Errors
    /// [`LakeError::Rows`] where it does not fit the table, [`LakeError::Delta`] where the storage fails.
    pub async fn write(&mut self, batch: &RecordBatch) -> Result<(), LakeError> {
        let batch = layout::conform_batch(self.table.layout, batch)?;
        self.write_conforming(batch).await
    }

    async fn write_conforming(&mut self, batch: RecordBatch) -> Result<(), LakeError> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        self.rows += batch.num_rows() as u64;
        self.writer.write(batch).await.map_err(|source| self.table.error("write files of", source))
    }

    /// Finishes the files written so far, whose buffers are then free.
    ///
    /// # Errors
    /// [`LakeError::Delta`] where the storage fails.
    pub async fn flush(&mut self) -> Result<(), LakeError> {
        let files = self.writer.flush().await.map_err(|source| self.table.error("write files of", source))?;
        self.files.extend(files.into_iter().map(Action::Add));
        Ok(())
    }

    /// Commits what was written, or recognises that it was before.
    ///
    /// # Errors
    /// As [`Lake::append`].
    pub async fn commit(mut self, commit: &Commit) -> Result<Appended, LakeError> {
        if let Some(version) = landed(self.table, &self.table.current_or_made().await?, commit).await? {
            return Ok(Appended::Already { version });
        }
        self.flush().await?;
        self.table.commit(self.files, self.rows, commit).await
    }
}

impl OpenTable {
    async fn commit(&self, files: Vec<Action>, rows: u64, commit: &Commit) -> Result<Appended, LakeError> {
        let _queue = self.committing.lock().await;
        let information =
            json!({ "app_id": commit.app_id, "sequence": commit.sequence, "rows": rows, "note": commit.note });
        let operation = DeltaOperation::Write {
            mode: SaveMode::Append,
            partition_by: Some(vec!["period".to_owned()]),
            predicate: None,
        };
        for _ in 0..COMMIT_ATTEMPTS {
            let mut delta = self.current_or_made().await?;
            if let Some(version) = landed(self, &delta, commit).await? {
                return Ok(Appended::Already { version });
            }
            let properties = CommitProperties::default()
                .with_metadata([(METADATA_KEY.to_owned(), information.clone())])
                .with_application_transaction(Transaction::new(&commit.app_id, commit.sequence));
            let snapshot = delta.snapshot().map_err(|source| self.error("commit to", source))?;
            let attempt = CommitBuilder::from(properties)
                .with_actions(files.clone())
                .build(Some(snapshot), delta.log_store(), operation.clone())
                .await;
            match attempt {
                Ok(done) => {
                    let version = done.version();
                    delta.state = Some(done.snapshot());
                    self.remember(&delta).await;
                    tracing::debug!(table = self.layout.name, version, rows, app_id = commit.app_id, "facts appended");
                    return Ok(Appended::Done { version, rows });
                }
                Err(error) if is_conflict(&error) => {
                    tracing::debug!(table = self.layout.name, %error, "lost a race for a version, trying again");
                }
                Err(source) => return Err(self.error("commit to", source)),
            }
        }
        Err(LakeError::Contended { table: self.layout.name, attempts: COMMIT_ATTEMPTS })
    }
}

fn is_conflict(error: &deltalake::DeltaTableError) -> bool {
    use deltalake::DeltaTableError as E;
    use deltalake::kernel::transaction::TransactionError as T;
    match error {
        E::VersionAlreadyExists(_) => true,
        E::Transaction { source } => {
            matches!(source, T::CommitConflict(_) | T::VersionAlreadyExists(_) | T::MaxCommitAttempts(_))
        }
        _ => false,
    }
}

/// Zstandard at its fastest level: a third smaller than Snappy here for little more time; row groups that a query can skip.
/// Lines rise steadily, so their differences are written; fingerprints are evenly spread, so neither a dictionary, nor
/// compression, nor their range is of any use.
pub(crate) fn writer_properties() -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1).unwrap_or_default()))
        .set_max_row_group_row_count(Some(256 * 1024))
        .set_created_by(concat!("aisle ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_column_dictionary_enabled(ColumnPath::from("line"), false)
        .set_column_encoding(ColumnPath::from("line"), Encoding::DELTA_BINARY_PACKED)
        .set_column_statistics_enabled(ColumnPath::from("line"), EnabledStatistics::None);
    for half in ["fingerprint_hi", "fingerprint_lo"] {
        properties = properties
            .set_column_dictionary_enabled(ColumnPath::from(half), false)
            .set_column_compression(ColumnPath::from(half), Compression::UNCOMPRESSED)
            .set_column_statistics_enabled(ColumnPath::from(half), EnabledStatistics::None);
    }
    properties.build()
}

async fn last_sequence(table: &OpenTable, delta: &DeltaTable, app_id: &str) -> Result<Option<i64>, LakeError> {
    let read = |source| table.error("read the log of", source);
    delta.snapshot().map_err(read)?.transaction_version(&delta.log_store(), app_id).await.map_err(read)
}

/// The version that brought the commit, or a later one of the same application; `None` where it is still to come.
async fn landed(table: &OpenTable, delta: &DeltaTable, commit: &Commit) -> Result<Option<u64>, LakeError> {
    match last_sequence(table, delta, &commit.app_id).await? {
        Some(last) if last >= commit.sequence => {
            let found = find_commit(table, delta, &commit.app_id, commit.sequence).await?;
            Ok(found.map(|(version, _)| version).or(delta.version()))
        }
        _ => Ok(None),
    }
}

async fn find_commit(
    table: &OpenTable,
    delta: &DeltaTable,
    app_id: &str,
    sequence: i64,
) -> Result<Option<(u64, Value)>, LakeError> {
    let newest = delta.version().unwrap_or_default();
    let mut history = delta.history(None).enumerate();
    while let Some((age, commit)) = history.next().await {
        let commit = commit.map_err(|source| table.error("read the history of", source))?;
        let Some(ours) = commit.info.get(METADATA_KEY) else { continue };
        if ours.get("app_id").and_then(Value::as_str) == Some(app_id)
            && ours.get("sequence").and_then(Value::as_i64) == Some(sequence)
        {
            return Ok(Some((newest.saturating_sub(age as u64), ours.get("note").cloned().unwrap_or_default())));
        }
    }
    Ok(None)
}
