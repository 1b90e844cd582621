//! Holidays' impact: what each event did to sales, side by side over the years, and what the next one will.

pub mod units;

use crate::access;
use crate::addresses;
use crate::failure::Failure;
use crate::pages::calendar::{kind_text, outdated};
use crate::pages::measure_filter::MeasureFilter;
use crate::ports::ImpactDesk;
use crate::ports::impact::{EventImpactView, ImpactLevel, ImpactQuery, ImpactsView};
use crate::ports::query_string::{encode, value};
use crate::ui::{Card, Chart, EmptyState, Facts, PageHeader, Table, Unit, format, loaded};
use crate::visit::may;
use aisle_charts::{EventOccurrence, EventOccurrences, Palette, event_occurrences};
use aisle_domain::{Granularity, Measure, Permission, Problem, ProblemCode};
use aisle_engine::impact::{Estimate, HolidayImpact, ImpactBasis, NextOccurrence, UnitImpact};
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map};
use units::units_card;

async fn impacts(measure: Option<Measure>) -> Result<ImpactsView, Failure> {
    access::port::<dyn ImpactDesk>()?.impacts(measure).await.map_err(access::failed)
}

async fn impact(
    measure: Option<Measure>,
    event: Option<String>,
    query: ImpactQuery,
) -> Result<EventImpactView, Failure> {
    let missing = || Problem::new(ProblemCode::NotFound, "the address does not name an event");
    let event = event.ok_or_else(|| access::failed(missing()))?;
    access::port::<dyn ImpactDesk>()?.impact(measure, &event, query).await.map_err(access::failed)
}

fn measure_of(search: &str) -> Option<Measure> {
    value(search, "measure").and_then(|word| Measure::parse(&word))
}

/// The page of all events: `?measure=` chooses what is measured.
#[component]
pub fn ImpactsPage() -> impl IntoView {
    let measure = measure_of(&use_location().search.get_untracked());
    view! {
        <PageHeader title="Holidays' impact" lead="How much more, or less, was sold on and around each event than without it.">
            <a class="button" href="/calendar">"Calendar"</a>
        </PageHeader>
        {loaded(impacts(measure), show_all)}
    }
    .into_any()
}

fn show_all(view: ImpactsView) -> AnyView {
    let Some((at, data_version)) = view.made.clone() else {
        return view! {
            <EmptyState title="Nothing was measured yet">
                <p>"A training measures every event of the "<a href="/calendar">"calendar"</a>" that has happened within the history of sales. "
                    <a href="/jobs#start">"Start a training"</a>"."</p>
            </EmptyState>
        }
        .into_any();
    };
    let unit = Unit::of(view.measure, view.currency);
    let source = format!(
        "Measured {} on data version {data_version}. Intervals hold the true effect in 80 of 100 cases.",
        format::time(at)
    );
    let export = may(Permission::Export).then(|| {
        let href = format!("/impact.csv?measure={}", view.measure.name());
        view! { <p><a class="button" href=href download="">"Download as CSV"</a></p> }
    });
    let several = view! { <MeasureFilter action="/impact" measures=view.measures.clone() measure=view.measure/> };
    let measure = view.measure;
    let rows = view.impacts.into_iter().map(|impact| event_row(impact, measure, unit)).collect_view();
    let columns = vec![
        ("Event", ""),
        ("Kind", ""),
        ("Times", "number"),
        ("Uplift", "number"),
        ("80 % interval", "number"),
        ("Each time", "number"),
        ("Next", ""),
        ("Expected uplift", "number"),
    ];
    let table = if rows.is_empty() {
        view! { <EmptyState title="No event to measure"><p>"The "<a href="/calendar">"calendar"</a>" holds none that sales were measured on."</p></EmptyState> }
            .into_any()
    } else {
        view! { <Card><Table caption="Impact on all sales by event, the largest first" columns>{rows}</Table></Card> }
            .into_any()
    };
    view! {
        {view.outdated.then(outdated)}
        {several}
        <p class="source">{source}</p>
        {table}
        {export}
    }
    .into_any()
}

/// The interval of a share: `+3.0 % to +9.1 %`.
fn shares(estimate: Estimate) -> String {
    format!("{} to {}", format::change(estimate.low), format::change(estimate.high))
}

/// An amount with its sign.
fn signed(unit: Unit, value: f64) -> String {
    let text = unit.text(value);
    if value > 0.0 { format!("+{text}") } else { text }
}

