//! The weekly report: one document without script, for reading and for paper.

use super::overview::{accuracy_table, movers};
use crate::ports::overview::ReportLine;
use crate::ports::{Mover, WeeklyReport};
use crate::ui::{Chart, Delta, Tile, format};
use aisle_domain::Measure;
use leptos::prelude::*;

/// The report. Rendered by the server inside [`crate::shell::report_page`].
#[component]
pub fn WeeklyReportPage(
    /// What it says.
    report: WeeklyReport,
) -> impl IntoView {
    let WeeklyReport { overview, locations, categories, made_at } = report;
    let shop = overview.shop;
    let (measure, granularity) = (overview.measure, shop.granularity);
    let currency = shop.currency.filter(|_| measure == Measure::Revenue);
    let period = granularity.word();
    let kind = match granularity {
        aisle_domain::Granularity::Day => "Daily report",
        aisle_domain::Granularity::Week { .. } => "Weekly report",
        aisle_domain::Granularity::Month => "Monthly report",
    };
    let as_of = shop.days.map_or_else(
        || "no sales yet".to_owned(),
        |(_, last)| match granularity {
            aisle_domain::Granularity::Day => format::day(last),
            _ => format!("{period} to {}", format::day(last)),
        },
    );
    let artefact = shop.artefact.clone().map_or_else(|| "none".to_owned(), |hash| hash.chars().take(12).collect());
    let tiles = overview.tiles.into_iter().map(|tile| view! { <Tile tile/> }).collect_view();
    let chart = overview.curve.map(|curve| {
        let spec = super::curves::curve_chart(curve, "all that is shown".to_owned(), measure, &shop, false);
        view! {
            <section class="report-chart">
                <h2>"Sales and forecast"</h2>
                <Chart spec width=1000 still=true/>
            </section>
        }
    });
    let show_line = move |line: ReportLine| lines_row(line, measure, currency);
    view! {
        <main class="report">
            <header class="report-header">
                <div>
                    <p class="report-kind">{kind}</p>
                    <h1>{shop.name}</h1>
                    <p class="lead">{format!("{}, {as_of}", format::capital(measure.name()))}</p>
                </div>
                <dl class="facts">
                    <div><dt>"Made"</dt><dd><time datetime=format::time_attribute(made_at)>{format::time(made_at)}</time></dd></div>
                    <div><dt>"Data version"</dt><dd><code>{shop.data_version}</code></dd></div>
                    <div><dt>"Forecast"</dt><dd><code>{artefact}</code></dd></div>
                    {shop.simulated.then(|| view! { <div><dt>"Data"</dt><dd>"simulated"</dd></div> })}
                </dl>
            </header>
            <section aria-label="Key figures"><div class="tiles">{tiles}</div></section>
            {chart}
            {lines_table("By location", "Location", period, locations.into_iter().map(show_line).collect())}
            {lines_table("By category", "Category", period, categories.into_iter().map(show_line).collect())}
            <section class="columns">
                <div><h2>"Rising most"</h2>{movers::movers(overview.rising.clone(), "Series that grew most", currency, granularity)}</div>
                <div><h2>"Falling most"</h2>{movers::movers(overview.falling.clone(), "Series that fell most", currency, granularity)}</div>
            </section>
            {why(overview.rising.into_iter().chain(overview.falling))}
            <section><h2>"Forecast accuracy"</h2>{accuracy_table(overview.accuracy, currency)}</section>
        </main>
    }
    .into_any()
}

/// What is expected next of the series that moved most, and why.
fn why(moved: impl Iterator<Item = Mover>) -> AnyView {
    let told: Vec<AnyView> = moved
        .filter_map(|mover| Some((mover.label, mover.why?)))
        .map(|(label, why)| view! { <div><dt>{label}</dt><dd>{why}</dd></div> }.into_any())
        .collect();
    if told.is_empty() {
        return ().into_any();
    }
    view! {
        <section>
            <h2>"What comes next, and why"</h2>
            <dl class="words">{told}</dl>
        </section>
    }
    .into_any()
}

