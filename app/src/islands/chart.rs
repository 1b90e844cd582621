//! Charts in the browser: the server's picture, made interactive in the same place and size.
//!
//! The server's SVG is written into the page as it is and not sent a second time as data: hydration leaves the inside of
//! the frame alone, and the drawing in the browser replaces it.

mod binding;

use aisle_charts::{ChartKind, ChartTable, ChartValues};
use leptos::html;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use {crate::ports::Drawer, std::sync::Arc};

/// The drawing of a chart that does not change.
#[island]
pub(crate) fn ChartFrame(
    /// The chart option, as JSON.
    option: String,
    /// Width that it is drawn for, in CSS pixels.
    width: u32,
    /// Height, in CSS pixels.
    height: u32,
) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    let view = frame_view(&option, width, height, frame);
    binding::draw_into(frame, option, None);
    view
}

/// A chart as it is drawn first: made by the server, which knows how charts look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// What kind of chart: its class.
    pub kind: ChartKind,
    /// The chart option, as JSON.
    pub option: String,
    /// Height, in CSS pixels.
    pub height: u32,
}

/// A chart within an island, whose numbers are drawn again in place whenever they change.
#[component]
pub(crate) fn LiveChart(
    /// What it is drawn as first.
    picture: Picture,
    /// Its numbers.
    values: Memo<ChartValues>,
) -> impl IntoView {
    const WIDTH: u32 = 1120;
    let Picture { kind, option, height } = picture;
    let frame = NodeRef::<html::Div>::new();
    let view = frame_view(&option, WIDTH, height, frame);
    binding::draw_into(frame, option, Some(values));
    view! {
        <figure class=format!("chart {}", kind.name())>
            {view}
            <figcaption>{move || values.with(|values| values.summary.clone())}</figcaption>
            <details class="chart-table">
                <summary>"As a table"</summary>
                {move || values.with(|values| table_view(values.table.clone()))}
            </details>
        </figure>
    }
    .into_any()
}

/// The frame that a chart is drawn in, with the server's picture.
pub(crate) fn frame_view(option_json: &str, width: u32, height: u32, frame: NodeRef<html::Div>) -> AnyView {
    let size = format!("--chart-width: {width}; --chart-height: {height}");
    let svg = drawn(option_json, width, height);
    view! { <div class="chart-frame" style=size node_ref=frame inner_html=svg></div> }.into_any()
}

/// The same numbers as a table.
pub(crate) fn table_view(table: ChartTable) -> AnyView {
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
