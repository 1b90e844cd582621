//! Forecasts by level: the whole shop, regions, locations, categories, items; every level adds up to the same.

use crate::access;
use crate::addresses;
use crate::failure::Failure;
use crate::ports::levels::{Level, LevelRow, LevelsView};
use crate::ports::query_string::{join, value};
use crate::ports::{OverrideDraft, SeriesDesk, SeriesQuery};
use crate::ui::{Card, Delta, EmptyState, PageHeader, Pager, Table, Tabs, Unit, format, loaded};
use crate::visit::may;
use aisle_domain::{Measure, Permission};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

async fn levels(measure: Option<Measure>, level: Level, offset: u64) -> Result<LevelsView, Failure> {
    access::port::<dyn SeriesDesk>()?.levels(measure, level, offset).await.map_err(access::failed)
}

/// The page: `?level=` chooses the level, `?measure=` what is counted.
#[component]
pub fn LevelsPage() -> impl IntoView {
    let search = use_location().search.get_untracked();
    let level = value(&search, "level").and_then(|word| Level::parse(&word)).unwrap_or(Level::Category);
    let asked = value(&search, "measure").and_then(|word| Measure::parse(&word));
    let offset = value(&search, "offset").and_then(|text| text.parse().ok()).unwrap_or(0);
    view! {
        <PageHeader title="Forecasts by level" lead="The same forecasts, summed by what you plan by. Every level adds up to the whole shop."/>
        {loaded(levels(asked, level, offset), move |view| show(view, asked))}
    }
    .into_any()
}

fn address(level: Level, measure: Option<Measure>, offset: u64) -> String {
    let offset = (offset > 0).then(|| offset.to_string());
    let pairs = [("level", Some(level.name())), ("measure", measure.map(Measure::name)), ("offset", offset.as_deref())];
    format!("/levels?{}", join(pairs.into_iter().filter_map(|(name, value)| Some((name, value?)))))
}

fn words(level: Level) -> (&'static str, &'static str) {
    match level {
        Level::Total => ("Whole shop", "Part"),
        Level::Region => ("Regions", "Region"),
        Level::Location => ("Locations", "Location"),
        Level::Category => ("Categories", "Category"),
        Level::Item => ("Items", "Item"),
    }
}

fn show(view: LevelsView, asked: Option<Measure>) -> AnyView {
    let Some(total) = view.total else {
        return view! {
            <EmptyState title="No sales yet"><p>"Import some on the "<a href="/data">"data page"</a>"; then there is something to sum."</p></EmptyState>
        }
        .into_any();
    };
    let unit = Unit::of(view.measure, view.shop.currency);
    let level = view.level;
    let tabs = view.levels.iter().map(|level| (words(*level).0.to_owned(), address(*level, asked, 0))).collect();
    let measures = (view.shop.measures.len() > 1).then(|| {
        let links = view.shop.measures.iter();
        let links = links.map(|m| (format::capital(m.name()), address(level, Some(*m), 0))).collect();
        view! { <Tabs label="Measure" links current=address(level, Some(view.measure), 0)/> }
    });
    let decides = may(Permission::OverrideForecasts);
    let end = view.offset + view.rows.len() as u64;
    let next = (end < view.count).then(|| address(level, asked, end));
    let first = (view.offset > 0).then(|| address(level, asked, 0));
    // Without an override every forecast is the model's own.
    let overridden = total.model.is_some() || view.rows.iter().any(|one| one.model.is_some());
    let shown = Shown { measure: view.measure, unit, overridden };
    let rows = view.rows.into_iter().map(|one| row(one, level, shown, decides)).collect_view();
    let granularity = view.shop.granularity;
    let periods = format::counted(granularity.recent() as u64, granularity.word());
    let mut columns = vec![
        (words(level).1.to_owned(), ""),
        ("Series".to_owned(), "number"),
        (format!("Last {periods}"), "number"),
        ("On last year".to_owned(), "number"),
        (format!("Next {}", granularity.word()), "number"),
        ("80 % interval".to_owned(), "number"),
        (format!("Next {periods}"), "number"),
    ];
    columns.extend(overridden.then(|| ("Without overrides".to_owned(), "number")));
    columns.push((String::new(), ""));
    view! {
        {measures}
        <Card>
            <Tabs label="Level" links=tabs current=address(level, asked, 0)/>
            <Table caption=format!("{}, by sales of the last {periods}", words(level).0) columns>
                {rows}
                {(level != Level::Total).then(|| row(total, Level::Total, shown, false))}
            </Table>
            <p class="hint">{format!("{} in all. Intervals of sums are narrower than sums of intervals: errors even out.", format::counted(view.count, "part"))}</p>
            <Pager first next/>
        </Card>
    }
    .into_any()
}

/// How rows are shown.
#[derive(Clone, Copy)]
struct Shown {
    measure: Measure,
    unit: Unit,
    /// Whether any forecast differs from the model's.
    overridden: bool,
}

fn row(one: LevelRow, level: Level, Shown { measure, unit, overridden }: Shown, decides: bool) -> AnyView {
    let amount = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| unit.text(value));
    let label = one.label;
    let given = (!label.is_empty()).then(|| label.clone());
    let inside = match level {
        Level::Location => Some(SeriesQuery { location: given, measure: Some(measure), ..SeriesQuery::default() }),
        Level::Category => Some(SeriesQuery { category: given, measure: Some(measure), ..SeriesQuery::default() }),
        Level::Item => {
            Some(SeriesQuery { text: Some(one.name.clone()), measure: Some(measure), ..SeriesQuery::default() })
        }
        Level::Region | Level::Total => None,
    };
    let name = match inside.filter(|_| !label.is_empty()) {
        Some(query) => view! { <a href=addresses::series_grid(&query)>{one.name.clone()}</a> }.into_any(),
        None => one.name.clone().into_any(),
    };
    let (next, interval) = match one.next {
        Some((mean, low, high)) => (unit.text(mean), format!("{} to {}", unit.text(low), unit.text(high))),
        None => ("–".to_owned(), "–".to_owned()),
    };
    let action = (decides && (!label.is_empty() || level == Level::Total) && one.forecast.is_some()).then(|| {
        let mut draft = OverrideDraft { measure: measure.name().to_owned(), ..OverrideDraft::default() };
        match level {
            Level::Location => draft.location = label,
            Level::Region => draft.region = label,
            Level::Category => draft.category = label,
            Level::Item => draft.item = label,
            Level::Total => {}
        }
        let spoken = format!(" the forecast of {}", one.name);
        view! { <a href=addresses::new_override(&draft)>"Override"<span class="spoken">{spoken}</span></a> }
    });
    view! {
        <tr>
            <th scope="row" class="wrap">{name}</th>
            <td class="number">{format::count(one.series.min(i64::MAX as u64) as i64)}</td>
            <td class="number">{unit.text(one.recent)}</td>
            <td class="number"><Delta relative=one.change/></td>
            <td class="number">{next}</td>
            <td class="number">{interval}</td>
            <td class="number">{amount(one.forecast)}</td>
            {overridden.then(|| view! { <td class="number">{amount(one.model)}</td> })}
            <td>{action}</td>
        </tr>
    }
    .into_any()
}
