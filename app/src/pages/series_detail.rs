//! One series: history, forecast, components, how good past forecasts were, what if.

mod overridden;
pub mod past;

use crate::Failure;
use crate::islands::chart::Picture;
use crate::islands::sent::Sent;
use crate::islands::what_if::figures::{components_data, forecast_data};
use crate::islands::what_if::levers::{Levers, Outcome, read_scenario};
use crate::islands::what_if::{Case, Origin, Pictures, Subject, WhatIf};
use crate::pages::curves::unit_of;
use crate::ports::query_string::value;
use crate::ports::{SeriesDesk, SeriesDetail};
use crate::ui::{Badge, Card, Chart, Delta, Facts, PageHeader, Unit, format, loaded};
use crate::{access, addresses};
use aisle_charts::{ChartSpec, Palette, PastForecasts};
use aisle_domain::{ItemId, LocationId, Measure, Problem, ProblemCode, SeriesKey};
use aisle_engine::{Artefact, EngineError, Scenario};
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map};
use past::{ModelsTable, PastTable};

/// The series, and its forecast under the scenario of a query string (empty: the baseline).
async fn series(
    key: Option<SeriesKey>,
    measure: Option<Measure>,
    scenario: String,
) -> Result<(SeriesDetail, Case), Failure> {
    let missing =
        || Problem::new(ProblemCode::NotFound, "the address does not name a series; choose one from the list");
    let key = key.ok_or_else(|| access::failed(missing()))?;
    let desk = access::port::<dyn SeriesDesk>()?;
    let detail = desk.series(&key, measure).await.map_err(access::failed)?;
    let (scenario, refused) = match read_scenario(&scenario) {
        Ok(scenario) => (scenario, None),
        Err(text) => (Scenario::default(), Some(text)),
    };
    if detail.forecast.is_none() {
        return Ok((detail, Case { scenario, levers: None, outcome: None, refused }));
    }
    let bytes = desk.artefact(vec![key.clone()], measure).await.map_err(access::failed)?;
    let (levers, outcome) = what_if(&bytes, &key, &scenario)
        .map_err(|error| access::failed(Problem::new(ProblemCode::Internal, error.to_string())))?;
    Ok((detail, Case { scenario, levers: Some(levers), outcome: Some(outcome), refused }))
}

fn what_if(bytes: &[u8], key: &SeriesKey, scenario: &Scenario) -> Result<(Levers, Outcome), EngineError> {
    let artefact = Artefact::from_bytes(bytes)?;
    let count = artefact.series().len();
    let index = artefact.find(key).ok_or(EngineError::NoSuchSeries { index: count, count })?;
    Ok((Levers::of(&artefact, index)?, Outcome::of(&artefact, index, scenario)?))
}

/// The page of one series.
#[component]
pub fn SeriesDetailPage() -> impl IntoView {
    let search = use_location().search.get_untracked();
    let key = use_params_map().with_untracked(|params| {
        let (location, item) = (params.get("location")?, params.get("item")?);
        Some(SeriesKey { location: LocationId::new(location).ok()?, item: ItemId::new(item).ok()? })
    });
    let asked = value(&search, "measure").and_then(|word| Measure::parse(&word));
    loaded(series(key, asked, search), move |(detail, case)| show(detail, case, asked))
}

fn show(detail: SeriesDetail, case: Case, asked: Option<Measure>) -> AnyView {
    let unit = Unit::of(detail.measure, detail.shop.currency);
    let name = format!("{} at {}", detail.row.item, detail.row.location);
    let measures = measure_links(&detail, asked);
    let facts = facts(&detail, unit);
    let past_chart = (!detail.past.is_empty()).then(|| view! { <Chart spec=past_chart(&detail, &name)/> });
    let overridden = overridden::overridden(&detail, unit);
    let subject = Subject {
        key: detail.row.key,
        name: name.clone(),
        asked,
        unit,
        chart_unit: unit_of(detail.measure, &detail.shop),
        granularity: detail.shop.granularity,
        curve: detail.curve,
    };
    let pictures = pictures(&subject, &case);
    let origin = Origin { verification: detail.verification, lineage: detail.lineage };
    view! {
        <nav class="crumbs" aria-label="Where you are"><a href="/series">"Items and locations"</a></nav>
        <PageHeader title=name lead="What was sold, what is expected, and what it depends on.">{measures}</PageHeader>
        <Facts facts=facts/>
        <div class="series-page">
            <WhatIf subject=Sent(subject) pictures=Sent(pictures) case=Sent(case) origin=Sent(origin)/>
            {overridden}
            <Card title="Past forecasts">
                {past_chart}
                <PastTable past=detail.past unit=unit/>
            </Card>
            <Card title="Models tried"><ModelsTable models=detail.models chosen=detail.row.model/></Card>
        </div>
    }
    .into_any()
}

