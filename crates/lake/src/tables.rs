//! The tables themselves: found, made, loaded, kept up to date, and described.

use crate::layout;
use crate::{Lake, LakeError};
use aisle_domain::Day;
use aisle_domain::facts::{Column, Table};
use deltalake::{DeltaTable, DeltaTableBuilder, DeltaTableError, ensure_table_uri};
use futures::StreamExt;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::Mutex as SyncMutex;
use tokio::sync::Mutex;

/// A fact table as it lies, for the page of tables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableInfo {
    /// Its name.
    pub name: &'static str,
    /// What a row is.
    pub meaning: &'static str,
    /// Its newest version; `None` where it is not there yet.
    pub version: Option<u64>,
    /// Rows.
    pub rows: u64,
    /// Bytes of its data files.
    pub bytes: u64,
    /// Data files.
    pub files: u64,
    /// First day of its rows.
    pub first_day: Option<Day>,
    /// Last day of its rows.
    pub last_day: Option<Day>,
    /// Its columns.
    pub columns: &'static [Column],
}

/// One version of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HistoryEntry {
    /// The version.
    pub version: u64,
    /// When it was committed, in microseconds since 1970 UTC.
    pub at_micros: Option<i64>,
    /// What was done: `WRITE`, `CREATE TABLE`, `OPTIMIZE`, …
    pub operation: String,
    /// Rows that came with it, where it was an append.
    pub rows: Option<u64>,
    /// Who committed: the application id of the append, which for an import is the import's id.
    pub app_id: Option<String>,
    /// The sequence number of the append.
    pub sequence: Option<i64>,
}

impl Lake {
    /// Every fact table as it lies now.
    ///
    /// # Errors
    /// [`LakeError`] where a table cannot be read.
    pub async fn tables(&self) -> Result<Vec<TableInfo>, LakeError> {
        let mut infos = Vec::with_capacity(self.inner.tables.len());
        for table in &self.inner.tables {
            let (name, meaning, columns) = (table.layout.name, table.layout.meaning, table.layout.columns);
            let figures = table.figures().await?;
            let days = if figures.rows == 0 { None } else { self.day_range(table.layout).await? };
            let (first_day, last_day) = days.unzip();
            let Figures { version, rows, bytes, files, .. } = figures;
            infos.push(TableInfo { name, meaning, version, rows, bytes, files, first_day, last_day, columns });
        }
        Ok(infos)
    }

    /// The versions of a table, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`LakeError`] where the table's log cannot be read.
    pub async fn history(&self, table: &Table, limit: usize) -> Result<Vec<HistoryEntry>, LakeError> {
        let table = self.table(table)?;
        let Some(delta) = table.current().await? else { return Ok(Vec::new()) };
        let newest = delta.version().unwrap_or_default();
        let mut commits = delta.history(Some(limit)).take(limit);
        let mut entries = Vec::new();
        while let Some(commit) = commits.next().await {
            let commit = commit.map_err(|source| table.error("read the history of", source))?;
            let ours = commit.info.get(crate::append::METADATA_KEY);
            let part = |name: &str| ours.and_then(|value| value.get(name));
            entries.push(HistoryEntry {
                version: newest.saturating_sub(entries.len() as u64),
                at_micros: commit.timestamp.map(|millis| millis.saturating_mul(1_000)),
                operation: commit.operation.clone().unwrap_or_default(),
                rows: part("rows").and_then(serde_json::Value::as_u64),
                app_id: part("app_id").and_then(|v| v.as_str()).map(str::to_owned),
                sequence: part("sequence").and_then(serde_json::Value::as_i64),
            });
        }
        Ok(entries)
    }

    /// Names what the tables hold now: 16 hexadecimal digits. Facts are only ever appended, so each table's identity and
    /// its number of rows name its content; compaction leaves the name as it is.
    ///
    /// # Errors
    /// [`LakeError`] where a table cannot be read.
    pub async fn data_version(&self) -> Result<String, LakeError> {
        let mut content = String::new();
        for table in &self.inner.tables {
            content.push_str(&table.figures().await?.content);
            content.push('\n');
        }
        Ok(format!("{:016x}", xxhash_rust::xxh3::xxh3_64(content.as_bytes())))
    }
}

