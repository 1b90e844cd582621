//! Sales as rows, and series as sums by period.

use super::Listing;
use super::extract::{At, Params, limit, parameter};
use crate::board::no_sheet;
use crate::failure::{self, Answer};
use crate::state::App;
use aisle_app::ports::SeriesDesk;
use aisle_domain::{Day, ItemId, LocationId, Measure, Problem, SeriesKey};
use aisle_lake::{SaleCursor, SaleFilter, SaleKind};
use axum::Json;
use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// One row of sales, as its source said it.
#[derive(Serialize, ToSchema)]
pub(crate) struct SaleView {
    /// The day; the last one where the row covers more. YYYY-MM-DD.
    day: String,
    /// Days that the row covers.
    span_days: i32,
    /// Where.
    location: String,
    /// What; the code of the charge for charges.
    item: String,
    /// Who bought it.
    customer: Option<String>,
    /// The order, invoice or basket.
    order: Option<String>,
    /// sale, return or charge.
    kind: String,
    /// Units as a decimal; negative for returns.
    quantity: Option<String>,
    /// Money in minor units (cents); negative for returns.
    revenue_minor: Option<i64>,
    /// ISO 4217.
    currency: Option<String>,
    /// The import that brought it.
    import: String,
    /// Line of its file.
    line: i64,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct SaleQuery {
    /// First day, YYYY-MM-DD.
    #[param(format = Date)]
    from: Option<String>,
    /// Last day, YYYY-MM-DD.
    #[param(format = Date)]
    to: Option<String>,
    /// One location.
    location: Option<String>,
    /// One item.
    item: Option<String>,
    /// sale, return or charge; all where none is named.
    kind: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows, 1 to 1,000; default 100.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

fn day(field: &str, text: Option<String>) -> Result<Option<Day>, Problem> {
    text.map(|text| Day::parse(&text).map_err(|error| failure::invalid(field, error.to_string()))).transpose()
}

/// Sales in the order of day, import, file and line.
#[utoipa::path(get, path = "/api/v1/sales", tag = "sales", params(SaleQuery), responses((status = 200, body = Listing<SaleView>)))]
pub(crate) async fn sales(
    State(app): State<App>,
    Params(query): Params<SaleQuery>,
) -> Result<Json<Listing<SaleView>>, Answer> {
    let limit = limit(query.limit)?;
    let kinds = match query.kind.as_deref() {
        None => Vec::new(),
        Some(word) => {
            vec![SaleKind::parse(word).ok_or_else(|| failure::invalid("kind", "expected sale, return or charge"))?]
        }
    };
    let filter = SaleFilter {
        from: day("from", query.from)?,
        to: day("to", query.to)?,
        locations: query
            .location
            .map(|id| parameter("location", &id, |id| LocationId::new(id)))
            .transpose()?
            .into_iter()
            .collect(),
        items: query.item.map(|id| parameter("item", &id, |id| ItemId::new(id))).transpose()?.into_iter().collect(),
        kinds,
        ..SaleFilter::everything()
    };
    let unreadable = || failure::invalid("after", "not a cursor of this list; pass `next` as it came");
    let after: Option<SaleCursor> = match query.after {
        None => None,
        Some(text) => {
            let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| unreadable())?;
            Some(serde_json::from_slice(&bytes).map_err(|_| unreadable())?)
        }
    };
    let rows = app.lake.sales_rows(after.as_ref(), &filter, limit as usize).await.map_err(failure::lake)?;
    let cursor = rows.last().filter(|_| rows.len() == limit as usize).map(aisle_lake::SaleRow::cursor);
    let next = cursor.and_then(|cursor| serde_json::to_vec(&cursor).ok()).map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
    let view = |row: aisle_lake::SaleRow| SaleView {
        day: row.day.to_string(),
        span_days: row.span_days,
        location: row.location.to_string(),
        item: row.item.to_string(),
        customer: row.customer.map(|id| id.to_string()),
        order: row.order.map(|id| id.to_string()),
        kind: row.kind.name().to_owned(),
        quantity: row.quantity.map(|quantity| quantity.to_string()),
        revenue_minor: row.revenue.map(|money| money.minor),
        currency: row.revenue.map(|money| money.currency.code().to_owned()),
        import: row.import.to_string(),
        line: row.line,
    };
    Ok(Json(Listing { rows: rows.into_iter().map(view).collect(), next }))
}

/// A series in short; values in major units.
#[derive(Serialize, ToSchema)]
pub(crate) struct SeriesView {
    /// Where.
    location: String,
    /// What.
    item: String,
    /// The item's name.
    item_name: String,
    /// The item's category.
    category: Option<String>,
    /// Sales of the last period.
    last: Option<f64>,
    /// Sales of the recent periods: 28 days, 13 weeks or 3 months.
    recent: f64,
    /// Their relative change on a year before.
    change: Option<f64>,
    /// Forecast of the next 13 periods, planners' overrides included.
    forecast: Option<f64>,
    /// What the model says of them by itself.
    model_forecast: Option<f64>,
    /// WAPE of past forecasts.
    wape: Option<f64>,
    /// Model in use.
    model: Option<String>,
}

impl From<&aisle_app::ports::SeriesRow> for SeriesView {
    fn from(row: &aisle_app::ports::SeriesRow) -> Self {
        Self {
            location: row.key.location.to_string(),
            item: row.key.item.to_string(),
            item_name: row.item.clone(),
            category: row.category.clone(),
            last: row.last,
            recent: row.recent,
            change: row.change,
            forecast: row.forecast,
            model_forecast: row.model_forecast.or(row.forecast),
            wape: row.wape,
            model: row.model.clone(),
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeriesListQuery {
    /// revenue or quantity; the shop's first where none is named.
    measure: Option<String>,
    /// One location.
    location: Option<String>,
    /// One category.
    category: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows, 1 to 1,000; default 100.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// Reads a measure's word.
pub(crate) fn measure(word: Option<&str>) -> Result<Option<Measure>, Problem> {
    let read = |word: &str| {
        Measure::parse(word).ok_or_else(|| {
            failure::invalid("measure", format!("{word:?} is not a measure; expected revenue or quantity"))
        })
    };
    word.map(read).transpose()
}

/// Series in the order of location and item.
#[utoipa::path(get, path = "/api/v1/series", tag = "series", params(SeriesListQuery), responses((status = 200, body = Listing<SeriesView>)))]
pub(crate) async fn series(
    State(app): State<App>,
    Params(query): Params<SeriesListQuery>,
) -> Result<Json<Listing<SeriesView>>, Answer> {
    let limit = limit(query.limit)?;
    let asked = measure(query.measure.as_deref())?;
    let after = query
        .after
        .map(|text| {
            SeriesKey::parse(&text)
                .ok_or_else(|| failure::invalid("after", "not a cursor of this list; pass `next` as it came"))
        })
        .transpose()?;
    let board = app.board().await?;
    let rows = match board.sheet(asked) {
        Some((_, sheet)) => sheet.rows.as_slice(),
        None if asked.is_some() && !board.sheets.is_empty() => return Err(no_sheet(asked).into()),
        None => &[],
    };
    let found = rows.iter().filter(|row| {
        after.as_ref().is_none_or(|after| row.key > *after)
            && query.location.as_ref().is_none_or(|location| row.key.location.as_str() == location)
            && query.category.as_ref().is_none_or(|category| row.category.as_ref() == Some(category))
    });
    let found: Vec<_> = found.take(limit as usize).collect();
    let next = found.last().filter(|_| found.len() == limit as usize).map(|row| row.key.to_string());
    Ok(Json(Listing { rows: found.into_iter().map(SeriesView::from).collect(), next }))
}

/// A series with its history.
#[derive(Serialize, ToSchema)]
pub(crate) struct SeriesHistory {
    /// The series in short.
    series: SeriesView,
    /// revenue or quantity.
    measure: String,
    /// ISO 4217, for revenue.
    currency: Option<String>,
    /// Last days of the periods, YYYY-MM-DD.
    periods: Vec<String>,
    /// Sales of each in major units; null where nothing is known.
    values: Vec<Option<f64>>,
    /// Version of the data that it was read at.
    data_version: String,
    /// Where the numbers came from: names and values, from the number to its sources.
    lineage: Vec<Vec<String>>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct MeasureQuery {
    /// revenue or quantity; the shop's first where none is named.
    measure: Option<String>,
}

/// Reads the parts of a path as a series.
pub(crate) fn key(location: &str, item: &str) -> Result<SeriesKey, Problem> {
    let missing = |_| failure::not_found("series", &format!("{location}/{item}"));
    Ok(SeriesKey { location: LocationId::new(location).map_err(missing)?, item: ItemId::new(item).map_err(missing)? })
}

/// One series with its history.
#[utoipa::path(get, path = "/api/v1/series/{location}/{item}", tag = "series",
    params(("location" = String, Path, description = "Identifier of the location"), ("item" = String, Path, description = "Identifier of the item"), MeasureQuery),
    responses((status = 200, body = SeriesHistory)))]
pub(crate) async fn one_series(
    State(app): State<App>,
    At((location, item)): At<(String, String)>,
    Params(query): Params<MeasureQuery>,
) -> Result<Json<SeriesHistory>, Answer> {
    let found = SeriesDesk::series(app.as_ref(), &key(&location, &item)?, measure(query.measure.as_deref())?).await?;
    Ok(Json(SeriesHistory {
        series: SeriesView::from(&found.row),
        measure: found.measure.name().to_owned(),
        currency: found
            .shop
            .currency
            .filter(|_| found.measure == Measure::Revenue)
            .map(|currency| currency.code().to_owned()),
        periods: found.curve.history_days.iter().map(Day::to_string).collect(),
        values: found.curve.history,
        data_version: found.shop.data_version,
        lineage: found.lineage.into_iter().map(|(name, value)| vec![name, value]).collect(),
    }))
}
