//! Whether the live forecasts still hold.

use super::Listing;
use super::extract::{Body, Params, limit};
use super::sales::measure;
use crate::failure::{self, Answer};
use crate::monitor;
use crate::state::App;
use aisle_app::ports::{MonitoringDesk, Visitor};
use aisle_domain::Measure;
use aisle_store::decisions;
use axum::extract::State;
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What has come since training, beside what was forecast, for one part of the shop.
#[derive(Serialize, ToSchema)]
pub(crate) struct WatchedDocument {
    /// total, category or location.
    level: String,
    /// The category or location; empty for the total.
    name: String,
    /// Values that have come.
    points: u64,
    /// Periods that they lie in.
    periods: u32,
    /// Sum of absolute errors over sum of absolute values.
    wape: f64,
    /// The same as the backtest promised.
    promised: Option<f64>,
    /// Share of values within the 80 % interval.
    coverage80: Option<f64>,
    /// Sum of errors over their mean absolute value; beyond 4 either way the forecast is biased.
    tracking_signal: Option<f64>,
    /// Population stability index of sales relative to their level; above 0.25 they have shifted.
    stability: Option<f64>,
    /// What that index reaches by chance alone in 5 of 100 cases.
    chance: f64,
    /// degraded, biased, miscalibrated, drifted: what is beyond its threshold once enough periods have come.
    concerns: Vec<String>,
}

/// How the live forecast of a measure holds.
#[derive(Serialize, ToSchema)]
pub(crate) struct MonitoringDocument {
    /// revenue or quantity.
    measure: String,
    /// Hash of the live model; none where nothing was trained.
    model: Option<String>,
    /// Last day that it was fitted on, YYYY-MM-DD.
    trained_through: Option<String>,
    /// The parts, the total first; empty where no whole period has come since.
    parts: Vec<WatchedDocument>,
    /// What comes in beside sales.
    inputs: Vec<InputDocument>,
    /// When models are trained again and made live: schedule, thresholds, margin.
    #[schema(value_type = Object)]
    policy: serde_json::Value,
    /// When the schedule is due next, in microseconds since 1970 UTC.
    next_run: Option<i64>,
}

/// An input since training, beside the same season before.
#[derive(Serialize, ToSchema)]
pub(crate) struct InputDocument {
    /// Its name.
    name: String,
    /// Values since training.
    points: u64,
    /// Population stability index.
    stability: Option<f64>,
    /// What that index reaches by chance alone in 5 of 100 cases.
    chance: f64,
    /// Whether it is beyond its threshold and beyond chance.
    drifted: bool,
}

/// A decision of monitoring.
#[derive(Serialize, ToSchema)]
pub(crate) struct DecisionDocument {
    /// Identifier.
    id: String,
    /// When, in microseconds since 1970 UTC.
    at: i64,
    /// revenue or quantity; empty where it is about all.
    measure: String,
    /// import, timer, schedule, training or person.
    cause: String,
    /// nothing, retrain, promoted, kept, waiting, made_live or rolled_back.
    action: String,
    /// Why, as a sentence.
    reason: String,
    /// What it rests on.
    #[schema(value_type = Object)]
    figures: serde_json::Value,
    /// Version of the data.
    data_version: String,
    /// The model that it is about.
    model: Option<String>,
    /// The job that it queued, or that led to it.
    job: Option<String>,
    /// Who decided.
    by: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecisionQuery {
    /// revenue or quantity; both where none is named.
    measure: Option<String>,
    /// Whether those to do nothing are left out.
    #[serde(default)]
    acted: bool,
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows in a page, 1 to 1000.
    limit: Option<u32>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct MonitoringQuery {
    /// revenue or quantity; the shop's first where none is named.
    measure: Option<String>,
}

/// Whether the live forecast still holds: error, bias, coverage and drift since it was trained.
#[utoipa::path(get, path = "/api/v1/monitoring", tag = "forecasts", params(MonitoringQuery),
    responses((status = 200, body = MonitoringDocument)))]
