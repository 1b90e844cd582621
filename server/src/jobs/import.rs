//! Reads an import's files into facts and state, each row once, however often the work is interrupted.
//!
//! The order of effects for each group of chunks: (1) the group's tally and dead letters are written as pending, (2) its
//! facts are committed to the lake under (import/file, sequence), (3) its master data is upserted, (4) the group is
//! confirmed. A crash between any two of these is repaired by doing the same group again: the lake recognises commits
//! that it has, upserts repeat without effect, and the pending tally — counted when the facts were new — is kept.

use super::{JobError, Watch};
use crate::clock;
use crate::monitor::{BY, Entry};
use crate::shop;
use crate::state::App;
use aisle_domain::ImportId;
use aisle_domain::facts::{self, Table};
use aisle_domain::import::{Entity, FileReport, ImportReport, Mapping, Rejection};
use aisle_domain::job::JobKind;
use aisle_lake::{Appending, Commit};
use aisle_store::imports::{self, ImportFile, ImportState};
use aisle_store::jobs::Claimed;
use aisle_store::{catalogue, settings};
use aisle_sync::{Chunk, ImportContext, Reader, Seen, StateRows, Tally, dedupe};
use arrow::array::RecordBatch;
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use tokio::sync::mpsc;

/// Chunks that are committed together: fewer, larger files in the lake. Their facts are written as they come, so that
/// memory holds a chunk or two of them and not the group.
const GROUP_CHUNKS: u64 = 8;

/// Parameters of an import job.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Params {
    pub(crate) import: ImportId,
}

/// Runs or resumes an import.
pub(crate) async fn run(app: &App, job: &Claimed, watch: &Watch) -> Result<String, JobError> {
    let params: Params = serde_json::from_value(job.params.clone())
        .map_err(|error| JobError::Hopeless(format!("the job's parameters cannot be read: {error}")))?;
    let id = params.import;
    if imports::get(&app.store, &id).await?.state == ImportState::Succeeded {
        // A worker died between the import's end and the job's: only what follows it is left to do.
        settings::set(&app.store, shop::CATALOGUE_STAMP, &clock::now(), clock::now()).await?;
        follow_up(app, job).await?;
        return Ok(id.to_string());
    }
    imports::set_state(&app.store, &id, ImportState::Running, None, clock::now()).await?;
    let mut files = imports::files(&app.store, &id).await?;
    files.sort_by_key(|file| (file.mapping.as_ref().map(|mapping| rank(mapping.entity)), file.file));
    let bytes: u64 = files.iter().map(|file| file.bytes).sum();
    let mut seen = Some(known_rows(app, &files, watch).await?);
    let mut before = 0;
    for file in &files {
        let position = Position { import: &id, file, before, bytes };
        seen = Some(import_file(app, &position, seen.take().unwrap_or_default(), watch).await?);
        before += file.bytes;
    }
    let report = report(app, &id).await?;
    imports::finish(&app.store, &id, &report, clock::now()).await?;
    settings::set(&app.store, shop::CATALOGUE_STAMP, &clock::now(), clock::now()).await?;
    watch.say(bytes, Some(bytes), "done");
    follow_up(app, job).await?;
    let taken: u64 = report.files.iter().map(|file| file.taken).sum();
    metrics::counter!("aisle_import_rows_total").increment(taken);
    Ok(id.to_string())
}

/// Master data first, so that facts find their items and places.
fn rank(entity: Entity) -> u8 {
    match entity {
        Entity::Items | Entity::Locations | Entity::Customers | Entity::CalendarEvents => 0,
        Entity::Prices | Entity::Promotions | Entity::Features | Entity::StockLevels | Entity::Deliveries => 1,
        Entity::Sales | Entity::Orders => 2,
    }
}

fn table(entity: Entity) -> Option<&'static Table> {
    match entity {
        Entity::Items | Entity::Locations | Entity::Customers | Entity::CalendarEvents => None,
        Entity::Prices => Some(&facts::PRICES),
        Entity::Promotions => Some(&facts::PROMOTIONS),
        Entity::Features => Some(&facts::FEATURES),
        Entity::StockLevels => Some(&facts::STOCK_LEVELS),
        Entity::Deliveries => Some(&facts::DELIVERIES),
        Entity::Sales | Entity::Orders => Some(&facts::SALES),
    }
}

