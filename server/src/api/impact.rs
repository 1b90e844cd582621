//! What holidays did to sales, and what is expected of the next.

use super::extract::{At, Params};
use super::{Listing, measure};
use crate::desks::impact::{identifier, measured, of_level, unit_name};
use crate::failure::{self, Answer};
use crate::state::App;
use aisle_app::ports::impact::{ImpactDesk, ImpactLevel};
use aisle_engine::impact::{Estimate, HolidayImpact, ImpactUnit, UnitImpact};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A value with the interval that holds the true one in 80 of 100 cases.
#[derive(Serialize, ToSchema)]
pub(crate) struct EstimateDocument {
    value: f64,
    low: f64,
    high: f64,
}

impl From<Estimate> for EstimateDocument {
    fn from(estimate: Estimate) -> Self {
        Self { value: estimate.value, low: estimate.low, high: estimate.high }
    }
}

/// What an event did to the sales of one unit.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnitImpactDocument {
    /// Identifier of the group, location or item; empty for the whole.
    unit: String,
    name: String,
    /// Uplift as a share of what was expected without the event.
    relative: EstimateDocument,
    /// Uplift of one occurrence, in major units of the measure.
    absolute: EstimateDocument,
    /// own, same_kind (it has not happened yet), closure or unknown.
    basis: String,
    /// Days before its first day at which it begins to be felt.
    days_before: u16,
    /// Days after its last day at which it ceases to be felt.
    days_after: u16,
    occurrences: Vec<OccurrenceDocument>,
    next: Option<NextDocument>,
}

/// One past occurrence.
#[derive(Serialize, ToSchema)]
pub(crate) struct OccurrenceDocument {
    /// First day, YYYY-MM-DD.
    first: String,
    last: String,
    /// Sold while it was felt.
    actual: f64,
    /// Expected without it.
    expected: f64,
    uplift: f64,
    relative: EstimateDocument,
}

/// The next occurrence.
#[derive(Serialize, ToSchema)]
pub(crate) struct NextDocument {
    /// First day, YYYY-MM-DD.
    first: String,
    last: String,
    /// Expected while it is felt, without it.
    expected: f64,
    uplift: EstimateDocument,
}

/// What an event did to the whole.
#[derive(Serialize, ToSchema)]
pub(crate) struct ImpactDocument {
    event: String,
    /// public, observed, retail, season, local or promotion.
    kind: String,
    /// Events in the same periods year for year, whose effects cannot be told from this one's.
    shared_with: Vec<String>,
    total: Option<UnitImpactDocument>,
}

/// What an event did to the units of a level.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventImpactDocument {
    /// revenue or quantity.
    measure: String,
    #[serde(flatten)]
    impact: ImpactDocument,
    /// group, location or item.
    level: String,
    /// The units of that level that sell most, in the order of their identifiers.
    units: Vec<UnitImpactDocument>,
}

fn unit_document(name: String, of: UnitImpact) -> UnitImpactDocument {
    let word = serde_json::to_value(of.basis).ok().and_then(|word| word.as_str().map(str::to_owned));
    UnitImpactDocument {
        unit: identifier(&of.unit).to_owned(),
        name,
        relative: of.relative.into(),
        absolute: of.absolute.into(),
        basis: word.unwrap_or_default(),
        days_before: of.days_before,
        days_after: of.days_after,
        occurrences: of
            .occurrences
            .into_iter()
            .map(|one| OccurrenceDocument {
                first: one.first.to_string(),
                last: one.last.to_string(),
                actual: one.actual,
                expected: one.expected,
                uplift: one.uplift,
                relative: one.relative.into(),
            })
            .collect(),
        next: of.next.map(|next| NextDocument {
            first: next.first.to_string(),
            last: next.last.to_string(),
            expected: next.expected,
            uplift: next.uplift.into(),
        }),
    }
}

fn document(mut impact: HolidayImpact) -> ImpactDocument {
    let at = impact.units.iter().position(|unit| unit.unit == ImpactUnit::Total);
    let total = at.map(|at| unit_document("all items".to_owned(), impact.units.swap_remove(at)));
    ImpactDocument { event: impact.event, kind: impact.kind.name().to_owned(), shared_with: impact.shared_with, total }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImpactsQuery {
    /// revenue or quantity; the shop's first where it is left out.
    measure: Option<String>,
}

/// Every event's impact on the whole, the largest first, as the latest training measured it.
#[utoipa::path(get, path = "/api/v1/impact", tag = "calendar", params(ImpactsQuery),
    responses((status = 200, body = Listing<ImpactDocument>)))]
pub(crate) async fn list(
    State(app): State<App>,
    Params(query): Params<ImpactsQuery>,
) -> Result<Json<Listing<ImpactDocument>>, Answer> {
    let view = app.impacts(measure(query.measure.as_deref())?).await?;
    Ok(Json(Listing { rows: view.impacts.into_iter().map(document).collect(), next: None }))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventImpactQuery {
    /// revenue or quantity; the shop's first where it is left out.
    measure: Option<String>,
    /// group (a department or category), location or item; group where it is left out.
    level: Option<String>,
}

/// One event's impact on the whole and on the units of a level.
#[utoipa::path(get, path = "/api/v1/impact/{event}", tag = "calendar",
    params(("event" = String, Path, description = "Name of the event"), EventImpactQuery),
    responses((status = 200, body = EventImpactDocument)))]
pub(crate) async fn one(
    State(app): State<App>,
    At(event): At<String>,
    Params(query): Params<EventImpactQuery>,
) -> Result<Json<EventImpactDocument>, Answer> {
    let level = query.level.as_deref().map(|word| {
        let unknown = || failure::invalid("level", format!("{word:?} is no level; expected group, location or item"));
        ImpactLevel::parse(word).ok_or_else(unknown)
    });
    let level = level.transpose()?.unwrap_or_default();
    let board = app.board().await?;
    let measure = measured(&board, measure(query.measure.as_deref())?)?;
    let impact = app.whole_impact(measure, &event).await?;
    let units = of_level(impact.units.clone(), level);
    let units = units.into_iter().map(|unit| unit_document(unit_name(&board, &unit.unit), unit)).collect();
    Ok(Json(EventImpactDocument {
        measure: measure.name().to_owned(),
        impact: document(impact),
        level: level.name().to_owned(),
        units,
    }))
}