fn event_row(impact: HolidayImpact, measure: Measure, unit: Unit) -> AnyView {
    let Some(whole) = impact.units.into_iter().next() else { return ().into_any() };
    let known = whole.basis != ImpactBasis::Unknown;
    let or_dash = |text: String| if known { text } else { "–".to_owned() };
    let (next, expected) = whole.next.as_ref().map_or_else(
        || ("–".to_owned(), "–".to_owned()),
        |next| (format::day(next.first), or_dash(signed(unit, next.uplift.value))),
    );
    view! {
        <tr>
            <th scope="row"><a href=addresses::impact(&impact.event, Some(measure))>{impact.event.clone()}</a></th>
            <td>{kind_text(impact.kind)}</td>
            <td class="number">{whole.occurrences.len().to_string()}</td>
            <td class="number">{or_dash(format::change(whole.relative.value))}</td>
            <td class="number">{or_dash(shares(whole.relative))}</td>
            <td class="number">{or_dash(signed(unit, whole.absolute.value))}</td>
            <td>{next}</td>
            <td class="number">{expected}</td>
        </tr>
    }
    .into_any()
}

/// The page of one event: `?measure=`, `?level=`, `?q=` searches its units, `?unit=` shows one of them in full.
#[component]
pub fn ImpactPage() -> impl IntoView {
    let search = use_location().search.get_untracked();
    let event = use_params_map().with_untracked(|params| params.get("event"));
    let query = ImpactQuery {
        level: value(&search, "level").and_then(|word| ImpactLevel::parse(&word)).unwrap_or_default(),
        search: value(&search, "q").unwrap_or_default(),
        unit: value(&search, "unit").unwrap_or_default(),
    };
    let title = event.clone().unwrap_or_else(|| "Event".to_owned());
    view! {
        <nav class="crumbs" aria-label="Where you are"><a href="/impact">"Holidays' impact"</a></nav>
        <PageHeader title=title lead="Past occurrences side by side, and what to expect of the next."/>
        {loaded(impact(measure_of(&search), event, query.clone()), move |view| show_event(view, &query))}
    }
    .into_any()
}

fn show_event(view: EventImpactView, query: &ImpactQuery) -> AnyView {
    let unit = Unit::of(view.measure, view.currency);
    let shared = (!view.impact.shared_with.is_empty()).then(|| {
        let with = view.impact.shared_with.join(", ");
        view! { <p class="message">{format!("It falls into the same periods as {with} year for year, so their effects cannot be told apart.")}</p> }
    });
    let export = may(Permission::Export).then(|| {
        let href = format!("/impact.csv?measure={}&event={}", view.measure.name(), encode(&view.impact.event));
        view! { <p><a class="button" href=href download="">"Download as CSV"</a></p> }
    });
    let detail = view.shown.as_ref().map(|shown| unit_view(&view, shown, unit));
    view! {
        {shared}
        {detail}
        {units_card(&view, query, unit)}
        {export}
    }
    .into_any()
}

/// One unit in full: facts, the chart, the occurrences.
fn unit_view(view: &EventImpactView, shown: &UnitImpact, unit: Unit) -> AnyView {
    let past = if shown.occurrences.is_empty() {
        view! { <EmptyState title="It has not happened within the history of sales yet"/> }.into_any()
    } else {
        occurrences_table(shown, unit)
    };
    let drawn = (!shown.occurrences.is_empty() || shown.next.is_some())
        .then(|| view! { <Chart spec=event_occurrences(&chart_data(view, shown), &Palette::themed())/> });
    let next = shown.next.as_ref().map(|next| next_view(next, shown.basis, unit, view.granularity));
    view! {
        <Facts facts=facts(view, shown, unit)/>
        <Card title=format!("Past occurrences: {}", view.name)>{drawn}{past}</Card>
        {next}
    }
    .into_any()
}

fn basis_text(basis: ImpactBasis) -> &'static str {
    match basis {
        ImpactBasis::Own => "its own past occurrences",
        ImpactBasis::SameKind => "events of the same kind: it has not happened yet",
        ImpactBasis::Closure => "closed: nothing is sold",
        ImpactBasis::Unknown => "nothing known yet: no effect is assumed",
    }
}

