//! Forecasts of single series and of the whole shop, also under a scenario.

use super::extract::{At, Params};
use super::sales::{key, measure};
use crate::board::{Live, no_sheet};
use crate::failure::{self, Answer};
use crate::state::App;
use aisle_domain::{Day, Problem, ProblemCode};
use aisle_engine::{Components, Interval, Scenario, score, score_totals, verify};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// Lower and upper bounds by period, in major units.
#[derive(Serialize, ToSchema)]
pub(crate) struct Bounds {
    lower: Vec<f64>,
    upper: Vec<f64>,
}

impl From<Interval> for Bounds {
    fn from(interval: Interval) -> Self {
        Self { lower: interval.lower, upper: interval.upper }
    }
}

/// A forecast; every list has one value a period, in major units.
#[derive(Serialize, ToSchema)]
pub(crate) struct ForecastView {
    /// Series that it sums.
    series: u64,
    /// Model, where it is of one series.
    model: Option<String>,
    /// Last days of the periods, YYYY-MM-DD.
    periods: Vec<String>,
    /// Expected sales.
    mean: Vec<f64>,
    /// Holds the value in 80 of 100 cases.
    interval80: Bounds,
    /// Holds the value in 95 of 100 cases.
    interval95: Bounds,
    /// Additive parts of the mean: base, trend, season, holiday, promotion, other, growth.
    components: BTreeMap<String, Vec<f64>>,
    /// Hash of the artefact.
    artefact: String,
    /// Version of the data that it was trained on.
    data_version: String,
    /// Hash of all that the forecast depends on, where it is of one series.
    input_hash: Option<String>,
    /// Hash of its bits, where it is of one series: equal hashes anywhere mean equal numbers.
    result_hash: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ForecastQuery {
    /// revenue or quantity; the shop's first where none is named.
    measure: Option<String>,
    /// What-if as in the pages' links, percent-encoded as one value: `growth=1.05&markdown=0.5`.
    scenario: Option<String>,
}

fn parts(components: &Components) -> BTreeMap<String, Vec<f64>> {
    components.named().iter().map(|(name, values)| ((*name).to_owned(), values.to_vec())).collect()
}

fn scenario(text: Option<&str>) -> Result<Scenario, Problem> {
    let wrong = |error: aisle_engine::EngineError| failure::invalid("scenario", error.to_string());
    let scenario = Scenario::from_query(text.unwrap_or_default()).map_err(wrong)?;
    scenario.check().map_err(wrong)?;
    Ok(scenario)
}

fn untrained() -> Problem {
    Problem::new(ProblemCode::NotFound, "nothing was trained yet; POST {\"kind\":\"train\"} to /api/v1/jobs")
}

fn view(
    live: &Live,
    series: u64,
    model: Option<String>,
    periods: &[Day],
    mean: Vec<f64>,
    intervals: [Interval; 2],
    components: &Components,
) -> ForecastView {
    let [interval80, interval95] = intervals;
    ForecastView {
        series,
        model,
        periods: periods.iter().map(Day::to_string).collect(),
        mean,
        interval80: interval80.into(),
        interval95: interval95.into(),
        components: parts(components),
        artefact: live.registered.hash.clone(),
        data_version: live.registered.data_version.clone(),
        input_hash: None,
        result_hash: None,
    }
}

/// Forecast of the whole shop.
#[utoipa::path(get, path = "/api/v1/forecasts", tag = "forecasts", params(ForecastQuery), responses((status = 200, body = ForecastView)))]
pub(crate) async fn totals(
    State(app): State<App>,
    Params(query): Params<ForecastQuery>,
) -> Result<Json<ForecastView>, Answer> {
    let scenario = scenario(query.scenario.as_deref())?;
    let asked = measure(query.measure.as_deref())?;
    let board = app.board().await?;
    let (_, sheet) = board.sheet(asked).ok_or_else(|| no_sheet(asked))?;
    let live = sheet.live.as_ref().ok_or_else(untrained)?;
    let found = score_totals(&live.artefact, None, &scenario)
        .map_err(|error| failure::invalid("scenario", error.to_string()))?;
    let intervals = [found.interval80, found.interval95];
    Ok(Json(view(live, found.series as u64, None, &found.periods, found.mean, intervals, &found.components)))
}

/// Forecast of one series.
#[utoipa::path(get, path = "/api/v1/forecasts/{location}/{item}", tag = "forecasts",
    params(("location" = String, Path, description = "Identifier of the location"), ("item" = String, Path, description = "Identifier of the item"), ForecastQuery),
    responses((status = 200, body = ForecastView)))]
pub(crate) async fn one(
    State(app): State<App>,
    At((location, item)): At<(String, String)>,
    Params(query): Params<ForecastQuery>,
) -> Result<Json<ForecastView>, Answer> {
    let (key, scenario) = (key(&location, &item)?, scenario(query.scenario.as_deref())?);
    let asked = measure(query.measure.as_deref())?;
    let board = app.board().await?;
    let (_, sheet) = board.sheet(asked).ok_or_else(|| no_sheet(asked))?;
    let live = sheet.live.as_ref().ok_or_else(untrained)?;
    let index =
        live.artefact.find(&key).ok_or_else(|| failure::not_found("forecast of the series", &key.to_string()))?;
    let wrong = |error: aisle_engine::EngineError| failure::invalid("scenario", error.to_string());
    let found = score(&live.artefact, index, &scenario).map_err(wrong)?;
    let proof = verify(&live.artefact, index, &scenario).map_err(wrong)?;
    let intervals = [found.interval80, found.interval95];
    let model = Some(found.model.name().to_owned());
    let view = view(live, 1, model, &found.periods, found.mean, intervals, &found.components);
    Ok(Json(ForecastView { input_hash: Some(proof.input_hash), result_hash: Some(proof.result_hash), ..view }))
}