/// Fingerprints of every row that the tables hold which this import adds to.
async fn known_rows(app: &App, files: &[ImportFile], watch: &Watch) -> Result<Seen, JobError> {
    watch.say(0, None, "reading what is there already");
    let mut seen = Seen::new();
    let mut tables: Vec<&'static Table> =
        files.iter().filter_map(|file| file.mapping.as_ref()).filter_map(|mapping| table(mapping.entity)).collect();
    tables.sort_by_key(|table| table.name);
    tables.dedup_by_key(|table| table.name);
    for table in tables {
        load(app, table, &mut seen).await?;
    }
    Ok(seen)
}

/// Adds a table's fingerprints.
pub(super) async fn load(app: &App, table: &'static Table, seen: &mut Seen) -> Result<(), JobError> {
    let mut stream = app.lake.fingerprints(table).await?;
    while let Some(batch) = stream.next().await {
        let batch = batch?;
        let hi: Vec<i64> = batch.iter().map(|print| (print >> 64) as u64 as i64).collect();
        let lo: Vec<i64> = batch.iter().map(|print| *print as u64 as i64).collect();
        seen.insert_batch(&hi, &lo);
    }
    Ok(())
}

struct Position<'a> {
    import: &'a ImportId,
    file: &'a ImportFile,
    /// Bytes of the files before this one, and of all.
    before: u64,
    bytes: u64,
}

/// What the reader hands on.
enum Read {
    /// Facts of the group that is being read.
    Facts(&'static Table, RecordBatch),
    /// The end of a group: everything but its facts, which went before.
    Group(Group),
}

/// What chunks that are committed together add up to, besides their facts.
struct Group {
    last: u64,
    state: Vec<(Entity, StateRows)>,
    rejections: Vec<Rejection>,
    tally: Tally,
    share_done: f64,
}

async fn import_file(app: &App, at: &Position<'_>, seen: Seen, watch: &Watch) -> Result<Seen, JobError> {
    let file = at.file;
    let mapping = file.mapping.clone().ok_or_else(|| JobError::Hopeless(format!("{} has no mapping", file.name)))?;
    let store = &app.store;
    let confirmed = imports::last_confirmed(store, at.import, file.file).await?.map(|chunk| chunk.sequence);
    let pending = imports::pending_chunk(store, at.import).await?.filter(|chunk| chunk.file == file.file);
    let first = confirmed.map_or(0, |sequence| sequence + 1);
    let reading = Reading {
        path: PathBuf::from(&file.path),
        member: member(&file.name),
        context: ImportContext {
            import: at.import.clone(),
            file_index: file.file as i32,
            file_name: file.name.clone(),
        },
        mapping,
        first,
        pending: pending.as_ref().map(|chunk| chunk.sequence),
    };
    let (sender, mut parts) = mpsc::channel(1);
    let stop = watch.clone();
    let reader = tokio::task::spawn_blocking(move || read(reading, seen, &sender, &stop));
    // While a group is committed, the facts of the next are written already; nobody reads them before their own commit.
    let (written, mut groups) = mpsc::channel(1);
    let writing = async {
        let mut facts = Vec::new();
        while let Some(part) = parts.recv().await {
            match part {
                Read::Facts(table, batch) => write(app, &mut facts, table, &batch).await?,
                Read::Group(group) => {
                    for (_, facts) in &mut facts {
                        facts.flush().await?;
                    }
                    if written.send((group, std::mem::take(&mut facts))).await.is_err() {
                        break;
                    }
                }
            }
        }
        drop((written, parts));
        Ok(())
    };
    let committing = async {
        while let Some((group, facts)) = groups.recv().await {
            let done = at.before + (group.share_done * file.bytes as f64) as u64;
            watch.say(done.min(at.bytes), Some(at.bytes), format!("reading {}", file.name));
            commit(app, at, group, facts, pending.as_ref().map(|chunk| chunk.sequence)).await?;
        }
        drop(groups);
        Ok(())
    };
    let (writing, committing): (Result<(), JobError>, Result<(), JobError>) = tokio::join!(writing, committing);
    let read = reader.await.map_err(|error| JobError::Failed(format!("the reader broke off: {error}")))?;
    writing.and(committing)?;
    read
}

struct Reading {
    path: PathBuf,
    member: Option<String>,
    mapping: Mapping,
    context: ImportContext,
    first: u64,
    pending: Option<u64>,
}

/// The member of an archive that a file's name stands for: `archive.zip/member.csv`.
fn member(name: &str) -> Option<String> {
    name.split_once(".zip/").map(|(_, member)| member.to_owned())
}

/// Adds facts to those that their group commits.
async fn write<'a>(
    app: &'a App,
    facts: &mut Vec<(&'static Table, Appending<'a>)>,
    table: &'static Table,
    batch: &RecordBatch,
) -> Result<(), JobError> {
    let begun = facts.iter().position(|(known, _)| known.name == table.name);
    if begun.is_none() {
        facts.push((table, app.lake.begin(table).await?));
    }
    let at = begun.unwrap_or(facts.len() - 1);
    Ok(facts[at].1.write(batch).await?)
}