/// One table: where it lies, what should be in it, and its newest state seen.
pub(crate) struct OpenTable {
    pub(crate) layout: &'static Table,
    location: Location,
    state: Mutex<Option<DeltaTable>>,
    /// Held while committing, so that writers of this process queue instead of racing.
    pub(crate) committing: Mutex<()>,
    figures: SyncMutex<Figures>,
}

#[derive(Debug, Clone)]
enum Location {
    Folder(PathBuf),
    Url(String),
}

/// Counts over the table's files at one version.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figures {
    pub(crate) version: Option<u64>,
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
    pub(crate) files: u64,
    /// Names the content: the table's identity and its number of rows.
    pub(crate) content: String,
}

impl OpenTable {
    pub(crate) fn new(root: &str, layout: &'static Table) -> Self {
        let location = if root.contains("://") {
            Location::Url(format!("{}/{}", root.trim_end_matches('/'), layout.name))
        } else {
            Location::Folder(Path::new(root).join(layout.name))
        };
        let figures = SyncMutex::new(Figures { content: layout.name.to_owned(), ..Figures::default() });
        Self { layout, location, state: Mutex::new(None), committing: Mutex::new(()), figures }
    }

    /// The newest committed state; `None` where the table is not there yet.
    pub(crate) async fn current(&self) -> Result<Option<DeltaTable>, LakeError> {
        let mut state = self.state.lock().await;
        match state.as_mut() {
            Some(delta) if self.is_newest(delta) => {}
            Some(delta) => delta.update_state().await.map_err(|source| self.error("refresh", source))?,
            None => *state = self.load().await?,
        }
        Ok(state.clone())
    }

    /// Whether the log certainly has no later version: in a folder, a look for the next version's file says so in
    /// microseconds; elsewhere only the library can tell.
    fn is_newest(&self, delta: &DeltaTable) -> bool {
        let (Location::Folder(path), Some(version)) = (&self.location, delta.version()) else { return false };
        let log = path.join("_delta_log");
        let has = |version: u64| log.join(format!("{version:020}.json")).exists();
        has(version) && !has(version + 1)
    }

    /// The newest committed state, of a table that is made now if it is not there yet.
    pub(crate) async fn current_or_made(&self) -> Result<DeltaTable, LakeError> {
        if let Some(delta) = self.current().await? {
            return Ok(delta);
        }
        let made = self.unloaded()?.create();
        let made = made
            .with_table_name(self.layout.name)
            .with_comment(self.layout.meaning)
            .with_columns(layout::delta_columns(self.layout))
            .with_partition_columns(["period"])
            .with_configuration(PROPERTIES.map(|(name, value)| (name, Some(value))))
            .await;
        match made {
            Ok(delta) => {
                *self.state.lock().await = Some(delta.clone());
                Ok(delta)
            }
            // Another process may have made it in between.
            Err(source) => match self.current().await? {
                Some(delta) => Ok(delta),
                None => Err(self.error("make", source)),
            },
        }
    }

    /// Remembers a state just committed, unless a newer one is known.
    pub(crate) async fn remember(&self, delta: &DeltaTable) {
        let mut state = self.state.lock().await;
        if state.as_ref().and_then(DeltaTable::version) < delta.version() {
            *state = Some(delta.clone());
        }
    }

    /// Counts over the newest state.
    pub(crate) async fn figures(&self) -> Result<Figures, LakeError> {
        let Some(delta) = self.current().await? else {
            return Ok(Figures { content: self.layout.name.to_owned(), ..Figures::default() });
        };
        if let Ok(known) = self.figures.lock()
            && known.version.is_some()
            && known.version == delta.version()
        {
            return Ok(known.clone());
        }
        let snapshot = delta.snapshot().map_err(|source| self.error("describe", source))?;
        let mut figures = Figures { version: delta.version(), ..Figures::default() };
        let mut counted = true;
        for file in snapshot.log_data().iter() {
            figures.files += 1;
            figures.bytes += u64::try_from(file.size()).unwrap_or_default();
            match file.num_records() {
                Some(rows) => figures.rows += rows as u64,
                None => counted = false,
            }
        }
        let identity = snapshot.metadata().id();
        let extent = if counted { format!("{} rows", figures.rows) } else { format!("version {:?}", figures.version) };
        figures.content = format!("{} {identity} {extent}", self.layout.name);
        if let Ok(mut known) = self.figures.lock() {
            *known = figures.clone();
        }
        Ok(figures)
    }

