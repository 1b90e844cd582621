//! Items and locations: every series of the shop in one grid.

use super::shop;
use crate::Failure;
use crate::access;
use crate::islands::sent::Sent;
use crate::islands::series::windows::WINDOW;
use crate::islands::series::{Choices, SeriesBrowser};
use crate::ports::query_string::value;
use crate::ports::{SeriesDesk, SeriesQuery, SeriesWindow, ShopView};
use crate::ui::{EmptyState, PageHeader, format, loaded};
use crate::visit::may;
use aisle_domain::Permission;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The shop and the first window; no window where there are no series.
async fn series(query: SeriesQuery, offset: u64) -> Result<(ShopView, Option<SeriesWindow>), Failure> {
    let shop = shop().await?;
    if shop.series == 0 {
        return Ok((shop, None));
    }
    let window =
        access::port::<dyn SeriesDesk>()?.window(query, offset, WINDOW as u32).await.map_err(access::failed)?;
    Ok((shop, Some(window)))
}

/// The page of all series.
#[component]
pub fn SeriesPage() -> impl IntoView {
    let search = use_location().search.get_untracked();
    let query = SeriesQuery::from_query(&search);
    // Windows begin at multiples of their size, whatever the address says.
    let offset = value(&search, "offset").and_then(|text| text.parse::<u64>().ok()).unwrap_or(0) / WINDOW * WINDOW;
    view! {
        <PageHeader title="Items and locations" lead="What every item sells at every location, and what it is expected to sell."/>
        {loaded(series(query.clone(), offset), move |(shop, window)| show(query, shop, window))}
    }
    .into_any()
}

fn show(query: SeriesQuery, shop: ShopView, window: Option<SeriesWindow>) -> AnyView {
    let Some(window) = window else {
        return view! {
            <EmptyState title="There are no sales yet">
                <p>"Each item at each location becomes a row here once sales are imported. " <a href="/data">"Import files"</a></p>
            </EmptyState>
        }
        .into_any();
    };
    let periods = format::counted(shop.granularity.recent() as u64, shop.granularity.word());
    let hint = format!("Recent sums the last {periods}, Forecast the next.");
    let ShopView { locations, categories, measures, currency, .. } = shop;
    let choices = Choices { locations, categories, measures, currency, export: may(Permission::Export) };
    view! { <p class="hint">{hint}</p><SeriesBrowser choices=Sent(choices) query=Sent(query) window=Sent(window)/> }
        .into_any()
}
