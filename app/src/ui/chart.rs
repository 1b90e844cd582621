//! A chart: drawn by the server as SVG, interactive in the browser in the same place and size, told in words and as a table
//! for those who do not see it.

use crate::islands::chart::{ChartFrame, frame_view, table_view};
use aisle_charts::ChartSpec;
use leptos::prelude::*;

/// A chart of a page. One that changes while it is looked at is part of an island: [`crate::islands::chart::LiveChart`].
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
) -> impl IntoView {
    let ChartSpec { kind, option_json, summary, table, height } = spec;
    let frame = match still {
        true => frame_view(&option_json, width, height, NodeRef::new()),
        false => view! { <ChartFrame option=option_json width height/> }.into_any(),
    };
    view! {
        <figure class=format!("chart {}", kind.name())>
            {frame}
            <figcaption>{summary}</figcaption>
            <details class="chart-table"><summary>"As a table"</summary>{table_view(table)}</details>
        </figure>
    }
    .into_any()
}