/// Links to the same series by the shop's other measures.
fn measure_links(detail: &SeriesDetail, asked: Option<Measure>) -> Vec<AnyView> {
    let shown = asked.unwrap_or(detail.measure);
    let several = detail.shop.measures.len() > 1;
    detail
        .shop
        .measures
        .iter()
        .filter(|_| several)
        .map(|measure| {
            let current = (*measure == shown).then_some("page");
            let href = addresses::series(&detail.row.key, Some(*measure));
            view! { <a class="button quiet" href=href aria-current=current>{format::capital(measure.name())}</a> }
                .into_any()
        })
        .collect()
}

fn facts(detail: &SeriesDetail, unit: Unit) -> Vec<(String, AnyView)> {
    let (row, granularity) = (&detail.row, detail.shop.granularity);
    let periods = format::counted(granularity.recent() as u64, granularity.word());
    let amount = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| unit.text(value)).into_any();
    let model = row.model.as_deref().map(|model| view! { <Badge text=format::words(model)/> }.into_any());
    vec![
        ("Category".to_owned(), row.category.clone().unwrap_or_else(|| "–".to_owned()).into_any()),
        (format!("Last {}", granularity.word()), amount(row.last)),
        (format!("Last {periods}"), amount(Some(row.recent))),
        ("On last year".to_owned(), view! { <Delta relative=row.change/> }.into_any()),
        (
            format!("Next {periods}"),
            match row.model_forecast {
                Some(model) => format!(
                    "{} (model {})",
                    row.forecast.map_or_else(|| "–".to_owned(), |f| unit.text(f)),
                    unit.text(model)
                )
                .into_any(),
                None => amount(row.forecast),
            },
        ),
        (
            "Past error (WAPE)".to_owned(),
            row.wape.map_or_else(|| "–".to_owned(), |wape| format::share(wape, 1)).into_any(),
        ),
        ("Model".to_owned(), model.unwrap_or_else(|| "–".into_any())),
    ]
}

/// The charts under the scenario; the baseline has its place in the first, to be filled by a move of a slider.
fn pictures(subject: &Subject, case: &Case) -> Pictures {
    let forecast = case.outcome.as_ref().map(|outcome| &outcome.forecast);
    let mut data = forecast_data(subject, forecast);
    if !case.scenario.is_baseline() {
        data.baseline = Some(subject.curve.mean.clone());
    }
    let palette = Palette::themed();
    let picture = |ChartSpec { kind, option_json, height, .. }| Picture { kind, option: option_json, height };
    Pictures {
        forecast: picture(aisle_charts::sales_and_forecast(&data, &palette)),
        components: picture(aisle_charts::components(&components_data(subject, forecast), &palette)),
    }
}

/// Forecasts made at earlier origins, with what came.
fn past_chart(detail: &SeriesDetail, name: &str) -> ChartSpec {
    let made = detail.past.iter().cloned().map(|past| aisle_charts::PastForecast {
        origin: past.origin,
        days: past.days,
        forecast: past.forecast,
        actual: past.actual,
        wape: past.wape,
    });
    let data = PastForecasts {
        subject: name.to_owned(),
        unit: unit_of(detail.measure, &detail.shop),
        granularity: detail.shop.granularity,
        forecasts: made.collect(),
    };
    aisle_charts::past_forecasts(&data, &Palette::themed())
}
