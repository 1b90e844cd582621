//! A chart: drawn on the server as SVG, interactive in the browser in the same place and size, told in words and as a
//! table for those who do not see it.
//!
//! The server's SVG is written into the page as it is and not sent a second time as data: hydration leaves the inside of
//! the frame alone, and the drawing in the browser replaces it.

mod binding;

use aisle_charts::{ChartSpec, ChartTable};
use leptos::html;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {crate::ports::Drawer, std::sync::Arc};

/// A chart.
#[component]
pub fn Chart(
    /// What to draw, its summary and its table.
    spec: ChartSpec,
    /// Width that it is drawn for, in CSS pixels; on the page it is as wide as its frame.
    #[prop(default = 1120)]
    width: u32,
    /// Stays the server's picture: for pages without script.
    #[prop(optional)]
    still: bool,
    /// Later versions of the chart, drawn in place as they come; the first is `spec`.
    #[prop(into, optional)]
    live: Option<Signal<ChartSpec>>,
) -> impl IntoView {
    let height = spec.height;
    let frame = NodeRef::<html::Div>::new();
    if !still {
        binding::draw_into(frame, spec.option_json.clone(), live);
    }
    let class = format!("chart {}", spec.kind.name());
    let size = format!("--chart-width: {width}; --chart-height: {height}");
    let svg = drawn(&spec.option_json, width, height);
    let summary = match live {
        Some(live) => (move || live.with(|spec| spec.summary.clone())).into_any(),
        None => spec.summary.into_any(),
    };
    let table = match live {
        Some(live) => (move || live.with(|spec| table_view(spec.table.clone()))).into_any(),
        None => table_view(spec.table),
    };
    view! {
        <figure class=class>
            <div class="chart-frame" style=size node_ref=frame inner_html=svg></div>
            <figcaption>{summary}</figcaption>
            <details class="chart-table"><summary>"As a table"</summary>{table}</details>
        </figure>
    }
    .into_any()
}

fn table_view(table: ChartTable) -> AnyView {
    let ChartTable { caption, headers, rows } = table;
    let heads = headers
        .into_iter()
        .enumerate()
        .map(|(at, head)| view! { <th scope="col" class=if at == 0 { "" } else { "number" }>{head}</th> })
        .collect_view();
    let name = caption.clone();
    let rows = rows
        .into_iter()
        .map(|cells| {
            let cells = cells
                .into_iter()
                .enumerate()
                .map(|(at, cell)| match at {
                    0 => view! { <th scope="row">{cell}</th> }.into_any(),
                    _ => view! { <td class="number">{cell}</td> }.into_any(),
                })
                .collect_view();
            view! { <tr>{cells}</tr> }
        })
        .collect_view();
    view! {
        <div class="table-frame" tabindex="0" role="region" aria-label=name>
            <table>
                <caption class="spoken">{caption}</caption>
                <thead><tr>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The server's drawing; empty where it could not be drawn (summary and table remain) and in the browser, which keeps
/// what the server sent and then draws itself.
#[cfg(feature = "ssr")]
fn drawn(option_json: &str, width: u32, height: u32) -> String {
    let drawer = use_context::<Arc<dyn Drawer>>();
    drawer.and_then(|drawer| drawer.svg(option_json, width, height)).map(|svg| svg.to_string()).unwrap_or_default()
}

#[cfg(not(feature = "ssr"))]
fn drawn(_: &str, _: u32, _: u32) -> String {
    String::new()
}
