//! Imports, dead letters, tables.

use crate::desks::drafts;
use crate::failure;
use crate::jobs::{import, replay};
use crate::state::{Aisle, App};
use aisle_app::ports::{
    Answer, DataDesk, DeadLetterQuery, DeadLetterView, ImportView, MappingAnswer, Page, TableVersion, TableView,
    Visitor,
};
use aisle_domain::facts::{TABLES, Table};
use aisle_domain::import::Preview;
use aisle_domain::job::{JobKind, JobView};
use aisle_domain::{ImportId, Problem, ProblemCode};
use aisle_store::dead_letters::{self, LetterState};
use aisle_store::imports::{self, Import, ImportState};
use aisle_store::{catalogue, jobs};
use serde_json::json;
use std::sync::Arc;

const PAGE: u32 = 50;

/// The data desk needs the program shared: its work outlives the call.
pub(crate) struct Desk(pub(crate) App);

impl std::ops::Deref for Desk {
    type Target = Aisle;
    fn deref(&self) -> &Aisle {
        &self.0
    }
}

/// The state's word.
pub(crate) fn state_word(state: ImportState) -> &'static str {
    match state {
        ImportState::Draft => "draft",
        ImportState::Queued => "queued",
        ImportState::Running => "running",
        ImportState::Succeeded => "succeeded",
        ImportState::Failed => "failed",
        ImportState::Cancelled => "cancelled",
    }
}

/// An import with its files, job, report and dead letters.
pub(crate) async fn view(app: &App, import: Import) -> Answer<ImportView> {
    let store = &app.store;
    let files = imports::files(store, &import.id).await.map_err(failure::store)?;
    let letters = dead_letters::counts(store, Some(&import.id)).await.map_err(failure::store)?;
    let report = match import.report {
        Some(report) => report.files,
        None if import.state == ImportState::Draft => Vec::new(),
        None => self::import::report(app, &import.id).await.map_err(failure::store)?.files,
    };
    Ok(ImportView {
        job: job_of(app, &import.id).await?,
        files: files.iter().map(|file| file.name.clone()).collect(),
        bytes: files.iter().map(|file| file.bytes).sum(),
        state: state_word(import.state).to_owned(),
        created_by: import.created_by,
        created_at: import.created_at,
        id: import.id,
        report,
        dead_letters: letters.open + letters.mended,
    })
}

/// The newest job of an import, among the newest two hundred.
async fn job_of(app: &App, id: &ImportId) -> Answer<Option<JobView>> {
    let newest = jobs::list(&app.store, Some(JobKind::Import), None, None, 200).await.map_err(failure::store)?;
    for job in newest {
        let params = jobs::params(&app.store, &job.id).await.map_err(failure::store)?;
        if serde_json::from_value::<import::Params>(params).is_ok_and(|params| params.import == *id) {
            return Ok(Some(job));
        }
    }
    Ok(None)
}

fn table(name: &str) -> Answer<&'static Table> {
    TABLES.into_iter().find(|table| table.name == name).ok_or_else(|| failure::not_found("fact table", name))
}

#[async_trait::async_trait]
impl DataDesk for Desk {
    async fn imports(&self, after: Option<String>) -> Answer<Page<ImportView>> {
        let before =
            after.map(ImportId::new).transpose().map_err(|error| failure::invalid("after", error.to_string()))?;
        let found = imports::list(&self.store, None, before.as_ref(), PAGE).await.map_err(failure::store)?;
        let next = found.last().filter(|_| found.len() == PAGE as usize).map(|import| import.id.to_string());
        let mut rows = Vec::with_capacity(found.len());
        for import in found {
            rows.push(view(&self.0, import).await?);
        }
        Ok(Page { rows, next })
    }

    async fn import(&self, id: &ImportId) -> Answer<ImportView> {
        let import = imports::get(&self.store, id).await.map_err(failure::store)?;
        view(&self.0, import).await
    }

    async fn previews(&self, id: &ImportId) -> Answer<Vec<Preview>> {
        drafts::previews(&self.0, id).await
    }

    async fn check_mapping(&self, id: &ImportId, answers: Vec<MappingAnswer>) -> Answer<Vec<Preview>> {
        drafts::check(&self.0, id, answers).await
    }

    async fn start_import(&self, by: &Visitor, id: &ImportId, answers: Vec<MappingAnswer>) -> Answer<JobView> {
        drafts::start(&self.0, &by.login, id, answers).await
    }

    async fn discard_import(&self, by: &Visitor, id: &ImportId) -> Answer<()> {
        drafts::discard(&self.0, &by.login, id).await
    }

