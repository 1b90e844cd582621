//! One series: history, forecast, components, how good past forecasts were, what if.

pub mod bench;
pub mod figures;
pub mod levers;
pub mod past;
pub mod proof;
pub mod shop_totals;
pub mod what_if;

use crate::Failure;
use crate::pages::series::{Unit, model_label, series_href};
use crate::ports::query_string::value;
use crate::ports::{SeriesDetail, series_query};
use crate::ui::{Badge, Card, Delta, EmptyState, Facts, PageHeader, format, loaded};
use aisle_domain::{ItemId, LocationId, Measure, Problem, ProblemCode, SeriesKey};
use aisle_engine::Verification;
use bench::Bench;
use figures::{ComponentsChart, ForecastChart, PastChart};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use leptos_router::hooks::{use_location, use_params_map};
use levers::{Levers, Outcome, read_scenario};
use past::{ModelsTable, PastTable};
use proof::Proof;
use serde::{Deserialize, Serialize};
use what_if::WhatIf;

#[cfg(feature = "ssr")]
use crate::{access, ports::SeriesDesk};
#[cfg(feature = "ssr")]
use aisle_engine::{Artefact, EngineError, Scenario};

/// One series with a scenario, scored by the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesView {
    /// The series.
    pub detail: SeriesDetail,
    /// What can be changed; `None`: not trained yet.
    pub levers: Option<Levers>,
    /// What the scenario asked for changes; `None`: not trained yet.
    pub outcome: Option<Outcome>,
    /// Why the scenario asked for was not taken.
    pub refused: Option<String>,
}

/// One series, under the scenario of a query string (empty: the baseline).
#[server(name = AskSeriesDetail, prefix = "/fn", endpoint = "series_detail", input = Json)]
pub async fn series_detail(
    /// The series.
    key: SeriesKey,
    /// Default: the shop's first.
    measure: Option<Measure>,
    /// What is assumed, as a query string.
    scenario: String,
) -> Result<SeriesView, Failure> {
    access::enter("series_detail")?;
    let desk = access::port::<dyn SeriesDesk>()?;
    let detail = desk.series(&key, measure).await.map_err(access::failed)?;
    if detail.forecast.is_none() {
        return Ok(SeriesView { detail, levers: None, outcome: None, refused: None });
    }
    let bytes = desk.artefact(vec![key.clone()], measure).await.map_err(access::failed)?;
    let (scenario, refused) = match read_scenario(&scenario) {
        Ok(scenario) => (scenario, None),
        Err(text) => (Scenario::default(), Some(text)),
    };
    let (levers, outcome) = what_if(&bytes, &key, &scenario)
        .map_err(|error| access::failed(Problem::new(ProblemCode::Internal, error.to_string())))?;
    Ok(SeriesView { detail, levers: Some(levers), outcome: Some(outcome), refused })
}

#[cfg(feature = "ssr")]
fn what_if(bytes: &[u8], key: &SeriesKey, scenario: &Scenario) -> Result<(Levers, Outcome), EngineError> {
    let artefact = Artefact::from_bytes(bytes)?;
    let count = artefact.series().len();
    let index = artefact.find(key).ok_or(EngineError::NoSuchSeries { index: count, count })?;
    Ok((Levers::of(&artefact, index)?, Outcome::of(&artefact, index, scenario)?))
}

/// The server's hashes of a series under the scenario of a query string.
#[server(name = AskVerification, prefix = "/fn", endpoint = "verify_series", input = Json)]
pub async fn verify_series(
    /// The series.
    key: SeriesKey,
    /// Default: the shop's first.
    measure: Option<Measure>,
    /// What is assumed, as a query string.
    scenario: String,
) -> Result<Verification, Failure> {
    access::enter("verify_series")?;
    let scenario = read_scenario(&scenario)
        .map_err(|text| access::failed(Problem::new(ProblemCode::Invalid, text).with_field("scenario")))?;
    access::port::<dyn SeriesDesk>()?.verify(&key, measure, &scenario).await.map_err(access::failed)
}

