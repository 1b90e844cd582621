//! A key figure.

use super::{Delta, Sparkline, format};
use crate::ports;
use leptos::prelude::*;

/// A figure with its comparisons and its recent course.
#[component]
pub fn Tile(
    /// What it shows.
    tile: ports::Tile,
) -> impl IntoView {
    let (short, full) = match tile.value {
        Some(value) => (format::amount_compact(value), format::amount(value)),
        None => ("–".to_owned(), "nothing to measure yet".to_owned()),
    };
    let changes = tile
        .changes
        .into_iter()
        .map(|c| view! { <li><Delta relative=c.relative up_is_good=c.up_is_good against=c.against/></li> })
        .collect_view();
    let trend = (tile.trend.len() > 1).then(|| view! { <Sparkline values=tile.trend/> });
    let spoken_full = (short != full).then(|| view! { <span class="full">{full}</span> });
    view! {
        <article class="tile">
            <h3>{tile.label}</h3>
            <p class="tile-value"><span class="figure">{short}</span>{spoken_full}</p>
            <ul class="changes">{changes}</ul>
            <div class="trend" aria-hidden="true">{trend}</div>
            <p class="explanation">{tile.explanation}</p>
        </article>
    }
    .into_any()
}
