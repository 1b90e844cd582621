//! Forecasts of single series and of the whole shop, also under a scenario.

use super::extract::{At, Params};
use super::sales::{key, measure};
use crate::board::{Live, no_sheet, sentence, why};
use crate::failure::{self, Answer};
use crate::state::App;
use aisle_app::ui::Unit;
use aisle_domain::{Day, Problem, ProblemCode};
use aisle_engine::why::{Influence, Why};
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
    /// Why, where it is of one series: for the next period, for those that planners look ahead, and for all.
    why: Vec<WhyDocument>,
    /// Hash of all that the forecast depends on, where it is of one series.
    input_hash: Option<String>,
    /// Hash of its bits, where it is of one series: equal hashes anywhere mean equal numbers.
    result_hash: Option<String>,
}

/// Why the forecast of a span of periods is what it is. Amounts are in major units.
#[derive(Serialize, ToSchema)]
pub(crate) struct WhyDocument {
    /// The whole as a sentence.
    sentence: String,
    /// Last day of the span's first period, YYYY-MM-DD.
    first: String,
    /// Last day of its last period, YYYY-MM-DD.
    last: String,
    /// The forecast of the span.
    total: f64,
    /// Sales of the same periods a year before, where all of them are known.
    year_before: Option<f64>,
    /// Change on them, as a share.
    change: Option<f64>,
    /// What the total is the sum of: the level first, then the others, greatest first.
    parts: Vec<PartDocument>,
}

/// A part of a forecast.
#[derive(Serialize, ToSchema)]
pub(crate) struct PartDocument {
    /// level, trend, season, event, promotion, driver, growth.
    kind: &'static str,
    /// The event, promotion or driver; the kind's own word for the others.
    name: String,
    /// How much it adds.
    amount: f64,
    /// The same as a share of the level, where that can be compared with.
    share: Option<f64>,
}

impl WhyDocument {
    fn of(why: Why, unit: Unit) -> Self {
        let kind = |influence: &Influence| match influence {
            Influence::Level => "level",
            Influence::Trend => "trend",
            Influence::Season => "season",
            Influence::Event(_) => "event",
            Influence::Promotion(_) => "promotion",
            Influence::Driver(_) => "driver",
            Influence::Growth => "growth",
        };
        Self {
            sentence: sentence(&why, unit),
            first: why.ends.0.to_string(),
            last: why.ends.1.to_string(),
            total: why.total,
            year_before: why.year_before,
            change: why.change(),
            parts: why
                .parts
                .iter()
                .map(|part| PartDocument {
                    kind: kind(&part.influence),
                    name: part.influence.label().to_owned(),
                    amount: part.amount,
                    share: part.share,
                })
                .collect(),
        }
    }
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
        why: Vec::new(),
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
    let (measure, sheet) = board.sheet(asked).ok_or_else(|| no_sheet(asked))?;
    let live = sheet.live.as_ref().ok_or_else(untrained)?;
    let index =
        live.artefact.find(&key).ok_or_else(|| failure::not_found("forecast of the series", &key.to_string()))?;
    let wrong = |error: aisle_engine::EngineError| failure::invalid("scenario", error.to_string());
    let found = score(&live.artefact, index, &scenario).map_err(wrong)?;
    let proof = verify(&live.artefact, index, &scenario).map_err(wrong)?;
    let unit = Unit::of(measure, board.shop.currency);
    let mut spans = vec![1, board.shop.granularity.recent(), found.mean.len()];
    spans.retain(|periods| *periods <= found.mean.len());
    spans.dedup();
    let mut reasons = Vec::with_capacity(spans.len());
    for periods in spans {
        reasons.extend(why(sheet, &key, &scenario, 0..periods).map_err(wrong)?.map(|why| WhyDocument::of(why, unit)));
    }
    let intervals = [found.interval80, found.interval95];
    let model = Some(found.model.name().to_owned());
    let view = view(live, 1, model, &found.periods, found.mean, intervals, &found.components);
    Ok(Json(ForecastView {
        why: reasons,
        input_hash: Some(proof.input_hash),
        result_hash: Some(proof.result_hash),
        ..view
    }))
}