/// The page of one series.
#[component]
pub fn SeriesDetailPage() -> impl IntoView {
    let params = use_params_map();
    let search = use_location().search;
    let key = Memo::new(move |_| {
        params.with(|params| {
            let (location, item) = (params.get("location")?, params.get("item")?);
            Some(SeriesKey { location: LocationId::new(location).ok()?, item: ItemId::new(item).ok()? })
        })
    });
    let measure = Memo::new(move |_| {
        search.with(|search| value(search, "measure")).and_then(|word| series_query::measure(&word))
    });
    let view = Resource::new_blocking(
        move || (key.get(), measure.get()),
        move |(key, measure)| {
            // The scenario does not belong to the source: in the browser it changes without a round to the server.
            let scenario = search.get_untracked();
            async move {
                let missing = || {
                    Failure(Problem::new(
                        ProblemCode::NotFound,
                        "the address does not name a series; choose one from the list",
                    ))
                };
                series_detail(key.ok_or_else(missing)?, measure, scenario).await
            }
        },
    );
    loaded(view, move |view| view! { <SeriesBody view=view measure=measure.get_untracked()/> }.into_any()).into_any()
}

#[component]
fn SeriesBody(view: SeriesView, measure: Option<Measure>) -> impl IntoView {
    let SeriesView { detail, levers, outcome, refused } = view;
    let search = use_location().search;
    let scenario = read_scenario(&search.get_untracked()).unwrap_or_default();
    let bench = Bench::new(detail.row.key.clone(), measure, scenario, outcome);
    Effect::new(move |_| search.with(|search| bench.follow(search)));

    let kept = StoredValue::new(detail.clone());
    let unit = Unit::of(detail.measure, &detail.shop);
    let title = format!("{} at {}", detail.row.item, detail.row.location);
    let measures = measure_links(&detail, measure);
    let facts = facts(&detail, unit);
    let untrained = levers.is_none().then(|| {
        view! {
            <EmptyState title="There is no forecast of this series yet">
                <p>"Forecasts come with the next training. " <a href="/jobs">"To the jobs"</a></p>
            </EmptyState>
        }
    });
    let what_if =
        levers.map(|levers| view! { <WhatIf levers=levers bench=bench unit=unit measure=measure refused=refused/> });
    let components = detail.forecast.is_some().then(|| view! { <ComponentsChart detail=kept bench=bench/> });
    let past_chart = (!detail.past.is_empty()).then(|| view! { <PastChart detail=kept/> });
    view! {
        <nav class="crumbs" aria-label="Where you are"><a href="/series">"Items and locations"</a></nav>
        <PageHeader title=title lead="What was sold, what is expected, and what it depends on.">{measures}</PageHeader>
        <Facts facts=facts/>
        <div class="series-page">
            <ForecastChart detail=kept bench=bench/>
            {untrained}
            {what_if}
            {components}
            <Card title="Past forecasts">
                {past_chart}
                <PastTable past=detail.past unit=unit/>
            </Card>
            <Card title="Models tried"><ModelsTable models=detail.models chosen=detail.row.model/></Card>
            <Proof bench=bench verification=detail.verification lineage=detail.lineage/>
        </div>
    }
}

/// Links to the same series by the shop's other measures.
fn measure_links(detail: &SeriesDetail, asked: Option<Measure>) -> impl IntoView + use<> {
    let shown = asked.unwrap_or(detail.measure);
    let several = detail.shop.measures.len() > 1;
    let links: Vec<_> = detail
        .shop
        .measures
        .iter()
        .filter(|_| several)
        .map(|measure| {
            let current = (*measure == shown).then_some("page");
            let href = series_href(&detail.row.key, Some(*measure));
            view! { <a class="button quiet" href=href aria-current=current>{format::capital(measure.name())}</a> }
        })
        .collect();
    links
}

fn facts(detail: &SeriesDetail, unit: Unit) -> Vec<(String, AnyView)> {
    let row = &detail.row;
    let amount = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| unit.text(value)).into_any();
    let model = row.model.as_deref().map(|model| view! { <Badge text=model_label(model)/> }.into_any());
    vec![
        ("Category".to_owned(), row.category.clone().unwrap_or_else(|| "–".to_owned()).into_any()),
        ("Last period".to_owned(), amount(row.last)),
        ("Last 13 periods".to_owned(), amount(Some(row.recent))),
        ("On last year".to_owned(), view! { <Delta relative=row.change/> }.into_any()),
        ("Next 13 periods".to_owned(), amount(row.forecast)),
        (
            "Past error (WAPE)".to_owned(),
            row.wape.map_or_else(|| "–".to_owned(), |wape| format::share(wape, 1)).into_any(),
        ),
        ("Model".to_owned(), model.unwrap_or_else(|| "–".into_any())),
    ]
}