pub(crate) async fn monitoring(
    State(app): State<App>,
    Params(query): Params<MonitoringQuery>,
) -> Result<Json<MonitoringDocument>, Answer> {
    let asked = measure(query.measure.as_deref())?;
    let board = app.board().await?;
    let Some((measure, sheet)) = board.sheet(asked) else { return Err(Answer(crate::board::no_sheet(asked))) };
    let live = sheet.live.as_ref();
    let word = |concern: &aisle_engine::monitoring::Concern| {
        serde_json::to_value(concern).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
    };
    let view = app.monitoring(measure).await?;
    let inputs = view.inputs.iter().map(|input| InputDocument {
        name: input.name.clone(),
        points: input.points,
        stability: input.stability,
        chance: input.chance,
        drifted: input.drifted(&view.policy.thresholds),
    });
    let parts = monitor::watched(sheet, &view.policy.thresholds).into_iter().map(|part| WatchedDocument {
        level: part.level.to_owned(),
        name: part.name,
        points: part.watched.points,
        periods: part.watched.periods,
        wape: part.watched.wape,
        promised: part.watched.promised,
        coverage80: part.watched.coverage80,
        tracking_signal: part.watched.tracking_signal,
        stability: part.watched.stability,
        chance: part.watched.chance,
        concerns: part.concerns.iter().map(word).collect(),
    });
    Ok(Json(MonitoringDocument {
        measure: measure.name().to_owned(),
        model: live.map(|live| live.registered.hash.clone()),
        trained_through: live.map(|live| live.artefact.header().trained_through.to_string()),
        parts: parts.collect(),
        inputs: inputs.collect(),
        policy: serde_json::to_value(&view.policy).unwrap_or_default(),
        next_run: view.next_run,
    }))
}

/// What monitoring decided, newest first, with its figures and reason.
#[utoipa::path(get, path = "/api/v1/monitoring/decisions", tag = "forecasts", params(DecisionQuery),
    responses((status = 200, body = Listing<DecisionDocument>)))]
pub(crate) async fn decisions(
    State(app): State<App>,
    Params(query): Params<DecisionQuery>,
) -> Result<Json<Listing<DecisionDocument>>, Answer> {
    let (limit, measure) = (limit(query.limit)?, measure(query.measure.as_deref())?);
    let name = measure.map(Measure::name);
    let found = decisions::list(&app.store, name, query.acted, query.after.as_deref(), limit).await;
    let rows = found.map_err(failure::store)?.into_iter().map(|decision| DecisionDocument {
        id: decision.id,
        at: decision.at,
        measure: decision.measure,
        cause: decision.cause,
        action: decision.action,
        reason: decision.reason,
        figures: decision.figures,
        data_version: decision.data_version,
        model: decision.artefact_id.map(|id| id.to_string()),
        job: decision.job_id.map(|id| id.to_string()),
        by: decision.decided_by,
    });
    Ok(Json(Listing::new(rows.collect(), limit, |row: &DecisionDocument| row.id.clone())))
}

/// Which forecasts, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RollBack {
    /// revenue or quantity.
    measure: String,
    /// 1 to 500 characters, kept with the decision.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// The model that is live again.
#[derive(Serialize, ToSchema)]
pub(crate) struct RolledBack {
    /// Its identifier.
    model: String,
}

/// Makes the model live again that was live before the one that is.
#[utoipa::path(post, path = "/api/v1/monitoring/rollback", tag = "forecasts", request_body = RollBack,
    responses((status = 200, body = RolledBack)))]
pub(crate) async fn roll_back(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    Body(body): Body<RollBack>,
) -> Result<Json<RolledBack>, Answer> {
    let missing = || failure::invalid("measure", "name revenue or quantity");
    let measure = measure(Some(&body.measure))?.ok_or_else(missing)?;
    let model = app.roll_back(measure, &visitor.login, &body.reason).await?;
    Ok(Json(RolledBack { model: model.to_string() }))
}
