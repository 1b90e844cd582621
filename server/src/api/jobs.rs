//! Jobs, and the health of the program.

use super::Listing;
use super::extract::{At, Body, Params, identifier};
use crate::failure::{self, Answer};
use crate::state::App;
use aisle_app::ports::{JobDesk, Visitor};
use aisle_domain::job::{JobKind, JobState, JobView};
use aisle_domain::{JobId, Problem};
use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A job.
#[derive(Serialize, ToSchema)]
pub(crate) struct JobDocument {
    id: String,
    /// import, train, compact or backtest.
    kind: String,
    /// queued, running, succeeded, failed or cancelled.
    state: String,
    /// Units done: bytes, series, tables.
    done: u64,
    /// Units in all, where known.
    total: Option<u64>,
    /// What is being done now.
    note: String,
    attempts: u32,
    /// Why the last attempt failed.
    error: Option<String>,
    created_by: String,
    /// Microseconds since 1970 UTC.
    created_at: i64,
    started_at: Option<i64>,
    finished_at: Option<i64>,
    /// What it made.
    result: Option<String>,
}

impl From<JobView> for JobDocument {
    fn from(job: JobView) -> Self {
        Self {
            id: job.id.to_string(),
            kind: job.kind.name().to_owned(),
            state: job.state.name().to_owned(),
            done: job.progress.done,
            total: job.progress.total,
            note: job.progress.note,
            attempts: job.attempts,
            error: job.error,
            created_by: job.created_by,
            created_at: job.created_at,
            started_at: job.started_at,
            finished_at: job.finished_at,
            result: job.result,
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct JobQuery {
    /// import, train, compact or backtest.
    kind: Option<String>,
    /// queued, running, succeeded, failed or cancelled.
    state: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
}

fn kind(word: &str) -> Result<JobKind, Problem> {
    JobKind::parse(word).ok_or_else(|| {
        failure::invalid("kind", format!("{word:?} is not a kind of job; expected import, train, compact or backtest"))
    })
}

/// Jobs, newest first.
#[utoipa::path(get, path = "/api/v1/jobs", tag = "jobs", params(JobQuery), responses((status = 200, body = Listing<JobDocument>)))]
pub(crate) async fn jobs(
    State(app): State<App>,
    Params(query): Params<JobQuery>,
) -> Result<Json<Listing<JobDocument>>, Answer> {
    let of_kind = query.kind.as_deref().map(kind).transpose()?;
    let state = query.state.map(|word| {
        JobState::parse(&word).ok_or_else(|| failure::invalid("state", format!("{word:?} is not a state of a job")))
    });
    let page = JobDesk::jobs(app.as_ref(), of_kind, state.transpose()?, query.after).await?;
    Ok(Json(Listing { rows: page.rows.into_iter().map(JobDocument::from).collect(), next: page.next }))
}

/// What to start.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StartJob {
    /// train, compact or backtest (with its defaults); an import is started by its own route.
    #[schema(pattern = "^(train|compact|backtest)$")]
    kind: String,
}

/// Starts a training or compaction; one that waits already is answered instead.
#[utoipa::path(post, path = "/api/v1/jobs", tag = "jobs", request_body = StartJob, responses((status = 202, body = JobDocument)))]
pub(crate) async fn start(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    Body(body): Body<StartJob>,
) -> Result<(StatusCode, Json<JobDocument>), Answer> {
    let job = JobDesk::start(app.as_ref(), &visitor, kind(&body.kind)?).await?;
    Ok((StatusCode::ACCEPTED, Json(job.into())))
}

/// One job.
#[utoipa::path(get, path = "/api/v1/jobs/{id}", tag = "jobs", params(("id" = String, Path, description = "Identifier of the job")),
    responses((status = 200, body = JobDocument)))]
pub(crate) async fn job(State(app): State<App>, At(id): At<String>) -> Result<Json<JobDocument>, Answer> {
    let id = identifier("job", &id, |id| JobId::new(id))?;
    Ok(Json(JobDesk::job(app.as_ref(), &id).await?.into()))
}

/// Asks a job to stop.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/cancel", tag = "jobs", params(("id" = String, Path, description = "Identifier of the job")),
    responses((status = 202, body = JobDocument)))]
pub(crate) async fn cancel(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    At(id): At<String>,
) -> Result<(StatusCode, Json<JobDocument>), Answer> {
    let id = identifier("job", &id, |id| JobId::new(id))?;
    JobDesk::cancel(app.as_ref(), &visitor, &id).await?;
    Ok((StatusCode::ACCEPTED, Json(JobDesk::job(app.as_ref(), &id).await?.into())))
}

/// Health.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// Always ok: an answer that is not 200 says the rest.
    status: String,
    /// Version of the program.
    version: String,
}

/// Whether the program answers and its database does.
#[utoipa::path(get, path = "/api/v1/health", tag = "health", security(()), responses((status = 200, body = Health)))]
pub(crate) async fn health(State(app): State<App>) -> Result<Json<Health>, Answer> {
    let asleep = |_| Problem::new(aisle_domain::ProblemCode::Unavailable, "the database does not answer");
    app.store.ping().await.map_err(asleep)?;
    Ok(Json(Health { status: "ok".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }))
}
