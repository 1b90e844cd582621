//! Fitted models: which one is live, which challenged it, since when and why.

use super::Listing;
use super::extract::{At, Body, Params, identifier, limit};
use super::sales::measure;
use crate::failure::{self, Answer};
use crate::registry::standing;
use crate::shop;
use crate::state::App;
use aisle_app::ports::Visitor;
use aisle_app::ports::models::Standing;
use aisle_domain::{ArtefactId, Measure};
use aisle_store::artefacts::{self, Listed, Promotion};
use axum::extract::State;
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// A fitted model of all series.
#[derive(Serialize, ToSchema)]
pub(crate) struct ModelDocument {
    id: String,
    /// Hash of its bytes, hexadecimal.
    hash: String,
    /// revenue or quantity.
    measure: String,
    /// live, challenger (registered, never live) or retired.
    state: String,
    /// Version of the data that it was fitted on.
    data_version: String,
    /// Hyperparameters by name.
    parameters: serde_json::Value,
    /// Errors of its backtest: series, wape, naive_wape, wmae, bias, coverage80.
    accuracy: serde_json::Value,
    /// Size, in bytes.
    bytes: u64,
    /// The job that fitted it.
    job: Option<String>,
    /// Microseconds since 1970 UTC.
    created_at: i64,
    /// When it became live, the latest first.
    promotions: Vec<PromotionDocument>,
}

/// One time that a model became live.
#[derive(Serialize, ToSchema)]
pub(crate) struct PromotionDocument {
    by: String,
    reason: String,
    /// Microseconds since 1970 UTC.
    at: i64,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModelQuery {
    /// revenue or quantity.
    measure: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows in a page, 1 to 1000.
    limit: Option<u32>,
}

/// Most promotions looked back at.
const PROMOTIONS: u32 = 1_000;

/// Fitted models, newest first.
#[utoipa::path(get, path = "/api/v1/models", tag = "forecasts", params(ModelQuery),
    responses((status = 200, body = Listing<ModelDocument>)))]
pub(crate) async fn list(
    State(app): State<App>,
    Params(query): Params<ModelQuery>,
) -> Result<Json<Listing<ModelDocument>>, Answer> {
    let (limit, measure) = (limit(query.limit)?, measure(query.measure.as_deref())?);
    let before = query.after.map(|id| identifier("model", &id, |id| ArtefactId::new(id))).transpose()?;
    let kind = measure.map(shop::artefact_kind);
    let found = artefacts::list(&app.store, kind, before.as_ref(), limit).await.map_err(failure::store)?;
    let mut promotions: BTreeMap<Measure, Vec<Promotion>> = BTreeMap::new();
    for measure in [Measure::Revenue, Measure::Quantity] {
        let kind = shop::artefact_kind(measure);
        let history = artefacts::promotions(&app.store, kind, PROMOTIONS).await.map_err(failure::store)?;
        promotions.insert(measure, history);
    }
    let rows = found.into_iter().filter_map(|model| document(model, &promotions)).collect();
    Ok(Json(Listing::new(rows, limit, |row: &ModelDocument| row.id.clone())))
}

/// `None` for an artefact that is no model of sales.
fn document(model: Listed, promotions: &BTreeMap<Measure, Vec<Promotion>>) -> Option<ModelDocument> {
    let (measure, history) = promotions.iter().find(|(measure, _)| shop::artefact_kind(**measure) == model.kind)?;
    let own: Vec<&Promotion> = history.iter().filter(|promotion| promotion.artefact_id == model.id).collect();
    let state = match standing(&model.id, history) {
        Standing::Live => "live",
        Standing::Challenger => "challenger",
        Standing::Retired => "retired",
    };
    let shown = |p: &Promotion| PromotionDocument { by: p.promoted_by.clone(), reason: p.reason.clone(), at: p.at };
    Some(ModelDocument {
        id: model.id.to_string(),
        hash: model.hash,
        measure: measure.name().to_owned(),
        state: state.to_owned(),
        data_version: model.data_version,
        parameters: model.params,
        accuracy: model.summary,
        bytes: model.bytes,
        job: model.job_id.map(|id| id.to_string()),
        created_at: model.created_at,
        promotions: own.into_iter().map(shown).collect(),
    })
}

/// Why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Promote {
    /// 1 to 500 characters, kept with the promotion.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Makes a model the live one: a challenger that was kept back, or one of before.
#[utoipa::path(post, path = "/api/v1/models/{id}/promote", tag = "forecasts", request_body = Promote,
    params(("id" = String, Path, description = "Identifier of the model")), responses((status = 200, body = ModelDocument)))]
pub(crate) async fn promote(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    At(id): At<String>,
    Body(body): Body<Promote>,
) -> Result<Json<ModelDocument>, Answer> {
    let id = identifier("model", &id, |id| ArtefactId::new(id))?;
    let found = artefacts::get(&app.store, &id).await.map_err(failure::store)?;
    app.promote(&id, &visitor.login, &body.reason).await?;
    let measure = [Measure::Revenue, Measure::Quantity].into_iter().find(|m| shop::artefact_kind(*m) == found.kind);
    let mut promotions = BTreeMap::new();
    if let Some(measure) = measure {
        let history = artefacts::promotions(&app.store, &found.kind, PROMOTIONS).await.map_err(failure::store)?;
        promotions.insert(measure, history);
    }
    let listed = Listed {
        id: found.id,
        hash: found.hash,
        kind: found.kind,
        data_version: found.data_version,
        params: found.params,
        summary: found.summary,
        bytes: found.bytes,
        job_id: found.job_id,
        created_at: found.created_at,
    };
    let document = document(listed, &promotions);
    Ok(Json(document.ok_or_else(|| failure::not_found("model", id.as_str()))?))
}
