//! Items and locations: every series of the shop in one grid.

pub mod cells;
pub mod filters;
pub mod grid;
pub mod keys;
pub mod saved;
pub mod windows;

use crate::Failure;
use crate::ports::query_string::value;
use crate::ports::{SeriesColumn, SeriesQuery, SeriesWindow, ShopView};
use crate::ui::icon::{Icon, icon};
use crate::ui::{EmptyState, PageHeader, format, loaded};
use crate::visit::may;
use aisle_domain::{Measure, Permission};
use filters::Filters;
use grid::Grid;
use keys::Cell;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use leptos_router::hooks::use_location;
use saved::SavedViews;
use windows::WINDOW;

#[cfg(feature = "ssr")]
use crate::{access, ports::SeriesDesk};

pub use cells::{Unit, model_label, series_href};
pub use filters::event_target_value;
pub use saved::copy_address;

/// Most rows that one call gives.
#[cfg(feature = "ssr")]
const MOST_ROWS: u32 = 500;

/// A window of the grid: `limit` rows (at most 500) from `offset` on.
#[server(name = AskSeriesWindow, prefix = "/fn", endpoint = "series_window", input = Json)]
pub async fn series_window(
    /// What the grid shows.
    query: SeriesQuery,
    /// Position of the first row.
    offset: u64,
    /// Rows wanted.
    limit: u32,
) -> Result<SeriesWindow, Failure> {
    access::enter("series_window")?;
    access::port::<dyn SeriesDesk>()?.window(query, offset, limit.min(MOST_ROWS)).await.map_err(access::failed)
}

/// The page of all series.
#[component]
pub fn SeriesPage() -> impl IntoView {
    let search = use_location().search;
    let query = Memo::new(move |_| search.with(|search| SeriesQuery::from_query(search)));
    // Windows begin at multiples of their size, whatever the address says.
    let offset = Memo::new(move |_| {
        let asked = search.with(|search| value(search, "offset")).and_then(|text| text.parse::<u64>().ok());
        asked.unwrap_or(0) / WINDOW * WINDOW
    });
    let shop = Resource::new_blocking(|| (), |()| crate::pages::shop::shop());
    let focus = RwSignal::new(None::<Cell>);
    view! {
        <PageHeader title="Items and locations" lead="What every item sells at every location, and what it is expected to sell.">
            {may(Permission::Export).then(|| view! {
                <a class="button" rel="external" href=move || format!("/series.csv?{}", query.with(SeriesQuery::to_query))>
                    {icon(Icon::Download)}"CSV"
                </a>
            })}
        </PageHeader>
        {loaded(shop, move |shop| view! { <SeriesView shop=shop query=query offset=offset focus=focus/> }.into_any())}
    }
    .into_any()
}

#[component]
fn SeriesView(
    shop: ShopView,
    query: Memo<SeriesQuery>,
    offset: Memo<u64>,
    focus: RwSignal<Option<Cell>>,
) -> impl IntoView {
    if shop.series == 0 {
        return view! {
            <EmptyState title="There are no sales yet">
                <p>"Each item at each location becomes a row here once sales are imported. " <a href="/data">"Import files"</a></p>
            </EmptyState>
        }
        .into_any();
    }
    let window = Resource::new_blocking(
        move || (query.get(), offset.get()),
        |(query, offset)| async move {
            series_window(query.clone(), offset, WINDOW as u32).await.map(|window| (query, window))
        },
    );
    let choices = shop.clone();
    view! {
        <Filters query=query shop=choices/>
        <SavedViews query=query/>
        {loaded(window, move |(query, window)| {
            let default = shop.measures.first().copied().unwrap_or(Measure::Revenue);
            let unit = Unit::of(query.measure.unwrap_or(default), &shop);
            rows(query, window, unit, focus)
        })}
    }
    .into_any()
}

fn rows(query: SeriesQuery, window: SeriesWindow, unit: Unit, focus: RwSignal<Option<Cell>>) -> AnyView {
    let summary = summary(&query, &window);
    if window.total == 0 {
        return view! {
            <p class="grid-summary" role="status">{summary}</p>
            <EmptyState title="Nothing matches these filters"><p><a href="/series">"Show every series"</a></p></EmptyState>
        }
        .into_any();
    }
    view! {
        <p class="grid-summary" role="status">{summary}</p>
        <Grid query=query first=window unit=unit focus=focus/>
        <p class="hint grid-keys">"Arrow keys, Page Up/Down, Home and End move within the grid; Enter opens a row or sorts by a column."</p>
    }
    .into_any()
}

/// `3,331 series, by last 13 periods, greatest first`.
fn summary(query: &SeriesQuery, window: &SeriesWindow) -> String {
    let series = format::counted(window.series, "series");
    let groups = query.group.map(|group| {
        let noun = if window.total == 1 { "group" } else { "groups" };
        format!(" in {} {noun} by {}", format::count(window.total as i64), cells::column_label(group).to_lowercase())
    });
    let sort = query.sort.unwrap_or(SeriesColumn::Recent);
    let order = cells::Head::Of(sort).sorted(query).unwrap_or("descending");
    format!("{series}{}, sorted by {}, {order}", groups.unwrap_or_default(), cells::column_label(sort).to_lowercase())
}
