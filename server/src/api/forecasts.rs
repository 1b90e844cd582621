//! Forecasts of single series and of the whole shop, also under a scenario.

use super::extract::{At, Params, limit};
use super::sales::{key, measure};
use crate::board::overridden::{Expectation, expectation, identifiers, moved};
use crate::board::{Board, Live, Sheet, levels, no_sheet, sentence, why};
use crate::failure::{self, Answer};
use crate::state::App;
use aisle_app::ports::levels::Level;
use aisle_app::ui::Unit;
use aisle_domain::{Day, Problem, ProblemCode};
use aisle_engine::overrides::carried;
use aisle_engine::why::{Influence, Why};
use aisle_engine::{Components, Interval, Scenario, Totals, score, verify};
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
    /// Expected sales, planners' overrides included.
    mean: Vec<f64>,
    /// What the model says by itself.
    model_mean: Vec<f64>,
    /// Identifiers of the overrides in the mean, oldest first.
    overrides: Vec<String>,
    /// Holds the value in 80 of 100 cases.
    interval80: Bounds,
    /// Holds the value in 95 of 100 cases.
    interval95: Bounds,
    /// Additive parts of the mean: base, trend, season, holiday, promotion, other, growth; and override, where there is one.
    components: BTreeMap<String, Vec<f64>>,
    /// Hash of the artefact.
    artefact: String,
    /// Version of the data that it was trained on.
    data_version: String,
    /// Why, where it is of one series: for the next period, for those that planners look ahead, and for all.
    why: Vec<WhyDocument>,
    /// Hash of all that the model's forecast depends on, where it is of one series.
    input_hash: Option<String>,
    /// Hash of its bits, where it is of one series: equal hashes anywhere mean equal numbers.
    result_hash: Option<String>,
    /// The level of the parts, where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<String>,
    /// The parts of the level by label; over all pages they add up to this forecast.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<PartForecast>,
    /// Pass it as `after` for further parts; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
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

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct TotalsQuery {
    /// revenue or quantity; the shop's first where none is named.
    measure: Option<String>,
    /// What-if as in the pages' links, percent-encoded as one value: `growth=1.05&markdown=0.5`.
    scenario: Option<String>,
    /// Also the forecasts of a level's parts, which add up to the whole: total, region, location, category or item.
    level: Option<String>,
    /// `next` of the page before, for levels.
    after: Option<String>,
    /// Parts in a page, 1 to 1,000; default 100.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// The forecast of a part of the shop; every list has one value a period of the whole's.
#[derive(Serialize, ToSchema)]
pub(crate) struct PartForecast {
    /// Its identifier at the level; empty for the whole shop and for series that have none.
    label: String,
    /// Its name.
    name: String,
    /// Series that it sums.
    series: u64,
    /// Expected sales, planners' overrides included.
    mean: Vec<f64>,
    /// What the model says by itself.
    model_mean: Vec<f64>,
    /// Holds the value in 80 of 100 cases.
    interval80: Bounds,
    /// Holds the value in 95 of 100 cases.
    interval95: Bounds,
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

/// The forecast of a sum as documents say it.
fn view(live: &Live, model: Option<String>, found: Expectation, overrides: Vec<String>) -> ForecastView {
    let Expectation { totals, model: own } = found;
    let mut components = parts(&totals.components);
    if let Some(own) = &own {
        let change = totals.mean.iter().zip(own).map(|(mean, own)| mean - own);
        components.insert("override".to_owned(), change.collect());
    }
    ForecastView {
        series: totals.series as u64,
        model,
        periods: totals.periods.iter().map(Day::to_string).collect(),
        model_mean: own.unwrap_or_else(|| totals.mean.clone()),
        mean: totals.mean,
        overrides,
        interval80: totals.interval80.into(),
        interval95: totals.interval95.into(),
        components,
        artefact: live.registered.hash.clone(),
        data_version: live.registered.data_version.clone(),
        why: Vec::new(),
        input_hash: None,
        result_hash: None,
        level: None,
        parts: Vec::new(),
        next: None,
    }
}

/// Forecast of the whole shop, and of the parts of a level where one is named.
#[utoipa::path(get, path = "/api/v1/forecasts", tag = "forecasts", params(TotalsQuery), responses((status = 200, body = ForecastView)))]
pub(crate) async fn totals(
    State(app): State<App>,
    Params(query): Params<TotalsQuery>,
) -> Result<Json<ForecastView>, Answer> {
    let scenario = scenario(query.scenario.as_deref())?;
    let (asked, most) = (measure(query.measure.as_deref())?, limit(query.limit)?);
    let expected = || failure::invalid("level", "expected total, region, location, category or item");
    let level = query.level.as_deref().map(|word| Level::parse(word).ok_or_else(expected)).transpose()?;
    let board = app.board().await?;
    let (_, sheet) = board.sheet(asked).ok_or_else(|| no_sheet(asked))?;
    let live = sheet.live.as_ref().ok_or_else(untrained)?;
    let found = expectation(sheet, None, &scenario).map_err(refused)?.ok_or_else(untrained)?;
    let in_force = identifiers(sheet.overridden.concerning(|_| true, &found.totals.periods));
    let mut view = view(live, None, found, in_force);
    if let Some(level) = level {
        view.level = Some(level.name().to_owned());
        (view.parts, view.next) = page_of_parts(&board, sheet, level, &scenario, query.after.as_deref(), most)?;
    }
    Ok(Json(view))
}

/// A page of a level's parts, in the order of their labels.
fn page_of_parts(
    board: &Board,
    sheet: &Sheet,
    level: Level,
    scenario: &Scenario,
    after: Option<&str>,
    most: u32,
) -> Result<(Vec<PartForecast>, Option<String>), Answer> {
    let mut parts = Vec::new();
    let nodes = levels::nodes(board, sheet, level);
    for node in nodes.iter().filter(|node| after.is_none_or(|after| node.label.as_str() > after)).take(most as usize) {
        let known = |at: &usize| sheet.live.as_ref()?.artefact.find(&sheet.rows[*at].key);
        let series: Vec<usize> = node.members.iter().filter_map(known).collect();
        let Expectation { totals, model } =
            expectation(sheet, Some(&series), scenario).map_err(refused)?.ok_or_else(untrained)?;
        parts.push(PartForecast {
            label: node.label.clone(),
            name: node.name.clone(),
            series: totals.series as u64,
            model_mean: model.unwrap_or_else(|| totals.mean.clone()),
            mean: totals.mean,
            interval80: totals.interval80.into(),
            interval95: totals.interval95.into(),
        });
    }
    let next = parts.last().filter(|_| parts.len() == most as usize).map(|part| part.label.clone());
    Ok((parts, next))
}

fn refused(error: aisle_engine::EngineError) -> Problem {
    failure::invalid("scenario", error.to_string())
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
    let found = score(&live.artefact, index, &scenario).map_err(refused)?;
    let proof = verify(&live.artefact, index, &scenario).map_err(refused)?;
    let unit = Unit::of(measure, board.shop.currency);
    let mut spans = vec![1, board.shop.granularity.recent(), found.mean.len()];
    spans.retain(|periods| *periods <= found.mean.len());
    spans.dedup();
    let mut reasons = Vec::with_capacity(spans.len());
    for periods in spans {
        reasons.extend(why(sheet, &key, &scenario, 0..periods).map_err(refused)?.map(|why| WhyDocument::of(why, unit)));
    }
    let mut totals = Totals {
        periods: found.periods,
        mean: found.mean,
        interval80: found.interval80,
        interval95: found.interval95,
        components: found.components,
        series: 1,
    };
    let mut own = None;
    if let Some(path) = sheet.overridden.path(index) {
        let baseline = score(&live.artefact, index, &Scenario::default()).map_err(refused)?.mean;
        let model = totals.mean.clone();
        totals.mean = carried(&baseline, path, &model);
        totals.interval80 = moved(&totals.interval80, &model, &totals.mean);
        totals.interval95 = moved(&totals.interval95, &model, &totals.mean);
        own = Some(model);
    }
    let catalogue = board.catalogue();
    let in_force = identifiers(sheet.overridden.concerning(|scope| catalogue.fits(scope, &key), &totals.periods));
    let view = view(live, Some(found.model.name().to_owned()), Expectation { totals, model: own }, in_force);
    Ok(Json(ForecastView {
        why: reasons,
        input_hash: Some(proof.input_hash),
        result_hash: Some(proof.result_hash),
        ..view
    }))
}
