//! Whether the live forecasts still hold.

use super::extract::Params;
use super::sales::measure;
use crate::failure::Answer;
use crate::monitor;
use crate::state::App;
use aisle_engine::monitoring::Thresholds;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What has come since training, beside what was forecast, for one part of the shop.
#[derive(Serialize, ToSchema)]
pub(crate) struct WatchedDocument {
    /// total or location.
    level: String,
    /// The location; empty for the total.
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
    /// degraded, biased, miscalibrated, drifted: what is beyond its threshold once four periods have come.
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
    let parts = monitor::watched(sheet, &Thresholds::default()).into_iter().map(|part| WatchedDocument {
        level: part.level.to_owned(),
        name: part.name,
        points: part.watched.points,
        periods: part.watched.periods,
        wape: part.watched.wape,
        promised: part.watched.promised,
        coverage80: part.watched.coverage80,
        tracking_signal: part.watched.tracking_signal,
        stability: part.watched.stability,
        concerns: part.concerns.iter().map(word).collect(),
    });
    Ok(Json(MonitoringDocument {
        measure: measure.name().to_owned(),
        model: live.map(|live| live.registered.hash.clone()),
        trained_through: live.map(|live| live.artefact.header().trained_through.to_string()),
        parts: parts.collect(),
    }))
}