fn read(reading: Reading, mut seen: Seen, parts: &mpsc::Sender<Read>, watch: &Watch) -> Result<Seen, JobError> {
    let Reading { path, member, mapping, context, first, pending } = reading;
    // A file that cannot be read now will not be readable at the next attempt either.
    let hopeless = |error: aisle_sync::SyncError| JobError::Hopeless(error.to_string());
    let mut reader = Reader::open(&path, member.as_deref(), &mapping, &context).map_err(hopeless)?;
    if first > 0 {
        reader.skip_to(first).map_err(hopeless)?;
    }
    let fresh = || Group {
        last: 0,
        state: Vec::new(),
        rejections: Vec::new(),
        tally: Tally::new(&context.file_name, mapping.entity, mapping.currency),
        share_done: 0.0,
    };
    let (mut group, mut held) = (fresh(), 0);
    for chunk in reader {
        watch.check()?;
        let chunk = dedupe(chunk.map_err(hopeless)?, &mut seen).map_err(hopeless)?;
        let sequence = chunk.sequence;
        for (table, batch) in group.take(chunk) {
            if parts.blocking_send(Read::Facts(table, batch)).is_err() {
                return Err(JobError::Stopped);
            }
        }
        held += 1;
        // A group that was pending when the work broke off is made up of the same chunks again.
        let full = match pending {
            Some(pending) if sequence <= pending => sequence == pending,
            _ => held == GROUP_CHUNKS,
        };
        if full {
            let whole = std::mem::replace(&mut group, fresh());
            held = 0;
            if parts.blocking_send(Read::Group(whole)).is_err() {
                return Err(JobError::Stopped);
            }
        }
    }
    if held > 0 && parts.blocking_send(Read::Group(group)).is_err() {
        return Err(JobError::Stopped);
    }
    Ok(seen)
}

impl Group {
    /// Takes a chunk in and gives back its facts.
    fn take(&mut self, chunk: Chunk) -> Vec<(&'static Table, RecordBatch)> {
        self.tally.add(&chunk);
        self.last = chunk.sequence;
        self.share_done = if chunk.bytes_total > 0 { chunk.bytes_done as f64 / chunk.bytes_total as f64 } else { 1.0 };
        self.state.push((chunk.entity, chunk.state));
        self.rejections.extend(chunk.rejections);
        chunk.facts
    }
}

async fn commit(
    app: &App,
    at: &Position<'_>,
    group: Group,
    facts: Vec<(&'static Table, Appending<'_>)>,
    pending: Option<u64>,
) -> Result<(), JobError> {
    let (store, file, now) = (&app.store, at.file.file, clock::now());
    if pending != Some(group.last) {
        let tally = serde_json::to_value(&group.tally).map_err(|error| JobError::Failed(error.to_string()))?;
        imports::begin_chunk(store, at.import, file, group.last, &tally, &group.rejections, now).await?;
    }
    let sequence = i64::try_from(group.last).map_err(|error| JobError::Hopeless(error.to_string()))?;
    for (_, facts) in facts {
        let commit = Commit { app_id: format!("{}/{file}", at.import), sequence, note: serde_json::Value::Null };
        facts.commit(&commit).await?;
    }
    for (entity, state) in group.state {
        keep(app, entity, &state).await?;
    }
    imports::confirm_chunk(store, at.import, file, group.last, clock::now()).await?;
    Ok(())
}

