//! Imports: upload, preview, start, watch; dead letters and tables.

use super::Listing;
use super::extract::{At, Body, Params, identifier};
use super::jobs::JobDocument;
use crate::desks::data::{Desk, tables as all_tables};
use crate::failure::Answer;
use crate::http::upload::take;
use crate::state::App;
use aisle_app::ports::{DataDesk, DeadLetterQuery, DeadLetterView, ImportView, MappingAnswer, Visitor};
use aisle_domain::import::FileReport;
use aisle_domain::{ImportId, Problem, ProblemCode};
use axum::extract::{Multipart, State, multipart::MultipartRejection};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// An import.
#[derive(Serialize, ToSchema)]
pub(crate) struct ImportDocument {
    /// Identifier.
    id: String,
    /// draft, queued, running, succeeded, failed or cancelled.
    state: String,
    /// Names of its files.
    files: Vec<String>,
    /// Size of its files, in bytes.
    bytes: u64,
    /// Who made it.
    created_by: String,
    /// Microseconds since 1970 UTC.
    created_at: i64,
    /// The job that runs it.
    job: Option<JobDocument>,
    /// What became of its rows, file by file: read = taken + duplicate + rejected.
    report: Vec<FileDocument>,
    /// Rows in the dead letters.
    dead_letters: u64,
}

/// What became of a file's rows.
#[derive(Serialize, ToSchema)]
pub(crate) struct FileDocument {
    file: String,
    entity: String,
    read: u64,
    taken: u64,
    duplicate: u64,
    rejected: u64,
    first_day: Option<String>,
    last_day: Option<String>,
    sums: Vec<SumDocument>,
}

/// An exact sum over the rows taken, as a decimal.
#[derive(Serialize, ToSchema)]
pub(crate) struct SumDocument {
    measure: String,
    kind: String,
    rows: u64,
    sum: String,
}

impl From<FileReport> for FileDocument {
    fn from(file: FileReport) -> Self {
        let sum = |sum: aisle_domain::import::MeasureSum| SumDocument {
            measure: sum.measure,
            kind: sum.kind,
            rows: sum.rows,
            sum: sum.sum,
        };
        Self {
            file: file.file,
            entity: file.entity.name().to_owned(),
            read: file.read,
            taken: file.taken,
            duplicate: file.duplicate,
            rejected: file.rejected,
            first_day: file.days.map(|(first, _)| first.to_string()),
            last_day: file.days.map(|(_, last)| last.to_string()),
            sums: file.sums.into_iter().map(sum).collect(),
        }
    }
}

impl From<ImportView> for ImportDocument {
    fn from(view: ImportView) -> Self {
        Self {
            id: view.id.to_string(),
            state: view.state,
            files: view.files,
            bytes: view.bytes,
            created_by: view.created_by,
            created_at: view.created_at,
            job: view.job.map(JobDocument::from),
            report: view.report.into_iter().map(FileDocument::from).collect(),
            dead_letters: view.dead_letters,
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct After {
    /// `next` of the page before.
    after: Option<String>,
}

/// Imports, newest first.
#[utoipa::path(get, path = "/api/v1/imports", tag = "imports", params(After), responses((status = 200, body = Listing<ImportDocument>)))]
pub(crate) async fn list(
    State(app): State<App>,
    Params(query): Params<After>,
) -> Result<Json<Listing<ImportDocument>>, Answer> {
    let page = Desk(app).imports(query.after).await?;
    Ok(Json(Listing { rows: page.rows.into_iter().map(ImportDocument::from).collect(), next: page.next }))
}

/// Files of an upload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form to clients; the fields are read as a stream")]
pub(crate) struct UploadForm {
    /// One or more files: CSV in any dialect or Parquet, plain, .gz, .zst or .zip.
    #[schema(format = Binary)]
    file: Vec<String>,
}

/// Uploads files as the draft of an import.
#[utoipa::path(post, path = "/api/v1/imports", tag = "imports", request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 201, body = ImportDocument, headers(("location" = String, description = "Where the import is")))))]
pub(crate) async fn upload(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Answer> {
    let form = form.map_err(|error| Problem::new(ProblemCode::UnsupportedMediaType, error.body_text()))?;
    let id = take(&app, &visitor, form).await?;
    let view = Desk(app).import(&id).await?;
    let location = [(header::LOCATION, format!("/api/v1/imports/{id}"))];
    Ok((StatusCode::CREATED, location, Json(ImportDocument::from(view))).into_response())
}

fn id(text: &str) -> Result<ImportId, Problem> {
    identifier("import", text, |id| ImportId::new(id))
}

/// One import.
#[utoipa::path(get, path = "/api/v1/imports/{id}", tag = "imports", params(("id" = String, Path, description = "Identifier of the import")),
    responses((status = 200, body = ImportDocument)))]
pub(crate) async fn one(State(app): State<App>, At(import): At<String>) -> Result<Json<ImportDocument>, Answer> {
    Ok(Json(Desk(app).import(&id(&import)?).await?.into()))
}

/// What was guessed of a draft's files: dialect, meanings, profiles, questions.
#[utoipa::path(get, path = "/api/v1/imports/{id}/previews", tag = "imports", params(("id" = String, Path, description = "Identifier of the import")),
    responses((status = 200, body = Vec<Object>)))]