fn facts(view: &EventImpactView, shown: &UnitImpact, unit: Unit) -> Vec<(String, AnyView)> {
    let window = match (shown.days_before, shown.days_after) {
        (0, 0) => "its own days".to_owned(),
        (before, 0) => format!("{} before to its last day", format::counted(u64::from(before), "day")),
        (0, after) => format!("its first day to {} after", format::counted(u64::from(after), "day")),
        (before, after) => {
            format!(
                "{} before to {} after",
                format::counted(u64::from(before), "day"),
                format::counted(u64::from(after), "day")
            )
        }
    };
    let amounts = format!(
        "{} ({} to {})",
        signed(unit, shown.absolute.value),
        signed(unit, shown.absolute.low),
        signed(unit, shown.absolute.high)
    );
    let relative = format!("{} ({})", format::change(shown.relative.value), shares(shown.relative));
    vec![
        ("Of".to_owned(), view.name.clone().into_any()),
        ("Kind".to_owned(), kind_text(view.impact.kind).into_any()),
        ("Uplift".to_owned(), relative.into_any()),
        ("Each time".to_owned(), amounts.into_any()),
        ("Felt from".to_owned(), window.into_any()),
        ("Known by".to_owned(), basis_text(shown.basis).into_any()),
    ]
}

fn chart_data(view: &EventImpactView, shown: &UnitImpact) -> EventOccurrences {
    let past = shown.occurrences.iter().map(|one| EventOccurrence {
        first: one.first,
        uplift: one
            .periods
            .iter()
            .map(|period| (period.end, period.actual.map(|actual| actual / period.expected - 1.0)))
            .collect(),
        whole: one.relative.value,
        expected: false,
    });
    let next = shown.next.iter().map(|next| EventOccurrence {
        first: next.first,
        uplift: next.periods.iter().map(|period| (period.end, Some(period.uplift / period.expected))).collect(),
        whole: next.uplift.value / next.expected,
        expected: true,
    });
    EventOccurrences {
        event: view.impact.event.clone(),
        subject: view.name.clone(),
        granularity: view.granularity,
        occurrences: past.chain(next).collect(),
    }
}

fn occurrences_table(shown: &UnitImpact, unit: Unit) -> AnyView {
    let latest = shown.occurrences.last().map(|one| one.relative.value);
    let rows = shown
        .occurrences
        .iter()
        .rev()
        .map(|one| {
            let against = latest.filter(|_| one.first != shown.occurrences[shown.occurrences.len() - 1].first);
            let points = against.map_or_else(
                || "–".to_owned(),
                |latest| {
                    let points = (latest - one.relative.value) * 100.0;
                    let sign = if points > 0.0 { "+" } else { "" };
                    format!("{sign}{} points", format::number(points, 1))
                },
            );
            view! {
                <tr>
                    <th scope="row"><time datetime=one.first.to_string()>{format::day(one.first)}</time></th>
                    <td class="number">{unit.text(one.actual)}</td>
                    <td class="number">{unit.text(one.expected)}</td>
                    <td class="number">{signed(unit, one.uplift)}</td>
                    <td class="number">{format::change(one.relative.value)}</td>
                    <td class="number">{shares(one.relative)}</td>
                    <td class="number">{points}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![
        ("Began", ""),
        ("Sold", "number"),
        ("Without it", "number"),
        ("Uplift", "number"),
        ("Uplift, share", "number"),
        ("80 % interval", "number"),
        ("Latest beside it", "number"),
    ];
    view! { <Table caption="Past occurrences, the latest first" columns>{rows}</Table> }.into_any()
}

fn next_view(next: &NextOccurrence, basis: ImpactBasis, unit: Unit, granularity: Granularity) -> AnyView {
    if basis == ImpactBasis::Unknown {
        let text = format!("Next: {}. Nothing is known of its effect yet.", format::day(next.first));
        return view! { <Card title="The next one"><p>{text}</p></Card> }.into_any();
    }
    let total = next.expected + next.uplift.value;
    let text = format!(
        "{}: {} expected in all, {} of it by the event (80 % interval {} to {}).",
        format::day(next.first),
        unit.text(total),
        signed(unit, next.uplift.value),
        signed(unit, next.uplift.low),
        signed(unit, next.uplift.high),
    );
    let period = match granularity {
        Granularity::Day => "Day",
        Granularity::Week { .. } => "Week to",
        Granularity::Month => "Month to",
    };
    let rows = next
        .periods
        .iter()
        .map(|period| {
            view! {
                <tr>
                    <th scope="row">{format::day(period.end)}</th>
                    <td class="number">{unit.text(period.expected)}</td>
                    <td class="number">{signed(unit, period.uplift)}</td>
                    <td class="number">{unit.text(period.expected + period.uplift)}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![(period, ""), ("Without it", "number"), ("Uplift", "number"), ("Expected", "number")];
    view! {
        <Card title="The next one">
            <p>{text}</p>
            <Table caption="The next occurrence, period by period" columns>{rows}</Table>
        </Card>
    }
    .into_any()
}