/// Master data: a file of items says what items are; a file of sales only says that they exist.
pub(super) async fn keep(app: &App, entity: Entity, state: &StateRows) -> Result<(), JobError> {
    let (store, now) = (&app.store, clock::now());
    if !state.items.is_empty() {
        if entity == Entity::Items {
            catalogue::upsert_items(store, &state.items, now).await?;
        } else {
            catalogue::ensure_items(store, &state.items, now).await?;
        }
    }
    if !state.locations.is_empty() {
        if entity == Entity::Locations {
            catalogue::upsert_locations(store, &state.locations, now).await?;
        } else {
            catalogue::ensure_locations(store, &state.locations, now).await?;
        }
    }
    if !state.customers.is_empty() {
        if entity == Entity::Customers {
            catalogue::upsert_customers(store, &state.customers, now).await?;
        } else {
            catalogue::ensure_customers(store, &state.customers, now).await?;
        }
    }
    if !state.events.is_empty() {
        catalogue::upsert_events(store, &state.events).await?;
    }
    Ok(())
}

/// What became of the rows so far, file by file.
pub(crate) async fn report(app: &App, id: &ImportId) -> Result<ImportReport, aisle_store::StoreError> {
    let files = imports::files(&app.store, id).await?;
    let chunks = imports::confirmed_chunks(&app.store, id).await?;
    let mut reports: Vec<FileReport> = Vec::with_capacity(files.len());
    for file in &files {
        let Some(mapping) = &file.mapping else { continue };
        let mut tally = Tally::new(&file.name, mapping.entity, mapping.currency);
        for chunk in chunks.iter().filter(|chunk| chunk.file == file.file) {
            match serde_json::from_value::<Tally>(chunk.tally.clone()) {
                Ok(part) => tally.merge(&part),
                Err(error) => tracing::error!(%error, import = id.as_str(), "a chunk's tally cannot be read"),
            }
        }
        reports.push(tally.report());
    }
    Ok(ImportReport { import: id.clone(), files: reports })
}

async fn follow_up(app: &App, job: &Claimed) -> Result<(), JobError> {
    let kept = shop::settings(&app.store).await?;
    let tables = app.lake.tables().await?;
    let scattered = tables.iter().any(|table| table.files > 200);
    if scattered {
        app.enqueue(&job.created_by, JobKind::Compact, serde_json::json!({}), Some("compact")).await?;
    }
    let has_sales = tables.iter().any(|table| table.name == facts::SALES.name && table.rows > 0);
    if kept.train_after_import && has_sales {
        let reason = "An import brought new sales, and the settings say to train after each.";
        let params = serde_json::json!({ "cause": "import", "reason": reason });
        let training = app.enqueue(&job.created_by, JobKind::Train, params, Some("train")).await?;
        let entry = Entry {
            cause: "import",
            action: "retrain",
            reason,
            figures: serde_json::json!({}),
            data_version: &app.lake.data_version().await?,
            job: Some(&training.id),
            by: BY,
            ..Entry::default()
        };
        app.decided(&entry).await?;
    }
    Ok(())
}

/// Notes on the import that its job was cancelled.
pub(super) async fn cancelled(app: &App, job: &Claimed) {
    set_state(app, job, ImportState::Cancelled, None).await;
}

/// Notes on the import that its job was given up.
pub(super) async fn failed(app: &App, job: &Claimed, error: &str) {
    set_state(app, job, ImportState::Failed, Some(error)).await;
}

async fn set_state(app: &App, job: &Claimed, state: ImportState, error: Option<&str>) {
    if job.kind != JobKind::Import {
        return;
    }
    let Ok(params) = serde_json::from_value::<Params>(job.params.clone()) else { return };
    if let Err(error) = imports::set_state(&app.store, &params.import, state, error, clock::now()).await {
        tracing::error!(%error, import = params.import.as_str(), "the import's state could not be written down");
    }
}
