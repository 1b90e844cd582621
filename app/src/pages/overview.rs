//! Overview: key figures, sales with forecast, movers, accuracy; all narrowed by one filter.

pub mod movers;
pub mod share;

use crate::access;
use crate::failure::Failure;
use crate::islands::submit::SubmitOnChange;
use crate::pages::{curves, shop};
use crate::ports::query_string::{join, value};
use crate::ports::{Overview, OverviewQuery, SalesDesk, ShopView};
use crate::ui::{Button, Card, Chart, EmptyState, PageHeader, Select, Table, Tile, format, loaded};
use crate::visit::may;
use aisle_domain::{Currency, Measure, Permission};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

async fn overview(query: OverviewQuery) -> Result<Overview, Failure> {
    access::port::<dyn SalesDesk>()?.overview(query).await.map_err(access::failed)
}

/// The overview page; the filter lives in the address.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let query = query_of(&use_location().search.get_untracked());
    let (asked, report) = (query.clone(), report_href(&query));
    view! {
        <PageHeader title="Overview"><a class="button" href=report>"Weekly report"</a></PageHeader>
        {loaded(shop(), move |shop| filters(shop, asked))}
        {loaded(overview(query.clone()), move |overview| show(overview, &query))}
    }
    .into_any()
}

/// Reads the filter; what is empty or unknown is left out.
fn query_of(search: &str) -> OverviewQuery {
    let word = |name: &str| value(search, name).filter(|value| !value.is_empty());
    OverviewQuery {
        measure: word("measure").and_then(|word| Measure::parse(&word)),
        location: word("location"),
        category: word("category"),
        history: word("history").and_then(|periods| periods.parse().ok()),
    }
}

/// The address of the weekly report under the same filter.
fn report_href(query: &OverviewQuery) -> String {
    let parts = [
        ("measure", query.measure.map(Measure::name)),
        ("location", query.location.as_deref()),
        ("category", query.category.as_deref()),
    ];
    let query = join(parts.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))));
    if query.is_empty() { "/reports/weekly".to_owned() } else { format!("/reports/weekly?{query}") }
}

/// The filter, as a form that fills the address.
fn filters(shop: ShopView, query: OverviewQuery) -> AnyView {
    if shop.days.is_none() {
        return ().into_any();
    }
    let all = |text: &str| (String::new(), text.to_owned());
    let measures: Vec<_> = shop.measures.iter().map(|m| (m.name().to_owned(), format::capital(m.name()))).collect();
    let locations: Vec<_> = std::iter::once(all("All locations")).chain(shop.locations).collect();
    let categories: Vec<_> = std::iter::once(all("All categories"))
        .chain(shop.categories.into_iter().map(|category| (category.clone(), category)))
        .collect();
    let year = shop.granularity.per_year();
    let spans = [(year / 2, "Half a year"), (year, "1 year"), (2 * year, "2 years"), (5 * year, "5 years")]
        .map(|(periods, text)| (periods.to_string(), text.to_owned()))
        .to_vec();
    let measure = query.measure.or_else(|| shop.measures.first().copied()).map_or("", Measure::name);
    let (several_measures, several_places) = (measures.len() > 1, locations.len() > 2);
    let several_categories = categories.len() > 2;
    let history =
        query.history.map_or_else(|| shop.granularity.usual_history().to_string(), |periods| periods.to_string());
    view! {
        <form method="get" action="/" class="filters" aria-label="Filter" autocomplete="off">
            {several_measures.then(|| view! { <Select label="Measure" name="measure" options=measures selected=measure/> })}
            {several_places.then(|| view! { <Select label="Location" name="location" options=locations selected=query.location.unwrap_or_default()/> })}
            {several_categories.then(|| view! { <Select label="Category" name="category" options=categories selected=query.category.unwrap_or_default()/> })}
            <Select label="History" name="history" options=spans selected=history/>
            <Button text="Apply"/>
            <SubmitOnChange/>
        </form>
    }
    .into_any()
}