/// A table whose head is repeated on every printed page.
fn lines_table(title: &'static str, first: &'static str, period: &'static str, rows: Vec<AnyView>) -> AnyView {
    if rows.is_empty() {
        return ().into_any();
    }
    view! {
        <section class="report-table">
            <h2>{title}</h2>
            <table>
                <caption class="spoken">{title}</caption>
                <thead>
                    <tr>
                        <th scope="col">{first}</th>
                        <th scope="col" class="number">{format!("Last {period}")}</th>
                        <th scope="col" class="number">{format!("On the {period} before")}</th>
                        <th scope="col" class="number">"On last year"</th>
                        <th scope="col" class="number">{format!("Forecast of next {period}")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn lines_row(line: ReportLine, measure: Measure, currency: Option<aisle_domain::Currency>) -> AnyView {
    let (name, sales, on_last, on_year, next) = line;
    let decimals = if measure == Measure::Revenue { 2 } else { 0 };
    let next = next.map_or_else(|| "–".to_owned(), |value| format::major(value, currency, decimals));
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td class="number">{format::amount(sales)}</td>
            <td class="number"><Delta relative=on_last/></td>
            <td class="number"><Delta relative=on_year/></td>
            <td class="number">{next}</td>
        </tr>
    }
    .into_any()
}

/// The report as a whole document, without a single script. `request` (its parts) tells the theme.
///
/// Not by Leptos' own handlers: those put the data for hydration into a script, and nothing is hydrated here.
pub async fn report_document(
    title: String,
    report: WeeklyReport,
    drawer: std::sync::Arc<dyn crate::ports::Drawer>,
    request: Option<axum::http::request::Parts>,
) -> String {
    let owner = Owner::new();
    let page = owner.with(|| {
        provide_context(drawer);
        if let Some(request) = request {
            provide_context(request);
        }
        crate::shell::report_page(title, view! { <WeeklyReportPage report/> }).into_any()
    });
    page.resolve().await.to_html()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::{Amount, Drawer, Overview, SalesCurve, ShopView, Tile as TileData};
    use aisle_domain::{Currency, Day, Granularity, Money, Weekday};
    use std::sync::Arc;

    struct OneLine;

    impl Drawer for OneLine {
        fn svg(&self, _: &str, width: u32, height: u32) -> Option<Arc<str>> {
            Some(format!("<svg viewBox=\"0 0 {width} {height}\"><path d=\"M0 0L1 1\"/></svg>").into())
        }
    }

    fn report() -> WeeklyReport {
        // Friday, 6 January 2012, and the ones after it.
        let friday = |weeks| Day::from_epoch_days(15_345 + 7 * weeks);
        let usd = |minor| Amount::Money(Money { minor, currency: Currency::USD });
        let shop = ShopView {
            name: "Corner <shop>".to_owned(),
            simulated: true,
            currency: Some(Currency::USD),
            granularity: Granularity::Week { ends: Weekday::Friday },
            measures: vec![Measure::Revenue],
            days: Some((friday(0), friday(1))),
            series: 1,
            data_version: "v7".to_owned(),
            artefact: None,
            calendar_changed: false,
            locations: vec![],
            categories: vec![],
        };
        let curve = SalesCurve {
            history_days: vec![friday(0), friday(1)],
            history: vec![Some(1.0), Some(2.0)],
            forecast_days: vec![friday(2)],
            mean: vec![2.5],
            model: None,
            interval80: (vec![2.0], vec![3.0]),
            interval95: (vec![1.5], vec![3.5]),
            holidays: vec![],
        };
        let tile = TileData {
            label: "Revenue".to_owned(),
            value: Some(usd(123_450)),
            changes: vec![],
            explanation: "All of it.".to_owned(),
            trend: vec![1.0, 2.0],
        };
        let overview = Overview {
            shop,
            measure: Measure::Revenue,
            tiles: vec![tile],
            curve: Some(curve),
            rising: vec![],
            falling: vec![],
            accuracy: vec![],
        };
        let line = ("Main Street".to_owned(), usd(123_450), Some(0.1), None, Some(2.5));
        WeeklyReport { overview, locations: vec![line], categories: vec![], made_at: 1_795_244_700_000_000 }
    }

    #[tokio::test]
    async fn the_report_is_one_document_with_its_chart_and_without_a_script() {
        let html = report_document("Report".to_owned(), report(), Arc::new(OneLine), None).await;
        assert!(html.starts_with("<!DOCTYPE html>"), "{html}");
        assert!(html.contains("<svg viewBox=\"0 0 1000 380\"><path"), "{html}");
        assert!(!html.contains("<script"), "{html}");
        for text in ["Corner &lt;shop&gt;", "2026-11-21 07:05 UTC", "v7", "$1,234.50", "Main Street"] {
            assert!(html.contains(text), "{text} is missing in {html}");
        }
    }
}