    async fn dead_letters(&self, query: DeadLetterQuery) -> Answer<Page<DeadLetterView>> {
        let state = match query.state.as_deref() {
            None | Some("") | Some("open") => LetterState::Open,
            Some("mended") => LetterState::Mended,
            Some("replayed") => LetterState::Replayed,
            Some("dismissed") => LetterState::Dismissed,
            Some(other) => {
                return Err(failure::invalid(
                    "state",
                    format!("{other:?}: expected open, mended, replayed or dismissed"),
                ));
            }
        };
        let after = query.after.as_deref().map(Aisle::letter_number).transpose()?;
        let filter = dead_letters::Filter { import: query.import.as_ref(), file: None, state: Some(state) };
        let found = dead_letters::list(&self.store, &filter, after, PAGE).await.map_err(failure::store)?;
        let next = found.last().filter(|_| found.len() == PAGE as usize).map(|letter| letter.id.to_string());
        let rows = found.into_iter().map(letter_view).collect();
        Ok(Page { rows, next })
    }

    async fn replay(&self, by: &Visitor, id: &str, mended: &str) -> Answer<()> {
        if mended.len() > 1_000_000 {
            return Err(Problem::new(ProblemCode::TooLarge, "a mended record is at most 1 MB"));
        }
        replay::replay(&self.0, Aisle::letter_number(id)?, mended).await?;
        self.note(&by.login, "dead_letter.replay", id, json!({})).await
    }

    async fn dismiss(&self, by: &Visitor, id: &str) -> Answer<()> {
        let number = Aisle::letter_number(id)?;
        dead_letters::dismiss(&self.store, number, crate::clock::now()).await.map_err(failure::store)?;
        self.note(&by.login, "dead_letter.dismiss", id, json!({})).await
    }

    async fn tables(&self) -> Answer<Vec<TableView>> {
        tables(&self.0).await
    }

    async fn versions(&self, name: &str) -> Answer<Vec<TableVersion>> {
        let history = self.lake.history(table(name)?, 200).await.map_err(failure::lake)?;
        let word = |operation: &str| match operation {
            "WRITE" => "append".to_owned(),
            "OPTIMIZE" => "compact".to_owned(),
            other => other.to_lowercase(),
        };
        Ok(history
            .into_iter()
            .map(|entry| TableVersion {
                version: entry.version,
                at: entry.at_micros.unwrap_or(0),
                operation: word(&entry.operation),
                import: entry.app_id.map(|id| id.split('/').next().unwrap_or(&id).to_owned()),
                rows: entry.rows,
            })
            .collect())
    }
}

fn letter_view(letter: dead_letters::DeadLetter) -> DeadLetterView {
    let state = match letter.state {
        LetterState::Open => "open",
        LetterState::Mended => "mended",
        LetterState::Replayed => "replayed",
        LetterState::Dismissed => "dismissed",
    };
    DeadLetterView {
        id: letter.id.to_string(),
        import: letter.import_id,
        file: letter.file_name,
        line: letter.line,
        column: letter.column,
        reason: match &letter.outcome {
            Some(outcome) if letter.state == LetterState::Mended => outcome.clone(),
            _ => letter.reason,
        },
        raw: letter.mended.unwrap_or_else(|| String::from_utf8_lossy(&letter.raw).into_owned()),
        state: state.to_owned(),
    }
}

/// Fact tables as they lie, and the tables of master data.
pub(crate) async fn tables(app: &App) -> Answer<Vec<TableView>> {
    let facts = app.lake.tables().await.map_err(failure::lake)?;
    let mut views: Vec<TableView> = facts
        .into_iter()
        .map(|info| TableView {
            name: info.name.to_owned(),
            meaning: info.meaning.to_owned(),
            version: info.version,
            rows: info.rows,
            bytes: Some(info.bytes),
            files: Some(info.files),
            days: info.first_day.zip(info.last_day),
            columns: info
                .columns
                .iter()
                .map(|column| {
                    let kind = format!("{:?}", column.kind).to_lowercase();
                    let kind = if column.nullable { format!("{kind}, may be absent") } else { kind };
                    (column.name.to_owned(), kind, column.meaning.to_owned())
                })
                .collect(),
        })
        .collect();
    let store = &app.store;
    let all = catalogue::Filter::default();
    let master = [
        ("items", "what is sold: names, categories, attributes", catalogue::count_items(store, &all).await),
        ("locations", "where it is sold: names, kinds, attributes", catalogue::count_locations(store, &all).await),
        ("customers", "who buys, by identifier only", catalogue::count_customers(store, None).await),
        ("calendar_events", "holidays and other events by day and place", catalogue::count_events(store).await),
    ];
    for (name, meaning, rows) in master {
        views.push(TableView {
            name: name.to_owned(),
            meaning: meaning.to_owned(),
            version: None,
            rows: rows.map_err(failure::store)?,
            bytes: None,
            files: None,
            days: None,
            columns: Vec::new(),
        });
    }
    Ok(views)
}

/// The desk, as pages get it.
pub(crate) fn desk(app: &App) -> Arc<dyn DataDesk> {
    Arc::new(Desk(app.clone()))
}