pub(crate) async fn previews(
    State(app): State<App>,
    At(import): At<String>,
) -> Result<Json<serde_json::Value>, Answer> {
    let found = Desk(app).previews(&id(&import)?).await?;
    Ok(Json(serde_json::to_value(found).map_err(|error| crate::failure::internal(&error))?))
}

/// Mappings that settle or correct what was guessed; none where the guesses stand.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StartBody {
    /// By file: `{"file": name, "mapping": as in the previews}`.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    answers: Vec<MappingAnswer>,
}

/// Settles the mappings and queues the import.
#[utoipa::path(post, path = "/api/v1/imports/{id}/start", tag = "imports", params(("id" = String, Path, description = "Identifier of the import")),
    request_body = StartBody, responses((status = 202, body = JobDocument)))]
pub(crate) async fn start(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    At(import): At<String>,
    Body(body): Body<StartBody>,
) -> Result<(StatusCode, Json<JobDocument>), Answer> {
    let job = Desk(app).start_import(&visitor, &id(&import)?, body.answers).await?;
    Ok((StatusCode::ACCEPTED, Json(job.into())))
}

/// A row that was not taken.
#[derive(Serialize, ToSchema)]
pub(crate) struct LetterDocument {
    id: String,
    file: String,
    line: u64,
    column: Option<String>,
    reason: String,
    raw: String,
    state: String,
}

impl From<DeadLetterView> for LetterDocument {
    fn from(letter: DeadLetterView) -> Self {
        let DeadLetterView { id, import: _, file, line, column, reason, raw, state } = letter;
        Self { id, file, line, column, reason, raw, state }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct LetterQuery {
    /// open, mended, replayed or dismissed; open where none is named.
    state: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
}

/// Rows of an import that were not taken, with the reason.
#[utoipa::path(get, path = "/api/v1/imports/{id}/dead-letters", tag = "imports",
    params(("id" = String, Path, description = "Identifier of the import"), LetterQuery), responses((status = 200, body = Listing<LetterDocument>)))]
pub(crate) async fn dead_letters(
    State(app): State<App>,
    At(import): At<String>,
    Params(query): Params<LetterQuery>,
) -> Result<Json<Listing<LetterDocument>>, Answer> {
    let import = id(&import)?;
    let desk = Desk(app);
    desk.import(&import).await?;
    let page =
        desk.dead_letters(DeadLetterQuery { import: Some(import), state: query.state, after: query.after }).await?;
    Ok(Json(Listing { rows: page.rows.into_iter().map(LetterDocument::from).collect(), next: page.next }))
}

/// A table.
#[derive(Serialize, ToSchema)]
pub(crate) struct TableDocument {
    name: String,
    meaning: String,
    version: Option<u64>,
    rows: u64,
    bytes: Option<u64>,
    files: Option<u64>,
}

/// Fact tables and tables of master data.
#[utoipa::path(get, path = "/api/v1/tables", tag = "imports", responses((status = 200, body = Vec<TableDocument>)))]
pub(crate) async fn tables(State(app): State<App>) -> Result<Json<Vec<TableDocument>>, Answer> {
    let found = all_tables(&app).await?;
    let document = |table: aisle_app::ports::TableView| TableDocument {
        name: table.name,
        meaning: table.meaning,
        version: table.version,
        rows: table.rows,
        bytes: table.bytes,
        files: table.files,
    };
    Ok(Json(found.into_iter().map(document).collect()))
}