fn show(overview: Overview, query: &OverviewQuery) -> AnyView {
    let Some((from, to)) = overview.shop.days else { return no_sales() };
    let Overview { shop, measure, tiles, curve, rising, falling, accuracy } = overview;
    let currency = shop.currency.filter(|_| measure == Measure::Revenue);
    let source = format!(
        "{}{}. Sales from {} to {}, by {}. {}. Data version {}.",
        shop.name,
        if shop.simulated { " (simulated)" } else { "" },
        format::day(from),
        format::day(to),
        shop.granularity.word(),
        format::counted(shop.series, "series"),
        shop.data_version,
    );
    let tiles = tiles.into_iter().map(|tile| view! { <Tile tile/> }).collect_view();
    let place = query.location.as_ref().map(|wanted| {
        shop.locations.iter().find(|(id, _)| id == wanted).map_or(wanted.clone(), |(_, name)| name.clone())
    });
    let chart = curve.map(|curve| {
        let spec = curves::curve_chart(curve, subject(place, query.category.clone()), measure, &shop, true);
        view! { <Card title="Sales and forecast" class="chart-card"><Chart spec/></Card> }
    });
    let untrained = shop.artefact.is_none().then(|| {
        view! {
            <p class="message warning">"No forecast yet: nothing was trained. "<a href="/jobs#start">"Start a training"</a>"."</p>
        }
    });
    let outdated = (shop.artefact.is_some() && shop.calendar_changed).then(super::calendar::outdated);
    view! {
        <p class="source">{source}</p>
        {untrained}
        {outdated}
        <section aria-labelledby="tiles-title">
            <h2 id="tiles-title" class="spoken">"Key figures"</h2>
            <div class="tiles">{tiles}</div>
        </section>
        {chart}
        <div class="columns">
            <Card title="Rising most">{movers::movers(rising, "Series that grew most", currency, shop.granularity)}</Card>
            <Card title="Falling most">{movers::movers(falling, "Series that fell most", currency, shop.granularity)}</Card>
        </div>
        <Card title="Forecast accuracy">{accuracy_table(accuracy, currency)}</Card>
        {may(Permission::ShareReports).then(|| view! { <share::ShareCard query=query.clone()/> })}
    }
    .into_any()
}

/// What the curve is of, as in "Sales of …".
fn subject(place: Option<String>, category: Option<String>) -> String {
    match (category, place) {
        (Some(category), Some(place)) => format!("{category} at {place}"),
        (Some(category), None) => category,
        (None, Some(place)) => format!("all items at {place}"),
        (None, None) => "all items".to_owned(),
    }
}

/// What to do where there are no sales at all.
fn no_sales() -> AnyView {
    view! {
        <EmptyState title="No sales yet">
            <p>"Drop a file with sales, or several that belong together, on the "<a href="/data">"data page"</a>
                ". When they are imported, this page shows them with their forecast."</p>
        </EmptyState>
    }
    .into_any()
}

/// Errors of past forecasts by model, best first.
pub(super) fn accuracy_table(accuracy: Vec<crate::ports::Accuracy>, currency: Option<Currency>) -> AnyView {
    if accuracy.is_empty() {
        return view! { <EmptyState title="Nothing was backtested yet"><p>"A training does it."</p></EmptyState> }
            .into_any();
    }
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    let rows = accuracy
        .into_iter()
        .map(|line| {
            view! {
                <tr>
                    <th scope="row">{line.model.replace('_', " ")}</th>
                    <td class="number">{format::count(line.series.min(i64::MAX as u64) as i64)}</td>
                    <td class="number">{format::share(line.wape, 1)}</td>
                    <td class="number">{or_dash(line.wmae.map(|value| format::major(value, currency, 2)))}</td>
                    <td class="number">{format::change(line.bias)}</td>
                    <td class="number">{or_dash(line.coverage80.map(|value| format::share(value, 0)))}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![
        ("Model", ""),
        ("Series", "number"),
        ("WAPE", "number"),
        ("WMAE", "number"),
        ("Bias", "number"),
        ("Coverage of 80 %", "number"),
    ];
    view! {
        <Table caption="Backtest of the live forecasts, by model" columns>{rows}</Table>
        <p class="hint">"Each model forecast past periods that it had not seen. What the words mean: "<a href="/help">"Help"</a>"."</p>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_survives_its_address() {
        let query = query_of("?measure=quantity&location=1&category=&history=x");
        let expected =
            OverviewQuery { measure: Some(Measure::Quantity), location: Some("1".to_owned()), ..Default::default() };
        assert_eq!(query, expected);
        assert_eq!(report_href(&query), "/reports/weekly?measure=quantity&location=1");
        assert_eq!(report_href(&OverviewQuery::default()), "/reports/weekly");
    }
}