    /// The Delta library's error, with the table and what was being done.
    pub(crate) fn error(&self, doing: &'static str, source: DeltaTableError) -> LakeError {
        LakeError::Delta { table: self.layout.name, doing, source: Box::new(source) }
    }

    fn unloaded(&self) -> Result<DeltaTable, LakeError> {
        let text = match &self.location {
            Location::Folder(path) => path.to_string_lossy().into_owned(),
            Location::Url(url) => url.clone(),
        };
        let table = ensure_table_uri(text).and_then(DeltaTableBuilder::from_url).and_then(DeltaTableBuilder::build);
        table.map_err(|source| self.error("find", source))
    }

    async fn load(&self) -> Result<Option<DeltaTable>, LakeError> {
        if let Location::Folder(path) = &self.location {
            if !path.exists() {
                return Ok(None);
            }
            if !path.join("_delta_log").is_dir() {
                let empty = path.is_dir() && path.read_dir()?.next().is_none();
                // Another writer may have made the table between the two looks.
                if empty {
                    return Ok(None);
                }
                if !path.join("_delta_log").is_dir() {
                    return Err(LakeError::NotATable { location: path.to_string_lossy().into_owned() });
                }
            }
        }
        let mut delta = self.unloaded()?;
        match delta.load().await {
            Ok(()) => {}
            // A log folder without a first version: the table was being made when the process died.
            Err(DeltaTableError::NotATable(_)) => return Ok(None),
            Err(source) => return Err(self.error("read the log of", source)),
        }
        self.check_layout(&delta)?;
        Ok(Some(delta))
    }

    fn check_layout(&self, delta: &DeltaTable) -> Result<(), LakeError> {
        let snapshot = delta.snapshot().map_err(|source| self.error("describe", source))?;
        let expected = layout::delta_columns(self.layout);
        let found = snapshot.schema();
        let same =
            found.fields().map(|f| (f.name(), f.data_type())).eq(expected.iter().map(|f| (f.name(), f.data_type())));
        let partitioned = snapshot.metadata().partition_columns() == ["period"];
        if same && partitioned {
            return Ok(());
        }
        let found = found.fields().map(|f| format!("{} {}", f.name(), f.data_type())).collect::<Vec<_>>().join(", ");
        Err(LakeError::Layout {
            table: self.layout.name,
            found,
            expected: layout::in_words(&layout::schema(self.layout)),
        })
    }
}

/// Properties of a new table. Append only: the library itself refuses to remove facts. A log kept for a year keeps the
/// history page and the notes of commits; statistics only for the columns that queries select by.
const PROPERTIES: [(&str, &str); 3] = [
    ("delta.appendOnly", "true"),
    ("delta.logRetentionDuration", "interval 365 days"),
    ("delta.dataSkippingStatsColumns", "day,location,item,import_id"),
];

/// The root as an absolute folder that exists, or a URL as it is.
pub(crate) fn prepare_root(root: &str) -> Result<String, LakeError> {
    let wrong = |reason: String| LakeError::Root { root: root.to_owned(), reason };
    if root.contains("://") {
        return Ok(root.trim_end_matches('/').to_owned());
    }
    if Path::new(root).is_file() {
        return Err(wrong("it is a file".to_owned()));
    }
    std::fs::create_dir_all(root).map_err(|error| wrong(error.to_string()))?;
    let path = std::fs::canonicalize(root).map_err(|error| wrong(error.to_string()))?;
    path.to_str().map(str::to_owned).ok_or_else(|| wrong("its name is not UTF-8".to_owned()))
}
